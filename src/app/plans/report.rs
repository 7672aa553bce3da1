//! What a plan says, as plain values.

use super::compute::Computed;
use super::demands::{Assumed, Stall, ZONES_FORBIDDEN, ZONES_ONLY, assumed};
use crate::analysis::legal::{Amount, Hand, Lost, Measured};
use crate::app::access::hex;
use crate::geom::{LonLat, Meters};
use crate::model::rule::{Cap, Known, Requirement, Rule, Status, StreetVerdict, StreetWidths, Told, Words};
use crate::model::{PlanId, PlanPhase};
use geo::Coord;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// Stalls and metres of strip.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AmountReport {
    /// How many.
    pub stalls: u64,
    /// Metres of strip where the whole depth is free, to the tenth.
    pub length_m: f64,
}

impl From<Amount> for AmountReport {
    fn from(amount: Amount) -> AmountReport {
        AmountReport { stalls: amount.stalls, length_m: tenth(amount.length) }
    }
}

/// Stalls and metres of strip that are lost; less than none where a rule makes room.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LostReport {
    /// How many.
    pub stalls: i64,
    /// Metres of strip, to the tenth.
    pub length_m: f64,
}

impl From<Lost> for LostReport {
    fn from(lost: Lost) -> LostReport {
        LostReport { stalls: lost.stalls, length_m: tenth(lost.length) }
    }
}

/// What one rule takes.
#[derive(Debug, Clone, Serialize)]
pub struct RuleCost {
    /// Its key.
    pub rule: String,
    /// For people.
    pub text: Words,
    /// Lost where it alone holds.
    pub alone: LostReport,
    /// Lost when it is added to those before it.
    pub in_order: LostReport,
    /// What would come back if it were dropped.
    pub freed: LostReport,
}

/// A number that is not to be exceeded.
#[derive(Debug, Clone, Serialize)]
pub struct CapReport {
    /// The rule.
    pub rule: String,
    /// For people.
    pub text: Words,
    /// What is counted: `stalls`, `spots`, `stalls per spot` or `share of population`.
    pub of: &'static str,
    /// At most; for a share, percent.
    pub limit: f64,
    /// Whether the stalls that fit keep it; `None` where that is decided when they are handed out.
    pub pass: Option<bool>,
}

/// What a result was made of.
#[derive(Debug, Clone, Serialize)]
pub struct MadeOf {
    /// The rule set's id.
    pub rules: String,
    /// SHA-256 of its text.
    pub rules_sha256: String,
    /// The last change of the context layer.
    pub context_seq: u64,
    /// The last change of the zones; 0 where none was drawn.
    pub zones_seq: u64,
    /// The last change of the plan.
    pub plan_seq: u64,
    /// Of the program.
    pub version: &'static str,
}

impl fmt::Display for MadeOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MadeOf { rules, rules_sha256, context_seq, zones_seq, plan_seq, version } = self;
        write!(
            f,
            "Lawful places by the rules {rules} (SHA-256 {rules_sha256}), map of change {context_seq}, drawings of change \
             {zones_seq}, plan of change {plan_seq}; Melonmap {version}. Not legal advice."
        )
    }
}

/// The result of a plan.
#[derive(Debug, Clone, Serialize)]
pub struct Result {
    /// How many fit.
    pub stalls: u64,
    /// Metres of strip, to the tenth.
    pub length_m: f64,
    /// Square metres, to the tenth.
    pub area_m2: f64,
    /// Places that hold at least one.
    pub places: usize,
    /// Streets with a stall.
    pub streets: usize,
    /// With no rule at all.
    pub without_rules: AmountReport,
    /// What each rule takes, in the order of the waterfall.
    pub by_rule: Vec<RuleCost>,
    /// Rules that no map can check.
    pub unmeasured: Vec<RuleLine>,
    /// Rules for another trade, or only proposed: not applied.
    pub not_applied: Vec<RuleLine>,
    /// Numbers that are not to be exceeded.
    pub caps: Vec<CapReport>,
    /// When stalls may stand: rules on hours and seasons.
    pub times: Vec<RuleLine>,
    /// What a stall is taken to be.
    pub stall: Stall,
    /// Widths that were assumed on streets with a stall.
    pub assumed: Assumed,
    /// The same of all streets on the ground.
    pub assumed_within: Assumed,
    /// What it was made of.
    pub made_of: MadeOf,
}

