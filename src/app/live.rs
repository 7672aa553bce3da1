//! What open pages are told: which tiles and Areas a change touched, and nothing of what it says.

use super::Caller;
use crate::geom::Lattice;
use crate::model::{CampaignId, Code, Reach, Right};
use crate::state::Touched;
use crate::tiles::Layer;
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::sync::broadcast;

/// Events that a page may have missed and still catch up with: some minutes of a busy day.
const KEPT: usize = 1_024;
/// Events that a slow reader may fall behind; then it is told to read everything again.
const WAITING: usize = 256;
/// Most tiles that one event spells out; more are a reload.
const MOST_TILES: usize = 2_000;

/// One event as a page is told it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct LiveEvent {
    /// The number of the last change in it.
    pub seq: u64,
    /// Tiles to load again, `z/x/y`.
    pub tiles: LiveTiles,
    /// Codes of Areas whose figures or borders changed.
    pub areas: Vec<Code>,
    /// The campaign, where it was one.
    pub campaign: Option<CampaignId>,
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
        LiveEvent { seq, tiles: LiveTiles::default(), areas: Vec::new(), campaign: None, reset: true }
    }
}

/// One event as all subscribers share it.
struct Shared {
    everything: LiveEvent,
    /// Places of households in it, each with the codes of the Areas that hold it: for those who see but their own.
    places: Vec<(Lattice, Vec<Code>)>,
}

/// What a change touched, in names that outlive the lock on the state.
pub(super) struct Told {
    /// Areas whose figures or borders changed.
    pub areas: Vec<Code>,
    /// Campaigns whose figures changed.
    pub campaigns: BTreeSet<CampaignId>,
    /// Places of households, each with the Areas that hold it.
    pub places: Vec<(Lattice, Vec<Code>)>,
}

/// The channel.
pub(super) struct Live {
    inner: Mutex<Inner>,
}

struct Inner {
    /// `None` once the service stops: then every feed ends.
    events: Option<broadcast::Sender<Arc<Shared>>>,
    kept: VecDeque<Arc<Shared>>,
    /// The last change of which no event is kept: who knows less has missed something that cannot be told.
    before: u64,
    /// The last change of all.
    last: u64,
}

impl Live {
    /// `seq` is the last change of the state that is served.
    pub fn new(seq: u64) -> Live {
        let events = Some(broadcast::channel(WAITING).0);
        Live { inner: Mutex::new(Inner { events, kept: VecDeque::with_capacity(KEPT), before: seq, last: seq }) }
    }

    /// Ends every feed, those to come included.
    pub fn end(&self) {
        self.inner.lock().events = None;
    }

    pub fn publish(&self, seq: u64, touched: Option<Touched>, told: Told) {
        let Told { areas, campaigns, places } = told;
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
                LiveEvent { seq, tiles, areas, campaign, reset: false }
            }
            _ => LiveEvent::reset(seq),
        };
        let shared = Arc::new(Shared { everything, places });
        let mut inner = self.inner.lock();
        if inner.kept.len() == KEPT {
            inner.before = inner.kept.pop_front().map_or(inner.before, |oldest| oldest.everything.seq);
        }
        inner.kept.push_back(Arc::clone(&shared));
        inner.last = seq;
        // Sent under the lock, so that a subscriber sees each event once: kept or sent, never both. Nobody listening is no fault.
        if let Some(events) = &inner.events {
            let _ = events.send(shared);
        }
    }

    pub fn subscribe(&self, caller: &Caller, after: Option<u64>) -> LiveFeed {
        let inner = self.inner.lock();
        let events = inner.events.as_ref().map_or_else(|| broadcast::channel(1).1, broadcast::Sender::subscribe);
        let missed = match after {
            Some(after) if after < inner.before => {
                let everything = LiveEvent::reset(inner.last);
                VecDeque::from([Arc::new(Shared { everything, places: Vec::new() })])
            }
            Some(after) => inner.kept.iter().filter(|e| e.everything.seq > after).cloned().collect(),
            None => VecDeque::new(),
        };
        LiveFeed { events, missed, caller: caller.clone(), last: after.unwrap_or(inner.last) }
    }
}

/// The events for one caller: first those missed, then new ones as they come.
pub struct LiveFeed {
    events: broadcast::Receiver<Arc<Shared>>,
    missed: VecDeque<Arc<Shared>>,
    caller: Caller,
    last: u64,
}

impl LiveFeed {
    /// The next event; `None` when the service stops.
    pub async fn next(&mut self) -> Option<LiveEvent> {
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
        self.last = shared.everything.seq;
        Some(self.seen(&shared))
    }

    /// What the caller may see of an event: a household's tiles would tell where somebody was just visited.
    fn seen(&self, shared: &Shared) -> LiveEvent {
        let mut event = shared.everything.clone();
        let grant = self.caller.grant();
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
