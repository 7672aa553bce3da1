//! Files inside the binary: the page, styles, glyphs, rule sets, and the demo's data. A debug build reads them from the checkout, so that
//! a reload shows a change.

use super::access::hex;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;

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

/// The way to the files.
#[derive(Debug, Clone, Copy)]
pub struct Assets;

impl Assets {
    /// A file of the page, by its path below `web/`.
    #[must_use]
    pub fn web(self, path: &str) -> Option<Asset> {
        Web::get(path).map(asset)
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
