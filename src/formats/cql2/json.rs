//! CQL2 JSON to what the model compiles.

use super::{ToLonLat, geometry};
use crate::model::ModelError;
use crate::model::filter::{Expr, Op};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

/// What a value of the tree says.
pub(super) fn expr(value: &Value, to_lonlat: ToLonLat<'_>) -> Result<Expr, ModelError> {
    Ok(match value {
        Value::Null => return Err(refused(value, "a value: NULL equals nothing, ask IS NULL")),
        Value::Bool(answer) => Expr::Boolean(*answer),
        Value::Number(number) => {
            let number = number.as_f64().filter(|n| n.is_finite());
            Expr::Number(number.ok_or_else(|| refused(value, "a number within the range of 64 bits"))?)
        }
        Value::String(text) => Expr::Text(text.clone()),
        Value::Array(members) => Expr::List(members.iter().map(|m| expr(m, to_lonlat)).collect::<Result<_, _>>()?),
        Value::Object(members) => object(value, members, to_lonlat)?,
    })
}

fn object(value: &Value, members: &Map<String, Value>, to_lonlat: ToLonLat<'_>) -> Result<Expr, ModelError> {
    if members.contains_key("type") {
        return geometry::geometry(value, to_lonlat).map(Expr::Geometry);
    }
    if let (2, Some(op), Some(args)) = (members.len(), members.get("op"), members.get("args")) {
        let name = op.as_str().ok_or_else(|| refused(op, "the name of an operator"))?;
        let args = args.as_array().ok_or_else(|| refused(args, "an array, as args takes"))?;
        let args = args.iter().map(|arg| expr(arg, to_lonlat)).collect::<Result<_, _>>()?;
        return Ok(match Op::named(name) {
            Some(op) => Expr::Call(op, args),
            None => Expr::Function(name.to_owned(), args),
        });
    }
    let expected = "an object with op and args, or one of property, date, timestamp, interval, bbox, type";
    let mut only = members.iter();
    let (Some((key, held)), None) = (only.next(), only.next()) else { return Err(refused(value, expected)) };
    match (key.as_str(), held) {
        ("property", Value::String(name)) => Ok(Expr::Property(name.clone())),
        ("date", Value::String(text)) => date(text).ok_or_else(|| refused(held, "a date as 2026-11-22")),
        ("timestamp", Value::String(text)) => {
            timestamp(text).ok_or_else(|| refused(held, "a timestamp as 2026-11-22T08:00:00Z"))
        }
        ("interval", Value::Array(ends)) => match ends.as_slice() {
            [start, end] => Ok(Expr::Interval(end_of(start, to_lonlat)?, end_of(end, to_lonlat)?)),
            _ => Err(refused(held, "an interval: a start and an end")),
        },
        ("bbox", Value::Array(edges)) => geometry::bbox(held, edges, to_lonlat),
        _ => Err(refused(value, expected)),
    }
}

/// One end of an interval; `None` is open.
fn end_of(value: &Value, to_lonlat: ToLonLat<'_>) -> Result<Option<Box<Expr>>, ModelError> {
    let Value::String(text) = value else { return Ok(Some(Box::new(expr(value, to_lonlat)?))) };
    if text == ".." {
        return Ok(None);
    }
    let end = date(text).or_else(|| timestamp(text));
    let end =
        end.ok_or_else(|| refused(value, "a date as 2026-11-22, a timestamp as 2026-11-22T08:00:00Z, or '..'"))?;
    Ok(Some(Box::new(end)))
}

fn date(text: &str) -> Option<Expr> {
    // Ten bytes: the parser would take a time too and drop it.
    (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten().map(Expr::Date)
}

fn timestamp(text: &str) -> Option<Expr> {
    text.parse::<Timestamp>().ok().map(Expr::Instant)
}

pub(super) fn refused(value: &Value, expected: &str) -> ModelError {
    match value {
        Value::String(text) => ModelError::new("filter", text, expected),
        other => ModelError::new("filter", other, expected),
    }
}
