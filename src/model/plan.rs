use super::rule::MeasuredWidths;
use super::{Code, ModelError, shape};
use geo::MultiPolygon;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The number of a Plan, counted from 1 in the order of their founding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlanId(pub u32);

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How far a Plan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanPhase {
    /// Planners work on it.
    Draft,
    /// Neighbourhoods are asked.
    Consultation,
    /// It holds.
    Published,
    /// It holds no more.
    Ended,
}

impl PlanPhase {
    /// In the order in which a Plan goes through them.
    pub const ALL: [PlanPhase; 4] = [PlanPhase::Draft, PlanPhase::Consultation, PlanPhase::Published, PlanPhase::Ended];

    /// As documents write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            PlanPhase::Draft => "draft",
            PlanPhase::Consultation => "consultation",
            PlanPhase::Published => "published",
            PlanPhase::Ended => "ended",
        }
    }

    /// Whether a Plan may go from here to there: on, back from the consultation to the draft, and from anywhere to its end. What has
    /// ended stays so.
    #[must_use]
    pub fn may_become(self, next: PlanPhase) -> bool {
        use PlanPhase::{Consultation, Draft, Ended, Published};
        self == next
            || matches!(
                (self, next),
                (Draft, Consultation | Ended) | (Consultation, Draft | Published | Ended) | (Published, Ended)
            )
    }
}

impl FromStr for PlanPhase {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<PlanPhase, ModelError> {
        let known = PlanPhase::ALL.into_iter().find(|phase| phase.as_str() == name);
        known.ok_or_else(|| ModelError::new("phase", name, "one of draft, consultation, published, ended"))
    }
}

impl fmt::Display for PlanPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The ground that a Plan is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Within {
    /// An Area by its code, as it is when the plan is computed.
    Area(Code),
    /// A surface of its own: WGS 84, degrees.
    Surface(#[serde(with = "shape::multi_polygon")] MultiPolygon<f64>),
}

/// Where stalls may stand within some ground by some rules: what it is computed from, so that it can be computed again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Identity.
    pub id: PlanId,
    /// For people.
    pub name: String,
    /// The text of its rule set: a copy, which its planners may edit.
    pub rules: String,
    /// The ground that it is for.
    pub within: Within,
    /// Whether stalls may stand only where a zone is drawn that allows them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zones_only: bool,
    /// Widths that were measured, by the code of the street.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub widths: BTreeMap<Code, MeasuredWidths>,
    /// How far it has come.
    pub phase: PlanPhase,
    /// Why it was founded, or changed last.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl Plan {
    /// Longest name, characters.
    pub const MAX_NAME: usize = 200;
    /// Longest reason of a change, characters.
    pub const MAX_REASON: usize = 500;
    /// Longest rule set, bytes: twenty times the longest of the house's own.
    pub const MAX_RULES: usize = 200_000;
    /// Most streets with measured widths.
    pub const MAX_WIDTHS: usize = 50_000;

    /// Refuses an empty or overlong name, overlong texts, and widths that no street has. Whether the rules can be read is not asked.
    pub fn check(self) -> Result<Plan, ModelError> {
        if self.name.trim().is_empty() || self.name.chars().count() > Plan::MAX_NAME {
            return Err(ModelError::new("name", &self.name, format!("1 to {} characters", Plan::MAX_NAME)));
        }
        check_reason(&self.reason)?;
        if self.rules.len() > Plan::MAX_RULES {
            let expected = format!("a rule set of at most {} bytes", Plan::MAX_RULES);
            return Err(ModelError::new("rules", format!("{} bytes", self.rules.len()), expected));
        }
        if self.widths.len() > Plan::MAX_WIDTHS {
            let expected = format!("at most {}", Plan::MAX_WIDTHS);
            return Err(ModelError::new("widths", format!("{} streets", self.widths.len()), expected));
        }
        self.widths.values().try_for_each(|widths| widths.check().map(drop))?;
        if let Within::Surface(surface) = &self.within
            && surface.0.iter().all(|p| p.exterior().0.is_empty())
        {
            return Err(ModelError::new("within", "empty", "a polygon"));
        }
        Ok(self)
    }
}

/// Refuses a reason that is too long for a line of a list.
pub(super) fn check_reason(reason: &str) -> Result<(), ModelError> {
    if reason.chars().count() > Plan::MAX_REASON || reason.chars().any(char::is_control) {
        let expected = format!("a line of at most {} characters", Plan::MAX_REASON);
        return Err(ModelError::new("reason", reason.escape_debug(), expected));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    fn plan() -> Plan {
        let within = Within::Area(Code::new("7001").unwrap());
        let (rules, widths, reason) = ("id = \"x\"".into(), BTreeMap::new(), String::new());
        let phase = PlanPhase::Draft;
        Plan { id: PlanId(1), name: "Vaduz".into(), rules, within, zones_only: false, widths, phase, reason }
    }

    #[test]
    fn a_plan_with_a_value_that_cannot_be_is_refused_by_its_field() {
        assert!(plan().check().is_ok());
        let width = |text: &str| MeasuredWidths { carriageway: text.parse().ok(), ..MeasuredWidths::default() };
        let wide = |text| Plan { widths: [(Code::new("w1").unwrap(), width(text))].into(), ..plan() };
        let table = [
            (Plan { name: " ".into(), ..plan() }, "name"),
            (Plan { reason: "a\nb".into(), ..plan() }, "reason"),
            (Plan { reason: "x".repeat(501), ..plan() }, "reason"),
            (Plan { rules: "x".repeat(200_001), ..plan() }, "rules"),
            (Plan { within: Within::Surface(MultiPolygon(vec![])), ..plan() }, "within"),
            (wide("0 m"), "carriageway"),
            (wide("100.1 m"), "carriageway"),
        ];
        for (plan, field) in table {
            assert_eq!(plan.check().unwrap_err().field, field);
        }
    }

    #[test]
    fn what_has_ended_stays_so_and_nothing_is_published_unasked() {
        use PlanPhase::{Consultation, Draft, Ended, Published};
        for phase in PlanPhase::ALL {
            assert_eq!(phase.as_str().parse::<PlanPhase>().unwrap(), phase);
            assert_eq!(Ended.may_become(phase), phase == Ended);
            assert_eq!(phase.may_become(Published), [Consultation, Published].contains(&phase));
        }
        assert!(Consultation.may_become(Draft) && !Published.may_become(Draft));
    }

    #[test]
    fn a_plan_is_read_back_as_it_was_written() {
        let surface = MultiPolygon(vec![polygon![(x: 9.5, y: 47.1), (x: 9.6, y: 47.1), (x: 9.6, y: 47.2)]]);
        let widths = MeasuredWidths { left: "8 ft".parse().ok(), ..MeasuredWidths::default() };
        let widths = BTreeMap::from([(Code::new("w1").unwrap(), widths)]);
        for plan in [plan(), Plan { within: Within::Surface(surface), widths, zones_only: true, ..plan() }] {
            let written = serde_json::to_string(&plan).unwrap();
            assert_eq!(serde_json::from_str::<Plan>(&written).unwrap(), plan, "{written}");
        }
    }
}
