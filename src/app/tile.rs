//! A tile is asked for: gather under the read lock, release, encode.

mod areas;
mod filters;
mod tileset;

use super::items::LONGEST;
use super::past::{Moment, may_look_back};
use super::published::Sight;
use super::{App, AppError, Caller};
use crate::geom::TileId;
use crate::model::collection::Collection;
use crate::model::{CampaignId, ContextFeature, Level, Right};
use crate::state::{Cell, Mark, Point, Points, Sieve, State, StateError};
use crate::tiles::{
    BUFFER, CellFeature, Coarseness, Content, HouseholdFeature, Households, Layer, LayerSet, TileJson, TileKey,
    context_min_zoom, encode,
};
use areas::Areas;
pub(super) use filters::Filters;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Instant;

pub use tileset::{TileLayer, TileLayers, TilesetReport, tile_layer, tileset_has_zoom};

/// A tile, and the content coding in which it leaves.
pub use crate::tiles::{Coding as TileCoding, TileBody};

/// Which tile.
#[derive(Debug, Clone)]
pub struct TileRequest {
    /// Of which layers.
    pub layers: LayerSet,
    /// Where.
    pub tile: TileId,
    /// Tallies of which campaign; `None` is all visits.
    pub campaign: Option<CampaignId>,
    /// Areas of which level; `None` follows the zoom.
    pub level: Option<Level>,
    /// What passes this CQL2 text only, over the fields of each layer.
    pub filter: Option<String>,
    /// Of the map as it was then; `None` is now.
    pub as_of: Option<Timestamp>,
}

impl TileRequest {
    /// Its place in the cache, for a caller who may see its layers.
    fn key(&self, app: &App, caller: &Caller, filter: u128, past: Option<u64>) -> TileKey {
        let TileRequest { layers, tile, campaign, level, .. } = *self;
        let households = layers.contains(Layer::Households);
        let scope = if households { caller.scope_number(Right::Households) } else { 0 };
        let edition = if layers.contains(Layer::Areas) { app.edition_seen(caller) } else { None };
        TileKey { tile, layers, level, campaign, filter, past, scope, edition }
    }
}

impl App {
    /// The `TileJSON` of some layers; `url` is a tile's with `{z}`, `{x}` and `{y}`.
    pub fn tilejson(
        &self,
        caller: &Caller,
        layers: LayerSet,
        filter: Option<&str>,
        as_of: Option<Timestamp>,
        url: String,
    ) -> Result<TileJson, AppError> {
        may_see(caller, layers)?;
        Filters::compile(caller, layers, filter)?;
        as_of.map_or(Ok(()), |at| may_look_back(caller, at))?;
        let bounds = self.around(caller, layers).map(|around| around.bbox());
        let state = self.state.read();
        let info = state.info();
        Ok(TileJson::new(&info.name, layers, url, bounds, &info.attribution))
    }

    /// A tile that is cached, ready in a coding, for a caller who may see it; `None` where it has to be made, or nothing is known of
    /// it here: [`App::tile`] tells. Never waits for one that is being made.
    #[must_use]
    pub fn cached_tile(&self, caller: &Caller, request: &TileRequest, coding: TileCoding) -> Option<Arc<TileBody>> {
        let TileRequest { layers, ref filter, as_of, .. } = *request;
        if filter.is_some() || as_of.is_some() || may_see(caller, layers).is_err() {
            return None;
        }
        let key = request.key(self, caller, 0, None);
        let body = self.cache.get(&key).filter(|body| body.is_ready(coding))?;
        self.counters.tile(layers, true);
        Some(body)
    }

    /// A tile, ready in a coding: at once where it is cached, else made on a blocking thread, once however many ask. A filtered one
    /// is given up after two seconds. One of a time gone by may have to wait for the map of that time.
    pub async fn tile(
        &self,
        caller: &Caller,
        request: TileRequest,
        coding: TileCoding,
    ) -> Result<Arc<TileBody>, AppError> {
        may_see(caller, request.layers)?;
        if let Some(id) = request.campaign {
            self.known_campaign(id)?;
        }
        let layers = request.layers;
        let filters = Filters::compile(caller, layers, request.filter.as_deref())?;
        let past = self.past(caller, request.as_of).await?;
        let key = request.key(self, caller, filters.digest(), past.as_ref().map(|moment| moment.state.seq()));
        let kept = past.is_some() || filters.is_followed();
        let cached = if kept { self.cache.get(&key) } else { None };
        if let Some(body) = cached.as_ref().filter(|body| body.is_ready(coding)) {
            self.counters.tile(layers, true);
            return Ok(Arc::clone(body));
        }
        let caller = caller.clone();
        let make = move |app: &App| {
            let mut hit = true;
            let mut make = || {
                hit = false;
                let end = Instant::now() + LONGEST;
                app.make_tile(&caller, &request, &filters, past.as_deref(), &|| Instant::now() < end)
            };
            let body = match cached {
                Some(body) => body,
                None if kept => app.cache.get_or_make(&key, make)?,
                None => Arc::new(make()?),
            };
            app.counters.tile(layers, hit);
            body.make_ready(coding);
            Ok(body)
        };
        self.work(make).await?.map_err(|e| match e {
            StateError::Cut => AppError::TooLong(LONGEST),
            e => e.into(),
        })
    }

    /// Whether a tile is made in less than a millisecond, for a caller who may see it: few households, or cells that are counted
    /// already, and nothing else. Whoever asks for such a one waits longer for another thread than for the tile.
    #[must_use]
    pub fn tile_is_quick(&self, caller: &Caller, request: &TileRequest, coding: TileCoding) -> bool {
        let TileRequest { layers, tile, campaign, ref filter, as_of, .. } = *request;
        let plain = layers == Layer::Households.into() && campaign.is_none() && filter.is_none() && as_of.is_none();
        // Brotli takes as long again.
        if !plain || coding == TileCoding::Brotli || may_see(caller, layers).is_err() {
            return false;
        }
        let state = self.state.read();
        caller.scope(&state, Right::Households).is_ok_and(|scope| state.is_quick(tile, &scope))
    }

