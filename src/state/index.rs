//! The R-trees. The only file that knows `rstar`.
//!
//! Points are indexed in buckets of up to [`BUCKET`] neighbours, and the R-tree holds the buckets: a fortieth of the nodes,
//! some 13 bytes a point instead of 60, and a tile is gathered from contiguous memory.

use crate::geom::{Lattice, LatticeRect, World};
use rstar::{AABB, PointDistance, RTree, RTreeObject};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Most points in one bucket; one more splits it. 64 spots of 12 bytes are twelve cache lines.
const BUCKET: usize = 64;
/// Points in a bucket that is built in one go: room for half as many again before the first split.
const BUCKET_BUILT: usize = 40;

/// A point in the index and the number of what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Where.
    pub at: Lattice,
    /// What.
    pub id: u32,
}

/// The rectangle of one bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
struct BucketRef {
    low: [f64; 2],
    high: [f64; 2],
    bucket: u32,
}

impl RTreeObject for BucketRef {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.low, self.high)
    }
}

impl PointDistance for BucketRef {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        let gap = |axis: usize| (self.low[axis] - point[axis]).max(point[axis] - self.high[axis]).max(0.0);
        gap(0).powi(2) + gap(1).powi(2)
    }
}

/// Neighbours, and between which numbers theirs lie: who looks for low ones passes most buckets by.
struct Bucket {
    spots: Vec<Spot>,
    lowest: u32,
    highest: u32,
}

impl Bucket {
    fn of(spots: Vec<Spot>) -> Bucket {
        let numbers = || spots.iter().map(|spot| spot.id);
        let (lowest, highest) = (numbers().min().unwrap_or(u32::MAX), numbers().max().unwrap_or(0));
        Bucket { spots, lowest, highest }
    }
}

/// Points by place.
#[derive(Default)]
pub struct PointIndex {
    buckets: Vec<Bucket>,
    tree: RTree<BucketRef>,
}

fn corner(at: Lattice) -> [f64; 2] {
    [f64::from(at.x), f64::from(at.y)]
}

fn envelope(rect: &LatticeRect) -> AABB<[f64; 2]> {
    AABB::from_corners(corner(rect.min), corner(rect.max))
}

fn bounds(bucket: u32, spots: &[Spot]) -> BucketRef {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for spot in spots {
        let at = corner(spot.at);
        for axis in 0..2 {
            low[axis] = low[axis].min(at[axis]);
            high[axis] = high[axis].max(at[axis]);
        }
    }
    BucketRef { low, high, bucket }
}

impl PointIndex {
    /// Builds it from all points at once: sorts them along the Z-order curve and cuts the row. O(n log n), on all cores.
    pub fn build(mut spots: Vec<Spot>) -> PointIndex {
        use rayon::prelude::{IntoParallelRefIterator, ParallelIterator, ParallelSlice, ParallelSliceMut};
        spots.par_sort_unstable_by_key(|spot| (spot.at.morton(), spot.id));
        let buckets: Vec<Bucket> = spots.par_chunks(BUCKET_BUILT).map(|spots| Bucket::of(spots.to_vec())).collect();
        let numbered: Vec<(u32, &Bucket)> = (0u32..).zip(&buckets).collect();
        let refs = numbered.par_iter().map(|(n, bucket)| bounds(*n, &bucket.spots)).collect();
        PointIndex { tree: RTree::bulk_load(refs), buckets }
    }

    /// Adds a point. O(log n).
    pub fn insert(&mut self, spot: Spot) {
        let place = corner(spot.at);
        let holds = self.tree.locate_in_envelope_intersecting(&AABB::from_point(place)).next().copied();
        let Some(old) = holds.or_else(|| self.tree.nearest_neighbor(&place).copied()) else {
            self.add_bucket(vec![spot]);
            return;
        };
        let mut spots = std::mem::take(&mut self.buckets[old.bucket as usize].spots);
        spots.push(spot);
        let split = (spots.len() > BUCKET).then(|| halve(&mut spots));
        self.replace(old, spots);
        if let Some(half) = split {
            self.add_bucket(half);
        }
    }

