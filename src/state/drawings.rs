//! Plans by number; zones and spots by code and place; each with its last change.

use super::shelf::{Shelf, Shelved};
use super::{State, StateError, Verdict};
use crate::geom::Bbox;
use crate::model::rule::{Hours, Season};
use crate::model::{Change, Code, ModelError, Plan, PlanId, PlanPhase, Spot, Zone};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The last change of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub seq: u64,
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub author: Arc<str>,
}

/// A zone or a spot as it stands.
#[derive(Debug)]
pub struct Drawing<T> {
    pub(super) thing: T,
    pub(super) version: Version,
    /// As doors write them; empty for none.
    pub(super) hours: Vec<String>,
    pub(super) season: Vec<String>,
}

impl<T> Drawing<T> {
    fn new(thing: T, version: Version, hours: Option<&Hours>, season: Option<&Season>) -> Drawing<T> {
        let hours = hours.map(Hours::written).unwrap_or_default();
        let season = season.map(Season::written).unwrap_or_default();
        Drawing { thing, version, hours, season }
    }

    fn pair(&self) -> (&T, &Version) {
        (&self.thing, &self.version)
    }
}

impl Shelved for Drawing<Zone> {
    fn code(&self) -> &Code {
        &self.thing.code
    }

    fn bbox(&self) -> Option<Bbox> {
        Bbox::around(&self.thing.geometry)
    }
}

impl Shelved for Drawing<Spot> {
    fn code(&self) -> &Code {
        &self.thing.code
    }

    fn bbox(&self) -> Option<Bbox> {
        Bbox::around(&self.thing.geometry)
    }
}

/// A Plan as it stands.
#[derive(Debug)]
struct Planned {
    plan: Plan,
    version: Version,
    zones_seq: u64,
}

/// All Plans, and what is drawn for them.
#[derive(Default)]
pub struct Drawings {
    plans: BTreeMap<PlanId, Planned>,
    pub(super) zones: Shelf<Drawing<Zone>>,
    pub(super) spots: Shelf<Drawing<Spot>>,
}

impl Drawings {
    /// Takes a change of a Plan, a zone or a spot, and tells which Plans it touched. On an error nothing has changed.
    pub(super) fn take(&mut self, change: Change, version: Version) -> Result<BTreeSet<PlanId>, StateError> {
        let mut touched = BTreeSet::new();
        match change {
            Change::PlanPut(plan) => {
                touched.insert(plan.id);
                let zones_seq = self.plans.get(&plan.id).map_or(0, |planned| planned.zones_seq);
                self.plans.insert(plan.id, Planned { plan: *plan, version, zones_seq });
            }
            Change::ZonePut(zone) => {
                self.known(zone.plan)?;
                touched.extend(
                    [zone.plan].into_iter().chain(self.zones.by_code(zone.code.as_str()).map(|z| z.thing.plan)),
                );
                self.zones_changed(&touched, version.seq);
                let (hours, season) = (zone.hours.clone(), zone.season.clone());
                let id = self.zones.put(Drawing::new(*zone, version, hours.as_ref(), season.as_ref()));
                self.zones.link(id.ok_or(StateError::Full("zones"))?);
            }
            Change::SpotPut(spot) => {
                self.known(spot.plan)?;
                touched.extend(
                    [spot.plan].into_iter().chain(self.spots.by_code(spot.code.as_str()).map(|s| s.thing.plan)),
                );
                let (hours, season) = (spot.hours.clone(), spot.season.clone());
                let id = self.spots.put(Drawing::new(*spot, version, hours.as_ref(), season.as_ref()));
                self.spots.link(id.ok_or(StateError::Full("spots"))?);
            }
            Change::ZoneEnded(end) => {
                let zone = self.zones.remove(end.code.as_str()).ok_or(StateError::Zone(end.code))?;
                touched.insert(zone.thing.plan);
                self.zones_changed(&touched, version.seq);
            }
            Change::SpotEnded(end) => {
                let spot = self.spots.remove(end.code.as_str()).ok_or(StateError::Spot(end.code))?;
                touched.insert(spot.thing.plan);
            }
            _ => {}
        }
        Ok(touched)
    }

    fn known(&self, id: PlanId) -> Result<(), StateError> {
        if self.plans.contains_key(&id) { Ok(()) } else { Err(StateError::Plan(id)) }
    }

    fn zones_changed(&mut self, plans: &BTreeSet<PlanId>, seq: u64) {
        for id in plans {
            if let Some(planned) = self.plans.get_mut(id) {
                planned.zones_seq = seq;
            }
        }
    }

    /// Everything, in a fixed order, for a digest.
    pub(super) fn rows(&self, mut put: impl FnMut(&dyn std::fmt::Debug)) {
        self.plans.values().for_each(|planned| put(planned));
        self.zones.all().for_each(|(id, zone)| put(&(id, zone)));
        self.spots.all().for_each(|(id, spot)| put(&(id, spot)));
    }
}

/// What stands of Plans, zones and spots: as the map holds it, or as it will be once changes are applied that wait.
pub trait Standing {
    /// A Plan by its number.
    fn standing_plan(&self, id: PlanId) -> Option<(&Plan, &Version)>;
    /// A zone by its code.
    fn standing_zone(&self, code: &Code) -> Option<(&Zone, &Version)>;
    /// A spot by its code.
    fn standing_spot(&self, code: &Code) -> Option<(&Spot, &Version)>;

