//! What a filter in JSON answers for a record in JSON: slow, by the words of the standard, and sharing no code with the rest. The
//! integration tests read this file too, to ask a running server the same.
//!
//! Times are strings: one is compared with another as far as the shorter goes, which compares a day with a moment as days.

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, Rect, Relate};
use serde_json::{Value, json};
use std::cmp::Ordering;

/// The value of an expression; `Null` is NULL, and unknown.
pub(super) fn value(expr: &Value, record: &Value) -> Value {
    if let Some(name) = expr.get("property") {
        return record[name.as_str().unwrap()].clone();
    }
    if let Some(op) = expr.get("op") {
        return call(op.as_str().unwrap(), expr["args"].as_array().unwrap(), record);
    }
    if let Some(time) = expr.get("date").or_else(|| expr.get("timestamp")) {
        return json!({ "time": time });
    }
    if let Some(ends) = expr.get("interval") {
        let end = |which: usize, open: &str| match &ends[which] {
            Value::String(text) if text == ".." => json!(open),
            Value::String(text) => json!(text),
            other => value(other, record)["time"].clone(),
        };
        let (start, end) = (end(0, "0000-00-00T00:00:00Z"), end(1, "9999-99-99T99:99:99Z"));
        return if start.is_null() || end.is_null() { Value::Null } else { json!({ "start": start, "end": end }) };
    }
    match expr {
        Value::Array(members) => Value::Array(members.iter().map(|member| value(member, record)).collect()),
        other => other.clone(),
    }
}

fn call(op: &str, args: &[Value], record: &Value) -> Value {
    let values: Vec<Value> = args.iter().map(|arg| value(arg, record)).collect();
    let known = |answer: Option<bool>| answer.map_or(Value::Null, Value::Bool);
    match op {
        "and" => return kleene(&values, false),
        "or" => return kleene(&values, true),
        "isNull" => return json!(values[0].is_null()),
        "in" => {
            let each: Vec<Value> =
                values[1].as_array().unwrap().iter().map(|member| known(compare("=", &values[0], member))).collect();
            return kleene(&each, true);
        }
        "between" => {
            let (low, high) = (compare(">=", &values[0], &values[1]), compare("<=", &values[0], &values[2]));
            return kleene(&[known(low), known(high)], false);
        }
        _ => {}
    }
    if values.iter().any(Value::is_null) {
        return Value::Null;
    }
    match op {
        "not" => json!(!values[0].as_bool().unwrap()),
        "casei" => json!(folded(string(&values[0]))),
        "accenti" => json!(bare(string(&values[0]))),
        "like" => {
            let chars = |v: &Value| string(v).chars().collect::<Vec<_>>();
            json!(like(&chars(&values[1]), &chars(&values[0])))
        }
        "+" | "-" | "*" | "/" | "div" | "%" | "^" => arithmetic(op, &values),
        "=" | "<>" | "<" | "<=" | ">" | ">=" => known(compare(op, &values[0], &values[1])),
        _ if op.starts_with("s_") => json!(spatial(op, &values[0], &values[1])),
        _ if op.starts_with("t_") => json!(temporal(op, &values[0], &values[1])),
        _ => known(sets(op, &values[0], &values[1])),
    }
}

