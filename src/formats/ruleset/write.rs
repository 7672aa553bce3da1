//! A rule set as the TOML that it is read from.

use crate::model::rule::{RuleSet, Status, Terms, Value, Words};
use std::fmt::Write;

/// The whole set, with the rules that it took over, so that the text stands alone. What is read from it is the set.
#[must_use]
pub fn write_rule_set(set: &RuleSet) -> String {
    let head = set.head();
    let mut text = String::new();
    let mut line = |key: &str, value: String| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{key} = {value}");
    };
    line("id", quoted(head.id.as_str()));
    line("name", both(&head.name));
    line("jurisdiction", both(&head.jurisdiction));
    line("source", quoted(&head.source));
    line("year", head.year.map_or_else(|| quoted("not stated"), |year| year.to_string()));
    line("unit", quoted(head.unit.as_str()));
    if head.weak {
        line("weak", "true".into());
    }
    line("note", both(&head.note));
    for rule in set.rules() {
        line(&format!("\n[rule.{}]\nkind", rule.key()), quoted(rule.requirement().kind()));
        for (key, value) in rule.requirement().terms().iter() {
            line(key, written(value));
        }
        if !rule.only().is_all() {
            line("only", inline(&rule.only().terms()));
        }
        line("text", both(rule.text()));
        if let Some(source) = rule.source() {
            line("source", quoted(source));
        }
        if rule.status() == Status::Proposed {
            line("status", quoted("proposed"));
        }
    }
    text
}

fn both(words: &Words) -> String {
    format!("{{ en = {}, zh = {} }}", quoted(&words.en), quoted(&words.zh))
}

/// A basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn written(value: &Value) -> String {
    let list = |all: Vec<String>| format!("[{}]", all.join(", "));
    match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Count(count) => count.to_string(),
        Value::Counts(counts) => list(counts.iter().map(ToString::to_string).collect()),
        Value::Word(word) => quoted(word),
        Value::Words(words) => list(words.iter().map(|word| quoted(word)).collect()),
        Value::Number(number) => quoted(&number.written),
        Value::Table(terms) => inline(terms),
        Value::Tables(tables) => list(tables.iter().map(inline).collect()),
    }
}

fn inline(terms: &Terms) -> String {
    let parts: Vec<String> = terms.iter().map(|(key, value)| format!("{key} = {}", written(value))).collect();
    format!("{{ {} }}", parts.join(", "))
}
