//! Where a row's thing is: numbers and geometries of any CRS as valid ones of WGS 84.
//!
//! Positions on the antimeridian and the poles are taken as they are written; a geometry that runs over the antimeridian has to be
//! cut there (RFC 7946 § 3.1.9), and is refused where it is written with longitudes over 180. Nothing is no position: null and empty
//! geometries are refused, and so is 0, 0 in the file's own CRS as the position of a household.

use super::super::FormatError;
use super::view::View;
use super::{Field, RowProblem};
use crate::geom::crs::{Crs, Reprojector};
use crate::geom::validity;
use crate::geom::{GeomError, LonLat, Within};
use geo::{Coord, CoordsIter, Geometry, HasDimensions};
use std::sync::Arc;

/// How positions are understood.
pub struct Place {
    /// `None` where nobody named a CRS: coordinates are longitudes and latitudes, or refused.
    reprojector: Option<Reprojector>,
    repair: bool,
    /// Of the context, only what touches this is taken.
    pub within: Option<Arc<Within>>,
}

const POSITION: [Field; 2] = [Field::X, Field::Y];

impl Place {
    /// Refuses a CRS that PROJ does not know.
    pub fn new(crs: Option<Crs>, repair: bool) -> Result<Place, FormatError> {
        Ok(Place { reprojector: crs.map(Reprojector::new).transpose()?, repair, within: None })
    }

    /// See [`Importer::describe_crs`](super::Importer::describe_crs).
    pub fn describe(&self) -> String {
        self.reprojector.as_ref().map(Reprojector::describe).unwrap_or_default()
    }

    /// The position in the fields x and y of a table, or the point of a feature.
    pub fn position(&self, view: &View<'_>) -> Result<LonLat, RowProblem> {
        if let Some(feature) = view.feature() {
            self.check_declared(view)?;
            return match &feature.geometry {
                Ok(Some(Geometry::Point(point))) => {
                    let refuse = |value: &str, reason: String| view.problem_in("geometry", value, reason);
                    self.lonlat(point.0, refuse)
                }
                Ok(None) => Err(view.problem_in("geometry", "null", "no position")),
                Ok(Some(other)) => Err(view.problem_in("geometry", kind(other), "a household is at a Point")),
                Err(reason) => Err(view.problem_in("geometry", "", reason)),
            };
        }
        let (Some(x), Some(y)) = (view.get(Field::X), view.get(Field::Y)) else {
            return Err(view.problem_of(POSITION, "", "no position"));
        };
        let number = |field, text: &str| text.parse::<f64>().map_err(|_| view.problem(field, text, "is not a number"));
        let at = Coord { x: number(Field::X, &x)?, y: number(Field::Y, &y)? };
        self.lonlat(at, |_, reason| view.problem_of(POSITION, &format!("{x}, {y}"), reason))
    }

    fn lonlat(&self, at: Coord<f64>, refuse: impl Fn(&str, String) -> RowProblem) -> Result<LonLat, RowProblem> {
        let value = || format!("{}, {}", at.x, at.y);
        if at.x == 0.0 && at.y == 0.0 {
            return Err(refuse(&value(), "no position: 0, 0 is what a missing one is written as".to_owned()));
        }
        self.convert(at).map_err(|e| refuse(&value(), self.advise(&e)))
    }

    fn convert(&self, at: Coord<f64>) -> Result<LonLat, GeomError> {
        match &self.reprojector {
            Some(reprojector) => reprojector.lonlat(at.x, at.y),
            None => LonLat::new(at.x, at.y),
        }
    }

    fn advise(&self, error: &GeomError) -> String {
        match &self.reprojector {
            None => format!("{error}: name the CRS with --crs, for example --crs EPSG:3857"),
            Some(_) => error.to_string(),
        }
    }

    /// A file that declares a CRS is not read as longitudes and latitudes, whatever its numbers are.
    fn check_declared(&self, view: &View<'_>) -> Result<(), RowProblem> {
        match view.feature().and_then(|feature| feature.crs.as_deref()) {
            Some(crs) if self.reprojector.is_none() => {
                Err(view.problem_in("crs", crs, format!("the file declares this CRS: name it with --crs {crs}")))
            }
            _ => Ok(()),
        }
    }

    /// A feature's geometry, valid and in WGS 84, and what was wrong with it where it was repaired.
    pub fn geometry(&self, view: &View<'_>) -> Result<(Geometry<f64>, Option<String>), RowProblem> {
        self.valid(view, self.located(view)?)
    }

    /// A feature's geometry in WGS 84, which need not be valid.
    pub fn located(&self, view: &View<'_>) -> Result<Geometry<f64>, RowProblem> {
        let refuse = |value: &str, reason: String| view.problem_in("geometry", value, reason);
        let Some(feature) = view.feature() else { return Err(refuse("", "no geometry".to_owned())) };
        self.check_declared(view)?;
        let mut geometry = match &feature.geometry {
            Ok(Some(geometry)) => geometry.clone(),
            Ok(None) => return Err(refuse("null", "no geometry".to_owned())),
            Err(reason) => return Err(refuse("", reason.clone())),
        };
        if geometry.is_empty() {
            return Err(refuse(kind(&geometry), "empty".to_owned()));
        }
        validity::drop_empty(&mut geometry);
        if let Some(reprojector) = &self.reprojector {
            reprojector.geometry(&mut geometry).map_err(|e| refuse(kind(&geometry), e.to_string()))?;
        } else {
            let outside = geometry.coords_iter().find_map(|c| LonLat::new(c.x, c.y).err().map(|e| (c, e)));
            if let Some((c, error)) = outside {
                return Err(refuse(&format!("{}, {}", c.x, c.y), self.advise(&error)));
            }
        }
        Ok(geometry)
    }

    /// The same, valid, and what was wrong with it where it was repaired.
    pub fn valid(
        &self,
        view: &View<'_>,
        geometry: Geometry<f64>,
    ) -> Result<(Geometry<f64>, Option<String>), RowProblem> {
        let refuse = |value: &str, reason: String| view.problem_in("geometry", value, reason);
        let found = match view.feature().and_then(|feature| feature.fault) {
            // `geo` has closed the ring: what is left to say is that it was open.
            Some(fault) => Err(fault.into()),
            None => validity::check(&geometry),
        };
        match found {
            Ok(()) => Ok((geometry, None)),
            Err(invalid) if !self.repair => Err(refuse(kind(&geometry), invalid.to_string())),
            Err(invalid) => match validity::repair(&geometry) {
                Ok(repaired) => Ok((repaired, Some(invalid.to_string()))),
                Err(left) => Err(refuse(kind(&geometry), format!("{invalid}; repaired, it {left}"))),
            },
        }
    }
}

/// The GeoJSON name of a geometry's type.
pub fn kind(geometry: &Geometry<f64>) -> &'static str {
    match geometry {
        Geometry::Point(_) => "Point",
        Geometry::MultiPoint(_) => "MultiPoint",
        Geometry::LineString(_) | Geometry::Line(_) => "LineString",
        Geometry::MultiLineString(_) => "MultiLineString",
        Geometry::Polygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => "Polygon",
        Geometry::MultiPolygon(_) => "MultiPolygon",
        Geometry::GeometryCollection(_) => "GeometryCollection",
    }
}
