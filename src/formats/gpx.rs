//! GPX 1.1 (topografix.com/GPX/1/1), written whole: where to go, for a device that knows points only.

use super::{FormatError, Placemark};
use geo::{Centroid, Geometry, InteriorPoint, Point};
use gpx::{Gpx, GpxVersion, Metadata, Waypoint};
use std::io;

/// A file with a waypoint for each placemark: the point itself, the middle of a line, a point inside a surface. `about` says
/// what it holds and where it is from.
pub fn gpx(name: &str, about: &str, marks: &[Placemark<'_>]) -> Result<Vec<u8>, FormatError> {
    let waypoints = marks.iter().filter_map(|mark| {
        let mut waypoint = Waypoint::new(middle(mark.geometry)?);
        waypoint.name = Some(mark.name.clone());
        waypoint.description = Some(mark.about.clone()).filter(|about| !about.is_empty());
        waypoint.type_ = Some(mark.folder.to_owned());
        Some(waypoint)
    });
    let file = Gpx {
        version: GpxVersion::Gpx11,
        creator: Some("melonmap".into()),
        metadata: Some(Metadata {
            name: Some(name.to_owned()),
            description: Some(about.to_owned()),
            ..Metadata::default()
        }),
        waypoints: waypoints.collect(),
        ..Gpx::default()
    };
    let mut out = Vec::new();
    gpx::write(&file, &mut out).map_err(|e| FormatError::Write(io::Error::other(e.to_string())))?;
    Ok(out)
}

fn middle(geometry: &Geometry<f64>) -> Option<Point<f64>> {
    match geometry {
        Geometry::Point(point) => Some(*point),
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) => geometry.interior_point(),
        _ => geometry.centroid(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Contains, polygon};

    #[test]
    fn each_placemark_is_a_point_of_its_own_shape() {
        let bent = polygon![(x: 9.5, y: 47.1), (x: 9.9, y: 47.1), (x: 9.9, y: 47.11), (x: 9.51, y: 47.11), (x: 9.51, y: 47.5), (x: 9.5, y: 47.5)];
        let (surface, point) = (Geometry::Polygon(bent.clone()), Geometry::Point(Point::new(9.55, 47.15)));
        let marks = [
            Placemark { folder: "Zones", name: "禁止 <A & B>".into(), about: "no stalls".into(), geometry: &surface },
            Placemark { folder: "Spots", name: "S1".into(), about: String::new(), geometry: &point },
        ];
        let read = gpx::read(&gpx("Vaduz", "© Nobody", &marks).unwrap()[..]).unwrap();
        let head = read.metadata.unwrap();
        assert_eq!((head.name.as_deref(), head.description.as_deref()), (Some("Vaduz"), Some("© Nobody")));
        let [zone, spot] = &read.waypoints[..] else { panic!("two") };
        assert_eq!((zone.name.as_deref(), zone.type_.as_deref()), (Some("禁止 <A & B>"), Some("Zones")));
        assert!(bent.contains(&zone.point()), "a middle that a bent zone does not hold would mislead: {zone:?}");
        assert_eq!((spot.point(), spot.description.as_deref()), (Point::new(9.55, 47.15), None));
    }
}
