use super::reader::{self, name};
use super::*;
use crate::geom::walk;
use flate2::Compression as Level;
use flate2::write::GzEncoder;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{Cursor, Error, ErrorKind, Result as Written, SeekFrom};

fn head() -> ArchiveHead {
    ArchiveHead {
        zooms: 0..=7,
        bounds: Bbox::new(9.4, 47.0, 9.7, 47.3).unwrap(),
        center_zoom: 5,
        metadata: json!({"name": "西瓜", "vector_layers": []}),
    }
}

fn gzipped(plain: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
    encoder.write_all(plain.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// What the tile says: neighbours often the same.
fn said(tile: TileId) -> String {
    if tile.x().is_multiple_of(3) { "sea".to_owned() } else { tile.to_string() }
}

/// Every tile of the zooms whose column is not a multiple of five.
fn tiles() -> impl Iterator<Item = TileId> {
    walk(0..=7, |_| true, place).filter(|tile| tile.x() % 5 != 4)
}

fn written(out: impl Write + Seek) -> Result<(), FormatError> {
    let mut archive = Archive::begin(out, &head())?;
    tiles().try_for_each(|tile| archive.add(tile, &gzipped(&said(tile))))?;
    archive.finish()
}

#[test]
fn what_was_added_is_read_back_by_a_reader_that_knows_only_the_specification() {
    let mut out = Cursor::new(Vec::new());
    written(&mut out).unwrap();
    let counted = count(&mut out).unwrap();
    let read = reader::Archive::read(out.get_ref());
    let expected: BTreeMap<String, Vec<u8>> = tiles().map(|tile| (tile.to_string(), said(tile).into_bytes())).collect();
    assert!(read.tiles() == expected && expected.len() > 16_384, "more than fit into one directory");
    assert_eq!((read.zooms, read.bounds), ((0, 7), [94_000_000, 470_000_000, 97_000_000, 473_000_000]));
    assert_eq!(read.center, (5, 95_500_000, 471_500_000));
    assert_eq!(read.metadata, head().metadata);
    let [tiles, _, different] = read.counts;
    assert_eq!(counted, ArchiveCount { tiles, different });
    assert_eq!(
        different,
        expected.values().collect::<std::collections::BTreeSet<_>>().len() as u64,
        "equal ones are one"
    );
}

#[test]
fn a_tile_stands_where_the_specification_puts_it() {
    // The specification's own examples, § 5.
    for (z, x, y, number) in [
        (0, 0, 0, 0),
        (1, 0, 0, 1),
        (1, 0, 1, 2),
        (1, 1, 1, 3),
        (1, 1, 0, 4),
        (2, 0, 0, 5),
        (12, 3_423, 1_763, 19_078_479),
    ] {
        assert_eq!(place(TileId::new(z, x, y).unwrap()), number);
    }
    for tile in tiles().step_by(7).chain([TileId::new(22, 4_194_303, 17).unwrap()]) {
        assert_eq!(name(place(tile)), tile.to_string());
    }
}

#[test]
fn the_same_tiles_give_the_same_bytes() {
    let [one, other] = [(), ()].map(|()| {
        let mut out = Cursor::new(Vec::new());
        written(&mut out).unwrap();
        out.into_inner()
    });
    assert!(one == other);
}

#[test]
fn an_archive_without_a_tile_is_refused() {
    let archive = Archive::begin(Cursor::new(Vec::new()), &head()).unwrap();
    let refused = archive.finish().unwrap_err();
    assert!(matches!(refused, FormatError::NoTiles), "{refused}");
}

#[test]
fn what_is_no_archive_is_not_counted() {
    assert!(matches!(count(Cursor::new(b"PMTiles\x03")), Err(FormatError::Read { .. })));
    assert!(matches!(count(Cursor::new([7; 200])), Err(FormatError::Archive(_))));
}

/// A disk with room for so many bytes.
struct Disk(Cursor<Vec<u8>>, usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> Written<usize> {
        if self.0.get_ref().len() + bytes.len() > self.1 {
            return Err(Error::from(ErrorKind::StorageFull));
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> Written<()> {
        Ok(())
    }
}

impl Seek for Disk {
    fn seek(&mut self, to: SeekFrom) -> Written<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_disk_that_is_full_is_told_as_such_wherever_it_ends() {
    let mut whole = Cursor::new(Vec::new());
    written(&mut whole).unwrap();
    let whole = whole.into_inner().len();
    for room in [0, 16_383, 16_400, 20_000, whole / 2, whole - 1] {
        let refused = written(Disk(Cursor::new(Vec::new()), room)).unwrap_err();
        let FormatError::Write(source) = refused else { panic!("{room}: {refused}") };
        assert_eq!(source.kind(), ErrorKind::StorageFull, "{room}");
    }
}
