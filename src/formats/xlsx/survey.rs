//! Looks a workbook over before anything of it is kept: see [`super`].

use super::super::FormatError;
use super::super::limits::{
    XLSX_ALL_BYTES, XLSX_BYTES, XLSX_KEPT_BYTES, XLSX_PART_BYTES, XLSX_PARTS, XLSX_RATIO, XLSX_RATIO_FROM,
    XLSX_SHARED_BYTES,
};
use super::look::Look;
use super::merged::Merge;
use super::part::Part;
use std::collections::HashMap;
use std::io::{BufReader, Cursor};
use zip::ZipArchive;
use zip::result::ZipError;

/// What an encrypted workbook and one of the format before 2007 begin with.
const OLE: [u8; 4] = [0xD0, 0xCF, 0x11, 0xE0];

/// What was seen in a sheet.
#[derive(Debug, Default)]
pub struct SheetFacts {
    /// Rows that nobody sees, ascending, counted from 0.
    pub hidden_rows: Vec<u32>,
    /// First and last column of those that nobody sees.
    pub hidden_columns: Vec<(u32, u32)>,
    /// Where formulas are, by row and column, ascending.
    pub formulas: Vec<(u32, u32)>,
    /// By their first row.
    pub merged: Vec<Merge>,
}

/// What was seen in a workbook: its sheets by their names.
pub type Survey = HashMap<String, SheetFacts>;

/// A workbook is not read.
pub fn refuse(reason: impl Into<String>) -> FormatError {
    FormatError::Xlsx(reason.into())
}

/// Looks at every part of a workbook. Costs some 10 ns for each byte once it is inflated.
pub fn survey(file: &[u8]) -> Result<Survey, FormatError> {
    if file.starts_with(&OLE) {
        return Err(refuse(
            "it is encrypted, or of the format before 2007 (.xls): save it as .xlsx without a password",
        ));
    }
    if file.len() > XLSX_BYTES {
        return Err(refuse(format!("it has {} bytes, at most {XLSX_BYTES} are read", file.len())));
    }
    let mut archive = ZipArchive::new(Cursor::new(file))
        .map_err(|_| refuse("it is no workbook (.xlsx): it is no zip archive, or it ends in the middle"))?;
    if archive.len() > XLSX_PARTS {
        return Err(refuse(format!("it has {} parts, at most {XLSX_PARTS} are read", archive.len())));
    }
    let mut all = XLSX_ALL_BYTES;
    let (mut names, mut targets, mut sheets) = (Vec::new(), HashMap::new(), HashMap::new());
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|e| refuse(archive_fault(&e)))?;
        let name = part.name().map_err(|e| refuse(archive_fault(&e)))?.to_lowercase().replace('\\', "/");
        let name = name.trim_start_matches('/').to_owned();
        let xml = [".xml", ".rels"].iter().any(|end| name.ends_with(end));
        if !xml {
            continue; // never inflated by anybody
        }
        let (packed, declared) = (part.compressed_size(), part.size());
        let most = match name.as_str() {
            "xl/sharedstrings.xml" => XLSX_SHARED_BYTES,
            sheet if sheet.starts_with("xl/worksheets/") => XLSX_PART_BYTES,
            _ => XLSX_KEPT_BYTES,
        };
        let most = most.min(all).min((packed.saturating_mul(XLSX_RATIO)).max(XLSX_RATIO_FROM));
        if declared > most {
            return Err(refuse(too_long(&name, packed)));
        }
        let mut look = Look::over(&name, Part::new(BufReader::new(part), most));
        look.run().map_err(|e| match look.left() {
            0 => refuse(too_long(&name, packed)),
            _ => e,
        })?;
        all -= most - look.left();
        let seen = (look.names, look.targets, look.facts);
        match name.as_str() {
            "xl/workbook.xml" => names = seen.0,
            "xl/_rels/workbook.xml.rels" => targets = seen.1,
            _ => drop(sheets.insert(name, seen.2)),
        }
    }
    if names.is_empty() {
        return Err(refuse("it is no workbook (.xlsx): it names no sheet"));
    }
    // Two sheets of one name cannot be told apart by anybody who asks for one.
    let mut survey = Survey::new();
    for (name, id) in names {
        let part = targets.get(&id).map(String::as_str).unwrap_or_default();
        let facts = sheets.remove(part).unwrap_or_default();
        if survey.insert(name.clone(), facts).is_some() {
            return Err(refuse(format!("two of its sheets are called '{name}'")));
        }
    }
    Ok(survey)
}

fn too_long(name: &str, packed: u64) -> String {
    format!("its part {name} of {packed} bytes is longer once it is inflated than is read")
}

fn archive_fault(error: &ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(_) => {
            "it is encrypted or compressed in a way that Excel does not use: save it as .xlsx without a password".into()
        }
        other => format!("its archive is broken: {other}"),
    }
}
