//! What on the map a rule is measured from.

use crate::model::{ContextClass, ContextFeature, ModelError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Picks context features: by class, by class and kind, or by a tag of OpenStreetMap.
///
/// ```
/// use melonmap::model::rule::Selector;
/// for text in ["bus_stop", "green/park", "osm:amenity=marketplace", "osm:entrance=*"] {
///     assert_eq!(text.parse::<Selector>().unwrap().to_string(), text);
/// }
/// assert!("busstop".parse::<Selector>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Features of this class.
    Class(ContextClass),
    /// Features of this kind in a class.
    Kind(ContextClass, String),
    /// Features with this tag; without a value, with any value of the key but `no`.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        value: Option<String>,
    },
}

impl Selector {
    /// Longest key, value or kind, bytes.
    const MOST: usize = 100;

    /// Whether it picks a feature.
    #[must_use]
    pub fn picks(&self, feature: &ContextFeature) -> bool {
        match self {
            Selector::Class(class) => feature.class == *class,
            Selector::Kind(class, kind) => feature.class == *class && feature.kind == *kind,
            Selector::Tag { key, value } => {
                if let Some(tag) = feature.tags.get(key).and_then(serde_json::Value::as_str) {
                    return value.as_ref().map_or(tag != "no", |value| tag == value);
                }
                // The tag that gave a feature its class may stand in its class and kind alone.
                let (class, kind) = ContextClass::of_osm(|asked| (asked == key).then_some(feature.kind.as_str()));
                let told = class == feature.class && class != ContextClass::Other && kind == feature.kind;
                told && value.as_ref().is_none_or(|value| *value == feature.kind)
            }
        }
    }

    /// Whether it picks all that another one picks, as far as their words tell.
    #[must_use]
    pub fn covers(&self, other: &Selector) -> bool {
        match (self, other) {
            (Selector::Class(class), Selector::Kind(of, _)) => class == of,
            (Selector::Tag { key, value: None }, Selector::Tag { key: of, value }) => {
                key == of && value.as_deref() != Some("no")
            }
            _ => self == other,
        }
    }
}

impl FromStr for Selector {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Selector, ModelError> {
        let short = |part: &str| {
            let plain = !part.is_empty() && part.len() <= Selector::MOST && part.trim() == part;
            plain && !part.chars().any(char::is_control)
        };
        if let Some(tag) = text.strip_prefix("osm:") {
            let (key, value) =
                tag.split_once('=').filter(|(key, value)| short(key) && short(value)).ok_or_else(|| {
                    ModelError::new("measured_by", text, "a tag such as osm:amenity=marketplace or osm:entrance=*")
                })?;
            return Ok(Selector::Tag { key: key.to_owned(), value: (value != "*").then(|| value.to_owned()) });
        }
        let (class, kind) = text.split_once('/').map_or((text, None), |(class, kind)| (class, Some(kind)));
        let class = class.parse::<ContextClass>().map_err(|e| {
            let expected = format!("{}, with a kind such as green/park, or a tag such as osm:entrance=*", e.expected);
            ModelError::new("measured_by", text, expected)
        })?;
        match kind {
            None => Ok(Selector::Class(class)),
            Some(kind) if short(kind) => Ok(Selector::Kind(class, kind.to_owned())),
            Some(_) => Err(ModelError::new("measured_by", text, "a class with a kind, such as green/park")),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Selector::Class(class) => f.write_str(class.as_str()),
            Selector::Kind(class, kind) => write!(f, "{}/{kind}", class.as_str()),
            Selector::Tag { key, value } => write!(f, "osm:{key}={}", value.as_deref().unwrap_or("*")),
        }
    }
}

/// What a rule's distance or place is measured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Nothing that a map has: the rule holds, cannot be checked from the map, and is listed as such.
    Nothing,
    /// Features that one of these picks; never none.
    Things(Vec<Selector>),
}

impl Measure {
    /// Most selectors of one rule.
    pub const MOST: usize = 50;

    /// Refuses an empty or overlong list.
    pub fn things(selectors: Vec<Selector>) -> Result<Measure, ModelError> {
        if selectors.is_empty() || selectors.len() > Measure::MOST {
            let expected = format!("1 to {} classes or tags, or \"nothing\" where no map has it", Measure::MOST);
            return Err(ModelError::new("measured_by", format!("{} of them", selectors.len()), expected));
        }
        Ok(Measure::Things(selectors))
    }

    /// Whether a rule that is measured by it is measured from this feature.
    #[must_use]
    pub fn picks(&self, feature: &ContextFeature) -> bool {
        match self {
            Measure::Nothing => false,
            Measure::Things(selectors) => selectors.iter().any(|selector| selector.picks(feature)),
        }
    }

