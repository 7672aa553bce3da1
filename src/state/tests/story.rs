//! Runs of changes, at random.

use super::{at, fieldwork};
use crate::geom::LonLat;
use crate::model::ledger::{Lang, LedgerTemplate};
use crate::model::rule::{Season, ZoneClass};
use crate::model::{
    Area, Campaign, CampaignId, Change, Code, Confided, ContextClass, ContextFeature, DrawingEnd, Edition, Household,
    Level, Outcome, Plan, PlanId, PlanPhase, ReadNote, Role, Sealed, Session, SignInLink, Spot, Status, TokenId, Unit,
    User, UserEnd, UserName, Visit, Within, Zone,
};
use geo::{MultiPolygon, Rect};
use jiff::{Timestamp, civil::date};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::collections::BTreeMap;
use uuid::Uuid;

pub fn code(text: impl std::fmt::Display) -> Code {
    Code::new(&text.to_string()).unwrap()
}

pub fn area(name: &str, level: Level, parent: Option<&str>, west: f64, south: f64, east: f64, north: f64) -> Change {
    let rect = Rect::new((west, south), (east, north));
    Change::AreaPut(Area {
        code: code(name),
        name: name.to_owned(),
        level,
        parent: parent.map(code),
        valid_from: None,
        valid_to: None,
        geometry: MultiPolygon(vec![rect.to_polygon()]),
    })
}

pub fn household(rng: &mut SmallRng, n: u32) -> Change {
    let at = LonLat::new(rng.random_range(9.0..10.2), rng.random_range(47.0..48.2)).unwrap();
    let status = if rng.random_bool(0.85) { Status::Occupied } else { Status::ALL[rng.random_range(1..5)] };
    let address = rng.random_bool(0.5).then(|| format!("Road {}", rng.random_range(0..9)));
    let persons = rng.random_bool(0.5).then_some(3);
    let needs = rng.random_bool(0.3).then(|| Sealed::new([1; 4], [rng.random(); 24], &[rng.random(); 48]).unwrap());
    let confided = Confided { contact: None, needs };
    Change::HouseholdPut(Household { code: code(n), at, address, status, persons, confided })
}

pub fn campaign(id: u32) -> Change {
    let (from, to) = (date(2026, 10, 1), date(2026, 12, 31));
    Change::CampaignPut(Campaign {
        id: CampaignId(id),
        name: format!("Stage {id}"),
        theme: String::new(),
        from,
        to,
        revisit_days: None,
        need_days: None,
        closed: false,
    })
}

pub fn visit(rng: &mut SmallRng, households: u32) -> Change {
    let at = Timestamp::from_second(1_760_000_000 + rng.random_range(0..3_000_000)).unwrap();
    let campaign = rng.random_bool(0.7).then(|| CampaignId(rng.random_range(1..=2)));
    let outcome = Outcome::ALL[rng.random_range(0..Outcome::COUNT)];
    let household = code(rng.random_range(0..households));
    Change::VisitMade(Visit::plain(Uuid::from_u128(rng.random()), household, campaign, at, outcome))
}

/// People come, are linked, sign in and out, change and go.
pub fn somebody(rng: &mut SmallRng) -> Change {
    let who = UserName::new(&format!("u{}", rng.random_range(0..4))).unwrap();
    let (id, used) = (TokenId(format!("{}", rng.random::<u32>())), TokenId(format!("l{}", rng.random_range(0..6))));
    let (sha256, expires) = (format!("hash of {}", id.0), at(rng.random_range(0..1_200)));
    match rng.random_range(0..6) {
        0 | 1 => {
            let password = rng.random_bool(0.3).then(|| id.0.clone());
            Change::UserPut(User { name: who, role: Role::Analyst, areas: Vec::new(), password })
        }
        2 => Change::UserDisabled(UserEnd { name: who }),
        3 => Change::LinkMade(SignInLink { sha256: format!("hash of {}", used.0), id: used, user: who, expires }),
        4 => {
            let link = rng.random_bool(0.5).then_some(used);
            Change::SessionBegun(Session { id, sha256, user: who, expires, link, from: None })
        }
        _ => Change::ReadNoted(ReadNote { what: "household".into(), code: None, count: 1, from: None }),
    }
}

/// An office lays its ledger out, for an Area that is there or not yet.
pub fn ledger(rng: &mut SmallRng) -> Change {
    let area = code(["C", "T1", "T2"][rng.random_range(0..3)]);
    let mut template = LedgerTemplate::built_in(area, Lang::ALL[rng.random_range(0..2)]);
    template.name = format!("n{}", rng.random_range(0..3));
    Change::LedgerPut(Box::new(template))
}