/// A rule by its key and words.
#[derive(Debug, Clone, Serialize)]
pub struct RuleLine {
    /// Its key.
    pub rule: String,
    /// For people.
    pub text: Words,
}

/// A plan in a list.
#[derive(Debug, Clone, Serialize)]
pub struct PlanLine {
    /// Its number.
    pub id: PlanId,
    /// For people.
    pub name: String,
    /// How far it has come.
    pub phase: PlanPhase,
    /// The id of its rule set, where its text can be read.
    pub rules: Option<String>,
    /// Who changed it last.
    pub by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// Why a stall may stand at a place, or may not.
#[derive(Debug, Clone, Serialize)]
pub struct WhyReport {
    /// Whether it may.
    pub legal: bool,
    /// What each rule says there, in the order of the set.
    pub rules: Vec<WhyRule>,
    /// The street beside which it is.
    pub street: Option<WhyStreet>,
    /// The nearest lawful place that holds a stall.
    pub nearest: Option<NearestReport>,
}

/// What a rule says of a place.
#[derive(Debug, Clone, Serialize)]
pub struct WhyRule {
    /// Its key.
    pub rule: String,
    /// For people.
    pub text: Words,
    /// What was measured: a number, or a word such as the class of a street; absent where nothing of the kind is near.
    pub measured: Option<serde_json::Value>,
    /// What is asked for.
    pub required: Option<serde_json::Value>,
    /// Of both numbers.
    pub unit: Option<&'static str>,
    /// Whether it is kept.
    pub pass: bool,
}

/// The street in whose strip a place lies, else the nearest one.
#[derive(Debug, Clone, Serialize)]
pub struct WhyStreet {
    /// Its code.
    pub code: String,
    /// For people.
    pub name: Option<String>,
    /// Its class.
    pub class: &'static str,
    /// `left` or `right`, in the direction in which it is drawn; `None` where no strip of it is.
    pub side: Option<&'static str>,
    /// What stays free for people walking there, metres.
    pub clear_width_m: Option<f64>,
    /// Whether any of its widths is assumed.
    pub assumed: bool,
    /// What the plan takes them to be.
    pub widths: WhyWidths,
}

/// The widths of a street, and how each is known.
#[derive(Debug, Clone, Serialize)]
pub struct WhyWidths {
    /// Between the kerbs, metres; of a way for walking, its own width.
    pub carriageway: ToldReport<f64>,
    /// Both directions together; 0 for a way for walking.
    pub lanes: ToldReport<u8>,
    /// Of the footway on the left, in the direction in which it is drawn, metres.
    pub left: ToldReport<f64>,
    /// Of the footway on the right, metres.
    pub right: ToldReport<f64>,
}

/// A value, and how it is known.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ToldReport<T> {
    /// What it is.
    pub value: T,
    /// `measured`, `tagged` or `assumed`.
    pub known: Known,
}

impl From<&StreetWidths> for WhyWidths {
    fn from(widths: &StreetWidths) -> WhyWidths {
        let metres = |told: Told<Meters>| ToldReport { value: centimetre(told.value.0), known: told.known };
        WhyWidths {
            carriageway: metres(widths.carriageway),
            lanes: ToldReport { value: widths.lanes.value, known: widths.lanes.known },
            left: metres(widths.left),
            right: metres(widths.right),
        }
    }
}

/// Where one may stand instead.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct NearestReport {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
    /// How far, metres to the tenth.
    pub distance_m: f64,
}

/// SHA-256, hexadecimal.
fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// To a tenth.
fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// To a centimetre.
fn centimetre(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// As documents write a side.
pub fn side(hand: Hand) -> &'static str {
    match hand {
        Hand::Left => "left",
        Hand::Right => "right",
    }
}

impl Computed {
    /// What a key says: of the rule set's, and of those that a plan adds.
    fn text(&self, key: &str) -> Words {
        let own = |en: &str, zh: &str| Words { en: en.into(), zh: zh.into() };
        match self.inputs.set.rule(key) {
            Some(rule) => rule.text().clone(),
            None if key == ZONES_FORBIDDEN => own("Outside zones that are drawn as forbidden", "在划定的禁止区以外"),
            None if key == ZONES_ONLY => {
                own("Only in zones that are drawn as allowed or restricted", "只在划定的允许区或限时区内")
            }
            None => own(key, key),
        }
    }

