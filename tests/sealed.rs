//! What households confide: sealed in the store, opened for who may see it, and lost alone where its key is.

use crate::house::{Client, County, Ran, Scratch, Server, command, home, homes};
use melonmap::store::{Batch, Entry, Location, OpenMode, Store};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn contact(code: &str) -> String {
    format!("+423 770 {code}")
}

fn needs(code: &str) -> String {
    format!("needs a ramp {code}\n需要坡道")
}

/// The county's households with contact and needs.
fn confiding() -> String {
    let mut lines = County::households().lines().map(str::to_owned).collect::<Vec<_>>().into_iter();
    let header = format!("{},phone,wants\n", lines.next().unwrap());
    header
        + &lines
            .zip(homes())
            .map(|(line, h)| format!("{line},{},\"{}\"\n", contact(&h.code), needs(&h.code)))
            .collect::<String>()
}

const MAPPED: [&str; 4] = ["--map", "contact=phone", "--map", "needs=wants"];

struct Place {
    scratch: Scratch,
    /// Apart from the store.
    keys: Scratch,
    tokens: HashMap<&'static str, String>,
}

impl Place {
    /// The county, with nothing confided.
    fn new() -> Place {
        let scratch = Scratch::new();
        let tokens = County::found(&scratch);
        Place { scratch, keys: Scratch::new(), tokens }
    }

    /// The same with what all households confide.
    fn confided() -> Place {
        let place = Place::new();
        let ran = place.import(&place.key());
        assert!(ran.done().contains("40 changed"), "{ran:?}");
        place
    }

    fn key(&self) -> PathBuf {
        self.keys.path("settings/key")
    }

    fn import(&self, key: &Path) -> Ran {
        // Not in the store's folder, where nothing may hold it.
        let file = self.keys.file("households.csv", confiding());
        self.scratch.import("households", &file, &[&MAPPED[..], &["--key", key.to_str().unwrap()]].concat())
    }

    fn serve(&self, key: &Path) -> Server {
        Server::with(&self.scratch, &["--key", key.to_str().unwrap()])
    }

    fn client(&self, server: &Server, role: &str) -> Client {
        server.client(self.tokens.get(role).map(String::as_str))
    }
}

