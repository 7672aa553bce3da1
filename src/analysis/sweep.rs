//! Pairs of rectangles that touch.

use crate::geom::Bbox;

/// All pairs of rectangles that share a point, the smaller index first. None may cross the antimeridian.
///
/// Sweeps from west to east and keeps those rectangles that the sweep has not left: O(n log n + n · kept), fast where
/// rectangles are small against the whole.
pub fn touching(boxes: &[Bbox]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_by(|a, b| boxes[*a].west().total_cmp(&boxes[*b].west()));
    let (mut kept, mut pairs): (Vec<usize>, Vec<(usize, usize)>) = (Vec::new(), Vec::new());
    for next in order {
        let bbox = &boxes[next];
        kept.retain(|k| boxes[*k].east() >= bbox.west());
        let meets = |k: &&usize| boxes[**k].south() <= bbox.north() && bbox.south() <= boxes[**k].north();
        pairs.extend(kept.iter().filter(meets).map(|k| (next.min(*k), next.max(*k))));
        kept.push(next);
    }
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn the_sweep_finds_what_comparing_all_with_all_finds() {
        let mut rng = StdRng::seed_from_u64(5);
        let boxes: Vec<Bbox> = (0..300)
            .map(|_| {
                let (x, y) = (f64::from(rng.random_range(0..100)), f64::from(rng.random_range(0..80)));
                let (w, h) = (f64::from(rng.random_range(0..9)), f64::from(rng.random_range(0..9)));
                Bbox::new(x, y, x + w, y + h).unwrap()
            })
            .collect();
        let all = (0..300).flat_map(|i| (i + 1..300).map(move |j| (i, j)));
        let expected: Vec<(usize, usize)> = all.filter(|(i, j)| boxes[*i].intersects(&boxes[*j])).collect();
        assert_eq!(touching(&boxes), expected);
        assert!(expected.len() > 300);
    }
}
