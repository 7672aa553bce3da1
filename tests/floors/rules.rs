//! What the floors allow. The tables here are ARCHITECTURE.md in code: change both or neither.

use super::source::{self, Named, Source};

/// Each room, from the ground up, and the rooms that it may use besides itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("geom", &[]),
    ("model", &["geom"]),
    // The five workshops: no door between them.
    ("state", &["model", "geom"]),
    ("store", &["model", "geom"]),
    ("formats", &["model", "geom"]),
    ("tiles", &["model", "geom"]),
    ("analysis", &["model", "geom"]),
    // The only room that opens the workshops.
    ("app", &["state", "store", "formats", "tiles", "analysis", "model", "geom"]),
    ("http", &["app", "model", "geom"]),
    ("config", &["app", "http", "model", "geom"]),
    ("cli", &["config", "http", "app", "model", "geom"]),
];

/// Outside crates that live in one place, and that place: a file, or a folder with `/` at its end.
const CRATES: &[(&str, &[&str])] = &[
    ("proj", &["geom/crs.rs"]),
    ("proj_sys", &["geom/crs.rs"]),
    ("rstar", &["state/index/", "analysis/near.rs"]),
    ("cql2", &["formats/cql2/text.rs"]),
    ("pest", &["formats/cql2/text.rs"]),
    ("icu_casemap", &["model/filter/fold.rs"]),
    ("icu_normalizer", &["model/filter/fold.rs"]),
    ("flatgeobuf", &["formats/fgb.rs", "formats/fgb/"]),
    ("calamine", &["formats/xlsx/read.rs"]),
    ("quick_xml", &["formats/xlsx/look.rs"]),
    ("zip", &["formats/xlsx/survey.rs", "formats/xlsx/tests.rs"]),
    ("rust_xlsxwriter", &["formats/xlsx/write.rs"]),
    ("pmtiles", &["formats/pmtiles.rs"]),
    ("toml", &["formats/ruleset/section.rs"]),
    ("flatbuffers", &["formats/fgb/write.rs"]),
    ("prost", &["formats/osm/wire.rs"]),
    ("rusqlite", &["store/sqlite.rs"]),
    ("zstd", &["tiles/body.rs"]),
    ("twox_hash", &["tiles/body.rs"]),
    ("moka", &["tiles/cache.rs"]),
    ("axum", &["http/"]),
    ("tower", &["http/"]),
    ("tower_http", &["http/"]),
    ("hyper", &["http/door/connection.rs"]),
    ("hyper_util", &["http/door/"]),
    ("tokio_io_timeout", &["http/door/connection.rs"]),
    ("tokio_rustls", &["http/door/tls.rs"]),
    ("ipnet", &["http/door/proxy.rs"]),
    ("governor", &["http/door/rate.rs"]),
    ("prometheus_client", &["http/metrics.rs"]),
    ("opentelemetry", &["cli/telemetry.rs"]),
    ("opentelemetry_sdk", &["cli/telemetry.rs"]),
    ("opentelemetry_http", &["cli/telemetry.rs"]),
    ("opentelemetry_otlp", &["cli/telemetry.rs"]),
    ("tracing_opentelemetry", &["cli/telemetry.rs"]),
    ("argon2", &["app/password.rs"]),
    ("chacha20poly1305", &["app/seal.rs"]),
    ("hkdf", &["app/seal.rs"]),
    ("base64", &["model/confided.rs"]),
    ("jsonwebtoken", &["app/outside.rs", "app/outside/"]),
    ("ureq", &["app/outside.rs", "cli/telemetry.rs"]),
    ("clap", &["cli/", "cli.rs", "config/", "config.rs"]),
];

/// Where everything is put together: it may open any room and names no floor.
const COMPOSITION_ROOT: &[&str] = &["main.rs", "lib.rs"];

/// Longer than this, a file is two thoughts.
const MOST_LINES: usize = 600;

/// A room's head says one of these: what it does not know, or what always holds in it.
const HEAD_SAYS: &[&str] = &["knows nothing of", "Invariant"];

