use super::plan::check_reason;
use super::rule::{Hours, Season, ZoneClass};
use super::{Code, ModelError, PlanId, shape};
use geo::{Geometry, MultiPolygon};
use serde::{Deserialize, Serialize};

/// A surface that a planner draws (疏导区): where stalls may stand, may at times, or may not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Zone {
    /// Identity.
    pub code: Code,
    /// The Plan that it is part of.
    pub plan: PlanId,
    /// What it says.
    pub class: ZoneClass,
    /// For people; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When stalls may stand in it, if restricted; `None` is all day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// On which days, if restricted; `None` is all year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Season>,
    /// Why it was drawn, or changed last.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// WGS 84, degrees.
    #[serde(with = "shape::multi_polygon")]
    pub geometry: MultiPolygon<f64>,
}

impl Zone {
    /// Longest name, characters.
    pub const MAX_NAME: usize = 200;
    /// Most positions of its border: a drawing, not a country.
    pub const MOST_POSITIONS: usize = 20_000;

    /// Refuses overlong texts, an empty border or one of too many positions, and hours or a season on a zone that is not
    /// `restricted`, which would say something that nobody heeds. Whether the border crosses itself is not asked.
    pub fn check(self) -> Result<Zone, ModelError> {
        check_name(&self.name)?;
        check_reason(&self.reason)?;
        let positions: usize = self
            .geometry
            .iter()
            .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
            .map(|r| r.0.len())
            .sum();
        if positions == 0 || positions > Zone::MOST_POSITIONS {
            let expected = format!("a polygon of at most {} positions", Zone::MOST_POSITIONS);
            return Err(ModelError::new("geometry", format!("{positions} positions"), expected));
        }
        if self.class != ZoneClass::Restricted {
            let field = if self.hours.is_some() { Some("hours") } else { self.season.as_ref().map(|_| "season") };
            if let Some(field) = field {
                return Err(ModelError::new(field, self.class, "absent: only a restricted zone has hours or a season"));
            }
        }
        Ok(self)
    }
}

/// A place that a planner picks (疏导点): a position or a strip, with the stalls that it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// Identity.
    pub code: Code,
    /// The Plan that it is part of.
    pub plan: PlanId,
    /// For people; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// How many stalls it holds.
    pub stalls: u32,
    /// When stalls may stand there; `None` is all day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// On which days; `None` is all year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub season: Option<Season>,
    /// Why it was drawn, or changed last.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// A point, or the line along which stalls stand. WGS 84, degrees.
    #[serde(with = "shape::any")]
    pub geometry: Geometry<f64>,
}

impl Spot {
    /// Most stalls of one spot: a whole market.
    pub const MOST_STALLS: u32 = 1_000;

    /// Refuses overlong texts, no stall or too many, and what is neither a point nor a line of 2 to 1,000 positions.
    pub fn check(self) -> Result<Spot, ModelError> {
        check_name(&self.name)?;
        check_reason(&self.reason)?;
        if !(1..=Spot::MOST_STALLS).contains(&self.stalls) {
            return Err(ModelError::new("stalls", self.stalls, format!("1 to {}", Spot::MOST_STALLS)));
        }
        match &self.geometry {
            Geometry::Point(_) => Ok(self),
            Geometry::LineString(line) if (2..=1_000).contains(&line.0.len()) => Ok(self),
            _ => Err(ModelError::new("geometry", "another shape", "a Point, or a LineString of 2 to 1,000 positions")),
        }
    }
}

fn check_name(name: &str) -> Result<(), ModelError> {
    if name.chars().count() > Zone::MAX_NAME || name.chars().any(char::is_control) {
        let expected = format!("a line of at most {} characters", Zone::MAX_NAME);
        return Err(ModelError::new("name", name.escape_debug(), expected));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{line_string, polygon};

    fn zone(class: ZoneClass) -> Zone {
        let square = polygon![(x: 9.5, y: 47.1), (x: 9.6, y: 47.1), (x: 9.6, y: 47.2)];
        let (code, plan) = (Code::new("Z1").unwrap(), PlanId(1));
        let (name, reason) = (String::new(), String::new());
        Zone { code, plan, class, name, hours: None, season: None, reason, geometry: MultiPolygon(vec![square]) }
    }

    fn spot(geometry: impl Into<Geometry<f64>>) -> Spot {
        let (code, plan) = (Code::new("S1").unwrap(), PlanId(1));
        let (name, reason, geometry) = (String::new(), String::new(), geometry.into());
        Spot { code, plan, name, stalls: 4, hours: None, season: None, reason, geometry }
    }

    #[test]
    fn a_zone_with_a_value_that_cannot_be_is_refused_by_its_field() {
        let hours = Some(Hours::new(&["06:00-08:30"]).unwrap());
        let season = Some(Season::new(&["05-15..08-31"]).unwrap());
        let restricted = Zone { hours: hours.clone(), season: season.clone(), ..zone(ZoneClass::Restricted) };
        assert!(restricted.clone().check().is_ok());
        let written = serde_json::to_string(&restricted).unwrap();
        assert_eq!(serde_json::from_str::<Zone>(&written).unwrap(), restricted, "{written}");
        let many = (0..20_001).map(|n| (9.0 + f64::from(n) * 1e-6, 47.0)).collect();
        let many = MultiPolygon(vec![geo::Polygon::new(many, vec![])]);
        let allowed = || zone(ZoneClass::Allowed);
        let table = [
            (Zone { hours, ..allowed() }, "hours"),
            (Zone { season, ..zone(ZoneClass::Forbidden) }, "season"),
            (Zone { geometry: MultiPolygon(vec![]), ..allowed() }, "geometry"),
            (Zone { geometry: many, ..allowed() }, "geometry"),
            (Zone { name: "x".repeat(201), ..allowed() }, "name"),
            (Zone { reason: "a\u{0}".into(), ..allowed() }, "reason"),
        ];
        for (zone, field) in table {
            assert_eq!(zone.check().unwrap_err().field, field);
        }
    }

    #[test]
    fn a_spot_is_a_point_or_a_line_with_stalls() {
        let point = || spot(geo::Point::new(9.5, 47.1));
        assert!(point().check().is_ok());
        assert!(spot(line_string![(x: 9.5, y: 47.1), (x: 9.6, y: 47.1)]).check().is_ok());
        for (spot, field) in [
            (Spot { stalls: 0, ..point() }, "stalls"),
            (Spot { stalls: 1_001, ..point() }, "stalls"),
            (spot(line_string![(x: 9.5, y: 47.1)]), "geometry"),
            (spot(zone(ZoneClass::Allowed).geometry), "geometry"),
        ] {
            assert_eq!(spot.check().unwrap_err().field, field);
        }
    }
}
