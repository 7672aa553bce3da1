//! Callers whom an outside identity provider vouches for (`OpenID` Connect): its signed tokens, checked against its published keys.

use super::{App, AppError, Caller};
use crate::model::{Code, Grant, Role};
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use parking_lot::Mutex;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Signatures that are accepted. With a shared secret (HMAC) whoever can check could also sign; `none` signs nothing.
const ACCEPTED: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
/// Least time between two readings of the keys: a stranger's made-up key names do not become load on the provider.
const BETWEEN: Duration = Duration::from_mins(1);
/// Age at which keys are read again though none is missing, so that one withdrawn goes.
const STALE: Duration = Duration::from_hours(1);
/// Longest time that the provider has to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest key list, bytes: a provider has a handful.
const MOST_BYTES: u64 = 1_000_000;
/// How far the provider's clock may be off, seconds.
const LEEWAY_S: u64 = 30;

/// Whose tokens are accepted, and how they are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideSettings {
    /// Which `iss` they must name.
    pub issuer: String,
    /// Which `aud` they must name.
    pub audience: String,
    /// URL or file of the keys (JWKS, RFC 7517).
    pub jwks: String,
    /// The claim that names the role; dots go into objects: `realm_access.roles`.
    pub role_claim: String,
    /// The claim that names the codes of Areas.
    pub areas_claim: String,
}

/// The provider and what was last read of its keys.
pub(super) struct Outside {
    settings: OutsideSettings,
    keys: Mutex<Keys>,
}

struct Keys {
    set: Arc<JwkSet>,
    /// When they were last asked for, with or without success.
    asked: Option<Instant>,
}

fn refused(why: &'static str) -> AppError {
    AppError::Outside(why)
}

impl Outside {
    pub fn new(settings: OutsideSettings) -> Outside {
        let set = Arc::new(JwkSet { keys: Vec::new() });
        Outside { settings, keys: Mutex::new(Keys { set, asked: None }) }
    }

    /// The key of that name as last read, and whether to read them again; who is told so is the only one for a while.
    fn known(&self, kid: &str, now: Instant) -> (Option<Jwk>, bool) {
        let mut keys = self.keys.lock();
        let key = keys.set.find(kid).cloned();
        let age = keys.asked.map(|asked| now.saturating_duration_since(asked));
        let again = age.is_none_or(|age| age >= if key.is_some() { STALE } else { BETWEEN });
        if again {
            keys.asked = Some(now);
        }
        (key, again)
    }

    /// Reads the keys from where they are published; those known stay where that fails.
    fn read(&self) {
        match fetch(&self.settings.jwks) {
            Ok(set) => self.keys.lock().set = Arc::new(set),
            Err(why) => tracing::warn!(why, "the identity provider's keys cannot be read"),
        }
    }
}

fn fetch(from: &str) -> Result<JwkSet, String> {
    let bytes = if from.starts_with("http://") || from.starts_with("https://") {
        let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build();
        let mut answer = ureq::Agent::from(agent).get(from).call().map_err(|e| e.to_string())?;
        answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(|e| e.to_string())?
    } else {
        std::fs::read(from).map_err(|e| e.to_string())?
    };
    serde_json::from_slice(&bytes).map_err(|e| e.to_string())
}

/// What a token grants and until when, once its signature, issuer, audience and times are right.
fn judge(
    settings: &OutsideSettings,
    key: &Jwk,
    algorithm: Algorithm,
    token: &str,
) -> Result<(Grant, Timestamp), AppError> {
    let says = key.common.key_algorithm.map(|says| says.to_string());
    if says.is_some_and(|says| says != format!("{algorithm:?}")) {
        return Err(refused("its key is for another algorithm"));
    }
    let opener = DecodingKey::from_jwk(key).map_err(|_| refused("its key cannot be used"))?;
    let mut rules = Validation::new(algorithm);
    rules.leeway = LEEWAY_S;
    rules.validate_nbf = true;
    rules.set_issuer(&[&settings.issuer]);
    rules.set_audience(&[&settings.audience]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let data = decode::<Value>(token, &opener, &rules)
        .map_err(|_| refused("its signature, issuer, audience or time is not right"))?;
    let claims = data.claims;
    let role = texts(&claims, &settings.role_claim).find_map(|name| name.parse::<Role>().ok());
    let role = role.filter(|role| *role != Role::Public).ok_or(refused("it names no role"))?;
    let areas: Result<Vec<Code>, _> = texts(&claims, &settings.areas_claim).map(Code::new).collect();
    let areas = areas.map_err(|_| refused("it names an area that cannot be"))?;
    let who = texts(&claims, "preferred_username").next().or_else(|| texts(&claims, "sub").next()).unwrap_or_default();
    // Told from a user of the same name who signs in here.
    let name = format!("{who} ({})", settings.issuer);
    let grant = Grant { name, role, areas }.check();
    let grant = grant.map_err(|_| refused("its name, or its role without an area, cannot be"))?;
    Ok((grant, ends(&claims)))
}

/// The moment from which a token is not accepted any more.
fn ends(claims: &Value) -> Timestamp {
    let seconds = claims.get("exp").and_then(Value::as_f64).unwrap_or_default().floor();
    #[allow(clippy::cast_possible_truncation)] // what is out of range is the end of time, below
    let seconds = (seconds as i64).saturating_add_unsigned(LEEWAY_S);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// The texts of a claim: one, or a list of them; none where it is absent.
fn texts<'a>(claims: &'a Value, path: &str) -> impl Iterator<Item = &'a str> {
    // A claim may itself have dots in its name, as a URL has.
    let whole = claims.get(path);
    let found = whole.or_else(|| path.split('.').try_fold(claims, |inner, name| inner.get(name)));
    let list = found.and_then(Value::as_array).into_iter().flatten();
    found.and_then(Value::as_str).into_iter().chain(list.filter_map(Value::as_str))
}

impl App {
    /// Who the identity provider says calls.
    pub async fn outside_caller(&self, token: &str) -> Result<Caller, AppError> {
        let outside = self.outside.clone().ok_or(AppError::Token)?;
        let header = decode_header(token).map_err(|_| refused("it cannot be read"))?;
        if !ACCEPTED.contains(&header.alg) {
            return Err(refused("it is not signed by RS256, ES256 or EdDSA"));
        }
        let kid = header.kid.ok_or(refused("it does not name its key"))?;
        let (mut key, again) = outside.known(&kid, Instant::now());
        if again {
            let reading = Arc::clone(&outside);
            self.work(move |_| reading.read()).await?;
            key = outside.keys.lock().set.find(&kid).cloned();
        }
        let key = key.ok_or(refused("its key is not one of the provider's"))?;
        let (grant, ends) = judge(&outside.settings, &key, header.alg, token)?;
        Ok(Caller::of_outside(grant, ends))
    }
}

#[cfg(test)]
mod tests;
