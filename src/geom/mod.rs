//! Positions, rectangles, tiles, metres: what is true without a household.
//!
//! Invariants:
//! - Inside the house there is one CRS: WGS 84 longitude and latitude in degrees, in that order. Every other CRS or datum
//!   is left behind in [`crs`], at the door.
//! - A value of a type of this room is in range: its constructor refused everything else.
//!
//! This room knows nothing of households, areas, files or clocks.

mod bbox;
mod error;
mod junctions;
mod lattice;
mod lonlat;
mod matrix;
mod plane;
mod region;
mod segment;
mod stretches;
mod tile;
mod walk;
mod within;

pub mod borders;
pub mod crs;
pub mod datum;
pub mod locate;
pub mod offered;
pub mod split;
pub mod validity;

pub use bbox::Bbox;
pub use error::GeomError;
pub use junctions::junctions;
pub use lattice::{Lattice, LatticeRect};
pub use lonlat::LonLat;
pub use matrix::{TileLimits, TileMatrix};
pub use plane::{Meters, Plane, haversine};
pub use region::Region;
pub use segment::distance_2;
pub use stretches::Stretches;
pub use tile::{MAX_LATITUDE, TileId, World};
pub use walk::walk;
pub use within::Within;
