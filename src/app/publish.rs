//! An edition is published: worked out from a copy of the tallies, made durable, and only then shown.

mod borders;
mod pieces;

use super::load::load_first;
use super::published::Published;
use super::{App, AppError, Caller, Outcome};
use crate::analysis::AnalysisError;
use crate::analysis::suppression::{Atoms, LEAST, Step, SuppressionError, Tree, is_safe};
use crate::model::{CampaignId, Change, Code, Column, Edition, Kind, Level, ModelError, Moved, Right, Unit};
use crate::state::State;
use crate::store::{Batch, Entry, Store};
use borders::{Home, Joined, handed_over, join};
use hashbrown::HashMap;
use jiff::civil::Date;
use jiff::{Timestamp, Unit as Span};
use pieces::{Counts, Pieces, finest_level};
use serde::Serialize;
use std::sync::Arc;

/// Fewest eligible households of an atom, but for 0: in one with fewer than twice [`LEAST`] no figure could ever move.
const SMALLEST: u64 = 3 * LEAST;

/// Eligible households of the middle Area of a level from which figures of that level are published.
const LARGE: u32 = 200;

/// What is to be published.
#[derive(Debug, Clone, Copy)]
pub struct EditionSpec {
    /// About which campaign.
    pub campaign: CampaignId,
    /// Down to which level; `None` is that of the editions before, or for the first one the narrowest whose middle Area has 200
    /// eligible households.
    pub level: Option<Level>,
}

/// An edition as everybody may know it.
#[derive(Debug, Clone, Serialize)]
pub struct EditionReport {
    /// Its number, counted from 1.
    pub number: u32,
    /// About which campaign.
    pub campaign: CampaignId,
    /// The moment of its figures.
    pub at: Timestamp,
    /// The narrowest level of which there are figures.
    pub level: Level,
    /// Areas with figures after it, and without: of that level and those above.
    pub areas: EditionAreas,
}

/// How many Areas have figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EditionAreas {
    /// With figures.
    pub shown: usize,
    /// Without: they are about few people, or would reveal what is.
    pub held_back: usize,
}

/// What an edition would do, for who is about to publish it.
#[derive(Debug, Clone, Serialize)]
pub struct EditionPreview {
    /// The edition as it would be.
    #[serde(flatten)]
    pub edition: EditionReport,
    /// Areas whose figures would be others than they are, or the first.
    pub moved: usize,
    /// Areas that have figures now and would have none.
    pub closed: usize,
}

/// All editions, for everybody.
#[derive(Debug, Clone, Serialize)]
pub struct EditionList {
    /// The newest first.
    pub editions: Vec<EditionReport>,
}

/// What an edition is worked out from, copied from the map.
struct Draft {
    number: u32,
    of: u64,
    begun: Date,
    level: Level,
    pieces: Pieces,
    /// Where borders moved since the last edition: the change that it is of, and every household.
    homes: Option<(u64, Vec<Home>)>,
    editions: Vec<Arc<Edition>>,
}

impl Draft {
    /// Copies what is needed. O(Areas), and O(households) where a border moved.
    fn of(state: &State, spec: EditionSpec) -> Result<Draft, AppError> {
        let unknown = || AppError::NotFound { what: "campaign", name: spec.campaign.to_string() };
        let begun = state.campaign(spec.campaign).ok_or_else(unknown)?.from;
        let last = state.editions().last();
        let level = match (last.map(|last| last.level), spec.level) {
            (Some(known), Some(asked)) if known != asked => {
                let expected = format!("{known}: the level of the editions before");
                return Err(ModelError::new("level", asked, expected).into());
            }
            (Some(level), _) | (None, Some(level)) => level,
            (None, None) => {
                let none =
                    || ModelError::new("areas", "none", "areas on the map: there is nothing to publish figures of");
                finest_level(state, LARGE).ok_or_else(none)?
            }
        };
        let pieces = Pieces::of(state, level, spec.campaign)?;
        if pieces.units.is_empty() {
            return Err(ModelError::new("level", level, "a level that has areas").into());
        }
        let moved = last.filter(|last| state.areas_seq() > last.of);
        let homes = moved.map(|last| {
            let mut known: HashMap<_, Option<u32>> = HashMap::new();
            let place = |area| *known.entry(area).or_insert_with(|| pieces.place(state, area));
            let homes = state.households().map(|one| (one.at, one.area));
            (
                last.of,
                homes
                    .map({
                        let mut place = place;
                        move |(at, area)| (at, place(area))
                    })
                    .collect(),
            )
        });
        Ok(Draft {
            number: state.next_edition(),
            of: state.seq(),
            begun,
            level,
            pieces,
            homes,
            editions: state.editions().to_vec(),
        })
    }

