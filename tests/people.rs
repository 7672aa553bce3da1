//! People sign in and out, programs come and go, and what ends is over at the next request.

use crate::house::{Browser, County, GRIDS, Reply, Scratch, Server, home, link};
use serde_json::{Value, json};
use std::collections::HashMap;

fn county() -> (Scratch, HashMap<&'static str, String>) {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    (scratch, tokens)
}

/// Deletes over a connection of its own: one on which an answer came before the whole request was read may be closing.
fn delete(server: &Server, token: &str, path: &str) -> Reply {
    server.client(Some(token)).send("DELETE", path, &[], None)
}

#[test]
fn a_link_signs_in_once_and_signing_out_ends_it_at_the_next_request() {
    let (scratch, _) = county();
    scratch.run(&["user", "add", "li", "--role", "member", "--area", GRIDS[0]]).done();
    let by = link(&scratch, "li");
    let server = Server::start(&scratch);
    let mut li = Browser::new(&server);
    assert_eq!(li.get("/api/session").json()["role"], "public");
    assert_eq!(li.sign_in(&by).status, 201);
    let who = li.get("/api/session").json();
    assert_eq!((&who["name"], &who["role"], &who["areas"]), (&json!("li"), &json!("member"), &json!([GRIDS[0]])));
    li.get(&format!("/api/households/{}", home(0, 1).code)).json();
    li.get(&format!("/api/households/{}", home(2, 1).code)).problem(404);
    Browser::new(&server).sign_in(&by).problem(401);
    let mut copy = Browser { client: server.client(None), cookie: li.cookie.clone() };
    let ended = li.send("DELETE", "/api/session", "same-origin", None);
    assert_eq!(
        (ended.status, ended.header("clear-site-data")),
        (204, r#""cache""#),
        "nothing of the map stays in a cache"
    );
    assert_eq!(li.cookie, None);
    copy.get("/api/session").problem(401);
    let dead = copy.send("DELETE", "/api/session", "same-origin", None);
    assert_eq!((dead.status, dead.header("clear-site-data")), (204, r#""cache""#), "a dead cookie is taken away");
    let foreign = copy.send("DELETE", "/api/session", "cross-site", None);
    foreign.problem(403);
    assert_eq!(foreign.header("clear-site-data"), "", "no other site empties it");
    server.stop();
    scratch.proved();
}

#[test]
fn a_cookie_outlives_a_restart_and_never_speaks_for_another_site() {
    let (scratch, _) = county();
    scratch.run(&["user", "add", "wu", "--role", "admin"]).done();
    let by = link(&scratch, "wu");
    let server = Server::start(&scratch);
    let mut wu = Browser::new(&server);
    wu.sign_in(&by);
    server.stop();
    let server = Server::start(&scratch);
    let mut wu = Browser { client: server.client(None), cookie: wu.cookie };
    let campaign = json!({"name": "Spring", "theme": "", "from": "2026-02-01", "to": "2026-02-28"});
    scratch.unchanged(|| {
        for site in ["cross-site", "same-site", "none of these"] {
            wu.send("POST", "/api/campaigns", site, Some(&campaign)).problem(403);
        }
        let headers = [("content-type", "application/json"), ("cookie", wu.cookie.as_deref().unwrap())];
        let text = campaign.to_string();
        wu.client.send("POST", "/api/campaigns", &headers, Some(text.as_bytes())).problem(403);
        let foreign = json!({"link": "ml_0"});
        wu.send("POST", "/api/session", "cross-site", Some(&foreign)).problem(403);
        wu.send("DELETE", "/api/session", "cross-site", None).problem(403);
    });
    assert_eq!(wu.send("POST", "/api/campaigns", "same-origin", Some(&campaign)).status, 201);
    assert_eq!(
        scratch.ask("SELECT author FROM change ORDER BY seq DESC LIMIT 1")[0].split('\u{1f}').next(),
        Some("wu")
    );
}

#[test]
fn over_tls_the_cookie_belongs_to_this_host_alone() {
    let (scratch, _) = county();
    scratch.run(&["user", "add", "li", "--role", "analyst"]).done();
    let by = link(&scratch, "li").to_string();
    let server = Server::with(&scratch, &["--trusted-proxies", "127.0.0.1/32"]);
    let headers = [("content-type", "application/json"), ("x-forwarded-proto", "https")];
    let reply = server.client(None).send("POST", "/api/session", &headers, Some(by.as_bytes()));
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-melonmap=ms_") && cookie.ends_with("; Secure"), "{cookie}");
}

#[test]
fn a_password_opens_is_stored_as_argon2id_only_and_guessing_is_slowed() {
    let (scratch, _) = county();
    scratch.run(&["user", "add", "li", "--role", "analyst"]).done();
    scratch.run_with_input(&["user", "password", "li"], b"short\n").refused(1, &["password", "at least 12"]);
    scratch.run_with_input(&["user", "password", "nobody"], b"melons in July\n").refused(1, &["nobody"]);
    scratch.run_with_input(&["user", "password", "li"], b"melons in July\n").done();
    assert!(
        scratch
            .ask("SELECT body FROM change WHERE kind = 'user'")
            .last()
            .unwrap()
            .contains("$argon2id$v=19$m=19456,t=2,p=1$")
    );
    assert_eq!(scratch.ask("SELECT count(*) FROM change WHERE body LIKE '%melons in July%'"), ["0"]);
    let server = Server::start(&scratch);
    let mut li = Browser::new(&server);
    let wrong = |name: &str| json!({"name": name, "password": "melons in June"});
    let known = li.sign_in(&wrong("li")).problem(401);
    assert_eq!(li.sign_in(&wrong("nobody")).problem(401), known, "a name that nobody has is told by nothing");
    assert_eq!(li.sign_in(&json!({"name": "li", "password": "melons in July"})).status, 201);
    for bad in [
        json!({}),
        json!({"name": "li"}),
        json!({"name": 7, "password": "x"}),
        json!({"link": 7}),
        json!([]),
        json!({"link": "x", "also": 1}),
    ] {
        li.sign_in(&bad).problem(400);
    }
    for _ in 0..3 {
        li.sign_in(&wrong("li")).problem(401);
    }
    let slow = li.sign_in(&json!({"name": "li", "password": "melons in July"}));
    slow.problem(429);
    assert!(slow.header("retry-after").parse::<u64>().unwrap() >= 1);
    li.get("/api/info").json();
    server.stop();
    scratch.proved();
}

#[test]
fn an_administrator_lets_in_and_ends_users_and_tokens_while_the_server_runs() {
    let (scratch, tokens) = county();
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let user = json!({"name": "li", "role": "member", "areas": [GRIDS[0]]});
    assert_eq!(admin.post("/api/users", &user).status, 201);
    assert_eq!(admin.post("/api/users", &user).status, 200);
    let made = admin.send("POST", "/api/users/li/link", &[], None);
    assert_eq!(made.status, 201);
    let secret: Value = serde_json::from_slice(&made.body).unwrap();
    let mut li = Browser::new(&server);
    assert_eq!(li.sign_in(&json!({"link": secret["secret"]})).status, 201);
    assert_eq!(
        admin.json("/api/users")["users"],
        json!([{"name": "li", "role": "member", "areas": [GRIDS[0]], "has_password": false}])
    );
    assert_eq!(scratch.run(&["user", "list"]).done(), format!("li\tmember\t{}\tlink", GRIDS[0]), "beside the server");
    scratch.run(&["user", "disable", "li"]).refused(1, &["DELETE /api/users/li"]);
    scratch.run(&["token", "revoke", "x"]).refused(1, &["DELETE /api/tokens/x"]);
    assert_eq!(delete(&server, &tokens["admin"], "/api/users/li").status, 204);
    li.get("/api/session").problem(401);
    delete(&server, &tokens["admin"], "/api/users/li").problem(404);

    let made = admin.post("/api/tokens", &json!({"name": "GIS", "role": "analyst"}));
    let token: Value = serde_json::from_slice(&made.body).unwrap();
    assert_eq!(made.status, 201);
    let gis = server.client(token["secret"].as_str());
    assert_eq!(gis.json("/api/me")["name"], "GIS");
    let listed = admin.get("/api/tokens").text();
    assert!(listed.contains("GIS") && !listed.contains("sha256") && !listed.contains("mm_"), "{listed}");
    assert_eq!(
        delete(&server, &tokens["admin"], &format!("/api/tokens/{}", token["id"].as_str().unwrap())).status,
        204
    );
    gis.get("/api/me").problem(401);

    scratch.unchanged(|| {
        for (path, body) in [
            ("/api/users", json!({"name": "a/b", "role": "admin"})),
            ("/api/users", json!({"name": "li", "role": "king"})),
            ("/api/users", json!({"name": "li", "role": "public"})),
            ("/api/users", json!({"name": "li", "role": "admin", "password": "x"})),
            ("/api/tokens", json!({"name": "", "role": "admin"})),
            ("/api/tokens", json!({"name": "x", "role": "admin", "expires": "tomorrow"})),
        ] {
            admin.post(path, &body).problem(400);
        }
        admin.post("/api/users", &json!({"name": "li", "role": "member", "areas": ["nowhere"]})).problem(404);
        for role in ["member", "coordinator", "planner", "inspector", "analyst"] {
            let client = server.client(Some(&tokens[role]));
            for path in ["/api/users", "/api/tokens"] {
                client.get(path).problem(403);
                client.post(path, &json!({"name": "x", "role": "admin"})).problem(403);
            }
            client.send("POST", "/api/users/li/link", &[], None).problem(403);
            delete(&server, &tokens[role], "/api/users/li").problem(403);
            delete(&server, &tokens[role], "/api/tokens/x").problem(403);
        }
    });
    server.stop();
    scratch.proved();
}

#[test]
fn a_store_without_anybody_gives_one_link_for_the_administrator_and_no_password() {
    let scratch = Scratch::new();
    scratch.run(&["describe", "--name", "Nowhere"]).done();
    let mut server = Server::start(&scratch);
    let secret = server.said("#link=");
    let mut admin = Browser::new(&server);
    assert_eq!(admin.sign_in(&json!({"link": secret})).status, 201);
    assert_eq!(admin.get("/api/session").json()["role"], "admin");
    assert_eq!(scratch.ask("SELECT count(*) FROM change WHERE body LIKE '%password%'"), ["0"]);
    server.stop();
    assert_eq!(scratch.ask("SELECT count(*) FROM change WHERE kind = 'link'"), ["1"]);
    Server::start(&scratch).stop();
    assert_eq!(scratch.ask("SELECT count(*) FROM change WHERE kind = 'link'"), ["1"], "only the first time");
}

#[test]
fn every_reading_of_personal_fields_and_every_writing_is_in_the_audit_with_who_and_from_where() {
    let (scratch, tokens) = county();
    let server = Server::start(&scratch);
    let member = server.client(Some(&tokens["member"]));
    let analyst = server.client(Some(&tokens["analyst"]));
    let who = home(0, 1);
    let one = format!("/api/households/{}", who.code);
    scratch.unchanged(|| {
        // Nothing personal is shown here.
        analyst.json(&one);
        analyst.json("/api/unvisited");
        analyst.json(&format!("/api/search?q={}", who.code));
        member.get(&format!("/api/households/{}", home(2, 1).code)).problem(404);
        member.json("/api/coverage");
    });
    member.json(&one);
    assert_eq!(scratch.ask("SELECT kind FROM change ORDER BY seq DESC LIMIT 1"), ["read"], "durable before the answer");
    member.json("/api/unvisited?limit=4");
    member.json(&format!("/api/search?q={}", who.code));
    // What the writer takes after the lists, it has stored after them.
    assert_eq!(member.visit("018f3b6e-0000-7000-8000-000000000001", &who.code, "visited")["result"], "stored");
    let name = "Caller member Zhang";
    let lines = || scratch.run(&["audit", "--who", name, "--format", "json"]).out;
    let told: Vec<Value> = lines().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<Value> =
        told.iter().map(|line| json!([line["did"], line["what"], line["count"], line["key"], line["from"]])).collect();
    assert_eq!(
        told,
        [
            json!(["read", "household", 1, who.code, "127.0.0.1"]),
            json!(["read", "unvisited", 4, null, "127.0.0.1"]),
            json!(["read", "search", 1, null, "127.0.0.1"]),
            json!(["write", "visit", 1, "018f3b6e-0000-7000-8000-000000000001", "127.0.0.1"]),
        ]
    );
    assert!(!lines().contains("Melon Lane"));
    assert_eq!(member.json(&one)["visits"][0]["by"], name, "the address is no part of the name");
    let table = scratch.run(&["audit"]).out;
    assert!(table.starts_with("seq,at,who,from,did,what,count,key\n"), "{table}");
    assert!(table.contains(",test,,write,household,40,\n"), "an import is one line: {table}");
    assert_eq!(scratch.run(&["audit", "--since", "2999-01-01T00:00:00Z"]).out.lines().count(), 1);
    scratch.run(&["audit", "--since", "yesterday"]).refused(1, &["--since", "RFC 3339"]);
    server.stop();
    scratch.proved();
}

#[test]
fn a_signed_token_that_no_known_key_signed_opens_nothing() {
    let (scratch, _) = county();
    let keys = scratch.file("jwks.json", r#"{"keys": []}"#);
    let flags =
        ["--oidc-issuer", "https://id.example", "--oidc-audience", "melonmap", "--oidc-jwks", keys.to_str().unwrap()];
    let (with, claims) = (Server::with(&scratch, &flags), "eyJzdWIiOiI3Iiwicm9sZSI6ImFkbWluIn0");
    for header in [
        "eyJhbGciOiJub25lIn0",                 // {"alg":"none"}
        "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0", // {"alg":"HS256","kid":"k1"}
        "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0", // {"alg":"ES256","kid":"k1"}
        "eyJhbGciOiJFUzI1NiJ9",                // {"alg":"ES256"}
        "no-header",
        "",
    ] {
        for signature in ["", "c2lnbmF0dXJl"] {
            let token = format!("{header}.{claims}.{signature}");
            with.client(Some(&token)).get("/api/me").problem(401);
        }
    }
    with.stop();
    let without = Server::start(&scratch);
    without.client(Some("a.b.c")).get("/api/me").problem(401);
    let half = scratch.run(&["serve", "--oidc-issuer", "https://id.example"]);
    half.refused(2, &["--oidc-audience"]);
}
