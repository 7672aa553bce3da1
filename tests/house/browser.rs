//! A person at a browser.

use super::{Client, Events, Reply, Scratch, Server};
use serde_json::{Value, json};

/// A browser: it keeps its cookie and says that its page is the one of this site.
pub struct Browser {
    pub client: Client,
    pub cookie: Option<String>,
}

impl Browser {
    pub fn new(server: &Server) -> Browser {
        Browser { client: server.client(None), cookie: None }
    }

    pub fn send(&mut self, method: &str, path: &str, site: &str, body: Option<&Value>) -> Reply {
        let cookie = self.cookie.clone().unwrap_or_default();
        let mut headers = vec![("content-type", "application/json"), ("sec-fetch-site", site)];
        if self.cookie.is_some() {
            headers.push(("cookie", &cookie));
        }
        let text = body.map(ToString::to_string);
        let reply = self.client.send(method, path, &headers, text.as_deref().map(str::as_bytes));
        if let Some(set) = reply.headers.get("set-cookie").map(|set| set.to_str().unwrap().to_owned()) {
            for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
                assert!(set.contains(part), "{set}");
            }
            let pair = set.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        reply
    }

    pub fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, "same-origin", None)
    }

    pub fn sign_in(&mut self, by: &Value) -> Reply {
        self.send("POST", "/api/session", "same-origin", Some(by))
    }

    /// The live feed as this browser's session hears it.
    pub fn live(&self) -> Events {
        self.client.live_with(None, &[("cookie", self.cookie.as_deref().unwrap())])
    }
}

/// The secret in the last line that `melonmap user link` prints.
pub fn link(scratch: &Scratch, name: &str) -> Value {
    let ran = scratch.run(&["user", "link", name]);
    json!({"link": ran.done().split_once("#link=").unwrap().1})
}