/// The files of the store's folder that hold a text.
fn holding(scratch: &Scratch, text: &str) -> Vec<String> {
    let files = fs::read_dir(scratch.path("")).unwrap().map(|file| file.unwrap().path());
    let holds = |path: &PathBuf| fs::read(path).unwrap().windows(text.len()).any(|window| window == text.as_bytes());
    files.filter(holds).map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn what_is_confided_is_in_no_byte_of_the_store_its_log_or_the_servers() {
    let place = Place::confided();
    let secrets = ["+423 770", "a ramp", "需要坡道"];
    assert_eq!(holding(&place.scratch, "Melon Lane 1700"), ["map.db"], "an address is found, so a text could be");
    let server = place.serve(&place.key());
    for role in ["member", "admin"] {
        let client = place.client(&server, role);
        let one = client.json("/api/households/HH00");
        assert_eq!((&one["contact"], &one["needs"]), (&json!(contact("HH00")), &json!(needs("HH00"))));
        client.json("/ogc/collections/households/items?limit=40");
        client.get("/ogc/collections/households/items?contact=%2B423%20770%20HH00").problem(400);
        client.visit(&format!("018f3b6e-0000-7000-8000-00000000000{}", role.len()), "HH00", "visited");
        let found = client.json("/api/search?q=ramp");
        assert_eq!(found["results"], json!([]), "{role}: nobody finds a household by its needs");
    }
    assert!(place.scratch.path("map.db-wal").exists(), "the write-ahead log is looked at as well");
    for secret in secrets {
        assert_eq!(holding(&place.scratch, secret), [""; 0], "{secret}");
    }
    server.stop();
    for secret in secrets {
        assert_eq!(holding(&place.scratch, secret), [""; 0], "{secret}");
        assert!(!place.scratch.run(&["audit"]).out.contains(secret));
    }
}

#[test]
fn the_same_file_again_changes_nothing_and_a_changed_text_its_household_alone() {
    let place = Place::confided();
    place.scratch.unchanged(|| assert!(place.import(&place.key()).done().contains("nothing changed")));
    let file = place.keys.file("other.csv", confiding().replace("a ramp HH13", "two ramps HH13"));
    let key = place.key();
    let ran = place.scratch.import("households", &file, &[&MAPPED[..], &["--key", key.to_str().unwrap()]].concat());
    assert!(ran.done().contains("1 changed, 39 the same"), "{ran:?}");
}

#[test]
fn a_store_is_proved_without_the_key_and_says_the_same_with_it() {
    let place = Place::confided();
    let proved = place.scratch.proved();
    let with = place.serve(&place.key());
    assert_eq!(place.client(&with, "admin").json("/api/check")["digest"], json!(proved));
    with.stop();
    let without = place.serve(&place.keys.path("none"));
    assert_eq!(place.client(&without, "admin").json("/api/check")["digest"], json!(proved));
    without.stop();
    assert!(!place.keys.path("none").exists(), "who serves founds no key");
}

#[test]
fn who_may_see_addresses_sees_it_at_every_door_and_nobody_else_at_any() {
    let place = Place::confided();
    let server = place.serve(&place.key());
    // In the member's grid, in the coordinator's township, in the other township.
    for (role, sees) in [
        ("public", [false; 3]),
        ("member", [true, false, false]),
        ("coordinator", [true, true, false]),
        ("planner", [false; 3]),
        ("inspector", [true; 3]),
        ("analyst", [false; 3]),
        ("admin", [true; 3]),
    ] {
        let client = place.client(&server, role);
        let lists: Vec<(&str, String)> = ["json", "jsonfg", "geojsonseq", "csv", "html", "fgb"]
            .map(|form| (form, client.get(&format!("/ogc/collections/households/items?limit=40&f={form}")).text()))
            .into();
        for (g, sees) in sees.into_iter().enumerate() {
            let code = home(g, 2).code;
            let card = client.get(&format!("/api/households/{code}"));
            let item = client.get(&format!("/ogc/collections/households/items/{code}"));
            for (door, text) in [("card", card.text()), ("item", item.text())].iter().chain(&lists) {
                let told = text.contains(&contact(&code)) && text.contains(&format!("needs a ramp {code}"));
                assert_eq!(told, sees, "{role} at {door} in place {g}: {text}");
            }
            if sees {
                let (card, item) = (card.json(), item.json()["properties"].clone());
                assert_eq!((&card["needs"], card.get("sealed")), (&json!(needs(&code)), None));
                assert_eq!((&item["needs"], item.get("sealed")), (&json!(needs(&code)), None));
            }
        }
        if sees == [false; 3] {
            let everything: String = lists.iter().map(|(_, text)| text.as_str()).collect();
            assert!(!everything.contains("+423") && !everything.contains("a ramp"), "{role}: {everything}");
        }
    }
    let inspector = place.client(&server, "inspector");
    let queryables = inspector.json("/ogc/collections/households/queryables");
    assert!(queryables["properties"].get("address").is_some() && queryables["properties"].get("needs").is_none());
    let schema = inspector.json("/ogc/collections/households/schema");
    assert!(schema["properties"].get("needs").is_some());
    for query in ["sortby=needs", "sortby=-contact", "filter=needs%20LIKE%20%27%25ramp%25%27", "needs=x", "sealed=true"]
    {
        let problem = inspector.get(&format!("/ogc/collections/households/items?{query}")).problem(400);
        assert!(!problem["detail"].as_str().unwrap().contains(", needs"), "{query}: it is not offered: {problem}");
    }
    let analyst = place.client(&server, "analyst").json("/ogc/collections/households/schema");
    assert!(analyst["properties"].get("needs").is_none() && analyst["properties"].get("sealed").is_none());
    server.stop();
    let trail = place.scratch.run(&["audit"]).out;
    for who in ["member", "coordinator", "inspector", "admin"] {
        let of = format!("Caller {who} Zhang");
        let reads = trail.lines().filter(|line| line.contains(&of) && line.contains("read,household"));
        assert!(reads.count() >= 3, "{who}: {trail}");
    }
}

/// `melonmap key new`.
fn new_key(file: &Path) -> Ran {
    Ran::of(&command().args(["key", "new", "--key"]).arg(file).output().unwrap())
}

/// What an admin is shown of a household.
fn card(place: &Place, server: &Server, code: &str) -> Value {
    place.client(server, "admin").json(&format!("/api/households/{code}"))
}

#[test]
fn without_its_key_what_is_confided_is_closed_and_everything_else_is_there() {
    let place = Place::confided();
    let other = place.keys.path("other");
    new_key(&other).done();
    for key in [other, place.keys.path("missing")] {
        let server = place.serve(&key);
        let one = card(&place, &server, "HH00");
        assert_eq!((one.get("contact"), one.get("needs"), &one["sealed"]), (None, None, &json!(true)), "{one}");
        assert_eq!((&one["address"], &one["persons"]), (&json!(home(0, 0).address), &json!(4)));
        let admin = place.client(&server, "admin");
        let item = admin.json("/ogc/collections/households/items/HH00")["properties"].clone();
        assert_eq!((item.get("contact"), &item["sealed"], &item["persons"]), (None, &json!(true), &json!(4)));
        assert_eq!(admin.json("/ogc/collections/households/items?limit=40")["numberReturned"], 40);
        assert!(place.client(&server, "analyst").json("/api/households/HH00").get("sealed").is_none());
        let log = server.log();
        assert!(log.contains("\"households\":40") && log.contains("stay closed"), "{log}");
    }
    let server = place.serve(&place.key());
    assert_eq!(card(&place, &server, "HH00")["contact"], json!(contact("HH00")), "the key came back");
}

#[test]
fn a_lost_key_is_not_replaced_in_silence_and_a_new_one_goes_before_the_old() {
    let place = Place::confided();
    let moved = place.keys.path("moved");
    fs::rename(place.key(), &moved).unwrap();
    let key = place.key();
    place.scratch.unchanged(|| place.import(&key).refused(1, &[key.to_str().unwrap(), "bring it back", "key new"]));
    assert!(!key.exists());
    fs::rename(&moved, &key).unwrap();
    new_key(&key).done();
    let server = place.serve(&key);
    assert_eq!(card(&place, &server, "HH00")["contact"], json!(contact("HH00")), "the old key still opens");
    server.stop();
    assert!(place.import(&key).done().contains("40 changed"), "sealed anew");
    // The old key may go now.
    let text = fs::read_to_string(&key).unwrap();
    fs::write(&key, text.lines().next().unwrap()).unwrap();
    let server = place.serve(&key);
    assert_eq!(card(&place, &server, "HH39")["needs"], json!(needs("HH39")));
}

#[test]
fn a_ciphertext_moved_to_another_household_does_not_open() {
    let place = Place::confided();
    let body = place
        .scratch
        .ask("SELECT body FROM change WHERE kind = 'household' AND key = 'HH00' ORDER BY seq DESC")
        .remove(0);
    let mut stolen: Value = serde_json::from_str(&body).unwrap();
    stolen["code"] = json!("HH01");
    let [contact, needs] = ["contact", "needs"].map(|field| stolen[field].clone());
    let mut swapped = serde_json::from_str::<Value>(&body).unwrap();
    (swapped["contact"], swapped["needs"]) = (needs, contact);
    let mut store = Store::open(&Location::Sqlite(place.scratch.store()), OpenMode::Existing, "test").unwrap();
    let entries = [("HH01", stolen), ("HH00", swapped)].map(|(key, body)| Entry {
        kind: melonmap::model::Kind::Household,
        key: key.into(),
        body: body.to_string(),
    });
    store.append(&[Batch { at: jiff::Timestamp::now(), author: "thief".into(), entries: entries.into() }]).unwrap();
    drop(store);
    place.scratch.proved();
    let server = place.serve(&place.key());
    for code in ["HH00", "HH01"] {
        let one = card(&place, &server, code);
        assert_eq!((one.get("contact"), one.get("needs"), &one["sealed"]), (None, None, &json!(true)), "{one}");
    }
}

#[test]
fn a_key_file_that_is_none_or_that_others_may_read_is_refused_by_name() {
    let place = Place::new();
    let store = place.scratch.store();
    for (name, text, mode, told) in [
        ("short", "0123456789", 0o600, "line 1: 10 characters, expected 64 hexadecimal digits"),
        ("empty", "", 0o600, "holds no key"),
        ("shared", &"ab".repeat(32), 0o644, "has the mode 644"),
    ] {
        let key = place.keys.file(name, text);
        fs::set_permissions(&key, Permissions::from_mode(mode)).unwrap();
        let path = key.to_str().unwrap();
        place.scratch.unchanged(|| {
            place.import(&key).refused(1, &[path, told]);
            let serve = ["serve", "--listen", "127.0.0.1:0", "--key", path, "--store", store.to_str().unwrap()];
            place.scratch.run(&serve).refused(1, &[path, told]);
            new_key(&key).refused(1, &[path, told]);
        });
        assert_eq!(fs::read_to_string(&key).unwrap(), text, "never overwritten");
    }
    // Who confides nothing needs no key, good or bad.
    let file = place.keys.file("plain.csv", County::households());
    let bad = place.keys.path("shared");
    place.scratch.import("households", &file, &["--key", bad.to_str().unwrap()]).done();
    // A text that is too long is refused without being repeated.
    let long = confiding().replace("+423 770 HH00", &"7".repeat(201));
    let file = place.keys.file("long.csv", long);
    let report = place.keys.path("report.csv");
    let key = place.key();
    let flags = ["--key", key.to_str().unwrap(), "--report", report.to_str().unwrap()];
    let ran = place.scratch.import("households", &file, &[&MAPPED[..], &flags].concat());
    ran.refused(1, &["phone", "201 characters", "one line of at most 200 characters"]);
    assert!(!ran.err.contains("777") && !fs::read_to_string(report).unwrap().contains("777"));
}
