use super::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Without anybody who stops it.
fn assigned(households: &[Household], members: &[Member], terms: &Terms) -> Result<Plan, AnalysisError> {
    assign(households, members, terms, &AtomicBool::new(false))
}

fn c(x: f64, y: f64) -> Coord<f64> {
    Coord { x, y }
}

fn member(x: f64, y: f64) -> Member {
    Member { at: Some(c(x, y)), share: 1.0 }
}

/// Villages and farms; most know a member who is not far away.
fn sample(seed: u64, households: usize, members: u32, minutes: std::ops::Range<f64>) -> (Vec<Household>, Vec<Member>) {
    let mut rng = StdRng::seed_from_u64(seed);
    let team: Vec<Member> =
        (0..members).map(|_| member(rng.random_range(0.0..1e4), rng.random_range(0.0..1e4))).collect();
    let mut household = |n: usize| {
        let side = if n.is_multiple_of(3) { 1e4 } else { 4e3 };
        let at = c(rng.random_range(0.0..side), rng.random_range(0.0..side));
        let some = rng.random_range(0..members);
        let other = rng.random_range(0..members);
        let to = |m: u32| distance(team[m as usize].at.unwrap(), at);
        let nearer = if to(some) < to(other) { some } else { other };
        Household { at, minutes: rng.random_range(minutes.clone()), known: rng.random_bool(0.8).then_some(nearer) }
    };
    let all = (0..households).map(&mut household).collect();
    (all, team)
}

/// What any plan has to be: within the limits, told truly, and without a change that is worth nothing.
fn check_plan(households: &[Household], members: &[Member], terms: &Terms, plan: &Plan) {
    let walking = effort::walking(&households.iter().map(|h| h.at).collect::<Vec<_>>());
    let seconds = |n: usize| ((households[n].minutes + walking[n] / terms.pace) * 60.0).round().max(1.0);
    let total: f64 = (0..households.len()).map(seconds).sum();
    let shares: f64 = members.iter().map(|m| m.share).sum();
    let load = |m: u32| (0..households.len()).filter(|n| plan.member[*n] == m).map(seconds).sum::<f64>();
    let limits = |m: u32| {
        let fair = total * members[m as usize].share / shares;
        (fair * (1.0 - terms.tolerance) - 1.0, fair * (1.0 + terms.tolerance) + 1.0)
    };
    for (m, share) in (0..).zip(&plan.shares) {
        assert!(limits(m).0 <= load(m) && load(m) <= limits(m).1, "{} not in {:?}", load(m), limits(m));
        assert!((share.after.minutes - load(m) / 60.0).abs() < 1e-6);
        let known = households.iter().filter(|h| h.known == Some(m)).count();
        assert_eq!(share.before.households as usize, known);
        assert_eq!(share.after.households as usize, plan.member.iter().filter(|x| **x == m).count());
    }
    let changed = (0..households.len()).filter(|n| households[*n].known.is_some_and(|k| k != plan.member[*n]));
    assert!(changed.eq(plan.handovers.iter().map(|h| h.household as usize)));
    for h in &plan.handovers {
        let n = h.household as usize;
        assert_eq!((Some(h.from), h.to), (households[n].known, plan.member[n]));
        assert_eq!(h.why == Why::Nearer, h.gain > terms.threshold);
        if h.why == Why::Balance {
            // With whom it knows the balance would not hold. The limits are whole seconds, rounded outwards.
            let back =
                load(h.from) + seconds(n) > limits(h.from).1 - 1.0 || load(h.to) - seconds(n) < limits(h.to).0 + 1.0;
            assert!(back, "{h:?} for nothing");
        }
    }
    assert!(
        plan.cost >= plan.bound - 1e-3 * (1.0 + f64::from(count(households.len())) / 100.0),
        "{} below {}",
        plan.cost,
        plan.bound
    );
}

