//! Households by place: an R-tree of pages, which hold buckets, which hold up to [`BUCKET`] neighbours each.
//!
//! A page and a bucket know how many they hold and between which numbers, so that a count looks only at what the edge of its
//! rectangle cuts, and who looks for low numbers passes most by. With some 13 bytes a point instead of an R-tree's 60, a tile is
//! gathered from contiguous memory.

use crate::geom::{Lattice, LatticeRect};
use rstar::{AABB, PointDistance, RTree, RTreeObject};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Most points in one bucket; one more splits it. 64 spots of 12 bytes are twelve cache lines.
const BUCKET: usize = 64;
/// Points in a bucket that is built in one go: room for half as many again before the first split.
const BUCKET_BUILT: usize = 40;
/// The same for the buckets of a page.
const PAGE: usize = 64;
const PAGE_BUILT: usize = 40;

/// A point in the index and the number of what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Where.
    pub at: Lattice,
    /// What.
    pub id: u32,
}

/// What is known of some points together.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Summary {
    rect: LatticeRect,
    points: u32,
    lowest: u32,
    highest: u32,
}

impl Summary {
    /// Of nothing: adding it changes nothing.
    const NOTHING: Summary = Summary {
        rect: LatticeRect { min: Lattice { x: u32::MAX, y: u32::MAX }, max: Lattice { x: 0, y: 0 } },
        points: 0,
        lowest: u32::MAX,
        highest: 0,
    };

    fn of(spot: &Spot) -> Summary {
        Summary { rect: LatticeRect { min: spot.at, max: spot.at }, points: 1, lowest: spot.id, highest: spot.id }
    }

    fn all(spots: &[Spot]) -> Summary {
        spots.iter().map(Summary::of).fold(Summary::NOTHING, Summary::and)
    }

    fn and(self, other: Summary) -> Summary {
        let (a, b) = (self.rect, other.rect);
        let min = Lattice { x: a.min.x.min(b.min.x), y: a.min.y.min(b.min.y) };
        let max = Lattice { x: a.max.x.max(b.max.x), y: a.max.y.max(b.max.y) };
        Summary {
            rect: LatticeRect { min, max },
            points: self.points + other.points,
            lowest: self.lowest.min(other.lowest),
            highest: self.highest.max(other.highest),
        }
    }
}

/// Neighbours.
struct Bucket {
    about: Summary,
    spots: Vec<Spot>,
}

impl Bucket {
    fn of(spots: Vec<Spot>) -> Bucket {
        Bucket { about: Summary::all(&spots), spots }
    }
}

/// Neighbouring buckets.
struct Page {
    about: Summary,
    buckets: Vec<Bucket>,
}

impl Page {
    fn of(buckets: Vec<Bucket>) -> Page {
        Page { about: buckets.iter().map(|bucket| bucket.about).fold(Summary::NOTHING, Summary::and), buckets }
    }
}

/// A page in the R-tree.
#[derive(Debug, Clone, Copy, PartialEq)]
struct PageRef {
    rect: LatticeRect,
    page: u32,
}

impl RTreeObject for PageRef {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        envelope(&self.rect)
    }
}

impl PointDistance for PageRef {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        gap(&self.rect, *point)
    }
}

/// Points by place.
#[derive(Default)]
pub struct PointIndex {
    pages: Vec<Page>,
    tree: RTree<PageRef>,
}

fn corner(at: Lattice) -> [f64; 2] {
    [f64::from(at.x), f64::from(at.y)]
}

fn envelope(rect: &LatticeRect) -> AABB<[f64; 2]> {
    AABB::from_corners(corner(rect.min), corner(rect.max))
}

/// The square of the distance from a place to a rectangle.
fn gap(rect: &LatticeRect, to: [f64; 2]) -> f64 {
    let (min, max) = (corner(rect.min), corner(rect.max));
    let along = |axis: usize| (min[axis] - to[axis]).max(to[axis] - max[axis]).max(0.0);
    along(0).powi(2) + along(1).powi(2)
}

