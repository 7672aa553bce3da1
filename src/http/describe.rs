//! The description of every operation: OpenAPI 3.1, made from the table of operations and the registry of collections, as a document
//! and as a page.
//!
//! Schemas and examples are data beside this file; tests hold the one against the other, and real answers against the schemas.

mod page;

pub use page::render;

use super::door::base as origin;
use super::extract::Params;
use super::info::NoParams;
use super::ogc;
use super::operation::{About, Described, LEDGER_FILE, Operation, Parameter, RULE_TEXT, Takes, XLSX};
use super::routes::operations;
use crate::app::{App, Caller};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Media type of the document.
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.1";

static SCHEMAS: LazyLock<Map<String, Value>> = LazyLock::new(|| read(include_str!("describe/schemas.json")));
static EXAMPLES: LazyLock<Map<String, Value>> = LazyLock::new(|| read(include_str!("describe/examples.json")));

fn read(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).expect("a file of this program, read by its tests")
}

/// The example of a name; null without one.
pub fn example_of(name: &str) -> Value {
    EXAMPLES.get(name).cloned().unwrap_or_default()
}

/// The parameters that the query of an operation takes; none for one that is not described here.
pub fn query_of(id: &str) -> Vec<Value> {
    let named =
        operations().filter_map(|o| if let About::Api(described) = &o.about { Some((o, described)) } else { None });
    let all =
        named.filter(|(_, described)| described.id == id).flat_map(|(o, d)| d.parameters.iter().map(move |p| (o, p)));
    all.filter(|(o, p)| o.path_parameters().all(|name| name != p.name)).map(|(o, p)| parameter(o, p)).collect()
}

/// `/api/openapi.json`.
pub async fn document(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(NoParams {}): Params<NoParams>,
) -> Response {
    let document = describe(&app, &caller, &origin(&headers)).to_string();
    ([(header::CONTENT_TYPE, OPENAPI)], shared(), document).into_response()
}

/// `/api/docs`: readable without a network beyond this host, and without a script.
pub async fn docs(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(NoParams {}): Params<NoParams>,
) -> Response {
    (shared(), render(&describe(&app, &caller, &origin(&headers)), "../")).into_response()
}

/// Which collections stand in it depends on who asks.
fn shared() -> [(header::HeaderName, &'static str); 2] {
    [(header::VARY, "Authorization, Cookie"), (header::CACHE_CONTROL, "no-cache")]
}

/// The whole document, as far as a caller may ask.
fn describe(app: &App, caller: &Caller, origin: &str) -> Value {
    let mut paths = Map::new();
    for operation in operations() {
        if let About::Api(described) = &operation.about {
            let at = paths.entry(operation.path).or_insert_with(|| json!({}));
            at[operation.verb.as_str().to_ascii_lowercase()] = one(operation, described);
        }
    }
    paths.extend(ogc::paths(app, caller));
    let mut schemas = SCHEMAS.clone();
    schemas.extend(ogc::schemas());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Melonmap",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The living map: coverage, lists and visits, tiles, people, and the OGC API. What an answer holds depends on the role of who asks.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": origin }],
        "paths": paths,
        "components": { "securitySchemes": ogc::security_schemes(), "schemas": schemas },
        "security": ogc::security(),
    })
}

fn one(operation: &Operation, described: &Described) -> Value {
    let examples = example_of(described.id);
    let mut responses = Map::new();
    for gives in described.gives {
        let response = responses
            .entry(gives.status.to_string())
            .or_insert_with(|| json!({ "description": success(gives.status) }));
        if !gives.media.is_empty() {
            let schema = if gives.schema.is_empty() { json!({ "type": "string" }) } else { reference(gives.schema) };
            let mut content = json!({ "schema": schema });
            if let Some(example) = examples.get(gives.media) {
                content["example"] = example.clone();
            }
            response["content"][gives.media] = content;
        }
    }
    let of_rule: &[u16] = if operation.rule.refuses_some() { &[403] } else { &[] };
    let of_body: &[u16] = if described.body.is_empty() { &[] } else { &[408, 413, 415] };
    ogc::refusals(&mut responses, described.refuses.iter().chain(of_rule).chain(of_body).chain(&[400]).copied());
    let mut all = json!({
        "summary": described.summary,
        "operationId": described.id,
        "parameters": described.parameters.iter().map(|p| parameter(operation, p)).collect::<Vec<_>>(),
        "responses": responses,
    });
    if !described.body.is_empty() {
        let content = json!({ "schema": reference(described.body), "example": examples["body"] });
        let media = match described.body {
            RULE_TEXT => "application/toml",
            LEDGER_FILE => XLSX,
            _ => "application/json",
        };
        all["requestBody"] = json!({ "required": true, "content": { media: content } });
    }
    all
}

fn success(status: u16) -> &'static str {
    match status {
        201 => "Made.",
        204 => "Done; there is nothing to show.",
        503 => "Not ready; the parts say why.",
        _ => "As asked.",
    }
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn parameter(operation: &Operation, parameter: &Parameter) -> Value {
    let in_path = operation.path_parameters().any(|name| name == parameter.name);
    let place = if in_path { "path" } else { "query" };
    let mut value = json!({
        "name": parameter.name,
        "in": place,
        "required": parameter.needed,
        "description": parameter.what,
        "schema": schema(parameter.takes),
        "example": example(parameter),
    });
    if let Takes::Numbers(_) = parameter.takes {
        value["explode"] = false.into();
    }
    value
}

