//! A rule set that is read is written and read again as the same, with numbers in range; one that is refused names lines and keys that a
//! person can look up. The same text is tried as a table of widths.
#![no_main]

use libfuzzer_sys::fuzz_target;
use melonmap::app::{RuleFaults, check_rule_set};
use melonmap::formats::limits::{RULE_FAULTS, RULE_FILE_BYTES};
use melonmap::formats::ruleset::{read_widths, write_rule_set};
use melonmap::model::rule::RuleSet;

/// Longest reason, characters, besides keys that the text has: a value is quoted in part, then comes what was expected.
const REASON_CHARS: usize = 1_000;

fuzz_target!(|data: &[u8]| {
    match check_rule_set("a.toml", data) {
        Ok(set) => round(&set),
        Err(faults) => told(data, &faults),
    }
    if let Err(faults) = read_widths("a.toml", data) {
        told(data, &faults);
    }
});

fn round(set: &RuleSet) {
    for rule in set.rules() {
        let terms = rule.requirement().terms();
        for (key, number) in terms.numbers() {
            assert!(number.value.is_finite() && number.value >= 0.0, "{}.{key}: {number:?}", rule.key());
        }
    }
    let written = write_rule_set(set);
    if written.len() > RULE_FILE_BYTES {
        return;
    }
    let again = check_rule_set("again.toml", written.as_bytes()).unwrap_or_else(|e| panic!("{written}\n{e}"));
    assert_eq!((again.head(), again.rules()), (set.head(), set.rules()), "{written}");
}

fn told(data: &[u8], faults: &RuleFaults) {
    assert!((1..=RULE_FAULTS).contains(&faults.0.len()), "{faults}");
    assert!(faults.0.is_sorted_by_key(|fault| fault.line), "{faults}");
    let lines = data.split(|byte| *byte == b'\n').count();
    for fault in &faults.0 {
        assert!((1..=lines).contains(&fault.line), "{fault}");
        assert!(!fault.key.is_empty() && !fault.reason.is_empty(), "{fault}");
        assert!(fault.reason.chars().count() < REASON_CHARS + data.len(), "{fault}");
    }
}
