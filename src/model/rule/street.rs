//! Streets by class: which of them a rule allows.

use crate::model::ModelError;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// The class of a street or way, by OpenStreetMap's `highway`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
#[allow(missing_docs)] // the names are OpenStreetMap's
pub enum StreetClass {
    Motorway,
    MotorwayLink,
    Trunk,
    TrunkLink,
    Primary,
    PrimaryLink,
    Secondary,
    SecondaryLink,
    Tertiary,
    TertiaryLink,
    Unclassified,
    Residential,
    LivingStreet,
    Service,
    Track,
    Road,
    Pedestrian,
    Footway,
    Path,
    Cycleway,
    Bridleway,
    Steps,
    Corridor,
}

impl StreetClass {
    /// All of them, the busiest first.
    pub const ALL: [StreetClass; 23] = [
        StreetClass::Motorway,
        StreetClass::MotorwayLink,
        StreetClass::Trunk,
        StreetClass::TrunkLink,
        StreetClass::Primary,
        StreetClass::PrimaryLink,
        StreetClass::Secondary,
        StreetClass::SecondaryLink,
        StreetClass::Tertiary,
        StreetClass::TertiaryLink,
        StreetClass::Unclassified,
        StreetClass::Residential,
        StreetClass::LivingStreet,
        StreetClass::Service,
        StreetClass::Track,
        StreetClass::Road,
        StreetClass::Pedestrian,
        StreetClass::Footway,
        StreetClass::Path,
        StreetClass::Cycleway,
        StreetClass::Bridleway,
        StreetClass::Steps,
        StreetClass::Corridor,
    ];

    /// As OpenStreetMap and rules write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            StreetClass::Motorway => "motorway",
            StreetClass::MotorwayLink => "motorway_link",
            StreetClass::Trunk => "trunk",
            StreetClass::TrunkLink => "trunk_link",
            StreetClass::Primary => "primary",
            StreetClass::PrimaryLink => "primary_link",
            StreetClass::Secondary => "secondary",
            StreetClass::SecondaryLink => "secondary_link",
            StreetClass::Tertiary => "tertiary",
            StreetClass::TertiaryLink => "tertiary_link",
            StreetClass::Unclassified => "unclassified",
            StreetClass::Residential => "residential",
            StreetClass::LivingStreet => "living_street",
            StreetClass::Service => "service",
            StreetClass::Track => "track",
            StreetClass::Road => "road",
            StreetClass::Pedestrian => "pedestrian",
            StreetClass::Footway => "footway",
            StreetClass::Path => "path",
            StreetClass::Cycleway => "cycleway",
            StreetClass::Bridleway => "bridleway",
            StreetClass::Steps => "steps",
            StreetClass::Corridor => "corridor",
        }
    }

    /// Whether it is a way for people walking, with no carriageway beside it.
    #[must_use]
    pub fn is_for_walking(self) -> bool {
        use StreetClass::{Bridleway, Corridor, Cycleway, Footway, Path, Pedestrian, Steps};
        matches!(self, Pedestrian | Footway | Path | Cycleway | Bridleway | Steps | Corridor)
    }
}

impl FromStr for StreetClass {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<StreetClass, ModelError> {
        let known = StreetClass::ALL.into_iter().find(|class| class.as_str() == name);
        known.ok_or_else(|| {
            let all = StreetClass::ALL.map(StreetClass::as_str).join(", ");
            ModelError::new("street class", name, format!("one of {all}"))
        })
    }
}

impl fmt::Display for StreetClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a rule says of streets of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreetVerdict {
    /// No stall.
    Denied,
    /// Stalls only inside a zone that is drawn there, in its hours and season.
    Limited,
    /// Stalls, as far as the other rules allow.
    Allowed,
}

/// Lists of street classes that are allowed, limited and denied; no class is in two.
///
/// A class in no list is denied where there is a list of allowed ones, else allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreetClasses {
    allow: Option<Vec<StreetClass>>,
    limit: Vec<StreetClass>,
    deny: Vec<StreetClass>,
}

