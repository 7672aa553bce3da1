//! Areas as a tile draws them: each by itself, or those below a pixel together, for the Area above them.

use super::dissolve::dissolve;
use super::features::AreaFeature;
use super::grid::{Grid, PIXEL, Point, Window};
use super::shape::{Frame, Shape};
use crate::geom::borders::Outline;
use crate::model::{Level, Tally};
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Whether an area is smaller than a pixel of a zoom both ways (512 pixels a tile), so that the Area above draws it.
#[must_use]
pub fn is_below_a_pixel(area: &Outline, z: u8) -> bool {
    area.bounds().is_some_and(|bounds| Grid::of_zoom(z).window_of(&bounds).below_a_pixel())
}

/// An Area that a tile draws.
pub(super) struct Drawn<'a> {
    pub(super) area: &'a AreaFeature<'a>,
    pub(super) shape: Shape,
    /// How many Areas below a pixel it stands for; `None` for one drawn by itself.
    pub(super) merged: Option<u32>,
}

/// What a tile draws of some Areas, wide ones first, so that narrow ones are drawn over them. Those of [`crowds`] are left to them.
pub(super) fn drawn<'a>(frame: &Frame, areas: &'a [AreaFeature<'a>]) -> Vec<Drawn<'a>> {
    let (small, alone): (Vec<_>, Vec<_>) = areas.iter().partition(|area| area.merges_into.is_some());
    let alone: Vec<&AreaFeature<'_>> =
        alone.into_iter().filter(|area: &&AreaFeature<'_>| frame.pixel_of_crowd(area.outline).is_none()).collect();
    let mut drawn = merged(frame, &small, &alone);
    let by_itself = |area| Some(Drawn { area, shape: frame.area(area.outline)?, merged: None });
    drawn.extend(alone.into_iter().filter_map(by_itself));
    drawn.sort_unstable_by_key(|d| (d.area.level, d.area.code));
    drawn
}

/// Areas below a pixel in a tile that is too heavy, with nothing above to draw them: those of one pixel together, without a name.
pub(super) struct Crowd {
    pub(super) shape: Shape,
    pub(super) level: Level,
    /// Of all of them; `None` where that of one is held back.
    pub(super) tally: Option<Tally>,
    /// How many they are.
    pub(super) areas: u32,
}

/// The crowds of a tile, by place. Each stands in the one tile that holds its pixel, so that no Area is counted twice.
pub(super) fn crowds(frame: &Frame, areas: &[AreaFeature<'_>]) -> Vec<Crowd> {
    let mut crowds: BTreeMap<(Vec<Point>, Level), (Option<Tally>, u32)> = BTreeMap::new();
    for area in areas.iter().filter(|area| area.merges_into.is_none()) {
        if let Some(pixel) = frame.crowded(area.outline) {
            let none = (Some(Tally::default()), 0);
            let (tally, count) = crowds.entry((pixel.corners(), area.level)).or_insert(none);
            *tally = tally.zip(area.tally).map(|(mut sum, more)| {
                sum += more;
                sum
            });
            *count += 1;
        }
    }
    let crowd = |((ring, level), (tally, areas))| Crowd { shape: Shape::Rings(vec![ring]), level, tally, areas };
    crowds.into_iter().map(crowd).collect()
}

/// An area below a pixel that a tile shows, or several that hang together.
struct Small<'a> {
    above: &'a AreaFeature<'a>,
    window: Window,
    rings: Vec<Vec<Point>>,
    /// Whether it shares a point with an area that something else draws.
    touches: bool,
}

impl Small<'_> {
    fn join(&mut self, other: Self) {
        self.window = self.window.union(&other.window);
        self.touches |= other.touches;
        self.rings.extend(other.rings);
    }
}

/// Small areas as those above draw them.
fn merged<'a>(frame: &Frame, small: &[&AreaFeature<'a>], alone: &[&AreaFeature<'a>]) -> Vec<Drawn<'a>> {
    let seen = |area: &&AreaFeature<'a>| {
        let (above, window) = (area.merges_into?, frame.visible(area.outline)?);
        let rings = area.outline.rings().map(|ring| frame.rounded(ring)).collect();
        Some(Small { above, window, rings, touches: false })
    };
    let mut small: Vec<Small<'a>> = small.iter().filter_map(seen).collect();
    if small.is_empty() {
        return Vec::new();
    }
    let mut groups = groups(frame, &mut small, alone);
    let mut counts: HashMap<u64, u32> = HashMap::new();
    let mut joined: HashMap<usize, Small<'a>> = HashMap::new();
    for (i, one) in small.into_iter().enumerate() {
        *counts.entry(one.above.id).or_default() += 1;
        match joined.entry(groups.of(i)) {
            Entry::Occupied(mut group) => group.get_mut().join(one),
            Entry::Vacant(place) => drop(place.insert(one)),
        }
    }
    let mut by_drawer: HashMap<u64, Vec<Small<'a>>> = HashMap::new();
    joined.into_values().for_each(|group| by_drawer.entry(group.above.id).or_default().push(group));
    let drawn = |groups: Vec<Small<'a>>| {
        let area = groups.first()?.above;
        let rings = frame.clipped(outline(&groups).into_iter());
        let merged = counts.get(&area.id).copied();
        (!rings.is_empty()).then_some(Drawn { area, shape: Shape::Rings(rings), merged })
    };
    by_drawer.into_values().filter_map(drawn).collect()
}

