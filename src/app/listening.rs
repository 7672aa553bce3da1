//! A live feed for as long as its listener may hear it: it ends when the token or session behind it is ended, changed or expires.

use super::live::{Feed, LiveEvent};
use super::{App, Caller};
use crate::state::State;
use jiff::Timestamp;
use parking_lot::RwLock;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// The events for one caller: first those missed, then new ones as they come.
pub struct LiveFeed {
    feed: Feed,
    caller: Caller,
    state: Arc<RwLock<State>>,
    people: watch::Receiver<()>,
    /// When what the caller holds expires.
    ends: Option<Instant>,
}

impl App {
    /// The live feed of changes after an event number, for one caller.
    #[must_use]
    pub fn live(&self, caller: &Caller, after: Option<u64>) -> LiveFeed {
        LiveFeed::new(self.live.subscribe(caller, after), caller.clone(), Arc::clone(&self.state), self.live.people())
    }
}

impl LiveFeed {
    fn new(feed: Feed, caller: Caller, state: Arc<RwLock<State>>, people: watch::Receiver<()>) -> LiveFeed {
        let mut people = people;
        // What ended between the question who calls and this moment is seen at the first look.
        people.mark_changed();
        let left = caller.ends().map(|end| end.duration_since(Timestamp::now()));
        // A moment too far for the clock is never reached.
        let ends = left.and_then(|left| Instant::now().checked_add(left.try_into().unwrap_or_default()));
        LiveFeed { feed, caller, state, people, ends }
    }

    /// The event after which those of a new listener follow; `None` where there was none.
    #[must_use]
    pub fn begins(&self) -> Option<u64> {
        self.feed.begins()
    }

    /// The next event; `None` when the service stops, and when the caller may not hear any more: whoever may comes again.
    pub async fn next(&mut self) -> Option<LiveEvent> {
        loop {
            let event = tokio::select! {
                biased;
                changed = self.people.changed() => {
                    changed.ok()?;
                    None
                }
                () = over(self.ends) => return None,
                event = self.feed.next() => Some(event?),
            };
            if !self.caller.holds(&self.state.read(), Timestamp::now()) {
                return None;
            }
            if event.is_some() {
                return event;
            }
        }
    }
}

async fn over(end: Option<Instant>) {
    match end {
        Some(end) => sleep_until(end).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::super::live::{Live, Told};
    use super::*;
    use crate::model::{
        Change, Code, Grant, Role, Session, SessionEnd, Token, TokenEnd, TokenId, User, UserEnd, UserName,
    };
    use crate::state::Touched;
    use jiff::SignedDuration;
    use std::collections::BTreeSet;

    /// A map on which one token and one session open, and its live channel.
    struct Map {
        state: Arc<RwLock<State>>,
        live: Live,
    }

    fn id(text: &str) -> TokenId {
        TokenId(text.into())
    }

    fn user(role: Role, areas: &[&str], password: Option<&str>) -> Change {
        let areas = areas.iter().map(|code| Code::new(code).unwrap()).collect();
        Change::UserPut(User { name: UserName::new("li").unwrap(), role, areas, password: password.map(str::to_owned) })
    }

    impl Map {
        fn new(expires: Option<Timestamp>) -> Map {
            let map = Map { state: Arc::default(), live: Live::after(0, 0) };
            let grant = Grant { name: "p".into(), role: Role::Analyst, areas: Vec::new() };
            let (name, far) = (UserName::new("li").unwrap(), Timestamp::now() + SignedDuration::from_hours(1));
            let session = Session {
                id: id("s"),
                sha256: "hs".into(),
                user: name,
                expires: expires.unwrap_or(far),
                link: None,
                from: None,
            };
            map.apply(Change::TokenMade(Token { id: id("t"), sha256: "ht".into(), grant, expires }));
            map.apply(user(Role::Inspector, &[], None));
            map.apply(Change::SessionBegun(session));
            map
        }

        fn apply(&self, change: Change) {
            let mut state = self.state.write();
            let seq = state.seq() + 1;
            state.apply(seq, Timestamp::now(), "a", change).unwrap();
        }

        fn callers(&self) -> [Caller; 3] {
            let state = self.state.read();
            let (session, user) = state.people().session_of(&id("s")).unwrap();
            let token = state.people().token_of(&id("t")).unwrap();
            [Caller::public(), Caller::of_token(token), Caller::of_session(&state, session, user)]
        }

        fn feed(&self, caller: Caller) -> LiveFeed {
            LiveFeed::new(self.live.subscribe(&caller, None), caller, Arc::clone(&self.state), self.live.people())
        }

        fn publish(&self) {
            let told = Told {
                areas: Vec::new(),
                campaigns: BTreeSet::new(),
                plans: BTreeSet::new(),
                assigned: Vec::new(),
                places: Vec::new(),
                borders: true,
                context: false,
                edition: None,
                heard: 9,
            };
            self.live.publish(9, Some(Touched::default()), told);
        }
    }

    #[tokio::test]
    async fn a_feed_ends_with_what_its_listener_holds_and_no_other_does() {
        let ended = |id| Change::SessionEnded(SessionEnd { id });
        for (change, expected) in [
            (Change::TokenRevoked(TokenEnd { id: id("t") }), [true, false, true]),
            (ended(id("s")), [true, true, false]),
            (ended(id("another")), [true, true, true]),
            (Change::UserDisabled(UserEnd { name: UserName::new("li").unwrap() }), [true, true, false]),
            (user(Role::Inspector, &[], Some("a new password")), [true, true, false]),
            (user(Role::Member, &["G1"], None), [true, true, false]),
            (user(Role::Inspector, &[], None), [true, true, true]),
        ] {
            // Told of it at once, or, were that ever forgotten, at the next event at the latest.
            for told in [true, false] {
                let map = Map::new(None);
                let mut feeds = map.callers().map(|caller| map.feed(caller));
                map.publish();
                for feed in &mut feeds {
                    assert!(feed.next().await.is_some(), "all hear at first");
                }
                map.apply(change.clone());
                if told {
                    map.live.people_changed();
                }
                map.publish();
                let mut heard = Vec::new();
                for feed in &mut feeds {
                    heard.push(feed.next().await.is_some());
                }
                assert_eq!(heard, expected, "{change:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_quiet_feed_ends_without_waiting_for_an_event() {
        let map = Map::new(None);
        let [_, token, _] = map.callers();
        let mut feed = map.feed(token);
        let end = async {
            map.apply(Change::TokenRevoked(TokenEnd { id: id("t") }));
            map.live.people_changed();
        };
        assert_eq!(tokio::join!(feed.next(), end).0, None);
    }

    #[tokio::test]
    async fn what_ended_before_the_feed_began_is_seen_at_once() {
        let map = Map::new(None);
        let [_, token, _] = map.callers();
        map.apply(Change::TokenRevoked(TokenEnd { id: id("t") }));
        assert_eq!(map.feed(token).next().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_feed_ends_when_what_its_listener_holds_expires() {
        let map = Map::new(Some(Timestamp::now() + SignedDuration::from_hours(1)));
        for caller in map.callers().into_iter().skip(1) {
            let start = Instant::now();
            assert_eq!(map.feed(caller).next().await, None);
            // The paused clock went on by itself to the moment that was waited for.
            assert!(start.elapsed().as_secs().abs_diff(3_600) < 60, "{:?}", start.elapsed());
        }
    }
}
