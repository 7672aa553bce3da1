//! Files inside the binary: the page, styles, glyphs, rule sets, and the demo's data. A debug build reads them from the checkout, so that
//! a reload shows a change.

use super::access::{hex, sha256};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Serialize;
use std::borrow::Cow;

/// The service worker's file: it keeps the others, and the browser keeps it.
const WORKER: &str = "sw.js";

#[derive(RustEmbed)]
#[folder = "web"]
#[include = "*.html"]
#[include = "*.js"]
#[include = "*.css"]
#[include = "*.svg"]
#[include = "*.png"]
#[include = "*.webmanifest"]
#[include = "vendor/*"]
#[exclude = "node_modules/*"]
#[exclude = "tests/*"]
struct Web;

#[derive(RustEmbed)]
#[folder = "styles"]
struct Styles;

#[derive(RustEmbed)]
#[folder = "data"]
#[include = "liechtenstein/*"]
#[include = "firenze/*"]
struct Data;

#[derive(RustEmbed)]
#[folder = "data/rules"]
#[include = "*.toml"]
struct Rules;

/// A file with its media type.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub media_type: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
}

/// What a browser keeps of the page so that it opens without network.
#[derive(Debug, Clone, Serialize)]
pub struct Shell {
    /// Another one whenever a file is: 16 hexadecimal digits.
    pub version: String,
    /// Every file, by its path below the service's own, with the beginning of its SHA-256; the page itself has the empty path.
    pub files: Vec<(String, String)>,
    /// The service worker's own text, which is not among them.
    #[serde(skip)]
    pub worker: Cow<'static, [u8]>,
}

/// The way to the files.
#[derive(Debug, Clone, Copy)]
pub struct Assets;

impl Assets {
    /// A file of the page, by its path below `web/`.
    #[must_use]
    pub fn web(self, path: &str) -> Option<Asset> {
        Web::get(path).map(asset)
    }

    /// All that the page may load, with the worker that keeps it; `None` where the binary has no worker. Reads every file in a debug
    /// build, and none in another.
    #[must_use]
    pub fn shell(self) -> Option<Shell> {
        let short = |file: &EmbeddedFile| hex(&file.metadata.sha256_hash()[..8]);
        let page = Web::iter().filter(|path| path != WORKER && !path.ends_with(".txt")).filter_map(|path| {
            let at = if path == "index.html" { String::new() } else { format!("web/{path}") };
            Some((at, short(&Web::get(&path)?)))
        });
        let styles = Styles::iter().filter(|path| !path.ends_with(".txt")).filter_map(|path| {
            let at = if path.starts_with("glyphs/") { path.to_string() } else { format!("styles/{path}") };
            Some((at, short(&Styles::get(&path)?)))
        });
        let mut files: Vec<_> = page.chain(styles).collect();
        files.sort();
        let worker = Web::get(WORKER)?;
        let listed = files.iter().map(|(path, hash)| format!("{hash} {path}")).collect::<Vec<_>>().join("\n");
        let version = sha256(&format!("{}\n{listed}", short(&worker)))[..16].to_owned();
        Some(Shell { version, files, worker: worker.data })
    }

    /// A style or glyph range, by its path below `styles/`.
    #[must_use]
    pub fn style(self, path: &str) -> Option<Asset> {
        Styles::get(path).map(asset)
    }

    /// A file of the demo's data, by its path below `data/`.
    #[must_use]
    pub fn data(self, path: &str) -> Option<Cow<'static, [u8]>> {
        Data::get(path).map(|file| file.data)
    }

    /// The names of the files below `data/rules/`.
    pub fn rules(self) -> impl Iterator<Item = Cow<'static, str>> {
        Rules::iter()
    }

    /// A file of rules, by its name below `data/rules/`.
    #[must_use]
    pub fn rule_file(self, name: &str) -> Option<Cow<'static, [u8]>> {
        Rules::get(name).map(|file| file.data)
    }
}

fn asset(file: EmbeddedFile) -> Asset {
    let sha256 = hex(&file.metadata.sha256_hash());
    Asset { media_type: file.metadata.mimetype().to_owned(), bytes: file.data, sha256 }
}
