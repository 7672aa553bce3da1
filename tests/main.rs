//! The one integration binary: what must hold for the whole, seen from outside the library.

mod areas;
mod check;
mod crash;
mod floors;
mod freshness;
mod house;
mod http;
mod import;
mod live;
mod one_file;
mod privacy;
mod tiles;
mod visits;

/// Decodes tiles; written from the specification alone.
#[path = "../src/tiles/reader.rs"]
#[allow(dead_code)] // the unit tests of `tiles` use the rest of it
mod reader;