    /// Works the edition out; `areas_of` gives the Areas as they were after a change.
    fn edition(
        self,
        spec: EditionSpec,
        at: Timestamp,
        areas_of: impl FnOnce(u64) -> Result<State, AppError>,
    ) -> Result<(Edition, Published, Published), AppError> {
        let Draft { number, of, begun, level, pieces: Pieces { mut units, own, .. }, homes, editions } = self;
        let before = Published::of(&editions)?;
        let known = before.units.iter().filter_map(|unit| Some((unit.code.clone(), unit.atom?))).collect();
        let handed = match homes {
            Some((last, homes)) => {
                let old = areas_of(last)?;
                let then = Pieces::of(&old, level, spec.campaign)?;
                handed_over(&old, &then, &units, &homes)
            }
            None => Vec::new(),
        };
        let Joined { atoms, joined } = join(known, &handed);
        for unit in &mut units {
            unit.atom = atoms.get(&unit.code).copied();
        }
        let mut count = before.book.groups();
        found_atoms(&mut units, &own, &mut count).map_err(AnalysisError::from)?;
        let mut after = before.book.clone();
        after.grow(count);
        for (from, into) in &joined {
            after.join(*from as usize, *into as usize).map_err(AnalysisError::from)?;
        }
        let mut sums: Vec<Counts> = vec![[0; 2]; count];
        for (unit, counts) in units.iter().zip(&own) {
            if let Some(atom) = unit.atom {
                sums[atom as usize].iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
        let steps = after.moves(spec.campaign.0, &sums).map_err(AnalysisError::from)?;
        let number_of = |group: usize| u32::try_from(group).unwrap_or(u32::MAX);
        let (mut opened, mut moved) = (Vec::new(), Vec::new());
        let populated: hashbrown::HashSet<u32> = units.iter().filter_map(|unit| unit.atom).collect();
        for one in steps {
            let atom = number_of(one.group);
            // Of an atom whose Areas have all ended nothing is shown any more.
            if !populated.contains(&atom) {
                continue;
            }
            match one.step {
                Step::Opened([eligible, visited]) => opened.push((atom, eligible, visited)),
                Step::Moved { column: 0, value } => moved.push(Moved { atom, column: Column::Eligible, value }),
                Step::Moved { value, .. } => moved.push(Moved { atom, column: Column::Visited, value }),
            }
        }
        let units = (*before.units != units).then_some(units);
        let atoms = number_of(count);
        let (campaign, at) = (spec.campaign, at);
        let edition =
            Edition { number, campaign, at, of, begun, level, units, atoms, joined, opened, moved }.check()?;
        let all: Vec<Arc<Edition>> = editions.into_iter().chain([Arc::new(edition.clone())]).collect();
        let after = Published::of(&all)?;
        Ok((edition, before, after))
    }
}

/// Groups the pieces that have no atom yet, among themselves. What is not safe in any group waits for a later edition.
fn found_atoms(units: &mut [Unit], own: &[Counts], count: &mut usize) -> Result<(), SuppressionError> {
    if units.iter().all(|unit| unit.atom.is_some()) {
        return Ok(());
    }
    let tree = Tree::new(units.iter().map(|unit| unit.parent).collect())?;
    // By how many live there alone: who was visited is to leave no trace in what belongs together.
    let new: Vec<[u64; 1]> = units
        .iter()
        .zip(own)
        .map(|(unit, counts)| if unit.atom.is_none() { [counts.iter().sum()] } else { [0] })
        .collect();
    let groups = Atoms::group(&tree, &new, SMALLEST)?;
    let safe: Vec<bool> = groups.sums(&new)?.iter().map(|sum| is_safe(sum, SMALLEST)).collect();
    let mut atom_of: HashMap<u32, u32> = HashMap::new();
    for (unit, group) in units.iter_mut().zip(groups.of()) {
        if unit.atom.is_none() && safe[*group as usize] {
            let next = u32::try_from(*count).map_err(|_| SuppressionError::TooMany)?;
            let atom = *atom_of.entry(*group).or_insert(next);
            *count += usize::from(atom == next);
            unit.atom = Some(atom);
        }
    }
    Ok(())
}

/// The Areas as they were after a change of a store.
fn areas_of(store: &Store, seq: u64) -> Result<State, AppError> {
    load_first(store, |kind| matches!(kind, Kind::Area | Kind::AreaEnd), seq)
}

fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Span::Second).unwrap_or(now)
}

