//! Planners draw: zones and spots come in, are replaced and taken away, and nobody's edit is lost.

use super::{App, AppError, Caller, Expects, Outcome};
use crate::formats::{geometry_kind as kind, read_geojson};
use crate::geom::LonLat;
use crate::geom::validity;
use crate::model::collection::Collection;
use crate::model::rule::{Hours, Season, ZoneClass};
use crate::model::{Change, Code, DrawingEnd, ModelError, PlanId, Right, Spot, Zone};
use geo::{Coord, CoordsIter, Geometry, Line, LinesIter, MultiPolygon};
use uuid::Uuid;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drawn {
    /// A zone, and what it says.
    Zone(ZoneClass),
    /// A spot, and how many stalls it holds.
    Spot(u32),
}

/// A zone or a spot as a planner draws it.
#[derive(Debug, Clone)]
pub struct DrawingInput {
    /// Its identity; `None` for one of the house's.
    pub code: Option<Code>,
    /// The Plan that it is part of.
    pub plan: PlanId,
    /// What it is.
    pub what: Drawn,
    /// For people; may be empty.
    pub name: String,
    /// When stalls may stand there.
    pub hours: Option<Hours>,
    /// On which days.
    pub season: Option<Season>,
    /// Why; may be empty.
    pub reason: String,
    /// A GeoJSON geometry, longitude and latitude in WGS 84.
    pub geometry: String,
}

/// Most positions of a zone that crosses itself and is repaired: each segment may cross each other one, and every crossing is a
/// position more. Drawn by hand it has some dozens.
const MOST_REPAIRED: usize = 1_000;

impl Drawn {
    fn name(self) -> &'static str {
        match self {
            Drawn::Zone(_) => "zone",
            Drawn::Spot(_) => "spot",
        }
    }
}

impl App {
    /// Draws a zone or a spot, new or in place of the one that is expected; its code. A zone that crosses itself is stored repaired.
    pub async fn draw(&self, caller: &Caller, input: DrawingInput, expects: Expects) -> Result<Code, AppError> {
        caller.require(Right::Draw)?;
        let what = input.what.name();
        let change = self.work(move |_| drawing(input)).await??;
        let code = match &change {
            Change::ZonePut(zone) => zone.code.clone(),
            Change::SpotPut(spot) => spot.code.clone(),
            _ => return Err(AppError::Fault),
        };
        self.change_drawing(caller, what, code.as_str(), change, expects).await?;
        Ok(code)
    }

    /// Takes a zone or a spot away, if it is as expected.
    pub async fn end_drawing(
        &self,
        caller: &Caller,
        collection: Collection,
        code: Code,
        reason: String,
        expects: Expects,
    ) -> Result<(), AppError> {
        let end = DrawingEnd { code: code.clone(), reason }.check()?;
        let change = match collection {
            Collection::Zones => Change::ZoneEnded(end),
            Collection::Spots => Change::SpotEnded(end),
            _ => return Err(AppError::Fault),
        };
        self.change_drawing(caller, collection.item(), code.as_str(), change, expects).await
    }

    /// Stores one change of a plan, a zone or a spot, if that is as expected.
    pub(super) async fn change_drawing(
        &self,
        caller: &Caller,
        what: &'static str,
        name: &str,
        change: Change,
        expects: Expects,
    ) -> Result<(), AppError> {
        caller.require(Right::Draw)?;
        let name = name.to_owned();
        let done = self.commit_expecting(&caller.author(), vec![(change, expects)]).await?;
        match done.into_iter().next() {
            Some(Outcome::Stored(_) | Outcome::Same) => Ok(()),
            Some(Outcome::Refused(refusal)) => Err(refusal.into()),
            Some(Outcome::Conflict { version, by, at }) => Err(match expects {
                Expects::Absent => AppError::Taken { what, name, version, by, at },
                Expects::Anything | Expects::Version(_) | Expects::Standing(_) => {
                    AppError::Changed { what, name, version, by, at }
                }
            }),
            Some(Outcome::Gone) => Err(AppError::NotFound { what, name }),
            Some(Outcome::Overtaken) | None => Err(AppError::Fault),
        }
    }
}

/// The change that a drawing is, or what cannot be about it.
fn drawing(input: DrawingInput) -> Result<Change, ModelError> {
    let DrawingInput { code, plan, what, name, hours, season, reason, geometry } = input;
    let code = code.map_or_else(|| Code::new(&Uuid::now_v7().to_string()), Ok)?;
    let geometry = placed(&geometry)?;
    Ok(match what {
        Drawn::Zone(class) => {
            let geometry = surface(geometry)?;
            one_side(geometry.lines_iter())?;
            let zone = Zone { code, plan, class, name, hours, season, reason, geometry }.check()?;
            // Asked again: a repair adds positions.
            let geometry = sound(&zone.geometry)?;
            Change::ZonePut(Box::new(Zone { geometry, ..zone }.check()?))
        }
        Drawn::Spot(stalls) => {
            let spot = Spot { code, plan, name, stalls, hours, season, reason, geometry }.check()?;
            if let Geometry::LineString(line) = &spot.geometry {
                one_side(line.lines())?;
            }
            validity::check(&spot.geometry).map_err(|e| refused(kind(&spot.geometry), &e.to_string()))?;
            Change::SpotPut(Box::new(spot))
        }
    })
}

