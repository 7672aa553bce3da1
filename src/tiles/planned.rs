//! Tiles of a plan: lawful places, zones and spots.

use super::features::Value;
use super::layers::{Field, FieldType};
use super::mvt::{LayerWriter, TileWriter};
use super::shape::{Detail, Frame};
use super::{TileBody, VectorLayer};
use crate::geom::{Lattice, LonLat, TileId};
use crate::model::{Spot, Zone};
use geo::Geometry;
use std::collections::BTreeMap;

const fn field(name: &'static str, kind: FieldType, about: &'static str) -> Field {
    Field { name, kind, about }
}

/// Fields of a lawful place.
const PLACE: [Field; 7] = [
    field("street", FieldType::Text, "Code of the street."),
    field("name", FieldType::Text, "Its name; absent where it has none."),
    field("side", FieldType::Text, "left or right, in the direction of its line."),
    field("stalls", FieldType::Uint, "Stalls that fit."),
    field("clear_width", FieldType::Double, "What stays free for people walking, metres."),
    field("limited_by", FieldType::Text, "The rule that takes most of this side; absent where none takes anything."),
    field("assumed", FieldType::Bool, "Whether a width of the street is assumed."),
];

/// Fields of stalls counted in a cell.
const CELL: [Field; 4] = [
    field("stalls", FieldType::Uint, "Stalls that fit in the cell."),
    field("places", FieldType::Uint, "Lawful places in it that hold one."),
    field("limited_by", FieldType::Text, "The rule that limits the places of most of them; absent where none does."),
    field("assumed", FieldType::Bool, "Whether a width of one of their streets is assumed."),
];

/// Fields of a zone.
const ZONE: [Field; 4] = [
    field("code", FieldType::Text, "Identity of the zone."),
    field("class", FieldType::Text, "allowed, restricted or forbidden."),
    field("name", FieldType::Text, "Name; absent where it has none."),
    field("hours", FieldType::Text, "When stalls may stand in it; absent where all day."),
];

/// Fields of a spot.
const SPOT: [Field; 3] = [
    field("code", FieldType::Text, "Identity of the spot."),
    field("name", FieldType::Text, "Name; absent where it has none."),
    field("stalls", FieldType::Uint, "Stalls that it holds."),
];

/// The layers by name, with what they show and their fields.
const LAYERS: [(&str, &str, &[Field]); 4] = [
    ("legal", "Lawful places, from zoom 14", &PLACE),
    ("stalls", "Stalls counted in cells, up to zoom 13", &CELL),
    ("zones", "Zones as planners drew them", &ZONE),
    ("spots", "Spots as planners picked them", &SPOT),
];

/// The last zoom at which a plan's tiles gain detail.
pub const PLAN_MAX_ZOOM: u8 = 16;

/// A lawful place.
#[derive(Debug, Clone)]
pub struct PlaceFeature<'a> {
    /// Degrees.
    pub geometry: Geometry<f64>,
    /// Code of the street.
    pub street: &'a str,
    /// Its name.
    pub name: Option<&'a str>,
    /// `left` or `right`.
    pub side: &'static str,
    /// Stalls that fit.
    pub stalls: u32,
    /// Metres.
    pub clear_width: f64,
    /// The rule that takes most of this side.
    pub limited_by: Option<&'a str>,
    /// Whether a width of the street is assumed.
    pub assumed: bool,
}

/// Stalls of several places.
#[derive(Debug, Clone, Default)]
pub struct StallCell<'a> {
    /// Sum of the positions, each as often as its place has stalls.
    sum: [f64; 2],
    stalls: u32,
    places: u32,
    /// Stalls by what limits their place.
    limits: BTreeMap<Option<&'a str>, u32>,
    assumed: bool,
}

impl<'a> StallCell<'a> {
    /// Adds a place with at least one stall: how many, what limits it, whether a width of its street is assumed.
    pub fn add(&mut self, at: LonLat, stalls: u32, limited_by: Option<&'a str>, assumed: bool) {
        self.sum[0] += at.lon() * f64::from(stalls);
        self.sum[1] += at.lat() * f64::from(stalls);
        self.stalls += stalls;
        self.places += 1;
        *self.limits.entry(limited_by).or_default() += stalls;
        self.assumed |= assumed;
    }

    fn at(&self) -> Option<LonLat> {
        let stalls = f64::from(self.stalls);
        (self.stalls > 0).then(|| LonLat::new(self.sum[0] / stalls, self.sum[1] / stalls).ok())?
    }

    /// Of two that limit as many stalls, the first by name.
    fn limited_by(&self) -> Option<&'a str> {
        self.limits.iter().rev().max_by_key(|(_, stalls)| **stalls).and_then(|(rule, _)| *rule)
    }
}

/// A zone.
#[derive(Debug, Clone)]
pub struct ZoneFeature<'a> {
    zone: &'a Zone,
    geometry: Geometry<f64>,
    hours: Option<String>,
}

