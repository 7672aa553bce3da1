//! Numbers as a rule writes them: kept with their unit, and read in metres.

use crate::geom::Meters;
use crate::model::ModelError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

/// The units that a length may be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LengthUnit {
    /// Metres.
    Metre,
    /// Centimetres.
    Centimetre,
    /// Millimetres.
    Millimetre,
    /// Kilometres.
    Kilometre,
    /// International feet: 0.3048 m.
    Foot,
    /// International inches: 0.0254 m.
    Inch,
    /// International yards: 0.9144 m.
    Yard,
}

impl LengthUnit {
    /// All of them.
    pub const ALL: [LengthUnit; 7] = [
        LengthUnit::Metre,
        LengthUnit::Centimetre,
        LengthUnit::Millimetre,
        LengthUnit::Kilometre,
        LengthUnit::Foot,
        LengthUnit::Inch,
        LengthUnit::Yard,
    ];

    /// As a rule writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.told().0
    }

    /// Its sign, and its metres as a fraction: of whole numbers, so that one division is all that is rounded.
    fn told(self) -> (&'static str, f64, f64) {
        match self {
            LengthUnit::Metre => ("m", 1.0, 1.0),
            LengthUnit::Centimetre => ("cm", 1.0, 100.0),
            LengthUnit::Millimetre => ("mm", 1.0, 1_000.0),
            LengthUnit::Kilometre => ("km", 1_000.0, 1.0),
            LengthUnit::Foot => ("ft", 3_048.0, 10_000.0),
            LengthUnit::Inch => ("in", 254.0, 10_000.0),
            LengthUnit::Yard => ("yd", 9_144.0, 10_000.0),
        }
    }
}

impl FromStr for LengthUnit {
    type Err = ModelError;

    fn from_str(sign: &str) -> Result<LengthUnit, ModelError> {
        let known = LengthUnit::ALL.into_iter().find(|unit| unit.as_str() == sign);
        known.ok_or_else(|| {
            ModelError::new("unit", sign, format!("one of {}", signs(&LengthUnit::ALL.map(Self::as_str))))
        })
    }
}

fn signs(all: &[&str]) -> String {
    all.join(", ")
}

/// A number and the unit written behind it; the unit is empty where there is none.
fn parts(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
    let value = text[..end].parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some((value, text[end..].trim_start()))
}

/// A length from 0 to 10 km, as written.
///
/// ```
/// use melonmap::model::rule::Length;
/// let path: Length = "12 ft".parse().unwrap();
/// assert_eq!((path.meters().0, path.to_string().as_str()), (3.6576, "12 ft"));
/// assert!("12 feet".parse::<Length>().unwrap_err().expected.contains("there is no unit 'feet'"));
/// assert!("-10 m".parse::<Length>().is_err());
/// assert!("12".parse::<Length>().is_err());
/// ```
/// In JSON a text, such as `"12 ft"`; a bare number is read as metres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Length {
    value: f64,
    unit: LengthUnit,
}

/// A length as JSON has it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Metres(f64),
    Text(String),
}

impl TryFrom<Written> for Length {
    type Error = ModelError;

    fn try_from(written: Written) -> Result<Length, ModelError> {
        match written {
            Written::Metres(metres) => format!("{metres} m").parse(),
            Written::Text(text) => text.parse(),
        }
    }
}

impl From<Length> for Written {
    fn from(length: Length) -> Written {
        Written::Text(length.to_string())
    }
}

impl Length {
    /// The longest that a rule may name: no rule on a stall reaches further than a town.
    pub const MOST: Meters = Meters(10_000.0);

    /// Refuses what is no number, below 0 or above [`Length::MOST`].
    pub fn new(value: f64, unit: LengthUnit) -> Result<Length, ModelError> {
        let length = Length { value, unit };
        let meters = length.meters().0;
        if meters.is_nan() || meters.is_sign_negative() && meters != 0.0 || meters > Length::MOST.0 {
            return Err(ModelError::new("length", length, "a length from 0 to 10 km"));
        }
        Ok(length)
    }

    /// In metres; rounded once, to the nearest number that there is.
    #[must_use]
    pub fn meters(self) -> Meters {
        let (_, times, parts) = self.unit.told();
        Meters(self.value * times / parts)
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.value == 0.0
    }
}

impl FromStr for Length {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Length, ModelError> {
        let all = signs(&LengthUnit::ALL.map(LengthUnit::as_str));
        let refuse = |why: &str| ModelError::new("length", text, format!("a number with one of the units {all}{why}"));
        let (value, sign) = parts(text).ok_or_else(|| refuse(""))?;
        if sign.is_empty() {
            return Err(refuse(": it has no unit"));
        }
        let unit = sign.parse().map_err(|_| refuse(&format!(": there is no unit '{}'", sign.escape_debug())))?;
        Length::new(value, unit)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit.as_str())
    }
}

/// An area of more than 0, as written: `3 m2` or `24 ft2`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surface {
    value: f64,
    feet: bool,
}

impl Surface {
    /// The largest stall that can be meant, m²: a hectare.
    const MOST_M2: f64 = 10_000.0;

    /// In square metres.
    #[must_use]
    pub fn square_meters(self) -> f64 {
        // 0.3048² = 0.09290304.
        if self.feet { self.value * 9_290_304.0 / 100_000_000.0 } else { self.value }
    }
}

