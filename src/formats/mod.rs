//! Files in: GeoJSON, GeoJSON text sequences, FlatGeobuf, CSV and OpenStreetMap extracts, plain or gzipped, as a stream of rows, and
//! rows as changes.
//! Tiles out: [`pmtiles`] archives. Siting rules in and out: [`ruleset`].
//! Files in: GeoJSON, GeoJSON text sequences, FlatGeobuf and CSV, plain or gzipped, as a stream of rows, and rows as changes.
//! Tiles out: [`pmtiles`] archives. Places out: [`kml`] and [`gpx`]. Siting rules in and out: [`ruleset`].
//!
//! Two halves, so that the second can run on several threads: [`open`] finds out what a file is and cuts it into [`RawRow`]s;
//! an [`Importer`], one per thread, makes a [`Change`](crate::model::Change) of each.
//!
//! Invariants:
//! - Memory does not grow with the file: what one row may take is capped (see [`limits`]), whatever the file says. An OpenStreetMap
//!   extract alone, whose lines name their positions by number, takes some 16 bytes of memory for each of its nodes, up to a limit.
//! - Nothing is guessed: coordinates out of range without a named CRS, a column that is not there, an invalid geometry are refused,
//!   with what would help.
//! - One bad row costs that row: only a file that cannot be read on is an end ([`FormatError::is_fatal`]).
//! - A problem names row, column, value and reason, never a whole household.
//!
//! This room knows nothing of paths, threads, the state or the store.

mod error;
mod feature;
mod fgb;
mod geojson;
mod geojson_split;
mod gpx;
mod gzip;
mod import;
mod kml;
mod mapping;
mod osm;
mod placemark;
mod row;
mod rows;
mod sheet;
mod table;
mod wkt;
mod xlsx;

pub mod cql2;
pub mod limits;
pub mod pmtiles;
pub mod ruleset;

pub use error::{FormatError, RowProblem};
pub use feature::RawFeature;
pub use fgb::FgbStream;
pub use geojson::feature as read_geojson;
pub use gpx::gpx;
pub use import::{ImportKind, Importer, Outcome, geometry_kind, outlines};
pub use kml::kml;
pub use mapping::{Field, Mapping};
pub use placemark::Placemark;
pub use row::{Body, Cells, Header, RawRow};
pub use rows::{Format, Rows, open};
pub use sheet::{csv_row, csv_text};
pub use table::Report;
pub use wkt::wkt;
pub use xlsx::{CellAt, CellValue, SheetCell, SheetColumn, SheetInfo, SheetOut, SheetRow, SheetValue, Workbook, xlsx};
