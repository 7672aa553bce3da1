//! What rules demand in numbers, for who measures: metres, of a street with its class and lanes. A rule that demands nothing of
//! the sort gives `None`.

use super::{LaneStep, Length, Requirement, Rule, RuleSet, Scope, StreetClass, StreetVerdict, Surface, Trade};
use crate::geom::Meters;

/// The largest stall that a rule allows; what it does not limit is `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StallLimit {
    /// Along the kerb.
    pub width: Option<Meters>,
    /// Across the footway.
    pub depth: Option<Meters>,
    /// Above the ground.
    pub height: Option<Meters>,
    /// On the ground, m².
    pub area_m2: Option<f64>,
}

/// How far from the kerb a rule lets a stall begin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KerbLimit {
    /// At least; 0 where the rule does not say.
    pub least: Meters,
    /// At most, where the rule says.
    pub most: Option<Meters>,
}

impl Requirement {
    /// How far a stall stays from each thing that the rule is measured from; more than 0, at most 10 km.
    #[must_use]
    pub fn distance(&self) -> Option<Meters> {
        if let Requirement::MinDistance { distance, .. } = self { Some(distance.meters()) } else { None }
    }

    /// How far a stall stays from the next; more than 0, at most 10 km.
    #[must_use]
    pub fn spacing(&self) -> Option<Meters> {
        if let Requirement::Spacing { distance } = self { Some(distance.meters()) } else { None }
    }

    /// What stays free for people walking on a street of so many lanes, after the stall's depth is taken from the footway.
    #[must_use]
    pub fn clear_width(&self, lanes: u8) -> Option<Meters> {
        let Requirement::ClearWidth { steps } = self else { return None };
        // The first step begins with one lane, and holds for ways with none as well.
        let step: Option<&LaneStep> = steps.iter().rev().find(|step| step.lanes_from <= lanes).or(steps.first());
        step.map(|step| step.width.meters())
    }

    /// How wide the footway is at least, before a stall stands on it.
    #[must_use]
    pub fn footway_width(&self) -> Option<Meters> {
        if let Requirement::FootwayWidth { width } = self { Some(width.meters()) } else { None }
    }

    /// The largest stall.
    #[must_use]
    pub fn stall(&self) -> Option<StallLimit> {
        let Requirement::Footprint { width, depth, height, max_area } = self else { return None };
        let meters = |length: &Option<Length>| length.map(Length::meters);
        let (width, depth, height) = (meters(width), meters(depth), meters(height));
        Some(StallLimit { width, depth, height, area_m2: max_area.map(Surface::square_meters) })
    }

    /// From the kerb to the stall.
    #[must_use]
    pub fn kerb(&self) -> Option<KerbLimit> {
        let Requirement::KerbOffset { min, max } = self else { return None };
        Some(KerbLimit { least: min.map_or(Meters(0.0), Length::meters), most: max.map(Length::meters) })
    }

    /// After how many stalls in a row a gap comes, and how long it is.
    #[must_use]
    pub fn gap(&self) -> Option<(u16, Meters)> {
        if let Requirement::GapEvery { stalls, length } = self { Some((stalls.get(), length.meters())) } else { None }
    }

    /// What it says of streets of a class.
    #[must_use]
    pub fn verdict(&self, class: StreetClass) -> Option<StreetVerdict> {
        if let Requirement::StreetClass(classes) = self { Some(classes.verdict(class)) } else { None }
    }
}

impl RuleSet {
    /// The rules that a street and what stands there pass or fail, for who trades so, each with its place among
    /// [`RuleSet::rules`]: in force, of a kind that a map can tell, and holding on streets of this class and so many lanes.
    ///
    /// A way for walking has no lanes; it counts as having one.
    pub fn on_street(
        &self,
        class: StreetClass,
        lanes: u8,
        trade: Option<Trade>,
    ) -> impl Iterator<Item = (usize, &Rule)> {
        let lanes = lanes.clamp(1, Scope::MOST_LANES);
        let measured = self.rules().iter().enumerate().filter(|(_, rule)| rule.is_measured());
        measured.filter(move |(_, rule)| rule.only().covers(class, lanes, trade))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU16;

    fn m(text: &str) -> Length {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_told_in_metres_and_by_rules_of_their_kind_alone() {
        let steps = [(1, "1.5 m"), (3, "2 m")].map(|(lanes_from, width)| LaneStep { lanes_from, width: m(width) });
        let all = [
            Requirement::Spacing { distance: m("200 ft") },
            Requirement::ClearWidth { steps: steps.into() },
            Requirement::FootwayWidth { width: m("9 ft") },
            Requirement::Footprint {
                width: Some(m("8 ft")),
                depth: None,
                height: Some(m("150 cm")),
                max_area: Some("3 m2".parse().unwrap()),
            },
            Requirement::KerbOffset { min: None, max: Some(m("18 in")) },
            Requirement::KerbOffset { min: Some(m("0.5 m")), max: None },
            Requirement::GapEvery { stalls: NonZeroU16::new(10).unwrap(), length: m("3 m") },
            Requirement::Duty,
        ];
        let told = |of: &dyn Fn(&Requirement) -> Option<String>| -> Vec<(usize, String)> {
            all.iter().enumerate().filter_map(|(at, one)| Some((at, of(one)?))).collect()
        };
        let one = |at, text: &str| vec![(at, text.to_owned())];
        assert_eq!(told(&|r| r.spacing().map(|m| format!("{}", m.0))), one(0, "60.96"));
        assert!(told(&|r| r.distance().map(|m| format!("{}", m.0))).is_empty());
        for (lanes, width) in [(0, "1.5"), (1, "1.5"), (2, "1.5"), (3, "2"), (8, "2")] {
            assert_eq!(told(&|r| r.clear_width(lanes).map(|m| format!("{}", m.0))), one(1, width), "{lanes}");
        }
        assert_eq!(told(&|r| r.footway_width().map(|m| format!("{}", m.0))), one(2, "2.7432"));
        let stall =
            |r: &Requirement| r.stall().map(|s| format!("{:?} {:?} {:?} {:?}", s.width, s.depth, s.height, s.area_m2));
        assert_eq!(told(&stall), one(3, "Some(Meters(2.4384)) None Some(Meters(1.5)) Some(3.0)"));
        let kerb = |r: &Requirement| r.kerb().map(|k| format!("{} {:?}", k.least.0, k.most));
        assert_eq!(told(&kerb), [(4, "0 Some(Meters(0.4572))".to_owned()), (5, "0.5 None".to_owned())]);
        assert_eq!(told(&|r| r.gap().map(|(n, m)| format!("{n} {}", m.0))), one(6, "10 3"));
        assert!(told(&|r| r.verdict(StreetClass::Path).map(|v| format!("{v:?}"))).is_empty());
    }
}
