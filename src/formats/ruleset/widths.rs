//! The table of assumed widths.

use super::section::{Entry, RuleFaults, RuleProblem, Section, Sheet};
use crate::model::rule::{LengthUnit, StreetClass, WidthRow, WidthTable};

/// Reads a table of widths: `[street.CLASS]` with `carriageway`, `footway`, `lanes` and `source`, for every class of street.
pub fn read_widths(file: &str, bytes: &[u8]) -> Result<WidthTable, RuleFaults> {
    let sheet = Sheet::of(file, bytes)?;
    let mut top = sheet.open()?;
    let one = |fault| RuleFaults::of(vec![fault]);
    let tables = top.need("street", "a table [street.CLASS] for each class").and_then(Entry::section).map_err(one)?;
    top.end().map_err(one)?;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for table in tables.sections("class of street") {
        match table.and_then(row) {
            Ok(row) => rows.push(row),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(RuleFaults::of(faults));
    }
    WidthTable::new(rows).map_err(|e| one(top.refused(&e)))
}

fn row(mut table: Section<'_, '_>) -> Result<WidthRow, RuleProblem> {
    let class: StreetClass = table.name().parse().map_err(|e| table.refused(&e))?;
    let mut length = |key| table.need(key, "a length in metres")?.length(Some(LengthUnit::Metre));
    let (carriageway, footway) = (length("carriageway")?, length("footway")?);
    let lanes = "a whole number of lanes; 0 for a way for walking";
    let lanes = table.need("lanes", lanes)?.whole(lanes)?;
    let source = table.need("source", "where the numbers are from, or that they are assumed")?.text()?;
    table.end()?;
    Ok(WidthRow { class, carriageway, footway, lanes, source })
}
