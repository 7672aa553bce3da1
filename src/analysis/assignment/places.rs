//! Where members are: as given, else in the middle of what they have, else beside whoever has most.

use super::{Household, Member};
use crate::analysis::near::{Near, distance};
use geo::Coord;

/// A place for each member. `effort` is that of each household.
///
/// One who has neither a place nor households is put where half of the heaviest district is: districts are what is nearest to each
/// member, for its share of the work, and a newcomer takes the half of one that is farther from its member.
pub fn places(households: &[Household], members: &[Member], effort: &[f64]) -> Vec<Coord<f64>> {
    let known = |m: u32| (0..).zip(households).filter(move |(_, h)| h.known == Some(m)).map(|(n, _)| n);
    let mut at: Vec<Option<Coord<f64>>> = (0..)
        .zip(members)
        .map(|(m, member)| member.at.or_else(|| middle(households, effort, &known(m).collect::<Vec<usize>>())))
        .collect();
    if at.iter().all(Option::is_some) {
        return at.into_iter().flatten().collect();
    }
    let owners: Vec<u32> = (0..).zip(&at).filter(|(_, at)| at.is_some()).map(|(m, _)| m).collect();
    let near = Near::new(owners.iter().filter_map(|m| Some((at[*m as usize]?, *m))));
    // Whose district it is, and who is in it.
    let mut districts: Vec<(Option<u32>, Vec<usize>)> = owners.iter().map(|m| (Some(*m), Vec::new())).collect();
    if districts.is_empty() {
        districts.push((None, (0..households.len()).collect()));
    } else {
        for (n, household) in households.iter().enumerate() {
            let nearest = near.from(household.at).next().and_then(|m| owners.binary_search(&m).ok());
            districts[nearest.expect("there is an owner, and all are in order")].1.push(n);
        }
    }
    for newcomer in 0..members.len() {
        if at[newcomer].is_some() {
            continue;
        }
        let load = |(owner, ids): &(Option<u32>, Vec<usize>)| {
            // A district of nobody is taken before any is cut.
            let share = owner.map_or(f64::MIN_POSITIVE, |m| members[m as usize].share);
            ids.iter().map(|n| effort[*n]).sum::<f64>() / share
        };
        let heaviest =
            (0..districts.len()).max_by(|a, b| load(&districts[*a]).total_cmp(&load(&districts[*b])).then(b.cmp(a)));
        let heaviest = heaviest.expect("there is a district");
        let ids = std::mem::take(&mut districts[heaviest].1);
        let owner = districts[heaviest].0;
        let (kept, given) = match owner {
            None => (Vec::new(), ids),
            Some(owner) => halves(households, effort, ids, at[owner as usize]),
        };
        at[newcomer] = Some(middle(households, effort, &given).unwrap_or_default());
        let newcomer = u32::try_from(newcomer).expect("members are numbered by u32");
        if owner.is_none() {
            districts.clear();
        } else {
            // Who has no place of its own is in the middle of what is left.
            districts[heaviest].1 = kept;
            let owner = owner.map_or(0, |m| m as usize);
            let new =
                members[owner].at.is_none() && !households.iter().any(|h| h.known.is_some_and(|m| m as usize == owner));
            if new {
                at[owner] = middle(households, effort, &districts[heaviest].1).or(at[owner]);
            }
        }
        districts.push((Some(newcomer), given));
    }
    at.into_iter().map(Option::unwrap_or_default).collect()
}

/// The mean place of some households, weighed by effort.
fn middle(households: &[Household], effort: &[f64], ids: &[usize]) -> Option<Coord<f64>> {
    let total: f64 = ids.iter().map(|n| effort[*n]).sum();
    let mean = |axis: fn(Coord<f64>) -> f64| ids.iter().map(|n| axis(households[*n].at) * effort[*n] / total).sum();
    (!ids.is_empty()).then(|| Coord { x: mean(|c| c.x), y: mean(|c| c.y) })
}

/// Two parts of like effort, cut across the longer side; the first is the one nearer to the owner.
fn halves(
    households: &[Household],
    effort: &[f64],
    mut ids: Vec<usize>,
    owner: Option<Coord<f64>>,
) -> (Vec<usize>, Vec<usize>) {
    let at = |n: &usize| households[*n].at;
    let side = |axis: fn(Coord<f64>) -> f64| {
        let (least, most) =
            ids.iter().map(|n| axis(at(n))).fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
        most - least
    };
    let axis: fn(Coord<f64>) -> f64 = if side(|c| c.x) >= side(|c| c.y) { |c| c.x } else { |c| c.y };
    ids.sort_by(|a, b| axis(at(a)).total_cmp(&axis(at(b))).then(a.cmp(b)));
    let half = ids.iter().map(|n| effort[*n]).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let cut = ids
        .iter()
        .take_while(|n| {
            sum += effort[**n];
            sum <= half
        })
        .count();
    let beyond = ids.split_off(cut);
    let far = |part: &[usize]| {
        let to = |owner| middle(households, effort, part).map_or(f64::INFINITY, |m| distance(owner, m));
        owner.map_or(0.0, to)
    };
    if far(&ids) <= far(&beyond) { (ids, beyond) } else { (beyond, ids) }
}
