//! Tiles become an archive: every tile of some zooms that shows anything to a caller, as the service would answer it.

mod file;
mod spec;

pub use file::OutFile;
pub use spec::TileExportSpec;

use super::tile::Filters;
use super::{App, AppError, AppSettings, Caller, Keyring, TileRequest, load};
use crate::formats::FormatError;
use crate::formats::pmtiles::{Archive, ArchiveHead, count, place};
use crate::geom::{Bbox, Region, TileId, walk};
use crate::model::Right;
use crate::state::{Drawn, StateError};
use crate::store::Store;
use crate::tiles::{BUFFER, Coding, TileJson};
use bytes::Bytes;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use std::io::Seek;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Tiles that are made together, on all cores, before they are written: at most some 100 MB of them.
const TOGETHER: usize = 256;
/// A map opens at the deepest zoom at which so many tiles cover what it shows.
const OPENED: usize = 4;

/// An export that was found sound, over a state that is loaded.
pub struct TileExport {
    app: App,
    caller: Caller,
    /// Of each tile, but which.
    request: TileRequest,
    filters: Filters,
    zooms: RangeInclusive<u8>,
    region: Region,
    drawn: Drawn,
    bounds: Bbox,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TileProgress {
    /// Tiles that may show anything.
    pub all: u64,
    /// Of these, those that were made.
    pub made: u64,
    /// Of these, those that show something.
    pub tiles: u64,
    /// Bytes written.
    pub bytes: u64,
}

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileExported {
    /// Tiles that can be asked for.
    pub tiles: u64,
    /// Those that are stored; equal ones are one.
    pub different: u64,
    /// Size of the file.
    pub bytes: u64,
    /// First and last zoom.
    pub zooms: RangeInclusive<u8>,
}

impl TileExport {
    /// Loads a store and finds out what is asked for.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the field, what was given and what was expected; those of a list of layers, of a filter, of a store.
    pub fn new(store: Store, spec: &TileExportSpec) -> Result<TileExport, AppError> {
        let state = load(&store, |_| true)?;
        // Nothing is asked for twice, and what is confided stands on no tile.
        let settings = AppSettings { tile_cache_bytes: 0, outside: None, keys: Arc::new(Keyring::default()) };
        TileExport::of(App::start(store, state, &settings), spec)
    }

    /// Writes the archive. It holds every tile of the zooms that touches the region and is not empty, and no other; the same state and
    /// request give the same bytes. `going` is asked before each tile; once it says no, everything is as it was.
    ///
    /// Runs on all cores. Memory: the state, some 60 bytes a tile, and the 256 tiles that are made together.
    ///
    /// # Errors
    /// [`AppError::Format`] where there is no tile, [`AppError::File`] where it cannot be written, [`AppError::Interrupted`].
    pub fn write(
        &self,
        out: &OutFile,
        going: &(dyn Fn() -> bool + Sync),
        mut progress: impl FnMut(&TileProgress),
    ) -> Result<TileExported, AppError> {
        let unwritable = |e| match e {
            FormatError::Write(source) => out.failed(source),
            e => e.into(),
        };
        let all = self.candidates().take_while(|_| going()).count() as u64;
        if !going() {
            return Err(AppError::Interrupted);
        }
        let (mut told, mut walked) = (TileProgress { all, ..TileProgress::default() }, self.candidates());
        let part = out.begin(!self.app.tile_is_public(self.request.layers) && self.caller.may(Right::Coverage))?;
        let mut archive = Archive::begin(part.as_file(), &self.head()).map_err(unwritable)?;
        loop {
            let chunk: Vec<TileId> = walked.by_ref().take(TOGETHER).collect();
            if chunk.is_empty() {
                break;
            }
            let made: Result<Vec<_>, AppError> = chunk.par_iter().map(|tile| self.tile(*tile, going)).collect();
            for (tile, gzipped) in chunk.iter().zip(made?).filter(|(_, gzipped)| !gzipped.is_empty()) {
                archive.add(*tile, &gzipped).map_err(unwritable)?;
                told.tiles += 1;
            }
            told.made += chunk.len() as u64;
            told.bytes = part.as_file().stream_position().map_err(|e| out.failed(e))?;
            progress(&told);
        }
        archive.finish().map_err(unwritable)?;
        let counted = count(part.as_file())?;
        let bytes = part.as_file().metadata().map_err(|e| out.failed(e))?.len();
        if !going() {
            return Err(AppError::Interrupted);
        }
        out.finish(part)?;
        Ok(TileExported { tiles: counted.tiles, different: counted.different, bytes, zooms: self.zooms.clone() })
    }

    /// The tiles that may show anything, in the order of the archive.
    fn candidates(&self) -> impl Iterator<Item = TileId> {
        let may = |tile| self.region.touches(tile) && self.app.state.read().may_draw(&self.drawn, tile, BUFFER);
        walk(self.zooms.clone(), may, place)
    }

    /// A tile, gzipped; no bytes where it is empty.
    fn tile(&self, tile: TileId, going: &(dyn Fn() -> bool + Sync)) -> Result<Bytes, AppError> {
        if !going() {
            return Err(AppError::Interrupted);
        }
        let request = TileRequest { tile, ..self.request.clone() };
        let made = self.app.make_tile(&self.caller, &request, &self.filters, None, going);
        let body = made.map_err(|e| match e {
            StateError::Cut => AppError::Interrupted,
            e => e.into(),
        })?;
        Ok(if body.is_empty() { Bytes::new() } else { body.bytes(Coding::Gzip) })
    }

    fn head(&self) -> ArchiveHead {
        let state = self.app.state.read();
        let info = state.info();
        let mut about =
            TileJson::new(&info.name, self.request.layers, String::new(), Some(self.bounds), &info.attribution);
        for layer in &mut about.vector_layers {
            let within = |z: u8| z.clamp(*self.zooms.start(), *self.zooms.end());
            (layer.minzoom, layer.maxzoom) = (within(layer.minzoom), within(layer.maxzoom));
        }
        let metadata = serde_json::json!({
            "name": about.name,
            "type": "overlay",
            "attribution": about.attribution.unwrap_or_default(),
            "vector_layers": about.vector_layers,
        });
        let opened = |z: &u8| TileId::covering(&self.bounds, *z).take(OPENED + 1).count() <= OPENED;
        let center_zoom = self.zooms.clone().rev().find(opened).unwrap_or(*self.zooms.start());
        ArchiveHead { zooms: self.zooms.clone(), bounds: self.bounds, center_zoom, metadata }
    }
}
