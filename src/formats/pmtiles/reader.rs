//! A reader of archives for tests, written from the specification alone (protomaps/PMTiles `spec/v3/spec.md`): it shares nothing with
//! the writer and panics at whatever the specification forbids.

use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;

pub(super) struct Archive {
    pub(super) zooms: (u8, u8),
    /// West, south, east, north, 10⁻⁷ degrees.
    pub(super) bounds: [i32; 4],
    /// Zoom, longitude, latitude.
    pub(super) center: (u8, i32, i32),
    /// How many tiles can be asked for, stand in directories, are stored.
    pub(super) counts: [u64; 3],
    pub(super) metadata: Value,
    /// As they are stored, by their numbers.
    pub(super) stored: BTreeMap<u64, Vec<u8>>,
}

impl Archive {
    pub(super) fn read(bytes: &[u8]) -> Archive {
        assert_eq!(&bytes[..8], b"PMTiles\x03");
        let long = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        let degrees = |at: usize| i32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let part = |at: usize| -> Range<usize> {
            let (from, length) = (usize::try_from(long(at)).unwrap(), usize::try_from(long(at + 8)).unwrap());
            from..from + length
        };
        let (root, metadata, leaves, data) = (part(8), part(24), part(40), part(56));
        assert!(root.start == 127 && root.end <= 16_384, "the root lies in the first 16 kB");
        let (clustered, inner, outer, kind) = (bytes[96], bytes[97], bytes[98], bytes[99]);
        assert_eq!((clustered, inner, outer, kind), (1, 2, 2, 1), "clustered, gzip, gzip, vector tiles");
        let mut archive = Archive {
            zooms: (bytes[100], bytes[101]),
            bounds: [102, 106, 110, 114].map(degrees),
            center: (bytes[118], degrees(119), degrees(123)),
            counts: [72, 80, 88].map(long),
            metadata: serde_json::from_slice(&gunzipped(&bytes[metadata])).unwrap(),
            stored: BTreeMap::new(),
        };
        assert!(archive.metadata.is_object());
        let (mut entries, mut contents, mut end) = (0, 0, 0);
        let mut next = 0;
        for entry in directory(&gunzipped(&bytes[root])) {
            let below = match entry.run {
                0 => {
                    let (from, length) = (leaves.start + entry.offset, entry.length);
                    assert!(from + length <= leaves.end);
                    directory(&gunzipped(&bytes[from..from + length]))
                }
                _ => vec![entry],
            };
            for Entry { tile, run, offset, length } in below {
                assert!(run > 0 && tile >= next, "tiles in order, and leaves have no leaves");
                next = tile + run;
                entries += 1;
                assert!(offset <= end && data.start + offset + length <= data.end, "clustered");
                if offset == end {
                    (contents, end) = (contents + 1, end + length);
                }
                for tile in tile..next {
                    archive.stored.insert(tile, bytes[data.start + offset..][..length].to_vec());
                }
            }
        }
        assert_eq!(end, data.len());
        assert_eq!(archive.counts, [archive.stored.len() as u64, entries, contents]);
        archive
    }

    /// The tiles by `z/x/y`, decompressed.
    pub(super) fn tiles(&self) -> BTreeMap<String, Vec<u8>> {
        self.stored.iter().map(|(number, stored)| (name(*number), gunzipped(stored))).collect()
    }
}

#[derive(Clone, Copy)]
struct Entry {
    tile: u64,
    run: u64,
    offset: usize,
    length: usize,
}

/// § 4: the number of entries, then each of their members for all of them.
fn directory(mut bytes: &[u8]) -> Vec<Entry> {
    let count = usize::try_from(varint(&mut bytes)).unwrap();
    assert!(count > 0, "a directory has an entry");
    let mut entries = vec![Entry { tile: 0, run: 0, offset: 0, length: 0 }; count];
    let mut tile = 0;
    for entry in &mut entries {
        tile += varint(&mut bytes);
        entry.tile = tile;
    }
    for entry in &mut entries {
        entry.run = varint(&mut bytes);
    }
    for entry in &mut entries {
        entry.length = usize::try_from(varint(&mut bytes)).unwrap();
        assert!(entry.length > 0, "no tile is empty");
    }
    let mut after = None;
    for entry in &mut entries {
        entry.offset = match usize::try_from(varint(&mut bytes)).unwrap() {
            0 => after.expect("the first has a place of its own"),
            place => place - 1,
        };
        after = Some(entry.offset + entry.length);
    }
    assert!(bytes.is_empty());
    entries
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return value;
        }
    }
    panic!("a varint of more than ten bytes")
}

pub(super) fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

/// `z/x/y` of a tile's number: the tiles of all wider zooms come first, then those of its own along the Hilbert curve, as on
/// Wikipedia ("Hilbert curve", `d2xy`).
pub(super) fn name(number: u64) -> String {
    let (mut z, mut along) = (0u32, number);
    while along >= 1 << (2 * z) {
        along -= 1 << (2 * z);
        z += 1;
    }
    let (mut x, mut y) = (0u64, 0u64);
    for step in 0..z {
        let side = 1u64 << step;
        let (east, south) = (1 & (along / 2), 1 & (along ^ (1 & (along / 2))));
        if south == 0 {
            if east == 1 {
                (x, y) = (side - 1 - x, side - 1 - y);
            }
            (x, y) = (y, x);
        }
        x += side * east;
        y += side * south;
        along /= 4;
    }
    format!("{z}/{x}/{y}")
}
