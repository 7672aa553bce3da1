//! The wire format of vector tiles (vector-tile-spec 2.1), written in one pass: the only file that knows it.
//!
//! Names of fields come from a layer's table and are found by their place in it, values are compared as the bytes that they are
//! written as, and nothing is allocated for a feature: half of a tile's time was spent there when each value was a string in a map.

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
    pub(super) fn layer(&mut self, name: Layer, fill: impl FnOnce(LayerWriter) -> LayerWriter) -> usize {
        let layer = fill(LayerWriter::default());
        if layer.count > 0 {
            put_bytes(&mut self.0, proto::TILE_LAYER, &layer.finish(name));
        }
        layer.count
    }

    /// The bytes; none for a tile without features.
    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// A layer being written, feature by feature.
#[derive(Default)]
pub(super) struct LayerWriter {
    /// Features, each as a field of the layer.
    features: Vec<u8>,
    count: usize,
    /// Names of the fields that a feature had a value of, in the order of their first.
    keys: Vec<&'static str>,
    /// Of the table of the last feature, the number of each key that is known.
    columns: Vec<Option<u64>>,
    table: Option<&'static [Field]>,
    values: Values,
    // Of one feature; kept for the next.
    feature: Vec<u8>,
    tags: Vec<u8>,
    geometry: Vec<u8>,
}

impl LayerWriter {
    /// Adds a feature: the values of its row under the names of its table, and nothing else.
    pub(super) fn put<const N: usize>(
        mut self,
        id: Option<u64>,
        shape: &Shape,
        fields: &'static [Field; N],
        row: Row<'_, N>,
    ) -> LayerWriter {
        self.look_up(fields);
        self.tags.clear();
        for (i, (field, value)) in fields.iter().zip(row).enumerate() {
            if let Some(value) = value {
                let key = self.key(i, field.name);
                put_varint(&mut self.tags, key);
                let value = self.values.number(field, value);
                put_varint(&mut self.tags, value);
            }
        }
        self.geometry.clear();
        let kind = put_shape(&mut self.geometry, shape);
        self.feature.clear();
        if let Some(id) = id {
            put_number(&mut self.feature, proto::FEATURE_ID, id);
        }
        put_bytes(&mut self.feature, proto::FEATURE_TAGS, &self.tags);
        put_number(&mut self.feature, proto::FEATURE_TYPE, kind);
        put_bytes(&mut self.feature, proto::FEATURE_GEOMETRY, &self.geometry);
        put_bytes(&mut self.features, proto::LAYER_FEATURE, &self.feature);
        self.count += 1;
        self
    }

    /// Finds the keys of a table that are known; nothing to do where the last feature was of the same.
    fn look_up(&mut self, fields: &'static [Field]) {
        if self.table.is_some_and(|table| std::ptr::eq(table, fields)) {
            return;
        }
        self.table = Some(fields);
        let known = |field: &Field| self.keys.iter().position(|key| *key == field.name).map(|n| n as u64);
        self.columns = fields.iter().map(known).collect();
    }

    fn key(&mut self, column: usize, name: &'static str) -> u64 {
        *self.columns[column].get_or_insert_with(|| {
            self.keys.push(name);
            self.keys.len() as u64 - 1
        })
    }

    fn finish(&self, name: Layer) -> Vec<u8> {
        let mut layer = Vec::with_capacity(self.features.len() + 2 * self.values.bytes.len() + 256);
        put_bytes(&mut layer, proto::LAYER_NAME, name.as_str().as_bytes());
        layer.extend_from_slice(&self.features);
        self.keys.iter().for_each(|key| put_bytes(&mut layer, proto::LAYER_KEY, key.as_bytes()));
        for place in &self.values.places {
            put_bytes(&mut layer, proto::LAYER_VALUE, &self.values.bytes[place.clone()]);
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
        let start = self.bytes.len();
        match (field.kind, value) {
            (FieldType::Text, Value::Text(v)) => put_bytes(&mut self.bytes, proto::VALUE_STRING, v.as_bytes()),
            (FieldType::Uint, Value::Uint(v)) => put_number(&mut self.bytes, proto::VALUE_UINT, v.into()),
            (FieldType::Double, Value::Double(v)) => put_double(&mut self.bytes, proto::VALUE_DOUBLE, v),
            (FieldType::Bool, Value::Bool(v)) => put_number(&mut self.bytes, proto::VALUE_BOOL, v.into()),
            (kind, value) => unreachable!("the row gives {} as {value:?}, not {kind:?}", field.name),
        }
        let Values { bytes, places, known, hasher } = self;
        let new = &bytes[start..];
        let hash = hasher.hash_one(new);
        let found = known.find(hash, |n| bytes[places[*n].clone()] == *new).copied();
        if let Some(number) = found {
            bytes.truncate(start);
            return number as u64;
        }
        let number = places.len();
        places.push(start..bytes.len());
        known.insert_unique(hash, number, |n| hasher.hash_one(&bytes[places[*n].clone()]));
        number as u64
    }
}

/// Writes a geometry (§ 4.3) and tells its type.
fn put_shape(out: &mut Vec<u8>, shape: &Shape) -> u64 {
    let mut cursor = [0, 0];
    match shape {
        Shape::Points(points) => {
            put_command(out, MOVE_TO, points.len());
            for point in points {
                put_step(out, &mut cursor, *point);
            }
            proto::POINT
        }
        Shape::Lines(lines) => {
            for line in lines {
                put_path(out, &mut cursor, line);
            }
            proto::LINE
        }
        Shape::Rings(rings) => {
            for ring in rings {
                put_path(out, &mut cursor, ring);
                put_command(out, CLOSE_PATH, 1);
            }
            proto::POLYGON
        }
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
