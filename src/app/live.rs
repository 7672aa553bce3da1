//! What open pages are told: which tiles and Areas a change touched, and nothing of what it says.
//!
//! Who sees published figures only hears of borders, the base map and editions; the public under numbers that count those changes
//! alone: that and when a household was visited, and how often, is not told by a silence between two numbers either.

use super::Caller;
use crate::geom::Lattice;
use crate::model::{CampaignId, Code, PlanId, Reach, Right};
use crate::state::Touched;
use crate::tiles::Layer;
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::sync::{broadcast, watch};

/// Events that a page may have missed and still catch up with: some minutes of a busy day.
const KEPT: usize = 1_024;
/// Events that a slow reader may fall behind; then it is told to read everything again.
const WAITING: usize = 256;
/// Most tiles that one event spells out; more are a reload.
const MOST_TILES: usize = 2_000;

/// One event as a page is told it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct LiveEvent {
    /// The number of the last change in it; for the public, how many changes everybody may hear of there were.
    pub seq: u64,
    /// Tiles to load again, `z/x/y`.
    pub tiles: LiveTiles,
    /// Codes of Areas whose figures or borders changed.
    pub areas: Vec<Code>,
    /// The campaign, where it was one.
    pub campaign: Option<CampaignId>,
    /// Plans that changed, or whose zones or spots did; empty for who may not see them.
    pub plans: Vec<PlanId>,
    /// Teams in which households were given to others; absent for who neither calls there nor says who does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<Code>,
    /// The edition that was published, where one was.
    pub edition: Option<u32>,
    /// Too much changed to list, or events were missed: read everything again.
    pub reset: bool,
}

/// Tiles by layer.
#[derive(Debug, Clone, Default, Serialize, PartialEq, Eq)]
pub struct LiveTiles {
    /// Of the layer `areas`.
    pub areas: Vec<String>,
    /// Of the layer `households`; empty for who may not see it.
    pub households: Vec<String>,
    /// Of the layer `context`.
    pub context: Vec<String>,
}

impl LiveEvent {
    /// Tells a page to read everything again.
    #[must_use]
    pub fn reset(seq: u64) -> LiveEvent {
        let (tiles, areas, plans, teams) = (LiveTiles::default(), Vec::new(), Vec::new(), Vec::new());
        LiveEvent { seq, tiles, areas, campaign: None, plans, teams, edition: None, reset: true }
    }
}

/// One event as all subscribers share it.
struct Shared {
    everything: LiveEvent,
    /// Places of households in it, each with the codes of the Areas that hold it: for those who see but their own.
    places: Vec<(Lattice, Vec<Code>)>,
    /// Teams in which households were given to others, each with the Areas that hold one of those.
    assigned: Vec<(Code, BTreeSet<Code>)>,
    /// It tells of Plans or assignments and of nothing else: who may not see those does not hear that there was anything.
    quiet: bool,
    /// What is told to who sees published figures only, but for Plans; `None` where there is nothing.
    open: Option<LiveEvent>,
    /// How many changes everybody may hear of there were.
    heard: u64,
}

impl Shared {
    /// Its number as a caller counts.
    fn number(&self, all: bool) -> u64 {
        if all { self.everything.seq } else { self.heard }
    }
}

/// What a change touched, in names that outlive the lock on the state.
pub(super) struct Told {
    /// Areas whose figures or borders changed.
    pub areas: Vec<Code>,
    /// Campaigns whose figures changed.
    pub campaigns: BTreeSet<CampaignId>,
    /// Plans that changed, or whose zones or spots did.
    pub plans: BTreeSet<PlanId>,
    /// Teams in which households were given to others, each with the Areas that hold one of those.
    pub assigned: Vec<(Code, BTreeSet<Code>)>,
    /// Places of households, each with the Areas that hold it.
    pub places: Vec<(Lattice, Vec<Code>)>,
    /// Borders moved.
    pub borders: bool,
    /// Context features changed.
    pub context: bool,
    /// The edition that was published.
    pub edition: Option<u32>,
    /// How many changes everybody may hear of there were.
    pub heard: u64,
}

/// The channel.
pub(super) struct Live {
    channel: Mutex<Channel>,
    /// Moves when somebody's right to hear may have ended.
    people: watch::Sender<()>,
}

