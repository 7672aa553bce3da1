//! Rule sets and assumed widths inside the binary, and the check of a planner's own.

use super::{App, AppError, Assets};
use crate::formats::ruleset::{RuleFaults, read_rule_set, read_widths, write_rule_set};
use crate::model::rule::{RuleSet, RuleSetId, WidthTable};
use std::sync::{Arc, LazyLock};

static SETS: LazyLock<Vec<Arc<RuleSet>>> = LazyLock::new(|| {
    let mut ids: Vec<RuleSetId> = Assets.rules().filter_map(|name| name.strip_suffix(".toml")?.parse().ok()).collect();
    ids.retain(|id| id.as_str() != WIDTHS);
    ids.sort();
    ids.iter().map(|id| preset(id, LONGEST_CHAIN).expect("a file of this program, read by its tests")).collect()
});

static WIDTH_TABLE: LazyLock<WidthTable> = LazyLock::new(|| {
    let file = format!("{WIDTHS}.toml");
    let bytes = Assets.rule_file(&file).expect("a file of this program");
    read_widths(&file, &bytes).expect("a file of this program, read by its tests")
});

/// The file among the rule sets that is none.
const WIDTHS: &str = "widths";

/// Most sets that build on one another: more would be a ring.
const LONGEST_CHAIN: u8 = 8;

fn preset(id: &RuleSetId, chain: u8) -> Option<Arc<RuleSet>> {
    let file = format!("{id}.toml");
    let bytes = Assets.rule_file(&file)?;
    let base = |base: &RuleSetId| preset(base, chain.checked_sub(1)?);
    read_rule_set(&file, &bytes, &base).ok().map(Arc::new)
}

/// The rule sets that come with the program, by id. Read once.
#[must_use]
pub fn rule_sets() -> &'static [Arc<RuleSet>] {
    &SETS
}

/// One of them.
pub fn rule_set(id: &str) -> Result<Arc<RuleSet>, AppError> {
    let found = rule_sets().iter().find(|set| set.id().as_str() == id);
    found.cloned().ok_or_else(|| AppError::NotFound { what: "rule set", name: id.to_owned() })
}

/// The widths that are assumed where the map does not tell. Read once.
#[must_use]
pub fn assumed_widths() -> &'static WidthTable {
    &WIDTH_TABLE
}

/// Reads a rule set of a planner's own, which may extend one of the program's; `file` is what faults call it.
///
/// Refuses what is longer than 256 KiB before it reads it. What people write takes well under a millisecond; the worst that is shorter,
/// made to be slow, less than a second: [`App::check_rules`] waits for it away from the async threads.
pub fn check_rule_set(file: &str, bytes: &[u8]) -> Result<RuleSet, RuleFaults> {
    read_rule_set(file, bytes, &|id| rule_set(id.as_str()).ok())
}

/// A rule set as a file that stands alone, to begin an own one with.
#[must_use]
pub fn rule_set_text(set: &RuleSet) -> String {
    write_rule_set(set)
}

impl App {
    /// [`check_rule_set`] away from the async threads: [`AppError::Rules`] where something is wrong.
    pub async fn check_rules(&self, text: impl AsRef<[u8]> + Send + 'static) -> Result<RuleSet, AppError> {
        Ok(self.work(move |_| check_rule_set("rules", text.as_ref())).await??)
    }
}

#[cfg(test)]
mod tests;
