//! `melonmap areas divide` and `melonmap areas check`.

use crate::house::{County, GRIDS, Scratch, repository, sequence};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn liechtenstein() -> Scratch {
    let scratch = Scratch::new();
    scratch.import("areas", &repository("data/liechtenstein/areas.geojsonl.gz"), &[]).done();
    scratch.import("households", &repository("data/liechtenstein/households.csv.gz"), &[]).done();
    scratch
}

const NEWEST: &str = "SELECT body FROM latest WHERE kind = 'area' AND body ->> 'level' = 'grid' \
                      AND body ->> 'valid_to' IS NULL ORDER BY key";

#[test]
fn a_country_is_divided_into_numbered_grids_without_gap_or_overlap() {
    let scratch = liechtenstein();
    let ran = scratch.run(&["areas", "divide", "--within", "township", "--households", "300"]);
    let said: Vec<&str> = ran.done().split_whitespace().collect();
    let grids: Vec<Value> = scratch.ask(NEWEST).iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(said[0], grids.len().to_string(), "{ran:?}");
    assert!(ran.out.contains("in 11 areas of level township"), "{ran:?}");
    let mut next: BTreeMap<String, u32> = BTreeMap::new();
    for grid in &grids {
        let (code, parent) = (grid["code"].as_str().unwrap(), grid["parent"].as_str().unwrap());
        // 438000 is the county, 7001 the township: 001, no village, then the number.
        let sequence = next.entry(parent.to_owned()).or_default();
        *sequence += 1;
        assert_eq!(code, format!("438000{}000{sequence:03}", &parent[1..]), "numbered without a hole");
    }
    assert_eq!(next.len(), 11);
    assert!(ran.out.contains("most 300") || ran.out.contains("most 29"), "{ran:?}");
    let checked = scratch.run(&["areas", "check"]);
    assert_eq!(checked.done(), "no gaps, overlaps, slivers or orphans");

    // What the served map counts: every household is in one grid, none of them too large, and the grids add up.
    let token = scratch.run(&["token", "create", "--role", "analyst", "--name", "a"]);
    let server = crate::house::Server::start(&scratch);
    let analyst = server.client(Some(token.done()));
    let figures = |level: &str| -> Vec<u64> {
        let answer = analyst.json(&format!("/api/coverage?level={level}"));
        answer["areas"].as_array().unwrap().iter().map(|area| area["eligible"].as_u64().unwrap()).collect()
    };
    let households = figures("grid");
    assert_eq!(households.len(), grids.len());
    assert!(households.iter().all(|n| *n <= 300), "{households:?}");
    assert_eq!(households.iter().sum::<u64>(), 17_039);
    assert_eq!(figures("township").iter().sum::<u64>(), 17_039);
    assert_eq!(figures("county"), [17_039]);
    server.stop();
}

#[test]
fn grids_that_are_there_are_redrawn_only_when_told_so_and_the_old_ones_end() {
    let scratch = liechtenstein();
    scratch.run(&["areas", "divide", "--within", "township", "--households", "200"]).done();
    let many = scratch.ask(NEWEST).len();
    scratch
        .unchanged(|| scratch.run(&["areas", "divide", "--within", "township", "--households", "300"]))
        .refused(1, &["--replace"]);
    scratch.run(&["areas", "divide", "--within", "township", "--households", "300", "--replace"]).done();
    let ended = scratch.ask("SELECT count(*) FROM latest WHERE kind = 'area_end'");
    let few = scratch.run(&["areas", "check"]);
    assert_eq!(few.done(), "no gaps, overlaps, slivers or orphans");
    assert!(ended[0].parse::<usize>().unwrap() > 0 && many > 85, "{many} grids, then {ended:?} ended");
    scratch.proved();
}

#[test]
fn what_cannot_be_divided_is_refused() {
    let scratch = Scratch::new();
    let file = scratch.file("areas.geojsonl", sequence(&County::areas()));
    scratch.import("areas", &file, &[]).done();
    for (level, names) in [
        ("grid", &["within", "grid", "county, township or village"][..]),
        ("street", &["street", "one of"]),
        ("township", &["4 grids", "--replace"]),
    ] {
        scratch.unchanged(|| scratch.run(&["areas", "divide", "--within", level])).refused(1, names);
    }
    // Redrawn are the grids of a level that is there.
    let village = ["areas", "divide", "--within", "village", "--replace"];
    scratch.unchanged(|| scratch.run(&village)).refused(1, &["area of level 'village' is not known"]);
}

