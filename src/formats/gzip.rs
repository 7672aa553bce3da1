//! Gzip and zlib, and where in the file we are. The only file that knows `flate2`.

use super::FormatError;
use flate2::bufread::{MultiGzDecoder, ZlibDecoder};
use std::io::{self, BufReader, Chain, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes that are read at once: larger ones no longer pay.
pub const BLOCK: usize = 128 << 10;

/// A file as it is, decompressed where it was compressed.
pub type Plain = Box<dyn Read + Send>;

/// What every gzipped file begins with (RFC 1952 § 2.3.1).
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Looks at the first two bytes and decompresses from there on; several members after one another are one stream.
pub fn plain(input: Box<dyn Read + Send>) -> Result<Plain, FormatError> {
    let position = Position::default();
    let mut input = Counted { inner: input, position: position.clone() };
    // A pipe may give one byte first.
    let mut head = Vec::with_capacity(MAGIC.len());
    input.by_ref().take(MAGIC.len() as u64).read_to_end(&mut head).map_err(read_error)?;
    let gzipped = head == MAGIC;
    let input = BufReader::with_capacity(BLOCK, Cursor::new(head).chain(input));
    if gzipped {
        return Ok(Box::new(Gunzip { inner: MultiGzDecoder::new(input), position }));
    }
    Ok(Box::new(input))
}

/// The bytes that were looked at, then the rest.
type Whole = Chain<Cursor<Vec<u8>>, Counted>;

/// Bytes of the file that were read.
#[derive(Clone, Default)]
struct Position(Arc<AtomicU64>);

struct Counted {
    inner: Box<dyn Read + Send>,
    position: Position,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.position.0.load(Ordering::Relaxed);
        loop {
            return match self.inner.read(buffer) {
                Ok(n) => {
                    self.position.0.store(at + n as u64, Ordering::Relaxed);
                    Ok(n)
                }
                // Not an error, and not every reader above knows that.
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(source) => Err(io::Error::other(Failed::Read { at, source })),
            };
        }
    }
}

struct Gunzip {
    inner: MultiGzDecoder<BufReader<Whole>>,
    position: Position,
}

impl Read for Gunzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|e| {
            if e.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Failed>) {
                return e;
            }
            let ahead = self.inner.get_ref().buffer().len() as u64;
            let at = self.position.0.load(Ordering::Relaxed) - ahead;
            let reason = match e.kind() {
                ErrorKind::UnexpectedEof => "the file is cut off: it ends".to_owned(),
                _ => e.to_string(),
            };
            io::Error::other(Failed::Gzip { at, reason })
        })
    }
}

/// What went wrong and where, as it travels through readers of other crates.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("gzip: {reason} at byte {at}")]
    Gzip { at: u64, reason: String },
    #[error("{source} at byte {at}")]
    Read { at: u64, source: io::Error },
}

/// The error of a reader above, with its place in the file.
pub fn read_error(error: io::Error) -> FormatError {
    match error.downcast::<Failed>() {
        Ok(Failed::Gzip { at, reason }) => FormatError::Gzip { at, reason },
        Ok(Failed::Read { at, source }) => FormatError::Read { at, source },
        Err(source) => FormatError::Read { at: 0, source },
    }
}

/// What zlib data holds, which must be as much as is claimed; what is wrong with it where it does not. Reads no more than a byte beyond.
pub fn inflate(zlib: &[u8], size: usize) -> Result<Vec<u8>, String> {
    let mut plain = Vec::with_capacity(size);
    let more = size as u64 + 1;
    ZlibDecoder::new(zlib).take(more).read_to_end(&mut plain).map_err(|e| format!("zlib: {e}"))?;
    if plain.len() == size {
        Ok(plain)
    } else {
        Err(format!("zlib: data of another length than the {size} bytes that are claimed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives up to ten bytes, is interrupted, gives ten more, and breaks.
    struct Breaking(u32);

    impl Read for Breaking {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                2 => Err(ErrorKind::Interrupted.into()),
                1 | 3 => {
                    let ten = buffer.len().min(10);
                    buffer[..ten].fill(b'a');
                    Ok(ten)
                }
                _ => Err(io::Error::other("the disk is gone")),
            }
        }
    }

    /// Gives one byte at a time.
    struct Trickle(Cursor<Vec<u8>>);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let one = buffer.len().min(1);
            self.0.read(&mut buffer[..one])
        }
    }

    #[test]
    fn a_pipe_that_gives_one_byte_at_a_time_is_told_to_be_gzipped() {
        use std::io::Write;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"code,x,y").unwrap();
        for (file, held) in [(packed.finish().unwrap(), "code,x,y"), (vec![0x1f], "\u{1f}"), (Vec::new(), "")] {
            let mut text = String::new();
            plain(Box::new(Trickle(Cursor::new(file)))).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, held);
        }
    }

    #[test]
    fn a_failing_disk_is_told_with_its_place_and_an_interruption_is_none() {
        let mut text = Vec::new();
        let error = plain(Box::new(Breaking(0))).unwrap().read_to_end(&mut text).unwrap_err();
        let error = read_error(error);
        assert!(matches!(error, FormatError::Read { at: 12, .. }), "{error}");
        assert!(error.to_string().contains("the disk is gone"), "{error}");
    }
}