/// Takes the half beyond the median of the longer side of what is around them all.
fn halve<T>(all: &mut Vec<T>, rect: &LatticeRect, at: impl Fn(&T) -> (Lattice, u32)) -> Vec<T> {
    let wide = rect.max.x - rect.min.x >= rect.max.y - rect.min.y;
    all.sort_unstable_by_key(|one| {
        let (at, id) = at(one);
        if wide { (at.x, id) } else { (at.y, id) }
    });
    let second = all.split_off(all.len() / 2);
    all.shrink_to_fit();
    second
}

impl PointIndex {
    /// Builds it from all points at once: sorts them along the Z-order curve and cuts the row. O(n log n), on all cores.
    pub fn build(mut spots: Vec<Spot>) -> PointIndex {
        use rayon::prelude::{IntoParallelRefIterator, ParallelIterator, ParallelSlice, ParallelSliceMut};
        spots.par_sort_unstable_by_key(|spot| (spot.at.morton(), spot.id));
        let parts: Vec<&[Spot]> = spots.par_chunks(BUCKET_BUILT * PAGE_BUILT).collect();
        let page = |part: &&[Spot]| Page::of(part.chunks(BUCKET_BUILT).map(|few| Bucket::of(few.to_vec())).collect());
        let pages: Vec<Page> = parts.par_iter().map(page).collect();
        let refs = (0u32..).zip(&pages).map(|(n, page)| PageRef { rect: page.about.rect, page: n }).collect();
        PointIndex { tree: RTree::bulk_load(refs), pages }
    }

    /// Adds a point. O(log n).
    pub fn insert(&mut self, spot: Spot) {
        let place = corner(spot.at);
        let holds = self.tree.locate_in_envelope_intersecting(&AABB::from_point(place)).next().copied();
        let Some(old) = holds.or_else(|| self.tree.nearest_neighbor(&place).copied()) else {
            self.add_page(vec![Bucket::of(vec![spot])]);
            return;
        };
        let mut buckets = std::mem::take(&mut self.pages[old.page as usize].buckets);
        let near = |bucket: &Bucket| gap(&bucket.about.rect, place);
        let nearest = (0..buckets.len()).min_by(|a, b| near(&buckets[*a]).total_cmp(&near(&buckets[*b])));
        let Bucket { mut spots, .. } = buckets.swap_remove(nearest.expect("a page of the tree holds a bucket"));
        spots.push(spot);
        if spots.len() > BUCKET {
            let rect = Summary::all(&spots).rect;
            buckets.push(Bucket::of(halve(&mut spots, &rect, |spot| (spot.at, spot.id))));
        }
        buckets.push(Bucket::of(spots));
        let rect = self.pages[old.page as usize].about.rect;
        let half = (buckets.len() > PAGE)
            .then(|| halve(&mut buckets, &rect, |bucket| (bucket.about.rect.min, bucket.about.lowest)));
        self.replace(old, buckets);
        if let Some(half) = half {
            self.add_page(half);
        }
    }

    /// Takes a point away; whether it was there. O(log n).
    pub fn remove(&mut self, spot: Spot) -> bool {
        let around = AABB::from_point(corner(spot.at));
        let found = self.tree.locate_in_envelope_intersecting(&around).find_map(|entry| {
            let mut buckets = self.pages[entry.page as usize].buckets.iter().enumerate();
            let place = buckets.find_map(|(n, bucket)| Some((n, bucket.spots.iter().position(|s| *s == spot)?)));
            place.map(|place| (*entry, place))
        });
        let Some((old, (bucket, position))) = found else { return false };
        let mut buckets = std::mem::take(&mut self.pages[old.page as usize].buckets);
        let Bucket { mut spots, .. } = buckets.swap_remove(bucket);
        spots.swap_remove(position);
        if !spots.is_empty() {
            buckets.push(Bucket::of(spots));
        }
        self.replace(old, buckets);
        true
    }

