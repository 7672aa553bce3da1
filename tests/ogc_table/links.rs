//! Rows 1 to 12: the documents that lead to the items.

use super::{COLLECTIONS, CRS84, typed_links};
use crate::house::Wide;
use crate::ogc::{links, local};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

const JSON: [(&str, &str); 1] = [("accept", "application/json")];

#[test]
fn row_1_the_root_answers_in_http_1_1() {
    let wide = Wide::served();
    let address = wide.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /ogc HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(answer.lines().next(), Some("HTTP/1.1 200 OK"), "row 1");
}

#[test]
fn rows_3_to_8_the_root_leads_to_the_description_and_to_what_is_conformed_to() {
    let wide = Wide::served();
    let client = wide.client("public");
    let root = client.get_with("/ogc", &JSON).json();
    typed_links("row 4", &root);
    for rel in ["conformance", "data", "service-desc", "service-doc", "self"] {
        assert_eq!(links(&root, rel).len(), 1, "row 4: {rel}");
    }
    let all = root["links"].as_array().unwrap();
    let described = all.iter().find(|link| link["rel"] == "service-desc").unwrap();
    let openapi = "application/vnd.oai.openapi+json;version=3.0";
    assert_eq!(described["type"], openapi, "row 5");
    let reply = client.get(&local(described["href"].as_str().unwrap()));
    assert_eq!((reply.status, reply.header("content-type")), (200, openapi), "row 6");
    let conformance = client.get_with(&local(&links(&root, "conformance")[0]), &JSON).json();
    let classes: Vec<&str> =
        conformance["conformsTo"].as_array().expect("row 8").iter().map(|c| c.as_str().expect("row 8")).collect();
    for part in [
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/filter",
        "cql2/1.0/conf/cql2-text",
    ] {
        assert!(classes.contains(&format!("http://www.opengis.net/spec/{part}").as_str()), "row 8: {part}");
    }
    assert_eq!(classes.iter().collect::<BTreeSet<_>>().len(), classes.len(), "row 8: none twice");
}

#[test]
fn rows_9_to_12_a_collection_is_the_same_in_the_list_and_alone_and_links_to_its_items() {
    let wide = Wide::served();
    let client = wide.client("admin");
    let list = client.get_with("/ogc/collections", &JSON).json();
    typed_links("row 10", &list);
    let alternates = list["links"].as_array().unwrap().iter().filter(|l| l["rel"] == "alternate");
    assert_eq!(alternates.map(|l| l["type"].clone()).collect::<Vec<_>>(), [json!("text/html")], "row 10");
    assert_eq!(links(&list, "self").len(), 1, "row 10");
    let collections = list["collections"].as_array().unwrap();
    let ids: Vec<Value> = collections.iter().map(|c| c["id"].clone()).collect();
    assert_eq!(ids, [&COLLECTIONS[..], &["zones", "spots"]].concat(), "row 10");
    for listed in collections {
        let id = listed["id"].as_str().unwrap();
        typed_links("row 10", listed);
        let items: Vec<&Value> =
            listed["links"].as_array().unwrap().iter().filter(|link| link["rel"] == "items").collect();
        assert!(items.iter().any(|link| link["type"] == "application/geo+json"), "row 10: {id}");
        for link in items {
            let href = local(link["href"].as_str().unwrap());
            let joined = if href.contains('?') { '&' } else { '?' };
            let reply = client.get(&format!("{href}{joined}limit=1"));
            assert_eq!(reply.status, 200, "row 10: {link}");
            assert!(reply.header("content-type").starts_with(link["type"].as_str().unwrap()), "row 10: {link}");
        }
        assert!(["#/crs", CRS84].contains(&listed["crs"][0].as_str().unwrap()), "row 10: {id}");
        let alone = client.get_with(&format!("/ogc/collections/{id}"), &JSON).json();
        typed_links("row 12", &alone);
        for member in ["id", "title", "description", "extent"] {
            assert!(!alone[member].is_null(), "row 12: {id}.{member}");
            assert_eq!(alone[member], listed[member], "row 12: {id}.{member}");
        }
    }
}
