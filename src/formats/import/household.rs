//! A row as a household.

use super::place::Place;
use super::view::View;
use super::{Field, Outcome, RowProblem};
use crate::model::{Change, Household};

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
        })
    };
    let household = household().map_err(|problem| problem.of(code.as_str()))?;
    Ok(Outcome { change: Change::HouseholdPut(household), repaired: None })
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
