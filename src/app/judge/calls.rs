//! Visits of a group, which may correct one another before any of them is applied.

use crate::model::{Change, Code, ModelError, Visit};
use hashbrown::{HashMap, HashSet};
use uuid::Uuid;

/// What the changes that were let through do to visits.
#[derive(Default)]
pub(super) struct Calls {
    /// Made in this group: to which household.
    made: HashMap<Uuid, Code>,
    /// Corrected or withdrawn in this group.
    ended: HashSet<Uuid>,
}

impl Calls {
    /// Whether all that a change asks for is decided by its group; `Err` where the group forbids it, `Ok(false)` where the map is to be
    /// asked.
    pub fn decide(&self, change: &Change) -> Result<bool, ModelError> {
        let expected = "the id of a known visit to the same household that stands";
        match change {
            Change::VisitMade(Visit { corrects: Some(id), .. }) if self.ended.contains(id) => {
                Err(ModelError::new("corrects", id, expected))
            }
            Change::VisitMade(Visit { corrects: Some(id), household, .. }) => match self.made.get(id) {
                Some(of) if of == household => Ok(true),
                Some(_) => Err(ModelError::new("corrects", id, expected)),
                None => Ok(false),
            },
            Change::VisitWithdrawn(end) if self.ended.contains(&end.id) => {
                Err(ModelError::new("visit", end.id, "the id of a known visit that stands"))
            }
            Change::VisitWithdrawn(end) => Ok(self.made.contains_key(&end.id)),
            _ => Ok(false),
        }
    }

    /// A change was let through.
    pub fn take(&mut self, change: &Change) {
        match change {
            Change::VisitMade(visit) => {
                self.made.insert(visit.id, visit.household.clone());
                self.ended.extend(visit.corrects);
            }
            Change::VisitWithdrawn(end) => {
                self.ended.insert(end.id);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Outcome, VisitEnd};
    use jiff::Timestamp;

    #[test]
    fn of_two_corrections_in_one_group_the_second_is_refused() {
        let visit = |n: u128, household: &str, corrects: Option<u128>| {
            let plain = |id| {
                let household = Code::new(household).unwrap();
                Visit::plain(Uuid::from_u128(id), household, None, Timestamp::UNIX_EPOCH, Outcome::Visited)
            };
            Change::VisitMade(Visit { corrects: corrects.map(Uuid::from_u128), ..plain(n) })
        };
        let withdrawn = |n| Change::VisitWithdrawn(VisitEnd { id: Uuid::from_u128(n), reason: "wrong".into() });
        let mut calls = Calls::default();
        assert_eq!(calls.decide(&visit(2, "H1", Some(1))), Ok(false));
        calls.take(&visit(1, "H1", None));
        assert_eq!(calls.decide(&visit(2, "H1", Some(1))), Ok(true));
        assert!(calls.decide(&visit(2, "H2", Some(1))).is_err());
        calls.take(&visit(2, "H1", Some(1)));
        assert!(calls.decide(&visit(3, "H1", Some(1))).is_err() && calls.decide(&withdrawn(1)).is_err());
        assert_eq!(calls.decide(&withdrawn(2)), Ok(true));
        calls.take(&withdrawn(2));
        assert!(calls.decide(&visit(4, "H1", Some(2))).is_err());
    }
}
