//! The standard's examples, what is refused and at what cost, and agreement with a slow evaluator.

mod agreement;
mod examples;
mod limits;
mod oracle;
mod random;
mod written;

use super::{Lang, parse};
use crate::geom::{Bbox, LonLat};
use crate::model::ModelError;
use crate::model::filter::{Field, Filter, Kind, Record, Value};
use geo::Geometry;
use jiff::Timestamp;
use jiff::civil::Date;

/// The fields of the records that these tests ask.
const FIELDS: &[Field] = &[
    Field { name: "name", kind: Kind::Text },
    Field { name: "other", kind: Kind::Text },
    Field { name: "tags", kind: Kind::Texts },
    Field { name: "count", kind: Kind::Integer },
    Field { name: "share", kind: Kind::Number },
    Field { name: "open", kind: Kind::Boolean },
    Field { name: "day", kind: Kind::Date },
    Field { name: "at", kind: Kind::Instant },
    Field { name: "until", kind: Kind::Instant },
    Field { name: "place", kind: Kind::Geometry },
];

/// The number of `place` in [`FIELDS`].
const PLACE: usize = 9;

/// A record of [`FIELDS`].
#[derive(Debug, Clone, Default)]
struct Row {
    name: Option<String>,
    other: Option<String>,
    tags: Option<Vec<String>>,
    count: Option<i64>,
    share: Option<f64>,
    open: Option<bool>,
    day: Option<Date>,
    at: Option<Timestamp>,
    until: Option<Timestamp>,
    place: Option<Geometry<f64>>,
}

impl Record for Row {
    fn value(&self, field: usize) -> Option<Value<'_>> {
        match field {
            0 => self.name.as_deref().map(Value::Text),
            1 => self.other.as_deref().map(Value::Text),
            2 => self.tags.as_deref().map(Value::Texts),
            3 => self.count.map(Value::Integer),
            4 => self.share.map(Value::Number),
            5 => self.open.map(Value::Boolean),
            6 => self.day.map(Value::Date),
            7 => self.at.map(Value::Instant),
            8 => self.until.map(Value::Instant),
            // As a collection would: a position where it is one, polygons where they are.
            PLACE => self.place.as_ref().map(|place| match place {
                Geometry::Point(p) => Value::Point(LonLat::new(p.x(), p.y()).unwrap()),
                Geometry::MultiPolygon(polygons) => Value::Polygons(polygons),
                other => Value::Geometry(other),
            }),
            _ => panic!("there is no field {field}"),
        }
    }
}

fn text(filter: &str) -> Result<Filter, ModelError> {
    parse(filter, Lang::Text, FIELDS, &LonLat::new)
}

fn json(filter: &str) -> Result<Filter, ModelError> {
    parse(filter, Lang::Json, FIELDS, &LonLat::new)
}

#[test]
fn a_null_is_unknown_and_unknown_does_not_pass() {
    let row = Row { count: Some(4), ..Row::default() };
    let table = [
        ("count > 3", Some(true)),
        ("name = 'a'", None),
        ("NOT (name = 'a')", None),
        ("name = 'a' AND count > 3", None),
        ("name = 'a' AND count < 3", Some(false)),
        ("name = 'a' OR count > 3", Some(true)),
        ("name IS NULL", Some(true)),
        ("(name = 'a') IS NULL", Some(true)),
        ("name IN ('a', 'b')", None),
        ("count IN (4, share)", Some(true)),
        ("count NOT IN (5, share)", None),
        ("share BETWEEN 1 AND 2", None),
        ("count BETWEEN 5 AND share", Some(false)),
        ("count / 0 = 1", None),
        ("count % 0 = 1", None),
        ("count + share = 1", None),
        ("7 div 2 = 3 AND -7 div 2 = -3 AND 7 % 4 = 3 AND 2 ^ 3 = 8", Some(true)),
        ("T_DURING(INTERVAL(at, until), INTERVAL('..', '..'))", None),
        ("S_INTERSECTS(place, POINT(0 0))", None),
        ("A_CONTAINS(tags, ('a'))", None),
        ("open", None),
        ("true OR open", Some(true)),
    ];
    for (filter, expected) in table {
        let filter_ = text(filter).unwrap_or_else(|e| panic!("{filter}: {e}"));
        assert_eq!(filter_.eval(&row), expected, "{filter}");
        assert_eq!(filter_.matches(&row), expected == Some(true), "{filter}");
    }
}