    /// Takes a point away; whether it was there. O(log n).
    pub fn remove(&mut self, spot: Spot) -> bool {
        let around = AABB::from_point(corner(spot.at));
        let found = self.tree.locate_in_envelope_intersecting(&around).find_map(|entry| {
            let position = self.buckets[entry.bucket as usize].spots.iter().position(|s| *s == spot)?;
            Some((*entry, position))
        });
        let Some((old, position)) = found else { return false };
        let mut spots = std::mem::take(&mut self.buckets[old.bucket as usize].spots);
        spots.swap_remove(position);
        self.replace(old, spots);
        true
    }

    fn add_bucket(&mut self, spots: Vec<Spot>) {
        let n = u32::try_from(self.buckets.len()).expect("there are fewer buckets than households, whose numbers fit");
        self.tree.insert(bounds(n, &spots));
        self.buckets.push(Bucket::of(spots));
    }

    /// Gives a bucket other points.
    fn replace(&mut self, old: BucketRef, spots: Vec<Spot>) {
        let new = bounds(old.bucket, &spots);
        if old != new {
            self.tree.remove(&old);
            if !spots.is_empty() {
                self.tree.insert(new);
            }
        }
        self.buckets[old.bucket as usize] = Bucket::of(spots);
    }

    /// Calls `each` for every point of a rectangle. Costs what it finds.
    pub fn within(&self, rect: &LatticeRect, mut each: impl FnMut(Spot)) {
        for entry in self.tree.locate_in_envelope_intersecting(&envelope(rect)) {
            for spot in &self.buckets[entry.bucket as usize].spots {
                if rect.contains(spot.at) {
                    each(*spot);
                }
            }
        }
    }

    /// The lowest numbers above `after` of points of a rectangle that pass `exact`, ascending, at most so many. Costs a look at
    /// each bucket, a fortieth of the points, and at the points of those few that hold low numbers.
    pub fn lowest(
        &self,
        rects: &[LatticeRect],
        after: Option<u32>,
        most: usize,
        exact: impl Fn(u32) -> bool,
    ) -> Vec<u32> {
        let least = after.map_or(Some(0), |after| after.checked_add(1));
        let Some(least) = least.filter(|_| most > 0) else { return Vec::new() };
        // The greatest of those found lies on top; what is not below it is late.
        let mut found: BinaryHeap<u32> = BinaryHeap::with_capacity(most + 1);
        let late = |found: &BinaryHeap<u32>, id: u32| found.len() == most && found.peek().is_some_and(|top| id >= *top);
        let in_rect = |rect| self.tree.locate_in_envelope_intersecting(&envelope(rect)).map(move |entry| (rect, entry));
        for (rect, entry) in rects.iter().flat_map(in_rect) {
            let bucket = &self.buckets[entry.bucket as usize];
            if bucket.highest < least || late(&found, bucket.lowest) {
                continue;
            }
            for Spot { at, id } in bucket.spots.iter().copied() {
                if id >= least && !late(&found, id) && rect.contains(at) && exact(id) {
                    if found.len() == most {
                        found.pop();
                    }
                    found.push(id);
                }
            }
        }
        found.into_sorted_vec()
    }

    /// How many points of a rectangle pass `exact`, which is asked of those in buckets that its edge may cut: all inner ones
    /// are in. Costs a look at each bucket, a fortieth of the points, and at the points along the edge.
    pub fn count(&self, rect: &LatticeRect, exact: impl Fn(u32) -> bool) -> u64 {
        let (min, max) = (corner(rect.min), corner(rect.max));
        let inner = |b: &BucketRef| (0..2).all(|i| b.low[i] > min[i] && b.high[i] < max[i]);
        let of = |entry: &BucketRef| {
            let spots = &self.buckets[entry.bucket as usize].spots;
            if inner(entry) {
                return spots.len();
            }
            spots.iter().filter(|spot| rect.contains(spot.at) && exact(spot.id)).count()
        };
        self.tree.locate_in_envelope_intersecting(&envelope(rect)).map(|entry| of(entry) as u64).sum()
    }