/// The cheapest plan by trying all, or none if no plan holds the balance.
fn by_trial(households: &[Household], members: &[Member], terms: &Terms) -> Option<f64> {
    let walking = effort::walking(&households.iter().map(|h| h.at).collect::<Vec<_>>());
    #[allow(clippy::cast_possible_truncation)]
    let weights: Vec<i64> = households
        .iter()
        .zip(&walking)
        .map(|(h, w)| (((h.minutes + w / terms.pace) * 60.0).round() as i64).max(1))
        .collect();
    let limits = limits(&weights, members, terms.tolerance);
    let m = members.len();
    let mut best = None;
    for mut code in 0..m.pow(count(households.len())) {
        let (mut load, mut cost) = (vec![0; m], 0.0);
        for (h, weight) in households.iter().zip(&weights) {
            let to = code % m;
            code /= m;
            load[to] += weight;
            let change = if h.known.is_none_or(|k| k as usize == to) { 0.0 } else { terms.threshold };
            cost += distance(h.at, members[to].at.unwrap()) + change;
        }
        if load.iter().zip(&limits).all(|(load, l)| (l.least..=l.most).contains(load)) {
            best = Some(best.map_or(cost, |b: f64| b.min(cost)));
        }
    }
    best
}

#[test]
fn small_plans_are_compared_with_all_there_are() {
    let mut rng = StdRng::seed_from_u64(7);
    let (mut found, mut best, mut missed, mut refused) = (0, 0, 0, 0);
    for seed in 0..400 {
        let (n, m) = (rng.random_range(3..9), rng.random_range(2..4));
        let (households, members) = sample(seed, n, m, 10.0..60.0);
        let terms = Terms {
            tolerance: rng.random_range(0.1..0.7),
            threshold: rng.random_range(0.0..3_000.0),
            pace: 500.0,
            ..Terms::default()
        };
        match (assigned(&households, &members, &terms), by_trial(&households, &members, &terms)) {
            (Ok(plan), Some(least)) => {
                check_plan(&households, &members, &terms, &plan);
                assert!(
                    plan.bound <= least + 0.01 && plan.cost >= least - 0.01,
                    "{} {} {least}",
                    plan.bound,
                    plan.cost
                );
                found += 1;
                best += u32::from(plan.cost < least + 0.01);
            }
            (Ok(_), None) => panic!("balance that cannot be"),
            (Err(AnalysisError::Unbalanced { .. }), Some(_)) => missed += 1,
            (Err(AnalysisError::Unbalanced { .. } | AnalysisError::TooHeavy { .. }), None) => refused += 1,
            (Err(e), _) => panic!("{e}"),
        }
    }
    // A handful of households is the worst case of rounding: each is a large part of a share.
    assert!(found > 200 && missed * 20 < found && best * 10 > found * 7, "{found} {best} {missed} {refused}");
    assert!(refused > 20);
}