#[test]
fn a_day_holds_its_moments() {
    let row = Row { at: Some("2026-11-22T08:00:00Z".parse().unwrap()), ..Row::default() };
    let table = [
        ("at = DATE('2026-11-22')", true),
        ("at IN (DATE('2026-11-21'), DATE('2026-11-22'))", true),
        ("at NOT IN (DATE('2026-11-21'), TIMESTAMP('2026-11-22T08:00:01Z'))", true),
        ("at > DATE('2026-11-22')", false),
        ("T_AFTER(at, DATE('2026-11-22'))", false),
        ("T_AFTER(at, DATE('2026-11-21'))", true),
        ("T_INTERSECTS(at, INTERVAL('2026-11-01', '2026-11-22'))", true),
        ("T_INTERSECTS(at, INTERVAL('2026-11-23', '..'))", false),
        ("T_EQUALS(at, TIMESTAMP('2026-11-22T16:00:00+08:00'))", true),
    ];
    for (filter, expected) in table {
        assert_eq!(text(filter).unwrap().eval(&row), Some(expected), "{filter}");
    }
}

#[test]
fn a_bbox_over_the_antimeridian_holds_both_sides_and_nothing_between() {
    let filter = text("S_INTERSECTS(place, BBOX(177, -20, -177, -15))").unwrap();
    for (lon, inside) in [(178.0, true), (-178.0, true), (180.0, true), (-180.0, true), (0.0, false), (176.0, false)] {
        let row = Row { place: Some(geo::Point::new(lon, -17.0).into()), ..Row::default() };
        assert_eq!(filter.eval(&row), Some(inside), "{lon}");
    }
    let bounds = filter.bounds(PLACE).unwrap();
    let edges: Vec<[f64; 4]> = bounds.iter().map(Bbox::to_array).collect();
    assert_eq!(edges, [[177.0, -20.0, 180.0, -15.0], [-180.0, -20.0, -177.0, -15.0]]);
}

#[test]
fn positions_are_read_in_the_axes_of_the_filters_crs() {
    let swapped = |lat, lon| LonLat::new(lon, lat);
    let row = Row { place: Some(geo::Point::new(9.5, 47.1).into()), ..Row::default() };
    for filter in ["S_INTERSECTS(place, BBOX(47, 9, 48, 10))", "S_EQUALS(place, POINT(47.1 9.5))"] {
        assert_eq!(parse(filter, Lang::Text, FIELDS, &swapped).unwrap().eval(&row), Some(true), "{filter}");
        assert_eq!(text(filter).unwrap().eval(&row), Some(false), "{filter}");
    }
    // A CRS turned by 45 degrees: its rectangle is a diamond here.
    let turned = |x: f64, y: f64| LonLat::new(x - y, x + y);
    let diamond = parse("S_INTERSECTS(place, BBOX(0, 0, 10, 10))", Lang::Text, FIELDS, &turned).unwrap();
    for (lon, lat, inside) in [(0.0, 10.0, true), (9.0, 10.0, true), (9.0, 1.0, false), (-9.0, 19.0, false)] {
        let row = Row { place: Some(geo::Point::new(lon, lat).into()), ..Row::default() };
        assert_eq!(diamond.eval(&row), Some(inside), "{lon} {lat}");
    }
}

#[test]
fn the_fields_that_a_filter_reads_are_told_even_where_they_do_not_decide() {
    let filter = text("true OR (count > 3 AND name = 'a')").unwrap();
    assert_eq!(filter.fields(), [0, 3]);
    assert_eq!(filter.and(text("share < count").unwrap()).fields(), [0, 3, 4]);
}

#[test]
fn a_comparison_of_a_text_and_one_of_a_number_allocate_nothing() {
    let filter = text("name = 'occupied' AND count > 3").unwrap();
    let row = Row { name: Some("occupied".into()), count: Some(4), ..Row::default() };
    let mut answer = None;
    let made = allocation_counter::measure(|| answer = filter.eval(&row));
    assert_eq!((answer, made.count_total), (Some(true), 0));
}
