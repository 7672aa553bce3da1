//! What a change would do, asked before it is stored.

use super::{HouseholdId, Standing, State, StateError, Void};
use crate::model::{Change, Kind, ModelError, TargetChange, Visit};

/// What a change would do to the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Founds something.
    New,
    /// Corrects something that is there.
    Changed,
    /// Says what the map knows already: not worth storing.
    Same,
}

impl State {
    /// What a change would do, or why it cannot be: it names something that is not there.
    pub fn verdict(&self, change: &Change) -> Result<Verdict, ModelError> {
        let of = |known: Option<bool>| match known {
            None => Verdict::New,
            Some(true) => Verdict::Same,
            Some(false) => Verdict::Changed,
        };
        Ok(match change {
            Change::AreaPut(area) => {
                of(self.areas.find(area.code.as_str()).map(|id| *self.areas.get(id).area == *area))
            }
            Change::AreaEnded(end) => {
                let id = self.areas.find(end.code.as_str());
                let id = id.ok_or_else(|| ModelError::new("area", &end.code, "the code of a known area"))?;
                if self.areas.get(id).in_force { Verdict::Changed } else { Verdict::Same }
            }
            Change::HouseholdPut(household) => {
                of(self.households.find(household.code.as_str()).map(|id| self.households.whole(id) == *household))
            }
            Change::ContextPut(feature) => {
                of(self.context.by_code(feature.code.as_str()).map(|known| known.as_ref() == feature.as_ref()))
            }
            Change::CampaignPut(campaign) => of(self.campaigns.get(campaign.id).map(|known| known == campaign)),
            Change::TargetChanged(change) => return self.judge_target(change),
            Change::VisitMade(visit) => {
                let code = visit.household.as_str();
                let expected = "the code of a known household";
                let household =
                    self.households.find(code).ok_or_else(|| ModelError::new("household", code, expected))?;
                if let Some(id) = visit.campaign
                    && self.campaigns.get(id).is_none()
                {
                    return Err(ModelError::new("campaign", id, "the number of a known campaign"));
                }
                match self.visits.get(visit.id) {
                    None => {
                        self.judge_correction(visit, household)?;
                        Verdict::New
                    }
                    Some((of, _)) if of == household && self.visits.is(visit) => Verdict::Same,
                    Some(_) => {
                        return Err(ModelError::new("id", visit.id, "new: another visit was stored under this id"));
                    }
                }
            }
            Change::VisitWithdrawn(end) => {
                let expected = "the id of a known visit that stands";
                let (_, known) = self.visits.get(end.id).ok_or_else(|| ModelError::new("visit", end.id, expected))?;
                match known.void {
                    None => Verdict::Changed,
                    Some(Void::Withdrawn) => Verdict::Same,
                    Some(Void::Corrected(by)) => {
                        return Err(ModelError::new("visit", end.id, format!("{expected}: visit {by} corrected it")));
                    }
                }
            }
            Change::Answered(answer) => return self.judge_answer(answer),
            Change::TeamPut(_) | Change::Assigned(_) => return self.judge_team(change),
            Change::MapDescribed(info) => {
                let blank = self.info == crate::model::MapInfo::default();
                of((!blank).then_some(self.info == *info))
            }
            Change::LedgerPut(template) => {
                if self.areas.find(template.area.as_str()).is_none() {
                    return Err(ModelError::new("area", &template.area, "the code of a known area"));
                }
                of(self.ledgers.get(&template.area).map(|known| known == template.as_ref()))
            }
            Change::EditionPublished(edition) => {
                if self.campaigns.get(edition.campaign).is_none() {
                    return Err(ModelError::new("campaign", edition.campaign, "the number of a known campaign"));
                }
                if edition.number != self.editions.next() {
                    let expected = format!("{}: another edition was published meanwhile", self.editions.next());
                    return Err(ModelError::new("edition", edition.number, expected));
                }
                Verdict::New
            }
            Change::PlanPut(_)
            | Change::ZonePut(_)
            | Change::ZoneEnded(_)
            | Change::SpotPut(_)
            | Change::SpotEnded(_) => return self.judge_drawing(change).expect("these are drawings"),
            Change::TokenMade(_)
            | Change::TokenRevoked(_)
            | Change::UserPut(_)
            | Change::UserDisabled(_)
            | Change::LinkMade(_)
            | Change::SessionBegun(_)
            | Change::SessionEnded(_)
            | Change::ReadNoted(_) => return self.people.verdict(change),
        })
    }

    /// Whether what a visit corrects is there, of the same household, and stands.
    fn judge_correction(&self, visit: &Visit, household: HouseholdId) -> Result<(), ModelError> {
        let Some(id) = visit.corrects else { return Ok(()) };
        let expected = "the id of a known visit to the same household that stands";
        let refused = |more: String| Err(ModelError::new("corrects", id, format!("{expected}{more}")));
        match self.visits.get(id) {
            Some((of, known)) if of == household => match known.void {
                None => Ok(()),
                Some(Void::Corrected(by)) => refused(format!(": visit {by} corrected it")),
                Some(Void::Withdrawn) => refused(": it was withdrawn".into()),
            },
            _ => refused(String::new()),
        }
    }

    fn judge_target(&self, change: &TargetChange) -> Result<Verdict, ModelError> {
        if self.campaigns.get(change.campaign).is_none() {
            return Err(ModelError::new("campaign", change.campaign, "the number of a known campaign"));
        }
        for code in change.add.iter().chain(&change.remove) {
            if self.households.find(code.as_str()).is_none() {
                return Err(ModelError::new("households", code, "the code of a known household"));
            }
        }
        Ok(Verdict::Changed)
    }

    /// The reading of a loading error for people: which change of the store is at fault.
    #[must_use]
    pub fn fault(seq: u64, kind: Kind, error: &StateError) -> String {
        format!("change {seq} ({kind}) does not follow from those before it: {error}")
    }
}
