//! A part of a workbook as it is inflated: how much came, and how much may come before the next tag.

use super::super::limits::XLSX_CELL_BYTES;
use std::io::{self, BufRead, Read};

/// Inflated bytes with a bound on all of them and on each event of the XML reader, which keeps one event in memory.
pub struct Part<R> {
    inner: R,
    left: u64,
    event: usize,
}

impl<R: BufRead> Part<R> {
    /// At most so many bytes.
    pub fn new(inner: R, most: u64) -> Part<R> {
        Part { inner, left: most, event: XLSX_CELL_BYTES }
    }

    /// A new event begins.
    pub fn next_event(&mut self) {
        self.event = XLSX_CELL_BYTES;
    }

    /// Bytes that may still come.
    pub fn left(&self) -> u64 {
        self.left
    }
}

impl<R: BufRead> Read for Part<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let had = self.fill_buf()?;
        let n = had.len().min(into.len());
        into[..n].copy_from_slice(&had[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Part<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let (left, event) = (self.left, self.event);
        let had = self.inner.fill_buf()?;
        if had.is_empty() {
            return Ok(had);
        }
        if left == 0 {
            return Err(io::Error::other("is longer than is read once it is inflated"));
        }
        if event == 0 {
            return Err(io::Error::other(format!("has a tag or a text of more than {XLSX_CELL_BYTES} bytes")));
        }
        let most = had.len().min(event).min(usize::try_from(left).unwrap_or(usize::MAX));
        Ok(&had[..most])
    }

    fn consume(&mut self, n: usize) {
        self.inner.consume(n);
        self.left -= n as u64;
        self.event -= n;
    }
}
