//! Siting rules as data: where a stall may stand, with each number as its source writes it.
//!
//! Invariants:
//! - A [`RuleSet`] holds no rule that can never be met, and no two that contradict one another.
//! - A rule that no map can check is still a rule: [`Rule::is_measured`] says so, and results list it.
//! - A width says how it is known: measured, tagged, or assumed from the class of the street ([`Told`]).
//!
//! The grammar covers the rule sets that are in force somewhere; `data/rules/` has them.

mod calendar;
mod contradiction;
mod demand;
mod quantity;
mod requirement;
mod scope;
mod selector;
mod set;
mod street;
mod term;
mod widths;

pub use calendar::{Hours, Season, When};
pub use contradiction::Contradiction;
pub use demand::{KerbLimit, StallLimit};
pub use quantity::{Length, LengthUnit, Period, Share, Surface};
pub use requirement::{Cap, LaneStep, MeasuredFrom, Party, Requirement};
pub use scope::{Scope, Trade};
pub use selector::{Measure, Place, Selector, ZoneClass};
pub use set::{RuleSet, RuleSetHead, RuleSetId};
pub use street::{StreetClass, StreetClasses, StreetVerdict};
pub use term::{Number, Terms, Value};
pub use widths::{Known, MeasuredWidths, StreetWidths, Told, WidthRow, WidthTable};

use super::ModelError;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A short text for people, in both languages of the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Words {
    /// Longest text, characters.
    pub const MOST: usize = 600;

    /// Refuses an empty or overlong text, and one with line breaks or other control characters.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Result<Words, ModelError> {
        Ok(Words { en: one_line("en", en.into())?, zh: one_line("zh", zh.into())? })
    }
}

/// A text of one line that says something.
fn one_line(field: &'static str, text: String) -> Result<String, ModelError> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > Words::MOST || text.chars().any(char::is_control) {
        let expected = format!("a text of one line and 1 to {} characters", Words::MOST);
        return Err(ModelError::new(field, text.escape_debug(), expected));
    }
    Ok(text)
}

/// The name of a rule in its set, by which results and a place's "why" name it. It does not change when the rule does.
///
/// ```
/// use melonmap::model::rule::RuleKey;
/// assert_eq!("fire_hydrant".parse::<RuleKey>().unwrap().as_str(), "fire_hydrant");
/// assert!("Fire hydrant".parse::<RuleKey>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RuleKey(Arc<str>);

impl RuleKey {
    /// Longest key, bytes.
    pub const MOST: usize = 64;

    /// As files write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RuleKey {
    type Err = ModelError;

    fn from_str(key: &str) -> Result<RuleKey, ModelError> {
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        let begins = key.bytes().next().is_some_and(|c| c.is_ascii_lowercase());
        if !begins || key.len() > RuleKey::MOST || !key.bytes().all(plain) {
            let expected = "a letter a to z, then letters, digits and _, 64 at most";
            return Err(ModelError::new("rule", key.escape_debug(), expected));
        }
        Ok(RuleKey(key.into()))
    }
}

impl fmt::Display for RuleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether a rule binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does.
    InForce,
    /// Somebody proposed it: shown, and not applied.
    Proposed,
}

impl FromStr for Status {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Status, ModelError> {
        match name {
            "in_force" => Ok(Status::InForce),
            "proposed" => Ok(Status::Proposed),
            _ => Err(ModelError::new("status", name, "in_force or proposed")),
        }
    }
}

/// One rule: what it demands, where and for whom, in which words.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    key: RuleKey,
    text: Words,
    source: Option<String>,
    status: Status,
    only: Scope,
    requirement: Requirement,
}

impl Rule {
    /// A rule in force, everywhere and for everybody, from the source of its set. Refuses what [`Requirement::check`] refuses.
    pub fn new(key: RuleKey, text: Words, requirement: Requirement) -> Result<Rule, ModelError> {
        let requirement = requirement.check()?;
        Ok(Rule { key, text, source: None, status: Status::InForce, only: Scope::default(), requirement })
    }

    /// The same from a source of its own.
    pub fn from_source(mut self, source: String) -> Result<Rule, ModelError> {
        self.source = Some(one_line("source", source)?);
        Ok(self)
    }

    /// The same, binding or not.
    #[must_use]
    pub fn with_status(mut self, status: Status) -> Rule {
        self.status = status;
        self
    }

    /// The same within a scope. Refuses what [`Scope::check`] refuses.
    pub fn within(mut self, only: Scope) -> Result<Rule, ModelError> {
        self.only = only.check()?;
        Ok(self)
    }

    /// Its name in the set.
    #[must_use]
    pub fn key(&self) -> &RuleKey {
        &self.key
    }

    /// As a sign would say it.
    #[must_use]
    pub fn text(&self) -> &Words {
        &self.text
    }

    /// Where it is from, where that is not the source of the whole set.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Whether it binds.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Where and for whom it holds.
    #[must_use]
    pub fn only(&self) -> &Scope {
        &self.only
    }

    /// What it demands.
    #[must_use]
    pub fn requirement(&self) -> &Requirement {
        &self.requirement
    }

    /// Whether a place on a map passes or fails it: in force, and of a kind that a map can tell.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.status == Status::InForce && self.requirement.is_measured()
    }
}
