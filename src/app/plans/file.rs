//! A plan as a file: lawful places with zones and spots, in the form that somebody's program reads.

use super::Computed;
use super::features::PlaceRow;
use crate::app::{App, AppError, Caller};
use crate::formats::pmtiles::{Archive, ArchiveHead, place};
use crate::formats::{FgbStream, FormatError, Placemark, gpx, kml};
use crate::geom::{Bbox, TileId, walk};
use crate::model::collection::LEGAL;
use crate::model::{Datum, ModelError, PlanId, Right, Shape, Spot, Zone};
use crate::tiles::{Coding, PLAN_MAX_ZOOM, TileBody, TileJson};
use geo::{BoundingRect, Geometry};
use std::io::{Cursor, Write};
use std::str::FromStr;
use std::sync::Arc;

/// A form of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum PlanForm {
    GeoJson,
    FlatGeobuf,
    Kml,
    Gpx,
    PmTiles,
}

impl PlanForm {
    /// All of them.
    pub const ALL: [PlanForm; 5] =
        [PlanForm::GeoJson, PlanForm::FlatGeobuf, PlanForm::Kml, PlanForm::Gpx, PlanForm::PmTiles];

    /// As URLs and names of files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            PlanForm::GeoJson => "geojson",
            PlanForm::FlatGeobuf => "fgb",
            PlanForm::Kml => "kml",
            PlanForm::Gpx => "gpx",
            PlanForm::PmTiles => "pmtiles",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media(self) -> &'static str {
        match self {
            PlanForm::GeoJson => "application/geo+json",
            PlanForm::FlatGeobuf => "application/flatgeobuf",
            PlanForm::Kml => "application/vnd.google-earth.kml+xml",
            PlanForm::Gpx => "application/gpx+xml",
            PlanForm::PmTiles => "application/vnd.pmtiles",
        }
    }
}

impl FromStr for PlanForm {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<PlanForm, ModelError> {
        let known = PlanForm::ALL.into_iter().find(|form| form.extension() == name);
        known.ok_or_else(|| {
            let all = PlanForm::ALL.map(PlanForm::extension).join(", ");
            ModelError::new("f", name, format!("one of {all}"))
        })
    }
}

/// What was drawn for a plan.
#[derive(Debug, Clone, Default)]
pub struct Drawings {
    /// Zones.
    pub zones: Vec<Arc<Zone>>,
    /// Spots.
    pub spots: Vec<Arc<Spot>>,
}

impl App {
    /// What is drawn for a plan now.
    fn drawings(&self, id: PlanId) -> Drawings {
        let state = self.state.read();
        Drawings {
            zones: state.zones_of(id).map(|(zone, _)| Arc::new(zone.clone())).collect(),
            spots: state.spots_of(id).map(|(spot, _)| Arc::new(spot.clone())).collect(),
        }
    }

    /// A plan as a file. Not for the async threads.
    pub fn plan_file(&self, caller: &Caller, id: PlanId, form: PlanForm) -> Result<Vec<u8>, AppError> {
        let computed = self.computed_plan(caller, id)?;
        let attribution = self.state.read().info().attribution.clone();
        computed.file(&self.drawings(id), form, &attribution)
    }

    /// A tile of a plan. Not for the async threads.
    pub fn plan_tile(&self, caller: &Caller, id: PlanId, tile: TileId) -> Result<TileBody, AppError> {
        let computed = self.computed_plan(caller, id)?;
        let Drawings { zones, spots } = self.drawings(id);
        Ok(computed.tile(tile, &zones, &spots))
    }

    /// What a map client asks for before a plan's first tile.
    pub fn plan_tilejson(&self, caller: &Caller, id: PlanId, url: String) -> Result<TileJson, AppError> {
        caller.require(Right::Plans)?;
        let state = self.state.read();
        let (plan, _) = state.plan(id).ok_or_else(|| super::unknown(id))?;
        let bounds = super::surface_of(&state, plan).and_then(|surface| bounds(&surface));
        Ok(TileJson::of_plan(&plan.name, url, bounds, &state.info().attribution))
    }
}

fn bounds(surface: &geo::MultiPolygon<f64>) -> Option<Bbox> {
    let rect = surface.bounding_rect()?;
    Bbox::new(rect.min().x, rect.min().y, rect.max().x, rect.max().y).ok()
}

impl Computed {
    /// The whole in a form, with drawings in those that hold several sorts of things.
    pub fn file(&self, drawings: &Drawings, form: PlanForm, attribution: &[String]) -> Result<Vec<u8>, AppError> {
        match form {
            PlanForm::GeoJson => self.geojson(attribution),
            PlanForm::FlatGeobuf => Ok(self.flatgeobuf(attribution)),
            PlanForm::Kml => self.marked(drawings, attribution, kml),
            PlanForm::Gpx => self.marked(drawings, attribution, gpx),
            PlanForm::PmTiles => self.pmtiles(drawings, attribution),
        }
    }

    /// What every file says of itself: what it was made of, and whose map that was.
    fn about(&self, attribution: &[String]) -> String {
        format!("{} {}", self.made_of(), attribution.join(" | ")).trim_end().to_owned()
    }

