//! Methods: grids drawn where there are none, areas checked for gaps and overlaps, legal space beside streets.
//!
//! Invariants:
//! - Functions are pure: the same values in, the same result out, in the same order, however many threads there are.
//! - What a method needs to decide is a parameter or a named constant, with its unit.
//!
//! This room knows nothing of the living map, files, clocks or settings: it is given plain values.

mod cut;
pub mod divide;
mod error;
pub mod legal;
mod node;
mod sweep;
pub mod topology;

pub use error::AnalysisError;
