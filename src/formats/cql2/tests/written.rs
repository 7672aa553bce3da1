//! A filter in JSON written as text. The integration tests read this file too.

use serde_json::Value;

/// The same filter as CQL2 text.
pub(super) fn text(filter: &Value) -> String {
    if let Some(op) = filter.get("op") {
        return call(op.as_str().unwrap(), filter["args"].as_array().unwrap());
    }
    if let Some(name) = filter.get("property") {
        return name.as_str().unwrap().to_owned();
    }
    for (key, function) in [("date", "DATE"), ("timestamp", "TIMESTAMP")] {
        if let Some(held) = filter.get(key) {
            return format!("{function}({})", text(held));
        }
    }
    for (key, function) in [("interval", "INTERVAL"), ("bbox", "BBOX")] {
        if let Some(held) = filter.get(key) {
            return format!("{function}{}", text(held));
        }
    }
    if filter.get("type").is_some() {
        return wkt(filter);
    }
    match filter {
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Array(members) => format!("({})", members.iter().map(text).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn call(op: &str, args: &[Value]) -> String {
    let args: Vec<String> = args.iter().map(text).collect();
    match op {
        "and" | "or" => format!("({})", args.join(&format!(" {} ", op.to_uppercase()))),
        "not" => format!("NOT ({})", args[0]),
        "isNull" => format!("({} IS NULL)", args[0]),
        "between" => format!("({} BETWEEN {} AND {})", args[0], args[1], args[2]),
        name if name.contains('_') || name == "casei" || name == "accenti" => format!("{name}({})", args.join(", ")),
        infix => format!("({} {infix} {})", args[0], args[1]),
    }
}

fn wkt(geometry: &Value) -> String {
    let kind = geometry["type"].as_str().unwrap();
    if let Some(parts) = geometry["geometries"].as_array() {
        return format!("GEOMETRYCOLLECTION({})", parts.iter().map(wkt).collect::<Vec<_>>().join(", "));
    }
    let held = coordinates(&geometry["coordinates"]);
    // A position stands in parentheses only where it stands for itself.
    if kind == "Point" { format!("POINT({held})") } else { format!("{}{held}", kind.to_uppercase()) }
}

fn coordinates(value: &Value) -> String {
    let parts = value.as_array().unwrap();
    if parts[0].is_number() {
        return parts.iter().map(Value::to_string).collect::<Vec<_>>().join(" ");
    }
    format!("({})", parts.iter().map(coordinates).collect::<Vec<_>>().join(", "))
}
