//! FlatGeobuf files for the tests, written with the format's own library.

use flatgeobuf::geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor, error::Result as Written};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use serde_json::Value;

struct Point(f64, f64);

impl GeozeroGeometry for Point {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> Written<()> {
        to.point_begin(0)?;
        to.xy(self.0, self.1, 0)?;
        to.point_end(0)
    }
}

struct Polygon(Vec<[f64; 2]>);

impl GeozeroGeometry for Polygon {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> Written<()> {
        to.polygon_begin(true, 1, 0)?;
        to.linestring_begin(false, self.0.len(), 0)?;
        self.0.iter().enumerate().try_for_each(|(k, [x, y])| to.xy(*x, *y, k))?;
        to.linestring_end(false, 0)?;
        to.polygon_end(true, 0)
    }
}

fn position(value: &Value) -> [f64; 2] {
    [0, 1].map(|i| value[i].as_f64().unwrap())
}

/// GeoJSON features, all points or all polygons of one ring, as a file. All properties become text.
pub fn file(features: &[Value]) -> Vec<u8> {
    let points = features[0]["geometry"]["type"] == "Point";
    let kind = if points { GeometryType::Point } else { GeometryType::Polygon };
    // The index sorts features; without it they keep their order.
    let options =
        FgbWriterOptions { write_index: false, crs: FgbCrs { code: 4326, ..FgbCrs::default() }, ..Default::default() };
    let mut writer = FgbWriter::create_with_options("sample", kind, options).unwrap();
    let columns: Vec<String> = features[0]["properties"].as_object().unwrap().keys().cloned().collect();
    for column in &columns {
        writer.add_column(column, ColumnType::String, |_, _| {});
    }
    for feature in features {
        let properties = |to: &mut dyn PropertyProcessor| {
            for (i, column) in columns.iter().enumerate() {
                if let Some(text) = feature["properties"][column].as_str() {
                    to.property(i, column, &ColumnValue::String(text)).unwrap();
                }
            }
        };
        let coordinates = &feature["geometry"]["coordinates"];
        if points {
            let [x, y] = position(coordinates);
            writer.add_feature_geom(Point(x, y), |to| properties(to)).unwrap();
        } else {
            let ring = coordinates[0].as_array().unwrap().iter().map(position).collect();
            writer.add_feature_geom(Polygon(ring), |to| properties(to)).unwrap();
        }
    }
    let mut bytes = Vec::new();
    writer.write(&mut bytes).unwrap();
    bytes
}
