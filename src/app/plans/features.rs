//! What a plan shows of its lawful places: features for files, and tiles.

use super::Computed;
use super::report::side;
use crate::analysis::legal::Place;
use crate::geom::{LonLat, TileId};
use crate::model::collection::{CollectionField, LEGAL};
use crate::model::rule::{Hours, Known, Season, ZoneClass};
use crate::model::{Datum, Spot, Zone};
use crate::tiles::{PlaceFeature, PlanContent, SpotFeature, StallCell, TileBody, ZoneFeature, encode_plan};
use geo::{BoundingRect, Geometry, Intersects, MapCoords, Polygon, Rect};
use std::collections::BTreeMap;
use std::sync::Arc;

/// From this zoom on lawful places are drawn by themselves; below, where a strip is thinner than a pixel, stalls are counted in cells.
const PLACES_FROM: u8 = 14;
/// Cells of a tile are the tiles this many zooms deeper, as those of households are.
const CELLS_DEEPER: u8 = 4;

/// A lawful place as files hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceRow {
    /// Its number in the plan, from 1.
    pub id: String,
    /// In degrees.
    pub geometry: Geometry<f64>,
    /// One for each field of [`LEGAL`]; `None` is absent. The geometry's always is.
    pub values: Vec<Option<Datum>>,
}

impl PlaceRow {
    /// What it holds under a name.
    pub fn value(&self, name: &str) -> Option<&Datum> {
        let field = |field: &CollectionField| field.name == name;
        self.values[LEGAL.iter().position(field)?].as_ref()
    }
}

impl Computed {
    /// Of a place, in degrees.
    fn shape(&self, place: &Place) -> Polygon<f64> {
        place.polygon.map_coords(|c| self.site.plane.unproject(c))
    }

    /// Whether a width of its street is assumed.
    fn is_assumed(&self, place: &Place) -> bool {
        let street = self.site.pieces[place.street as usize].street;
        self.demands.widths[street].known().contains(&Known::Assumed)
    }

    /// Restricted zones that a place lies in, wholly or in part.
    fn restricted(&self, shape: &Polygon<f64>) -> impl Iterator<Item = &Arc<Zone>> {
        let restricted = self.inputs.zones.iter().filter(|zone| zone.class == ZoneClass::Restricted);
        restricted.filter(move |zone| zone.geometry.intersects(shape)).collect::<Vec<_>>().into_iter()
    }

    /// The lawful places, by street, left before right, then along it.
    pub fn rows(&self) -> Vec<PlaceRow> {
        self.result.places.iter().enumerate().map(|(n, place)| self.row(n, place)).collect()
    }

    fn row(&self, number: usize, place: &Place) -> PlaceRow {
        let (street, shape) = (self.site.of(place.street), self.shape(place));
        let texts = |texts: Vec<String>| (!texts.is_empty()).then_some(Datum::Texts(texts));
        let (mut zones, mut hours, mut season) = (Vec::new(), Vec::new(), Vec::new());
        for zone in self.restricted(&shape) {
            zones.push(zone.code.to_string());
            hours.extend(zone.hours.as_ref().map(Hours::written).unwrap_or_default());
            season.extend(zone.season.as_ref().map(Season::written).unwrap_or_default());
        }
        let two = |value: f64| Datum::Number((value * 100.0).round() / 100.0);
        let values = LEGAL.iter().map(|field| match field.name {
            "street" => Some(Datum::Text(street.feature.code.to_string())),
            "name" => street.feature.name.clone().map(Datum::Text),
            "class" => Some(Datum::Text(street.class.to_string())),
            "side" => Some(Datum::Text(side(place.hand).into())),
            "stalls" => Some(Datum::Integer(place.stalls.into())),
            "length_m" => Some(two(place.length)),
            "area_m2" => Some(two(place.area)),
            "clear_width_m" => Some(two(place.clear_width)),
            "limited_by" => place.limited_by.map(|rule| Datum::Text(self.numbers.key(rule).to_owned())),
            "assumed" => Some(Datum::Boolean(self.is_assumed(place))),
            "zones" => texts(std::mem::take(&mut zones)),
            "hours" => texts(std::mem::take(&mut hours)),
            "season" => texts(std::mem::take(&mut season)),
            _ => None,
        });
        let values = values.collect();
        PlaceRow { id: (number + 1).to_string(), geometry: Geometry::Polygon(shape), values }
    }

    /// A tile of the plan, with what is drawn for it now. `zones` and `spots` may be of a later version than the lawful places.
    pub fn tile(&self, tile: TileId, zones: &[Arc<Zone>], spots: &[Arc<Spot>]) -> TileBody {
        let mut near = Vec::new();
        for part in tile.bbox(crate::tiles::BUFFER).parts() {
            let [west, south, east, north] = part.to_array();
            let [low, high] = [(west, south), (east, north)].map(|at| self.site.plane.project(at.into()));
            near.extend(self.result.around(low, high));
        }
        near.sort_unstable();
        near.dedup();
        let mut cells = BTreeMap::<u64, StallCell<'_>>::new();
        let mut places: Vec<PlaceFeature<'_>> = Vec::new();
        for place in near.into_iter().map(|place| &self.result.places[place]) {
            let shape = self.shape(place);
            let limited_by = place.limited_by.map(|rule| self.numbers.key(rule));
            if tile.z() >= PLACES_FROM {
                places.push(PlaceFeature {
                    geometry: Geometry::Polygon(shape),
                    street: self.site.code(place.street).as_str(),
                    name: self.site.of(place.street).feature.name.as_deref(),
                    side: side(place.hand),
                    stalls: place.stalls,
                    clear_width: (place.clear_width * 100.0).round() / 100.0,
                    limited_by,
                    assumed: self.is_assumed(place),
                });
            } else if place.stalls > 0
                && let Some(middle) = shape.bounding_rect().map(Rect::center)
                && let Ok(at) = LonLat::new(middle.x, middle.y)
            {
                let deeper = TileId::at(crate::geom::World::of(at), tile.z() + CELLS_DEEPER);
                if deeper.ancestor(tile.z()) == tile {
                    let cell = cells.entry(deeper.key()).or_default();
                    cell.add(at, place.stalls, limited_by, self.is_assumed(place));
                }
            }
        }
        let cells: Vec<StallCell<'_>> = cells.into_values().collect();
        let zones: Vec<ZoneFeature<'_>> = zones.iter().map(|zone| ZoneFeature::of(zone)).collect();
        let spots: Vec<SpotFeature<'_>> = spots.iter().map(|spot| SpotFeature::of(spot)).collect();
        encode_plan(tile, &PlanContent { places: &places, cells: &cells, zones: &zones, spots: &spots })
    }
}
