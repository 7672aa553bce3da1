//! FlatGeobuf, written feature by feature without an index, so that a stream needs no more memory than its longest feature.

use crate::model::collection::{Collection, CollectionField};
use crate::model::filter::Kind;
use crate::model::{Datum, Feature};
use flatbuffers::{FlatBufferBuilder, WIPOffset};
use flatgeobuf::{
    Column, ColumnArgs, ColumnType, Crs, CrsArgs, Feature as Fgb, FeatureArgs, Geometry as FgbGeometry, GeometryArgs,
    GeometryType, Header, HeaderArgs,
};
use geo::{Coord, CoordsIter, Geometry, LineString, Polygon};

/// What a file begins with: the format's name and version, and its patch level.
const MAGIC: [u8; 8] = [b'f', b'g', b'b', flatgeobuf::VERSION, b'f', b'g', b'b', 0];

/// A stream of features of one table, positions in WGS 84, longitude first.
pub struct FgbStream<'a> {
    /// Number of each field that becomes a column, in the order of the columns.
    columns: Vec<(usize, &'a CollectionField)>,
    name: &'static str,
    /// What it holds and where it is from; empty for nothing.
    about: String,
    geometry_type: GeometryType,
    builder: FlatBufferBuilder<'static>,
}

impl<'a> FgbStream<'a> {
    /// A stream with these fields as columns; geometries are no columns.
    #[must_use]
    pub fn new(collection: Collection, fields: &[&'a CollectionField]) -> FgbStream<'a> {
        let number = |field: &CollectionField| collection.fields().iter().position(|f| f.name == field.name);
        let columns = fields.iter().filter(|f| f.kind != Kind::Geometry);
        let columns = columns.filter_map(|field| Some((number(field)?, *field))).collect();
        let geometry_type = match collection {
            Collection::Areas | Collection::Zones => GeometryType::MultiPolygon,
            Collection::Households | Collection::Visits => GeometryType::Point,
            Collection::Context | Collection::Spots => GeometryType::Unknown,
        };
        let (name, about) = (collection.as_str(), String::new());
        FgbStream { columns, name, about, geometry_type, builder: FlatBufferBuilder::new() }
    }

    /// A stream of polygons with a table of its own. `about` says what it holds and where it is from.
    #[must_use]
    pub fn of_polygons(name: &'static str, about: String, fields: &'a [CollectionField]) -> FgbStream<'a> {
        let columns = fields.iter().enumerate().filter(|(_, field)| field.kind != Kind::Geometry).collect();
        FgbStream { columns, name, about, geometry_type: GeometryType::Polygon, builder: FlatBufferBuilder::new() }
    }

    /// What the stream begins with. The number of features is left open, as the format allows.
    pub fn header(&mut self) -> Vec<u8> {
        let b = &mut self.builder;
        b.reset();
        let columns: Vec<WIPOffset<Column<'_>>> = self
            .columns
            .iter()
            .map(|(_, field)| {
                let (name, title) = (b.create_string(field.name), b.create_string(field.title));
                let type_ = column_type(field.kind);
                Column::create(b, &ColumnArgs { name: Some(name), title: Some(title), type_, ..ColumnArgs::default() })
            })
            .collect();
        let columns = b.create_vector(&columns);
        let org = b.create_string("EPSG");
        let crs = Crs::create(b, &CrsArgs { org: Some(org), code: 4326, ..CrsArgs::default() });
        let name = b.create_string(self.name);
        let about = (!self.about.is_empty()).then(|| b.create_string(&self.about));
        let header = HeaderArgs {
            name: Some(name),
            description: about,
            geometry_type: self.geometry_type,
            columns: Some(columns),
            index_node_size: 0,
            crs: Some(crs),
            ..HeaderArgs::default()
        };
        let header = Header::create(b, &header);
        b.finish_size_prefixed(header, None);
        [&MAGIC[..], b.finished_data()].concat()
    }

    /// Adds a feature to what has been written.
    pub fn write(&mut self, feature: &Feature, to: &mut Vec<u8>) {
        self.write_row(&feature.geometry, &feature.values, to);
    }

    /// The same for one that is no feature of a collection: its shape, and a value for each field of the table.
    pub fn write_row(&mut self, shape: &Geometry<f64>, values: &[Option<Datum>], to: &mut Vec<u8>) {
        let mut properties = Vec::new();
        for (column, (field, _)) in (0u16..).zip(&self.columns) {
            if let Some(datum) = &values[*field] {
                properties.extend_from_slice(&column.to_le_bytes());
                put(datum, &mut properties);
            }
        }
        let b = &mut self.builder;
        b.reset();
        let geometry = geometry(b, shape);
        let properties = b.create_vector(&properties);
        let feature = Fgb::create(b, &FeatureArgs { geometry, properties: Some(properties), columns: None });
        b.finish_size_prefixed(feature, None);
        to.extend_from_slice(b.finished_data());
    }
}

fn column_type(kind: Kind) -> ColumnType {
    match kind {
        Kind::Integer => ColumnType::Long,
        Kind::Number => ColumnType::Double,
        Kind::Boolean => ColumnType::Bool,
        Kind::Date | Kind::Instant => ColumnType::DateTime,
        Kind::Texts => ColumnType::Json,
        Kind::Text | Kind::Geometry => ColumnType::String,
    }
}

fn put(datum: &Datum, to: &mut Vec<u8>) {
    let mut text = |text: &str| {
        let length = u32::try_from(text.len()).expect("a value is shorter than 4 GB");
        to.extend_from_slice(&length.to_le_bytes());
        to.extend_from_slice(text.as_bytes());
    };
    match datum {
        Datum::Text(value) => text(value),
        Datum::Texts(values) => text(&serde_json::to_string(values).unwrap_or_default()),
        Datum::Date(day) => text(&day.to_string()),
        Datum::Instant(at) => text(&at.to_string()),
        Datum::Integer(number) => to.extend_from_slice(&number.to_le_bytes()),
        Datum::Number(number) => to.extend_from_slice(&number.to_le_bytes()),
        Datum::Boolean(yes) => to.push(u8::from(*yes)),
    }
}

type Builder = FlatBufferBuilder<'static>;

/// `None` for an empty geometry.
fn geometry(b: &mut Builder, geometry: &Geometry<f64>) -> Option<WIPOffset<FgbGeometry<'static>>> {
    if geometry.coords_count() == 0 {
        return None;
    }
    Some(match geometry {
        Geometry::Point(p) => flat(b, GeometryType::Point, &[&[p.0]]),
        Geometry::Line(l) => flat(b, GeometryType::LineString, &[&[l.start, l.end]]),
        Geometry::LineString(l) => flat(b, GeometryType::LineString, &[&l.0]),
        Geometry::Polygon(p) => polygon(b, p),
        Geometry::MultiPoint(m) => {
            let points: Vec<Coord<f64>> = m.iter().map(|p| p.0).collect();
            flat(b, GeometryType::MultiPoint, &[&points])
        }
        Geometry::MultiLineString(m) => {
            let lines: Vec<&[Coord<f64>]> = m.iter().map(|l| l.0.as_slice()).collect();
            flat(b, GeometryType::MultiLineString, &lines)
        }
        Geometry::MultiPolygon(m) => {
            let parts = m.iter().map(|p| polygon(b, p)).collect::<Vec<_>>();
            nested(b, GeometryType::MultiPolygon, &parts)
        }
        Geometry::GeometryCollection(c) => {
            let parts = c.iter().filter_map(|part| self::geometry(b, part)).collect::<Vec<_>>();
            nested(b, GeometryType::GeometryCollection, &parts)
        }
        Geometry::Rect(r) => polygon(b, &r.to_polygon()),
        Geometry::Triangle(t) => polygon(b, &t.to_polygon()),
    })
}

