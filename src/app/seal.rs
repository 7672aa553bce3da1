//! What households confide, sealed and opened: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a nonce that is made of what is
//! sealed (SIV; Rogaway and Shrimpton 2006, `doi:10.1007/11761679_23`).
//!
//! The nonce is a keyed hash of household, field and text: the same text sealed again gives the same bytes, so that a file
//! imported twice changes nothing, and two texts never share one. Who holds the store without the key learns that a household's
//! text is the same as it was before, and its length to 64 bytes; nothing else, and nothing across households. Household and
//! field are authenticated with it: moved to another household or field, it does not open.

use crate::model::{Code, ConfidedField, KeyId, Sealed};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hkdf::hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;

/// Bytes of a key.
pub(super) const KEY: usize = 32;
/// Texts are padded to multiples of this, bytes, so that their length says little.
const BUCKET: usize = 64;
/// Ends a text before its padding (ISO/IEC 7816-4).
const END: u8 = 0x80;

/// Keys for what households confide: the first seals, all of them open. Never shown.
#[derive(Default)]
pub struct Keyring(Vec<Key>);

/// One key, turned into one for each of its uses (HKDF, RFC 5869), so that no two of them can meet.
struct Key {
    id: KeyId,
    cipher: XChaCha20Poly1305,
    nonces: Hmac<Sha256>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| super::access::hex(&key.id))).finish()
    }
}

impl Key {
    fn new(secret: &[u8; KEY]) -> Key {
        let master = Hkdf::<Sha256>::new(Some(b"melonmap confided v1"), secret);
        let expand = |to: &str, bytes: &mut [u8]| {
            master.expand(to.as_bytes(), bytes).expect("far shorter than the 8160 bytes that there are");
        };
        let (mut id, mut sealing, mut nonces) = (KeyId::default(), [0; KEY], [0; KEY]);
        expand("id", &mut id);
        expand("seal", &mut sealing);
        expand("nonce", &mut nonces);
        let nonces = <Hmac<Sha256> as KeyInit>::new_from_slice(&nonces).expect("HMAC takes a key of any length");
        Key { id, cipher: XChaCha20Poly1305::new(&sealing.into()), nonces }
    }
}

impl Keyring {
    /// Of these keys, the one that seals first.
    pub(super) fn of<'a>(secrets: impl IntoIterator<Item = &'a [u8; KEY]>) -> Keyring {
        Keyring(secrets.into_iter().map(Key::new).collect())
    }

    /// Which key seals; `None` where there is none.
    pub(super) fn sealing(&self) -> Option<KeyId> {
        self.0.first().map(|key| key.id)
    }

    /// Whether one of the keys has this id.
    pub(super) fn has(&self, id: KeyId) -> bool {
        self.0.iter().any(|key| key.id == id)
    }

    /// Seals a field of a household; `None` without a key. Costs some 3 µs for a short text.
    pub(super) fn seal(&self, code: &Code, field: ConfidedField, text: &str) -> Option<Sealed> {
        let key = self.0.first()?;
        let place = place(code.as_str(), field);
        let padded = padded(text);
        let mut hash = key.nonces.clone();
        hash.update(&(place.len() as u64).to_le_bytes());
        hash.update(&place);
        hash.update(&padded);
        let hash = hash.finalize().into_bytes();
        let nonce: [u8; Sealed::NONCE] = *hash.first_chunk().expect("a SHA-256 has 32 bytes");
        let payload = Payload { msg: &padded, aad: &place };
        let ciphertext = key.cipher.encrypt(&XNonce::from(nonce), payload).expect("far shorter than the cipher takes");
        Sealed::new(key.id, nonce, &ciphertext).ok()
    }

    /// The text of a field of a household; `None` where no key opens it: it is lost, altered, or of another household or field.
    pub(super) fn open(&self, code: &str, field: ConfidedField, sealed: &Sealed) -> Option<String> {
        let (id, nonce, ciphertext) = sealed.parts();
        let place = place(code, field);
        // Two keys may share an id, if rarely.
        let mut keys = self.0.iter().filter(|key| key.id == id);
        let opened = keys
            .find_map(|key| key.cipher.decrypt(&XNonce::from(nonce), Payload { msg: ciphertext, aad: &place }).ok());
        let mut text = opened?;
        let end = text.iter().rposition(|byte| *byte == END)?;
        text.truncate(end);
        String::from_utf8(text).ok()
    }
}

/// Where a text belongs. No name of a field holds the zero between them.
fn place(code: &str, field: ConfidedField) -> Vec<u8> {
    [field.as_str().as_bytes(), &[0], code.as_bytes()].concat()
}

