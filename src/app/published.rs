//! The gate: what of the figures of Areas a caller is told.
//!
//! Who works with households has [`Right::Coverage`] and is told exact, living figures. Everybody else is told what was
//! published: the figures of the last editions, or that a figure is held back. Every door asks [`App::sight`] or
//! [`Published::of`], and nothing else gives a figure out.
//!
//! All that is published is a sum of atoms' figures, as the editions say, of the Areas as they were at the last edition; why nothing
//! follows from it about few people is told in `analysis::suppression`, and for borders that move in `publish::borders`. Here is why
//! the rest of what leaves adds nothing:
//!
//! - What is worked out is a function of the editions alone, not of the living map: asking again, at another zoom or within another
//!   rectangle gives the same sums. Border, name and parent of an Area are public and live; its figures are those of its code at
//!   the last edition, and an Area that was not there then has none.
//! - "All visits" has no figures of its own. It nests every campaign, so that it less a campaign would be those whom only another one
//!   reached. Who names no campaign is told of the one that was published last, by its number.
//! - Outcomes are not published: "all of the others refused" would be said of each.
//! - What tells *when* something happened would count it: the public hears of borders, the base map and editions, by numbers of their
//!   own, and sees no metrics.

use super::{App, AppError, Caller, EditionAreas};
use crate::analysis::AnalysisError;
use crate::analysis::suppression::{Atoms, Book, LEAST, Move, Series, Step, Tree};
use crate::model::{CampaignId, Code, Column, Edition, ModelError, Outcome, OutcomeCounts, Right, Tally, Unit};
use crate::state::{AreaId, State};
use hashbrown::HashMap;
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// Most editions of a list: some months of one a week, some weeks of one a day.
pub(super) const LISTED: usize = 30;

/// Published figures of one Area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedFigures {
    /// Eligible households.
    pub eligible: u32,
    /// Those with a counted visit in the campaign.
    pub visited: u32,
    /// The moment of the oldest count in them.
    pub oldest: Timestamp,
    /// The moment of the newest.
    pub newest: Timestamp,
}

impl PublishedFigures {
    /// As a tally. Of outcomes it knows that somebody was reached, and no more.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let outcomes = OutcomeCounts::some(Outcome::Visited, self.visited);
        Tally { households: self.eligible, eligible: self.eligible, outcomes }
    }
}

/// What was published of one campaign, Area by Area.
#[derive(Debug)]
pub(super) struct Campaign {
    /// The last edition about it.
    pub edition: Arc<Edition>,
    /// By code; what is held back is not in it.
    pub areas: HashMap<Code, PublishedFigures>,
}

/// All that was published, played again from the editions.
#[derive(Debug)]
pub(super) struct Published {
    pub editions: Vec<Arc<Edition>>,
    pub book: Book,
    /// How many Areas the last editions showed, the newest last.
    pub shown: Vec<EditionAreas>,
    /// The Areas of the last edition.
    pub units: Arc<Vec<Unit>>,
    campaigns: HashMap<CampaignId, Arc<Campaign>>,
}

impl Published {
    /// Plays editions again. O(editions · atoms + campaigns · Areas).
    ///
    /// # Errors
    /// [`AppError::Damaged`] where one shows what it must not, beside those before it: nothing is published then.
    pub fn of(editions: &[Arc<Edition>]) -> Result<Published, AppError> {
        let mut published = Published::nothing(Vec::new());
        for (n, edition) in editions.iter().enumerate() {
            published.play(edition).map_err(|e| AppError::Damaged(format!("edition {}: {e}", edition.number)))?;
            if n + LISTED >= editions.len() {
                let shown = published.figures(edition).map_err(AnalysisError::from)?.len();
                published.shown.push(EditionAreas { shown, held_back: published.units.len() - shown });
            }
        }
        let last: HashMap<CampaignId, &Arc<Edition>> =
            editions.iter().map(|edition| (edition.campaign, edition)).collect();
        for (id, edition) in last {
            let areas = published.figures(edition).map_err(|e| AppError::from(AnalysisError::from(e)))?;
            published.campaigns.insert(id, Arc::new(Campaign { edition: Arc::clone(edition), areas }));
        }
        Ok(published)
    }

    fn nothing(editions: Vec<Arc<Edition>>) -> Published {
        let (shown, units, campaigns) = (Vec::new(), Arc::default(), HashMap::new());
        Published { editions, book: Book::new(LEAST), shown, units, campaigns }
    }

    /// One more edition, of which figures are worked out at the end.
    pub fn play(&mut self, edition: &Arc<Edition>) -> Result<(), AppError> {
        let Edition { number, campaign, atoms, joined, .. } = edition.as_ref();
        if *number != self.editions.last().map_or(1, |last| last.number + 1) {
            return Err(ModelError::new("number", number, "the next number").into());
        }
        let of = |e| AppError::from(AnalysisError::from(e));
        self.book.grow(*atoms as usize);
        for (from, into) in joined {
            self.book.join(*from as usize, *into as usize).map_err(of)?;
        }
        self.book.take(campaign.0, &moves(edition), *number).map_err(of)?;
        if let Some(units) = &edition.units {
            self.units = Arc::new(units.clone());
        }
        self.editions.push(Arc::clone(edition));
        Ok(())
    }

