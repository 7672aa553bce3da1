//! Households to the members of a team, balanced by what they take – calls, needs and the way from door to door – and not by heads.
//!
//! A plan, shown before it is taken: who would have whom, what each member has before and after, and for each household that changes
//! hands what is gained by it. A household stays with the member it knows unless the gain passes a threshold or the balance needs it.

mod effort;
mod places;
mod round;
mod simplex;

use super::AnalysisError;
use super::near::{FARTHEST, Near, check, distance};
use super::tour::{Ends, Stop, tour};
use geo::Coord;
use rayon::prelude::*;
use round::Round;
use simplex::{Limits, Simplex};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

/// Most minutes of calling at one household.
const MOST_MINUTES: f64 = 10_080.0;
/// Steps of a flow's cost in a metre for a second of effort, at most: a household of a week is then exact to some micrometres.
const FINEST: f64 = 68_719_476_736.0;
/// Pairs of a household with a member are added to the flow by so many for each household at a time.
const ADDED: usize = 4;

/// A household to be assigned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Household {
    /// On a plane in metres.
    pub at: Coord<f64>,
    /// What calling there takes, with its needs, minutes from 0 to a week; the way is added by [`assign`].
    pub minutes: f64,
    /// The member whom it knows, counted from 0.
    pub known: Option<u32>,
}

/// Who may be given households.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Where the member sets out; without, it is the middle of the households that know the member, or beside who has most.
    pub at: Option<Coord<f64>>,
    /// Of the work, compared with the others': 1 for each is an equal share. Above 0, at most 1,000.
    pub share: f64,
}

/// What decides who is given whom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// A household changes hands when its new member is nearer by more than so many metres, or for the balance.
    pub threshold: f64,
    /// Effort may be off a member's share by this part of it, 0 to 1.
    pub tolerance: f64,
    /// Metres walked in a minute.
    pub pace: f64,
    /// So many of the nearest members are looked at first. It changes the time that is needed, not the cost of the plan.
    pub nearest: NonZeroUsize,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms { threshold: 300.0, tolerance: 0.1, pace: 70.0, nearest: NonZeroUsize::new(24).expect("24 is not 0") }
    }
}

/// What a member has.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Load {
    /// How many.
    pub households: u32,
    /// Calling, and each household's part of the way from door to door; this is what is balanced.
    pub minutes: f64,
    /// Once from door to door through all of them and back to the first, metres as the crow flies: a tour found by local search, so
    /// some 5 % above the shortest.
    pub walk: f64,
}

/// What changes for a member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// As given, or the place that was taken for it.
    pub at: Coord<f64>,
    /// The least and the most minutes that the plan may give.
    pub allowed: (f64, f64),
    /// With the households that know the member.
    pub before: Load,
    /// By the plan.
    pub after: Load,
}

/// Why a household changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The new member is nearer by more than the threshold.
    Nearer,
    /// Somebody would have too much or too little.
    Balance,
}

/// A household that knows one member and is given to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Handover {
    /// Its place in the slice that was given.
    pub household: u32,
    /// Whom it knows.
    pub from: u32,
    /// Who is to have it.
    pub to: u32,
    /// Metres that the new member is nearer; less than 0 where it is farther.
    pub gain: f64,
    /// The reason.
    pub why: Why,
}

/// Who would have whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// For each household a member, counted from 0.
    pub member: Vec<u32>,
    /// For each member what changes.
    pub shares: Vec<Share>,
    /// In the order of the households.
    pub handovers: Vec<Handover>,
    /// Households that are given to a member who is not among the nearest that were looked at first ([`Terms::nearest`]): the balance
    /// could not be had otherwise, or not as cheaply.
    pub beyond_nearest: u32,
    /// Metres from each household to its member, and the threshold for each that changes hands.
    pub cost: f64,
    /// No plan within the limits costs less, were households divisible; the plan is as good as that where both are the same.
    pub bound: f64,
}

