//! The wire format of vector tiles (vector-tile-spec 2.1), written in one pass: the only file that knows it.
//!
//! Names of fields come from a layer's table and are found by their place in it, values are compared as the bytes that they are
//! written as, a few first with those of the feature before, and nothing is allocated for a feature: half of a tile's time was spent there
//! when each value was a string in a map.

use super::features::{Row, Value};
use super::grid::{EXTENT, Point};
use super::layers::{Field, FieldType, Layer};
use super::shape::Shape;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::ops::Range;

/// Field numbers and the types of features of the specification's `vector_tile.proto`.
mod proto {
    pub const TILE_LAYER: u64 = 3;
    pub const LAYER_NAME: u64 = 1;
    pub const LAYER_FEATURE: u64 = 2;
    pub const LAYER_KEY: u64 = 3;
    pub const LAYER_VALUE: u64 = 4;
    pub const LAYER_EXTENT: u64 = 5;
    pub const LAYER_VERSION: u64 = 15;
    pub const FEATURE_ID: u64 = 1;
    pub const FEATURE_TAGS: u64 = 2;
    pub const FEATURE_TYPE: u64 = 3;
    pub const FEATURE_GEOMETRY: u64 = 4;
    pub const VALUE_STRING: u64 = 1;
    pub const VALUE_DOUBLE: u64 = 3;
    pub const VALUE_UINT: u64 = 5;
    pub const VALUE_BOOL: u64 = 7;
    pub const POINT: u64 = 1;
    pub const LINE: u64 = 2;
    pub const POLYGON: u64 = 3;
}

/// Version of the specification.
const VERSION: u64 = 2;

/// Commands of a geometry (§ 4.3.1).
const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u64 = 7;

/// A tile being written, layer by layer.
pub(super) struct TileWriter(Vec<u8>);

impl TileWriter {
    pub(super) fn new() -> TileWriter {
        TileWriter(Vec::new())
    }

    /// Adds a layer, once, and tells how many features it has; one without any is left out, as the specification asks.
    pub(super) fn layer(&mut self, name: Layer, fill: impl FnOnce(&mut LayerWriter)) -> usize {
        self.named(name.as_str(), fill)
    }

    /// The same for a layer of another list.
    pub(super) fn named(&mut self, name: &'static str, fill: impl FnOnce(&mut LayerWriter)) -> usize {
        let mut layer = LayerWriter::of(name);
        fill(&mut layer);
        let features = layer.count;
        if features > 0 {
            put_bytes(&mut self.0, proto::TILE_LAYER, &layer.finish());
        }
        features
    }

    /// The bytes; none for a tile without features.
    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// A layer being written, feature by feature.
pub(super) struct LayerWriter {
    /// The name, and the features so far.
    out: Vec<u8>,
    count: usize,
    /// Names of the fields that a feature had a value of, in the order of their first.
    keys: Vec<&'static str>,
    table: Option<&'static [Field]>,
    /// Of that table, which is that of the last feature.
    columns: Vec<Column>,
    values: Values,
}

/// What is known of a field of a table.
#[derive(Clone, Copy)]
struct Column {
    /// The number of its name among the keys.
    key: Option<u64>,
    /// The value that the last feature had, if it is one that the next may well have too, and its number.
    last: Option<(Value<'static>, u64)>,
}

impl LayerWriter {
    fn of(name: &'static str) -> LayerWriter {
        let mut out = Vec::new();
        put_bytes(&mut out, proto::LAYER_NAME, name.as_bytes());
        LayerWriter { out, count: 0, keys: Vec::new(), table: None, columns: Vec::new(), values: Values::default() }
    }

    /// Makes room for so many features, each a point with a value that no other has.
    pub(super) fn expect(&mut self, features: usize) {
        /// Bytes of such a feature, and of such a value.
        const FEATURE: usize = 32;
        const VALUE: usize = 16;
        self.out.reserve(features * (FEATURE + VALUE));
        self.values.bytes.reserve(features * VALUE);
        self.values.places.reserve(features);
        let Values { bytes, places, known, hasher } = &mut self.values;
        known.reserve(features, |n| hasher.hash_one(&bytes[places[*n].clone()]));
    }

