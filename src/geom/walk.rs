use super::TileId;
use std::cmp::Reverse;
use std::ops::RangeInclusive;

/// The tiles of some zooms that `enter` lets in: zoom by zoom from the widest, those of one zoom by `order`. Zooms beyond
/// [`TileId::MAX_ZOOM`] have none.
///
/// A tile is reached through those around it, so `enter` must let in whatever holds a tile that it lets in. `order` must keep the
/// tiles inside another together, at every zoom, as the Hilbert curve and the Z-order curve do.
///
/// Memory: three tiles a zoom, however many there are. Cost: `enter` is asked once for each tile of a zoom that it may let in and
/// once for each around those; in a dense region 4/3 of the tiles that come out.
///
/// ```
/// use melonmap::geom::{TileId, walk};
/// let corner = |tile: TileId| tile.x() == 0 && tile.y() == 0;
/// let tiles: Vec<String> = walk(1..=3, corner, TileId::key).map(|tile| tile.to_string()).collect();
/// assert_eq!(tiles, ["1/0/0", "2/0/0", "3/0/0"]);
/// ```
pub fn walk(
    zooms: RangeInclusive<u8>,
    enter: impl Fn(TileId) -> bool,
    order: impl Fn(TileId) -> u64,
) -> impl Iterator<Item = TileId> {
    let mut zooms = zooms.take_while(|z| *z <= TileId::MAX_ZOOM);
    let (mut zoom, mut waiting) = (0, Vec::new());
    std::iter::from_fn(move || {
        loop {
            let Some(tile) = waiting.pop() else {
                zoom = zooms.next()?;
                waiting.push(TileId::WORLD);
                continue;
            };
            if !enter(tile) {
                continue;
            }
            if tile.z() == zoom {
                return Some(tile);
            }
            let mut inside: Vec<TileId> = tile.children().collect();
            inside.sort_unstable_by_key(|tile| Reverse(order(*tile)));
            waiting.extend(inside);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{Lattice, LatticeRect};
    use rand::{RngExt, SeedableRng, rngs::SmallRng};
    use std::collections::BTreeSet;

    /// Place along the Z-order curve of its zoom.
    fn morton(tile: TileId) -> u64 {
        Lattice { x: tile.x(), y: tile.y() }.morton()
    }

    #[test]
    fn every_tile_that_holds_something_is_passed_once_and_in_order() {
        let mut rng = SmallRng::seed_from_u64(9);
        let spots: Vec<Lattice> = (0..50).map(|_| Lattice { x: rng.random(), y: rng.random() }).collect();
        let holds = |tile: TileId| spots.iter().any(|spot| LatticeRect::of_tile(tile).contains(*spot));
        for zooms in [0..=0, 0..=9, 3..=5, 22..=22, 20..=99] {
            let walked: Vec<TileId> = walk(zooms.clone(), holds, morton).collect();
            let expected = zooms.filter(|z| *z <= 22).flat_map(|z| spots.iter().map(move |spot| spot.tile(z)));
            assert_eq!(walked.iter().copied().collect::<BTreeSet<_>>(), expected.collect());
            assert!(walked.is_sorted_by(|a, b| (a.z(), morton(*a)) < (b.z(), morton(*b))));
        }
    }

    #[test]
    fn where_nothing_is_let_in_nothing_comes_out() {
        assert_eq!(walk(0..=22, |_| false, morton).count(), 0);
        #[allow(clippy::reversed_empty_ranges)] // what is asked here
        let none = 5..=4;
        assert_eq!(walk(none, |_| true, morton).count(), 0);
    }
}
