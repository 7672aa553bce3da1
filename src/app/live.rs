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
    events: broadcast::Sender<Arc<Shared>>,
    kept: Mutex<Kept>,
}

/// The events after a change number, all of them.
struct Kept {
    since: u64,
    events: VecDeque<Arc<Shared>>,
}

impl Live {
    /// `since`: the number of the last change so far; what came before it was told by nobody here.
    pub fn new(since: u64) -> Live {
        let kept = Kept { since, events: VecDeque::with_capacity(KEPT) };
        Live { events: broadcast::channel(WAITING).0, kept: Mutex::new(kept) }
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
        let mut kept = self.kept.lock();
        if kept.events.len() == KEPT
            && let Some(oldest) = kept.events.pop_front()
        {
            kept.since = oldest.everything.seq;
        }
        kept.events.push_back(Arc::clone(&shared));
        // Sent under the lock, so that a subscriber sees each event once: kept or sent, never both. Nobody listening is no fault.
        let _ = self.events.send(shared);
    }

    pub fn subscribe(&self, caller: &Caller, after: Option<u64>) -> LiveFeed {
        let kept = self.kept.lock();
        let events = self.events.subscribe();
        let mut missed = VecDeque::new();
        if let Some(after) = after {
            let newest = kept.events.back().map_or(kept.since, |e| e.everything.seq);
            // A number from before this start, or from another store, says nothing of what its reader has seen.
            if (kept.since..=newest).contains(&after) {
                missed.extend(kept.events.iter().filter(|e| e.everything.seq > after).cloned());
            } else {
                let everything = LiveEvent::reset(newest);
                missed.push_back(Arc::new(Shared { everything, places: Vec::new() }));
            }
        }
        LiveFeed { events, missed, caller: caller.clone(), last: after.unwrap_or(0) }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader is told at once who comes back to a service that started at change 10 and then told 12 and 15.
    fn told(after: u64) -> Vec<(u64, bool)> {
        let live = Live::new(10);
        for seq in [12, 15] {
            let told = Told { areas: Vec::new(), campaigns: BTreeSet::new(), places: Vec::new() };
            let touched = Touched { areas: Vec::new(), households: Vec::new(), context: Vec::new() };
            live.publish(seq, Some(touched), told);
        }
        let feed = live.subscribe(&Caller::public(), Some(after));
        feed.missed.iter().map(|shared| (shared.everything.seq, shared.everything.reset)).collect()
    }

    #[test]
    fn a_reader_who_comes_back_hears_what_it_missed() {
        assert_eq!(told(10), [(12, false), (15, false)]);
        assert_eq!(told(12), [(15, false)]);
        assert_eq!(told(15), []);
    }

    #[test]
    fn a_reader_from_before_the_start_or_from_another_store_reads_everything_again() {
        assert_eq!(told(9), [(15, true)]);
        assert_eq!(told(16), [(15, true)]);
    }
}
