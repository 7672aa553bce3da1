//! The requirements of OGC API Features as a client meets them, row by row, over every collection of a wide ground. The numbers are
//! those of 17-069r4 (Part 1), "P2" is 18-058r1, "P3" is 19-079r2, "P5" is 23-058r1; a failure names its row.
//!
//! Not here: Part 4 (see `zones`), tiles (see `ogc_tiles` and `tiles`), and the standard's own 139 predicates, whose data set is not
//! in this repository: `ogc_filters` asks a slow evaluator instead.

#[path = "ogc_table/crs.rs"]
mod crs;
#[path = "ogc_table/described.rs"]
mod described;
#[path = "ogc_table/filter.rs"]
mod filter;
#[path = "ogc_table/items.rs"]
mod items;
#[path = "ogc_table/links.rs"]
mod links;
#[path = "ogc_table/refused.rs"]
mod refused;
#[path = "ogc_table/sent.rs"]
mod sent;

use serde_json::Value;

const COLLECTIONS: [&str; 4] = ["areas", "households", "visits", "context"];

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The ids of features, in order of name.
fn ids(features: &[Value]) -> Vec<String> {
    let mut ids: Vec<String> = features.iter().map(|f| f["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// Every position of a geometry, in its order.
fn positions(geometry: &Value) -> Vec<[f64; 2]> {
    fn walk(value: &Value, to: &mut Vec<[f64; 2]>) {
        let parts = value.as_array().unwrap();
        if let [Value::Number(x), Value::Number(y)] = parts.as_slice() {
            to.push([x.as_f64().unwrap(), y.as_f64().unwrap()]);
        } else {
            for part in parts {
                walk(part, to);
            }
        }
    }
    let mut all = Vec::new();
    walk(&geometry["coordinates"], &mut all);
    all
}

/// Links have a relation, an address and a media type.
#[track_caller]
fn typed_links(row: &str, document: &Value) {
    let links = document["links"].as_array().unwrap_or_else(|| panic!("{row}: no links in {document}"));
    for link in links {
        for member in ["rel", "href", "type"] {
            assert!(link[member].as_str().is_some_and(|text| !text.is_empty()), "{row}: no {member} in {link}");
        }
    }
}
