//! A street map worked out by hand, rule by rule.
//!
//! ```text
//!  north ↑        0 m                      50 m                     100 m
//!  3 m footway    ┌──────────────────────────────────────────────────┐
//!                 │ strip of stalls, 1.5 m deep, from the kerb on    │
//!  kerb, y = 3 m  ├──────────────────────────────────────────────────┤
//!  y = 0 m        A · · · · · · · · · ·  crossing · · · · · · · · · ·  B
//!  kerb, y = -3 m ├──────────────────────────────────────────────────┤
//!  3 m footway    └──────────────────────────────────────────────────┘
//! ```
//!
//! Main street, residential, 6 m between kerbs, footways of 3 m, 100 m long from A to B, seen along x. A stall is 2 m long and 1.5 m
//! deep: 50 fit on a side with no rule, 100 in all.

use super::compute::{Basis, Computed, Inputs};
use super::{compute_inputs, site};
use crate::analysis::legal::Watch;
use crate::app::rules::check_rule_set;
use crate::geom::{LonLat, Plane};
use crate::model::rule::{MeasuredWidths, ZoneClass};
use crate::model::{Change, Code, ContextClass, ContextFeature, Plan, PlanId, PlanPhase, Within, Zone};
use crate::state::State;
use geo::{Coord, Geometry, LineString, MapCoords, MultiPolygon, Point, Polygon, Rect, polygon};
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const ORIGIN: (f64, f64) = (9.52, 47.14);

fn plane() -> Plane {
    Plane::around(LonLat::new(ORIGIN.0, ORIGIN.1).unwrap())
}

/// Metres east and north of A as degrees.
fn at(x: f64, y: f64) -> Coord<f64> {
    plane().unproject(Coord { x, y })
}

fn rect(from: (f64, f64), to: (f64, f64)) -> Polygon<f64> {
    Rect::new(from, to).to_polygon().map_coords(|c| at(c.x, c.y))
}

fn feature(
    code: &str,
    class: ContextClass,
    kind: &str,
    tags: &[(&str, &str)],
    geometry: impl Into<Geometry<f64>>,
) -> ContextFeature {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
    ContextFeature {
        code: Code::new(code).unwrap(),
        class,
        kind: kind.into(),
        name: None,
        tags,
        geometry: geometry.into(),
    }
}

const MAIN: [(&str, &str); 3] = [("width", "6"), ("sidewalk", "both"), ("sidewalk:both:width", "3")];

fn street(code: &str, kind: &str, from: (f64, f64), to: (f64, f64)) -> ContextFeature {
    let line = LineString(vec![at(from.0, from.1), at(to.0, to.1)]);
    feature(code, ContextClass::Street, kind, &MAIN, line)
}

fn point(code: &str, class: ContextClass, kind: &str, x: f64, y: f64) -> ContextFeature {
    feature(code, class, kind, &[], Point(at(x, y)))
}

fn main_street() -> ContextFeature {
    street("main", "residential", (0.0, 0.0), (100.0, 0.0))
}

const HEAD: &str = r#"id = "cn-test-2026"
name = { en = "Test", zh = "测试" }
jurisdiction = { en = "Test", zh = "测试" }
source = "worked out by hand"
year = 2026
unit = "m"
[rule.footprint]
kind = "footprint"
width = "2 m"
depth = "1.5 m"
text = { en = "2 m long, 1.5 m deep", zh = "长2米，深1.5米" }
"#;

/// A rule of a kind.
fn rule(key: &str, of: &str) -> String {
    format!("[rule.{key}]\n{of}\ntext = {{ en = \"{key}\", zh = \"规则\" }}\n")
}

struct Town {
    features: Vec<ContextFeature>,
    zones: Vec<Zone>,
    widths: BTreeMap<Code, MeasuredWidths>,
    zones_only: bool,
    within: Polygon<f64>,
}

fn town(features: Vec<ContextFeature>) -> Town {
    let within = rect((-50.0, -200.0), (300.0, 200.0));
    Town { features, zones: Vec::new(), widths: BTreeMap::new(), zones_only: false, within }
}

