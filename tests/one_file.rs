//! The binary alone, in an empty folder, with an empty environment.
//!
//! A debug build reads the page, styles and demo data from the checkout it was built in, so these tests prove of it only what is in
//! every build: PROJ's database. Of a release build – `MELONMAP_BIN=…/release/melonmap` – they prove that all is inside.

use crate::house::{Ran, Scratch, Server, program};
use serde_json::Value;
use std::fs;
use std::process::Command;

/// The program, copied to the scratch folder and run there with nothing but a search path.
fn alone(scratch: &Scratch) -> Command {
    let copy = scratch.path("melonmap");
    if !copy.exists() {
        fs::copy(program(), &copy).unwrap();
    }
    let mut command = Command::new(copy);
    command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(scratch.path(""));
    command
}

#[test]
fn an_import_from_a_national_grid_needs_no_file_beside_the_program() {
    let scratch = Scratch::new();
    scratch.file("gb.csv", "code,x,y\nAB10 1AA,394251,806376\n");
    for (crs, store) in [("EPSG:27700", "a.db"), ("EPSG:2056", "b.db")] {
        let args = ["import", "households", "gb.csv", "--crs", crs, "--store", store];
        let ran = Ran::of(&alone(&scratch).args(args).output().unwrap());
        assert!(ran.done().starts_with("1 rows: 1 kept (1 new"), "{ran:?}");
    }
    let mut names: Vec<String> =
        fs::read_dir(scratch.path("")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let expected = ["a.db", "a.db.lock", "b.db", "b.db.lock", "gb.csv", "melonmap"];
    assert_eq!(names, expected, "nothing else was written");
}

#[test]
fn the_demo_answers_page_styles_glyphs_tiles_and_a_sign_in_for_each_role() {
    let scratch = Scratch::new();
    let mut command = alone(&scratch);
    command.args(["demo", "--listen", "127.0.0.1:0", "--dir", "demo"]);
    let server = Server::run(command, &scratch.path("demo.log"));
    let about: Value = serde_json::from_str(&fs::read_to_string(scratch.path("demo/demo.json")).unwrap()).unwrap();
    assert_eq!((&about["url"], &about["pid"]), (&server.url.clone().into(), &server.process().into()));
    let tokens = about["tokens"].as_object().unwrap();
    let roles: Vec<&str> = tokens.keys().map(String::as_str).collect();
    for role in ["member", "coordinator", "planner", "inspector", "analyst", "admin"] {
        assert!(roles.contains(&role), "no token for {role}: {roles:?}");
        assert_eq!(server.client(tokens[role].as_str()).json("/api/me")["role"], role);
    }
    let public = server.client(None);
    for path in [
        "/",
        "/styles/light.json",
        "/styles/dark.json",
        "/styles/print.json",
        "/glyphs/Noto%20Sans%20Regular/0-255.pbf",
        "/tiles/areas",
        // Vaduz.
        "/tiles/areas,context/12/2156/1438",
    ] {
        let reply = public.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        assert!(!reply.body.is_empty(), "{path}");
    }
    // All that the page and its styles name is there.
    let page = public.get("/").text();
    let named: Vec<&str> =
        page.split('"').filter(|text| text.starts_with("/web/") || text.starts_with("web/")).collect();
    assert!(!named.is_empty(), "the page names its files: {page}");
    for path in named {
        let path = format!("/{}", path.trim_start_matches('/'));
        assert_eq!(public.get(&path).status, 200, "{path}");
    }
    let info = public.json("/api/info");
    assert_eq!((&info["name"], &info["sample"]), (&"Liechtenstein".into(), &true.into()));
    assert_eq!((&info["levels"]["county"], &info["levels"]["township"]), (&1.into(), &11.into()));
    let attribution = info["attribution"].to_string();
    assert!(
        attribution.contains("© OpenStreetMap contributors") && attribution.contains("Sample data"),
        "{attribution}"
    );
    let admin = server.client(tokens["admin"].as_str());
    let county = &admin.json("/api/coverage?level=county")["areas"][0];
    assert_eq!(county["eligible"], 17_039);
    let visited = county["visited"].as_u64().unwrap();
    assert!((5_000..17_039).contains(&visited), "a visible amount of sample visits: {visited}");
    // Without a sign-in: figures of the last edition, which lag by a little, of most areas and of the whole.
    let editions = &public.json("/api/editions")["editions"];
    assert_eq!((editions.as_array().unwrap().len(), &editions[0]["number"]), (5, &5.into()), "one a week, and one now");
    let areas = &editions[0]["areas"];
    assert!(areas["shown"].as_u64().unwrap() > 70 && areas["held_back"].as_u64().unwrap() > 0, "{areas}");
    let exact = admin.json("/api/coverage?level=county&campaign=2")["areas"][0]["visited"].as_u64().unwrap();
    let told = &public.json("/api/coverage?level=county")["areas"][0];
    let lag = exact.abs_diff(told["visited"].as_u64().unwrap_or_else(|| panic!("{told}")));
    assert!(told["eligible"] == 17_039 && lag < 10 * 85, "{lag} visits of {exact} are not published yet");
    assert_eq!(public.json("/api/campaigns")["campaigns"].as_array().unwrap().len(), 2);
    let digest = server.client(tokens["admin"].as_str()).json("/api/check")["digest"].clone();
    let checked = Ran::of(&alone(&scratch).args(["check", "--store", "demo/demo.db"]).output().unwrap());
    assert!(checked.done().contains(digest.as_str().unwrap()), "{checked:?}");
    server.stop();
}
