//! A ledger back in, its second step: what a person decided.

use super::super::{App, AppError, Caller, Expects, Outcome, Print};
use super::report::ChangedField;
use super::standing::Standing;
use crate::model::ledger::{LedgerField, LedgerUse};
use crate::model::{Change, Code, Household, ModelError, Right};
use crate::state::Eligible;

/// What a person decided about one household.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Which.
    pub code: Code,
    /// Value by value.
    pub fields: Vec<DecidedField>,
}

/// What a person decided about one value.
#[derive(Debug, Clone)]
pub struct DecidedField {
    /// Which.
    pub field: LedgerField,
    /// What stood on the map when the person decided.
    pub from: Option<String>,
    /// What is to stand there; `None` is nothing.
    pub to: Option<String>,
}

/// What became of one household.
#[derive(Debug, Clone, PartialEq)]
pub enum LedgerApplied {
    /// It is durable.
    Stored,
    /// The map says so already.
    Same,
    /// Something else stands on the map than the person saw: these values. Nothing of the household was changed.
    Conflict(Vec<ChangedField>),
    /// It cannot be.
    Refused(ModelError),
}

/// A change that is ready, or what became of a household without one.
type Ready = Result<(Change, Print), LedgerApplied>;

impl App {
    /// Stores what a person decided, each household by itself and as a whole. What stands on the map by then is compared with what the
    /// person saw, by the writer itself: nothing is overwritten unseen.
    pub async fn apply_ledger(&self, caller: &Caller, rows: Vec<Decided>) -> Result<Vec<LedgerApplied>, AppError> {
        caller.require(Right::Ledger)?;
        let asking = caller.clone();
        let ready: Vec<Ready> = self
            .work(move |app| -> Result<Vec<Ready>, AppError> {
                let standing: Vec<Option<Standing>> = {
                    let state = app.state.read();
                    let scope = asking.scope(&state, Right::Ledger)?;
                    let one = |row: &Decided| {
                        let household = state.household(row.code.as_str()).filter(|h| scope.holds(h.area))?;
                        Standing::of(&state, &Eligible { household, visit: None })
                    };
                    rows.iter().map(one).collect()
                };
                Ok(rows.iter().zip(standing).map(|(row, standing)| app.ready_row(row, standing)).collect())
            })
            .await??;
        let mut applied: Vec<Option<LedgerApplied>> = Vec::with_capacity(ready.len());
        let mut changes = Vec::new();
        for one in ready {
            match one {
                Ok((change, print)) => {
                    changes.push((change, Expects::Standing(print)));
                    applied.push(None);
                }
                Err(outcome) => applied.push(Some(outcome)),
            }
        }
        let mut outcomes = if changes.is_empty() {
            Vec::new().into_iter()
        } else {
            self.commit_expecting(&caller.author(), changes).await?.into_iter()
        };
        let became = |one: Option<LedgerApplied>| {
            one.unwrap_or_else(|| match outcomes.next().expect("one outcome for each change that was sent") {
                Outcome::Stored(_) => LedgerApplied::Stored,
                Outcome::Same => LedgerApplied::Same,
                Outcome::Refused(refusal) => LedgerApplied::Refused(refusal),
                Outcome::Overtaken | Outcome::Conflict { .. } | Outcome::Gone => LedgerApplied::Conflict(Vec::new()),
            })
        };
        Ok(applied.into_iter().map(became).collect())
    }

    /// The change that a decision asks for.
    fn ready_row(&self, row: &Decided, standing: Option<Standing>) -> Ready {
        // A household of others and one that does not exist are told apart by nobody.
        let unknown = || {
            LedgerApplied::Refused(ModelError::new("code", &row.code, "the code of a known household in your areas"))
        };
        let standing = standing.ok_or_else(unknown)?.open(&self.keys);
        let mut household = standing.household.clone();
        let mut conflicts = Vec::new();
        for decided in &row.fields {
            let field = decided.field;
            if field.used() != LedgerUse::Taken {
                let expected = "a field that a ledger changes: address, persons, status, contact, needs";
                return Err(LedgerApplied::Refused(ModelError::new("field", field.as_str(), expected)));
            }
            let (map, is_closed) = (standing.text(field), standing.is_closed(field));
            if map != decided.from || is_closed {
                let (cell, ledger) = (String::new(), decided.to.clone());
                conflicts.push(ChangedField { field, cell, map, ledger, before: Some(decided.from.clone()) });
                continue;
            }
            self.set(&mut household, field, decided.to.as_deref()).map_err(LedgerApplied::Refused)?;
        }
        if !conflicts.is_empty() {
            return Err(LedgerApplied::Conflict(conflicts));
        }
        let print = Print::of(&Change::HouseholdPut(standing.household));
        Ok((Change::HouseholdPut(household), print))
    }

    fn set(&self, household: &mut Household, field: LedgerField, to: Option<&str>) -> Result<(), ModelError> {
        let to = to.unwrap_or_default();
        let value = field.read(to).map_err(|fault| fault.refusal(field, to))?;
        match field {
            LedgerField::Address => household.address = value,
            LedgerField::Persons => household.persons = value.and_then(|persons| persons.parse().ok()),
            LedgerField::Status => household.status = value.as_deref().unwrap_or_default().parse()?,
            LedgerField::Contact | LedgerField::Needs => {
                let confided = field.confided().expect("both are");
                let seal = |text: String| {
                    let sealed = self.keys.seal(&household.code, confided, &text);
                    sealed
                        .ok_or_else(|| ModelError::new(field.as_str(), "…", "kept sealed, and the service has no key"))
                };
                let sealed = value.map(seal).transpose()?;
                match field {
                    LedgerField::Contact => household.confided.contact = sealed,
                    _ => household.confided.needs = sealed,
                }
            }
            _ => {}
        }
        Ok(())
    }
}
