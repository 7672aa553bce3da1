//! The demo: the bundled real county and a city, labelled sample visits and plans, one token for each role.

mod answers;
mod crews;
mod editions;
mod fieldwork;
mod plans;
mod since;

use super::confided::Sealer;
use super::{
    AppError, Assets, DivideSpec, ImportSpec, ImportSummary, NewSecret, create_token, describe_map, divide_areas,
    link_user, load, run_import,
};
use crate::formats::{self, ImportKind, Mapping};
use crate::model::{Change, Code, Confided, Grant, Household, Kind, Level, MapInfo, Role};
use crate::state::State;
use crate::store::{Batch, Entry, Store};
use jiff::Timestamp;
use std::io::Cursor;
use std::num::NonZeroU32;
use std::path::Path;

/// What the map must say of where its data is from.
const ATTRIBUTION: &str = "© OpenStreetMap contributors (ODbL), Protomaps";
/// Said of everything that was made up.
const SAMPLE: &str = "Sample data: households are synthetic, visits, plans and drawings are made up";
/// By what everything that was made up can be told.
const SAMPLE_MARK: &str = "sample 示例";
/// Who made the sample data, in the audit trail as on the page.
const AUTHOR: &str = "sample data";
/// Most households of a demo grid: what Chinese practice gives one grid.
const GRID_HOUSEHOLDS: NonZeroU32 = NonZeroU32::new(300).expect("not zero");
/// The same sample every time.
const SEED: u64 = 20_261_005;
/// Households that confide something.
const CONFIDING: usize = 24;

/// The demo's files: kind, path, `FIELD=COLUMN`.
const FILES: [(ImportKind, &str, &[&str]); 12] = [
    (ImportKind::Areas, "liechtenstein/areas.geojsonl.gz", &[]),
    (ImportKind::Households, "liechtenstein/households.csv.gz", &["code=hh_id", "x=lon", "y=lat"]),
    (ImportKind::Context, "liechtenstein/context/landuse.geojsonl.gz", &[]),
    (ImportKind::Context, "liechtenstein/context/buildings.geojsonl.gz", &[]),
    (ImportKind::Context, "liechtenstein/context/water_rail.geojsonl.gz", &[]),
    (ImportKind::Context, "liechtenstein/context/roads.geojsonl.gz", &[]),
    (ImportKind::Context, "liechtenstein/context/pois.geojsonl.gz", &[]),
    (ImportKind::Context, "firenze/landuse.geojsonl.gz", &[]),
    (ImportKind::Context, "firenze/buildings.geojsonl.gz", &[]),
    (ImportKind::Context, "firenze/lines.geojsonl.gz", &[]),
    (ImportKind::Context, "firenze/roads.geojsonl.gz", &[]),
    (ImportKind::Context, "firenze/pois.geojsonl.gz", &[]),
];

/// A token of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoToken {
    /// Of which role.
    pub role: Role,
    /// In which Areas; empty is everywhere.
    pub areas: Vec<Code>,
    /// What a caller sends.
    pub secret: String,
}

/// What the demo's store was filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demo {
    /// Rows of all files.
    pub imported: ImportSummary,
    /// Grids drawn.
    pub grids: usize,
    /// Sample visits played.
    pub visits: usize,
    /// Editions of their figures published.
    pub editions: usize,
    /// Sample plans founded.
    pub plans: usize,
    /// One for each role.
    pub tokens: Vec<DemoToken>,
    /// A visiting member's name, and the secret of the link that signs them in, once.
    pub link: Option<(String, String)>,
}