    /// One that is quick, ready in a coding, made here and now where it is not cached; `None` where that fails.
    #[must_use]
    pub fn quick_tile(&self, caller: &Caller, request: &TileRequest, coding: TileCoding) -> Option<Arc<TileBody>> {
        let mut hit = true;
        let make = || {
            hit = false;
            self.make_tile(caller, request, &Filters::default(), None, &|| true)
        };
        let body = self.cache.get_or_make(&request.key(self, caller, 0, None), make).ok()?;
        self.counters.tile(request.layers, hit);
        body.make_ready(coding);
        Some(body)
    }

    /// A tile as finely as it fits. `going` is asked while things are filtered: once it says no, the tile is given up with
    /// [`StateError::Cut`]. Of the request's filter and time, `filters` and `past` are all that counts.
    pub(super) fn make_tile(
        &self,
        caller: &Caller,
        request: &TileRequest,
        filters: &Filters,
        past: Option<&Moment>,
        going: &(dyn Fn() -> bool + Sync),
    ) -> Result<TileBody, StateError> {
        let sight = match past {
            None => self.sight(caller, request.campaign),
            Some(_) => Moment::sight(caller, request.campaign),
        };
        let mut coarseness = Coarseness::FINEST;
        loop {
            let sieve = |layer| Sieve {
                campaign: request.campaign,
                filter: filters.of(layer),
                in_cells: coarseness.counts_all(),
                going,
            };
            let gathered = if let Some(moment) = past {
                Gathered::of(&moment.state, caller, request, coarseness, &sight, sieve)?
            } else {
                let state = self.state.read();
                let gathered = Gathered::of(&state, caller, request, coarseness, &sight, sieve)?;
                self.shown.add(request.tile, gathered.areas.lying());
                gathered
            };
            let body = gathered.encode(request.tile, coarseness);
            match coarseness.next() {
                Some(coarser) if !body.fits() => coarseness = coarser,
                _ => return Ok(body),
            }
        }
    }
}

fn may_see(caller: &Caller, layers: LayerSet) -> Result<(), AppError> {
    layers.iter().try_for_each(|layer| caller.require(layer.right()))
}

/// Everything that one tile shows, owned: the lock is not held while it is encoded.
#[derive(Default)]
struct Gathered {
    areas: Areas,
    points: Points,
    cells: Vec<CellFeature>,
    context: Vec<Arc<ContextFeature>>,
}

impl Gathered {
    fn of<'a>(
        state: &State,
        caller: &Caller,
        request: &TileRequest,
        coarseness: Coarseness,
        sight: &Sight,
        sieve: impl Fn(Layer) -> Sieve<'a>,
    ) -> Result<Gathered, StateError> {
        let TileRequest { layers, tile, level, .. } = *request;
        let mut gathered = Gathered::default();
        if layers.contains(Layer::Areas)
            && let Some(level) = level.or_else(|| state.level_at(tile.z()))
        {
            let drawn_at = coarseness.zoom(tile.z());
            gathered.areas = Areas::of(state, tile, level, drawn_at, &sieve(Layer::Areas), sight)?;
        }
        if layers.contains(Layer::Households)
            && let Ok(scope) = caller.scope(state, Right::Households)
        {
            match state.household_tile(tile, &scope, &sieve(Layer::Households))? {
                Mark::Points(points) => gathered.points = points,
                Mark::Cells(cells) => {
                    let feature = |c: Cell| CellFeature { at: c.at, tally: c.tally };
                    gathered.cells = cells.into_iter().map(feature).collect();
                }
            }
        }
        if layers.contains(Layer::Context) {
            let shown = |f: &Arc<ContextFeature>| context_min_zoom(f.class, &f.kind) <= tile.z();
            let of_context = sieve(Layer::Context);
            for (id, feature) in state.context_tile(tile, BUFFER) {
                if shown(feature) && state.passes(Collection::Context, id.0, &of_context)? {
                    gathered.context.push(Arc::clone(feature));
                }
            }
        }
        Ok(gathered)
    }

    fn encode(&self, tile: TileId, coarseness: Coarseness) -> TileBody {
        let above = self.areas.above();
        let areas = self.areas.features(&above);
        let points: Vec<HouseholdFeature<'_>> = self.points.iter().map(feature).collect();
        let households =
            if self.cells.is_empty() { Households::Points(&points) } else { Households::Cells(&self.cells) };
        let context: Vec<&ContextFeature> = self.context.iter().map(Arc::as_ref).collect();
        encode(tile, &Content { areas: &areas, households, context: &context }, coarseness)
    }
}

/// A household of the state as a tile takes it.
fn feature(point: Point<'_>) -> HouseholdFeature<'_> {
    let Point { id, at, code, status, eligible, outcome } = point;
    HouseholdFeature { id: u64::from(id.0), at, code, status, eligible, outcome }
}

impl App {
    /// The layers of a list such as `areas,context`.
    pub fn layers(&self, list: &str) -> Result<LayerSet, AppError> {
        Ok(list.parse()?)
    }

    /// Whether everybody sees the same in these layers: figures of Areas are exact for some and published for others.
    #[must_use]
    pub fn tile_is_public(&self, layers: LayerSet) -> bool {
        layers.iter().all(|layer| layer != Layer::Areas && Caller::public().may(layer.right()))
    }
}
