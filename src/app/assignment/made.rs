//! A plan and what it changes: plain values, ready to be written out.

use super::AssignmentSpec;
use super::field::{Door, Field};
use crate::analysis::AnalysisError;
use crate::analysis::assignment::{Household, Load, Member, Plan, Terms, Why, assign};
use crate::app::AppError;
use crate::app::access::sha256;
use crate::geom::Plane;
use crate::model::{CampaignId, Code, ModelError, UserName};
use geo::Coord;
use jiff::civil::Date;
use serde::Serialize;
use std::fmt::Write;
use std::sync::atomic::AtomicBool;

/// A call takes so long where nothing is needed, minutes.
const CALL: f64 = 15.0;
/// And so much longer where a need is known or something was left to do, minutes.
const NEED: f64 = 20.0;

/// Who would call on whom, and what that changes. Lengths in metres, as the crow flies.
#[derive(Debug, Clone, Serialize)]
pub struct AssignmentPlan {
    /// By which it is taken: 64 hexadecimal digits, the same for the same plan.
    pub plan: String,
    /// Of which Team.
    pub team: Code,
    /// The day by which members and Areas are told.
    pub on: Date,
    /// Only households that this campaign is to reach.
    pub campaign: Option<CampaignId>,
    /// Within this Area.
    pub area: Option<String>,
    /// What decided.
    pub terms: EffortTerms,
    /// Households.
    pub total: usize,
    /// Of them: they know a member and are given to another.
    pub moves: usize,
    /// Of them: they know nobody who is in the Team.
    pub new: usize,
    /// Metres that those who move are nearer to their new members, all together; less than 0 where the balance costs more.
    pub gain_m: f64,
    /// How uneven the effort is.
    pub spread: Spread,
    /// What the distances to members, and the thresholds for those who move, are above the least that there could be, as a part of
    /// it; `None` where that is 0.
    pub over_least: Option<f64>,
    /// By name.
    pub members: Vec<MemberPlan>,
    /// All of them, in the order in which they were founded.
    pub households: Vec<HouseholdMove>,
}

/// What decides who is given whom.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct EffortTerms {
    /// A household changes hands where its new member is nearer by more, or for the balance; metres.
    pub threshold_m: f64,
    /// Effort may be off a member's share by this part of it.
    pub tolerance: f64,
    /// Of a call.
    pub call_minutes: f64,
    /// More, where a need is known or something was left to do.
    pub need_minutes: f64,
    /// Of walking.
    pub metres_a_minute: f64,
}

/// The most minutes of a member for their share, divided by the least of another; `None` where somebody has nothing.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Spread {
    /// With the households that know the members.
    pub before: Option<f64>,
    /// By the plan.
    pub after: Option<f64>,
}

/// What changes for a member.
#[derive(Debug, Clone, Serialize)]
pub struct MemberPlan {
    /// Who.
    pub user: UserName,
    /// Of the work, compared with the others'.
    pub share: f64,
    /// The least and the most minutes that the plan may give.
    pub allowed_minutes: [f64; 2],
    /// With the households that know them.
    pub before: MemberLoad,
    /// By the plan.
    pub after: MemberLoad,
}

/// What a member has.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct MemberLoad {
    /// How many.
    pub households: u32,
    /// The effort: one call on each, and each household's part of the way through its neighbourhood.
    pub minutes: f64,
    /// Once from door to door through all of them and back, metres: a tour some 5 % above the shortest.
    pub walk_m: f64,
    /// Where a need is known or something was left to do.
    pub needs: u32,
    /// Where nobody was reached yet.
    pub left: u32,
}

/// A household and whose it would be.
#[derive(Debug, Clone, Serialize)]
pub struct HouseholdMove {
    /// Identity.
    pub code: Code,
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// Whom it knows, or who had it and has left the Team.
    pub from: Option<String>,
    /// Who would have it.
    pub to: UserName,
    /// Why.
    pub why: MoveWhy,
    /// Metres that the new member is nearer, where it changes hands; less than 0 where they are farther.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain_m: Option<f64>,
}

/// Why a household is given to whom it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveWhy {
    /// It knows the member.
    Stays,
    /// It knows nobody.
    New,
    /// Whoever had it is not in the Team any more.
    Left,
    /// The new member is nearer by more than the threshold.
    Nearer,
    /// Somebody would have too much or too little.
    Balance,
}

/// Makes a plan, without the lock. Refuses a Team without members, what is too large, shares of who is not in the Team, and what
/// cannot be balanced within the tolerance.
pub fn make(field: &Field, spec: &AssignmentSpec, stop: &AtomicBool) -> Result<AssignmentPlan, AppError> {
    field.check()?;
    let mut members = vec![Member { at: None, share: 1.0 }; field.members.len()];
    for (name, share) in &spec.shares {
        let known = field.members.binary_search(name);
        let unknown = |_| ModelError::new("shares", name, format!("those who are in team {} today", field.team));
        members[known.map_err(unknown)?].share = *share;
    }
    let standard = Terms::default();
    let terms = Terms {
        threshold: spec.threshold_m.unwrap_or(standard.threshold),
        tolerance: spec.tolerance.unwrap_or(standard.tolerance),
        ..standard
    };
    let plan = match field.doors.first() {
        // Else everybody would be put where there is nothing.
        None => assign(&[], &members, &terms, stop),
        Some(first) => {
            let plane = Plane::around(first.at);
            let household = |door: &Door| Household {
                at: plane.project(Coord { x: door.at.lon(), y: door.at.lat() }),
                minutes: CALL + if door.needs { NEED } else { 0.0 },
                known: door.known,
            };
            let households: Vec<Household> = field.doors.iter().map(household).collect();
            assign(&households, &members, &terms, stop)
        }
    };
    let plan = plan.map_err(|error| refused(field, &terms, error))?;
    Ok(told(field, spec, &members, &terms, &plan))
}

