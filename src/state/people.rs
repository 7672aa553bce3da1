//! Who may ask: tokens of programs, users, their one-time links and their sessions.

use super::Verdict;
use crate::model::{Change, ModelError, Session, SignInLink, Token, TokenId, User, UserName};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// All who may ask, in maps that are sorted, so that two equal ones also read the same.
///
/// A secret is looked up by its SHA-256: whoever can time the search learns something of a hash, and nothing of a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    tokens: BTreeMap<TokenId, Token>,
    users: BTreeMap<UserName, User>,
    links: BTreeMap<TokenId, SignInLink>,
    sessions: BTreeMap<TokenId, Session>,
    /// Tokens, links and sessions by the SHA-256 of their secret.
    by_hash: BTreeMap<String, TokenId>,
}

impl People {
    /// The token with this SHA-256 (hexadecimal), unless it was revoked. Whether it has expired is for who has a clock.
    #[must_use]
    pub fn token(&self, sha256: &str) -> Option<&Token> {
        self.tokens.get(self.by_hash.get(sha256)?)
    }

    /// The token of this id, unless it was revoked; it may have expired.
    #[must_use]
    pub fn token_of(&self, id: &TokenId) -> Option<&Token> {
        self.tokens.get(id)
    }

    /// The session of this id and its user, unless either was ended; it may have expired.
    #[must_use]
    pub fn session_of(&self, id: &TokenId) -> Option<(&Session, &User)> {
        let session = self.sessions.get(id)?;
        Some((session, self.users.get(&session.user)?))
    }

