//! What a tile is made of: plain values, and the row that each of them shows.

use super::layers::{AREA, CELL, CONTEXT, HOUSEHOLD};
use super::merge::Crowd;
use crate::geom::Lattice;
use crate::geom::borders::Outline;
use crate::model::{Area, Code, ContextFeature, Level, Outcome, Status, Tally};
use std::fmt::Write as _;

/// What one tile is made of; an empty list leaves its layer out.
///
/// The order within a list does not matter. Lists may hold more than the tile shows: what lies outside is dropped.
#[derive(Debug, Clone, Copy, Default)]
pub struct Content<'a> {
    /// Areas that touch the tile or its buffer.
    pub areas: &'a [AreaFeature<'a>],
    /// Households in the tile, one by one or as cells.
    pub households: Households<'a>,
    /// Base map that touches the tile or its buffer. What [`context_min_zoom`](super::context_min_zoom) does not show at the
    /// tile's zoom is dropped; not to gather it at all saves more.
    pub context: &'a [&'a ContextFeature],
}

/// Households of a tile.
#[derive(Debug, Clone, Copy)]
pub enum Households<'a> {
    /// One by one.
    Points(&'a [HouseholdFeature<'a>]),
    /// Counted in cells. Every household of the tile stands in one of them.
    Cells(&'a [CellFeature]),
}

impl Default for Households<'_> {
    fn default() -> Self {
        Households::Points(&[])
    }
}

/// An Area as the map shows it.
#[derive(Debug, Clone, Copy)]
pub struct AreaFeature<'a> {
    /// Stable number of the feature: the same in every tile and at every zoom.
    pub id: u64,
    /// Identity.
    pub code: &'a Code,
    /// For people.
    pub name: &'a str,
    /// How far down it stands.
    pub level: Level,
    /// The Area that it belongs to.
    pub parent: Option<&'a Code>,
    /// Its households, in the campaign asked for; `None` where its figures are held back.
    pub tally: Option<Tally>,
    /// Its border.
    pub outline: &'a Outline,
    /// The Area above that draws it, for one that [`is_below_a_pixel`](super::is_below_a_pixel) of the tile's zoom; where there
    /// is none, it is drawn as a pixel of its own.
    pub merges_into: Option<&'a AreaFeature<'a>>,
}

impl<'a> AreaFeature<'a> {
    /// The shown part of an Area.
    #[must_use]
    pub fn of(id: u64, area: &'a Area, outline: &'a Outline, tally: impl Into<Option<Tally>>) -> AreaFeature<'a> {
        let tally = tally.into();
        let Area { code, name, level, parent, .. } = area;
        AreaFeature { id, code, name, level: *level, parent: parent.as_ref(), tally, outline, merges_into: None }
    }
}

/// A Household as those who may see it see it on the map.
#[derive(Debug, Clone, Copy)]
pub struct HouseholdFeature<'a> {
    /// Stable number of the feature.
    pub id: u64,
    /// Where its door is.
    pub at: Lattice,
    /// Identity.
    pub code: &'a str,
    /// Whether somebody lives there.
    pub status: Status,
    /// Whether it counts, in the campaign asked for.
    pub eligible: bool,
    /// What came of the visits, in the campaign asked for; `None` if nobody called.
    pub outcome: Option<Outcome>,
}

/// Several households of one tile, drawn as one point.
#[derive(Debug, Clone, Copy)]
pub struct CellFeature {
    /// Mean position of its households.
    pub at: Lattice,
    /// Its households, in the campaign asked for.
    pub tally: Tally,
}

/// A value of a field, with the type that a tile gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    /// One that hardly any other feature has.
    Text(&'a str),
    /// One of a few.
    Word(&'static str),
    Uint(u32),
    Double(f64),
    Bool(bool),
}

/// What a feature shows: one value for each field of its table, in the table's order. `None` is absent.
pub(super) type Row<'a, const N: usize> = [Option<Value<'a>>; N];

