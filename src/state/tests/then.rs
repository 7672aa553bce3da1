//! Figures of a past moment, against a map that ended then.

use super::super::{Loader, State};
use super::{at, lived, story};
use crate::model::{CampaignId, Change};
use std::collections::BTreeMap;

#[test]
fn figures_turned_back_are_those_of_a_map_that_ended_then() {
    let mut compared = 0;
    for seed in 60..64 {
        // No border moves after the first few hundred changes, and no household.
        let (mut state, mut stood) = (State::new(), Vec::new());
        let mut changes = story(seed, 1_500);
        let (mut places, mut n) = (BTreeMap::new(), 0);
        changes.retain_mut(|change| {
            n += 1;
            if let Change::HouseholdPut(household) = change {
                household.at = *places.entry(household.code.clone()).or_insert(household.at);
            }
            n < 300 || !matches!(change, Change::AreaPut(_) | Change::AreaEnded(_))
        });
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
            for campaign in [None, Some(CampaignId(1)), Some(CampaignId(2))] {
                let mut back = state.turn_back(at(last), campaign).unwrap();
                while back.step(&state) {}
                let then = back.finish(&state);
                for covered in before.coverage(campaign, None, None, None) {
                    assert_eq!(then.tally(covered.id), covered.tally, "{} at {last}", covered.entry.area.code);
                    compared += 1;
                }
            }
        }
        assert!(state.turn_back(at(2), None).is_none(), "borders moved since");
    }
    assert!(compared > 1_000, "{compared}");
}
