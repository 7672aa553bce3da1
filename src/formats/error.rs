use super::limits::QUOTED_CHARS;
use crate::geom::GeomError;
use crate::model::ModelError;
use std::io;
use thiserror::Error;

/// Why a file, a setting of an import, or a row was refused.
#[derive(Debug, Error)]
pub enum FormatError {
    /// The file could not be read.
    #[error("cannot be read on after byte {at}: {source}")]
    Read {
        /// Bytes read before it, of the file as it is.
        at: u64,
        /// What the system says.
        source: io::Error,
    },
    /// Compressed data that is broken or ends early.
    #[error("gzip: {reason} at byte {at} of the compressed file")]
    Gzip {
        /// Where, in the compressed file.
        at: u64,
        /// What is wrong.
        reason: String,
    },
    /// Nothing in it.
    #[error("the document is empty")]
    Empty,
    /// No format that is read here.
    #[error("{0}")]
    Unknown(String),
    /// A JSON document that cannot be read on.
    #[error("GeoJSON: {reason} at byte {at}")]
    Json {
        /// Where, in the document as it is after decompression.
        at: u64,
        /// What is wrong.
        reason: String,
    },
    /// A FlatGeobuf file that cannot be read on.
    #[error("FlatGeobuf: {reason} after {row} features")]
    FlatGeobuf {
        /// Features read before it.
        row: u64,
        /// What is wrong.
        reason: String,
    },
    /// An extract that cannot be read on.
    #[error("OpenStreetMap extract: {reason} at byte {at}")]
    OpenStreetMap {
        /// Where, in the file as it is after decompression: the block, or the end.
        at: u64,
        /// What is wrong.
        reason: String,
    },
    /// A table that cannot be read on.
    #[error("CSV: {reason} in line {line}")]
    Csv {
        /// Where, counted from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// A `FIELD=COLUMN` or `FIELD=VALUE` that is none.
    #[error("'{given}' is not {expected}")]
    Setting {
        /// As given.
        given: String,
        /// What would have been right.
        expected: String,
    },
    /// A column that a mapping names and the file has not.
    #[error("{field}={column}: the file has no column '{column}'; its columns are: {columns}")]
    Column {
        /// The field it was mapped to.
        field: &'static str,
        /// The column as named.
        column: String,
        /// The columns that there are.
        columns: String,
    },
    /// A field without which nothing can be imported.
    #[error("no column for the field '{field}': name it with --map {field}=COLUMN; the file's columns are: {columns}")]
    Needed {
        /// The field.
        field: &'static str,
        /// The columns that there are.
        columns: String,
    },
    /// An area in a format that has no polygons.
    #[error("areas need geometry: GeoJSON or FlatGeobuf, not CSV")]
    NoGeometry,
    /// Areas or households of an OpenStreetMap extract.
    #[error("an OpenStreetMap extract is context: import it as such")]
    OnlyContext,
    /// A file that could not be written.
    #[error("cannot be written: {0}")]
    Write(#[source] io::Error),
    /// An archive without a tile, which there cannot be.
    #[error("PMTiles: an archive has a tile, and none of those asked for shows anything")]
    NoTiles,
    /// What is no archive, or what none can hold.
    #[error("PMTiles: {0}")]
    Archive(String),
    /// A workbook that cannot be read, or that asks for more than is read.
    #[error("XLSX: {0}")]
    Xlsx(String),
    /// A CRS that is none.
    #[error(transparent)]
    Crs(#[from] GeomError),
    /// One row that cannot be used; the next ones can.
    #[error(transparent)]
    Row(#[from] RowProblem),
}

impl FormatError {
    /// Whether nothing can come after it.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, FormatError::Row(_))
    }
}

/// Why one row was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("row {row}, {column}: '{value}': {reason}")]
pub struct RowProblem {
    /// Which, counted from 1; a header is not counted.
    pub row: u64,
    /// The code of the thing, where it could be read.
    pub code: Option<String>,
    /// The column or property; `geometry` for a geometry.
    pub column: String,
    /// What stands there, cut to a readable length.
    pub value: String,
    /// Why it cannot be used, and what would help.
    pub reason: String,
}

impl RowProblem {
    /// A problem with a value.
    pub fn new(row: u64, column: &str, value: &str, reason: impl Into<String>) -> RowProblem {
        RowProblem { row, code: None, column: column.to_owned(), value: quoted(value), reason: reason.into() }
    }

    /// A refusal by the model.
    pub(super) fn model(row: u64, error: &ModelError) -> RowProblem {
        RowProblem::new(row, error.field, &error.value, format!("is not {}", error.expected))
    }

    /// The same, of the thing with this code.
    #[must_use]
    pub fn of(mut self, code: impl Into<String>) -> RowProblem {
        self.code = Some(quoted(&code.into()));
        self
    }
}

/// A value cut to a readable length.
pub(super) fn quoted(value: &str) -> String {
    match value.char_indices().nth(QUOTED_CHARS) {
        Some((cut, _)) => format!("{}…", &value[..cut]),
        None => value.to_owned(),
    }
}
