//! A TOML document as a cursor that knows where each value stands, so that what is wrong is told by file, line and key.

use crate::formats::error::quoted;
use crate::formats::limits::{RULE_FAULTS, RULE_FILE_BYTES};
use crate::model::ModelError;
use crate::model::rule::{Length, LengthUnit};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong with one value of a file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}: {key}: {reason}")]
pub struct RuleProblem {
    /// The file, as it was called.
    pub file: String,
    /// Which line, counted from 1.
    pub line: usize,
    /// The key with those that it lies in: `rule.junction.distance`.
    pub key: String,
    /// What is wrong, and what was expected.
    pub reason: String,
}

/// All that is wrong with a file, in its order; never nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct RuleFaults(pub Vec<RuleProblem>);

impl RuleFaults {
    /// In the order of their lines, as many as somebody reads.
    pub(super) fn of(mut faults: Vec<RuleProblem>) -> RuleFaults {
        faults.sort_by_key(|fault| fault.line);
        faults.truncate(RULE_FAULTS);
        RuleFaults(faults)
    }
}

impl fmt::Display for RuleFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// A document and what it is called.
pub struct Sheet<'i> {
    file: &'i str,
    text: &'i str,
}

impl<'i> Sheet<'i> {
    /// Refuses what is too long or no text.
    pub fn of(file: &'i str, bytes: &'i [u8]) -> Result<Sheet<'i>, RuleFaults> {
        let refuse = |line, reason: String| {
            RuleFaults(vec![RuleProblem { file: file.to_owned(), line, key: "file".into(), reason }])
        };
        if bytes.len() > RULE_FILE_BYTES {
            return Err(refuse(1, format!("has {} bytes: at most {RULE_FILE_BYTES} are read", bytes.len())));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Sheet { file, text }),
            Err(e) => {
                let line = last_line(&bytes[..e.valid_up_to()]);
                Err(refuse(line, "is not text in UTF-8".into()))
            }
        }
    }

    /// Its whole table. Refuses what is no TOML, with all that the parser finds.
    pub fn open(&self) -> Result<Section<'_, 'i>, RuleFaults> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() {
            let (path, at) = (String::new(), 0);
            return Ok(Section { sheet: self, path, at, table: table.into_inner(), asked: Vec::new() });
        }
        // A line is counted for each: no more of them than are told.
        let faults = errors.iter().take(RULE_FAULTS).map(|e| {
            let at = e.span().map_or(0, |span| span.start);
            self.fault(at, "file".into(), format!("cannot be read as TOML: {}", e.message()))
        });
        Err(RuleFaults::of(faults.collect()))
    }

    /// A fault at a byte.
    pub fn fault(&self, at: usize, key: String, reason: String) -> RuleProblem {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        let line = last_line(before);
        RuleProblem { file: self.file.to_owned(), line, key, reason }
    }
}

/// A table, of which what was not yet read is left.
pub struct Section<'s, 'i> {
    sheet: &'s Sheet<'i>,
    /// Keys down to it, each with a point behind.
    path: String,
    at: usize,
    table: DeTable<'i>,
    /// Keys that were asked for, and where the value of each stands.
    asked: Vec<(&'static str, Option<usize>)>,
}

impl<'s, 'i> Section<'s, 'i> {
    /// Where it begins, bytes.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The last of its keys.
    pub fn name(&self) -> &str {
        let path = self.path.trim_end_matches('.');
        path.rsplit('.').next().unwrap_or(path)
    }

    /// Whether it has a key.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// What stands under a key; the key counts as known from now on.
    pub fn take(&mut self, key: &'static str) -> Option<Entry<'s, 'i>> {
        let found = self.table.remove_entry(key);
        self.asked.push((key, found.as_ref().map(|(_, value)| value.span().start)));
        found.map(|(name, value)| self.entry(&name, value))
    }

    /// The same of a key that must be there.
    pub fn need(&mut self, key: &'static str, expected: &str) -> Result<Entry<'s, 'i>, RuleProblem> {
        self.take(key).ok_or_else(|| self.fault(key, &format!("is not there: expected {expected}")))
    }

    /// Refuses keys that nobody asked for.
    pub fn end(&self) -> Result<(), RuleProblem> {
        let Some((name, _)) = self.table.iter().min_by_key(|(name, _)| name.span().start) else { return Ok(()) };
        let asked: Vec<&str> = self.asked.iter().map(|(key, _)| *key).collect();
        let reason = format!("is not known here: expected one of {}", asked.join(", "));
        Err(self.sheet.fault(name.span().start, self.key(name.get_ref()), reason))
    }

    /// All that is left as tables, in the order of the file; `what` is what their keys name.
    pub fn sections(self, what: &str) -> impl Iterator<Item = Result<Section<'s, 'i>, RuleProblem>> {
        let Section { sheet, path, at, table, .. } = self;
        let shell = Section { sheet, path, at, table: DeTable::new(), asked: Vec::new() };
        let mut all: Vec<_> = table.into_iter().collect();
        all.sort_by_key(|(name, _)| name.span().start);
        let of = move |(name, value): (Spanned<_>, Spanned<DeValue<'i>>)| {
            let entry = shell.entry(&name, value);
            entry.section().map_err(|fault| RuleProblem { reason: format!("{} for the {what}", fault.reason), ..fault })
        };
        all.into_iter().map(of)
    }

