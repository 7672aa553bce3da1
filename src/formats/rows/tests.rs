use super::*;
use crate::formats::RawFeature;
use crate::formats::row::Body;
use flate2::{Compression, write::GzEncoder};
use geo::{Geometry, line_string, point, polygon};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde_json::json;
use std::io::Write;

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A reader that gives one byte at a time, as a slow pipe may.
struct Drip(Cursor<Vec<u8>>);

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = buffer.len().min(1);
        self.0.read(&mut buffer[..n])
    }
}

/// What is read from bytes: plain, gzipped and drop by drop, which must be the same.
fn read(bytes: &[u8], name: Option<&str>) -> Vec<Result<RawRow, String>> {
    let all = |input: Box<dyn Read + Send>| -> Vec<Result<RawRow, String>> {
        match open(input, name) {
            Ok(rows) => rows.map(|row| row.map_err(|e| e.to_string())).collect(),
            Err(e) => vec![Err(e.to_string())],
        }
    };
    let plain = all(Box::new(Cursor::new(bytes.to_vec())));
    assert_eq!(all(Box::new(Cursor::new(gzipped(bytes)))), plain);
    assert_eq!(all(Box::new(Drip(Cursor::new(bytes.to_vec())))), plain);
    plain
}

fn features(bytes: &[u8]) -> Vec<RawFeature> {
    let feature = |row: Result<RawRow, String>| row.unwrap().feature().unwrap().unwrap().into_owned();
    read(bytes, None).into_iter().map(feature).collect()
}

fn sample() -> Vec<geojson::Feature> {
    let hole = line_string![(x: 0.2, y: 0.2), (x: 0.2, y: 0.4), (x: 0.4, y: 0.4), (x: 0.2, y: 0.2)];
    let mut holed = polygon![(x: 0.1 + 0.2, y: 0.0), (x: 1.0 / 3.0, y: 1e-7), (x: 1.0, y: 1.0), (x: 0.0, y: 1.0)];
    holed.interiors_push(hole);
    let geometries: [Geometry<f64>; 5] = [
        point!(x: 9.508_539_712_345_678, y: 47.1).into(),
        line_string![(x: 1.0, y: 2.0), (x: -3.5, y: 4.25)].into(),
        holed.clone().into(),
        geo::MultiPolygon(vec![holed, polygon![(x: 5.0, y: 5.0), (x: 6.0, y: 5.0), (x: 6.0, y: 6.0)]]).into(),
        geo::MultiPoint(vec![point!(x: 1.0, y: 1.0), point!(x: 2.0, y: 2.0)]).into(),
    ];
    let properties = json!({"code": "7001", "name": "西瓜路 \"1\" {[", "n": 7001.5, "on": true, "none": null});
    geometries
        .iter()
        .map(|geometry| geojson::Feature {
            geometry: Some(geojson::Geometry::new(geometry.into())),
            properties: properties.as_object().cloned(),
            ..geojson::Feature::default()
        })
        .collect()
}

fn same(read: &[RawFeature], written: &[geojson::Feature]) {
    assert_eq!(read.len(), written.len());
    for (read, written) in read.iter().zip(written) {
        assert_eq!(Some(&read.properties), written.properties.as_ref());
        let expected = Geometry::<f64>::try_from(written.geometry.clone().unwrap()).unwrap();
        assert_eq!(read.geometry.as_ref().unwrap().as_ref(), Some(&expected));
    }
}

#[test]
fn what_is_written_as_geojson_of_any_layout_is_read_back_to_the_last_bit() {
    let written = sample();
    let collection = geojson::FeatureCollection { features: written.clone(), ..Default::default() };
    let lines: Vec<String> = written.iter().map(ToString::to_string).collect();
    let pretty: Vec<String> = written.iter().map(|f| serde_json::to_string_pretty(f).unwrap()).collect();
    let layouts = [
        collection.to_string(),
        serde_json::to_string_pretty(&collection).unwrap(),
        format!("\u{feff}{collection}\n\n"),
        lines.join("\n"),
        lines.join("\r\n") + "\r\n\r\n",
        pretty.join("\n"),
        format!("\u{1e}{}\n", lines.join("\n\u{1e}")),
        format!("\u{1e}{}\n", pretty.join("\n\u{1e}")),
    ];
    for layout in &layouts {
        same(&features(layout.as_bytes()), &written);
    }
}

#[test]
fn foreign_members_of_a_collection_are_passed_over_wherever_they_stand() {
    let feature = r#"{"type":"Feature","properties":{},"geometry":null,"also":[1,{"features":[]}]}"#;
    let text = format!(
        r#"{{"name":"a]}}\"","bbox":[1,2,3,4],"features":[{feature} , {feature}],"x":{{"y":[]}},"type":"FeatureCollection"}}"#
    );
    assert_eq!(features(text.as_bytes()).len(), 2);
}

