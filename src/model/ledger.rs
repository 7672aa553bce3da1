//! The ledger (台账): the table of households that an office keeps, in its own layout, and which of its cells the map takes back.

mod fault;
mod value;
mod words;

pub use fault::CellFault;
pub use value::day_of_text;
pub use words::{Lang, header_key, outcome_word, status_word};

use super::{Code, ModelError, Right};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::str::FromStr;

/// What a column of a ledger holds. The closed list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerField {
    /// The number of the line, counted from 1.
    Number,
    /// The code of the household.
    Code,
    /// The code of the lowest Area that it lies in.
    Area,
    /// The name of that Area.
    AreaName,
    /// Its address.
    Address,
    /// People who live there.
    Persons,
    /// Whether it counts.
    Status,
    /// How to reach it.
    Contact,
    /// What it needs.
    Needs,
    /// The day of the visit that stands.
    CalledOn,
    /// What came of that.
    Outcome,
    /// Who called.
    Caller,
    /// The office's own: the map keeps nothing of it.
    Blank,
}

/// What the map does with what stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerUse {
    /// It tells which household a row is about.
    Identity,
    /// It is taken back, when a person says so.
    Taken,
    /// It is written out; what is changed in it is named, and not taken.
    Shown,
    /// It is not read.
    Nothing,
}

impl LedgerField {
    /// All of them.
    pub const ALL: [LedgerField; 13] = [
        LedgerField::Number,
        LedgerField::Code,
        LedgerField::Area,
        LedgerField::AreaName,
        LedgerField::Address,
        LedgerField::Persons,
        LedgerField::Status,
        LedgerField::Contact,
        LedgerField::Needs,
        LedgerField::CalledOn,
        LedgerField::Outcome,
        LedgerField::Caller,
        LedgerField::Blank,
    ];

    /// Those that a ledger changes.
    pub const TAKEN: [LedgerField; 5] =
        [LedgerField::Address, LedgerField::Persons, LedgerField::Status, LedgerField::Contact, LedgerField::Needs];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            LedgerField::Number => "number",
            LedgerField::Code => "code",
            LedgerField::Area => "area",
            LedgerField::AreaName => "area_name",
            LedgerField::Address => "address",
            LedgerField::Persons => "persons",
            LedgerField::Status => "status",
            LedgerField::Contact => "contact",
            LedgerField::Needs => "needs",
            LedgerField::CalledOn => "called_on",
            LedgerField::Outcome => "outcome",
            LedgerField::Caller => "caller",
            LedgerField::Blank => "blank",
        }
    }

    /// What becomes of it.
    #[must_use]
    pub fn used(self) -> LedgerUse {
        match self {
            LedgerField::Code => LedgerUse::Identity,
            field if LedgerField::TAKEN.contains(&field) => LedgerUse::Taken,
            LedgerField::Number | LedgerField::Blank => LedgerUse::Nothing,
            _ => LedgerUse::Shown,
        }
    }

    /// The right that shows it.
    #[must_use]
    pub fn right(self) -> Right {
        match self {
            LedgerField::Address
            | LedgerField::Persons
            | LedgerField::Contact
            | LedgerField::Needs
            | LedgerField::Caller => Right::Addresses,
            _ => Right::Households,
        }
    }
}

impl FromStr for LedgerField {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<LedgerField, ModelError> {
        let known = LedgerField::ALL.into_iter().find(|field| field.as_str() == name);
        known.ok_or_else(|| {
            let all: Vec<&str> = LedgerField::ALL.into_iter().map(LedgerField::as_str).collect();
            ModelError::new("field", name, format!("one of {}", all.join(", ")))
        })
    }
}

/// A column of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerColumn {
    /// What it holds.
    pub field: LedgerField,
    /// What stands at its head.
    pub header: String,
    /// How wide it is, characters.
    pub width: u16,
}

/// The layout of the ledger of an Area and all below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerTemplate {
    /// Whose it is.
    pub area: Code,
    /// For people.
    pub name: String,
    /// The name of the sheet.
    pub sheet: String,
    /// The language of the words in its cells.
    pub lang: Lang,
    /// Lines above the head of the table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub title: Vec<String>,
    /// In their order.
    pub columns: Vec<LedgerColumn>,
}

impl LedgerTemplate {
    /// Longest name, header or title, characters.
    pub const MAX_TEXT: usize = 200;
    /// Longest name of a sheet, characters: Excel's own limit.
    pub const MAX_SHEET: usize = 31;
    /// Most lines above the table.
    pub const MAX_TITLE: usize = 10;
    /// Most columns: twice the widest ledger that we were shown.
    pub const MAX_COLUMNS: usize = 64;
    /// Widths that Excel takes and a person can read, characters.
    pub const WIDTHS: std::ops::RangeInclusive<u16> = 2..=120;
    /// The sheet that says what a ledger was made from; no layout may name its own so.
    pub const ORIGIN: &str = "melonmap";

    /// The one of those Areas for which nobody made another.
    #[must_use]
    pub fn built_in(area: Code, lang: Lang) -> LedgerTemplate {
        words::built_in(area, lang)
    }

