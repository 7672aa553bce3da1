//! Who calls, and how far they see.

use super::{App, AppError};
use crate::model::{Grant, Reach, Right, Role, Session, Token, TokenId, User};
use crate::state::{Scope, State};
use crate::store::signature;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

/// Somebody who asks, with what they were granted. Made for each request, so that revoking works at the next one.
#[derive(Debug, Clone)]
pub struct Caller {
    grant: Grant,
    by: By,
    from: Option<IpAddr>,
}

/// The day where the service runs: by it Teams and campaigns begin and end.
pub(super) fn today() -> Date {
    day(Timestamp::now())
}

/// The day of a moment where the service runs.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::system()).date()
}

/// The first moment of a day where the service runs.
pub(super) fn start_of(day: Date) -> Timestamp {
    start_in(day, TimeZone::system())
}

pub(super) fn start_in(day: Date, zone: TimeZone) -> Timestamp {
    // Only the first day that there is has none east of Greenwich, and the last one west of it.
    let beyond = if day.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    day.to_zoned(zone).map_or(beyond, |zoned| zoned.timestamp())
}

/// By what a caller holds their grant, and when that ends by itself.
#[derive(Debug, Clone)]
enum By {
    /// The public, and who stands at the store itself, hold theirs for ever.
    Nothing,
    /// A token of ours.
    Token(TokenId, Option<Timestamp>),
    /// A session of a person who signed in.
    Session(TokenId, Timestamp),
    /// A token of an outside identity provider.
    Outside(Timestamp),
}

impl Caller {
    /// Somebody without a token.
    #[must_use]
    pub fn public() -> Caller {
        Caller { grant: Grant::public(), by: By::Nothing, from: None }
    }

    /// Somebody who stands at the store itself and takes so much for themselves, and no more.
    pub(super) fn of_grant(grant: Grant) -> Caller {
        Caller { grant, by: By::Nothing, from: None }
    }

    /// A program that showed a token.
    pub(super) fn of_token(token: &Token) -> Caller {
        Caller { grant: token.grant.clone(), by: By::Token(token.id.clone(), token.expires), from: None }
    }

    /// A person who signed in.
    pub(super) fn of_session(state: &State, session: &Session, user: &User) -> Caller {
        Caller {
            grant: state.grant_of(user, today()),
            by: By::Session(session.id.clone(), session.expires),
            from: None,
        }
    }

    /// Somebody whom an outside identity provider vouches for.
    pub(super) fn of_outside(grant: Grant, expires: Timestamp) -> Caller {
        Caller { grant, by: By::Outside(expires), from: None }
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
        if let By::Session(id, _) = &self.by { Some(id) } else { None }
    }

    /// When the session ends by itself.
    #[must_use]
    pub fn session_ends(&self) -> Option<Timestamp> {
        if let By::Session(_, expires) = &self.by { Some(*expires) } else { None }
    }

    /// When what they hold ends by itself; `None` is never.
    pub(super) fn ends(&self) -> Option<Timestamp> {
        match &self.by {
            By::Nothing => None,
            By::Token(_, expires) => *expires,
            By::Session(_, expires) | By::Outside(expires) => Some(*expires),
        }
    }

    /// Whether they still hold what they were granted, no more and no less: neither ended nor changed since.
    pub(super) fn holds(&self, state: &State, now: Timestamp) -> bool {
        let people = state.people();
        let granted = match &self.by {
            By::Nothing | By::Outside(_) => true,
            By::Token(id, _) => people.token_of(id).is_some_and(|token| token.grant == self.grant),
            By::Session(id, _) => {
                people.session_of(id).is_some_and(|(_, user)| state.grant_of(user, today()) == self.grant)
            }
        };
        granted && self.ends().is_none_or(|end| end > now)
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

    /// Whether they are told the numbers of all changes, which say how much is being entered: who sees figures as they are now, and
    /// who sees those numbers as versions of what is drawn.
    pub(super) fn counts_all(&self) -> bool {
        self.may(Right::Coverage) || self.may(Right::Plans)
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

/// What a token is known by: a hash from which nobody gets it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    /// Of a token's secret.
    #[must_use]
    pub fn of(secret: &str) -> TokenHash {
        TokenHash(sha256(secret))
    }
}

/// SHA-256 of a secret, hexadecimal: what the store keeps of a token.
pub(super) fn sha256(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl App {
    /// Who a secret belongs to; without one, the public.
    pub fn caller(&self, secret: Option<&str>) -> Result<Caller, AppError> {
        secret.map_or(Ok(Caller::public()), |secret| self.bearer(&TokenHash::of(secret)))
    }

    /// Who a token belongs to, now.
    pub fn bearer(&self, token: &TokenHash) -> Result<Caller, AppError> {
        let state = self.state.read();
        let token = state.people().token(&token.0).ok_or(AppError::Token)?;
        if token.expires.is_some_and(|end| end <= Timestamp::now()) {
            return Err(AppError::Token);
        }
        Ok(Caller::of_token(token))
    }
}
