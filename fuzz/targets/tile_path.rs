//! A path `layers/z/x/y` that is read names layers and a tile that exist, and is read again as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use melonmap::geom::TileId;
use melonmap::model::written;
use melonmap::tiles::LayerSet;

fuzz_target!(|data: &[u8]| {
    let Ok(path) = std::str::from_utf8(data) else { return };
    let mut segments = path.split('/');
    let mut segment = || segments.next().unwrap_or_default();
    let [layers, z, x, y] = [segment(), segment(), segment(), segment()];
    if let Ok(layers) = layers.parse::<LayerSet>() {
        assert!(layers.iter().count() > 0, "{path}");
        assert_eq!(layers.to_string().parse(), Ok(layers), "{path}");
    }
    let Ok(tile) = written::tile(z, x, y) else { return };
    assert!(tile.z() <= TileId::MAX_ZOOM && tile.x() < 1 << tile.z() && tile.y() < 1 << tile.z(), "{path}: {tile}");
    let (z, x, y) = (tile.z().to_string(), tile.x().to_string(), tile.y().to_string());
    assert_eq!(written::tile(&z, &x, &y), Ok(tile), "{path}");
    let around = tile.bbox(0.0);
    assert!(around.west() < around.east() && around.south() < around.north(), "{path}: {around:?}");
    assert!(TileId::covering(&around, tile.z()).any(|other| other == tile), "{path}: {around:?}");
    let up = tile.ancestor(tile.z() / 2);
    let (first, side) = up.descendants(tile.z());
    let inside = |first: u32, at: u32| (first..first + side).contains(&at);
    assert!(inside(first.x(), tile.x()) && inside(first.y(), tile.y()), "{path}: {first} and {side} on");
});