/// The common outline of groups, each by itself. A pixel, the one in which its middle lies, stands for a group that has no
/// area on the grid, and for an island that is below a pixel and touches nothing.
fn outline(groups: &[Small<'_>]) -> Vec<Vec<Point>> {
    let mut outlines: Vec<Vec<Vec<Point>>> = Vec::new();
    let mut pixels = BTreeSet::new();
    for group in groups {
        let lone = group.window.below_a_pixel() && !group.touches;
        let outline = if lone { Vec::new() } else { dissolve(&group.rings) };
        if outline.is_empty() {
            pixels.insert(group.window.pixel_of_middle(PIXEL).corners());
        } else {
            outlines.push(outline);
        }
    }
    outlines.sort_unstable();
    outlines.push(dissolve(&Vec::from_iter(pixels)));
    outlines.concat()
}

/// Which small areas hang together: share a point, and are drawn by one area. Notes which touch what something else draws.
fn groups(frame: &Frame, small: &mut [Small<'_>], alone: &[&AreaFeature<'_>]) -> Groups {
    let mut groups = Groups::new(small.len());
    let mut corners: Vec<(Point, u64, usize)> = Vec::new();
    for (i, one) in small.iter().enumerate() {
        corners.extend(one.rings.iter().flatten().map(|point| (*point, one.above.id, i)));
    }
    corners.sort_unstable();
    for pair in corners.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let [(_, drawer, i), (_, other, j)] = [pair[0], pair[1]];
        if drawer == other {
            groups.join(i, j);
        } else {
            small[i].touches = true;
            small[j].touches = true;
        }
    }
    for area in alone.iter().filter(|area| frame.visible(area.outline).is_some()) {
        for point in area.outline.rings().flat_map(|ring| frame.rounded(ring)) {
            let at = corners.partition_point(|corner| corner.0 < point);
            // One owner is enough: the others hang together with it, or touch it.
            if let Some((_, _, i)) = corners.get(at).filter(|corner| corner.0 == point) {
                small[*i].touches = true;
            }
        }
    }
    groups
}

/// Which of some things hang together (union-find with path halving; Tarjan and van Leeuwen 1984, doi:10.1145/62.2160).
struct Groups(Vec<usize>);

impl Groups {
    fn new(n: usize) -> Groups {
        Groups((0..n).collect())
    }

    /// The smallest that a thing hangs together with.
    fn of(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests;
