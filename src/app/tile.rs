//! A tile is asked for: gather under the read lock, release, encode.

mod areas;
mod filters;

use super::items::LONGEST;
use super::{App, AppError, Caller};
use crate::geom::TileId;
use crate::model::{CampaignId, Code, ContextFeature, Level, Right};
use crate::state::{Cell, ContextId, HouseholdView, Mark, Sieve, State, StateError};
use crate::tiles::{
    BUFFER, CellFeature, Content, HouseholdFeature, Households, Layer, LayerSet, TileBody, TileJson, TileKey,
    context_min_zoom, encode,
};
use areas::Areas;
use filters::{Filters, collection};
use std::sync::Arc;
use std::time::Instant;

/// The content coding in which a tile leaves.
pub use crate::tiles::Coding as TileCoding;

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
}

impl App {
    /// The `TileJSON` of some layers; `url` is a tile's with `{z}`, `{x}` and `{y}`.
    pub fn tilejson(
        &self,
        caller: &Caller,
        layers: LayerSet,
        filter: Option<&str>,
        url: String,
    ) -> Result<TileJson, AppError> {
        may_see(caller, layers)?;
        Filters::compile(caller, layers, filter)?;
        let state = self.state.read();
        let info = state.info();
        Ok(TileJson::new(&info.name, layers, url, state.extent(), &info.attribution))
    }

    /// A tile, ready in a coding: at once where it is cached, else made on a blocking thread, once however many ask. A filtered one
    /// is given up after two seconds.
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
        let households = request.layers.contains(Layer::Households);
        let scope = if households { caller.scope_number(Right::Households) } else { 0 };
        let TileRequest { layers, tile, campaign, level, ref filter } = request;
        let filters = Filters::compile(caller, layers, filter.as_deref())?;
        let key = TileKey { tile, layers, level, campaign, filter: filters.digest(), scope };
        let cached = if filters.is_followed() { self.cache.get(&key) } else { None };
        if let Some(body) = cached.as_ref().filter(|body| body.is_ready(coding)) {
            self.counters.tile(layers, true);
            return Ok(Arc::clone(body));
        }
        let caller = caller.clone();
        let make = move |app: &App| {
            let mut hit = true;
            let mut make = || {
                hit = false;
                app.make_tile(&caller, &request, &filters)
            };
            let body = match cached {
                Some(body) => body,
                None if filters.is_followed() => app.cache.get_or_make(&key, make)?,
                None => Arc::new(TileBody::new(make()?)),
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

    fn make_tile(&self, caller: &Caller, request: &TileRequest, filters: &Filters) -> Result<Vec<u8>, StateError> {
        let state = self.state.read();
        let mut gathered = Gathered::of(&state, caller, request, filters)?;
        // Those that do not pass as well: the next change may let them.
        self.shown.add(request.tile, gathered.areas.shown());
        if let Some(filter) = filters.of(Layer::Areas) {
            gathered.areas.retain(|id| state.matches(collection(Layer::Areas), id.0, request.campaign, filter));
        }
        drop(state);
        Ok(gathered.encode(request.tile))
    }
}

fn may_see(caller: &Caller, layers: LayerSet) -> Result<(), AppError> {
    layers.iter().try_for_each(|layer| caller.require(layer.right()))
}

/// Everything that one tile shows, owned: the lock is not held while it is encoded.
struct Gathered {
    areas: Areas,
    points: Vec<HouseholdFeature>,
    cells: Vec<CellFeature>,
    context: Vec<Arc<ContextFeature>>,
}

impl Gathered {
    /// Everything that lies in the tile; of households and the base map what passes.
    fn of(state: &State, caller: &Caller, request: &TileRequest, filters: &Filters) -> Result<Gathered, StateError> {
        let TileRequest { layers, tile, campaign, level, .. } = *request;
        let mut gathered =
            Gathered { areas: Areas::default(), points: Vec::new(), cells: Vec::new(), context: Vec::new() };
        if layers.contains(Layer::Areas)
            && let Some(level) = level.or_else(|| state.level_at(tile.z()))
        {
            // A filter is told what passes, one by one.
            let merge = filters.of(Layer::Areas).is_none();
            gathered.areas = Areas::of(state, tile, level, campaign, merge);
        }
        if layers.contains(Layer::Households)
            && let Ok(scope) = caller.scope(state, Right::Households)
        {
            let end = Instant::now() + LONGEST;
            let sieve = Sieve { campaign, filter: filters.of(Layer::Households), going: &|| Instant::now() < end };
            match state.household_tile(tile, &scope, &sieve)? {
                Mark::Points(points) => {
                    let feature = |(_, view, outcome): (_, HouseholdView<'_>, _)| HouseholdFeature {
                        id: u64::from(view.id.0),
                        at: view.at,
                        code: Code::new(view.code).expect("it was a Code when it was added"),
                        status: view.status,
                        outcome,
                    };
                    gathered.points = points.into_iter().map(feature).collect();
                }
                Mark::Cells(cells) => {
                    let feature = |c: Cell| CellFeature { at: c.at.world(), tally: c.tally };
                    gathered.cells = cells.into_iter().map(feature).collect();
                }
            }
        }
        if layers.contains(Layer::Context) {
            let shown = |f: &Arc<ContextFeature>| context_min_zoom(f.class, &f.kind) <= tile.z();
            let filter = filters.of(Layer::Context);
            let passes = |id: ContextId| {
                filter.is_none_or(|filter| state.matches(collection(Layer::Context), id.0, campaign, filter))
            };
            let features = state.context_tile(tile, BUFFER).into_iter();
            let features = features.filter(|(id, feature)| shown(feature) && passes(*id)).map(|(_, feature)| feature);
            gathered.context = features.cloned().collect();
        }
        Ok(gathered)
    }

    fn encode(&self, tile: TileId) -> Vec<u8> {
        let above = self.areas.above();
        let areas = self.areas.features(&above);
        let households =
            if self.cells.is_empty() { Households::Points(&self.points) } else { Households::Cells(&self.cells) };
        let context: Vec<&ContextFeature> = self.context.iter().map(Arc::as_ref).collect();
        encode(tile, &Content { areas: &areas, households, context: &context })
    }
}

impl App {
    /// The layers of a list such as `areas,context`.
    pub fn layers(&self, list: &str) -> Result<LayerSet, AppError> {
        Ok(list.parse()?)
    }

    /// Whether everybody sees the same in these layers.
    #[must_use]
    pub fn tile_is_public(&self, layers: LayerSet) -> bool {
        layers.iter().all(|layer| Caller::public().may(layer.right()))
    }
}
