//! Places and times as a client writes them into a path or a query: read, or refused under the name of the parameter.

use super::ModelError;
use crate::geom::offered::OfferedCrs;
use crate::geom::{Bbox, TileId};
use jiff::{SignedDuration, Span, Timestamp, civil::Date, tz::TimeZone};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Two moments, ends included; `None` is open.
pub type Period = (Option<Timestamp>, Option<Timestamp>);

/// A rectangle by its least and its greatest corner, axes in the order of the CRS, heights between them left out.
///
/// Refuses, in the field `bbox`, what is not four or six finite numbers, and a corner without a place in WGS 84. Costs some
/// microseconds for a CRS without projection, else what PROJ takes.
///
/// ```
/// use melonmap::geom::offered::OfferedCrs;
/// use melonmap::model::written::bbox;
///
/// assert_eq!(bbox("177,65,0,-177,70,100", OfferedCrs::CRS84).unwrap().to_array(), [177.0, 65.0, -177.0, 70.0]);
/// assert!(bbox("1,2,3", OfferedCrs::CRS84).is_err());
/// ```
pub fn bbox(text: &str, crs: OfferedCrs) -> Result<Bbox, ModelError> {
    let refuse =
        || ModelError::new("bbox", text, "four numbers, or six with heights: the least corner, then the greatest");
    let numbers: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse::<f64>()).collect();
    let numbers = numbers.ok().filter(|n| n.iter().all(|n| n.is_finite())).ok_or_else(refuse)?;
    let corners = match numbers[..] {
        [a, b, c, d] | [a, b, _, c, d, _] => [a, b, c, d],
        _ => return Err(refuse()),
    };
    let inward = crs.inward().map_err(|e| ModelError::geom("bbox-crs", crs.uri(), &e))?;
    inward.bbox(corners).map_err(|e| ModelError::geom("bbox", text, &e))
}

/// A moment, or an interval with `/`, in which `..` or nothing is open, and one side may be a duration.
///
/// Refuses, in the field `datetime`, what is none of these, and an interval that ends before it starts.
///
/// ```
/// use melonmap::model::written::period;
///
/// assert_eq!(period("2026-10-05/..").unwrap().1, None);
/// assert!(period("2026-10-05/9999-12-31").is_ok());
/// assert!(period("2026-10-05/2026-10-04").is_err());
/// ```
pub fn period(text: &str) -> Result<Period, ModelError> {
    let refuse = || {
        let expected =
            "a date or time such as 2026-10-05 or 2026-10-05T08:00:00Z, or an interval such as 2026-10-01/..";
        ModelError::new("datetime", text, expected)
    };
    let Some((start, end)) = text.split_once('/') else {
        let (first, last) = moment(text).ok_or_else(refuse)?;
        return Ok((Some(first), Some(last)));
    };
    let open = |side: &str| side.is_empty() || side == "..";
    let (from, to) = match (Span::from_str(start), Span::from_str(end)) {
        (Ok(length), Err(_)) if start.starts_with('P') => {
            let (first, last) = moment(end).ok_or_else(refuse)?;
            (Some(shift(first, -length).ok_or_else(refuse)?), Some(last))
        }
        (Err(_), Ok(length)) if end.starts_with('P') => {
            let (first, _) = moment(start).ok_or_else(refuse)?;
            (Some(first), Some(shift(first, length).ok_or_else(refuse)?))
        }
        _ => {
            let side = |side: &str| if open(side) { Ok(None) } else { moment(side).map(Some).ok_or_else(refuse) };
            (side(start)?.map(|(first, _)| first), side(end)?.map(|(_, last)| last))
        }
    };
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(ModelError::new("datetime", text, "an interval that ends after it starts"));
    }
    Ok((from, to))
}

fn shift(moment: Timestamp, by: Span) -> Option<Timestamp> {
    moment.to_zoned(TimeZone::UTC).checked_add(by).ok().map(|z| z.timestamp())
}

/// First and last instant of a day, or an instant twice.
fn moment(text: &str) -> Option<(Timestamp, Timestamp)> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some((at, at));
    }
    let day = Date::from_str(text).ok().filter(|_| text.len() == 10)?;
    // The last day that can be written lies partly beyond the last instant: clients name it for "without end".
    let midnight = |day: Date| day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |z| z.timestamp());
    let end = day.tomorrow().map_or(Timestamp::MAX, |next| midnight(next) - SignedDuration::from_micros(1));
    Some((midnight(day), end))
}

/// A tile by zoom, column and row, each a text of digits; the row may carry the ending of the format.
///
/// Refuses, in the fields `z`, `x` and `y`, what is no whole number, and in the field `tile` a tile that does not exist.
///
/// ```
/// use melonmap::model::written::tile;
///
/// assert_eq!(tile("14", "8625", "5753.pbf").unwrap().to_string(), "14/8625/5753");
/// assert_eq!(tile("1", "+1", "0").unwrap_err().field, "x");
/// assert_eq!(tile("1", "2", "0").unwrap_err().field, "tile");
/// ```
pub fn tile(z: &str, x: &str, y: &str) -> Result<TileId, ModelError> {
    // Some clients, GDAL among them, ask for y with the format's ending.
    let y = y.strip_suffix(".pbf").or_else(|| y.strip_suffix(".mvt")).unwrap_or(y);
    let number = |field: &'static str, text: &str| {
        let whole = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
        whole.ok_or_else(|| ModelError::new(field, text, "a whole number from 0"))
    };
    let (z, x, y) = (number("z", z)?, number("x", x)?, number("y", y)?);
    TileId::new(z, x, y).map_err(|e| ModelError::geom("tile", format!("{z}/{x}/{y}"), &e))
}

/// The first and the last of some zooms, such as `0-14`, or one zoom.
///
/// Refuses, in the field `zooms`, what is no whole number, a zoom without tiles, and a last one before the first.
///
/// ```
/// use melonmap::model::written::zooms;
///
/// assert_eq!(zooms("0-14").unwrap(), 0..=14);
/// assert_eq!(zooms("7").unwrap(), 7..=7);
/// assert!(zooms("14-0").is_err() && zooms("0-23").is_err() && zooms("-3").is_err());
/// ```
pub fn zooms(text: &str) -> Result<RangeInclusive<u8>, ModelError> {
    let zoom = |text: &str| {
        let whole = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u8>().ok()).flatten();
        whole.filter(|z| *z <= TileId::MAX_ZOOM)
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let zooms = zoom(first).zip(zoom(last)).filter(|(first, last)| first <= last);
    zooms.map(|(first, last)| first..=last).ok_or_else(|| {
        let expected = format!("a zoom from 0 to {}, or the first and the last of some such as 0-14", TileId::MAX_ZOOM);
        ModelError::new("zooms", text, expected)
    })
}
