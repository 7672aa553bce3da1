//! "What GDAL really sends": measured requests of versions 3.6.2 and 3.12.4, none of which may be refused.

use super::{CRS84, ids};
use crate::house::{Client, Wide};
use crate::ogc::{escaped, links, local};
use serde_json::Value;

/// All pages from the first on, by the addresses of `next` alone.
fn followed(client: &Client, first: &str) -> Vec<Value> {
    let mut page = client.json(first);
    let mut all = page["features"].as_array().unwrap().clone();
    while let Some(next) = links(&page, "next").pop() {
        page = client.json(&local(&next));
        all.extend(page["features"].as_array().unwrap().clone());
    }
    all
}

#[test]
fn gdal_3_6_2_lists_reads_the_description_and_filters_by_bbox_and_attribute() {
    let wide = Wide::served();
    let client = wide.client("admin");
    client.json("/ogc/collections");
    assert_eq!(client.json("/ogc/collections/context/items?f=json&limit=10")["numberReturned"], 10);
    let root = client.json("/ogc");
    let described = client.json(&local(&links(&root, "service-desc")[0]));
    let parameters = described["paths"]["/collections/context/items"]["get"]["parameters"].as_array().unwrap();
    assert!(parameters.iter().any(|p| p["name"] == "kind"), "a predicate is sent only where the description lists it");
    let bbox = "-1.4999999999999999,-7.2000000000000002,13.8000000000000007,60.7999999999999972";
    let found = followed(&client, &format!("/ogc/collections/context/items?f=json&limit=10&bbox={bbox}&kind=kind%201"));
    assert!(found.len() > 2, "{found:?}");
    assert!(found.iter().all(|feature| feature["properties"]["kind"] == "kind 1"));
}

#[test]
fn gdal_3_12_4_reads_in_pages_with_the_crs_of_the_store() {
    let wide = Wide::served();
    let client = wide.client("admin");
    client.json("/ogc/collections/households");
    assert_eq!(client.json("/ogc/collections/households/items?f=json&limit=20")["numberReturned"], 20);
    let crs = format!("bbox-crs={0}&crs={0}", escaped(CRS84));
    let whole = followed(&client, &format!("/ogc/collections/households/items?f=json&limit=1000&{crs}"));
    let paged = followed(&client, &format!("/ogc/collections/households/items?f=json&limit=20&{crs}"));
    assert_eq!(ids(&whole), ids(&paged));
    let bbox = "bbox=119.3999999999999915,28.3999999999999986,119.4500000000000028,28.4499999999999993";
    let part = followed(&client, &format!("/ogc/collections/households/items?f=json&limit=1000&{bbox}&{crs}"));
    assert_eq!(part.len(), 10, "a grid's households");
}
