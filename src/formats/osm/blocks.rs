//! The framing of a PBF file: blocks, one after another, each with its length and compressed by itself.
//!
//! Source: OSM-binary's `fileformat.proto` and <https://wiki.openstreetmap.org/wiki/PBF_Format>, "File format".

use super::super::FormatError;
use super::super::gzip::{self, BLOCK, Plain, read_error};
use super::super::limits::{OSM_BLOB_BYTES, OSM_BLOB_HEADER_BYTES};
use super::wire::{self, Blob, BlobHeader, HeaderBlock};
use bytes::Bytes;
use std::io::{BufReader, Read};

/// What a reader has to understand to read a file, as the file's header names it, and is understood here.
const UNDERSTOOD: [&str; 3] = ["OsmSchema-V0.6", "DenseNodes", "Sort.Type_then_ID"];

/// The blocks of a file.
pub struct Blocks {
    input: BufReader<Plain>,
    /// Bytes that were read.
    at: u64,
    /// Where the block that was read last begins.
    start: u64,
    headed: bool,
}

impl Blocks {
    /// Over a file of which nothing was read.
    pub fn new(input: Plain) -> Blocks {
        Blocks { input: BufReader::with_capacity(BLOCK, input), at: 0, start: 0, headed: false }
    }

    /// The next block of data, decompressed; `None` at the end. Headers are looked at, blobs of types that nobody has named yet are
    /// passed over, as the format asks.
    pub fn next(&mut self) -> Result<Option<Bytes>, FormatError> {
        loop {
            self.start = self.at;
            let Some(header) = self.header()? else { return Ok(None) };
            let size = usize::try_from(header.size).ok().filter(|size| *size <= OSM_BLOB_BYTES);
            let size = size.ok_or_else(|| {
                self.broken(format!("a block of {} bytes, at most {OSM_BLOB_BYTES} are read", header.size))
            })?;
            let blob = self.exactly(size)?;
            match header.kind.as_str() {
                "OSMHeader" => {
                    let block = self.inflated(blob)?;
                    self.understand(block)?;
                    self.headed = true;
                }
                "OSMData" if self.headed => return self.inflated(blob).map(Some),
                "OSMData" => return Err(self.broken("data before the header")),
                _ => {}
            }
        }
    }

    /// Where the block that was read last begins, bytes.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// An error in the block that was read last.
    pub fn broken(&self, reason: impl Into<String>) -> FormatError {
        FormatError::OpenStreetMap { at: self.start, reason: reason.into() }
    }

    fn header(&mut self) -> Result<Option<BlobHeader>, FormatError> {
        let length = self.up_to(4)?;
        if length.is_empty() {
            return Ok(None);
        }
        let length: [u8; 4] = length.as_slice().try_into().map_err(|_| self.cut_off())?;
        let length = u32::from_be_bytes(length) as usize;
        if length > OSM_BLOB_HEADER_BYTES {
            let reason = format!("a block header of {length} bytes, at most {OSM_BLOB_HEADER_BYTES} are read");
            return Err(self.broken(reason));
        }
        let header = self.exactly(length)?;
        wire::read(header).map(Some).map_err(|e| self.broken(format!("a broken block header: {e}")))
    }

    fn inflated(&self, blob: Bytes) -> Result<Bytes, FormatError> {
        let blob: Blob = wire::read(blob).map_err(|e| self.broken(format!("a broken block: {e}")))?;
        if let Some(raw) = blob.raw {
            return Ok(raw);
        }
        let other = [(&blob.lzma, "LZMA"), (&blob.bzip2, "bzip2"), (&blob.lz4, "LZ4"), (&blob.zstd, "Zstandard")];
        if let Some((_, name)) = other.iter().find(|(data, _)| data.is_some()) {
            let how = "osmium cat IN -o OUT -f pbf,pbf_compression=zlib";
            return Err(self.broken(format!("a block that is compressed by {name}: write it anew with {how}")));
        }
        let zlib = blob.zlib.ok_or_else(|| self.broken("a block without data"))?;
        let claimed = blob.raw_size.unwrap_or_default();
        let size = usize::try_from(claimed).ok().filter(|size| *size <= OSM_BLOB_BYTES).ok_or_else(|| {
            self.broken(format!("a block of {claimed} bytes once decompressed, at most {OSM_BLOB_BYTES} are read"))
        })?;
        gzip::inflate(&zlib, size).map(Bytes::from).map_err(|reason| self.broken(reason))
    }

    fn understand(&self, block: Bytes) -> Result<(), FormatError> {
        let header: HeaderBlock = wire::read(block).map_err(|e| self.broken(format!("a broken header: {e}")))?;
        match header.required_features.iter().find(|feature| !UNDERSTOOD.contains(&feature.as_str())) {
            None => Ok(()),
            Some(history) if history == "HistoricalInformation" => {
                Err(self.broken("a file with history: take what holds now with osmium time-filter"))
            }
            Some(feature) => {
                Err(self.broken(format!("it needs a reader that knows {feature:?}: write it anew with osmium cat")))
            }
        }
    }

    fn cut_off(&self) -> FormatError {
        FormatError::OpenStreetMap {
            at: self.at,
            reason: "the file is cut off: it ends in the middle of a block".to_owned(),
        }
    }

    fn exactly(&mut self, length: usize) -> Result<Bytes, FormatError> {
        let bytes = self.up_to(length)?;
        if bytes.len() < length { Err(self.cut_off()) } else { Ok(bytes.into()) }
    }

    /// Grows with what is there, not with what is claimed.
    fn up_to(&mut self, length: usize) -> Result<Vec<u8>, FormatError> {
        let mut bytes = Vec::with_capacity(length.min(BLOCK));
        self.input.by_ref().take(length as u64).read_to_end(&mut bytes).map_err(read_error)?;
        self.at += bytes.len() as u64;
        Ok(bytes)
    }
}