fn polygon(b: &mut Builder, polygon: &Polygon<f64>) -> WIPOffset<FgbGeometry<'static>> {
    let rings: Vec<&[Coord<f64>]> = std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .map(|ring: &LineString<f64>| ring.0.as_slice())
        .collect();
    flat(b, GeometryType::Polygon, &rings)
}

/// Coordinates in a row; where each part ends is written when there is more than one.
fn flat(b: &mut Builder, type_: GeometryType, parts: &[&[Coord<f64>]]) -> WIPOffset<FgbGeometry<'static>> {
    let xy: Vec<f64> = parts.iter().flat_map(|part| part.iter().flat_map(|c| [c.x, c.y])).collect();
    let mut end = 0;
    let ends: Vec<u32> = parts
        .iter()
        .map(|part| {
            end += u32::try_from(part.len()).expect("a geometry has fewer positions than numbers");
            end
        })
        .collect();
    let xy = b.create_vector(&xy);
    let ends = (parts.len() > 1).then(|| b.create_vector(&ends));
    FgbGeometry::create(b, &GeometryArgs { ends, xy: Some(xy), type_, ..GeometryArgs::default() })
}

fn nested(
    b: &mut Builder,
    type_: GeometryType,
    parts: &[WIPOffset<FgbGeometry<'static>>],
) -> WIPOffset<FgbGeometry<'static>> {
    let parts = b.create_vector(parts);
    FgbGeometry::create(b, &GeometryArgs { parts: Some(parts), type_, ..GeometryArgs::default() })
}
