//! CRSs in which answers are offered and questions taken, by their URI, with the axes in the order of the registry.

use super::crs::{Crs, Projector, Reprojector};
use super::{Bbox, GeomError, LonLat};
use geo::Geometry;

/// A CRS of the list, as OGC API Features Part 2 names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferedCrs {
    /// `None` is CRS84: WGS 84, longitude first.
    epsg: Option<u32>,
}

/// CGCS2000's 3-degree Gauss-Krüger zones: with the zone's number before the easting (25 to 45), then by central meridian.
const CGCS2000_ZONES: std::ops::RangeInclusive<u32> = 4513..=4554;

/// Those that are neither CRS84 nor one of the zones.
const GENERAL: [u32; 3] = [4326, 3857, 4490];

impl OfferedCrs {
    /// What is meant where nothing is said.
    pub const CRS84: OfferedCrs = OfferedCrs { epsg: None };

    /// All of them, CRS84 first.
    pub fn all() -> impl Iterator<Item = OfferedCrs> {
        let codes = GENERAL.into_iter().chain(CGCS2000_ZONES);
        std::iter::once(OfferedCrs::CRS84).chain(codes.map(|code| OfferedCrs { epsg: Some(code) }))
    }

    /// By its URI, or by the safe CURIE `[EPSG:4326]`; `None` for one that is not offered.
    #[must_use]
    pub fn find(name: &str) -> Option<OfferedCrs> {
        OfferedCrs::all().find(|crs| crs.uri() == name || crs.curie() == name)
    }

    /// Its URI.
    #[must_use]
    pub fn uri(self) -> String {
        match self.epsg {
            None => "http://www.opengis.net/def/crs/OGC/1.3/CRS84".into(),
            Some(code) => format!("http://www.opengis.net/def/crs/EPSG/0/{code}"),
        }
    }

    fn curie(self) -> String {
        self.epsg.map_or_else(|| "[OGC:CRS84]".into(), |code| format!("[EPSG:{code}]"))
    }

    /// Whether the registry names north before east: all but CRS84 and web mercator.
    #[must_use]
    pub fn north_first(self) -> bool {
        !matches!(self.epsg, None | Some(3857))
    }

    fn crs(self) -> Crs {
        match self.epsg {
            None | Some(4326) => Crs::Wgs84,
            Some(code) => Crs::Epsg(code),
        }
    }

    /// The way out: from the house's WGS 84. Not shared between threads; see [`Projector`].
    pub fn outward(self) -> Result<Outward, GeomError> {
        Ok(Outward { projector: Projector::new(self.crs())?, swap: self.north_first() })
    }

    /// The way in: to the house's WGS 84. Not shared between threads; see [`Reprojector`].
    pub fn inward(self) -> Result<Inward, GeomError> {
        Ok(Inward { reprojector: Reprojector::new(self.crs())?, swap: self.north_first() })
    }
}

/// Turns positions of the house into a CRS, axes in its order.
pub struct Outward {
    projector: Projector,
    swap: bool,
}

impl Outward {
    /// Every position of a geometry, in place: its `x` becomes the first axis. On an error it is left half turned.
    pub fn geometry(&self, geometry: &mut Geometry<f64>) -> Result<(), GeomError> {
        self.projector.geometry(geometry, self.swap)
    }
}

/// Turns positions of a CRS, axes in its order, into those of the house.
pub struct Inward {
    reprojector: Reprojector,
    swap: bool,
}

/// Points on each side of a rectangle that are turned, so that a side that bends is followed.
const SIDE: u32 = 16;

impl Inward {
    /// One position.
    pub fn lonlat(&self, first: f64, second: f64) -> Result<LonLat, GeomError> {
        let (x, y) = if self.swap { (second, first) } else { (first, second) };
        self.reprojector.lonlat(x, y)
    }

