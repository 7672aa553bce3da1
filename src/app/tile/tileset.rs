//! What a set of tiles is made of: its layers, and which tiles there are.

use super::super::past::may_look_back;
use super::super::{App, AppError, Caller};
use super::filters::{Filters, collection};
use super::may_see;
use crate::geom::{LatticeRect, TileId, TileLimits};
use crate::model::collection::Collection;
use crate::model::{Reach, Right};
use crate::tiles::BUFFER;
use jiff::Timestamp;

/// Which layers a tile has.
pub use crate::tiles::{Layer as TileLayer, LayerSet as TileLayers};

/// The tiles of some layers, as far as a caller may know of them.
#[derive(Debug)]
pub struct TilesetReport {
    /// What they show, each layer with the collection whose features it draws.
    pub layers: Vec<(TileLayer, Collection)>,
    /// Around all that they show.
    pub around: LatticeRect,
    /// The tiles that there are, zoom by zoom, from the first zoom of any layer to the last.
    pub limits: Vec<TileLimits>,
}

/// The layer that draws the features of a collection, where one does.
#[must_use]
pub fn tile_layer(of: Collection) -> Option<TileLayer> {
    TileLayer::ALL.into_iter().find(|layer| collection(*layer) == of)
}

impl App {
    /// All layers that a caller may see; refuses who may not even see the Areas.
    pub fn tile_layers(&self, caller: &Caller) -> Result<TileLayers, AppError> {
        caller.require(TileLayer::Areas.right())?;
        let visible = TileLayer::ALL.into_iter().filter(|layer| caller.may(layer.right()));
        Ok(TileLayers::of(visible).unwrap_or(TileLayer::Areas.into()))
    }

    /// The tiles of some layers; refuses a filter that they cannot have, and a time that they cannot be of. O(1).
    pub fn tileset(
        &self,
        caller: &Caller,
        layers: TileLayers,
        filter: Option<&str>,
        as_of: Option<Timestamp>,
    ) -> Result<TilesetReport, AppError> {
        may_see(caller, layers)?;
        Filters::compile(caller, layers, filter)?;
        as_of.map_or(Ok(()), |at| may_look_back(caller, at))?;
        let around = self.around(caller, layers).unwrap_or(LatticeRect::WORLD);
        let zooms = zooms(layers);
        Ok(TilesetReport {
            layers: layers.iter().map(|layer| (layer, collection(layer))).collect(),
            around,
            limits: zooms.map(|z| TileLimits::of(&around, z, BUFFER)).collect(),
        })
    }

    /// Whether a tile is one of the tileset. O(1).
    #[must_use]
    pub fn tileset_has(&self, caller: &Caller, layers: TileLayers, tile: TileId) -> bool {
        let around = || self.around(caller, layers).unwrap_or(LatticeRect::WORLD);
        let within = || TileLimits::of(&around(), tile.z(), BUFFER).contains(tile);
        tileset_has_zoom(layers, tile.z()) && within()
    }

    /// Around all that some layers show; `None` where there is nothing yet. That all know the Areas is no secret; where households
    /// beyond them are, only who sees every household learns.
    pub(super) fn around(&self, caller: &Caller, layers: TileLayers) -> Option<LatticeRect> {
        let state = self.state.read();
        let mut all = vec![state.around_areas()];
        if layers.contains(TileLayer::Households) && caller.grant().reach(Right::Households) == Reach::Everywhere {
            all.push(state.around_households());
        }
        if layers.contains(TileLayer::Context) {
            all.push(state.around_context());
        }
        all.into_iter().flatten().reduce(|a, b| a.union(&b))
    }
}

/// Whether a tileset has tiles at a zoom: a deeper one would show nothing more.
#[must_use]
pub fn tileset_has_zoom(layers: TileLayers, z: u8) -> bool {
    zooms(layers).contains(&z)
}

fn zooms(layers: TileLayers) -> std::ops::RangeInclusive<u8> {
    let of = |zoom: fn(TileLayer) -> u8| layers.iter().map(zoom);
    of(TileLayer::min_zoom).min().unwrap_or(0)..=of(TileLayer::max_zoom).max().unwrap_or(0)
}
