//! Rows 2, 13, 15, 17, 19, 22 to 29: items and one item.

use super::{COLLECTIONS, ids, positions, typed_links};
use crate::house::{Client, Wide};
use crate::ogc::{escaped, links, local, pages};
use crate::ogc_filters::geometry;
use geo::Relate as _;
use jiff::Timestamp;
use serde_json::{Value, json};

const GEO_JSON: [(&str, &str); 1] = [("accept", "application/geo+json")];

/// Everything of a collection.
fn all(client: &Client, collection: &str) -> Vec<Value> {
    pages(client, collection, "limit=1000").1
}

#[test]
fn rows_2_13_22_to_24_and_26_a_page_of_items_is_a_feature_collection() {
    let wide = Wide::served();
    let client = wide.client("admin");
    for collection in COLLECTIONS {
        let before = Timestamp::now();
        let reply = client.get_with(&format!("/ogc/collections/{collection}/items?limit=1000"), &GEO_JSON);
        let page = reply.json();
        assert_eq!(reply.header("content-type"), "application/geo+json", "row 22");
        assert_eq!(page["type"], "FeatureCollection", "row 22");
        let features = page["features"].as_array().expect("row 22");
        assert!(features.len() >= 10, "row 13: {collection}");
        for feature in features {
            assert_eq!(feature["type"], "Feature", "row 22");
            let inside = |[x, y]: [f64; 2]| (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y);
            assert!(positions(&feature["geometry"]).into_iter().all(inside), "row 2: {feature}");
        }
        typed_links("row 23", &page);
        assert_eq!(links(&page, "self").len(), 1, "row 23");
        assert!(!links(&page, "alternate").is_empty(), "row 23");
        let stamp: Timestamp = page["timeStamp"].as_str().expect("row 24").parse().expect("row 24");
        assert!(before <= stamp && stamp <= Timestamp::now(), "row 24: {stamp}");
        assert_eq!(page["numberReturned"], features.len(), "row 26");
    }
}

#[test]
fn row_15_a_bbox_finds_what_touches_it_and_nothing_else() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let mut found = 0;
    for collection in COLLECTIONS {
        let described = client.json(&format!("/ogc/collections/{collection}"));
        let extent: Vec<f64> =
            described["extent"]["spatial"]["bbox"][0].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        let all = all(&client, collection);
        for bbox in [
            extent.try_into().unwrap(),
            [-1.5, 50.0, 1.5, 53.0],
            [-80.0, -5.0, -70.0, 5.0],
            [177.0, 65.0, -177.0, 70.0],
            [-180.0, 85.0, 180.0, 90.0],
            [-180.0, -90.0, 180.0, -85.0],
            [-180.0, -90.0, 180.0, 90.0],
            [119.45, 28.4, 119.55, 28.45],
            [29.0, 89.0, 31.0, 90.0],
        ] {
            let place = geometry(&json!({ "bbox": bbox }));
            let touches = |f: &&Value| geometry(&f["geometry"]).relate(&place).is_intersects();
            let expected: Vec<Value> = all.iter().filter(touches).cloned().collect();
            let text = bbox.map(|n| n.to_string()).join(",");
            let (matched, features) = pages(&client, collection, &format!("limit=7&bbox={text}"));
            assert_eq!(ids(&features), ids(&expected), "row 15: {collection} {text}");
            assert_eq!(matched as usize, expected.len(), "row 25: {collection} {text}");
            found += expected.len();
        }
    }
    assert!(found > 200, "row 15: only {found} were found: the ground says little");
}

#[test]
fn row_15_the_extent_of_areas_and_context_holds_each_of_them() {
    let wide = Wide::served();
    let client = wide.client("public");
    for collection in ["areas", "context"] {
        let extent = client.json(&format!("/ogc/collections/{collection}"))["extent"]["spatial"]["bbox"][0].clone();
        let [w, s, e, n] = [0, 1, 2, 3].map(|i| extent[i].as_f64().unwrap());
        for feature in all(&client, collection) {
            let inside = |[x, y]: [f64; 2]| (w..=e).contains(&x) && (s..=n).contains(&y);
            assert!(positions(&feature["geometry"]).into_iter().all(inside), "row 15: {extent} {feature}");
        }
    }
}

#[test]
fn row_17_a_limit_is_kept_and_one_above_the_maximum_is_the_maximum() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let whole = all(&client, "households").len();
    for (limit, expected) in [("1", 1), ("7", 7), ("5000", whole), ("10000", whole), ("10001", whole)] {
        let reply = client.get(&format!("/ogc/collections/households/items?limit={limit}"));
        assert_eq!(reply.json()["features"].as_array().unwrap().len(), expected, "row 17: {limit}");
    }
}

