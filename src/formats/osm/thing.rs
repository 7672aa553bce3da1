//! A node, way or relation as a row: cheap to make and to hand on, a feature only where it is understood.

use super::super::RawFeature;
use super::nodes::Fixed;
use crate::geom::validity;
use bytes::Bytes;
use geo::{Geometry, LineString, Point, Polygon};
use std::sync::Arc;

/// What a thing is to OpenStreetMap, in the order of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    Node,
    Way,
    Relation,
}

/// Number and type as people write them: `w123`.
pub fn code(of: Type, id: i64) -> String {
    let letter = match of {
        Type::Node => 'n',
        Type::Way => 'w',
        Type::Relation => 'r',
    };
    format!("{letter}{id}")
}

/// The texts of a block, as one: they are checked once and looked at often.
#[derive(Debug, Clone, PartialEq)]
pub struct Texts(Arc<Joined>);

#[derive(Debug, PartialEq)]
struct Joined {
    all: String,
    /// Where each ends in it.
    ends: Vec<usize>,
}

impl Texts {
    /// Refuses what is not UTF-8.
    pub fn new(texts: &[Bytes]) -> Result<Texts, String> {
        let mut all = String::with_capacity(texts.iter().map(Bytes::len).sum());
        let mut ends = Vec::with_capacity(texts.len());
        for (i, text) in texts.iter().enumerate() {
            all.push_str(std::str::from_utf8(text).map_err(|_| format!("text {i} is not UTF-8"))?);
            ends.push(all.len());
        }
        Ok(Texts(Arc::new(Joined { all, ends })))
    }

    /// How many there are.
    fn len(&self) -> usize {
        self.0.ends.len()
    }

    /// A text by its number, which [`Tags::new`] has checked.
    fn get(&self, i: u32) -> &str {
        let Joined { all, ends } = &*self.0;
        let i = i as usize;
        let start = i.checked_sub(1).map_or(0, |before| ends[before]);
        &all[start..ends[i]]
    }
}

/// The tags of a thing: numbers of the texts of its block, which stay where they are as long as a thing of the block is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Tags {
    texts: Texts,
    pairs: Box<[(u32, u32)]>,
}

impl Tags {
    /// Refuses a number without a text.
    pub fn new(texts: &Texts, pairs: impl Iterator<Item = (u32, u32)>) -> Result<Tags, String> {
        let pairs: Box<[(u32, u32)]> = pairs.collect();
        let highest = pairs.iter().map(|(key, value)| *key.max(value)).max();
        match highest.filter(|i| *i as usize >= texts.len()) {
            Some(i) => Err(format!("a tag has text {i} of {}", texts.len())),
            None => Ok(Tags { texts: texts.clone(), pairs }),
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(k, _)| *k == key).map(|(_, value)| value)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(key, value)| (self.texts.get(*key), self.texts.get(*value)))
    }
}

/// Where a thing is.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Point(Fixed),
    Line(Vec<Fixed>),
    /// Its border.
    Area(Vec<Fixed>),
    /// Parts of borders, of outer and inner ones alike, in any order and direction.
    Borders(Vec<Vec<Fixed>>),
}

/// A thing that is of use.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    pub of: Type,
    pub id: i64,
    pub tags: Tags,
    pub shape: Shape,
}

/// Keys that tell of the mapping and not of the thing.
const OF_MAPPING: [&str; 5] = ["created_by", "source", "note", "fixme", "FIXME"];

impl Thing {
    /// As a feature: its code is the id, its tags are the properties. Assembles the polygons of a relation.
    pub fn feature(&self) -> RawFeature {
        let told = |key: &str| !OF_MAPPING.contains(&key) && !key.starts_with("source:");
        let tags = self.tags.iter().filter(|(key, _)| told(key));
        RawFeature {
            id: Some(code(self.of, self.id).into()),
            properties: tags.map(|(key, value)| (key.to_owned(), value.into())).collect(),
            geometry: self.shape.geometry().map(Some),
            fault: None,
            crs: None,
        }
    }
}

impl Shape {
    /// Memory that its positions take.
    pub fn bytes(&self) -> usize {
        let positions = match self {
            Shape::Point(_) => 1,
            Shape::Line(line) | Shape::Area(line) => line.len(),
            Shape::Borders(lines) => lines.iter().map(Vec::len).sum(),
        };
        positions * size_of::<Fixed>()
    }

    fn geometry(&self) -> Result<Geometry<f64>, String> {
        let line = |at: &[Fixed]| -> LineString<f64> { at.iter().map(|at| at.degrees()).collect() };
        Ok(match self {
            Shape::Point(at) => Point(at.degrees()).into(),
            Shape::Line(at) => line(at).into(),
            Shape::Area(border) => Polygon::new(line(border), Vec::new()).into(),
            Shape::Borders(parts) => {
                let parts: Vec<LineString<f64>> = parts.iter().map(|part| line(part)).collect();
                let mut polygons = validity::enclosed(&parts).map_err(|e| e.to_string())?;
                match polygons.0.len() {
                    1 => polygons.0.remove(0).into(),
                    _ => polygons.into(),
                }
            }
        })
    }
}
