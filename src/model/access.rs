//! Who may see and do what. One table; every door asks it.

use super::{Code, ModelError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a person or program is to the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// No token.
    Public,
    /// Visits households in their own Areas.
    Member,
    /// Answers for an Area and all below.
    Coordinator,
    /// Draws zones and spots.
    Planner,
    /// Checks what others report.
    Inspector,
    /// Asks questions, sees no address.
    Analyst,
    /// Runs the service.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 7] =
        [Role::Public, Role::Member, Role::Coordinator, Role::Planner, Role::Inspector, Role::Analyst, Role::Admin];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Public => "public",
            Role::Member => "member",
            Role::Coordinator => "coordinator",
            Role::Planner => "planner",
            Role::Inspector => "inspector",
            Role::Analyst => "analyst",
            Role::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Role, ModelError> {
        let known = Role::ALL.into_iter().find(|r| r.as_str() == name);
        known.ok_or_else(|| {
            let all: Vec<&str> = Role::ALL.into_iter().map(Role::as_str).collect();
            ModelError::new("role", name, format!("one of {}", all.join(", ")))
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that can be seen or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See Areas and the context layer.
    Areas,
    /// See what was published of the coverage of Areas: figures about few people are held back.
    Published,
    /// See the coverage of Areas as it is now, however few people it is about.
    Coverage,
    /// Publish figures of Areas.
    Publish,
    /// See the rates of Areas compared.
    Rates,
    /// See households: code, position, status, outcomes, times of visits.
    Households,
    /// See the personal part of a household: address, number of persons, who visited.
    Addresses,
    /// See any of it as it was.
    Past,
    /// Log a visit.
    Visit,
    /// Found a campaign.
    Campaign,
    /// Say who answers for what.
    Teams,
    /// Ask households whether they are satisfied.
    Ask,
    /// See what members code households as, by name.
    Codes,
    /// See Plans with their zones and spots, whatever their phase.
    Plans,
    /// Found and change Plans, zones and spots, and check rules for them.
    Draw,
    /// Take the ledger of households out, and what is written in it back in.
    Ledger,
    /// Keep the layout of an Area's ledger.
    LedgerLayout,
    /// Look into the running service.
    Administer,
}

impl Right {
    /// All of them.
    pub const ALL: [Right; 18] = [
        Right::Areas,
        Right::Published,
        Right::Coverage,
        Right::Publish,
        Right::Rates,
        Right::Households,
        Right::Addresses,
        Right::Past,
        Right::Visit,
        Right::Campaign,
        Right::Teams,
        Right::Ask,
        Right::Codes,
        Right::Plans,
        Right::Draw,
        Right::Ledger,
        Right::LedgerLayout,
        Right::Administer,
    ];
}

/// How far a right reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    Nowhere,
    /// Within the Areas of the grant, and all below them.
    Own,
    /// The whole map.
    Everywhere,
}

/// The table.
#[must_use]
pub fn reach(role: Role, right: Right) -> Reach {
    use Reach::{Everywhere, Nowhere, Own};
    match (role, right) {
        (_, Right::Areas | Right::Published)
        // Who calls on households, or checks or counts those who do. A planner works with streets and places.
        | (Role::Member | Role::Coordinator | Role::Inspector | Role::Analyst, Right::Coverage)
        | (Role::Admin, _)
        | (Role::Coordinator, Right::Campaign)
        | (Role::Coordinator | Role::Inspector | Role::Analyst, Right::Rates)
        | (Role::Inspector, Right::Households | Right::Addresses | Right::Ask | Right::Codes)
        | (Role::Analyst, Right::Households | Right::Publish)
        | (Role::Coordinator | Role::Planner | Role::Inspector | Role::Analyst, Right::Plans)
        | (Role::Planner, Right::Draw) => Everywhere,
        (Role::Member | Role::Coordinator, Right::Households | Right::Addresses | Right::Visit | Right::Ledger)
        | (Role::Coordinator, Right::Teams | Right::Codes | Right::LedgerLayout) => Own,
        (Role::Public, _) => Nowhere,
        (_, Right::Past) => Everywhere,
        _ => Nowhere,
    }
}

/// A role and the Areas that it is limited to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// For people: who, or which program. The author of what is changed under it.
    pub name: String,
    /// What they are to the map.
    pub role: Role,
    /// The Areas of [`Reach::Own`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Code>,
}

impl Grant {
    /// What anybody has.
    #[must_use]
    pub fn public() -> Grant {
        Grant { name: Role::Public.to_string(), role: Role::Public, areas: Vec::new() }
    }

    /// Refuses an empty name, and a role that works in its own Areas without any.
    pub fn check(self) -> Result<Grant, ModelError> {
        if self.name.trim().is_empty() || self.name.chars().any(char::is_control) {
            return Err(ModelError::new(
                "name",
                self.name.escape_debug(),
                "the name of a person or program, without control characters",
            ));
        }
        let needs_area = Right::ALL.iter().any(|right| reach(self.role, *right) == Reach::Own);
        if needs_area && self.areas.is_empty() {
            return Err(ModelError::new("area", "none", format!("at least one area for the role {}", self.role)));
        }
        Ok(self)
    }

    /// How far a right reaches for this role.
    #[must_use]
    pub fn reach(&self, right: Right) -> Reach {
        reach(self.role, right)
    }
}

/// The public name of a token, by which it is listed and revoked; not the secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TokenId(pub String);

/// A token as it is stored: the secret only as its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its public name.
    pub id: TokenId,
    /// SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so that no slow hash is needed.
    pub sha256: String,
    /// What it opens.
    pub grant: Grant,
    /// When it ends; `None` is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_sees_areas_and_what_was_published_and_nothing_else() {
        for right in Right::ALL {
            let expected = match right {
                Right::Areas | Right::Published => Reach::Everywhere,
                _ => Reach::Nowhere,
            };
            assert_eq!(reach(Role::Public, right), expected, "{right:?}");
        }
    }

    #[test]
    fn who_sees_households_sees_exact_figures_and_nobody_else_does() {
        for role in Role::ALL {
            let households = reach(role, Right::Households) != Reach::Nowhere;
            assert_eq!(reach(role, Right::Coverage) != Reach::Nowhere, households, "{role}");
            assert_eq!(reach(role, Right::Published), Reach::Everywhere, "{role}");
        }
        let publish: Vec<Role> =
            Role::ALL.into_iter().filter(|r| reach(*r, Right::Publish) != Reach::Nowhere).collect();
        assert_eq!(publish, [Role::Analyst, Role::Admin]);
    }

    #[test]
    fn only_those_who_visit_or_check_see_an_address() {
        let who: Vec<Role> = Role::ALL.into_iter().filter(|r| reach(*r, Right::Addresses) != Reach::Nowhere).collect();
        assert_eq!(who, [Role::Member, Role::Coordinator, Role::Inspector, Role::Admin]);
    }

    #[test]
    fn whoever_takes_a_ledger_sees_all_that_stands_in_it() {
        for role in Role::ALL {
            let ledger = reach(role, Right::Ledger);
            assert!(ledger == Reach::Nowhere || ledger == reach(role, Right::Addresses), "{role}");
        }
        let who = |right| Role::ALL.into_iter().filter(|r| reach(*r, right) != Reach::Nowhere).collect::<Vec<_>>();
        assert_eq!(who(Right::Ledger), [Role::Member, Role::Coordinator, Role::Admin]);
        assert_eq!(who(Right::LedgerLayout), [Role::Coordinator, Role::Admin]);
    }

    #[test]
    fn plans_are_seen_by_the_office_and_drawn_by_planners() {
        let who = |right| Role::ALL.into_iter().filter(|r| reach(*r, right) == Reach::Everywhere).collect::<Vec<_>>();
        assert_eq!(who(Right::Plans), [Role::Coordinator, Role::Planner, Role::Inspector, Role::Analyst, Role::Admin]);
        assert_eq!(who(Right::Draw), [Role::Planner, Role::Admin]);
        for role in [Role::Public, Role::Member] {
            assert_eq!([Right::Plans, Right::Draw].map(|right| reach(role, right)), [Reach::Nowhere; 2], "{role}");
        }
    }

    #[test]
    fn areas_are_compared_by_those_who_answer_for_many() {
        let who: Vec<Role> = Role::ALL.into_iter().filter(|r| reach(*r, Right::Rates) != Reach::Nowhere).collect();
        assert_eq!(who, [Role::Coordinator, Role::Inspector, Role::Analyst, Role::Admin]);
    }

    #[test]
    fn a_member_without_an_area_is_refused() {
        let grant = |role| Grant { name: "n".into(), role, areas: Vec::new() }.check();
        assert!(grant(Role::Member).is_err() && grant(Role::Coordinator).is_err());
        assert!(grant(Role::Analyst).is_ok());
    }
}