    /// The last change of what a change is about; `None` where that is not there, and for what keeps no version: all but Plans, zones
    /// and spots.
    fn version_of(&self, change: &Change) -> Option<&Version> {
        match change {
            Change::PlanPut(plan) => self.standing_plan(plan.id).map(|(_, version)| version),
            Change::ZonePut(zone) => self.standing_zone(&zone.code).map(|(_, version)| version),
            Change::ZoneEnded(end) => self.standing_zone(&end.code).map(|(_, version)| version),
            Change::SpotPut(spot) => self.standing_spot(&spot.code).map(|(_, version)| version),
            Change::SpotEnded(end) => self.standing_spot(&end.code).map(|(_, version)| version),
            _ => None,
        }
    }

    /// What a change of a Plan, a zone or a spot would do, or why it cannot be; `None` for any other change.
    fn judge_drawing(&self, change: &Change) -> Option<Result<Verdict, ModelError>> {
        Some(match change {
            Change::PlanPut(plan) => self.judge_plan(plan),
            Change::ZonePut(zone) => {
                let known = self.standing_zone(&zone.code).map(|(known, _)| known);
                let open = self.open([zone.plan].into_iter().chain(known.map(|known| known.plan)));
                open.map(|()| compared(known, zone.as_ref()))
            }
            Change::SpotPut(spot) => {
                let known = self.standing_spot(&spot.code).map(|(known, _)| known);
                let open = self.open([spot.plan].into_iter().chain(known.map(|known| known.plan)));
                open.map(|()| compared(known, spot.as_ref()))
            }
            Change::ZoneEnded(end) => match self.standing_zone(&end.code) {
                Some((zone, _)) => self.open([zone.plan]).map(|()| Verdict::Changed),
                None => Err(ModelError::new("zone", &end.code, "the code of a known zone")),
            },
            Change::SpotEnded(end) => match self.standing_spot(&end.code) {
                Some((spot, _)) => self.open([spot.plan]).map(|()| Verdict::Changed),
                None => Err(ModelError::new("spot", &end.code, "the code of a known spot")),
            },
            _ => return None,
        })
    }

    /// A Plan goes on in the order of its phases.
    fn judge_plan(&self, plan: &Plan) -> Result<Verdict, ModelError> {
        let known = self.standing_plan(plan.id).map(|(known, _)| known);
        match known {
            Some(known) if !known.phase.may_become(plan.phase) => {
                Err(ModelError::new("phase", plan.phase, format!("a phase that follows from {}", known.phase)))
            }
            known => Ok(compared(known, plan)),
        }
    }

    /// Refuses to draw for a Plan that is not there or has ended.
    fn open(&self, plans: impl IntoIterator<Item = PlanId>) -> Result<(), ModelError> {
        plans.into_iter().try_for_each(|id| match self.standing_plan(id) {
            None => Err(ModelError::new("plan", id, "the number of a known plan")),
            Some((plan, _)) if plan.phase == PlanPhase::Ended => {
                Err(ModelError::new("plan", id, "a plan that has not ended"))
            }
            Some(_) => Ok(()),
        })
    }
}

fn compared<T: PartialEq>(known: Option<&T>, new: &T) -> Verdict {
    match known {
        None => Verdict::New,
        Some(known) if known == new => Verdict::Same,
        Some(_) => Verdict::Changed,
    }
}

impl Standing for State {
    fn standing_plan(&self, id: PlanId) -> Option<(&Plan, &Version)> {
        self.plan(id)
    }

    fn standing_zone(&self, code: &Code) -> Option<(&Zone, &Version)> {
        self.drawings.zones.by_code(code.as_str()).map(|zone| zone.pair())
    }

    fn standing_spot(&self, code: &Code) -> Option<(&Spot, &Version)> {
        self.drawings.spots.by_code(code.as_str()).map(|spot| spot.pair())
    }
}

impl State {
    /// A Plan with its own last change; what is drawn for it does not change it.
    #[must_use]
    pub fn plan(&self, id: PlanId) -> Option<(&Plan, &Version)> {
        self.drawings.plans.get(&id).map(|planned| (&planned.plan, &planned.version))
    }

    /// All Plans, by number, ended ones included.
    pub fn plans(&self) -> impl Iterator<Item = (&Plan, &Version)> {
        self.drawings.plans.values().map(|planned| (&planned.plan, &planned.version))
    }

    /// The number that the next Plan takes.
    #[must_use]
    pub fn next_plan(&self) -> PlanId {
        PlanId(self.drawings.plans.last_key_value().map_or(0, |(id, _)| id.0) + 1)
    }

    /// The zones of a Plan, in the order in which they were drawn first. Looks at every zone.
    pub fn zones_of(&self, plan: PlanId) -> impl Iterator<Item = (&Zone, &Version)> {
        self.drawings.zones.all().filter(move |(_, zone)| zone.thing.plan == plan).map(|(_, zone)| zone.pair())
    }

    /// The spots of a Plan, in the order in which they were picked first. Looks at every spot.
    pub fn spots_of(&self, plan: PlanId) -> impl Iterator<Item = (&Spot, &Version)> {
        self.drawings.spots.all().filter(move |(_, spot)| spot.thing.plan == plan).map(|(_, spot)| spot.pair())
    }

    /// The number of the last change of a zone of a Plan, one taken away included; 0 before the first, and for no Plan. Equal numbers
    /// mean the same zones.
    #[must_use]
    pub fn zones_seq(&self, plan: PlanId) -> u64 {
        self.drawings.plans.get(&plan).map_or(0, |planned| planned.zones_seq)
    }

    /// The smallest rectangle around all zones. Looks at every one.
    #[must_use]
    pub fn zones_extent(&self) -> Option<Bbox> {
        self.drawings.zones.extent()
    }

    /// The smallest rectangle around all spots. Looks at every one.
    #[must_use]
    pub fn spots_extent(&self) -> Option<Bbox> {
        self.drawings.spots.extent()
    }
}