    /// All tokens that were not revoked, by id.
    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.values()
    }

    /// A user who was not disabled.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.get(name)
    }

    /// All users who were not disabled, by name.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// The link with this SHA-256, unless it was used or its user disabled; it may have expired.
    #[must_use]
    pub fn link(&self, sha256: &str) -> Option<&SignInLink> {
        self.links.get(self.by_hash.get(sha256)?)
    }

    /// The session with this SHA-256 and its user, unless either was ended; it may have expired.
    #[must_use]
    pub fn session(&self, sha256: &str) -> Option<(&Session, &User)> {
        self.session_of(self.by_hash.get(sha256)?)
    }

    /// Whether nobody can ask as more than the public.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty() && self.users.is_empty()
    }

    /// Applies a change of tokens, users, links, sessions or reads; any other changes nothing here. One function for a map that
    /// lives and for one that is loaded.
    pub(super) fn take(&mut self, at: Timestamp, change: Change) {
        match change {
            Change::TokenMade(token) => {
                self.by_hash.insert(token.sha256.clone(), token.id.clone());
                self.tokens.insert(token.id.clone(), token);
            }
            Change::TokenRevoked(end) => {
                if let Some(token) = self.tokens.remove(&end.id) {
                    self.by_hash.remove(&token.sha256);
                }
            }
            Change::UserPut(user) => {
                // What the old password had opened, the new one must open again.
                if self.users.get(&user.name).is_some_and(|known| known.password != user.password) {
                    self.end(|session| session.user == user.name, |_| false);
                }
                self.users.insert(user.name.clone(), user);
            }
            Change::UserDisabled(end) => {
                self.users.remove(&end.name);
                self.end(|session| session.user == end.name, |link| link.user == end.name);
            }
            // A user disabled in the same moment keeps it from coming in.
            Change::LinkMade(link) if self.users.contains_key(&link.user) => {
                self.by_hash.insert(link.sha256.clone(), link.id.clone());
                self.links.insert(link.id.clone(), link);
            }
            Change::SessionBegun(session) => {
                // A good moment to forget what has ended by itself: memory stays bounded by half a day's sign-ins.
                let used = session.link.as_ref();
                self.end(|old| old.expires <= at, |link| link.expires <= at || Some(&link.id) == used);
                if self.users.contains_key(&session.user) {
                    self.by_hash.insert(session.sha256.clone(), session.id.clone());
                    self.sessions.insert(session.id.clone(), session);
                }
            }
            Change::SessionEnded(end) => self.end(|session| session.id == end.id, |_| false),
            _ => {}
        }
    }

    fn end(&mut self, session: impl Fn(&Session) -> bool, link: impl Fn(&SignInLink) -> bool) {
        let by_hash = &mut self.by_hash;
        self.sessions.retain(|_, one| {
            let ends = session(one);
            if ends {
                by_hash.remove(&one.sha256);
            }
            !ends
        });
        self.links.retain(|_, one| {
            let ends = link(one);
            if ends {
                by_hash.remove(&one.sha256);
            }
            !ends
        });
    }

    /// What a change of tokens, users, links, sessions or reads would do.
    pub(super) fn verdict(&self, change: &Change) -> Result<Verdict, ModelError> {
        let known_user = |name: &UserName| {
            let known = self.users.contains_key(name);
            if known { Ok(()) } else { Err(ModelError::new("name", name, "the name of a user who is not disabled")) }
        };
        let of = |known: Option<bool>| match known {
            None => Verdict::New,
            Some(true) => Verdict::Same,
            Some(false) => Verdict::Changed,
        };
        Ok(match change {
            Change::TokenMade(token) => of(self.tokens.get(&token.id).map(|known| known == token)),
            Change::TokenRevoked(end) => {
                if !self.tokens.contains_key(&end.id) {
                    return Err(ModelError::new("token", &end.id.0, "the id of a token that is not revoked"));
                }
                Verdict::Changed
            }
            Change::UserPut(user) => of(self.users.get(&user.name).map(|known| known == user)),
            Change::UserDisabled(end) => {
                known_user(&end.name)?;
                Verdict::Changed
            }
            Change::LinkMade(link) => {
                known_user(&link.user)?;
                of(self.links.get(&link.id).map(|known| known == link))
            }
            Change::SessionBegun(session) => {
                known_user(&session.user)?;
                if session.link.as_ref().is_some_and(|id| !self.links.contains_key(id)) {
                    return Err(ModelError::new("link", "", "a sign-in link that was not used"));
                }
                Verdict::New
            }
            Change::SessionEnded(end) => {
                if self.sessions.contains_key(&end.id) {
                    Verdict::Changed
                } else {
                    Verdict::Same
                }
            }
            _ => Verdict::New,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Role, SessionEnd, TokenEnd, UserEnd};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn name(text: &str) -> UserName {
        UserName::new(text).unwrap()
    }

    fn user(of: &str, password: Option<&str>) -> Change {
        let password = password.map(str::to_owned);
        Change::UserPut(User { name: name(of), role: Role::Analyst, areas: Vec::new(), password })
    }

    fn link(id: &str, of: &str, expires: i64) -> Change {
        let (id, sha256) = (TokenId(id.into()), format!("hash of {id}"));
        Change::LinkMade(SignInLink { id, sha256, user: name(of), expires: at(expires) })
    }

    fn session(id: &str, of: &str, expires: i64, by: Option<&str>) -> Change {
        let (id, sha256) = (TokenId(id.into()), format!("hash of {id}"));
        let link = by.map(|id| TokenId(id.into()));
        Change::SessionBegun(Session { id, sha256, user: name(of), expires: at(expires), link, from: None })
    }

    fn after(changes: impl IntoIterator<Item = (i64, Change)>) -> People {
        let mut people = People::default();
        for (second, change) in changes {
            people.take(at(second), change);
        }
        people
    }

    /// The names behind which somebody is let in.
    fn open(people: &People) -> Vec<&str> {
        let ids = ["l1", "l2", "s1", "s2", "s3"];
        let opens = |id: &str| {
            let hash = format!("hash of {id}");
            people.link(&hash).is_some() || people.session(&hash).is_some()
        };
        ids.into_iter().filter(|id| opens(id)).collect()
    }

    #[test]
    fn what_ends_a_session_or_link_ends_just_those_that_it_names() {
        let begin =
            || vec![(1, user("li", None)), (1, user("wu", None)), (2, link("l1", "li", 90)), (2, link("l2", "wu", 90))];
        let more = |rest: &[(i64, Change)]| after(begin().into_iter().chain(rest.iter().cloned()));
        let (s1, s2) = ((3, session("s1", "li", 50, Some("l1"))), (4, session("s2", "wu", 60, None)));
        let end = |id: &str| Change::SessionEnded(SessionEnd { id: TokenId(id.into()) });
        for (rest, expected) in [
            (vec![], vec!["l1", "l2"]),
            (vec![s1.clone()], vec!["l2", "s1"]),
            (vec![s1.clone(), s2.clone()], vec!["l2", "s1", "s2"]),
            (vec![s1.clone(), s2.clone(), (5, end("s1"))], vec!["l2", "s2"]),
            (vec![s1.clone(), s2.clone(), (5, end("s9"))], vec!["l2", "s1", "s2"]),
            (vec![s1.clone(), s2.clone(), (5, user("li", Some("new")))], vec!["l2", "s2"]),
            (vec![s1.clone(), s2.clone(), (5, user("li", None))], vec!["l2", "s1", "s2"]),
            (vec![s1.clone(), s2.clone(), (5, Change::UserDisabled(UserEnd { name: name("wu") }))], vec!["s1"]),
            (vec![s1, s2, (50, session("s3", "li", 99, None))], vec!["l2", "s2", "s3"]),
            (vec![(90, session("s3", "li", 99, None))], vec!["s3"]),
            (vec![(5, session("s1", "nobody", 99, None)), (6, user("nobody", None))], vec!["l1", "l2"]),
        ] {
            let people = more(&rest);
            assert_eq!(open(&people), expected, "{rest:?}");
            let hashes: Vec<&String> = people.by_hash.keys().collect();
            assert_eq!(
                hashes,
                expected.iter().map(|id| format!("hash of {id}")).collect::<Vec<_>>().iter().collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn a_used_link_and_an_unknown_user_are_refused_before_anything_is_stored() {
        let people =
            after([(1, user("li", None)), (2, link("l1", "li", 90)), (3, session("s1", "li", 50, Some("l1")))]);
        for (change, field) in [
            (session("s2", "li", 50, Some("l1")), "link"),
            (session("s2", "wu", 50, None), "name"),
            (link("l2", "wu", 9), "name"),
            (Change::UserDisabled(UserEnd { name: name("wu") }), "name"),
            (Change::TokenRevoked(TokenEnd { id: TokenId("t".into()) }), "token"),
        ] {
            assert_eq!(people.verdict(&change).unwrap_err().field, field, "{change:?}");
        }
        assert_eq!(people.verdict(&user("li", None)), Ok(Verdict::Same));
        assert_eq!(people.verdict(&user("li", Some("p"))), Ok(Verdict::Changed));
        assert_eq!(people.verdict(&user("wu", None)), Ok(Verdict::New));
    }
}
