//! One rule of a file.

use super::section::{Entry, RuleProblem, Section};
use super::words;
use crate::model::ModelError;
use crate::model::rule::{
    Cap, Hours, LaneStep, Length, LengthUnit, Measure, MeasuredFrom, Place, Requirement, Rule, RuleKey, Scope, Season,
    StreetClass, StreetClasses, When,
};
use std::num::{NonZeroU16, NonZeroU32};
use std::str::FromStr;

const LANES: &str = "a whole number of lanes";
const MANY: &str = "a whole number of at least 1";

/// Reads the table of a rule; `unit` is what its set is written in, as far as that could be read.
pub fn read(mut rule: Section<'_, '_>, unit: Option<LengthUnit>) -> Result<Rule, RuleProblem> {
    let key = rule.name().parse::<RuleKey>().map_err(|e| rule.refused(&e))?;
    let text = words(&mut rule, "text")?;
    let source = rule.take("source").map(|entry| entry.text()).transpose()?;
    let status = rule.take("status").map(|entry| entry.parsed()).transpose()?;
    let only = rule.take("only").map(scope).transpose()?;
    let requirement = Reader { rule: &mut rule, unit }.requirement()?;
    rule.end()?;
    let mut made = Rule::new(key, text, requirement).map_err(|e| rule.refused(&e))?;
    if let Some(source) = source {
        made = made.from_source(source).map_err(|e| rule.refused(&e))?;
    }
    if let Some(status) = status {
        made = made.with_status(status);
    }
    match only {
        Some(only) => made.within(only).map_err(|e| rule.refused(&e)),
        None => Ok(made),
    }
}

fn scope(entry: Entry<'_, '_>) -> Result<Scope, RuleProblem> {
    let mut only = entry.section()?;
    let scope = Scope {
        streets: only.take("streets").map(|entry| entry.parsed_list()).transpose()?.unwrap_or_default(),
        lanes_from: only.take("lanes_from").map(|entry| entry.whole(LANES)).transpose()?,
        lanes_to: only.take("lanes_to").map(|entry| entry.whole(LANES)).transpose()?,
        trade: only.take("trade").map(|entry| entry.parsed()).transpose()?,
    };
    only.end()?;
    scope.check().map_err(|e| only.refused(&e))
}

/// What is under way in the table of one rule.
struct Reader<'a, 's, 'i> {
    rule: &'a mut Section<'s, 'i>,
    unit: Option<LengthUnit>,
}

