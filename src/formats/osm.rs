//! OpenStreetMap extracts (`.osm.pbf`), read front to back.
//!
//! What is of use to the map or to a siting rule – what [`ContextClass::of_osm`] knows, or names a kind of – is a row each: nodes as
//! points, ways as lines or, by the rules in `area`, as polygons, relations of type `multipolygon` and `boundary` as what their ways
//! enclose. All else is passed over: what has no tags, or tells of its mapping alone; relations of another type; the old form of a
//! multipolygon whose tags are on its outer way, which is a polygon without holes then.
//!
//! A way names its nodes and a relation its ways by number, and the file is a stream, so what may be named is kept: positions in 10
//! bytes a node until the last way is read, lines in some 4 bytes a position and 16 a way. By that one of 100 MB (12 million nodes, 1.2
//! million ways) takes some 200 MB. Nothing of it can be sorted on the way, so the file has to be: nodes, ways, relations, each by number, as
//! every extract is; another one is refused.
//!
//! What lacks a part – at the edge of an extract ways lack nodes and relations ways – is a problem of its row, and so are borders that
//! do not close: nothing is drawn that might be wrong.
//!
//! A file that was cut off is refused. Between two blocks the format itself tells nothing; there it is told by what is loose: nodes
//! without tags are there for ways, and where a tenth of them is named by nothing, ways are missing. The last ways and the relations
//! may be missing unnoticed.
//!
//! What a file may ask for is limited (see `limits`), however well nonsense was compressed.

mod ahead;
mod area;
mod blocks;
mod nodes;
mod thing;
mod ways;
mod wire;

use super::gzip::Plain;
use super::limits::{OSM_AREA_POSITIONS, OSM_BLOCK_ROWS, OSM_KEPT_BYTES, OSM_WAY_NODES};
use super::row::{Body, Header, RawRow};
use super::{FormatError, RowProblem};
use crate::model::ContextClass;
use ahead::{Ahead, Block};
use area::is_area;
use nodes::{Fixed, Nodes};
use std::collections::{HashSet, VecDeque};
use thing::{Shape, Tags, Texts, Thing, Type, code};
use ways::Ways;
use wire::{DenseNodes, Node, Relation, Way};

pub use thing::Thing as OsmThing;

/// How a file begins after the four bytes of its first length.
pub const MAGIC: &[u8] = b"\x0a\x09OSMHeader";

/// An extract that is being read.
pub struct Extract {
    blocks: Ahead,
    header: Header,
    nodes: Nodes,
    ways: Ways,
    /// The type and number that came last.
    last: (Type, i64),
    /// Nodes without tags.
    bare: u64,
    /// How often ways and relations name a node.
    named: u64,
    /// Bytes that may be kept.
    most: usize,
    /// What was read and not yet taken.
    ready: VecDeque<Waiting>,
    row: u64,
}

/// A thing of use that was not yet taken.
struct Waiting {
    of: Type,
    id: i64,
    tags: Tags,
    shape: Result<Outline, Flaw>,
}

/// What a shape is made of.
enum Outline {
    Drawn(Shape),
    /// Ways around it: a relation of some bytes may name millions of positions, so that one at a time is drawn.
    Ways(Vec<i64>),
}

/// What the things of a block have in common.
struct Shared {
    texts: Texts,
    granularity: i64,
    lon_offset: i64,
    lat_offset: i64,
}

/// What is wrong with a block.
type Broken = String;

/// What keeps a thing from having a shape: the part that is at fault, and why.
type Flaw = (String, String);

/// So many nodes may belong to nothing in a small file, where a tenth is few.
const LOOSE: u64 = 1_000;

impl Extract {
    /// Over a file of which nothing was read.
    pub fn new(input: Plain) -> Result<Extract, FormatError> {
        Ok(Extract {
            blocks: Ahead::new(input)?,
            header: Header::of_tags(),
            nodes: Nodes::default(),
            ways: Ways::default(),
            last: (Type::Node, -1),
            bare: 0,
            named: 0,
            most: OSM_KEPT_BYTES,
            ready: VecDeque::new(),
            row: 0,
        })
    }

    /// Any tag is a column.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next thing of use; `None` at the end.
    pub fn next(&mut self) -> Result<Option<RawRow>, FormatError> {
        loop {
            if let Some(waiting) = self.ready.pop_front() {
                return Ok(Some(self.row(waiting)?));
            }
            let Some(block) = self.blocks.next()? else {
                return self.complete().map(|()| None).map_err(|reason| self.blocks.broken(reason));
            };
            self.take(block).map_err(|reason| self.blocks.broken(reason))?;
        }
    }

