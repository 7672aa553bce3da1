//! A row as a context feature.

use super::super::feature::text;
use super::place::{Place, kind};
use super::view::View;
use super::{Field, Outcome, RowProblem};
use crate::model::{Change, Code, Confided, ContextClass, ContextFeature};
use geo::{Geometry, Point};
use serde_json::{Map, Value};

/// Fields that are tags, under one name whatever their column is called.
const TAGS: [Field; 3] = [Field::Width, Field::Lanes, Field::Sidewalk];

/// The context feature of a row; `None` where it lies outside of what is taken.
pub fn convert(view: &View<'_>, place: &Place) -> Result<Option<Outcome>, RowProblem> {
    let code = view.code()?;
    read(view, place, &code).map_err(|problem| problem.of(code.as_str()))
}

fn read(view: &View<'_>, place: &Place, code: &Code) -> Result<Option<Outcome>, RowProblem> {
    let geometry = match view.feature() {
        None => Geometry::Point(Point(place.position(view)?.coord())),
        Some(_) => place.located(view)?,
    };
    let within = place.within.as_deref();
    if within.is_some_and(|within| !within.may_touch(&geometry)) {
        return Ok(None);
    }
    let (geometry, repaired) = place.valid(view, geometry)?;
    if within.is_some_and(|within| !within.touches(&geometry)) {
        return Ok(None);
    }
    if let Geometry::GeometryCollection(_) = geometry {
        let reason = "a context feature is points, lines or polygons: write one feature for each";
        return Err(view.problem_in("geometry", kind(&geometry), reason));
    }
    let mut tags = view.rest(&[Field::Code, Field::Name, Field::Class, Field::X, Field::Y]);
    let written = join_key_and_value(&mut tags);
    name_tags(view, &mut tags);
    let tag = |key: &str| tags.get(key).and_then(Value::as_str);
    let (class, kind) = match view.parsed(Field::Class)? {
        Some(class) => (class, ""),
        None => ContextClass::of_osm(tag),
    };
    let kind = match kind {
        "" => own_kind(view, &mut tags).or(written).unwrap_or_default(),
        kind => kind.to_owned(),
    };
    let name = view.get(Field::Name).map(Into::into);
    let feature = ContextFeature { code: code.clone(), class, kind, name, tags, geometry };
    Ok(Some(Outcome { change: Change::ContextPut(Box::new(feature)), repaired, confided: Confided::default() }))
}

/// A tag that is written as two properties, `key` and `value`, becomes the one that it is; its value.
fn join_key_and_value(tags: &mut Map<String, Value>) -> Option<String> {
    let key = tags.get("key")?.as_str()?.to_owned();
    let value = tags.get("value")?.as_str()?.to_owned();
    tags.shift_remove("key");
    tags.shift_remove("value");
    tags.entry(key).or_insert_with(|| value.as_str().into());
    Some(value)
}

/// Tags whose columns are named otherwise, or that are the same for every row, get the names that rules know them by.
fn name_tags(view: &View<'_>, tags: &mut Map<String, Value>) {
    for field in TAGS {
        let Some(value) = view.get(field) else { continue };
        if tags.get(field.as_str()).and_then(text).is_some_and(|known| known == value) {
            continue;
        }
        tags.shift_remove(view.column(field));
        tags.insert(field.as_str().to_owned(), value.into_owned().into());
    }
}

/// The kind that the row itself names, where its tags say nothing.
fn own_kind(view: &View<'_>, tags: &mut Map<String, Value>) -> Option<String> {
    let kind = view.get(Field::Kind)?.into_owned();
    if tags.get("kind").and_then(Value::as_str) == Some(&kind) {
        tags.shift_remove("kind");
    }
    Some(kind)
}
