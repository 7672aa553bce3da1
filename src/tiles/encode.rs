//! One tile from what it is made of.

use super::body::{Shown, TileBody};
use super::budget::Coarseness;
use super::features::{self, AreaFeature, CellFeature, Content, HouseholdFeature, Households, abbreviate};
use super::layers::{AREA, CELL, CONTEXT, HOUSEHOLD, Layer};
use super::merge;
use super::mvt::{LayerWriter, TileWriter};
use super::shape::Frame;
use super::thin::{Thinning, context_min_zoom};
use crate::geom::TileId;
use crate::model::{ContextClass, ContextFeature};
use geo::Area as _;
use std::cmp::Reverse;

/// The bytes of a vector tile (vector-tile-spec 2.1, extent 4096); none where nothing of the content lies in the tile.
///
/// The same content gives the same bytes, in whatever order it is listed. Cost: linear in the vertices handed over; call it
/// on a blocking thread.
#[must_use]
pub fn encode(tile: TileId, content: &Content<'_>, coarseness: Coarseness) -> TileBody {
    let frame = Frame::of(tile);
    let mut writer = TileWriter::new();
    let households_of = match content.households {
        Households::Points(points) => points.len(),
        Households::Cells(cells) => cells.iter().map(|cell| cell.tally.households as usize).sum(),
    };
    let features = [
        writer.layer(Layer::Areas, |layer| areas(layer, &frame.coarsely(coarseness), content.areas)),
        writer.layer(Layer::Households, |layer| match content.households {
            Households::Points(points) => households(layer, &frame, points),
            Households::Cells(cells) => self::cells(layer, &frame, cells),
        }),
        writer.layer(Layer::Context, |layer| {
            context(layer, &frame, &Thinning::of(tile.z(), coarseness), content.context);
        }),
    ];
    let layers = [Layer::Areas, Layer::Households, Layer::Context].into_iter().zip(features);
    let all = [content.areas.len(), households_of, content.context.len()];
    let shown = layers.zip(all).map(|((layer, features), of)| Shown { layer, features, of });
    TileBody::new(writer.finish(), shown.filter(|shown| shown.features > 0).collect())
}

fn areas(layer: &mut LayerWriter, frame: &Frame, areas: &[AreaFeature<'_>]) {
    for drawn in merge::drawn(frame, areas) {
        layer.put(Some(drawn.area.id), &drawn.shape, &AREA, features::area_row(drawn.area, drawn.merged));
    }
    for crowd in merge::crowds(frame, areas) {
        layer.put(None, &crowd.shape, &AREA, features::crowd_row(&crowd));
    }
}

fn households(layer: &mut LayerWriter, frame: &Frame, households: &[HouseholdFeature<'_>]) {
    layer.expect(households.len());
    let mut put = |household: &HouseholdFeature<'_>| {
        if let Some(point) = frame.point(household.at) {
            layer.put_point(Some(household.id), point, &HOUSEHOLD, features::household_row(household));
        }
    };
    if households.is_sorted_by_key(|household| household.id) {
        households.iter().for_each(put);
    } else {
        let mut sorted: Vec<&HouseholdFeature<'_>> = households.iter().collect();
        sorted.sort_by_key(|household| household.id);
        sorted.into_iter().for_each(&mut put);
    }
}

/// From north to south and west to east. A cell counts whole in the tile that it was handed to, so that the counts of a zoom
/// add up.
fn cells(layer: &mut LayerWriter, frame: &Frame, cells: &[CellFeature]) {
    let mut placed: Vec<_> =
        cells.iter().filter(|cell| cell.tally.households > 0).map(|cell| (frame.own_point(cell.at), cell)).collect();
    placed.sort_by_key(|([x, y], cell)| (*y, *x, cell.tally.households, cell.tally.eligible, cell.tally.visited()));
    layer.expect(placed.len());
    let mut short = String::new();
    for (point, cell) in placed {
        short.clear();
        abbreviate(cell.tally.households, &mut short);
        layer.put_point(None, point, &CELL, features::cell_row(cell, &short));
    }
}

/// In drawing order: by class, minor kinds under major ones, large polygons under small ones.
fn context(layer: &mut LayerWriter, frame: &Frame, thinning: &Thinning, context: &[&ContextFeature]) {
    let mut drawn: Vec<(u8, f64, &ContextFeature)> = context
        .iter()
        .map(|feature| (context_min_zoom(feature.class, &feature.kind), feature))
        .filter(|(first, _)| *first <= thinning.z)
        .map(|(first, feature)| (first, feature.geometry.unsigned_area(), *feature))
        .collect();
    drawn.sort_by(|(first_a, area_a, a), (first_b, area_b, b)| {
        let order = |first: u8, feature: &ContextFeature| (feature.class, Reverse(first));
        order(*first_a, a)
            .cmp(&order(*first_b, b))
            .then_with(|| area_b.total_cmp(area_a))
            .then_with(|| a.code.cmp(&b.code))
    });
    let mut buildings = thinning.buildings;
    for (_, _, feature) in drawn {
        let building = feature.class == ContextClass::Building;
        if building && buildings == 0 {
            continue;
        }
        let Some(shape) = frame.shape(&feature.geometry, thinning.detail) else { continue };
        buildings -= usize::from(building);
        layer.put(None, &shape, &CONTEXT, features::context_row(feature));
    }
}

#[cfg(test)]
mod tests;
