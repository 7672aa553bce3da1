//! What is asked for, and whether it can be.

use super::super::tile::Filters;
use super::super::{App, AppError, Caller, TileRequest};
use super::{Drawn, TileExport};
use crate::geom::offered::OfferedCrs;
use crate::geom::{Bbox, MAX_LATITUDE, Region, TileId};
use crate::model::access::reach;
use crate::model::{CampaignId, Code, Grant, Level, ModelError, Reach, Right, Role, written};
use crate::state::{AreaId, State};
use crate::tiles::{Layer, LayerSet};
use std::ops::RangeInclusive;

/// Who is named where a name is needed; nothing is changed under it.
const NAME: &str = "melonmap export tiles";

/// Which tiles, of what, for whom.
#[derive(Debug, Clone)]
pub struct TileExportSpec {
    /// Layers with commas between them.
    pub layers: String,
    /// First and last zoom; `None` is from 0 to the last at which a layer gains detail.
    pub zooms: Option<RangeInclusive<u8>>,
    /// The tiles that the Area of this code touches, or this rectangle: west, south, east, north in degrees. `None` is all.
    pub within: Option<String>,
    /// Tallies of which campaign; `None` is all visits.
    pub campaign: Option<CampaignId>,
    /// Areas of which level; `None` follows the zoom.
    pub level: Option<Level>,
    /// What passes this CQL2 text only, over the fields of each layer.
    pub filter: Option<String>,
    /// Who will see it.
    pub role: Role,
    /// The Areas that they are limited to.
    pub areas: Vec<Code>,
}

impl TileExport {
    /// Over a service, which need not be served.
    pub(super) fn of(app: App, spec: &TileExportSpec) -> Result<TileExport, AppError> {
        let layers: LayerSet = spec.layers.parse()?;
        let caller = caller(&app, spec)?;
        may_see(spec.role, layers)?;
        known_campaign(&app, spec.campaign)?;
        let filters = Filters::compile(&caller, layers, spec.filter.as_deref())?;
        let (region, around) = region(&app, spec.within.as_deref())?;
        let drawn = drawn(&app, &caller, layers)?;
        let extent = app.state.read().drawn_extent(&drawn);
        let bounds = bounds(extent, around.as_ref());
        let deepest = layers.iter().map(Layer::max_zoom).max().unwrap_or(0);
        let zooms = spec.zooms.clone().unwrap_or(0..=deepest);
        let (campaign, level) = (spec.campaign, spec.level);
        let request = TileRequest { layers, tile: TileId::WORLD, campaign, level, filter: None, as_of: None };
        Ok(TileExport { app, caller, request, filters, zooms, region, drawn, bounds })
    }
}

fn caller(app: &App, spec: &TileExportSpec) -> Result<Caller, AppError> {
    if spec.role == Role::Public {
        return Ok(Caller::public());
    }
    let state = app.state.read();
    for code in &spec.areas {
        living(&state, code.as_str()).ok_or_else(|| ModelError::new("area", code, "the code of an area"))?;
    }
    let grant = Grant { name: NAME.to_owned(), role: spec.role, areas: spec.areas.clone() };
    Ok(Caller::of_grant(grant.check()?))
}

/// Refuses a layer that the role may not see, and says which may.
fn may_see(role: Role, layers: LayerSet) -> Result<(), AppError> {
    let closed = layers.iter().find(|layer| reach(role, layer.right()) == Reach::Nowhere);
    let Some(layer) = closed else { return Ok(()) };
    let open = Role::ALL.into_iter().filter(|role| reach(*role, layer.right()) != Reach::Nowhere);
    let open: Vec<&str> = open.map(Role::as_str).collect();
    let expected = format!("for the role {role}: say with --role who will see it: {}", open.join(", "));
    Err(ModelError::new("layers", layer.as_str(), expected).into())
}

fn known_campaign(app: &App, campaign: Option<CampaignId>) -> Result<(), AppError> {
    let Some(id) = campaign else { return Ok(()) };
    let state = app.state.read();
    if state.campaign(id).is_some() {
        return Ok(());
    }
    let known: Vec<String> = state.campaigns().map(|campaign| campaign.id.to_string()).collect();
    let known = if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
    Err(ModelError::new("campaign", id, format!("the number of a campaign: {known}")).into())
}

