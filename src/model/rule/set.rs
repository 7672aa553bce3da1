//! Rules of one jurisdiction, from one source.

use super::contradiction::{Contradiction, contradictions};
use super::{LengthUnit, Rule, RuleKey, Words, one_line};
use crate::model::ModelError;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name of a rule set: `cn-hebi-2012`. It carries the year where the text is old.
///
/// ```
/// use melonmap::model::rule::RuleSetId;
/// assert_eq!("cn-hebi-2012".parse::<RuleSetId>().unwrap().as_str(), "cn-hebi-2012");
/// assert!("../etc".parse::<RuleSetId>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RuleSetId(Arc<str>);

impl RuleSetId {
    /// Longest name, bytes.
    pub const MOST: usize = 64;

    /// As files write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RuleSetId {
    type Err = ModelError;

    fn from_str(id: &str) -> Result<RuleSetId, ModelError> {
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let begins = id.bytes().next().is_some_and(|c| c.is_ascii_lowercase());
        if !begins || id.len() > RuleSetId::MOST || !id.bytes().all(plain) {
            let expected = "a letter a to z, then letters, digits and -, 64 at most";
            return Err(ModelError::new("id", id.escape_debug(), expected));
        }
        Ok(RuleSetId(id.into()))
    }
}

impl fmt::Display for RuleSetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a rule set says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSetHead {
    /// Its name for programs.
    pub id: RuleSetId,
    /// For people.
    pub name: Words,
    /// Whose rules they are.
    pub jurisdiction: Words,
    /// Where the text is: a law and its paragraph, an address.
    pub source: String,
    /// Of the text; `None` where the source does not tell.
    pub year: Option<i16>,
    /// What lengths are written in there.
    pub unit: LengthUnit,
    /// What a reader must know; that it is no legal advice, in any case.
    pub note: Words,
    /// The source is not the law's own text: a blog, a mirror.
    pub weak: bool,
}

impl RuleSetHead {
    /// The years that a text may be of.
    const YEARS: std::ops::RangeInclusive<i16> = 1000..=9999;

    /// What the note is where none is given.
    #[must_use]
    pub fn not_legal_advice() -> Words {
        Words { en: "Not legal advice.".into(), zh: "不构成法律意见。".into() }
    }

    /// Refuses a source without a text, and a year without four digits.
    pub fn check(mut self) -> Result<RuleSetHead, ModelError> {
        self.source = one_line("source", self.source)?;
        match self.year {
            Some(year) if !RuleSetHead::YEARS.contains(&year) => {
                Err(ModelError::new("year", year, "a year of four digits"))
            }
            _ => Ok(self),
        }
    }
}

/// Rules that hold together: at least one, each with a key of its own, none against another.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    head: RuleSetHead,
    extends: Option<RuleSetId>,
    rules: Vec<Rule>,
}

impl RuleSet {
    /// Most rules of a set, those that it takes over counted: several times what the longest law has.
    pub const MOST: usize = 300;

    /// Puts rules together, on top of those of another set where one is given.
    ///
    /// A rule with a key of the other set stands in that one's place; the others come after. What is taken over keeps its own
    /// source, and a set on weak ground is weak. Refused, with all there is to say, is what contradicts itself.
    pub fn new(head: RuleSetHead, rules: Vec<Rule>, base: Option<&RuleSet>) -> Result<RuleSet, Vec<Contradiction>> {
        let count = |n: usize| vec![Contradiction::of([], &format!("a set has 1 to {} rules, not {n}", RuleSet::MOST))];
        if rules.len() > RuleSet::MOST {
            return Err(count(rules.len()));
        }
        let mut head = head;
        let mut all: Vec<Rule> = Vec::new();
        if let Some(base) = base {
            head.weak |= base.head.weak;
            all.extend(base.rules.iter().cloned().map(|mut rule| {
                rule.source.get_or_insert_with(|| base.head.source.clone());
                rule
            }));
        }
        let inherited = all.len();
        for rule in rules {
            match all.iter().position(|other| other.key() == rule.key()) {
                Some(at) if at >= inherited => {
                    return Err(vec![Contradiction::of([rule.key()], "two rules have this key")]);
                }
                Some(at) => all[at] = rule,
                None => all.push(rule),
            }
        }
        if all.is_empty() || all.len() > RuleSet::MOST {
            return Err(count(all.len()));
        }
        let found = contradictions(&all);
        let extends = base.map(|base| base.head.id.clone());
        if found.is_empty() { Ok(RuleSet { head, extends, rules: all }) } else { Err(found) }
    }

    /// What it says of itself.
    #[must_use]
    pub fn head(&self) -> &RuleSetHead {
        &self.head
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &RuleSetId {
        &self.head.id
    }

    /// The set whose rules it took over.
    #[must_use]
    pub fn extends(&self) -> Option<&RuleSetId> {
        self.extends.as_ref()
    }

    /// All its rules: those taken over first, then its own, in the order of their file.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of a key.
    #[must_use]
    pub fn rule(&self, key: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.key().as_str() == key)
    }

    /// Where a rule of it is from.
    #[must_use]
    pub fn source_of<'a>(&'a self, rule: &'a Rule) -> &'a str {
        rule.source().unwrap_or(&self.head.source)
    }

    /// The keys of rules in force that no map can check, which results list as such.
    pub fn unmeasured(&self) -> impl Iterator<Item = &RuleKey> {
        let binding = self.rules.iter().filter(|rule| rule.status() == super::Status::InForce);
        binding.filter(|rule| !rule.is_measured()).map(Rule::key)
    }
}
