//! A row as an area.

use super::place::{Place, kind};
use super::view::View;
use super::{Field, Outcome, RowProblem};
use crate::model::{Area, Change, Code, Confided};
use geo::{Geometry, MultiPolygon};
use jiff::civil::Date;

/// The area of a row.
pub fn convert(view: &View<'_>, place: &Place) -> Result<Outcome, RowProblem> {
    let code = view.code()?;
    read(view, place, &code).map_err(|problem| problem.of(code.as_str()))
}

fn read(view: &View<'_>, place: &Place, code: &Code) -> Result<Outcome, RowProblem> {
    let level = view.parsed(Field::Level)?.ok_or_else(|| {
        view.problem(Field::Level, "", "no level: name its property with --map level=PROPERTY, or --set level=grid")
    })?;
    let parent = match view.get(Field::Parent) {
        None => None,
        Some(parent) => {
            let refuse =
                |e: crate::model::ModelError| view.problem(Field::Parent, &parent, format!("is not {}", e.expected));
            Some(Code::new(&parent).map_err(refuse)?)
        }
    };
    let (geometry, repaired) = place.geometry(view)?;
    let geometry = match geometry {
        Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]),
        Geometry::MultiPolygon(polygons) => polygons,
        other => return Err(view.problem_in("geometry", kind(&other), "an area is a Polygon or MultiPolygon")),
    };
    let area = Area {
        code: code.clone(),
        name: view.get(Field::Name).map_or_else(|| code.to_string(), Into::into),
        level,
        parent,
        valid_from: day(view, Field::ValidFrom)?,
        valid_to: day(view, Field::ValidTo)?,
        geometry,
    };
    let area = area.check().map_err(|e| view.refused(&e))?;
    Ok(Outcome { change: Change::AreaPut(area), repaired, confided: Confided::default() })
}

fn day(view: &View<'_>, field: Field) -> Result<Option<Date>, RowProblem> {
    let Some(text) = view.get(field) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| view.problem(field, &text, "is not a day like 2026-10-05"))
}
