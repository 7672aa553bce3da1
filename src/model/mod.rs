//! What is true of the domain on paper: its things, the closed list of what can happen to them, who may see what.
//!
//! Invariants:
//! - A value is valid or does not exist: constructors refuse, deserialising goes through them.
//! - [`Change`] is the only way in: nothing else alters a map.
//! - What leaves is decided by [`access::reach`], a pure table; private until it says otherwise.
//!
//! This room knows nothing of files, SQL, URLs, locks or clocks.

pub mod access;
mod answer;
mod area;
mod campaign;
mod change;
mod code;
pub mod collection;
mod confided;
mod context;
mod edition;
mod error;
mod feature;
pub mod filter;
pub mod gridcode;
mod household;
pub mod ledger;
mod people;
mod plan;
pub mod rule;
mod shape;
mod tally;
mod team;
mod visit;
pub mod written;
mod zone;

pub use access::{Grant, Reach, Right, Role, Token, TokenId};
pub use answer::{Answer, Satisfaction};
pub use area::{Area, Level};
pub use campaign::{Campaign, CampaignId, TargetChange};
pub use change::{AreaEnd, Change, DrawingEnd, Kind, MapInfo, TokenEnd};
pub use code::Code;
pub use confided::{Confided, ConfidedField, KeyId, Sealed};
pub use context::{ContextClass, ContextFeature};
pub use edition::{Column, Edition, Moved, Unit};
pub use error::ModelError;
pub use feature::{Datum, Feature};
pub use household::{Household, Status};
pub use people::{ReadNote, Session, SessionEnd, SignInLink, User, UserEnd, UserName};
pub use plan::{Plan, PlanId, PlanPhase, Within};
pub use shape::Shape;
pub use tally::{AnswerCounts, OutcomeCounts, Tally};
pub use team::{Assignment, Charge, Membership, Team};
pub use visit::{Fix, Outcome, Visit, VisitEnd};
pub use zone::{Spot, Zone};