fn zone(code: &str, class: ZoneClass, polygon: Polygon<f64>) -> Zone {
    let (name, reason, geometry) = (String::new(), String::new(), MultiPolygon(vec![polygon]));
    Zone { code: Code::new(code).unwrap(), plan: PlanId(1), class, name, hours: None, season: None, reason, geometry }
}

impl Town {
    fn computed(&self, rules: &[String]) -> Computed {
        self.after(rules, None)
    }

    fn after(&self, rules: &[String], before: Option<&Computed>) -> Computed {
        let mut state = State::new();
        for (seq, feature) in (1..).zip(&self.features) {
            state
                .apply(seq, jiff::Timestamp::UNIX_EPOCH, "test", Change::ContextPut(Box::new(feature.clone())))
                .unwrap();
        }
        let rules = format!("{HEAD}{}", rules.concat());
        let set = check_rule_set("test.toml", rules.as_bytes()).unwrap_or_else(|faults| panic!("{faults}"));
        let plan = Plan {
            id: PlanId(1),
            name: "by hand".into(),
            rules,
            within: Within::Surface(MultiPolygon(vec![self.within.clone()])),
            zones_only: self.zones_only,
            widths: self.widths.clone(),
            phase: PlanPhase::Draft,
            reason: String::new(),
        };
        let basis = Basis { plan: 1, zones: 1, context: state.context_seq(), area: None };
        let zones = self.zones.iter().cloned().map(Arc::new).collect();
        let inputs = Inputs { basis, plan: Arc::new(plan), set, zones };
        let watch = Watch { stop: &AtomicBool::new(false), progress: &|_| () };
        compute_inputs(&RwLock::new(state), inputs, before, &watch).unwrap()
    }
}

/// Stalls, and what each rule costs: alone, in order, and what comes back without it.
fn check(town: &Town, rules: &[String], stalls: u64, costs: &[(&str, [i64; 3])]) -> Computed {
    let computed = town.computed(rules);
    let report = computed.report();
    let found: Vec<(&str, [i64; 3])> = report
        .by_rule
        .iter()
        .map(|cost| (cost.rule.as_str(), [cost.alone.stalls, cost.in_order.stalls, cost.freed.stalls]))
        .collect();
    assert_eq!((report.stalls, &found[..]), (stalls, costs));
    let lost: i64 = report.by_rule.iter().map(|cost| cost.in_order.stalls).sum();
    assert_eq!(report.without_rules.stalls.checked_add_signed(-lost), Some(report.stalls), "the waterfall adds up");
    let placed: u64 = computed.rows().iter().map(stalls_of).sum();
    assert_eq!(placed, stalls, "places hold what is counted");
    computed
}

fn stalls_of(place: &super::features::PlaceRow) -> u64 {
    let Some(crate::model::Datum::Integer(stalls)) = place.value("stalls") else { panic!("{place:?}") };
    stalls.unsigned_abs()
}

fn distance(key: &str, of: &str, metres: &str) -> String {
    rule(key, &format!("kind = \"min_distance\"\nmeasured_by = [\"{of}\"]\ndistance = \"{metres}\""))
}

#[test]
fn without_a_rule_that_forbids_anything_a_street_holds_fifty_stalls_a_side() {
    check(&town(vec![main_street()]), &[], 100, &[]);
}

#[test]
fn ten_metres_from_a_crossing_leave_forty_stalls_a_side() {
    // The strip begins 3 m from the middle: of a circle of 10 m it loses √(10² - 3²) = 9.539 m either way. 40.46 m are left on each
    // side of the crossing, 20 stalls, on both sides of the street.
    let town = town(vec![main_street(), point("x", ContextClass::Crossing, "crossing", 50.0, 0.0)]);
    check(&town, &[distance("crossing", "crossing", "10 m")], 80, &[("crossing", [20, 20, 20])]);
}

