//! What the base map leaves out at a zoom, so that a tile stays small. Never applied to areas or households.

use super::budget::Coarseness;
use super::grid::PIXEL;
use super::shape::Detail;
use crate::model::ContextClass;

/// The first zoom at which a feature of the base map is drawn: ask for no others.
///
/// Everything is drawn from zoom 14, the last that the layer has of its own.
#[must_use]
pub fn context_min_zoom(class: ContextClass, kind: &str) -> u8 {
    use ContextClass as C;
    match (class, kind) {
        (C::Place, "country") => 2,
        (C::Place, "state" | "region" | "province") => 4,
        (C::Place, "city") => 5,
        (C::Street, "motorway" | "trunk" | "primary") => 6,
        (C::Place, "town") | (C::Water | C::Forest, _) | (C::Waterway, "river") | (C::Rail, "rail") => 8,
        (C::Street, "secondary" | "motorway_link" | "trunk_link" | "primary_link") => 9,
        (C::Place, "village") | (C::Street, "tertiary") | (C::Farm | C::Green, _) | (C::Waterway, "canal") => 10,
        (C::Place, "suburb" | "quarter") | (C::Street, "unclassified" | "secondary_link" | "tertiary_link") => 11,
        (C::Place, "hamlet" | "neighbourhood")
        | (C::Street, "residential" | "living_street")
        | (C::School | C::Hospital | C::Market | C::Junction | C::Rail, _)
        | (C::Waterway, "stream") => 12,
        (C::Street | C::Path | C::Building | C::Waterway | C::Place, _) => 13,
        (C::Crossing | C::Signal | C::BusStop | C::Hydrant | C::Entrance | C::SubwayEntrance | C::Other, _) => 14,
    }
}

/// Most buildings in a tile of a zoom: the largest are kept. A building of six corners was measured to take 29 bytes, so
/// that those of a tile stay below 120 kB before compression, and below 350 kB at the last zoom.
pub(super) fn max_buildings(z: u8) -> usize {
    if z < 14 { 4_000 } else { 12_000 }
}

/// What of the base map is drawn in a tile.
pub(super) struct Thinning {
    /// What is drawn at this zoom.
    pub z: u8,
    /// Of each geometry.
    pub detail: Detail,
    /// Most buildings: the largest.
    pub buildings: usize,
}

impl Thinning {
    /// At a zoom: half a pixel of tolerance and polygons over four square pixels; everything from zoom 14, because maps enlarge
    /// that. More coarsely it is what a zoom farther away has, and fewer buildings.
    pub fn of(z: u8, coarseness: Coarseness) -> Thinning {
        let steps = coarseness.steps();
        let z = coarseness.zoom(z);
        let coarse = Detail { tolerance: (PIXEL / 2) << steps, min_area: (4 * PIXEL * PIXEL) << (2 * steps) };
        let detail = if z < 14 { coarse } else { Detail::FULL };
        Thinning { z, detail, buildings: max_buildings(z) >> steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_drawn_at_the_last_zoom() {
        for class in ContextClass::ALL {
            assert!(context_min_zoom(class, "") <= 14, "{class:?}");
        }
    }

    #[test]
    fn more_important_streets_appear_first() {
        let kinds = ["motorway", "secondary", "tertiary", "unclassified", "residential", "service"];
        let zooms = kinds.map(|kind| context_min_zoom(ContextClass::Street, kind));
        assert!(zooms.is_sorted() && zooms[0] < zooms[5], "{zooms:?}");
    }
}
