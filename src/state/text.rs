//! Many short texts in one allocation.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::hash::BuildHasher;

/// Texts that are only ever added; each is known by its number, counted from 0. 12 bytes and its letters each.
#[derive(Default)]
pub struct Texts {
    letters: String,
    ends: Vec<u64>,
}

impl Texts {
    /// Adds one; its number.
    pub fn push(&mut self, text: &str) -> usize {
        self.letters.push_str(text);
        self.ends.push(self.letters.len() as u64);
        self.ends.len() - 1
    }

    /// The text with this number.
    pub fn get(&self, i: usize) -> &str {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        let at = |end: u64| usize::try_from(end).expect("an offset into memory fits");
        &self.letters[at(start)..at(self.ends[i])]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Gives back what was reserved and not used.
    pub fn shrink(&mut self) {
        self.letters.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

/// Texts with the way back: from a text to its number. Some 6 bytes more each.
#[derive(Default)]
pub struct Codes {
    texts: Texts,
    numbers: HashTable<u32>,
    hasher: hashbrown::DefaultHashBuilder,
}

impl Codes {
    /// The number of a text, if it was added.
    pub fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(text);
        self.numbers.find(hash, |n| self.texts.get(*n as usize) == text).copied()
    }

    /// The number of a text, added where it is new; `None` where there are no numbers left.
    pub fn number(&mut self, text: &str) -> Option<u32> {
        let Codes { texts, numbers, hasher } = self;
        let hash = hasher.hash_one(text);
        let same = |n: &u32| texts.get(*n as usize) == text;
        let rehash = |n: &u32| hasher.hash_one(texts.get(*n as usize));
        match numbers.entry(hash, same, rehash) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(free) => {
                let n = u32::try_from(texts.len()).ok().filter(|n| *n < u32::MAX)?;
                free.insert(n);
                texts.push(text);
                Some(n)
            }
        }
    }

    /// The text with this number.
    pub fn get(&self, n: u32) -> &str {
        self.texts.get(n as usize)
    }

    /// Gives back what was reserved and not used.
    pub fn shrink(&mut self) {
        self.texts.shrink();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_number() {
        let mut codes = Codes::default();
        for text in ["7001", "", "户", "7001", "7002"] {
            codes.number(text);
        }
        assert_eq!(codes.texts.len(), 4);
        assert_eq!((codes.find("7001"), codes.find("户"), codes.find("x")), (Some(0), Some(2), None));
        assert_eq!((codes.get(1), codes.get(3)), ("", "7002"));
    }
}