    /// Adds a feature: the values of its row under the names of its table, and nothing else.
    pub(super) fn put<const N: usize>(
        &mut self,
        id: Option<u64>,
        shape: &Shape,
        fields: &'static [Field; N],
        row: Row<'_, N>,
    ) {
        let kind = match shape {
            Shape::Points(_) => proto::POINT,
            Shape::Lines(_) => proto::LINE,
            Shape::Rings(_) => proto::POLYGON,
        };
        self.feature(id, fields, row, kind, |out| put_shape(out, shape));
    }

    /// The same for one point.
    pub(super) fn put_point<const N: usize>(
        &mut self,
        id: Option<u64>,
        at: Point,
        fields: &'static [Field; N],
        row: Row<'_, N>,
    ) {
        self.feature(id, fields, row, proto::POINT, |out| put_points(out, &[at]));
    }

    fn feature<const N: usize>(
        &mut self,
        id: Option<u64>,
        fields: &'static [Field; N],
        row: Row<'_, N>,
        kind: u64,
        geometry: impl FnOnce(&mut Vec<u8>),
    ) {
        self.look_up(fields);
        let LayerWriter { out, keys, columns, values, .. } = self;
        put_message(out, proto::LAYER_FEATURE, |out| {
            if let Some(id) = id {
                put_number(out, proto::FEATURE_ID, id);
            }
            put_message(out, proto::FEATURE_TAGS, |out| {
                for ((column, field), value) in columns.iter_mut().zip(fields).zip(row) {
                    let Some(value) = value else { continue };
                    let key = *column.key.get_or_insert_with(|| {
                        keys.push(field.name);
                        keys.len() as u64 - 1
                    });
                    put_varint(out, key);
                    let number = match column.last {
                        Some((last, number)) if last == value => number,
                        _ => {
                            let number = values.number(field, value);
                            column.last = likely_again(value).map(|value| (value, number));
                            number
                        }
                    };
                    put_varint(out, number);
                }
            });
            put_number(out, proto::FEATURE_TYPE, kind);
            put_message(out, proto::FEATURE_GEOMETRY, geometry);
        });
        self.count += 1;
    }

    /// Finds the keys of a table that are known; nothing to do where the last feature was of the same.
    fn look_up(&mut self, fields: &'static [Field]) {
        if self.table.is_some_and(|table| std::ptr::eq(table, fields)) {
            return;
        }
        self.table = Some(fields);
        let known = |field: &Field| self.keys.iter().position(|key| *key == field.name).map(|n| n as u64);
        self.columns = fields.iter().map(|field| Column { key: known(field), last: None }).collect();
    }

