//! Rule sets and tables of widths as TOML: read with every fault told by file, line and key, and written back.
//!
//! A rule set is a head and a table for each rule:
//!
//! ```toml
//! id = "cn-example-2026"
//! name = { en = "Example", zh = "示例" }
//! jurisdiction = { en = "Example city", zh = "示例市" }
//! source = "Notice 1 of 2026"
//! year = 2026                 # or "not stated"
//! unit = "m"                  # what lengths are written in; a bare number is one of metres, and only where this is "m"
//!
//! [rule.junction]             # its key, by which results name it
//! kind = "min_distance"
//! measured_by = ["junction"]  # classes of context, tags as osm:entrance=*, or "nothing" where no map has it
//! distance = "10 m"
//! text = { en = "10 m from a junction", zh = "距路口 10 米" }
//! ```
//!
//! A file may build on another set with `extends = "ID"`: its rules are added, and one with the same key replaces.

mod rule;
mod section;
mod widths;
mod write;

#[cfg(test)]
mod tests;

pub use section::{RuleFaults, RuleProblem};
pub use widths::read_widths;
pub use write::write_rule_set;

use crate::formats::limits::RULE_FAULTS;
use crate::model::rule::{Contradiction, Rule, RuleKey, RuleSet, RuleSetHead, RuleSetId, Words};
use section::{Section, Sheet};
use std::sync::Arc;

/// Reads a rule set.
///
/// `file` is what faults call it; `base` gives the set of an id that the file extends. Each rule is read by itself, so that all
/// that is wrong is told at once; contradictions are looked for when every rule can be read.
pub fn read_rule_set(
    file: &str,
    bytes: &[u8],
    base: &dyn Fn(&RuleSetId) -> Option<Arc<RuleSet>>,
) -> Result<RuleSet, RuleFaults> {
    let sheet = Sheet::of(file, bytes)?;
    let mut top = sheet.open()?;
    let mut faults = Vec::new();
    let mut rules: Vec<(usize, Rule)> = Vec::new();
    let tables = top.take("rule").map(|entry| entry.section().map(|section| section.sections("rule")));
    let head = head(&mut top, base);
    let unit = match &head {
        Ok((head, ..)) => Some(head.unit),
        Err(_) => None,
    };
    match tables {
        None => faults.push(top.fault("rule", "there is no rule: expected a table [rule.KEY] for each")),
        Some(Err(fault)) => faults.push(fault),
        Some(Ok(tables)) => {
            for table in tables {
                if faults.len() == RULE_FAULTS {
                    break; // in the order of the file: no more are told
                }
                match table.and_then(|section| Ok((section.at(), rule::read(section, unit)?))) {
                    Ok(read) => rules.push(read),
                    Err(fault) => faults.push(fault),
                }
            }
        }
    }
    let (head, base) = match head.and_then(|head| top.end().map(|()| head)) {
        Ok(head) if faults.is_empty() => head,
        Ok(_) => return Err(RuleFaults::of(faults)),
        Err(fault) => {
            faults.insert(0, fault);
            return Err(RuleFaults::of(faults));
        }
    };
    let at: Vec<(RuleKey, usize)> = rules.iter().map(|(at, rule)| (rule.key().clone(), *at)).collect();
    let rules = rules.into_iter().map(|(_, rule)| rule).collect();
    RuleSet::new(head, rules, base.as_deref())
        .map_err(|found| RuleFaults::of(found.iter().map(|found| contradiction(&sheet, found, &at)).collect()))
}

/// A contradiction, where the last of its rules stands in this file.
fn contradiction(sheet: &Sheet<'_>, found: &Contradiction, at: &[(RuleKey, usize)]) -> RuleProblem {
    let here = |key: &&RuleKey| at.iter().find(|(own, _)| own == *key);
    let place = found.keys.iter().rev().find_map(|key| here(&key));
    let (key, at) = place.map_or(("rule".to_owned(), 0), |(key, at)| (format!("rule.{key}"), *at));
    sheet.fault(at, key, found.to_string())
}

type Head = (RuleSetHead, Option<Arc<RuleSet>>);

fn head(top: &mut Section<'_, '_>, base: &dyn Fn(&RuleSetId) -> Option<Arc<RuleSet>>) -> Result<Head, RuleProblem> {
    let id: RuleSetId = top.need("id", "a name such as cn-hebi-2012")?.parsed()?;
    let name = words(top, "name")?;
    let jurisdiction = words(top, "jurisdiction")?;
    let source = top.need("source", "where the text is: a law and its paragraph, an address")?.text()?;
    let year = top.need("year", "the year of the text, or \"not stated\"")?;
    let year =
        if year.is_text("not stated") { None } else { Some(year.whole("a year such as 2026, or \"not stated\"")?) };
    let unit = top.need("unit", "what lengths are written in, such as m or ft")?.parsed()?;
    let note = if top.has("note") { words(top, "note")? } else { RuleSetHead::not_legal_advice() };
    let weak = top.take("weak").map_or(Ok(false), |entry| entry.flag())?;
    let base = match top.take("extends") {
        None => None,
        Some(entry) => {
            let named: RuleSetId = entry.parsed()?;
            let found = if named == id { None } else { base(&named) };
            let reason = || format!("'{named}' is not the id of another rule set: melonmap rules list shows them");
            Some(found.ok_or_else(|| entry.fault(reason()))?)
        }
    };
    let head = RuleSetHead { id, name, jurisdiction, source, year, unit, note, weak };
    Ok((head.check().map_err(|e| top.refused(&e))?, base))
}

/// A text in both languages.
fn words(section: &mut Section<'_, '_>, key: &'static str) -> Result<Words, RuleProblem> {
    let entry = section.need(key, "a text in both languages: en and zh")?;
    let mut both = entry.section()?;
    let mut one = |key| both.need(key, "a text")?.text();
    let (en, zh) = (one("en")?, one("zh")?);
    both.end()?;
    Words::new(en, zh).map_err(|e| both.refused(&e))
}
