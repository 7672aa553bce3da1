//! A client of the service.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request};

/// Longest answer that is waited for: a test that hangs should say where.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Clone)]
pub struct Client {
    agent: Agent,
    url: String,
    token: Option<String>,
}

impl Client {
    pub fn new(url: &str, token: Option<&str>) -> Client {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .allow_non_standard_methods(true)
            .build();
        Client { agent: config.into(), url: url.to_owned(), token: token.map(str::to_owned) }
    }

    /// Any request; the error is that of the connection.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Reply, ureq::Error> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            None => self.agent.run(request.body(()).unwrap())?,
            Some(bytes) => self.agent.run(request.body(bytes).unwrap())?,
        };
        let body = response.body_mut().with_config().limit(100 << 20).read_to_vec()?;
        Ok(Reply { status: response.status().as_u16(), headers: response.headers().clone(), body })
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Reply {
        let sent = self.try_send(method, path, headers, body);
        sent.unwrap_or_else(|e| panic!("{method} {path}: {e}"))
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send("GET", path, headers, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        let text = body.to_string();
        self.send("POST", path, &[("content-type", "application/json")], Some(text.as_bytes()))
    }

    pub fn put(&self, path: &str, body: &Value) -> Reply {
        let text = body.to_string();
        self.send("PUT", path, &[("content-type", "application/json")], Some(text.as_bytes()))
    }

    /// JSON that must come with status 200.
    #[track_caller]
    pub fn json(&self, path: &str) -> Value {
        self.get(path).json()
    }

    /// The number of the last change.
    #[track_caller]
    pub fn seq(&self) -> u64 {
        self.json("/api/info")["seq"].as_u64().unwrap()
    }

    /// Logs one visit and gives its result.
    #[track_caller]
    pub fn visit(&self, id: &str, household: &str, outcome: &str) -> Value {
        let visit = json!({"id": id, "household": household, "at": "2026-01-05T08:00:00Z", "outcome": outcome});
        self.post("/api/visits", &visit).json()["results"][0].clone()
    }

    /// The live feed, from an event on.
    pub fn live(&self, after: Option<u64>) -> Events {
        self.live_with(after, &[])
    }

    pub fn live_with(&self, after: Option<u64>, headers: &[(&str, &str)]) -> Events {
        let endless = Agent::config_builder().http_status_as_error(false).build();
        let mut request = Agent::from(endless).get(format!("{}/live", self.url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(after) = after {
            request = request.header("last-event-id", after.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.call().unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let lines = BufReader::new(response.into_body().into_reader()).lines();
        let (to, events) = channel();
        std::thread::spawn(move || {
            let (mut id, mut data) = (None, None);
            // Ends with the connection, or with the test.
            for line in lines.map_while(Result::ok) {
                match line.split_once(": ").or_else(|| line.split_once(':')) {
                    Some(("id", value)) => id = value.parse::<u64>().ok(),
                    Some(("data", value)) => data = serde_json::from_str::<Value>(value).ok(),
                    Some(("event", value)) => assert_eq!(value, "change"),
                    _ => {}
                }
                if line.is_empty()
                    && let (Some(id), Some(data)) = (id.take(), data.take())
                {
                    assert_eq!(data["seq"], id);
                    if to.send(data).is_err() {
                        return;
                    }
                }
            }
        });
        Events(events)
    }
}

/// The events of a live feed as they come.
pub struct Events(Receiver<Value>);

impl Events {
    #[track_caller]
    pub fn next(&self) -> Value {
        self.0.recv_timeout(PATIENCE).expect("an event comes")
    }

    /// Nothing more comes: the server has ended it.
    #[track_caller]
    pub fn ended(&self) {
        assert_eq!(self.0.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
    }

    /// Nothing came before the event that `last` makes.
    #[track_caller]
    pub fn nothing_but(&self, seq: u64) -> Value {
        let event = self.next();
        assert_eq!(event["seq"], seq, "{event}");
        event
    }
}

/// The tiles of a layer in an event.
pub fn event<'a>(event: &'a Value, layer: &str) -> Vec<&'a str> {
    event["tiles"][layer].as_array().unwrap().iter().map(|tile| tile.as_str().unwrap()).collect()
}

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// JSON, and status 200 or 201.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert!([200, 201].contains(&self.status), "{}: {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// Problem details with this status, whole and in their media type.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {problem}");
        }
        problem
    }

    /// Problem details that name a field, the value it had and what was expected.
    #[track_caller]
    pub fn wrong(&self, field: &str, value: &str) -> Value {
        let problem = self.problem(400);
        assert_eq!((&problem["field"], &problem["value"]), (&json!(field), &json!(value)), "{problem}");
        assert!(problem["expected"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        problem
    }
}
