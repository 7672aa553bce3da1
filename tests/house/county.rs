//! A made county: one county, two townships, four grids side by side, ten households in each. Small enough to count by hand.

use super::{Scratch, repository};
use jiff::Timestamp;
use melonmap::app::{ImportKind, ImportSpec, Mapping, create_token, describe_map, open_input, open_store, run_import};
use melonmap::model::{Change, Code, Grant, MapInfo, Plan, PlanId, PlanPhase, Role, Within};
use melonmap::store::{Batch, Entry, Location, OpenMode, Store};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::io::Cursor;

pub const TOWNSHIPS: [&str; 2] = ["331100001", "331100002"];
/// West to east; two in each township.
pub const GRIDS: [&str; 4] = ["331100001000001", "331100001000002", "331100002000001", "331100002000002"];
/// In each grid. The last one is vacant and so not eligible.
const HOUSEHOLDS: usize = 10;

const WEST: f64 = 119.40;
const SOUTH: f64 = 28.40;
/// Side of a grid, degrees.
const SIDE: f64 = 0.05;

/// A household of the county. Its numbers are odd enough to be recognised wherever they leak.
#[derive(Debug, Clone)]
pub struct Home {
    pub code: String,
    pub lon: f64,
    pub lat: f64,
    pub address: String,
    pub vacant: bool,
}

/// The household `i` of the grid `g`.
#[allow(clippy::cast_precision_loss)] // one digit each
pub fn home(g: usize, i: usize) -> Home {
    let (g0, i0) = (g as f64, i as f64);
    Home {
        code: format!("HH{g}{i}"),
        lon: rounded(WEST + SIDE * g0 + 0.004_712_3 + 0.004_3 * i0),
        lat: rounded(SOUTH + 0.003_745_6 + 0.004_1 * i0),
        address: format!("Melon Lane 17{g}{i}"),
        vacant: i == HOUSEHOLDS - 1,
    }
}

fn rounded(degrees: f64) -> f64 {
    format!("{degrees:.7}").parse().unwrap()
}

pub fn homes() -> impl Iterator<Item = Home> {
    (0..GRIDS.len()).flat_map(|g| (0..HOUSEHOLDS).map(move |i| home(g, i)))
}

/// How to make the county's files and its store.
pub struct County;

impl County {
    /// Its areas as GeoJSON features.
    pub fn areas() -> Vec<Value> {
        let mut areas = vec![area("331100", "Small County", "county", None, 0.0, 4.0)];
        for (code, name, from) in [(TOWNSHIPS[0], "West", 0.0), (TOWNSHIPS[1], "East", 2.0)] {
            areas.push(area(code, name, "township", Some("331100"), from, from + 2.0));
        }
        for (code, from) in GRIDS.into_iter().zip([0.0, 1.0, 2.0, 3.0]) {
            areas.push(area(code, code, "grid", Some(&code[..9]), from, from + 1.0));
        }
        areas
    }

    /// Its households as CSV.
    pub fn households() -> String {
        homes().fold("code,x,y,address,status,persons\n".to_owned(), |mut text, h| {
            let status = if h.vacant { "vacant" } else { "occupied" };
            writeln!(text, "{},{},{},{},{status},4", h.code, h.lon, h.lat, h.address).unwrap();
            text
        })
    }

    /// Some base map.
    pub fn context() -> Vec<Value> {
        let street = json!({"type": "LineString", "coordinates": [[119.40, 28.42], [119.60, 28.42]]});
        let school = json!({"type": "Point", "coordinates": [119.43, 28.42]});
        vec![
            json!({"type": "Feature", "properties": {"osm": "w1", "highway": "residential", "name": "Long Street"}, "geometry": street}),
            json!({"type": "Feature", "properties": {"osm": "n1", "key": "amenity", "value": "school"}, "geometry": school}),
        ]
    }

    /// Fills the store and gives a token for each role. The member and the coordinator work in the west: the member in its
    /// first grid, the coordinator in the township.
    pub fn found(scratch: &Scratch) -> HashMap<&'static str, String> {
        let location = scratch.store();
        let mut store = open_store(location.to_str().unwrap(), true, "test").unwrap();
        let info = MapInfo { name: "Small County".into(), attribution: vec!["© Nobody".into()], sample: true };
        describe_map(&mut store, "test", info).unwrap();
        let files = [
            (ImportKind::Areas, sequence(&County::areas())),
            (ImportKind::Households, County::households()),
            (ImportKind::Context, sequence(&County::context())),
        ];
        for (kind, text) in files {
            let rows = open_input(Box::new(Cursor::new(text.into_bytes())), None).unwrap();
            let mapping = Mapping::default();
            let spec = ImportSpec {
                kind,
                mapping,
                crs: None,
                repair: false,
                within: None,
                skip_bad: false,
                author: "test".into(),
                key: None,
            };
            run_import(&mut store, rows, &spec, |bad| panic!("{bad}"), |_| ()).unwrap();
        }
        let roles = Role::ALL.into_iter().filter(|role| *role != Role::Public);
        roles
            .map(|role| {
                let areas = match role {
                    Role::Member => vec![Code::new(GRIDS[0]).unwrap()],
                    Role::Coordinator => vec![Code::new(TOWNSHIPS[0]).unwrap()],
                    _ => Vec::new(),
                };
                let grant = Grant { name: format!("Caller {role} Zhang"), role, areas };
                (role.as_str(), create_token(&mut store, "test", grant, None).unwrap().secret)
            })
            .collect()
    }

    /// Founds a Plan of the whole county, or takes it to another phase, while no server runs.
    pub fn plan(scratch: &Scratch, id: u32, phase: PlanPhase) {
        let rules = std::fs::read_to_string(repository("data/rules/cn-hebi-2012.toml")).unwrap();
        let (id, name, reason) = (PlanId(id), format!("Plan {id}"), String::new());
        let within = Within::Area(Code::new("331100").unwrap());
        let (zones_only, widths) = (false, BTreeMap::new());
        let plan = Plan { id, name, rules, within, zones_only, widths, phase, reason }.check().unwrap();
        let entries = vec![Entry::from(&Change::PlanPut(Box::new(plan)))];
        let mut store = Store::open(&Location::Sqlite(scratch.store()), OpenMode::Existing, "test").unwrap();
        store.append(&[Batch { at: Timestamp::now(), author: "test".into(), entries }]).unwrap();
    }
}

/// A text sequence, a line a feature.
pub fn sequence(features: &[Value]) -> String {
    features.iter().flat_map(|feature| [feature.to_string(), "\n".to_owned()]).collect()
}

fn area(code: &str, name: &str, level: &str, parent: Option<&str>, from: f64, to: f64) -> Value {
    let (west, east) = (rounded(WEST + SIDE * from), rounded(WEST + SIDE * to));
    let (south, north) = (SOUTH, rounded(SOUTH + SIDE));
    // Every corner of a grid is a corner of the areas above it, so that borders are the same line in all of them.
    let stops: Vec<f64> = (0..=4u32).map(|n| rounded(WEST + SIDE * f64::from(n))).collect();
    let between: Vec<f64> = stops.into_iter().filter(|x| *x >= west && *x <= east).collect();
    let mut ring: Vec<[f64; 2]> = between.iter().map(|x| [*x, south]).collect();
    ring.extend(between.iter().rev().map(|x| [*x, north]));
    ring.push([west, south]);
    json!({
        "type": "Feature",
        "properties": {"code": code, "name": name, "level": level, "parent": parent},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    })
}
