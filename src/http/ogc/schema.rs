//! What an item holds, what filters may name and what items may be sorted by, as JSON Schema 2020-12.

use super::collections::SCHEMA;
use super::document::{Form, form};
use super::html;
use super::landing::FormParams;
use crate::app::{App, Caller};
use crate::http::door::base as origin;
use crate::http::extract::{Params, Path};
use crate::http::problem::Problem;
use crate::model::collection::{Collection, CollectionField, FieldRole, GEOMETRY};
use crate::model::filter::Kind;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde_json::{Map, Value, json};

/// Which fields a document lists; its URL ends with the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// What filters may name.
    Queryables,
    /// What items may be sorted by.
    Sortables,
    /// What an item holds.
    Schema,
}

impl Listed {
    /// All of them.
    pub const ALL: [Listed; 3] = [Listed::Queryables, Listed::Sortables, Listed::Schema];

    /// As the URL ends.
    pub fn as_str(self) -> &'static str {
        match self {
            Listed::Queryables => "queryables",
            Listed::Sortables => "sortables",
            Listed::Schema => "schema",
        }
    }

    fn lists(self, field: &CollectionField) -> bool {
        match self {
            Listed::Queryables => field.is_asked(),
            Listed::Sortables => field.is_asked() && field.kind != Kind::Geometry,
            Listed::Schema => true,
        }
    }

    fn answer(
        self,
        app: &App,
        caller: &Caller,
        headers: &HeaderMap,
        name: &str,
        asked: Option<&str>,
    ) -> Result<Response, Problem> {
        let form = form(asked, headers, &Form::DOCUMENT)?;
        let collection = app.collection(caller, name)?;
        let mut fields = app.collection_fields(caller, collection);
        fields.retain(|field| self.lists(field));
        let head = [(header::VARY, "Accept, Authorization, Cookie"), (header::CACHE_CONTROL, "no-cache")];
        if form == Form::Html {
            let page = html::fields(collection, self.as_str(), &fields);
            return Ok((head, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response());
        }
        let id = format!("{}/ogc/collections/{}/{}", origin(headers), collection.as_str(), self.as_str());
        let properties: Map<String, Value> =
            fields.iter().map(|f| (f.name.to_owned(), property(collection, f))).collect();
        let document = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": id,
            "type": "object",
            "title": collection.title(),
            "description": collection.description(),
            "properties": properties,
            "additionalProperties": false,
        });
        Ok((head, [(header::CONTENT_TYPE, SCHEMA)], document.to_string()).into_response())
    }
}

/// The handler of one of these documents.
pub fn document(listed: Listed) -> MethodRouter<App> {
    get(
        async move |State(app): State<App>,
                    caller: Caller,
                    headers: HeaderMap,
                    Path(name): Path<String>,
                    Params(params): Params<FormParams>| {
            listed.answer(&app, &caller, &headers, &name, params.f.as_deref())
        },
    )
}

/// A field's schema.
pub fn property(collection: Collection, field: &CollectionField) -> Value {
    let mut schema = match field.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Instant => json!({ "type": "string", "format": "date-time" }),
        Kind::Geometry => json!({ "format": match collection {
            Collection::Areas | Collection::Zones => "geometry-multipolygon",
            Collection::Households | Collection::Visits => "geometry-point",
            Collection::Context | Collection::Spots => "geometry-any",
        } }),
    };
    schema["title"] = json!(field.title);
    let role = match field.role {
        FieldRole::Id => Some("id"),
        FieldRole::Geometry => Some("primary-geometry"),
        FieldRole::Start if collection.place(FieldRole::End).is_some() => Some("primary-interval-start"),
        FieldRole::Start => Some("primary-instant"),
        FieldRole::End => Some("primary-interval-end"),
        FieldRole::OneOf(values) => {
            schema["enum"] = json!(values());
            None
        }
        FieldRole::Kept => {
            schema["readOnly"] = json!(true);
            None
        }
        FieldRole::Property | FieldRole::Confided => None,
    };
    if let Some(role) = role {
        schema["x-ogc-role"] = json!(role);
    }
    let at = collection.fields().iter().position(|f| f.name == field.name).unwrap_or(GEOMETRY);
    schema["x-ogc-propertySeq"] = json!(at + 1);
    schema
}