/// Assigns each household to one member: the least distance to members, where changing hands costs the threshold, such that no
/// member's effort is off its share by more than the tolerance.
///
/// - Effort is the minutes of calling and the household's part of the way through the neighbourhood ([`Load::minutes`]).
/// - It is the cheapest flow of effort to members, over all pairs; then the households that it divides, fewer than there are members,
///   are given to one of theirs, and the balance is mended where that upset it. [`Plan::bound`] tells how much that cost.
/// - No household changes hands for the threshold or less, unless with the member it knows the balance would not hold.
///
/// 17,000 households and 200 members cost some 1 s of a core, and up to 3 s where most live far from most members. Refuses
/// positions, minutes, shares and terms out of range, a known member who is not there, households without any member, a household
/// that is too heavy for all, and what cannot be balanced. Ends soon after `stop` is set, with [`AnalysisError::Stopped`].
pub fn assign(
    households: &[Household],
    members: &[Member],
    terms: &Terms,
    stop: &AtomicBool,
) -> Result<Plan, AnalysisError> {
    refuse(households, members, terms)?;
    let places: Vec<Coord<f64>> = households.iter().map(|h| h.at).collect();
    let walking = effort::walking(&places);
    // Whole seconds; a flow needs something to flow.
    #[allow(clippy::cast_possible_truncation)] // at most a week, and the way round the Earth
    let seconds = |(h, metres): (&Household, &f64)| (((h.minutes + metres / terms.pace) * 60.0).round() as i64).max(1);
    let weights: Vec<i64> = households.iter().zip(&walking).map(seconds).collect();
    let limits = limits(&weights, members, terms.tolerance);
    if let Some(most) = limits.iter().map(|l| l.most).max()
        && let Some(household) = weights.iter().position(|w| *w > most)
    {
        let (minutes, most) = (minutes(weights[household]), minutes(most));
        return Err(AnalysisError::TooHeavy { household, minutes, most });
    }
    #[allow(clippy::cast_precision_loss)] // seconds of a household
    let weighed: Vec<f64> = weights.iter().map(|w| *w as f64).collect();
    let at = places::places(households, members, &weighed);
    let cost = |n: usize, member: u32| {
        let Household { at: place, known, .. } = households[n];
        let change = if known.is_none_or(|k| k == member) { 0.0 } else { terms.threshold };
        distance(place, at[member as usize]) + change
    };
    let near = Near::new(at.iter().copied().zip(0..));
    let nearest: Vec<Vec<u32>> =
        places.par_iter().map(|at| near.from(*at).take(terms.nearest.get()).collect()).collect();
    let unbalanced = |member: usize| {
        let Limits { least, most } = limits[member];
        AnalysisError::Unbalanced { member, least: minutes(least), most: minutes(most) }
    };
    let flow = cheapest(&weights, &limits, &nearest, households, &cost, stop)?;
    if let Some(member) = flow.beyond_limits() {
        return Err(unbalanced(member));
    }
    #[allow(clippy::cast_precision_loss)] // seconds of a household
    let part = |(n, member, units): (usize, u32, i64)| cost(n, member) * (units as f64 / weighed[n]);
    let bound = flow.flows().map(part).sum();
    let known: Vec<Option<u32>> = households.iter().map(|h| h.known).collect();
    let round = Round { weights: &weights, limits: &limits, cost: &cost, known: &known };
    let member = round.run(flow.flows()).map_err(unbalanced)?;
    let handover = |(n, (household, to)): (u32, (&Household, &u32))| {
        let from = household.known.filter(|from| from != to)?;
        let gain = distance(household.at, at[from as usize]) - distance(household.at, at[*to as usize]);
        let why = if gain > terms.threshold { Why::Nearer } else { Why::Balance };
        Some(Handover { household: n, from, to: *to, gain, why })
    };
    let before = loads(&places, &weights, &known, members.len())?;
    let after = loads(&places, &weights, &member.iter().map(|m| Some(*m)).collect::<Vec<_>>(), members.len())?;
    let share = |n: usize| {
        let allowed = (minutes(limits[n].least), minutes(limits[n].most));
        Share { at: at[n], allowed, before: before[n], after: after[n] }
    };
    Ok(Plan {
        shares: (0..members.len()).map(share).collect(),
        handovers: (0..).zip(households.iter().zip(&member)).filter_map(handover).collect(),
        beyond_nearest: count(member.iter().zip(&nearest).filter(|(m, near)| !near.contains(m)).count()),
        cost: member.iter().enumerate().map(|(n, m)| cost(n, *m)).sum(),
        bound,
        member,
    })
}

fn refuse(households: &[Household], members: &[Member], terms: &Terms) -> Result<(), AnalysisError> {
    let within = |what: &dyn Fn() -> String, value: f64, least: f64, most: f64| {
        let fits = (least..=most).contains(&value);
        if fits { Ok(()) } else { Err(AnalysisError::BadTerm { what: what(), value, least, most }) }
    };
    within(&|| "the threshold in metres".to_owned(), terms.threshold, 0.0, FARTHEST)?;
    within(&|| "the tolerance".to_owned(), terms.tolerance, 0.0, 1.0)?;
    within(&|| "the pace in metres a minute".to_owned(), terms.pace, 1.0, 1_000.0)?;
    if members.is_empty() && !households.is_empty() {
        return Err(AnalysisError::NoMember { households: households.len() });
    }
    for (n, member) in members.iter().enumerate() {
        within(&|| format!("member {n}: the share"), member.share, 0.001, 1_000.0)?;
        if let Some(at) = member.at {
            check(at, || format!("member {n}"))?;
        }
    }
    for (household, Household { at, minutes, known }) in households.iter().enumerate() {
        check(*at, || format!("household {household}"))?;
        within(&|| format!("household {household}: the minutes"), *minutes, 0.0, MOST_MINUTES)?;
        if let Some(member) = known.filter(|m| *m as usize >= members.len()) {
            return Err(AnalysisError::NoSuchMember { household, member, members: members.len() });
        }
    }
    Ok(())
}

