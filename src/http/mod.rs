//! The API: URLs, statuses, headers. A handler extracts, calls `app`, renders.
//!
//! Invariants:
//! - Every route is an operation of the table `routes`, with a rule of who may ask and a description.
//! - Every error leaves as a problem (RFC 9457); `problem` is the only place that picks a status.
//! - An unknown query parameter, a value out of range and a body that cannot be read are refused before any work.
//! - No answer and no log line holds household data that the caller's role may not see.
//!
//! This room knows nothing of SQL, of the state or of the store.

mod accept;
mod answers;
mod areas;
mod assignment;
mod campaigns;
mod cookie;
mod coverage;
mod describe;
mod door;
mod editions;
mod extract;
mod guard;
mod health;
mod hits;
mod households;
mod info;
mod ledger;
mod live;
mod logged;
mod members;
mod metrics;
mod observe;
mod ogc;
mod operation;
mod page;
mod people;
mod plans;
mod precondition;
mod problem;
mod rates;
mod router;
mod routes;
mod rules;
mod security;
mod session;
mod settings;
mod teams;
mod tiles;
mod visits;
mod worklist;

pub use door::{BasePath, House, Proxies, Tls, TlsError, serve};
pub use operation::{About, Described, Gives, Lane, Operation, Parameter, Rule, Takes, Verb};
pub use router::router;
pub use routes::operations;
pub use settings::HttpSettings;
