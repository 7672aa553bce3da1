//! The small county and beside it a wide ground: things of every geometry type, from pole to pole and over the antimeridian, with
//! names in many scripts, with days and moments, and with gaps in every column that may have one.

use super::{Client, County, Scratch, Server, homes, sequence};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Words that differ by case, accents and what a pattern takes for its own.
pub const NAMES: [Option<&str>; 9] = [
    None,
    Some("西瓜"),
    Some("Straße"),
    Some("STRASSE"),
    Some("café"),
    Some("CAFE\u{301}"),
    Some("a_b"),
    Some("100%"),
    Some("O'Brien"),
];

const CLASSES: [&str; 3] = ["school", "water", "hydrant"];

/// Visits by the number of their household, when, and what came of them.
const VISITS: [(usize, &str, &str, bool); 12] = [
    (0, "2023-12-31T23:59:59Z", "visited", false),
    (1, "2024-01-01T00:00:00Z", "not_home", false),
    (2, "2024-01-01T12:00:00Z", "visited", true),
    (3, "2024-01-02T23:59:59Z", "partly", false),
    (4, "2024-01-03T00:00:00Z", "refused", true),
    (5, "2024-01-03T00:00:01Z", "visited", false),
    (12, "2024-06-30T08:00:00Z", "not_found", false),
    (13, "2024-06-30T23:59:59Z", "visited", true),
    (22, "2024-07-01T00:00:00Z", "deferred", false),
    (23, "2025-02-28T10:00:00Z", "partly", true),
    (33, "2025-12-31T23:59:59Z", "visited", false),
    (2, "2026-01-01T00:00:00Z", "not_home", false),
];

/// A server on it, with a token for each role.
pub struct Wide {
    scratch: Scratch,
    server: Server,
    tokens: HashMap<&'static str, String>,
}

impl Wide {
    /// Imports the ground, serves it, and logs the visits.
    pub fn served() -> Wide {
        let scratch = Scratch::new();
        let tokens = County::found(&scratch);
        for (kind, name, text) in [
            ("areas", "wide-areas.geojsonl", sequence(&areas())),
            ("households", "wide-households.csv", households()),
            ("context", "wide-context.geojsonl", sequence(&context())),
        ] {
            let ran = scratch.import(kind, &scratch.file(name, text), &[]);
            assert_eq!(ran.code, Some(0), "{ran:?}");
        }
        let server = Server::start(&scratch);
        let wide = Wide { scratch, server, tokens };
        wide.log_visits();
        wide
    }

    /// Somebody of this role; the public has no token.
    pub fn client(&self, role: &str) -> Client {
        self.server.client(self.tokens.get(role).map(String::as_str))
    }

    /// The folder of its store.
    pub fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// Where it is served.
    pub fn url(&self) -> &str {
        &self.server.url
    }

    fn log_visits(&self) {
        let admin = self.client("admin");
        let stage = json!({"name": "Stage 西", "theme": "", "from": "2024-01-01", "to": "2025-12-31"});
        let campaign = admin.post("/api/campaigns", &stage);
        assert_eq!(campaign.status, 201, "{}", campaign.text());
        let homes: Vec<String> = homes().map(|home| home.code).collect();
        for (n, (home, at, outcome, staged)) in VISITS.into_iter().enumerate() {
            let id = format!("0197f3a0-0000-7000-8000-{n:012}");
            let mut visit = json!({"id": id, "household": homes[home], "at": at, "outcome": outcome});
            if staged {
                visit["campaign"] = json!(1);
            }
            let reply = admin.post("/api/visits", &visit).json();
            assert_eq!(reply["results"][0]["result"], "stored", "{reply}");
        }
    }
}

fn feature(properties: &Value, geometry: &Value) -> Value {
    json!({"type": "Feature", "properties": properties, "geometry": geometry})
}

fn shape(kind: &str, coordinates: &Value) -> Value {
    json!({"type": kind, "coordinates": coordinates})
}

/// The corners of a rectangle, counter-clockwise, closed.
fn ring(w: i32, s: i32, e: i32, n: i32) -> Value {
    json!([[w, s], [e, s], [e, n], [w, n], [w, s]])
}

/// Townships far from the county, some of them for a time only that has not ended; most are without a household.
fn areas() -> Vec<Value> {
    let dated = [
        ("DA", Some("西瓜"), None, Some("2199-12-31"), 0),
        ("DB", Some("Straße"), Some("2024-01-01"), Some("2199-06-30"), 3),
        ("DC", None, Some("2024-01-03"), None, 6),
        ("DD", Some("café"), Some("2026-01-01"), Some("2198-01-01"), 9),
        ("DE", Some("CAFE\u{301}"), None, None, 12),
    ];
    let mut all: Vec<Value> = dated
        .into_iter()
        .map(|(code, name, from, to, west)| {
            let properties =
                json!({"code": code, "name": name, "level": "township", "valid_from": from, "valid_to": to});
            feature(&properties, &shape("Polygon", &json!([ring(west, 40, west + 3, 43)])))
        })
        .collect();
    let parts = json!([[ring(176, 60, 180, 70)], [ring(-180, 60, -175, 70)]]);
    let properties = json!({"code": "DATE-LINE", "name": "Over the line", "level": "county"});
    all.push(feature(&properties, &shape("MultiPolygon", &parts)));
    all
}

