//! Files that hands and wires broke.

use super::{none, preset, presets};
use crate::formats::ruleset::{read_rule_set, read_widths, write_rule_set};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// Bytes lost, doubled, swapped for others of the file, and whole lines moved: what hands and wires do to a file.
#[test]
fn two_thousand_broken_presets_are_read_or_refused_with_file_line_and_key() {
    let mut random = SmallRng::seed_from_u64(20_261_122);
    let files = presets();
    let (mut read_anyway, mut refused) = (0, 0);
    for round in 0..2_000 {
        let (name, bytes) = &files[round % files.len()];
        let mut bytes = bytes.clone();
        for _ in 0..random.random_range(1..4) {
            let (at, other) = (random.random_range(0..bytes.len()), random.random_range(0..bytes.len()));
            let (from, to) = (at.min(other), at.max(other).min(at.min(other) + 200));
            match random.random_range(0..6) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes[at] = bytes[other],
                2 => bytes[at] = random.random(),
                3 => _ = bytes.drain(from..to),
                4 => {
                    let part = bytes[from..to].to_vec();
                    bytes.splice(at..at, part);
                }
                _ => {
                    let mut lines: Vec<Vec<u8>> = bytes.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
                    let (a, b) = (random.random_range(0..lines.len()), random.random_range(0..lines.len()));
                    lines.swap(a, b);
                    bytes = lines.join(&b'\n');
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        let result = if name == "widths.toml" {
            read_widths(name, &bytes).map(|_| ())
        } else {
            read_rule_set(name, &bytes, &preset).map(|set| {
                // What is taken is whole: it can be written and read again.
                let again = read_rule_set(name, write_rule_set(&set).as_bytes(), &none).unwrap();
                assert_eq!(again.rules(), set.rules());
                let values = set.rules().iter().flat_map(|rule| {
                    rule.requirement().terms().numbers().into_iter().map(|(_, n)| n.value).collect::<Vec<_>>()
                });
                assert!(values.into_iter().all(|value| value.is_finite() && value >= 0.0));
            })
        };
        match result {
            Ok(()) => read_anyway += 1,
            Err(faults) => {
                let lines = bytes.split(|byte| *byte == b'\n').count();
                assert!(!faults.0.is_empty());
                for fault in &faults.0 {
                    assert!(fault.file == *name && (1..=lines).contains(&fault.line), "{fault}");
                    assert!(!fault.key.is_empty() && !fault.reason.is_empty(), "{fault}");
                    assert!(fault.reason.chars().count() < 1_000, "{fault}");
                }
                refused += 1;
            }
        }
    }
    assert!(read_anyway > 100 && refused > 1_000, "{read_anyway} read, {refused} refused");
}
