//! Other coordinate reference systems, left behind at the door. The only file that knows PROJ.

use super::{GeomError, LonLat, datum};
use proj::Proj;
use std::fmt;
use std::str::FromStr;

/// A coordinate reference system as a person names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crs {
    /// WGS 84 longitude and latitude in degrees: what the house uses.
    Wgs84,
    /// A code of the EPSG registry, through PROJ; axes in the order x (east), y (north), whatever the registry says.
    Epsg(u32),
    /// GCJ-02 longitude and latitude (Amap, Tencent).
    Gcj02,
    /// BD-09 longitude and latitude (Baidu).
    Bd09,
}

impl FromStr for Crs {
    type Err = GeomError;

    /// `EPSG:27700`, `gcj02`, `bd09`, `wgs84`; case does not matter.
    fn from_str(name: &str) -> Result<Crs, GeomError> {
        let refuse = || GeomError::CrsName(name.to_owned());
        match name.to_ascii_lowercase().as_str() {
            "wgs84" | "crs84" | "epsg:4326" => Ok(Crs::Wgs84),
            "gcj02" => Ok(Crs::Gcj02),
            "bd09" => Ok(Crs::Bd09),
            other => other.strip_prefix("epsg:").and_then(|n| n.parse().ok()).map(Crs::Epsg).ok_or_else(refuse),
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Crs::Wgs84 => f.write_str("WGS 84"),
            Crs::Epsg(n) => write!(f, "EPSG:{n}"),
            Crs::Gcj02 => f.write_str("GCJ-02"),
            Crs::Bd09 => f.write_str("BD-09"),
        }
    }
}

/// Turns positions of one CRS into WGS 84. Not shared between threads: PROJ's contexts are not; make one per thread.
pub struct Reprojector {
    crs: Crs,
    proj: Option<Proj>,
}

impl Reprojector {
    /// Refuses a CRS that PROJ does not know. Costs milliseconds for an EPSG code, nothing for the others.
    pub fn new(crs: Crs) -> Result<Reprojector, GeomError> {
        let proj = match crs {
            Crs::Epsg(code) => {
                let refuse = |e: proj::ProjCreateError| GeomError::Crs { crs: crs.to_string(), reason: e.to_string() };
                Some(Proj::new_known_crs(&format!("EPSG:{code}"), "EPSG:4326", None).map_err(refuse)?)
            }
            _ => None,
        };
        Ok(Reprojector { crs, proj })
    }

    /// One position; refuses what has no place in WGS 84. About 1 µs through PROJ.
    pub fn lonlat(&self, x: f64, y: f64) -> Result<LonLat, GeomError> {
        let outside = || GeomError::Outside { crs: self.crs.to_string(), x, y };
        let (lon, lat) = match (&self.proj, self.crs) {
            (Some(proj), _) => {
                if !(x.is_finite() && y.is_finite()) {
                    return Err(outside());
                }
                proj.convert((x, y)).map_err(|_| outside())?
            }
            (None, Crs::Gcj02) => datum::wgs84_of_gcj02(x, y),
            (None, Crs::Bd09) => datum::wgs84_of_bd09(x, y),
            (None, _) => return LonLat::new(x, y),
        };
        LonLat::new(lon, lat).map_err(|_| outside())
    }

    /// Every position of a geometry, in place. On an error the geometry is left half turned: throw it away.
    pub fn geometry(&self, geometry: &mut geo::Geometry<f64>) -> Result<(), GeomError> {
        each(geometry, &|c| self.lonlat(c.x, c.y).map(LonLat::coord))
    }

    /// Whether positions go through a projection: degrees come in for all others.
    pub fn projects(&self) -> bool {
        self.proj.is_some() && self.crs != Crs::Epsg(CGCS2000)
    }

    /// The operation that PROJ chose, for a report: which shift, how exact. Empty where PROJ has no part.
    pub fn describe(&self) -> String {
        let Some(proj) = &self.proj else { return String::new() };
        let info = proj.proj_info();
        match (info.description, info.accuracy) {
            (Some(what), accuracy) if accuracy >= 0.0 => format!("{what}, accurate to {accuracy} m"),
            (Some(what), _) => what,
            _ => String::new(),
        }
    }
}

/// Turns positions of WGS 84 into those of one CRS. Not shared between threads, as [`Reprojector`].
pub struct Projector {
    crs: Crs,
    proj: Option<Proj>,
}

