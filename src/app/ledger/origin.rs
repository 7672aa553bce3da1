//! What a ledger says of itself, in a sheet that nobody sees.

use super::super::AppError;
use crate::formats::Workbook;
use crate::model::ledger::LedgerTemplate;
use crate::model::{CampaignId, ModelError};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// Most lines of it that are read.
const LINES: usize = 200;

/// What a ledger was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The name of the map.
    pub map: String,
    /// The code of the Area.
    pub area: String,
    /// Whose visits it shows; `None` is over all.
    pub campaign: Option<CampaignId>,
    /// The number of the last change that is in it.
    pub seq: u64,
    /// When that was made.
    pub at: Timestamp,
    /// How many households it lists.
    pub households: u64,
    /// Whether it holds labelled sample data.
    pub sample: bool,
}

impl Origin {
    /// Its lines.
    pub fn lines(&self) -> Vec<(String, String)> {
        let campaign = self.campaign.map(|id| id.to_string()).unwrap_or_default();
        [
            ("ledger", "1".to_owned()),
            ("map", self.map.clone()),
            ("area", self.area.clone()),
            ("campaign", campaign),
            ("seq", self.seq.to_string()),
            ("at", self.at.to_string()),
            ("households", self.households.to_string()),
            ("sample", self.sample.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Reads it; `None` where the file has none.
    ///
    /// # Errors
    /// A sheet of that name that says something else: somebody wrote in it.
    pub fn read(book: &mut Workbook) -> Result<Option<Origin>, AppError> {
        let sheet = LedgerTemplate::ORIGIN;
        if !book.sheets().iter().any(|known| known.name == sheet) {
            return Ok(None);
        }
        let mut lines = BTreeMap::new();
        let mut read = 0;
        book.rows(sheet, |row| {
            let text = |column| row.cell(column).map(|cell| cell.value.text()).unwrap_or_default();
            lines.insert(text(0), text(1));
            read += 1;
            read < LINES
        })?;
        let get = |name: &str| lines.get(name).cloned().unwrap_or_default();
        let refuse = |name: &'static str, value: &str| {
            let expected = format!("what the hidden sheet '{sheet}' said of '{name}' when the ledger was written");
            AppError::from(ModelError::new("origin", value, expected))
        };
        let number = |name: &'static str| {
            let text = get(name);
            text.parse::<u64>().map_err(|_| refuse(name, &text))
        };
        if get("ledger") != "1" {
            return Err(refuse("ledger", &get("ledger")));
        }
        let campaign = match get("campaign") {
            none if none.is_empty() => None,
            text => Some(CampaignId(text.parse().map_err(|_| refuse("campaign", &text))?)),
        };
        let at = get("at");
        Ok(Some(Origin {
            map: get("map"),
            area: get("area"),
            campaign,
            seq: number("seq")?,
            at: at.parse().map_err(|_| refuse("at", &at))?,
            households: number("households")?,
            sample: get("sample") == "true",
        }))
    }
}
