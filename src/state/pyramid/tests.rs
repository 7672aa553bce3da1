use super::*;
use crate::model::collection::Collection;
use crate::model::filter::{Comparison, Expr, Filter, Op};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

const CAMPAIGN: Option<CampaignId> = Some(CampaignId(2));

type One = (Lattice, Status, Option<Outcome>);

/// Places over a narrow strip, so that cells hold many.
fn random(n: usize) -> Vec<One> {
    let mut rng = SmallRng::seed_from_u64(11);
    let mut one = || {
        let at = Lattice { x: rng.random_range(0..1 << 22), y: rng.random() };
        let outcome = rng.random_bool(0.5).then(|| Outcome::ALL[rng.random_range(0..Outcome::COUNT)]);
        let unusual = rng.random_bool(0.2).then(|| Status::ALL[rng.random_range(0..Status::ALL.len())]);
        (at, unusual.unwrap_or_default(), outcome)
    };
    (0..n).map(|_| one()).collect()
}

fn built(all: &[One]) -> Pyramid {
    let mut pyramid = Pyramid::default();
    pyramid.build(all.iter().map(|(at, status, _)| (*at, *status)));
    pyramid.build_outcomes(CAMPAIGN, all.iter().filter_map(|(at, status, o)| o.map(|o| (*at, *status, o))));
    pyramid
}

#[test]
fn built_at_once_or_one_by_one_it_is_the_same() {
    let mut grown = Pyramid::default();
    let all = random(2_000);
    for (at, status, outcome) in &all {
        grown.add(*at, *status);
        if outcome.is_some() {
            // By way of another outcome, as later visits turn earlier ones.
            grown.turn(CAMPAIGN, *at, *status, [None, Some(Outcome::NotHome)]);
            grown.turn(CAMPAIGN, *at, *status, [Some(Outcome::NotHome), *outcome]);
        }
    }
    assert_eq!(grown.rows(), built(&all).rows());
    assert!(grown.rows().len() > 10_000);
}

#[test]
fn over_one_zoom_the_counts_add_up_to_the_whole() {
    let all = random(2_000);
    let pyramid = built(&all);
    let mut whole = Tally::default();
    for (_, status, outcome) in &all {
        whole += Tally::one(status.eligible(), *outcome);
    }
    for z in zooms() {
        let mut sum = Tally::default();
        let tiles: std::collections::BTreeSet<_> = all.iter().map(|(at, ..)| at.tile(z)).collect();
        for tile in &tiles {
            sum += pyramid.cell(*tile, CAMPAIGN, Kinds::ALL).unwrap().1;
        }
        assert_eq!(sum, whole, "zoom {z}");
        assert_eq!(tiles.len(), pyramid.whole[usize::from(z)].len());
    }
}

#[test]
fn what_was_added_can_be_taken_away_and_leaves_nothing() {
    let mut pyramid = Pyramid::default();
    let all = random(300);
    for (at, status, outcome) in &all {
        pyramid.add(*at, *status);
        if outcome.is_some() {
            pyramid.turn(CAMPAIGN, *at, *status, [None, *outcome]);
        }
    }
    for (at, status, outcome) in &all {
        pyramid.remove(*at, *status);
        if outcome.is_some() {
            pyramid.turn(CAMPAIGN, *at, *status, [*outcome, None]);
        }
    }
    assert_eq!(pyramid.rows(), Vec::<String>::new());
}

fn compare(name: &str, op: Comparison, value: Expr) -> Expr {
    Expr::Call(Op::Compare(op), vec![Expr::Property(name.to_owned()), value])
}

#[test]
fn those_of_a_filter_by_status_and_outcome_are_counted_as_one_by_one() {
    let all = random(3_000);
    let pyramid = built(&all);
    let text = |text: &str| Expr::Text(text.to_owned());
    let outcome = |name: &str| compare("outcome", Comparison::Equal, text(name));
    let vacant = || compare("status", Comparison::Equal, text("vacant"));
    for (expr, least) in [
        (vacant(), 50),
        (compare("status", Comparison::NotEqual, text("occupied")), 200),
        (outcome("refused"), 100),
        (compare("visited", Comparison::Equal, Expr::Boolean(false)), 2_000),
        (compare("eligible", Comparison::Equal, Expr::Boolean(true)), 2_000),
        (Expr::Call(Op::IsNull, vec![Expr::Property("outcome".into())]), 1_000),
        (Expr::Call(Op::Or, vec![vacant(), outcome("visited")]), 150),
        (Expr::Call(Op::And, vec![vacant(), Expr::Call(Op::Not, vec![outcome("visited")])]), 20),
        (compare("status", Comparison::Equal, text("nothing")), 0),
    ] {
        let filter = Filter::compile(&expr, &Collection::Households).unwrap();
        let kinds = Kinds::of(&filter, false).unwrap();
        let mut passed = 0;
        for z in [0, 3, 7, 14] {
            let mut expected: HashMap<TileId, (Mass, Tally)> = HashMap::new();
            for (at, status, outcome) in &all {
                if filter.matches(&Kind { status: *status, outcome: *outcome }) {
                    let (mass, tally) = expected.entry(at.tile(z)).or_default();
                    *mass += Mass::one(*at);
                    *tally += Tally::one(status.eligible(), *outcome);
                }
            }
            let places: std::collections::BTreeSet<TileId> =
                pyramid.places(TileId::WORLD, CAMPAIGN, kinds).into_iter().collect();
            assert!(z < Pyramid::DEEPEST || places == expected.keys().copied().collect(), "{expr:?}");
            passed = expected.values().map(|(mass, _)| mass.n).sum();
            for (at, ..) in &all {
                let expected = expected.get(&at.tile(z)).map(|(mass, tally)| (mass.mean().unwrap(), *tally));
                assert_eq!(pyramid.cell(at.tile(z), CAMPAIGN, kinds), expected, "{expr:?} at zoom {z}");
            }
        }
        assert!(passed >= least, "{expr:?}: {passed}");
    }
}

#[test]
fn a_filter_that_asks_for_more_than_status_and_outcome_is_not_answered() {
    let persons = compare("persons", Comparison::Greater, Expr::Number(3.0));
    let both = Expr::Call(Op::And, vec![compare("eligible", Comparison::Equal, Expr::Boolean(true)), persons.clone()]);
    for expr in [persons, both] {
        assert_eq!(Kinds::of(&Filter::compile(&expr, &Collection::Households).unwrap(), false), None);
    }
}
