//! Who of a Team calls on whom: told, planned, taken and taken back.
//!
//! A plan is made of a copy, without the lock, and writes nothing. Taking it asks whether what it stands on is still so – who is in
//! the Team, which households there are, who calls on whom – and is refused where it is not. Visits logged meanwhile do not matter.

mod field;
mod kept;
mod made;

pub use made::{AssignmentPlan, EffortTerms, HouseholdMove, MemberLoad, MemberPlan, MoveWhy, Spread};

use super::access::{day, today};
use super::teams::in_scope;
use super::{App, AppError, Caller};
use crate::model::{Assignment, CampaignId, Change, Code, ModelError, Right, UserName};
use crate::state::{Scope, State};
use field::{Field, Part};
use jiff::Timestamp;
use jiff::civil::Date;
pub(super) use kept::Plans;
use kept::{Kept, StopWhenGone};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Farthest that a threshold reaches, metres: beyond it nobody changes hands but for the balance.
const MOST_THRESHOLD: f64 = 100_000.0;
/// Least and greatest part by which effort may be off a share.
const TOLERANCES: (f64, f64) = (0.01, 1.0);
/// Least and greatest share of a member, where 1 is the others'.
const SHARES: (f64, f64) = (0.1, 10.0);

/// What a plan is asked for.
#[derive(Debug, Clone, Default)]
pub struct AssignmentSpec {
    /// Only households that this campaign is to reach; `None` is all that are eligible.
    pub campaign: Option<CampaignId>,
    /// Within this Area; `None` is all Areas of the Team.
    pub area: Option<String>,
    /// A household changes hands where its new member is nearer by more than so many metres, or for the balance; `None` is 300.
    pub threshold_m: Option<f64>,
    /// Effort may be off a member's share by this part of it, 0.01 to 1; `None` is 0.1.
    pub tolerance: Option<f64>,
    /// Of the work, compared with the others', 0.1 to 10: 0.5 is half of what one has who is not named here.
    pub shares: Vec<(UserName, f64)>,
}

/// Who calls on whom now.
#[derive(Debug, Clone, Serialize)]
pub struct AssignmentReport {
    /// Of which Team.
    pub team: Code,
    /// The day by which members and Areas are told.
    pub on: Date,
    /// Eligible households in its Areas, as far as the caller has a say there.
    pub total: usize,
    /// Of them: nobody who is in the Team calls on them.
    pub without: usize,
    /// Who is in the Team, and who still has households of it.
    pub members: Vec<MemberCalls>,
    /// All of them.
    pub households: Vec<HouseholdCaller>,
}

/// A member and how many households they have.
#[derive(Debug, Clone, Serialize)]
pub struct MemberCalls {
    /// Who.
    pub user: String,
    /// Whether they are in the Team on the day.
    pub active: bool,
    /// On how many they call.
    pub households: u32,
}

/// A household and who calls on it.
#[derive(Debug, Clone, Serialize)]
pub struct HouseholdCaller {
    /// Identity.
    pub code: String,
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// Who; `None` is nobody.
    pub member: Option<String>,
}

/// How many households have another member now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AssignmentTaken {
    /// 0 where all of it was so already.
    pub households: usize,
}

/// Households with who is to call on each, as one change holds them.
type Given = BTreeMap<(Code, Option<UserName>), Vec<Code>>;

impl App {
    /// Who of a Team calls on whom, within an Area or in all of its, and on whom nobody does; as it was at a time. Looks at every
    /// eligible household there.
    pub async fn assignment(
        &self,
        caller: &Caller,
        team: &str,
        area: Option<String>,
        as_of: Option<Timestamp>,
    ) -> Result<AssignmentReport, AppError> {
        caller.require(Right::Teams)?;
        let (map, caller, team) = (self.map(caller, as_of).await?, caller.clone(), team.to_owned());
        let (part, on) = (Part { campaign: None, area }, as_of.map_or_else(today, day));
        self.work(move |app| {
            let field = app.look(&map, |state| Field::of(state, &caller, &team, &part, on))?;
            app.assigned(&caller, field)
        })
        .await?
    }

    fn assigned(&self, caller: &Caller, field: Field) -> Result<AssignmentReport, AppError> {
        let Field { team, on, members, doors, .. } = field;
        let mut counts: BTreeMap<&str, u32> = members.iter().map(|name| (name.as_str(), 0)).collect();
        for name in doors.iter().filter_map(|door| door.caller.as_deref()) {
            *counts.entry(name).or_default() += 1;
        }
        let active: BTreeSet<&str> = members.iter().map(UserName::as_str).collect();
        let line = |(user, households): (&str, u32)| MemberCalls {
            user: user.to_owned(),
            active: active.contains(user),
            households,
        };
        let lines: Vec<MemberCalls> = counts.into_iter().map(line).collect();
        let with: u32 = lines.iter().filter(|line| line.active).map(|line| line.households).sum();
        let told = doors.iter().filter(|door| door.caller.is_some()).count();
        self.note_list(caller, "assignment", told)?;
        let (total, without) = (doors.len(), doors.len() - with as usize);
        let household = |door: field::Door| HouseholdCaller {
            code: door.code.to_string(),
            lon: door.at.lon(),
            lat: door.at.lat(),
            member: door.caller,
        };
        let households = doors.into_iter().map(household).collect();
        Ok(AssignmentReport { team, on, total, without, members: lines, households })
    }

