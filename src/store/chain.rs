//! The chain: each change's hash covers the change and the hash before it.
//!
//! `hash(n) = SHA-256( hash(n-1) ‖ seq ‖ at ‖ author ‖ kind ‖ key ‖ body )`, where `hash(0)` is 32 zero bytes, `seq` is
//! 8 bytes big-endian, and each text is its length in bytes as 4 bytes big-endian followed by its UTF-8. The lengths
//! make the encoding unambiguous whatever a text holds. Anybody can recompute it, here in Python:
//!
//! ```text
//! import hashlib, sqlite3, struct
//! rows = sqlite3.connect("data.db").execute(
//!     "SELECT seq, at, author, kind, key, body, hash FROM change ORDER BY seq")
//! before = bytes(32)
//! for expected, (seq, *texts, kept) in enumerate(rows, 1):
//!     message = before + struct.pack(">Q", seq)
//!     for text in map(str.encode, texts):
//!         message += struct.pack(">I", len(text)) + text
//!     before = hashlib.sha256(message).digest()
//!     assert seq == expected and kept == before, f"change {expected} is broken"
//! ```
//!
//! What the chain shows: a change altered, removed, added or moved anywhere before the last one. What it cannot show: a
//! tail cut off is a shorter store, and whoever rewrites a change and every hash after it has written another store.
//! Both are seen by a person who noted a [`super::Head`] elsewhere.

use super::Batch;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// SHA-256 of a change and all before it.
pub type Hash = [u8; 32];

/// The hash before the first change.
pub const GENESIS: Hash = [0; 32];

/// A time as the store writes it: RFC 3339, UTC, microseconds, so that the texts sort as the times do.
pub(super) fn written(at: Timestamp) -> String {
    format!("{at:.6}")
}

/// A time as the store gives it back: what is finer than a microsecond is cut off.
pub(super) fn kept(at: Timestamp) -> Timestamp {
    written(at).parse().expect("jiff reads what jiff wrote")
}

/// The texts of one change, in the order in which they are hashed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'a> {
    pub at: &'a str,
    pub author: &'a str,
    pub kind: &'a str,
    pub key: &'a str,
    pub body: &'a str,
}

/// The end of a chain, to which links are added.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    seq: u64,
    hash: Hash,
    message: Vec<u8>,
}

impl Chain {
    /// A chain whose last link is `seq` with `hash`.
    pub fn after(seq: u64, hash: Hash) -> Chain {
        Chain { seq, hash, message: Vec::new() }
    }

    /// Sequence number of the last link.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Adds the next change and returns its hash. Costs about a microsecond where the processor has no SHA
    /// instructions.
    ///
    /// # Panics
    /// Panics on a text of 4 GiB or more, four times what SQLite can hold.
    pub fn link(&mut self, texts: Texts<'_>) -> Hash {
        self.seq += 1;
        // One buffer and one call: SHA-256 takes whole blocks at once, and most changes are three or four blocks.
        self.message.clear();
        self.message.extend_from_slice(&self.hash);
        self.message.extend_from_slice(&self.seq.to_be_bytes());
        for text in [texts.at, texts.author, texts.kind, texts.key, texts.body] {
            let length = u32::try_from(text.len()).expect("a text under 4 GiB, as documented");
            self.message.extend_from_slice(&length.to_be_bytes());
            self.message.extend_from_slice(text.as_bytes());
        }
        self.hash = Sha256::digest(&self.message).into();
        self.hash
    }

    /// Adds all entries of all batches and returns their hashes in one list.
    pub fn link_all(&mut self, batches: &[Batch]) -> Vec<Hash> {
        let mut hashes = Vec::with_capacity(batches.iter().map(|batch| batch.entries.len()).sum());
        for batch in batches {
            let at = written(batch.at);
            for entry in &batch.entries {
                let (kind, key, body) = (entry.kind.as_str(), entry.key.as_str(), entry.body.as_str());
                hashes.push(self.link(Texts { at: &at, author: &batch.author, kind, key, body }));
            }
        }
        hashes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: Texts<'_> =
        Texts { at: "2026-10-05T08:00:00.000000Z", author: "chén", kind: "visit", key: "H1", body: r#"{"a":1}"# };

    fn hex(text: &str) -> Hash {
        std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..][..2], 16).unwrap())
    }

    #[test]
    fn the_hash_is_the_one_that_the_script_in_the_docs_computes() {
        let mut chain = Chain::after(0, GENESIS);
        assert_eq!(chain.link(TEXTS), hex("9ae0aae275a78a1a8692e7139d3e4fbb84aadcb3788b56ce3705b65821cafd66"));
        assert_eq!(chain.link(TEXTS), hex("54e2ba63b0f919f0768cce7908b9c57e1a363c89d5a3dd367ebc01712a24c6a3"));
        assert_eq!(chain.seq(), 2);
    }

    #[test]
    fn text_moved_from_one_column_to_the_next_changes_the_hash() {
        let moved = [
            TEXTS,
            Texts { author: "ché", kind: "nvisit", ..TEXTS },
            Texts { kind: "visi", key: "tH1", ..TEXTS },
            Texts { key: "", body: r#"H1{"a":1}"#, ..TEXTS },
            Texts { at: "", author: "2026-10-05T08:00:00.000000Zchén", ..TEXTS },
        ];
        let hashes: std::collections::BTreeSet<Hash> =
            moved.into_iter().map(|texts| Chain::after(0, GENESIS).link(texts)).collect();
        assert_eq!(hashes.len(), moved.len());
    }

    #[test]
    fn a_time_is_written_with_six_digits_and_sorts_as_text() {
        for (nanoseconds, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (1_999, "1970-01-01T00:00:00.000001Z"),
            (1_791_187_200_123_456_789, "2026-10-05T08:00:00.123456Z"),
        ] {
            assert_eq!(written(Timestamp::from_nanosecond(nanoseconds).unwrap()), text);
        }
    }
}
