//! The digit codes of Chinese practice: 12-digit statistical codes, 15-digit unit grids, 20-digit service grids.
//!
//! Unit grids (Beijing DB11, after CJ/T 213): 6 digits county (GB/T 2260), 3 township, 3 village, 3 sequence, numbered
//! west to east and north to south. Service grids (CJ/T 349-2010): 6 object class, 6 county, 3 street, 3 community, 2 sequence.

use super::ModelError;
use std::fmt;
use std::str::FromStr;

/// A code of digits, taken apart.
///
/// ```
/// use melonmap::model::gridcode::GridCode;
/// let code: GridCode = "331124001002003".parse().unwrap();
/// assert_eq!(code.to_string(), "331124001002003");
/// assert!("33112400100200".parse::<GridCode>().is_err());
/// assert!("33112400100200x".parse::<GridCode>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GridCode {
    /// 12 digits: county, township, village.
    Statistical(Place),
    /// 15 digits: a place and the sequence of the grid in it.
    Unit(Place, u16),
    /// 20 digits: an object class, a place and a sequence; 0 where the community is not divided.
    Service(u32, Place, u8),
}

/// County (6 digits), township (3), village (3); 0 where the level is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    county: u32,
    township: u16,
    village: u16,
}

impl Place {
    /// Refuses more digits than a level has.
    pub fn new(county: u32, township: u16, village: u16) -> Result<Place, ModelError> {
        if county > 999_999 {
            return Err(ModelError::new("county", county, "at most 6 digits"));
        }
        for (field, value) in [("township", township), ("village", village)] {
            if value > 999 {
                return Err(ModelError::new(field, value, "at most 3 digits"));
            }
        }
        Ok(Place { county, township, village })
    }

    /// The place that the codes of a county, a township in it and a village in that name together.
    ///
    /// Standard codes nest (331124 ⊂ 331124001 ⊂ 331124001002). Where a place has codes of its own, the last digits of
    /// each are taken (7001 is township 001), so that the parts stay recognisable.
    pub fn of_codes(county: &str, township: Option<&str>, village: Option<&str>) -> Result<Place, ModelError> {
        let digits = |field, code: &str, from: usize, n: usize| -> Result<u32, ModelError> {
            let refuse = || ModelError::new(field, code, "a code that ends in digits");
            let part = match code.len() {
                6 | 9 | 12 | 15 if code.bytes().all(|b| b.is_ascii_digit()) => code.get(from..from + n),
                _ => None,
            };
            let tail = || {
                let start = code.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |i| i + 1);
                &code[start.max(code.len().saturating_sub(n))..]
            };
            part.unwrap_or_else(tail).parse().map_err(|_| refuse())
        };
        let short = |n: u32| u16::try_from(n).expect("three digits fit");
        Place::new(
            digits("county", county, 0, 6)?,
            township.map_or(Ok(0), |c| digits("township", c, 6, 3)).map(short)?,
            village.map_or(Ok(0), |c| digits("village", c, 9, 3)).map(short)?,
        )
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}{:03}{:03}", self.county, self.township, self.village)
    }
}

impl fmt::Display for GridCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GridCode::Statistical(place) => write!(f, "{place}"),
            GridCode::Unit(place, sequence) => write!(f, "{place}{sequence:03}"),
            GridCode::Service(class, place, sequence) => write!(f, "{class:06}{place}{sequence:02}"),
        }
    }
}

impl FromStr for GridCode {
    type Err = ModelError;

    fn from_str(code: &str) -> Result<GridCode, ModelError> {
        let refuse = || ModelError::new("code", code, "12, 15 or 20 digits");
        if !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refuse());
        }
        let number = |from: usize, to: usize| code[from..to].parse::<u32>().expect("at most six digits were checked");
        let small = |from, to| u16::try_from(number(from, to)).expect("three digits fit");
        let place =
            |at| Place { county: number(at, at + 6), township: small(at + 6, at + 9), village: small(at + 9, at + 12) };
        match code.len() {
            12 => Ok(GridCode::Statistical(place(0))),
            15 => Ok(GridCode::Unit(place(0), small(12, 15))),
            20 => Ok(GridCode::Service(number(0, 6), place(6), u8::try_from(number(18, 20)).expect("two digits fit"))),
            _ => Err(refuse()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_survive_being_read_and_written() {
        for code in ["331124001002", "331124001002003", "01020333112400160100", "000000000000000"] {
            assert_eq!(code.parse::<GridCode>().unwrap().to_string(), code);
        }
    }

    #[test]
    fn standard_codes_nest_and_others_keep_their_last_digits() {
        let place = |c, t, v| Place::of_codes(c, t, v).unwrap().to_string();
        assert_eq!(place("331124", Some("331124001"), Some("331124001002")), "331124001002");
        assert_eq!(place("331124000000", Some("331124001000"), None), "331124001000");
        assert_eq!(place("438000", Some("7011"), None), "438000011000");
        assert_eq!(place("E06000001", Some("W5"), None), "000001005000");
        assert!(Place::of_codes("county", None, None).is_err());
    }
}
