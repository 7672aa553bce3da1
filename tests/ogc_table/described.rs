//! Rows 5, 6, 14, 16 and 18 and the class "oas30": the description of the API.

use super::{COLLECTIONS, CRS84};
use crate::house::{Wide, repository};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

/// The definition of a parameter of the items of a collection.
fn parameter<'a>(document: &'a Value, collection: &str, name: &str) -> &'a Value {
    let parameters = &document["paths"][format!("/collections/{collection}/items")]["get"]["parameters"];
    let mut found = parameters.as_array().unwrap().iter().filter(|p| p["name"] == name);
    let one = found.next().unwrap_or_else(|| panic!("{collection}: no parameter {name}"));
    assert!(found.next().is_none(), "{collection}: {name} twice");
    assert_eq!(
        (&one["in"], &one["style"], &one["explode"]),
        (&json!("query"), &json!("form"), &json!(false)),
        "{name}"
    );
    assert_eq!(one["required"], false, "{name}");
    &one["schema"]
}

#[test]
fn rows_5_and_6_the_description_is_valid_openapi_3_0_for_every_role() {
    let wide = Wide::served();
    let schema = fs::read_to_string(repository("data/schemas/openapi-3.0.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    assert!(!validator.is_valid(&json!({"openapi": "3.1.0", "info": {}, "paths": {}})), "the schema refuses something");
    for (role, collections) in [("public", 2), ("member", 4), ("analyst", 6), ("admin", 6)] {
        let document = wide.client(role).json("/ogc/api");
        let faults: Vec<String> =
            validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "row 6: {role}: {faults:?}");
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.keys().filter(|path| path.ends_with("/items")).count(), collections, "{role}");
    }
}

#[test]
fn rows_14_16_and_18_bbox_limit_and_datetime_are_defined_as_the_standard_says() {
    let wide = Wide::served();
    let document = wide.client("admin").json("/ogc/api");
    for collection in COLLECTIONS {
        let bbox = parameter(&document, collection, "bbox");
        assert_eq!((&bbox["type"], &bbox["items"]["type"]), (&json!("array"), &json!("number")), "row 14");
        assert_eq!((&bbox["minItems"], &bbox["maxItems"]), (&json!(4), &json!(6)), "row 14");
        let limit = parameter(&document, collection, "limit");
        assert_eq!(limit["type"], "integer", "row 16");
        let [least, most, default] = ["minimum", "maximum", "default"].map(|m| limit[m].as_u64().expect("row 16"));
        assert!(least <= default && default <= most, "row 16: {limit}");
        assert_eq!(parameter(&document, collection, "datetime")["type"], "string", "row 18");
        for name in ["crs", "bbox-crs", "filter-crs"] {
            let uris = parameter(&document, collection, name);
            assert_eq!(uris["default"], CRS84, "row P2 6: {name}");
            assert!(uris["enum"].as_array().unwrap().contains(&json!(CRS84)), "row P2 6: {name}");
        }
        assert_eq!(
            parameter(&document, collection, "filter-lang")["enum"],
            json!(["cql2-text", "cql2-json"]),
            "row P3"
        );
    }
}

#[test]
fn row_oas30_every_operation_lists_what_it_can_answer_and_who_may_ask() {
    let wide = Wide::served();
    let document = wide.client("admin").json("/ogc/api");
    let schemes: BTreeSet<&str> =
        document["components"]["securitySchemes"].as_object().unwrap().keys().map(String::as_str).collect();
    let named = document["security"].as_array().unwrap().iter().flat_map(|one| one.as_object().unwrap().keys());
    assert_eq!(named.map(String::as_str).collect::<BTreeSet<_>>(), schemes, "row oas30: security");
    assert_eq!(document["components"]["securitySchemes"]["session"]["in"], "cookie", "row oas30: security");
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operations.insert(operation["operationId"].as_str().unwrap()), "{method} {path}: its id twice");
            let answers = operation["responses"].as_object().unwrap();
            let success = match method.as_str() {
                "post" => "201",
                "delete" => "204",
                _ => "200",
            };
            let mut expected = vec![success, "400", "401", "405", "414", "429", "431", "500", "503"];
            if method != "get" {
                expected.extend(if method == "post" { &["409"][..] } else { &["412", "428"] });
            }
            if path.starts_with("/collections/") {
                expected.extend(["403", "404"]);
            }
            for status in expected {
                assert!(answers.contains_key(status), "row oas30: {method} {path} has no {status}");
            }
            // A head that is too long is refused before there is anything to write a problem about.
            assert!(answers["431"]["content"].is_null(), "row oas30: {method} {path} 431");
            for (status, answer) in
                answers.iter().filter(|(status, _)| !["200", "201", "204", "431"].contains(&status.as_str()))
            {
                let problem = &answer["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/problem", "row oas30: {method} {path} {status}");
            }
        }
    }
}
