//! Where streets meet.

use geo::Coord;
use std::collections::HashMap;

/// Positions from which at least three stretches of lines lead away, sorted by x, then y. Lines meet where they share a position to
/// the last bit, as ways of one map do; a line that only crosses another, such as a bridge, meets nothing.
///
/// ```
/// use melonmap::geom::junctions;
/// let along = [(0., 0.), (5., 0.), (9., 0.)].map(geo::Coord::from);
/// let from_it = [(5., 0.), (5., 7.)].map(geo::Coord::from);
/// assert_eq!(junctions([&along[..], &from_it]), [geo::coord! { x: 5., y: 0. }]);
/// assert!(junctions([&along[..2], &along[1..]]).is_empty(), "one street in two parts");
/// ```
pub fn junctions<'a>(lines: impl IntoIterator<Item = &'a [Coord<f64>]>) -> Vec<Coord<f64>> {
    let bits = |c: &Coord<f64>| [(c.x + 0.0).to_bits(), (c.y + 0.0).to_bits()];
    let mut arms: HashMap<[u64; 2], (Coord<f64>, u32)> = HashMap::new();
    for line in lines {
        for ends in line.windows(2).filter(|ends| ends[0] != ends[1]) {
            for end in ends {
                arms.entry(bits(end)).or_insert((*end, 0)).1 += 1;
            }
        }
    }
    let mut found: Vec<Coord<f64>> = arms.into_values().filter(|(_, arms)| *arms >= 3).map(|(at, _)| at).collect();
    found.sort_unstable_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_arms_make_a_junction_and_two_do_not() {
        let c = |x: f64, y: f64| Coord { x, y };
        let ring = [c(0., 0.), c(1., 0.), c(1., 1.), c(0., 0.)];
        let tail = [c(0., 0.), c(-1., 0.)];
        let bridge = [c(0.5, -1.), c(0.5, 1.)];
        let repeated = [c(1., 0.), c(1., 0.)];
        assert_eq!(junctions([&ring[..], &tail, &bridge, &repeated]), [c(0., 0.)]);
        assert!(junctions([&ring[..], &bridge]).is_empty());
        let cross = [[c(2., 2.), c(3., 3.)], [c(4., 4.), c(3., 3.)], [c(3., 3.), c(2., 4.)], [c(3., 3.), c(4., 2.)]];
        assert_eq!(junctions(cross.iter().map(|l| &l[..])), [c(3., 3.)]);
        assert_eq!(
            junctions([&[c(-0.0, 1.), c(0., 2.)][..], &[c(0., 1.), c(1., 1.)], &[c(0., 1.), c(0., 0.)]]),
            [c(0., 1.)]
        );
    }
}
