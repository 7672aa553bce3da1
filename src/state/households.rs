//! Households in columns: some 45 bytes each and the letters of code and address.

use super::areas::AreaId;
use super::arrivals::Arrivals;
use super::text::{Codes, Texts};
use crate::geom::{Lattice, LonLat};
use crate::model::{Code, Confided, Household, Sealed, Status};
use hashbrown::HashMap;
use jiff::Timestamp;

/// The number of a household, in the order in which they were founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HouseholdId(pub u32);

/// Stands for "nobody said" in the column of persons.
const UNKNOWN: u16 = u16::MAX;
/// Stands for "none" in the column of addresses.
const NO_TEXT: u32 = u32::MAX;

/// The columns.
#[derive(Default)]
pub struct Households {
    codes: Codes,
    at: Vec<LonLat>,
    status: Vec<Status>,
    persons: Vec<u16>,
    address: Vec<u32>,
    addresses: Texts,
    area: Vec<Option<AreaId>>,
    /// Of those few that confided something.
    confided: HashMap<HouseholdId, Confided<Sealed>>,
    arrived: Arrivals,
    /// What those were before whose status changed, in that order.
    statuses: Vec<(Timestamp, HouseholdId, Status)>,
    /// Where those were before that were moved, in that order.
    places: Vec<(Timestamp, HouseholdId, LonLat)>,
}

/// What is known of one household, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct HouseholdView<'a> {
    /// Its number.
    pub id: HouseholdId,
    /// Identity.
    pub code: &'a str,
    /// Position.
    pub at: LonLat,
    /// Address, if known. Personal.
    pub address: Option<&'a str>,
    /// Whether it counts.
    pub status: Status,
    /// Persons, if known. Personal.
    pub persons: Option<u16>,
    /// The lowest Area it lies in.
    pub area: Option<AreaId>,
    /// What it confided, if anything. Personal.
    pub confided: Option<&'a Confided<Sealed>>,
}

impl Households {
    pub(super) fn find(&self, code: &str) -> Option<HouseholdId> {
        self.codes.find(code).map(HouseholdId)
    }

    pub(super) fn len(&self) -> usize {
        self.at.len()
    }

    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = HouseholdId> + use<> {
        (0..u32::try_from(self.at.len()).expect("numbers are u32")).map(HouseholdId)
    }

    pub(super) fn code(&self, id: HouseholdId) -> &str {
        self.codes.get(id.0)
    }

    pub(super) fn at(&self, id: HouseholdId) -> LonLat {
        self.at[id.0 as usize]
    }

    pub(super) fn lattice(&self, id: HouseholdId) -> Lattice {
        Lattice::of(self.at(id))
    }

    pub(super) fn status(&self, id: HouseholdId) -> Status {
        self.status[id.0 as usize]
    }

    pub(super) fn area(&self, id: HouseholdId) -> Option<AreaId> {
        self.area[id.0 as usize]
    }

    pub(super) fn set_area(&mut self, id: HouseholdId, area: Option<AreaId>) {
        self.area[id.0 as usize] = area;
    }

    pub(super) fn view(&self, id: HouseholdId) -> HouseholdView<'_> {
        let i = id.0 as usize;
        HouseholdView {
            id,
            code: self.code(id),
            at: self.at[i],
            address: (self.address[i] != NO_TEXT).then(|| self.addresses.get(self.address[i] as usize)),
            status: self.status[i],
            persons: (self.persons[i] != UNKNOWN).then_some(self.persons[i]),
            area: self.area[i],
            confided: self.confided.get(&id),
        }
    }

    pub(super) fn whole(&self, id: HouseholdId) -> Household {
        let view = self.view(id);
        Household {
            code: Code::new(view.code).expect("it was a Code when it was added"),
            at: view.at,
            address: view.address.map(str::to_owned),
            status: view.status,
            persons: view.persons,
            confided: view.confided.cloned().unwrap_or_default(),
        }
    }

    /// What all of them confided, in no order.
    pub(super) fn all_confided(&self) -> impl Iterator<Item = &Confided<Sealed>> {
        self.confided.values()
    }

    /// Founds a household or overwrites its columns; `None` where there are no numbers left. The area is kept, and none for a new one.
    pub(super) fn put(&mut self, household: &Household, came: Timestamp) -> Option<HouseholdId> {
        let n = self.codes.number(household.code.as_str())?;
        let i = n as usize;
        if i < self.at.len() {
            if self.at[i] != household.at {
                self.places.push((came, HouseholdId(n), self.at[i]));
            }
            if self.status[i] != household.status {
                self.statuses.push((came, HouseholdId(n), self.status[i]));
            }
        } else {
            self.arrived.note(came, n);
            self.at.push(household.at);
            self.status.push(household.status);
            self.persons.push(UNKNOWN);
            self.address.push(NO_TEXT);
            self.area.push(None);
        }
        self.at[i] = household.at;
        self.status[i] = household.status;
        self.persons[i] = household.persons.unwrap_or(UNKNOWN);
        let same = self.view(HouseholdId(n)).address == household.address.as_deref();
        if !same {
            self.address[i] = match &household.address {
                Some(text) => u32::try_from(self.addresses.push(text)).ok()?,
                None => NO_TEXT,
            };
        }
        if household.confided.is_empty() {
            self.confided.remove(&HouseholdId(n));
        } else {
            self.confided.insert(HouseholdId(n), household.confided.clone());
        }
        Some(HouseholdId(n))
    }

    /// How many had come in by a time.
    pub(super) fn come_by(&self, at: Timestamp) -> u32 {
        self.arrived.by(at, self.len())
    }

    /// Those that were moved since a time, with where they were.
    pub(super) fn moved_since(&self, at: Timestamp) -> HashMap<HouseholdId, LonLat> {
        let later = self.places.partition_point(|(came, ..)| *came <= at);
        // The latest first: of several moves of one household the earliest says where it was.
        self.places[later..].iter().rev().map(|(_, id, before)| (*id, *before)).collect()
    }

    /// What those were that changed, and where: for comparing two states.
    pub(super) fn former(&self) -> impl std::fmt::Debug + '_ {
        (&self.statuses, &self.places)
    }

    /// The lowest Area of each, by number.
    pub(super) fn areas(&self) -> &[Option<AreaId>] {
        &self.area
    }

    /// The statuses of those that were there at a time, as they were then.
    pub(super) fn statuses_at(&self, at: Timestamp) -> Vec<Status> {
        let mut statuses = self.status[..self.come_by(at) as usize].to_vec();
        let later = self.statuses.partition_point(|(came, ..)| *came <= at);
        // The latest first: of several changes of one household the earliest says what it was.
        for (_, HouseholdId(n), before) in self.statuses[later..].iter().rev() {
            if let Some(status) = statuses.get_mut(*n as usize) {
                *status = *before;
            }
        }
        statuses
    }

    pub(super) fn shrink(&mut self) {
        self.codes.shrink();
        self.addresses.shrink();
        self.at.shrink_to_fit();
        self.status.shrink_to_fit();
        self.persons.shrink_to_fit();
        self.address.shrink_to_fit();
        self.area.shrink_to_fit();
        self.confided.shrink_to_fit();
    }
}