/// Where the tiles are, and a rectangle around that.
fn region(app: &App, within: Option<&str>) -> Result<(Region, Option<Bbox>), AppError> {
    let Some(text) = within else { return Ok((Region::World, None)) };
    let state = app.state.read();
    if let Some(id) = living(&state, text) {
        let entry = state.covered(id, None).entry;
        return Ok((Region::from(&entry.area.geometry), Some(entry.bbox)));
    }
    if !text.contains(',') {
        let expected = "the code of an area, or west,south,east,north in degrees";
        return Err(ModelError::new("within", text, expected).into());
    }
    let bbox = written::bbox(text, OfferedCrs::CRS84).map_err(|e| ModelError { field: "within", ..e })?;
    Ok((Region::from(&bbox), Some(bbox)))
}

fn living(state: &State, code: &str) -> Option<AreaId> {
    state.area(code).filter(|id| state.covered(*id, None).entry.in_force)
}

/// What of some layers a caller sees drawn.
fn drawn(app: &App, caller: &Caller, layers: LayerSet) -> Result<Drawn, AppError> {
    let households = layers.contains(Layer::Households);
    let state = app.state.read();
    Ok(Drawn {
        areas: layers.contains(Layer::Areas),
        households: households.then(|| caller.scope(&state, Right::Households)).transpose()?,
        context: layers.contains(Layer::Context),
    })
}

/// Around what is drawn and asked for. Rectangles that touch each other two by two share a point, so that every tile that touches
/// both of these touches what they share: a map that asks for no tile outside the bounds asks for each that has something in it.
fn bounds(extent: Option<Bbox>, around: Option<&Bbox>) -> Bbox {
    let world = || Bbox::new(-180.0, -MAX_LATITUDE, 180.0, MAX_LATITUDE).expect("the world is a rectangle");
    let extent = extent.unwrap_or_else(world);
    // Where a part of what is asked for shares nothing with what is drawn, a tile may still touch both.
    let shared: Option<Vec<Bbox>> = around.and_then(|asked| asked.parts().map(|p| p.intersection(&extent)).collect());
    shared.into_iter().flatten().reduce(|a, b| a.union(&b)).unwrap_or(extent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{LatticeRect, World};
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    #[test]
    fn every_tile_that_touches_what_is_drawn_and_what_is_asked_for_touches_the_bounds() {
        let mut rng = SmallRng::seed_from_u64(21);
        let mut touching = 0;
        for _ in 0..3_000 {
            let mut pair = |limit: f64| {
                let (a, b) = (rng.random_range(-limit..limit), rng.random_range(-limit..limit));
                (a.min(b), a.max(b), rng.random_bool(0.2))
            };
            let ((west, east, _), (south, north, _)) = (pair(180.0), pair(80.0));
            let extent = Bbox::new(west, south, east, north).unwrap();
            let ((west, east, over), (south, north, _)) = (pair(180.0), pair(80.0));
            let (west, east) = if over { (east, west) } else { (west, east) };
            let around = Bbox::new(west, south, east, north).unwrap();
            let bounds = bounds(Some(extent), Some(&around));
            assert!(!bounds.crosses_antimeridian());
            let spot = World::of_degrees(rng.random_range(-180.0..180.0), rng.random_range(-80.0..80.0));
            let tile = TileId::at(spot, rng.random_range(0..9));
            let touches = |bbox: &Bbox| {
                bbox.parts().any(|part| LatticeRect::of_bbox(&part).intersection(&LatticeRect::of_tile(tile)).is_some())
            };
            if touches(&extent) && touches(&around) {
                assert!(touches(&bounds), "{extent:?} {around:?} {tile}");
                touching += 1;
            }
        }
        assert!(touching > 300, "{touching}");
    }

    #[test]
    fn without_anything_drawn_the_bounds_are_the_world() {
        assert_eq!(bounds(None, None), Bbox::new(-180.0, -MAX_LATITUDE, 180.0, MAX_LATITUDE).unwrap());
    }
}