    /// A fault of a key that is not there.
    pub fn fault(&self, key: &str, reason: &str) -> RuleProblem {
        self.sheet.fault(self.at, self.key(key), reason.to_owned())
    }

    /// A refusal by the model: of the value that it names where that was read from here, else of the whole.
    pub fn refused(&self, error: &ModelError) -> RuleProblem {
        let asked = self.asked.iter().find(|(key, _)| *key == error.field);
        let (key, at) = match asked {
            Some((key, at)) => (self.key(key), at.unwrap_or(self.at)),
            None if self.path.is_empty() => (error.field.to_owned(), self.at),
            None => (self.path.trim_end_matches('.').to_owned(), self.at),
        };
        self.sheet.fault(at, key, refusal(error))
    }

    fn key(&self, name: &str) -> String {
        format!("{}{}", self.path, quoted(&name.escape_debug().to_string()))
    }

    fn entry(&self, name: &Spanned<std::borrow::Cow<'i, str>>, value: Spanned<DeValue<'i>>) -> Entry<'s, 'i> {
        let (key, at) = (self.key(name.get_ref()), name.span().start);
        Entry { sheet: self.sheet, key, at, value_at: value.span().start, value: value.into_inner() }
    }
}

/// A value with its key.
pub struct Entry<'s, 'i> {
    sheet: &'s Sheet<'i>,
    key: String,
    at: usize,
    value_at: usize,
    value: DeValue<'i>,
}

impl<'s, 'i> Entry<'s, 'i> {
    /// A fault of it.
    pub fn fault(&self, reason: String) -> RuleProblem {
        self.sheet.fault(self.value_at, self.key.clone(), reason)
    }

    /// A refusal by the model, of it.
    pub fn refused(&self, error: &ModelError) -> RuleProblem {
        self.fault(refusal(error))
    }

    fn other(&self, expected: &str) -> RuleProblem {
        self.fault(format!("{} is not {expected}", shown(&self.value)))
    }

    /// Whether it is this text.
    pub fn is_text(&self, text: &str) -> bool {
        matches!(&self.value, DeValue::String(own) if own == text)
    }

    /// A text.
    pub fn text(&self) -> Result<String, RuleProblem> {
        match &self.value {
            DeValue::String(text) => Ok(text.clone().into_owned()),
            _ => Err(self.other("a text")),
        }
    }

    /// A text that is a value of the model.
    pub fn parsed<T: FromStr<Err = ModelError>>(&self) -> Result<T, RuleProblem> {
        self.text()?.parse().map_err(|e| self.refused(&e))
    }

    /// `true` or `false`.
    pub fn flag(&self) -> Result<bool, RuleProblem> {
        match self.value {
            DeValue::Boolean(flag) => Ok(flag),
            _ => Err(self.other("true or false")),
        }
    }

    /// A whole number that its type can hold.
    pub fn whole<T: TryFrom<i64>>(&self, expected: &str) -> Result<T, RuleProblem> {
        let number = match &self.value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| self.other(expected))
    }

    /// A length with its unit, or a number of metres where the set is written in metres. `None` takes either.
    pub fn length(&self, unit: Option<LengthUnit>) -> Result<Length, RuleProblem> {
        let number = match &self.value {
            DeValue::String(_) => return self.parsed(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse::<f64>().ok(),
            DeValue::Float(number) => number.as_str().parse::<f64>().ok().filter(|number| number.is_finite()),
            _ => None,
        };
        let number = number.ok_or_else(|| self.other("a length such as \"3.66 m\" or \"12 ft\""))?;
        match unit {
            None | Some(LengthUnit::Metre) => Length::new(number, LengthUnit::Metre).map_err(|e| self.refused(&e)),
            Some(unit) => Err(self.other(&format!(
                "a length with its unit: this set is written in {0}, so that {number} could be metres or {0}",
                unit.as_str()
            ))),
        }
    }

    /// A list, each of it with the key of the whole.
    pub fn list(&self) -> Result<Vec<Entry<'s, 'i>>, RuleProblem> {
        let DeValue::Array(all) = &self.value else { return Err(self.other("a list in [ ]")) };
        let one = |value: &Spanned<DeValue<'i>>| Entry {
            sheet: self.sheet,
            key: self.key.clone(),
            at: self.at,
            value_at: value.span().start,
            value: value.get_ref().clone(),
        };
        Ok(all.iter().map(one).collect())
    }

    /// A list of values of the model.
    pub fn parsed_list<T: FromStr<Err = ModelError>>(&self) -> Result<Vec<T>, RuleProblem> {
        self.list()?.iter().map(Entry::parsed).collect()
    }

    /// A table.
    pub fn section(self) -> Result<Section<'s, 'i>, RuleProblem> {
        match self.value {
            DeValue::Table(table) => {
                let path = format!("{}.", self.key);
                Ok(Section { sheet: self.sheet, path, at: self.at, table, asked: Vec::new() })
            }
            _ => Err(self.other("a table")),
        }
    }
}

/// The number of the line in which a text ends, counted from 1.
fn last_line(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').count()
}

fn refusal(error: &ModelError) -> String {
    format!("'{}' is not {}", error.value, error.expected)
}

/// A value as a refusal quotes it.
fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("'{}'", quoted(&text.escape_debug().to_string())),
        DeValue::Integer(number) => quoted(&number.to_string()),
        DeValue::Float(number) => quoted(&number.to_string()),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".into(),
        DeValue::Table(_) => "a table".into(),
    }
}
