//! A server as it is seen from outside: under a path, behind a proxy, over TLS.

use crate::house::{County, Scratch, Server};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::json;
use std::fs;
use std::process::Command;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

fn county(flags: &[&str]) -> (Scratch, Server) {
    let scratch = Scratch::new();
    County::found(&scratch);
    let server = Server::with(&scratch, flags);
    (scratch, server)
}

#[test]
fn everything_is_found_under_the_base_path() {
    let (_scratch, server) = county(&["--base-path", "/people/map"]);
    assert!(server.url.ends_with("/people/map"), "{}", server.url);
    let (under, origin) = (server.client(None), server.url.trim_end_matches("/people/map"));
    let host = origin.trim_start_matches("http://");
    let outside = crate::house::Client::new(origin, None);
    assert_eq!(
        under.json("/tiles/areas")["tiles"],
        json!([format!("http://{host}/people/map/tiles/areas/{{z}}/{{x}}/{{y}}")])
    );
    assert_eq!(under.get("/tiles/areas/0/0/0").status, 200);
    assert!(under.get("/").header("content-type").starts_with("text/html"));
    assert_eq!(under.get("/sw.js").status, 200);
    let bare = outside.get("/people/map");
    assert_eq!((bare.status, bare.header("location")), (308, "/people/map/"));
    outside.get("/").problem(404);
    outside.get("/tiles/areas").problem(404);
    assert_eq!(outside.get("/health/ready").status, 200);
    assert_eq!(outside.get("/metrics").status, 401, "there, and for who runs the service");
}

#[test]
fn the_page_names_its_files_relative_to_where_it_is() {
    let page = fs::read_to_string(crate::house::repository("web/index.html")).unwrap();
    for attribute in ["href", "src", "action"] {
        for quote in ['"', '\''] {
            assert!(!page.contains(&format!("{attribute}={quote}/")), "an {attribute} leaves the base path");
        }
    }
    for name in ["api.js", "map.js", "kept.js", "offline.js", "sw.js"] {
        let code = fs::read_to_string(crate::house::repository("web").join(name)).unwrap();
        for quote in ['"', '\'', '`'] {
            for root in ["api/", "tiles/", "live", "styles/", "web/"] {
                assert!(!code.contains(&format!("{quote}/{root}")), "{name}: {quote}/{root} leaves the base path");
            }
        }
    }
}

#[test]
fn a_trusted_proxy_is_believed_and_nobody_else() {
    let told = [
        ("x-forwarded-for", "198.51.100.9"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "map.example"),
        ("x-forwarded-prefix", "/people"),
    ];
    let url = |server: &Server| server.client(None).get_with("/tiles/areas", &told).json()["tiles"][0].clone();
    let (_scratch, trusting) = county(&["--trusted-proxies", "127.0.0.0/8"]);
    assert_eq!(url(&trusting), "https://map.example/people/tiles/areas/{z}/{x}/{y}");
    let (_scratch, plain) = county(&["--trusted-proxies", "192.0.2.0/24"]);
    assert_eq!(url(&plain), format!("{}/tiles/areas/{{z}}/{{x}}/{{y}}", plain.url));
}

#[test]
fn limits_count_the_visitor_and_not_the_proxy() {
    let (_scratch, server) = county(&["--trusted-proxies", "127.0.0.1", "--address-rate", "1"]);
    let client = server.client(None);
    let ask = |from: &str| client.get_with("/api/info", &[("x-forwarded-for", from)]).status;
    assert!((0..100).any(|_| ask("198.51.100.9") == 429), "there is a limit");
    assert_eq!(ask("198.51.100.10"), 200);
    // What a visitor writes himself is before what the proxy adds.
    // Five are fewer than anybody has at once, and more than come back while they are asked.
    assert!((0..5).any(|_| ask("198.51.100.11, 198.51.100.9") == 429));
}

#[test]
fn settings_that_cannot_be_are_refused_with_what_was_expected() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let serve = |flags: &[&str]| scratch.run(&[&["serve", "--listen", "127.0.0.1:0"], flags].concat());
    serve(&["--base-path", "map"]).refused(2, &["--base-path", "a path such as /map"]);
    serve(&["--trusted-proxies", "10.0.0.0/99"]).refused(2, &["10.0.0.0/99", "address or network"]);
    serve(&["--tls-cert", "a.pem"]).refused(2, &["--tls-key"]);
    serve(&["--tls-cert", "no.pem", "--tls-key", "no.key"]).refused(1, &["no.pem"]);
    serve(&["--max-running", "0"]).refused(2, &["--max-running", "1..=10000"]);
    serve(&["--otlp-endpoint", "nowhere"]).refused(1, &["nowhere"]);
    let empty = scratch.file("empty.pem", "");
    let empty = empty.to_str().unwrap();
    serve(&["--tls-cert", empty, "--tls-key", empty]).refused(1, &["holds no certificate"]);
}

/// Writes a new certificate for `localhost` and its key over those that are there.
fn certify(scratch: &Scratch) -> CertifiedKey<rcgen::KeyPair> {
    let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    scratch.file("cert.pem", made.cert.pem());
    scratch.file("key.pem", made.signing_key.serialize_pem());
    made
}

/// Asks over TLS, believing one certificate only; the answer's version of HTTP and status.
fn ask(
    server: &Server,
    believed: &CertifiedKey<rcgen::KeyPair>,
) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
    let roots = RootCerts::new_with_certs(&[Certificate::from_der(believed.cert.der()).to_owned()]);
    let tls = TlsConfig::builder().root_certs(roots).build();
    let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
    agent.get(server.url.replace("127.0.0.1", "localhost") + "/tiles/areas").call()
}

#[test]
fn it_speaks_tls_itself_and_reads_a_new_certificate_when_told() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let first = certify(&scratch);
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| scratch.path(name).to_str().unwrap().to_owned());
    let server = Server::with(&scratch, &["--tls-cert", &cert, "--tls-key", &key]);
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let mut answer = ask(&server, &first).unwrap();
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    assert!(answer.body_mut().read_to_string().unwrap().contains("https://localhost"));
    let second = certify(&scratch);
    assert!(ask(&server, &second).is_err(), "the old one is still in use");
    let hang_up =
        || assert!(Command::new("kill").args(["-HUP", &server.process().to_string()]).status().unwrap().success());
    hang_up();
    assert!((0..10_000).any(|_| ask(&server, &second).is_ok()), "the new one is used");
    // One that cannot be used leaves the old one in use.
    scratch.file("cert.pem", "no certificate");
    hang_up();
    assert!((0..10_000).any(|_| server.log().contains("was not read again")));
    assert!(ask(&server, &second).is_ok());
}
