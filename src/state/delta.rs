//! What a change touched: for the cache to forget, for open pages to refresh.

use super::areas::AreaId;
use crate::geom::{Bbox, Lattice, TileId};
use crate::model::{CampaignId, Code, PlanId};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The Plans that changed, or whose zones or spots did.
    pub plans: BTreeSet<PlanId>,
    /// Teams whose households were given to others, each with the lowest Areas of those households.
    pub assigned: BTreeMap<Code, BTreeSet<AreaId>>,
    /// Figures changed all over the map: too many places to list.
    pub everything: bool,
    /// The last edition that was published.
    pub edition: Option<u32>,
}

impl Delta {
    /// Joins what another change touched.
    pub fn join(&mut self, other: Delta) {
        self.areas.extend(other.areas);
        self.borders.extend(other.borders);
        self.places.extend(other.places);
        self.context.extend(other.context);
        self.campaigns.extend(other.campaigns);
        self.plans.extend(other.plans);
        for (team, areas) in other.assigned {
            self.assigned.entry(team).or_default().extend(areas);
        }
        self.everything |= other.everything;
        self.edition = self.edition.max(other.edition);
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

impl Delta {
    /// The household tiles that it touched, down to a zoom, sorted and each once.
    #[must_use]
    pub fn household_tiles(&self, deepest: u8) -> Vec<TileId> {
        let mut tiles: Vec<TileId> =
            self.places.iter().flat_map(|(place, _)| (0..=deepest).map(|z| place.tile(z))).collect();
        tiles.sort_unstable();
        tiles.dedup();
        tiles
    }

    /// The context tiles that it touched, down to a zoom, sorted and each once; `None` where they are too many to spell out.
    /// Features draw over their tile's edge by a buffer (a share of the side), so the tiles around them count as well.
    #[must_use]
    pub fn context_tiles(&self, deepest: u8, buffer: f64) -> Option<Vec<TileId>> {
        let mut tiles = BTreeSet::new();
        for bbox in &self.context {
            for z in 0..=deepest {
                let wide = pad_by(bbox, 360.0 / f64::from(1u32 << z) * buffer);
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
}

/// Degrees of longitude are never fewer than what the same share of a tile spans in latitude.
fn pad_by(bbox: &Bbox, pad: f64) -> Bbox {
    let lon = |v: f64| v.clamp(-180.0, 180.0);
    let lat = |v: f64| v.clamp(-90.0, 90.0);
    Bbox::new(lon(bbox.west() - pad), lat(bbox.south() - pad), lon(bbox.east() + pad), lat(bbox.north() + pad))
        .expect("clamped to the range, and wider than a rectangle in order")
}
