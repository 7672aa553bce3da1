//! Looks into vector tiles whether they show the visits that were made: one attribute, added up over all features
//! (vector-tile-spec 2.1 § 4).

use super::ground::Outcome;
use flate2::read::GzDecoder;
use melonmap::geom::TileId;
use std::io::Read;
use std::sync::mpsc::Receiver;

/// A field of a message: its number, and its value as a number or as bytes.
type Field<'a> = (u64, u64, &'a [u8]);

/// A tile that was asked for after visits were answered.
pub struct Seen {
    /// Which.
    pub tile: TileId,
    /// As it came, gzipped.
    pub body: Vec<u8>,
    /// Households in it whose visit had been answered before it was asked for: it must show these at least.
    pub answered: u32,
    /// Households in it whose visit had been sent before it came: it can show no more.
    pub sent: u32,
}

/// Counts the tiles and those that showed too few visits or too many.
pub fn look(seeing: &Receiver<Seen>) -> Outcome<(u64, u64)> {
    let (mut looked, mut wrong, mut tile) = (0, 0, Vec::new());
    for seen in seeing {
        tile.clear();
        GzDecoder::new(&seen.body[..]).read_to_end(&mut tile)?;
        let shown = sum(&tile, "visited")?;
        looked += 1;
        if !(u64::from(seen.answered)..=u64::from(seen.sent)).contains(&shown) {
            wrong += 1;
            eprintln!("  {}: {shown} visits shown, {} to {} made", seen.tile, seen.answered, seen.sent);
        }
    }
    Ok((looked, wrong))
}

/// The sum of an attribute over the features of all layers: whole numbers as they are, `true` as one, anything else as nothing.
fn sum(tile: &[u8], name: &str) -> Outcome<u64> {
    let mut sum = 0;
    for (number, _, layer) in fields(tile)? {
        if number == 3 {
            sum += sum_of_layer(&fields(layer)?, name)?;
        }
    }
    Ok(sum)
}

fn sum_of_layer(layer: &[Field<'_>], name: &str) -> Outcome<u64> {
    let keys = layer.iter().filter(|(number, ..)| *number == 3);
    let Some(wanted) = keys.map(|(.., key)| key).position(|key| *key == name.as_bytes()) else { return Ok(0) };
    let mut values = Vec::new();
    for (_, _, value) in layer.iter().filter(|(number, ..)| *number == 4) {
        // 5 is an unsigned number, 7 a truth.
        let value = fields(value)?.first().filter(|(number, ..)| matches!(number, 5 | 7)).map(|(_, value, _)| *value);
        values.push(value.unwrap_or(0));
    }
    let mut sum = 0;
    for (_, _, feature) in layer.iter().filter(|(number, ..)| *number == 2) {
        for (_, _, mut tags) in fields(feature)?.into_iter().filter(|(number, ..)| *number == 2) {
            while !tags.is_empty() {
                let (key, value) = (varint(&mut tags)?, varint(&mut tags)?);
                if key == wanted as u64 {
                    sum += values.get(usize::try_from(value)?).ok_or("a tile names a value that it has not")?;
                }
            }
        }
    }
    Ok(sum)
}

fn fields(mut bytes: &[u8]) -> Outcome<Vec<Field<'_>>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let length = match key & 7 {
            0 => {
                all.push((key >> 3, varint(&mut bytes)?, &bytes[..0]));
                continue;
            }
            1 => 8,
            2 => usize::try_from(varint(&mut bytes)?)?,
            5 => 4,
            other => return Err(format!("wire type {other}").into()),
        };
        let (field, rest) = bytes.split_at_checked(length).ok_or("a tile that is cut off")?;
        bytes = rest;
        all.push((key >> 3, 0, field));
    }
    Ok(all)
}

fn varint(bytes: &mut &[u8]) -> Outcome<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().ok_or("a tile that is cut off")?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err("a number of more than ten bytes".into())
}
