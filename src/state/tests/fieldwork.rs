//! What is done in the field, at random, and counted one by one.

use super::super::{HouseholdView, State};
use super::at;
use super::story::code;
use crate::model::{
    Answer, AnswerCounts, Assignment, CampaignId, Change, Charge, Fix, Membership, Outcome, Satisfaction, Sealed,
    TargetChange, Team, UserName, Visit, VisitEnd,
};
use jiff::Timestamp;
use jiff::civil::date;
use rand::{RngExt, rngs::SmallRng};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Decisions on targets, corrections and withdrawals, Teams, who calls on whom and what households answer; of visits that were made, too.
pub fn change(rng: &mut SmallRng, households: u32, made: &[Visit]) -> Change {
    let household = |rng: &mut SmallRng| code(rng.random_range(0..households));
    match rng.random_range(0..10) {
        8 | 9 => {
            let campaign = rng.random_bool(0.7).then(|| CampaignId(rng.random_range(1..=2)));
            let at = Timestamp::from_second(1_760_000_000 + rng.random_range(0..3_000_000)).unwrap();
            let answer = Satisfaction::ALL[rng.random_range(0..Satisfaction::ALL.len())];
            Change::Answered(Answer {
                id: Uuid::from_u128(rng.random()),
                household: household(rng),
                campaign,
                at,
                answer,
            })
        }
        0 => {
            let campaign = CampaignId(rng.random_range(1..=2));
            let some = |rng: &mut SmallRng| (0..rng.random_range(1..4)).map(|_| household(rng)).collect();
            let (all, add, remove) = (rng.random_bool(0.2), some(rng), some(rng));
            Change::TargetChanged(TargetChange { campaign, all, add, remove, reason: "decided".into() })
        }
        1 => {
            let member = |name| Membership { user: UserName::new(name).unwrap(), from: date(2026, 1, 1), to: None };
            let members = vec![member("u1"), member("u2")];
            let areas = vec![Charge { area: code("T1"), from: date(2026, 1, 1), to: None }];
            let name = format!("Team {}", rng.random_range(0..3));
            Change::TeamPut(Team { code: code("T"), name, members, areas })
        }
        2 => {
            let name = ["u1", "u2"][rng.random_range(0..2)];
            let member = rng.random_bool(0.8).then(|| UserName::new(name).unwrap());
            Change::Assigned(Assignment { team: code("T"), member, households: vec![household(rng), household(rng)] })
        }
        _ if made.is_empty() => super::campaign(1),
        3 | 4 => {
            let id = made[rng.random_range(0..made.len())].id;
            Change::VisitWithdrawn(VisitEnd { id, reason: "never".into() })
        }
        _ => {
            let known = &made[rng.random_range(0..made.len())];
            let Change::VisitMade(new) = super::visit(rng, households) else { unreachable!("it makes visits") };
            let needs =
                rng.random_bool(0.3).then(|| Sealed::new([1; 4], [rng.random(); 24], &[rng.random(); 48]).unwrap());
            let (fix, away_m) = (Fix::new(9.5, 47.5, 20.0).ok(), Some(rng.random_range(0..3_000)));
            let (corrects, household) = (Some(known.id), known.household.clone());
            Change::VisitMade(Visit { household, needs, minutes: Some(9), fix, away_m, corrects, ..new })
        }
    }
}

/// Visits and targets as they stand after a run of changes, followed without an index.
#[derive(Default)]
pub struct Counted {
    visits: BTreeMap<Uuid, Visit>,
    answers: Vec<Answer>,
    pub targets: BTreeMap<CampaignId, BTreeSet<String>>,
}

impl Counted {
    pub fn of(changes: &[Change]) -> Counted {
        let (mut state, mut counted) = (State::new(), Counted::default());
        for (seq, change) in (1..).zip(changes) {
            if state.verdict(change).is_err() {
                continue;
            }
            match change {
                Change::VisitMade(visit) => {
                    visit.corrects.map(|id| counted.visits.remove(&id));
                    counted.visits.insert(visit.id, visit.clone());
                }
                Change::VisitWithdrawn(end) => drop(counted.visits.remove(&end.id)),
                Change::Answered(answer) => counted.answers.push(answer.clone()),
                Change::TargetChanged(change) => {
                    let target = counted.targets.entry(change.campaign).or_default();
                    if change.all {
                        let eligible = state.households().filter(|one| one.status.eligible());
                        *target = eligible.map(|one| one.code.to_owned()).collect();
                    }
                    target.extend(change.add.iter().map(ToString::to_string));
                    target.retain(|code| !change.remove.iter().any(|gone| gone.as_str() == code));
                }
                _ => {}
            }
            state.apply(seq, at(seq), "a", change.clone()).unwrap();
        }
        counted
    }

    /// Whether a household stands in the denominator.
    pub fn eligible(&self, campaign: Option<CampaignId>, household: &HouseholdView<'_>) -> bool {
        match campaign.and_then(|campaign| self.targets.get(&campaign)) {
            Some(target) => target.contains(household.code),
            None => household.status.eligible(),
        }
    }

    /// What stands for it: of all visits the last that counts, else the last.
    pub fn standing(&self, campaign: Option<CampaignId>, household: &str) -> Option<Outcome> {
        let of = |visit: &&Visit| {
            visit.household.as_str() == household && campaign.is_none_or(|id| visit.campaign == Some(id))
        };
        let last = self.visits.values().filter(of).max_by_key(|visit| (visit.outcome.counts(), visit.at, visit.id));
        last.map(|visit| visit.outcome)
    }

    /// What it answered last about a campaign, or about the work as a whole.
    pub fn answer(&self, campaign: Option<CampaignId>, household: &str) -> AnswerCounts {
        let of = |answer: &&Answer| answer.household.as_str() == household && answer.campaign == campaign;
        let last = self.answers.iter().filter(of).max_by_key(|answer| (answer.at, answer.id));
        last.map(|last| AnswerCounts::one(last.answer)).unwrap_or_default()
    }

    /// Whether somebody was reached by a visit before a moment.
    pub fn reached(&self, campaign: CampaignId, household: &str, before: Timestamp) -> bool {
        self.visits.values().any(|visit| {
            visit.household.as_str() == household
                && visit.campaign == Some(campaign)
                && visit.outcome.counts()
                && visit.at < before
        })
    }
}
