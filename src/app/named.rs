//! What a question names, on the map that it is about; refused by its name where it is not there.

use super::AppError;
use crate::model::{Campaign, CampaignId};
use crate::state::{AreaId, State};

/// An Area, ended ones included.
pub fn living(state: &State, code: &str) -> Result<AreaId, AppError> {
    state.area(code).ok_or_else(|| AppError::NotFound { what: "area", name: code.to_owned() })
}

/// A campaign.
pub fn campaign_of(state: &State, id: CampaignId) -> Result<&Campaign, AppError> {
    state.campaign(id).ok_or_else(|| AppError::NotFound { what: "campaign", name: id.to_string() })
}
