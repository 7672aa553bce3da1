//! PMTiles 3 (protomaps/PMTiles `spec/v3/spec.md`): vector tiles of a whole map in one file, read by ranges of bytes from any store of
//! files, or without a network. The only file that knows the `pmtiles` crate.

use super::FormatError;
use crate::geom::{Bbox, TileId};
use pmtiles::{Compression, Header, PmTilesStreamWriter, PmTilesWriter, PmtError, TileCoord, TileType};
use std::io::{Read, Seek, Write};
use std::ops::RangeInclusive;

/// What an archive says of itself.
#[derive(Debug, Clone)]
pub struct ArchiveHead {
    /// First and last zoom that it has tiles for.
    pub zooms: RangeInclusive<u8>,
    /// Around what it shows; must not cross the antimeridian. Its middle is where a map opens.
    pub bounds: Bbox,
    /// The zoom at which a map opens.
    pub center_zoom: u8,
    /// Name, attribution, `vector_layers`: an object.
    pub metadata: serde_json::Value,
}

/// What an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveCount {
    /// Tiles that can be asked for.
    pub tiles: u64,
    /// Tiles that are stored: equal ones are one.
    pub different: u64,
}

/// An archive being written, tile by tile. The same tiles give the same bytes.
///
/// Memory: some 60 bytes a tile, for the directory and to know equal tiles; never a tile.
pub struct Archive<W: Write + Seek> {
    writer: PmTilesStreamWriter<W>,
    tiles: u64,
}

impl<W: Write + Seek> Archive<W> {
    /// Begins an archive at the place where `out` stands, which must be its start.
    ///
    /// # Errors
    /// [`FormatError::Write`] where it cannot be written.
    pub fn begin(out: W, head: &ArchiveHead) -> Result<Archive<W>, FormatError> {
        let (bounds, center) = (head.bounds, head.bounds.center());
        let writer = PmTilesWriter::new(TileType::Mvt)
            .precompressed(Compression::Gzip)
            .internal_compression(Compression::Gzip)
            .min_zoom(*head.zooms.start())
            .max_zoom(*head.zooms.end())
            .bounds(bounds.west(), bounds.south(), bounds.east(), bounds.north())
            .center(center.lon(), center.lat())
            .center_zoom(head.center_zoom)
            .metadata(head.metadata.to_string());
        Ok(Archive { writer: writer.create(out).map_err(failed)?, tiles: 0 })
    }

    /// Adds a vector tile, gzipped. Each comes once, those with smaller [`place`]s first: then a reader finds neighbours beside each
    /// other, and a tile like the one before it costs nothing.
    ///
    /// # Errors
    /// [`FormatError::Write`] where it cannot be written.
    pub fn add(&mut self, tile: TileId, gzipped: &[u8]) -> Result<(), FormatError> {
        let coord = TileCoord::new(tile.z(), tile.x(), tile.y()).map_err(failed)?;
        self.writer.add_tile(coord, gzipped).map_err(failed)?;
        self.tiles += 1;
        Ok(())
    }

    /// Writes the directory and the head.
    ///
    /// # Errors
    /// [`FormatError::NoTiles`] without a tile: an archive must have one; [`FormatError::Write`] where it cannot be written.
    pub fn finish(self) -> Result<(), FormatError> {
        if self.tiles == 0 {
            return Err(FormatError::NoTiles);
        }
        self.writer.finalize().map_err(failed)
    }
}

/// Where in an archive a tile stands: zoom by zoom, each along its Hilbert curve.
#[must_use]
pub fn place(tile: TileId) -> u64 {
    let coord =
        TileCoord::new(tile.z(), tile.x(), tile.y()).expect("a tile of ours is one of theirs, whose zooms go to 31");
    pmtiles::TileId::from(coord).value()
}

/// What a finished archive holds, as its head says.
///
/// # Errors
/// [`FormatError::Read`] where it cannot be read, [`FormatError::Archive`] where it is none.
pub fn count(mut archive: impl Read + Seek) -> Result<ArchiveCount, FormatError> {
    let mut head = [0; HEAD];
    let read = archive.rewind().and_then(|()| archive.read_exact(&mut head));
    read.map_err(|source| FormatError::Read { at: 0, source })?;
    let head = Header::try_from_bytes(bytes::Bytes::copy_from_slice(&head)).map_err(failed)?;
    let number = |n: Option<std::num::NonZeroU64>| n.map_or(0, std::num::NonZeroU64::get);
    Ok(ArchiveCount { tiles: number(head.n_addressed_tiles()), different: number(head.n_tile_contents()) })
}

/// Bytes of the head (specification, § 3).
const HEAD: usize = 127;

fn failed(error: PmtError) -> FormatError {
    match error {
        PmtError::Reading(source) => FormatError::Write(source),
        other => FormatError::Archive(other.to_string()),
    }
}

#[cfg(test)]
mod reader;
#[cfg(test)]
mod tests;
