//! Layouts of ledgers: kept for an Area, or read off the office's own file.

use super::super::named::living;
use super::super::{App, AppError, Caller, Outcome};
use super::columns::FoundColumn;
use crate::analysis::likeness::Likeness;
use crate::formats::{CellAt, SheetRow, Workbook};
use crate::model::ledger::{Lang, LedgerColumn, LedgerField, LedgerTemplate, header_key};
use crate::model::{Change, ModelError, Right};
use bytes::Bytes;
use serde::Serialize;

/// Rows with anything in them among which the head is looked for.
const HEAD_WITHIN: usize = 40;
/// How like a header is at least to one that is known.
const LEAST: f64 = 0.5;

/// The layouts that there are.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerTemplates {
    /// Those that an office made, by the code of their Area.
    pub templates: Vec<LedgerTemplate>,
    /// What is used where none was made, English and Chinese; the Area stands for any.
    pub built_in: Vec<LedgerTemplate>,
}

/// A layout as it was read off an office's file, for a person to confirm.
#[derive(Debug, Clone, Serialize)]
pub struct LedgerProposal {
    /// The layout.
    pub template: LedgerTemplate,
    /// The row of its head, counted from 1.
    pub head: u32,
    /// For each column how sure it is: `known`, `close` or `unknown`.
    pub sure: Vec<&'static str>,
    /// The columns as they stand in the file.
    pub columns: Vec<FoundColumn>,
}

impl App {
    /// The layouts that there are.
    pub fn ledger_layouts(&self, caller: &Caller) -> Result<LedgerTemplates, AppError> {
        caller.require(Right::Ledger)?;
        let state = self.state.read();
        let any = || crate::model::Code::new("*").expect("a code");
        let built_in = Lang::ALL.into_iter().map(|lang| LedgerTemplate::built_in(any(), lang)).collect();
        Ok(LedgerTemplates { templates: state.ledger_templates().cloned().collect(), built_in })
    }

    /// Keeps a layout for an Area of the caller's and all below it.
    pub async fn keep_ledger_layout(
        &self,
        caller: &Caller,
        template: LedgerTemplate,
    ) -> Result<LedgerTemplate, AppError> {
        {
            let state = self.state.read();
            let scope = caller.scope(&state, Right::LedgerLayout)?;
            let area = living(&state, template.area.as_str())?;
            if !scope.holds(Some(area)) {
                return Err(ModelError::new("area", &template.area, "the code of an area of yours").into());
            }
        }
        let template = template.check()?;
        let change = Change::LedgerPut(Box::new(template.clone()));
        match self.commit(&caller.author(), vec![change]).await?.into_iter().next() {
            Some(Outcome::Stored(_) | Outcome::Same) => Ok(template),
            Some(Outcome::Refused(refusal)) => Err(refusal.into()),
            _ => Err(AppError::Fault),
        }
    }

    /// Reads the layout off an office's own file: the first sheet in sight, the row that is most like a head, each header matched with
    /// the names by which fields are known. Nothing is kept. Not for the async threads.
    pub fn propose_ledger_layout(&self, caller: &Caller, file: Bytes) -> Result<LedgerProposal, AppError> {
        caller.require(Right::LedgerLayout)?;
        let mut book = Workbook::open(file)?;
        let sheet = book.sheets().iter().find(|sheet| !sheet.hidden && sheet.name != LedgerTemplate::ORIGIN).cloned();
        let sheet = sheet.ok_or_else(|| ModelError::new("sheet", "none", "a workbook with a sheet in sight"))?;
        let mut rows = Vec::new();
        book.rows(&sheet.name, |row| {
            if row.cells.iter().any(|cell| !cell.value.is_blank()) {
                rows.push(row);
            }
            rows.len() < HEAD_WITHIN
        })?;
        let known = Known::all();
        let (at, _) = rows
            .iter()
            .map(|row| known.read(row))
            .enumerate()
            .max_by_key(|(at, read)| (score(read), std::cmp::Reverse(*at)))
            .filter(|(_, read)| score(read).0 >= 1 || score(read).1 >= 2)
            .ok_or_else(|| {
                ModelError::new("sheet", &sheet.name, "a table whose head names something that the map knows")
            })?;
        proposal(&sheet.name, &rows[..at], &rows[at], &known)
    }
}