    /// Makes a plan and keeps it among the latest, in memory; nothing is written but that somebody read who calls on whom.
    ///
    /// One plan at a time is made, the others wait in turn; it ends where nobody waits for it any more. 17,000 households and 200
    /// members take some seconds.
    pub async fn plan_assignment(
        &self,
        caller: &Caller,
        team: &str,
        spec: AssignmentSpec,
    ) -> Result<AssignmentPlan, AppError> {
        caller.require(Right::Teams)?;
        check(&spec)?;
        let (gone, stop) = StopWhenGone::new();
        let _turn = self.assignments.turn().await;
        let (caller, team) = (caller.clone(), team.to_owned());
        let make = move |app: &App| {
            let part = Part { campaign: spec.campaign, area: spec.area.clone() };
            let field = app.field(&caller, &team, &part)?;
            let plan = made::make(&field, &spec, &stop)?;
            let told = plan.households.iter().filter(|one| one.from.is_some()).count();
            app.note_list(&caller, "assignment", told)?;
            app.assignments.keep(plan.plan.clone(), Kept::new(field, part, &plan));
            Ok(plan)
        };
        let plan = self.work(make).await?;
        drop(gone);
        plan
    }

    /// Gives each household to the member of a plan, all or none. Refuses a plan that is not kept, and one made of what is not so
    /// any more.
    pub async fn take_assignment(&self, caller: &Caller, team: &str, plan: &str) -> Result<AssignmentTaken, AppError> {
        caller.require(Right::Teams)?;
        let kept = self.kept(caller, team, plan)?;
        // Held until it is stored: Teams and assignments are judged as they stand.
        let _altering = self.founding.lock().await;
        let (asker, name) = (caller.clone(), team.to_owned());
        let gathered = self.work(move |app| {
            let field = app.field(&asker, &name, &kept.part)?;
            if kept.is_taken(&field) {
                return Ok(Given::new()); // the answer was lost on its way, and it is asked for again
            }
            if field.basis() != kept.basis {
                let why = "members, areas, households or who calls on them are others than when it was made";
                return Err(AppError::Outdated { what: "plan", why });
            }
            let mut given = Given::new();
            for (code, _, to) in &kept.moves {
                given.entry((field.team.clone(), Some(to.clone()))).or_default().push(code.clone());
            }
            Ok(given)
        });
        self.give(caller, gathered.await??).await
    }

    /// Takes back what a plan gave: each household goes to whoever called on it before, or to nobody, all or none. Refuses where
    /// somebody gave one of them to another since.
    pub async fn undo_assignment(&self, caller: &Caller, team: &str, plan: &str) -> Result<AssignmentTaken, AppError> {
        caller.require(Right::Teams)?;
        let kept = self.kept(caller, team, plan)?;
        let _altering = self.founding.lock().await;
        let (asker, name) = (caller.clone(), team.to_owned());
        let gathered = self.work(move |app| {
            let state = app.state.read();
            let scope = scope(&state, &asker)?;
            let team = known_team(&state, &scope, &name)?;
            // Of several Teams the one whose plan it was: an assignment names one whose member it is.
            let mut teams: BTreeMap<&UserName, &Code> = BTreeMap::new();
            for one in state.teams().filter(|one| one.code != team.code).chain([team]) {
                teams.extend(one.members.iter().map(|member| (&member.user, &one.code)));
            }
            let mut given = Given::new();
            for (code, before, to) in &kept.moves {
                let household = state.household(code.as_str()).filter(|one| scope.holds(one.area));
                if household.and_then(|one| state.caller_of(one.id)) != Some(to.as_str()) {
                    let why = "it was not taken, or some of its households were given to others since";
                    return Err(AppError::Outdated { what: "plan", why });
                }
                let before = before.as_deref().and_then(|name| teams.get_key_value(&UserName::new(name).ok()?));
                let (team, member) = before.map_or((&team.code, None), |(name, team)| (*team, Some((*name).clone())));
                given.entry((team.clone(), member)).or_default().push(code.clone());
            }
            Ok(given)
        });
        self.give(caller, gathered.await??).await
    }

