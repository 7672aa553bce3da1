//! A file becomes changes: read on one thread, understood on the others, compared and stored on this one.

use super::confided::{Sealer, is_sealed};
use super::resolve::Placing;
use super::{AppError, ImportPart, load};
use crate::formats::{Format, FormatError, Header, ImportKind, Importer, Mapping, Outcome, RawRow, RowProblem, Rows};
use crate::geom::crs::Crs;
use crate::model::{Area, Change, Kind, ModelError};
use crate::store::{Batch, Entry, Import, Store, StoreError};
use hashbrown::HashMap;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// What to import and how.
#[derive(Debug, Clone)]
pub struct ImportSpec {
    /// What the rows are.
    pub kind: ImportKind,
    /// Which column is which field.
    pub mapping: Mapping,
    /// Of the coordinates; `None` is WGS 84, and nothing else is guessed.
    pub crs: Option<Crs>,
    /// Whether an invalid geometry is repaired rather than refused.
    pub repair: bool,
    /// Of context, only what touches this part of the world.
    pub within: Option<ImportPart>,
    /// Whether good rows go in beside bad ones, as those of an OpenStreetMap extract always do.
    pub skip_bad: bool,
    /// Who answers for it.
    pub author: String,
    /// The file of the key that seals what households confide: founded when the first of them needs it.
    pub key: Option<PathBuf>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Rows of the file.
    pub rows: u64,
    /// That founded something.
    pub new: u64,
    /// That corrected something.
    pub changed: u64,
    /// That said what was known.
    pub same: u64,
    /// That lie outside of what was asked for.
    pub outside: u64,
    /// That were refused.
    pub bad: u64,
    /// Whose geometry was repaired; counted above as well.
    pub repaired: u64,
}

/// Rows that go from thread to thread together.
const TOGETHER: usize = 2_048;
/// Fewer rows go together where they take so many bytes.
const HEAVY: usize = 8 << 20;
/// Groups that wait between two threads: bounded memory.
const AHEAD: usize = 4;

/// A row that was understood.
struct Understood {
    row: u64,
    entry: Entry,
    key: u64,
    body: u64,
    /// Areas are held back: their parents are found when all are there.
    area: Option<Box<Area>>,
    repaired: bool,
}

/// Rows in order; `None` is one that lies outside.
type Group = Vec<Result<Option<Understood>, RowProblem>>;
type Chunk = (u64, Vec<Result<RawRow, RowProblem>>);

/// Imports a file. All or nothing, unless bad rows are to be skipped: then the good ones go in, together. Of an OpenStreetMap extract they
/// always are: every one cuts something off at its edge, and nobody can mend what others have mapped before it is read.
///
/// `problem` hears of every bad row in order; `progress` of the number of rows read. Memory does not grow with the file but
/// for 16 bytes a known thing, by which the same file again is recognised, and for the positions of an extract's nodes and ways.
pub fn run_import(
    store: &mut Store,
    rows: Rows,
    spec: &ImportSpec,
    mut problem: impl FnMut(&RowProblem),
    mut progress: impl FnMut(u64),
) -> Result<ImportSummary, AppError> {
    let kind = match spec.kind {
        ImportKind::Areas => Kind::Area,
        ImportKind::Households => Kind::Household,
        ImportKind::Context => Kind::Context,
    };
    let within = match &spec.within {
        Some(_) if kind != Kind::Context => {
            return Err(ModelError::new("within", "a part", "left out here: it is for context").into());
        }
        part => part.as_ref().map(|part| part.find(store)).transpose()?,
    };
    let mut known = Known::read(store, kind)?;
    let mut placing = (kind == Kind::Area)
        .then(|| load(store, |kind| matches!(kind, Kind::Area | Kind::AreaEnd)).map(|state| Placing::new(&state)))
        .transpose()?;
    let sealer = Sealer::new(spec.key.as_deref(), known.sealed);
    let header = rows.header().cloned();
    let skip_bad = spec.skip_bad || rows.format() == Format::OpenStreetMap;
    let make = || importer(spec, header.as_ref()).map(|importer| importer.within(within.clone()));
    // A setting that cannot be is told before the first row is read.
    make()?;
    let mut summary = ImportSummary::default();
    let at = Timestamp::now();
    let author = spec.author.as_str().into();
    let mut import = Begun { store: Some(store), import: None };
    understand(rows, &make, &sealer, |group| {
        let mut entries = Vec::with_capacity(group.len());
        for row in group {
            summary.rows += 1;
            match row.and_then(|row| row.map(|row| known.judge(row)).transpose()) {
                Ok(None) => summary.outside += 1,
                Err(bad) => {
                    summary.bad += 1;
                    problem(&bad);
                }
                Ok(Some(judged)) => {
                    summary.repaired += u64::from(judged.understood.repaired);
                    match (&mut placing, judged.understood.area) {
                        (Some(placing), Some(area)) => placing.add(judged.understood.row, *area),
                        _ => summary.take(judged.what, judged.understood.entry, &mut entries),
                    }
                }
            }
        }
        progress(summary.rows);
        push(&mut import, at, &author, entries)
    })?;
    if let Some(placing) = placing {
        let mut entries = Vec::new();
        for placed in placing.finish() {
            match placed {
                Err(bad) => {
                    summary.bad += 1;
                    problem(&bad);
                }
                Ok(area) => {
                    let entry = Entry::from(&Change::AreaPut(area));
                    let what = known.what(fingerprint(&entry.key), fingerprint(&entry.body));
                    summary.take(what, entry, &mut entries);
                }
            }
        }
        push(&mut import, at, &author, entries)?;
    }
    if summary.bad > 0 && !skip_bad {
        return Err(AppError::BadRows { bad: summary.bad, rows: summary.rows });
    }
    if let Some(import) = import.import {
        import.commit()?;
    }
    Ok(summary)
}