impl Projector {
    /// Refuses a CRS that PROJ does not know, and the shifted Chinese datums: nothing is published in them.
    pub fn new(crs: Crs) -> Result<Projector, GeomError> {
        let refuse = |reason: String| GeomError::Crs { crs: crs.to_string(), reason };
        let proj = match crs {
            Crs::Wgs84 => None,
            Crs::Epsg(code) => {
                let proj = Proj::new_known_crs("EPSG:4326", &format!("EPSG:{code}"), None);
                Some(proj.map_err(|e| refuse(e.to_string()))?)
            }
            Crs::Gcj02 | Crs::Bd09 => return Err(refuse("nothing is written in it".into())),
        };
        Ok(Projector { crs, proj })
    }

    /// Every position of a geometry, in place; with `swap`, north before east. On an error it is left half turned.
    pub fn geometry(&self, geometry: &mut geo::Geometry<f64>, swap: bool) -> Result<(), GeomError> {
        each(geometry, &|c| {
            let outside = || GeomError::Outside { crs: self.crs.to_string(), x: c.x, y: c.y };
            let (x, y) = match &self.proj {
                Some(proj) => proj.convert((c.x, c.y)).map_err(|_| outside())?,
                None => (c.x, c.y),
            };
            Ok(if swap { geo::Coord { x: y, y: x } } else { geo::Coord { x, y } })
        })
    }
}

/// China's own frame in degrees, the same as WGS 84 to a decimetre.
const CGCS2000: u32 = 4490;

type Turn<'a> = &'a dyn Fn(geo::Coord<f64>) -> Result<geo::Coord<f64>, GeomError>;

/// By hand, because `geo`'s own way through a collection has a type of its own for each depth and does not compile.
fn each(geometry: &mut geo::Geometry<f64>, turn: Turn<'_>) -> Result<(), GeomError> {
    use geo::{Geometry as G, MapCoordsInPlace};
    match geometry {
        G::Point(g) => g.try_map_coords_in_place(turn),
        G::Line(g) => g.try_map_coords_in_place(turn),
        G::LineString(g) => g.try_map_coords_in_place(turn),
        G::Polygon(g) => g.try_map_coords_in_place(turn),
        G::MultiPoint(g) => g.try_map_coords_in_place(turn),
        G::MultiLineString(g) => g.try_map_coords_in_place(turn),
        G::MultiPolygon(g) => g.try_map_coords_in_place(turn),
        G::Rect(g) => g.try_map_coords_in_place(turn),
        G::Triangle(g) => g.try_map_coords_in_place(turn),
        G::GeometryCollection(g) => g.0.iter_mut().try_for_each(|part| each(part, turn)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::CoordsIter;

    #[test]
    fn the_reference_points_come_back_within_a_millimetre_through_proj() {
        let table = include_str!("../../data/fixtures/crs_reference_cn.csv");
        let codes = [3857, 32650, 4547, 4548, 4549];
        let each: Vec<Reprojector> = codes.iter().map(|c| Reprojector::new(Crs::Epsg(*c)).unwrap()).collect();
        let mut compared = 0;
        for line in table.lines().skip(1) {
            let cell: Vec<&str> = line.split(',').collect();
            let number = |i: usize| cell[i].parse::<f64>().unwrap();
            let plane = crate::geom::Plane::around(LonLat::new(number(1), number(2)).unwrap());
            for (i, to) in each.iter().enumerate() {
                let column = 7 + 2 * i;
                if cell[column].is_empty() {
                    continue;
                }
                let back = to.lonlat(number(column), number(column + 1)).unwrap();
                let off = plane.project(back.coord());
                assert!(off.x.hypot(off.y) < 1e-3, "EPSG:{} {line}: {off:?}", codes[i]);
                compared += 1;
            }
        }
        assert!(compared > 900, "{compared}");
    }

    #[test]
    fn every_position_of_a_geometry_is_turned_however_deep() {
        let part = geo::Geometry::LineString(vec![(394_251.0, 806_376.0), (394_300.0, 806_400.0)].into());
        let mut nested = geo::Geometry::GeometryCollection(vec![part].into());
        Reprojector::new(Crs::Epsg(27700)).unwrap().geometry(&mut nested).unwrap();
        assert!(nested.coords_iter().all(|c| (c.x + 2.096).abs() < 0.01 && (c.y - 57.148).abs() < 0.01), "{nested:?}");
    }

    #[test]
    fn what_proj_cannot_place_is_refused_with_the_values() {
        let british = Reprojector::new(Crs::Epsg(27700)).unwrap();
        assert!(british.lonlat(394_251.0, 806_376.0).is_ok());
        assert!(british.lonlat(f64::NAN, 0.0).is_err());
        assert!(british.lonlat(1e300, 1e300).is_err());
        assert!(Reprojector::new(Crs::Epsg(999_999)).is_err());
        assert!("EPSG:x".parse::<Crs>().is_err() && "mars".parse::<Crs>().is_err());
    }
}
