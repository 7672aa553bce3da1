//! What the description says of tiles. Operation ids end as 20-057 § 14 asks, so that clients find what is what.

use super::super::document::Form;
use super::super::openapi::{forms, get, guarded, of, query, refusals, sample};
use super::{MVT, MVT_FORM};
use crate::app::{App, Caller, tile_layer};
use crate::geom::TileId;
use crate::http::describe;
use serde_json::{Map, Value, json};

/// The paths of tiles, as far as a caller may ask.
pub fn paths(app: &App, caller: &Caller) -> Map<String, Value> {
    let mut paths = Map::new();
    let mut put = |path: String, value: Value| paths.insert(path, value);
    let document = |summary: &str, id: &str, more: &[Value], example: &str| {
        let content = json!({ "application/json": { "schema": of(example), "example": sample(example) },
                              "text/html": { "schema": { "type": "string" } } });
        get(summary, id, &[&[forms(&Form::DOCUMENT)], more].concat(), &content, &[400])
    };
    put(
        "/ogc/tileMatrixSets".into(),
        document("The tile matrix sets", "ogc.getTileMatrixSetsList", &[], "tile_matrix_sets"),
    );
    put(
        "/ogc/tileMatrixSets/WebMercatorQuad".into(),
        document("The tile matrix set, matrix by matrix", "ogc.getTileMatrixSet", &[], "tile_matrix_set"),
    );
    let all = "The whole map";
    let (id, base) = ("ogc.dataset.vector", "/ogc/tiles");
    put(base.into(), document(&format!("{all}: tilesets"), &format!("{id}.getTileSetsList"), &[], "tilesets"));
    let more = [&[chosen()], shared().as_slice()].concat();
    let tileset = document(&format!("{all}: the tileset"), &format!("{id}.getTileSet"), &more, "tileset");
    put(format!("{base}/WebMercatorQuad"), guarded(tileset));
    put(format!("{base}/WebMercatorQuad{TILE}"), tile(all, &format!("{id}.getTile"), &more));
    for collection in app.collections(caller).into_iter().filter(|of| tile_layer(*of).is_some()) {
        let (name, title) = (collection.as_str(), collection.title());
        let (id, base) = (format!("{name}.collection.vector"), format!("/ogc/collections/{name}/tiles"));
        let list = document(&format!("{title}: tilesets"), &format!("{id}.getTileSetsList"), &[], "tilesets");
        put(base.clone(), guarded(list));
        let tileset = document(&format!("{title}: the tileset"), &format!("{id}.getTileSet"), &shared(), "tileset");
        put(format!("{base}/WebMercatorQuad"), guarded(tileset));
        put(format!("{base}/WebMercatorQuad{TILE}"), tile(title, &format!("{id}.getTile"), &shared()));
    }
    paths
}

/// How the path of a tile ends.
const TILE: &str = "/{tileMatrix}/{tileRow}/{tileCol}";

/// What tiles take everywhere.
fn shared() -> Vec<Value> {
    describe::query_of("tile")
}

/// The parameter that chooses among the collections.
fn chosen() -> Value {
    let names = json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
    query(
        "collections",
        "Only these collections, by commas; without it, all that you may see and that are drawn.",
        &names,
    )
}

fn tile(title: &str, id: &str, more: &[Value]) -> Value {
    let form = json!({ "type": "string", "enum": [MVT_FORM] });
    let place = |name: &str, what: &str, schema: &Value, example: &Value| json!({ "name": name, "in": "path", "required": true, "description": what, "schema": schema, "example": example });
    let deepest = TileId::MAX_ZOOM;
    let whole = json!({ "type": "integer", "minimum": 0 });
    let matrix = format!("The tile matrix, 0 to {deepest}; the tileset says to which there are tiles.");
    let parameters = [
        place("tileMatrix", &matrix, &json!({ "type": "string" }), &json!("10")),
        place("tileRow", "The row from the north.", &whole, &json!(359)),
        place("tileCol", "The column from the west.", &whole, &json!(539)),
        query("f", "The form of the answer.", &form),
    ];
    let content = json!({ MVT: { "schema": { "type": "string", "format": "binary" } } });
    let summary = format!("{title}: a tile; 204 where nothing is in it");
    let mut path = get(&summary, id, &[&parameters, more].concat(), &content, &[400]);
    if let Some(responses) = path["get"]["responses"].as_object_mut() {
        responses.insert("204".into(), json!({ "description": "Within the limits, and empty." }));
        refusals(responses, [403, 404, 406].into_iter());
    }
    path
}
