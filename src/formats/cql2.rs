//! CQL2, the filter language of OGC 21-065r2, as text and as JSON.
//!
//! Text becomes JSON by the crate that is kept for it, and JSON becomes the model's [`Expr`]: one reader decides what is accepted,
//! whichever language it came in. The crate's own evaluator is not used: a NULL is an error to it.
//!
//! Invariant: nothing that comes in costs more than its caps allow. Length and nesting are checked before a parser that works by
//! recursion sees them; both parsers then fit a stack of 2 MiB.

mod geometry;
mod json;
mod nesting;
mod text;

#[cfg(test)]
mod tests;

use crate::geom::{GeomError, LonLat};
use crate::model::ModelError;
use crate::model::filter::{Expr, Filter, Schema};

/// Longest filter, bytes: some 300 vertices of a polygon, 200 values of a list.
pub const MAX_BYTES: usize = 8_000;

/// In which of its two languages a filter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// `cql2-text`.
    Text,
    /// `cql2-json`.
    Json,
}

/// Takes the first and second coordinate of a position, as the filter's CRS orders them, to WGS 84.
pub type ToLonLat<'a> = &'a dyn Fn(f64, f64) -> Result<LonLat, GeomError>;

/// Reads a filter and checks it against the collection that it is for.
///
/// Refuses, in the field `filter`, what [`read`] and [`Filter::compile`] refuse. Costs some 10 µs for a short text, at most a
/// few tens of milliseconds for a text of [`MAX_BYTES`] that was made to be slow.
///
/// ```
/// use melonmap::formats::cql2::{Lang, parse};
/// use melonmap::geom::LonLat;
/// use melonmap::model::filter::{Field, Kind};
///
/// let fields: &[Field] = &[Field { name: "persons", kind: Kind::Integer }];
/// assert!(parse("persons > 3", Lang::Text, fields, &LonLat::new).is_ok());
/// let refused = parse("person > 3", Lang::Text, fields, &LonLat::new).unwrap_err();
/// assert_eq!(refused.to_string(), "filter: 'person' is not a property that can be filtered by: those are persons");
/// ```
pub fn parse(
    filter: &str,
    lang: Lang,
    schema: &(impl Schema + ?Sized),
    to_lonlat: ToLonLat<'_>,
) -> Result<Filter, ModelError> {
    Filter::compile(&read(filter, lang, to_lonlat)?, schema)
}

/// Reads a filter, names and types unchecked.
///
/// Refuses, in the field `filter`, what is longer than [`MAX_BYTES`], too deeply nested, not of the language, a date or geometry
/// that is none, and a position that has no place in WGS 84.
pub fn read(filter: &str, lang: Lang, to_lonlat: ToLonLat<'_>) -> Result<Expr, ModelError> {
    if filter.len() > MAX_BYTES {
        let expected = format!("short enough: at most {MAX_BYTES} bytes");
        return Err(ModelError::new("filter", format!("a text of {} bytes", filter.len()), expected));
    }
    let tree = match lang {
        Lang::Text => {
            nesting::check(filter)?;
            text::to_json(filter)?
        }
        // It counts nesting itself and refuses more than 128 levels.
        Lang::Json => serde_json::from_str(filter)
            .map_err(|error| ModelError::new("filter", filter, format!("CQL2 JSON: {error}")))?,
    };
    json::expr(&tree, to_lonlat)
}
