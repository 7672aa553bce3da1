//! A tile's bytes in each content coding, and the `ETag` of each.

use super::Layer;
use bytes::Bytes;
use libdeflater::{CompressionLvl, Compressor};
use std::cell::RefCell;
use std::sync::OnceLock;
use twox_hash::XxHash3_128;

/// A content coding (RFC 9110 § 8.4.1) in which a tile can leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// All of them.
    pub const ALL: [Coding; 4] = [Coding::Identity, Coding::Gzip, Coding::Brotli, Coding::Zstd];

    /// Its name in HTTP's registry of content codings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Coding::Identity => "identity",
            Coding::Gzip => "gzip",
            Coding::Brotli => "br",
            Coding::Zstd => "zstd",
        }
    }

    /// By that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Coding> {
        Coding::ALL.into_iter().find(|coding| coding.as_str() == name)
    }
}

/// How many features a tile has in a layer, and how many things of the map they stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Which.
    pub layer: Layer,
    /// In the tile.
    pub features: usize,
    /// Of the map: as many where each is drawn by itself, more where they were counted, merged or, on the base map, left out.
    pub of: usize,
}

/// A tile as it leaves: compressed when first asked for, once, and kept.
#[derive(Debug)]
pub struct TileBody {
    identity: Bytes,
    /// By the coding's place in [`Coding::ALL`] after identity.
    compressed: [OnceLock<Bytes>; Coding::ALL.len() - 1],
    shown: Vec<Shown>,
    /// The same as text.
    told: Bytes,
    /// By the coding's place in [`Coding::ALL`].
    etags: [Bytes; Coding::ALL.len()],
}

impl TileBody {
    /// A tile of these bytes, in which so much is shown. Cost: one pass over them.
    #[must_use]
    pub fn new(bytes: Vec<u8>, shown: Vec<Shown>) -> TileBody {
        // A hash that nobody forges tiles against, and 50 times as fast as one that they could not.
        let hash = format!("\"{:032x}\"", XxHash3_128::oneshot(&bytes));
        let etags = Coding::ALL.map(|coding| match coding {
            Coding::Identity => Bytes::from(hash.clone()),
            _ => format!("{}-{}\"", &hash[..hash.len() - 1], coding.as_str()).into(),
        });
        let layer = |shown: &Shown| format!("{}={};of={}", shown.layer.as_str(), shown.features, shown.of);
        let told = shown.iter().map(layer).collect::<Vec<_>>().join(", ").into();
        TileBody { identity: bytes.into(), compressed: Default::default(), shown, told, etags }
    }

    /// Whether nothing lies in the tile.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.identity.is_empty()
    }

    /// Layer by layer; what it has no features of is left out.
    #[must_use]
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// The same as a dictionary of RFC 9651, such as `households=256;of=48721`.
    #[must_use]
    pub fn told(&self) -> Bytes {
        self.told.clone()
    }

    /// The bytes in a coding. Cheap where [`TileBody::is_ready`]; otherwise compresses first, others who ask wait for that.
    #[must_use]
    pub fn bytes(&self, coding: Coding) -> Bytes {
        let compress: fn(&[u8]) -> Bytes = match coding {
            Coding::Identity => return self.identity.clone(),
            Coding::Gzip => gzip,
            Coding::Brotli => brotli,
            Coding::Zstd => zstd,
        };
        self.compressed[coding as usize - 1].get_or_init(|| compress(&self.identity)).clone()
    }

    /// Compresses it, so that [`TileBody::bytes`] answers at once.
    pub fn make_ready(&self, coding: Coding) {
        let _ = self.bytes(coding);
    }

    /// Whether [`TileBody::bytes`] answers at once.
    #[must_use]
    pub fn is_ready(&self, coding: Coding) -> bool {
        coding == Coding::Identity || self.compressed[coding as usize - 1].get().is_some()
    }

    /// The strong `ETag` of a coding, with its quotes: equal for equal bytes and no others.
    #[must_use]
    pub fn etag(&self, coding: Coding) -> Bytes {
        self.etags[coding as usize].clone()
    }

    /// Bytes of memory that it takes with every coding made, roughly: what a cache should count. The compressed forms of a tile
    /// were measured to take, together, 0.9 (households) to 1.9 (base map) of the plain one, 1.6 on average.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.identity.len() * 5 / 2 + size_of::<TileBody>()
    }
}

/// Level of gzip, of libdeflate: on 957 tiles of 18 kB on average as many bytes as zlib-rs makes at level 4, in 2/5 of the time
/// (14 and 34 ns a byte), and a fifth fewer than it makes at level 1. Level 2 takes half as long again for 3 % fewer bytes. It needs
/// a tile whole, and has it.
const GZIP_LEVEL: i32 = 1;

/// Level of brotli up to [`BROTLI_LARGE`] bytes: 4 to 17 % fewer bytes than level 4 for twice the time.
const BROTLI_LEVEL: i32 = 5;

/// Level of brotli above: a tile that changes often should not take tens of milliseconds.
const BROTLI_LEVEL_LARGE: i32 = 4;

