//! Polygons that bound what is asked for, from a file of their own.

use super::super::{FormatError, RowProblem, Rows};
use super::place::{Place, kind};
use super::plan::Plan;
use super::view::View;
use super::{ImportKind, Mapping};
use geo::{Geometry, MultiPolygon};

/// The polygons of a file in WGS 84, one for each of its features: at least one. Refuses the file for any feature that is none, or is
/// not valid.
pub fn outlines(rows: Rows) -> Result<Vec<MultiPolygon<f64>>, FormatError> {
    let plan = Plan::new(ImportKind::Context, &Mapping::default(), rows.header())?;
    let place = Place::new(None, false)?;
    let mut polygons = Vec::new();
    for row in rows {
        let row = row?;
        let Some(feature) = row.feature()? else {
            return Err(
                RowProblem::new(row.row, "geometry", "", "a table has no polygons: GeoJSON or FlatGeobuf").into()
            );
        };
        let view = View::of_feature(row.row, &plan, &feature);
        polygons.push(match place.geometry(&view)?.0 {
            Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]),
            Geometry::MultiPolygon(polygons) => polygons,
            other => return Err(view.problem_in("geometry", kind(&other), "is not a Polygon or MultiPolygon").into()),
        });
    }
    if polygons.is_empty() { Err(FormatError::Empty) } else { Ok(polygons) }
}
