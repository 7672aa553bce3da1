//! Why what stands in a cell of a ledger is not taken.

use super::LedgerField;
use crate::model::ModelError;
use serde::Serialize;
use std::fmt;

/// Why what stands in a cell is not taken: the closed list. Documents write its kind, what was expected as values, and a sentence in
/// English; the page says it in its own languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "expected", rename_all = "snake_case")]
pub enum CellFault {
    /// The code is merged over several rows.
    CodeMerged,
    /// The household stands in a row above already.
    CodeRepeated {
        /// Counted from 1, as Excel does.
        first_row: u32,
    },
    /// It lies under a cell that is merged over several columns.
    Covered,
    /// A formula that was never worked out.
    NotWorkedOut,
    /// A formula that Excel could not work out, such as `#REF!`.
    FormulaError,
    /// A yes or no where a text belongs.
    YesOrNo,
    /// Excel has made a day of what was typed.
    BecameDay,
    /// A number that Excel has rounded.
    Rounded {
        /// How many of a number Excel keeps.
        digits: u8,
    },
    /// A text that says no day.
    NotDay,
    /// No number of persons.
    NotPersons {
        /// The fewest.
        least: u16,
        /// The most.
        most: u16,
    },
    /// No word for a status.
    NotStatus {
        /// The statuses, as documents write them; words for them in English and Chinese are taken.
        words: Vec<&'static str>,
    },
    /// A text that is too long, of several lines, or with control characters.
    NotLine {
        /// The most characters.
        longest: usize,
    },
    /// A text that is too long or has control characters other than the ends of lines.
    NotLines {
        /// The most characters.
        longest: usize,
    },
    /// It was changed in a column that the map does not take back.
    NotTaken,
    /// Something stands on the map that no key at hand opens.
    Sealed,
}

impl CellFault {
    /// All kinds, as documents write them.
    pub const KINDS: [&str; 15] = [
        "code_merged",
        "code_repeated",
        "covered",
        "not_worked_out",
        "formula_error",
        "yes_or_no",
        "became_day",
        "rounded",
        "not_day",
        "not_persons",
        "not_status",
        "not_line",
        "not_lines",
        "not_taken",
        "sealed",
    ];

    /// As documents write it, one of [`CellFault::KINDS`].
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            CellFault::CodeMerged => "code_merged",
            CellFault::CodeRepeated { .. } => "code_repeated",
            CellFault::Covered => "covered",
            CellFault::NotWorkedOut => "not_worked_out",
            CellFault::FormulaError => "formula_error",
            CellFault::YesOrNo => "yes_or_no",
            CellFault::BecameDay => "became_day",
            CellFault::Rounded { .. } => "rounded",
            CellFault::NotDay => "not_day",
            CellFault::NotPersons { .. } => "not_persons",
            CellFault::NotStatus { .. } => "not_status",
            CellFault::NotLine { .. } => "not_line",
            CellFault::NotLines { .. } => "not_lines",
            CellFault::NotTaken => "not_taken",
            CellFault::Sealed => "sealed",
        }
    }

    /// What would have been taken, where that can be said of a value; empty where the cell itself is at fault.
    fn expected(&self) -> String {
        match self {
            CellFault::NotDay => "a day, such as 2026-10-05, 2026年10月5日 or 5.10.2026".into(),
            CellFault::NotPersons { least, most } => format!("a whole number from {least} to {most}"),
            CellFault::NotStatus { words } => format!("one of {}, or their Chinese", words.join(", ")),
            CellFault::NotLine { longest } => {
                format!("one line of at most {longest} characters without control characters")
            }
            CellFault::NotLines { longest } => {
                format!("lines of at most {longest} characters without control characters")
            }
            _ => String::new(),
        }
    }

    /// The refusal of a text that was to be kept in a field. What is confided is not repeated.
    #[must_use]
    pub fn refusal(&self, field: LedgerField, text: &str) -> ModelError {
        if field.confided().is_some() {
            let length = text.trim().chars().count();
            return ModelError::new(field.as_str(), format!("{length} characters"), self.expected());
        }
        ModelError::new(field.as_str(), text.trim().escape_debug(), self.expected())
    }
}

impl fmt::Display for CellFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CellFault::CodeMerged => {
                "the code is merged over several rows: give each row its own, or delete the row"
            }
            CellFault::CodeRepeated { first_row } => {
                return write!(f, "this household stands in row {first_row} already: the row is not taken");
            }
            CellFault::Covered => "it lies under a cell that is merged over several columns: split that",
            CellFault::NotWorkedOut => "a formula that was never worked out: open the file in Excel and save it",
            CellFault::FormulaError => "Excel could not work it out",
            CellFault::YesOrNo => "a yes or no: expected a text",
            CellFault::BecameDay => "Excel has made a day of it: format the column as text and type it again",
            CellFault::Rounded { digits } => {
                return write!(
                    f,
                    "a number of more than {digits} digits, which Excel has rounded: format the column as text and type it again"
                );
            }
            CellFault::NotTaken => "the map does not take this column back: what was changed here is not stored",
            CellFault::Sealed => {
                "something stands here on the map that no key at hand opens: it is not overwritten unseen"
            }
            CellFault::NotDay
            | CellFault::NotPersons { .. }
            | CellFault::NotStatus { .. }
            | CellFault::NotLine { .. }
            | CellFault::NotLines { .. } => return write!(f, "expected {}", self.expected()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn one_of_each() -> [CellFault; 15] {
        [
            CellFault::CodeMerged,
            CellFault::CodeRepeated { first_row: 2 },
            CellFault::Covered,
            CellFault::NotWorkedOut,
            CellFault::FormulaError,
            CellFault::YesOrNo,
            CellFault::BecameDay,
            CellFault::Rounded { digits: 15 },
            CellFault::NotDay,
            CellFault::NotPersons { least: 0, most: 999 },
            CellFault::NotStatus { words: vec!["occupied", "vacant"] },
            CellFault::NotLine { longest: 200 },
            CellFault::NotLines { longest: 2_000 },
            CellFault::NotTaken,
            CellFault::Sealed,
        ]
    }

    #[test]
    fn every_kind_is_written_by_the_name_that_is_listed() {
        let written = one_of_each().map(|fault| serde_json::to_value(fault).unwrap()["kind"].clone());
        assert_eq!(written, CellFault::KINDS.map(|kind| json!(kind)));
        assert_eq!(one_of_each().map(|fault| fault.kind()), CellFault::KINDS);
    }

    #[test]
    fn what_was_expected_is_in_the_sentence_and_beside_the_kind() {
        let fault = CellFault::NotPersons { least: 0, most: 999 };
        assert_eq!(
            serde_json::to_value(&fault).unwrap(),
            json!({ "kind": "not_persons", "expected": { "least": 0, "most": 999 } })
        );
        assert_eq!(fault.to_string(), "expected a whole number from 0 to 999");
        assert_eq!(serde_json::to_value(CellFault::Covered).unwrap(), json!({ "kind": "covered" }));
    }

    #[test]
    fn a_refusal_names_field_value_and_expected_and_repeats_nothing_that_is_confided() {
        let refusal = CellFault::NotPersons { least: 0, most: 999 }.refusal(LedgerField::Persons, " drei ");
        assert_eq!(refusal.to_string(), "persons: 'drei' is not a whole number from 0 to 999");
        let refusal = CellFault::NotLine { longest: 200 }.refusal(LedgerField::Contact, &"7".repeat(201));
        assert_eq!((refusal.field, refusal.value.as_str()), ("contact", "201 characters"));
    }
}
