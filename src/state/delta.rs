//! What a change touched: for the cache to forget, for open pages to refresh.

use super::State;
use super::areas::AreaId;
use crate::geom::{Bbox, Lattice, TileId};
use crate::model::CampaignId;
use std::collections::BTreeSet;

/// What one change touched, or several together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Delta {
    /// Areas whose figures or borders changed.
    pub areas: BTreeSet<AreaId>,
    /// Rectangles of borders that changed: where they were and where they are.
    pub borders: Vec<Bbox>,
    /// Places of households that changed, or whose outcome did, each with its lowest Area then.
    pub places: Vec<(Lattice, Option<AreaId>)>,
    /// Rectangles of context features that changed.
    pub context: Vec<Bbox>,
    /// The campaigns whose figures changed.
    pub campaigns: BTreeSet<CampaignId>,
}

impl Delta {
    /// Joins what another change touched.
    pub fn join(&mut self, other: Delta) {
        self.areas.extend(other.areas);
        self.borders.extend(other.borders);
        self.places.extend(other.places);
        self.context.extend(other.context);
        self.campaigns.extend(other.campaigns);
    }
}

/// The tiles that a change touched, layer by layer, sorted and each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Tiles of the layer `areas`.
    pub areas: Vec<TileId>,
    /// Tiles of the layer `households`.
    pub households: Vec<TileId>,
    /// Tiles of the layer `context`.
    pub context: Vec<TileId>,
}

/// Most tiles that one rectangle is spelled out into at one zoom; a wider one touches the layer as a whole.
const MOST_TILES: usize = 4_096;

impl State {
    /// The tiles that a delta touches down to each layer's deepest zoom; `None` where it touches too many to spell out.
    ///
    /// Areas draw over their tile's edge by a buffer (a share of the side), so the tiles around a border count as well.
    #[must_use]
    pub fn touched(&self, delta: &Delta, deepest: (u8, u8, u8), buffer: f64) -> Option<Touched> {
        let (areas_deepest, households_deepest, context_deepest) = deepest;
        let mut boxes: Vec<Bbox> = delta.borders.clone();
        boxes.extend(delta.areas.iter().map(|id| self.areas.get(*id).bbox));
        let mut households: Vec<TileId> = Vec::new();
        for (place, _) in &delta.places {
            households.extend((0..=households_deepest).map(|z| place.tile(z)));
        }
        households.sort_unstable();
        households.dedup();
        Some(Touched {
            areas: cover(&boxes, areas_deepest, buffer)?,
            households,
            context: cover(&delta.context, context_deepest, buffer)?,
        })
    }
}

fn cover(boxes: &[Bbox], deepest: u8, buffer: f64) -> Option<Vec<TileId>> {
    let mut tiles = BTreeSet::new();
    for bbox in boxes {
        for z in 0..=deepest {
            let pad = 360.0 / f64::from(1u32 << z) * buffer;
            let wide = pad_by(bbox, pad);
            let before = tiles.len();
            for tile in TileId::covering(&wide, z) {
                tiles.insert(tile);
                if tiles.len() - before > MOST_TILES {
                    return None;
                }
            }
        }
    }
    Some(tiles.into_iter().collect())
}

/// Degrees of longitude are never fewer than what the same share of a tile spans in latitude.
fn pad_by(bbox: &Bbox, pad: f64) -> Bbox {
    let lon = |v: f64| v.clamp(-180.0, 180.0);
    let lat = |v: f64| v.clamp(-90.0, 90.0);
    Bbox::new(lon(bbox.west() - pad), lat(bbox.south() - pad), lon(bbox.east() + pad), lat(bbox.north() + pad))
        .expect("clamped to the range, and wider than a rectangle in order")
}