struct Channel {
    /// `None` once the service is stopping: readers come to the end of their feed.
    events: Option<broadcast::Sender<Arc<Shared>>>,
    kept: VecDeque<Arc<Shared>>,
    /// The last change before the service started, as each of two sorts of listeners counts.
    start: Numbers,
    /// The last change that no event is kept of: from before the service started, or pushed out by newer ones.
    forgotten: Numbers,
}

/// The number of a change among all, and among those that everybody may hear of.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    all: u64,
    open: u64,
}

impl Numbers {
    fn seen(self, all: bool) -> u64 {
        if all { self.all } else { self.open }
    }
}

impl Live {
    /// A channel that begins after a change, of which there were so many that everybody may hear of.
    pub fn after(seq: u64, heard: u64) -> Live {
        let events = Some(broadcast::channel(WAITING).0);
        let start = Numbers { all: seq, open: heard };
        let channel = Channel { events, kept: VecDeque::with_capacity(KEPT), start, forgotten: start };
        Live { channel: Mutex::new(channel), people: watch::Sender::new(()) }
    }

    /// Tells every feed to look whether its listener may still hear it.
    pub fn people_changed(&self) {
        self.people.send_replace(());
    }

    /// Moves with [`Live::people_changed`].
    pub fn people(&self) -> watch::Receiver<()> {
        self.people.subscribe()
    }

    /// Ends every feed, so that a stopping service does not wait for its readers.
    pub fn close(&self) {
        self.channel.lock().events = None;
    }

    /// Whether every feed was ended.
    pub fn closed(&self) -> bool {
        self.channel.lock().events.is_none()
    }

    /// How many feeds are open.
    pub fn listeners(&self) -> usize {
        self.channel.lock().events.as_ref().map_or(0, broadcast::Sender::receiver_count)
    }

    pub fn publish(&self, seq: u64, touched: Option<Touched>, told: Told) {
        let Told { areas, campaigns, plans, assigned, places, borders, context, edition, heard } = told;
        let listed = |touched: &Touched| touched.areas.len() + touched.households.len() + touched.context.len();
        let everything = match touched {
            Some(touched) if listed(&touched) <= MOST_TILES => {
                let names = |tiles: Vec<crate::geom::TileId>| tiles.iter().map(ToString::to_string).collect();
                let tiles = LiveTiles {
                    areas: names(touched.areas),
                    households: names(touched.households),
                    context: names(touched.context),
                };
                let mut campaigns = campaigns.into_iter();
                let campaign = campaigns.next().filter(|_| campaigns.next().is_none());
                let plans = plans.into_iter().collect();
                LiveEvent { seq, tiles, areas, campaign, plans, teams: Vec::new(), edition, reset: false }
            }
            _ => LiveEvent { edition, ..LiveEvent::reset(seq) },
        };
        let LiveEvent { tiles, areas, campaign, plans, .. } = &everything;
        let on_map = !areas.is_empty() || campaign.is_some() || *tiles != LiveTiles::default() || edition.is_some();
        let of_desks = !plans.is_empty() || !assigned.is_empty();
        let quiet = of_desks && !on_map && places.is_empty();
        // Of a list that was too long to tell, those who see less hear that they have to read again only if it was theirs.
        let reset = borders || (everything.reset && context);
        let open = (reset || context || edition.is_some()).then(|| {
            let tiles = LiveTiles { context: tiles.context.clone(), ..LiveTiles::default() };
            LiveEvent { tiles, edition, reset, ..LiveEvent::reset(heard) }
        });
        let shared = Arc::new(Shared { everything, places, assigned, quiet, open, heard });
        let mut channel = self.channel.lock();
        if channel.kept.len() == KEPT
            && let Some(oldest) = channel.kept.pop_front()
        {
            channel.forgotten = Numbers { all: oldest.everything.seq, open: oldest.heard };
        }
        channel.kept.push_back(Arc::clone(&shared));
        if let Some(events) = &channel.events {
            // Sent under the lock, so that a subscriber sees each event once: kept or sent, never both. Nobody listening is no fault.
            let _ = events.send(shared);
        }
    }

