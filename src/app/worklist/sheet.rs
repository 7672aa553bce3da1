//! The list for today as a workbook: to be printed, or filled in where there is no network.

use super::super::{App, AppError};
use super::{ReasonLine, WorklistHousehold, WorklistReport};
use crate::formats::{SheetColumn, SheetOut, SheetValue, xlsx};
use crate::model::ledger::{Lang, outcome_word, status_word};
use jiff::tz::TimeZone;

/// Heads and widths of the columns, English and Chinese.
const COLUMNS: [(&str, &str, u16); 12] = [
    ("No.", "序号", 6),
    ("Household code", "户编码", 18),
    ("Address", "地址", 34),
    ("Grid code", "网格编码", 18),
    ("Status", "居住状态", 12),
    ("Why", "走访原因", 30),
    ("Outcome", "上次结果", 14),
    ("Last visit", "上次走访", 13),
    ("Metres on", "距上一户（米）", 11),
    ("Longitude", "经度", 12),
    ("Latitude", "纬度", 12),
    ("Today", "今日结果", 18),
];

impl App {
    /// A list as a workbook: a row for each household, numbered in the order of the walk; addresses as the report has them. The last
    /// column is left free for a pen.
    pub fn worklist_xlsx(&self, report: &WorklistReport, lang: Lang) -> Result<Vec<u8>, AppError> {
        let pick = |en: &'static str, zh: &'static str| if lang == Lang::En { en } else { zh };
        let info = self.state.read().info().clone();
        let day = report.as_of.to_zoned(TimeZone::system()).date();
        let length = match lang {
            Lang::En => {
                format!("{} of {} waiting · {:.1} km", report.households.len(), report.waiting, report.length_m / 1e3)
            }
            Lang::Zh => {
                format!(
                    "待走访 {} 户，列出 {} 户 · {:.1} 公里",
                    report.waiting,
                    report.households.len(),
                    report.length_m / 1e3
                )
            }
        };
        let about = [day.to_string(), length]
            .into_iter()
            .chain(info.sample.then(|| pick("sample data", "样例数据").to_owned()))
            .collect::<Vec<_>>()
            .join(" · ");
        let column = |(en, zh, width): (&'static str, &'static str, u16)| SheetColumn {
            header: pick(en, zh).to_owned(),
            width,
            words: Vec::new(),
            most: None,
            shown_only: false,
        };
        let out = SheetOut {
            name: pick("Today", "今日走访"),
            title: vec![info.name, about],
            columns: COLUMNS.map(column).into(),
            origin: None,
        };
        let rows = report.households.iter().zip(1u32..).map(|(one, number)| row(one, number, lang));
        Ok(xlsx(&out, rows)?)
    }
}

fn row(one: &WorklistHousehold, number: u32, lang: Lang) -> Vec<SheetValue> {
    let household = &one.household;
    let status = household.status.parse().map_or(household.status, |status| status_word(status, lang));
    let called = one.called_at.map(|at| at.to_zoned(TimeZone::system()).date());
    vec![
        SheetValue::Number(f64::from(number)),
        SheetValue::Text(household.code.clone()),
        household.address.clone().into(),
        household.area.as_ref().map(ToString::to_string).into(),
        SheetValue::Text(status.to_owned()),
        SheetValue::Text(one.reason.words(lang)),
        one.outcome.map(|outcome| outcome_word(outcome, lang).to_owned()).into(),
        called.map_or(SheetValue::Empty, SheetValue::Day),
        SheetValue::Number(one.leg_m),
        SheetValue::Number(household.lon),
        SheetValue::Number(household.lat),
        SheetValue::Empty,
    ]
}

impl ReasonLine {
    /// For people.
    fn words(self, lang: Lang) -> String {
        let days = |n: u32| if n == 1 { "1 day".to_owned() } else { format!("{n} days") };
        match (self, lang) {
            (ReasonLine::LeftToDo { days: 0 }, Lang::En) => "Something was left to do today".into(),
            (ReasonLine::LeftToDo { days: n }, Lang::En) => format!("Something was left to do {} ago", days(n)),
            (ReasonLine::Overdue { days: n }, Lang::En) => format!("Overdue for {}", days(n)),
            (ReasonLine::DueSoon { days: 0 }, Lang::En) => "Due today".into(),
            (ReasonLine::DueSoon { days: n }, Lang::En) => format!("Due in {}", days(n)),
            (ReasonLine::NotReached, Lang::En) => "Nobody was reached yet".into(),
            (ReasonLine::OnTheWay { metres }, Lang::En) => format!("On the way, {metres:.0} m aside"),
            (ReasonLine::LeftToDo { days: 0 }, Lang::Zh) => "今天有事未办完".into(),
            (ReasonLine::LeftToDo { days: n }, Lang::Zh) => format!("{n} 天前有事未办完"),
            (ReasonLine::Overdue { days: n }, Lang::Zh) => format!("已逾期 {n} 天"),
            (ReasonLine::DueSoon { days: 0 }, Lang::Zh) => "今天到期".into(),
            (ReasonLine::DueSoon { days: n }, Lang::Zh) => format!("{n} 天后到期"),
            (ReasonLine::NotReached, Lang::Zh) => "尚未走访到".into(),
            (ReasonLine::OnTheWay { metres }, Lang::Zh) => format!("顺路，相距 {metres:.0} 米"),
        }
    }
}
