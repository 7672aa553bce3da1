//! A row seen by fields, whatever it is made of.

use super::super::RawFeature;
use super::super::feature::text;
use super::super::row::Cells;
use super::plan::{Pick, Plan};
use super::{Field, RowProblem};
use crate::model::{Code, ModelError};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::str::FromStr;

/// A row and where its fields are.
pub struct View<'a> {
    row: u64,
    plan: &'a Plan,
    body: Seen<'a>,
}

enum Seen<'a> {
    Cells(&'a Cells),
    Feature(&'a RawFeature),
}

impl<'a> View<'a> {
    /// Of a row of a table.
    pub fn of_cells(row: u64, plan: &'a Plan, cells: &'a Cells) -> View<'a> {
        View { row, plan, body: Seen::Cells(cells) }
    }

    /// Of a feature.
    pub fn of_feature(row: u64, plan: &'a Plan, feature: &'a RawFeature) -> View<'a> {
        View { row, plan, body: Seen::Feature(feature) }
    }

    /// The feature; `None` for a row of a table.
    pub fn feature(&self) -> Option<&'a RawFeature> {
        match self.body {
            Seen::Cells(_) => None,
            Seen::Feature(feature) => Some(feature),
        }
    }

    /// A field's text without white space around it; `None` where it is empty or absent.
    pub fn get(&self, field: Field) -> Option<Cow<'a, str>> {
        let found = match (self.plan.pick(field), &self.body) {
            (Pick::Constant(value), _) => Some(Cow::Borrowed(value.as_str())),
            (Pick::Column(i), Seen::Cells(cells)) => cells.get(*i).map(Cow::Borrowed),
            (Pick::Names(names), Seen::Feature(feature)) => {
                let property = names.iter().find_map(|name| property(&feature.properties, name));
                let own = || (field == Field::Code).then_some(feature.id.as_ref()).flatten();
                property.and_then(text).or_else(|| own().and_then(text))
            }
            (Pick::Nothing, _) | (Pick::Column(_), Seen::Feature(_)) | (Pick::Names(_), Seen::Cells(_)) => None,
        };
        trimmed(found?)
    }

    /// A field's text, a list's texts as a line each; `None` where it is empty or absent. Refuses what is neither, without
    /// repeating it.
    pub fn lines(&self, field: Field) -> Result<Option<Cow<'a, str>>, RowProblem> {
        let (Pick::Names(names), Seen::Feature(feature)) = (self.plan.pick(field), &self.body) else {
            return Ok(self.get(field));
        };
        let Some(property) = names.iter().find_map(|name| property(&feature.properties, name)) else { return Ok(None) };
        let refuse = || self.problem(field, "…", "is not a text or a list of texts");
        let Value::Array(list) = property else {
            return text(property).ok_or_else(refuse).map(trimmed);
        };
        let lines: Option<Vec<Cow<'_, str>>> = list.iter().map(text).collect();
        Ok(trimmed(Cow::Owned(lines.ok_or_else(refuse)?.join("\n"))))
    }

    /// The code, which every row needs.
    pub fn code(&self) -> Result<Code, RowProblem> {
        let Some(code) = self.get(Field::Code) else {
            let there = match &self.body {
                Seen::Cells(_) => String::new(),
                Seen::Feature(f) if f.properties.is_empty() => "; it has no properties".to_owned(),
                Seen::Feature(f) => {
                    let names: Vec<&str> = f.properties.keys().map(String::as_str).take(20).collect();
                    format!("; name its property with --map code=PROPERTY, it has: {}", names.join(", "))
                }
            };
            return Err(self.problem(Field::Code, "", format!("no code{there}")));
        };
        Code::new(&code).map_err(|e| self.problem(Field::Code, &code, format!("is not {}", e.expected)))
    }

    /// A field as one of the model's names; `None` where it is empty.
    pub fn parsed<T: FromStr<Err = ModelError>>(&self, field: Field) -> Result<Option<T>, RowProblem> {
        let Some(value) = self.get(field) else { return Ok(None) };
        value.parse().map(Some).map_err(|e: ModelError| self.problem(field, &value, format!("is not {}", e.expected)))
    }

    /// The column or property that a field stands in; the field's own name where it stands in none.
    pub fn column(&self, field: Field) -> &str {
        self.plan.column_name(field)
    }

    /// A problem with a field's value.
    pub fn problem(&self, field: Field, value: &str, reason: impl Into<String>) -> RowProblem {
        RowProblem::new(self.row, self.plan.column_name(field), value, reason)
    }

    /// A problem with two fields together, such as a position.
    pub fn problem_of(&self, fields: [Field; 2], value: &str, reason: impl Into<String>) -> RowProblem {
        let column = fields.map(|field| self.plan.column_name(field)).join(",");
        RowProblem::new(self.row, &column, value, reason)
    }

    /// A problem with the geometry, the declared CRS, or what else is no field.
    pub fn problem_in(&self, what: &str, value: &str, reason: impl Into<String>) -> RowProblem {
        RowProblem::new(self.row, what, value, reason)
    }

    /// What the model refused.
    pub fn refused(&self, error: &ModelError) -> RowProblem {
        RowProblem::model(self.row, error)
    }

    /// Scalars by name that are not in one of `fields`; for a table as text, empty cells left out.
    pub fn rest(&self, fields: &[Field]) -> Map<String, Value> {
        match &self.body {
            Seen::Cells(cells) => {
                let used = |i: usize| fields.iter().any(|f| *self.plan.pick(*f) == Pick::Column(i));
                let named = self.plan.columns().iter().enumerate().filter(|(i, _)| !used(*i));
                let filled = named.filter_map(|(i, name)| Some((name, trimmed(Cow::Borrowed(cells.get(i)?))?)));
                filled.map(|(name, value)| (name.clone(), Value::from(value.into_owned()))).collect()
            }
            Seen::Feature(feature) => {
                let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
                let used = |name: &str| fields.iter().any(|f| self.stands_in(*f, name));
                let kept = feature.properties.iter().filter(|(name, value)| scalar(value) && !used(name));
                kept.map(|(name, value)| (name.clone(), value.clone())).collect()
            }
        }
    }

    fn stands_in(&self, field: Field, property_name: &str) -> bool {
        let (Pick::Names(names), Seen::Feature(feature)) = (self.plan.pick(field), &self.body) else { return false };
        let first = names.iter().find(|name| property(&feature.properties, name).is_some());
        first.is_some_and(|name| name.eq_ignore_ascii_case(property_name))
    }
}

fn trimmed(value: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let kept = value.trim().len();
    match value {
        _ if kept == 0 => None,
        whole if whole.len() == kept => Some(whole),
        Cow::Borrowed(part) => Some(Cow::Borrowed(part.trim())),
        Cow::Owned(part) => Some(Cow::Owned(part.trim().to_owned())),
    }
}

/// A property by its name as it stands, or else whatever its case; one that is null is not there.
fn property<'a>(properties: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let exact = properties.get(name);
    let any = || properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    exact.or_else(any).filter(|value| !value.is_null())
}
