//! Who hears of what, and what is kept for who comes back.

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
    let caller =
        |role, area: &str| Caller::of_grant(crate::model::Grant { name: "n".into(), role, areas: vec![code(area)] });
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
            assert_eq!((first.seq, &first.teams, first.reset), (11, &vec![code("T1")], false), "{:?}", caller.grant());
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
