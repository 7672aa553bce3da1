//! The description of the OGC part: OpenAPI 3.0, made from the registry of collections.

mod edits;

use super::document::Form;
use super::landing::OPENAPI;
use super::query::{LIMIT, MOST};
use super::schema::{Listed, property};
use super::tiles;
use crate::app::{App, Caller};
use crate::geom::offered::OfferedCrs;
use crate::http::cookie;
use crate::http::describe;
use crate::http::door::base as origin;
use crate::http::extract::Params;
use crate::http::problem::Problem;
use crate::http::routes::AS_OF;
use crate::model::collection::{Collection, CollectionField};
use crate::model::filter::Kind;
use crate::model::{ModelError, Right};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static SCHEMAS: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("schemas.json")).expect("a file of this program, read by its tests")
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiParams {
    f: Option<String>,
}

/// The description as JSON, or the page that shows it.
pub async fn document(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(params): Params<ApiParams>,
) -> Result<Response, Problem> {
    match params.f.as_deref() {
        None | Some("json") => {}
        Some("html") => return Ok(describe::render(&describe(&app, &caller, &origin(&headers)), "../").into_response()),
        Some(other) => return Err(ModelError::new("f", other, "one of json, html").into()),
    }
    let document = describe(&app, &caller, &origin(&headers));
    let head =
        [(header::CONTENT_TYPE, OPENAPI), (header::VARY, "Authorization, Cookie"), (header::CACHE_CONTROL, "no-cache")];
    Ok((head, document.to_string()).into_response())
}

/// The example of an answer.
pub fn sample(name: &str) -> Value {
    describe::example_of(&format!("ogc.{name}"))
}

/// The document for what a caller may ask for. Its paths begin below `/ogc`, where GDAL looks for those of the collections: it sends
/// as parameters of a request what it finds described there, and filters all else by itself.
fn describe(app: &App, caller: &Caller, origin: &str) -> Value {
    let below = |path: &str| path.strip_prefix("/ogc").filter(|rest| !rest.is_empty()).unwrap_or("/").to_owned();
    let paths: Map<String, Value> = paths(app, caller).into_iter().map(|(path, item)| (below(&path), item)).collect();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Melonmap, OGC API Features and Tiles",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Areas with their coverage, households, visits, the context layer, zones and spots, as far as your role may see them.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": format!("{origin}/ogc") }],
        "paths": paths,
        "components": { "securitySchemes": security_schemes(), "schemas": schemas() },
        "security": security(),
    })
}

/// How a caller says who they are.
pub fn security_schemes() -> Value {
    json!({
        "token": { "type": "http", "scheme": "bearer", "description": "A token of a role that may see the collection." },
        "session": {
            "type": "apiKey", "in": "cookie", "name": cookie::PLAIN,
            "description": format!("The session of who signed in; over TLS the cookie is named {}.", cookie::HOST),
        },
    })
}

/// Nobody need say so; who does sees more.
pub fn security() -> Value {
    json!([{}, { "token": [] }, { "session": [] }])
}

/// The operations below `/ogc`, as far as a caller may ask.
pub fn paths(app: &App, caller: &Caller) -> Map<String, Value> {
    let mut paths = Map::new();
    let document = |summary: &str, id: &str, media: &str, example: &str| {
        let content = json!({ media: { "schema": of(example), "example": sample(example) },
                              "text/html": { "schema": { "type": "string" } } });
        get(summary, id, &[forms(&Form::DOCUMENT)], &content, &[400])
    };
    let json = "application/json";
    paths.insert("/ogc".into(), document("The landing page", "landing", json, "landing"));
    paths.insert("/ogc/conformance".into(), document("What is conformed to", "conformance", json, "conformance"));
    paths.insert(
        "/ogc/api".into(),
        document("The description of the OGC API alone, in OpenAPI 3.0", "api", OPENAPI, "api"),
    );
    paths.insert("/ogc/collections".into(), document("The collections", "collections", json, "collections"));
    for collection in app.collections(caller) {
        let fields = app.collection_fields(caller, collection);
        let (name, title) = (collection.as_str(), collection.title());
        let base = format!("/ogc/collections/{name}");
        let one = document(&format!("{title}: description"), &format!("{name}.describe"), json, "describe");
        paths.insert(base.clone(), guarded(one));
        for what in Listed::ALL.map(Listed::as_str) {
            let (summary, id) = (format!("{title}: {what}"), format!("{name}.{what}"));
            paths.insert(
                format!("{base}/{what}"),
                guarded(document(&summary, &id, "application/schema+json", "fields")),
            );
        }
        let mut many = items(collection, &fields, forms(&Form::ITEMS));
        let mut one = item(collection, forms(&[Form::Json, Form::Html, Form::JsonFg]));
        if collection.is_drawn() && caller.may(Right::Draw) {
            edits::on_items(&mut many, collection, &fields);
            edits::on_item(&mut one, collection, &fields);
        }
        paths.insert(format!("{base}/items"), many);
        paths.insert(format!("{base}/items/{{featureId}}"), one);
    }
    paths.extend(tiles::paths(app, caller));
    paths
}

