//! Records and filters at random, of few values so that they meet.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

const WORDS: [&str; 14] = [
    "",
    "a",
    "b",
    "Straße",
    "STRASSE",
    "café",
    "cafe",
    "CAFE\u{301}",
    "Οδος",
    "ΟΔΟΣ",
    "西瓜",
    "a_b",
    "100%",
    "O'Brien",
];
const PATTERNS: [&str; 9] = ["%", "_", "a%", "%e", "ca__", "%ß%", "西_", "a\\_b", "%\\%"];
const DAYS: [&str; 4] = ["2026-01-01", "2026-01-02", "2026-06-30", "2027-01-01"];
const MOMENTS: [&str; 5] = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T12:00:00Z",
    "2026-01-02T23:59:59Z",
    "2026-06-30T08:00:00Z",
    "2027-01-01T00:00:00Z",
];
const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];
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

/// A source of them.
pub(super) struct Random(StdRng);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(StdRng::seed_from_u64(seed))
    }

    fn below(&mut self, n: usize) -> usize {
        self.0.random_range(0..n)
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn several(&mut self, most: usize, mut make: impl FnMut(&mut Random) -> Value) -> Value {
        let n = 1 + self.below(most);
        (0..n).map(|_| make(self)).collect()
    }

    fn number(&mut self) -> Value {
        let n = self.0.random_range(-3_i32..=6);
        if self.below(2) == 0 { json!(n) } else { json!(f64::from(n) / 4.0) }
    }

    /// A record; each field is NULL one time in six.
    pub(super) fn record(&mut self) -> Value {
        let at = self.pick(&MOMENTS);
        let record = json!({
            "name": self.pick(&WORDS),
            "other": self.pick(&WORDS),
            "tags": self.several(3, |r| json!(r.pick(&WORDS[..4]))),
            "count": self.0.random_range(-3..=6),
            "share": f64::from(self.0.random_range(-3_i32..=6)) / 4.0,
            "open": self.below(2) == 0,
            "day": { "time": self.pick(&DAYS) },
            "at": { "time": at },
            "until": { "time": self.pick(&MOMENTS) },
            "place": self.geometry(),
        });
        let members = record.as_object().unwrap().clone();
        members.into_iter().map(|(k, v)| (k, if self.below(6) == 0 { Value::Null } else { v })).collect()
    }

    /// A geometry of any type on whole degrees, one time in five at the antimeridian.
    fn geometry(&mut self) -> Value {
        let (x, y) = if self.below(5) == 0 {
            (if self.below(2) == 0 { 175 } else { -180 }, self.0.random_range(-6..=0))
        } else {
            (self.0.random_range(-8..=3), self.0.random_range(-8..=3))
        };
        // A block of 5 by 5 degrees has room for every type.
        let mut at = || [x + self.0.random_range(0..=5), y + self.0.random_range(0..=5)];
        let [a, b, third] = [at(), at(), at()];
        let box_ = |w: i32, s: i32, e: i32, n: i32| json!([[w, s], [e, s], [e, n], [w, n], [w, s]]);
        let area = json!([box_(x, y, x + 4, y + 3)]);
        let holed = json!([box_(x, y, x + 5, y + 5), [[x + 1, y + 1], [x + 1, y + 2], [x + 2, y + 2], [x + 1, y + 1]]]);
        let end = [a[0] + i32::from(a == b), a[1]];
        let end = if end[0] > 180 { [a[0] - 1, a[1]] } else { end };
        let line = if a == b { json!([a, end]) } else { json!([a, b]) };
        match self.below(9) {
            0 | 1 => json!({ "type": "Point", "coordinates": a }),
            2 => json!({ "type": "MultiPoint", "coordinates": [a, third] }),
            3 => json!({ "type": "LineString", "coordinates": line }),
            4 => json!({ "type": "MultiLineString", "coordinates": [line, [[x, y], [x + 1, y + 1], [x + 2, y]]] }),
            5 => json!({ "type": "Polygon", "coordinates": area }),
            6 => json!({ "type": "Polygon", "coordinates": holed }),
            7 => {
                json!({ "type": "MultiPolygon", "coordinates": [[box_(x, y, x + 2, y + 2)], [box_(x + 3, y, x + 5, y + 4)]] })
            }
            _ => json!({ "type": "GeometryCollection", "geometries": [
                { "type": "Point", "coordinates": a }, { "type": "Polygon", "coordinates": area }] }),
        }
    }

    fn bbox(&mut self) -> Value {
        let (s, h) = (self.0.random_range(-8..=3), self.0.random_range(1..=6));
        let (w, e) = if self.below(4) == 0 {
            (self.0.random_range(174..=179), self.0.random_range(-179..=-174))
        } else {
            let w = self.0.random_range(-8..=3);
            (w, w + self.0.random_range(1..=6))
        };
        json!({ "bbox": [w, s, e, s + h] })
    }

    fn number_expr(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 3 } else { 4 }) {
            0 => self.number(),
            1 => json!({ "property": "count" }),
            2 => json!({ "property": "share" }),
            _ => {
                let op = self.pick(&["+", "-", "*", "/", "div", "%", "^"]);
                json!({ "op": op, "args": [self.number_expr(depth - 1), self.number_expr(depth - 1)] })
            }
        }
    }

    fn text_expr(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 3 } else { 5 }) {
            0 => json!(self.pick(&WORDS)),
            1 => json!({ "property": "name" }),
            2 => json!({ "property": "other" }),
            3 => json!({ "op": "casei", "args": [self.text_expr(depth - 1)] }),
            _ => json!({ "op": "accenti", "args": [self.text_expr(depth - 1)] }),
        }
    }

    fn moment(&mut self) -> Value {
        match self.below(5) {
            0 => json!({ "date": self.pick(&DAYS) }),
            1 => json!({ "timestamp": self.pick(&MOMENTS) }),
            n => json!({ "property": (["day", "at", "until"][n - 2]) }),
        }
    }

    fn span(&mut self) -> Value {
        match self.below(4) {
            0 => self.moment(),
            1 => json!({ "interval": [{ "property": "at" }, { "property": "until" }] }),
            n => {
                let names = if n == 2 { &DAYS[..] } else { &MOMENTS[..] };
                let (a, b) = (self.below(names.len()), self.below(names.len()));
                let (start, end) = (names[a.min(b)], names[a.max(b)]);
                match self.below(4) {
                    0 => json!({ "interval": ["..", end] }),
                    1 => json!({ "interval": [start, ".."] }),
                    _ => json!({ "interval": [start, end] }),
                }
            }
        }
    }

    fn place(&mut self) -> Value {
        match self.below(5) {
            0 | 1 => self.bbox(),
            _ => self.geometry(),
        }
    }

    fn list(&mut self) -> Value {
        if self.below(2) == 0 {
            return json!({ "property": "tags" });
        }
        // Two at least: what one in parentheses is, text cannot tell.
        let first = json!(self.pick(&WORDS[..4]));
        let second = if self.below(3) == 0 { json!({ "property": "name" }) } else { json!(self.pick(&WORDS[..4])) };
        json!([first, second])
    }

    /// A condition of at most `depth` levels of AND, OR and NOT.
    pub(super) fn test(&mut self, depth: usize) -> Value {
        let call = |op: &str, args: Value| json!({ "op": op, "args": args });
        if depth > 0 && self.below(3) > 0 {
            return match self.below(5) {
                0 | 1 => call("and", json!([self.test(depth - 1), self.leaf()])),
                2 => call("or", json!([self.test(depth - 1), self.test(depth - 1)])),
                3 => call("or", json!([self.leaf(), self.leaf(), self.leaf()])),
                _ => call("not", json!([self.test(depth - 1)])),
            };
        }
        self.leaf()
    }

    fn leaf(&mut self) -> Value {
        let call = |op: &str, args: Value| json!({ "op": op, "args": args });
        let comparison = self.pick(&COMPARISONS);
        match self.below(16) {
            0 => call(comparison, json!([self.number_expr(2), self.number_expr(2)])),
            1 => call(comparison, json!([self.text_expr(2), self.text_expr(2)])),
            2 => call(comparison, json!([self.moment(), self.moment()])),
            3 => call(comparison, json!([{ "property": "open" }, self.below(2) == 0])),
            4 => call("like", json!([self.text_expr(1), self.pick(&PATTERNS)])),
            5 => call("between", json!([self.number_expr(1), self.number_expr(1), self.number_expr(1)])),
            6 => call("in", json!([self.number_expr(1), self.several(4, Random::number)])),
            7 => call("in", json!([self.text_expr(1), self.several(4, |r| json!(r.pick(&WORDS)))])),
            8 => call("in", json!([self.moment(), self.several(3, Random::moment)])),
            9 => {
                let name = self.pick(&["name", "tags", "count", "open", "day", "at", "place"]);
                call("isNull", json!([{ "property": name }]))
            }
            10 => call(self.pick(&SETS), json!([self.list(), self.list()])),
            11 | 12 => call(self.pick(&TEMPORAL), json!([self.span(), self.span()])),
            n => {
                let op = self.pick(&SPATIAL);
                let place = json!({ "property": "place" });
                match n {
                    13 => call(op, json!([self.place(), place])),
                    _ => call(op, json!([place, self.place()])),
                }
            }
        }
    }
}
