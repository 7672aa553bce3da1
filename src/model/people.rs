//! People who sign in, the links and sessions by which they do, and what is noted of their reading.

use super::{Code, Grant, ModelError, Role, TokenId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::net::IpAddr;

/// The name by which a person signs in and answers for what they do. Two users with one name are one user.
///
/// ```
/// use melonmap::model::UserName;
/// assert_eq!(UserName::new("陈 west").unwrap().as_str(), "陈 west");
/// assert!(UserName::new("").is_err());
/// assert!(UserName::new("a/b").is_err());
/// assert!(UserName::new("a\nb").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

impl UserName {
    /// Longest name, characters: it is typed on a phone.
    pub const MAX: usize = 64;

    /// Refuses an empty or long name, one with a slash or control characters, one with white space at its ends.
    pub fn new(name: &str) -> Result<UserName, ModelError> {
        let sound = !name.is_empty()
            && name.trim() == name
            && name.chars().count() <= UserName::MAX
            && !name.chars().any(|c| c.is_control() || c == '/');
        if sound {
            return Ok(UserName(name.to_owned()));
        }
        let expected = "a name of 1 to 64 characters, none of them a slash or a control character";
        Err(ModelError::new("name", name.escape_debug(), expected))
    }

    /// As it is typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserName {
    type Error = ModelError;

    fn try_from(name: String) -> Result<UserName, ModelError> {
        UserName::new(&name)
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> String {
        name.0
    }
}

impl Borrow<str> for UserName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// By which they sign in.
    pub name: UserName,
    /// What they are to the map.
    pub role: Role,
    /// The Areas that they are limited to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Code>,
    /// The password's argon2id hash in PHC form; `None` where only a link opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl User {
    /// Refuses the public. Who works in own Areas and has none sees nothing until a Team gives them some.
    pub fn check(self) -> Result<User, ModelError> {
        if self.role == Role::Public {
            return Err(ModelError::new("role", self.role, "a role that needs a sign-in"));
        }
        Ok(self)
    }

    /// What their sessions open.
    #[must_use]
    pub fn grant(&self) -> Grant {
        Grant { name: self.name.to_string(), role: self.role, areas: self.areas.clone() }
    }
}

/// Which user may not sign in any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEnd {
    /// Who.
    pub name: UserName,
}

/// A link that signs a user in, once. As it is stored: the secret only as its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInLink {
    /// Its public name.
    pub id: TokenId,
    /// SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so that no slow hash is needed.
    pub sha256: String,
    /// Whom it signs in.
    pub user: UserName,
    /// When it ends, used or not.
    pub expires: Timestamp,
}

/// A user signed in at one browser. As it is stored: the cookie's secret only as its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its public name.
    pub id: TokenId,
    /// SHA-256 of the secret, hexadecimal.
    pub sha256: String,
    /// Who signed in.
    pub user: UserName,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// The link that was used up for it; `None` for a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<TokenId>,
    /// The address that it was begun from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<IpAddr>,
}

/// Which session was ended by who signed out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnd {
    /// Which.
    pub id: TokenId,
}

/// Personal fields that were shown to somebody: that it happened, never what they said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadNote {
    /// Which list or collection, such as `household` or `unvisited`.
    pub what: String,
    /// The one thing that was opened; `None` for a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Of how many things personal fields were shown.
    pub count: u64,
    /// The address that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<IpAddr>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_no_public() {
        let user = |role, areas: &[&str]| {
            let areas = areas.iter().map(|code| Code::new(code).unwrap()).collect();
            User { name: UserName::new("li").unwrap(), role, areas, password: None }.check().map_err(|e| e.field)
        };
        assert_eq!(user(Role::Public, &[]).unwrap_err(), "role");
        assert!(user(Role::Member, &["G1"]).is_ok() && user(Role::Admin, &[]).is_ok());
    }

    #[test]
    fn a_name_that_cannot_be_typed_or_put_in_a_path_is_refused() {
        for bad in ["", " li", "li ", "a/b", "a\u{0}b", &"x".repeat(65)] {
            assert!(UserName::new(bad).is_err(), "{bad:?}");
            assert!(serde_json::from_value::<UserName>(bad.into()).is_err(), "{bad:?}");
        }
        assert!(UserName::new(&"西".repeat(64)).is_ok());
    }
}
