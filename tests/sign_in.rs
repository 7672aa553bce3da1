//! What a person or an identity provider does to a sign-in while the server runs, and what it ends.

use crate::house::{Browser, Client, County, GRIDS, Scratch, Server, link};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const FIRST: &str = "melons in July";
const SECOND: &str = "melons in August";

#[test]
fn a_live_stream_ends_with_the_token_or_session_that_opened_it_and_with_no_other() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    scratch.run(&["user", "add", "li", "--role", "inspector"]).done();
    let by = link(&scratch, "li");
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let mut li = Browser::new(&server);
    li.sign_in(&by);
    let listed = admin.json("/api/tokens")["tokens"].as_array().unwrap().clone();
    let id = |role: &str| listed.iter().find(|one| one["role"] == role).unwrap()["id"].as_str().unwrap().to_owned();
    let feed = |role: &str| server.client(tokens.get(role).map(String::as_str)).live(None);
    let (public, member, analyst, session) = (feed("public"), feed("member"), feed("analyst"), li.live());
    let over_its_own = || server.client(Some(&tokens["admin"]));
    assert_eq!(over_its_own().send("DELETE", &format!("/api/tokens/{}", id("member")), &[], None).status, 204);
    member.ended();
    server.client(Some(&tokens["member"])).get("/live").problem(401);
    // Another role: what the stream showed is not what the session may see now.
    let other = json!({"name": "li", "role": "member", "areas": [GRIDS[0]]});
    assert_eq!(admin.post("/api/users", &other).status, 200);
    session.ended();
    assert_eq!(li.get("/api/session").json()["role"], "member");
    let again = li.live();
    assert_eq!(over_its_own().send("DELETE", "/api/users/li", &[], None).status, 204);
    again.ended();
    let campaign = json!({"name": "c", "from": "2026-01-01", "to": "2026-01-31"});
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    analyst.nothing_but(admin.seq());
    assert_eq!(admin.post("/api/editions", &json!({"campaign": 1})).status, 201);
    analyst.nothing_but(admin.seq());
    public.nothing_but(server.client(None).seq());
}

fn change(browser: &mut Browser, old: Option<&str>, new: &str) -> crate::house::Reply {
    let body = old.map_or_else(|| json!({"new": new}), |old| json!({"old": old, "new": new}));
    browser.send("PUT", "/api/session/password", "same-origin", Some(&body))
}

#[test]
fn who_signed_in_changes_the_password_and_every_other_session_ends() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    scratch.run(&["user", "add", "li", "--role", "analyst"]).done();
    let by = link(&scratch, "li");
    let server = Server::start(&scratch);
    let mut li = Browser::new(&server);
    li.sign_in(&by);
    change(&mut li, None, "short").wrong("new", "5 characters");
    li.send("PUT", "/api/session/password", "same-origin", Some(&json!({"old": 7, "new": FIRST}))).wrong("old", "…");
    li.send("PUT", "/api/session/password", "same-origin", Some(&json!({"old": FIRST}))).problem(400);
    li.send("PUT", "/api/session/password", "cross-site", Some(&json!({"new": FIRST}))).problem(403);
    // Who came by a link needs no old one: so a forgotten password is mended.
    let before = li.cookie.clone();
    assert_eq!(change(&mut li, None, FIRST).json()["name"], "li");
    assert_ne!(li.cookie, before, "the session began anew");
    assert_eq!(li.get("/api/session").json()["role"], "analyst");
    let password = |password: &str| json!({"name": "li", "password": password});
    let mut elsewhere = Browser::new(&server);
    assert_eq!(elsewhere.sign_in(&password(FIRST)).status, 201);
    let told = scratch.unchanged(|| change(&mut li, Some("a wrong guess"), SECOND).wrong("old", "…"));
    assert!(!told.to_string().contains("guess"), "{told}");
    change(&mut li, None, SECOND).wrong("old", "…");
    assert_eq!(change(&mut li, Some(FIRST), SECOND).status, 200);
    elsewhere.get("/api/session").problem(401);
    assert_eq!(Browser::new(&server).sign_in(&password(SECOND)).status, 201);
    Browser::new(&server).sign_in(&password(FIRST)).problem(401);
    // A thief at an open browser guesses as slowly as one at the door.
    let guesses: Vec<u16> = (0..6).map(|_| change(&mut li, Some("a wrong guess"), FIRST).status).collect();
    assert_eq!((guesses[0], guesses[5]), (400, 429), "{guesses:?}");
    // Nobody else has a password to change.
    let body = json!({"new": FIRST}).to_string();
    let put = |client: &Client| {
        client.send("PUT", "/api/session/password", &[("content-type", "application/json")], Some(body.as_bytes()))
    };
    put(&server.client(None)).problem(401);
    put(&server.client(Some(&tokens["admin"]))).problem(403);
    server.stop();
    scratch.proved();
    let bodies = scratch.ask("SELECT body FROM change").join("\n");
    assert!(!bodies.contains(FIRST) && !bodies.contains(SECOND) && bodies.contains("$argon2id$"));
}

