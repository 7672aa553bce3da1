//! CSV: tables in, reports out. The only file that knows `csv`.

use super::gzip::{BLOCK, Plain, read_error};
use super::limits::{COLUMNS, ROW_BYTES};
use super::row::{Body, Cells, Header, RawRow};
use super::{FormatError, RowProblem};
use csv::{ByteRecord, Reader, ReaderBuilder, Writer};
use std::io::{self, Read, Write};

/// A table with a header.
pub struct Table {
    reader: Reader<Capped>,
    header: Header,
    record: ByteRecord,
    row: u64,
}

impl Table {
    /// Reads the header. Columns are parted by the commas, or else semicolons or tabs, of the line that `start` begins with.
    pub fn open(input: Plain, start: &[u8]) -> Result<Table, FormatError> {
        let line = start.split(|b| *b == b'\n').next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t'].into_iter().find(|d| line.contains(d)).unwrap_or(b',');
        let capped = Capped { inner: input, given: 0, until: ROW_BYTES as u64 };
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(BLOCK)
            .from_reader(capped);
        let mut record = ByteRecord::new();
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Err(FormatError::Empty),
            Err(e) => return Err(broken(e, 1)),
        }
        if record.len() > COLUMNS {
            return Err(FormatError::Csv {
                line: 1,
                reason: format!("{} columns, at most {COLUMNS} are read", record.len()),
            });
        }
        let name = |cell: &[u8]| String::from_utf8(cell.trim_ascii().to_vec());
        let columns: Result<Vec<String>, _> = record.iter().map(name).collect();
        let columns = columns.map_err(|_| FormatError::Csv { line: 1, reason: NOT_UTF_8.to_owned() })?;
        Ok(Table { reader, header: Header::of_table(columns), record, row: 0 })
    }

    /// The columns.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next record; `None` at the end.
    pub fn next(&mut self) -> Result<Option<RawRow>, FormatError> {
        self.reader.get_mut().allow();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => self.row += 1,
            Ok(false) => return Ok(None),
            Err(e) => return Err(broken(e, self.reader.position().line())),
        }
        let (cells, columns) = (self.record.len(), self.header.columns().len());
        if cells != columns {
            let reason = format!("{cells} cells in a table of {columns} columns");
            return Err(RowProblem::new(self.row, "", "", reason).into());
        }
        let cells = cells_of(&self.record).ok_or_else(|| RowProblem::new(self.row, "", "", NOT_UTF_8))?;
        Ok(Some(RawRow { row: self.row, body: Body::Cells(cells) }))
    }
}

const NOT_UTF_8: &str = "not UTF-8 text: save the file with that encoding";

fn cells_of(record: &ByteRecord) -> Option<Cells> {
    let text = std::str::from_utf8(record.as_slice()).ok()?;
    // A record is shorter than `ROW_BYTES`, so that its ends fit; one that would not is refused by `Cells`.
    let end = |i| record.range(i).and_then(|range| u32::try_from(range.end).ok()).unwrap_or(u32::MAX);
    Cells::new(text.into(), record.len(), (0..record.len()).map(end))
}

fn broken(error: csv::Error, line: u64) -> FormatError {
    match error.into_kind() {
        csv::ErrorKind::Io(e) if e.get_ref().and_then(|inner| inner.downcast_ref::<TooLong>()).is_some() => {
            FormatError::Csv { line, reason: e.to_string() }
        }
        csv::ErrorKind::Io(e) => read_error(e),
        other => FormatError::Csv { line, reason: format!("{other:?}") },
    }
}

/// A reader that stops giving when one record takes too much: a quote that is never closed must not swallow a file.
struct Capped {
    inner: Plain,
    given: u64,
    until: u64,
}

impl Capped {
    fn allow(&mut self) {
        self.until = self.given + ROW_BYTES as u64;
    }
}

impl Read for Capped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.until {
            return Err(io::Error::other(TooLong));
        }
        let n = self.inner.read(buffer)?;
        self.given += n as u64;
        Ok(n)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("one record is longer than {ROW_BYTES} bytes, a quote may not be closed: it begins")]
struct TooLong;

/// Writes problems as CSV: `row,code,column,value,reason`.
pub struct Report<W: Write> {
    writer: Writer<W>,
}

impl<W: Write> Report<W> {
    /// Writes the header.
    pub fn new(to: W) -> io::Result<Report<W>> {
        let mut writer = Writer::from_writer(to);
        writer.write_record(["row", "code", "column", "value", "reason"])?;
        Ok(Report { writer })
    }

    /// Writes one problem.
    pub fn write(&mut self, problem: &RowProblem) -> io::Result<()> {
        let code = problem.code.as_deref().unwrap_or("");
        let cells = [code, &problem.column, &problem.value, &problem.reason].map(inert);
        self.writer.write_field(problem.row.to_string())?;
        self.writer.write_record(cells)?;
        Ok(())
    }

    /// Writes what is still held back, and gives the writer back.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|e| io::Error::other(e.to_string()))
    }
}

/// A cell that a spreadsheet shows and does not run: values come from a stranger's file.
fn inert(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_table_that_runs_nothing() {
        let mut report = Report::new(Vec::new()).unwrap();
        report.write(&RowProblem::new(3, "x,y", "-0.5, 100", "out of \"range\"").of("H3")).unwrap();
        report.write(&RowProblem::new(4, "name", "=1+1", "no")).unwrap();
        report.write(&RowProblem::new(5, "x", "-12.5", "no")).unwrap();
        let text = String::from_utf8(report.finish().unwrap()).unwrap();
        let expected = "row,code,column,value,reason\n3,H3,\"x,y\",\"'-0.5, 100\",\"out of \"\"range\"\"\"\n4,,name,'=1+1,no\n5,,x,-12.5,no\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_the_reading_before_memory_does() {
        let endless = std::io::Read::chain(&b"code,x,y\n\"open,"[..], std::io::repeat(b'a'));
        let mut table = Table::open(Box::new(endless), b"code,x,y").unwrap();
        let error = table.next().unwrap_err();
        assert!(error.is_fatal() && error.to_string().contains("a quote may not be closed"), "{error}");
    }
}