/// The county's areas with the outline of one of them moved.
fn bent(code: &str, bend: impl Fn(&mut Vec<[f64; 2]>)) -> Scratch {
    let scratch = Scratch::new();
    let mut areas = County::areas();
    let area = areas.iter_mut().find(|area| area["properties"]["code"] == code).unwrap();
    let ring = &mut area["geometry"]["coordinates"][0];
    let mut positions: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).unwrap();
    bend(&mut positions);
    *ring = json!(positions);
    let file = scratch.file("areas.geojsonl", sequence(&areas));
    scratch.import("areas", &file, &[]).done();
    scratch
}

/// One fault: its kind, about so many m², near this place, of these areas.
#[track_caller]
fn finds(scratch: &Scratch, kind: &str, m2: f64, place: [f64; 2], codes: &[&str]) {
    let ran = scratch.unchanged(|| scratch.run(&["areas", "check"]));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let lines: Vec<Vec<&str>> = ran.out.lines().map(|line| line.split('\t').collect()).collect();
    let found = lines.iter().find(|line| line[0] == kind).unwrap_or_else(|| panic!("no {kind}: {ran:?}"));
    let measured: f64 = found[1].strip_suffix(" m²").unwrap().parse().unwrap();
    assert!((measured - m2).abs() <= 0.02 * m2, "{measured} m² for {m2}: {ran:?}");
    let at: Vec<f64> = found[2].strip_prefix("at ").unwrap().split(',').map(|n| n.parse().unwrap()).collect();
    assert!((at[0] - place[0]).abs() < 0.03 && (at[1] - place[1]).abs() < 0.03, "{ran:?}");
    for code in codes {
        assert!(found[3].split(' ').any(|c| c == *code), "{code}: {ran:?}");
    }
    assert!(ran.err.contains("faults found"), "{ran:?}");
}

#[test]
fn a_county_whose_areas_fit_has_no_faults() {
    let scratch = bent(GRIDS[0], |_| {});
    assert_eq!(scratch.run(&["areas", "check"]).done(), "no gaps, overlaps, slivers or orphans");
}

/// Metres of a degree at 28.4° north on the sphere and ellipsoid agree to half a percent: enough for the two percent above.
const EAST_M: f64 = 97_950.0;
const NORTH_M: f64 = 110_830.0;

#[test]
fn a_gap_is_found_with_its_place_and_its_square_metres() {
    // The first grid ends 0.01° before the second begins.
    let scratch = bent(GRIDS[0], |ring| ring.iter_mut().filter(|p| p[0] > 119.44).for_each(|p| p[0] -= 0.01));
    finds(&scratch, "gap", 0.01 * EAST_M * 0.05 * NORTH_M, [119.445, 28.425], &[]);
}

#[test]
fn an_overlap_is_found_with_both_its_areas() {
    let scratch = bent(GRIDS[0], |ring| ring.iter_mut().filter(|p| p[0] > 119.44).for_each(|p| p[0] += 0.01));
    finds(&scratch, "overlap", 0.01 * EAST_M * 0.05 * NORTH_M, [119.455, 28.425], &GRIDS[..2]);
}

#[test]
fn a_sliver_is_a_gap_or_overlap_that_is_narrower_than_a_metre() {
    let scratch = bent(GRIDS[0], |ring| ring.iter_mut().filter(|p| p[0] > 119.44).for_each(|p| p[0] -= 0.000_005));
    finds(&scratch, "sliver", 0.000_005 * EAST_M * 0.05 * NORTH_M, [119.45, 28.425], &[]);
    // What is narrower than what one asks for is let pass.
    assert_eq!(scratch.run(&["areas", "check", "--tolerance-m2", "10000"]).code, Some(0));
    scratch.run(&["areas", "check", "--sliver-m=-1"]).refused(1, &["--sliver-m", "-1"]);
}

#[test]
fn an_orphan_is_an_area_outside_of_every_wider_one() {
    let scratch = Scratch::new();
    let mut areas = County::areas();
    let far = json!([[[120.0, 28.0], [120.01, 28.0], [120.01, 28.01], [120.0, 28.01], [120.0, 28.0]]]);
    areas.push(json!({"type": "Feature", "properties": {"code": "9", "name": "Far", "level": "grid"},
                      "geometry": {"type": "Polygon", "coordinates": far}}));
    let file = scratch.file("areas.geojsonl", sequence(&areas));
    scratch.import("areas", &file, &[]).done();
    finds(&scratch, "orphan", 0.01 * 98_320.0 * 0.01 * NORTH_M, [120.005, 28.005], &["9"]);
}