impl StreetClasses {
    /// Refuses lists that say nothing, that name a class twice, or that leave no street at all.
    pub fn new(
        allow: Option<Vec<StreetClass>>,
        limit: Vec<StreetClass>,
        deny: Vec<StreetClass>,
    ) -> Result<StreetClasses, ModelError> {
        let mut seen: Vec<StreetClass> = Vec::new();
        for (field, list) in [("allow", allow.as_deref().unwrap_or_default()), ("limit", &limit), ("deny", &deny)] {
            for class in list {
                if seen.contains(class) {
                    return Err(ModelError::new(
                        field,
                        class,
                        "a class that is named once, in one of allow, limit, deny",
                    ));
                }
                seen.push(*class);
            }
        }
        if allow.is_none() && limit.is_empty() && deny.is_empty() {
            return Err(ModelError::new("street_class", "none", "at least one class in allow, limit or deny"));
        }
        let classes = StreetClasses { allow, limit, deny };
        if StreetClass::ALL.into_iter().all(|class| classes.verdict(class) == StreetVerdict::Denied) {
            let field = if classes.allow.is_some() { "allow" } else { "deny" };
            return Err(ModelError::new(field, "", "lists that leave at least one class of street"));
        }
        Ok(classes)
    }

    /// What it says of a class.
    #[must_use]
    pub fn verdict(&self, class: StreetClass) -> StreetVerdict {
        if self.deny.contains(&class) {
            StreetVerdict::Denied
        } else if self.limit.contains(&class) {
            StreetVerdict::Limited
        } else if self.allow.as_ref().is_none_or(|allow| allow.contains(&class)) {
            StreetVerdict::Allowed
        } else {
            StreetVerdict::Denied
        }
    }

    /// The lists by their names; one that is not given is absent.
    pub(super) fn lists(&self) -> impl Iterator<Item = (&'static str, &[StreetClass])> {
        let allow = self.allow.as_deref().map(|list| ("allow", list));
        let rest = [("limit", &self.limit[..]), ("deny", &self.deny[..])];
        allow.into_iter().chain(rest.into_iter().filter(|(_, list)| !list.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(names: &str) -> Vec<StreetClass> {
        names.split_whitespace().map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn every_class_is_read_back_from_its_name() {
        for class in StreetClass::ALL {
            assert_eq!(class.as_str().parse::<StreetClass>().unwrap(), class);
            assert_eq!(serde_json::to_value(class).unwrap(), class.as_str());
        }
        let refused = "boulevard".parse::<StreetClass>().unwrap_err();
        assert!(refused.expected.contains("living_street"), "{refused}");
    }

    #[test]
    fn a_class_in_no_list_is_allowed_unless_there_is_a_list_of_allowed_ones() {
        use StreetVerdict::{Allowed, Denied, Limited};
        let table = [
            (None, "", "primary", [Denied, Allowed, Allowed]),
            (None, "tertiary", "primary", [Denied, Limited, Allowed]),
            (Some("residential"), "", "", [Denied, Denied, Allowed]),
            (Some("residential"), "tertiary", "primary", [Denied, Limited, Allowed]),
        ];
        for (allow, limit, deny, expected) in table {
            let rule = StreetClasses::new(allow.map(classes), classes(limit), classes(deny)).unwrap();
            let asked = [StreetClass::Primary, StreetClass::Tertiary, StreetClass::Residential];
            assert_eq!(asked.map(|class| rule.verdict(class)), expected, "{allow:?} {limit} {deny}");
        }
    }

    #[test]
    fn lists_that_contradict_themselves_are_refused_by_name() {
        let all = StreetClass::ALL.map(StreetClass::as_str).join(" ");
        let table = [
            (Some("residential"), "", "residential", "deny"),
            (Some("residential residential"), "", "", "allow"),
            (None, "service", "service", "deny"),
            (None, "", "", "street_class"),
            (Some(""), "", "", "allow"),
            (None, "", all.as_str(), "deny"),
        ];
        for (allow, limit, deny, field) in table {
            let refused = StreetClasses::new(allow.map(classes), classes(limit), classes(deny)).unwrap_err();
            assert_eq!(refused.field, field, "{allow:?} {limit} {deny}: {refused}");
        }
        assert!(StreetClasses::new(Some(vec![]), classes("service"), vec![]).is_ok(), "limited streets are left");
    }
}
