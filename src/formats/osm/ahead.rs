//! Blocks that are read, decompressed and taken apart ahead of those who look at them, on a thread of its own.

use super::super::FormatError;
use super::super::gzip::Plain;
use super::blocks::Blocks;
use super::thing::Texts;
use super::wire::{self, PrimitiveBlock, PrimitiveGroup};
use super::{Broken, Shared};
use bytes::Bytes;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// So many blocks wait at most: each may be as large as the format allows.
const WAITING: usize = 2;

/// A block, and what its things have in common.
pub struct Block {
    pub shared: Shared,
    pub groups: Vec<PrimitiveGroup>,
}

/// Where a block begins, and the block; `None` at the end.
type Read = (u64, Result<Option<Block>, FormatError>);

/// The blocks of a file, in their order.
pub struct Ahead {
    read: Receiver<Read>,
    /// Where the block that was taken last begins.
    start: u64,
}

impl Ahead {
    /// Over a file of which nothing was read. The thread ends with the file, at the first error, or once nobody takes blocks any more.
    pub fn new(input: Plain) -> Result<Ahead, FormatError> {
        let (to, read) = sync_channel(WAITING);
        let work = move || read_all(Blocks::new(input), &to);
        match thread::Builder::new().name("extract".into()).spawn(work) {
            Ok(_) => Ok(Ahead { read, start: 0 }),
            Err(source) => Err(FormatError::Read { at: 0, source }),
        }
    }

    /// The next block; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Block>, FormatError> {
        let (start, block) = self.read.recv().map_err(|_| self.broken("nobody reads it any more"))?;
        self.start = start;
        block
    }

    /// An error in the block that was taken last.
    pub fn broken(&self, reason: impl Into<String>) -> FormatError {
        FormatError::OpenStreetMap { at: self.start, reason: reason.into() }
    }
}

fn read_all(mut blocks: Blocks, to: &SyncSender<Read>) {
    loop {
        let bytes = blocks.next();
        let block = bytes.and_then(|bytes| bytes.map(apart).transpose().map_err(|reason| blocks.broken(reason)));
        let last = !matches!(block, Ok(Some(_)));
        if to.send((blocks.start(), block)).is_err() || last {
            return;
        }
    }
}

fn apart(bytes: Bytes) -> Result<Block, Broken> {
    let block: PrimitiveBlock = wire::read(bytes)?;
    let shared = Shared {
        texts: Texts::new(&block.texts.unwrap_or_default().texts)?,
        granularity: block.granularity.unwrap_or(100).into(),
        lon_offset: block.lon_offset,
        lat_offset: block.lat_offset,
    };
    let groups = block.groups.into_iter().map(wire::read).collect::<Result<_, _>>()?;
    Ok(Block { shared, groups })
}
