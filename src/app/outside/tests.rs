//! Tokens of an identity provider: which are believed, and how often its keys are asked for.

use super::*;
use jsonwebtoken::{EncodingKey, Header, encode, get_current_timestamp};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    named(Jwk::from_encoding_key(&pair(seed), Algorithm::ES256).unwrap(), kid)
}

fn named(mut jwk: Jwk, kid: &str) -> Jwk {
    jwk.common.key_id = Some(kid.into());
    jwk
}

/// A key made for these tests, which opens nothing else (PKCS #1).
fn rs256() -> (EncodingKey, Jwk) {
    let pair = EncodingKey::from_rsa_der(include_bytes!("rs256.der"));
    let public = named(Jwk::from_encoding_key(&pair, Algorithm::RS256).unwrap(), "k1");
    (pair, public)
}

/// The key of RFC 8037, appendix A.1 and A.2, as PKCS #8 (RFC 8410).
fn eddsa() -> (EncodingKey, Jwk) {
    let secret = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49,
        0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    ];
    let head = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let public = json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "k1",
                        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    (EncodingKey::from_ed_der(&[&head[..], &secret].concat()), serde_json::from_value(public).unwrap())
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
    signed_by(claims, Algorithm::ES256, &pair(seed))
}

fn signed_by(claims: &Value, algorithm: Algorithm, pair: &EncodingKey) -> String {
    let header = Header { kid: Some("k1".into()), ..Header::new(algorithm) };
    encode(&header, claims, pair).unwrap()
}

#[test]
fn a_token_grants_what_its_claims_say() {
    let claims = good();
    let (grant, ends) = judge(&settings(""), &public(1, "k1"), Algorithm::ES256, &signed(&claims, 1)).unwrap();
    assert_eq!(ends.as_second(), claims["exp"].as_i64().unwrap() + 30, "with the leeway for the provider's clock");
    let areas: Vec<&str> = grant.areas.iter().map(Code::as_str).collect();
    assert_eq!((grant.name.as_str(), grant.role, areas), ("li (https://id.example)", Role::Member, vec!["G1", "G2"]));
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

#[test]
fn each_of_the_three_signatures_is_believed_by_its_own_key_and_no_other() {
    let keys = [
        (Algorithm::ES256, pair(1), public(1, "k1")),
        (Algorithm::RS256, rs256().0, rs256().1),
        (Algorithm::EdDSA, eddsa().0, eddsa().1),
    ];
    for (algorithm, pair, _) in &keys {
        let token = signed_by(&good(), *algorithm, pair);
        for (of, _, public) in &keys {
            let judged = judge(&settings(""), public, *algorithm, &token);
            assert_eq!(judged.is_ok(), of == algorithm, "{algorithm:?} by the key of {of:?}: {judged:?}");
            // A provider need not say which algorithm a key is for.
            let mut silent = public.clone();
            silent.common.key_algorithm = None;
            let judged = judge(&settings(""), &silent, *algorithm, &token);
            assert_eq!(judged.is_ok(), of == algorithm, "{algorithm:?} by the key of {of:?}: {judged:?}");
        }
        // One letter of what was signed is another.
        let (head, rest) = token.split_once('.').unwrap();
        let forged = format!("{head}.{}", rest.replacen(|c: char| c.is_ascii_lowercase(), "A", 1));
        assert!(
            judge(&settings(""), &keys.iter().find(|key| key.0 == *algorithm).unwrap().2, *algorithm, &forged).is_err()
        );
    }
}

/// A provider that publishes its keys on this machine: what it answers, and how often it was asked.
struct Provider {
    url: String,
    answer: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
}

impl Provider {
    fn start(keys: &Value) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let (answer, asked) =
            (Arc::new(Mutex::new(answer("200 OK", &keys.to_string()))), Arc::<AtomicUsize>::default());
        let (says, counts) = (Arc::clone(&answer), Arc::clone(&asked));
        // Ends with the test.
        std::thread::spawn(move || {
            for caller in listener.incoming() {
                let mut caller = caller.unwrap();
                let head = BufReader::new(&caller).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
                assert!(head.count() > 1);
                counts.fetch_add(1, Ordering::SeqCst);
                caller.write_all(says.lock().as_bytes()).unwrap();
            }
        });
        Provider { url, answer, asked }
    }
}

fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

#[test]
fn keys_come_from_a_url_an_unknown_one_asks_again_once_a_minute_and_a_broken_answer_forgets_nothing() {
    let provider = Provider::start(&json!({"keys": [public(1, "k1")]}));
    let outside = Outside::new(settings(&provider.url));
    let start = Instant::now();
    // As a token with this key would find it, so many seconds from the start; and how often the provider was asked by then.
    let finds = |kid: &str, seconds: u64| {
        let (key, again) = outside.known(kid, start + Duration::from_secs(seconds));
        if again {
            outside.read();
        }
        let key = if again { outside.keys.lock().set.find(kid).cloned() } else { key };
        (key.is_some(), provider.asked.load(Ordering::SeqCst))
    };
    assert_eq!([finds("k1", 0), finds("k1", 1)], [(true, 1), (true, 1)]);
    assert_eq!([finds("k2", 2), finds("k3", 59)], [(false, 1), (false, 1)], "made-up names are no load");
    *provider.answer.lock() = answer("200 OK", &json!({"keys": [public(1, "k1"), public(2, "k2")]}).to_string());
    assert_eq!([finds("k2", 60), finds("k3", 61), finds("k3", 119)], [(true, 2), (false, 2), (false, 2)]);
    for (n, broken) in [
        answer("500 Internal Server Error", "{\"keys\":[]}"),
        answer("200 OK", "no keys"),
        answer("200 OK", &" ".repeat(1_100_000)),
        String::new(),
    ]
    .into_iter()
    .enumerate()
    {
        *provider.answer.lock() = broken;
        let later = 120 + 60 * n as u64;
        assert_eq!([finds("k9", later), finds("k2", later)], [(false, 3 + n), (true, 3 + n)], "{n}");
    }
    *provider.answer.lock() = answer("200 OK", &json!({"keys": [public(1, "k1")]}).to_string());
    assert_eq!(finds("k2", 300 + 3_600), (false, 7), "withdrawn");
}
