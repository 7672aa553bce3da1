//! `melonmap rules`.

use super::args::RulesCommand;
use super::{Failure, say};
use crate::app::{check_rule_set, rule_set, rule_set_text, rule_sets};
use crate::model::rule::{Rule, RuleKey, RuleSet, Status, Terms, Value};
use std::path::Path;

pub fn run(command: &RulesCommand) -> Result<(), Failure> {
    match command {
        RulesCommand::List => {
            list();
            Ok(())
        }
        RulesCommand::Show(args) => {
            say::line(rule_set_text(&*rule_set(&args.id)?).trim_end());
            Ok(())
        }
        RulesCommand::Check(args) => check(&args.file),
    }
}

fn list() {
    for set in rule_sets() {
        let head = set.head();
        let weak = if head.weak { "; weak source" } else { "" };
        let (rules, year) = (set.rules().len(), year(set));
        say::line(format_args!("{:<24}{year:<12}{rules:>3} rules  {} {}{weak}", head.id, head.name.en, head.name.zh));
    }
}

fn year(set: &RuleSet) -> String {
    set.head().year.map_or_else(|| "not stated".into(), |year| year.to_string())
}

/// Reads a file, says in words what stands in it, or all that is wrong with it.
fn check(file: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let called = file.display().to_string();
    match check_rule_set(&called, &bytes) {
        Ok(set) => {
            told(&set);
            say::line("ok");
            Ok(())
        }
        Err(faults) => {
            faults.0.iter().for_each(say::note);
            let count = faults.0.len();
            Err(format!("{called}: {count} fault{}", if count == 1 { "" } else { "s" }).into())
        }
    }
}

fn told(set: &RuleSet) {
    let head = set.head();
    say::line(format_args!("{}: {} {}", head.id, head.name.en, head.name.zh));
    say::line(format_args!("{}; {}; lengths in {}", head.source, year(set), head.unit.as_str()));
    say::line(format_args!("{} {}", head.note.en, head.note.zh));
    if let Some(base) = set.extends() {
        say::line(format_args!("with the rules of {base}"));
    }
    if head.weak {
        say::line("a weak source: neither a law's text nor an office's word");
    }
    for rule in set.rules() {
        say::line(sentence(set, rule));
    }
    let unmeasured: Vec<&str> = set.unmeasured().map(RuleKey::as_str).collect();
    if !unmeasured.is_empty() {
        say::line(format_args!("no map can check: {}", unmeasured.join(", ")));
    }
}

/// A rule in one line: its key, its words, each number as written and in metres, to whom it applies, and its source.
fn sentence(set: &RuleSet, rule: &Rule) -> String {
    let text = rule.text();
    let mut terms = words(&rule.requirement().terms());
    if !rule.only().is_all() {
        terms.push(format!("only {}", words(&rule.only().terms()).join(", ")));
    }
    terms.insert(0, rule.requirement().kind().to_owned());
    if rule.status() == Status::Proposed {
        terms.push("proposed, not in force".into());
    }
    let (key, terms, source) = (rule.key(), terms.join("; "), set.source_of(rule));
    format!("  {key}: {} {} [{terms}] ({source})", text.en, text.zh)
}

fn words(terms: &Terms) -> Vec<String> {
    let tables = |all: &[Terms]| all.iter().map(|terms| words(terms).join(" ")).collect::<Vec<_>>().join(", ");
    let said = |value: &Value| match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Count(count) => count.to_string(),
        Value::Counts(counts) => counts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        Value::Word(word) => word.clone(),
        Value::Words(words) => words.join(", "),
        Value::Number(number) if number.unit == "m" && !number.written.ends_with(" m") => {
            format!("{} = {:.2} m", number.written, number.value)
        }
        Value::Number(number) => number.written.clone(),
        Value::Table(terms) => words(terms).join(", "),
        Value::Tables(all) => tables(all),
    };
    terms.iter().map(|(key, value)| format!("{key} {}", said(value))).collect()
}
