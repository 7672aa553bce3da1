//! A reader of vector tiles for tests, written from vector-tile-spec 2.1 alone: it shares nothing with the writer and panics
//! at whatever the specification forbids.

use std::fmt;

pub(super) struct Tile(pub(super) Vec<Layer>);

pub(super) struct Layer {
    pub(super) name: String,
    pub(super) features: Vec<Feature>,
}

pub(super) struct Feature {
    pub(super) id: Option<u64>,
    pub(super) kind: u64,
    pub(super) tags: Vec<(String, String)>,
    pub(super) parts: Vec<Vec<[i64; 2]>>,
}

impl Feature {
    pub(super) fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

impl Tile {
    pub(super) fn read(bytes: &[u8]) -> Tile {
        let layers: Vec<Layer> = fields(bytes).map(|(number, field)| layer(expect(number, 3, field.bytes()))).collect();
        distinct(layers.iter().map(|layer| &layer.name));
        Tile(layers)
    }

    pub(super) fn layer(&self, name: &str) -> &[Feature] {
        self.0.iter().find(|l| l.name == name).map_or(&[], |l| &l.features)
    }

    pub(super) fn features(&self) -> impl Iterator<Item = &Feature> {
        self.0.iter().flat_map(|l| &l.features)
    }
}

/// One line a feature: layer, id, kind, tags, parts.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for layer in &self.0 {
            for feature in &layer.features {
                write!(f, "{}", layer.name)?;
                feature.id.map_or(Ok(()), |id| write!(f, " #{id}"))?;
                write!(f, " {}", ["unknown", "point", "line", "polygon"][usize::try_from(feature.kind).unwrap()])?;
                feature.tags.iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))?;
                for part in &feature.parts {
                    let points: Vec<String> = part.iter().map(|[x, y]| format!("{x} {y}")).collect();
                    write!(f, " ({})", points.join(", "))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

/// Twice the signed area of a ring without closing point.
pub(super) fn twice_area(ring: &[[i64; 2]]) -> i64 {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])).map(|([x1, y1], [x2, y2])| x1 * y2 - x2 * y1).sum()
}

enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Wire<'a> {
    fn number(&self) -> u64 {
        let Wire::Number(v) = self else { panic!("bytes where a number belongs") };
        *v
    }

    fn bytes(&self) -> &'a [u8] {
        let Wire::Bytes(v) = self else { panic!("a number where bytes belong") };
        v
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }
}

fn expect<T>(number: u64, expected: u64, value: T) -> T {
    assert_eq!(number, expected, "field number");
    value
}

/// § 4.1, § 4.2 and § 4.4: names of layers, keys and values, ids of a layer's features, and the keys of a feature stand once.
fn distinct<T: Ord + fmt::Debug>(all: impl Iterator<Item = T>) {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.windows(2).for_each(|pair| assert!(pair[0] != pair[1], "{:?} stands twice", pair[0]));
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return value;
        }
    }
    panic!("a varint of more than ten bytes")
}

fn fields(mut bytes: &[u8]) -> impl Iterator<Item = (u64, Wire<'_>)> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let length = match key & 7 {
            0 => {
                all.push((key >> 3, Wire::Number(varint(&mut bytes))));
                continue;
            }
            1 => 8,
            2 => varint(&mut bytes),
            wire => panic!("wire type {wire}"),
        };
        let (head, rest) = bytes.split_at(usize::try_from(length).unwrap());
        bytes = rest;
        all.push((key >> 3, Wire::Bytes(head)));
    }
    all.into_iter()
}

fn packed(mut bytes: &[u8]) -> Vec<u64> {
    let mut values = Vec::new();
    while !bytes.is_empty() {
        values.push(varint(&mut bytes));
    }
    values
}

