//! Areas as they were: what each was before it was founded, redrawn or ended, and when that was.

use super::{AreaId, Areas};
use crate::geom::locate::Prepared;
use crate::geom::{Bbox, LonLat, World};
use crate::model::{Area, Code, Level};
use crate::state::index::WorldRect;
use hashbrown::HashMap;
use jiff::Timestamp;
use std::cmp::Ordering;
use std::sync::Arc;

/// What Areas were before each change, in the order of the changes; `None` where one was not there.
#[derive(Debug, Default)]
pub struct Former(Vec<(Timestamp, AreaId, Option<Was>)>);

/// What an Area was.
#[derive(Debug, Clone)]
pub struct Was {
    pub area: Arc<Area>,
    pub in_force: bool,
}

impl Former {
    pub(super) fn note(&mut self, came: Timestamp, id: AreaId, was: Option<Was>) {
        self.0.push((came, id, was));
    }
}

/// The Areas of a time.
pub struct AreasThen<'a> {
    areas: &'a Areas,
    /// What those were that changed since.
    changed: HashMap<AreaId, Option<Was>>,
}

/// Where the Areas lie that changed since a time, as they did then.
pub struct Grounds<'a> {
    then: &'a AreasThen<'a>,
    drawn: Vec<(AreaId, WorldRect, Prepared)>,
}

impl Areas {
    /// The Areas as they were at a time; as they are without one.
    pub(in super::super) fn then(&self, at: Option<Timestamp>) -> AreasThen<'_> {
        let noted = &self.former.0;
        let later = at.map_or(noted.len(), |at| noted.partition_point(|(came, ..)| *came <= at));
        // The latest first: of several changes of one Area the earliest says what it was.
        let changed = noted[later..].iter().rev().map(|(_, id, was)| (*id, was.clone())).collect();
        AreasThen { areas: self, changed }
    }
}

impl AreasThen<'_> {
    /// An Area, and whether it was on the map; `None` where it was not there yet.
    fn get(&self, id: AreaId) -> Option<(&Arc<Area>, bool)> {
        match self.changed.get(&id) {
            Some(was) => was.as_ref().map(|was| (&was.area, was.in_force)),
            None => Some((&self.areas.get(id).area, self.areas.get(id).in_force)),
        }
    }

    /// The number of the Area that a code had, ended ones included.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<AreaId> {
        self.areas.find(code).filter(|id| self.get(*id).is_some())
    }

    /// How many Areas changed since.
    pub(in super::super) fn changes(&self) -> usize {
        self.changed.len()
    }

    /// An Area and all those that it belonged to, from the lowest up.
    pub(in super::super) fn chain(&self, id: Option<AreaId>) -> impl Iterator<Item = AreaId> + '_ {
        let parent = |id: &AreaId| self.find(self.get(*id)?.0.parent.as_ref()?.as_str());
        std::iter::successors(id, parent).take(Level::ALL.len())
    }

    /// The Areas that were on the map, in the order of level and code: of one level or all, within an Area (itself included).
    #[must_use]
    pub fn listed(&self, level: Option<Level>, within: Option<AreaId>) -> Vec<(AreaId, Arc<Area>)> {
        let there = |id: AreaId| {
            let (area, in_force) = self.get(id)?;
            let listed = in_force
                && level.is_none_or(|level| area.level == level)
                && within.is_none_or(|within| self.chain(Some(id)).any(|above| above == within));
            listed.then(|| (id, Arc::clone(area)))
        };
        let mut found: Vec<(AreaId, Arc<Area>)> = self.areas.ids().filter_map(there).collect();
        found.sort_unstable_by(|(_, a), (_, b)| (a.level, &a.code).cmp(&(b.level, &b.code)));
        found
    }

    /// The rectangles in which a change since may have given a household to another Area than then, each with what the Area was, or is,
    /// that it is around.
    pub(in super::super) fn touched(&self) -> impl Iterator<Item = (Bbox, &Area)> + '_ {
        self.changed.iter().flat_map(|(id, was)| {
            let now = self.areas.get(*id);
            let now = now.in_force.then_some(now.area.as_ref());
            let was = was.as_ref().filter(|was| was.in_force).map(|was| was.area.as_ref());
            was.into_iter().chain(now).filter_map(|area| Some((Bbox::around(&area.geometry)?, area)))
        })
    }

    /// Whether a household in an Area may have been in another one then, of those that changed: not where its Area takes it first.
    pub(in super::super) fn may_be_other(&self, now: Option<AreaId>, than: &Area) -> bool {
        let Some(now) = now else { return true };
        let lowest = &self.areas.get(now).area;
        self.changed.contains_key(&now) || order((lowest.level, &lowest.code), (than.level, &than.code)).is_gt()
    }

    /// Makes ready to find Areas of then by place. Costs what the borders cost that changed.
    pub(in super::super) fn grounds(&self) -> Grounds<'_> {
        let drawn = self.changed.iter().filter_map(|(id, was)| {
            let was = was.as_ref().filter(|was| was.in_force)?;
            let rect = WorldRect::of(&Bbox::around(&was.area.geometry)?);
            Some((*id, rect, Prepared::new(&was.area.geometry)))
        });
        Grounds { then: self, drawn: drawn.collect() }
    }
}

impl Grounds<'_> {
    /// The lowest Area of then that held a position, as [`Areas::locate`] tells that of now.
    pub(in super::super) fn locate(&self, at: LonLat) -> Option<AreaId> {
        let place = World::of(at);
        let rect = WorldRect { min: place, max: place };
        let stayed = self.then.areas.candidates(&rect).into_iter();
        let stayed = stayed.filter(|(id, _)| !self.then.changed.contains_key(id));
        let around = |rect: &WorldRect| {
            (rect.min.x..=rect.max.x).contains(&place.x) && (rect.min.y..=rect.max.y).contains(&place.y)
        };
        let drawn = self.drawn.iter().filter(|(_, rect, _)| around(rect)).map(|(id, _, polygon)| (*id, polygon));
        let holds = stayed.chain(drawn).filter(|(_, polygon)| polygon.contains(at.coord())).map(|(id, _)| id);
        let key = |id: AreaId| self.then.get(id).map(|(area, _)| (area.level, &area.code));
        holds.min_by(|a, b| match (key(*a), key(*b)) {
            (Some(a), Some(b)) => order(a, b),
            _ => Ordering::Equal,
        })
    }
}

/// Which of two Areas takes a household first: the lowest, and of two on one level the one with the smaller code.
fn order((level, code): (Level, &Code), (other_level, other_code): (Level, &Code)) -> Ordering {
    other_level.cmp(&level).then_with(|| code.cmp(other_code))
}
