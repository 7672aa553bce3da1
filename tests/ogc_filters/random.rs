//! Filters at random over the fields of a collection, asking for values that its records have, so that they meet.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];
const PATTERNS: [&str; 8] = ["%", "%e%", "_", "%\\_%", "%西%", "%ß%", "B_4", "%-%"];
const SPATIAL: [&str; 8] =
    ["s_intersects", "s_equals", "s_disjoint", "s_touches", "s_within", "s_overlaps", "s_crosses", "s_contains"];
const TEMPORAL: [&str; 15] = [
    "t_after",
    "t_before",
    "t_contains",
    "t_disjoint",
    "t_during",
    "t_equals",
    "t_finishedBy",
    "t_finishes",
    "t_intersects",
    "t_meets",
    "t_metBy",
    "t_overlappedBy",
    "t_overlaps",
    "t_startedBy",
    "t_starts",
];
const SETS: [&str; 4] = ["a_equals", "a_contains", "a_containedBy", "a_overlaps"];
const DAYS: [&str; 4] = ["2023-12-31", "2024-01-01", "2026-01-01", "2199-06-30"];

/// A field by what may be asked of it.
#[derive(Debug, Clone)]
pub enum Field {
    Text(String),
    Number(String),
    Boolean(String),
    Time(String),
    Geometry(String),
}

impl Field {
    /// As the schema of a queryable tells.
    pub fn of(name: &str, schema: &Value) -> Field {
        let name = name.to_owned();
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (_, Some("date" | "date-time")) => Field::Time(name),
            (None, Some(format)) if format.starts_with("geometry-") => Field::Geometry(name),
            (Some("string"), None) => Field::Text(name),
            (Some("number" | "integer"), None) => Field::Number(name),
            (Some("boolean"), None) => Field::Boolean(name),
            other => panic!("{name}: {other:?}"),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Field::Text(name)
            | Field::Number(name)
            | Field::Boolean(name)
            | Field::Time(name)
            | Field::Geometry(name) => name,
        }
    }

    fn property(&self) -> Value {
        json!({ "property": self.name() })
    }
}

/// A source of filters.
pub struct Random<'a> {
    rng: StdRng,
    fields: &'a [Field],
    records: Vec<Value>,
}

#[allow(clippy::needless_pass_by_value)] // made for it
fn call(op: &str, args: Value) -> Value {
    json!({ "op": op, "args": args })
}

