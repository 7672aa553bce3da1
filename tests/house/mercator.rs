//! Tiles: what a feature says of itself, and which tile a place is in, by the formula of the OpenStreetMap wiki's "Slippy map tilenames" and nothing of the library's.

use super::Home;
use crate::reader::Feature;
use std::f64::consts::PI;

/// `z/x/y` of the tile that holds a household.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positions of the county are well inside
pub fn tile(home: &Home, z: u8) -> String {
    let n = f64::from(1u32 << z);
    let latitude = home.lat.to_radians();
    let x = (home.lon + 180.0) / 360.0 * n;
    let y = (1.0 - latitude.tan().asinh() / PI) / 2.0 * n;
    format!("{z}/{}/{}", x.floor() as u32, y.floor() as u32)
}

/// A feature's value as people write it: the reader's text shows its type as well, by quotes or a letter behind a number.
pub fn said<'a>(feature: &'a Feature, name: &str) -> Option<&'a str> {
    let shown = feature.tag(name)?;
    let text = shown.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let number = shown.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    Some(text.unwrap_or_else(|| if number { shown.trim_end_matches(char::is_alphabetic) } else { shown }))
}
