//! How offices call what stands in a ledger, in Chinese and English.

use super::{LedgerColumn, LedgerField, LedgerTemplate};
use crate::model::filter::loose;
use crate::model::{Code, ModelError, Outcome, Status};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The language of the words in a ledger's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Lang {
    /// Both.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    fn pick(self, en: &'static str, zh: &'static str) -> &'static str {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

impl FromStr for Lang {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Lang, ModelError> {
        match name {
            "en" => Ok(Lang::En),
            "zh" => Ok(Lang::Zh),
            _ => Err(ModelError::new("lang", name, "one of en, zh")),
        }
    }
}

/// A status in words.
#[must_use]
pub fn status_word(status: Status, lang: Lang) -> &'static str {
    let known = STATUSES.iter().find(|(known, ..)| *known == status);
    known.map_or(status.as_str(), |(_, en, zh, _)| lang.pick(en, zh))
}

/// An outcome in words.
#[must_use]
pub fn outcome_word(outcome: Outcome, lang: Lang) -> &'static str {
    let known = OUTCOMES.iter().find(|(known, ..)| *known == outcome);
    known.map_or(outcome.as_str(), |(_, en, zh)| lang.pick(en, zh))
}

/// The words for a status that we write, English and Chinese, and others that are read.
const STATUSES: [(Status, &str, &str, &[&str]); 5] = [
    (
        Status::Occupied,
        "Lived in",
        "在住",
        &["occupied", "lived in", "inhabited", "常住", "居住", "有人居住", "在家", "自住"],
    ),
    (Status::Vacant, "Vacant", "空户", &["vacant", "empty", "空置", "无人居住", "空房", "空关"]),
    (Status::Demolished, "Demolished", "已拆除", &["demolished", "拆除", "拆迁", "已拆迁"]),
    (Status::Duplicate, "Duplicate", "重复登记", &["duplicate", "重复", "重复户"]),
    (Status::Merged, "Merged", "已合并", &["merged", "合并", "并户"]),
];

/// The words for an outcome, English and Chinese.
const OUTCOMES: [(Outcome, &str, &str); 10] = [
    (Outcome::Visited, "Visited", "已走访"),
    (Outcome::Partly, "Partly done", "部分完成"),
    (Outcome::NotHome, "Not at home", "不在家"),
    (Outcome::Refused, "Refused", "拒访"),
    (Outcome::MovedAway, "Moved away", "已搬离"),
    (Outcome::Vacant, "Vacant", "空户"),
    (Outcome::Demolished, "Demolished", "已拆除"),
    (Outcome::NotFound, "Not found", "未找到"),
    (Outcome::Duplicate, "Duplicate", "重复登记"),
    (Outcome::Deferred, "Deferred", "改期"),
];

/// The status that a word means, in either language and whatever its width and case.
pub(super) fn status_of(word: &str) -> Option<Status> {
    let word = loose(word);
    let means = |(_, en, zh, others): &&(Status, &str, &str, &[&str])| {
        [*en, *zh].iter().chain(*others).any(|known| loose(known) == word)
    };
    STATUSES.iter().find(means).map(|(status, ..)| *status)
}

/// The heads of the columns that we write, English and Chinese, how wide, and by which other names offices know them.
const HEADERS: [(LedgerField, &str, &str, u16, &[&str]); 12] = [
    (LedgerField::Number, "No.", "序号", 6, &["number", "nr", "line", "编号", "顺序号"]),
    (
        LedgerField::Code,
        "Household code",
        "户编码",
        18,
        &["code", "household", "household id", "id", "户号", "户编号", "住户编码", "家庭编码", "门牌编码"],
    ),
    (LedgerField::Area, "Grid code", "网格编码", 18, &["area", "area code", "区域编码", "网格号", "网格代码"]),
    (
        LedgerField::AreaName,
        "Grid",
        "网格",
        16,
        &["area name", "grid name", "village", "区域", "网格名称", "所属网格", "村", "社区", "村社区"],
    ),
    (
        LedgerField::Address,
        "Address",
        "地址",
        34,
        &["home address", "street", "住址", "家庭住址", "详细地址", "门牌地址", "居住地址", "家庭地址"],
    ),
    (
        LedgerField::Persons,
        "Persons",
        "人口数",
        9,
        &["people", "residents", "household size", "人口", "人数", "家庭人口", "家庭人口数", "常住人口", "常住人口数"],
    ),
    (LedgerField::Status, "Status", "居住状态", 12, &["state", "occupancy", "状态", "住户状态", "居住情况"]),
    (
        LedgerField::Contact,
        "Contact",
        "联系方式",
        20,
        &["phone", "telephone", "phone number", "联系电话", "电话", "手机", "手机号", "联系人及电话"],
    ),
    (
        LedgerField::Needs,
        "Needs",
        "需求",
        34,
        &["wishes", "requests", "needs and wishes", "诉求", "困难需求", "群众需求", "主要诉求", "困难诉求"],
    ),
    (
        LedgerField::CalledOn,
        "Last visit",
        "最近走访日期",
        13,
        &["last visit date", "visited on", "date of visit", "走访日期", "走访时间", "最近走访", "最近走访时间"],
    ),
    (LedgerField::Outcome, "Outcome", "走访结果", 13, &["result", "last outcome", "走访情况", "结果"]),
    (
        LedgerField::Caller,
        "Visited by",
        "走访人",
        14,
        &["visitor", "caller", "called by", "走访干部", "走访人员", "干部"],
    ),
];

