//! Which Area belongs to which: by the code that it names, or by its place.

use crate::formats::RowProblem;
use crate::model::{Area, Code, Level};
use crate::state::State;
use geo::{InteriorPoint, Intersects};
use hashbrown::HashMap;

/// Areas of a file beside those of the store, waiting until all of them are there.
pub(super) struct Placing {
    stored: HashMap<Code, Area>,
    added: Vec<(u64, Area)>,
}

impl Placing {
    /// Over the Areas that the store holds.
    pub fn new(state: &State) -> Placing {
        let stored = state.living_areas().map(|(_, e)| (e.area.code.clone(), Area::clone(&e.area))).collect();
        Placing { stored, added: Vec::new() }
    }

    /// Takes an Area of the file.
    pub fn add(&mut self, row: u64, area: Area) {
        self.added.push((row, area));
    }

    /// Gives every Area its parent: the one it names, which must be known and of a wider level; else the lowest wider Area
    /// that holds a point inside it; else none.
    pub fn finish(self) -> impl Iterator<Item = Result<Area, RowProblem>> {
        let Placing { mut stored, added } = self;
        let mut wider: HashMap<Level, Vec<Area>> = HashMap::new();
        for (_, area) in &added {
            stored.insert(area.code.clone(), area.clone());
        }
        for area in stored.values() {
            wider.entry(area.level).or_default().push(area.clone());
        }
        for areas in wider.values_mut() {
            areas.sort_unstable_by(|a, b| a.code.cmp(&b.code));
        }
        added.into_iter().map(move |(row, area)| match &area.parent {
            Some(parent) => match stored.get(parent) {
                Some(known) if known.level < area.level => Ok(area),
                found => {
                    let reason = found.map_or_else(
                        || "no area with this code is known or in the file".to_owned(),
                        |known| format!("is a {}, not wider than a {}", known.level, area.level),
                    );
                    Err(RowProblem::new(row, "parent", parent.as_str(), reason).of(area.code.to_string()))
                }
            },
            None => Ok(Area { parent: holder(&wider, &area), ..area }),
        })
    }
}

fn holder(wider: &HashMap<Level, Vec<Area>>, area: &Area) -> Option<Code> {
    let inside = area.geometry.interior_point()?;
    let levels = Level::ALL.into_iter().rev().filter(|level| *level < area.level);
    levels
        .filter_map(|level| wider.get(&level)?.iter().find(|wide| wide.geometry.intersects(&inside)))
        .map(|wide| wide.code.clone())
        .next()
}
