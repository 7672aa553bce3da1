//! Users, their links and the tokens of programs: made, listed and ended, in a store that nobody serves or through the service
//! that holds it. What the two ways share is how a change is made.

use super::access::{hex, sha256};
use super::{App, AppError, Caller, Outcome, load, password};
use crate::model::{
    Change, Code, Grant, Kind, Right, Role, SignInLink, Token, TokenEnd, TokenId, User, UserEnd, UserName,
};
use crate::state::{State, Verdict};
use crate::store::{Batch, Entry, Store};
use jiff::{SignedDuration, Timestamp};

/// Letters of a public name.
const ID_BYTES: usize = 4;
/// Random bytes of a secret: too many to guess, so that its plain SHA-256 can be stored.
const SECRET_BYTES: usize = 32;
/// How long a link may wait to be used: until somebody is at their desk again.
const LINK_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// The user of the first link.
const FIRST_USER: &str = "admin";

/// A token or link as its maker sees it, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSecret {
    /// Its public name.
    pub id: TokenId,
    /// What the caller sends; not kept anywhere.
    pub secret: String,
    /// When it ends; `None` is never.
    pub expires: Option<Timestamp>,
}

/// A user as lists show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLine {
    /// By which they sign in.
    pub name: UserName,
    /// What they are to the map.
    pub role: Role,
    /// The Areas that they are limited to.
    pub areas: Vec<Code>,
    /// Whether a password opens as well as a link.
    pub has_password: bool,
}

impl UserLine {
    fn of(user: &User) -> UserLine {
        let User { name, role, areas, password } = user;
        UserLine { name: name.clone(), role: *role, areas: areas.clone(), has_password: password.is_some() }
    }
}

/// The kinds of change of which [`crate::state::People`] is made.
fn of_people(kind: Kind) -> bool {
    let tokens = matches!(kind, Kind::Token | Kind::TokenEnd);
    tokens || matches!(kind, Kind::User | Kind::UserEnd | Kind::Link | Kind::Session | Kind::SessionEnd)
}

/// Random bytes as hexadecimal digits.
fn random_hex(bytes: usize) -> String {
    let mut random = vec![0u8; bytes];
    rand::fill(&mut random[..]);
    hex(&random)
}

/// A fresh public name and secret; the prefix tells a secret found lying about what it opens.
pub(super) fn fresh(prefix: &str, expires: Option<Timestamp>) -> NewSecret {
    let secret = format!("{prefix}_{}", random_hex(SECRET_BYTES));
    NewSecret { id: TokenId(random_hex(ID_BYTES)), secret, expires }
}

fn known_areas(state: &State, areas: &[Code]) -> Result<(), AppError> {
    match areas.iter().find(|code| state.area(code.as_str()).is_none()) {
        Some(code) => Err(AppError::NotFound { what: "area", name: code.to_string() }),
        None => Ok(()),
    }
}

fn new_token(state: &State, grant: Grant, expires: Option<Timestamp>) -> Result<(Change, NewSecret), AppError> {
    let grant = grant.check()?;
    known_areas(state, &grant.areas)?;
    let new = fresh("mm", expires);
    let token = Token { id: new.id.clone(), sha256: sha256(&new.secret), grant, expires };
    Ok((Change::TokenMade(token), new))
}

/// A user let in, or changed with their password kept.
fn put_user(state: &State, name: UserName, role: Role, areas: Vec<Code>) -> Result<Change, AppError> {
    known_areas(state, &areas)?;
    let password = state.people().user(name.as_str()).and_then(|known| known.password.clone());
    Ok(Change::UserPut(User { name, role, areas, password }.check()?))
}

fn new_link(name: UserName, now: Timestamp) -> (Change, NewSecret) {
    let expires = now + LINK_LIFE;
    // The store keeps microseconds.
    let expires = Timestamp::from_microsecond(expires.as_microsecond()).unwrap_or(expires);
    let new = fresh("ml", Some(expires));
    let link = SignInLink { id: new.id.clone(), sha256: sha256(&new.secret), user: name, expires };
    (Change::LinkMade(link), new)
}

/// Makes a change over the people and Areas of a store, and stores it unless it says what stands already.
fn alter<T>(
    store: &mut Store,
    author: &str,
    change: impl FnOnce(&State) -> Result<(Change, T), AppError>,
) -> Result<T, AppError> {
    let state = load(store, |kind| of_people(kind) || matches!(kind, Kind::Area | Kind::AreaEnd))?;
    let (change, result) = change(&state)?;
    if state.verdict(&change)? != Verdict::Same {
        let entries = vec![Entry::from(&change)];
        store.append(&[Batch { at: Timestamp::now(), author: author.into(), entries }])?;
    }
    Ok(result)
}

/// Makes a token and stores its hash. Refuses an Area that the store does not hold.
pub fn create_token(
    store: &mut Store,
    author: &str,
    grant: Grant,
    expires: Option<Timestamp>,
) -> Result<NewSecret, AppError> {
    alter(store, author, |state| new_token(state, grant, expires))
}

/// The tokens that were not revoked, by id.
pub fn list_tokens(store: &Store) -> Result<Vec<Token>, AppError> {
    Ok(load(store, of_people)?.people().tokens().cloned().collect())
}

/// Ends a token.
pub fn revoke_token(store: &mut Store, author: &str, id: TokenId) -> Result<(), AppError> {
    alter(store, author, |_| Ok((Change::TokenRevoked(TokenEnd { id }), ())))
}

/// Lets a user in, or gives one another role and other Areas. Refuses an Area that the store does not hold.
pub fn add_user(store: &mut Store, author: &str, name: UserName, role: Role, areas: Vec<Code>) -> Result<(), AppError> {
    alter(store, author, |state| Ok((put_user(state, name, role, areas)?, ())))
}

