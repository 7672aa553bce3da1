//! Records that filters are asked of: values of every kind, in turn, and NULL in between.

use geo::{BoundingRect, Geometry, LineString, MultiPolygon, Polygon, Rect};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use melonmap::geom::{Bbox, LonLat};
use melonmap::model::collection::Collection;
use melonmap::model::filter::{Kind, Record, Value};
use std::sync::LazyLock;

const TEXTS: [&str; 7] = ["", "a", "Straße", "CAFE\u{301}", "西瓜", "a_b%\\", "\u{1F348}'"];
const INTEGERS: [i64; 6] = [0, 1, -1, 7, i64::MAX, i64::MIN];
const NUMBERS: [f64; 7] = [0.0, -0.0, 0.25, 1e-300, -1e300, f64::NAN, f64::INFINITY];
const DAYS: [Date; 3] = [date(2026, 11, 22), Date::MIN, Date::MAX];
const MOMENTS: [Timestamp; 3] = [Timestamp::UNIX_EPOCH, Timestamp::MIN, Timestamp::MAX];
const POSITIONS: [(f64, f64); 5] = [(0.0, 0.0), (9.52, 47.14), (180.0, -17.0), (-180.0, 90.0), (119.4, 28.4)];

static LISTS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    vec![owned(&[]), owned(&["a"]), owned(&["b", "a", "a"])]
});

static SHAPES: LazyLock<Vec<Geometry<f64>>> = LazyLock::new(|| {
    let line = LineString::from(vec![(0.0, 0.0), (10.0, 10.0), (10.0, -10.0)]);
    let collection = vec![Geometry::Point((1.0, 1.0).into()), Geometry::LineString(line.clone())];
    vec![square(0.0).into(), line.into(), Geometry::GeometryCollection(collection.into())]
});

static POLYGONS: LazyLock<MultiPolygon<f64>> = LazyLock::new(|| MultiPolygon(vec![square(-20.0), square(170.0)]));

fn square(west: f64) -> Polygon<f64> {
    Rect::new((west, -5.0), (west + 10.0, 5.0)).to_polygon()
}

/// A record of a collection; another one for each seed.
pub struct Made {
    /// Whose fields it has.
    pub collection: Collection,
    /// Which.
    pub seed: usize,
}

impl Record for Made {
    fn value(&self, field: usize) -> Option<Value<'_>> {
        let turn = self.seed * 7 + field * 3;
        // One in five is NULL.
        if turn % 5 == 4 {
            return None;
        }
        Some(match self.collection.fields()[field].kind {
            Kind::Text => Value::Text(TEXTS[turn % TEXTS.len()]),
            Kind::Texts => Value::Texts(&LISTS[turn % LISTS.len()]),
            Kind::Integer => Value::Integer(INTEGERS[turn % INTEGERS.len()]),
            Kind::Number => Value::Number(NUMBERS[turn % NUMBERS.len()]),
            Kind::Boolean => Value::Boolean(turn % 2 == 0),
            Kind::Date => Value::Date(DAYS[turn % DAYS.len()]),
            Kind::Instant => Value::Instant(MOMENTS[turn % MOMENTS.len()]),
            Kind::Geometry => match self.seed % 3 {
                0 => Value::Geometry(&SHAPES[turn % SHAPES.len()]),
                1 => Value::Polygons(&POLYGONS),
                _ => {
                    let (lon, lat) = POSITIONS[turn % POSITIONS.len()];
                    Value::Point(LonLat::new(lon, lat).expect("it is in range"))
                }
            },
        })
    }
}

/// The rectangle around a value that is a geometry.
pub fn around(value: &Value<'_>) -> Option<Bbox> {
    match value {
        Value::Point(at) => Bbox::new(at.lon(), at.lat(), at.lon(), at.lat()).ok(),
        Value::Geometry(geometry) => rect(geometry.bounding_rect()?),
        Value::Polygons(polygons) => rect(polygons.bounding_rect()?),
        _ => None,
    }
}

fn rect(around: Rect<f64>) -> Option<Bbox> {
    Bbox::new(around.min().x, around.min().y, around.max().x, around.max().y).ok()
}
