//! Sample plans of the demo: two municipalities and a dense city, each by the rules of a real one, with zones and spots drawn by hand.

use super::AUTHOR;
use crate::app::AppError;
use crate::app::rules::{rule_set, rule_set_text};
use crate::model::rule::{Hours, Season, ZoneClass};
use crate::model::{Change, Code, ModelError, Plan, PlanId, PlanPhase, Spot, Within, Zone};
use crate::store::{Batch, Entry, Store};
use geo::{Coord, LineString, MultiPolygon, Point, Polygon, Rect};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Number, name, rule set; within which municipality, or, for the city, which has none, within the rectangle below.
const PLANS: [(u32, &str, &str, Option<&str>); 3] = [
    (1, "Vaduz · sample 示例", "cn-hebi-2012", Some("7001")),
    (2, "Schaan · sample 示例", "us-ca-monrovia", Some("7005")),
    (3, "Firenze · sample 示例", "cn-kaifeng-2019", None),
];

/// The middle of Firenze, about 9 by 7 km.
const FIRENZE: [(f64, f64); 2] = [(11.2000, 43.7450), (11.3100, 43.8100)];

const WHY: &str = "sample drawing 示例";

/// Hours and season.
type Times = (&'static str, &'static str);
/// What is drawn: plan, code, name, what it says, when where it is restricted, corners.
type Drawn = (u32, &'static str, &'static str, ZoneClass, Option<Times>, &'static [(f64, f64)]);
/// A picked place: plan, code, name, stalls, where.
type Picked = (u32, &'static str, &'static str, u32, (f64, f64));

const ZONES: [Drawn; 5] = [
    (
        1,
        "vaduz-parliament",
        "Parliament square 议会广场",
        ZoneClass::Forbidden,
        None,
        &[(9.5208, 47.1363), (9.5224, 47.1362), (9.5228, 47.1378), (9.5221, 47.1386), (9.5209, 47.1384)],
    ),
    (
        1,
        "vaduz-rhine",
        "By the Rhine 莱茵河畔",
        ZoneClass::Allowed,
        None,
        &[(9.5090, 47.1388), (9.5122, 47.1386), (9.5126, 47.1420), (9.5094, 47.1424)],
    ),
    (
        2,
        "schaan-linden",
        "Linden square, mornings 菩提广场早市",
        ZoneClass::Restricted,
        Some(("06:00-11:00", "05-15..09-30")),
        &[(9.5071, 47.1640), (9.5104, 47.1638), (9.5108, 47.1661), (9.5075, 47.1664)],
    ),
    (
        3,
        "firenze-duomo",
        "Around the cathedral 大教堂周边",
        ZoneClass::Forbidden,
        None,
        &[(11.2535, 43.7718), (11.2585, 43.7715), (11.2588, 43.7745), (11.2537, 43.7748)],
    ),
    (
        3,
        "firenze-cascine",
        "Cascine, evenings 卡希纳公园夜市",
        ZoneClass::Restricted,
        Some(("17:00-23:00", "06-01..09-15")),
        &[(11.2160, 43.7830), (11.2290, 43.7780), (11.2310, 43.7805), (11.2180, 43.7858)],
    ),
];

const SPOTS: [Picked; 3] = [
    (1, "vaduz-spot-1", "Rhine car park 河畔停车场", 6, (9.5108, 47.1405)),
    (2, "schaan-spot-1", "Linden square 菩提广场", 8, (9.5089, 47.1651)),
    (3, "firenze-spot-1", "Piazza Vittorio Veneto", 10, (11.2405, 43.7756)),
];

/// Founds the plans and draws for them.
pub fn draw(store: &mut Store, at: Timestamp) -> Result<usize, AppError> {
    let mut changes = Vec::new();
    for (id, name, rules, within) in PLANS {
        changes.push(Change::PlanPut(Box::new(plan(id, name, rules, within)?)));
    }
    for zone in ZONES {
        changes.push(Change::ZonePut(Box::new(self::zone(zone)?)));
    }
    for (plan, code, name, stalls, (lon, lat)) in SPOTS {
        let (code, plan) = (Code::new(code)?, PlanId(plan));
        let (name, reason, geometry) = (name.to_owned(), WHY.to_owned(), Point::new(lon, lat).into());
        let spot = Spot { code, plan, name, stalls, hours: None, season: None, reason, geometry };
        changes.push(Change::SpotPut(Box::new(spot.check()?)));
    }
    let entries = changes.iter().map(Entry::from).collect();
    store.append(&[Batch { at, author: AUTHOR.into(), entries }])?;
    Ok(PLANS.len())
}

fn plan(id: u32, name: &str, rules: &str, within: Option<&str>) -> Result<Plan, AppError> {
    let within = match within {
        Some(code) => Within::Area(Code::new(code)?),
        None => Within::Surface(MultiPolygon(vec![Rect::new(FIRENZE[0], FIRENZE[1]).to_polygon()])),
    };
    let plan = Plan {
        id: PlanId(id),
        name: name.to_owned(),
        rules: rule_set_text(&*rule_set(rules)?),
        within,
        zones_only: false,
        widths: BTreeMap::new(),
        phase: PlanPhase::Draft,
        reason: WHY.to_owned(),
    };
    Ok(plan.check()?)
}

fn zone((plan, code, name, class, times, corners): Drawn) -> Result<Zone, ModelError> {
    let border = LineString(corners.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect());
    let zone = Zone {
        code: Code::new(code)?,
        plan: PlanId(plan),
        class,
        name: name.to_owned(),
        hours: times.map(|(hours, _)| Hours::new(&[hours])).transpose()?,
        season: times.map(|(_, season)| Season::new(&[season])).transpose()?,
        reason: WHY.to_owned(),
        geometry: MultiPolygon(vec![Polygon::new(border, Vec::new())]),
    };
    zone.check()
}