    /// Refuses what no sheet can be, a layout without the household's code, a field or a header that stands there twice.
    pub fn check(self) -> Result<LedgerTemplate, ModelError> {
        let text = |field: &'static str, text: &str, least: usize| {
            let length = text.trim().chars().count();
            let sound = (least..=LedgerTemplate::MAX_TEXT).contains(&length) && !text.chars().any(char::is_control);
            let expected =
                format!("{least} to {} characters, none of them a control character", LedgerTemplate::MAX_TEXT);
            if sound { Ok(()) } else { Err(ModelError::new(field, text.escape_debug(), expected)) }
        };
        text("name", &self.name, 1)?;
        check_sheet(&self.sheet)?;
        if self.title.len() > LedgerTemplate::MAX_TITLE {
            let expected = format!("at most {} lines", LedgerTemplate::MAX_TITLE);
            return Err(ModelError::new("title", format!("{} lines", self.title.len()), expected));
        }
        self.title.iter().try_for_each(|line| text("title", line, 0))?;
        let columns = self.columns.len();
        if !(1..=LedgerTemplate::MAX_COLUMNS).contains(&columns) {
            let expected = format!("1 to {} columns", LedgerTemplate::MAX_COLUMNS);
            return Err(ModelError::new("columns", format!("{columns} columns"), expected));
        }
        let (mut fields, mut headers) = (HashSet::new(), HashSet::new());
        for LedgerColumn { field, header, width } in &self.columns {
            text("header", header, 1)?;
            if !headers.insert(header_key(header)) {
                return Err(ModelError::new("header", header, "a header that no other column has"));
            }
            if *field != LedgerField::Blank && !fields.insert(*field) {
                return Err(ModelError::new("field", field.as_str(), "a field that no other column has, or blank"));
            }
            if !LedgerTemplate::WIDTHS.contains(width) {
                let (least, most) = LedgerTemplate::WIDTHS.into_inner();
                return Err(ModelError::new("width", width, format!("{least} to {most} characters")));
            }
        }
        if !fields.contains(&LedgerField::Code) {
            return Err(ModelError::new("columns", "no code", "a column with the code of the household"));
        }
        Ok(self)
    }
}

fn check_sheet(sheet: &str) -> Result<(), ModelError> {
    let length = sheet.chars().map(char::len_utf16).sum::<usize>();
    let sound = (1..=LedgerTemplate::MAX_SHEET).contains(&length)
        && !sheet.chars().any(|c| c.is_control() || r"[]:*?/\".contains(c))
        && sheet.trim() == sheet
        && !sheet.starts_with('\'')
        && !sheet.ends_with('\'')
        && !["history", LedgerTemplate::ORIGIN].contains(&sheet.to_lowercase().as_str());
    let expected = r"a name that Excel takes for a sheet: 1 to 31 characters, none of []:*?/\, no apostrophe at its ends, not 'History' or 'melonmap'";
    if sound { Ok(()) } else { Err(ModelError::new("sheet", sheet.escape_debug(), expected)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> LedgerTemplate {
        LedgerTemplate::built_in(Code::new("7001").unwrap(), Lang::En)
    }

    #[test]
    fn both_built_in_layouts_are_sound_and_their_headers_are_known_again() {
        for lang in Lang::ALL {
            let template = LedgerTemplate::built_in(Code::new("7001").unwrap(), lang).check().unwrap();
            for column in &template.columns {
                assert_eq!(LedgerField::of_header(&column.header), Some(column.field), "{}", column.header);
            }
            let all = template.columns.iter().filter(|column| column.field != LedgerField::Blank).count();
            assert_eq!(all, LedgerField::ALL.len() - 1, "every field but the office's own");
        }
    }

    #[test]
    fn a_layout_that_no_sheet_can_be_or_that_names_no_household_is_refused_by_field() {
        let check = |change: &dyn Fn(&mut LedgerTemplate), field: &str| {
            let mut template = built_in();
            change(&mut template);
            assert_eq!(template.check().unwrap_err().field, field);
        };
        check(&|t| t.name = " ".into(), "name");
        for sheet in ["", "a/b", "'a", "History", "MelonMap", &"西".repeat(32), " a"] {
            check(&|t| t.sheet = sheet.into(), "sheet");
        }
        check(&|t| t.title = vec![String::new(); 11], "title");
        check(&|t| t.title = vec!["a\nb".into()], "title");
        check(&|t| t.columns.clear(), "columns");
        check(&|t| t.columns.retain(|c| c.field != LedgerField::Code), "columns");
        check(&|t| t.columns[2].header = "  code ".to_uppercase().replace("CODE", &t.columns[1].header), "header");
        check(&|t| t.columns[0].field = LedgerField::Code, "field");
        check(&|t| t.columns[0].width = 1, "width");
        let blank = LedgerColumn { field: LedgerField::Blank, header: "Signed".into(), width: 10 };
        let other = LedgerColumn { header: "Paid".into(), ..blank.clone() };
        let mut two = built_in();
        two.columns.extend([blank, other]);
        assert!(two.check().is_ok(), "an office may have several columns of its own");
    }
}
