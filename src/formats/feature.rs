use crate::geom::validity::Fault;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// A feature as a file has it: coordinates in the file's CRS, properties as they are named there.
#[derive(Debug, Clone, PartialEq)]
pub struct RawFeature {
    /// The feature's own id, beside its properties.
    pub id: Option<Value>,
    /// Its properties, in order.
    pub properties: Map<String, Value>,
    /// Its geometry; `None` where it has none (RFC 7946 § 3.2), an error where what stands there is no geometry.
    pub geometry: Result<Option<geo::Geometry<f64>>, String>,
    /// What the reader saw to be wrong with the geometry and `geo` mends by itself: rings that are not closed.
    pub fault: Option<Fault>,
    /// The CRS that the file declares, where that is not WGS 84 longitude and latitude.
    pub crs: Option<Arc<str>>,
}

/// A scalar as text: what it would be in a cell of a table. Whole numbers are written without a fraction (`7001.0` is `7001`), so
/// that they can be codes. `None` for null, arrays and objects.
pub fn text(value: &Value) -> Option<Cow<'_, str>> {
    /// From here on not every whole number is a double: what looks whole may have been rounded.
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::String(s) => Some(Cow::Borrowed(s)),
        Value::Bool(b) => Some(Cow::Borrowed(if *b { "true" } else { "false" })),
        Value::Number(n) => Some(Cow::Owned(match n.as_f64() {
            Some(f) if n.is_f64() && f.fract() == 0.0 && f.abs() < WHOLE => format!("{f:.0}"),
            _ => n.to_string(),
        })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