#[test]
fn the_first_administrator_and_the_link_are_stored_in_one_transaction() {
    let scratch = Scratch::new();
    let areas = scratch.file("areas.geojsonl", crate::house::sequence(&County::areas()));
    scratch.import("areas", &areas, &[]).done();
    let mut server = Server::start(&scratch);
    let secret = server.said("/#link=");
    // What is written together has one time.
    let moments = scratch.ask("SELECT DISTINCT at FROM change WHERE kind IN ('user', 'link')");
    assert_eq!((moments.len(), scratch.ask("SELECT kind FROM change WHERE kind IN ('user', 'link')").len()), (1, 2));
    let mut admin = Browser::new(&server);
    admin.sign_in(&json!({"link": secret}));
    assert_eq!(admin.get("/api/session").json()["role"], "admin");
    server.stop();
    scratch.proved();
}

/// The key of RFC 8037, appendix A, as PKCS #8 (RFC 8410).
const EDDSA: [u8; 48] = [
    0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20, 0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a,
    0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b,
    0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];

/// Publishes the key on this machine and counts how often it is asked for.
fn provider() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let asked = Arc::<AtomicUsize>::default();
    let counts = Arc::clone(&asked);
    std::thread::spawn(move || {
        for caller in listener.incoming() {
            let mut caller = caller.unwrap();
            let head = BufReader::new(&caller).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            assert!(head.count() > 1);
            counts.fetch_add(1, Ordering::SeqCst);
            let keys = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "k1",
                                        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]});
            let body = keys.to_string();
            write!(caller, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                .unwrap();
        }
    });
    (url, asked)
}

#[test]
fn a_token_of_the_identity_provider_opens_what_its_claims_say_by_keys_from_a_url() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let (url, asked) = provider();
    let flags = ["--oidc-issuer", "https://id.example", "--oidc-audience", "melonmap", "--oidc-jwks", &url];
    let server = Server::with(&scratch, &flags);
    let now = get_current_timestamp();
    let token = |kid: &str, role: &str, expires: u64| {
        let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::EdDSA) };
        let claims = json!({"iss": "https://id.example", "aud": "melonmap", "sub": "7", "exp": expires, "role": role,
                            "areas": [GRIDS[0]]});
        encode(&header, &claims, &EncodingKey::from_ed_der(&EDDSA)).unwrap()
    };
    let me = |token: &str| server.client(Some(token)).get("/api/me");
    let known: Value = me(&token("k1", "member", now + 600)).json();
    assert_eq!((&known["role"], &known["areas"]), (&json!("member"), &json!([GRIDS[0]])));
    for (kid, role, expires) in [("k2", "member", now + 600), ("k3", "admin", now + 600), ("k1", "member", now - 60)] {
        me(&token(kid, role, expires)).problem(401);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "made-up key names are no load on the provider");
}