    pub fn subscribe(&self, caller: &Caller, after: Option<u64>) -> Feed {
        let channel = self.channel.lock();
        let kept = &channel.kept;
        let events = match &channel.events {
            Some(events) => events.subscribe(),
            None => broadcast::channel(1).1,
        };
        let mut missed = VecDeque::new();
        let (exact, all) = (caller.may(Right::Coverage), caller.counts_all());
        let (start, forgotten) = (channel.start.seen(all), channel.forgotten.seen(all));
        let newest = kept.back().map_or(forgotten, |e| e.number(all));
        // Of the last change before this start nobody could catch up.
        let begins = (after.is_none() && newest > start).then_some(newest);
        if let Some(after) = after {
            // A number from before this start, or from another store, says nothing of what its reader has seen. Even the last
            // change before it does not: which tiles that reader was given, this process does not know.
            if after > start && (forgotten..=newest).contains(&after) {
                missed.extend(kept.iter().filter(|e| e.number(all) > after).cloned());
            } else {
                let (everything, open) = (LiveEvent::reset(newest), Some(LiveEvent::reset(newest)));
                let (places, assigned) = (Vec::new(), Vec::new());
                missed.push_back(Arc::new(Shared { everything, places, assigned, quiet: false, open, heard: newest }));
            }
        }
        Feed { events, missed, caller: caller.clone(), exact, all, begins, last: after.unwrap_or(0) }
    }
}

/// The events for one caller: first those missed, then new ones as they come.
pub(super) struct Feed {
    events: broadcast::Receiver<Arc<Shared>>,
    missed: VecDeque<Arc<Shared>>,
    caller: Caller,
    /// Whether the caller sees figures as they are now.
    exact: bool,
    /// Whether events have the numbers of all changes.
    all: bool,
    begins: Option<u64>,
    last: u64,
}

impl Feed {
    /// The event after which those of a new listener follow, for coming back without having heard any; `None` where there was none.
    pub fn begins(&self) -> Option<u64> {
        self.begins
    }

    /// The next event; `None` when the service stops.
    pub async fn next(&mut self) -> Option<LiveEvent> {
        loop {
            let shared = match self.missed.pop_front() {
                Some(shared) => shared,
                None => match self.events.recv().await {
                    Ok(shared) => shared,
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        // The oldest are dropped for who does not read: one reset stands for all of them.
                        self.events = self.events.resubscribe();
                        return Some(LiveEvent::reset(self.last));
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            };
            self.last = shared.number(self.all);
            let seen = if self.exact { Some(self.seen(&shared)) } else { self.seen_published(&shared) };
            let told = |event: &LiveEvent| !shared.quiet || !event.plans.is_empty() || !event.teams.is_empty();
            if let Some(event) = seen.filter(told) {
                return Some(event);
            }
        }
    }

    /// What who sees published figures only may see of an event.
    fn seen_published(&self, shared: &Shared) -> Option<LiveEvent> {
        let mut event = shared.open.clone();
        if self.caller.may(Right::Plans) && !shared.everything.plans.is_empty() {
            let mut told = event.unwrap_or_else(|| LiveEvent { reset: false, ..LiveEvent::reset(shared.heard) });
            told.plans.clone_from(&shared.everything.plans);
            event = Some(told);
        }
        event.map(|event| LiveEvent { seq: shared.number(self.all), ..event })
    }

    /// What the caller may see of an event: a household's tiles would tell where somebody was just visited.
    fn seen(&self, shared: &Shared) -> LiveEvent {
        let mut event = shared.everything.clone();
        let grant = self.caller.grant();
        if !self.caller.may(Right::Plans) {
            event.plans.clear();
        }
        let hears = |grounds: &BTreeSet<Code>| {
            [Right::Visit, Right::Teams].into_iter().any(|right| match grant.reach(right) {
                Reach::Everywhere => true,
                Reach::Nowhere => false,
                Reach::Own => grant.areas.iter().any(|area| grounds.contains(area)),
            })
        };
        let theirs = shared.assigned.iter().filter(|(_, grounds)| hears(grounds));
        event.teams = theirs.map(|(team, _)| team.clone()).collect();
        match grant.reach(Right::Households) {
            Reach::Everywhere => {}
            Reach::Nowhere => event.tiles.households.clear(),
            Reach::Own => {
                let own = shared.places.iter().filter(|(_, chain)| chain.iter().any(|code| grant.areas.contains(code)));
                let deepest = Layer::Households.max_zoom();
                let tiles: BTreeSet<String> =
                    own.flat_map(|(at, _)| (0..=deepest).map(|z| at.tile(z).to_string())).collect();
                event.tiles.households = tiles.into_iter().collect();
            }
        }
        event
    }
}

#[cfg(test)]
mod tests;
