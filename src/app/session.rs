//! Signing in and out.

use super::access::sha256;
use super::people::fresh;
use super::{App, AppError, Caller, NewSecret, password};
use crate::model::{Change, ModelError, Role, Session, SessionEnd, TokenId, User, UserName};
use crate::state::State;
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

/// A session that begins now, and the secret of its cookie.
fn new_session(user: UserName, link: Option<TokenId>, from: Option<IpAddr>) -> (Change, NewSecret) {
    let expires = Timestamp::now() + SESSION_LIFE;
    let expires = Timestamp::from_second(expires.as_second()).unwrap_or(expires);
    let new = fresh("ms", Some(expires));
    let session = Session { id: new.id.clone(), sha256: sha256(&new.secret), user, expires, link, from };
    (Change::SessionBegun(session), new)
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
        let author = signature(user.as_str(), from);
        let (begun, new) = new_session(user, link, from);
        self.store_one(&author, begun).await?;
        let caller = self.session(&new.secret)?;
        Ok((new, caller.at(from)))
    }

    /// Gives who signed in another password. All their sessions end, and one begins for them: its secret, for a cookie, and who
    /// they are in it.
    ///
    /// The old password is asked for, so that a browser left open is not enough; not of who has none yet, nor of who signed in by
    /// a link, for which an administrator vouched: it is how a forgotten password is mended.
    ///
    /// # Errors
    /// [`AppError::Session`] for who has no session, [`AppError::NotSignedIn`] for a program; [`AppError::Invalid`] for an old password that is not right
    /// and a new one that is too short or too long; [`AppError::Slow`] for who has guessed too often.
    pub async fn change_password(
        &self,
        caller: &Caller,
        old: Option<String>,
        new: String,
    ) -> Result<(NewSecret, Caller), AppError> {
        let nobody = || if caller.grant().role == Role::Public { AppError::Session } else { AppError::NotSignedIn };
        let id = caller.session().ok_or_else(nobody)?;
        let standing = |state: &State| {
            let (session, user) = state.people().session_of(id).ok_or(AppError::Session)?;
            Ok::<_, AppError>((user.clone(), session.link.is_some()))
        };
        let (user, by_link) = standing(&self.state.read())?;
        if let Some(kept) = user.password.clone().filter(|_| !by_link) {
            let (name, from) = (user.name.as_str(), caller.from());
            self.throttle.begin(Instant::now(), name, from).map_err(AppError::Slow)?;
            let typed = old.unwrap_or_default();
            if !self.work(move |_| password::matches(&typed, Some(&kept))).await? {
                return Err(ModelError::new("old", "…", "your present password").into());
            }
            self.throttle.succeeded(name, from);
        }
        let phc = self.work(move |_| password::hash("new", &new)).await??;
        // Held until it is stored: a user who was changed or ended meanwhile is not put back.
        let _altering = self.founding.lock().await;
        if standing(&self.state.read())?.0 != user {
            return Err(AppError::Session);
        }
        let (begun, session) = new_session(user.name.clone(), None, caller.from());
        let put = Change::UserPut(User { password: Some(phc), ..user });
        self.store_all(&caller.author(), vec![put, begun]).await?;
        let caller = self.session(&session.secret)?.at(caller.from());
        Ok((session, caller))
    }

    /// Who a session's secret belongs to, at this moment.
    pub fn session(&self, secret: &str) -> Result<Caller, AppError> {
        let state = self.state.read();
        let (session, user) = state.people().session(&sha256(secret)).ok_or(AppError::Session)?;
        if session.expires <= Timestamp::now() {
            return Err(AppError::Session);
        }
        Ok(Caller::of_session(&state, session, user))
    }

    /// Signs a session out; a caller without one has nothing to end.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), AppError> {
        let Some(id) = caller.session().cloned() else { return Ok(()) };
        self.store_one(&caller.author(), Change::SessionEnded(SessionEnd { id })).await
    }
}
