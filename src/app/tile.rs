//! A tile is asked for: gather under the read lock, release, encode.

use super::{App, AppError, Caller};
use crate::geom::TileId;
use crate::model::{Area, CampaignId, Code, ContextFeature, Level, Right, Tally};
use crate::state::{AreaId, Cell, HouseholdView, Mark, State};
use crate::tiles::{
    AreaFeature, BUFFER, CellFeature, Content, HouseholdFeature, Households, Layer, LayerSet, TileBody, TileJson,
    TileKey, context_min_zoom, encode,
};
use std::sync::Arc;

/// The content coding in which a tile leaves.
pub use crate::tiles::Coding as TileCoding;

/// Which tile.
#[derive(Debug, Clone, Copy)]
pub struct TileRequest {
    /// Of which layers.
    pub layers: LayerSet,
    /// Where.
    pub tile: TileId,
    /// Tallies of which campaign; `None` is all visits.
    pub campaign: Option<CampaignId>,
    /// Areas of which level; `None` follows the zoom.
    pub level: Option<Level>,
}

impl App {
    /// The `TileJSON` of some layers; `url` is a tile's with `{z}`, `{x}` and `{y}`.
    pub fn tilejson(&self, caller: &Caller, layers: LayerSet, url: String) -> Result<TileJson, AppError> {
        may_see(caller, layers)?;
        let state = self.state.read();
        let info = state.info();
        Ok(TileJson::new(&info.name, layers, url, state.extent(), &info.attribution))
    }

    /// A tile, ready in a coding: at once where it is cached, else made on a blocking thread, once however many ask.
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
        let TileRequest { layers, tile, campaign, level } = request;
        let key = TileKey { tile, layers, level, campaign, scope };
        let cached = self.cache.get(&key);
        if let Some(body) = cached.as_ref().filter(|body| body.is_ready(coding)) {
            self.counters.tile(layers, true);
            return Ok(Arc::clone(body));
        }
        let caller = caller.clone();
        let make = move |app: &App| {
            let mut hit = true;
            let make = || {
                hit = false;
                app.make_tile(&caller, request)
            };
            let body = cached.unwrap_or_else(|| app.cache.get_or_make(&key, make));
            app.counters.tile(layers, hit);
            body.make_ready(coding);
            body
        };
        self.work(make).await
    }

    fn make_tile(&self, caller: &Caller, request: TileRequest) -> Vec<u8> {
        let state = self.state.read();
        let gathered = Gathered::of(&state, caller, request);
        self.shown.add(request.tile, gathered.areas.iter().map(|(id, ..)| *id));
        drop(state);
        gathered.encode(request.tile)
    }
}

fn may_see(caller: &Caller, layers: LayerSet) -> Result<(), AppError> {
    layers.iter().try_for_each(|layer| caller.require(layer.right()))
}

/// Everything that one tile shows, owned: the lock is not held while it is encoded.
struct Gathered {
    areas: Vec<(AreaId, Arc<Area>, Tally)>,
    points: Vec<HouseholdFeature>,
    cells: Vec<CellFeature>,
    context: Vec<Arc<ContextFeature>>,
}

impl Gathered {
    fn of(state: &State, caller: &Caller, request: TileRequest) -> Gathered {
        let TileRequest { layers, tile, campaign, level } = request;
        let mut gathered = Gathered { areas: Vec::new(), points: Vec::new(), cells: Vec::new(), context: Vec::new() };
        if layers.contains(Layer::Areas)
            && let Some(level) = level.or_else(|| state.level_at(tile.z()))
        {
            let areas = state.area_tile(tile, level, BUFFER).into_iter();
            gathered.areas =
                areas.map(|(id, entry)| (id, Arc::clone(&entry.area), state.covered(id, campaign).tally)).collect();
        }
        if layers.contains(Layer::Households)
            && let Ok(scope) = caller.scope(state, Right::Households)
        {
            match state.household_tile(tile, campaign, &scope) {
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
            let shown = |f: &&Arc<ContextFeature>| context_min_zoom(f.class, &f.kind) <= tile.z();
            let features = state.context_tile(tile, BUFFER).into_iter().map(|(_, feature)| feature);
            gathered.context = features.filter(shown).cloned().collect();
        }
        gathered
    }

    fn encode(&self, tile: TileId) -> Vec<u8> {
        let areas: Vec<AreaFeature<'_>> =
            self.areas.iter().map(|(id, area, tally)| AreaFeature::of(u64::from(id.0), area, *tally)).collect();
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
