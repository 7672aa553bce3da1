//! A household as it stands in a ledger.

use super::super::confided::Opened;
use super::super::seal::Keyring;
use crate::formats::SheetValue;
use crate::model::ledger::{Lang, LedgerField, outcome_word, status_word};
use crate::model::{Code, Household, Outcome};
use crate::state::{Eligible, State};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// What a ledger shows of a household, copied so that the lock is let go.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    /// As it would stand in a change.
    pub household: Household,
    /// Code and name of the lowest Area that it lies in.
    pub named: Option<(Code, Arc<str>)>,
    /// The visit that stands: its day, what came of it, who called.
    pub visit: Option<(Date, Outcome, String)>,
    /// What it confides; empty until [`Standing::open`].
    pub opened: Opened,
}

impl Standing {
    /// Copies what is needed.
    pub fn of(state: &State, one: &Eligible<'_>) -> Option<Standing> {
        let view = &one.household;
        let area = state.area_chain(view.area).next();
        let visit = one.visit.as_ref();
        Some(Standing {
            household: state.household_whole(view.code)?,
            named: area.map(|entry| (entry.area.code.clone(), entry.area.name.as_str().into())),
            visit: visit.map(|v| (v.at.to_zoned(TimeZone::system()).date(), v.outcome, v.by.to_owned())),
            opened: Opened::default(),
        })
    }

    /// Opens what it confides, as far as the keys at hand do. Without the lock.
    pub fn open(mut self, keys: &Keyring) -> Standing {
        self.opened = Opened::of(keys, self.household.code.as_str(), &self.household.confided);
        self
    }

    /// What stands in a field that a ledger changes, one text for one value.
    pub fn text(&self, field: LedgerField) -> Option<String> {
        match field.confided() {
            Some(confided) => self.opened.texts.get(confided).cloned(),
            None => field.of(&self.household),
        }
    }

    /// Whether something stands in a field that no key at hand opens.
    pub fn is_closed(&self, field: LedgerField) -> bool {
        let sealed = |confided| self.household.confided.get(confided).is_some();
        field.confided().is_some_and(|confided| sealed(confided) && self.opened.texts.get(confided).is_none())
    }

    /// What is written into a cell.
    #[allow(clippy::cast_precision_loss)] // some ten thousand lines
    pub fn shown(&self, field: LedgerField, lang: Lang, number: usize) -> SheetValue {
        match field {
            LedgerField::Number => SheetValue::Number(number as f64),
            LedgerField::Persons => {
                self.household.persons.map_or(SheetValue::Empty, |persons| SheetValue::Number(f64::from(persons)))
            }
            LedgerField::Status => SheetValue::Text(status_word(self.household.status, lang).to_owned()),
            LedgerField::CalledOn => self.visit.as_ref().map_or(SheetValue::Empty, |(day, ..)| SheetValue::Day(*day)),
            LedgerField::Blank => SheetValue::Empty,
            LedgerField::Area | LedgerField::AreaName | LedgerField::Outcome | LedgerField::Caller => {
                self.seen(field, lang).into()
            }
            LedgerField::Code | LedgerField::Address | LedgerField::Contact | LedgerField::Needs => {
                self.text(field).into()
            }
        }
    }

    /// What a person reads in a cell that no ledger changes.
    pub fn seen(&self, field: LedgerField, lang: Lang) -> Option<String> {
        match field {
            LedgerField::Area => self.named.as_ref().map(|(code, _)| code.to_string()),
            LedgerField::AreaName => self.named.as_ref().map(|(_, name)| name.to_string()),
            LedgerField::CalledOn => self.visit.as_ref().map(|(day, ..)| day.to_string()),
            LedgerField::Outcome => self.visit.as_ref().map(|(_, outcome, _)| outcome_word(*outcome, lang).to_owned()),
            LedgerField::Caller => self.visit.as_ref().map(|(.., by)| by.clone()),
            other => self.text(other),
        }
    }
}