    fn geojson(&self, attribution: &[String]) -> Result<Vec<u8>, AppError> {
        let fault = |_| AppError::Fault;
        let made_of = self.made_of();
        let mut out = Vec::new();
        let head = serde_json::json!({ "plan": self.inputs.plan.name, "made_of": made_of, "attribution": attribution });
        let head = serde_json::to_string(&head).map_err(|_| AppError::Fault)?;
        // The members of the head, in the collection itself.
        write!(out, "{{\"type\":\"FeatureCollection\",{},\"features\":[", &head[1..head.len() - 1]).map_err(fault)?;
        for (n, feature) in self.rows().iter().enumerate() {
            let comma = if n > 0 { "," } else { "" };
            write!(out, "{comma}\n{}", written(feature).ok_or(AppError::Fault)?).map_err(fault)?;
        }
        out.extend_from_slice(b"\n]}\n");
        Ok(out)
    }

    fn flatgeobuf(&self, attribution: &[String]) -> Vec<u8> {
        let mut stream = FgbStream::of_polygons("legal", self.about(attribution), &LEGAL);
        let mut out = stream.header();
        for place in self.rows() {
            stream.write_row(&place.geometry, &place.values, &mut out);
        }
        out
    }

    fn marked(
        &self,
        drawings: &Drawings,
        attribution: &[String],
        write: impl Fn(&str, &str, &[Placemark<'_>]) -> Result<Vec<u8>, FormatError>,
    ) -> Result<Vec<u8>, AppError> {
        let places = self.rows();
        let zones: Vec<Geometry<f64>> =
            drawings.zones.iter().map(|z| Geometry::MultiPolygon(z.geometry.clone())).collect();
        let named = |name: &str, code: &str| if name.is_empty() { code.to_owned() } else { name.to_owned() };
        let mut marks: Vec<Placemark<'_>> = Vec::new();
        marks.extend(drawings.spots.iter().map(|spot| Placemark {
            folder: "Spots 疏导点",
            name: named(&spot.name, spot.code.as_str()),
            about: format!("{} stalls", spot.stalls),
            geometry: &spot.geometry,
        }));
        marks.extend(drawings.zones.iter().zip(&zones).map(|(zone, geometry)| Placemark {
            folder: "Zones 疏导区",
            name: named(&zone.name, zone.code.as_str()),
            about: zone.class.to_string(),
            geometry,
        }));
        let stalls = |place: &PlaceRow| matches!(place.value("stalls"), Some(Datum::Integer(n)) if *n > 0);
        marks.extend(places.iter().filter(|feature| stalls(feature)).map(|feature| Placemark {
            folder: "Lawful places 可设摊位置",
            name: ["name", "street"].iter().find_map(|field| text(feature, field)).unwrap_or_default(),
            about: format!(
                "{} stalls, {}",
                text(feature, "stalls").unwrap_or_default(),
                text(feature, "side").unwrap_or_default()
            ),
            geometry: &feature.geometry,
        }));
        Ok(write(&self.inputs.plan.name, &self.about(attribution), &marks)?)
    }

    fn pmtiles(&self, drawings: &Drawings, attribution: &[String]) -> Result<Vec<u8>, AppError> {
        let bounds = bounds(&self.site.region).ok_or(AppError::Fault)?;
        let about = TileJson::of_plan(&self.inputs.plan.name, String::new(), Some(bounds), attribution);
        let metadata = serde_json::json!({
            "name": about.name,
            "description": self.made_of().to_string(),
            "type": "overlay",
            "attribution": about.attribution.unwrap_or_default(),
            "vector_layers": about.vector_layers,
        });
        let head = ArchiveHead { zooms: 0..=PLAN_MAX_ZOOM, bounds, center_zoom: 13, metadata };
        let mut file = Cursor::new(Vec::new());
        let mut archive = Archive::begin(&mut file, &head)?;
        let drawn = |tile: TileId| self.tile(tile, &drawings.zones, &drawings.spots);
        for tile in walk(0..=PLAN_MAX_ZOOM, |tile| tile.bbox(crate::tiles::BUFFER).intersects(&bounds), place) {
            let body = drawn(tile);
            if !body.is_empty() {
                archive.add(tile, &body.bytes(Coding::Gzip))?;
            }
        }
        archive.finish()?;
        Ok(file.into_inner())
    }
}

fn text(place: &PlaceRow, name: &str) -> Option<String> {
    match place.value(name)? {
        Datum::Text(text) => Some(text.clone()),
        other => serde_json::to_string(other).ok(),
    }
}

/// A GeoJSON feature.
fn written(place: &PlaceRow) -> Option<String> {
    let shown = LEGAL.iter().zip(&place.values);
    let properties = shown.filter_map(|(field, value)| Some((field.name, serde_json::to_value(value.as_ref()?).ok()?)));
    let properties: serde_json::Map<String, serde_json::Value> =
        properties.map(|(name, value)| (name.to_owned(), value)).collect();
    let geometry = Shape::try_from(&place.geometry).ok()?;
    let feature =
        serde_json::json!({ "type": "Feature", "id": place.id, "geometry": geometry, "properties": properties });
    serde_json::to_string(&feature).ok()
}
