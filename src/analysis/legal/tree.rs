//! Rectangles of a plane in a tree that is built once.

use geo::Coord;

/// Children of a node.
const FAN: usize = 16;

/// An upright rectangle, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// South-west corner.
    pub min: Coord<f64>,
    /// North-east corner.
    pub max: Coord<f64>,
}

impl Extent {
    /// Meets nothing; joined with another it is the other.
    pub const NOTHING: Extent = Extent {
        min: Coord { x: f64::INFINITY, y: f64::INFINITY },
        max: Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY },
    };

    /// The smallest around points.
    pub fn around<'a>(points: impl IntoIterator<Item = &'a Coord<f64>>) -> Extent {
        points.into_iter().fold(Extent::NOTHING, |e, p| e.join(&Extent { min: *p, max: *p }))
    }

    /// The smallest around two places.
    pub fn of(a: Coord<f64>, b: Coord<f64>) -> Extent {
        Extent { min: Coord { x: a.x.min(b.x), y: a.y.min(b.y) }, max: Coord { x: a.x.max(b.x), y: a.y.max(b.y) } }
    }

    /// The smallest around both.
    pub fn join(&self, other: &Extent) -> Extent {
        Extent {
            min: Coord { x: self.min.x.min(other.min.x), y: self.min.y.min(other.min.y) },
            max: Coord { x: self.max.x.max(other.max.x), y: self.max.y.max(other.max.y) },
        }
    }

    /// Farther out on each side.
    pub fn grown(&self, by: f64) -> Extent {
        let by = Coord { x: by, y: by };
        Extent { min: self.min - by, max: self.max + by }
    }

    /// Whether they share a point.
    pub fn meets(&self, other: &Extent) -> bool {
        self.min.x <= other.max.x && other.min.x <= self.max.x && self.min.y <= other.max.y && other.min.y <= self.max.y
    }

    /// Metres to a point; 0 inside.
    pub fn distance(&self, to: Coord<f64>) -> f64 {
        let x = (self.min.x - to.x).max(to.x - self.max.x).max(0.0);
        let y = (self.min.y - to.y).max(to.y - self.max.y).max(0.0);
        x.hypot(y)
    }

    /// Half its outline, metres.
    pub fn reach(&self) -> f64 {
        (self.max.x - self.min.x) + (self.max.y - self.min.y)
    }

    fn middle(&self) -> Coord<f64> {
        (self.min + self.max) / 2.0
    }
}

/// A packed tree by sort-tile-recursive (Leutenegger, Lopez and Edgington 1997, <https://doi.org/10.1109/ICDE.1997.582015>).
///
/// Built in n log n; a question costs about log n and what it finds. The same rectangles give the same tree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    /// What the lowest rectangles are of.
    ids: Vec<u32>,
    /// From the lowest to the highest; each node has [`FAN`] children in a row below.
    levels: Vec<Vec<Extent>>,
}

impl Tree {
    /// Of rectangles by number.
    pub fn new(extents: &[Extent]) -> Tree {
        let mut ids: Vec<u32> = (0..).take(extents.len()).collect();
        let middle = |id: &u32| extents[*id as usize].middle();
        ids.sort_unstable_by(|a, b| middle(a).x.total_cmp(&middle(b).x).then(a.cmp(b)));
        let slabs = extents.len().div_ceil(FAN).isqrt().max(1);
        for slab in ids.chunks_mut(extents.len().div_ceil(slabs).next_multiple_of(FAN).max(FAN)) {
            slab.sort_unstable_by(|a, b| middle(a).y.total_cmp(&middle(b).y).then(a.cmp(b)));
        }
        let mut levels = vec![ids.iter().map(|id| extents[*id as usize]).collect::<Vec<Extent>>()];
        while let Some(below) = levels.last().filter(|l| l.len() > 1) {
            let join = |row: &[Extent]| row.iter().fold(Extent::NOTHING, |all, e| all.join(e));
            let above = below.chunks(FAN).map(join).collect();
            levels.push(above);
        }
        Tree { ids, levels }
    }