/// The parameter that says in which form to answer.
pub fn forms(offered: &[Form]) -> Value {
    let names: Vec<&str> = offered.iter().map(|form| form.as_str()).collect();
    query(
        "f",
        "The form of the answer; else it follows the header Accept.",
        &json!({ "type": "string", "enum": names }),
    )
}

/// The shapes that both descriptions name: written so that OpenAPI 3.0 and 3.1 read them alike.
pub fn schemas() -> Map<String, Value> {
    let mut schemas = SCHEMAS.clone();
    schemas.insert("problem".into(), problem());
    schemas
}

/// The shape of an answer.
pub fn of(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/ogc_{name}") })
}

/// RFC 9457.
fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "field": { "type": "string", "description": "The parameter that was refused." },
            "value": { "type": "string", "description": "What it was." },
            "expected": { "type": "string", "description": "What it should have been." },
            "problems": {
                "type": "array",
                "description": "All that is wrong with a text of rules, in the order of its lines.",
                "items": {
                    "type": "object",
                    "required": ["line", "key", "reason"],
                    "properties": {
                        "line": { "type": "integer", "minimum": 1 },
                        "key": { "type": "string", "description": "With the keys that it lies in: rule.junction.distance." },
                        "reason": { "type": "string" },
                    },
                },
            },
            "version": { "type": "integer", "description": "Of 409 and 412: the number of the change that came first." },
            "by": { "type": "string", "description": "Of 409 and 412: who made it." },
            "at": { "type": "string", "format": "date-time", "description": "Of 409 and 412: when." },
        },
        "example": {
            "type": "about:blank", "title": "Bad Request", "status": 400, "field": "limit", "value": "-1",
            "detail": "limit: '-1' is not a whole number from 1", "expected": "a whole number from 1; above 10000 it is 10000",
        },
    })
}

/// What every operation may answer beside its success: a token that opens nothing, a fault, too much load.
const ALWAYS: [u16; 7] = [401, 405, 414, 429, 431, 500, 503];

/// Adds refusals to the responses of an operation: these, and those that any may answer.
pub fn refusals(responses: &mut Map<String, Value>, statuses: impl Iterator<Item = u16>) {
    for status in statuses.chain(ALWAYS) {
        let description = match status {
            400 => "A parameter or body that cannot be: the problem names it, its value and what was expected.",
            401 => "This needs a sign-in or a token, or the token opens nothing.",
            403 => "The role may not do this, or another site asked for it.",
            404 => "There is no such thing, or it is out of reach.",
            405 => "The method is not offered here.",
            406 => "No form of the answer is acceptable.",
            409 => {
                "Not as things stand: there is one with this id already, and the problem says since when and by whom; or it is still being made."
            }
            412 => "Another changed it since it was read: the problem says who, when, and which version it has now.",
            428 => "The header If-Match is missing: which version is this a change of?",
            408 => "The body did not come in time.",
            413 => "The body is too long.",
            414 => "The URL is too long.",
            415 => "The body is not declared as what is read here: JSON, or TOML for a text of rules.",
            429 => "Too many requests: see Retry-After.",
            431 => "The head of the request is too long: refused without a body, before anything is read.",
            503 => "Too much to do, or stopping: see Retry-After.",
            _ => "A fault of this program.",
        };
        let response = responses.entry(status.to_string()).or_insert_with(|| json!({ "description": description }));
        if status != 431 {
            let schema = json!({ "schema": { "$ref": "#/components/schemas/problem" } });
            response["content"]["application/problem+json"] = schema;
        }
    }
}

/// A reading operation that gives `content`.
pub fn get(summary: &str, id: &str, parameters: &[Value], content: &Value, refused: &[u16]) -> Value {
    let mut responses = Map::new();
    responses.insert("200".into(), json!({ "description": "As asked.", "content": content }));
    refusals(&mut responses, refused.iter().copied());
    json!({ "get": { "summary": summary, "operationId": id, "parameters": parameters, "responses": responses } })
}

