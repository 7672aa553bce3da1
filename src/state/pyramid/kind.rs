//! Households told apart by status and outcome: what a cell counts each by itself, so that filters by them are read, not counted.

use crate::geom::Lattice;
use crate::model::collection::Collection;
use crate::model::filter::{Filter, Record, Value};
use crate::model::{Outcome, OutcomeCounts, Status, Tally};
use std::ops::{AddAssign, SubAssign};

/// Everything of a household that a filter can ask of the pyramid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub status: Status,
    /// In one campaign, or over all visits; `None` where nobody called.
    pub outcome: Option<Outcome>,
}

impl Kind {
    fn all() -> impl Iterator<Item = Kind> {
        let outcomes = || std::iter::once(None).chain(Outcome::ALL.into_iter().map(Some));
        Status::ALL.into_iter().flat_map(move |status| outcomes().map(move |outcome| Kind { status, outcome }))
    }

    /// Its bit among [`Kinds`].
    fn bit(self) -> u64 {
        let outcome = self.outcome.map_or(0, |outcome| outcome as usize + 1);
        1 << (self.status as usize * (Outcome::COUNT + 1) + outcome)
    }

    fn tally(self, households: u32) -> Tally {
        let eligible = if self.status.eligible() { households } else { 0 };
        let outcomes = self.outcome.map_or(OutcomeCounts::default(), |outcome| OutcomeCounts::some(outcome, eligible));
        Tally { households, eligible, outcomes }
    }
}

/// The fields of a household that its kind tells, by name.
const TOLD: [&str; 4] = ["status", "eligible", "visited", "outcome"];

impl Record for Kind {
    fn value(&self, field: usize) -> Option<Value<'_>> {
        Some(match Collection::Households.fields()[field].name {
            "status" => Value::Text(self.status.as_str()),
            "eligible" => Value::Boolean(self.status.eligible()),
            "visited" => Value::Boolean(self.outcome.is_some_and(Outcome::counts)),
            "outcome" => Value::Text(self.outcome?.as_str()),
            _ => return None,
        })
    }
}

/// Some of the kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u64);

impl Kinds {
    /// Every one.
    pub const ALL: Kinds = Kinds(u64::MAX);

    /// Those that pass a filter over households; `None` where it asks for more of a household than its kind. That is so of who is
    /// eligible in a campaign that is `aimed` at a target of its own.
    pub fn of(filter: &Filter, aimed: bool) -> Option<Kinds> {
        let fields = Collection::Households.fields();
        let is_told = |name: &str| TOLD.contains(&name) && !(aimed && name == "eligible");
        let told = filter.fields().iter().all(|field| is_told(fields[*field].name));
        told.then(|| Kinds(Kind::all().filter(|kind| filter.matches(kind)).fold(0, |set, kind| set | kind.bit())))
    }

    fn holds(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }
}

/// How many households, and the sums of their positions, for their mean: 2^32 members of 2^32 just fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mass {
    pub n: u32,
    sum_x: u64,
    sum_y: u64,
}

impl Mass {
    pub fn one(at: Lattice) -> Mass {
        Mass { n: 1, sum_x: at.x.into(), sum_y: at.y.into() }
    }

    /// The mean position; `None` of nobody.
    pub fn mean(self) -> Option<Lattice> {
        let n = u64::from(self.n);
        let mean = |sum: u64| u32::try_from(sum.checked_div(n)?).ok();
        Some(Lattice { x: mean(self.sum_x)?, y: mean(self.sum_y)? })
    }
}

impl AddAssign for Mass {
    fn add_assign(&mut self, other: Mass) {
        self.n += other.n;
        self.sum_x += other.sum_x;
        self.sum_y += other.sum_y;
    }
}

impl SubAssign for Mass {
    /// Panics in debug builds where more is taken away than was added: that would be a fault of this program.
    fn sub_assign(&mut self, other: Mass) {
        self.n -= other.n;
        self.sum_x -= other.sum_x;
        self.sum_y -= other.sum_y;
    }
}

/// The households of a cell by kind; kinds without any are left out.
#[derive(Debug, Clone, Default)]
pub struct Parts(Vec<(Kind, Mass)>);

impl Parts {
    pub fn add(&mut self, kind: Kind, mass: Mass) {
        if let Some((_, known)) = self.0.iter_mut().find(|(of, _)| *of == kind) {
            *known += mass;
        } else {
            // Most cells have one kind or two.
            self.0.reserve_exact(1);
            self.0.push((kind, mass));
        }
    }

    /// Takes away what was added.
    pub fn remove(&mut self, kind: Kind, mass: Mass) {
        let at = self.0.iter().position(|(of, _)| *of == kind).expect("it was added before");
        self.0[at].1 -= mass;
        if self.0[at].1.n == 0 {
            self.0.swap_remove(at);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn merge(&mut self, other: &Parts) {
        other.0.iter().for_each(|(kind, mass)| self.add(*kind, *mass));
    }

    /// How many of some kinds there are, and what came of the visits to them: of a target, all of whom count.
    pub fn counted(&self, kinds: Kinds) -> (u32, OutcomeCounts) {
        let (mut count, mut outcomes) = (0, OutcomeCounts::default());
        for (kind, mass) in self.0.iter().filter(|(kind, _)| kinds.holds(*kind)) {
            count += mass.n;
            outcomes += kind.outcome.map_or(OutcomeCounts::default(), |outcome| OutcomeCounts::some(outcome, mass.n));
        }
        (count, outcomes)
    }

    /// In a fixed order: for comparing two states.
    pub fn sorted(&self) -> Vec<(Kind, Mass)> {
        let mut parts = self.0.clone();
        parts.sort_unstable_by_key(|(kind, _)| kind.bit());
        parts
    }
}

/// Those of a cell that are among some kinds: of `whole`, `unusual` are those of another status than [`Status::Occupied`], and
/// `called` those of any status on whom somebody called. Who is in neither is occupied, and nobody called.
pub fn select(kinds: Kinds, whole: Mass, unusual: &Parts, called: &Parts) -> (Mass, Tally) {
    let (mut selected, mut tally) = (Mass::default(), Tally::default());
    let mut take = |kind: Kind, mass: Mass| {
        if kinds.holds(kind) && mass.n > 0 {
            selected += mass;
            tally += kind.tally(mass.n);
        }
    };
    let mut quiet = [Mass::default(); Status::ALL.len()];
    quiet[Status::Occupied as usize] = whole;
    for (kind, mass) in &unusual.0 {
        quiet[Status::Occupied as usize] -= *mass;
        quiet[kind.status as usize] += *mass;
    }
    for (kind, mass) in &called.0 {
        quiet[kind.status as usize] -= *mass;
        take(*kind, *mass);
    }
    for status in Status::ALL {
        take(Kind { status, outcome: None }, quiet[status as usize]);
    }
    (selected, tally)
}
