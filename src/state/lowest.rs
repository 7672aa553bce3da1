//! A page of households of a rectangle, in the order in which they came in.

use super::{HouseholdId, State};
use crate::geom::{Bbox, LatticeRect};

impl State {
    /// The lowest numbers of households in a rectangle, ascending, at most so many, all of them above `after`.
    ///
    /// Costs a look at each of the index's buckets there, wherever in the row of all households the page lies; where the rectangle
    /// holds most of the map, going along that row finds a page sooner.
    pub(super) fn lowest_in(&self, bbox: &Bbox, after: Option<u32>, most: usize) -> Vec<u32> {
        let rects: Vec<LatticeRect> = bbox.parts().map(|part| LatticeRect::of_bbox(&part)).collect();
        self.points.lowest(&rects, after, most, |id| bbox.contains(self.households.at(HouseholdId(id))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Loader;
    use super::*;
    use crate::geom::LonLat;
    use crate::model::{Change, Code, Confided, Household, Status};
    use jiff::Timestamp;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    #[test]
    fn pages_of_any_rectangle_are_those_that_a_look_at_every_household_gives() {
        let mut rng = SmallRng::seed_from_u64(7);
        let mut loader = Loader::new();
        for seq in 1..=500 {
            let at = LonLat::new(rng.random_range(-180.0..=180.0), rng.random_range(-90.0..=90.0)).unwrap();
            let code = Code::new(&format!("H{seq}")).unwrap();
            let household = Household {
                code,
                at,
                address: None,
                status: Status::Occupied,
                persons: None,
                confided: Confided::default(),
            };
            loader.push(seq, Timestamp::UNIX_EPOCH, "test", Change::HouseholdPut(household)).unwrap();
        }
        let state = loader.finish();
        for _ in 0..200 {
            let mut lon = || rng.random_range(-180.0..180.0);
            let (west, east) = (lon(), lon());
            let south = rng.random_range(-90.0..60.0);
            let bbox = Bbox::new(west, south, east, rng.random_range(south..90.0)).unwrap();
            let after = rng.random_bool(0.5).then(|| rng.random_range(0..500));
            let most = rng.random_range(0..40);
            let inside = |id: &u32| {
                after.is_none_or(|after| *id > after) && bbox.contains(state.households.at(HouseholdId(*id)))
            };
            let expected: Vec<u32> = (0..500).filter(inside).take(most).collect();
            assert_eq!(state.lowest_in(&bbox, after, most), expected, "{bbox:?} after {after:?}");
        }
    }
}