    /// Whether one that shares a point with the window is `wanted`; stops at the first.
    pub fn any(&self, window: &Extent, mut wanted: impl FnMut(u32) -> bool) -> bool {
        match self.levels.last() {
            Some(top) if !top.is_empty() => self.look(self.levels.len() - 1, 0, window, &mut wanted),
            _ => false,
        }
    }

    /// Everything that shares a point with the window, in no order that means anything, yet always in the same.
    pub fn each(&self, window: &Extent, mut found: impl FnMut(u32)) {
        self.any(window, |id| {
            found(id);
            false
        });
    }

    fn look(&self, level: usize, first: usize, window: &Extent, wanted: &mut impl FnMut(u32) -> bool) -> bool {
        let row = &self.levels[level];
        (first..row.len().min(first + FAN))
            .filter(|n| row[*n].meets(window))
            .any(|n| if level == 0 { wanted(self.ids[n]) } else { self.look(level - 1, n * FAN, window, wanted) })
    }

    /// The nearest to a point by `measure`, which never says less than the distance to the rectangle; the smaller number where
    /// two are as near. `None` where there is nothing nearer than `reach`.
    pub fn nearest(&self, at: Coord<f64>, reach: f64, mut measure: impl FnMut(u32) -> f64) -> Option<(u32, f64)> {
        let mut best: Option<(u32, f64)> = None;
        // Nodes still to be looked at, the nearest last.
        let mut open: Vec<(f64, usize, usize)> = Vec::new();
        let top = self.levels.len().checked_sub(1).filter(|top| !self.levels[*top].is_empty())?;
        open.push((0.0, top, 0));
        while let Some((lower, level, first)) = open.pop() {
            if lower > best.map_or(reach, |b| b.1) {
                continue;
            }
            let row = &self.levels[level];
            let mut near: Vec<(f64, usize)> =
                (first..row.len().min(first + FAN)).map(|n| (row[n].distance(at), n)).collect();
            near.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
            for (distance, n) in near {
                if level > 0 {
                    open.push((distance, level - 1, n * FAN));
                } else if distance <= best.map_or(reach, |b| b.1) {
                    let (id, exact) = (self.ids[n], measure(self.ids[n]));
                    if exact < reach && best.is_none_or(|b| (exact, id) < (b.1, b.0)) {
                        best = Some((id, exact));
                    }
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    fn scattered(rng: &mut StdRng, n: usize) -> Vec<Extent> {
        let mut one = || {
            let min = Coord { x: rng.random_range(0.0..1000.0), y: rng.random_range(0.0..300.0) };
            Extent { min, max: min + Coord { x: rng.random_range(0.0..9.0), y: rng.random_range(0.0..40.0) } }
        };
        (0..n).map(|_| one()).collect()
    }

    #[test]
    fn a_window_finds_what_looking_at_all_finds() {
        let mut rng = StdRng::seed_from_u64(1);
        for n in [0, 1, 15, 16, 17, 300, 5_000] {
            let all = scattered(&mut rng, n);
            let tree = Tree::new(&all);
            for window in scattered(&mut rng, 50) {
                let mut found = Vec::new();
                tree.each(&window, |id| found.push(id as usize));
                found.sort_unstable();
                let expected: Vec<usize> = (0..n).filter(|i| all[*i].meets(&window)).collect();
                assert_eq!(found, expected, "{n}");
                assert_eq!(tree.any(&window, |_| true), !expected.is_empty());
            }
        }
    }

    #[test]
    fn the_nearest_is_the_nearest_of_all() {
        let mut rng = StdRng::seed_from_u64(2);
        for n in [0, 1, 16, 17, 2_000] {
            let all = scattered(&mut rng, n);
            let tree = Tree::new(&all);
            for _ in 0..100 {
                let at = Coord { x: rng.random_range(-100.0..1100.0), y: rng.random_range(-100.0..400.0) };
                let distance = |id: u32| all[id as usize].distance(at);
                let expected = (0..)
                    .take(n)
                    .map(|id| (id, distance(id)))
                    .min_by(|a, b| (a.1, a.0).partial_cmp(&(b.1, b.0)).unwrap());
                assert_eq!(tree.nearest(at, f64::INFINITY, distance), expected);
                assert_eq!(tree.nearest(at, 20.0, distance), expected.filter(|e| e.1 < 20.0));
            }
        }
    }
}
