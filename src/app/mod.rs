//! The use cases. The only room that opens the workshops and joins two of them; it holds the lock, the clock and the threads.
//!
//! Invariants:
//! - A change is durable before it is answered and before memory knows it: [`App::commit`] is `access → store → state →
//!   cache → live`, in one thread, in one order.
//! - No lock is held across an await, an encoding or an analysis.
//! - Who may see and do what is asked of [`crate::model::access`] here and nowhere else.
//!
//! This room knows nothing of URLs, HTTP statuses or flags.

mod access;
mod areas;
mod assets;
mod assignment;
mod audit;
mod campaigns;
mod check;
mod codes;
mod commit;
mod confided;
mod coverage;
mod demo;
mod describe;
mod drawing;
mod error;
mod export;
mod figures;
mod households;
mod import;
mod items;
mod itemstext;
mod judge;
mod keyfile;
mod ledger;
mod listening;
mod live;
mod load;
mod named;
mod open;
mod outside;
mod password;
mod past;
mod people;
mod plans;
mod publish;
mod published;
mod rates;
mod read;
mod resolve;
mod rules;
mod satisfaction;
mod seal;
mod session;
mod shown;
mod targets;
mod teams;
mod then;
mod throttle;
mod tile;
mod visits;
mod vitals;
mod weeks;
mod when;
mod within;
mod work;
mod worklist;

pub use access::{Caller, TokenHash};
pub use areas::{DivideSpec, Divided, check_areas, divide_areas};
pub use assets::{Asset, Assets, Shell};
pub use assignment::{
    AssignmentPlan, AssignmentReport, AssignmentSpec, AssignmentTaken, EffortTerms, HouseholdCaller, HouseholdMove,
    MemberCalls, MemberLoad, MemberPlan, MoveWhy, Spread as EffortSpread,
};
pub use audit::{AuditLine, audit};
pub use campaigns::{CampaignInput, CampaignReport};
pub use check::{Checked, check_store};
pub use codes::{CodesQuery, CodesReport};
pub use commit::{Committed, Expects, Outcome, Print};
pub use coverage::{AreaReport, CoverageQuery, CoverageReport};
pub use demo::{Demo, DemoToken, build_demo};
pub use describe::describe_map;
pub use drawing::{DrawingInput, Drawn};
pub use error::AppError;
pub use export::{OutFile, TileExport, TileExportSpec, TileExported, TileProgress};
pub use figures::{AreaCoverage, Figures, Shown};
pub use households::{HouseholdReport, UnvisitedQuery, UnvisitedReport};
pub use import::{ImportSpec, ImportSummary, run_import};
pub use items::{FilterLang, ItemsQuery, ItemsReport};
pub use itemstext::ItemsText;
pub use keyfile::{add_key, read_keys};
pub use ledger::{
    ChangedField, Decided, DecidedField, LedgerApplied, LedgerCheck, LedgerFile, LedgerOnce, LedgerProposal,
    LedgerQuery, LedgerTake, LedgerTemplates,
};
pub use listening::LiveFeed;
pub use live::LiveEvent;
pub use load::load;
pub use open::{open_input, open_store, open_store_to_look};
pub use outside::OutsideSettings;
pub use past::Map;
pub use people::{
    NewSecret, UserLine, add_user, create_token, disable_user, link_user, list_tokens, list_users, revoke_token,
    set_password,
};
pub use plans::{
    AmountReport, Computed, Drawings, PlanForm, PlanInput, PlanLine, PlanListed, PlanReport, PlanResult, PlanSpec,
    RuleCost, RuleLine, RulesInput, Stage, WhyReport, WithinInput, plan_once,
};
pub use publish::{EditionAreas, EditionList, EditionPreview, EditionReport, EditionSpec, publish_once};
pub use published::PublishedFigures;
pub use rates::{DifferenceReport, RatesQuery, RatesReport};
pub use read::{Info, SearchHit};
pub use rules::{assumed_widths, check_rule_set, rule_set, rule_set_text, rule_sets};
pub use satisfaction::{AnswerReply, SatisfactionQuery, SatisfactionReport};
pub use seal::Keyring;
pub use session::Credential;
pub use targets::{TargetDecision, TargetInput, TargetReport};
pub use teams::{TeamReport, TeamsQuery, TeamsReport};
pub use throttle::neighbourhood;
pub use tile::{TileBody, TileCoding, TileLayer, TileLayers, TileRequest, TilesetReport, tile_layer, tileset_has_zoom};
pub use visits::{VisitFlag, VisitInput, VisitReply};
pub use vitals::{Spread, Vitals, memory_resident};
pub use weeks::{WeeksQuery, WeeksReport};
pub use when::{Period, When};
pub use within::ImportPart;
pub use worklist::{WorklistQuery, WorklistReport};

