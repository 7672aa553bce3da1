use super::*;
use crate::formats::{Format, open};
use flatgeobuf::geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor, error::Result as Written};
use flatgeobuf::{FgbCrs, FgbWriter, FgbWriterOptions};
use geo::{Geometry, LineString, MultiPolygon, Point, Polygon, line_string, polygon};
use std::io::Cursor;

/// A geometry as the crate's writer takes it.
struct Wrapped<'a>(&'a Geometry<f64>);

fn write_line(to: &mut impl GeomProcessor, line: &LineString<f64>, tagged: bool, i: usize) -> Written<()> {
    to.linestring_begin(tagged, line.0.len(), i)?;
    line.0.iter().enumerate().try_for_each(|(k, c)| to.xy(c.x, c.y, k))?;
    to.linestring_end(tagged, i)
}

fn write_polygon(to: &mut impl GeomProcessor, polygon: &Polygon<f64>, tagged: bool, i: usize) -> Written<()> {
    to.polygon_begin(tagged, 1 + polygon.interiors().len(), i)?;
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    rings.enumerate().try_for_each(|(k, ring)| write_line(to, ring, false, k))?;
    to.polygon_end(tagged, i)
}

impl GeozeroGeometry for Wrapped<'_> {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> Written<()> {
        match self.0 {
            Geometry::Point(p) => {
                to.point_begin(0)?;
                to.xy(p.x(), p.y(), 0)?;
                to.point_end(0)
            }
            Geometry::LineString(line) => write_line(to, line, true, 0),
            Geometry::Polygon(polygon) => write_polygon(to, polygon, true, 0),
            Geometry::MultiPolygon(m) => {
                to.multipolygon_begin(m.0.len(), 0)?;
                m.iter().enumerate().try_for_each(|(i, polygon)| write_polygon(to, polygon, false, i))?;
                to.multipolygon_end(0)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn file(geometries: &[Geometry<f64>], kind: GeometryType, index: bool, crs: i32) -> Vec<u8> {
    let crs = FgbCrs { code: crs, ..FgbCrs::default() };
    let options = FgbWriterOptions {
        write_index: index,
        detect_type: false,
        promote_to_multi: false,
        crs,
        ..FgbWriterOptions::default()
    };
    let mut writer = FgbWriter::create_with_options("sample", kind, options).unwrap();
    writer.add_column("code", ColumnType::String, |_, _| {});
    writer.add_column("size", ColumnType::Double, |_, _| {});
    writer.add_column("on", ColumnType::Bool, |_, _| {});
    writer.add_column("count", ColumnType::Long, |_, _| {});
    for geometry in geometries {
        let properties = |feature: &mut dyn PropertyProcessor| {
            feature.property(0, "code", &ColumnValue::String("西瓜")).unwrap();
            feature.property(1, "size", &ColumnValue::Double(0.1 + 0.2)).unwrap();
            feature.property(2, "on", &ColumnValue::Bool(true)).unwrap();
            feature.property(3, "count", &ColumnValue::Long(-7)).unwrap();
        };
        writer.add_feature_geom(Wrapped(geometry), |feature| properties(feature)).unwrap();
    }
    let mut bytes = Vec::new();
    writer.write(&mut bytes).unwrap();
    bytes
}

fn geometries() -> Vec<Geometry<f64>> {
    let mut holed = polygon![(x: 0.1 + 0.2, y: 0.0), (x: 1.0 / 3.0, y: 1e-7), (x: 1.0, y: 1.0), (x: 0.0, y: 1.0)];
    holed.interiors_push(line_string![(x: 0.3, y: 0.5), (x: 0.3, y: 0.6), (x: 0.4, y: 0.6), (x: 0.3, y: 0.5)]);
    let other = polygon![(x: 5.0, y: 5.0), (x: 6.0, y: 5.0), (x: 6.0, y: 6.0)];
    vec![
        Point::new(9.508_539_712_345_678, 47.1).into(),
        line_string![(x: 1.0, y: 2.0), (x: -3.5, y: 4.25)].into(),
        holed.clone().into(),
        MultiPolygon(vec![other.clone()]).into(),
        MultiPolygon(vec![holed, other]).into(),
    ]
}

fn features(bytes: Vec<u8>) -> Vec<RawFeature> {
    let rows = open(Box::new(Cursor::new(bytes)), None).unwrap();
    assert_eq!(rows.format(), Format::FlatGeobuf);
    assert_eq!(rows.header().unwrap().columns(), ["code", "size", "on", "count"]);
    rows.map(|row| row.unwrap().feature().unwrap().unwrap().into_owned()).collect()
}

#[test]
fn what_is_written_as_flatgeobuf_is_read_back_to_the_last_bit() {
    let written = geometries();
    for n in [1, written.len()] {
        for index in [false, true] {
            let features = features(file(&written[..n], GeometryType::Unknown, index, 4326));
            assert_eq!(features.len(), n);
            for feature in &features {
                let geometry = feature.geometry.clone().unwrap().unwrap();
                // The index sorts features along a curve.
                assert!(written.contains(&geometry), "{geometry:?}");
                assert!(index || geometry == written[features.iter().position(|f| f == feature).unwrap()]);
                let properties = serde_json::json!({"code": "西瓜", "size": 0.1 + 0.2, "on": true, "count": -7});
                assert_eq!(feature.properties, *properties.as_object().unwrap());
                assert_eq!(feature.crs, None);
            }
        }
    }
}

#[test]
fn a_type_of_the_whole_file_and_a_declared_crs_are_heeded() {
    let points = [Point::new(449_040.12, 3_148_210.55).into()];
    let features = features(file(&points, GeometryType::Point, false, 4549));
    assert_eq!(features[0].geometry, Ok(Some(points[0].clone())));
    assert_eq!(features[0].crs.as_deref(), Some("EPSG:4549"));
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused_and_never_a_panic() {
    let whole = file(&geometries(), GeometryType::Unknown, true, 4326);
    for length in 8..whole.len() {
        let cut = whole[..length].to_vec();
        let last = match open(Box::new(Cursor::new(cut)), None) {
            Ok(rows) => rows.last().unwrap().err(),
            Err(e) => Some(e),
        };
        assert!(last.unwrap().to_string().contains("FlatGeobuf"), "{length}");
    }
}

#[test]
fn flipped_bytes_never_panic_or_claim_memory() {
    let whole = file(&geometries(), GeometryType::Unknown, true, 4326);
    let mut refused = 0;
    for at in 8..whole.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            let Ok(rows) = open(Box::new(Cursor::new(bytes)), None) else { continue };
            let mut rows = rows;
            refused += usize::from(!rows.all(|row| row.is_ok_and(|row| row.feature().is_ok())));
        }
    }
    assert!(refused > 100, "{refused}");
}
