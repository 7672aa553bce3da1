//! Files that are imported: whatever they hold, rows come in order, in the same way however the file arrives, and a change
//! that a row becomes has valid geometry in range, which leaves as well-known text and is read again as itself.
//!
//! Formats are told by how a file begins, so that one target has them all: GeoJSON, GeoJSON text sequences, FlatGeobuf, CSV,
//! OpenStreetMap extracts, each plain or gzipped.
#![no_main]

use geo::{CoordsIter, Geometry};
use libfuzzer_sys::fuzz_target;
use melonmap::formats::cql2::{self, Lang};
use melonmap::formats::limits::QUOTED_CHARS;
use melonmap::formats::{FormatError, ImportKind, Importer, Mapping, RawRow, Rows, open, wkt};
use melonmap::geom::{LonLat, validity};
use melonmap::model::Change;
use melonmap::model::filter::Expr;
use std::io::{Cursor, Read};
use std::sync::LazyLock;

/// Most rows that are looked at: a bomb is as bad in its first hundred.
const ROWS: usize = 100;

const NAMES: [Option<&str>; 4] = [None, Some("a.geojsonl"), Some("a.csv.gz"), Some("a.fgb")];
const KINDS: [ImportKind; 3] = [ImportKind::Areas, ImportKind::Households, ImportKind::Context];

static PLAIN: LazyLock<Mapping> = LazyLock::new(|| mapping(&[]));
static GRIDS: LazyLock<Mapping> = LazyLock::new(|| mapping(&["level=grid".to_owned()]));

fn mapping(constants: &[String]) -> Mapping {
    Mapping::parse(&[], constants).expect("its fields are known")
}

/// A pipe that gives one byte at first, then a few at a time.
struct Pipe(Cursor<Vec<u8>>);

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let few = buffer.len().min(if self.0.position() == 0 { 1 } else { 7 });
        self.0.read(&mut buffer[..few])
    }
}

type Read1 = Result<RawRow, FormatError>;

fn rows(rows: Result<Rows, FormatError>) -> (Option<Rows>, Vec<Read1>) {
    match rows {
        Ok(mut rows) => {
            let read = rows.by_ref().take(ROWS).collect();
            (Some(rows), read)
        }
        Err(error) => (None, vec![Err(error)]),
    }
}

// The first byte says how the file is named, what is imported and whether geometries are repaired.
fuzz_target!(|data: &[u8]| {
    let Some((pick, file)) = data.split_first() else { return };
    let pick = usize::from(*pick);
    let name = NAMES[pick % NAMES.len()];
    let (whole, read) = rows(open(Box::new(Cursor::new(file.to_vec())), name));
    let (_, piped) = rows(open(Box::new(Pipe(Cursor::new(file.to_vec()))), name));
    same(&read, &piped);
    let Some(whole) = whole else { return };
    let kind = KINDS[pick / NAMES.len() % KINDS.len()];
    let repair = pick & 64 != 0;
    let mapping = if kind == ImportKind::Areas { &GRIDS } else { &PLAIN };
    let Ok(importer) = Importer::new(kind, mapping, whole.header(), None, repair) else { return };
    let mut last = 0;
    for row in read.iter().filter_map(|row| row.as_ref().ok()) {
        assert!(row.row > last, "row {} after row {last}", row.row);
        last = row.row;
        match importer.change(row) {
            Ok(Some(outcome)) => sound(&outcome.change),
            Ok(None) => panic!("nothing is outside of the whole world"),
            Err(problem) => assert!(problem.value.chars().count() <= QUOTED_CHARS + 1, "{problem}"),
        }
    }
});

/// What is read does not depend on how much comes at a time.
fn same(read: &[Read1], piped: &[Read1]) {
    assert_eq!(read.len(), piped.len(), "as many rows from a pipe");
    for pair in read.iter().zip(piped) {
        match pair {
            // As text: a coordinate that is no number is not equal to itself.
            (Ok(one), Ok(other)) => {
                assert!(one == other || format!("{one:?}") == format!("{other:?}"), "{one:?} {other:?}")
            }
            (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
            other => panic!("read in one way, refused in the other: {other:?}"),
        }
    }
}

fn sound(change: &Change) {
    let geometry: Geometry<f64> = match change {
        Change::AreaPut(area) => area.geometry.clone().into(),
        Change::ContextPut(feature) => feature.geometry.clone(),
        // Its position is in range, or there would be no value of the type.
        Change::HouseholdPut(_) => return,
        other => panic!("an import does not ask for {other:?}"),
    };
    assert!(geometry.coords_iter().all(|c| LonLat::new(c.x, c.y).is_ok()), "out of range: {geometry:?}");
    assert!(validity::check(&geometry).is_ok(), "not valid: {geometry:?}");
    let filter = format!("S_INTERSECTS(geometry, {})", wkt(&geometry));
    if filter.len() > cql2::MAX_BYTES {
        return;
    }
    let read = cql2::read(&filter, Lang::Text, &LonLat::new);
    let Ok(Expr::Call(_, operands)) = read else { panic!("{filter}: {read:?}") };
    assert_eq!(operands[1], Expr::Geometry(geometry), "{filter}");
}