/// A header, what it was taken for, and how sure that is.
type Read = (u32, String, Option<LedgerField>, &'static str);

/// How much of a row is known for sure, how much at all, and how much stands in it.
fn score(read: &[Read]) -> (usize, usize, usize) {
    let sure = read.iter().filter(|(.., sure)| *sure == "known").count();
    (sure, read.iter().filter(|(_, _, field, _)| field.is_some()).count(), read.len())
}

/// The names by which fields are known.
struct Known {
    fields: Vec<LedgerField>,
    names: Likeness,
}

impl Known {
    fn all() -> Known {
        let all: Vec<(LedgerField, &str)> = LedgerField::known_headers().collect();
        let fields = all.iter().map(|(field, _)| *field).collect();
        Known { fields, names: Likeness::of(all.iter().map(|(_, name)| *name)) }
    }

    /// The headers of a row; a field is given to the one that is most like it.
    fn read(&self, row: &SheetRow) -> Vec<Read> {
        let mut wanted: Vec<(usize, LedgerField, f64)> = Vec::new();
        let mut read: Vec<Read> = Vec::new();
        for cell in row.cells.iter().filter(|cell| !cell.value.is_blank() && !cell.merged) {
            let header = cell.value.text().split_whitespace().collect::<Vec<_>>().join(" ");
            match LedgerField::of_header(&header) {
                Some(field) => wanted.push((read.len(), field, 2.0)),
                None => wanted.extend(
                    self.names
                        .best(&header, 3, LEAST)
                        .first()
                        .map(|like| (read.len(), self.fields[like.place], like.score)),
                ),
            }
            read.push((cell.column, header, None, "unknown"));
        }
        wanted.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        for (place, field, score) in wanted {
            if read.iter().all(|(_, _, taken, _)| *taken != Some(field)) {
                (read[place].2, read[place].3) = (Some(field), if score > 1.0 { "known" } else { "close" });
            }
        }
        read
    }
}

fn proposal(sheet: &str, above: &[SheetRow], head: &SheetRow, known: &Known) -> Result<LedgerProposal, AppError> {
    let read = known.read(head);
    let mut columns: Vec<LedgerColumn> = Vec::new();
    for (n, (_, header, field, _)) in read.iter().enumerate() {
        // Two headers that read the same cannot be told apart when the file comes back.
        let twice = columns.iter().any(|column| header_key(&column.header) == header_key(header));
        let header = if twice { format!("{header} {}", n + 1) } else { header.clone() };
        let field = field.unwrap_or(LedgerField::Blank);
        let letters: usize = header.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        let width = field.width().max(u16::try_from(letters + 2).unwrap_or(u16::MAX));
        columns.push(LedgerColumn { field, header, width: width.min(*LedgerTemplate::WIDTHS.end()) });
    }
    let mut sure: Vec<&'static str> = read.iter().map(|(.., sure)| *sure).collect();
    let chinese = columns.iter().any(|column| column.header.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)));
    let lang = if chinese { Lang::Zh } else { Lang::En };
    if !columns.iter().any(|column| column.field == LedgerField::Code) {
        // Without it nothing would be known again: it is added, and said to be so.
        let field = LedgerField::Code;
        columns.push(LedgerColumn { field, header: field.header(lang).to_owned(), width: field.width() });
        sure.push("added");
    }
    let line = |row: &SheetRow| {
        let texts = row.cells.iter().filter(|cell| !cell.merged && !cell.value.is_blank());
        texts.map(|cell| cell.value.text().trim().to_owned()).collect::<Vec<_>>().join(" ")
    };
    let template = LedgerTemplate {
        area: crate::model::Code::new("*").expect("a code"),
        name: sheet.to_owned(),
        sheet: sheet.to_owned(),
        lang,
        title: above.iter().map(line).collect(),
        columns,
    };
    let found = read.iter().map(|(column, header, field, _)| FoundColumn {
        column: CellAt::letters(*column),
        header: header.clone(),
        field: *field,
    });
    let columns = found.collect();
    Ok(LedgerProposal { template: template.check()?, head: head.row + 1, sure, columns })
}