impl<'a> Random<'a> {
    pub fn new(seed: u64, fields: &'a [Field], records: Vec<Value>) -> Random<'a> {
        Random { rng: StdRng::seed_from_u64(seed), fields, records }
    }

    fn below(&mut self, n: usize) -> usize {
        self.rng.random_range(0..n)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// What some record has there; one that has nothing there is passed over.
    fn held(&mut self, field: &Field) -> Value {
        loop {
            let record = self.below(self.records.len());
            let value = &self.records[record][field.name()];
            if !value.is_null() {
                return value.clone();
            }
        }
    }

    /// A condition of at most `depth` levels of AND, OR and NOT.
    pub fn test(&mut self, depth: usize) -> Value {
        if depth > 0 && self.below(3) > 0 {
            return match self.below(4) {
                0 => call("and", json!([self.test(depth - 1), self.leaf()])),
                1 => call("or", json!([self.test(depth - 1), self.test(depth - 1)])),
                2 => call("or", json!([self.leaf(), self.leaf(), self.leaf()])),
                _ => call("not", json!([self.test(depth - 1)])),
            };
        }
        self.leaf()
    }

    fn leaf(&mut self) -> Value {
        let field = self.fields[self.below(self.fields.len())].clone();
        if self.below(8) == 0 {
            return call("isNull", json!([field.property()]));
        }
        match field {
            Field::Text(_) => self.text(&field),
            Field::Number(_) => self.number(&field),
            Field::Boolean(_) => match self.below(2) {
                0 => field.property(),
                _ => call("=", json!([field.property(), self.below(2) == 0])),
            },
            Field::Time(_) => self.time(&field),
            Field::Geometry(_) => self.geometry(&field),
        }
    }

    fn text(&mut self, field: &Field) -> Value {
        let (own, held) = (field.property(), self.held(field));
        let bare = |value: &Value| call("casei", json!([call("accenti", json!([value]))]));
        let comparison = self.pick(&COMPARISONS);
        match self.below(6) {
            0 => call(comparison, json!([own, held])),
            1 => call("=", json!([bare(&own), bare(&held)])),
            2 => call("like", json!([own, self.pick(&PATTERNS)])),
            3 => call("like", json!([call("casei", json!([own])), "%s%"])),
            4 => call("in", json!([own, [held, self.held(field), "nothing"]])),
            _ => {
                let op = self.pick(&SETS);
                call(op, json!([[own, "nothing"], [held, "nothing"]]))
            }
        }
    }

    fn number(&mut self, field: &Field) -> Value {
        let (own, held) = (field.property(), self.held(field));
        let step = self.rng.random_range(-2..=2);
        let near = call("+", json!([held, step]));
        let comparison = self.pick(&COMPARISONS);
        match self.below(5) {
            0 => call(comparison, json!([own, held])),
            1 => call(comparison, json!([call("*", json!([own, 2])), near])),
            2 => call("between", json!([own, step, held])),
            3 => call("in", json!([own, [held, step, self.held(field)]])),
            // Division by zero is NULL, where the step is none.
            _ => call(comparison, json!([call("div", json!([own, step])), 1])),
        }
    }

    /// A day, or a moment that some record has.
    fn moment(&mut self, field: &Field) -> String {
        if self.below(2) == 0 {
            return self.pick(&DAYS).to_owned();
        }
        self.held(field)["time"].as_str().unwrap().to_owned()
    }

    fn time(&mut self, field: &Field) -> Value {
        let (own, at) = (field.property(), self.moment(field));
        let literal = |at: &str| if at.len() == 10 { json!({ "date": at }) } else { json!({ "timestamp": at }) };
        let mut ends = [at.clone(), self.moment(field)];
        // By days: a moment and its day are in order either way.
        ends.sort_by(|a, b| a[..10].cmp(&b[..10]).then_with(|| a.len().cmp(&b.len())).then_with(|| a.cmp(b)));
        match self.below(4) {
            0 => ends[0] = "..".into(),
            1 => ends[1] = "..".into(),
            _ => {}
        }
        let (comparison, relation) = (self.pick(&COMPARISONS), self.pick(&TEMPORAL));
        match self.below(5) {
            0 => call(comparison, json!([own, literal(&at)])),
            1 => call("in", json!([own, [literal(&at), literal(&self.moment(field))]])),
            2 => call(relation, json!([own, literal(&at)])),
            _ => call(relation, json!([own, { "interval": ends }])),
        }
    }

    fn geometry(&mut self, field: &Field) -> Value {
        let (own, place) = (field.property(), self.place(field));
        let op = self.pick(&SPATIAL);
        if self.below(4) == 0 { call(op, json!([place, own])) } else { call(op, json!([own, place])) }
    }

    /// What some record is, or a shape on whole degrees where most of them are.
    fn place(&mut self, field: &Field) -> Value {
        let (x, y) = (self.rng.random_range(-2..=8), self.rng.random_range(-2..=8));
        let (w, h) = (self.rng.random_range(1..=130), self.rng.random_range(1..=60));
        let ring = |x: i32, y: i32, w: i32, h: i32| json!([[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]]);
        let shape = |kind: &str, coordinates: Value| json!({ "type": kind, "coordinates": coordinates });
        match self.below(9) {
            0 | 1 => self.held(field),
            2 => json!({ "bbox": [170, -85, -170, 85] }),
            3 => json!({ "bbox": [x, y, x + w, y + h] }),
            4 => shape("Polygon", json!([ring(x, y, w, h)])),
            5 => shape("MultiPolygon", json!([[ring(x, y, 3, 4)], [ring(119, 28, 1, 1)]])),
            6 => shape("LineString", json!([[x, y], [x + 3, y + 1], [x + w, y + h]])),
            7 => shape("MultiPoint", json!([[x, y], [x + 1, y + 2], [30, 90]])),
            _ => json!({ "type": "GeometryCollection", "geometries": [
                shape("Point", json!([x, y])), shape("Polygon", json!([ring(x, y, 5, 5)])) ] }),
        }
    }
}
