//! The class "oas30": the description of the API lists the operations of tiles, and what they answer fits it.

use super::{DRAWN, Running, place};
use crate::house::{Client, home};
use serde_json::{Value, json};

/// Paths of documents as far as `/ogc`, and what 20-057 wants their operation's id to end with.
fn documents(collections: &[&str]) -> Vec<(String, &'static str)> {
    let mut all = vec![
        ("/tileMatrixSets".to_owned(), "getTileMatrixSetsList"),
        ("/tileMatrixSets/WebMercatorQuad".to_owned(), "getTileMatrixSet"),
        ("/tiles".to_owned(), ".dataset.vector.getTileSetsList"),
        ("/tiles/WebMercatorQuad".to_owned(), ".dataset.vector.getTileSet"),
    ];
    for id in collections {
        all.push((format!("/collections/{id}/tiles"), ".collection.vector.getTileSetsList"));
        all.push((format!("/collections/{id}/tiles/WebMercatorQuad"), ".collection.vector.getTileSet"));
    }
    all
}

fn tiles(collections: &[&str]) -> Vec<(String, &'static str)> {
    let ends = "WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}";
    let of = |id: &&str| (format!("/collections/{id}/tiles/{ends}"), ".collection.vector.getTile");
    collections.iter().map(of).chain([(format!("/tiles/{ends}"), ".dataset.vector.getTile")]).collect()
}

#[track_caller]
fn fits(description: &Value, path: &str, client: &Client) {
    let schema = &description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert!(schema.is_object(), "{path} is not described");
    let whole = json!({ "allOf": [schema], "components": description["components"] });
    let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap();
    let answer = client.json(&format!("/ogc{path}"));
    let faults: Vec<String> = validator.iter_errors(&answer).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{path}: {faults:?}");
}

#[test]
fn oas30_completeness_and_operation_ids_for_each_role_as_far_as_it_may_ask() {
    let house = Running::county();
    for (role, collections) in [
        ("public", &["areas", "context"][..]),
        ("member", &DRAWN.map(|(id, _)| id)),
        ("admin", &DRAWN.map(|(id, _)| id)),
    ] {
        let client = house.client(role);
        let description = client.json("/ogc/api");
        for (path, ending) in documents(collections) {
            let id = description["paths"][&path]["get"]["operationId"].as_str();
            assert!(id.is_some_and(|id| id.ends_with(ending)), "{role}: {path}: {id:?}");
            fits(&description, &path, &client);
        }
        for (path, ending) in tiles(collections) {
            let operation = &description["paths"][&path]["get"];
            assert!(operation["operationId"].as_str().is_some_and(|id| id.ends_with(ending)), "{role}: {path}");
            let parameter = |name: &str| {
                let all = operation["parameters"].as_array().unwrap();
                all.iter().find(|p| p["name"] == name).cloned().unwrap_or_default()
            };
            for (name, kind) in [("tileMatrix", "string"), ("tileRow", "integer"), ("tileCol", "integer")] {
                let one = parameter(name);
                assert_eq!(
                    (&one["in"], &one["required"], &one["schema"]["type"]),
                    (&json!("path"), &json!(true), &json!(kind)),
                    "{path}: {name}"
                );
            }
            for name in ["campaign", "level", "filter", "f"] {
                assert_eq!(parameter(name)["in"], "query", "{path}: {name}");
            }
            assert_eq!(parameter("collections").is_object(), path.starts_with("/tiles"), "{path}");
            for status in ["200", "204", "400", "401", "403", "404", "406"] {
                assert!(operation["responses"][status].is_object(), "{path}: {status}");
            }
        }
        let described = description["paths"].as_object().unwrap().keys();
        let count = described.filter(|path| path.contains("/tile")).count();
        assert_eq!(count, documents(collections).len() + tiles(collections).len(), "{role}");
    }
}

#[test]
fn the_paths_of_the_description_are_those_of_the_links() {
    let house = Running::county();
    let client = house.client("admin");
    let description = client.json("/ogc/api");
    let server = description["servers"][0]["url"].as_str().unwrap();
    for from in ["/ogc", "/ogc/collections/areas", "/ogc/collections/households", "/ogc/collections/context"] {
        let tileset = super::followed(&client, from);
        let template = crate::ogc::links(&tileset, "item").pop().unwrap();
        let path = template.strip_prefix(server).unwrap_or_else(|| panic!("{template} is not below {server}"));
        assert!(description["paths"][path].is_object(), "{path}");
        assert_eq!(client.get(&super::filled(&tileset, &place(&home(0, 2), 14))).status, 200, "{from}");
    }
}
