//! What a rule demands: the closed list of kinds.

use super::{Hours, Length, Measure, Period, Place, Scope, Season, Share, StreetClasses, Surface, When, ZoneClass};
use crate::model::ModelError;
use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::str::FromStr;

/// What of a thing a distance is measured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasuredFrom {
    /// Its edge where it is an area, its side where it is a street with a width; of a point the point.
    Edge,
    /// Its middle.
    Point,
}

impl MeasuredFrom {
    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            MeasuredFrom::Edge => "edge",
            MeasuredFrom::Point => "point",
        }
    }
}

impl FromStr for MeasuredFrom {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<MeasuredFrom, ModelError> {
        match name {
            "edge" => Ok(MeasuredFrom::Edge),
            "point" => Ok(MeasuredFrom::Point),
            _ => Err(ModelError::new("from", name, "edge or point")),
        }
    }
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Who lives there.
    Residents,
    /// Who walks there.
    Pedestrians,
    /// The neighbourhood committee (居委会).
    NeighbourhoodCommittee,
    /// A committee of office, vendors and neighbours for street vending.
    VendingCommittee,
    /// The office that answers for the streets.
    Office,
    /// Who owns or uses the house behind.
    Frontager,
}

impl Party {
    /// All of them.
    pub const ALL: [Party; 6] = [
        Party::Residents,
        Party::Pedestrians,
        Party::NeighbourhoodCommittee,
        Party::VendingCommittee,
        Party::Office,
        Party::Frontager,
    ];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Party::Residents => "residents",
            Party::Pedestrians => "pedestrians",
            Party::NeighbourhoodCommittee => "neighbourhood_committee",
            Party::VendingCommittee => "vending_committee",
            Party::Office => "office",
            Party::Frontager => "frontager",
        }
    }
}

impl FromStr for Party {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Party, ModelError> {
        let known = Party::ALL.into_iter().find(|party| party.as_str() == name);
        let all = || format!("one of {}", Party::ALL.map(Party::as_str).join(", "));
        known.ok_or_else(|| ModelError::new("by", name, all()))
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A width that holds from so many lanes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LaneStep {
    /// Lanes of the street, both directions together.
    pub lanes_from: u8,
    /// What must be there at least.
    pub width: Length,
}

/// A number that is not to be exceeded.
#[derive(Debug, Clone, PartialEq)]
pub enum Cap {
    /// Vendors, as a share of who lives in the area.
    ShareOfPopulation(Share),
    /// Stalls at one spot.
    PerSpot(NonZeroU32),
    /// Spots in all; by part of the area where that is told, and then the parts add up.
    Spots(NonZeroU32, Vec<NonZeroU32>),
    /// Stalls in all; by part in the same way.
    Stalls(NonZeroU32, Vec<NonZeroU32>),
}

/// What a rule demands.
#[derive(Debug, Clone, PartialEq)]
pub enum Requirement {
    /// At least so far from each thing.
    MinDistance {
        /// Which things.
        of: Measure,
        /// How far.
        distance: Length,
        /// From what of them.
        from: MeasuredFrom,
        /// When.
        when: When,
    },
    /// Not in or on such a place.
    Outside {
        /// Where.
        of: Place,
        /// When.
        when: When,
    },
    /// Only in such a place.
    Inside {
        /// Where.
        of: Place,
    },
    /// So much of the footway stays free for people walking, after the stall's depth is taken from it.
    ClearWidth {
        /// By lanes, from one lane on, rising.
        steps: Vec<LaneStep>,
    },
    /// The footway itself is at least so wide.
    FootwayWidth {
        /// Before a stall stands on it.
        width: Length,
    },
    /// A stall is at most so large; at least one of them is given.
    Footprint {
        /// Along the kerb.
        width: Option<Length>,
        /// Across the footway.
        depth: Option<Length>,
        /// Above the ground.
        height: Option<Length>,
        /// On the ground.
        max_area: Option<Surface>,
    },
    /// So far from the kerb, between its edge and the stall; at least one of them is given.
    KerbOffset {
        /// At least.
        min: Option<Length>,
        /// At most.
        max: Option<Length>,
    },
    /// On one side of a street, not on both.
    OneSideOnly,
    /// A gap after so many stalls in a row.
    GapEvery {
        /// After how many.
        stalls: NonZeroU16,
        /// How long.
        length: Length,
    },
    /// At least so far from the next stall.
    Spacing {
        /// How far.
        distance: Length,
    },
    /// Which streets.
    StreetClass(StreetClasses),
    /// In these hours.
    Hours(Hours),
    /// On these days.
    Season(Season),
    /// No more than.
    Cap(Cap),
    /// Somebody agrees first.
    Consent {
        /// Who; never nobody.
        by: Vec<Party>,
        /// Asked again so often.
        every: Option<Period>,
    },
    /// Looked at again so often.
    Review {
        /// How often.
        every: Period,
    },
    /// Something that people do or do not, and that no map measures: no shouting, a broom, a certificate. The rule's text says it.
    Duty,
}

impl Requirement {
    /// The names of all kinds, as rules write them.
    pub const KINDS: [&'static str; 17] = [
        "min_distance",
        "outside",
        "inside",
        "clear_width",
        "footway_width",
        "footprint",
        "kerb_offset",
        "one_side_only",
        "gap_every",
        "spacing",
        "street_class",
        "hours",
        "season",
        "cap",
        "consent",
        "review",
        "duty",
    ];