    /// All points with their bucket's rectangle, bucket by bucket: neighbours together.
    pub fn buckets(&self) -> impl Iterator<Item = (&[Spot], LatticeRect)> {
        let whole = |v: f64| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // was made from a u32
            let v = v as u32;
            v
        };
        self.tree.iter().map(move |entry| {
            let min = Lattice { x: whole(entry.low[0]), y: whole(entry.low[1]) };
            let max = Lattice { x: whole(entry.high[0]), y: whole(entry.high[1]) };
            (self.buckets[entry.bucket as usize].spots.as_slice(), LatticeRect { min, max })
        })
    }

    /// Points by distance on the map's plane, nearest first, lazily. The plane is conformal: near a place this is the order of true distance.
    pub fn nearest(&self, to: Lattice) -> Nearest<'_, impl Iterator<Item = (BucketRefDistance, u32)> + '_> {
        let place = corner(to);
        let buckets =
            self.tree.nearest_neighbor_iter(&place).map(move |b| (BucketRefDistance(b.distance_2(&place)), b.bucket));
        Nearest { index: self, place, buckets, next: None, heap: BinaryHeap::new() }
    }
}

/// Splits a bucket at the median of its longer side; the second half.
fn halve(spots: &mut Vec<Spot>) -> Vec<Spot> {
    let rect = bounds(0, spots);
    let wide = rect.high[0] - rect.low[0] >= rect.high[1] - rect.low[1];
    spots.sort_unstable_by_key(|s| if wide { (s.at.x, s.id) } else { (s.at.y, s.id) });
    let second = spots.split_off(spots.len() / 2);
    spots.shrink_to_fit();
    second
}

/// A squared distance that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct BucketRefDistance(f64);

struct Candidate {
    distance_2: f64,
    spot: Spot,
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Candidate) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Candidate) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    /// Greatest is nearest: `BinaryHeap` gives the greatest first.
    fn cmp(&self, other: &Candidate) -> Ordering {
        other.distance_2.total_cmp(&self.distance_2).then(other.spot.id.cmp(&self.spot.id))
    }
}

/// See [`PointIndex::nearest`].
pub struct Nearest<'a, I> {
    index: &'a PointIndex,
    place: [f64; 2],
    buckets: I,
    next: Option<(BucketRefDistance, u32)>,
    heap: BinaryHeap<Candidate>,
}

impl<I: Iterator<Item = (BucketRefDistance, u32)>> Iterator for Nearest<'_, I> {
    type Item = Spot;

    fn next(&mut self) -> Option<Spot> {
        loop {
            if self.next.is_none() {
                self.next = self.buckets.next();
            }
            match self.next {
                // A bucket may hold something nearer than what is known: open it first.
                Some((distance, bucket)) if self.heap.peek().is_none_or(|best| distance.0 <= best.distance_2) => {
                    self.next = None;
                    for spot in &self.index.buckets[bucket as usize].spots {
                        let at = corner(spot.at);
                        let distance_2 = (at[0] - self.place[0]).powi(2) + (at[1] - self.place[1]).powi(2);
                        self.heap.push(Candidate { distance_2, spot: *spot });
                    }
                }
                _ => return self.heap.pop().map(|c| c.spot),
            }
        }
    }
}

/// A rectangle on the unit square and the number of what it surrounds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct BoxRef {
    low: [f64; 2],
    high: [f64; 2],
    id: u32,
}

impl RTreeObject for BoxRef {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.low, self.high)
    }
}

/// Rectangles by place: Areas and context features.
#[derive(Default)]
pub struct BoxIndex {
    tree: RTree<BoxRef>,
}

/// A rectangle on web mercator's unit square: north-western and south-eastern corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorldRect {
    /// North-western corner.
    pub min: World,
    /// South-eastern corner.
    pub max: World,
}

impl From<&crate::geom::Bbox> for WorldRect {
    fn from(bbox: &crate::geom::Bbox) -> WorldRect {
        WorldRect::of(bbox)
    }
}

impl WorldRect {
    /// Of a rectangle of degrees that does not cross the antimeridian.
    pub fn of(bbox: &crate::geom::Bbox) -> WorldRect {
        WorldRect {
            min: World::of_degrees(bbox.west(), bbox.north()),
            max: World::of_degrees(bbox.east(), bbox.south()),
        }
    }

    fn entry(&self, id: u32) -> BoxRef {
        BoxRef { low: [self.min.x, self.min.y], high: [self.max.x, self.max.y], id }
    }
}

impl BoxIndex {
    /// Builds it from all rectangles at once.
    pub fn build(rects: impl Iterator<Item = (WorldRect, u32)>) -> BoxIndex {
        BoxIndex { tree: RTree::bulk_load(rects.map(|(rect, id)| rect.entry(id)).collect()) }
    }