/// Everything that is wrong with one file; `path` is relative to `src/`. Empty if nothing is.
pub fn faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES {
        faults
            .push(format!("src/{path}: {lines} lines, at most {MOST_LINES} are allowed: split it by what it is about"));
    }
    if COMPOSITION_ROOT.contains(&path) {
        return faults;
    }

    let modules = module_path(path);
    let room = modules[0].as_str();
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        faults.push(format!("src/{path}: there is no room `{room}` in the house"));
        return faults;
    };
    if modules.len() == 1 && !head(text).is_some_and(|head| HEAD_SAYS.iter().any(|words| head.contains(words))) {
        faults.push(format!("src/{path}: begin with `//!` docs that hold one of {HEAD_SAYS:?}"));
    }

    let source = source::read(text);
    for named in &source.paths {
        let shown = named.segments.join("::");
        if let Some(target) = room_of(named, &modules) {
            let fault = match target.as_str() {
                "*" => Some("a glob of the crate hides its arrows".to_owned()),
                name if ROOMS.iter().all(|(known, _)| *known != name) => Some(format!("`{name}` is not a room")),
                name if name == room || allowed.contains(&name) => None,
                name => Some(format!("{room} may not use {name}")),
            };
            faults.extend(fault.map(|why| format!("src/{path}:{}: {why} (`{shown}`)", named.line)));
        } else if let Some((name, places)) = outside_crate(named, &source)
            && !places.iter().any(|place| *place == path || (place.ends_with('/') && path.starts_with(place)))
        {
            let places = places.join(", src/");
            faults.push(format!("src/{path}:{}: {name} may be used only in src/{places} (`{shown}`)", named.line));
        }
    }
    faults
}

/// The module that a file is: `state/index.rs` and `state/index/mod.rs` are `[state, index]`.
fn module_path(path: &str) -> Vec<String> {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').map(str::to_owned).collect()
}

