//! The ground of a plan: what of the map lies there, on a flat plane.

use crate::geom::{Bbox, LonLat, Plane, Stretches, junctions, validity};
use crate::model::rule::StreetClass;
use crate::model::{Code, ContextClass, ContextFeature, ModelError};
use geo::{BoundingRect, Coord, Geometry, LineString, MapCoords, MultiPolygon};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The widest ground of a plan, metres: farther from its middle the plane is not flat to a centimetre in a hundred metres.
const WIDEST: f64 = 120_000.0;

/// What a plan is computed on. Everything but `region` is in metres on `plane`.
pub struct Site {
    /// The plane.
    pub plane: Plane,
    /// The ground, degrees.
    pub region: MultiPolygon<f64>,
    /// Streets on and beside the ground.
    pub streets: Vec<SiteStreet>,
    /// Stretches of them: those inside, which may hold stalls, and whole ones beside.
    pub pieces: Vec<Piece>,
    /// Everything else that a rule may measure from, on the ground and around it.
    pub things: Vec<Thing>,
    /// Where streets for vehicles meet.
    pub junctions: Vec<Coord<f64>>,
}

/// A street.
pub struct SiteStreet {
    /// As the map has it.
    pub feature: Arc<ContextFeature>,
    /// Its class.
    pub class: StreetClass,
}

/// A stretch of a street.
pub struct Piece {
    /// Its number in [`Site::streets`].
    pub street: usize,
    /// Its middle.
    pub line: Vec<Coord<f64>>,
    /// Whether it lies on the ground.
    pub inside: bool,
}

/// Something that a rule may measure from.
pub struct Thing {
    /// As the map has it.
    pub feature: Arc<ContextFeature>,
    /// On the plane.
    pub geometry: Geometry<f64>,
}

/// The rectangle in which to look for what lies on some ground and up to `reach` metres around it. Refuses ground that is none, or
/// that is too wide to be flat.
pub fn surroundings(region: &MultiPolygon<f64>, reach: f64) -> Result<(Plane, Bbox), ModelError> {
    let refuse = |value: String, expected: &str| ModelError::new("within", value, expected);
    let rect = region.bounding_rect().ok_or_else(|| refuse("nothing".into(), "a surface"))?;
    let middle = rect.center();
    let middle = LonLat::new(middle.x, middle.y).map_err(|e| ModelError::geom("within", "a surface", &e))?;
    let plane = Plane::around(middle);
    let (min, max) = (plane.project(rect.min()), plane.project(rect.max()));
    let wide = (max.x - min.x).max(max.y - min.y);
    if wide > WIDEST {
        let expected = format!("ground of at most {:.0} km from side to side, one county", WIDEST / 1000.0);
        return Err(refuse(format!("{:.0} km", wide / 1000.0), &expected));
    }
    let low = plane.unproject(Coord { x: min.x - reach, y: min.y - reach });
    let high = plane.unproject(Coord { x: max.x + reach, y: max.y + reach });
    let bbox = Bbox::new(low.x.max(-180.0), low.y.max(-90.0), high.x.min(180.0), high.y.min(90.0));
    Ok((plane, bbox.map_err(|e| ModelError::geom("within", "a surface", &e))?))
}

/// Valid ground: a bow-tie is two triangles. Refuses what has no surface.
pub fn ground(surface: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, ModelError> {
    let repaired = validity::repair(&Geometry::MultiPolygon(surface.clone()));
    match repaired {
        Ok(Geometry::MultiPolygon(surface)) => Ok(surface),
        Ok(Geometry::Polygon(surface)) => Ok(MultiPolygon(vec![surface])),
        Ok(_) => Err(ModelError::new("within", "a line or point", "a surface")),
        Err(invalid) => Err(ModelError::new("within", invalid, "a valid polygon")),
    }
}

impl Site {
    /// Of the features in the [`surroundings`] of valid ground, in any order. Costs what they hold.
    pub fn new(region: MultiPolygon<f64>, plane: Plane, features: Vec<Arc<ContextFeature>>) -> Site {
        let stretches = Stretches::new(&region);
        let project = |c: Coord<f64>| plane.project(c);
        let flat = |line: &[Coord<f64>]| line.iter().map(|c| plane.project(*c)).collect::<Vec<_>>();
        let mut features = features;
        // One order whatever the order in which they were founded, so that two stores with one map make one plan.
        features.sort_unstable_by(|a, b| a.code.cmp(&b.code));
        let (mut streets, mut pieces, mut things) = (Vec::new(), Vec::new(), Vec::new());
        let mut meeting: Vec<&LineString<f64>> = Vec::new();
        for feature in &features {
            if let Some(class) = street(feature) {
                for line in lines(&feature.geometry) {
                    if meets(class) {
                        meeting.push(line);
                    }
                    let inside = stretches.of(&line.0);
                    if inside.first().is_none_or(|first| *first != line.0) {
                        pieces.push(Piece { street: streets.len(), line: flat(&line.0), inside: false });
                    }
                    let street = streets.len();
                    pieces.extend(inside.iter().map(|part| Piece { street, line: flat(part), inside: true }));
                }
                streets.push(SiteStreet { feature: Arc::clone(feature), class });
            }
            let geometry = feature.geometry.map_coords(project);
            things.push(Thing { feature: Arc::clone(feature), geometry });
        }
        let junctions = junctions(meeting.into_iter().map(|line| &line.0[..]));
        let junctions = junctions.into_iter().map(|at| plane.project(at)).collect();
        Site { plane, region, streets, pieces, things, junctions }
    }

    /// The code of the street of a piece.
    pub fn code(&self, piece: u32) -> &Code {
        &self.of(piece).feature.code
    }

    /// The streets that lie on the ground, wholly or in part.
    pub fn inside(&self) -> BTreeSet<usize> {
        self.pieces.iter().filter(|piece| piece.inside).map(|piece| piece.street).collect()
    }

    /// The street of a piece.
    pub fn of(&self, piece: u32) -> &SiteStreet {
        &self.streets[self.pieces[piece as usize].street]
    }
}

/// The class of a street beside which, or on which, stalls could stand: those for vehicles, and pedestrian streets. Footways, paths
/// and steps are what people walk on and no street; what runs in a tunnel is no place under the sky.
fn street(feature: &ContextFeature) -> Option<StreetClass> {
    if !matches!(feature.class, ContextClass::Street | ContextClass::Path) {
        return None;
    }
    let tunnel = feature.tags.get("tunnel").and_then(serde_json::Value::as_str).is_some_and(|v| v != "no");
    let class: StreetClass = feature.kind.parse().ok()?;
    (!tunnel && (!class.is_for_walking() || class == StreetClass::Pedestrian)).then_some(class)
}

/// Whether where it meets others is a junction: not where a drive, a field track or a walk leaves a street.
fn meets(class: StreetClass) -> bool {
    !class.is_for_walking() && !matches!(class, StreetClass::Service | StreetClass::Track)
}

fn lines(geometry: &Geometry<f64>) -> Vec<&LineString<f64>> {
    match geometry {
        Geometry::LineString(line) => vec![line],
        Geometry::MultiLineString(lines) => lines.iter().collect(),
        _ => Vec::new(),
    }
}
