//! Files that are no files: told what, exit code not 0, the store as it was.

use crate::house::{County, Scratch, gzipped, repository, sequence};

/// A store of one household, so that there is something to lose.
fn with_one() -> Scratch {
    let scratch = Scratch::new();
    let good = scratch.file("good.csv", "code,x,y\nB1,119.4,28.4\n");
    scratch.import("households", &good, &[]).done();
    scratch
}

/// Refused with exit code 1 and these words.
#[track_caller]
fn check(scratch: &Scratch, kind: &str, content: &[u8], flags: &[&str], names: &[&str]) {
    let file = scratch.file("input", content);
    scratch.unchanged(|| scratch.import(kind, &file, flags)).refused(1, names);
    // The same through a pipe, where no name helps.
    let mut args = vec!["import", kind, "-"];
    args.extend(flags);
    scratch.unchanged(|| scratch.run_with_input(&args, content)).refused(1, names);
}

#[test]
fn a_file_that_is_cut_off_keeps_all_of_it_out() {
    let scratch = with_one();
    let csv = County::households();
    let zipped = gzipped(csv.as_bytes());
    for cut in [zipped.len() - 1, zipped.len() - 9, zipped.len() / 2, 12, 3] {
        check(&scratch, "households", &zipped[..cut], &["--skip-bad"], &["gzip", "cut off"]);
    }
    let liechtenstein = std::fs::read(repository("data/liechtenstein/households.csv.gz")).unwrap();
    check(&scratch, "households", &liechtenstein[..liechtenstein.len() - 1_000], &["--skip-bad"], &["gzip", "cut off"]);
    let collection = format!("{{\"type\":\"FeatureCollection\",\"features\":[{}", County::context()[0]);
    check(&scratch, "context", collection.as_bytes(), &["--skip-bad"], &["GeoJSON", "at byte"]);
    let flatgeobuf = super::flatgeobuf::file(&County::areas());
    check(&scratch, "areas", &flatgeobuf[..flatgeobuf.len() - 7], &["--skip-bad"], &["FlatGeobuf", "after 6 features"]);
    scratch.proved();
}

#[test]
fn bytes_that_were_turned_over_are_found_by_the_checksum() {
    let scratch = with_one();
    let mut zipped = gzipped(County::households().as_bytes());
    let checksum = zipped.len() - 6;
    zipped[checksum] ^= 1;
    check(&scratch, "households", &zipped, &["--skip-bad"], &["gzip"]);
}

#[test]
fn what_is_no_format_is_told_as_such() {
    let scratch = with_one();
    check(&scratch, "households", b"", &[], &["the document is empty"]);
    check(&scratch, "households", &gzipped(b""), &[], &["the document is empty"]);
    check(&scratch, "households", b" \n\n", &[], &["the document is empty"]);
    let noise: Vec<u8> = (0..40_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect();
    let unread = |content: &[u8], names: &[&str]| check(&scratch, "households", content, &[], names);
    unread(&noise, &["UTF-8"]);
    unread(&[0; 4_096], &["not GeoJSON, FlatGeobuf, CSV or .osm.pbf"]);
    unread(b"PK\x03\x04\x14\x00\x06\x00 a spreadsheet", &["XLSX", "CSV"]);
    unread(b"<?xml version=\"1.0\"?><kml></kml>", &["not GeoJSON, FlatGeobuf, CSV or .osm.pbf"]);
    check(&scratch, "areas", b"[1,2,3]", &["--set", "level=grid"], &["expected"]);
    scratch.proved();
}

#[test]
fn a_table_with_a_wrong_column_is_refused_with_the_columns_that_there_are() {
    let scratch = with_one();
    let table = b"house,e,n\n1,119.4,28.4\n";
    let columns = "house, e, n";
    check(&scratch, "households", table, &[], &["--map code=COLUMN", columns]);
    check(&scratch, "households", table, &["--map", "code=house"], &["--map x=COLUMN", columns]);
    check(&scratch, "households", table, &["--map", "code=home"], &["no column 'home'", columns]);
    check(&scratch, "households", table, &["--map", "colour=house"], &["'colour' is not a field"]);
    check(&scratch, "households", table, &["--map", "level=house"], &["a field of this kind"]);
    check(&scratch, "households", table, &["--map", "code"], &["'code' is not FIELD=COLUMN"]);
    check(&scratch, "households", table, &["--map", "code=e", "--map", "code=n"], &["named once"]);
    check(&scratch, "households", b"code,x,y\n\"1,119.4,28.4\n2,119.4,28.4\n", &[], &["row 1"]);
}

#[test]
fn a_crs_that_is_none_is_refused() {
    let scratch = with_one();
    for crs in ["EPSG:999999", "EPSG:x", "mars", ""] {
        check(&scratch, "households", b"code,x,y\n1,2,3\n", &["--crs", crs], &[crs]);
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_named_with_the_reason_and_founds_no_store() {
    let scratch = Scratch::new();
    let nowhere = scratch.path("nowhere.csv");
    scratch.import("households", &nowhere, &[]).refused(1, &["nowhere.csv", "No such file"]);
    let folder = scratch.path("");
    scratch.import("households", &folder, &[]).refused(1, &[folder.to_str().unwrap(), "directory"]);
    assert!(!scratch.store().exists(), "nothing was imported, so nothing is founded");
    let file = scratch.file("areas.geojsonl", sequence(&County::areas()));
    let unwritable = scratch.path("no/such/folder/bad.csv");
    let ran = scratch.import("areas", &file, &["--report", unwritable.to_str().unwrap()]);
    ran.refused(1, &[unwritable.to_str().unwrap()]);
    assert!(!scratch.store().exists());
}

#[test]
fn a_command_line_that_is_none_ends_with_2_and_says_how() {
    let scratch = Scratch::new();
    scratch.run(&["import", "elephants", "x.csv"]).refused(2, &["elephants", "households"]);
    scratch.run(&["import", "households"]).refused(2, &["<FILE>"]);
    scratch.run(&["import", "households", "x.csv", "--colour", "red"]).refused(2, &["--colour"]);
    scratch.run(&["areas", "divide", "--within", "township", "--households", "0"]).refused(2, &["--households", "0"]);
    assert!(!scratch.store().exists());
}