fn refused(value: impl std::fmt::Display, why: &str) -> ModelError {
    ModelError::new("geometry", value, format!("a geometry that can be drawn: {why}"))
}

/// The geometry of a GeoJSON text, every position in range.
fn placed(text: &str) -> Result<Geometry<f64>, ModelError> {
    let read = read_geojson(text.as_bytes()).map_err(|e| refused("", &e))?;
    let mut geometry = read.geometry.map_err(|e| refused("", &e))?.ok_or_else(|| refused("null", "there is none"))?;
    validity::drop_empty(&mut geometry);
    if let Some(fault) = read.fault {
        return Err(refused(kind(&geometry), &fault.to_string()));
    }
    for at in geometry.coords_iter() {
        LonLat::new(at.x, at.y).map_err(|e| ModelError::geom("geometry", written(at), &e))?;
    }
    Ok(geometry)
}

/// Refuses a step of more than half a turn: it goes the other way round the globe.
fn one_side(mut lines: impl Iterator<Item = Line<f64>>) -> Result<(), ModelError> {
    match lines.find(|line| (line.start.x - line.end.x).abs() > 180.0) {
        None => Ok(()),
        Some(line) => {
            let expected = "on one side of the antimeridian: cut it there (RFC 7946 § 3.1.9)";
            Err(ModelError::new("geometry", format!("{} to {}", written(line.start), written(line.end)), expected))
        }
    }
}

fn written(at: Coord<f64>) -> String {
    format!("{}, {}", at.x, at.y)
}

fn surface(geometry: Geometry<f64>) -> Result<MultiPolygon<f64>, ModelError> {
    match geometry {
        Geometry::Polygon(polygon) => Ok(MultiPolygon(vec![polygon])),
        Geometry::MultiPolygon(polygons) => Ok(polygons),
        other => Err(ModelError::new("geometry", kind(&other), "a Polygon or MultiPolygon")),
    }
}

/// A surface as it is, or repaired where it crosses itself.
fn sound(surface: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, ModelError> {
    let whole = Geometry::MultiPolygon(surface.clone());
    let Err(invalid) = validity::check(&whole) else { return Ok(surface.clone()) };
    let positions = whole.coords_count();
    if positions > MOST_REPAIRED {
        let why = format!("{invalid}, which is mended up to {MOST_REPAIRED} positions only");
        return Err(refused(format!("{positions} positions"), &why));
    }
    let repaired =
        validity::repair(&whole).map_err(|left| refused(kind(&whole), &format!("{invalid}; mended, it {left}")))?;
    self::surface(repaired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Area;
    use serde_json::{Value, json};

    fn drawn(geometry: &Value) -> Result<MultiPolygon<f64>, ModelError> {
        let (plan, what, name, reason) = (PlanId(1), Drawn::Zone(ZoneClass::Allowed), String::new(), String::new());
        let (code, hours, season, geometry) = (None, None, None, geometry.to_string());
        let input = DrawingInput { code, plan, what, name, hours, season, reason, geometry };
        drawing(input).map(|change| match change {
            Change::ZonePut(zone) => zone.geometry,
            other => panic!("{other:?}"),
        })
    }

    /// A star of so many rays, each across nearly all others.
    fn star(rays: u32) -> Value {
        let step = f64::from(rays / 2) / f64::from(rays) * std::f64::consts::TAU;
        let corner = |n| [9.5 + (f64::from(n) * step).cos() * 0.01, 47.1 + (f64::from(n) * step).sin() * 0.01];
        let mut ring: Vec<[f64; 2]> = (0..rays).map(corner).collect();
        ring.push(ring[0]);
        json!({ "type": "Polygon", "coordinates": [ring] })
    }

    #[test]
    fn a_zone_that_crosses_itself_is_repaired_up_to_a_size_and_then_refused_with_the_place() {
        let five = drawn(&star(5)).unwrap();
        assert!(validity::check(&five.clone().into()).is_ok() && five.unsigned_area() > 0.0);
        let many = drawn(&star(61)).unwrap();
        assert!(validity::check(&many.into()).is_ok());
        let refusal = drawn(&star(1_001)).unwrap_err();
        assert_eq!((refusal.field, refusal.value.as_str()), ("geometry", "1002 positions"));
        assert!(refusal.expected.contains("self-intersection at 9.") && refusal.expected.contains("1000"), "{refusal}");
    }

    #[test]
    fn what_is_sound_stays_as_it_was_drawn() {
        let ring = json!([[9.5, 47.1], [9.6, 47.1], [9.6, 47.2], [9.5, 47.1]]);
        let polygon = json!({ "type": "Polygon", "coordinates": [ring] });
        let corners: Vec<[f64; 2]> = drawn(&polygon).unwrap().0[0].exterior().coords().map(|c| [c.x, c.y]).collect();
        assert_eq!(json!(corners), ring);
    }
}