    /// A rectangle given by its least and greatest corner; for a projected CRS the rectangle of degrees around it.
    pub fn bbox(&self, corners: [f64; 4]) -> Result<Bbox, GeomError> {
        let [a0, a1, b0, b1] = corners;
        if !self.reprojector.projects() {
            let (least, most) = (self.lonlat(a0, a1)?, self.lonlat(b0, b1)?);
            return Bbox::new(least.lon(), least.lat(), most.lon(), most.lat());
        }
        if b0 < a0 || b1 < a1 {
            return Err(GeomError::UpsideDown { south: a1.max(a0), north: b1.min(b0) });
        }
        let step = |from: f64, to: f64, i: u32| from + (to - from) * f64::from(i) / f64::from(SIDE);
        let sides = (0..=SIDE).flat_map(|i| {
            let (along, up) = (step(a0, b0, i), step(a1, b1, i));
            [(along, a1), (along, b1), (a0, up), (b0, up)]
        });
        let turned = sides.map(|(first, second)| self.lonlat(first, second)).collect::<Result<Vec<_>, _>>()?;
        let (lons, lats) = (turned.iter().map(|at| at.lon()), turned.iter().map(|at| at.lat()));
        let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
        Bbox::new(least(&mut lons.clone()), least(&mut lats.clone()), most(&mut lons.clone()), most(&mut lats.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crs_of_the_list_is_found_by_its_uri_and_turns_there_and_back() {
        let place = (116.404, 39.915);
        let mut turned = 0;
        for crs in OfferedCrs::all() {
            assert_eq!(OfferedCrs::find(&crs.uri()), Some(crs));
            let mut geometry = Geometry::Point(geo::Point::new(place.0, place.1));
            crs.outward().unwrap().geometry(&mut geometry).unwrap();
            let Geometry::Point(out) = geometry else { unreachable!("a point stays one") };
            // A zone far away bends too much to come back exactly.
            if let Ok(back) = crs.inward().unwrap().lonlat(out.x(), out.y())
                && (back.lon() - place.0).abs() < 1e-8
                && (back.lat() - place.1).abs() < 1e-8
            {
                turned += 1;
            }
        }
        assert!(turned > 10, "{turned}");
        assert_eq!(OfferedCrs::find("http://www.opengis.net/def/crs/EPSG/0/27700"), None);
    }

    #[test]
    fn axes_come_in_the_order_that_the_registry_gives() {
        let out = |code: u32| {
            let mut geometry = Geometry::Point(geo::Point::new(117.0, 36.0));
            OfferedCrs { epsg: Some(code) }.outward().unwrap().geometry(&mut geometry).unwrap();
            let Geometry::Point(out) = geometry else { unreachable!("a point stays one") };
            (out.x(), out.y())
        };
        assert_eq!(out(4326), (36.0, 117.0));
        assert_eq!(out(4490), (36.0, 117.0));
        let (x, y) = out(3857);
        assert!((x - 13_024_380.4).abs() < 0.1 && (y - 4_300_621.4).abs() < 0.1, "{x} {y}");
        // Zone 39 has its central meridian at 117 degrees: northing first, then an easting of exactly 39,500,000 m.
        let (northing, easting) = out(4527);
        assert!(
            (easting - 39_500_000.0).abs() < 1e-3 && (northing - 3_985_000.0).abs() < 2_000.0,
            "{northing} {easting}"
        );
    }

    #[test]
    #[allow(clippy::float_cmp)] // only turned round, not computed
    fn a_rectangle_is_turned_with_its_bent_sides() {
        let web = OfferedCrs { epsg: Some(3857) }.inward().unwrap();
        let bbox = web.bbox([1_059_000.0, 5_960_000.0, 1_062_000.0, 5_965_000.0]).unwrap();
        assert!((bbox.west() - 9.5131).abs() < 1e-3 && (bbox.north() - 47.1476).abs() < 0.05, "{bbox:?}");
        let swapped = OfferedCrs { epsg: Some(4326) }.inward().unwrap().bbox([47.0, 9.4, 47.3, 9.7]).unwrap();
        assert_eq!(swapped.to_array(), [9.4, 47.0, 9.7, 47.3]);
        assert!(web.bbox([2.0, 0.0, 1.0, 1.0]).is_err());
    }
}