    fn finish(self) -> Vec<u8> {
        let mut layer = self.out;
        self.keys.iter().for_each(|key| put_bytes(&mut layer, proto::LAYER_KEY, key.as_bytes()));
        for place in self.values.places {
            put_bytes(&mut layer, proto::LAYER_VALUE, &self.values.bytes[place]);
        }
        put_number(&mut layer, proto::LAYER_EXTENT, EXTENT.unsigned_abs());
        put_number(&mut layer, proto::LAYER_VERSION, VERSION);
        layer
    }
}

/// The different values of a layer, in the order of their first.
#[derive(Default)]
struct Values {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
    known: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

impl Values {
    /// The number of a value, with the type that its field has.
    fn number(&mut self, field: &Field, value: Value<'_>) -> u64 {
        let Values { bytes, places, known, hasher } = self;
        let start = bytes.len();
        match (field.kind, value) {
            (FieldType::Text, Value::Text(v) | Value::Word(v)) => put_bytes(bytes, proto::VALUE_STRING, v.as_bytes()),
            (FieldType::Uint, Value::Uint(v)) => put_number(bytes, proto::VALUE_UINT, v.into()),
            (FieldType::Double, Value::Double(v)) => put_double(bytes, proto::VALUE_DOUBLE, v),
            (FieldType::Bool, Value::Bool(v)) => put_number(bytes, proto::VALUE_BOOL, v.into()),
            (kind, value) => unreachable!("the row gives {} as {value:?}, not {kind:?}", field.name),
        }
        let new = &bytes[start..];
        let hash = hasher.hash_one(new);
        if let Some(number) = known.find(hash, |n| bytes[places[*n].clone()] == *new).copied() {
            bytes.truncate(start);
            return number as u64;
        }
        let number = places.len();
        places.push(start..bytes.len());
        known.insert_unique(hash, number, |n| hasher.hash_one(&bytes[places[*n].clone()]));
        number as u64
    }
}

fn likely_again(value: Value<'_>) -> Option<Value<'static>> {
    match value {
        Value::Text(_) => None,
        Value::Word(v) => Some(Value::Word(v)),
        Value::Uint(v) => Some(Value::Uint(v)),
        Value::Double(v) => Some(Value::Double(v)),
        Value::Bool(v) => Some(Value::Bool(v)),
    }
}

/// Writes a geometry (§ 4.3).
fn put_shape(out: &mut Vec<u8>, shape: &Shape) {
    let mut cursor = [0, 0];
    match shape {
        Shape::Points(points) => put_points(out, points),
        Shape::Lines(lines) => lines.iter().for_each(|line| put_path(out, &mut cursor, line)),
        Shape::Rings(rings) => {
            for ring in rings {
                put_path(out, &mut cursor, ring);
                put_command(out, CLOSE_PATH, 1);
            }
        }
    }
}

fn put_points(out: &mut Vec<u8>, points: &[Point]) {
    let mut cursor = [0, 0];
    put_command(out, MOVE_TO, points.len());
    for point in points {
        put_step(out, &mut cursor, *point);
    }
}

fn put_path(out: &mut Vec<u8>, cursor: &mut Point, points: &[Point]) {
    let Some((first, rest)) = points.split_first() else { return };
    put_command(out, MOVE_TO, 1);
    put_step(out, cursor, *first);
    put_command(out, LINE_TO, rest.len());
    for point in rest {
        put_step(out, cursor, *point);
    }
}

fn put_command(out: &mut Vec<u8>, command: u64, count: usize) {
    put_varint(out, command | (count as u64) << 3);
}

/// The way from the cursor to a point, zigzag encoded (§ 4.3.2).
fn put_step(out: &mut Vec<u8>, cursor: &mut Point, to: Point) {
    for axis in 0..2 {
        let step = to[axis] - cursor[axis];
        put_varint(out, (step << 1 ^ step >> 63).cast_unsigned());
    }
    *cursor = to;
}

// ---- Protocol buffers: wire types 0, 1 and 2 --------------------------------------------------------------------------------------

fn put_varint(out: &mut Vec<u8>, value: u64) {
    let mut rest = value;
    while rest >= 0x80 {
        out.push(rest.to_le_bytes()[0] | 0x80);
        rest >>= 7;
    }
    out.push(rest.to_le_bytes()[0]);
}

fn put_number(out: &mut Vec<u8>, field: u64, value: u64) {
    put_varint(out, field << 3);
    put_varint(out, value);
}

fn put_double(out: &mut Vec<u8>, field: u64, value: f64) {
    put_varint(out, field << 3 | 1);
    out.extend_from_slice(&value.to_le_bytes());
}

fn put_bytes(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(out, field << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// What `write` writes, behind its length: most are so short that the byte kept free for it is enough.
fn put_message(out: &mut Vec<u8>, field: u64, write: impl FnOnce(&mut Vec<u8>)) {
    put_varint(out, field << 3 | 2);
    let at = out.len();
    out.push(0);
    write(out);
    let length = out.len() - at - 1;
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out[at] = short,
        _ => {
            let mut prefix = Vec::with_capacity(5);
            put_varint(&mut prefix, length as u64);
            out.splice(at..=at, prefix);
        }
    }
}