/// The users who may sign in, by name.
pub fn list_users(store: &Store) -> Result<Vec<UserLine>, AppError> {
    Ok(load(store, of_people)?.people().users().map(UserLine::of).collect())
}

/// Ends a user, with all links and sessions.
pub fn disable_user(store: &mut Store, author: &str, name: UserName) -> Result<(), AppError> {
    alter(store, author, |_| Ok((Change::UserDisabled(UserEnd { name }), ())))
}

/// Makes a link that signs a user in, once.
pub fn link_user(store: &mut Store, author: &str, name: UserName) -> Result<NewSecret, AppError> {
    alter(store, author, |_| Ok(new_link(name, Timestamp::now())))
}

/// Gives a user a password; sessions that the old one opened end. Costs some 30 ms.
pub fn set_password(store: &mut Store, author: &str, name: &UserName, secret: &str) -> Result<(), AppError> {
    let phc = password::hash("password", secret)?;
    alter(store, author, |state| {
        let unknown = || AppError::NotFound { what: "user", name: name.to_string() };
        let user = state.people().user(name.as_str()).ok_or_else(unknown)?.clone();
        Ok((Change::UserPut(User { password: Some(phc), ..user }), ()))
    })
}

impl App {
    async fn alter<T>(
        &self,
        caller: &Caller,
        change: impl FnOnce(&State) -> Result<(Change, T), AppError>,
    ) -> Result<T, AppError> {
        caller.require(Right::Administer)?;
        // Held until it is stored: a change of a user builds on the user that stands.
        let _altering = self.founding.lock().await;
        let (change, result) = change(&self.state.read())?;
        self.store_one(&caller.author(), change).await?;
        Ok(result)
    }

    /// Stores one change, or tells why it cannot be.
    pub(super) async fn store_one(&self, author: &str, change: Change) -> Result<(), AppError> {
        self.store_all(author, vec![change]).await
    }

    /// Stores changes in one transaction, or tells why one of them cannot be.
    pub(super) async fn store_all(&self, author: &str, changes: Vec<Change>) -> Result<(), AppError> {
        let refusal = |outcome| if let Outcome::Refused(refusal) = outcome { Some(refusal) } else { None };
        let outcomes = self.commit(author, changes).await?;
        outcomes.into_iter().find_map(refusal).map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// The tokens that were not revoked, by id.
    pub fn tokens(&self, caller: &Caller) -> Result<Vec<Token>, AppError> {
        caller.require(Right::Administer)?;
        Ok(self.state.read().people().tokens().cloned().collect())
    }

    /// Makes a token; it opens at the next request.
    pub async fn make_token(
        &self,
        caller: &Caller,
        grant: Grant,
        expires: Option<Timestamp>,
    ) -> Result<NewSecret, AppError> {
        self.alter(caller, |state| new_token(state, grant, expires)).await
    }

    /// Ends a token; it opens nothing at the next request.
    pub async fn end_token(&self, caller: &Caller, id: TokenId) -> Result<(), AppError> {
        self.alter(caller, |state| {
            let known = state.people().tokens().any(|token| token.id == id);
            let unknown = || AppError::NotFound { what: "token", name: id.0.clone() };
            known.then(|| (Change::TokenRevoked(TokenEnd { id: id.clone() }), ())).ok_or_else(unknown)
        })
        .await
    }

    /// The users who may sign in, by name.
    pub fn users(&self, caller: &Caller) -> Result<Vec<UserLine>, AppError> {
        caller.require(Right::Administer)?;
        Ok(self.state.read().people().users().map(UserLine::of).collect())
    }

    /// Lets a user in, or gives one another role and other Areas; whether the user is new.
    pub async fn put_user(
        &self,
        caller: &Caller,
        name: UserName,
        role: Role,
        areas: Vec<Code>,
    ) -> Result<(UserLine, bool), AppError> {
        self.alter(caller, |state| {
            let new = state.people().user(name.as_str()).is_none();
            let change = put_user(state, name, role, areas)?;
            let Change::UserPut(user) = &change else { return Err(AppError::Fault) };
            let line = UserLine::of(user);
            Ok((change, (line, new)))
        })
        .await
    }

    /// Ends a user, with all links and sessions, at the next request.
    pub async fn disable_user(&self, caller: &Caller, name: UserName) -> Result<(), AppError> {
        self.alter(caller, |state| {
            known_user(state, &name)?;
            Ok((Change::UserDisabled(UserEnd { name }), ()))
        })
        .await
    }

    /// Makes a link that signs a user in, once.
    pub async fn link_user(&self, caller: &Caller, name: UserName) -> Result<NewSecret, AppError> {
        self.alter(caller, |state| {
            known_user(state, &name)?;
            Ok(new_link(name, Timestamp::now()))
        })
        .await
    }

    /// Where nobody can sign in yet, an administrator and a link for them, both or neither; there is no default password.
    pub async fn first_link(&self) -> Result<Option<NewSecret>, AppError> {
        if !self.state.read().people().is_empty() {
            return Ok(None);
        }
        let name = UserName::new(FIRST_USER)?;
        let admin = User { name: name.clone(), role: Role::Admin, areas: Vec::new(), password: None };
        let (link, new) = new_link(name, Timestamp::now());
        self.store_all("melonmap serve", vec![Change::UserPut(admin), link]).await?;
        Ok(Some(new))
    }
}

fn known_user(state: &State, name: &UserName) -> Result<(), AppError> {
    let known = state.people().user(name.as_str()).is_some();
    if known { Ok(()) } else { Err(AppError::NotFound { what: "user", name: name.to_string() }) }
}