/// Households at the ends of the world and in a township, most of them with gaps.
fn households() -> String {
    "code,x,y,address,status,persons\n\
     FAR-EAST,179.9,66,,occupied,\n\
     FAR-WEST,-179.9,66,Größe 1,vacant,2\n\
     FAR-NORTH,30,89.5,,occupied,0\n\
     NEAR-NORTH,30,85.2,北极,merged,1\n\
     FAR-SOUTH,-60,-89.5,,demolished,\n\
     WASH,0.5,51,O'Brien's,occupied,3\n\
     TOWN-1,1,41,,occupied,\n\
     TOWN-2,4,42,café,occupied,12\n"
        .to_owned()
}

/// What stands at the places that the official tests ask for, and a block of every geometry type on whole degrees.
fn context() -> Vec<Value> {
    let named = [
        ("P-EAST", "Point", json!([179.5, 67])),
        ("P-WEST", "Point", json!([-178, 66])),
        ("P-PAST", "Point", json!([-176.5, 67])),
        ("P-NORTH", "Point", json!([30, 90])),
        ("P-SOUTH", "Point", json!([-60, -90])),
        ("P-ALMOST", "Point", json!([30, 84.9])),
        ("L-THROUGH", "LineString", json!([[-2, 52], [1, 52]])),
        ("L-TO-THE-EDGE", "LineString", json!([[-3, 51], [-1.5, 51]])),
        ("L-AROUND-THE-CORNER", "LineString", json!([[-2.5, 52.5], [-1, 54]])),
        ("L-ARCTIC", "LineString", json!([[-100, 86], [-90, 89]])),
        ("ML-AMAZON", "MultiLineString", json!([[[-60, 20], [-50, 20]], [[-75, -6], [-75, -4]]])),
        ("A-AMAZON", "Polygon", json!([ring(-79, -4, -71, 4), [[-77, -2], [-77, 2], [-73, 2], [-73, -2], [-77, -2]]])),
        ("A-AROUND-IT", "Polygon", json!([ring(-95, -20, -55, 20), hole(-85, -10, -65, 10)])),
        ("MA-DATE-LINE", "MultiPolygon", json!([[ring(175, 64, 180, 69)], [ring(-180, 64, -179, 69)]])),
        ("A-ARCTIC", "Polygon", json!([ring(-180, 84, 180, 88)])),
        ("MA-ANTARCTIC", "MultiPolygon", json!([[ring(-180, -90, -90, -80)], [ring(90, -84, 180, -75)]])),
        ("MP-WASH", "MultiPoint", json!([[0.5, 51], [12.5, 51]])),
    ];
    let block = (0..30_i32).map(|i| {
        let (x, y) = ((i * 5) % 9, (i * 7) % 8);
        let (kind, coordinates) = match i % 6 {
            0 => ("Point", json!([x, y])),
            1 => ("MultiPoint", json!([[x, y], [x + 2, y + 1]])),
            2 => ("LineString", json!([[x, y], [x + 3, y + 1], [x + 3, y + 3]])),
            3 => ("MultiLineString", json!([[[x, y], [x + 2, y]], [[x, y + 1], [x + 1, y + 3]]])),
            4 => ("Polygon", json!([ring(x, y, x + 4, y + 3), hole(x + 1, y + 1, x + 2, y + 2)])),
            _ => ("MultiPolygon", json!([[ring(x, y, x + 1, y + 2)], [ring(x + 2, y, x + 4, y + 1)]])),
        };
        (format!("B{i:02}"), kind, coordinates)
    });
    let named = named.into_iter().map(|(code, kind, coordinates)| (code.to_owned(), kind, coordinates));
    named
        .chain(block)
        .enumerate()
        .map(|(n, (code, kind, coordinates))| {
            let own = (n % 4 != 0).then(|| format!("kind {}", n % 3));
            let properties =
                json!({"code": code, "class": CLASSES[n % 3], "kind": own, "name": NAMES[n % NAMES.len()]});
            feature(&properties, &shape(kind, &coordinates))
        })
        .collect()
}

/// As [`ring`], clockwise.
fn hole(w: i32, s: i32, e: i32, n: i32) -> Value {
    json!([[w, s], [w, n], [e, n], [e, s], [w, s]])
}