impl FromStr for Surface {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Surface, ModelError> {
        let expected = "a number of more than 0, at most a hectare, with one of the units m2, ft2";
        let refuse = || ModelError::new("area", text, expected);
        let (value, sign) = parts(text).ok_or_else(refuse)?;
        let feet = match sign {
            "m2" | "m²" => false,
            "ft2" | "ft²" => true,
            _ => return Err(refuse()),
        };
        let surface = Surface { value, feet };
        let within = value > 0.0 && surface.square_meters() <= Surface::MOST_M2;
        if within { Ok(surface) } else { Err(refuse()) }
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, if self.feet { "ft2" } else { "m2" })
    }
}

/// A share of more than 0 and at most 100 %, as written: `2.5 %`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    percent: f64,
}

impl Share {
    /// In percent.
    #[must_use]
    pub fn percent(self) -> f64 {
        self.percent
    }
}

impl FromStr for Share {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Share, ModelError> {
        let share = parts(text).filter(|(percent, sign)| *sign == "%" && *percent > 0.0 && *percent <= 100.0);
        let refuse = || ModelError::new("share", text, "a share of more than 0 and at most 100 %, such as 2.5 %");
        share.map(|(percent, _)| Share { percent }).ok_or_else(refuse)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percent)
    }
}

/// How long until something is due again, as written: `2 years`, `6 months`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    count: NonZeroU16,
    years: bool,
}

impl Period {
    /// The longest, years.
    const MOST_YEARS: u16 = 100;

    /// In months.
    #[must_use]
    pub fn months(self) -> u16 {
        if self.years { self.count.get() * 12 } else { self.count.get() }
    }
}

impl FromStr for Period {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Period, ModelError> {
        let refuse =
            || ModelError::new("period", text, "a whole number of years or months up to 100 years, such as 2 years");
        let (count, word) = text.split_once(' ').ok_or_else(refuse)?;
        let years = match word {
            "year" | "years" => true,
            "month" | "months" => false,
            _ => return Err(refuse()),
        };
        let most = if years { Period::MOST_YEARS } else { Period::MOST_YEARS * 12 };
        let count = count.parse::<NonZeroU16>().ok().filter(|count| count.get() <= most).ok_or_else(refuse)?;
        Ok(Period { count, years })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.years { "year" } else { "month" };
        let plural = if self.count.get() == 1 { "" } else { "s" };
        write!(f, "{} {word}{plural}", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_converted_to_the_nearest_number_and_written_back_as_they_came() {
        let table = [
            ("12 ft", 3.6576, "12 ft"),
            ("18 in", 0.4572, "18 in"),
            ("3.66 m", 3.66, "3.66 m"),
            ("500 ft", 152.4, "500 ft"),
            ("25ft", 7.62, "25 ft"),
            ("100 yd", 91.44, "100 yd"),
            (" 0.5  km ", 500.0, "0.5 km"),
            ("60cm", 0.6, "60 cm"),
            ("1500 mm", 1.5, "1500 mm"),
            ("0 m", 0.0, "0 m"),
            ("10 km", 10_000.0, "10 km"),
        ];
        for (text, meters, written) in table {
            let length: Length = text.parse().unwrap();
            assert_eq!((length.meters().0, length.to_string().as_str()), (meters, written), "{text}");
            assert_eq!(written.parse::<Length>().unwrap(), length, "{text}");
        }
    }

    #[test]
    fn a_length_that_cannot_be_is_refused_by_what_is_wrong_with_it() {
        let table = [
            ("12 foot", "there is no unit 'foot'"),
            ("12 M", "there is no unit 'M'"),
            ("3 m2", "there is no unit 'm2'"),
            ("12", "it has no unit"),
            ("-10 m", "from 0 to 10 km"),
            ("-0.001 in", "from 0 to 10 km"),
            ("10.001 km", "from 0 to 10 km"),
            ("twelve ft", "a number with one of the units"),
            ("1e9 m", "there is no unit 'e9 m'"),
            ("1.2.3 m", "a number"),
            ("", "a number"),
            ("NaN m", "a number"),
        ];
        for (text, says) in table {
            let refused = text.parse::<Length>().unwrap_err();
            assert!(refused.to_string().contains(says), "{text}: {refused}");
        }
    }

    #[test]
    fn areas_shares_and_periods_are_read_and_written_back() {
        for (text, m2) in [("3 m2", 3.0), ("24 ft2", 2.229_672_96), ("10000 m2", 10_000.0)] {
            let surface: Surface = text.parse().unwrap();
            assert_eq!((surface.square_meters(), surface.to_string().as_str()), (m2, text));
        }
        for text in ["0 m2", "-1 m2", "3 m", "3", "10001 m2"] {
            assert!(text.parse::<Surface>().is_err(), "{text}");
        }
        let share: Share = "2.5 %".parse().unwrap();
        assert_eq!((share.percent(), share.to_string().as_str()), (2.5, "2.5 %"));
        for text in ["0 %", "101 %", "-1 %", "0.025", "%"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
        for (text, months) in [("1 year", 12), ("5 years", 60), ("6 months", 6), ("1 month", 1), ("100 years", 1_200)] {
            let period: Period = text.parse().unwrap();
            assert_eq!((period.months(), period.to_string().as_str()), (months, text));
        }
        for text in ["0 years", "101 years", "-1 year", "1201 months", "2 weeks", "years", "2"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