    fn add_page(&mut self, buckets: Vec<Bucket>) {
        let page = u32::try_from(self.pages.len()).expect("there are fewer pages than households, whose numbers fit");
        self.pages.push(Page::of(buckets));
        self.tree.insert(PageRef { rect: self.pages[page as usize].about.rect, page });
    }

    /// Gives a page other buckets; without any it leaves the tree.
    fn replace(&mut self, old: PageRef, buckets: Vec<Bucket>) {
        let page = Page::of(buckets);
        if page.about.rect != old.rect {
            self.tree.remove(&old);
            if !page.buckets.is_empty() {
                self.tree.insert(PageRef { rect: page.about.rect, ..old });
            }
        }
        self.pages[old.page as usize] = page;
    }

    fn pages_in(&self, rect: &LatticeRect) -> impl Iterator<Item = &Page> {
        self.tree.locate_in_envelope_intersecting(&envelope(rect)).map(|entry| &self.pages[entry.page as usize])
    }

    /// The smallest rectangle around all pages. O(1).
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // they were whole steps
    pub fn around(&self) -> Option<LatticeRect> {
        let envelope = self.tree.root().envelope();
        let corner = |[x, y]: [f64; 2]| Lattice { x: x as u32, y: y as u32 };
        (self.tree.size() > 0).then(|| LatticeRect { min: corner(envelope.lower()), max: corner(envelope.upper()) })
    }

    /// Calls `each` for every point of a rectangle. Costs what it finds.
    pub fn within(&self, rect: &LatticeRect, mut each: impl FnMut(Spot)) {
        for page in self.pages_in(rect) {
            for bucket in page.buckets.iter().filter(|bucket| bucket.about.rect.intersection(rect).is_some()) {
                bucket.spots.iter().filter(|spot| rect.contains(spot.at)).for_each(|spot| each(*spot));
            }
        }
    }

    /// How many points of a rectangle pass `exact`, which is asked of those in buckets that its edge may cut: all inner ones
    /// are in. Costs a look at the pages, at the buckets of those along the edge, and at the points of such buckets.
    pub fn count(&self, rect: &LatticeRect, exact: impl Fn(u32) -> bool) -> u64 {
        let inner = |about: &Summary| {
            let (min, max) = (about.rect.min, about.rect.max);
            min.x > rect.min.x && min.y > rect.min.y && max.x < rect.max.x && max.y < rect.max.y
        };
        let of_bucket = |bucket: &Bucket| {
            if inner(&bucket.about) {
                return u64::from(bucket.about.points);
            }
            if bucket.about.rect.intersection(rect).is_none() {
                return 0;
            }
            bucket.spots.iter().filter(|spot| rect.contains(spot.at) && exact(spot.id)).count() as u64
        };
        let of_page = |page: &Page| -> u64 {
            if inner(&page.about) { page.about.points.into() } else { page.buckets.iter().map(of_bucket).sum() }
        };
        self.pages_in(rect).map(of_page).sum()
    }