// What the floor above names when it calls the use cases.
pub use crate::analysis::legal::Watch;
pub use crate::analysis::topology::{Finding, Limits};
pub use crate::formats::ruleset::{RuleFaults, RuleProblem};
pub use crate::formats::{ImportKind, Mapping, Report, Rows as ImportInput};
pub use crate::state::State;
pub use crate::store::Store;

use crate::model::Right;
use crate::tiles::TileCache;
use parking_lot::RwLock;
use std::ops::Deref;
use std::sync::Arc;

/// What a running service is told.
#[derive(Debug, Clone)]
pub struct AppSettings {
    /// Room for tiles, bytes; 0 turns the cache off.
    pub tile_cache_bytes: u64,
    /// An identity provider whose tokens are accepted; `None` where there is none.
    pub outside: Option<OutsideSettings>,
    /// What opens contacts and needs of households; without their key they stay closed.
    pub keys: Arc<Keyring>,
}

/// Whether the service is of use, part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// The store takes changes, and memory says what it says.
    pub store: bool,
    /// Calls that wait to be stored.
    pub queue: usize,
    /// They are so few that the writer can be said to keep up.
    pub queue_keeps_up: bool,
    /// The service has been told to stop.
    pub stopping: bool,
}

/// A running service: one store, one state, one writer. A clone is the same service, and costs one count: every layer around a
/// handler makes one.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What a service is made of, for the use cases of this floor.
pub struct Parts {
    state: Arc<RwLock<State>>,
    cache: Arc<TileCache>,
    live: Arc<live::Live>,
    shown: Arc<shown::Shown>,
    writer: commit::Writer,
    founding: tokio::sync::Mutex<()>,
    publishing: tokio::sync::Mutex<()>,
    published: parking_lot::Mutex<Option<Arc<published::Published>>>,
    counters: Arc<vitals::Counters>,
    throttle: Arc<throttle::Throttle>,
    outside: Option<Arc<outside::Outside>>,
    keys: Arc<Keyring>,
    assets: Assets,
    past: past::Past,
    turned: then::Turned,
    compared: rates::Compared,
    plans: plans::Plans,
    assignments: assignment::Plans,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Starts the writer over a store and the state loaded from it.
    #[must_use]
    pub fn start(store: Store, state: State, settings: &AppSettings) -> App {
        let past = past::Past::of(store.location());
        let cache = Arc::new(TileCache::new(settings.tile_cache_bytes));
        let state = Arc::new(RwLock::new(state));
        let live = {
            let state = state.read();
            Arc::new(live::Live::after(state.seq(), state.heard()))
        };
        let shown = Arc::new(shown::Shown::default());
        let counters = Arc::new(vitals::Counters::default());
        let bench = commit::Bench::new(store, &state, &cache, &live, &shown, &counters);
        let writer = commit::Writer::start(bench);
        let founding = tokio::sync::Mutex::new(());
        let outside = settings.outside.clone().map(outside::Outside::new).map(Arc::new);
        let throttle = Arc::new(throttle::Throttle::new());
        let keys = Arc::clone(&settings.keys);
        let parts = Parts {
            state,
            cache,
            live,
            shown,
            writer,
            founding,
            publishing: tokio::sync::Mutex::default(),
            published: parking_lot::Mutex::default(),
            counters,
            throttle,
            outside,
            keys,
            assets: Assets,
            past,
            turned: then::Turned::default(),
            compared: rates::Compared::default(),
            plans: plans::Plans::default(),
            assignments: assignment::Plans::default(),
        };
        App(Arc::new(parts))
    }

    /// Files of the page, styles and glyphs.
    #[must_use]
    pub fn assets(&self) -> Assets {
        self.assets
    }

    /// Ends every live feed: the service is stopping.
    pub fn close_live(&self) {
        self.live.close();
    }

    /// Writes what waits and closes the store, so that it is one file again; nothing is taken afterwards.
    pub async fn stop(&self) {
        self.writer.stop().await;
    }

    /// How the tile cache has been doing.
    #[must_use]
    pub fn cache_stats(&self) -> crate::tiles::CacheStats {
        self.cache.stats()
    }

    /// How many households, visits and context features there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        self.state.read().counts()
    }

    /// Refuses all but who runs the service.
    pub fn require_admin(&self, caller: &Caller) -> Result<(), AppError> {
        caller.require(Right::Administer)
    }

    /// Whether the writer still takes changes; why not, where it does not.
    pub fn ready(&self) -> Result<(), AppError> {
        self.writer.ready()
    }

    /// What must hold for the service to be of use, part by part.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let queue = self.counters.waiting();
        Readiness {
            store: self.ready().is_ok(),
            queue,
            queue_keeps_up: queue < vitals::LONG_QUEUE,
            stopping: self.live.closed(),
        }
    }
}
