//! What people write into the cells of a ledger, read as the map keeps it.

use super::words::status_of;
use super::{CellFault, LedgerField};
use crate::model::{ConfidedField, Household, Status};
use jiff::civil::Date;

/// Longest address that a ledger brings, characters.
const LONGEST_ADDRESS: usize = 200;
/// Most persons of one household that a ledger brings: a typing error has more.
const MOST_PERSONS: u16 = 999;
/// What stands behind a number of persons.
const COUNTED: [&str; 5] = ["人", "口", "persons", "people", "person"];

impl LedgerField {
    /// A text of a cell as the map keeps it: one text for one value, so that equal texts mean that nothing changed; `None` for
    /// nothing. A fault does not repeat the text.
    ///
    /// ```
    /// use melonmap::model::ledger::LedgerField::{Address, Persons, Status};
    /// assert_eq!(Persons.read("３人").unwrap().as_deref(), Some("3"));
    /// assert_eq!(Status.read("空户").unwrap().as_deref(), Some("vacant"));
    /// assert_eq!(Address.read("  ").unwrap(), None);
    /// assert_eq!(Persons.read("drei").unwrap_err().to_string(), "expected a whole number from 0 to 999");
    /// ```
    ///
    /// # Panics
    /// For a field that no ledger changes.
    pub fn read(self, text: &str) -> Result<Option<String>, CellFault> {
        match self {
            LedgerField::Address => address(text),
            LedgerField::Persons => persons(text),
            LedgerField::Status => {
                let words = || CellFault::NotStatus { words: Status::ALL.into_iter().map(Status::as_str).collect() };
                status_of(text).map(|status| Some(status.as_str().to_owned())).ok_or_else(words)
            }
            LedgerField::Contact => confided(ConfidedField::Contact, text),
            LedgerField::Needs => confided(ConfidedField::Needs, text),
            other => panic!("no ledger changes {}", other.as_str()),
        }
    }

    /// What is kept of a household in this field, as [`LedgerField::read`] writes it; `None` too for what is confided.
    #[must_use]
    pub fn of(self, household: &Household) -> Option<String> {
        match self {
            LedgerField::Code => Some(household.code.to_string()),
            LedgerField::Address => household.address.clone(),
            LedgerField::Persons => household.persons.map(|persons| persons.to_string()),
            LedgerField::Status => Some(household.status.as_str().to_owned()),
            _ => None,
        }
    }

    /// The field of what is confided, if it is one.
    #[must_use]
    pub fn confided(self) -> Option<ConfidedField> {
        match self {
            LedgerField::Contact => Some(ConfidedField::Contact),
            LedgerField::Needs => Some(ConfidedField::Needs),
            _ => None,
        }
    }
}

fn address(text: &str) -> Result<Option<String>, CellFault> {
    let text = text.trim();
    let length = text.chars().count();
    if length > LONGEST_ADDRESS || text.chars().any(char::is_control) {
        return Err(CellFault::NotLine { longest: LONGEST_ADDRESS });
    }
    Ok((length > 0).then(|| text.to_owned()))
}

fn persons(text: &str) -> Result<Option<String>, CellFault> {
    let narrow: String = text.trim().chars().map(narrow).collect();
    let bare = COUNTED.iter().find_map(|word| narrow.strip_suffix(word)).unwrap_or(&narrow).trim();
    if bare.is_empty() && narrow.is_empty() {
        return Ok(None);
    }
    let digits = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
    let number = bare.parse::<u16>().ok().filter(|n| digits && *n <= MOST_PERSONS);
    number.map(|n| Some(n.to_string())).ok_or(CellFault::NotPersons { least: 0, most: MOST_PERSONS })
}

fn confided(field: ConfidedField, text: &str) -> Result<Option<String>, CellFault> {
    let longest = field.longest();
    field.check(text).map_err(|_| match field {
        ConfidedField::Contact => CellFault::NotLine { longest },
        ConfidedField::Needs => CellFault::NotLines { longest },
    })
}

/// The ASCII form of a digit of full width.
fn narrow(c: char) -> char {
    let digit = u32::from(c).checked_sub(u32::from('０')).filter(|n| *n < 10);
    digit.and_then(|n| char::from_digit(n, 10)).unwrap_or(c)
}

/// The day that a text says: year first with `-`, `/`, `.` or 年月日 between, or day first with dots.
///
/// Two numbers before a year with slashes are a day and a month in one country and a month and a day in another: not read.
///
/// ```
/// use jiff::civil::date;
/// use melonmap::model::ledger::day_of_text;
/// for text in ["2026-10-05", "2026/10/5", "2026.10.05", "2026年10月5日", "5.10.2026", "2026-10-05 08:30:00"] {
///     assert_eq!(day_of_text(text), Some(date(2026, 10, 5)), "{text}");
/// }
/// for text in ["10/5/2026", "2026-13-01", "yesterday", "2026", "5.10.26"] {
///     assert_eq!(day_of_text(text), None, "{text}");
/// }
/// ```
#[must_use]
pub fn day_of_text(text: &str) -> Option<Date> {
    let narrow: String = text.trim().chars().map(narrow).collect();
    // A time behind the day does not matter to the day.
    let day = narrow.split([' ', 'T']).next().filter(|day| !day.is_empty())?;
    let marks: String = day.chars().filter(|c| !c.is_ascii_digit()).collect();
    let parts: Vec<&str> = day.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = parts[..] else { return None };
    let year_first = ["--", "//", "..", "年月日", "年月", "年月号"].contains(&marks.as_str()) && a.len() == 4;
    let day_first = marks == ".." && c.len() == 4;
    let (year, month, of_month) = match () {
        () if year_first => (a, b, c),
        () if day_first => (c, b, a),
        () => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, of_month.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_for_a_number_of_persons_is_read_or_refused_whole() {
        for (text, read) in [
            ("4", Some("4")),
            (" 04 ", Some("4")),
            ("4人", Some("4")),
            ("４口", Some("4")),
            ("4 people", Some("4")),
            ("0", Some("0")),
            ("", None),
            ("  ", None),
        ] {
            assert_eq!(persons(text).unwrap().as_deref(), read, "{text:?}");
        }
        for text in ["-3", "3.5", "drei", "1000", "70000", "3-4", "人", "+3", "3,4"] {
            assert_eq!(persons(text), Err(CellFault::NotPersons { least: 0, most: 999 }), "{text:?}");
        }
    }

    #[test]
    fn an_address_is_one_line_and_a_status_is_never_nothing() {
        assert_eq!(address(" 西瓜路 1 ").unwrap().as_deref(), Some("西瓜路 1"));
        assert!(address("a\nb").is_err() && address(&"x".repeat(201)).is_err());
        assert!(LedgerField::Status.read("").is_err());
    }

    #[test]
    fn what_is_confided_is_not_repeated_by_a_refusal() {
        let secret = "7".repeat(201);
        let fault = LedgerField::Contact.read(&secret).unwrap_err();
        assert!(!fault.to_string().contains("777"), "{fault}");
        assert_eq!(fault, CellFault::NotLine { longest: ConfidedField::Contact.longest() });
    }
}
