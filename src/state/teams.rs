//! Teams by code, and which of their members calls on which household.

use super::households::{HouseholdId, Households};
use super::text::Codes;
use super::{State, StateError, Verdict};
use crate::model::{Assignment, Change, Code, Grant, ModelError, Team, User, UserName};
use hashbrown::HashMap;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// All Teams that ever were, and who calls on whom.
#[derive(Default)]
pub struct Teams {
    by_code: BTreeMap<Code, Team>,
    /// Number of the member's name, for households that were given to one.
    callers: HashMap<HouseholdId, u32>,
    names: Codes,
    /// By the number of the name, on how many that member calls.
    calls: Vec<usize>,
}

impl Teams {
    /// Applies a change of Teams or assignments; any other changes nothing here. One function for a map that lives and for one that
    /// is loaded.
    pub(super) fn take(&mut self, change: Change, households: &Households) -> Result<(), StateError> {
        match change {
            Change::TeamPut(team) => drop(self.by_code.insert(team.code.clone(), team)),
            Change::Assigned(Assignment { member, households: given, .. }) => {
                let number = |name: &UserName| self.names.number(name.as_str()).ok_or(StateError::Full("members"));
                let member = member.as_ref().map(number).transpose()?;
                let named = self.calls.len().max(member.map_or(0, |n| n as usize + 1));
                self.calls.resize(named, 0);
                for code in given {
                    let id = households.find(code.as_str()).ok_or(StateError::Household(code))?;
                    let before = match member {
                        Some(member) => self.callers.insert(id, member),
                        None => self.callers.remove(&id),
                    };
                    if let Some(before) = before {
                        self.calls[before as usize] -= 1;
                    }
                    if let Some(member) = member {
                        self.calls[member as usize] += 1;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The member who calls on a household, if it was given to one.
    pub(super) fn caller(&self, id: HouseholdId) -> Option<&str> {
        self.callers.get(&id).map(|n| self.names.get(*n))
    }

    /// On how many households a member calls.
    pub(super) fn calls(&self, name: &str) -> usize {
        self.names.find(name).and_then(|n| self.calls.get(n as usize)).copied().unwrap_or(0)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Team> {
        self.by_code.values()
    }

    pub(super) fn get(&self, code: &str) -> Option<&Team> {
        self.by_code.get(code)
    }

    /// Everything, in a fixed order: for comparing two states.
    pub(super) fn rows(&self) -> (Vec<&Team>, BTreeMap<HouseholdId, &str>) {
        let callers = self.callers.iter().map(|(id, n)| (*id, self.names.get(*n)));
        (self.all().collect(), callers.collect())
    }
}

impl State {
    /// All Teams, by code.
    pub fn teams(&self) -> impl Iterator<Item = &Team> {
        self.teams.all()
    }

    /// A Team by code.
    #[must_use]
    pub fn team(&self, code: &str) -> Option<&Team> {
        self.teams.get(code)
    }

    /// The member who calls on a household, if it was given to one.
    #[must_use]
    pub fn caller_of(&self, id: HouseholdId) -> Option<&str> {
        self.teams.caller(id)
    }

    /// How many households were given to a member, by name; costs a look.
    #[must_use]
    pub fn calls_of(&self, name: &str) -> usize {
        self.teams.calls(name)
    }

    /// What a user's sessions open on a day: their own Areas, and those of the Teams that they are in then.
    #[must_use]
    pub fn grant_of(&self, user: &User, day: Date) -> Grant {
        let mut grant = user.grant();
        let mut areas: BTreeSet<Code> = grant.areas.drain(..).collect();
        for team in self.teams.all().filter(|team| team.members_on(day).any(|name| *name == user.name)) {
            areas.extend(team.areas_on(day).cloned());
        }
        grant.areas = areas.into_iter().collect();
        grant
    }

    /// What a change of Teams or assignments would do, or why it cannot be.
    pub(super) fn judge_team(&self, change: &Change) -> Result<Verdict, ModelError> {
        match change {
            Change::TeamPut(team) => {
                let unknown = team.areas.iter().find(|charge| self.areas.find(charge.area.as_str()).is_none());
                if let Some(charge) = unknown {
                    return Err(ModelError::new("areas", &charge.area, "the code of a known area"));
                }
                Ok(match self.teams.get(team.code.as_str()) {
                    None => Verdict::New,
                    Some(known) if known == team => Verdict::Same,
                    Some(_) => Verdict::Changed,
                })
            }
            Change::Assigned(Assignment { team, member, households }) => {
                let unknown = || ModelError::new("team", team, "the code of a known team");
                let known = self.teams.get(team.as_str()).ok_or_else(unknown)?;
                if let Some(name) = member.as_ref().filter(|name| !known.members.iter().any(|one| one.user == **name)) {
                    return Err(ModelError::new("member", name, format!("somebody who is in team {team}")));
                }
                let mut same = true;
                for code in households {
                    let expected = "the code of a known household";
                    let id = self.households.find(code.as_str());
                    let id = id.ok_or_else(|| ModelError::new("household", code, expected))?;
                    same &= self.teams.caller(id) == member.as_ref().map(UserName::as_str);
                }
                Ok(if same { Verdict::Same } else { Verdict::Changed })
            }
            _ => Ok(Verdict::New),
        }
    }
}