#[test]
fn a_junction_is_where_three_streets_meet_and_is_in_no_list_of_the_map() {
    // Two halves of 50 m and a lane to the north from (50, 0), which for the rule holds no stalls. The lane's carriageway takes 3 m
    // either way, which the 9.54 m of the junction cover in the north. The halves end at (50, 0).
    let lane = street("lane", "service", (50.0, 0.0), (50.0, 60.0));
    let halves =
        [street("w", "residential", (0.0, 0.0), (50.0, 0.0)), street("e", "residential", (50.0, 0.0), (100.0, 0.0))];
    let no_lane = rule("class", "kind = \"street_class\"\ndeny = [\"service\"]");
    let rules = [no_lane, distance("junction", "junction", "10 m")];
    let mut features = Vec::from(halves);
    features.push(lane);
    let with_drive = town(features.clone()).computed(&rules).report();
    assert_eq!(with_drive.by_rule[1].alone.stalls, 0, "where a drive leaves is no junction");
    features[2] = street("lane", "tertiary", (50.0, 0.0), (50.0, 60.0));
    let rules = [rule("class", "kind = \"street_class\"\ndeny = [\"tertiary\"]"), rules[1].clone()];
    let report = town(features).computed(&rules).report();
    // 40.46 m of each half on both sides: 4 × 20.
    assert_eq!(report.stalls, 80);
}

#[test]
fn what_stays_free_on_the_footway_refuses_a_whole_side() {
    // 3 m less a stall's 1.5 m are 1.5 m; a footway measured as 2.4 m leaves 0.9 m.
    let mut town = town(vec![main_street()]);
    let clear = |metres: &str| rule("clear", &format!("kind = \"clear_width\"\nwidth = \"{metres}\""));
    check(&town, &[clear("1.5 m")], 100, &[("clear", [0, 0, 0])]);
    check(&town, &[clear("1.6 m")], 0, &[("clear", [100, 100, 100])]);
    town.widths =
        [(Code::new("main").unwrap(), MeasuredWidths { left: "2.4 m".parse().ok(), ..MeasuredWidths::default() })]
            .into();
    check(&town, &[clear("1.5 m")], 50, &[("clear", [50, 50, 50])]);
    let footway = rule("footway", "kind = \"footway_width\"\nwidth = \"2.5 m\"");
    check(&town, &[footway], 50, &[("footway", [50, 50, 50])]);
}

#[test]
fn one_side_only_halves_a_street_and_costs_nothing_on_the_side_that_is_shorter() {
    // A school of 20 m along the north side, 3 m to 20 m from the middle, and nothing within it: 10 stalls.
    let school = feature("s", ContextClass::School, "school", &[], rect((40.0, 3.0), (60.0, 20.0)));
    let town = town(vec![main_street(), school]);
    let one = rule("one_side", "kind = \"one_side_only\"");
    let outside = rule("school", "kind = \"outside\"\nmeasured_by = [\"school\"]");
    check(&town, std::slice::from_ref(&one), 50, &[("one_side", [50, 50, 50])]);
    // With both the south side is kept, and the school costs nothing more.
    check(&town, &[one, outside], 50, &[("one_side", [50, 50, 40]), ("school", [10, 0, 0])]);
}

#[test]
fn gaps_and_spacing_cost_what_the_row_loses() {
    // 0.5 m between stalls: ⌊100.5 / 2.5⌋ = 40 a side. 3 m after every 10: 10 stalls and a gap are 23 m; 4 × 23 = 92, and 8 m hold 4
    // more: 44 a side. Both: 10 stalls with 9 half metres are 24.5 m, with the gap 27.5 m; 3 × 27.5 = 82.5, and 17.5 m hold 7: 37.
    let spacing = rule("spacing", "kind = \"spacing\"\ndistance = \"0.5 m\"");
    let gap = rule("gap", "kind = \"gap_every\"\nstalls = 10\nlength = \"3 m\"");
    let town = town(vec![main_street()]);
    check(&town, std::slice::from_ref(&spacing), 80, &[("spacing", [20, 20, 20])]);
    check(&town, std::slice::from_ref(&gap), 88, &[("gap", [12, 12, 12])]);
    check(&town, &[spacing, gap], 74, &[("spacing", [20, 20, 14]), ("gap", [12, 6, 6])]);
}

