//! What a plan is made of, copied so that the lock is let go.

use super::super::access::{sha256, today};
use super::super::named::{campaign_of, living};
use super::{known_team, scope};
use crate::app::{App, AppError, Caller};
use crate::geom::LonLat;
use crate::model::{CampaignId, Code, ModelError, Outcome, UserName};
use crate::state::{Eligible, State};
use jiff::civil::Date;
use std::collections::HashMap;
use std::fmt::Write;

/// Most households that a plan is made for: a county's. The time that it takes grows with them and with the members.
const MOST_HOUSEHOLDS: usize = 50_000;
/// Most members that a plan is made for.
const MOST_MEMBERS: usize = 1_000;
/// Most households times members: 17,000 times 200, and some more.
const MOST_PAIRS: usize = 5_000_000;

/// Which of a Team's households.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Those that this campaign is to reach; `None` is all that are eligible.
    pub campaign: Option<CampaignId>,
    /// Those within this Area; `None` is all.
    pub area: Option<String>,
}

/// A Team on a day: who is in it, and the households that it answers for.
pub struct Field {
    pub team: Code,
    pub on: Date,
    /// By name, each once.
    pub members: Vec<UserName>,
    pub doors: Vec<Door>,
    /// What was asked for, as a refusal names it.
    area: Option<String>,
}

/// A household that somebody is to call on.
pub struct Door {
    pub code: Code,
    pub at: LonLat,
    /// To whom it was given; they may have left the Team.
    pub caller: Option<String>,
    /// The member whom it knows, by place among the members: its caller, else who last reached it, if they are in the Team.
    pub known: Option<u32>,
    /// A need was confided, or found on the visit that stands, or that visit left something to do.
    pub needs: bool,
    /// Nobody reached it yet in the campaign.
    pub left: bool,
}

impl App {
    /// What a plan is made of now. Refuses a Team that the caller has no say in, and one that is too large.
    pub(super) fn field(&self, caller: &Caller, team: &str, part: &Part) -> Result<Field, AppError> {
        Field::of(&self.state.read(), caller, team, part, today())
    }
}

impl Field {
    /// Copies it from a map, on a day.
    pub fn of(state: &State, caller: &Caller, team: &str, part: &Part, on: Date) -> Result<Field, AppError> {
        let scope = scope(state, caller)?;
        let team = known_team(state, &scope, team)?;
        part.campaign.map(|id| campaign_of(state, id)).transpose()?;
        let within = part.area.as_deref().map(|code| living(state, code)).transpose()?;
        let mut members: Vec<UserName> = team.members_on(on).cloned().collect();
        members.sort_unstable();
        members.dedup();
        let areas: Vec<Code> = team.areas_on(on).cloned().collect();
        let scope = scope.both(state.scope(&areas));
        let mut field = Field { team: team.code.clone(), on, members, doors: Vec::new(), area: part.area.clone() };
        let Some(eligible) = state.eligible(part.campaign, within, &scope, MOST_HOUSEHOLDS) else {
            return Err(field.too_large().into());
        };
        let members = &field.members;
        let number: HashMap<&str, u32> = (0..).zip(members).map(|(n, name)| (name.as_str(), n)).collect();
        let doors = eligible.iter().map(|one| door(state, &number, one)).collect::<Result<_, _>>()?;
        field.doors = doors;
        Ok(field)
    }
}

fn door(state: &State, members: &HashMap<&str, u32>, one: &Eligible<'_>) -> Result<Door, ModelError> {
    let Eligible { household, visit } = one;
    let caller = state.caller_of(household.id);
    let reached = || {
        let counted = state.visits_to(household.id).filter(|visit| visit.void.is_none() && visit.outcome.counts());
        members.get(counted.max_by_key(|visit| visit.at)?.by).copied()
    };
    let confided = household.confided.is_some_and(|confided| confided.needs.is_some());
    let found = visit.as_ref().is_some_and(|visit| visit.needs.is_some() || visit.outcome == Outcome::Partly);
    Ok(Door {
        code: Code::new(household.code)?,
        at: household.at,
        known: caller.and_then(|name| members.get(name).copied()).or_else(reached),
        caller: caller.map(str::to_owned),
        needs: confided || found,
        left: !visit.as_ref().is_some_and(|visit| visit.outcome.counts()),
    })
}

impl Field {
    /// Refuses a Team without members, and more than a plan can be made for while somebody waits.
    pub fn check(&self) -> Result<(), ModelError> {
        if self.members.is_empty() {
            return Err(ModelError::new("team", &self.team, "a team that somebody is in today"));
        }
        if self.members.len() > MOST_MEMBERS {
            let (count, expected) = (self.members.len(), format!("a team with at most {MOST_MEMBERS} members today"));
            return Err(ModelError::new("team", format!("{}, with {count}", self.team), expected));
        }
        if self.members.len() * self.doors.len() > MOST_PAIRS { Err(self.too_large()) } else { Ok(()) }
    }

    pub fn too_large(&self) -> ModelError {
        let expected = format!(
            "the code of an area with fewer households of the team: at most {MOST_HOUSEHOLDS}, and for a plan at most \
             {MOST_PAIRS} when multiplied by its members"
        );
        self.area_refused(expected)
    }

    /// Refuses what lies in the Areas.
    pub fn area_refused(&self, expected: String) -> ModelError {
        ModelError::new("area", self.area.as_deref().unwrap_or("nothing"), expected)
    }

    /// What a plan stands on, as 64 hexadecimal digits: who is in the Team, which households there are, and who calls on each.
    pub fn basis(&self) -> String {
        let mut text = format!("{}\n", self.team);
        for name in &self.members {
            let _ = writeln!(text, "{name}");
        }
        for Door { code, caller, .. } in &self.doors {
            let _ = writeln!(text, "{code}\t{}", caller.as_deref().unwrap_or_default());
        }
        sha256(&text)
    }
}