/// The cheapest of all ways to give each row one column (Kuhn 1955, Jonker and Volgenant 1987).
fn hungarian(cost: &[Vec<f64>]) -> f64 {
    let n = cost.len();
    let (mut u, mut v, mut row_of, mut way) = (vec![0.0; n + 1], vec![0.0; n + 1], vec![0; n + 1], vec![0; n + 1]);
    for row in 1..=n {
        row_of[0] = row;
        let (mut column, mut least, mut used) = (0, vec![f64::INFINITY; n + 1], vec![false; n + 1]);
        while row_of[column] != 0 {
            used[column] = true;
            let (row, mut delta, mut next) = (row_of[column], f64::INFINITY, 0);
            for j in (1..=n).filter(|j| !used[*j]) {
                let reduced = cost[row - 1][j - 1] - u[row] - v[j];
                if reduced < least[j] {
                    (least[j], way[j]) = (reduced, column);
                }
                if least[j] < delta {
                    (delta, next) = (least[j], j);
                }
            }
            for j in 0..=n {
                if used[j] {
                    u[row_of[j]] += delta;
                    v[j] -= delta;
                } else {
                    least[j] -= delta;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[way[column]];
            column = way[column];
        }
    }
    (1..=n).map(|j| cost[row_of[j] - 1][j - 1]).sum()
}

#[test]
fn of_equal_households_the_plan_is_the_cheapest_there_is() {
    for (seed, each, members) in [(1, 10, 12), (2, 1, 90), (3, 40, 4), (4, 25, 8)] {
        let (mut households, team) = sample(seed, each * members as usize, members, 0.0..1.0);
        // At one pace and one density the way would differ; on a walk of no time all take the same.
        for h in &mut households {
            h.minutes = 10_000.0;
        }
        let terms = Terms { tolerance: 0.0, pace: 1_000.0, ..Terms::default() };
        let costs = |h: &Household| -> Vec<f64> {
            let to = |m: u32| {
                distance(h.at, team[m as usize].at.unwrap())
                    + if h.known.is_none_or(|k| k == m) { 0.0 } else { terms.threshold }
            };
            (0..count(households.len())).map(|seat| to(seat % members)).collect()
        };
        let least = hungarian(&households.iter().map(costs).collect::<Vec<_>>());
        let weights = vec![600_000; households.len()];
        let limits = limits(&weights, &team, 0.0);
        let cost = |n: usize, m: u32| costs(&households[n])[m as usize];
        for nearest in [1, 3, 50] {
            let near = Near::new(team.iter().zip(0..).map(|(t, m)| (t.at.unwrap(), m)));
            let nearest: Vec<Vec<u32>> = households.iter().map(|h| near.from(h.at).take(nearest).collect()).collect();
            let flow = cheapest(&weights, &limits, &nearest, &households, &cost, &AtomicBool::new(false)).unwrap();
            assert_eq!(flow.beyond_limits(), None);
            let whole: Vec<(usize, u32, i64)> = flow.flows().collect();
            assert!(whole.len() == households.len() && whole.iter().all(|f| f.2 == 600_000));
            let sum: f64 = whole.iter().map(|(n, m, _)| cost(*n, *m)).sum();
            assert!((sum - least).abs() < 1e-3, "{sum} for {least}");
        }
    }
}

#[test]
fn plans_hold_the_balance_and_are_hardly_dearer_than_the_bound() {
    for (seed, households, members, tolerance) in
        [(11, 600, 10, 0.05), (12, 600, 10, 0.3), (13, 2_000, 25, 0.1), (14, 900, 40, 0.25)]
    {
        let (all, mut team) = sample(seed, households, members, 5.0..45.0);
        team[1].share = 0.5;
        let terms = Terms { tolerance, ..Terms::default() };
        let plan = assigned(&all, &team, &terms).unwrap();
        check_plan(&all, &team, &terms, &plan);
        assert!(plan.cost < 1.02 * plan.bound, "{} for {}: seed {seed}", plan.cost, plan.bound);
        assert_eq!(plan, assigned(&all, &team, &terms).unwrap());
        let few = Terms { nearest: NonZeroUsize::MIN, ..terms };
        let other = assigned(&all, &team, &few).unwrap();
        assert!((other.bound - plan.bound).abs() < 1e-6 * plan.bound + 0.1, "{} {}", other.bound, plan.bound);
    }
}

#[test]
fn who_is_known_stays_unless_the_gain_passes_the_threshold() {
    // Ten on the left and ten on the right; the one at 0 knows the member on the right, 800 m farther than the other.
    let team = [member(-1_000.0, 0.0), member(1_000.0, 0.0)];
    let mut all: Vec<Household> = (0..20)
        .map(|n| Household {
            at: c(if n % 2 == 0 { -900.0 } else { 900.0 }, 10.0 * f64::from(n)),
            minutes: 30.0,
            known: Some(n % 2),
        })
        .collect();
    all.push(Household { at: c(-400.0, 0.0), minutes: 30.0, known: Some(1) });
    let handovers = |threshold: f64| {
        assigned(&all, &team, &Terms { threshold, tolerance: 0.2, ..Terms::default() }).unwrap().handovers
    };
    for threshold in [800.0, 801.0, 5_000.0] {
        assert_eq!(handovers(threshold), []);
    }
    let gone = Handover { household: 20, from: 1, to: 0, gain: 800.0, why: Why::Nearer };
    assert_eq!(handovers(799.0), [gone]);
}

#[test]
fn a_newcomer_is_given_a_share_beside_who_has_most() {
    let (mut all, mut team) = sample(21, 900, 6, 10.0..20.0);
    for h in &mut all {
        h.known = None;
    }
    for m in &mut team {
        m.at = None;
    }
    let first = assigned(&all, &team, &Terms::default()).unwrap();
    check_plan(&all, &team, &Terms::default(), &first);
    // Far less walking than if everybody went everywhere.
    let walk: f64 = first.shares.iter().map(|s| s.after.walk).sum();
    let scattered: Vec<Household> = (0..).zip(&all).map(|(n, h)| Household { known: Some(n % 6), ..*h }).collect();
    let before: f64 =
        assigned(&scattered, &team, &Terms::default()).unwrap().shares.iter().map(|s| s.before.walk).sum();
    assert!(walk < 0.6 * before, "{walk} {before}");
    // A seventh comes: it takes a seventh, and few others move.
    let settled: Vec<Household> =
        all.iter().zip(&first.member).map(|(h, m)| Household { known: Some(*m), ..*h }).collect();
    team.push(Member { at: None, share: 1.0 });
    let plan = assigned(&settled, &team, &Terms { threshold: 2_000.0, ..Terms::default() }).unwrap();
    check_plan(&settled, &team, &Terms { threshold: 2_000.0, ..Terms::default() }, &plan);
    assert_eq!(plan.shares[6].before, Load::default());
    assert!(plan.handovers.len() < 2 * plan.shares[6].after.households as usize, "{}", plan.handovers.len());
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let home = Household { at: c(0.0, 0.0), minutes: 10.0, known: None };
    let team = [member(0.0, 0.0), member(9.0, 0.0)];
    let check = |all: &[Household], team: &[Member], terms: Terms, error: &str| {
        assert_eq!(assigned(all, team, &terms).unwrap_err().to_string(), error);
    };
    let terms = Terms::default();
    check(&[home; 3], &[], terms, "there are 3 households and no member");
    check(
        &[Household { known: Some(2), ..home }],
        &team,
        terms,
        "household 0 knows member 2, but there are 2, counted from 0",
    );
    check(
        &[home, Household { minutes: f64::NAN, ..home }],
        &team,
        terms,
        "household 1: the minutes is NaN, not between 0 and 10080",
    );
    check(&[home], &[Member { share: 0.0, ..team[0] }], terms, "member 0: the share is 0, not between 0.001 and 1000");
    check(&[home], &team, Terms { tolerance: 1.5, ..terms }, "the tolerance is 1.5, not between 0 and 1");
    check(
        &[Household { at: c(0.0, 3e7), ..home }],
        &team,
        terms,
        "household 0: y is 30000000 m, not between -20000000 m and 20000000 m",
    );
    check(&[home], &team, terms, "household 0 takes 10.0 min, more than the 5.5 min that any member may have");
    check(
        &[home; 3],
        &team,
        terms,
        "no assignment was found that gives member 1 between 13.5 and 16.5 min: allow a greater tolerance",
    );
    let empty = assigned(&[], &team, &terms).unwrap();
    assert_eq!((empty.member.len(), empty.cost, empty.shares[1].after), (0, 0.0, Load::default()));
    assert!(assigned(&[], &[], &terms).is_ok());
    assert_eq!(assigned(&[home; 2], &team, &terms).unwrap().member.len(), 2);
}

#[test]
fn who_is_told_to_stop_gives_no_plan() {
    let (households, team) = sample(31, 300, 6, 10.0..20.0);
    let stopped = assign(&households, &team, &Terms::default(), &AtomicBool::new(true));
    assert_eq!(stopped, Err(AnalysisError::Stopped));
}
