//! Where and for whom a rule holds.

use super::StreetClass;
use crate::model::ModelError;
use std::fmt;
use std::str::FromStr;

/// Who sells how, where rules differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trade {
    /// From a fixed place.
    Fixed,
    /// On the move.
    Mobile,
    /// Breakfast.
    Breakfast,
    /// At night.
    Night,
}

impl Trade {
    /// All of them.
    pub const ALL: [Trade; 4] = [Trade::Fixed, Trade::Mobile, Trade::Breakfast, Trade::Night];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Trade::Fixed => "fixed",
            Trade::Mobile => "mobile",
            Trade::Breakfast => "breakfast",
            Trade::Night => "night",
        }
    }
}

impl FromStr for Trade {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Trade, ModelError> {
        let known = Trade::ALL.into_iter().find(|trade| trade.as_str() == name);
        let all = || format!("one of {}", Trade::ALL.map(Trade::as_str).join(", "));
        known.ok_or_else(|| ModelError::new("trade", name, all()))
    }
}

impl fmt::Display for Trade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where and for whom a rule holds; the default is everywhere and for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// On streets of these classes; empty for all.
    pub streets: Vec<StreetClass>,
    /// On streets with at least so many lanes.
    pub lanes_from: Option<u8>,
    /// On streets with at most so many lanes.
    pub lanes_to: Option<u8>,
    /// For this trade.
    pub trade: Option<Trade>,
}

impl Scope {
    /// Most lanes that a street is counted with.
    pub const MOST_LANES: u8 = 20;

    /// Refuses classes named twice, and lanes that no street has.
    pub fn check(self) -> Result<Scope, ModelError> {
        for (at, class) in self.streets.iter().enumerate() {
            if self.streets[..at].contains(class) {
                return Err(ModelError::new("streets", class, "a class that is named once"));
            }
        }
        let expected = || format!("a number of lanes from 1 to {}", Scope::MOST_LANES);
        for (field, lanes) in [("lanes_from", self.lanes_from), ("lanes_to", self.lanes_to)] {
            if let Some(lanes) = lanes.filter(|lanes| !(1..=Scope::MOST_LANES).contains(lanes)) {
                return Err(ModelError::new(field, lanes, expected()));
            }
        }
        match (self.lanes_from, self.lanes_to) {
            (Some(from), Some(to)) if from > to => {
                Err(ModelError::new("lanes_to", to, format!("at least lanes_from, {from}")))
            }
            _ => Ok(self),
        }
    }

    /// Whether it is everywhere and for everybody.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Scope::default()
    }

    /// Whether a rule with this scope holds on a street, for a trade. A rule for one trade holds for that one alone.
    #[must_use]
    pub fn covers(&self, class: StreetClass, lanes: u8, trade: Option<Trade>) -> bool {
        (self.streets.is_empty() || self.streets.contains(&class))
            && self.lanes_from.is_none_or(|from| lanes >= from)
            && self.lanes_to.is_none_or(|to| lanes <= to)
            && self.trade.is_none_or(|own| trade == Some(own))
    }

    /// Whether both hold together on some street, for somebody.
    pub(super) fn meets(&self, other: &Scope) -> bool {
        let all = |scope: &Scope| scope.lanes_from.unwrap_or(1)..=scope.lanes_to.unwrap_or(Scope::MOST_LANES);
        let (a, b) = (all(self), all(other));
        let either = self.streets.is_empty() || other.streets.is_empty();
        (either || self.streets.iter().any(|class| other.streets.contains(class)))
            && a.start().max(b.start()) <= a.end().min(b.end())
            && (self.trade.is_none() || other.trade.is_none() || self.trade == other.trade)
    }

    /// Whether it holds wherever another one does.
    pub(super) fn contains(&self, other: &Scope) -> bool {
        let streets = self.streets.is_empty()
            || !other.streets.is_empty() && other.streets.iter().all(|class| self.streets.contains(class));
        streets
            && self.lanes_from.unwrap_or(1) <= other.lanes_from.unwrap_or(1)
            && self.lanes_to.unwrap_or(Scope::MOST_LANES) >= other.lanes_to.unwrap_or(Scope::MOST_LANES)
            && (self.trade.is_none() || self.trade == other.trade)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(streets: &str, from: Option<u8>, to: Option<u8>, trade: Option<Trade>) -> Scope {
        let streets = streets.split_whitespace().map(|name| name.parse().unwrap()).collect();
        Scope { streets, lanes_from: from, lanes_to: to, trade }
    }

    #[test]
    fn a_scope_covers_the_streets_lanes_and_trade_that_it_names() {
        let residential = scope("residential living_street", None, None, None);
        let wide = scope("", Some(3), None, None);
        let mobile = scope("", None, Some(2), Some(Trade::Mobile));
        let table = [
            (StreetClass::Residential, 2, None, [true, true, false, false]),
            (StreetClass::Primary, 4, None, [true, false, true, false]),
            (StreetClass::Primary, 2, Some(Trade::Mobile), [true, false, false, true]),
            (StreetClass::Primary, 2, Some(Trade::Fixed), [true, false, false, false]),
        ];
        for (class, lanes, trade, expected) in table {
            let all = [&Scope::default(), &residential, &wide, &mobile];
            assert_eq!(all.map(|s| s.covers(class, lanes, trade)), expected, "{class} {lanes} {trade:?}");
        }
    }

    /// Against what the scopes cover, street by street.
    #[test]
    fn one_scope_contains_another_or_meets_it_where_it_covers_all_or_some_of_what_the_other_covers() {
        let scopes = [
            Scope::default(),
            scope("residential", None, None, None),
            scope("residential service", None, None, None),
            scope("", Some(3), None, None),
            scope("", Some(3), Some(4), None),
            scope("service", None, Some(2), Some(Trade::Fixed)),
            scope("", None, None, Some(Trade::Mobile)),
            scope("residential", Some(4), None, Some(Trade::Mobile)),
        ];
        let trades = || std::iter::once(None).chain(Trade::ALL.map(Some));
        for a in &scopes {
            for b in &scopes {
                let all = StreetClass::ALL.into_iter().all(|class| {
                    (1..=Scope::MOST_LANES)
                        .all(|lanes| trades().all(|t| !b.covers(class, lanes, t) || a.covers(class, lanes, t)))
                });
                assert_eq!(a.contains(b), all, "{a:?} {b:?}");
                let both = StreetClass::ALL.into_iter().any(|class| {
                    (1..=Scope::MOST_LANES)
                        .any(|lanes| trades().any(|t| b.covers(class, lanes, t) && a.covers(class, lanes, t)))
                });
                assert_eq!(a.meets(b), both, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_scope_that_cannot_be_is_refused() {
        let table = [
            (scope("service service", None, None, None), "streets"),
            (scope("", Some(0), None, None), "lanes_from"),
            (scope("", None, Some(21), None), "lanes_to"),
            (scope("", Some(4), Some(3), None), "lanes_to"),
        ];
        for (scope, field) in table {
            assert_eq!(scope.clone().check().unwrap_err().field, field, "{scope:?}");
        }
    }
}
