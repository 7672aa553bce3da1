//! Features in, tile bytes out: which fields a layer may show, thinning, clipping, encoding, compression, the cache.
//!
//! Invariants:
//! - Nothing leaves by default: a tile holds the fields of the table in [`layers`](Layer) and no others, because the
//!   encoder takes their names from there.
//! - The same features give the same bytes, in whatever order they are handed over: an `ETag` survives a restart.
//! - A shared border is the same line in both areas and in all tiles: positions are snapped once, on the one lattice of the
//!   world, the vertices that a zoom does without are those of the arc, whoever draws it, and clipping comes last.
//! - No area vanishes: those below a pixel are drawn together, for the area above them.
//! - No household is left out and none stands in two tiles; only the base map may leave things out.
//! - A tile that was worked out before a change is never handed out after [`TileCache::forget`] of that change.
//!
//! This room knows nothing of the living state, of locks on it, of URLs or of who asks: it is given plain values, and the
//! number of a scope for those who see different things.

mod body;
mod budget;
mod cache;
mod clip;
mod dissolve;
mod encode;
mod error;
mod features;
mod grid;
mod index;
mod layers;
mod merge;
mod mvt;
mod planned;
mod shape;
mod simplify;
mod thin;
mod tilejson;

#[cfg(test)]
mod reader;

pub use body::{Coding, Shown, TileBody};
pub use budget::{Coarseness, MOST_BYTES};
pub use cache::{CacheStats, TileCache};
pub use encode::encode;
pub use error::TilesError;
pub use features::{AreaFeature, CellFeature, Content, HouseholdFeature, Households};
pub use index::TileKey;
pub use layers::{Field, FieldType, Layer, LayerSet};
pub use merge::is_below_a_pixel;
pub use planned::{PLAN_MAX_ZOOM, PlaceFeature, PlanContent, SpotFeature, StallCell, ZoneFeature, encode_plan};
pub use thin::context_min_zoom;
pub use tilejson::{TileJson, VectorLayer};

/// How far areas and the base map are drawn over a tile's edge, as a share of its side.
#[allow(clippy::cast_precision_loss)] // two small constants
pub const BUFFER: f64 = grid::BUFFER as f64 / grid::EXTENT as f64;