fn layer(bytes: &[u8]) -> Layer {
    let (mut name, mut version, mut extent) = (None, None, None);
    let (mut raw, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (number, field) in fields(bytes) {
        match number {
            1 => name = Some(field.text()),
            2 => raw.push(field.bytes()),
            3 => keys.push(field.text()),
            4 => values.push(value(field.bytes())),
            5 => extent = Some(field.number()),
            15 => version = Some(field.number()),
            other => panic!("layer field {other}"),
        }
    }
    assert_eq!((version, extent), (Some(2), Some(4096)));
    assert!(!raw.is_empty(), "a layer holds at least one feature");
    distinct(keys.iter());
    distinct(values.iter());
    let features: Vec<Feature> = raw.into_iter().map(|bytes| feature(bytes, &keys, &values)).collect();
    distinct(features.iter().filter_map(|feature| feature.id));
    Layer { name: name.unwrap(), features }
}

/// With a letter for its type, so that a test sees it: `u` uint, `d` double, none text or bool.
fn value(bytes: &[u8]) -> String {
    let mut one = fields(bytes);
    let (number, field) = one.next().unwrap();
    assert!(one.next().is_none(), "a value holds one value");
    match number {
        1 => format!("{:?}", field.text()),
        3 => format!("{}d", f64::from_le_bytes(field.bytes().try_into().unwrap())),
        5 => format!("{}u", field.number()),
        7 => (field.number() == 1).to_string(),
        other => panic!("value field {other}"),
    }
}

fn feature(bytes: &[u8], keys: &[String], values: &[String]) -> Feature {
    let (mut id, mut kind, mut tags, mut parts) = (None, 0, Vec::new(), Vec::new());
    for (number, field) in fields(bytes) {
        match number {
            1 => id = Some(field.number()),
            2 => tags = packed(field.bytes()),
            3 => kind = field.number(),
            4 => parts = geometry(kind, &packed(field.bytes())),
            other => panic!("feature field {other}"),
        }
    }
    let at = |i: u64| usize::try_from(i).unwrap();
    assert!(tags.len().is_multiple_of(2), "tags come in pairs");
    distinct(tags.iter().step_by(2));
    let tags = tags.chunks(2).map(|pair| (keys[at(pair[0])].clone(), values[at(pair[1])].clone())).collect();
    Feature { id, kind, tags, parts }
}

/// The grammar of § 4.3.4: points are one move; a line is a move to one point and a line to n; a ring is the same with n > 1,
/// and a close.
fn geometry(kind: u64, commands: &[u64]) -> Vec<Vec<[i64; 2]>> {
    let mut parts: Vec<Vec<[i64; 2]>> = Vec::new();
    let (mut x, mut y, mut last) = (0, 0, 7);
    let mut rest = commands;
    let zigzag = |v: u64| i64::try_from(v >> 1).unwrap() ^ -i64::try_from(v & 1).unwrap();
    while let Some((head, tail)) = rest.split_first() {
        rest = tail;
        let (command, count) = (head & 7, head >> 3);
        match (kind, command, last) {
            (1 | 3, 1, 7) | (2, 1, 7 | 2) => {
                assert!(kind == 1 || count == 1);
                parts.push(Vec::new());
            }
            (2 | 3, 2, 1) => assert!(count > kind - 2, "a line has two points, a ring three"),
            (3, 7, 2) => assert_eq!(count, 1),
            other => panic!("kind, command, command before: {other:?}"),
        }
        last = command;
        if command != 7 {
            for _ in 0..count {
                x += zigzag(rest[0]);
                y += zigzag(rest[1]);
                rest = &rest[2..];
                parts.last_mut().unwrap().push([x, y]);
            }
        }
    }
    assert!(kind == 1 || last == if kind == 2 { 2 } else { 7 }, "the last part is whole");
    if kind > 1 {
        let twice = |part: &Vec<[i64; 2]>| part.windows(2).any(|pair| pair[0] == pair[1]);
        assert!(!parts.iter().any(twice), "§ 4.3.3.2: no step of no length");
    }
    if kind == 3 {
        assert!(
            parts.iter().all(|ring| ring.first() != ring.last() && twice_area(ring) != 0),
            "§ 4.3.4.4: rings have an area"
        );
        assert!(parts.first().is_some_and(|ring| twice_area(ring) > 0), "§ 4.3.4.4: the first ring is an exterior one");
    }
    parts
}
