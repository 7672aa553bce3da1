//! Melonmap: households, grids and lawful places on one living map.
//!
//! The house has floors; `ARCHITECTURE.md` draws them and a test keeps them. A room may use the rooms below it, never one
//! beside or above it.

pub mod formats;
pub mod geom;
pub mod model;