/// How many Areas the last edition showed.
fn areas(published: &Published) -> EditionAreas {
    published.shown.last().copied().unwrap_or(EditionAreas { shown: 0, held_back: 0 })
}

fn report(edition: &Edition, areas: EditionAreas) -> EditionReport {
    let Edition { number, campaign, at, level, .. } = *edition;
    EditionReport { number, campaign, at, level, areas }
}

/// Publishes an edition in a store that no server holds, of the map that `state` is.
pub(super) fn publish_in(
    store: &mut Store,
    state: &State,
    spec: EditionSpec,
    author: &str,
    at: Timestamp,
) -> Result<(Edition, EditionReport), AppError> {
    let (edition, _, after) = Draft::of(state, spec)?.edition(spec, at, |seq| areas_of(store, seq))?;
    let change = Change::EditionPublished(Box::new(edition.clone()));
    state.verdict(&change)?;
    store.append(&[Batch { at: Timestamp::now(), author: author.into(), entries: vec![Entry::from(&change)] }])?;
    let report = report(&edition, areas(&after));
    Ok((edition, report))
}

/// Publishes an edition in a store that no server holds.
pub fn publish_once(store: &mut Store, spec: EditionSpec, author: &str) -> Result<EditionReport, AppError> {
    let state = super::load(store, |_| true)?;
    publish_in(store, &state, spec, author, now()).map(|(_, report)| report)
}

impl App {
    /// What an edition would do, now.
    pub async fn preview_edition(&self, caller: &Caller, spec: EditionSpec) -> Result<EditionPreview, AppError> {
        caller.require(Right::Publish)?;
        self.work(move |app: &App| app.draft_edition(spec).map(|(_, preview)| preview)).await?
    }

    /// Publishes an edition: when this returns it is durable, and every door shows it.
    pub async fn publish_edition(&self, caller: &Caller, spec: EditionSpec) -> Result<EditionReport, AppError> {
        caller.require(Right::Publish)?;
        // One at a time: the second is worked out beside what the first has shown.
        let _publishing = self.publishing.lock().await;
        let (edition, preview) = self.work(move |app: &App| app.draft_edition(spec)).await??;
        let change = Change::EditionPublished(Box::new(edition));
        match self.commit(&caller.author(), vec![change]).await?.into_iter().next() {
            Some(Outcome::Refused(refusal)) => Err(refusal.into()),
            _ => Ok(preview.edition),
        }
    }

    /// All editions, with how many Areas each showed.
    pub fn editions(&self, caller: &Caller) -> Result<EditionList, AppError> {
        caller.require(Right::Published)?;
        let published = self.published();
        let newest_first = published.editions.iter().rev().zip(published.shown.iter().rev());
        let editions = newest_first.map(|(edition, areas)| report(edition, *areas)).collect();
        Ok(EditionList { editions })
    }

    fn draft_edition(&self, spec: EditionSpec) -> Result<(Edition, EditionPreview), AppError> {
        let draft = Draft::of(&self.state.read(), spec)?;
        let areas_of = |seq| areas_of(&self.past.open()?, seq);
        let (edition, before, after) = draft.edition(spec, now(), areas_of)?;
        let (shown, was) = (after.campaign(Some(spec.campaign)), before.campaign(Some(spec.campaign)));
        let figures =
            |of: &Option<Arc<super::published::Campaign>>| of.as_ref().map(|c| c.areas.clone()).unwrap_or_default();
        let (shown, was) = (figures(&shown), figures(&was));
        let counts =
            |code: &Code, of: &HashMap<Code, super::PublishedFigures>| of.get(code).map(|f| (f.eligible, f.visited));
        let moved = shown.keys().filter(|code| counts(code, &shown) != counts(code, &was)).count();
        let closed = was.keys().filter(|code| !shown.contains_key(*code)).count();
        let preview = EditionPreview { edition: report(&edition, areas(&after)), moved, closed };
        Ok((edition, preview))
    }
}