/// An import that begins with the first change, so that a file that says nothing new leaves the store's file alone.
struct Begun<'a> {
    store: Option<&'a mut Store>,
    import: Option<Import<'a>>,
}

fn push(begun: &mut Begun<'_>, at: Timestamp, author: &Arc<str>, entries: Vec<Entry>) -> Result<(), AppError> {
    if entries.is_empty() {
        return Ok(());
    }
    if let Some(store) = begun.store.take() {
        begun.import = Some(store.import()?);
    }
    if let Some(import) = &mut begun.import {
        import.push(Batch { at, author: Arc::clone(author), entries })?;
    }
    Ok(())
}

impl ImportSummary {
    /// Of two imports together.
    #[must_use]
    pub fn plus(self, other: ImportSummary) -> ImportSummary {
        ImportSummary {
            rows: self.rows + other.rows,
            new: self.new + other.new,
            changed: self.changed + other.changed,
            same: self.same + other.same,
            outside: self.outside + other.outside,
            bad: self.bad + other.bad,
            repaired: self.repaired + other.repaired,
        }
    }

    fn take(&mut self, what: What, entry: Entry, entries: &mut Vec<Entry>) {
        match what {
            What::Same => self.same += 1,
            What::New => self.new += 1,
            What::Changed => self.changed += 1,
        }
        if what != What::Same {
            entries.push(entry);
        }
    }
}

fn importer(spec: &ImportSpec, header: Option<&Header>) -> Result<Importer, FormatError> {
    Importer::new(spec.kind, &spec.mapping, header, spec.crs, spec.repair)
}

fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    New,
    Changed,
    Same,
}

struct Judged {
    what: What,
    understood: Understood,
}

/// What the store knows of one kind: for each code a fingerprint of its content. Two codes that share a fingerprint (one
/// chance in 10^7 among two million) differ in content, and both go in.
struct Known {
    bodies: HashMap<u64, u64>,
    seen: HashMap<u64, u64>,
    /// Some of it is sealed.
    sealed: bool,
}

impl Known {
    fn read(store: &Store, kind: Kind) -> Result<Known, StoreError> {
        let (mut bodies, mut sealed) = (HashMap::new(), false);
        store.read(1, |record| -> Result<(), StoreError> {
            if record.kind == kind {
                bodies.insert(fingerprint(record.key), fingerprint(record.body));
                sealed = sealed || is_sealed(&record);
            }
            Ok(())
        })?;
        Ok(Known { bodies, seen: HashMap::new(), sealed })
    }

    fn what(&self, key: u64, body: u64) -> What {
        match self.bodies.get(&key) {
            None => What::New,
            Some(known) if *known == body => What::Same,
            Some(_) => What::Changed,
        }
    }

