//! Areas as a tile draws them: each by itself, or those below a pixel together, for the Area above them.

use super::dissolve::dissolve;
use super::features::AreaFeature;
use super::grid::{Grid, Point, Window};
use super::shape::{Frame, Shape};
use crate::geom::borders::Outline;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use std::collections::BTreeSet;

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

/// What a tile draws of some Areas, wide ones first, so that narrow ones are drawn over them.
pub(super) fn drawn<'a>(frame: &Frame, areas: &'a [AreaFeature<'a>]) -> Vec<Drawn<'a>> {
    let (small, alone): (Vec<_>, Vec<_>) = areas.iter().partition(|area| area.merges_into.is_some());
    let mut drawn = merged(frame, &small, &alone);
    let by_itself = |area| Some(Drawn { area, shape: frame.area(area.outline)?, merged: None });
    drawn.extend(alone.into_iter().filter_map(by_itself));
    drawn.sort_unstable_by_key(|d| (d.area.level, d.area.code));
    drawn
}

/// An area below a pixel that a tile shows.
struct Small<'a> {
    above: &'a AreaFeature<'a>,
    window: Window,
    rings: Vec<Vec<Point>>,
    /// Whether it shares a point with an area that somebody else draws.
    touches: bool,
}

/// Small areas as those above draw them: the common outline of those that hang together. Where that has no area, or where an
/// island is below a pixel and nothing else surrounds it, the pixel in which its middle lies stands for it.
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
    let mut groups = hanging_together(&mut small);
    let owners: HashMap<Point, usize> =
        small.iter().enumerate().flat_map(|(i, s)| s.rings.iter().flatten().map(move |p| (*p, i))).collect();
    for ring in alone.iter().filter(|area| frame.visible(area.outline).is_some()).flat_map(|area| area.outline.rings())
    {
        for owner in frame.rounded(ring).iter().filter_map(|point| owners.get(point)) {
            small[*owner].touches = true;
        }
    }
    let mut members: HashMap<usize, Small<'a>> = HashMap::new();
    let mut counts: HashMap<u64, (&AreaFeature<'a>, u32)> = HashMap::new();
    for (i, one) in small.into_iter().enumerate() {
        counts.entry(one.above.id).or_insert((one.above, 0)).1 += 1;
        match members.entry(groups.of(i)) {
            Entry::Vacant(entry) => {
                entry.insert(one);
            }
            Entry::Occupied(mut entry) => {
                let group = entry.get_mut();
                group.window = group.window.union(&one.window);
                group.touches |= one.touches;
                group.rings.extend(one.rings);
            }
        }
    }
    let mut parts: HashMap<u64, (Vec<Vec<Vec<Point>>>, BTreeSet<Vec<Point>>)> = HashMap::new();
    for group in members.into_values() {
        let (outlines, pixels) = parts.entry(group.above.id).or_default();
        let lone = group.window.below_a_pixel() && !group.touches;
        let outline = if lone { Vec::new() } else { dissolve(&group.rings) };
        if outline.is_empty() {
            pixels.insert(group.window.pixel_of_middle().corners());
        } else {
            outlines.push(outline);
        }
    }
    let drawn = |(id, (mut outlines, pixels)): (u64, (Vec<Vec<Vec<Point>>>, BTreeSet<Vec<Point>>))| {
        let (area, count) = counts.get(&id)?;
        outlines.sort_unstable();
        outlines.push(dissolve(&Vec::from_iter(pixels)));
        let rings = frame.clipped(outlines.into_iter().flatten());
        (!rings.is_empty()).then_some(Drawn { area, shape: Shape::Rings(rings), merged: Some(*count) })
    };
    parts.into_iter().filter_map(drawn).collect()
}

/// Finds which small areas share a point; of those that different areas draw, notes it.
fn hanging_together(small: &mut [Small<'_>]) -> Groups {
    let mut groups = Groups::new(small.len());
    let mut owners: HashMap<Point, Vec<usize>> = HashMap::new();
    for i in 0..small.len() {
        for point in small[i].rings.iter().flatten() {
            let here = owners.entry(*point).or_default();
            if here.last() != Some(&i) {
                here.push(i);
            }
        }
    }
    for here in owners.values() {
        for (n, i) in here.iter().enumerate() {
            let ours = small[*i].above.id;
            // One of each that draws is enough.
            match here[..n].iter().find(|j| small[**j].above.id == ours) {
                Some(j) => groups.join(*i, *j),
                None if n > 0 => {
                    small[*i].touches = true;
                    small[here[0]].touches = true;
                }
                None => {}
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
