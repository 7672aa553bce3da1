//! A ledger out.

use super::super::named::living;
use super::super::{App, AppError, Caller};
use super::origin::Origin;
use super::standing::Standing;
use crate::formats::{SheetColumn, SheetOut, xlsx};
use crate::model::ledger::{Lang, LedgerColumn, LedgerField, LedgerTemplate, LedgerUse, status_word};
use crate::model::{CampaignId, ModelError, Right, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Most households of one ledger: each takes about a kilobyte of memory while the file is built.
const MOST: usize = 50_000;
/// Most persons that a cell offers to take.
const MOST_PERSONS: u16 = 999;

/// Which ledger.
#[derive(Debug, Clone)]
pub struct LedgerQuery {
    /// Of this Area and all below it, as far as they are the caller's.
    pub area: String,
    /// With the visits of this campaign; `None` is over all.
    pub campaign: Option<CampaignId>,
    /// The language of the layout, where the office has none of its own.
    pub lang: Lang,
}

/// A ledger as a file.
#[derive(Debug, Clone)]
pub struct LedgerFile {
    /// The workbook.
    pub bytes: Vec<u8>,
    /// What to call it, ASCII without an ending.
    pub name: String,
    /// How many households it lists.
    pub households: u64,
}

impl App {
    /// The households of an Area that the caller may see, in the layout of its office; noted as a reading of personal fields. Not for
    /// the async threads: some 40 µs a household.
    ///
    /// Refuses an Area with more than 50,000 of them.
    pub fn read_ledger(&self, caller: &Caller, query: &LedgerQuery) -> Result<LedgerFile, AppError> {
        caller.require(Right::Ledger)?;
        let Gathered { origin, template, area, campaign, listed } = self.gather_ledger(caller, query)?;
        let listed: Vec<Standing> = listed.into_iter().map(|one| one.open(&self.keys)).collect();
        let shown = listed.iter().filter(|one| one.household.address.is_some() || !one.opened.texts.is_empty()).count();
        self.note_list(caller, "ledger", shown)?;
        let lang = template.lang;
        let mut title = template.title.clone();
        if title.is_empty() {
            title.push(format!("{} · {area}", origin.map));
        }
        let day = Timestamp::now().to_zoned(TimeZone::system()).date();
        let households = match lang {
            Lang::En => format!("{} households", listed.len()),
            Lang::Zh => format!("{} 户", listed.len()),
        };
        let sample = origin.sample.then_some(match lang {
            Lang::En => "sample data",
            Lang::Zh => "样例数据",
        });
        let about = [Some(area.as_str()), campaign.as_deref(), Some(&day.to_string()), Some(&households), sample]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        title.push(about);
        let name = format!("ledger-{}-{day}", ascii(&query.area));
        let out = SheetOut {
            name: &template.sheet,
            title,
            columns: template.columns.iter().map(|column| sheet_column(column, lang)).collect(),
            origin: Some((LedgerTemplate::ORIGIN, origin.lines())),
        };
        let rows = listed
            .iter()
            .zip(1..)
            .map(|(one, number)| template.columns.iter().map(|column| one.shown(column.field, lang, number)).collect());
        Ok(LedgerFile { bytes: xlsx(&out, rows)?, name, households: listed.len() as u64 })
    }

    fn gather_ledger(&self, caller: &Caller, query: &LedgerQuery) -> Result<Gathered, AppError> {
        let state = self.state.read();
        let campaign = query.campaign.map(|id| {
            let unknown = || AppError::NotFound { what: "campaign", name: id.to_string() };
            state.campaign(id).ok_or_else(unknown)
        });
        let campaign = campaign.transpose()?.map(|campaign| campaign.name.clone());
        let within = living(&state, &query.area)?;
        let scope = caller.scope(&state, Right::Ledger)?;
        let listed = state.listed(query.campaign, Some(within), &scope, MOST).ok_or_else(|| {
            ModelError::new("area", &query.area, format!("the code of an area with at most {MOST} households of yours"))
        })?;
        let area = &state.covered(within, None).entry.area;
        let template = state.ledger_template(within).cloned();
        let template = template.unwrap_or_else(|| LedgerTemplate::built_in(area.code.clone(), query.lang));
        let listed: Vec<Standing> = listed.iter().filter_map(|one| Standing::of(&state, one)).collect();
        let origin = Origin {
            map: state.info().name.clone(),
            area: query.area.clone(),
            campaign: query.campaign,
            seq: state.seq(),
            at: state.at().unwrap_or(Timestamp::UNIX_EPOCH),
            households: listed.len() as u64,
            sample: state.info().sample,
        };
        Ok(Gathered { origin, template, area: area.name.clone(), campaign, listed })
    }
}

/// What a ledger is made of, copied so that the lock is let go.
struct Gathered {
    /// What it says of itself.
    origin: Origin,
    /// Its layout.
    template: LedgerTemplate,
    /// The name of the Area.
    area: String,
    /// The name of the campaign.
    campaign: Option<String>,
    listed: Vec<Standing>,
}

fn sheet_column(column: &LedgerColumn, lang: Lang) -> SheetColumn {
    let words = match column.field {
        LedgerField::Status => Status::ALL.iter().map(|status| status_word(*status, lang).to_owned()).collect(),
        _ => Vec::new(),
    };
    SheetColumn {
        header: column.header.clone(),
        width: column.width,
        words,
        most: (column.field == LedgerField::Persons).then_some(MOST_PERSONS),
        shown_only: matches!(column.field.used(), LedgerUse::Shown | LedgerUse::Identity),
    }
}

/// The letters and digits of a code that every file system takes.
fn ascii(code: &str) -> String {
    code.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}
