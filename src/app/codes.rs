//! Who codes households out of the denominator more than others do: a reason to look, and no finding.

use super::named::{campaign_of, living};
use super::past::Map;
use super::{App, AppError, Caller, Period, When};
use crate::analysis::AnalysisError;
use crate::analysis::rates::exclusion::{Coded, Exclusion, exclusions};
use crate::model::{CampaignId, Outcome, Right};
use crate::state::AreaId;
use jiff::Timestamp;
use serde::Serialize;

/// Whose codes.
#[derive(Debug, Clone)]
pub struct CodesQuery {
    /// In which campaign; `None` is over all visits.
    pub campaign: Option<CampaignId>,
    /// Within this Area.
    pub within: Option<String>,
    /// As of when, and by visits of which period.
    pub when: When,
}

/// What members coded, and who stands out.
#[derive(Debug, Clone, Serialize)]
pub struct CodesReport {
    /// In which campaign; `None` is over all visits.
    pub campaign: Option<CampaignId>,
    /// When this was true.
    pub as_of: Timestamp,
    /// Of visits that took place then; absent where it is all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// What the figures mean, for people.
    pub definition: &'static str,
    /// By name.
    pub members: Vec<MemberCodes>,
}

/// What one member coded.
#[derive(Debug, Clone, Serialize)]
pub struct MemberCodes {
    /// Who called last.
    pub member: String,
    /// Households that they called on last.
    pub households: u32,
    /// Of them coded vacant.
    pub vacant: u32,
    /// Of them coded demolished.
    pub demolished: u32,
    /// Of them coded duplicate.
    pub duplicate: u32,
    /// The share of the three codes together.
    pub share: f64,
    /// Codes whose share is above that of the others by more than chance explains (99.8 %).
    pub signs: Vec<CodeSign>,
}

/// A share that stands out.
#[derive(Debug, Clone, Serialize)]
pub struct CodeSign {
    /// `any`, `vacant`, `demolished` or `duplicate`.
    pub code: &'static str,
    /// The member's share.
    pub share: f64,
    /// That of all.
    pub overall: f64,
    /// Also where members differ as much as these do.
    pub beyond_scatter: bool,
}

const DEFINITION: &str = "households whose last visit was coded vacant, demolished or duplicate / households called on last by the \
                          member; a sign is a reason to look at the households, and no finding";

impl App {
    /// The codes of all members who called on households of the caller's areas. Looks at each household on which somebody called, or,
    /// of a period, at each visit; the comparison is made without the lock.
    pub async fn codes(&self, caller: &Caller, query: CodesQuery) -> Result<CodesReport, AppError> {
        caller.require(Right::Codes)?;
        let map = self.map(caller, query.when.as_of).await?;
        let caller = caller.clone();
        self.work(move |app| app.codes_on(&map, &caller, &query)).await?
    }

    fn codes_on(&self, map: &Map, caller: &Caller, query: &CodesQuery) -> Result<CodesReport, AppError> {
        let CodesQuery { campaign, when, .. } = *query;
        self.look(map, |state| campaign.map(|id| campaign_of(state, id).map(|_| ())).transpose())?;
        let back = when.period.map(|_| self.turn_back(map, when, campaign));
        let counts = self.look(map, |state| -> Result<Vec<(String, Coded)>, AppError> {
            let scope = caller.scope(state, Right::Codes)?;
            let within = query.within.as_deref().map(|code| living(state, code)).transpose()?;
            let inside = |area: Option<AreaId>| {
                let below = |within| state.is_below(area, within);
                scope.holds(area) && within.is_none_or(below)
            };
            let counts = match &back {
                None => state.outcomes_by_member(campaign, inside),
                Some(back) => back.outcomes_by_member(state, inside),
            };
            let coded = |counts: [u32; Outcome::COUNT]| Coded {
                households: counts.iter().sum(),
                vacant: counts[Outcome::Vacant as usize],
                demolished: counts[Outcome::Demolished as usize],
                duplicate: counts[Outcome::Duplicate as usize],
            };
            Ok(counts.into_iter().map(|(name, counts)| (name.to_owned(), coded(counts))).collect())
        })?;
        let coded: Vec<Coded> = counts.iter().map(|(_, coded)| *coded).collect();
        let signs = exclusions(&coded).map_err(AnalysisError::from)?.map(|found| found.signs()).unwrap_or_default();
        let line = |(n, (member, coded)): (usize, (String, Coded))| {
            let Coded { households, vacant, demolished, duplicate } = coded;
            let of_member = signs.iter().filter(|sign| sign.member == n).map(|sign| CodeSign {
                code: word(sign.code),
                share: sign.share,
                overall: sign.overall,
                beyond_scatter: sign.beyond_scatter,
            });
            let share = f64::from(vacant + demolished + duplicate) / f64::from(households);
            MemberCodes { member, households, vacant, demolished, duplicate, share, signs: of_member.collect() }
        };
        let members = counts.into_iter().enumerate().map(line).collect();
        Ok(CodesReport { campaign, as_of: when.moment(), period: when.period, definition: DEFINITION, members })
    }
}

fn word(code: Exclusion) -> &'static str {
    match code {
        Exclusion::Any => "any",
        Exclusion::Vacant => "vacant",
        Exclusion::Demolished => "demolished",
        Exclusion::Duplicate => "duplicate",
    }
}
