//! A row as a household.

use super::place::Place;
use super::view::View;
use super::{Field, Outcome, RowProblem};
use crate::model::{Change, Confided, ConfidedField, Household};

/// The household of a row.
pub fn convert(view: &View<'_>, place: &Place) -> Result<Outcome, RowProblem> {
    let code = view.code()?;
    let household = || -> Result<Household, RowProblem> {
        let persons = match view.get(Field::Persons) {
            None => None,
            Some(text) => {
                let refuse = |_| view.problem(Field::Persons, &text, "is not a whole number from 0 to 65535");
                Some(text.parse::<u16>().map_err(refuse)?)
            }
        };
        Ok(Household {
            code: code.clone(),
            at: place.position(view)?,
            address: address(view),
            status: view.parsed(Field::Status)?.unwrap_or_default(),
            persons,
            confided: Confided::default(),
        })
    };
    let of_code = |problem: RowProblem| problem.of(code.as_str());
    let (household, confided) = (household().map_err(of_code)?, confided(view).map_err(of_code)?);
    Ok(Outcome { change: Change::HouseholdPut(household), repaired: None, confided })
}

/// What it confides. A refusal does not repeat it: reports are read by more people than households.
fn confided(view: &View<'_>) -> Result<Confided<String>, RowProblem> {
    let read = |field: Field, as_field: ConfidedField| {
        let Some(text) = view.lines(field)? else { return Ok(None) };
        as_field.check(&text).map_err(|e| view.problem(field, &e.value, format!("is not {}", e.expected)))
    };
    Ok(Confided {
        contact: read(Field::Contact, ConfidedField::Contact)?,
        needs: read(Field::Needs, ConfidedField::Needs)?,
    })
}

/// The address as it stands, or else street and number.
fn address(view: &View<'_>) -> Option<String> {
    if let Some(address) = view.get(Field::Address) {
        return Some(address.into_owned());
    }
    let street = view.get(Field::Street)?;
    Some(match view.get(Field::HouseNumber) {
        Some(number) => format!("{street} {number}"),
        None => street.into_owned(),
    })
}