    /// The figures of a campaign, of all Areas that may be shown.
    fn figures(
        &self,
        last: &Edition,
    ) -> Result<HashMap<Code, PublishedFigures>, crate::analysis::suppression::SuppressionError> {
        let Some(series) = self.book.subject(last.campaign.0) else { return Ok(HashMap::new()) };
        // What has no atom is in one more, which is never open.
        let none = self.book.groups();
        let of = |unit: &Unit| unit.atom.unwrap_or(u32::try_from(none).unwrap_or(u32::MAX));
        let atoms = Atoms::made(self.units.iter().map(of).collect(), none + 1)?;
        let mut series: Series<2> = series.clone();
        series.grow(none + 1);
        let tree = Tree::new(self.units.iter().map(|unit| unit.parent).collect())?;
        let homes: Vec<u32> = (0..).take(self.units.len()).collect();
        let moment = |number: Option<u32>| {
            let edition = number.and_then(|number| self.editions.get(number.checked_sub(1)? as usize));
            match (number, edition) {
                (Some(0), _) => midnight(last.begun).unwrap_or(last.at),
                (_, edition) => edition.map_or(last.at, |edition| edition.at),
            }
        };
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let figures = series.figures(&atoms, &tree, &homes)?;
        let shown = self.units.iter().zip(figures).filter_map(|(unit, figure)| {
            let figure = figure?;
            let [visited, unvisited] = figure.parts;
            let (oldest, newest) = (moment(figure.oldest), moment(figure.newest));
            let figures =
                PublishedFigures { eligible: count(visited + unvisited), visited: count(visited), oldest, newest };
            Some((unit.code.clone(), figures))
        });
        Ok(shown.collect())
    }

    /// What was published of a campaign; without one, of the campaign of the last edition.
    pub fn campaign(&self, id: Option<CampaignId>) -> Option<Arc<Campaign>> {
        let id = id.or_else(|| self.editions.last().map(|last| last.campaign))?;
        self.campaigns.get(&id).map(Arc::clone)
    }
}

/// The first moment of a day.
fn midnight(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// What an edition does to its series.
pub(super) fn moves(edition: &Edition) -> Vec<Move<2>> {
    let opened = edition
        .opened
        .iter()
        .map(|(atom, eligible, visited)| Move { group: *atom as usize, step: Step::Opened([*eligible, *visited]) });
    let moved = edition.moved.iter().map(|moved| {
        let column = match moved.column {
            Column::Eligible => 0,
            Column::Visited => 1,
        };
        Move { group: moved.atom as usize, step: Step::Moved { column, value: moved.value } }
    });
    opened.chain(moved).collect()
}

/// How a caller sees figures of Areas.
#[derive(Debug, Clone)]
pub(super) enum Sight {
    /// As they are now.
    Exact(Option<CampaignId>),
    /// As they were published; `None` where nothing was.
    Published(Option<Arc<Campaign>>),
}

impl Sight {
    /// The tally of an Area, or nothing where it is held back.
    pub fn tally(&self, state: &State, id: AreaId) -> Option<Tally> {
        match self {
            Sight::Exact(campaign) => Some(state.covered(id, *campaign).tally),
            Sight::Published(_) => {
                let entry = state.covered(id, None).entry;
                self.published(&entry.area.code).filter(|_| entry.in_force).map(PublishedFigures::tally)
            }
        }
    }

    /// What was published of an Area by its code.
    pub fn published(&self, code: &Code) -> Option<&PublishedFigures> {
        match self {
            Sight::Published(Some(campaign)) => campaign.areas.get(code),
            Sight::Exact(_) | Sight::Published(None) => None,
        }
    }
}

impl App {
    /// All that was published, as of the last edition. Played again when there is a new one. Not while the state is locked.
    pub(super) fn published(&self) -> Arc<Published> {
        let editions = self.state.read().editions().to_vec();
        let mut kept = self.published.lock();
        if let Some(known) = kept.as_ref().filter(|known| known.editions.len() >= editions.len()) {
            return Arc::clone(known);
        }
        let published = Published::of(&editions).unwrap_or_else(|error| {
            // Held back rather than guessed; the next edition is refused for the same reason.
            tracing::error!(%error, "what was published cannot be told: nothing is shown");
            Published::nothing(editions)
        });
        let published = Arc::new(published);
        *kept = Some(Arc::clone(&published));
        published
    }

    /// How a caller sees the figures of a campaign. Not while the state is locked.
    pub(super) fn sight(&self, caller: &Caller, campaign: Option<CampaignId>) -> Sight {
        if caller.may(Right::Coverage) {
            return Sight::Exact(campaign);
        }
        Sight::Published(self.published().campaign(campaign))
    }

    /// The edition as of which a caller sees figures; `None` who sees them as they are. 0 before the first.
    pub(super) fn edition_seen(&self, caller: &Caller) -> Option<u32> {
        (!caller.may(Right::Coverage)).then(|| self.state.read().next_edition() - 1)
    }
}
