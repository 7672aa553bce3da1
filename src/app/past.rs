//! The map as it was: a state rebuilt from the first changes of the store, kept for who asks about the same time again.

use super::load::load_until;
use super::published::Sight;
use super::{App, AppError, Caller};
use crate::model::{CampaignId, ModelError, Right};
use crate::state::State;
use crate::store::{Location, Store};
use jiff::Timestamp;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// States that are kept, each as large as the living one: two times can be compared.
const KEPT: usize = 2;
/// One that nobody asked for this long is let go.
const IDLE: Duration = Duration::from_mins(10);

/// The map from one change to the next.
pub(super) struct Moment {
    /// As it was.
    pub state: State,
    /// When the first change came that is not in it.
    until: Timestamp,
    used: Mutex<Instant>,
}

impl Moment {
    /// How a caller sees the figures of then: who sees published ones only is not told those of a time gone by.
    pub fn sight(caller: &Caller, campaign: Option<CampaignId>) -> Sight {
        if caller.may(Right::Coverage) { Sight::Exact(campaign) } else { Sight::Published(None) }
    }

    fn holds(&self, at: Timestamp) -> bool {
        self.state.at().is_none_or(|from| from <= at) && at < self.until
    }
}

/// The map that a question is about: as it is, or as it was ([`App::map`]).
#[derive(Clone)]
pub struct Map(Option<Arc<Moment>>);

impl Map {
    /// As it is.
    pub(super) const LIVING: Map = Map(None);

    pub(super) fn is_living(&self) -> bool {
        self.0.is_none()
    }
}

/// Moments, made one at a time: each costs all cores for as long as a start of the service.
pub(super) struct Past {
    store: Location,
    kept: Mutex<Vec<Arc<Moment>>>,
    making: Arc<tokio::sync::Mutex<()>>,
}

impl Past {
    pub fn of(store: Location) -> Past {
        Past { store, kept: Mutex::default(), making: Arc::default() }
    }

    /// The store, to look at.
    pub fn open(&self) -> Result<Store, AppError> {
        Ok(Store::open_read_only(&self.store)?)
    }

    /// Makes the moment of a time; `None` where no change has come since. Call it on a blocking thread.
    fn make(&self, at: Timestamp) -> Result<Option<Arc<Moment>>, AppError> {
        let (state, next) = load_until(&self.open()?, |_| true, Some(at))?;
        let Some(until) = next else { return Ok(None) };
        let moment = Arc::new(Moment { state, until, used: Mutex::new(Instant::now()) });
        let mut kept = self.kept.lock();
        if kept.len() >= KEPT
            && let Some(oldest) = (0..kept.len()).min_by_key(|i| *kept[*i].used.lock())
        {
            kept.swap_remove(oldest);
        }
        kept.push(Arc::clone(&moment));
        Ok(Some(moment))
    }

    fn known(&self, at: Timestamp) -> Option<Arc<Moment>> {
        let mut kept = self.kept.lock();
        kept.retain(|moment| moment.used.lock().elapsed() < IDLE);
        let known = kept.iter().find(|moment| moment.holds(at))?;
        *known.used.lock() = Instant::now();
        Some(Arc::clone(known))
    }
}

/// Refuses who may not look back, and a time to come.
pub(super) fn may_look_back(caller: &Caller, at: Timestamp) -> Result<(), AppError> {
    caller.require(Right::Past)?;
    if at > Timestamp::now() {
        return Err(ModelError::new("as_of", at.to_string(), "a time that has been").into());
    }
    Ok(())
}

impl App {
    /// The map of a time, for who may look back; without one, the living map. The first question about a time may take seconds.
    pub async fn map(&self, caller: &Caller, at: Option<Timestamp>) -> Result<Map, AppError> {
        Ok(Map(self.past(caller, at).await?))
    }

    /// Looks at a map: at the living one under the read lock, which is let go with what is answered.
    pub(super) fn look<T>(&self, map: &Map, look: impl FnOnce(&State) -> T) -> T {
        match &map.0 {
            None => look(&self.state.read()),
            Some(moment) => look(&moment.state),
        }
    }

    /// The map as it was at a time; `None` where it is the living one.
    pub(super) async fn past(&self, caller: &Caller, at: Option<Timestamp>) -> Result<Option<Arc<Moment>>, AppError> {
        let Some(at) = at else { return Ok(None) };
        may_look_back(caller, at)?;
        if self.state.read().at().is_none_or(|last| last <= at) {
            return Ok(None);
        }
        if let Some(known) = self.past.known(at) {
            return Ok(Some(known));
        }
        // Whoever waits does so here: on the threads that make tiles he would hold up everybody's.
        let one = Arc::clone(&self.past.making).lock_owned().await;
        if let Some(known) = self.past.known(at) {
            return Ok(Some(known));
        }
        let make = move |app: &App| {
            let _until_made = one;
            app.past.make(at)
        };
        self.work(make).await?
    }
}