#[test]
fn a_broken_line_costs_that_line() {
    let good = r#"{"type":"Feature","properties":{"code":"1"},"geometry":null}"#;
    let text = format!("{good}\n{{\"type\":\"Feature\",\n{good}\n");
    let rows: Vec<_> = read(text.as_bytes(), None).into_iter().map(Result::unwrap).collect();
    let sound: Vec<bool> = rows.iter().map(|row| row.feature().is_ok()).collect();
    assert_eq!(sound, [true, false, true]);
    let first = format!("{{\"type\":\n{good}\n");
    let rows = read(first.as_bytes(), Some("a.geojsonl.gz"));
    assert_eq!(rows.iter().map(|row| row.as_ref().unwrap().feature().is_ok()).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_broken_feature_of_a_collection_costs_that_feature() {
    let good = r#"{"type":"Feature","properties":{"code":"1"},"geometry":null}"#;
    let bad = r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[NaN,1]}}"#;
    let text = format!(r#"{{"type":"FeatureCollection","features":[{good},{bad},7,{good}]}}"#);
    let rows: Vec<_> = read(text.as_bytes(), None).into_iter().map(Result::unwrap).collect();
    let sound: Vec<bool> = rows.iter().map(|row| row.feature().is_ok()).collect();
    assert_eq!(sound, [true, false, false, true]);
}

#[test]
fn a_document_that_cannot_be_read_on_says_where() {
    let table: [(&str, &str); 9] = [
        (r#"{"type":"FeatureCollection","features":[{"type":"Feature","#, "ends before it is complete"),
        (r#"{"type":"FeatureCollection","features":{}}"#, "`features` is not an array"),
        (r#"{"type":"FeatureCollection"}"#, "without `features`"),
        (r#"{"type":"Feature","features":[]}"#, "no FeatureCollection"),
        (r#"{"features":[]}"#, "no `type`"),
        (r#"{"type":"FeatureCollection","features":[1 2]}"#, "expected ',' or ']'"),
        (r#"{"type":"FeatureCollection","features":[],"features":[]}"#, "duplicate member `features`"),
        ("[1]", "expected '{', found '['"),
        (" \n", "the document is empty"),
    ];
    for (text, expected) in table {
        let rows = read(text.as_bytes(), None);
        let error = rows.last().unwrap().as_ref().unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn nesting_bombs_are_refused_by_the_splitter_and_by_the_parser() {
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    let member = format!(r#"{{"type":"Feature","x":{}}}"#, deep(100_000));
    assert!(read(member.as_bytes(), None)[0].as_ref().unwrap_err().contains("nested deeper"));
    let property = format!(r#"{{"type":"Feature","properties":{{"x":{}}}}}"#, deep(100_000));
    let line = format!("{{\"type\":\"Feature\"}}\n{property}\n{member}\n");
    let rows = read(line.as_bytes(), None);
    assert!(rows[1].as_ref().unwrap().feature().unwrap_err().reason.contains("recursion limit"));
    // A member that nobody reads is passed over without going down into it.
    assert!(rows[2].as_ref().unwrap().feature().is_ok());
}

#[test]
fn a_crs_of_2008_goes_with_its_features_and_is_told_where_it_comes_late() {
    let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2056"}}"#;
    let feature = r#"{"type":"Feature","properties":{},"geometry":null}"#;
    let early = format!(r#"{{"type":"FeatureCollection",{crs},"features":[{feature}]}}"#);
    assert_eq!(features(early.as_bytes())[0].crs.as_deref(), Some("EPSG:2056"));
    let usual = early.replace("EPSG::2056", "OGC:1.3:CRS84");
    assert_eq!(features(usual.as_bytes())[0].crs, None);
    let late = format!(r#"{{"type":"FeatureCollection","features":[{feature}],{crs}}}"#);
    let rows = read(late.as_bytes(), None);
    assert!(rows[0].is_ok() && rows[1].as_ref().unwrap_err().contains("--crs EPSG:2056"));
}

#[test]
fn what_is_written_as_csv_is_read_back() {
    let records = [["code", "x", "name"], ["7001", "9.5", "a, \"b\"\nc"], ["", "", ""], ["西", "-1e3", " d "]];
    for delimiter in [b',', b';', b'\t'] {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        for record in &records {
            writer.write_record(record).unwrap();
        }
        let mut bytes = writer.into_inner().unwrap();
        for _ in 0..2 {
            let rows = read(&bytes, Some("table.csv"));
            assert_eq!(rows.len(), 3);
            for (row, record) in rows.iter().zip(&records[1..]) {
                let Body::Cells(cells) = &row.as_ref().unwrap().body else { panic!("{row:?}") };
                assert_eq!((0..3).map(|i| cells.get(i).unwrap()).collect::<Vec<_>>(), record.to_vec());
                assert_eq!((cells.len(), cells.get(3)), (3, None));
            }
            bytes.splice(0..0, *b"\xef\xbb\xbf");
        }
    }
}

#[test]
fn a_record_with_too_few_cells_or_in_another_encoding_costs_that_record() {
    let rows = read(b"code,x,y\n1,2,3\n4,5\n\xce\xf7\xb9\xcf,1,2\n6,7,8\n", None);
    assert!(rows[0].is_ok() && rows[3].is_ok());
    assert!(rows[1].as_ref().unwrap_err().contains("2 cells in a table of 3 columns"));
    assert!(rows[2].as_ref().unwrap_err().contains("not UTF-8"));
    assert_eq!(rows[3].as_ref().unwrap().row, 4);
    assert!(read(b"\xce\xf7\xb9\xcf,x,y\n1,2,3\n", None)[0].as_ref().unwrap_err().contains("not UTF-8"));
}

#[test]
fn gzip_that_is_cut_off_or_broken_says_at_which_byte() {
    let table: String =
        (0..5_000).fold("code,x,y\n".to_owned(), |text, i| text + &format!("c{i},{},{}\n", i * 7 % 97, i));
    let whole = gzipped(table.as_bytes());
    let cut = whole.len() / 2;
    let rows: Vec<_> = open(Box::new(Cursor::new(whole[..cut].to_vec())), None).unwrap().collect();
    let error = rows.last().unwrap().as_ref().unwrap_err();
    assert!(matches!(error, FormatError::Gzip { at, .. } if *at == cut as u64), "{error}");
    assert!(error.is_fatal() && error.to_string().contains("cut off"), "{error}");
    assert!(rows.len() > 100 && rows[..rows.len() - 1].iter().all(Result::is_ok));
    let mut broken = whole.clone();
    let last = broken.len() - 6;
    broken[last] ^= 0xff;
    let error = open(Box::new(Cursor::new(broken)), None).unwrap().last().unwrap().unwrap_err();
    assert!(matches!(error, FormatError::Gzip { .. }), "{error}");
    let members = [gzipped(b"code,x\n1,2\n"), gzipped(b"3,4\n")].concat();
    assert_eq!(open(Box::new(Cursor::new(members)), None).unwrap().flatten().count(), 2);
}

#[test]
fn other_formats_are_named_with_what_would_help() {
    for (start, expected) in [
        (&b"PK\x03\x04xx"[..], "XLSX"),
        (b"SQLite format 3\0", "GeoPackage"),
        (b"\xff\xfec\0o\0", "UTF-16"),
        (b"<kml>", "not GeoJSON, FlatGeobuf, CSV or .osm.pbf"),
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
    ] {
        let rows = read(start, None);
        assert!(rows[0].as_ref().unwrap_err().contains(expected), "{rows:?}");
    }
}

#[test]
fn bytes_changed_at_random_end_in_rows_or_errors_never_in_a_panic() {
    let mut rng = SmallRng::seed_from_u64(23);
    let written = sample();
    let collection = geojson::FeatureCollection { features: written.clone(), ..Default::default() }.to_string();
    let lines: Vec<String> = written.iter().map(ToString::to_string).collect();
    let table = "code,x,y,name\n1,2,3,\"a\"\n".repeat(20);
    let samples = [collection.into_bytes(), lines.join("\n").into_bytes(), table.into_bytes()];
    let zipped = samples.each_ref().map(|sample| gzipped(sample));
    for sample in samples.iter().chain(&zipped) {
        for _ in 0..2_000 {
            let mut bytes = sample.clone();
            for _ in 0..rng.random_range(1..4) {
                let at = rng.random_range(0..bytes.len());
                bytes[at] = *b"{}[]\",:\\\n\x1e\x00\xff1aeN".get(rng.random_range(0..20)).unwrap_or(&0x7f);
            }
            bytes.truncate(rng.random_range(bytes.len() / 2..=bytes.len()));
            let Ok(rows) = open(Box::new(Cursor::new(bytes)), None) else { continue };
            let read = rows.map(|row| row.map(|row| row.feature().is_ok())).take(1_000).count();
            assert!(read < 1_000, "a stream without end");
        }
    }
}

#[test]
fn rows_may_go_to_another_thread() {
    fn sent<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    sent::<Rows>();
    shared::<RawRow>();
    shared::<Header>();
}