    /// The lowest numbers above `after` of points of some rectangles that share none, of those that pass `exact`; ascending, at
    /// most so many. Costs a look at the pages, and at the points of those few buckets that hold low numbers.
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
        for rect in rects {
            // Low ones first: then nearly all others are late.
            let mut pages: Vec<&Page> = self.pages_in(rect).filter(|page| page.about.highest >= least).collect();
            pages.sort_unstable_by_key(|page| page.about.lowest);
            for bucket in pages.into_iter().flat_map(|page| &page.buckets) {
                let about = &bucket.about;
                if about.highest < least || late(&found, about.lowest) || about.rect.intersection(rect).is_none() {
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
        }
        found.into_sorted_vec()
    }

    /// All points with the rectangle around them, bucket by bucket: neighbours together.
    pub fn buckets(&self) -> impl Iterator<Item = (&[Spot], LatticeRect)> {
        let all = self.pages.iter().flat_map(|page| &page.buckets);
        all.map(|bucket| (bucket.spots.as_slice(), bucket.about.rect))
    }

    /// Points by distance on the map's plane, nearest first, lazily; by number where they are as near. The plane is conformal: near
    /// a place this is the order of true distance.
    pub fn nearest<'a>(&'a self, to: Lattice) -> impl Iterator<Item = Spot> + 'a {
        let to = corner(to);
        let mut pages = self.tree.nearest_neighbor_iter(&to).peekable();
        let mut heap: BinaryHeap<Reverse<Near<'a>>> = BinaryHeap::new();
        std::iter::from_fn(move || {
            loop {
                // Whatever may hold something as near is opened before a point is given.
                let best = heap.peek().map_or(f64::INFINITY, |Reverse(near)| near.distance_2);
                if let Some(page) = pages.next_if(|page| page.distance_2(&to) <= best) {
                    let buckets = self.pages[page.page as usize].buckets.iter();
                    let near = |b: &'a Bucket| Near { distance_2: gap(&b.about.rect, to), what: What::Bucket(b) };
                    heap.extend(buckets.map(|bucket| Reverse(near(bucket))));
                    continue;
                }
                match heap.pop()?.0.what {
                    What::Spot(spot) => return Some(spot),
                    What::Bucket(bucket) => {
                        let distance_2 = |s: &Spot| gap(&LatticeRect { min: s.at, max: s.at }, to);
                        let near = |s: &Spot| Near { distance_2: distance_2(s), what: What::Spot(*s) };
                        heap.extend(bucket.spots.iter().map(|spot| Reverse(near(spot))));
                    }
                }
            }
        })
    }
}

/// Something at a distance.
struct Near<'a> {
    distance_2: f64,
    what: What<'a>,
}

enum What<'a> {
    Bucket(&'a Bucket),
    Spot(Spot),
}

impl Near<'_> {
    /// A bucket comes before the points that are as near, and those by their numbers.
    fn rank(&self) -> (bool, u32) {
        match self.what {
            What::Bucket(bucket) => (false, bucket.about.lowest),
            What::Spot(spot) => (true, spot.id),
        }
    }
}

impl PartialEq for Near<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Near<'_> {}

impl PartialOrd for Near<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Near<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.distance_2.total_cmp(&other.distance_2).then_with(|| self.rank().cmp(&other.rank()))
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
            let (after, most) = (spots[spots.len() / 3].id, 5);
            let low = |after: Option<u32>, most: usize| {
                let mut low =
                    expected.iter().copied().filter(|id| after.is_none_or(|a| *id > a) && odd(*id)).collect::<Vec<_>>();
                low.truncate(most);
                low
            };
            for after in [None, Some(after), Some(u32::MAX)] {
                assert_eq!(index.lowest(&[rect], after, most, odd), low(after, most), "{rect:?} after {after:?}");
                assert!(index.lowest(&[rect], after, 0, odd).is_empty());
            }
            // What lies on the edge is always asked; what lies inside may be counted unasked.
            assert_eq!(index.count(&rect, odd), passing);
        }
        let whole = |a: LatticeRect, spot: &Spot| a.union(&LatticeRect { min: spot.at, max: spot.at });
        let first = LatticeRect { min: spots[0].at, max: spots[0].at };
        assert_eq!(index.around(), Some(spots.iter().fold(first, whole)));
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
        assert_eq!(index.around(), None);
        assert_eq!(index.nearest(Lattice { x: 1, y: 1 }).count(), 0);
        assert!(found(&index, &LatticeRect::WORLD).is_empty());
        index.insert(Spot { at: Lattice { x: 5, y: 5 }, id: 7 });
        assert_eq!(found(&index, &LatticeRect::WORLD), [7]);
    }
}
