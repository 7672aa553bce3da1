//! Which visit stands for each household, found in one walk over columns.

use super::households::HouseholdId;
use super::visits::{VisitId, Visits};

/// No visit yet.
const NONE: u32 = u32::MAX;

/// For each household the visit that stands, of those looked at so far: counted before not counted, then the later; of two at one
/// moment the one with the greater id.
pub struct Best(Vec<(u64, u32)>);

impl Best {
    /// For so many households.
    pub fn new(households: usize) -> Best {
        Best(vec![(0, NONE); households])
    }

    /// Looks at a visit: to whom, whether it counts and when it took place, in microseconds.
    pub fn take(&mut self, visits: &Visits, household: HouseholdId, rank: (bool, i64), visit: VisitId) {
        let (known, new) = (&mut self.0[household.0 as usize], ordered(rank));
        let later = |known: u32| visits.id_of(visit).0 > visits.id_of(VisitId(known)).0;
        if known.1 == NONE || new > known.0 || (new == known.0 && later(known.1)) {
            *known = (new, visit.0);
        }
    }

    /// The visit of each household, in their order.
    pub fn each(&self) -> impl Iterator<Item = Option<VisitId>> + Clone + '_ {
        self.0.iter().map(|(_, visit)| Some(*visit).filter(|visit| *visit != NONE).map(VisitId))
    }
}

/// Orders as the pair does.
fn ordered((counts, at): (bool, i64)) -> u64 {
    // The microseconds of a Timestamp have 59 bits and a sign: moved up they have 63 bits and none.
    (at + (1 << 62)).cast_unsigned() | u64::from(counts) << 63
}
