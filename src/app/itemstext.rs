//! Items as bytes of a file format, for streams.

use crate::formats::{FgbStream, csv_row, wkt};
use crate::model::collection::{Collection, CollectionField, GEOMETRY};
use crate::model::{Datum, Feature};

/// Items of one collection with some of its fields, in the formats of a stream.
pub struct ItemsText {
    collection: Collection,
    /// Numbers of the fields.
    columns: Vec<usize>,
    fgb: FgbStream<'static>,
}

impl ItemsText {
    /// With these fields, in this order.
    #[must_use]
    pub fn new(collection: Collection, fields: &[&'static CollectionField]) -> ItemsText {
        let number = |field: &&CollectionField| collection.fields().iter().position(|f| f.name == field.name);
        let columns = fields.iter().filter_map(number).filter(|field| *field != GEOMETRY).collect();
        ItemsText { collection, columns, fgb: FgbStream::new(collection, fields) }
    }

    /// What a FlatGeobuf file begins with.
    pub fn fgb_header(&mut self) -> Vec<u8> {
        self.fgb.header()
    }

    /// One item in FlatGeobuf.
    pub fn fgb(&mut self, feature: &Feature, to: &mut Vec<u8>) {
        self.fgb.write(feature, to);
    }

    /// The names of the columns: the fields, then the geometry as well-known text.
    #[must_use]
    pub fn csv_header(&self) -> Vec<u8> {
        let names = self.columns.iter().map(|field| self.collection.fields()[*field].name.to_owned());
        csv_row(names.chain(["geometry".to_owned()]))
    }

    /// One item as a row; without its geometry where it has no place.
    pub fn csv(&self, feature: &Feature, placed: bool, to: &mut Vec<u8>) {
        let cells = self.columns.iter().map(|field| feature.values[*field].as_ref().map(cell).unwrap_or_default());
        let geometry = if placed { wkt(&feature.geometry) } else { String::new() };
        to.extend_from_slice(&csv_row(cells.chain([geometry])));
    }
}

fn cell(datum: &Datum) -> String {
    match datum {
        Datum::Text(text) => text.clone(),
        Datum::Texts(texts) => texts.join(";"),
        Datum::Integer(number) => number.to_string(),
        Datum::Number(number) => number.to_string(),
        Datum::Boolean(yes) => yes.to_string(),
        Datum::Date(day) => day.to_string(),
        Datum::Instant(at) => at.to_string(),
    }
}