    /// A row, or what keeps it from being one.
    fn row(&mut self, waiting: Waiting) -> Result<RawRow, RowProblem> {
        let Waiting { of, id, tags, shape } = waiting;
        self.row += 1;
        let row = self.row;
        let shape = shape.and_then(|outline| match outline {
            Outline::Drawn(shape) => Ok(shape),
            Outline::Ways(ways) => self.borders(&ways),
        });
        match shape {
            Ok(shape) => Ok(RawRow { row, body: Body::OpenStreetMap(Box::new(Thing { of, id, tags, shape })) }),
            Err((part, reason)) => Err(RowProblem::new(row, "geometry", &part, reason).of(code(of, id))),
        }
    }

    fn take(&mut self, Block { shared, groups }: Block) -> Result<(), Broken> {
        for group in groups {
            for node in group.nodes {
                let Node { id, keys, values, lat, lon } = wire::read(node)?;
                self.node(&shared, id, (lon, lat), pairs(&keys, &values)?)?;
            }
            self.dense(&shared, &group.dense.unwrap_or_default())?;
            for way in group.ways {
                self.way(&shared, &wire::read(way)?)?;
            }
            for relation in group.relations {
                self.relation(&shared, &wire::read(relation)?)?;
            }
        }
        let kept = self.nodes.bytes() + self.ways.bytes();
        if kept > self.most {
            let most = self.most;
            return Err(format!(
                "nodes and ways that take {kept} bytes of memory, at most {most} are kept: cut it with osmium extract"
            ));
        }
        Ok(())
    }

    /// Refuses a file that ends before its ways do.
    fn complete(&self) -> Result<(), Broken> {
        let loose = self.bare.saturating_sub(self.named);
        if loose < LOOSE || loose < self.bare / 10 {
            return Ok(());
        }
        Err(format!(
            "the file is cut off between two blocks: {loose} of its nodes or more have no tags and are in no way"
        ))
    }

    /// Refuses what does not come after what came last.
    fn follow(&mut self, of: Type, id: i64) -> Result<(), Broken> {
        if !(0..nodes::MOST).contains(&id) {
            return Err(format!("{} has no number of OpenStreetMap's", code(of, id)));
        }
        let (before, last) = self.last;
        if (of, id) <= self.last {
            let (this, last) = (code(of, id), code(before, last));
            return Err(format!("{this} comes after {last}: sort the file by type and number with osmium sort"));
        }
        if of != before {
            self.nodes.close();
        }
        if of == Type::Relation && before != Type::Relation {
            self.nodes = Nodes::default();
        }
        self.last = (of, id);
        Ok(())
    }

    fn dense(&mut self, shared: &Shared, dense: &DenseNodes) -> Result<(), Broken> {
        let DenseNodes { ids, lats, lons, keys_values } = dense;
        if ids.len() != lats.len() || ids.len() != lons.len() {
            return Err(format!("{} nodes have {} latitudes and {} longitudes", ids.len(), lats.len(), lons.len()));
        }
        let mut tags = keys_values.as_slice();
        let (mut id, mut lat, mut lon) = (0, 0, 0);
        for i in 0..ids.len() {
            (id, lat, lon) = (sum(id, ids[i])?, sum(lat, lats[i])?, sum(lon, lons[i])?);
            let own = tags.chunks(2).position(|pair| pair[0] == 0).unwrap_or(tags.len().div_ceil(2)) * 2;
            let (pairs, rest) = tags.split_at_checked(own).ok_or("a key without a value")?;
            tags = rest.get(1..).unwrap_or_default();
            // A number below zero is beyond all texts, too.
            let pairs = pairs.chunks_exact(2).map(|pair| (pair[0].cast_unsigned(), pair[1].cast_unsigned()));
            self.node(shared, id, (lon, lat), pairs)?;
        }
        if tags.is_empty() { Ok(()) } else { Err("tags of more nodes than there are".to_owned()) }
    }

    fn node(
        &mut self,
        shared: &Shared,
        id: i64,
        at: (i64, i64),
        tags: impl ExactSizeIterator<Item = (u32, u32)>,
    ) -> Result<(), Broken> {
        self.follow(Type::Node, id)?;
        let at = shared.place(at.0, at.1);
        if let Some(at) = at {
            self.nodes.push(id, at);
        }
        if tags.len() == 0 {
            self.bare += 1;
            return Ok(());
        }
        let tags = Tags::new(&shared.texts, tags)?;
        if of_use(&tags) {
            let nowhere = || (code(Type::Node, id), "is at no place on earth".to_owned());
            let shape = at.map(|at| Outline::Drawn(Shape::Point(at))).ok_or_else(nowhere);
            self.push(Type::Node, id, tags, shape)?;
        }
        Ok(())
    }