    /// Its kind, as rules write it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Requirement::MinDistance { .. } => "min_distance",
            Requirement::Outside { .. } => "outside",
            Requirement::Inside { .. } => "inside",
            Requirement::ClearWidth { .. } => "clear_width",
            Requirement::FootwayWidth { .. } => "footway_width",
            Requirement::Footprint { .. } => "footprint",
            Requirement::KerbOffset { .. } => "kerb_offset",
            Requirement::OneSideOnly => "one_side_only",
            Requirement::GapEvery { .. } => "gap_every",
            Requirement::Spacing { .. } => "spacing",
            Requirement::StreetClass(_) => "street_class",
            Requirement::Hours(_) => "hours",
            Requirement::Season(_) => "season",
            Requirement::Cap(_) => "cap",
            Requirement::Consent { .. } => "consent",
            Requirement::Review { .. } => "review",
            Requirement::Duty => "duty",
        }
    }

    /// Whether a place on a map passes or fails it. What people do, agree or look at again, and what no map has, it cannot tell.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        match self {
            Requirement::MinDistance { of, .. } => *of != Measure::Nothing,
            Requirement::Outside { of, .. } | Requirement::Inside { of } => *of != Place::Measured(Measure::Nothing),
            Requirement::Consent { .. } | Requirement::Review { .. } | Requirement::Duty => false,
            _ => true,
        }
    }

    /// Refuses numbers that demand nothing or can never be met.
    pub fn check(self) -> Result<Requirement, ModelError> {
        match &self {
            Requirement::MinDistance { distance, .. } | Requirement::Spacing { distance } => {
                positive("distance", Some(*distance))?;
            }
            Requirement::FootwayWidth { width } => positive("width", Some(*width))?,
            Requirement::GapEvery { length, .. } => positive("length", Some(*length))?,
            Requirement::Inside { of: Place::Zone(ZoneClass::Forbidden) } => {
                let expected = "allowed or restricted: nothing may stand in a forbidden zone";
                return Err(ModelError::new("zone", "forbidden", expected));
            }
            Requirement::ClearWidth { steps } => check_steps(steps)?,
            Requirement::Footprint { width, depth, height, max_area } => {
                if width.or(*depth).or(*height).is_none() && max_area.is_none() {
                    return Err(ModelError::new("footprint", "none", "at least one of width, depth, height, max_area"));
                }
                positive("width", *width)?;
                positive("depth", *depth)?;
                positive("height", *height)?;
            }
            Requirement::KerbOffset { min, max } => match (min, max) {
                (None, None) => {
                    return Err(ModelError::new("kerb_offset", "none", "at least one of min, max"));
                }
                (Some(min), Some(max)) if min.meters() > max.meters() => {
                    return Err(ModelError::new("max", max, format!("at least min, {min}: no stall can stand")));
                }
                _ => {}
            },
            Requirement::Cap(Cap::Spots(all, parts) | Cap::Stalls(all, parts)) => {
                let sum: u64 = parts.iter().map(|part| u64::from(part.get())).sum();
                if !parts.is_empty() && sum != u64::from(all.get()) {
                    return Err(ModelError::new("parts", sum, format!("numbers that add up to {all}")));
                }
            }
            Requirement::Consent { by, .. } if by.is_empty() => {
                return Err(ModelError::new("by", "none", "at least one who is asked"));
            }
            _ => {}
        }
        Ok(self)
    }
}