/// What each member may have, seconds, rounded outwards.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // seconds of all households are far below 2^53
fn limits(weights: &[i64], members: &[Member], tolerance: f64) -> Vec<Limits> {
    let total = weights.iter().sum::<i64>() as f64 / members.iter().map(|m| m.share).sum::<f64>();
    let of = |m: &Member| Limits {
        least: (total * m.share * (1.0 - tolerance)).floor() as i64,
        most: (total * m.share * (1.0 + tolerance)).ceil() as i64,
    };
    members.iter().map(of).collect()
}

/// The cheapest flow of effort over all pairs of a household and a member: first over those that are near, then pairs are added as
/// long as one saves something (column generation: Ford and Fulkerson 1958, <https://doi.org/10.1287/mnsc.5.1.97>).
fn cheapest(
    weights: &[i64],
    limits: &[Limits],
    nearest: &[Vec<u32>],
    households: &[Household],
    cost: &(impl Fn(usize, u32) -> f64 + Sync),
    stop: &AtomicBool,
) -> Result<Simplex, AnalysisError> {
    let members = count(limits.len());
    #[allow(clippy::cast_precision_loss)] // seconds of a household
    let metres = |n: usize, member: u32| cost(n, member) / weights[n] as f64;
    let dearest = (0..weights.len())
        .into_par_iter()
        .map(|n| (0..members).map(|m| metres(n, m)).fold(0.0, f64::max))
        .reduce(|| 0.0, f64::max);
    // What the simplex can add up without overflow.
    let most = 2.0_f64.powi(61) / (4.0 * f64::from(members) + 8.0).powi(2);
    let scale = FINEST.min(most / dearest.max(1e-9));
    #[allow(clippy::cast_possible_truncation)] // below `most`
    let price = |n: usize, member: u32| (metres(n, member) * scale).round() as i64;
    let near = |n: usize| {
        let known = households[n].known.filter(|k| !nearest[n].contains(k));
        nearest[n].iter().copied().chain(known)
    };
    // To begin with each goes to the cheapest who has room, those first for whom it matters most that it is one of the near.
    let mut order: Vec<(i64, usize)> =
        (0..weights.len()).map(|n| (near(n).map(|m| price(n, m)).min().unwrap_or(0), n)).collect();
    order.sort_unstable();
    let mut sources = vec![(0, 0, 0); weights.len()];
    let mut room: Vec<i64> = limits.iter().map(|l| l.most).collect();
    for (_, n) in order {
        let has_room = |m: &u32| room[*m as usize] >= weights[n];
        let cheapest = |m: &u32| (price(n, *m), *m);
        let to = near(n).filter(has_room).min_by_key(cheapest);
        let to = to.or_else(|| (0..members).filter(has_room).min_by_key(cheapest));
        let to = to.or_else(|| near(n).min_by_key(cheapest)).expect("there is a member, and one is near");
        room[to as usize] -= weights[n];
        sources[n] = (weights[n], to, price(n, to));
    }
    #[allow(clippy::cast_possible_truncation)] // below `most`
    let mut flow = Simplex::new(limits, &sources, (dearest * scale).ceil() as i64 + 1);
    for (n, (_, first, _)) in sources.iter().enumerate() {
        for member in near(n).filter(|m| m != first) {
            flow.add(n, member, price(n, member));
        }
    }
    loop {
        flow.run(stop);
        if stop.load(Ordering::Relaxed) {
            return Err(AnalysisError::Stopped);
        }
        let best = |n: usize| {
            let saves = |m: u32| flow.saves(n, m, price(n, m));
            let mut saving: Vec<(i64, u32)> = (0..members).map(|m| (saves(m), m)).filter(|(s, _)| *s > 0).collect();
            saving.sort_unstable_by_key(|(saves, m)| (-saves, *m));
            saving.into_iter().take(ADDED).map(move |(_, m)| (n, m)).collect::<Vec<_>>()
        };
        let new: Vec<(usize, u32)> = (0..weights.len()).into_par_iter().flat_map_iter(best).collect();
        if new.is_empty() {
            return Ok(flow);
        }
        for (n, member) in new {
            flow.add(n, member, price(n, member));
        }
    }
}

/// What each member has with the households of `member`.
fn loads(
    places: &[Coord<f64>],
    weights: &[i64],
    member: &[Option<u32>],
    members: usize,
) -> Result<Vec<Load>, AnalysisError> {
    let mut of: Vec<(i64, Vec<Stop>)> = vec![(0, Vec::new()); members];
    for ((at, weight), member) in places.iter().zip(weights).zip(member) {
        if let Some(member) = member {
            of[*member as usize].0 += weight;
            of[*member as usize].1.push(Stop { at: *at, first: false });
        }
    }
    let load = |(seconds, stops): &(i64, Vec<Stop>)| {
        let walk = tour(stops, Ends { start: None, back: true }, 0)?.length;
        Ok(Load { households: count(stops.len()), minutes: minutes(*seconds), walk })
    };
    of.par_iter().map(load).collect()
}

#[allow(clippy::cast_precision_loss)] // seconds of all households are far below 2^53
fn minutes(seconds: i64) -> f64 {
    seconds as f64 / 60.0
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("fewer than 4 billion households")
}

#[cfg(test)]
mod tests;