    /// Whether it picks all that another one picks, as far as their words tell.
    pub(super) fn covers(&self, other: &Measure) -> bool {
        let (Measure::Things(all), Measure::Things(some)) = (self, other) else { return false };
        some.iter().all(|some| all.iter().any(|all| all.covers(some)))
    }
}

/// What planners' zones are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneClass {
    /// Stalls may stand.
    Allowed,
    /// Stalls may stand in hours and seasons.
    Restricted,
    /// No stall.
    Forbidden,
}

impl ZoneClass {
    /// All of them.
    pub const ALL: [ZoneClass; 3] = [ZoneClass::Allowed, ZoneClass::Restricted, ZoneClass::Forbidden];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ZoneClass::Allowed => "allowed",
            ZoneClass::Restricted => "restricted",
            ZoneClass::Forbidden => "forbidden",
        }
    }
}

impl fmt::Display for ZoneClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ZoneClass {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<ZoneClass, ModelError> {
        let known = ZoneClass::ALL.into_iter().find(|zone| zone.as_str() == name);
        let all = || format!("one of {}", ZoneClass::ALL.map(ZoneClass::as_str).join(", "));
        known.ok_or_else(|| ModelError::new("zone", name, all()))
    }
}

/// Where a rule says inside or outside of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Zones that planners draw.
    Zone(ZoneClass),
    /// Areas on the map; of a point or a line, the thing itself.
    Measured(Measure),
}

impl Place {
    /// Whether it holds all that another one holds, as far as their words tell.
    pub(super) fn covers(&self, other: &Place) -> bool {
        match (self, other) {
            (Place::Zone(a), Place::Zone(b)) => a == b,
            (Place::Measured(a), Place::Measured(b)) => a.covers(b),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Code;
    use geo::{Geometry, Point};

    fn feature(class: ContextClass, kind: &str, tags: &[(&str, &str)]) -> ContextFeature {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
        let (code, geometry) = (Code::new("n1").unwrap(), Geometry::Point(Point::new(9.5, 47.1)));
        ContextFeature { code, class, kind: kind.into(), name: None, tags, geometry }
    }

    #[test]
    fn a_selector_picks_by_class_kind_and_tag() {
        let stop = feature(ContextClass::BusStop, "bus_stop", &[("shelter", "yes")]);
        let bare = feature(ContextClass::BusStop, "bus_stop", &[("shelter", "no"), ("highway", "bus_stop")]);
        let park = feature(ContextClass::Green, "park", &[]);
        let market = feature(ContextClass::Other, "marketplace", &[("amenity", "marketplace")]);
        let table = [
            ("bus_stop", [true, true, false, false]),
            ("green", [false, false, true, false]),
            ("green/park", [false, false, true, false]),
            ("green/garden", [false, false, false, false]),
            ("osm:shelter=yes", [true, false, false, false]),
            ("osm:shelter=*", [true, false, false, false]),
            ("osm:highway=bus_stop", [true, true, false, false]), // the first has it in its class and kind alone
            ("osm:leisure=park", [false, false, true, false]),
            ("osm:leisure=*", [false, false, true, false]),
            ("osm:landuse=*", [false, false, false, false]),
            ("osm:amenity=marketplace", [false, false, false, true]),
            ("osm:shop=marketplace", [false, false, false, false]),
        ];
        for (text, expected) in table {
            let selector: Selector = text.parse().unwrap();
            assert_eq!([&stop, &bare, &park, &market].map(|f| selector.picks(f)), expected, "{text}");
            assert_eq!(selector.to_string(), text);
        }
    }

    #[test]
    fn a_selector_covers_what_says_less() {
        let table = [
            ("green", "green/park", true),
            ("green/park", "green", false),
            ("green", "green", true),
            ("osm:entrance=*", "osm:entrance=main", true),
            ("osm:entrance=*", "osm:entrance=no", false),
            ("osm:entrance=main", "osm:entrance=*", false),
            ("school", "osm:amenity=school", false),
        ];
        for (all, some, expected) in table {
            let (a, b): (Selector, Selector) = (all.parse().unwrap(), some.parse().unwrap());
            assert_eq!(a.covers(&b), expected, "{all} {some}");
        }
    }

    #[test]
    fn a_selector_that_cannot_be_is_refused() {
        for text in ["", "busstop", "green/", "osm:", "osm:entrance", "osm:=main", "osm:entrance=", "osm: a=b", "Green"]
        {
            assert_eq!(text.parse::<Selector>().unwrap_err().field, "measured_by", "{text}");
        }
        assert!(Measure::things(Vec::new()).is_err());
    }
}