/// What two headers share that a person takes for the same: offices stretch short words with spaces.
#[must_use]
pub fn header_key(header: &str) -> String {
    loose(header).replace(' ', "")
}

impl LedgerField {
    /// The field that a header names, whatever its width, case and punctuation.
    ///
    /// ```
    /// use melonmap::model::ledger::LedgerField;
    /// assert_eq!(LedgerField::of_header("家庭住址和电话"), None);
    /// assert_eq!(LedgerField::of_header("家 庭 人口数"), Some(LedgerField::Persons));
    /// assert_eq!(LedgerField::of_header("PHONE  number:"), Some(LedgerField::Contact));
    /// ```
    #[must_use]
    pub fn of_header(header: &str) -> Option<LedgerField> {
        let header = header_key(header);
        LedgerField::known_headers().find(|(_, known)| header_key(known) == header).map(|(field, _)| field)
    }

    /// Every name by which a field is known.
    pub fn known_headers() -> impl Iterator<Item = (LedgerField, &'static str)> {
        HEADERS.iter().flat_map(|(field, en, zh, _, others)| {
            [*en, *zh].into_iter().chain(others.iter().copied()).map(move |name| (*field, name))
        })
    }

    /// What we write at the head of its column; empty for the office's own.
    #[must_use]
    pub fn header(self, lang: Lang) -> &'static str {
        let known = HEADERS.iter().find(|(field, ..)| *field == self);
        known.map_or("", |(_, en, zh, ..)| lang.pick(en, zh))
    }

    /// How wide we make its column, characters.
    #[must_use]
    pub fn width(self) -> u16 {
        HEADERS.iter().find(|(field, ..)| *field == self).map_or(16, |(_, _, _, width, _)| *width)
    }
}

pub(super) fn built_in(area: Code, lang: Lang) -> LedgerTemplate {
    let columns = HEADERS.iter().map(|(field, ..)| LedgerColumn {
        field: *field,
        header: field.header(lang).to_owned(),
        width: field.width(),
    });
    LedgerTemplate {
        area,
        name: lang.pick("Built in", "内置版式").to_owned(),
        sheet: lang.pick("Ledger", "台账").to_owned(),
        lang,
        title: Vec::new(),
        columns: columns.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn no_name_of_a_column_or_a_status_means_two_things() {
        let mut seen = HashMap::new();
        for (field, name) in LedgerField::known_headers() {
            let before = seen.insert(header_key(name), field);
            assert!(before.is_none_or(|before| before == field), "{name}");
        }
        let mut seen = HashMap::new();
        for (status, en, zh, others) in STATUSES {
            for word in others.iter().chain(&[en, zh]) {
                let before = seen.insert(loose(word), status);
                assert!(before.is_none_or(|before| before == status), "{word}");
            }
        }
    }

    #[test]
    fn every_status_and_every_outcome_has_words_of_its_own_in_both_languages() {
        for lang in Lang::ALL {
            let statuses: HashSet<&str> = Status::ALL.into_iter().map(|status| status_word(status, lang)).collect();
            let outcomes: HashSet<&str> = Outcome::ALL.into_iter().map(|outcome| outcome_word(outcome, lang)).collect();
            assert_eq!((statuses.len(), outcomes.len()), (Status::ALL.len(), Outcome::ALL.len()), "{lang:?}");
        }
        assert!(Status::ALL.into_iter().all(|status| STATUSES.iter().any(|(known, ..)| *known == status)));
        assert!(Outcome::ALL.into_iter().all(|outcome| OUTCOMES.iter().any(|(known, ..)| *known == outcome)));
    }

    #[test]
    fn a_status_is_known_by_its_words_in_both_languages_and_by_no_other() {
        for status in Status::ALL {
            for word in [status.as_str(), status_word(status, Lang::En), status_word(status, Lang::Zh)] {
                assert_eq!(status_of(word), Some(status), "{word}");
                assert_eq!(status_of(&format!(" {} ", word.to_uppercase())), Some(status), "{word}");
            }
        }
        for word in ["", "unknown", "空", "occupied?no"] {
            assert_eq!(status_of(word), None, "{word}");
        }
    }
}
