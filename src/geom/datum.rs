//! The two Chinese map datums: GCJ-02 (Amap, Tencent) and BD-09 (Baidu).
//!
//! Forward formulas as published by the `eviltransform` project; the inverse has no closed form and is found by
//! fixed-point iteration (the shift changes by less than 1 % over a shift's length, so each step gains two digits).
//! Outside the box of mainland China both are WGS 84.

use std::f64::consts::PI;

/// Semi-major axis of the Krasovsky 1940 ellipsoid, metres.
const A: f64 = 6_378_245.0;
/// Its squared eccentricity.
const EE: f64 = 0.006_693_421_622_965_943;
/// Baidu's angular factor.
const X_PI: f64 = PI * 3000.0 / 180.0;
/// 1e-13 degree is 11 nm: far below the 1e-6 m asked of a round trip, above the noise of `f64` at 180.
const TOLERANCE: f64 = 1e-13;
/// Two digits a step from 0.006 degree: seven steps reach the tolerance; the rest is reserve.
const MAX_STEPS: u32 = 30;

/// Whether the shift applies: the box used by every public implementation.
fn in_china(lon: f64, lat: f64) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

fn shift(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y) = (lon - 105.0, lat - 35.0);
    let root = 0.2 * x.abs().sqrt();
    let waves = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let mut north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + root + waves;
    north += (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0;
    north += (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let mut east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.5 * root + waves;
    east += (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0;
    east += (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let (sin, cos) = lat.to_radians().sin_cos();
    let magic = 1.0 - EE * sin * sin;
    let lat_shift = (north * 180.0) / ((A * (1.0 - EE)) / (magic * magic.sqrt()) * PI);
    let lon_shift = (east * 180.0) / (A / magic.sqrt() * cos * PI);
    (lon_shift, lat_shift)
}

/// WGS 84 to GCJ-02, degrees.
///
/// ```
/// let (lon, lat) = melonmap::geom::datum::gcj02_of_wgs84(116.404, 39.915);
/// assert!((lon - 116.41024449916938).abs() < 1e-9 && (lat - 39.91640428150164).abs() < 1e-9);
/// ```
#[must_use]
pub fn gcj02_of_wgs84(lon: f64, lat: f64) -> (f64, f64) {
    if !in_china(lon, lat) {
        return (lon, lat);
    }
    let (east, north) = shift(lon, lat);
    (lon + east, lat + north)
}

/// GCJ-02 to WGS 84, degrees; round trip below 1e-6 m.
#[must_use]
pub fn wgs84_of_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    invert(lon, lat, gcj02_of_wgs84)
}

/// GCJ-02 to BD-09, degrees.
#[must_use]
pub fn bd09_of_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    let z = lon.hypot(lat) + 0.000_02 * (lat * X_PI).sin();
    let theta = lat.atan2(lon) + 0.000_003 * (lon * X_PI).cos();
    (z * theta.cos() + 0.0065, z * theta.sin() + 0.006)
}

/// WGS 84 to BD-09, degrees; outside China unchanged.
#[must_use]
pub fn bd09_of_wgs84(lon: f64, lat: f64) -> (f64, f64) {
    if !in_china(lon, lat) {
        return (lon, lat);
    }
    let (lon, lat) = gcj02_of_wgs84(lon, lat);
    bd09_of_gcj02(lon, lat)
}

/// BD-09 to WGS 84, degrees; round trip below 1e-6 m.
#[must_use]
pub fn wgs84_of_bd09(lon: f64, lat: f64) -> (f64, f64) {
    if !in_china(lon, lat) {
        return (lon, lat);
    }
    let (lon, lat) = invert(lon, lat, bd09_of_gcj02);
    wgs84_of_gcj02(lon, lat)
}

fn invert(lon: f64, lat: f64, forward: impl Fn(f64, f64) -> (f64, f64)) -> (f64, f64) {
    let (mut x, mut y) = (lon, lat);
    for _ in 0..MAX_STEPS {
        let (fx, fy) = forward(x, y);
        let (dx, dy) = (lon - fx, lat - fy);
        x += dx;
        y += dy;
        if dx.abs() < TOLERANCE && dy.abs() < TOLERANCE {
            break;
        }
    }
    (x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meters(a: (f64, f64), b: (f64, f64)) -> f64 {
        let plane = crate::geom::Plane::around(crate::geom::LonLat::new(a.0, a.1).unwrap());
        let d = plane.project(geo::Coord { x: b.0, y: b.1 });
        d.x.hypot(d.y)
    }

    #[test]
    fn the_reference_points_are_met_forward_and_the_round_trip_closes() {
        let table = include_str!("../../data/fixtures/crs_reference_cn.csv");
        let mut rows = 0;
        for line in table.lines().skip(1) {
            let cell: Vec<f64> = line.split(',').skip(1).take(6).map(|c| c.parse().unwrap()).collect();
            let (wgs, gcj, bd) = ((cell[0], cell[1]), (cell[2], cell[3]), (cell[4], cell[5]));
            // The table rounds to 1e-9 degree, 0.1 mm: 1e-4 m is what it can tell; the formulas are compared closer below.
            assert!(meters(gcj02_of_wgs84(wgs.0, wgs.1), gcj) < 1.2e-4, "{line}");
            assert!(meters(bd09_of_wgs84(wgs.0, wgs.1), bd) < 1.2e-4, "{line}");
            let (lon, lat) = gcj02_of_wgs84(wgs.0, wgs.1);
            assert!(meters(wgs84_of_gcj02(lon, lat), wgs) < 1e-6, "{line}");
            let (lon, lat) = bd09_of_wgs84(wgs.0, wgs.1);
            assert!(meters(wgs84_of_bd09(lon, lat), wgs) < 1e-6, "{line}");
            rows += 1;
        }
        assert_eq!(rows, 300);
    }

    #[test]
    fn the_published_vectors_are_met_within_a_hundredth_of_a_millimetre() {
        let gcj = gcj02_of_wgs84(116.404, 39.915);
        assert!(meters(gcj, (116.410_244_499_169_38, 39.916_404_281_501_64)) < 1e-5);
        let bd = bd09_of_gcj02(116.404, 39.915);
        assert!(meters(bd, (116.410_369_493_710_29, 39.921_336_993_510_21)) < 1e-5);
    }

    #[test]
    fn nothing_is_shifted_outside_china() {
        assert_eq!(gcj02_of_wgs84(9.52, 47.14), (9.52, 47.14));
        assert_eq!(wgs84_of_bd09(-0.12, 51.5), (-0.12, 51.5));
    }
}
