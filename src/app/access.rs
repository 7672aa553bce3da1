//! Who calls, and how far they see.

use super::{App, AppError};
use crate::model::{Grant, Reach, Right, Role, TokenId};
use crate::state::{Scope, State};
use crate::store::signature;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

/// Somebody who asks, with what they were granted. Made for each request, so that revoking works at the next one.
#[derive(Debug, Clone)]
pub struct Caller {
    grant: Grant,
    /// The session of a person who signed in, and when it ends by itself.
    session: Option<(TokenId, Timestamp)>,
    from: Option<IpAddr>,
}

impl Caller {
    /// Somebody without a token.
    #[must_use]
    pub fn public() -> Caller {
        Caller::of(Grant::public())
    }

    /// Somebody who showed that they were granted this.
    pub(super) fn of(grant: Grant) -> Caller {
        Caller { grant, session: None, from: None }
    }

    /// A person who signed in.
    pub(super) fn of_session(grant: Grant, id: TokenId, expires: Timestamp) -> Caller {
        Caller { session: Some((id, expires)), ..Caller::of(grant) }
    }

    /// The same, asking from an address.
    #[must_use]
    pub fn at(self, from: Option<IpAddr>) -> Caller {
        Caller { from, ..self }
    }

    /// The address that they ask from, where it is known.
    #[must_use]
    pub fn from(&self) -> Option<IpAddr> {
        self.from
    }

    /// The session of a person who signed in.
    #[must_use]
    pub fn session(&self) -> Option<&TokenId> {
        self.session.as_ref().map(|(id, _)| id)
    }

    /// When the session ends by itself.
    #[must_use]
    pub fn session_ends(&self) -> Option<Timestamp> {
        self.session.as_ref().map(|(_, expires)| *expires)
    }

    /// Who answers for what they change.
    pub(super) fn author(&self) -> String {
        signature(&self.grant.name, self.from)
    }

    /// What they were granted.
    #[must_use]
    pub fn grant(&self) -> &Grant {
        &self.grant
    }

    /// Refuses where a right does not reach at all.
    pub fn require(&self, right: Right) -> Result<(), AppError> {
        match self.grant.reach(right) {
            Reach::Nowhere if self.grant.role == Role::Public => Err(AppError::TokenNeeded(right)),
            Reach::Nowhere => Err(AppError::Forbidden { role: self.grant.role, right }),
            Reach::Own | Reach::Everywhere => Ok(()),
        }
    }

    /// Whether a right reaches anywhere.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.grant.reach(right) != Reach::Nowhere
    }

    /// The part of the map in which they have a right.
    pub(super) fn scope(&self, state: &State, right: Right) -> Result<Scope, AppError> {
        self.require(right)?;
        Ok(match self.grant.reach(right) {
            Reach::Everywhere => Scope::Everywhere,
            Reach::Own | Reach::Nowhere => state.scope(&self.grant.areas),
        })
    }

    /// A number that two callers share exactly when a right shows them the same part of the map; 0 is all of it.
    pub(super) fn scope_number(&self, right: Right) -> u64 {
        if self.grant.reach(right) == Reach::Everywhere {
            return 0;
        }
        let mut areas = self.grant.areas.clone();
        areas.sort_unstable();
        areas.dedup();
        let mut hasher = DefaultHasher::new();
        areas.hash(&mut hasher);
        hasher.finish().max(1)
    }
}

/// SHA-256 of a secret, hexadecimal: what the store keeps of a token.
pub(super) fn sha256(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
        hex
    })
}

impl App {
    /// Who a secret belongs to; without one, the public.
    pub fn caller(&self, secret: Option<&str>) -> Result<Caller, AppError> {
        let Some(secret) = secret else { return Ok(Caller::public()) };
        let state = self.state.read();
        let token = state.people().token(&sha256(secret)).ok_or(AppError::Token)?;
        if token.expires.is_some_and(|end| end <= Timestamp::now()) {
            return Err(AppError::Token);
        }
        Ok(Caller::of(token.grant.clone()))
    }
}