/// Planners found plans, draw, move and take away, for plans that are there and for others.
pub fn drawing(rng: &mut SmallRng) -> Change {
    let (plan, n) = (PlanId(rng.random_range(1..5)), rng.random_range(0..12));
    let (name, reason) = (format!("n{}", rng.random_range(0..3)), String::new());
    let (west, south) = (rng.random_range(9.0..10.0), rng.random_range(47.0..48.0));
    let season = rng.random_bool(0.3).then(|| Season::new(&["05-15..08-31"]).unwrap());
    match rng.random_range(0..10) {
        0 => {
            let phase = if rng.random_bool(0.9) { PlanPhase::Draft } else { PlanPhase::ALL[rng.random_range(1..4)] };
            let (rules, within) = (String::new(), Within::Area(code("T1")));
            let (zones_only, widths) = (false, BTreeMap::new());
            Change::PlanPut(Box::new(Plan { id: plan, name, rules, within, zones_only, widths, phase, reason }))
        }
        1..=3 => {
            let class = ZoneClass::ALL[rng.random_range(0..3)];
            let geometry = MultiPolygon(vec![Rect::new((west, south), (west + 0.1, south + 0.1)).to_polygon()]);
            let code = code(format!("Z{n}"));
            Change::ZonePut(Box::new(Zone { code, plan, class, name, hours: None, season, reason, geometry }))
        }
        4..=6 => {
            let (code, geometry) = (code(format!("S{n}")), geo::Point::new(west, south).into());
            Change::SpotPut(Box::new(Spot { code, plan, name, stalls: 4, hours: None, season, reason, geometry }))
        }
        7 | 8 => Change::ZoneEnded(DrawingEnd { code: code(format!("Z{n}")), reason }),
        _ => Change::SpotEnded(DrawingEnd { code: code(format!("S{n}")), reason }),
    }
}

/// One that says little: the map keeps editions as they are.
pub fn edition(number: u32) -> Change {
    Change::EditionPublished(Box::new(Edition {
        number,
        campaign: CampaignId(1 + number % 2),
        at: at(number.into()),
        of: 1,
        begun: date(2026, 10, 1),
        level: Level::Grid,
        units: Some(vec![Unit { code: code("C"), parent: None, atom: Some(0) }]),
        atoms: 1,
        joined: Vec::new(),
        opened: vec![(0, 10 * u64::from(number), 0)],
        moved: Vec::new(),
    }))
}

/// Townships side by side, grids in them, founded, redrawn, moved and ended among households and visits.
pub fn story(seed: u64, length: usize) -> Vec<Change> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let grid = |rng: &mut SmallRng| {
        let (column, row) = (rng.random_range(0..4), rng.random_range(0..2));
        let (west, south) = (9.0 + f64::from(column) * 0.25, 47.0 + f64::from(row) * 0.5);
        let parent = if rng.random_bool(0.9) { if column < 2 { "T1" } else { "T2" } } else { "T3" };
        let wide = if rng.random_bool(0.8) { 0.25 } else { 0.4 };
        area(&format!("G{column}{row}"), Level::Grid, Some(parent), west, south, west + wide, south + 0.5)
    };
    let mut changes = vec![campaign(1), campaign(2)];
    let (mut households, mut made) = (0, Vec::new());
    for step in 1..=length {
        if step.is_multiple_of(100) {
            changes.push(edition(u32::try_from(step / 100).unwrap()));
        }
        let change = match rng.random_range(0..112) {
            0..=3 => grid(&mut rng),
            4 => area("T1", Level::Township, Some("C"), 9.0, 47.0, 9.5, 48.0),
            5 => area("T2", Level::Township, Some("C"), 9.5, 47.0, if rng.random_bool(0.5) { 10.0 } else { 9.9 }, 48.0),
            6 => area("C", Level::County, None, 9.0, 47.0, 10.0, 48.0),
            7 => {
                let feature = ContextFeature {
                    code: code(rng.random_range(0..20)),
                    class: ContextClass::Building,
                    kind: "yes".into(),
                    name: None,
                    tags: serde_json::Map::new(),
                    geometry: geo::Point::new(rng.random_range(9.0..10.0), 47.5).into(),
                };
                Change::ContextPut(Box::new(feature))
            }
            8..=49 => {
                let n = if rng.random_bool(0.8) { households } else { rng.random_range(0..=households) };
                households = households.max(n + 1);
                household(&mut rng, n)
            }
            50 => ledger(&mut rng),
            90..=94 => drawing(&mut rng),
            95..=99 => somebody(&mut rng),
            100.. if households > 0 => fieldwork::change(&mut rng, households, &made),
            _ if households > 0 => visit(&mut rng, households),
            _ => continue,
        };
        made.extend(if let Change::VisitMade(visit) = &change { Some(visit.clone()) } else { None });
        changes.push(change);
    }
    changes
}