/// Fills an empty store; the key file seals what a few households confide, and is founded where there is none. `step` hears what is
/// being done.
pub fn build_demo(store: &mut Store, key: &Path, now: Timestamp, mut step: impl FnMut(&str)) -> Result<Demo, AppError> {
    let attribution = vec![ATTRIBUTION.to_owned(), SAMPLE.to_owned()];
    describe_map(store, AUTHOR, MapInfo { name: "Liechtenstein".into(), attribution, sample: true })?;
    let mut imported = ImportSummary::default();
    for (kind, path, columns) in FILES {
        step(&format!("importing {path}"));
        imported = imported.plus(import(store, kind, path, columns)?);
    }
    step("drawing grids");
    let spec =
        DivideSpec { within: Level::Township, households: GRID_HOUSEHOLDS, replace: false, author: AUTHOR.to_owned() };
    let grids = divide_areas(store, &spec)?.grids;
    step("playing five of six weeks of sample visits");
    let state = load(store, |kind| matches!(kind, Kind::Area | Kind::AreaEnd | Kind::Household))?;
    let sealer = Sealer::new(Some(key), false);
    confide(store, &state, &sealer, now)?;
    let fieldwork::Played { visits, member } = fieldwork::play(store, &state, &sealer, now)?;
    step("publishing figures");
    let editions = editions::publish(store, now)?;
    step("drawing sample plans");
    let plans = plans::draw(store, now)?;
    let tokens = tokens(store, &state)?;
    let link = match member {
        Some(name) => Some((name.to_string(), link_user(store, AUTHOR, name)?.secret)),
        None => None,
    };
    Ok(Demo { imported, grids, visits, editions, plans, tokens, link })
}

fn import(store: &mut Store, kind: ImportKind, path: &str, columns: &[&str]) -> Result<ImportSummary, AppError> {
    let missing = || AppError::NotFound { what: "file of the demo", name: path.to_owned() };
    let bytes = Assets.data(path).ok_or_else(missing)?.into_owned();
    let rows = formats::open(Box::new(Cursor::new(bytes)), Some(path))?;
    let spec = ImportSpec {
        kind,
        mapping: Mapping::parse(&columns.iter().map(|&c| c.to_owned()).collect::<Vec<_>>(), &[])?,
        crs: None,
        repair: false,
        within: None,
        skip_bad: false,
        author: AUTHOR.to_owned(),
        key: None,
    };
    run_import(store, rows, &spec, |_| (), |_| ())
}

/// Some households of the first grid, which the demo's member works in, with sample contacts and needs. A number of zeros calls nobody.
fn confide(store: &mut Store, state: &State, sealer: &Sealer<'_>, now: Timestamp) -> Result<(), AppError> {
    let needs = [
        "Sample 示例: a ramp at the door 门口需要坡道",
        "Sample 示例: a ride to the doctor on Tuesdays 周二就医用车\nSample 示例: help with a form 帮忙填表",
        "Sample 示例: somebody to talk to in German 需要德语陪聊",
    ];
    let first = codes(state, Level::Grid).into_iter().next();
    let grid = first.and_then(|code| state.area(code.as_str()));
    let households = state.households().filter(|one| one.area == grid && one.status.eligible()).take(CONFIDING);
    let entries: Result<Vec<Entry>, AppError> = households
        .zip(needs.into_iter().cycle())
        .map(|(one, needs)| {
            let contact = Some("Sample 示例: +423 000 00 00".to_owned());
            let code = Code::new(one.code)?;
            let confided = sealer.seal(&code, &Confided { contact, needs: Some(needs.to_owned()) })?;
            let (at, address, status, persons) = (one.at, one.address.map(str::to_owned), one.status, one.persons);
            let household = Household { code, at, address, status, persons, confided };
            Ok(Entry::from(&Change::HouseholdPut(household)))
        })
        .collect();
    store.append(&[Batch { at: now, author: AUTHOR.into(), entries: entries? }])?;
    Ok(())
}

/// The codes of the living Areas of a level, in order.
fn codes(state: &State, level: Level) -> Vec<Code> {
    let areas = state.living_areas().filter(|(_, entry)| entry.area.level == level);
    let mut codes: Vec<Code> = areas.map(|(_, entry)| entry.area.code.clone()).collect();
    codes.sort_unstable();
    codes
}

/// A token for each role that has one; a member's is for the first two grids of the first township, a coordinator's for all of it.
fn tokens(store: &mut Store, state: &State) -> Result<Vec<DemoToken>, AppError> {
    let roles = Role::ALL.into_iter().filter(|role| *role != Role::Public);
    roles
        .map(|role| {
            let areas: Vec<Code> = match role {
                Role::Member => codes(state, Level::Grid).into_iter().take(2).collect(),
                Role::Coordinator => codes(state, Level::Township).into_iter().take(1).collect(),
                _ => Vec::new(),
            };
            let grant = Grant { name: format!("sample {role}"), role, areas: areas.clone() };
            let NewSecret { secret, .. } = create_token(store, AUTHOR, grant, None)?;
            Ok(DemoToken { role, areas, secret })
        })
        .collect()
}