    fn way(&mut self, shared: &Shared, way: &Way) -> Result<(), Broken> {
        self.follow(Type::Way, way.id)?;
        let tags = Tags::new(&shared.texts, pairs(&way.keys, &way.values)?)?;
        let ids = sums(&way.nodes)?;
        self.named += ids.len() as u64;
        let lost = |node: i64| (code(Type::Node, node), "is a node of it and has no place in the file".to_owned());
        let line: Result<Vec<Fixed>, Flaw> = if ids.len() > OSM_WAY_NODES {
            Err((ids.len().to_string(), format!("are more nodes than the {OSM_WAY_NODES} that a way may have")))
        } else if way.lats.is_empty() && way.lons.is_empty() {
            ids.iter().map(|id| self.nodes.find(*id).ok_or_else(|| lost(*id))).collect()
        } else {
            let (lons, lats) = (sums(&way.lons)?, sums(&way.lats)?);
            if lons.len() != ids.len() || lats.len() != ids.len() {
                return Err(format!("w{} has other positions than nodes", way.id));
            }
            let places = ids.iter().zip(lons).zip(lats);
            places.map(|((id, lon), lat)| shared.place(lon, lat).ok_or_else(|| lost(*id))).collect()
        };
        self.ways.push(way.id, line.as_deref().unwrap_or_default());
        if of_use(&tags) {
            let closed = ids.len() > 2 && ids.first() == ids.last();
            let area = closed && is_area(|key| tags.get(key));
            let shape = line.map(if area { Shape::Area } else { Shape::Line });
            self.push(Type::Way, way.id, tags, shape.map(Outline::Drawn))?;
        }
        Ok(())
    }

    fn relation(&mut self, shared: &Shared, relation: &Relation) -> Result<(), Broken> {
        self.follow(Type::Relation, relation.id)?;
        let Relation { id, keys, values, members, types } = relation;
        let tags = Tags::new(&shared.texts, pairs(keys, values)?)?;
        let members = sums(members)?;
        if members.len() != types.len() {
            return Err(format!("r{id} has {} members and {} types", members.len(), types.len()));
        }
        self.named += types.iter().filter(|of| **of == wire::NODE).count() as u64;
        if matches!(tags.get("type"), Some("multipolygon" | "boundary")) && of_use(&tags) {
            let ways = members.iter().zip(types).filter(|(_, of)| **of == wire::WAY).map(|(id, _)| *id);
            self.push(Type::Relation, *id, tags, Ok(Outline::Ways(ways.collect())))?;
        }
        Ok(())
    }

    /// The lines of ways, each once however often it is named.
    fn borders(&self, ways: &[i64]) -> Result<Shape, Flaw> {
        let (mut seen, mut positions) = (HashSet::new(), 0);
        let line = |id: i64| match self.ways.find(id) {
            Some(line) if positions + line.len() > OSM_AREA_POSITIONS => {
                let reason =
                    format!("is a border of it beyond the {OSM_AREA_POSITIONS} positions that an area may have");
                Err((code(Type::Way, id), reason))
            }
            Some(line) if !line.is_empty() => {
                positions += line.len();
                Ok(line)
            }
            Some(_) => Err((code(Type::Way, id), "is a border of it and lacks nodes in the file".to_owned())),
            None => Err((code(Type::Way, id), "is a border of it and not in the file".to_owned())),
        };
        let lines: Vec<Vec<Fixed>> =
            ways.iter().copied().filter(|id| seen.insert(*id)).map(line).collect::<Result<_, _>>()?;
        if lines.is_empty() { Err((String::new(), "it has no borders".to_owned())) } else { Ok(Shape::Borders(lines)) }
    }

    fn push(&mut self, of: Type, id: i64, tags: Tags, shape: Result<Outline, Flaw>) -> Result<(), Broken> {
        if self.ready.len() == OSM_BLOCK_ROWS {
            return Err(format!("a block of more than {OSM_BLOCK_ROWS} things: write it anew with osmium cat"));
        }
        self.ready.push_back(Waiting { of, id, tags, shape });
        Ok(())
    }
}

impl Shared {
    fn place(&self, lon: i64, lat: i64) -> Option<Fixed> {
        let nano = |offset: i64, steps: i64| offset.checked_add(self.granularity.checked_mul(steps)?);
        Fixed::of_nano(nano(self.lon_offset, lon)?, nano(self.lat_offset, lat)?)
    }
}

/// Whether a thing with these tags is worth a row.
fn of_use(tags: &Tags) -> bool {
    !matches!(ContextClass::of_osm(|key| tags.get(key)), (ContextClass::Other, "" | "no"))
}

fn pairs<'a>(
    keys: &'a [u32],
    values: &'a [u32],
) -> Result<impl ExactSizeIterator<Item = (u32, u32)> + use<'a>, Broken> {
    if keys.len() != values.len() {
        return Err(format!("{} keys have {} values", keys.len(), values.len()));
    }
    Ok(keys.iter().copied().zip(values.iter().copied()))
}

fn sum(before: i64, step: i64) -> Result<i64, Broken> {
    before.checked_add(step).ok_or_else(|| "numbers that add up to none".to_owned())
}

/// What differences add up to.
fn sums(steps: &[i64]) -> Result<Vec<i64>, Broken> {
    let mut at = 0;
    steps.iter().map(|step| sum(at, *step).inspect(|next| at = *next)).collect()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod writer;
