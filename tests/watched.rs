//! What a server tells who watches it: metrics, readiness, traces.

use crate::house::{County, Scratch, Server, home, tile};
use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// Samples by name and labels, read from the text of `OpenMetrics` 1.0; panics where it is none.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut families: BTreeMap<&str, &str> = BTreeMap::new();
    let mut samples = BTreeMap::new();
    let (body, end) = text.rsplit_once("# EOF\n").expect("it ends with # EOF");
    assert_eq!(end, "");
    for line in body.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(families.insert(name, kind).is_none(), "{name} twice");
            continue;
        }
        if line.starts_with("# HELP ") || line.starts_with("# UNIT ") {
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let name = series.split('{').next().unwrap();
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{line}");
        let labels = series.strip_prefix(name).unwrap();
        assert!(labels.is_empty() || labels.starts_with('{') && labels.ends_with('}'), "{line}");
        let suffixes = ["", "_total", "_sum", "_count", "_bucket", "_info"];
        let known = suffixes.iter().find_map(|suffix| families.get(name.strip_suffix(suffix)?));
        assert!(known.is_some(), "{name} has no type");
        let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(samples.insert(series.to_owned(), value).is_none(), "{series} twice");
    }
    samples
}

#[test]
fn metrics_count_requests_by_route_tiles_by_layer_and_the_store() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let shown = tile(&home(0, 4), 14);
    for _ in 0..3 {
        assert_eq!(admin.get(&format!("/tiles/areas/{shown}")).status, 200);
    }
    admin.get("/api/areas/331100");
    admin.get("/api/areas/nowhere");
    admin.get("/nothing/here");
    admin.visit("018f3b6e-0000-7000-8000-000000000001", "HH00", "visited");
    let feed = server.client(None).live(None);
    let reply = admin.get("/metrics");
    assert_eq!(reply.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let text = reply.text();
    let samples = samples(&text);
    let counted = |method: &str, route: &str, status: &str, times: f64| {
        let key = format!("melonmap_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
        assert_eq!(samples.get(&key), Some(&times), "{key}: {text}");
    };
    counted("GET", "/tiles/{layers}/{z}/{x}/{y}", "2xx", 3.0);
    counted("GET", "/api/areas/{code}", "2xx", 1.0);
    counted("GET", "/api/areas/{code}", "4xx", 1.0);
    counted("GET", "none", "4xx", 1.0);
    counted("POST", "/api/visits", "2xx", 1.0);
    for (name, value) in [
        ("melonmap_tiles_total{layers=\"areas\",cache=\"hit\"}", 2.0),
        ("melonmap_tiles_total{layers=\"areas\",cache=\"miss\"}", 1.0),
        ("melonmap_tile_cache_misses_total", 1.0),
        ("melonmap_households", 40.0),
        ("melonmap_visits", 1.0),
        ("melonmap_store_append_duration_seconds_count", 1.0),
        ("melonmap_store_group_changes_sum", 1.0),
        ("melonmap_store_group_changes_bucket{le=\"1.0\"}", 1.0),
        ("melonmap_writer_queue", 0.0),
        ("melonmap_live_listeners", 1.0),
        ("melonmap_http_in_flight", 1.0), // this very request: the answer to the live stream has begun
        ("melonmap_http_shed_total", 0.0),
        ("melonmap_http_limited_total", 0.0),
    ] {
        assert_eq!(samples.get(name), Some(&value), "{name}: {text}");
    }
    assert!(samples["melonmap_memory_resident_bytes"] > 1e6);
    assert!(samples.keys().any(|name| name.starts_with("melonmap_build_info{version=")));
    for secret in ["331100", "nowhere", "HH00", tokens["admin"].as_str()] {
        assert!(!text.contains(secret), "{secret} stands in the metrics");
    }
    drop(feed);
}

#[test]
fn buckets_rise_and_end_with_the_count() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    server.client(None).get("/api/info");
    let samples = samples(&server.client(Some(&tokens["admin"])).get("/metrics").text());
    let labels = r#"method="GET",route="/api/info",status="2xx""#;
    let bucket =
        |bound: &str| samples[&format!("melonmap_http_request_duration_seconds_bucket{{le=\"{bound}\",{labels}}}")];
    let bounds = ["0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "5.0", "+Inf"];
    let counts: Vec<f64> = bounds.into_iter().map(bucket).collect();
    assert!(counts.is_sorted(), "{counts:?}");
    assert_eq!(counts.last(), Some(&samples[&format!("melonmap_http_request_duration_seconds_count{{{labels}}}")]));
}

#[test]
fn no_html_has_a_script_or_a_style_in_it_and_every_answer_says_what_to_refuse() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let server = Server::start(&scratch);
    let client = server.client(None);
    let mut seen = 0;
    for path in ["/", "/web/index.html", "/api/docs", "/ogc", "/ogc/", "/ogc/collections", "/ogc/api", "/nothing"] {
        let reply = client.get_with(path, &[("accept", "text/html")]);
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("strict-transport-security"), "", "{path}: there is no TLS");
        if !reply.header("content-type").starts_with("text/html") {
            continue;
        }
        seen += 1;
        let html = reply.text().to_lowercase();
        for tag in html.split('<').skip(1) {
            let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
            assert!(!tag.starts_with("style"), "{path}: <{tag}>");
            assert!(!tag.starts_with("script") || tag.contains("src=") && after.trim().is_empty(), "{path}: <{tag}>");
            let attributes: HashSet<&str> =
                tag.split_whitespace().skip(1).filter_map(|a| Some(a.split_once('=')?.0)).collect();
            let inline = attributes.iter().find(|name| **name == "style" || name.starts_with("on"));
            assert_eq!(inline, None, "{path}: <{tag}>");
        }
    }
    assert!(seen >= 2, "no HTML was seen");
}

