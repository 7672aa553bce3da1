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
        let quiet = !(plans.is_empty() && assigned.is_empty()) && !on_map && places.is_empty();
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
        let heard = shared.assigned.iter().filter(|(_, grounds)| hears(grounds));
        event.teams = heard.map(|(team, _)| team.clone()).collect();
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
    use crate::model::Role;

    fn told(live: &Live, seq: u64) {
        live.publish(seq, Some(Touched::default()), Told { context: true, heard: seq, ..nothing() });
    }

    fn nothing() -> Told {
        Told {
            areas: Vec::new(),
            campaigns: BTreeSet::new(),
            plans: BTreeSet::new(),
            assigned: Vec::new(),
            places: Vec::new(),
            borders: false,
            context: false,
            edition: None,
            heard: 0,
        }
    }

    async fn heard(mut feed: Feed, n: usize) -> Vec<(u64, bool)> {
        let mut events = Vec::new();
        for _ in 0..n {
            let event = feed.next().await.expect("the channel is open");
            events.push((event.seq, event.reset));
        }
        events
    }

    #[tokio::test]
    async fn who_was_away_hears_what_was_missed_and_then_what_comes() {
        let live = Live::after(10, 10);
        told(&live, 11);
        told(&live, 12);
        let feed = live.subscribe(&Caller::public(), Some(11));
        told(&live, 13);
        assert_eq!(heard(feed, 2).await, [(12, false), (13, false)]);
    }

    #[tokio::test]
    async fn plans_are_told_to_who_may_see_them_and_to_others_not_even_that_there_was_something() {
        let live = Live::after(10, 10);
        let drawn = |seq, areas: Vec<Code>| {
            let told =
                Told { plans: BTreeSet::from([PlanId(7)]), context: !areas.is_empty(), areas, heard: seq, ..nothing() };
            live.publish(seq, Some(Touched::default()), told);
        };
        let grant = |role, areas| Caller::of_grant(crate::model::Grant { name: "n".into(), role, areas });
        let area = || Code::new("7001").unwrap();
        let office = [Role::Coordinator, Role::Planner, Role::Inspector, Role::Analyst, Role::Admin];
        let office = office.map(|role| (grant(role, vec![area()]), true));
        let others = [(Caller::public(), false), (grant(Role::Member, vec![area()]), false)];
        let mut feeds: Vec<(Feed, bool)> = Vec::new();
        for (caller, told) in office.iter().chain(&others) {
            feeds.push((live.subscribe(caller, None), *told));
        }
        drawn(11, Vec::new());
        drawn(12, vec![area()]);
        for (caller, told) in office.iter().chain(&others) {
            feeds.push((live.subscribe(caller, None), *told));
            let (mut late, _) = feeds.pop().unwrap();
            late.missed.extend(live.channel.lock().kept.iter().cloned());
            feeds.push((late, *told));
        }
        for (mut feed, told) in feeds {
            let plans = if told { vec![PlanId(7)] } else { Vec::new() };
            if told {
                let event = feed.next().await.unwrap();
                assert_eq!((event.seq, &event.plans), (11, &plans));
            }
            let event = feed.next().await.unwrap();
            let exact = feed.caller.may(Right::Coverage);
            assert_eq!((event.seq, &event.plans, event.areas.len()), (12, &plans, usize::from(exact)));
        }
    }

    #[tokio::test]
    async fn who_calls_on_whom_is_told_to_who_calls_there_or_says_who_does_and_to_others_by_no_sign() {
        let live = Live::after(10, 10);
        let code = |text: &str| Code::new(text).unwrap();
        let caller = |role, area: &str| {
            Caller::of_grant(crate::model::Grant { name: "n".into(), role, areas: vec![code(area)] })
        };
        let cases = [
            (caller(Role::Member, "G1"), true),
            (caller(Role::Coordinator, "7001"), true),
            (caller(Role::Admin, "7001"), true),
            (caller(Role::Member, "G2"), false),
            (caller(Role::Coordinator, "7002"), false),
            (caller(Role::Inspector, "7001"), false),
            (caller(Role::Analyst, "7001"), false),
            (caller(Role::Planner, "7001"), false),
            (Caller::public(), false),
        ];
        let feeds: Vec<Feed> = cases.iter().map(|(caller, _)| live.subscribe(caller, None)).collect();
        let assigned = vec![(code("T1"), BTreeSet::from([code("G1"), code("7001"), code("county")]))];
        live.publish(11, Some(Touched::default()), Told { assigned, heard: 10, ..nothing() });
        told(&live, 12);
        for ((caller, hears), mut feed) in cases.into_iter().zip(feeds) {
            let first = feed.next().await.unwrap();
            if hears {
                assert_eq!(
                    (first.seq, &first.teams, first.reset),
                    (11, &vec![code("T1")], false),
                    "{:?}",
                    caller.grant()
                );
                assert!(first.areas.is_empty() && first.tiles == LiveTiles::default());
            }
            let next = if hears { feed.next().await.unwrap() } else { first };
            assert_eq!((next.seq, next.teams.len()), (12, 0), "{:?}", caller.grant());
            assert!(!serde_json::to_string(&next).unwrap().contains("teams"));
        }
    }

    #[tokio::test]
    async fn who_sees_published_figures_only_hears_of_no_visit_and_counts_what_everybody_may_hear_of() {
        let live = Live::after(10, 4);
        let mut feed = live.subscribe(&Caller::public(), None);
        let visit = || Told { areas: vec![Code::new("G1").unwrap()], places: vec![], heard: 4, ..nothing() };
        for seq in 11..40 {
            live.publish(seq, Some(Touched::default()), visit());
        }
        // So many at once that they are not listed.
        live.publish(400, None, visit());
        assert_eq!(live.subscribe(&Caller::public(), None).begins(), None, "nothing was there to hear");
        live.publish(401, Some(Touched::default()), Told { edition: Some(1), heard: 5, ..nothing() });
        live.publish(402, None, Told { borders: true, heard: 6, ..visit() });
        let (edition, borders) = (feed.next().await.unwrap(), feed.next().await.unwrap());
        assert_eq!((edition.seq, edition.edition, edition.reset), (5, Some(1), false));
        assert_eq!((borders.seq, borders.edition, borders.reset), (6, None, true));
        for event in [edition, borders] {
            assert!(event.areas.is_empty() && event.campaign.is_none() && event.tiles == LiveTiles::default());
        }
        assert_eq!(heard(live.subscribe(&Caller::public(), Some(5)), 1).await, [(6, true)], "caught up");
    }

    #[tokio::test]
    async fn who_comes_back_without_having_heard_any_event_misses_none() {
        let live = Live::after(10, 10);
        let public = Caller::public();
        assert_eq!(live.subscribe(&public, None).begins(), None);
        told(&live, 11);
        let begins = live.subscribe(&public, None).begins();
        assert_eq!((begins, live.subscribe(&public, Some(11)).begins()), (Some(11), None));
        told(&live, 12);
        assert_eq!(heard(live.subscribe(&public, begins), 1).await, [(12, false)]);
    }

    #[tokio::test]
    async fn who_was_away_for_too_long_is_told_to_read_everything_again() {
        let live = Live::after(10, 10);
        told(&live, 11);
        assert_eq!(heard(live.subscribe(&Caller::public(), Some(9)), 1).await, [(11, true)]);
        for seq in 12..12 + KEPT as u64 {
            told(&live, seq);
        }
        let newest = 11 + KEPT as u64;
        assert_eq!(heard(live.subscribe(&Caller::public(), Some(10)), 1).await, [(newest, true)]);
        assert_eq!(heard(live.subscribe(&Caller::public(), Some(newest - 1)), 1).await, [(newest, false)]);
    }

    #[tokio::test]
    async fn who_reads_too_slowly_is_told_so_once() {
        let live = Live::after(0, 0);
        let feed = live.subscribe(&Caller::public(), None);
        for seq in 1..=WAITING as u64 + 5 {
            told(&live, seq);
        }
        assert_eq!(heard(feed, 1).await, [(0, true)]);
    }

    #[tokio::test]
    async fn a_closed_channel_ends_every_feed() {
        let live = Live::after(0, 0);
        let (mut open, caller) = (live.subscribe(&Caller::public(), None), Caller::public());
        assert_eq!((live.listeners(), live.closed()), (1, false));
        live.close();
        assert_eq!((live.listeners(), live.closed()), (0, true));
        assert_eq!(open.next().await, None);
        assert_eq!(live.subscribe(&caller, None).next().await, None);
    }
}