/// From here on speed counts more.
const BROTLI_LARGE: usize = 256 * 1024;

/// Brotli's window, log2 of bytes: as large as the tile and no larger, because an encoder clears all of its window first (half
/// of the time of a tile, when it was 22 for all). Below 17, level 5 takes a way that is ten times slower.
const BROTLI_WINDOW: std::ops::RangeInclusive<i32> = 17..=22;

/// Level of zstd: on 57 tiles of 1 MB in all, 4 % fewer bytes than gzip's level 4 in less time (52.2 and 54.6 %; 55 and 63 ms), and
/// 4 % more than brotli's level 5 in a quarter of its time (50.2 %; 238 ms). Level 3 halves the time for 4 % more bytes.
const ZSTD_LEVEL: i32 = 6;

thread_local! {
    /// Each thread's own, with its tables, which take longer to set up than a small tile to compress; and room for what comes out.
    static DEFLATE: RefCell<(Compressor, Vec<u8>)> = {
        let level = CompressionLvl::new(GZIP_LEVEL).expect("libdeflate has levels 0 to 12");
        RefCell::new((Compressor::new(level), Vec::new()))
    };
}

fn gzip(plain: &[u8]) -> Bytes {
    DEFLATE.with_borrow_mut(|(deflate, out)| {
        let bound = deflate.gzip_compress_bound(plain.len());
        if out.len() < bound {
            out.resize(bound, 0);
        }
        let length = deflate.gzip_compress(plain, out).expect("the bound is enough for any bytes");
        Bytes::copy_from_slice(&out[..length])
    })
}

fn brotli(plain: &[u8]) -> Bytes {
    let quality = if plain.len() > BROTLI_LARGE { BROTLI_LEVEL_LARGE } else { BROTLI_LEVEL };
    let bits = i32::try_from(plain.len().next_power_of_two().ilog2()).unwrap_or(i32::MAX);
    let lgwin = bits.clamp(*BROTLI_WINDOW.start(), *BROTLI_WINDOW.end());
    let params = brotli::enc::BrotliEncoderParams { quality, lgwin, size_hint: plain.len(), ..Default::default() };
    let mut out = Vec::with_capacity(plain.len() / 2);
    brotli::BrotliCompress(&mut &*plain, &mut out, &params).expect("a Vec takes all that is written to it");
    out.into()
}

fn zstd(plain: &[u8]) -> Bytes {
    ::zstd::bulk::compress(plain, ZSTD_LEVEL).expect("memory holds what it holds already, compressed").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    /// Large enough for both levels of brotli.
    fn sample() -> Vec<u8> {
        (0..80_000u32).flat_map(|i| (i % 251 * i % 7).to_le_bytes()).collect()
    }

    #[test]
    fn every_coding_is_read_back_as_the_same_bytes() {
        for plain in [sample(), sample()[..9_999].to_vec(), vec![26, 0], Vec::new()] {
            let body = TileBody::new(plain.clone(), Vec::new());
            assert_eq!(body.bytes(Coding::Identity), plain);
            let mut read = Vec::new();
            flate2::read::GzDecoder::new(&*body.bytes(Coding::Gzip)).read_to_end(&mut read).unwrap();
            assert_eq!(read, plain);
            let mut read = Vec::new();
            brotli::Decompressor::new(&*body.bytes(Coding::Brotli), 4096).read_to_end(&mut read).unwrap();
            assert_eq!(read, plain);
            assert_eq!(::zstd::decode_all(&*body.bytes(Coding::Zstd)).unwrap(), plain);
        }
    }

    #[test]
    fn a_coding_is_made_once() {
        let body = TileBody::new(sample(), Vec::new());
        let ready = Coding::ALL.map(|coding| body.is_ready(coding));
        assert_eq!(ready, Coding::ALL.map(|coding| coding == Coding::Identity));
        for coding in Coding::ALL {
            assert_eq!(body.bytes(coding).as_ptr(), body.bytes(coding).as_ptr());
            assert!(body.is_ready(coding));
        }
    }

    #[test]
    fn etags_differ_by_coding_and_by_content_and_by_nothing_else() {
        let (one, same, other) = (
            TileBody::new(sample(), Vec::new()),
            TileBody::new(sample(), Vec::new()),
            TileBody::new(vec![1], Vec::new()),
        );
        // Those of `xxhsum -H2` for this byte.
        assert_eq!(other.etag(Coding::Identity), "\"51025a4491835505e12ef9d2eb86ceeb\"");
        assert_eq!(other.etag(Coding::Gzip), "\"51025a4491835505e12ef9d2eb86ceeb-gzip\"");
        assert_eq!(other.etag(Coding::Brotli), "\"51025a4491835505e12ef9d2eb86ceeb-br\"");
        assert_eq!(other.etag(Coding::Zstd), "\"51025a4491835505e12ef9d2eb86ceeb-zstd\"");
        for coding in Coding::ALL {
            assert_eq!(one.etag(coding), same.etag(coding));
            assert_ne!(one.etag(coding), other.etag(coding));
            assert_eq!(one.bytes(coding), same.bytes(coding));
        }
    }
}