    fn line(rule: &Rule) -> RuleLine {
        RuleLine { rule: rule.key().to_string(), text: rule.text().clone() }
    }

    /// The whole report.
    pub fn report(&self) -> Result {
        let all = self.result.all;
        let set = &self.inputs.set;
        let holding: Vec<_> = self.result.places.iter().filter(|place| place.stalls > 0).collect();
        let of_holding: BTreeSet<usize> =
            holding.iter().map(|place| self.site.pieces[place.street as usize].street).collect();
        let costs = self.result.costs.iter().map(|cost| {
            let key = self.numbers.key(cost.rule);
            let (alone, in_order, freed) = (cost.alone.into(), cost.in_order.into(), cost.freed.into());
            RuleCost { text: self.text(key), rule: key.to_owned(), alone, in_order, freed }
        });
        let binding = || set.rules().iter().filter(|rule| rule.status() == Status::InForce);
        let lines = |keep: &dyn Fn(&&Rule) -> bool| binding().filter(keep).map(Computed::line).collect::<Vec<_>>();
        let for_others = |rule: &&Rule| rule.only().trade.is_some();
        let proposed = set.rules().iter().filter(|rule| rule.status() != Status::InForce).map(Computed::line);
        let timed = |rule: &&Rule| matches!(rule.requirement(), Requirement::Hours(_) | Requirement::Season(_));
        Result {
            stalls: all.stalls,
            length_m: tenth(all.length),
            area_m2: tenth(self.result.places.iter().map(|place| place.area).sum()),
            places: holding.len(),
            streets: of_holding.len(),
            without_rules: self.result.none.into(),
            by_rule: costs.collect(),
            unmeasured: lines(&|rule| !rule.is_measured()),
            not_applied: lines(&|rule| for_others(rule) && !timed(rule)).into_iter().chain(proposed).collect(),
            caps: self.demands.caps.iter().map(|(key, cap)| self.cap(key, cap)).collect(),
            times: lines(&timed),
            stall: self.demands.stall.clone(),
            assumed: self.assumed(&of_holding),
            assumed_within: self.assumed(&self.site.inside()),
            made_of: self.made_of(),
        }
    }

