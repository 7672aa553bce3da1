//! What a household takes: the call, and its part of the way from door to door.

use crate::analysis::near::{Near, distance};
use geo::Coord;
use rayon::prelude::*;
use std::collections::HashMap;

/// A tour through n places spread evenly over an area A is some 0.7124 · √(n · A) long (Beardwood, Halton and Hammersley 1959,
/// <https://doi.org/10.1017/S0305004100034095>; the number after Johnson, `McGeoch` and Rothberg 1996).
pub const TOUR: f64 = 0.7124;
/// The density around a place is taken from so many others.
const AROUND: usize = 8;

/// Metres of a tour through all that fall to each household: 0.7124 / √density of the doors around it, shared by those at one door.
///
/// Summed up this is the theorem for any density; a tour through a few households spread among many others is longer. Costs
/// O(n · log n).
pub fn walking(households: &[Coord<f64>]) -> Vec<f64> {
    let bits = |at: &Coord<f64>| ((at.x + 0.0).to_bits(), (at.y + 0.0).to_bits());
    let mut number: HashMap<(u64, u64), usize> = HashMap::new();
    let mut doors: Vec<(Coord<f64>, u32)> = Vec::new();
    let mut door_of = Vec::with_capacity(households.len());
    for at in households {
        let door = *number.entry(bits(at)).or_insert(doors.len());
        if door == doors.len() {
            doors.push((*at, 0));
        }
        doors[door].1 += 1;
        door_of.push(door);
    }
    let near = Near::new((0..).zip(&doors).map(|(n, (at, _))| (*at, n)));
    let share = |(at, calls): &(Coord<f64>, u32)| {
        // The first is the door itself.
        let others: Vec<u32> = near.from(*at).skip(1).take(AROUND).collect();
        let Some(farthest) = others.last().map(|n| distance(*at, doors[*n as usize].0)) else { return 0.0 };
        // At most AROUND.
        #[allow(clippy::cast_precision_loss)]
        let density_root = (others.len() as f64 / std::f64::consts::PI).sqrt() / farthest;
        TOUR / density_root / f64::from(*calls)
    };
    let shares: Vec<f64> = doors.par_iter().map(share).collect();
    door_of.into_iter().map(|door| shares[door]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::tour::{Ends, Stop, tour};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn the_shares_add_up_to_a_tour_through_all() {
        for (seed, villages) in [(1, 1_u8), (2, 6)] {
            let mut rng = StdRng::seed_from_u64(seed);
            let mut at = |n: u32| {
                let far = f64::from(n % u32::from(villages)) * 5_000.0;
                let side = 200.0 + far / 10.0;
                Coord { x: far + rng.random_range(0.0..side), y: rng.random_range(0.0..side) }
            };
            let places: Vec<Coord<f64>> = (0..3_000).map(&mut at).collect();
            let sum: f64 = walking(&places).iter().sum();
            let stops: Vec<Stop> = places.iter().map(|at| Stop { at: *at, first: false }).collect();
            // Between villages there is nobody, so the ways from one to the next and back are not anybody's share.
            let between = 2.0 * 5_000.0 * f64::from(villages - 1);
            let length = tour(&stops, Ends { start: None, back: true }, 0).unwrap().length - between;
            assert!((sum / length - 1.0).abs() < 0.12, "{sum} for {length}");
        }
    }

    #[test]
    fn those_at_one_door_share_its_way() {
        let (a, b) = (Coord { x: 0.0, y: 0.0 }, Coord { x: 10.0, y: 0.0 });
        let shares = walking(&[a, b, a, a]);
        let door = TOUR * 10.0 * std::f64::consts::PI.sqrt();
        assert_eq!(shares, [door / 3.0, door, door / 3.0, door / 3.0]);
        assert_eq!(walking(&[a, a]), [0.0, 0.0]);
        assert!(walking(&[]).is_empty());
    }
}