    /// Adds one.
    pub fn insert(&mut self, rect: &WorldRect, id: u32) {
        self.tree.insert(rect.entry(id));
    }

    /// Takes one away.
    pub fn remove(&mut self, rect: &WorldRect, id: u32) {
        self.tree.remove(&rect.entry(id));
    }

    /// The numbers of those that touch a rectangle, in no order.
    pub fn touching(&self, rect: &WorldRect) -> impl Iterator<Item = u32> + '_ {
        self.tree.locate_in_envelope_intersecting(&rect.entry(0).envelope()).map(|e| e.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    fn random_spots(n: u32, seed: u64) -> Vec<Spot> {
        let mut rng = SmallRng::seed_from_u64(seed);
        // A small box, so that several stand on one place.
        (0..n).map(|id| Spot { at: Lattice { x: rng.random_range(0..400), y: rng.random_range(0..400) }, id }).collect()
    }

    fn found(index: &PointIndex, rect: &LatticeRect) -> Vec<u32> {
        let mut ids = Vec::new();
        index.within(rect, |spot| ids.push(spot.id));
        ids.sort_unstable();
        ids
    }

    fn edge(rect: &LatticeRect, at: Lattice) -> bool {
        at.x == rect.min.x || at.x == rect.max.x || at.y == rect.min.y || at.y == rect.max.y
    }

    fn check(index: &PointIndex, spots: &[Spot], seed: u64) {
        let mut rng = SmallRng::seed_from_u64(seed);
        for _ in 0..50 {
            let mut pair = || {
                let (a, b) = (rng.random_range(0..420), rng.random_range(0..420));
                (std::cmp::min(a, b), std::cmp::max(a, b))
            };
            let ((west, east), (north, south)) = (pair(), pair());
            let rect = LatticeRect { min: Lattice { x: west, y: north }, max: Lattice { x: east, y: south } };
            let expected: Vec<u32> = spots.iter().filter(|s| rect.contains(s.at)).map(|s| s.id).collect();
            assert_eq!(found(index, &rect), expected, "{rect:?}");
            let odd = |id: u32| id % 2 == 1 || !edge(&rect, spots.iter().find(|s| s.id == id).unwrap().at);
            let passing = expected.iter().filter(|id| odd(**id)).count() as u64;
            assert_eq!(index.count(&rect, |_| true), expected.len() as u64);
            // What lies on the edge is always asked; what lies inside may be counted unasked.
            assert_eq!(index.count(&rect, odd), passing);
        }
        let to = Lattice { x: 200, y: 130 };
        let key = |s: &Spot| (s.at.x.abs_diff(to.x).pow(2) + s.at.y.abs_diff(to.y).pow(2), s.id);
        let mut expected = spots.to_vec();
        expected.sort_unstable_by_key(key);
        let nearest: Vec<Spot> = index.nearest(to).collect();
        assert_eq!(nearest.iter().map(key).collect::<Vec<_>>(), expected.iter().map(key).collect::<Vec<_>>());
    }

    #[test]
    fn an_index_built_at_once_finds_what_a_scan_finds() {
        let spots = random_spots(3_000, 1);
        check(&PointIndex::build(spots.clone()), &spots, 2);
    }

    #[test]
    fn an_index_that_grew_and_shrank_finds_what_a_scan_finds() {
        let mut spots = random_spots(2_000, 3);
        let mut index = PointIndex::build(spots.split_off(1_000));
        let mut kept: Vec<Spot> = random_spots(2_000, 3).split_off(1_000);
        for spot in &spots {
            index.insert(*spot);
        }
        kept.extend(spots);
        let mut i = 0;
        kept.retain(|spot| {
            i += 1;
            if i % 3 == 0 {
                assert!(index.remove(*spot));
                assert!(!index.remove(*spot));
            }
            i % 3 != 0
        });
        kept.sort_unstable_by_key(|s| s.id);
        check(&index, &kept, 4);
    }

    #[test]
    fn an_empty_index_finds_nothing() {
        let mut index = PointIndex::default();
        assert_eq!(index.nearest(Lattice { x: 1, y: 1 }).count(), 0);
        assert!(found(&index, &LatticeRect::WORLD).is_empty());
        index.insert(Spot { at: Lattice { x: 5, y: 5 }, id: 7 });
        assert_eq!(found(&index, &LatticeRect::WORLD), [7]);
    }
}