fn kleene(values: &[Value], decisive: bool) -> Value {
    if values.contains(&json!(decisive)) {
        json!(decisive)
    } else if values.contains(&Value::Null) {
        Value::Null
    } else {
        json!(!decisive)
    }
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Upper case is full in Rust: ß becomes SS and every sigma one; back in lower case the last sigma of a word is another again.
fn folded(text: &str) -> String {
    text.to_uppercase().replace("E\u{301}", "É").to_lowercase().replace('ς', "σ")
}

fn bare(text: &str) -> String {
    let pairs = [("e\u{301}", "e"), ("E\u{301}", "E"), ("é", "e"), ("É", "E"), ("ö", "o"), ("ș", "s")];
    pairs.iter().fold(text.to_owned(), |text, (with, without)| text.replace(with, without))
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match (pattern.first(), text.first()) {
        (None, first) => first.is_none(),
        (Some('%'), _) => (0..=text.len()).any(|n| like(&pattern[1..], &text[n..])),
        (Some('\\'), first) => first == pattern.get(1) && like(&pattern[2..], &text[1..]),
        (Some('_'), Some(_)) => like(&pattern[1..], &text[1..]),
        (Some(p), Some(t)) => p == t && like(&pattern[1..], &text[1..]),
        (Some(_), None) => false,
    }
}

fn arithmetic(op: &str, values: &[Value]) -> Value {
    let (a, b) = (values[0].as_f64().unwrap(), values[1].as_f64().unwrap());
    if b == 0.0 && matches!(op, "/" | "div" | "%") {
        return Value::Null;
    }
    let result = match op {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        "div" => (a / b).trunc(),
        "%" => a % b,
        _ => a.powf(b),
    };
    // serde_json writes what is not finite as null.
    json!(result)
}

fn times(a: &str, b: &str) -> Ordering {
    let shorter = a.len().min(b.len());
    a[..shorter].cmp(&b[..shorter])
}

fn compare(op: &str, a: &Value, b: &Value) -> Option<bool> {
    let order = match (a, b) {
        (Value::Null, _) | (_, Value::Null) => return None,
        (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()).unwrap(),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (a, b) => times(string(&a["time"]), string(&b["time"])),
    };
    Some(match op {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn sets(op: &str, a: &Value, b: &Value) -> Option<bool> {
    let (a, b) = (a.as_array().unwrap(), b.as_array().unwrap());
    if a.contains(&Value::Null) || b.contains(&Value::Null) {
        return None;
    }
    let holds = |a: &[Value], b: &[Value]| b.iter().all(|member| a.contains(member));
    Some(match op {
        "a_equals" => holds(a, b) && holds(b, a),
        "a_contains" => holds(a, b),
        "a_containedBy" => holds(b, a),
        _ => a.iter().any(|member| b.contains(member)),
    })
}

fn temporal(op: &str, left: &Value, right: &Value) -> bool {
    let ends = |v: &Value| match v.get("time") {
        Some(time) => (string(time).to_owned(), string(time).to_owned()),
        None => (string(&v["start"]).to_owned(), string(&v["end"]).to_owned()),
    };
    let ((ls, le), (rs, re)) = (ends(left), ends(right));
    let (lt, eq, gt) = (
        |a: &str, b: &str| times(a, b).is_lt(),
        |a: &str, b: &str| times(a, b).is_eq(),
        |a: &str, b: &str| times(a, b).is_gt(),
    );
    // Table 11 of the standard.
    match op {
        "t_after" => gt(&ls, &re),
        "t_before" => lt(&le, &rs),
        "t_contains" => lt(&ls, &rs) && gt(&le, &re),
        "t_disjoint" => lt(&le, &rs) || gt(&ls, &re),
        "t_during" => gt(&ls, &rs) && lt(&le, &re),
        "t_equals" => eq(&ls, &rs) && eq(&le, &re),
        "t_finishedBy" => lt(&ls, &rs) && eq(&le, &re),
        "t_finishes" => gt(&ls, &rs) && eq(&le, &re),
        "t_intersects" => !(lt(&le, &rs) || gt(&ls, &re)),
        "t_meets" => eq(&le, &rs),
        "t_metBy" => eq(&ls, &re),
        "t_overlappedBy" => gt(&ls, &rs) && lt(&ls, &re) && gt(&le, &re),
        "t_overlaps" => lt(&ls, &rs) && gt(&le, &rs) && lt(&le, &re),
        "t_startedBy" => eq(&ls, &rs) && gt(&le, &re),
        "t_starts" => eq(&ls, &rs) && lt(&le, &re),
        other => panic!("{other}"),
    }
}

/// A GeoJSON geometry, or `{"bbox": …}` cut at the antimeridian.
pub(super) fn geometry(value: &Value) -> Geometry<f64> {
    if let Some(edges) = value.get("bbox") {
        let [w, s, e, n] = [0, 1, 2, 3].map(|i| edges[i].as_f64().unwrap());
        let rect = |w, e| Rect::new((w, s), (e, n)).to_polygon();
        return if w <= e { rect(w, e).into() } else { MultiPolygon(vec![rect(w, 180.0), rect(-180.0, e)]).into() };
    }
    if let Some(parts) = value.get("geometries") {
        return Geometry::GeometryCollection(parts.as_array().unwrap().iter().map(geometry).collect());
    }
    let held = &value["coordinates"];
    match value["type"].as_str().unwrap() {
        "Point" => Point(position(held)).into(),
        "MultiPoint" => MultiPoint(each(held, |p| Point(position(p)))).into(),
        "LineString" => line(held).into(),
        "MultiLineString" => MultiLineString(each(held, line)).into(),
        "Polygon" => polygon(held).into(),
        "MultiPolygon" => MultiPolygon(each(held, polygon)).into(),
        other => panic!("{other}"),
    }
}

fn each<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(read).collect()
}

fn position(value: &Value) -> Coord<f64> {
    Coord { x: value[0].as_f64().unwrap(), y: value[1].as_f64().unwrap() }
}

fn line(value: &Value) -> LineString<f64> {
    LineString(each(value, position))
}

fn polygon(value: &Value) -> Polygon<f64> {
    let mut rings = each(value, line);
    let exterior = rings.remove(0);
    Polygon::new(exterior, rings)
}

fn spatial(op: &str, left: &Value, right: &Value) -> bool {
    let matrix = geometry(left).relate(&geometry(right));
    match op {
        "s_intersects" => matrix.is_intersects(),
        "s_equals" => matrix.is_equal_topo(),
        "s_disjoint" => matrix.is_disjoint(),
        "s_touches" => matrix.is_touches(),
        "s_within" => matrix.is_within(),
        "s_overlaps" => matrix.is_overlaps(),
        "s_crosses" => matrix.is_crosses(),
        "s_contains" => matrix.is_contains(),
        other => panic!("{other}"),
    }
}