#[test]
fn drawn_zones_forbid_and_where_the_plan_says_so_only_they_allow() {
    // A forbidden zone over the first 30 m of the north side, an allowed one over the last 40 m of both.
    let mut town = town(vec![main_street()]);
    town.zones = vec![
        zone("no", ZoneClass::Forbidden, rect((-1.0, 2.0), (30.0, 10.0))),
        zone("yes", ZoneClass::Allowed, rect((60.0, -10.0), (101.0, 10.0))),
    ];
    check(&town, &[], 85, &[("drawn_zones", [15, 15, 15])]);
    town.zones_only = true;
    // The west 60 m of both sides are beyond: 60 stalls, of which 15 are forbidden anyway.
    check(&town, &[], 40, &[("drawn_zones", [15, 15, 0]), ("zones_only", [60, 45, 45])]);
    town.zones.clear();
    check(&town, &[], 0, &[("zones_only", [100, 100, 100])]);
}

#[test]
fn a_zone_that_moves_is_computed_again_as_if_from_the_start() {
    let mut town = town(vec![main_street(), street("far", "residential", (0.0, 150.0), (100.0, 150.0))]);
    town.zones = vec![zone("no", ZoneClass::Forbidden, rect((-1.0, 2.0), (30.0, 10.0)))];
    let before = town.computed(&[]);
    town.zones = vec![zone("no", ZoneClass::Forbidden, rect((-1.0, 2.0), (40.0, 10.0)))];
    let again = town.after(&[], Some(&before));
    let anew = town.computed(&[]);
    assert_eq!(again.strips, 1, "only the side that it touches");
    assert_eq!(anew.strips, 4);
    assert_eq!(again.result.places, anew.result.places);
    assert_eq!((again.report().stalls, before.report().stalls), (180, 185));
    // A rule that is dropped, and one that is new.
    let crossing = distance("crossing", "crossing", "10 m");
    let other = town.after(&[crossing], Some(&again));
    assert_eq!(other.report().stalls, 180);
}

#[test]
fn only_what_lies_within_the_ground_holds_stalls() {
    let mut town = town(vec![main_street()]);
    town.within = rect((20.0, -50.0), (60.0, 50.0));
    check(&town, &[], 40, &[]);
    town.within = rect((200.0, -50.0), (260.0, 50.0));
    let sea = check(&town, &[], 0, &[]);
    assert!(sea.why(LonLat::new(ORIGIN.0, ORIGIN.1).unwrap()).nearest.is_none());
}

#[test]
fn why_says_what_was_measured_and_where_one_may_stand_instead() {
    let town = town(vec![main_street(), point("x", ContextClass::Crossing, "crossing", 50.0, 0.0)]);
    let clear = rule("clear", "kind = \"clear_width\"\nwidth = \"1.5 m\"");
    let computed = town.computed(&[distance("crossing", "crossing", "10 m"), clear]);
    let why = |x: f64, y: f64| {
        let at = at(x, y);
        computed.why(LonLat::new(at.x, at.y).unwrap())
    };
    let told = |x: f64, y: f64| {
        let why = why(x, y);
        let failed: Vec<String> = why.rules.iter().filter(|rule| !rule.pass).map(|rule| rule.rule.clone()).collect();
        (why.legal, failed)
    };
    assert_eq!(told(20.0, 3.7), (true, vec![]));
    assert_eq!(told(50.0, 3.7), (false, vec!["crossing".into()]));
    assert_eq!(told(50.0, 1.0), (false, vec!["carriageway".into(), "footway".into(), "crossing".into()]));
    assert_eq!(told(50.0, 60.0), (false, vec!["footway".into()]));
    let refused = why(50.0, 3.7);
    let crossing = refused.rules.iter().find(|rule| rule.rule == "crossing").unwrap();
    assert_eq!((crossing.measured.clone(), crossing.required.clone()), (Some(3.7.into()), Some(10.0.into())));
    let clear = refused.rules.iter().find(|rule| rule.rule == "clear").unwrap();
    assert_eq!((clear.measured.clone(), clear.pass), (Some(1.5.into()), true));
    // The circle leaves the strip first at its far edge, 4.5 m from the middle: √(10² - 4.5²) = 8.93 m along, 0.8 m across, together
    // 8.97 m.
    let nearest = refused.nearest.unwrap();
    assert!((8.95..9.05).contains(&nearest.distance_m), "{nearest:?}");
    assert_eq!(refused.street.unwrap().code, "main");
}