impl<'a> ZoneFeature<'a> {
    /// The shown part of a zone.
    #[must_use]
    pub fn of(zone: &'a Zone) -> ZoneFeature<'a> {
        let hours = zone.hours.as_ref().map(|hours| hours.written().join(", "));
        ZoneFeature { zone, geometry: Geometry::MultiPolygon(zone.geometry.clone()), hours }
    }
}

/// A spot.
#[derive(Debug, Clone, Copy)]
pub struct SpotFeature<'a>(&'a Spot);

impl<'a> SpotFeature<'a> {
    /// The shown part of a spot.
    #[must_use]
    pub fn of(spot: &'a Spot) -> SpotFeature<'a> {
        SpotFeature(spot)
    }
}

/// What a tile of a plan is made of. Lists may hold more than the tile shows, but for the cells.
#[derive(Debug, Clone, Copy)]
pub struct PlanContent<'a> {
    /// Lawful places.
    pub places: &'a [PlaceFeature<'a>],
    /// Stalls counted, all of this tile.
    pub cells: &'a [StallCell<'a>],
    /// Zones.
    pub zones: &'a [ZoneFeature<'a>],
    /// Spots.
    pub spots: &'a [SpotFeature<'a>],
}

/// The bytes of a tile; none where nothing lies in it. The same content in the same order gives the same bytes.
#[must_use]
pub fn encode_plan(tile: TileId, content: &PlanContent<'_>) -> TileBody {
    let frame = Frame::of(tile);
    let mut writer = TileWriter::new();
    let put = |layer: &mut LayerWriter,
               geometry: &Geometry<f64>,
               row: &mut dyn FnMut(&mut LayerWriter, &super::shape::Shape)| {
        if let Some(shape) = frame.shape(geometry, Detail::FULL) {
            row(layer, &shape);
        }
    };
    writer.named(LAYERS[0].0, |layer| {
        for place in content.places {
            put(layer, &place.geometry, &mut |layer, shape| {
                let row = [
                    Some(Value::Text(place.street)),
                    place.name.map(Value::Text),
                    Some(Value::Word(place.side)),
                    Some(Value::Uint(place.stalls)),
                    Some(Value::Double(place.clear_width)),
                    place.limited_by.map(Value::Text),
                    Some(Value::Bool(place.assumed)),
                ];
                layer.put(None, shape, &PLACE, row);
            });
        }
    });
    writer.named(LAYERS[1].0, |layer| {
        for cell in content.cells {
            if let Some(at) = cell.at() {
                let row = [
                    Some(Value::Uint(cell.stalls)),
                    Some(Value::Uint(cell.places)),
                    cell.limited_by().map(Value::Text),
                    Some(Value::Bool(cell.assumed)),
                ];
                layer.put_point(None, frame.own_point(Lattice::of(at)), &CELL, row);
            }
        }
    });
    writer.named(LAYERS[2].0, |layer| {
        for ZoneFeature { zone, geometry, hours } in content.zones {
            put(layer, geometry, &mut |layer, shape| {
                let row = [
                    Some(Value::Text(zone.code.as_str())),
                    Some(Value::Word(zone.class.as_str())),
                    Some(zone.name.as_str()).filter(|name| !name.is_empty()).map(Value::Text),
                    hours.as_deref().map(Value::Text),
                ];
                layer.put(None, shape, &ZONE, row);
            });
        }
    });
    writer.named(LAYERS[3].0, |layer| {
        for SpotFeature(spot) in content.spots {
            put(layer, &spot.geometry, &mut |layer, shape| {
                let row = [
                    Some(Value::Text(spot.code.as_str())),
                    Some(spot.name.as_str()).filter(|name| !name.is_empty()).map(Value::Text),
                    Some(Value::Uint(spot.stalls)),
                ];
                layer.put(None, shape, &SPOT, row);
            });
        }
    });
    TileBody::new(writer.finish(), Vec::new())
}

/// The layers as a `TileJSON` describes them.
#[must_use]
pub fn plan_layers() -> Vec<VectorLayer> {
    LAYERS.iter().map(|(id, about, fields)| VectorLayer::of(id, about, 0..=PLAN_MAX_ZOOM, fields.iter())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_counts_its_stalls_where_most_of_them_are_and_names_what_limits_most_of_them() {
        let at = |lon| LonLat::new(lon, 47.0).unwrap();
        let mut cell = StallCell::default();
        assert!(cell.at().is_none());
        cell.add(at(9.0), 3, Some("school"), false);
        assert_eq!((cell.limited_by(), cell.assumed), (Some("school"), false));
        cell.add(at(9.4), 1, None, true);
        assert_eq!((cell.stalls, cell.places, cell.limited_by(), cell.assumed), (4, 2, Some("school"), true));
        assert!((cell.at().unwrap().lon() - 9.1).abs() < 1e-9);
        // Of two that limit as many, the first by name.
        cell.add(at(9.4), 3, Some("junction"), true);
        assert_eq!(cell.limited_by(), Some("junction"));
        cell.add(at(9.4), 9, None, true);
        assert_eq!(cell.limited_by(), None);
    }
}
