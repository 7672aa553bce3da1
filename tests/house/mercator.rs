//! Which tile a place is in, by the formula of the OpenStreetMap wiki's "Slippy map tilenames" and nothing of the library's.

use super::Home;
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