    /// What it was made of.
    pub fn made_of(&self) -> MadeOf {
        MadeOf {
            rules: self.inputs.set.id().to_string(),
            rules_sha256: sha256(&self.inputs.plan.rules),
            context_seq: self.inputs.basis.context,
            zones_seq: self.inputs.basis.zones,
            plan_seq: self.inputs.basis.plan,
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    fn assumed(&self, streets: &BTreeSet<usize>) -> Assumed {
        assumed(&self.site, &self.demands.widths, streets)
    }

    fn cap(&self, key: &str, cap: &Cap) -> CapReport {
        #[allow(clippy::cast_precision_loss)] // far below 2^52
        let stalls = self.result.all.stalls as f64;
        let (of, limit, pass) = match cap {
            Cap::Stalls(most, _) => ("stalls", f64::from(most.get()), Some(stalls <= f64::from(most.get()))),
            Cap::Spots(most, _) => ("spots", f64::from(most.get()), None),
            Cap::PerSpot(most) => ("stalls per spot", f64::from(most.get()), None),
            Cap::ShareOfPopulation(share) => ("share of population", share.percent(), None),
        };
        CapReport { rule: key.to_owned(), text: self.text(key), of, limit, pass }
    }

    /// Why a stall may stand at a place, or may not. A few microseconds to a millisecond.
    pub fn why(&self, at: LonLat) -> WhyReport {
        let place = self.site.plane.project(at.coord());
        let why = self.legal.why(&self.result, place);
        // Where no stall could stand by any rule, the nearest street: a width of its that is assumed may be why.
        let beside = why.side.map(|(piece, hand)| (piece, Some(hand)));
        let street = beside.or(why.road.map(|road| (road.street, None))).map(|(piece, hand)| {
            let (street, widths) = (self.site.of(piece), &self.demands.widths[self.site.pieces[piece as usize].street]);
            WhyStreet {
                code: street.feature.code.to_string(),
                name: street.feature.name.clone(),
                class: street.class.as_str(),
                side: hand.map(side),
                clear_width_m: why.clear_width.map(centimetre),
                assumed: widths.known().contains(&Known::Assumed),
                widths: widths.into(),
            }
        });
        let mut rules: Vec<WhyRule> = Vec::new();
        let own = |rule: &str, en: &str, zh: &str, measured: Option<f64>, required: f64, pass: bool| WhyRule {
            rule: rule.into(),
            text: Words { en: en.into(), zh: zh.into() },
            measured: measured.map(|m| centimetre(m).into()),
            required: Some(centimetre(required).into()),
            unit: Some("m"),
            pass,
        };
        if let Some(road) = why.road {
            rules.push(own(
                "carriageway",
                "Not on a carriageway",
                "不在车行道上",
                Some(road.measured),
                road.required,
                road.pass,
            ));
        }
        if why.side.is_none() {
            let mut beside =
                own("footway", "On a footway wide enough for a stall", "在足以设摊的人行道上", None, 0.0, false);
            (beside.required, beside.unit) = (None, None);
            rules.push(beside);
        }
        for number in &self.demands.order {
            let key = self.numbers.key(*number);
            let measured = why.rules.iter().find(|measured| measured.rule == *number);
            let refused = why.refused.contains(number);
            rules.extend(self.why_rule(key, measured, why.side.map(|(piece, hand)| (piece, hand, refused))));
        }
        let nearest = why.nearest.map(|(at, distance)| {
            let at: Coord<f64> = self.site.plane.unproject(at);
            NearestReport { lon: at.x, lat: at.y, distance_m: tenth(distance) }
        });
        WhyReport { legal: why.lawful, rules, street, nearest }
    }

    /// What one rule of the waterfall says of a place: a distance, or what it asks of the street.
    fn why_rule(&self, key: &str, measured: Option<&Measured>, side: Option<(u32, Hand, bool)>) -> Option<WhyRule> {
        let of = |measured: Option<serde_json::Value>, required: Option<serde_json::Value>, unit, pass| {
            Some(WhyRule { rule: key.to_owned(), text: self.text(key), measured, required, unit, pass })
        };
        if let Some(m) = measured {
            return of(Some(centimetre(m.measured).into()), Some(centimetre(m.required).into()), Some("m"), m.pass);
        }
        let rule = self.inputs.set.rule(key);
        let Some(requirement) = rule.map(Rule::requirement) else {
            // A drawn zone that is nowhere.
            return of(None, None, None, true);
        };
        let (piece, hand, refused) = match (requirement, side) {
            (Requirement::OneSideOnly, Some((.., refused))) => return of(None, None, None, !refused),
            (Requirement::Spacing { .. } | Requirement::GapEvery { .. } | Requirement::Cap(_), _) => return None,
            (Requirement::MinDistance { distance, .. }, _) => {
                return of(None, Some(centimetre(distance.meters().0).into()), Some("m"), true);
            }
            (_, None) => return of(None, None, None, !matches!(requirement, Requirement::Inside { .. })),
            (_, Some(side)) => side,
        };
        let street = self.site.of(piece);
        let widths = &self.demands.widths[self.site.pieces[piece as usize].street];
        let own = self.legal.streets()[piece as usize].sides[usize::from(hand == Hand::Right)].as_ref();
        match requirement {
            Requirement::ClearWidth { .. } => {
                let required = requirement.clear_width(widths.lanes.value).map(|w| centimetre(w.0).into());
                of(own.map(|side| centimetre(side.clear_width).into()), required, Some("m"), !refused)
            }
            Requirement::FootwayWidth { width } => {
                let footway = if hand == Hand::Left { widths.left } else { widths.right };
                of(
                    Some(centimetre(footway.value.0).into()),
                    Some(centimetre(width.meters().0).into()),
                    Some("m"),
                    !refused,
                )
            }
            Requirement::StreetClass(classes) => {
                let verdict = match classes.verdict(street.class) {
                    StreetVerdict::Denied => "denied",
                    StreetVerdict::Limited => "limited",
                    StreetVerdict::Allowed => "allowed",
                };
                of(Some(street.class.as_str().into()), Some(verdict.into()), None, !refused)
            }
            _ => of(None, None, None, true),
        }
    }
}
