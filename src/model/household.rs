use super::{Code, Confided, ModelError, Sealed};
use crate::geom::LonLat;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Whether a Household is lived in, and if not, why it is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Status {
    /// Somebody lives there.
    #[default]
    Occupied,
    /// Nobody lives there.
    Vacant,
    /// The building is gone.
    Demolished,
    /// Recorded twice; the other record counts.
    Duplicate,
    /// Joined to another household.
    Merged,
}

impl Status {
    /// In the order of their numbers.
    pub const ALL: [Status; 5] =
        [Status::Occupied, Status::Vacant, Status::Demolished, Status::Duplicate, Status::Merged];

    /// Whether the household stands in the denominator of every rate.
    #[must_use]
    pub fn eligible(self) -> bool {
        self == Status::Occupied
    }

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Occupied => "occupied",
            Status::Vacant => "vacant",
            Status::Demolished => "demolished",
            Status::Duplicate => "duplicate",
            Status::Merged => "merged",
        }
    }
}

impl FromStr for Status {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Status, ModelError> {
        let known = Status::ALL.into_iter().find(|s| s.as_str() == name);
        known.ok_or_else(|| ModelError::new("status", name, "one of occupied, vacant, demolished, duplicate, merged"))
    }
}

/// A position, a code, an address, a status. Nothing of it is public.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Household {
    /// Identity.
    pub code: Code,
    /// Where its door is, or the best that is known of it.
    pub at: LonLat,
    /// As a person would write it on an envelope.
    pub address: Option<String>,
    /// Whether it counts.
    pub status: Status,
    /// People who live there.
    pub persons: Option<u16>,
    /// How to reach it and what it needs, sealed.
    pub confided: Confided<Sealed>,
}

/// How a household stands in a change.
#[derive(Serialize, Deserialize)]
struct Written {
    code: Code,
    lon: f64,
    lat: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    persons: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    needs: Option<Sealed>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_default(status: &Status) -> bool {
    *status == Status::default()
}

impl TryFrom<Written> for Household {
    type Error = ModelError;

    fn try_from(w: Written) -> Result<Household, ModelError> {
        let at =
            LonLat::new(w.lon, w.lat).map_err(|e| ModelError::geom("position", format!("{}, {}", w.lon, w.lat), &e))?;
        let confided = Confided { contact: w.contact, needs: w.needs };
        Ok(Household { code: w.code, at, address: w.address, status: w.status, persons: w.persons, confided })
    }
}

impl From<Household> for Written {
    fn from(h: Household) -> Written {
        let (lon, lat) = (h.at.lon(), h.at.lat());
        let Confided { contact, needs } = h.confided;
        Written { code: h.code, lon, lat, address: h.address, status: h.status, persons: h.persons, contact, needs }
    }
}
