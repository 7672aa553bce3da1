//! Who saw and changed what, when, from where.
//!
//! A reading of personal fields is a change of the same chain as everything else, [`Change::ReadNoted`]: that it happened, never
//! what was said. How long its reader waits for it:
//!
//! - Who opens one household waits until the note is durable, like who writes: an address is never shown without a trace. It
//!   shares its fsync with all that is written in the same moment. Beyond [`LONGEST`] the reading is refused.
//! - Lists and searches, which a page asks for again with every change, hand their note to the writer and do not wait. A
//!   power cut within the next group commit, some milliseconds, can lose such a note. A writer that has failed refuses
//!   the next reading.

use super::read::SearchHit;
use super::{
    App, AppError, Caller, HouseholdReport, ItemsQuery, ItemsReport, Map, UnvisitedQuery, UnvisitedReport,
    WorklistQuery, WorklistReport,
};
use crate::formats::csv_text;
use crate::model::collection::Collection;
use crate::model::{Change, Code, Feature, Kind, ReadNote};
use crate::store::{Record, Store};
use jiff::Timestamp;
use serde::Serialize;
use std::net::IpAddr;
use std::time::Duration;

/// Longest time that a reader waits for the note to be durable.
const LONGEST: Duration = Duration::from_secs(5);

impl App {
    /// One household with its visits, noted where personal fields are shown. One that the caller may not see is not told from one
    /// that is not there.
    pub async fn read_household(
        &self,
        caller: &Caller,
        code: &str,
        as_of: Option<Timestamp>,
    ) -> Result<HouseholdReport, AppError> {
        let report = self.household(caller, code, as_of).await?;
        if report.is_personal() {
            self.note_one(caller, "household", code).await?;
        }
        Ok(report)
    }

    /// One item of a collection, as it is or was; noted where personal fields are shown.
    pub async fn read_item(
        &self,
        caller: &Caller,
        collection: Collection,
        id: &str,
        as_of: Option<Timestamp>,
    ) -> Result<Feature, AppError> {
        let map = self.map(caller, as_of).await?;
        let feature = self.item(caller, &map, collection, id)?;
        if feature.is_personal() {
            self.note_one(caller, collection.as_str(), id).await?;
        }
        Ok(feature)
    }

    /// A page of items of a map, noted where personal fields are shown. Not for the async threads.
    pub fn read_items(&self, caller: &Caller, map: &Map, query: &ItemsQuery) -> Result<ItemsReport, AppError> {
        let report = self.items(caller, map, query)?;
        let personal = report.features.iter().filter(|feature| feature.is_personal()).count();
        self.note_list(caller, query.collection.as_str(), personal)?;
        Ok(report)
    }

    /// Notes that the personal fields of one thing are shown, and waits until that is durable.
    async fn note_one(&self, caller: &Caller, what: &str, code: &str) -> Result<(), AppError> {
        let (author, noted) = (caller.author(), note(caller, what, Code::new(code).ok(), 1));
        let noted = self.store_one(&author, noted);
        let late = |_| AppError::Stopped("a reading was not noted in time".into());
        tokio::time::timeout(LONGEST, noted).await.map_err(late)??;
        Ok(())
    }

    /// The households that nobody reached, of those that the caller may see; noted where addresses are shown.
    pub async fn read_unvisited(&self, caller: &Caller, query: UnvisitedQuery) -> Result<UnvisitedReport, AppError> {
        let report = self.unvisited(caller, query).await?;
        self.note_list(caller, "unvisited", report.personal())?;
        Ok(report)
    }

    /// The list for today; noted where addresses are shown.
    pub async fn read_worklist(&self, caller: &Caller, query: WorklistQuery) -> Result<WorklistReport, AppError> {
        let report = self.worklist(caller, query).await?;
        self.note_list(caller, "worklist", report.personal())?;
        Ok(report)
    }

    /// What a text finds on a map; noted where addresses are shown. Not for the async threads.
    pub fn read_search(
        &self,
        caller: &Caller,
        map: &Map,
        text: &str,
        limit: usize,
    ) -> Result<Vec<SearchHit>, AppError> {
        let hits = self.search(caller, map, text, limit)?;
        self.note_list(
            caller,
            "search",
            hits.iter().filter(|hit| hit.kind == "household" && hit.name != hit.code).count(),
        )?;
        Ok(hits)
    }

    /// Notes that a list showed personal fields of so many things, without waiting for it; of none, nothing is noted.
    pub fn note_list(&self, caller: &Caller, what: &str, count: usize) -> Result<(), AppError> {
        if count > 0 {
            self.submit(&caller.author(), vec![note(caller, what, None, count)])?;
        }
        Ok(())
    }
}

fn note(caller: &Caller, what: &str, code: Option<Code>, count: usize) -> Change {
    Change::ReadNoted(ReadNote { what: what.to_owned(), code, count: count as u64, from: caller.from() })
}