/// First and last moment of what an item says of its time; open where it says nothing.
fn time_of(collection: &str, feature: &Value) -> (Timestamp, Timestamp) {
    let day = |name: &str, clock: &str| feature["properties"][name].as_str().map(|day| at(&format!("{day}T{clock}Z")));
    let (from, to) = match collection {
        "visits" => {
            let moment = at(feature["properties"]["at"].as_str().unwrap());
            (Some(moment), Some(moment))
        }
        "areas" => (day("valid_from", "00:00:00"), day("valid_to", "23:59:59.999999")),
        _ => (None, None),
    };
    (from.unwrap_or(Timestamp::MIN), to.unwrap_or(Timestamp::MAX))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn row_19_a_datetime_finds_what_was_then_and_what_has_no_time() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let (min, max) = (Timestamp::MIN, Timestamp::MAX);
    let (newyear, third) = (at("2024-01-01T00:00:00Z"), at("2024-01-03T00:00:00Z"));
    let (end_of_june, end_of_day) = (at("2024-06-30T23:59:59.999999Z"), at("2024-01-01T23:59:59.999999Z"));
    let table = [
        ("2024-01-01T00:00:00Z", newyear, newyear),
        ("2024-01-01T08:00:00+08:00", newyear, newyear),
        ("2024-01-01", newyear, end_of_day),
        ("2024-01-01/2024-06-30", newyear, end_of_june),
        ("2024-01-01T00:00:00Z/2024-01-03T00:00:00Z", newyear, third),
        ("2024-01-01T00:00:00Z/..", newyear, max),
        ("2024-01-01/..", newyear, max),
        ("../2024-01-01T00:00:00Z", min, newyear),
        ("2024-01-01T00:00:00Z/", newyear, max),
        ("/2024-01-01T00:00:00Z", min, newyear),
        ("/2024-06-30", min, end_of_june),
        ("../..", min, max),
        ("2024-01-01/P2D", newyear, third),
        ("2024-01-01T00:00:00Z/PT48H", newyear, third),
        ("P2D/2024-01-03T00:00:00Z", newyear, third),
        ("2199-01-01/..", at("2199-01-01T00:00:00Z"), max),
        ("1900-01-01/1900-01-02", at("1900-01-01T00:00:00Z"), at("1900-01-02T23:59:59.999999Z")),
    ];
    for collection in COLLECTIONS {
        let all = all(&client, collection);
        for (datetime, from, to) in table {
            let then = |feature: &&Value| {
                let (began, ended) = time_of(collection, feature);
                began <= to && from <= ended
            };
            let expected: Vec<Value> = all.iter().filter(then).cloned().collect();
            let (matched, features) = pages(&client, collection, &format!("limit=7&datetime={}", escaped(datetime)));
            assert_eq!(ids(&features), ids(&expected), "row 19: {collection} {datetime}");
            assert_eq!(matched as usize, expected.len(), "row 25: {collection} {datetime}");
        }
    }
}

#[test]
fn row_25_the_number_matched_is_that_of_the_items_collected_by_next() {
    let wide = Wide::served();
    let client = wide.client("admin");
    for collection in COLLECTIONS {
        let whole = all(&client, collection).len();
        for query in [
            String::new(),
            "bbox=-180,-90,120,90".to_owned(),
            "datetime=2024-01-01/2024-12-31".to_owned(),
            format!("filter={}", escaped("S_INTERSECTS(geometry, BBOX(0, 28, 119.5, 90))")),
            format!(
                "bbox=0,0,180,90&datetime=2024-01-01/..&filter={}",
                escaped("NOT S_WITHIN(geometry, BBOX(5, 0, 6, 90))")
            ),
        ] {
            for order in ["", "&sortby=-geometry"] {
                let order = order.replace("geometry", if collection == "visits" { "at" } else { "code" });
                let (matched, features) = pages(&client, collection, &format!("{query}&limit=3{order}"));
                let mut found = ids(&features);
                found.dedup();
                assert_eq!(matched as usize, found.len(), "row 25: {collection} {query} {order}");
                assert!(found.len() > 1 && found.len() <= whole, "row 25: {collection} {query}");
            }
        }
    }
}

#[test]
fn rows_27_to_29_an_item_is_found_by_its_id_and_links_back() {
    let wide = Wide::served();
    let client = wide.client("admin");
    for collection in COLLECTIONS {
        for listed in all(&client, collection) {
            let id = listed["id"].as_str().unwrap();
            let reply = client.get_with(&format!("/ogc/collections/{collection}/items/{}", escaped(id)), &GEO_JSON);
            assert_eq!(reply.header("content-type"), "application/geo+json", "row 28");
            let item = reply.json();
            for member in ["id", "type", "geometry", "properties"] {
                assert_eq!(item[member], listed[member], "row 28: {collection} {id}");
            }
            typed_links("row 29", &item);
            for rel in ["self", "alternate", "collection"] {
                assert!(!links(&item, rel).is_empty(), "row 29: {rel}");
            }
            let itself = client.json(&local(&links(&item, "self")[0]));
            assert_eq!(itself["id"], id, "row 29");
        }
    }
}
