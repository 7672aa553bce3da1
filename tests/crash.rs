//! A kill loses nothing that was answered; a stop answers what it has begun.

use crate::house::{County, Scratch, Server, homes};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use ureq::http::Request;
use ureq::{Agent, SendBody};
use uuid::Uuid;

/// Clients that post at once.
const CLIENTS: usize = 8;
/// Answers after which the power goes.
const ANSWERS: usize = 300;

#[test]
fn a_kill_during_a_stream_of_visits_loses_none_that_was_answered() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let answered = AtomicUsize::new(0);
    let codes: Vec<String> = homes().map(|h| h.code).collect();
    let stream = |client: usize| {
        let (admin, codes, answered) = (admin.clone(), &codes, &answered);
        move || -> Vec<(Uuid, String)> {
            let mut stored = Vec::new();
            for n in 0.. {
                let (id, code) = (Uuid::now_v7(), &codes[(client + n) % codes.len()]);
                let visit = json!({"id": id, "household": code, "at": "2026-01-05T08:00:00Z", "outcome": "visited"});
                let json_type = [("content-type", "application/json")];
                // The first request that gets no answer is the last one: the server is gone.
                let Ok(reply) = admin.try_send("POST", "/api/visits", &json_type, Some(visit.to_string().as_bytes()))
                else {
                    break;
                };
                assert_eq!(reply.json()["results"][0]["result"], "stored");
                stored.push((id, code.clone()));
                answered.fetch_add(1, Ordering::Relaxed);
            }
            stored
        }
    };
    let stored: Vec<(Uuid, String)> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|n| scope.spawn(stream(n))).collect();
        while answered.load(Ordering::Relaxed) < ANSWERS {
            thread::yield_now();
        }
        server.kill();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    assert!(stored.len() >= ANSWERS);
    scratch.proved();
    let kept = scratch.ask("SELECT key FROM change WHERE kind = 'visit'");
    let once: BTreeSet<&String> = kept.iter().collect();
    assert_eq!(once.len(), kept.len(), "a visit is there twice");
    assert!(kept.len() <= stored.len() + CLIENTS, "at most one of each client was under way");

    let server = Server::start(&scratch);
    let admin = server.client(Some(&tokens["admin"]));
    let mut living: BTreeSet<(String, String)> = BTreeSet::new();
    for code in &codes {
        let visits = admin.json(&format!("/api/households/{code}"))["visits"].as_array().unwrap().clone();
        living.extend(visits.iter().map(|v| (v["id"].as_str().unwrap().to_owned(), code.clone())));
    }
    assert_eq!(living.len(), kept.len());
    for (id, code) in stored {
        assert!(living.contains(&(id.to_string(), code)), "{id} was answered and is gone");
    }
    // What was under way may be sent again, whatever became of it.
    let again: Vec<Value> = kept
        .iter()
        .take(50)
        .map(|id| {
            let code = &living.iter().find(|(known, _)| known == id).unwrap().1;
            json!({"id": id, "household": code, "at": "2026-01-05T08:00:00Z", "outcome": "visited"})
        })
        .collect();
    let answer = admin.post("/api/visits", &json!(again)).json();
    assert!(answer["results"].as_array().unwrap().iter().all(|r| r["result"] == "repeated"), "{answer}");
    assert_eq!(admin.json("/api/check")["digest"], scratch.proved());
}

/// A body that tells when it is first asked for and goes on when it is told to.
struct Halting {
    text: Vec<u8>,
    asked: Sender<()>,
    go: Receiver<()>,
    waited: bool,
}

impl Read for Halting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !self.waited {
            self.waited = true;
            self.asked.send(()).unwrap();
            self.go.recv().unwrap();
        }
        let n = self.text.len().min(buffer.len());
        buffer[..n].copy_from_slice(&self.text[..n]);
        self.text.drain(..n);
        Ok(n)
    }
}

#[test]
fn a_stop_answers_the_requests_that_run_ends_the_live_streams_and_ends_with_0() {
    let scratch = Scratch::new();
    let tokens = County::found(&scratch);
    // Longer than any test waits: what ends in time ends because nothing runs any more.
    let server = Server::with(&scratch, &["--stop-s", "600"]);
    let admin = server.client(Some(&tokens["admin"]));
    let feed = admin.live(None);
    let (asked, is_asked) = channel();
    let (goes, go) = channel();
    let visit = json!({"id": Uuid::now_v7(), "household": "HH00", "at": "2026-01-05T08:00:00Z", "outcome": "visited"});
    let body = Halting { text: visit.to_string().into_bytes(), asked, go, waited: false };
    let (url, bearer) = (format!("{}/api/visits", server.url), format!("Bearer {}", tokens["admin"]));
    let running = thread::spawn(move || {
        let mut request = Request::post(url);
        for (name, value) in [
            ("authorization", bearer),
            ("content-type", "application/json".to_owned()),
            ("content-length", visit.to_string().len().to_string()),
            // The server asks for the body once the request runs.
            ("expect", "100-continue".to_owned()),
        ] {
            request = request.header(name, value);
        }
        let request = request.body(SendBody::from_owned_reader(body)).unwrap();
        let mut response = Agent::new_with_defaults().run(request).unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    });
    is_asked.recv().unwrap();
    server.tell_to_stop();
    while !server.log().contains("running requests are finished first") {
        thread::yield_now();
    }
    goes.send(()).unwrap();
    let (status, text) = running.join().unwrap();
    assert_eq!(status, 200, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["results"][0]["result"], "stored");
    assert_eq!(server.ended().code(), Some(0));
    drop(feed);
    // Nothing is left beside the store that a backup would have to know of.
    let beside: Vec<String> = std::fs::read_dir(scratch.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("map.db-"))
        .collect();
    assert!(beside.is_empty(), "{beside:?}");
    assert_eq!(scratch.ask("SELECT household FROM visit"), ["HH00"]);
    scratch.proved();
}

#[test]
fn an_interrupt_stops_a_quiet_server_as_well() {
    let scratch = Scratch::new();
    County::found(&scratch);
    let server = Server::start(&scratch);
    let told = std::process::Command::new("kill").args(["-INT", &server.process().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(server.ended().code(), Some(0));
}
