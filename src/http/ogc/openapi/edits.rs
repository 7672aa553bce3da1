//! The operations that change items, for the collections that are drawn (Part 4).

use super::{of, refusals, sample};
use crate::http::ogc::schema::property;
use crate::model::collection::{Collection, CollectionField, FieldRole};
use serde_json::{Map, Value, json};

const GEOJSON: &str = "application/geo+json";
/// What any body may be refused for.
const BODY: [u16; 6] = [400, 403, 404, 408, 413, 415];

/// Adds to the path of items what makes one.
pub fn on_items(path: &mut Value, collection: Collection, fields: &[&CollectionField]) {
    path["post"] = json!({
        "summary": format!("{}: make one", collection.title()),
        "operationId": format!("{}.create", collection.as_str()),
        "requestBody": body(collection, fields),
        "responses": responses(201, "Made; as it was stored.", &[&BODY[..], &[409]].concat()),
    });
}

/// Adds to the path of an item what replaces it and what takes it away.
pub fn on_item(path: &mut Value, collection: Collection, fields: &[&CollectionField]) {
    let id = json!({ "name": "featureId", "in": "path", "required": true, "schema": { "type": "string" } });
    let tag = json!({
        "name": "If-Match", "in": "header", "required": true,
        "description": "The ETag of the item as it was read: where another changed it since, the answer is 412.",
        "schema": { "type": "string" },
    });
    path["put"] = json!({
        "summary": format!("{}: replace one", collection.title()),
        "operationId": format!("{}.replace", collection.as_str()),
        "parameters": [id, tag],
        "requestBody": body(collection, fields),
        "responses": responses(200, "Replaced; as it was stored.", &[&BODY[..], &[412, 428]].concat()),
    });
    let reason = super::query("reason", "Why.", &json!({ "type": "string", "maxLength": 500 }));
    path["delete"] = json!({
        "summary": format!("{}: take one away", collection.title()),
        "operationId": format!("{}.remove", collection.as_str()),
        "parameters": [id, tag, reason],
        "responses": responses(204, "Taken away.", &[400, 403, 404, 412, 428]),
    });
}

fn responses(status: u16, description: &str, refused: &[u16]) -> Map<String, Value> {
    let mut success = json!({ "description": description });
    if status != 204 {
        success["content"] = json!({ GEOJSON: { "schema": of("feature"), "example": sample("item") } });
        success["headers"]["ETag"] = json!({ "description": "Its version.", "schema": { "type": "string" } });
    }
    if status == 201 {
        success["headers"]["Location"] = json!({ "description": "Where it is.", "schema": { "type": "string" } });
    }
    let mut responses = Map::from_iter([(status.to_string(), success)]);
    refusals(&mut responses, refused.iter().copied());
    responses
}

/// A Feature as it is sent: longitude and latitude in WGS 84.
fn body(collection: Collection, fields: &[&CollectionField]) -> Value {
    let sent = fields.iter().filter(|f| !matches!(f.role, FieldRole::Geometry | FieldRole::Id | FieldRole::Kept));
    let properties: Map<String, Value> = sent
        .map(|field| {
            let mut schema = property(collection, field);
            if let Some(schema) = schema.as_object_mut() {
                schema.retain(|key, _| !key.starts_with("x-ogc"));
            }
            (field.name.to_owned(), schema)
        })
        .collect();
    let own = if collection == Collection::Spots { "stalls" } else { "class" };
    let schema = json!({
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": { "type": "string", "enum": ["Feature"] },
            "id": { "type": "string", "description": "Its code; without one it is given one." },
            "geometry": { "type": "object", "description": "A GeoJSON geometry, longitude and latitude in WGS 84." },
            "properties": { "type": "object", "required": ["plan", own], "properties": properties },
        },
    });
    let example = if collection == Collection::Spots {
        json!({ "type": "Feature", "geometry": { "type": "Point", "coordinates": [9.52, 47.14] },
                "properties": { "plan": 1, "stalls": 4, "name": "By the well", "hours": ["Mo-Sa 07:00-19:00"] } })
    } else {
        let ring = [[9.52, 47.14], [9.53, 47.14], [9.53, 47.15], [9.52, 47.14]];
        json!({ "type": "Feature", "geometry": { "type": "Polygon", "coordinates": [ring] },
                "properties": { "plan": 1, "class": "forbidden", "reason": "the school's gate" } })
    };
    json!({ "required": true, "content": { GEOJSON: { "schema": schema, "example": example } } })
}