/// The `//!` lines at the beginning of a file.
fn head(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
    // Joined by spaces, so that words may stand across a line's end.
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// The room at the end of a path that begins in this crate, or `None` for a path into another crate.
fn room_of(named: &Named, modules: &[String]) -> Option<String> {
    let mut segments = named.segments.iter().map(String::as_str);
    let mut place: Vec<&str> = match segments.next()? {
        "crate" | "melonmap" => Vec::new(),
        first @ ("self" | "super") => {
            let mut place: Vec<&str> = modules.iter().chain(&named.inside).map(String::as_str).collect();
            if first == "super" {
                place.pop();
            }
            place
        }
        _ => return None,
    };
    for segment in segments {
        match segment {
            "super" => _ = place.pop(),
            "self" => {}
            name => place.push(name),
        }
    }
    // A path that names the crate's root itself: what follows cannot be seen.
    Some(place.first().map_or("*", |first| first).to_owned())
}

/// The guarded outside crate that a path begins with, if it does.
fn outside_crate(named: &Named, source: &Source) -> Option<(&'static str, &'static [&'static str])> {
    let explicit = named.segments[0].is_empty();
    let first = named.segments.get(usize::from(explicit))?;
    if !explicit && source.own_names.contains(first) {
        return None;
    }
    CRATES.iter().find(|(name, _)| name == first).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "//! A room. It knows nothing of the others.\n";

    /// Checks a made-up file: how many faults it has, and what the first one says.
    fn check(path: &str, text: &str, count: usize, says: &str) {
        let head = if module_path(path).len() == 1 { HEAD } else { "" };
        let found = faults(path, &format!("{head}{text}"));
        assert_eq!(found.len(), count, "{path}: {text}\n{found:#?}");
        assert!(found.first().is_none_or(|fault| fault.contains(says)), "{path}: {text}\n{found:#?}");
    }

    #[test]
    fn the_table_itself_only_points_down() {
        for (n, (room, allowed)) in ROOMS.iter().enumerate() {
            for target in *allowed {
                assert!(ROOMS[..n].iter().any(|(lower, _)| lower == target), "{room} -> {target} is no arrow down");
            }
        }
    }

    #[test]
    fn an_arrow_down_is_allowed() {
        check("model/visit.rs", "use crate::geom::LonLat;", 0, "");
        check("state/mod.rs", "use crate::{geom::Bbox, model::{Area, Tally}};", 0, "");
        check("app/commit.rs", "use crate::{state, store::Store, tiles, formats, analysis, model, geom};", 0, "");
        check("http/tiles.rs", "use crate::app::App; use crate::geom::TileId; use axum::Router;", 0, "");
        check("cli/serve.rs", "use crate::{app, config, http, model, geom}; use clap::Parser;", 0, "");
    }

    #[test]
    fn an_arrow_up_is_refused() {
        check("geom/tile.rs", "use crate::model::Area;", 1, "geom may not use model");
        check(
            "model/mod.rs",
            "use crate::{geom::X, app};",
            1,
            "src/model/mod.rs:2: model may not use app (`crate::app`)",
        );
        check("state/mod.rs", "fn f() { crate::app::now() }", 1, "state may not use app");
        check("app/mod.rs", "use crate::http::Problem; use crate::config::Settings;", 2, "app may not use http");
        check("config/mod.rs", "use crate::cli::Args;", 1, "config may not use cli");
    }

    #[test]
    fn no_door_leads_from_one_workshop_to_another() {
        let workshops = ["state", "store", "formats", "tiles", "analysis"];
        for from in workshops {
            for to in workshops.iter().filter(|to| **to != from) {
                check(&format!("{from}/x.rs"), &format!("use crate::{to}::Y;"), 1, "may not use");
            }
        }
    }

    #[test]
    fn only_app_opens_a_workshop() {
        check("http/mod.rs", "use crate::{state::State, store};", 2, "http may not use state");
        check("cli/mod.rs", "use crate::formats::csv;", 1, "cli may not use formats");
        check("config.rs", "use crate::store::Store;", 1, "config may not use store");
    }

    #[test]
    fn a_way_round_by_super_is_seen() {
        check("state/mod.rs", "use super::model::Area;", 0, "");
        check("state/mod.rs", "use super::store::Store;", 1, "state may not use store");
        check("state/index.rs", "use super::super::store::Store;", 1, "state may not use store");
        check("state/index.rs", "use super::store::Store;", 0, ""); // state::store, a module of its own
        check("state/index.rs", "mod tests { use super::super::super::app::App; }", 1, "state may not use app");
        check("state/index.rs", "mod tests { use super::*; use super::super::Map; }", 0, "");
        check("state/mod.rs", "use self::super::app::App;", 1, "state may not use app");
    }

    #[test]
    fn test_modules_are_not_exempt() {
        check("tiles/mod.rs", "#[cfg(test)]\nmod tests { use crate::state::State; }", 1, "src/tiles/mod.rs:3");
    }

    #[test]
    fn what_hides_an_arrow_is_refused() {
        check("state/mod.rs", "use crate::*;", 1, "a glob of the crate");
        check("state/mod.rs", "use super::*;", 1, "a glob of the crate");
        check("state/mod.rs", "use crate as everything;", 1, "a glob of the crate");
        check("state/mod.rs", "use crate::Error;", 1, "`Error` is not a room");
        check("state/mod.rs", "use melonmap::app::App;", 1, "state may not use app");
        check("utils/mod.rs", "", 1, "there is no room `utils`");
        check("utils.rs", "", 1, "there is no room `utils`");
    }

    #[test]
    fn comments_and_texts_are_no_arrows() {
        check(
            "geom/mod.rs",
            "/// See [`crate::app::App`].\n// use crate::app;\nconst S: &str = \"use crate::app;\";",
            0,
            "",
        );
    }

    #[test]
    fn an_outside_crate_stays_in_its_place() {
        check("geom/crs.rs", "use proj::Proj;", 0, "");
        check("geom/mod.rs", "use proj::Proj;", 1, "proj may be used only in src/geom/crs.rs");
        check(
            "state/mod.rs",
            "fn f() -> rstar::RTree<u8> { todo!() }",
            1,
            "rstar may be used only in src/state/index/, src/analysis/near.rs",
        );
        check("store/postgres.rs", "use rusqlite as r;", 1, "rusqlite may be used only");
        check("tiles/thin.rs", "use ::moka::Tile;", 1, "moka may be used only");
        check("app/mod.rs", "extern crate moka;", 1, "moka may be used only");
        check(
            "app/live.rs",
            "use tower::Service; use axum::{Router, routing::get};",
            3,
            "tower may be used only in src/http/",
        );
        check("app/mod.rs", "#[derive(clap::ValueEnum)] enum E {}", 1, "clap may be used only in src/cli/");
        check("config.rs", "use clap::Parser;", 0, "");
    }

    #[test]
    fn a_module_of_ones_own_may_be_called_like_a_crate() {
        check("tiles/mod.rs", "mod moka; fn f() { moka::encode() }", 0, "");
        check("tiles/layers.rs", "use super::moka; fn f() { moka::encode() }", 0, "");
        check("tiles/layers.rs", "use super::moka; fn f() { ::moka::Tile::new() }", 1, "moka may be used only");
    }

    #[test]
    fn the_composition_root_may_open_any_room() {
        check("lib.rs", "pub mod app; use crate::store::Store;", 0, "");
        check("main.rs", "use melonmap::{cli, store}; use clap::Parser;", 0, "");
    }

    #[test]
    fn a_room_says_at_its_head_what_it_does_not_know() {
        let says = |text: &str| faults("geom/mod.rs", text).len();
        assert_eq!(says("//! Positions. This room knows nothing\n//! of households.\n"), 0);
        assert_eq!(says("//! Positions.\n//!\n//! Invariant: degrees.\nuse std::fmt;"), 0);
        assert_eq!(says("//! Positions.\n"), 1);
        assert_eq!(says("use std::fmt;\n//! knows nothing of"), 1);
        assert_eq!(says(""), 1);
        assert_eq!(faults("geom/tile.rs", "use std::fmt;").len(), 0);
    }

    #[test]
    fn a_file_of_more_than_600_lines_is_refused() {
        let text = |lines: usize| "// x\n".repeat(lines);
        assert_eq!(faults("geom/tile.rs", &text(600)).len(), 0);
        assert_eq!(faults("geom/tile.rs", &text(601)).len(), 1);
        assert_eq!(faults("main.rs", &text(601)).len(), 1);
    }
}