fn padded(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(END);
    bytes.resize(bytes.len().next_multiple_of(BUCKET), 0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConfidedField::{Contact, Needs};
    use std::collections::BTreeSet;

    fn code(text: &str) -> Code {
        Code::new(text).unwrap()
    }

    fn ring(keys: &[u8]) -> Keyring {
        let secrets: Vec<[u8; KEY]> = keys.iter().map(|n| [*n; KEY]).collect();
        Keyring::of(&secrets)
    }

    #[test]
    fn a_text_comes_back_whatever_its_length_and_ends() {
        let keys = ring(&[7]);
        let texts = ["", "x", "\u{80}", "西瓜", "a\u{0}\u{0}", "ends with \u{80}"].map(str::to_owned);
        for text in texts.into_iter().chain((50..140).map(|n| "x".repeat(n))).chain(["西".repeat(2_000)]) {
            let sealed = keys.seal(&code("H1"), Needs, &text).unwrap();
            assert_eq!(keys.open("H1", Needs, &sealed).as_ref(), Some(&text), "{text}");
        }
    }

    #[test]
    fn the_same_again_is_the_same_and_any_difference_shares_no_nonce() {
        let keys = ring(&[7]);
        let seal = |keys: &Keyring, of: &str, field, text: &str| keys.seal(&code(of), field, text).unwrap();
        let first = seal(&keys, "H1", Needs, "a ramp");
        assert_eq!(seal(&ring(&[7]), "H1", Needs, "a ramp"), first);
        let all = [
            first,
            seal(&keys, "H2", Needs, "a ramp"),
            seal(&keys, "H1", Contact, "a ramp"),
            seal(&keys, "H1", Needs, "a ride"),
            seal(&keys, "H", Needs, "1a ramp"),
            seal(&ring(&[8]), "H1", Needs, "a ramp"),
        ];
        let nonces: BTreeSet<[u8; Sealed::NONCE]> = all.iter().map(|sealed| sealed.parts().1).collect();
        assert_eq!(nonces.len(), all.len());
    }

    #[test]
    fn what_was_moved_altered_or_sealed_by_another_key_does_not_open() {
        let keys = ring(&[7]);
        let sealed = keys.seal(&code("H1"), Needs, "a ramp").unwrap();
        let (id, nonce, ciphertext) = sealed.parts();
        assert_eq!(keys.open("H2", Needs, &sealed), None, "another household");
        assert_eq!(keys.open("H1", Contact, &sealed), None, "another field");
        assert_eq!(ring(&[8]).open("H1", Needs, &sealed), None, "another key");
        assert_eq!(Keyring::default().open("H1", Needs, &sealed), None, "no key");
        for bit in 0..8 * ciphertext.len() {
            let mut altered = ciphertext.to_vec();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(keys.open("H1", Needs, &Sealed::new(id, nonce, &altered).unwrap()), None, "bit {bit}");
        }
        let mut other = nonce;
        other[0] ^= 1;
        assert_eq!(keys.open("H1", Needs, &Sealed::new(id, other, ciphertext).unwrap()), None, "another nonce");
    }

    #[test]
    fn the_first_key_seals_and_all_of_them_open() {
        let (old, both) = (ring(&[7]), ring(&[8, 7]));
        let before = old.seal(&code("H1"), Needs, "a ramp").unwrap();
        let after = both.seal(&code("H1"), Needs, "a ramp").unwrap();
        assert_ne!(before.parts().0, after.parts().0);
        assert_eq!(both.open("H1", Needs, &before).as_deref(), Some("a ramp"));
        assert_eq!(both.open("H1", Needs, &after).as_deref(), Some("a ramp"));
        assert_eq!(old.open("H1", Needs, &after), None);
        assert_eq!(Keyring::default().seal(&code("H1"), Needs, "a ramp"), None);
    }

    #[test]
    fn a_length_is_told_to_its_bucket_only() {
        let keys = ring(&[7]);
        let length = |text: &str| keys.seal(&code("H1"), Needs, text).unwrap().parts().2.len();
        assert_eq!([0, 1, 63].map(|n| length(&"x".repeat(n))), [64 + 16; 3]);
        assert_eq!([64, 127].map(|n| length(&"x".repeat(n))), [128 + 16; 2]);
    }

    #[test]
    fn a_keyring_that_is_printed_shows_ids_and_no_key() {
        let shown = format!("{:?}", ring(&[7]));
        assert_eq!(shown.len(), r#"["00000000"]"#.len(), "{shown}");
        assert!(!shown.contains("0707"), "{shown}");
    }
}
