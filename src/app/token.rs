//! Tokens: made, listed and revoked beside a store that no server holds, or by the demo.

use super::access::{hex, sha256};
use super::{AppError, load};
use crate::model::access::Token;
use crate::model::{Change, Grant, Kind, TokenEnd, TokenId};
use crate::store::{Batch, Entry, Store};
use jiff::Timestamp;

/// A token as its maker sees it, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its public name.
    pub id: TokenId,
    /// What the caller sends; not kept anywhere.
    pub secret: String,
}

/// Letters of a token's public name.
const ID_BYTES: usize = 4;
/// Random bytes of a secret: too many to guess, so that its plain SHA-256 can be stored.
const SECRET_BYTES: usize = 32;

fn random_hex(bytes: usize) -> String {
    let mut random = vec![0u8; bytes];
    rand::fill(&mut random[..]);
    hex(&random)
}

/// Makes a token and stores its hash. Refuses an Area that the store does not hold.
pub fn create_token(
    store: &mut Store,
    author: &str,
    grant: Grant,
    expires: Option<Timestamp>,
) -> Result<NewToken, AppError> {
    let grant = grant.check()?;
    let state = load(store, |kind| matches!(kind, Kind::Area | Kind::AreaEnd))?;
    if let Some(code) = grant.areas.iter().find(|code| state.area(code.as_str()).is_none()) {
        return Err(AppError::NotFound { what: "area", name: code.to_string() });
    }
    let new = NewToken { id: TokenId(random_hex(ID_BYTES)), secret: format!("mm_{}", random_hex(SECRET_BYTES)) };
    let token = Token { id: new.id.clone(), sha256: sha256(&new.secret), grant, expires };
    append(store, author, &Change::TokenMade(token))?;
    Ok(new)
}

/// The tokens that were not revoked, by id.
pub fn list_tokens(store: &Store) -> Result<Vec<Token>, AppError> {
    let state = load(store, |kind| matches!(kind, Kind::Token | Kind::TokenEnd))?;
    let mut tokens: Vec<Token> = state.tokens().cloned().collect();
    tokens.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(tokens)
}

/// Ends a token.
pub fn revoke_token(store: &mut Store, author: &str, id: TokenId) -> Result<(), AppError> {
    let change = Change::TokenRevoked(TokenEnd { id });
    load(store, |kind| matches!(kind, Kind::Token | Kind::TokenEnd))?.verdict(&change)?;
    append(store, author, &change)
}

fn append(store: &mut Store, author: &str, change: &Change) -> Result<(), AppError> {
    let batch = Batch { at: Timestamp::now(), author: author.into(), entries: vec![Entry::from(change)] };
    store.append(&[batch])?;
    Ok(())
}
