//! Visits one by one.

use super::*;
use crate::model::Code;
use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom};

fn visit(n: u128, minute: i64, outcome: Outcome) -> Visit {
    let at = Timestamp::from_second(1_760_000_000 + minute * 60).unwrap();
    let household = Code::new("H").unwrap();
    Visit::plain(Uuid::from_u128(n), household, Some(CampaignId(1)), at, outcome)
}

#[test]
fn the_last_counted_visit_stands_whatever_the_order_in_which_they_come() {
    let mut all = vec![
        visit(1, 0, Outcome::NotHome),
        visit(2, 10, Outcome::Partly),
        visit(3, 20, Outcome::Visited),
        visit(4, 30, Outcome::Refused),
        visit(5, 20, Outcome::Visited),
    ];
    let mut rng = SmallRng::seed_from_u64(7);
    for _ in 0..20 {
        all.shuffle(&mut rng);
        let mut visits = Visits::default();
        for v in &all {
            visits.put(HouseholdId(0), v, "a", v.at).unwrap();
        }
        let standing = visits.standing(Some(CampaignId(1)), HouseholdId(0)).unwrap();
        assert_eq!((standing.id, standing.outcome), (Uuid::from_u128(5), Outcome::Visited));
        assert_eq!(visits.outcome(None, HouseholdId(0)), Some(Outcome::Visited));
        assert_eq!(visits.of(HouseholdId(0)).count(), 5);
    }
}

#[test]
fn a_repeated_visit_turns_nothing() {
    let mut visits = Visits::default();
    let v = visit(1, 0, Outcome::NotHome);
    assert_eq!(visits.put(HouseholdId(3), &v, "a", v.at).unwrap().len(), 2);
    assert_eq!(visits.put(HouseholdId(3), &v, "b", v.at).unwrap(), []);
    assert_eq!(visits.len(), 1);
}

#[test]
fn a_correction_stands_for_what_it_corrects_and_a_withdrawn_visit_for_nothing() {
    let mut visits = Visits::default();
    let (home, came) = (HouseholdId(0), Timestamp::UNIX_EPOCH);
    let standing = |visits: &Visits, campaign: Option<u32>| {
        let view = visits.standing(campaign.map(CampaignId), home)?;
        Some((view.id.as_u128(), view.outcome, view.by.to_owned()))
    };
    visits.put(home, &visit(1, 0, Outcome::NotHome), "li", came).unwrap();
    visits.put(home, &visit(2, 10, Outcome::Visited), "li", came).unwrap();
    // It was another campaign, and nobody was at home.
    let corrects = Some(Uuid::from_u128(2));
    let right =
        Visit { corrects, campaign: Some(CampaignId(2)), outcome: Outcome::NotHome, ..visit(3, 10, Outcome::Visited) };
    let turns = visits.put(home, &right, "wu", came).unwrap();
    assert_eq!(turns.len(), 3);
    assert_eq!(standing(&visits, Some(1)), Some((1, Outcome::NotHome, "li".into())));
    assert_eq!(standing(&visits, Some(2)), Some((3, Outcome::NotHome, "li".into())));
    assert_eq!(standing(&visits, None), Some((3, Outcome::NotHome, "li".into())));
    let view = visits.view(VisitId(1));
    assert_eq!(view.void, Some(Void::Corrected(Uuid::from_u128(3))));
    let (of, turns) = visits.withdraw(Uuid::from_u128(3), came).unwrap();
    assert_eq!((of, turns.len(), standing(&visits, Some(2))), (home, 2, None));
    assert_eq!(standing(&visits, None), Some((1, Outcome::NotHome, "li".into())));
    assert_eq!(visits.withdraw(Uuid::from_u128(1), came).unwrap().1.len(), 2);
    assert_eq!((standing(&visits, None), standing(&visits, Some(1))), (None, None));
}
