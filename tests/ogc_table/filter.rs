//! Parts 3 and 5: what may be filtered by, filters, and the schema of an item.

use super::{COLLECTIONS, ids};
use crate::house::{Client, Wide};
use crate::ogc::{LAT_FIRST, escaped, items, links, local, pages};
use serde_json::{Value, json};

const QUERYABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";

/// A schema that is one: in its media type, of its draft, at its own address.
fn schema(client: &Client, href: &str) -> Value {
    let reply = client.get(&local(href));
    let schema = reply.json();
    assert_eq!(reply.header("content-type"), "application/schema+json", "{href}");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{href}");
    assert_eq!((&schema["$id"], &schema["type"]), (&json!(href), &json!("object")), "{href}");
    assert!(!href.contains('?'), "{href}");
    if let Err(fault) = jsonschema::meta::validate(&schema) {
        panic!("{href}: {fault}");
    }
    schema
}

#[test]
fn row_p3_queryables_are_linked_in_the_header_and_each_tells_its_type() {
    let wide = Wide::served();
    let client = wide.client("admin");
    for collection in COLLECTIONS {
        let path = format!("/ogc/collections/{collection}/items");
        for method in ["HEAD", "GET"] {
            let reply = client.send(method, &path, &[], None);
            assert_eq!(reply.status, 200, "row P3 queryables: {method}");
            let link = reply.header("link");
            let href = link.strip_prefix('<').and_then(|rest| rest.split_once(">; ")).expect("row P3 queryables");
            assert!(href.1.contains(&format!("rel=\"{QUERYABLES}\"")), "row P3 queryables: {link}");
            let queryables = schema(&client, href.0);
            assert_eq!(queryables["additionalProperties"], false, "row P3 queryables");
            for (name, property) in queryables["properties"].as_object().unwrap() {
                let spatial = property["format"].as_str().is_some_and(|format| format.starts_with("geometry-"));
                assert!(property["type"].is_string() != spatial, "row P3 queryables: {collection}.{name}: {property}");
            }
        }
        let alone = client.json(&format!("/ogc/collections/{collection}"));
        assert_eq!(links(&alone, QUERYABLES).len(), 1, "row P3 queryables: {collection}");
    }
}

#[test]
fn row_p3_a_filter_counts_right_in_both_languages_and_in_any_crs_and_joins_bbox_and_datetime() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let count = |collection: &str, query: &str| items(&client, collection, query)["numberMatched"].as_u64().unwrap();
    let text = "outcome = 'visited'";
    let tree = json!({"op": "=", "args": [{"property": "outcome"}, "visited"]}).to_string();
    for filter in [
        format!("filter={}", escaped(text)),
        format!("filter={}&filter-lang=cql2-text", escaped(text)),
        format!("filter={}&filter-lang=cql2-json", escaped(&tree)),
        "outcome=visited".to_owned(),
    ] {
        assert_eq!(count("visits", &filter), 5, "row P3 filter: {filter}");
        assert_eq!(count("visits", &format!("{filter}&datetime=2024-01-01/2024-12-31")), 3, "row P3 filter: {filter}");
        let both = format!("{filter}&datetime=2024-01-01/2024-12-31&bbox=119.4,28.4,119.45,28.45");
        assert_eq!(count("visits", &both), 2, "row P3 filter: {filter}");
    }
    let near = |at: &str| format!("S_INTERSECTS(geometry, POLYGON(({at})))");
    let lon_first = near("119.4 28.4, 119.45 28.4, 119.45 28.45, 119.4 28.45, 119.4 28.4");
    let lat_first = near("28.4 119.4, 28.4 119.45, 28.45 119.45, 28.45 119.4, 28.4 119.4");
    let turned = format!("filter={}&filter-crs={}", escaped(&lat_first), escaped(LAT_FIRST));
    let plain = format!("filter={}", escaped(&lon_first));
    let found = |query: &str| ids(&pages(&client, "households", query).1);
    assert_eq!(found(&turned), found(&plain), "row P3 filter-crs");
    assert_eq!(found(&plain).len(), 10, "row P3 filter-crs");
}

#[test]
fn row_p3_what_no_filter_can_be_is_refused_by_name() {
    let wide = Wide::served();
    let client = wide.client("admin");
    for collection in COLLECTIONS {
        for (query, field) in [
            ("filter=nosuch%3D1", "filter"),
            ("filter=code%3D", "filter"),
            ("filter=code", "filter"),
            ("filter=%28", "filter"),
            ("filter=%7B%22op%22%3A%22%3D%22%7D&filter-lang=cql2-json", "filter"),
            ("filter=%7B&filter-lang=cql2-json", "filter"),
            ("filter=1%3D1&filter-lang=cql-text", "filter-lang"),
            ("filter=1%3D1&filter-crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F27700", "filter-crs"),
        ] {
            let reply = client.get(&format!("/ogc/collections/{collection}/items?{query}"));
            assert_eq!(reply.problem(400)["field"], field, "row P3 filter: {collection} {query}");
        }
    }
}

#[test]
fn row_p5_every_item_is_as_its_schema_says_and_the_schema_names_its_id_and_its_geometry() {
    let wide = Wide::served();
    let client = wide.client("admin");
    for collection in COLLECTIONS {
        let alone = client.json(&format!("/ogc/collections/{collection}"));
        let schema = schema(&client, &links(&alone, "describedby")[0]);
        let properties = schema["properties"].as_object().unwrap();
        let having = |role: &str| properties.iter().filter(|(_, p)| p["x-ogc-role"] == role).collect::<Vec<_>>();
        assert!(having("primary-geometry").len() <= 1, "row P5: {collection}");
        let [(id, _)] = having("id")[..] else { panic!("row P5: {collection} has not exactly one id") };
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(!validator.is_valid(&json!({"nosuch": 1})), "row P5: the schema refuses something");
        for feature in pages(&client, collection, "limit=1000").1 {
            assert_eq!(feature["id"], feature["properties"][id], "row P5: {collection}");
            let faults: Vec<String> = validator.iter_errors(&feature["properties"]).map(|e| e.to_string()).collect();
            assert!(faults.is_empty(), "row P5: {feature}: {faults:?}");
        }
    }
}