fn positive(field: &'static str, length: Option<Length>) -> Result<(), ModelError> {
    match length {
        Some(length) if length.is_zero() => Err(ModelError::new(field, length, "a length of more than 0")),
        _ => Ok(()),
    }
}

/// Steps begin with one lane, so that no street is without a width, and rise.
fn check_steps(steps: &[LaneStep]) -> Result<(), ModelError> {
    if steps.first().is_none_or(|step| step.lanes_from != 1) {
        let first = steps.first().map_or_else(String::new, |step| step.lanes_from.to_string());
        return Err(ModelError::new("lanes_from", first, "1 in the first step: every street has a width"));
    }
    for pair in steps.windows(2) {
        if pair[1].lanes_from <= pair[0].lanes_from || pair[1].lanes_from > Scope::MOST_LANES {
            let expected = format!("more than {}, at most {}", pair[0].lanes_from, Scope::MOST_LANES);
            return Err(ModelError::new("lanes_from", pair[1].lanes_from, expected));
        }
    }
    steps.iter().try_for_each(|step| positive("width", Some(step.width)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn m(text: &str) -> Length {
        text.parse().unwrap()
    }

    fn steps(all: &[(u8, &str)]) -> Vec<LaneStep> {
        all.iter().map(|(lanes_from, width)| LaneStep { lanes_from: *lanes_from, width: m(width) }).collect()
    }

    #[test]
    fn a_demand_that_says_nothing_or_can_never_be_met_is_refused_by_its_key() {
        let one = NonZeroU32::MIN;
        let table = [
            (Requirement::Spacing { distance: m("0 m") }, "distance"),
            (Requirement::FootwayWidth { width: m("0 ft") }, "width"),
            (Requirement::GapEvery { stalls: NonZeroU16::MIN, length: m("0 m") }, "length"),
            (Requirement::Inside { of: Place::Zone(ZoneClass::Forbidden) }, "zone"),
            (Requirement::ClearWidth { steps: vec![] }, "lanes_from"),
            (Requirement::ClearWidth { steps: steps(&[(2, "1 m")]) }, "lanes_from"),
            (Requirement::ClearWidth { steps: steps(&[(1, "1 m"), (1, "2 m")]) }, "lanes_from"),
            (Requirement::ClearWidth { steps: steps(&[(1, "1 m"), (21, "2 m")]) }, "lanes_from"),
            (Requirement::ClearWidth { steps: steps(&[(1, "0 m")]) }, "width"),
            (Requirement::Footprint { width: None, depth: None, height: None, max_area: None }, "footprint"),
            (Requirement::Footprint { width: None, depth: Some(m("0 m")), height: None, max_area: None }, "depth"),
            (Requirement::KerbOffset { min: None, max: None }, "kerb_offset"),
            (Requirement::KerbOffset { min: Some(m("2 ft")), max: Some(m("0.6 m")) }, "max"),
            (Requirement::Cap(Cap::Spots(one, vec![one, one])), "parts"),
            (Requirement::Consent { by: vec![], every: None }, "by"),
        ];
        for (requirement, field) in table {
            assert_eq!(requirement.clone().check().unwrap_err().field, field, "{requirement:?}");
        }
        assert!(Requirement::KerbOffset { min: Some(m("18 in")), max: Some(m("45.72 cm")) }.check().is_ok());
        assert!(Requirement::KerbOffset { min: None, max: Some(m("0 m")) }.check().is_ok(), "it must touch the kerb");
    }
}