/// `merged` is how many Areas below a pixel it stands for.
pub(super) fn area_row<'a>(area: &AreaFeature<'a>, merged: Option<u32>) -> Row<'a, { AREA.len() }> {
    let (code, parent) = (Value::Text(area.code.as_str()), area.parent.map(|code| Value::Text(code.as_str())));
    tally_row([Some(code), Some(Value::Text(area.name))], area.level, parent, area.tally.as_ref(), merged)
}

/// Without a name, as no single Area has one for all.
pub(super) fn crowd_row(crowd: &Crowd) -> Row<'static, { AREA.len() }> {
    tally_row([None, None], crowd.level, None, crowd.tally.as_ref(), Some(crowd.areas))
}

fn tally_row<'a>(
    [code, name]: [Option<Value<'a>>; 2],
    level: Level,
    parent: Option<Value<'a>>,
    tally: Option<&Tally>,
    merged: Option<u32>,
) -> Row<'a, { AREA.len() }> {
    [
        code,
        name,
        Some(Value::Word(level.as_str())),
        parent,
        tally.map(|tally| Value::Uint(tally.eligible)),
        tally.map(|tally| Value::Uint(tally.visited())),
        tally.map(|tally| Value::Uint(tally.unvisited())),
        tally.and_then(Tally::rate).map(Value::Double),
        merged.map(Value::Uint),
    ]
}

pub(super) fn household_row<'a>(household: &HouseholdFeature<'a>) -> Row<'a, { HOUSEHOLD.len() }> {
    let eligible = household.eligible;
    [
        Some(Value::Text(household.code)),
        Some(Value::Word(household.status.as_str())),
        Some(Value::Word(household.outcome.map_or("none", Outcome::as_str))),
        Some(Value::Bool(eligible)),
        Some(Value::Bool(eligible && household.outcome.is_some_and(Outcome::counts))),
    ]
}

/// `short` is what [`abbreviate`] makes of the cell's households.
pub(super) fn cell_row<'a>(cell: &CellFeature, short: &'a str) -> Row<'a, { CELL.len() }> {
    let tally = &cell.tally;
    [
        Some(Value::Bool(true)),
        Some(Value::Uint(tally.households)),
        Some(Value::Text(short)),
        Some(Value::Double((f64::from(tally.households).sqrt() * 100.0).round() / 100.0)),
        Some(Value::Uint(tally.eligible)),
        Some(Value::Uint(tally.visited())),
        Some(Value::Uint(tally.unvisited())),
    ]
}

pub(super) fn context_row(feature: &ContextFeature) -> Row<'_, { CONTEXT.len() }> {
    [
        Some(Value::Word(feature.class.as_str())),
        (!feature.kind.is_empty()).then_some(Value::Text(&feature.kind)),
        feature.name.as_deref().map(Value::Text),
    ]
}

/// Writes a count in at most five characters below ten million, as supercluster rounds it (mapbox/supercluster `index.js`,
/// `getClusterProperties`), always text as tippecanoe writes it.
pub(super) fn abbreviate(count: u32, out: &mut String) {
    let count_of = f64::from(count);
    match count {
        0..1_000 => write!(out, "{count}"),
        1_000..10_000 => write!(out, "{}k", (count_of / 100.0).round() / 10.0),
        _ => write!(out, "{}k", (count_of / 1_000.0).round()),
    }
    .expect("a String takes all that is written to it");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_abbreviated_as_cluster_styles_expect() {
        for (count, expected) in [
            (1, "1"),
            (999, "999"),
            (1_000, "1k"),
            (1_249, "1.2k"),
            (9_990, "10k"),
            (10_400, "10k"),
            (1_680_000, "1680k"),
        ] {
            let mut short = String::new();
            abbreviate(count, &mut short);
            assert_eq!(short, expected);
        }
    }
}
