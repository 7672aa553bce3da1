//! The R-trees: what stands where. Nothing else knows the crate that keeps them.

mod boxes;
mod points;

pub use boxes::{BoxIndex, WorldRect};
pub use points::{PointIndex, Spot};