impl Reader<'_, '_, '_> {
    fn requirement(&mut self) -> Result<Requirement, RuleProblem> {
        let kinds = || Requirement::KINDS.join(", ");
        let entry = self.rule.need("kind", &format!("one of {}", kinds()))?;
        Ok(match entry.text()?.as_str() {
            "min_distance" => Requirement::MinDistance {
                of: self.measure()?,
                distance: self.length("distance")?,
                from: self.parsed("from")?.unwrap_or(MeasuredFrom::Edge),
                when: self.when()?,
            },
            "outside" => Requirement::Outside { of: self.place()?, when: self.when()? },
            "inside" => Requirement::Inside { of: self.place()? },
            "clear_width" => Requirement::ClearWidth { steps: self.steps()? },
            "footway_width" => Requirement::FootwayWidth { width: self.length("width")? },
            "footprint" => Requirement::Footprint {
                width: self.maybe_length("width")?,
                depth: self.maybe_length("depth")?,
                height: self.maybe_length("height")?,
                max_area: self.parsed("max_area")?,
            },
            "kerb_offset" => Requirement::KerbOffset { min: self.maybe_length("min")?, max: self.maybe_length("max")? },
            "one_side_only" => Requirement::OneSideOnly,
            "gap_every" => {
                let entry = self.rule.need("stalls", MANY)?;
                let stalls =
                    NonZeroU16::new(entry.whole(MANY)?).ok_or_else(|| entry.fault(format!("0 is not {MANY}")))?;
                Requirement::GapEvery { stalls, length: self.length("length")? }
            }
            "spacing" => Requirement::Spacing { distance: self.length("distance")? },
            "street_class" => self.streets()?,
            "hours" => Requirement::Hours(self.hours()?),
            "season" => Requirement::Season(self.season()?),
            "cap" => Requirement::Cap(self.cap()?),
            "consent" => Requirement::Consent {
                by: self.rule.need("by", "a list of those who are asked, such as [\"residents\"]")?.parsed_list()?,
                every: self.parsed("every")?,
            },
            "review" => Requirement::Review { every: self.rule.need("every", "a time such as 2 years")?.parsed()? },
            "duty" => Requirement::Duty,
            other => {
                let kind = other.escape_debug().to_string();
                return Err(entry.refused(&ModelError::new("kind", kind, format!("one of {}", kinds()))));
            }
        })
    }

    fn length(&mut self, key: &'static str) -> Result<Length, RuleProblem> {
        self.rule.need(key, "a length such as \"3.66 m\" or \"12 ft\"")?.length(self.unit)
    }

    fn maybe_length(&mut self, key: &'static str) -> Result<Option<Length>, RuleProblem> {
        self.rule.take(key).map(|entry| entry.length(self.unit)).transpose()
    }

    fn parsed<T: FromStr<Err = ModelError>>(&mut self, key: &'static str) -> Result<Option<T>, RuleProblem> {
        self.rule.take(key).map(|entry| entry.parsed()).transpose()
    }

    fn measure(&mut self) -> Result<Measure, RuleProblem> {
        let expected = "classes or tags such as [\"hydrant\"], or \"nothing\" where no map has it";
        measure(&self.rule.need("measured_by", expected)?)
    }

    fn place(&mut self) -> Result<Place, RuleProblem> {
        match (self.parsed("zone")?, self.rule.take("measured_by")) {
            (Some(zone), None) => Ok(Place::Zone(zone)),
            (None, Some(entry)) => Ok(Place::Measured(measure(&entry)?)),
            _ => Err(self.rule.fault("zone", "expected one of zone and measured_by, and not both")),
        }
    }

    fn when(&mut self) -> Result<When, RuleProblem> {
        let Some(entry) = self.rule.take("when") else { return Ok(When::Always) };
        let mut when = entry.section()?;
        let in_use = when.take("in_use").map_or(Ok(false), |entry| entry.flag())?;
        let expected = format!("a whole number of minutes from 0 to {}", When::MOST_MARGIN);
        let margin = when.take("margin_min").map(|entry| {
            let margin: u16 = entry.whole(&expected)?;
            if margin > When::MOST_MARGIN {
                Err(entry.fault(format!("{margin} is not {expected}")))
            } else {
                Ok(margin)
            }
        });
        let margin = margin.transpose()?;
        let hours = when.take("hours").as_ref().map(hours).transpose()?;
        let season = when.take("season").as_ref().map(season).transpose()?;
        when.end()?;
        match (in_use, margin, hours, season) {
            (true, margin, None, None) => Ok(When::InUse { margin_min: margin.unwrap_or(0) }),
            (false, None, hours, season) if hours.is_some() || season.is_some() => Ok(When::During { hours, season }),
            _ => Err(when.fault(
                "in_use",
                "expected in_use = true, with margin_min if there is one; else hours, season or both",
            )),
        }
    }

    fn steps(&mut self) -> Result<Vec<LaneStep>, RuleProblem> {
        let (width, by_lanes) = (self.maybe_length("width")?, self.rule.take("by_lanes"));
        let steps = match (width, by_lanes) {
            (Some(width), None) => return Ok(vec![LaneStep { lanes_from: 1, width }]),
            (None, Some(steps)) => steps.list()?,
            _ => return Err(self.rule.fault("width", "expected one of width and by_lanes, and not both")),
        };
        let step = |entry: Entry<'_, '_>| {
            let mut step = entry.section()?;
            let lanes_from = step.need("lanes_from", LANES)?.whole(LANES)?;
            let width = step.need("width", "a length such as \"2 m\"")?.length(self.unit)?;
            step.end()?;
            Ok(LaneStep { lanes_from, width })
        };
        steps.into_iter().map(step).collect()
    }

    fn streets(&mut self) -> Result<Requirement, RuleProblem> {
        let mut list = |key| self.rule.take(key).map(|entry| entry.parsed_list::<StreetClass>()).transpose();
        let (allow, limit, deny) = (list("allow")?, list("limit")?, list("deny")?);
        let classes = StreetClasses::new(allow, limit.unwrap_or_default(), deny.unwrap_or_default());
        classes.map(Requirement::StreetClass).map_err(|e| self.rule.refused(&e))
    }

    fn hours(&mut self) -> Result<Hours, RuleProblem> {
        hours(&self.rule.need("hours", "a list such as [\"Mo-Fr 07:00-19:00\"]")?)
    }

    fn season(&mut self) -> Result<Season, RuleProblem> {
        season(&self.rule.need("season", "a list such as [\"05-15..08-31\"]")?)
    }

    fn cap(&mut self) -> Result<Cap, RuleProblem> {
        let share = self.parsed("share_of_population")?;
        let mut count = |key| self.rule.take(key).as_ref().map(many).transpose();
        let (per_spot, spots, stalls) = (count("per_spot")?, count("spots")?, count("stalls")?);
        let parts = self.rule.take("parts").map(|entry| entry.list()?.iter().map(many).collect()).transpose()?;
        match (share, per_spot, spots, stalls, parts) {
            (Some(share), None, None, None, None) => Ok(Cap::ShareOfPopulation(share)),
            (None, Some(most), None, None, None) => Ok(Cap::PerSpot(most)),
            (None, None, Some(most), None, parts) => Ok(Cap::Spots(most, parts.unwrap_or_default())),
            (None, None, None, Some(most), parts) => Ok(Cap::Stalls(most, parts.unwrap_or_default())),
            _ => Err(self.rule.fault(
                "spots",
                "expected one of share_of_population, per_spot, spots and stalls; parts with the last two alone",
            )),
        }
    }
}

fn measure(entry: &Entry<'_, '_>) -> Result<Measure, RuleProblem> {
    if entry.is_text("nothing") {
        return Ok(Measure::Nothing);
    }
    listed(entry, |selectors: Vec<_>| Measure::things(selectors), Entry::parsed)
}

fn hours(entry: &Entry<'_, '_>) -> Result<Hours, RuleProblem> {
    listed(entry, |spans: Vec<String>| Hours::new(&spans), Entry::text)
}

fn season(entry: &Entry<'_, '_>) -> Result<Season, RuleProblem> {
    listed(entry, |ranges: Vec<String>| Season::new(&ranges), Entry::text)
}

fn many(entry: &Entry<'_, '_>) -> Result<NonZeroU32, RuleProblem> {
    let number: u32 = entry.whole(MANY)?;
    NonZeroU32::new(number).ok_or_else(|| entry.fault(format!("0 is not {MANY}")))
}

/// A list that the model takes whole or refuses.
fn listed<'s, 'i, P, T>(
    entry: &Entry<'s, 'i>,
    make: impl FnOnce(Vec<P>) -> Result<T, ModelError>,
    one: impl Fn(&Entry<'s, 'i>) -> Result<P, RuleProblem>,
) -> Result<T, RuleProblem> {
    let parts = entry.list()?.iter().map(one).collect::<Result<_, _>>()?;
    make(parts).map_err(|e| entry.refused(&e))
}
