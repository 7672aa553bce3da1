//! Gzip, and where in the file we are. The only file that knows `flate2`.

use super::FormatError;
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are read at once: larger ones no longer pay.
const BLOCK: usize = 128 << 10;

/// A file as it is, decompressed where it was compressed.
pub type Plain = Box<dyn Read + Send>;

/// Looks at the first two bytes and decompresses from there on; several members after one another are one stream.
pub fn plain(input: Box<dyn Read + Send>) -> Result<Plain, FormatError> {
    let position = Position::default();
    let mut input = BufReader::with_capacity(BLOCK, Counted { inner: input, position: position.clone() });
    let start = input.fill_buf().map_err(|source| FormatError::Read { at: 0, source })?;
    if start.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(Gunzip { inner: MultiGzDecoder::new(input), position }));
    }
    Ok(Box::new(input))
}

/// Bytes of the file that were read.
#[derive(Clone, Default)]
struct Position(Arc<AtomicU64>);

struct Counted {
    inner: Box<dyn Read + Send>,
    position: Position,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.position.0.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

struct Gunzip {
    inner: MultiGzDecoder<BufReader<Counted>>,
    position: Position,
}

impl Read for Gunzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|e| {
            let ahead = self.inner.get_ref().buffer().len() as u64;
            let at = self.position.0.load(Ordering::Relaxed) - ahead;
            let reason = match e.kind() {
                io::ErrorKind::UnexpectedEof => "the file is cut off: it ends".to_owned(),
                io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => format!("{e}"),
                _ => return e,
            };
            io::Error::other(Broken { at, reason })
        })
    }
}

/// What went wrong with compressed data, as it travels through readers of other crates.
#[derive(Debug, Clone, thiserror::Error)]
#[error("gzip: {reason} at byte {at}")]
struct Broken {
    at: u64,
    reason: String,
}

/// The error of a reader above, with its cause if that was compression or a cap. `at` is how many bytes it had read.
pub fn read_error(at: u64, source: io::Error) -> FormatError {
    match source.get_ref().and_then(|inner| inner.downcast_ref::<Broken>()) {
        Some(Broken { at, reason }) => FormatError::Gzip { at: *at, reason: reason.clone() },
        None => FormatError::Read { at, source },
    }
}
