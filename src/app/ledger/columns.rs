//! Which column of a file holds what: the head of its table found.

use super::super::AppError;
use crate::formats::{CellAt, SheetRow, Workbook};
use crate::model::ModelError;
use crate::model::ledger::{LedgerColumn, LedgerField, LedgerTemplate, header_key};
use hashbrown::HashMap;
use serde::Serialize;

/// Rows with anything in them among which the head is looked for.
const HEAD_WITHIN: usize = 40;

/// A column of a file, and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundColumn {
    /// Its letters.
    pub column: String,
    /// What stands at its head.
    pub header: String,
    /// What it was taken for; `None` where it is not read.
    pub field: Option<LedgerField>,
}

/// The head of a table.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// The sheet that it is in.
    pub sheet: String,
    /// Its row, counted from 0.
    pub row: u32,
    /// Each column with something at its head.
    pub found: Vec<FoundColumn>,
    /// Where each field is.
    pub columns: Vec<(u32, LedgerField)>,
    /// Those columns at whose head the map knows nothing.
    pub others: Vec<u32>,
}

impl Head {
    /// The column of a field.
    pub fn column(&self, field: LedgerField) -> Option<u32> {
        self.columns.iter().find(|(_, known)| *known == field).map(|(column, _)| *column)
    }

    /// Finds the head of the ledger in a file, by the headers of the office's layout and those that are known everywhere: in the sheet
    /// of the layout's name, or the first one that has any.
    ///
    /// # Errors
    /// A file in which no sheet has one, and a head that names a field twice.
    pub fn find(book: &mut Workbook, templates: &[LedgerTemplate]) -> Result<Head, AppError> {
        let mut known: HashMap<String, LedgerField> =
            LedgerField::known_headers().map(|(field, header)| (header_key(header), field)).collect();
        for LedgerColumn { field, header, .. } in templates.iter().flat_map(|template| &template.columns) {
            known.insert(header_key(header), *field);
        }
        let ours = |name: &str| templates.iter().any(|template| template.sheet == name);
        let mut sheets = book.sheets().to_vec();
        sheets.retain(|sheet| sheet.name != LedgerTemplate::ORIGIN);
        sheets.sort_by_key(|sheet| (!ours(&sheet.name), sheet.hidden));
        for sheet in &sheets {
            let mut best: Option<(usize, SheetRow)> = None;
            let mut seen = 0;
            book.rows(&sheet.name, |row| {
                let fields = row.cells.iter().filter_map(|cell| known.get(&header_key(&cell.value.text())));
                let count = fields.filter(|field| **field != LedgerField::Blank).count();
                if count >= 2 && best.as_ref().is_none_or(|(most, _)| count > *most) {
                    best = Some((count, row));
                }
                seen += 1;
                seen < HEAD_WITHIN
            })?;
            if let Some((_, row)) = best {
                return Head::of(&sheet.name, &row, &known);
            }
        }
        let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        let expected = "a table with a head that names household codes or addresses, and another field of the map";
        Err(ModelError::new("sheet", names.join(", "), expected).into())
    }

    fn of(sheet: &str, row: &SheetRow, known: &HashMap<String, LedgerField>) -> Result<Head, AppError> {
        let mut head = Head { sheet: sheet.to_owned(), row: row.row, found: vec![], columns: vec![], others: vec![] };
        for cell in row.cells.iter().filter(|cell| !cell.value.is_blank()) {
            let header = cell.value.text().trim().to_owned();
            let field = known.get(&header_key(&header)).copied().filter(|field| *field != LedgerField::Blank);
            match field {
                Some(field) => {
                    if let Some(before) = head.column(field) {
                        let (a, b) = (CellAt::letters(before), CellAt::letters(cell.column));
                        let expected =
                            format!("one column of {}: columns {a} and {b} are both headed so", field.as_str());
                        return Err(ModelError::new("header", &header, expected).into());
                    }
                    head.columns.push((cell.column, field));
                }
                None => head.others.push(cell.column),
            }
            head.found.push(FoundColumn { column: CellAt::letters(cell.column), header, field });
        }
        if head.column(LedgerField::Code).is_none() && head.column(LedgerField::Address).is_none() {
            let headers: Vec<&str> = head.found.iter().map(|one| one.header.as_str()).collect();
            let expected = "a head with a column of household codes or of addresses";
            return Err(ModelError::new("header", headers.join(", "), expected).into());
        }
        Ok(head)
    }
}