    /// Gives some households to a member by hand, or takes them back from whoever had them, all or none. Refuses whoever is not in
    /// the Team today, and households that are not in its Areas or beyond what the caller has a say in.
    pub async fn hand_over(
        &self,
        caller: &Caller,
        team: &str,
        member: Option<UserName>,
        households: Vec<Code>,
    ) -> Result<AssignmentTaken, AppError> {
        caller.require(Right::Teams)?;
        let _altering = self.founding.lock().await;
        let given = {
            let state = self.state.read();
            let scope = scope(&state, caller)?;
            let team = known_team(&state, &scope, team)?;
            let on = today();
            if let Some(name) = member.as_ref().filter(|name| !team.members_on(on).any(|one| one == *name)) {
                let expected = format!("somebody who is in team {} today", team.code);
                return Err(ModelError::new("member", name, expected).into());
            }
            let areas: Vec<Code> = team.areas_on(on).cloned().collect();
            let scope = scope.both(state.scope(&areas));
            let seen = |code: &&Code| state.household(code.as_str()).is_some_and(|one| scope.holds(one.area));
            if let Some(unknown) = households.iter().find(|code| !seen(code)) {
                let expected = format!("the codes of known households in the areas of team {}", team.code);
                return Err(ModelError::new("households", unknown, expected).into());
            }
            let other = |code: &Code| {
                let one = state.household(code.as_str());
                one.and_then(|one| state.caller_of(one.id)) != member.as_ref().map(UserName::as_str)
            };
            let once: BTreeSet<Code> = households.into_iter().collect();
            Assignment { team: team.code.clone(), member: member.clone(), households: once.iter().cloned().collect() }
                .check()?;
            let codes: Vec<Code> = once.into_iter().filter(other).collect();
            Given::from([((team.code.clone(), member), codes)])
        };
        self.give(caller, given).await
    }

    /// Stores who calls on whom in one transaction.
    async fn give(&self, caller: &Caller, given: Given) -> Result<AssignmentTaken, AppError> {
        let households = given.values().map(Vec::len).sum();
        let mut changes = Vec::new();
        for ((team, member), codes) in &given {
            for part in codes.chunks(Assignment::MOST) {
                let one = Assignment { team: team.clone(), member: member.clone(), households: part.to_vec() };
                changes.push(Change::Assigned(one.check()?));
            }
        }
        if !changes.is_empty() {
            self.store_all(&caller.author(), changes).await?;
        }
        Ok(AssignmentTaken { households })
    }

    /// A plan of a Team in which the caller has a say, as long as it is kept.
    fn kept(&self, caller: &Caller, team: &str, plan: &str) -> Result<std::sync::Arc<Kept>, AppError> {
        let digest = plan.len() == 64 && plan.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !digest {
            let shown: String = plan.chars().take(80).collect();
            return Err(ModelError::new("plan", shown.escape_debug(), "the 64 hexadecimal digits of a plan").into());
        }
        let team = {
            let state = self.state.read();
            known_team(&state, &scope(&state, caller)?, team)?.code.clone()
        };
        let kept = self.assignments.get(plan).filter(|kept| kept.team == team);
        kept.ok_or(AppError::Outdated { what: "plan", why: "it is not kept, or not any more" })
    }
}

/// Refuses numbers that are out of range, and a member named twice.
fn check(spec: &AssignmentSpec) -> Result<(), ModelError> {
    if let Some(metres) = spec.threshold_m.filter(|metres| !(0.0..=MOST_THRESHOLD).contains(metres)) {
        return Err(ModelError::new("threshold_m", metres, format!("metres from 0 to {MOST_THRESHOLD}")));
    }
    let (least, most) = TOLERANCES;
    if let Some(part) = spec.tolerance.filter(|part| !(least..=most).contains(part)) {
        return Err(ModelError::new("tolerance", part, format!("a part from {least} to {most}")));
    }
    let (least, most) = SHARES;
    let mut named = BTreeSet::new();
    for (name, share) in &spec.shares {
        if !(least..=most).contains(share) {
            return Err(ModelError::new("share", share, format!("a number from {least} to {most}")));
        }
        if !named.insert(name) {
            return Err(ModelError::new("shares", name, "each member once"));
        }
    }
    Ok(())
}

/// Where a caller may both say who calls on whom and see it.
fn scope(state: &State, caller: &Caller) -> Result<Scope, AppError> {
    Ok(caller.scope(state, Right::Teams)?.both(caller.scope(state, Right::Addresses)?))
}

/// A Team all of whose Areas are in a scope. One beyond it is not told from one that is not there.
fn known_team<'a>(state: &'a State, scope: &Scope, code: &str) -> Result<&'a crate::model::Team, AppError> {
    let known = state.team(code).filter(|team| in_scope(state, scope, team));
    known.ok_or_else(|| AppError::NotFound { what: "team", name: code.to_owned() })
}
