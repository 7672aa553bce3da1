//! Who answers for what, and from when to when.

use super::{Code, ModelError, UserName};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A team (组团): people who answer together for some Areas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Identity.
    pub code: Code,
    /// For people.
    pub name: String,
    /// Who is in it, from when to when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Membership>,
    /// The Areas that it answers for, from when to when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Charge>,
}

/// Somebody in a Team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Who.
    pub user: UserName,
    /// First day.
    pub from: Date,
    /// Last day; `None` until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}

/// An Area in the charge of a Team, with all below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Which.
    pub area: Code,
    /// First day.
    pub from: Date,
    /// Last day; `None` until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}

fn lasts(from: Date, to: Option<Date>, day: Date) -> bool {
    from <= day && to.is_none_or(|to| day <= to)
}

impl Team {
    /// Longest name, characters.
    pub const MAX_NAME: usize = 200;
    /// Most members, past ones too; most Areas likewise.
    pub const MOST: usize = 2_000;

    /// Refuses an empty or overlong name, too many members or Areas, and an end before its start.
    pub fn check(self) -> Result<Team, ModelError> {
        if self.name.trim().is_empty() || self.name.chars().count() > Team::MAX_NAME {
            return Err(ModelError::new("name", &self.name, format!("1 to {} characters", Team::MAX_NAME)));
        }
        for (field, count) in [("members", self.members.len()), ("areas", self.areas.len())] {
            if count > Team::MOST {
                return Err(ModelError::new(field, count, format!("at most {}", Team::MOST)));
            }
        }
        let members = self.members.iter().map(|one| ("members", one.from, one.to));
        let areas = self.areas.iter().map(|one| ("areas", one.from, one.to));
        for (field, from, to) in members.chain(areas) {
            if let Some(to) = to.filter(|to| *to < from) {
                return Err(ModelError::new(field, format!("to {to}"), format!("to on or after from, {from}")));
            }
        }
        Ok(self)
    }

    /// Who is in it on a day.
    pub fn members_on(&self, day: Date) -> impl Iterator<Item = &UserName> {
        self.members.iter().filter(move |one| lasts(one.from, one.to, day)).map(|one| &one.user)
    }

    /// The Areas that it answers for on a day.
    pub fn areas_on(&self, day: Date) -> impl Iterator<Item = &Code> {
        self.areas.iter().filter(move |one| lasts(one.from, one.to, day)).map(|one| &one.area)
    }
}

/// Which households a member of a Team calls on, from this change on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Of which Team.
    pub team: Code,
    /// Who; `None` takes the households back from whoever had them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<UserName>,
    /// Which.
    pub households: Vec<Code>,
}

impl Assignment {
    /// Most households that one change names; more are several changes.
    pub const MOST: usize = 10_000;

    /// Refuses one of nobody, and one of too many for one change.
    pub fn check(self) -> Result<Assignment, ModelError> {
        let count = self.households.len();
        if (1..=Assignment::MOST).contains(&count) {
            return Ok(self);
        }
        Err(ModelError::new("households", count, format!("1 to {}", Assignment::MOST)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn team() -> Team {
        let (user, area) = (|name| UserName::new(name).unwrap(), |code| Code::new(code).unwrap());
        Team {
            code: area("T1"),
            name: "Team 1".into(),
            members: vec![
                Membership { user: user("li"), from: date(2026, 10, 1), to: Some(date(2026, 10, 31)) },
                Membership { user: user("wu"), from: date(2026, 11, 1), to: None },
            ],
            areas: vec![Charge { area: area("G1"), from: date(2026, 10, 15), to: None }],
        }
    }

    #[test]
    fn a_day_has_those_whose_first_day_has_come_and_whose_last_has_not_gone() {
        let team = team().check().unwrap();
        let on = |day| team.members_on(day).map(UserName::as_str).collect::<Vec<_>>();
        assert_eq!(on(date(2026, 9, 30)), Vec::<&str>::new());
        assert_eq!((on(date(2026, 10, 1)), on(date(2026, 10, 31))), (vec!["li"], vec!["li"]));
        assert_eq!((on(date(2026, 11, 1)), on(date(2036, 1, 1))), (vec!["wu"], vec!["wu"]));
        assert_eq!((team.areas_on(date(2026, 10, 14)).count(), team.areas_on(date(2026, 10, 15)).count()), (0, 1));
    }

    #[test]
    fn a_team_that_ends_before_it_begins_or_has_no_name_is_refused() {
        let mut early = team();
        early.members[0].to = Some(date(2026, 9, 30));
        assert_eq!(early.check().unwrap_err().field, "members");
        assert_eq!(Team { name: " ".into(), ..team() }.check().unwrap_err().field, "name");
    }
}
