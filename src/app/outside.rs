//! Callers whom an outside identity provider vouches for (`OpenID` Connect): its signed tokens, checked against its published keys.

use super::{App, AppError, Caller};
use crate::model::{Code, Grant, Role};
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

/// What a token grants, once its signature, issuer, audience and times are right.
fn judge(settings: &OutsideSettings, key: &Jwk, algorithm: Algorithm, token: &str) -> Result<Grant, AppError> {
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
    Grant { name, role, areas }.check().map_err(|_| refused("its name, or its role without an area, cannot be"))
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
        judge(&outside.settings, &key, header.alg, token).map(Caller::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp};
    use serde_json::json;

    /// A key of the curve P-256 from its number, as PKCS #8 (RFC 5958, RFC 5915).
    fn pair(seed: u8) -> EncodingKey {
        let curve = [0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
        let mut der = vec![0x30, 0x41, 2, 1, 0];
        der.extend(curve);
        der.extend([4, 0x27, 0x30, 0x25, 2, 1, 1, 4, 0x20]);
        der.extend([seed; 32]);
        EncodingKey::from_ec_der(&der)
    }

    fn public(seed: u8, kid: &str) -> Jwk {
        let mut jwk = Jwk::from_encoding_key(&pair(seed), Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(kid.into());
        jwk
    }

    fn settings(jwks: &str) -> OutsideSettings {
        OutsideSettings {
            issuer: "https://id.example".into(),
            audience: "melonmap".into(),
            jwks: jwks.into(),
            role_claim: "realm.roles".into(),
            areas_claim: "areas".into(),
        }
    }

    fn good() -> Value {
        let now = get_current_timestamp();
        json!({"iss": "https://id.example", "aud": "melonmap", "sub": "7", "preferred_username": "li", "exp": now + 600,
               "nbf": now - 5, "realm": {"roles": ["offline", "member"]}, "areas": ["G1", "G2"]})
    }

    fn signed(claims: &Value, seed: u8) -> String {
        let header = Header { kid: Some("k1".into()), ..Header::new(Algorithm::ES256) };
        encode(&header, claims, &pair(seed)).unwrap()
    }

    #[test]
    fn a_token_grants_what_its_claims_say() {
        let grant = judge(&settings(""), &public(1, "k1"), Algorithm::ES256, &signed(&good(), 1)).unwrap();
        let areas: Vec<&str> = grant.areas.iter().map(Code::as_str).collect();
        assert_eq!(
            (grant.name.as_str(), grant.role, areas),
            ("li (https://id.example)", Role::Member, vec!["G1", "G2"])
        );
    }

    #[test]
    fn a_forged_expired_early_or_misdirected_token_and_one_without_a_role_grant_nothing() {
        let now = get_current_timestamp();
        for (member, value) in [
            ("exp", json!(now - 31)),
            ("exp", Value::Null),
            ("nbf", json!(now + 60)),
            ("iss", json!("https://other.example")),
            ("iss", Value::Null),
            ("aud", json!("another")),
            ("aud", Value::Null),
            ("sub", Value::Null),
            ("realm", json!({"roles": ["king"]})),
            ("realm", json!({"roles": ["public"]})),
            ("realm", Value::Null),
            ("areas", Value::Null),
            ("areas", json!([" "])),
            ("preferred_username", json!("a\u{1f}b")),
        ] {
            let mut claims = good();
            let members = claims.as_object_mut().unwrap();
            if value.is_null() {
                members.remove(member)
            } else {
                members.insert(member.into(), value.clone())
            };
            let judged = judge(&settings(""), &public(1, "k1"), Algorithm::ES256, &signed(&claims, 1));
            assert!(matches!(judged, Err(AppError::Outside(_))), "{member} {value}: {judged:?}");
        }
        let forged = judge(&settings(""), &public(1, "k1"), Algorithm::ES256, &signed(&good(), 2));
        assert!(forged.is_err(), "signed by another key");
        let other = judge(&settings(""), &public(1, "k1"), Algorithm::RS256, &signed(&good(), 1));
        assert!(other.is_err(), "a key for another algorithm");
    }

    #[test]
    fn a_key_that_is_not_known_has_the_keys_read_once_a_minute_and_a_known_one_once_an_hour() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("jwks.json");
        let outside = Outside::new(settings(file.to_str().unwrap()));
        let start = Instant::now();
        let asks = |kid: &str, seconds: u64| {
            let (key, again) = outside.known(kid, start + Duration::from_secs(seconds));
            (key.is_some(), again)
        };
        assert_eq!([asks("k1", 0), asks("k1", 59), asks("k1", 60)], [(false, true), (false, false), (false, true)]);
        outside.read();
        assert_eq!(asks("k1", 61), (false, false), "no file yet");
        std::fs::write(&file, json!({"keys": [public(1, "k1")]}).to_string()).unwrap();
        outside.read();
        assert_eq!([asks("k1", 62), asks("k2", 63), asks("k2", 120)], [(true, false), (false, false), (false, true)]);
        assert_eq!([asks("k1", 3_000), asks("k1", 3_720)], [(true, false), (true, true)]);
        std::fs::write(&file, "no keys").unwrap();
        outside.read();
        assert_eq!(asks("k1", 3_721), (true, false), "what is known stays");
    }
}
