//! Pieces: what lies directly in one Area and in no narrower one of the levels that are published.

use super::super::AppError;
use crate::analysis::suppression::{SuppressionError, Tree};
use crate::model::{CampaignId, Code, Level, ModelError, Unit};
use crate::state::{AreaId, State};
use hashbrown::HashMap;

/// Figures of a piece: visited in the campaign, and not.
pub(super) type Counts = [u64; 2];

/// The living Areas of a level and those above, in the order of their codes.
pub(super) struct Pieces {
    /// Without atoms.
    pub units: Vec<Unit>,
    /// Of each, without what is in those below it.
    pub own: Vec<Counts>,
    place: HashMap<AreaId, u32>,
}

impl Pieces {
    /// Cuts a map into pieces of a level. Counts nothing: O(Areas).
    ///
    /// # Errors
    /// [`AppError::Invalid`] with an Area that lies in itself, or whose figures are less than those below it add up to.
    pub fn of(state: &State, level: Level, campaign: CampaignId) -> Result<Pieces, AppError> {
        let mut found: Vec<(AreaId, Code)> = state
            .living_areas()
            .filter(|(_, entry)| entry.area.level <= level)
            .map(|(id, entry)| (id, entry.area.code.clone()))
            .collect();
        found.sort_unstable_by(|(_, a), (_, b)| a.cmp(b));
        let place: HashMap<AreaId, u32> = found.iter().map(|(id, _)| *id).zip(0..).collect();
        let tally = |id: AreaId| state.covered(id, Some(campaign)).tally;
        let mut own: Vec<Counts> =
            found.iter().map(|(id, _)| [tally(*id).visited().into(), tally(*id).unvisited().into()]).collect();
        let all = own.clone();
        let mut units: Vec<Unit> = Vec::with_capacity(found.len());
        for ((id, code), counts) in found.iter().zip(&all) {
            let parent = state.areas_above(*id).find_map(|(above, _)| place.get(&above).copied());
            if let Some(parent) = parent {
                for (left, taken) in own[parent as usize].iter_mut().zip(counts) {
                    *left = left.checked_sub(*taken).ok_or_else(|| {
                        ModelError::new(
                            "areas",
                            code,
                            "areas each of which lies in its parent, and in nothing narrower than itself",
                        )
                    })?;
                }
            }
            units.push(Unit { code: code.clone(), parent, atom: None });
        }
        if let Err(SuppressionError::Circle { unit }) = Tree::new(units.iter().map(|unit| unit.parent).collect()) {
            let expected = "areas none of which lies in itself by its parents";
            return Err(ModelError::new("areas", &units[unit].code, expected).into());
        }
        Ok(Pieces { units, own, place })
    }

    /// The piece of whoever lives in a lowest Area; `None` outside of all.
    pub fn place(&self, state: &State, lowest: Option<AreaId>) -> Option<u32> {
        let above = |id| std::iter::once(id).chain(state.areas_above(id).map(|(id, _)| id));
        above(lowest?).find_map(|id| self.place.get(&id).copied())
    }
}

/// The narrowest level of whose Areas the middle one has at least so many eligible households, so that what small changes hold
/// back is little; where there is none, townships, or the widest level that there is.
pub(super) fn finest_level(state: &State, households: u32) -> Option<Level> {
    let sizes = |level: Level| -> Vec<u32> {
        let of_level = state.living_areas().filter(|(_, entry)| entry.area.level == level);
        of_level.map(|(id, _)| state.covered(id, None).tally.eligible).collect()
    };
    let known = || Level::ALL.into_iter().filter(|level| state.level_count(*level) > 0);
    let large = |level: &Level| {
        let mut sizes = sizes(*level);
        sizes.sort_unstable();
        sizes.get(sizes.len() / 2).is_some_and(|middle| *middle >= households)
    };
    known().rev().find(large).or_else(|| known().find(|level| *level == Level::Township)).or_else(|| known().next())
}