#[test]
fn beside_limited_streets_stalls_stand_in_zones_and_a_distance_may_hold_beside_some_streets_only() {
    let mut town = town(vec![main_street(), street("far", "tertiary", (0.0, 150.0), (100.0, 150.0))]);
    let limit = rule("class", "kind = \"street_class\"\nlimit = [\"tertiary\"]");
    check(&town, std::slice::from_ref(&limit), 100, &[("class", [100, 100, 100])]);
    town.zones = vec![zone("yes", ZoneClass::Allowed, rect((20.0, 140.0), (60.0, 160.0)))];
    // 40 m of both sides of the limited street: 20 stalls each.
    check(&town, &[limit], 140, &[("class", [60, 60, 60])]);
    town.zones.clear();
    town.features.push(point("x", ContextClass::Crossing, "crossing", 50.0, 0.0));
    town.features.push(point("y", ContextClass::Crossing, "crossing", 50.0, 150.0));
    let scoped = format!("{}only = {{ streets = [\"tertiary\"] }}\n", distance("crossing", "crossing", "10 m"));
    check(&town, &[scoped], 180, &[("crossing", [20, 20, 20])]);
}

#[test]
fn a_stall_for_some_streets_only_is_refused_by_name() {
    let scoped = format!(
        "{}only = {{ streets = [\"residential\"] }}\n",
        rule("spacing", "kind = \"spacing\"\ndistance = \"1 m\"")
    );
    let text = format!("{HEAD}{scoped}");
    let set = check_rule_set("test.toml", text.as_bytes()).unwrap();
    let ground = super::compute::Ground::of(&MultiPolygon(vec![rect((0.0, 0.0), (10.0, 10.0))]), &set).unwrap();
    let site = super::compute::site(&ground, vec![Arc::new(main_street())]);
    let plan = Plan {
        id: PlanId(1),
        name: "n".into(),
        rules: text,
        within: Within::Surface(ground.region.clone()),
        zones_only: false,
        widths: BTreeMap::new(),
        phase: PlanPhase::Draft,
        reason: String::new(),
    };
    let refused = super::demands::Demands::of(&plan, &set, &[], &site, &mut super::demands::Numbers::default());
    let error = refused.err().unwrap();
    assert!(error.field == "only" && error.expected.contains("spacing"), "{error}");
}

#[test]
fn ground_that_is_none_or_too_wide_to_be_flat_is_refused() {
    let wide = Rect::new((8.0, 46.0), (11.0, 48.0)).to_polygon();
    for (surface, value) in [(wide, "km"), (Polygon::new(LineString(vec![]), vec![]), "nothing")] {
        let surface = site::ground(&MultiPolygon(vec![surface])).unwrap_or_else(|_| MultiPolygon(vec![]));
        let error = site::surroundings(&surface, 100.0).unwrap_err();
        assert!(error.field == "within" && error.value.contains(value), "{error}");
    }
    let bow_tie = polygon![(x: 9.5, y: 47.1), (x: 9.6, y: 47.2), (x: 9.6, y: 47.1), (x: 9.5, y: 47.2)];
    assert_eq!(site::ground(&MultiPolygon(vec![bow_tie])).unwrap().0.len(), 2);
}