/// The same with what a collection may refuse.
pub fn guarded(mut path: Value) -> Value {
    if let Some(responses) = path["get"]["responses"].as_object_mut() {
        refusals(responses, [403, 404].into_iter());
    }
    path
}

fn content(forms: &[Form], example: &str) -> Value {
    let mut content = Map::new();
    for form in forms {
        let schema = match form {
            Form::Json | Form::JsonFg => of(example),
            Form::FlatGeobuf => json!({ "type": "string", "format": "binary" }),
            _ => json!({ "type": "string" }),
        };
        let mut one = json!({ "schema": schema });
        if *form == Form::Json {
            one["example"] = sample(example);
        }
        content.entry(form.features()).or_insert(one);
    }
    Value::Object(content)
}

/// A parameter of a query.
pub fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "style": "form", "explode": false,
            "description": description, "schema": schema })
}

fn items(collection: Collection, fields: &[&CollectionField], f: Value) -> Value {
    let crs: Vec<String> = OfferedCrs::all().map(OfferedCrs::uri).collect();
    let uri = json!({ "type": "string", "format": "uri", "enum": crs, "default": OfferedCrs::CRS84.uri() });
    let names: Vec<&str> = fields.iter().map(|f| f.name).collect();
    let number = json!({ "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } });
    let text = json!({ "type": "string" });
    let mut parameters = vec![
        f,
        query(
            "limit",
            "Most items of a page; above the maximum it is the maximum.",
            &json!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT }),
        ),
        query(
            "bbox",
            "Items that touch this rectangle: least corner, greatest corner; west above east crosses the antimeridian.",
            &number,
        ),
        query("bbox-crs", "The CRS of bbox.", &uri),
        query("crs", "The CRS of the answer.", &uri),
        query("datetime", "Items at some time in an instant, a day or an interval: a/b, a/.., ../b.", &text),
        query("filter", "CQL2 over the queryables.", &json!({ "type": "string", "maxLength": 8_000 })),
        query(
            "filter-lang",
            "The language of filter.",
            &json!({ "type": "string", "enum": ["cql2-text", "cql2-json"] }),
        ),
        query("filter-crs", "The CRS of positions in filter.", &uri),
        query("sortby", "Fields by commas, each with - for greatest first.", &text),
        query(
            "properties",
            "Only these fields.",
            &json!({ "type": "array", "items": { "type": "string", "enum": names } }),
        ),
        query("after", "The mark of a link 'next'.", &text),
        as_of(),
    ];
    for field in fields.iter().filter(|f| f.is_asked() && !matches!(f.kind, Kind::Geometry | Kind::Texts)) {
        let mut schema = property(collection, field);
        if let Some(schema) = schema.as_object_mut() {
            schema.retain(|key, _| !key.starts_with("x-ogc"));
        }
        parameters.push(query(field.name, &format!("Items whose {} is this.", field.name), &schema));
    }
    let summary = format!("{}: items", collection.title());
    guarded(get(
        &summary,
        &format!("{}.items", collection.as_str()),
        &parameters,
        &content(&Form::ITEMS, "items"),
        &[400],
    ))
}

fn as_of() -> Value {
    query("as_of", AS_OF.what, &json!({ "type": "string" }))
}

fn item(collection: Collection, f: Value) -> Value {
    let id = collection.fields()[collection.id_field()];
    let crs: Vec<String> = OfferedCrs::all().map(OfferedCrs::uri).collect();
    let parameters = vec![
        json!({ "name": "featureId", "in": "path", "required": true, "description": id.title, "schema": { "type": "string" } }),
        f,
        query("crs", "The CRS of the answer.", &json!({ "type": "string", "format": "uri", "enum": crs })),
        as_of(),
    ];
    let summary = format!("{}: one item", collection.title());
    let content = content(&[Form::Json, Form::Html], "item");
    guarded(get(&summary, &format!("{}.item", collection.as_str()), &parameters, &content, &[400]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::collection::GEOMETRY;

    #[test]
    fn the_geometry_is_no_parameter_and_every_other_field_is() {
        let fields: Vec<&CollectionField> = Collection::Visits.fields().iter().collect();
        let path = items(Collection::Visits, &fields, json!({ "name": "f" }));
        let parameters = path["get"]["parameters"].as_array().unwrap();
        let names: Vec<&str> = parameters.iter().map(|p| p["name"].as_str().unwrap()).collect();
        for (at, field) in fields.iter().enumerate() {
            assert_eq!(names.contains(&field.name), at != GEOMETRY, "{}", field.name);
        }
        for own in super::super::query::OWN {
            assert!(names.contains(&own), "{own}");
        }
    }
}
