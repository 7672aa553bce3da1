//! A writer of extracts for tests and benches, made from the specification alone (OSM-binary's `fileformat.proto` and
//! `osmformat.proto`): it shares nothing with the reader, and writes what is wrong where a test asks for it.

// Made by tests and benches, which write no number that does not fit.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::unreadable_literal)]

use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::collections::HashMap;
use std::io::Write;

/// Keys and values.
pub type Tags<'a> = &'a [(&'a str, &'a str)];

/// A message of protocol buffers.
#[derive(Default, Clone)]
pub struct Message(pub Vec<u8>);

impl Message {
    /// A number in groups of seven bits.
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A field that is a number.
    pub fn number(mut self, field: u64, number: i64) -> Message {
        self.varint(field << 3);
        self.varint(number.cast_unsigned());
        self
    }

    /// A field that is a number of either sign, small where that is small.
    pub fn signed(self, field: u64, number: i64) -> Message {
        self.number(field, number << 1 ^ number >> 63)
    }

    /// A field that is bytes, a text or a message.
    pub fn bytes(mut self, field: u64, bytes: &[u8]) -> Message {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// A field that is many numbers.
    pub fn packed(self, field: u64, numbers: impl IntoIterator<Item = i64>) -> Message {
        let mut list = Message::default();
        numbers.into_iter().for_each(|number| list.varint(number.cast_unsigned()));
        if list.0.is_empty() { self } else { self.bytes(field, &list.0) }
    }

    /// The same, each as its difference from the one before.
    pub fn deltas(self, field: u64, numbers: impl IntoIterator<Item = i64>) -> Message {
        let mut before = 0;
        let step = |number: i64| {
            let step = number.wrapping_sub(before);
            before = number;
            step << 1 ^ step >> 63
        };
        let steps: Vec<i64> = numbers.into_iter().map(step).collect();
        self.packed(field, steps)
    }
}

/// The texts of a block that is being written.
#[derive(Default)]
pub struct Texts {
    numbers: HashMap<String, i64>,
    table: Message,
}

impl Texts {
    fn number(&mut self, text: &str) -> i64 {
        if self.numbers.is_empty() {
            self.numbers.insert(String::new(), 0);
            self.table = Message::default().bytes(1, b"");
        }
        let next = self.numbers.len() as i64;
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.numbers.insert(text.to_owned(), next);
        self.table = std::mem::take(&mut self.table).bytes(1, text.as_bytes());
        next
    }

    fn tags(&mut self, message: Message, tags: Tags<'_>) -> Message {
        let keys: Vec<i64> = tags.iter().map(|(key, _)| self.number(key)).collect();
        let values: Vec<i64> = tags.iter().map(|(_, value)| self.number(value)).collect();
        message.packed(2, keys).packed(3, values)
    }

    /// A block with one group.
    fn block(mut self, group: &Message) -> Message {
        self.number("");
        Message::default().bytes(1, &self.table.0).bytes(2, &group.0)
    }
}

/// Steps of 10⁻⁷ degrees.
pub fn steps(degrees: f64) -> i64 {
    (degrees * 1e7).round() as i64
}

/// Nodes one by one: number, longitude, latitude, tags.
pub fn nodes(nodes: &[(i64, f64, f64, Tags<'_>)]) -> Message {
    let (mut texts, mut group) = (Texts::default(), Message::default());
    for (id, lon, lat, tags) in nodes {
        let node = texts.tags(Message::default().signed(1, *id), tags);
        group = group.bytes(1, &node.signed(8, steps(*lat)).signed(9, steps(*lon)).0);
    }
    texts.block(&group)
}

/// The same, all together.
pub fn dense(nodes: &[(i64, f64, f64, Tags<'_>)]) -> Message {
    let mut texts = Texts::default();
    let mut keys_values = Vec::new();
    if nodes.iter().any(|(.., tags)| !tags.is_empty()) {
        for (.., tags) in nodes {
            keys_values.extend(tags.iter().flat_map(|(key, value)| [*key, *value]).map(|text| texts.number(text)));
            keys_values.push(0);
        }
    }
    let dense = Message::default()
        .deltas(1, nodes.iter().map(|node| node.0))
        // Who edited it: readers that do not ask for it pass it over.
        .bytes(5, &Message::default().packed(1, nodes.iter().map(|_| 3)).0)
        .deltas(8, nodes.iter().map(|node| steps(node.2)))
        .deltas(9, nodes.iter().map(|node| steps(node.1)))
        .packed(10, keys_values);
    texts.block(&Message::default().bytes(2, &dense.0))
}

/// Ways: number, nodes, tags.
pub fn ways(ways: &[(i64, &[i64], Tags<'_>)]) -> Message {
    let (mut texts, mut group) = (Texts::default(), Message::default());
    for (id, nodes, tags) in ways {
        let way = texts.tags(Message::default().number(1, *id), tags).deltas(8, nodes.iter().copied());
        group = group.bytes(3, &way.0);
    }
    texts.block(&group)
}

/// A member of a relation: `'n'`, `'w'` or `'r'`, its number, its role.
pub type Member<'a> = (char, i64, &'a str);

/// Relations: number, members, tags.
pub fn relations(relations: &[(i64, &[Member<'_>], Tags<'_>)]) -> Message {
    let (mut texts, mut group) = (Texts::default(), Message::default());
    for (id, members, tags) in relations {
        let relation = texts.tags(Message::default().number(1, *id), tags);
        let roles: Vec<i64> = members.iter().map(|(.., role)| texts.number(role)).collect();
        let types = members.iter().map(|(of, ..)| "nwr".find(*of).unwrap_or_default() as i64);
        let relation = relation.packed(8, roles).deltas(9, members.iter().map(|member| member.1)).packed(10, types);
        group = group.bytes(4, &relation.0);
    }
    texts.block(&group)
}

/// A block of a type as it stands in a file, as it is.
pub fn raw(of: &str, block: &Message) -> Vec<u8> {
    framed(of, &Message::default().bytes(1, &block.0))
}

/// The same, compressed.
pub fn zlib(of: &str, block: &Message) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&block.0).unwrap();
    let size = block.0.len() as i64;
    framed(of, &Message::default().number(2, size).bytes(3, &encoder.finish().unwrap()))
}

/// A blob with its header and the header's length.
pub fn framed(of: &str, blob: &Message) -> Vec<u8> {
    let header = Message::default().bytes(1, of.as_bytes()).number(3, blob.0.len() as i64);
    [&u32::try_from(header.0.len()).unwrap().to_be_bytes()[..], &header.0, &blob.0].concat()
}

/// The header of a file that needs these features.
pub fn header(features: &[&str]) -> Message {
    features.iter().fold(Message::default(), |header, feature| header.bytes(4, feature.as_bytes()))
}

/// A whole file of some blocks.
pub fn file(blocks: &[Message]) -> Vec<u8> {
    let header = zlib("OSMHeader", &header(&["OsmSchema-V0.6", "DenseNodes"]));
    std::iter::once(header).chain(blocks.iter().map(|block| zlib("OSMData", block))).collect::<Vec<_>>().concat()
}
