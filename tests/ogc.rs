//! OGC API Features, requirement by requirement, as a client meets it.

use crate::house::{Client, County, GRIDS, Scratch, Server, homes};
use serde_json::{Value, json};
use std::collections::HashMap;

pub const LAT_FIRST: &str = "http://www.opengis.net/def/crs/EPSG/0/4326";

struct Running {
    _scratch: Scratch,
    server: Server,
    tokens: HashMap<&'static str, String>,
}

fn running() -> Running {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    Running { server, tokens, _scratch: scratch }
}

impl Running {
    fn client(&self, role: &str) -> Client {
        self.server.client(self.tokens.get(role).map(String::as_str))
    }
}

pub fn links(document: &Value, rel: &str) -> Vec<String> {
    let all = document["links"].as_array().unwrap().iter();
    all.filter(|link| link["rel"] == rel).map(|link| link["href"].as_str().unwrap().to_owned()).collect()
}

/// Path and query of a link.
pub fn local(href: &str) -> String {
    let after = href.split_once("://").map_or(href, |(_, rest)| rest);
    after[after.find('/').unwrap()..].to_owned()
}

pub fn escaped(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub fn items(client: &Client, collection: &str, query: &str) -> Value {
    let reply = client.get(&format!("/ogc/collections/{collection}/items?{query}"));
    assert_eq!(reply.status, 200, "{query}: {}", reply.text());
    reply.json()
}

/// Every page by `next`, from the first.
pub fn pages(client: &Client, collection: &str, query: &str) -> (u64, Vec<Value>) {
    let mut page = items(client, collection, query);
    let matched = page["numberMatched"].as_u64().unwrap();
    let mut all = Vec::new();
    loop {
        let features = page["features"].as_array().unwrap().clone();
        assert_eq!(page["numberReturned"], features.len());
        assert_eq!(page["numberMatched"], matched);
        all.extend(features);
        let Some(next) = links(&page, "next").pop() else { return (matched, all) };
        page = client.json(&local(&next));
    }
}

#[test]
fn the_landing_page_leads_to_everything() {
    let house = running();
    let client = house.client("admin");
    let landing = client.json("/ogc");
    for rel in ["self", "alternate", "conformance", "data", "service-desc", "service-doc"] {
        let found = links(&landing, rel);
        assert!(!found.is_empty(), "{rel}");
        assert_eq!(client.get(&local(&found[0])).status, 200, "{rel}");
    }
    let described = client.get(&local(&links(&landing, "service-desc")[0]));
    assert_eq!(described.header("content-type"), "application/vnd.oai.openapi+json;version=3.0");
    assert_eq!(described.json()["openapi"], "3.0.3");
    let classes = client.json("/ogc/conformance")["conformsTo"].clone();
    assert!(
        classes.as_array().unwrap().contains(&json!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"))
    );
}

#[test]
fn a_collection_says_the_same_in_the_list_and_alone() {
    let house = running();
    let client = house.client("admin");
    let list = client.json("/ogc/collections");
    assert!(list["crs"].as_array().unwrap().len() > 40);
    let collections = list["collections"].as_array().unwrap();
    let ids: Vec<&str> = collections.iter().map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["areas", "households", "visits", "context", "zones", "spots"]);
    for listed in collections {
        let id = listed["id"].as_str().unwrap();
        let alone = client.json(&format!("/ogc/collections/{id}"));
        for member in ["id", "title", "description", "extent", "storageCrs"] {
            assert_eq!(alone[member], listed[member], "{id} {member}");
        }
        assert_eq!(listed["crs"], json!(["#/crs"]));
        assert_eq!(alone["crs"][0], "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
        for rel in ["items", "describedby", "http://www.opengis.net/def/rel/ogc/1.0/queryables"] {
            assert_eq!(client.get(&local(&links(&alone, rel)[0])).status, 200, "{id} {rel}");
        }
    }
}

#[test]
fn pages_hold_every_item_once_and_the_count_is_theirs() {
    let house = running();
    let client = house.client("admin");
    let mut codes: Vec<String> = homes().map(|home| home.code).collect();
    codes.sort();
    let around = escaped("BBOX(119.45,28.4,119.55,28.45)");
    for (query, expected) in [
        ("limit=7".to_owned(), codes.len()),
        ("limit=7&sortby=-code".to_owned(), codes.len()),
        ("limit=3&status=vacant".to_owned(), homes().filter(|home| home.vacant).count()),
        (
            "limit=3&bbox=119.45,28.4,119.55,28.45".to_owned(),
            homes().filter(|h| (119.45..=119.55).contains(&h.lon)).count(),
        ),
        (
            format!("limit=3&filter=S_INTERSECTS(geometry,{around})"),
            homes().filter(|h| (119.45..=119.55).contains(&h.lon)).count(),
        ),
    ] {
        let (matched, all) = pages(&client, "households", &query);
        let mut ids: Vec<&str> = all.iter().map(|f| f["id"].as_str().unwrap()).collect();
        if query.contains("sortby") {
            assert!(ids.is_sorted_by(|a, b| a >= b), "{query}: {ids:?}");
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((matched as usize, ids.len()), (expected, expected), "{query}");
        assert!(expected > 3, "{query}");
    }
}

#[test]
fn after_the_greatest_mark_that_can_be_written_comes_an_empty_page() {
    let house = running();
    let client = house.client("admin");
    let mark = format!("after={}", escaped(&format!("[[],{}]", u32::MAX)));
    for query in [mark.clone(), format!("{mark}&bbox=119,28,120,29"), format!("{mark}&status=occupied")] {
        let page = items(&client, "households", &query);
        assert_eq!(page["numberReturned"], 0, "{query}");
        assert!(page["numberMatched"].as_u64().unwrap() > 0, "{query}");
    }
}

#[test]
fn a_bbox_may_cross_the_antimeridian_or_touch_a_pole_and_shows_nothing_that_is_not_there() {
    let house = running();
    let client = house.client("admin");
    let count = |bbox: &str| items(&client, "areas", &format!("bbox={bbox}"))["numberMatched"].as_u64().unwrap();
    assert_eq!(count("177,65,-177,70"), 0);
    assert_eq!(count("-180,85,180,90"), 0);
    assert_eq!(count("-180,-90,180,-85"), 0);
    assert_eq!(count("119,28,-170,29"), 7, "from China eastwards over the antimeridian");
    assert_eq!(count("-180,-90,180,90"), 7);
}

#[test]
fn a_crs_is_answered_with_its_axes_and_its_header() {
    let house = running();
    let client = house.client("admin");
    let path = format!("/ogc/collections/areas/items/{}", GRIDS[0]);
    let plain = client.get(&path);
    assert_eq!(plain.header("content-crs"), "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>");
    let turned = client.get(&format!("{path}?crs={}", escaped(LAT_FIRST)));
    assert_eq!(turned.header("content-crs"), format!("<{LAT_FIRST}>"));
    let first = |reply: &Value| reply["geometry"]["coordinates"][0][0][0].clone();
    let (plain, turned) = (first(&plain.json()), first(&turned.json()));
    assert_eq!((&plain[0], &plain[1]), (&turned[1], &turned[0]));
    let query = |bbox: &str, crs: &str| format!("bbox={bbox}&bbox-crs={}&limit=1", escaped(crs));
    let lat_first = items(&client, "households", &query("28.4,119.45,28.45,119.55", LAT_FIRST));
    let lon_first = items(&client, "households", "bbox=119.45,28.4,119.55,28.45&limit=1");
    assert_eq!(lat_first["numberMatched"], lon_first["numberMatched"]);
}

#[test]
fn what_cannot_be_is_a_problem_that_names_the_parameter() {
    let house = running();
    let client = house.client("admin");
    let deep = format!("filter={}a%3D1{}", "(".repeat(900), ")".repeat(900));
    for (query, field) in [
        ("limit=unlimited", "limit"),
        ("limit=-1", "limit"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=1,2,3,4,5", "bbox"),
        ("datetime=not-a-date", "datetime"),
        ("unknownQueryParameter12345=1", "parameter"),
        ("crs=unsupported", "crs"),
        ("bbox-crs=unsupported", "bbox-crs"),
        ("filter=nosuch%3D1", "filter"),
        ("filter=status%3D", "filter"),
        ("filter=status%3D1", "filter"),
        ("filter=status%3D%27a%27&filter-lang=sql", "filter-lang"),
        (&deep, "filter"),
        ("sortby=geometry", "sortby"),
        ("properties=nosuch", "properties"),
        ("after=nonsense", "after"),
        ("persons=many", "persons"),
        ("persons=NaN", "persons"),
        ("f=xml", "f"),
    ] {
        let reply = client.get(&format!("/ogc/collections/households/items?{query}"));
        assert_eq!(reply.problem(400)["field"], field, "{query}");
    }
    for path in ["/ogc/collections/nosuch", "/ogc/collections/nosuch/items", "/ogc/collections/areas/items/nosuch"] {
        assert_eq!(client.get(path).status, 404, "{path}");
    }
    for id in ["a%00b", "a%2Fb", &"x".repeat(6_000)] {
        assert_eq!(client.get(&format!("/ogc/collections/areas/items/{id}")).status, 404, "{id:.20}");
    }
}

#[test]
fn nobody_sees_rows_or_fields_that_are_not_theirs() {
    let house = running();
    let (public, member, analyst) = (house.client("public"), house.client("member"), house.client("analyst"));
    let named = |client: &Client| {
        let list = client.json("/ogc/collections")["collections"].as_array().unwrap().clone();
        list.iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(named(&public), ["areas", "context"]);
    for path in ["households", "households/items", "households/queryables", "visits/items?f=csv", "households/items/x"]
    {
        assert_eq!(public.get(&format!("/ogc/collections/{path}")).status, 401, "{path}");
    }
    let own = items(&member, "households", "limit=1000");
    assert_eq!(own["numberMatched"], 10);
    assert!(own["features"].as_array().unwrap().iter().all(|f| f["properties"]["area"] == GRIDS[0]));
    let other =
        homes().find(|home| home.code != own["features"][0]["id"] && !own.to_string().contains(&home.code)).unwrap();
    assert_eq!(member.get(&format!("/ogc/collections/households/items/{}", other.code)).status, 404);
    let all = items(&analyst, "households", "limit=1000");
    assert_eq!(all["numberMatched"], 40);
    for hidden in ["address", "persons"] {
        assert!(!all.to_string().contains(&format!("\"{hidden}\"")), "{hidden}");
        for query in [format!("filter={hidden}%20IS%20NULL"), format!("sortby={hidden}"), format!("{hidden}=1")] {
            let reply = analyst.get(&format!("/ogc/collections/households/items?{query}"));
            assert_eq!(reply.status, 400, "{query}");
        }
        for form in ["csv", "geojsonseq"] {
            let text = analyst.get(&format!("/ogc/collections/households/items?f={form}")).text();
            assert!(!text.contains(hidden) && text.contains("status"), "{form}: {text:.200}");
        }
    }
    assert!(items(&member, "households", "limit=1")["features"][0]["properties"]["address"].is_string());
}

#[test]
fn every_form_holds_the_same_items() {
    let house = running();
    let client = house.client("admin");
    let path = |form: &str| format!("/ogc/collections/households/items?f={form}");
    let (matched, _) = pages(&client, "households", "limit=11");
    let csv = client.get(&path("csv"));
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.text().lines().count() as u64, matched + 1);
    let sequence = client.get(&path("geojsonseq")).text();
    let features: Vec<Value> =
        sequence.split('\u{1e}').skip(1).map(|text| serde_json::from_str(text).unwrap()).collect();
    assert_eq!(features.len() as u64, matched);
    let some = client.get(&format!("{}&limit=3", path("csv")));
    assert_eq!(some.text().lines().count(), 4);
    let html = client.get_with("/ogc/collections/households/items", &[("accept", "text/html")]);
    assert_eq!(html.header("content-type"), "text/html; charset=utf-8");
    assert!(html.text().contains(&format!("of {matched} items")));
    // FlatGeobuf is read back by the importer: nothing is new to a store that holds it.
    let scratch = Scratch::new();
    County::found(&scratch);
    std::fs::write(scratch.path("out.fgb"), client.get(&path("fgb")).body).unwrap();
    let mut command = crate::house::command();
    command.args(["import", "households"]).arg(scratch.path("out.fgb")).arg("--store").arg(scratch.store());
    let ran = crate::house::Ran::of(&command.output().unwrap());
    assert!(ran.done().starts_with(&format!("{matched} rows: all known, nothing changed; 0 bad")), "{ran:?}");
}
