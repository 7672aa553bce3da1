//! Methods: grids drawn where there are none, areas checked for gaps and overlaps, legal space beside streets; rates with what chance
//! can do to them, what of them may be published, the list for today and who calls on whom, which text another is most like.
//!
//! Invariants:
//! - Functions are pure: the same values in, the same result out, in the same order, however many threads there are.
//! - What a method needs to decide is a parameter or a named constant, with its unit.
//!
//! This room knows nothing of the living map, files, clocks or settings: it is given plain values.

pub mod assignment;
mod cut;
pub mod divide;
mod error;
pub mod legal;
pub mod likeness;
mod near;
mod node;
pub mod rates;
pub mod suppression;
mod sweep;
pub mod topology;
pub mod tour;

pub use error::AnalysisError;
