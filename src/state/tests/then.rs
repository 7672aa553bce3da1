//! Figures of a past moment, against a map that ended then.

use super::super::{AreaId, Covered, HouseholdId, Loader, State, VisitView};
use super::story::story;
use super::{at, lived};
use crate::model::{Area, CampaignId, Outcome, Tally};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// What stands for a household, of what took place in a period.
fn standing<'a>(
    state: &'a State,
    campaign: Option<CampaignId>,
    period: &Range<Timestamp>,
    id: HouseholdId,
) -> Option<VisitView<'a>> {
    let of = |visit: &VisitView<'_>| {
        visit.void.is_none()
            && period.contains(&visit.at)
            && campaign.is_none_or(|campaign| visit.campaign == Some(campaign))
    };
    state.visits.of(id).filter(of).max_by_key(|visit| (visit.outcome.counts(), visit.at, visit.id))
}

/// What became of the households in Areas on which each member called last in a period.
fn members_in_period<'a>(
    state: &'a State,
    campaign: Option<CampaignId>,
    period: &Range<Timestamp>,
) -> BTreeMap<&'a str, [u32; Outcome::COUNT]> {
    let mut counts: BTreeMap<&str, [u32; Outcome::COUNT]> = BTreeMap::new();
    for id in state.households.ids().filter(|id| state.households.area(*id).is_some()) {
        if let Some(visit) = standing(state, campaign, period, id) {
            counts.entry(visit.by).or_default()[visit.outcome as usize] += 1;
        }
    }
    counts
}

/// Every Area's tally of what took place in a period, household by household.
fn in_period(state: &State, campaign: Option<CampaignId>, period: &Range<Timestamp>) -> BTreeMap<AreaId, Tally> {
    let mut tallies: BTreeMap<AreaId, Tally> = BTreeMap::new();
    for id in state.households.ids() {
        let stands = standing(state, campaign, period, id);
        for area in state.areas.chain(state.households.area(id)) {
            let outcome = stands.map(|visit| visit.outcome);
            *tallies.entry(area).or_default() += Tally::one(state.counts_in(campaign, id), outcome);
        }
    }
    tallies
}

#[test]
fn figures_turned_back_are_those_of_a_map_that_ended_then() {
    let (mut compared, mut of_a_part, mut coded, mut redrawn) = (0, 0, 0, 0);
    for seed in 60..64 {
        let (mut state, mut stood) = (State::new(), Vec::new());
        let changes = story(seed, 1_500);
        for (seq, change) in (1..).zip(&changes) {
            if state.verdict(change).is_ok() {
                state.apply(seq, at(seq), "a", change.clone()).unwrap();
            }
            if seq % 97 == 0 && seq > 300 {
                stood.push(seq);
            }
        }
        let mut loader = Loader::new();
        let mut follower = State::new();
        for (seq, change) in (1..).zip(&changes) {
            if follower.verdict(change).is_ok() {
                follower.apply(seq, at(seq), "a", change.clone()).unwrap();
                loader.push(seq, at(seq), "a", change.clone()).unwrap();
            }
        }
        // What is loaded remembers as well as what lived.
        let state = if seed % 2 == 0 { state } else { loader.finish() };
        for last in stood {
            let before = lived(&changes[..usize::try_from(last).unwrap()]);
            let period = Timestamp::from_second(1_760_500_000).unwrap();
            let period = period..period + jiff::SignedDuration::from_hours(300);
            for campaign in [None, Some(CampaignId(1)), Some(CampaignId(2))] {
                let mut back = before.turn_back(at(last), campaign, Some(period.clone()));
                while back.step(&before) {}
                let by_member = back.outcomes_by_member(&before, |area| area.is_some());
                assert_eq!(by_member, members_in_period(&before, campaign, &period), "by member, at {last}");
                coded += by_member.values().flatten().sum::<u32>();
                let mut back = state.turn_back(at(last), campaign, Some(period.clone()));
                while back.step(&state) {}
                let then = back.finish(&state);
                for (id, tally) in in_period(&before, campaign, &period) {
                    assert_eq!(then.tally(id), tally, "in a period, at {last}");
                    of_a_part += u32::from(tally.visited() > 0 && tally != before.covered(id, campaign).tally);
                }
                let mut back = state.turn_back(at(last), campaign, None);
                while back.step(&state) {}
                let then = back.finish(&state);
                let (answered, in_period) =
                    (state.answered(campaign, Some(at(last)), None), before.answered(campaign, None, Some(&period)));
                let then_in_period = state.answered(campaign, Some(at(last)), Some(&period));
                for covered in before.coverage(campaign, None, None, None) {
                    assert_eq!(answered.of(covered.id), before.answers_in(covered.id, campaign), "answers at {last}");
                    assert_eq!(
                        then_in_period.of(covered.id),
                        in_period.of(covered.id),
                        "answers in a period at {last}"
                    );
                    assert_eq!(then.tally(covered.id), covered.tally, "{} at {last}", covered.entry.area.code);
                    compared += 1;
                    let now = state.areas.get(covered.id);
                    redrawn +=
                        u32::from(!Arc::ptr_eq(&now.area, &covered.entry.area) && *now.area != *covered.entry.area);
                }
                // The same Areas are listed as then, as they were then, and within each the same.
                let areas = state.areas_then(Some(at(last)));
                let whole = before.coverage(campaign, None, None, None);
                for within in whole.iter().map(|one| Some(one.id)).chain([None]) {
                    let listed = |one: Covered<'_>| (one.id, Area::clone(&one.entry.area));
                    let expected: Vec<_> = before.coverage(None, None, within, None).into_iter().map(listed).collect();
                    let found = areas.listed(None, within).into_iter().map(|(id, area)| (id, Area::clone(&area)));
                    assert_eq!(found.collect::<Vec<_>>(), expected, "within {within:?} at {last}");
                }
            }
        }
        assert!(state.tells(at(2)) && state.tells(at(1_500)), "few live there");
    }
    assert!(compared > 1_000 && of_a_part > 100 && coded > 1_000, "{compared} {of_a_part} {coded}");
    assert!(redrawn > 100, "{redrawn}");
}
