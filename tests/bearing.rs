//! What a server bears: who asks too much, too slowly or for too long is sent away, and the others are served.

use crate::house::{Client, County, Scratch, Server};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longest time that a test waits for a server that should hang up: a test that hangs should say where.
const PATIENCE: Duration = Duration::from_secs(30);

fn county(flags: &[&str]) -> (Scratch, Server) {
    let scratch = Scratch::new();
    County::found(&scratch);
    let server = Server::with(&scratch, flags);
    (scratch, server)
}

/// A connection on which this was sent.
fn sent(server: &Server, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// What comes until the server hangs up; fails where it does not.
#[track_caller]
fn until_hung_up(mut stream: &TcpStream) -> String {
    let mut said = Vec::new();
    match stream.read_to_end(&mut said) {
        Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            panic!("the server did not hang up")
        }
        // Hung up with something of ours unread.
        Ok(_) | Err(_) => {}
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[track_caller]
fn answers(client: &Client) {
    assert_eq!(client.get("/api/info").status, 200);
}

#[test]
fn who_does_not_send_a_head_is_hung_up_on() {
    let (_scratch, server) = county(&["--client-timeout-s", "1"]);
    let slow =
        ["", "G", "GET /api/info HTTP/1.1\r\nHost: a\r\n", "GET /api/info HTTP/1.1\r\nX: "].map(|t| sent(&server, t));
    answers(&server.client(None));
    for stream in &slow {
        let said = until_hung_up(stream);
        assert!(!said.starts_with("HTTP/1.1 200"), "{said}");
    }
    answers(&server.client(None));
}

#[test]
fn who_does_not_send_a_body_is_told_and_hung_up_on() {
    // One request at a time: a body that is waited for takes nobody's turn.
    let (_scratch, server) = county(&["--client-timeout-s", "1", "--max-running", "1"]);
    let head = "POST /api/visits HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let slow = [(); 3].map(|()| sent(&server, head));
    answers(&server.client(None));
    for stream in &slow {
        let said = until_hung_up(stream);
        assert!(said.starts_with("HTTP/1.1 408") && said.contains("application/problem+json"), "{said}");
    }
}

#[test]
fn who_does_not_read_is_dropped() {
    let (_scratch, server) = county(&["--client-timeout-s", "1", "--address-rate", "0"]);
    let asks = "GET /web/vendor/maplibre-gl-csp.js HTTP/1.1\r\nHost: a\r\n\r\n".repeat(200);
    let stream = sent(&server, "");
    // Nothing is read: at some time the server cannot write any more, and stops reading; then this end cannot write either.
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let mut failed = None;
    for _ in 0..2_000 {
        if let Err(e) = (&stream).write_all(asks.as_bytes()) {
            failed = Some(e.kind());
            break;
        }
    }
    assert!(matches!(failed, Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)), "{failed:?}");
    answers(&server.client(None));
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let (_scratch, server) = county(&[]);
    let long = format!("GET /api/info HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(40_000));
    let many = format!("GET /api/info HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: a\r\n".repeat(200));
    for text in [long, many] {
        let said = until_hung_up(&sent(&server, &text));
        assert!(said.starts_with("HTTP/1.1 431"), "{said}");
    }
    answers(&server.client(None));
}

#[test]
fn one_address_takes_a_quarter_of_the_connections_at_most() {
    let (_scratch, server) = county(&["--max-connections", "8"]);
    let two = ["GET /api/info HTTP/1.1\r\nHost: a\r\n\r\n"; 2].map(|text| sent(&server, text));
    for mut stream in &two {
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 200");
    }
    assert_eq!(until_hung_up(&sent(&server, "")), "");
    drop(two);
    // Their places are free as soon as the server has seen that they have gone.
    let answered =
        || server.client(None).try_send("GET", "/api/info", &[], None).is_ok_and(|reply| reply.status == 200);
    assert!((0..10_000).any(|_| answered()));
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again_and_health_is_not_counted() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::with(&scratch, &["--address-rate", "1"]);
    let client = server.client(None);
    let refused =
        (0..100).map(|_| client.get("/api/info")).find(|reply| reply.status != 200).expect("there is a limit");
    refused.problem(429);
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    for _ in 0..20 {
        assert_eq!(client.get("/health/live").status, 200);
    }
    let metrics = server.client(Some(&tokens["admin"])).get("/metrics").text();
    assert!(metrics.lines().any(|line| line == "melonmap_http_limited_total 1"), "{metrics}");
}

#[test]
fn a_token_is_limited_by_itself() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::with(&scratch, &["--token-rate", "1"]);
    let (one, other) = (server.client(Some(&tokens["admin"])), server.client(Some(&tokens["member"])));
    let refused = (0..100).map(|_| one.get("/api/me")).find(|reply| reply.status != 200).expect("there is a limit");
    assert!(!refused.text().contains(&tokens["admin"]));
    refused.problem(429);
    assert_eq!(other.get("/api/me").status, 200);
    assert_eq!(server.client(None).get("/api/me").status, 200);
}

#[test]
fn a_tile_of_the_cache_goes_through_the_same_door_as_one_that_is_made() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::with(&scratch, &["--token-rate", "1"]);
    let (admin, member) = (server.client(Some(&tokens["admin"])), server.client(Some(&tokens["member"])));
    let path = "/tiles/households/0/0/0";
    let made = member.get(path);
    let refused = (0..100).map(|_| member.get(path)).find(|reply| reply.status != 200 || reply.body != made.body);
    refused.expect("there is a limit").problem(429);
    // Cached for another: each sees his own, and whoever may not see any is told so.
    assert_ne!(admin.get(path).body, made.body);
    assert_eq!(admin.get(path).status, 200);
    server.client(None).get(path).problem(401);
    server.client(Some("mm_nobody")).get(path).problem(401);
    let metrics = admin.get("/metrics").text();
    let counted = |name: &str, labels: &str| {
        metrics.lines().any(|line| line.starts_with(name) && line.contains(labels) && !line.ends_with(" 0"))
    };
    assert!(counted("melonmap_http_requests_total", "/{z}/{x}/{y}\",status=\"4xx\""), "{metrics}");
    assert!(counted("melonmap_http_limited_total", ""), "{metrics}");
}

#[test]
fn live_streams_have_a_limit_for_each_address() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::with(&scratch, &["--live-streams-each", "2"]);
    let client = server.client(None);
    let feeds = [client.live(None), client.live(None)];
    let refused = client.get("/live");
    refused.problem(429);
    assert!(!refused.header("retry-after").is_empty());
    answers(&client);
    let metrics = server.client(Some(&tokens["admin"])).get("/metrics").text();
    assert!(metrics.lines().any(|line| line == "melonmap_live_seats_taken 2"), "{metrics}");
    drop(feeds);
}
