//! A bbox that is read lies in range and in order, is read again as itself, and holds the corners that it was made of.
#![no_main]

use libfuzzer_sys::fuzz_target;
use melonmap::geom::offered::OfferedCrs;
use melonmap::geom::{Bbox, LonLat};
use melonmap::model::written;

/// One of each kind: longitude first, latitude first, metres, metres with a zone's number.
const CRSS: [&str; 4] = ["[OGC:CRS84]", "[EPSG:4326]", "[EPSG:3857]", "[EPSG:4527]"];

/// Bytes that pick a CRS with a projection: few, for PROJ takes thousands of times as long as the rest.
const PROJECTED: std::ops::Range<u8> = 2..4;

// The first byte picks the CRS.
fuzz_target!(|data: &[u8]| {
    let Some((pick, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let pick = if PROJECTED.contains(pick) { *pick } else { pick % PROJECTED.start };
    let crs = OfferedCrs::find(CRSS[usize::from(pick)]).expect("it is offered");
    let Ok(bbox) = written::bbox(text, crs) else { return };
    let [west, south, east, north] = bbox.to_array();
    assert!(south <= north, "{text}: {bbox:?}");
    assert!(LonLat::new(west, south).is_ok() && LonLat::new(east, north).is_ok(), "{text}: {bbox:?}");
    let again = written::bbox(&format!("{west},{south},{east},{north}"), OfferedCrs::CRS84);
    assert_eq!(again.ok(), Some(bbox), "{text}");
    assert!(bbox.parts().all(|part| !part.crosses_antimeridian()), "{text}: {bbox:?}");
    corners(text, crs, &bbox);
});

fn corners(text: &str, crs: OfferedCrs, bbox: &Bbox) {
    let numbers: Vec<f64> = text.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let half = numbers.len() / 2;
    let inward = crs.inward().expect("it was read in this CRS");
    for corner in [[numbers[0], numbers[1]], [numbers[half], numbers[half + 1]]] {
        let at = inward.lonlat(corner[0], corner[1]).expect("its corners were placed");
        assert!(bbox.contains(at), "{text}: {at:?} lies outside of {bbox:?}");
    }
}
