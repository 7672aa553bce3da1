//! Which tiles there are: tile matrix set limits, and what is beyond them.

use super::{DRAWN, Running, filled, followed, place};
use crate::house::{Scratch, Server, home, homes};
use crate::ogc::links;
use melonmap::app::open_store;
use serde_json::Value;

/// First and last row, first and last column of a matrix.
fn limits(tileset: &Value, matrix: u32) -> [u64; 4] {
    let all = tileset["tileMatrixSetLimits"].as_array().unwrap();
    let name = matrix.to_string();
    let one = all.iter().find(|limits| limits["tileMatrix"] == name.as_str());
    let one = one.unwrap_or_else(|| panic!("no limits of {matrix}: {tileset}"));
    ["minTileRow", "maxTileRow", "minTileCol", "maxTileCol"].map(|name| one[name].as_u64().unwrap())
}

fn holds(tileset: &Value, place: &str) -> bool {
    let [z, row, column] = place.split('/').map(|part| part.parse().unwrap()).collect::<Vec<u64>>()[..] else {
        panic!()
    };
    let [top, bottom, west, east] = limits(tileset, u32::try_from(z).unwrap());
    (top..=bottom).contains(&row) && (west..=east).contains(&column)
}

#[test]
fn tc_error_within_the_limits_a_tile_is_200_or_204_and_beyond_them_404() {
    let house = Running::county();
    let admin = house.client("admin");
    for (id, deepest) in DRAWN {
        let tileset = followed(&admin, &format!("/ogc/collections/{id}"));
        for z in 0..=deepest {
            let [top, bottom, west, east] = limits(&tileset, z);
            let last = (1 << z) - 1;
            assert!(top <= bottom && west <= east && bottom <= last && east <= last, "{id} {z}");
            assert!(homes().all(|home| holds(&tileset, &place(&home, z as u8))), "{id} {z}");
            let status = |row: u64, column: u64| admin.get(&filled(&tileset, &format!("{z}/{row}/{column}"))).status;
            for (row, column) in [(top, west), (bottom, east), (top, east), (bottom, west)] {
                assert!([200, 204].contains(&status(row, column)), "{id} {z}/{row}/{column}");
            }
            let beyond =
                [(top.wrapping_sub(1), west), (bottom + 1, west), (top, west.wrapping_sub(1)), (top, east + 1)];
            for (row, column) in beyond.into_iter().filter(|(row, column)| *row <= last && *column <= last) {
                assert_eq!(status(row, column), 404, "{id} {z}/{row}/{column}");
            }
        }
        let deeper = place(&home(0, 3), deepest as u8 + 1);
        let problem = admin.get(&filled(&tileset, &deeper)).problem(404);
        assert!(problem["detail"].as_str().unwrap().contains("beyond the limits"), "{problem}");
    }
}

#[test]
fn tc_error_what_no_matrix_has_is_404_and_what_is_no_number_400_by_its_name() {
    let house = Running::county();
    let admin = house.client("admin");
    for path in ["/ogc/tiles", "/ogc/collections/areas/tiles"] {
        for place in ["0/0/1", "0/1/0", "14/16384/0", "14/0/16384", "23/0/0", "99/0/0", "5/99999999999999999999/0"] {
            admin.get(&format!("{path}/WebMercatorQuad/{place}")).problem(404);
        }
        for (place, field, value) in [
            ("x/0/0", "tileMatrix", "x"),
            ("-1/0/0", "tileMatrix", "-1"),
            ("0/1.5/0", "tileRow", "1.5"),
            ("0/0/1e3", "tileCol", "1e3"),
            ("0/0/%00", "tileCol", "\0"),
            ("0/0/0.png", "tileCol", "0.png"),
            ("0/0/.mvt", "tileCol", ""),
        ] {
            let problem = admin.get(&format!("{path}/WebMercatorQuad/{place}")).wrong(field, value);
            assert_eq!(problem["expected"], "a whole number from 0", "{place}");
        }
        admin.get(&format!("{path}/WebMercatorQuad/0/0/%FF")).problem(400);
        admin.get(&format!("{path}/WebMercatorQuad/0/0")).problem(404);
    }
    admin.get("/ogc/collections/nosuch/tiles/WebMercatorQuad/0/0/0").problem(404);
    admin.get("/ogc/collections/visits/tiles/WebMercatorQuad/0/0/0").problem(404);
}

#[test]
fn limits_reach_to_a_household_beyond_all_areas_for_who_sees_every_household_and_tell_nobody_else() {
    let scratch = Scratch::new();
    let tokens = crate::house::County::found(&scratch);
    let far = "code,x,y,address,status,persons\nFAR,100.1,20.2,,occupied,1\n";
    let ran = scratch.import("households", &scratch.file("far.csv", far), &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let server = Server::start(&scratch);
    let mut far = home(0, 0);
    (far.lon, far.lat) = (100.1, 20.2);
    for (role, from, told) in [
        ("admin", "/ogc/collections/households", true),
        ("admin", "/ogc", true),
        ("admin", "/ogc/collections/areas", false),
        ("member", "/ogc/collections/households", false),
        ("public", "/ogc", false),
    ] {
        let client = server.client(tokens.get(role).map(String::as_str));
        let tileset = followed(&client, from);
        assert_eq!(holds(&tileset, &place(&far, 14)), told, "{role} {from}");
        let reply = client.get(&filled(&tileset, &place(&far, 14)));
        assert_eq!(reply.status, if told { 200 } else { 404 }, "{role} {from}");
        assert!(holds(&tileset, &place(&home(0, 3), 14)), "{role} {from}");
    }
}

#[test]
fn a_map_without_anything_is_empty_everywhere() {
    let scratch = Scratch::new();
    drop(open_store(scratch.store().to_str().unwrap(), true, "test").unwrap());
    let server = Server::start(&scratch);
    let public = server.client(None);
    let tileset = followed(&public, "/ogc");
    assert_eq!(limits(&tileset, 3), [0, 7, 0, 7]);
    assert_eq!(tileset["boundingBox"]["lowerLeft"][0], -180.0);
    assert!(tileset["attribution"].is_null());
    assert_eq!(public.get("/ogc/tiles/WebMercatorQuad/3/5/2").status, 204);
    assert_eq!(links(&tileset, "item").len(), 1);
}
