//! Metres: on the sphere, and on a flat plane around a place.

use super::LonLat;
use std::fmt;

/// A length in metres.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Meters(pub f64);

impl fmt::Display for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} m", self.0)
    }
}

/// Mean earth radius R1 (Moritz 1980, GRS 80), metres.
const RADIUS: f64 = 6_371_008.8;

/// Great-circle distance on a sphere of the mean radius; off the ellipsoid's by at most 0.6 %.
#[must_use]
pub fn haversine(a: LonLat, b: LonLat) -> Meters {
    let (lat1, lat2) = (a.lat().to_radians(), b.lat().to_radians());
    let half_lat = ((lat2 - lat1) / 2.0).sin();
    let half_lon = ((b.lon() - a.lon()).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
    Meters(2.0 * RADIUS * h.sqrt().min(1.0).asin())
}

/// A flat plane in metres around a place: east and north along the WGS 84 ellipsoid's radii of curvature there.
///
/// Lengths and areas are true to 1e-4 within some 30 km of the place; do not use it for more than a county.
#[derive(Debug, Clone, Copy)]
pub struct Plane {
    origin: LonLat,
    per_lon: f64,
    per_lat: f64,
}

impl Plane {
    /// A plane that is exact at `origin`.
    #[must_use]
    pub fn around(origin: LonLat) -> Plane {
        const A: f64 = 6_378_137.0;
        const E2: f64 = 6.694_379_990_141_316e-3;
        let (sin, cos) = origin.lat().to_radians().sin_cos();
        let w = 1.0 - E2 * sin * sin;
        let prime_vertical = A / w.sqrt();
        let meridian = A * (1.0 - E2) / (w * w.sqrt());
        Plane { origin, per_lon: (prime_vertical * cos).to_radians(), per_lat: meridian.to_radians() }
    }

    /// Metres east and north of the origin.
    #[must_use]
    pub fn project(&self, at: geo::Coord<f64>) -> geo::Coord<f64> {
        geo::Coord { x: (at.x - self.origin.lon()) * self.per_lon, y: (at.y - self.origin.lat()) * self.per_lat }
    }

    /// Degrees of a position in metres east and north of the origin: the way back.
    #[must_use]
    pub fn unproject(&self, at: geo::Coord<f64>) -> geo::Coord<f64> {
        geo::Coord { x: at.x / self.per_lon + self.origin.lon(), y: at.y / self.per_lat + self.origin.lat() }
    }

    /// Square metres of one square degree here: areas in degrees times this are areas on the plane.
    #[must_use]
    pub fn square_meters_per_square_degree(&self) -> f64 {
        self.per_lon * self.per_lat
    }

    /// Metres per degree of longitude and of latitude here.
    #[must_use]
    pub fn meters_per_degree(&self) -> (f64, f64) {
        (self.per_lon, self.per_lat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_agree_with_the_reference_table() {
        let table = include_str!("../../data/fixtures/geodesic_reference.csv");
        let mut rows = 0;
        for line in table.lines().skip(1) {
            let cell: Vec<f64> = line.split(',').skip(1).map(|c| c.parse().unwrap()).collect();
            let (a, b) = (LonLat::new(cell[0], cell[1]).unwrap(), LonLat::new(cell[2], cell[3]).unwrap());
            let (geodesic, expected) = (cell[4], cell[6]);
            assert!((haversine(a, b).0 - expected).abs() < 1e-3, "{line}");
            if geodesic < 5_000.0 {
                let plane = Plane::around(a);
                let to = plane.project(b.coord());
                assert!((to.x.hypot(to.y) - geodesic).abs() < geodesic * 2e-3 + 0.01, "{line}");
            }
            rows += 1;
        }
        assert_eq!(rows, 200);
    }
}
