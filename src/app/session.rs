//! Signing in and out.

use super::access::sha256;
use super::people::fresh;
use super::{App, AppError, Caller, NewSecret, password};
use crate::model::{Change, Session, SessionEnd, TokenId, UserName};
use crate::store::signature;
use jiff::{SignedDuration, Timestamp};
use std::net::IpAddr;
use std::time::Instant;

/// How long a session lasts: a working day. It is not renewed by use.
const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(12);

/// By what somebody signs in.
#[derive(Clone)]
pub enum Credential {
    /// The secret of a one-time link.
    Link(String),
    /// What a person knows.
    Password {
        /// Of the user.
        name: String,
        /// As typed.
        password: String,
    },
}

impl App {
    /// Signs somebody in from an address: a session's secret, for a cookie, and who they are from now on.
    ///
    /// # Errors
    /// [`AppError::Link`] and [`AppError::Password`] for what opens nothing, in the same words and time whether the name is known;
    /// [`AppError::Slow`] for who has guessed too often.
    pub async fn sign_in(&self, by: Credential, from: Option<IpAddr>) -> Result<(NewSecret, Caller), AppError> {
        match by {
            Credential::Link(secret) => self.sign_in_by_link(&secret, from).await,
            Credential::Password { name, password } => self.sign_in_by_password(name, password, from).await,
        }
    }

    async fn sign_in_by_link(&self, secret: &str, from: Option<IpAddr>) -> Result<(NewSecret, Caller), AppError> {
        // Held until the link is used up: of two who come at once with one link, one comes in.
        let _using = self.founding.lock().await;
        let link = self.state.read().people().link(&sha256(secret)).cloned().ok_or(AppError::Link)?;
        if link.expires <= Timestamp::now() {
            return Err(AppError::Link);
        }
        self.begin_session(link.user, Some(link.id), from).await
    }

    async fn sign_in_by_password(
        &self,
        name: String,
        typed: String,
        from: Option<IpAddr>,
    ) -> Result<(NewSecret, Caller), AppError> {
        self.throttle.begin(Instant::now(), &name, from).map_err(AppError::Slow)?;
        let kept = self.state.read().people().user(&name).and_then(|user| user.password.clone());
        let right = self.work(move |_| password::matches(&typed, kept.as_deref())).await?;
        let name = UserName::new(&name).ok().filter(|_| right).ok_or(AppError::Password)?;
        self.throttle.succeeded(name.as_str(), from);
        self.begin_session(name, None, from).await
    }

    async fn begin_session(
        &self,
        user: UserName,
        link: Option<TokenId>,
        from: Option<IpAddr>,
    ) -> Result<(NewSecret, Caller), AppError> {
        let expires = Timestamp::now() + SESSION_LIFE;
        let expires = Timestamp::from_second(expires.as_second()).unwrap_or(expires);
        let new = fresh("ms", Some(expires));
        let author = signature(user.as_str(), from);
        let session = Session { id: new.id.clone(), sha256: sha256(&new.secret), user, expires, link, from };
        self.store_one(&author, Change::SessionBegun(session)).await?;
        let caller = self.session(&new.secret)?;
        Ok((new, caller.at(from)))
    }

    /// Who a session's secret belongs to, at this moment.
    pub fn session(&self, secret: &str) -> Result<Caller, AppError> {
        let state = self.state.read();
        let (session, user) = state.people().session(&sha256(secret)).ok_or(AppError::Session)?;
        if session.expires <= Timestamp::now() {
            return Err(AppError::Session);
        }
        Ok(Caller::of_session(user.grant(), session.id.clone(), session.expires))
    }

    /// Signs a session out; a caller without one has nothing to end.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), AppError> {
        let Some(id) = caller.session().cloned() else { return Ok(()) };
        self.store_one(&caller.author(), Change::SessionEnded(SessionEnd { id })).await
    }
}
