//! Founding and listing campaigns.

use super::read::CampaignReport;
use super::{App, AppError, Caller, Outcome};
use crate::model::{Campaign, Change, Right};
use jiff::civil::Date;

impl App {
    /// All campaigns, by number.
    #[must_use]
    pub fn campaigns(&self) -> Vec<CampaignReport> {
        self.state.read().campaigns().map(CampaignReport::of).collect()
    }

    /// Founds a campaign; it takes the next number.
    pub async fn found_campaign(
        &self,
        caller: &Caller,
        name: String,
        theme: String,
        from: Date,
        to: Date,
        revisit_days: Option<u16>,
    ) -> Result<CampaignReport, AppError> {
        caller.require(Right::Campaign)?;
        // Held until the number is taken, so that two who found at once do not take the same.
        let _founding = self.founding.lock().await;
        let id = self.state.read().next_campaign();
        let campaign = Campaign { id, name, theme, from, to, revisit_days }.check()?;
        let report = CampaignReport::of(&campaign);
        let done = self.commit(&caller.author(), vec![Change::CampaignPut(campaign)]).await?;
        match done.into_iter().next() {
            Some(Outcome::Refused(refusal)) => Err(refusal.into()),
            _ => Ok(report),
        }
    }
}