/// One line of the audit trail: changes of one sort that one author made in one moment, or one reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditLine {
    /// The number of the last change in it.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// The address that they asked from, where it is known.
    pub from: Option<IpAddr>,
    /// `write`, or `read` of personal fields.
    pub did: &'static str,
    /// Which sort of change, or which list was read.
    pub what: String,
    /// Of how many things.
    pub count: u64,
    /// The identity of the thing, where it was one.
    pub key: Option<String>,
}

impl AuditLine {
    /// The names of the columns, a line of CSV.
    #[must_use]
    pub fn csv_header() -> String {
        let names = ["seq", "at", "who", "from", "did", "what", "count", "key"].map(str::to_owned);
        csv_text(&names, std::iter::empty())
    }

    /// A line of CSV.
    #[must_use]
    pub fn csv(&self) -> String {
        let AuditLine { seq, at, who, from, did, what, count, key } = self.clone();
        let from = from.map(|from| from.to_string()).unwrap_or_default();
        let key = key.unwrap_or_default();
        let row = [seq.to_string(), at.to_string(), who, from, did.to_owned(), what, count.to_string(), key];
        csv_text(&row, std::iter::empty())
    }

    fn of(record: &Record<'_>) -> Result<AuditLine, AppError> {
        let Record { seq, at, author, from, kind, key, body } = *record;
        let who = author.to_owned();
        if kind != Kind::Read {
            let key = Some(key).filter(|key| !key.is_empty()).map(str::to_owned);
            return Ok(AuditLine { seq, at, who, from, did: "write", what: kind.to_string(), count: 1, key });
        }
        let Change::ReadNoted(read) = Change::read(kind, body)? else { return Err(AppError::Fault) };
        let (from, key) = (read.from.or(from), read.code.map(|code| code.to_string()));
        Ok(AuditLine { seq, at, who, from, did: "read", what: read.what, count: read.count, key })
    }

    /// Takes the next line in, if it is of the same writing.
    fn joins(&mut self, next: &AuditLine) -> bool {
        let same = self.did == "write" && next.did == "write" && self.at == next.at && self.what == next.what;
        let same = same && self.who == next.who && self.from == next.from;
        if same {
            (self.seq, self.count, self.key) = (next.seq, self.count + next.count, None);
        }
        same
    }
}

/// Calls `each` with the lines of the audit trail in their order: of one author, from a moment on, or all. Memory does not grow
/// with the store.
pub fn audit(
    store: &Store,
    who: Option<&str>,
    since: Option<Timestamp>,
    mut each: impl FnMut(&AuditLine),
) -> Result<(), AppError> {
    let mut open: Option<AuditLine> = None;
    store.read(1, |record| -> Result<(), AppError> {
        if who.is_some_and(|who| who != record.author) || since.is_some_and(|since| record.at < since) {
            return Ok(());
        }
        let line = AuditLine::of(&record)?;
        if !open.as_mut().is_some_and(|open| open.joins(&line))
            && let Some(done) = open.replace(line)
        {
            each(&done);
        }
        Ok(())
    })?;
    open.iter().for_each(each);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writing_is_one_line_and_a_reading_is_a_line_of_its_own() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let read = r#"{"what":"household","code":"H1","count":1,"from":"192.0.2.1"}"#;
        let records = [
            (1, 10, "import", Kind::Household, "H1", "{}"),
            (2, 10, "import", Kind::Household, "H2", "{}"),
            (3, 10, "import", Kind::Area, "A1", "{}"),
            (4, 11, "li", Kind::Visit, "v1", "{}"),
            (5, 11, "wu", Kind::Visit, "v2", "{}"),
            (6, 12, "wu", Kind::Read, "household", read),
            (7, 12, "wu", Kind::Read, "household", read),
        ];
        let mut lines: Vec<AuditLine> = Vec::new();
        for (seq, second, author, kind, key, body) in records {
            let line = AuditLine::of(&Record { seq, at: at(second), author, from: None, kind, key, body }).unwrap();
            if !lines.last_mut().is_some_and(|last| last.joins(&line)) {
                lines.push(line);
            }
        }
        let told: Vec<String> = lines.iter().map(AuditLine::csv).collect();
        assert_eq!(
            told,
            [
                "2,1970-01-01T00:00:10Z,import,,write,household,2,\n",
                "3,1970-01-01T00:00:10Z,import,,write,area,1,A1\n",
                "4,1970-01-01T00:00:11Z,li,,write,visit,1,v1\n",
                "5,1970-01-01T00:00:11Z,wu,,write,visit,1,v2\n",
                "6,1970-01-01T00:00:12Z,wu,192.0.2.1,read,household,1,H1\n",
                "7,1970-01-01T00:00:12Z,wu,192.0.2.1,read,household,1,H1\n",
            ]
        );
    }
}
