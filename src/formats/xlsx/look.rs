//! One part of a workbook as it is looked at: see [`super::survey`].

use super::super::FormatError;
use super::super::limits::{
    XLSX_CELL_BYTES, XLSX_CELLS, XLSX_COLS, XLSX_COLUMNS, XLSX_MERGED, XLSX_PARTS, XLSX_ROWS, XLSX_SHARED_TEXTS,
    XLSX_SHEETS, XLSX_STYLES,
};
use super::merged::range;
use super::part::Part;
use super::survey::{SheetFacts, refuse};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::BufRead;

/// One part as it is looked at, and what was seen in it.
pub struct Look<'a, R> {
    name: &'a str,
    xml: Reader<Part<R>>,
    /// Of a sheet.
    pub facts: SheetFacts,
    /// Of the workbook: the names of its sheets, each with the id of its part.
    pub names: Vec<(String, String)>,
    /// Of the workbook: where the parts are, by their ids.
    pub targets: HashMap<String, String>,
    row: u32,
    rows: usize,
    column: u32,
    cells: usize,
    texts: usize,
    styles: usize,
    columns: usize,
    /// Bytes of text of the cell or the shared text that is open.
    text: usize,
}

impl<'a, R: BufRead> Look<'a, R> {
    /// Nothing is read yet.
    pub fn over(name: &'a str, part: Part<R>) -> Look<'a, R> {
        let mut xml = Reader::from_reader(part);
        let config = xml.config_mut();
        config.check_end_names = false;
        config.expand_empty_elements = true;
        Look {
            name,
            xml,
            facts: SheetFacts::default(),
            names: Vec::new(),
            targets: HashMap::new(),
            row: 0,
            rows: 0,
            column: 0,
            cells: 0,
            texts: 0,
            styles: 0,
            columns: 0,
            text: 0,
        }
    }

    /// Bytes that might still have come.
    pub fn left(&self) -> u64 {
        self.xml.get_ref().left()
    }

    fn fault(&self, reason: impl std::fmt::Display) -> FormatError {
        refuse(format!("its part {}: {reason}", self.name))
    }

    /// Goes through the part to its end.
    pub fn run(&mut self) -> Result<(), FormatError> {
        let mut event = Vec::new();
        loop {
            event.clear();
            self.xml.get_mut().next_event();
            let read = self.xml.read_event_into(&mut event);
            match read.map_err(|e| refuse(format!("its part {}: {e}", self.name)))? {
                Event::Eof => break,
                Event::DocType(_) => return Err(self.fault("declares a document type, which no workbook does")),
                Event::Start(tag) => self.start(&tag)?,
                Event::Text(text) => self.text += text.len(),
                Event::CData(text) => self.text += text.len(),
                Event::GeneralRef(text) => self.text += text.len(),
                Event::End(tag) if tag.local_name().as_ref() == "row" => {
                    self.row = self.row.saturating_add(1);
                    self.column = 0;
                }
                Event::End(tag) if tag.local_name().as_ref() == "c" => self.column = self.column.saturating_add(1),
                _ => {}
            }
            if self.text > XLSX_CELL_BYTES {
                return Err(self.fault(format!("has a text of more than {XLSX_CELL_BYTES} bytes in one cell")));
            }
        }
        if !self.facts.formulas.is_sorted() {
            self.facts.formulas.sort_unstable();
        }
        self.facts.hidden_rows.sort_unstable();
        self.facts.merged.sort_unstable_by_key(|merge| (merge.first.row, merge.first.column));
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), FormatError> {
        match tag.local_name().as_ref() {
            "sst" => {
                // A reader makes room for as many as are announced.
                for announced in attributes(tag, "uniqueCount").chain(attributes(tag, "count")) {
                    let sound = announced.parse::<usize>().is_ok_and(|n| n <= XLSX_CELLS);
                    if !sound {
                        return Err(self.fault(format!("announces more than {XLSX_SHARED_TEXTS} texts")));
                    }
                }
            }
            "si" => {
                self.text = 0;
                self.texts += 1;
                if self.texts > XLSX_SHARED_TEXTS {
                    return Err(self.fault(format!("has more than {XLSX_SHARED_TEXTS} texts")));
                }
            }
            "row" => self.start_row(tag)?,
            "c" => self.start_cell(tag)?,
            "f" if self.facts.formulas.last() != Some(&(self.row, self.column)) => {
                self.facts.formulas.push((self.row, self.column));
            }
            "xf" | "font" | "fill" | "border" | "numFmt" | "dxf" | "cellStyle" => {
                self.styles += 1;
                if self.styles > XLSX_STYLES {
                    return Err(self.fault(format!("has more than {XLSX_STYLES} formats")));
                }
            }
            "col" => {
                let number = |name| attributes(tag, name).next().and_then(|n| n.parse::<u32>().ok());
                if hidden(tag)
                    && let (Some(min), Some(max)) = (number("min"), number("max"))
                {
                    self.facts.hidden_columns.push((min.saturating_sub(1), max.saturating_sub(1)));
                }
                self.columns += 1;
                if self.columns > XLSX_COLS {
                    return Err(self.fault(format!("has more than {XLSX_COLS} widths of columns")));
                }
            }
            "mergeCell" => {
                let written = attributes(tag, "ref").next().unwrap_or_default();
                let merge = range(&written).ok_or_else(|| self.fault(format!("'{written}' is no range of cells")))?;
                self.facts.merged.push(merge);
                if self.facts.merged.len() > XLSX_MERGED {
                    return Err(self.fault(format!("has more than {XLSX_MERGED} merged cells")));
                }
            }
            "dimension" => {
                // One written backwards is counted down below nothing by the reader.
                let written = attributes(tag, "ref").next().unwrap_or_default();
                if range(&written).is_none() {
                    return Err(self.fault(format!("'{written}' is no range of cells")));
                }
            }
            "sheet" if self.name == "xl/workbook.xml" => {
                let one = |name| attributes(tag, name).next();
                if let (Some(name), Some(id)) = (one("name"), one("id")) {
                    self.names.push((name, id));
                }
                if self.names.len() > XLSX_SHEETS {
                    return Err(self.fault(format!("names more than {XLSX_SHEETS} sheets, which are not read")));
                }
            }
            "Relationship" if self.name == "xl/_rels/workbook.xml.rels" => {
                let one = |name| attributes(tag, name).next();
                if let (Some(id), Some(target)) = (one("Id"), one("Target")) {
                    let target = target.to_lowercase();
                    let whole = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
                    self.targets.insert(id, whole);
                }
                if self.targets.len() > XLSX_PARTS {
                    return Err(self.fault(format!("names more than {XLSX_PARTS} parts")));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn start_row(&mut self, tag: &BytesStart<'_>) -> Result<(), FormatError> {
        self.rows += 1;
        if let Some(written) = attributes(tag, "r").next() {
            let number = written.parse::<u32>().ok().filter(|n| (1..=1_048_576).contains(n));
            let number = number.ok_or_else(|| self.fault(format!("'{written}' is no row")))?;
            if number - 1 < self.row {
                return Err(self.fault(format!("row {number} stands after row {}", self.row)));
            }
            self.row = number - 1;
        }
        self.column = 0;
        if self.rows > XLSX_ROWS {
            return Err(self.fault(format!("has more than {XLSX_ROWS} rows, which are not read")));
        }
        if hidden(tag) {
            self.facts.hidden_rows.push(self.row);
        }
        Ok(())
    }

    fn start_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), FormatError> {
        self.text = 0;
        self.cells += 1;
        if self.cells > XLSX_CELLS {
            return Err(self.fault(format!("has more than {XLSX_CELLS} cells, which are not read")));
        }
        if let Some(written) = attributes(tag, "r").next() {
            let at = range(&written).map(|merge| merge.first).filter(|at| at.row == self.row);
            let at =
                at.ok_or_else(|| self.fault(format!("'{written}' is no cell of row {}", u64::from(self.row) + 1)))?;
            if at.column < self.column {
                return Err(self.fault(format!("cell {at} stands after others of its row")));
            }
            self.column = at.column;
        }
        if self.column >= XLSX_COLUMNS {
            return Err(self.fault(format!("has more than {XLSX_COLUMNS} columns, which are not read")));
        }
        Ok(())
    }
}

/// The values of an attribute whatever its prefix: as many as somebody wrote.
fn attributes(tag: &BytesStart<'_>, name: &str) -> std::vec::IntoIter<String> {
    let mut values = Vec::new();
    for attribute in tag.attributes().with_checks(false).filter_map(Result::ok) {
        if attribute.key.local_name().as_ref() == name {
            let plain = quick_xml::escape::unescape(&attribute.value).map(std::borrow::Cow::into_owned);
            values.push(plain.unwrap_or_else(|_| attribute.value.to_string()));
        }
    }
    values.into_iter()
}

fn hidden(tag: &BytesStart<'_>) -> bool {
    attributes(tag, "hidden").any(|value| value == "1" || value == "true")
}
