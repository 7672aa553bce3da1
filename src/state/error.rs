use crate::model::{Code, PlanId};
use thiserror::Error;

/// A change that cannot follow the ones before it. Checked before it is stored; met on loading, the store is damaged.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum StateError {
    /// A visit to a household that was never founded.
    #[error("household '{0}' is not known")]
    Household(Code),
    /// The end of a visit that was never made.
    #[error("visit '{0}' is not known")]
    Visit(uuid::Uuid),
    /// The end of an Area that was never founded.
    #[error("area '{0}' is not known")]
    Area(Code),
    /// A zone or spot of a Plan that was never founded.
    #[error("plan '{0}' is not known")]
    Plan(PlanId),
    /// The end of a zone that is not there.
    #[error("zone '{0}' is not known")]
    Zone(Code),
    /// The end of a spot that is not there.
    #[error("spot '{0}' is not known")]
    Spot(Code),
    /// A number that does not follow the last one.
    #[error("change {found} does not follow change {last}")]
    Order {
        /// The last one applied.
        last: u64,
        /// The one that came.
        found: u64,
    },
    /// An edition that does not follow the last one.
    #[error("edition {found} does not follow edition {last}")]
    Edition {
        /// The last one published; 0 before the first.
        last: u32,
        /// The one that came.
        found: u32,
    },
    /// A question that was given up because its time was over.
    #[error("the answer took too long and was given up")]
    Cut,
    /// More entities than their numbers can count.
    #[error("more than 4,294,967,294 {0}")]
    Full(&'static str),
}
