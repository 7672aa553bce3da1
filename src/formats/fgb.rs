//! FlatGeobuf, read front to back. The only files that know `flatgeobuf`.
//!
//! Its reader trusts lengths that stand in the file (it allocates what a feature claims, and panics where a property runs over its
//! end), so the framing is read here, with caps, and the crate verifies and decodes the flatbuffers.

use super::gzip::{BLOCK, Plain, read_error};
use super::limits::{COLUMNS, FLATGEOBUF_HEADER_BYTES, ROW_BYTES};
use super::row::{Body, Header, RawRow};
use super::{FormatError, RawFeature, RowProblem};
use flatgeobuf::{ColumnType, GeometryType, size_prefixed_root_as_feature, size_prefixed_root_as_header};
use std::io::{self, BufReader, Read};
use std::sync::Arc;

mod geometry;
mod properties;
mod write;

pub use write::FgbStream;

/// Bytes of one node of the packed R-tree: four doubles and an offset.
const NODE_BYTES: u64 = 40;

/// A file whose header has been read.
pub struct FlatGeobuf {
    input: BufReader<Plain>,
    header: Header,
    columns: Vec<(String, ColumnType)>,
    geometry: GeometryType,
    crs: Option<Arc<str>>,
    /// As the header says; 0 where it does not say.
    count: u64,
    row: u64,
    buffer: Vec<u8>,
}

impl FlatGeobuf {
    /// Reads the header and passes over the index.
    pub fn open(input: Plain) -> Result<FlatGeobuf, FormatError> {
        let mut input = BufReader::with_capacity(BLOCK, input);
        let fatal = |reason: &str| FormatError::FlatGeobuf { row: 0, reason: reason.to_owned() };
        let mut magic = [0; 8];
        exact(&mut input, &mut magic, 0)?;
        if magic[3] > flatgeobuf::VERSION {
            return Err(fatal("a later version of the format"));
        }
        let mut buffer = Vec::new();
        if !framed(&mut input, &mut buffer, FLATGEOBUF_HEADER_BYTES, 0)? {
            return Err(fatal("no header"));
        }
        let header = size_prefixed_root_as_header(&buffer).map_err(|_| fatal("a broken header"))?;
        let columns: Vec<(String, ColumnType)> = header
            .columns()
            .map(|columns| columns.iter().take(COLUMNS).map(|c| (c.name().to_owned(), c.type_())).collect())
            .unwrap_or_default();
        let crs = header.crs().and_then(|crs| match (crs.code(), crs.code_string().or(crs.name())) {
            (4326, _) | (0, None) => None,
            (0, Some(name)) => (!name.ends_with("CRS84")).then(|| name.into()),
            (code, _) => Some(format!("{}:{code}", crs.org().unwrap_or("EPSG")).into()),
        });
        let (count, node_size) = (header.features_count(), header.index_node_size());
        let geometry = header.geometry_type();
        let index = index_bytes(count, node_size).ok_or_else(|| fatal("an index that cannot be"))?;
        let passed = io::copy(&mut Read::take(&mut input, index), &mut io::sink()).map_err(read_error)?;
        if passed < index {
            return Err(fatal("the file is cut off in its index"));
        }
        let header = Header::of_features(columns.iter().map(|(name, _)| name.clone()).collect());
        Ok(FlatGeobuf { input, header, columns, geometry, crs, count, row: 0, buffer })
    }

    /// The columns.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next feature; `None` at the end.
    pub fn next(&mut self) -> Result<Option<RawRow>, FormatError> {
        let fatal = |row, reason: &str| FormatError::FlatGeobuf { row, reason: reason.to_owned() };
        if (self.count > 0 && self.row == self.count)
            || !framed(&mut self.input, &mut self.buffer, ROW_BYTES, self.row)?
        {
            if self.row < self.count {
                return Err(fatal(self.row, &format!("the file is cut off: its header says {} features", self.count)));
            }
            return Ok(None);
        }
        let feature = size_prefixed_root_as_feature(&self.buffer).map_err(|_| fatal(self.row, "a broken feature"))?;
        self.row += 1;
        let bytes = feature.properties().map(|p| p.bytes()).unwrap_or_default();
        let properties = properties::read(bytes, &self.columns)
            .map_err(|reason| RowProblem::new(self.row, "properties", "", reason))?;
        let (geometry, fault) = match feature.geometry() {
            None => (Ok(None), None),
            Some(written) => match geometry::read(&written, self.geometry, 0) {
                Ok((geometry, fault)) => (Ok(Some(geometry)), fault),
                Err(reason) => (Err(reason), None),
            },
        };
        let feature = RawFeature { id: None, properties, geometry, fault, crs: self.crs.clone() };
        Ok(Some(RawRow { row: self.row, body: Body::Feature(Box::new(feature)) }))
    }
}

/// The size of the packed Hilbert R-tree over `count` features: a level of nodes over each level, up to one.
fn index_bytes(count: u64, node_size: u16) -> Option<u64> {
    if count == 0 || node_size == 0 {
        return Some(0);
    }
    let (node_size, mut level, mut nodes) = (u64::from(node_size.max(2)), count, count);
    while level > 1 {
        level = level.div_ceil(node_size);
        nodes = nodes.checked_add(level)?;
    }
    // A single feature has a root above it as well.
    if count == 1 {
        nodes += 1;
    }
    nodes.checked_mul(NODE_BYTES)
}

fn exact(input: &mut impl Read, buffer: &mut [u8], row: u64) -> Result<(), FormatError> {
    input.read_exact(buffer).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => FormatError::FlatGeobuf { row, reason: "the file is cut off".to_owned() },
        _ => read_error(e),
    })
}

/// Reads a length and as many bytes, both into the buffer; `false` at the end of the file.
fn framed(input: &mut impl Read, buffer: &mut Vec<u8>, cap: usize, row: u64) -> Result<bool, FormatError> {
    buffer.clear();
    if input.take(4).read_to_end(buffer).map_err(read_error)? == 0 {
        return Ok(false);
    }
    let cut_off = || FormatError::FlatGeobuf { row, reason: "the file is cut off".to_owned() };
    let length = <[u8; 4]>::try_from(buffer.as_slice()).map_err(|_| cut_off())?;
    let length = u32::from_le_bytes(length);
    if length as usize > cap || length < 8 {
        return Err(FormatError::FlatGeobuf {
            row,
            reason: format!("a length of {length} bytes, at most {cap} are read"),
        });
    }
    // Grows with what is there, not with what is claimed.
    let read = input.take(u64::from(length)).read_to_end(buffer).map_err(read_error)?;
    if read < length as usize { Err(cut_off()) } else { Ok(true) }
}

#[cfg(test)]
mod tests;
