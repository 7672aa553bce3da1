//! Cuts a GeoJSON document or text sequence (RFC 8142) into features without holding more than one.

use super::gzip::{BLOCK, Plain, read_error};
use super::limits::{JSON_DEPTH, ROW_BYTES};
use super::row::{Body, RawRow};
use super::{FormatError, RowProblem, geojson};
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

mod scan;

use scan::Scan;

/// RFC 8142's record separator.
const RECORD: u8 = 0x1e;

/// What comes next.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// Objects after one another, of any layout.
    Objects,
    /// One object in each line: a broken line costs that line.
    Lines,
    /// Records between separators: a broken one costs that record.
    Records,
    /// The members of a collection, before or after its features.
    Members,
    /// The `features` of a collection; whether one has been read.
    Features(bool),
}

/// A document as a stream of features.
pub struct Splitter {
    input: BufReader<Plain>,
    at: u64,
    row: u64,
    mode: Mode,
    text: Vec<u8>,
    kind: Option<String>,
    crs: Option<Arc<str>>,
    late_crs: Option<Arc<str>>,
    streamed: bool,
    line_break: bool,
}

impl Splitter {
    /// `lines` where the file's name says that it has one feature in each line.
    pub fn new(input: Plain, lines: bool) -> Splitter {
        Splitter {
            input: BufReader::with_capacity(BLOCK, input),
            at: 0,
            row: 0,
            mode: if lines { Mode::Lines } else { Mode::Objects },
            text: Vec::new(),
            kind: None,
            crs: None,
            late_crs: None,
            streamed: false,
            line_break: false,
        }
    }

    /// The next feature; `None` at the end. Nothing can come after an error that is fatal.
    pub fn next(&mut self) -> Result<Option<RawRow>, FormatError> {
        loop {
            let found = match self.mode {
                Mode::Objects => match self.skip_space()? {
                    None if self.row == 0 && !self.streamed => return Err(FormatError::Empty),
                    None => return Ok(None),
                    Some(RECORD) => {
                        self.mode = Mode::Records;
                        false
                    }
                    Some(b'{') => self.start()?,
                    Some(other) => return Err(self.refuse(format!("expected '{{', found '{}'", other.escape_ascii()))),
                },
                Mode::Members => self.members()?,
                Mode::Features(some) => self.element(some)?,
                Mode::Lines => match self.until(b'\n')? {
                    None if self.row == 0 => return Err(FormatError::Empty),
                    None => return Ok(None),
                    Some(found) => found,
                },
                Mode::Records => match self.until(RECORD)? {
                    None => return Ok(None),
                    Some(found) => found,
                },
            };
            if found {
                self.row += 1;
                let body = Body::Json(self.text.as_slice().into(), self.crs.clone());
                return Ok(Some(RawRow { row: self.row, body }));
            }
        }
    }

    fn refuse(&self, reason: impl Into<String>) -> FormatError {
        FormatError::Json { at: self.at, reason: reason.into() }
    }

    fn cut_off(&self) -> FormatError {
        self.refuse("the document ends before it is complete: parse error")
    }

    fn fill(&mut self) -> Result<&[u8], FormatError> {
        self.input.fill_buf().map_err(read_error)
    }

    fn consume(&mut self, n: usize) {
        self.input.consume(n);
        self.at += n as u64;
    }

    /// The next byte that is no white space, not consumed.
    fn skip_space(&mut self) -> Result<Option<u8>, FormatError> {
        loop {
            let chunk = self.fill()?;
            let Some(first) = chunk.first().copied() else { return Ok(None) };
            if !first.is_ascii_whitespace() {
                return Ok(Some(first));
            }
            self.line_break |= first == b'\n';
            self.consume(1);
        }
    }

    /// The same, where the document cannot end.
    fn expect(&mut self) -> Result<u8, FormatError> {
        self.skip_space()?.ok_or_else(|| self.cut_off())
    }

    /// Adds the value that begins here to the text.
    fn value(&mut self) -> Result<(), FormatError> {
        let mut scan = Scan::default();
        loop {
            let chunk = self.input.fill_buf().map_err(read_error)?;
            if chunk.is_empty() {
                return Err(self.cut_off());
            }
            let (used, done) = scan.step(chunk);
            self.text.extend_from_slice(&chunk[..used]);
            self.consume(used);
            if scan.depth > JSON_DEPTH {
                return Err(self.refuse(format!("nested deeper than {JSON_DEPTH}")));
            }
            if self.text.len() > ROW_BYTES {
                return Err(self.refuse(format!("one feature is longer than {ROW_BYTES} bytes")));
            }
            if done {
                return Ok(());
            }
        }
    }

    /// Opens an object.
    fn start(&mut self) -> Result<bool, FormatError> {
        self.consume(1);
        self.text.clear();
        self.text.push(b'{');
        (self.kind, self.streamed, self.line_break) = (None, false, false);
        self.mode = Mode::Members;
        self.members()
    }

