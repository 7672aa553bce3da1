//! The wire format of vector tiles (vector-tile-spec 2.1): the only file that knows the `mvt` crate.

use super::features::{Row, Value};
use super::grid::Point;
use super::layers::{Field, FieldType, Layer};
use super::shape::Shape;
use mvt::{GeomData, GeomEncoder, GeomType};

/// A tile's extent as it writes it: [`super::grid::EXTENT`].
const EXTENT: u32 = 4096;

/// What the encoder could refuse and we never give it.
const SOUND: &str = "whole numbers encode, layers of one extent and of different names add";

/// A tile being written, layer by layer.
pub(super) struct TileWriter(mvt::Tile);

impl TileWriter {
    pub(super) fn new() -> TileWriter {
        TileWriter(mvt::Tile::new(EXTENT))
    }

    /// Adds a layer, once, and tells how many features it has; one without any is left out, as the specification asks.
    pub(super) fn layer(&mut self, name: Layer, fill: impl FnOnce(LayerWriter) -> LayerWriter) -> usize {
        let LayerWriter(layer) = fill(LayerWriter(self.0.create_layer(name.as_str())));
        let features = layer.num_features();
        if features > 0 {
            self.0.add_layer(layer).expect(SOUND);
        }
        features
    }

    /// The bytes; none for a tile without features.
    pub(super) fn finish(self) -> Vec<u8> {
        self.0.to_bytes().expect(SOUND)
    }
}

/// A layer being written, feature by feature.
pub(super) struct LayerWriter(mvt::Layer);

impl LayerWriter {
    /// Adds a feature: the values of its row under the names of its table, and nothing else.
    pub(super) fn put<const N: usize>(
        self,
        id: Option<u64>,
        shape: &Shape,
        fields: &'static [Field; N],
        row: Row<'_, N>,
    ) -> LayerWriter {
        let mut feature = self.0.into_feature(geometry(shape));
        if let Some(id) = id {
            feature.set_id(id);
        }
        for (field, value) in fields.iter().zip(row) {
            match (field.kind, value) {
                (_, None) => {}
                (FieldType::Text, Some(Value::Text(v))) => feature.add_tag_string(field.name, v),
                (FieldType::Uint, Some(Value::Uint(v))) => feature.add_tag_uint(field.name, v.into()),
                (FieldType::Double, Some(Value::Double(v))) => feature.add_tag_double(field.name, v),
                (FieldType::Bool, Some(Value::Bool(v))) => feature.add_tag_bool(field.name, v),
                (kind, Some(value)) => unreachable!("the row gives {} as {value:?}, not {kind:?}", field.name),
            }
        }
        LayerWriter(feature.into_layer())
    }
}

fn geometry(shape: &Shape) -> GeomData {
    let (kind, parts): (_, &[Vec<Point>]) = match shape {
        Shape::Points(points) => (GeomType::Point, std::slice::from_ref(points)),
        Shape::Lines(lines) => (GeomType::Linestring, lines),
        Shape::Rings(rings) => (GeomType::Polygon, rings),
    };
    let mut encoder = GeomEncoder::<i32>::new(kind);
    let mut end = None;
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            encoder.complete_geom().expect(SOUND);
        }
        // `mvt` 0.15 forgets the MoveTo of a part that begins where the one before it ended. Lines that do were joined; a ring
        // begins at its next point instead.
        let start = usize::from(end == part.first());
        for [x, y] in part[start..].iter().chain(&part[..start]) {
            encoder.add_point(step(*x), step(*y)).expect(SOUND);
        }
        end = if start == 0 { part.last() } else { part.first() };
    }
    encoder.encode().expect(SOUND)
}

fn step(v: i64) -> i32 {
    i32::try_from(v).expect("a clipped point lies in the tile or its buffer")
}
