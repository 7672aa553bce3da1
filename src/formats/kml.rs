//! KML (OGC 12-007r2), written whole: places for a map on a desk or a phone.

use super::{FormatError, Placemark};
use geo::{Geometry, LineString, MultiPolygon, Polygon};
use kml::types::{self, Coord, Kml, KmlDocument};
use std::collections::HashMap;
use std::io;

/// A document of folders, in the order in which their names come first. `about` says what it holds and where it is from.
pub fn kml(name: &str, about: &str, marks: &[Placemark<'_>]) -> Result<Vec<u8>, FormatError> {
    let mut folders: Vec<(&str, Vec<Kml>)> = Vec::new();
    for mark in marks {
        let place = Kml::Placemark(types::Placemark {
            name: Some(mark.name.clone()),
            description: Some(mark.about.clone()).filter(|about| !about.is_empty()),
            geometry: geometry(mark.geometry),
            ..types::Placemark::default()
        });
        match folders.iter_mut().find(|(folder, _)| *folder == mark.folder) {
            Some((_, places)) => places.push(place),
            None => folders.push((mark.folder, vec![place])),
        }
    }
    let mut elements = vec![text("name", name), text("description", about)];
    elements.extend(folders.into_iter().map(|(name, elements)| {
        Kml::Folder(types::Folder { name: Some(name.to_owned()), elements, ..types::Folder::default() })
    }));
    let attrs = HashMap::from([("xmlns".to_owned(), "http://www.opengis.net/kml/2.2".to_owned())]);
    let document = Kml::Document { attrs: HashMap::new(), elements };
    let whole = Kml::KmlDocument(KmlDocument { version: types::KmlVersion::V22, attrs, elements: vec![document] });
    let mut out = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
    kml::KmlWriter::from_writer(&mut out).write(&whole).map_err(|e| FormatError::Write(io::Error::other(e)))?;
    Ok(out)
}

fn text(element: &str, content: &str) -> Kml {
    let content = Some(content.to_owned());
    Kml::Element(types::Element { name: element.into(), content, ..types::Element::default() })
}

fn coords(line: &LineString<f64>) -> Vec<Coord> {
    line.0.iter().map(|c| Coord::new(c.x, c.y, None)).collect()
}

fn polygon(polygon: &Polygon<f64>) -> types::Polygon {
    let inner = polygon.interiors().iter().map(|ring| types::LinearRing::from(coords(ring))).collect();
    types::Polygon::new(types::LinearRing::from(coords(polygon.exterior())), inner)
}

fn geometry(geometry: &Geometry<f64>) -> Option<types::Geometry> {
    Some(match geometry {
        Geometry::Point(p) => types::Geometry::Point(types::Point::new(p.x(), p.y(), None)),
        Geometry::LineString(line) => types::Geometry::LineString(types::LineString::from(coords(line))),
        Geometry::Polygon(p) => types::Geometry::Polygon(polygon(p)),
        Geometry::MultiPolygon(MultiPolygon(all)) => match &all[..] {
            [one] => types::Geometry::Polygon(polygon(one)),
            several => types::Geometry::MultiGeometry(types::MultiGeometry::new(
                several.iter().map(|p| types::Geometry::Polygon(polygon(p))).collect(),
            )),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn what_is_written_is_read_back_by_its_folders() {
        let square = Geometry::Polygon(polygon![(x: 9.5, y: 47.1), (x: 9.6, y: 47.1), (x: 9.6, y: 47.2)]);
        let point = Geometry::Point(geo::Point::new(9.55, 47.15));
        let marks = [
            Placemark { folder: "Zones", name: "禁止 <A & B>".into(), about: String::new(), geometry: &square },
            Placemark { folder: "Spots", name: "S1".into(), about: "4 stalls".into(), geometry: &point },
            Placemark { folder: "Zones", name: "Z2".into(), about: String::new(), geometry: &square },
        ];
        let text = String::from_utf8(kml("Vaduz & around", "© Nobody", &marks).unwrap()).unwrap();
        assert!(text.starts_with("<?xml"), "{text}");
        assert!(text.contains("<name>Vaduz &amp; around</name><description>© Nobody</description>"), "{text}");
        let Kml::KmlDocument(read) = text.parse::<Kml>().unwrap() else { panic!("a document") };
        let Kml::Document { elements, .. } = &read.elements[0] else { panic!("{read:?}") };
        let folders: Vec<&types::Folder> =
            elements.iter().filter_map(|e| if let Kml::Folder(folder) = e { Some(folder) } else { None }).collect();
        let names: Vec<_> = folders.iter().map(|f| (f.name.as_deref().unwrap(), f.elements.len())).collect();
        assert_eq!(names, [("Zones", 2), ("Spots", 1)]);
        let Kml::Placemark(zone) = &folders[0].elements[0] else { panic!("{folders:?}") };
        assert_eq!(zone.name.as_deref(), Some("禁止 <A & B>"));
        assert_eq!(zone.geometry, geometry(&square));
        let Kml::Placemark(spot) = &folders[1].elements[0] else { panic!("{folders:?}") };
        assert_eq!((spot.description.as_deref(), &spot.geometry), (Some("4 stalls"), &geometry(&point)));
    }
}