    /// Reads members until `features` begins (no row) or the object ends (a row, if it was no collection).
    fn members(&mut self) -> Result<bool, FormatError> {
        loop {
            match self.expect()? {
                b'}' => {
                    self.consume(1);
                    return self.end();
                }
                b',' => {
                    self.text.push(b',');
                    self.consume(1);
                }
                b'"' => {
                    let start = self.text.len();
                    self.value()?;
                    let name: String = serde_json::from_slice(&self.text[start..])
                        .map_err(|e| self.refuse(format!("a member's name: {e}")))?;
                    if self.expect()? != b':' {
                        return Err(self.refuse("expected ':' after a member's name"));
                    }
                    self.consume(1);
                    let first = self.expect()?;
                    if name == "features" {
                        self.open_features(first)?;
                        return Ok(false);
                    }
                    self.text.push(b':');
                    self.member_value(&name)?;
                }
                other => return Err(self.refuse(format!("expected a member, found '{}'", other.escape_ascii()))),
            }
        }
    }

    fn member_value(&mut self, name: &str) -> Result<(), FormatError> {
        let start = self.text.len();
        self.value()?;
        let value = &self.text[start..];
        self.line_break |= value.contains(&b'\n');
        match name {
            "type" => self.kind = serde_json::from_slice(value).ok(),
            "crs" if self.streamed => self.late_crs = geojson::declared_crs(value),
            "crs" => self.crs = geojson::declared_crs(value),
            _ => {}
        }
        if self.streamed {
            // What stands beside the features of a collection is read past, not kept.
            self.text.clear();
        }
        Ok(())
    }

    fn open_features(&mut self, first: u8) -> Result<(), FormatError> {
        if first != b'[' {
            return Err(self.refuse("`features` is not an array"));
        }
        if self.streamed {
            return Err(self.refuse("duplicate member `features`"));
        }
        self.check_collection(true)?;
        self.consume(1);
        (self.streamed, self.mode) = (true, Mode::Features(false));
        Ok(())
    }

    fn check_collection(&self, may_follow: bool) -> Result<(), FormatError> {
        match self.kind.as_deref() {
            Some("FeatureCollection") => Ok(()),
            None if may_follow => Ok(()),
            None => Err(self.refuse("a document with `features` and no `type`")),
            Some(_) => Err(self.refuse("`features` in a document that is no FeatureCollection")),
        }
    }

    /// The next element of `features`, or their end.
    fn element(&mut self, after_one: bool) -> Result<bool, FormatError> {
        let mut next = self.expect()?;
        if next == b']' {
            self.consume(1);
            self.mode = Mode::Members;
            self.text.clear();
            return Ok(false);
        }
        if after_one {
            if next != b',' {
                return Err(self.refuse("expected ',' or ']' after a feature"));
            }
            self.consume(1);
            next = self.expect()?;
        }
        if matches!(next, b',' | b']' | b'}' | b':') {
            return Err(self.refuse("expected a feature"));
        }
        self.text.clear();
        self.value()?;
        self.mode = Mode::Features(true);
        Ok(true)
    }

    /// The end of an object at the top.
    fn end(&mut self) -> Result<bool, FormatError> {
        self.mode = Mode::Objects;
        if self.streamed {
            self.check_collection(false)?;
            self.crs = None;
            return match self.late_crs.take() {
                Some(crs) => {
                    let reason = format!("declared after the features: name it with --crs {crs} if you did not");
                    Err(RowProblem::new(self.row, "crs", &crs, reason).into())
                }
                None => Ok(false),
            };
        }
        if self.kind.as_deref() == Some("FeatureCollection") {
            return Err(self.refuse("a FeatureCollection without `features`"));
        }
        self.text.push(b'}');
        // A document in one line with another after it has one in each line.
        let in_one_line = !self.line_break;
        let another = self.skip_space()?.is_some();
        if in_one_line && another && self.line_break {
            self.mode = Mode::Lines;
        }
        // The object's own `crs` stands in its text.
        self.crs = None;
        Ok(true)
    }

    /// One piece up to a separator, into the text; `None` at the end, `false` for an empty piece.
    fn until(&mut self, separator: u8) -> Result<Option<bool>, FormatError> {
        self.text.clear();
        let mut piece = Read::take(&mut self.input, ROW_BYTES as u64 + 1);
        let n = piece.read_until(separator, &mut self.text).map_err(read_error)?;
        self.at += n as u64;
        if n > ROW_BYTES {
            return Err(self.refuse(format!("one feature is longer than {ROW_BYTES} bytes")));
        }
        let kept = self.text.strip_suffix(&[separator]).unwrap_or(&self.text).trim_ascii_end().len();
        self.text.truncate(kept);
        if self.text.first() == Some(&RECORD) {
            self.text.remove(0);
        }
        Ok((n > 0).then(|| !self.text.trim_ascii().is_empty()))
    }
}
