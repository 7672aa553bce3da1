//! Areas beside a store that no server holds: drawing grids, finding faults.

use super::{AppError, load};
use crate::analysis::divide::{Division, Parent, divide, grids};
use crate::analysis::topology::{self, Finding, Limits};
use crate::geom::LonLat;
use crate::model::gridcode::Place;
use crate::model::{Area, AreaEnd, Change, Kind, Level, ModelError};
use crate::state::{AreaId, State};
use crate::store::{Batch, Entry, Store};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::num::NonZeroU32;

/// How to draw grids.
#[derive(Debug, Clone)]
pub struct DivideSpec {
    /// Areas of this level are divided.
    pub within: Level,
    /// Most households of a grid.
    pub households: NonZeroU32,
    /// Whether grids that are there end today; else they are refused.
    pub replace: bool,
    /// Who answers for it.
    pub author: String,
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Divided {
    /// Areas that were divided.
    pub parents: usize,
    /// Grids drawn.
    pub grids: usize,
    /// Fewest, middle and most households of a grid.
    pub households: [u32; 3],
    /// Codes of grids with more households than allowed: no line parts those at one place.
    pub over: Vec<String>,
    /// Households in none of the Areas that were divided.
    pub outside: usize,
}

/// Divides every living Area of a level into grids, and stores them. All or nothing.
pub fn divide_areas(store: &mut Store, spec: &DivideSpec) -> Result<Divided, AppError> {
    if spec.within == Level::Grid {
        return Err(ModelError::new("within", "grid", "county, township or village: a grid is not divided").into());
    }
    let state = load(store, |kind| matches!(kind, Kind::Area | Kind::AreaEnd | Kind::Household))?;
    let at = Timestamp::now();
    let mut changes = Vec::new();
    let standing: Vec<&Area> =
        state.living_areas().map(|(_, e)| e.area.as_ref()).filter(|a| a.level == Level::Grid).collect();
    if !standing.is_empty() && !spec.replace {
        let expected = "none, or --replace, which ends them today";
        return Err(ModelError::new("grids", format!("{} grids", standing.len()), expected).into());
    }
    let parents: Vec<(AreaId, &Area)> =
        state.living_areas().map(|(id, e)| (id, e.area.as_ref())).filter(|(_, a)| a.level == spec.within).collect();
    if parents.is_empty() {
        return Err(AppError::NotFound { what: "area of level", name: spec.within.to_string() });
    }
    let (positions, outside) = positions(&state, &parents);
    let asked: Vec<Parent<'_>> =
        parents.iter().zip(&positions).map(|((_, area), households)| Parent { area, households }).collect();
    let mut drawn: Vec<Area> = Vec::new();
    let mut codes = BTreeSet::new();
    let mut over = Vec::new();
    let mut sizes = Vec::new();
    for ((id, parent), Division { pieces, .. }) in parents.iter().zip(divide(&asked, spec.households)?) {
        let marks: Vec<(u32, bool)> = pieces.iter().map(|piece| (piece.households, piece.over)).collect();
        for (grid, (households, too_many)) in grids(parent, place(&state, *id)?, pieces)?.into_iter().zip(marks) {
            sizes.push(households);
            if !codes.insert(grid.code.clone()) {
                let expected = "one area's only: two areas of this level have codes that end in the same digits";
                return Err(ModelError::new("grid code", &grid.code, expected).into());
            }
            if too_many {
                over.push(grid.code.to_string());
            }
            drawn.push(grid);
        }
    }
    // A grid that keeps its code is redrawn; the others end.
    let today = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let ended = standing.iter().filter(|grid| !codes.contains(&grid.code));
    changes.extend(ended.map(|grid| Change::AreaEnded(AreaEnd { code: grid.code.clone(), valid_to: today })));
    changes.extend(drawn.into_iter().map(Change::AreaPut));
    let entries = changes.iter().map(Entry::from).collect();
    store.append(&[Batch { at, author: spec.author.as_str().into(), entries }])?;
    sizes.sort_unstable();
    let pick = |i: usize| sizes.get(i).copied().unwrap_or_default();
    let households = [pick(0), pick(sizes.len() / 2), pick(sizes.len().saturating_sub(1))];
    Ok(Divided { parents: parents.len(), grids: sizes.len(), households, over, outside })
}

/// The households of each parent, and how many are in none. A household counts where the map counts it.
fn positions(state: &State, parents: &[(AreaId, &Area)]) -> (Vec<Vec<LonLat>>, usize) {
    let mut positions = vec![Vec::new(); parents.len()];
    let mut outside = 0;
    for household in state.households() {
        let codes: Vec<_> = state.area_chain(household.area).map(|entry| &entry.area.code).collect();
        match parents.iter().position(|(_, parent)| codes.contains(&&parent.code)) {
            Some(i) => positions[i].push(household.at),
            None => outside += 1,
        }
    }
    (positions, outside)
}

/// The digits that a parent's grids begin with: of its county, township and village, as far as it has them.
fn place(state: &State, parent: AreaId) -> Result<Place, ModelError> {
    let code =
        |level: Level| state.area_chain(Some(parent)).find(|e| e.area.level == level).map(|e| e.area.code.as_str());
    Place::of_codes(code(Level::County).unwrap_or("000000"), code(Level::Township), code(Level::Village))
}

/// Gaps, overlaps, slivers and orphans of the living Areas, level by level from the widest.
pub fn check_areas(store: &Store, limits: &Limits) -> Result<Vec<Finding>, AppError> {
    let state = load(store, |kind| matches!(kind, Kind::Area | Kind::AreaEnd))?;
    let all: Vec<&Area> = state.living_areas().map(|(_, entry)| entry.area.as_ref()).collect();
    let mut findings = Vec::new();
    for level in Level::ALL {
        let areas: Vec<&Area> = all.iter().copied().filter(|a| a.level == level).collect();
        let parents: Vec<&Area> = all.iter().copied().filter(|a| a.level < level).collect();
        findings.extend(topology::check(&areas, &parents, limits)?);
    }
    Ok(findings)
}