fn schema(takes: Takes) -> Value {
    match takes {
        Takes::Text => json!({ "type": "string" }),
        Takes::Whole { least, most, default } => {
            let mut schema = json!({ "type": "integer", "minimum": least, "maximum": most });
            if let Some(default) = default {
                schema["default"] = default.into();
            }
            schema
        }
        Takes::Word(words) => json!({ "type": "string", "enum": words }),
        Takes::Numbers(n) => {
            json!({ "type": "array", "items": { "type": "number" }, "minItems": n, "maxItems": n })
        }
    }
}

fn example(parameter: &Parameter) -> Value {
    match parameter.takes {
        Takes::Text | Takes::Word(_) => parameter.example.into(),
        Takes::Whole { .. } => serde_json::from_str(parameter.example).unwrap_or_default(),
        Takes::Numbers(_) => serde_json::from_str(&format!("[{}]", parameter.example)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonschema::Validator;

    /// A validator of one schema of the file, which may name others.
    fn validator(name: &str) -> Validator {
        let mut all = SCHEMAS.clone();
        all.extend(ogc::schemas());
        let schema = json!({ "$ref": format!("#/components/schemas/{name}"), "components": { "schemas": all } });
        jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
    }

    #[track_caller]
    fn fits(what: &str, schema: &str, example: &Value) {
        let faults: Vec<String> =
            validator(schema).iter_errors(example).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{what} against {schema}: {faults:?}");
    }

    fn described() -> impl Iterator<Item = (&'static Operation, &'static Described)> {
        operations().filter_map(|o| if let About::Api(described) = &o.about { Some((o, described)) } else { None })
    }

    #[test]
    fn every_body_and_every_answer_has_an_example_that_fits_its_schema() {
        for (operation, described) in described() {
            let examples = example_of(described.id);
            if !described.body.is_empty() {
                fits(operation.path, described.body, &examples["body"]);
            }
            for gives in described.gives.iter().filter(|g| !g.schema.is_empty()) {
                fits(operation.path, gives.schema, &examples[gives.media]);
            }
        }
    }

    #[test]
    fn every_answer_of_the_ogc_part_has_an_example_that_fits_its_schema() {
        let examples = EXAMPLES.iter().filter_map(|(name, example)| Some((name.strip_prefix("ogc.")?, example)));
        assert_eq!(examples.clone().count(), 12);
        examples.for_each(|(name, example)| fits(name, &format!("ogc_{name}"), example));
    }

    #[test]
    fn every_schema_and_every_example_is_used() {
        let named = |name: &str| described().any(|(_, d)| d.body == name || d.gives.iter().any(|g| g.schema == name));
        let within = Value::from(SCHEMAS.clone()).to_string();
        for name in SCHEMAS.keys() {
            assert!(named(name) || within.contains(&format!("#/components/schemas/{name}\"")), "{name}");
        }
        for name in EXAMPLES.keys().filter(|name| !name.starts_with("ogc.")) {
            assert!(described().any(|(_, d)| d.id == name), "{name}");
        }
    }

    #[test]
    fn the_example_of_a_parameter_is_one_that_it_may_be() {
        for (operation, described) in described() {
            for parameter in described.parameters {
                let (schema, example) = (schema(parameter.takes), example(parameter));
                assert!(jsonschema::is_valid(&schema, &example), "{}: {} {example}", operation.path, parameter.name);
            }
        }
    }

    #[test]
    fn the_words_of_the_model_stand_in_the_schemas() {
        use crate::model::ledger::LedgerField;
        use crate::model::rule::{LengthUnit, Party, Requirement, StreetClass, Trade, ZoneClass};
        use crate::model::{Level, Outcome, Right, Role, Status};
        let words = |name: &str| SCHEMAS[name]["enum"].as_array().unwrap().clone();
        let of = |all: &[&str]| all.iter().map(|w| Value::from(*w)).collect::<Vec<_>>();
        assert_eq!(words("role"), of(&Role::ALL.map(Role::as_str)));
        assert_eq!(words("status"), of(&Status::ALL.map(Status::as_str)));
        assert_eq!(words("outcome"), of(&Outcome::ALL.map(Outcome::as_str)));
        assert_eq!(words("level"), of(&Level::ALL.map(Level::as_str)));
        assert_eq!(words("ledger_field"), of(&LedgerField::ALL.map(LedgerField::as_str)));
        assert_eq!(words("rule_kind"), of(&Requirement::KINDS));
        assert_eq!(SCHEMAS["street_classes"]["items"]["enum"], json!(StreetClass::ALL));
        let rule = &SCHEMAS["rule_terms"]["properties"];
        assert_eq!(rule["by"]["items"]["enum"], json!(Party::ALL.map(Party::as_str)));
        assert_eq!(rule["zone"]["enum"], json!(ZoneClass::ALL.map(ZoneClass::as_str)));
        assert_eq!(SCHEMAS["rule_only"]["properties"]["trade"]["enum"], json!(Trade::ALL.map(Trade::as_str)));
        let units = LengthUnit::ALL.map(LengthUnit::as_str);
        assert_eq!(SCHEMAS["rule_set_head"]["properties"]["unit"]["enum"], json!(units));
        assert_eq!(words("right"), Right::ALL.map(|right| serde_json::to_value(right).unwrap()));
    }
}