#[test]
fn traces_are_sent_with_route_and_status_and_without_a_value() {
    let collector = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = collector.local_addr().unwrap();
    let endpoint = format!("http://{address}");
    let received = std::thread::spawn(move || {
        let (mut stream, _) = collector.accept().unwrap();
        let mut got = Vec::new();
        let mut piece = [0; 4_096];
        loop {
            let n = stream.read(&mut piece).unwrap();
            assert_ne!(n, 0, "the request was not whole: {}", String::from_utf8_lossy(&got));
            got.extend_from_slice(&piece[..n]);
            let text = String::from_utf8_lossy(&got).to_lowercase();
            let Some(head) = got.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
            let length = text.split("content-length: ").nth(1).and_then(|t| t.split("\r\n").next()).unwrap();
            if got.len() >= head + 4 + length.parse::<usize>().unwrap() {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
                return (got[..head].to_vec(), got[head + 4..].to_vec());
            }
        }
    });
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::with(&scratch, &["--otlp-endpoint", &endpoint]);
    let admin = server.client(Some(&tokens["admin"]));
    assert_eq!(admin.get("/api/households/HH00").status, 200);
    assert_eq!(admin.get("/api/search?q=Zhang").status, 200);
    // What was not sent yet is sent before the end.
    server.stop();
    // Where nothing was sent, the collector finds this and says so.
    drop(TcpStream::connect(address));
    let (head, body) = received.join().unwrap();
    let head = String::from_utf8_lossy(&head).to_lowercase();
    assert!(head.starts_with("post /v1/traces ") && head.contains("application/x-protobuf"), "{head}");
    let says = |text: &str| body.windows(text.len()).any(|w| w == text.as_bytes());
    for told in ["melonmap", "GET /api/households/{code}", "GET /api/search", "http.response.status_code"] {
        assert!(says(told), "{told}");
    }
    for secret in ["HH00", "Zhang", tokens["admin"].as_str()] {
        assert!(!says(secret), "{secret} left the house");
    }
}
