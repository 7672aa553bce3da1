//! The lines of ways, kept for the relations that come after them.

use super::nodes::Fixed;

/// Bytes of a block.
const BLOCK: usize = 1 << 20;

/// Lines by the numbers of their ways: some 4 bytes a position – how far it is from the one before, as varints – and 16 bytes a way.
///
/// Ways come in ascending order, so that nothing is sorted. Blocks are never grown, so that nothing is there twice meanwhile.
#[derive(Default)]
pub struct Ways {
    /// Number, and where its line begins.
    places: Vec<(i64, usize)>,
    blocks: Vec<Vec<u8>>,
}

impl Ways {
    /// Adds a way; its number is higher than all before. A line of no positions stands for one that cannot be drawn.
    pub fn push(&mut self, id: i64, line: &[Fixed]) {
        let full = self.blocks.len().saturating_sub(1) * BLOCK;
        self.places.push((id, full + self.blocks.last().map_or(0, Vec::len)));
        self.write(line.len() as u64);
        let (mut lon, mut lat) = (0, 0);
        for at in line {
            let (next_lon, next_lat) = (i64::from(at.lon), i64::from(at.lat));
            self.write(zigzag(next_lon - lon));
            self.write(zigzag(next_lat - lat));
            (lon, lat) = (next_lon, next_lat);
        }
    }

    /// Memory that they take.
    pub fn bytes(&self) -> usize {
        self.blocks.len() * BLOCK + self.places.capacity() * size_of::<(i64, usize)>()
    }

    /// The line of a way; `None` where the file has it not.
    pub fn find(&self, id: i64) -> Option<Vec<Fixed>> {
        let start = self.places[self.places.binary_search_by_key(&id, |(id, _)| *id).ok()?].1;
        let (first, rest) = self.blocks[start / BLOCK..].split_first()?;
        let mut bytes = first[start % BLOCK..].iter().chain(rest.iter().flatten()).copied();
        let length = read(&mut bytes)?;
        let (mut lon, mut lat) = (0, 0);
        let next = |_| {
            lon += unzigzag(read(&mut bytes)?);
            lat += unzigzag(read(&mut bytes)?);
            Some(Fixed { lon: i32::try_from(lon).ok()?, lat: i32::try_from(lat).ok()? })
        };
        (0..length).map(next).collect()
    }

    /// A number in groups of seven bits, the least first.
    fn write(&mut self, mut number: u64) {
        loop {
            let more = number >= 0x80;
            let low = (number & 0x7f) as u8;
            let byte = if more { low | 0x80 } else { low };
            match self.blocks.last_mut() {
                Some(block) if block.len() < BLOCK => block.push(byte),
                _ => {
                    let mut block = Vec::with_capacity(BLOCK);
                    block.push(byte);
                    self.blocks.push(block);
                }
            }
            if !more {
                return;
            }
            number >>= 7;
        }
    }
}

fn read(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = bytes.next()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
        shift += 7;
    }
}

/// Small numbers of either sign as small ones of none.
fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    #[test]
    fn every_line_is_found_as_it_was_kept_across_the_ends_of_blocks() {
        let mut rng = SmallRng::seed_from_u64(8);
        let mut ways = Ways::default();
        let mut kept = Vec::new();
        for i in 0..4_000 {
            let far = i % 3 == 0;
            let mut place =
                || if far { rng.random_range(-1_800_000_000..=1_800_000_000) } else { rng.random_range(-900..900) };
            let line: Vec<Fixed> = (0..i % 190).map(|_| Fixed { lon: place(), lat: place() }).collect();
            ways.push(i * 7, &line);
            kept.push(line);
        }
        assert!(ways.blocks.len() > 2, "{} blocks", ways.blocks.len());
        for (i, line) in (0..).zip(&kept) {
            assert_eq!(ways.find(i * 7).as_ref(), Some(line));
            assert_eq!(ways.find(i * 7 + 1), None);
        }
    }
}