/// What of the request has to be another for there to be a plan.
fn refused(field: &Field, terms: &Terms, error: AnalysisError) -> AppError {
    let tolerance = |expected: String| ModelError::new("tolerance", terms.tolerance, expected).into();
    match error {
        AnalysisError::TooHeavy { minutes, most, .. } => tolerance(format!(
            "a greater tolerance, or fewer members: one household alone takes {minutes:.0} min, and nobody may have \
             more than {most:.0}"
        )),
        AnalysisError::Unbalanced { member, least, most } => tolerance(format!(
            "a greater tolerance: no plan was found that gives {} between {least:.0} and {most:.0} min",
            field.members[member]
        )),
        AnalysisError::OutOfRange { .. } => {
            field.area_refused(format!("an area whose households lie near one another: {error}")).into()
        }
        AnalysisError::Stopped => AppError::Interrupted,
        other => other.into(),
    }
}

fn told(field: &Field, spec: &AssignmentSpec, members: &[Member], terms: &Terms, plan: &Plan) -> AssignmentPlan {
    let mut changes: Vec<Option<(f64, Why)>> = vec![None; field.doors.len()];
    for handover in &plan.handovers {
        changes[handover.household as usize] = Some((handover.gain, handover.why));
    }
    let household = |((door, to), change): ((&Door, &u32), &Option<(f64, Why)>)| {
        let known = door.known.map(|known| field.members[known as usize].to_string());
        let why = match change {
            Some((_, Why::Nearer)) => MoveWhy::Nearer,
            Some((_, Why::Balance)) => MoveWhy::Balance,
            None if door.known.is_some() => MoveWhy::Stays,
            None if door.caller.is_some() => MoveWhy::Left,
            None => MoveWhy::New,
        };
        HouseholdMove {
            code: door.code.clone(),
            lon: door.at.lon(),
            lat: door.at.lat(),
            from: known.or_else(|| door.caller.clone()),
            to: field.members[*to as usize].clone(),
            why,
            gain_m: change.map(|(gain, _)| gain.round()),
        }
    };
    let households = field.doors.iter().zip(&plan.member).zip(&changes).map(household).collect();
    let loads = |of: &dyn Fn(usize) -> Option<u32>, load: &dyn Fn(usize) -> Load| -> Vec<MemberLoad> {
        let mut all: Vec<MemberLoad> = (0..members.len()).map(|n| MemberLoad::of(load(n))).collect();
        for (n, door) in field.doors.iter().enumerate() {
            if let Some(member) = of(n) {
                all[member as usize].needs += u32::from(door.needs);
                all[member as usize].left += u32::from(door.left);
            }
        }
        all
    };
    let before = loads(&|n| field.doors[n].known, &|n| plan.shares[n].before);
    let after = loads(&|n| Some(plan.member[n]), &|n| plan.shares[n].after);
    let spread = |loads: &[MemberLoad]| {
        let minutes = || loads.iter().zip(members).map(|(load, member)| load.minutes / member.share);
        let (least, most) = (minutes().fold(f64::INFINITY, f64::min), minutes().fold(0.0, f64::max));
        (least > 0.0 && least.is_finite()).then(|| hundredths(most / least))
    };
    let member = |n: usize| MemberPlan {
        user: field.members[n].clone(),
        share: members[n].share,
        allowed_minutes: [plan.shares[n].allowed.0.round(), plan.shares[n].allowed.1.round()],
        before: before[n],
        after: after[n],
    };
    AssignmentPlan {
        plan: digest(field, spec, terms, plan),
        team: field.team.clone(),
        on: field.on,
        campaign: spec.campaign,
        area: spec.area.clone(),
        terms: EffortTerms {
            threshold_m: terms.threshold,
            tolerance: terms.tolerance,
            call_minutes: CALL,
            need_minutes: NEED,
            metres_a_minute: terms.pace,
        },
        total: field.doors.len(),
        moves: plan.handovers.len(),
        new: field.doors.iter().filter(|door| door.known.is_none()).count(),
        gain_m: plan.handovers.iter().map(|handover| handover.gain).sum::<f64>().round() + 0.0,
        spread: Spread { before: spread(&before), after: spread(&after) },
        over_least: (plan.bound > 0.0).then(|| (plan.cost / plan.bound - 1.0).max(0.0)),
        members: (0..members.len()).map(member).collect(),
        households,
    }
}

impl MemberLoad {
    fn of(load: Load) -> MemberLoad {
        let Load { households, minutes, walk } = load;
        MemberLoad { households, minutes: minutes.round(), walk_m: walk.round(), needs: 0, left: 0 }
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Of what a plan was made, what was asked, and what came out.
fn digest(field: &Field, spec: &AssignmentSpec, terms: &Terms, plan: &Plan) -> String {
    let mut text = format!("{} {} {:?} {:?} {terms:?}", field.basis(), field.on, spec.campaign, spec.area);
    for share in &plan.shares {
        let _ = write!(text, " {:?}", share.allowed);
    }
    for member in &plan.member {
        let _ = write!(text, " {member}");
    }
    sha256(&text)
}
