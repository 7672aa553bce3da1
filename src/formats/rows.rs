//! Finds out what a file is and reads it row by row.

use super::fgb::FlatGeobuf;
use super::geojson_split::Splitter;
use super::gzip::{self, Plain};
use super::osm::{self, Extract};
use super::row::{Header, RawRow};
use super::table::Table;
use super::{FormatError, gzip::read_error};
use std::io::{Cursor, Read};

/// How much of a file is looked at to tell what it is: more than any magic number, and a header line.
const HEAD: usize = 4_096;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Format {
    GeoJson,
    FlatGeobuf,
    Csv,
    OpenStreetMap,
}

/// The rows of a file, one after another. Ends after an error that is fatal.
pub struct Rows {
    source: Source,
    ended: bool,
}

enum Source {
    Json(Box<Splitter>),
    Table(Box<Table>),
    FlatGeobuf(Box<FlatGeobuf>),
    Extract(Box<Extract>),
}

/// Opens a file or a pipe: decompresses what is gzipped, then tells the format by how it begins.
///
/// `name` is the file's name, if there is one: a hint where the first bytes leave a doubt, no more. Reads a few kilobytes.
pub fn open(input: Box<dyn Read + Send>, name: Option<&str>) -> Result<Rows, FormatError> {
    let mut plain = gzip::plain(input)?;
    let mut head = Vec::with_capacity(HEAD);
    plain.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(read_error)?;
    if head.starts_with(b"\xef\xbb\xbf") {
        head.drain(..3);
    }
    let (format, by_line) = tell(&head, &name.unwrap_or_default().to_ascii_lowercase())?;
    let start = head.clone();
    let whole: Plain = Box::new(Cursor::new(head).chain(plain));
    let source = match format {
        Format::GeoJson => Source::Json(Box::new(Splitter::new(whole, by_line))),
        Format::Csv => Source::Table(Box::new(Table::open(whole, &start)?)),
        Format::FlatGeobuf => Source::FlatGeobuf(Box::new(FlatGeobuf::open(whole)?)),
        Format::OpenStreetMap => Source::Extract(Box::new(Extract::new(whole)?)),
    };
    Ok(Rows { source, ended: false })
}

/// How files begin that are not read here, and what to do with them.
const OTHERS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a ZIP archive or XLSX sheet is not read: unpack it, or save the sheet as CSV"),
    (b"SQLite format 3", "a GeoPackage is not read: export its layer as FlatGeobuf or GeoJSON"),
    (b"\xff\xfe", "UTF-16 text is not read: save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text is not read: save it as UTF-8"),
    (b"PAR1", "Parquet is not read: export it as FlatGeobuf or GeoJSON"),
    (b"\x00\x00\x27\x0a", "a Shapefile is not read: export it as FlatGeobuf or GeoJSON"),
];

/// What to do with OpenStreetMap's other formats.
const OSM_XML: &str = "of OpenStreetMap's formats only PBF is read: osmium cat city.osm -o city.osm.pbf makes it";

/// The format, and whether each line is a feature.
fn tell(head: &[u8], name: &str) -> Result<(Format, bool), FormatError> {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let named = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if head.starts_with(b"fgb") && head.get(4..7) == Some(b"fgb") {
        return Ok((Format::FlatGeobuf, false));
    }
    if head.get(4..).is_some_and(|head| head.starts_with(osm::MAGIC)) {
        return Ok((Format::OpenStreetMap, false));
    }
    if let Some((_, advice)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(FormatError::Unknown((*advice).to_owned()));
    }
    let json_names = [".json", ".geojson", ".geojsonl", ".geojsons", ".geojsonseq", ".jsonl", ".ndjson"];
    let lines = named(&json_names[2..]);
    match head.iter().find(|b| !b.is_ascii_whitespace()) {
        None if head.len() < HEAD => Err(FormatError::Empty),
        Some(b'{') => Ok((Format::GeoJson, lines)),
        Some(0x1e | b'[') => Ok((Format::GeoJson, false)),
        _ if named(&json_names) => Ok((Format::GeoJson, lines)),
        Some(b'<') if head.windows(4).any(|four| four == b"<osm") => Err(FormatError::Unknown(OSM_XML.to_owned())),
        _ if named(&[".osm", ".o5m"]) => Err(FormatError::Unknown(OSM_XML.to_owned())),
        _ if head.contains(&0) || head.starts_with(b"<") || named(&[".fgb", ".pbf"]) => {
            Err(FormatError::Unknown("not GeoJSON, FlatGeobuf, CSV or .osm.pbf".to_owned()))
        }
        _ => Ok((Format::Csv, false)),
    }
}

impl Rows {
    /// What the file turned out to be.
    pub fn format(&self) -> Format {
        match &self.source {
            Source::Json(_) => Format::GeoJson,
            Source::Table(_) => Format::Csv,
            Source::FlatGeobuf(_) => Format::FlatGeobuf,
            Source::Extract(_) => Format::OpenStreetMap,
        }
    }

    /// The columns; `None` for GeoJSON, where every feature has its own.
    pub fn header(&self) -> Option<&Header> {
        match &self.source {
            Source::Json(_) => None,
            Source::Table(table) => Some(table.header()),
            Source::FlatGeobuf(file) => Some(file.header()),
            Source::Extract(extract) => Some(extract.header()),
        }
    }
}

impl Iterator for Rows {
    type Item = Result<RawRow, FormatError>;

    fn next(&mut self) -> Option<Result<RawRow, FormatError>> {
        if self.ended {
            return None;
        }
        let next = match &mut self.source {
            Source::Json(splitter) => splitter.next(),
            Source::Table(table) => table.next(),
            Source::FlatGeobuf(file) => file.next(),
            Source::Extract(extract) => extract.next(),
        };
        self.ended = match &next {
            Ok(row) => row.is_none(),
            Err(e) => e.is_fatal(),
        };
        next.transpose()
    }
}

#[cfg(test)]
mod tests;
