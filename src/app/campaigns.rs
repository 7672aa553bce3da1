//! Founding, changing and listing campaigns.

use super::access::{day, today};
use super::named::campaign_of;
use super::targets::TargetInput;
use super::{App, AppError, Caller};
use crate::model::{Campaign, CampaignId, Change, Right, TargetChange};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

/// A campaign.
#[derive(Debug, Clone, Serialize)]
pub struct CampaignReport {
    /// Its number.
    pub id: CampaignId,
    /// For people.
    pub name: String,
    /// What it is about.
    pub theme: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Days after which a household that was reached is to be called on again; `None` once is enough.
    pub revisit_days: Option<u16>,
    /// Days after which a household in need is to be called on again; `None` at the next occasion.
    pub need_days: Option<u16>,
    /// `planned`, `running`, `ended` – late visits still come in – or `closed`.
    pub phase: &'static str,
}

/// What a campaign is, as its founder says it.
#[derive(Debug, Clone)]
pub struct CampaignInput {
    /// For people.
    pub name: String,
    /// What it is about.
    pub theme: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Days between two calls.
    pub revisit_days: Option<u16>,
    /// Days until the next call where a need was found.
    pub need_days: Option<u16>,
    /// Takes no more visits.
    pub closed: bool,
}

impl CampaignInput {
    fn campaign(self, id: CampaignId) -> Campaign {
        let CampaignInput { name, theme, from, to, revisit_days, need_days, closed } = self;
        Campaign { id, name, theme, from, to, revisit_days, need_days, closed }
    }
}

impl CampaignReport {
    pub(super) fn of(campaign: &Campaign, today: Date) -> CampaignReport {
        let Campaign { id, name, theme, from, to, revisit_days, need_days, closed } = campaign.clone();
        let phase = match () {
            () if closed => "closed",
            () if today < from => "planned",
            () if today > to => "ended",
            () => "running",
        };
        CampaignReport { id, name, theme, from, to, revisit_days, need_days, phase }
    }
}

impl App {
    /// All campaigns, by number; as they were at a time, for who may look back.
    pub async fn campaigns(&self, caller: &Caller, as_of: Option<Timestamp>) -> Result<Vec<CampaignReport>, AppError> {
        let map = self.map(caller, as_of).await?;
        let today = as_of.map_or_else(today, day);
        Ok(self.look(&map, |state| state.campaigns().map(|one| CampaignReport::of(one, today)).collect()))
    }

    pub(super) fn known_campaign(&self, id: CampaignId) -> Result<Campaign, AppError> {
        campaign_of(&self.state.read(), id).cloned()
    }

    /// Founds a campaign and fixes its target, both or neither; it takes the next number.
    pub async fn found_campaign(
        &self,
        caller: &Caller,
        input: CampaignInput,
        target: TargetInput,
    ) -> Result<CampaignReport, AppError> {
        caller.require(Right::Campaign)?;
        // Held until the number is taken, so that two who found at once do not take the same.
        let _founding = self.founding.lock().await;
        let id = self.state.read().next_campaign();
        let campaign = input.campaign(id).check()?;
        let report = CampaignReport::of(&campaign, today());
        let mut changes = vec![Change::CampaignPut(campaign)];
        let asker = caller.clone();
        let fixed = self.work(move |app| app.fixed(&asker, id, target)).await??;
        changes.extend(fixed.into_iter().map(Change::TargetChanged));
        self.store_all(&caller.author(), changes).await?;
        Ok(report)
    }

    /// Changes what a campaign says of itself, or closes it; its target stays. One that has begun keeps its first day: by it visits
    /// were taken or refused.
    pub async fn change_campaign(
        &self,
        caller: &Caller,
        id: CampaignId,
        input: CampaignInput,
    ) -> Result<CampaignReport, AppError> {
        caller.require(Right::Campaign)?;
        let _founding = self.founding.lock().await;
        let known = self.known_campaign(id)?;
        let campaign = input.campaign(id).check()?;
        if known.from <= today() && campaign.from != known.from {
            let expected = format!("{}, as long as the campaign has begun", known.from);
            return Err(crate::model::ModelError::new("from", campaign.from, expected).into());
        }
        let report = CampaignReport::of(&campaign, today());
        self.store_one(&caller.author(), Change::CampaignPut(campaign)).await?;
        Ok(report)
    }

    /// Stores decisions on a target.
    pub(super) async fn store_target(&self, caller: &Caller, changes: Vec<TargetChange>) -> Result<(), AppError> {
        self.store_all(&caller.author(), changes.into_iter().map(Change::TargetChanged).collect()).await
    }
}
