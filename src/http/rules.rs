//! `/api/rules`.

use super::extract::{Params, Path, Toml};
use super::info::NoParams;
use super::problem::Problem;
use crate::app::{App, rule_set, rule_set_text, rule_sets};
use crate::model::ModelError;
use crate::model::rule::{Rule, RuleKey, RuleSet, RuleSetId, Status, Terms, Words};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

/// A rule set as a list shows it.
#[derive(Serialize)]
pub struct Head<'a> {
    id: &'a RuleSetId,
    name: &'a Words,
    jurisdiction: &'a Words,
    source: &'a str,
    year: Option<i16>,
    unit: &'a str,
    note: &'a Words,
    weak: bool,
    extends: Option<&'a RuleSetId>,
}

impl<'a> Head<'a> {
    fn of(set: &'a RuleSet) -> Head<'a> {
        let head = set.head();
        Head {
            id: &head.id,
            name: &head.name,
            jurisdiction: &head.jurisdiction,
            source: &head.source,
            year: head.year,
            unit: head.unit.as_str(),
            note: &head.note,
            weak: head.weak,
            extends: set.extends(),
        }
    }
}

#[derive(Serialize)]
pub struct RuleSets {
    rule_sets: Vec<Head<'static>>,
}

pub async fn list(Params(NoParams {}): Params<NoParams>) -> Json<RuleSets> {
    Json(RuleSets { rule_sets: rule_sets().iter().map(|set| Head::of(set)).collect() })
}

/// A rule; its terms stand under the keys of its file, each number as written and in metres.
#[derive(Serialize)]
struct OneRule<'a> {
    key: &'a RuleKey,
    kind: &'static str,
    text: &'a Words,
    source: &'a str,
    status: Status,
    measured: bool,
    only: Terms,
    terms: Terms,
}

impl<'a> OneRule<'a> {
    fn of(set: &'a RuleSet, rule: &'a Rule) -> OneRule<'a> {
        OneRule {
            key: rule.key(),
            kind: rule.requirement().kind(),
            text: rule.text(),
            source: set.source_of(rule),
            status: rule.status(),
            measured: rule.is_measured(),
            only: rule.only().terms(),
            terms: rule.requirement().terms(),
        }
    }
}

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    rules: Vec<OneRule<'a>>,
    /// Rules in force that no map can check.
    unmeasured: Vec<&'a RuleKey>,
    /// The set as a file that stands alone.
    toml: String,
}

impl<'a> Whole<'a> {
    fn of(set: &'a RuleSet) -> Whole<'a> {
        let rules = set.rules().iter().map(|rule| OneRule::of(set, rule)).collect();
        Whole { head: Head::of(set), rules, unmeasured: set.unmeasured().collect(), toml: rule_set_text(set) }
    }
}

/// The media type of a rule set as people edit it.
const TOML: &str = "application/toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetParams {
    f: Option<String>,
}

pub async fn one(Path(id): Path<String>, Params(params): Params<RuleSetParams>) -> Result<Response, Problem> {
    let set = rule_set(&id)?;
    match params.f.as_deref() {
        None | Some("json") => Ok(Json(Whole::of(&set)).into_response()),
        Some("toml") => Ok(([(header::CONTENT_TYPE, TOML)], rule_set_text(&set)).into_response()),
        Some(other) => Err(ModelError::new("f", other, "one of json, toml").into()),
    }
}

pub async fn check(
    State(app): State<App>,
    Params(NoParams {}): Params<NoParams>,
    Toml(text): Toml,
) -> Result<Response, Problem> {
    Ok(Json(Whole::of(&app.check_rules(text).await?)).into_response())
}