    /// Refuses a code that stands in the file twice with different contents: which of them holds is not ours to guess.
    fn judge(&mut self, understood: Understood) -> Result<Judged, RowProblem> {
        let Understood { row, key, body, .. } = understood;
        match self.seen.insert(key, body) {
            None => Ok(Judged { what: self.what(key, body), understood }),
            Some(before) if before == body => Ok(Judged { what: What::Same, understood }),
            Some(before) => {
                self.seen.insert(key, before);
                let code = &understood.entry.key;
                let reason = "stands in the file before, with other values";
                Err(RowProblem::new(row, "code", code, reason).of(code.clone()))
            }
        }
    }
}

/// Runs the readers: one thread cuts the file into rows, the others understand them, `take` gets the groups in order.
fn understand(
    rows: Rows,
    make: &(impl Fn() -> Result<Importer, FormatError> + Sync),
    sealer: &Sealer<'_>,
    mut take: impl FnMut(Group) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (to_workers, chunks) = sync_channel::<Chunk>(AHEAD);
    let chunks = Mutex::new(chunks);
    let (done, groups) = sync_channel::<(u64, Result<Group, AppError>)>(AHEAD * workers);
    thread::scope(|scope| {
        let reading = scope.spawn(move || read(rows, &to_workers));
        for _ in 0..workers {
            let (done, chunks) = (done.clone(), &chunks);
            scope.spawn(move || work(make, sealer, chunks, &done));
        }
        drop(done);
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        let mut taken = Ok(());
        for (number, group) in groups {
            waiting.insert(number, group);
            while let Some(group) = waiting.remove(&next) {
                next += 1;
                // After a failure the rest is read and dropped, so that no thread waits for a place in a queue.
                if taken.is_ok() {
                    taken = group.and_then(&mut take);
                }
            }
        }
        let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken?;
        Ok(read?)
    })
}

fn read(rows: Rows, to: &SyncSender<Chunk>) -> Result<(), FormatError> {
    let (mut number, mut bytes) = (0, 0);
    let mut chunk = Vec::with_capacity(TOGETHER);
    for row in rows {
        chunk.push(match row {
            Ok(row) => {
                bytes += row.bytes();
                Ok(row)
            }
            Err(FormatError::Row(problem)) => Err(problem),
            Err(fatal) => return Err(fatal),
        });
        if chunk.len() == TOGETHER || bytes >= HEAVY {
            bytes = 0;
            let full = std::mem::replace(&mut chunk, Vec::with_capacity(TOGETHER));
            if to.send((number, full)).is_err() {
                return Ok(());
            }
            number += 1;
        }
    }
    // Nobody waits for the last rows only where the import has failed already.
    let _ = to.send((number, chunk));
    Ok(())
}

fn work(
    make: &impl Fn() -> Result<Importer, FormatError>,
    sealer: &Sealer<'_>,
    chunks: &Mutex<Receiver<Chunk>>,
    done: &SyncSender<(u64, Result<Group, AppError>)>,
) {
    // The same settings made an importer before the first row was read.
    let Ok(importer) = make() else { return };
    loop {
        let next = chunks.lock().map_or(None, |chunks| chunks.recv().ok());
        let Some((number, rows)) = next else { return };
        let understood = |row: Result<RawRow, RowProblem>| match row {
            Ok(row) => understood(&importer, sealer, &row),
            Err(problem) => Ok(Err(problem)),
        };
        let group = rows.into_iter().map(understood).collect();
        if done.send((number, group)).is_err() {
            return;
        }
    }
}

/// A row that was understood, or what is wrong with it; an error is none of the row's, and ends the import.
fn understood(
    importer: &Importer,
    sealer: &Sealer<'_>,
    row: &RawRow,
) -> Result<Result<Option<Understood>, RowProblem>, AppError> {
    let Outcome { mut change, repaired, confided } = match importer.change(row) {
        Ok(Some(outcome)) => outcome,
        Ok(None) => return Ok(Ok(None)),
        Err(problem) => return Ok(Err(problem)),
    };
    if let Change::HouseholdPut(household) = &mut change {
        household.confided = sealer.seal(&household.code, &confided)?;
    }
    let entry = Entry::from(&change);
    let (key, body) = (fingerprint(&entry.key), fingerprint(&entry.body));
    let area = if let Change::AreaPut(area) = change { Some(Box::new(area)) } else { None };
    Ok(Ok(Some(Understood { row: row.row, entry, key, body, area, repaired: repaired.is_some() })))
}
