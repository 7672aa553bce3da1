//! Promise: everything leaves as FlatGeobuf at the speed of a good line, and the server holds no more of it than a page.

use super::data::{BAD, ROWS};
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, count};
use std::io::{BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

/// What is asked for, million bytes a second.
const LEAST_RATE: f64 = 20.0;
/// How much of what has been sent the server may come to hold, as a share: a page of 5,000 items and what the allocator keeps for
/// the next one is a few million bytes of some hundreds.
const MOST_GROWTH: f64 = 0.1;
/// Features between two looks at the server's memory.
const LOOK: u64 = 20_000;
/// Magic bytes of a FlatGeobuf file, of version 3.
const MAGIC: [u8; 4] = *b"fgb\x03";

/// What came.
struct Received {
    features: u64,
    bytes: u64,
    seconds: f64,
    /// Most memory that the server had meanwhile, bytes.
    peak: u64,
}

/// A first stream warms up what is kept for the next ones; the second is measured.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let store = ground.dir().join("streamed.db");
    std::fs::copy(&divided.store, &store)?;
    let server = Server::start(&store, 0)?;
    receive(&server, &divided.token)?;
    let before = server.resident();
    let Received { features, bytes, seconds, peak } = receive(&server, &divided.token)?;
    let rate = megabytes(bytes) / seconds;
    let measured = format!("{rate:.0} MB/s, {:.0} MB in {seconds:.1} s", megabytes(bytes));
    let what = format!("all households as FlatGeobuf, {} features", count(features));
    table.promise(what, "all, ≥ 20 MB/s", measured, features == ROWS - BAD && rate >= LEAST_RATE);
    let grown = peak.saturating_sub(before);
    let measured = format!(
        "{:.0} MB before, peak {:.0} MB, {:.0} MB after",
        megabytes(before),
        megabytes(peak),
        megabytes(server.resident())
    );
    let met = before > 0 && megabytes(grown) <= MOST_GROWTH * megabytes(bytes);
    table.promise("resident memory meanwhile", "grows by ≤ 10 % of what is sent", measured, met);
    Ok(())
}

/// Counts features by the length that stands before each, without looking into them: what a client that writes to a disk does.
fn receive(server: &Server, token: &str) -> Outcome<Received> {
    let start = Instant::now();
    let mut stream = TcpStream::connect(server.address)?;
    // In HTTP/1.0 a body ends with its connection and has no chunks.
    write!(
        stream,
        "GET /ogc/collections/households/items?f=fgb HTTP/1.0\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n"
    )?;
    let mut body = BufReader::with_capacity(1 << 18, stream);
    skip_head(&mut body)?;
    let mut magic = [0; 8];
    body.read_exact(&mut magic)?;
    if !magic.starts_with(&MAGIC) {
        return Err(format!("not FlatGeobuf: {magic:?}").into());
    }
    let mut received = Received { features: 0, bytes: 8, seconds: 0.0, peak: 0 };
    let mut piece = Vec::new();
    let header = next(&mut body, &mut piece)?.ok_or("FlatGeobuf without a header")?;
    received.bytes += header;
    while let Some(bytes) = next(&mut body, &mut piece)? {
        received.bytes += bytes;
        received.features += 1;
        if received.features.is_multiple_of(LOOK) {
            received.peak = server.resident().max(received.peak);
        }
    }
    received.seconds = start.elapsed().as_secs_f64();
    Ok(received)
}

/// Reads on to the body of an answer of 200.
fn skip_head(from: &mut impl Read) -> Outcome {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        from.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    if head.get(9..12) == Some(b"200") {
        return Ok(());
    }
    Err(format!("the stream was answered with {}", String::from_utf8_lossy(&head)).into())
}

/// Bytes of the next piece with its length before it; `None` at the end. A piece that is cut off is an error.
fn next(from: &mut impl Read, piece: &mut Vec<u8>) -> Outcome<Option<u64>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length[..1]) {
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    from.read_exact(&mut length[1..])?;
    let length = u32::from_le_bytes(length);
    piece.resize(usize::try_from(length)?, 0);
    from.read_exact(piece)?;
    Ok(Some(4 + u64::from(length)))
}

#[allow(clippy::cast_precision_loss)] // for people
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
