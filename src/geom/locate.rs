//! In which polygon a point lies, so that neighbours never both claim it and never both refuse it.
//!
//! Crossing-number test (Shimrat 1962, algorithm 112, doi:10.1145/368637.368653) on a point that is thought to be moved east
//! by an infinitely small step and north by one infinitely smaller still. A moved point lies on no border, so of the polygons
//! that share an edge or a corner exactly one holds it: the one to the north-east of the border. The side of an edge is
//! Shewchuk's exact predicate on the edge taken from its lower end, so both owners of an edge compute the same number.

use geo::{Coord, MultiPolygon, Rect};

/// From this many edges on, edges are looked up by latitude; below, going through all of them is as fast.
const BANDED_FROM: usize = 24;

/// How a polygon lies to a rectangle, see [`Prepared::side`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It holds every point of the rectangle.
    Inside,
    /// It holds none.
    Outside,
    /// Its border touches the rectangle, or comes so near that a point must be asked for itself.
    Border,
}

/// A polygon made ready for many questions.
///
/// Memory: 16 bytes a vertex, with 24 edges or more about 8 bytes an edge on top. Rings are taken together by the even-odd
/// rule, so holes and parts may be wound either way; parts that overlap cancel out.
///
/// ```
/// use melonmap::geom::locate::Prepared;
/// let west = Prepared::new(&geo::wkt!(POLYGON((0. 0.,1. 0.,1. 1.,0. 1.,0. 0.))).into());
/// let east = Prepared::new(&geo::wkt!(POLYGON((1. 0.,2. 0.,2. 1.,1. 1.,1. 0.))).into());
/// let on_their_border = geo::coord! { x: 1., y: 0.5 };
/// assert!(!west.contains(on_their_border) && east.contains(on_their_border));
/// ```
#[derive(Debug, Clone)]
pub struct Prepared {
    min: Coord<f64>,
    max: Coord<f64>,
    /// All rings, each closed; after every ring but the first comes the first vertex again. The edges that lead from ring to
    /// ring are thereby passed twice and cancel out, and no list of rings is needed.
    vertices: Box<[Coord<f64>]>,
    bands: Option<Box<Bands>>,
}

/// Edges by latitude: those of band `i` are `edges[starts[i]..starts[i + 1]]`, each the number of its first vertex.
#[derive(Debug, Clone)]
struct Bands {
    per_degree: f64,
    starts: Box<[u32]>,
    edges: Box<[u32]>,
}

impl Prepared {
    /// Costs O(vertices).
    #[must_use]
    pub fn new(polygons: &MultiPolygon<f64>) -> Prepared {
        let rings = polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let (mut vertices, mut edges): (Vec<Coord<f64>>, Vec<u32>) = (Vec::new(), Vec::new());
        for ring in rings.filter(|r| !r.0.is_empty()) {
            let first = number(vertices.len());
            let back = vertices.first().copied();
            vertices.extend(&ring.0);
            edges.extend(first..number(vertices.len()) - 1);
            vertices.extend(back);
        }
        let nowhere =
            (Coord { x: f64::INFINITY, y: f64::INFINITY }, Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY });
        let (min, max) = vertices.iter().fold(nowhere, |(min, max), v| {
            (Coord { x: v.x.min(min.x), y: v.y.min(min.y) }, Coord { x: v.x.max(max.x), y: v.y.max(max.y) })
        });
        let bands = (edges.len() >= BANDED_FROM && max.y > min.y)
            .then(|| Box::new(Bands::new(&vertices, &edges, min.y, max.y - min.y)));
        Prepared { min, max, vertices: vertices.into(), bands }
    }

    /// Whether the point lies in it. A point on a border shared with other polygons lies in exactly one of them.
    ///
    /// Some 30 ns among polygons of six edges each, 70 ns for one of 20,000: past the rectangle around it, the cost is that of
    /// the edges near the point's latitude.
    #[inline]
    #[must_use]
    pub fn contains(&self, at: Coord<f64>) -> bool {
        let near = at.x >= self.min.x && at.x <= self.max.x && at.y >= self.min.y && at.y <= self.max.y;
        near && match &self.bands {
            None => self.vertices.windows(2).fold(false, |inside, e| inside ^ crosses(e[0], e[1], at)),
            Some(bands) => bands.between(self.min.y, at.y, at.y).iter().fold(false, |inside, first| {
                let first = *first as usize;
                inside ^ crosses(self.vertices[first], self.vertices[first + 1], at)
            }),
        }
    }

    /// How it lies to a rectangle, edges included: one answer for all points in there. Costs about as much as asking for
    /// one point at each latitude of the rectangle.
    #[must_use]
    pub fn side(&self, rect: &Rect<f64>) -> Side {
        let (min, max) = (rect.min(), rect.max());
        if max.x < self.min.x || min.x > self.max.x || max.y < self.min.y || min.y > self.max.y {
            return Side::Outside;
        }
        let touched = match &self.bands {
            None => self.vertices.windows(2).any(|e| touches(e[0], e[1], rect)),
            Some(bands) => bands
                .between(self.min.y, min.y, max.y)
                .iter()
                .any(|first| touches(self.vertices[*first as usize], self.vertices[*first as usize + 1], rect)),
        };
        match touched {
            true => Side::Border,
            false if self.contains(min) => Side::Inside,
            false => Side::Outside,
        }
    }
}

impl Bands {
    /// As many bands as keep the entries at about twice the edges: an edge is entered once, and once more for each band
    /// border that it crosses.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn new(vertices: &[Coord<f64>], edges: &[u32], south: f64, height: f64) -> Bands {
        let ends = |first: u32| (vertices[first as usize].y, vertices[first as usize + 1].y);
        let climbed: f64 = edges.iter().map(|e| (ends(*e).1 - ends(*e).0).abs()).sum();
        let count = ((edges.len() as f64 * height / climbed) as usize).clamp(1, edges.len());
        let mut bands =
            Bands { per_degree: count as f64 / height, starts: vec![0; count + 1].into(), edges: Box::default() };
        let span = |bands: &Bands, e: u32| {
            let (a, b) = ends(e);
            bands.band(south, a.min(b))..=bands.band(south, a.max(b))
        };
        for e in edges {
            for band in span(&bands, *e) {
                bands.starts[band + 1] += 1;
            }
        }
        for band in 0..count {
            bands.starts[band + 1] += bands.starts[band];
        }
        let mut next = bands.starts.clone();
        let mut entries = vec![0; bands.starts[count] as usize];
        for e in edges {
            for band in span(&bands, *e) {
                entries[next[band] as usize] = *e;
                next[band] += 1;
            }
        }
        bands.edges = entries.into();
        bands
    }

    /// Never falls as `y` grows, so an edge is entered in every band in which it has a point.
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a negative becomes 0, as it should
    fn band(&self, south: f64, y: f64) -> usize {
        (((y - south) * self.per_degree) as usize).min(self.starts.len() - 2)
    }

    /// The edges of the bands from `low` to `high`; some twice if there are several.
    #[inline]
    fn between(&self, south: f64, low: f64, high: f64) -> &[u32] {
        let (first, last) = (self.band(south, low), self.band(south, high));
        &self.edges[self.starts[first] as usize..self.starts[last + 1] as usize]
    }
}

/// The first of the candidates, in their order, that holds each point: `found(index of the point, owner)`.
///
/// Meant for points near one another (those of one small cell) and the polygons near them: candidates that hold all of the
/// points or none are found once for all. Costs nothing per point where one candidate holds them all.
pub fn assign<T: Copy>(candidates: &[(T, &Prepared)], points: &[Coord<f64>], mut found: impl FnMut(usize, Option<T>)) {
    let Some(first) = points.first() else { return };
    let rect = points.iter().fold(Rect::new(*first, *first), |rect, p| {
        let (min, max) = (rect.min(), rect.max());
        Rect::new(Coord { x: min.x.min(p.x), y: min.y.min(p.y) }, Coord { x: max.x.max(p.x), y: max.y.max(p.y) })
    });
    let mut near: Vec<(T, &Prepared)> = Vec::new();
    let mut otherwise = None;
    for (owner, polygon) in candidates {
        match polygon.side(&rect) {
            Side::Outside => {}
            Side::Border => near.push((*owner, polygon)),
            Side::Inside => {
                otherwise = Some(*owner);
                break;
            }
        }
    }
    for (i, at) in points.iter().enumerate() {
        found(i, near.iter().find(|(_, polygon)| polygon.contains(*at)).map_or(otherwise, |(owner, _)| Some(*owner)));
    }
}

/// Whether the edge passes the moved point's latitude to the east of it.
#[inline]
fn crosses(a: Coord<f64>, b: Coord<f64>, at: Coord<f64>) -> bool {
    if (a.y <= at.y) == (b.y <= at.y) {
        return false;
    }
    if at.x >= a.x.max(b.x) {
        return false;
    }
    at.x < a.x.min(b.x) || if a.y < b.y { is_left(a, b, at) } else { is_left(b, a, at) }
}

fn is_left(low: Coord<f64>, high: Coord<f64>, at: Coord<f64>) -> bool {
    orientation(low, high, at) > 0.0
}

fn orientation(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> f64 {
    let exact = |c: Coord<f64>| robust::Coord { x: c.x, y: c.y };
    robust::orient2d(exact(a), exact(b), exact(c))
}

/// Whether an edge has a point in a rectangle or on its edge.
fn touches(a: Coord<f64>, b: Coord<f64>, rect: &Rect<f64>) -> bool {
    let (min, max) = (rect.min(), rect.max());
    if a.x.max(b.x) < min.x || a.x.min(b.x) > max.x || a.y.max(b.y) < min.y || a.y.min(b.y) > max.y {
        return false;
    }
    let corners = [min, Coord { x: max.x, y: min.y }, max, Coord { x: min.x, y: max.y }];
    let sides = corners.map(|corner| orientation(a, b, corner));
    !(sides.iter().all(|s| *s > 0.0) || sides.iter().all(|s| *s < 0.0))
}

/// A polygon of 4 billion vertices would take 64 GB.
fn number(i: usize) -> u32 {
    u32::try_from(i).expect("a polygon has fewer than 4 billion vertices")
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{LineString, Polygon};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    type Ring = Vec<(i64, i64)>;
    const COLUMNS: i64 = 40;
    const ROWS: i64 = 6;
    const CELL: i64 = 16;

    /// The moved point in whole numbers: everything 2^60 times larger, the steps 2^30 east and 1 north.
    fn oracle(rings: &[Ring], at: (i64, i64)) -> bool {
        let wide = |v: i64| i128::from(v) << 60;
        let p = (wide(at.0) + (1 << 30), wide(at.1) + 1);
        let mut inside = false;
        for ring in rings {
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let (low, high) = if a.1 < b.1 { (a, b) } else { (b, a) };
                let (east, north) = (i128::from(high.0 - low.0), i128::from(high.1 - low.1));
                let passes = wide(low.1) < p.1 && p.1 < wide(high.1);
                inside ^= passes && east * (p.1 - wide(low.1)) > north * (p.0 - wide(low.0));
            }
        }
        inside
    }

    /// Corners of a lattice, each moved by a multiple of 4 so that edges run in few directions and hold whole-numbered points.
    fn corners(rng: &mut StdRng) -> impl Fn(i64, i64) -> (i64, i64) + use<> {
        let moves: Vec<(i64, i64)> = (0..(COLUMNS + 1) * (ROWS + 1))
            .map(|_| (4 * rng.random_range(-1..=1), 4 * rng.random_range(-1..=1)))
            .collect();
        move |i, j| {
            let (dx, dy) = moves[usize::try_from(j * (COLUMNS + 1) + i).unwrap()];
            (CELL * i + dx, CELL * j + dy)
        }
    }

    /// A row's cells from column `from` to `to`, as one ring.
    fn block(corner: &impl Fn(i64, i64) -> (i64, i64), from: i64, to: i64, row: i64) -> Ring {
        let south = (from..=to).map(|i| corner(i, row));
        south.chain((from..=to).rev().map(|i| corner(i, row + 1))).collect()
    }

    /// A tiling of blocks of 1 to 40 cells: 4 to 82 vertices each.
    fn blocks(rng: &mut StdRng) -> Vec<Vec<Ring>> {
        let corner = corners(rng);
        let mut all = Vec::new();
        for row in 0..ROWS {
            let mut from = 0;
            while from < COLUMNS {
                let to = (from + rng.random_range(1..=COLUMNS)).min(COLUMNS);
                all.push(vec![block(&corner, from, to, row)]);
                from = to;
            }
        }
        all
    }

    /// A tiling of lone cells and one polygon around them in which they are holes.
    fn holes(rng: &mut StdRng) -> Vec<Vec<Ring>> {
        let corner = corners(rng);
        let cells = (1..COLUMNS).step_by(2).flat_map(|i| (1..ROWS).step_by(2).map(move |j| (i, j)));
        let cells: Vec<Ring> = cells.map(|(i, j)| block(&corner, i, i + 1, j)).collect();
        let (east, north) = (COLUMNS * CELL + 4, ROWS * CELL + 4);
        let mut around = vec![vec![(-4, -4), (east, -4), (east, north), (-4, north)]];
        around.extend(cells.iter().cloned());
        std::iter::once(around).chain(cells.into_iter().map(|c| vec![c])).collect()
    }

    #[allow(clippy::cast_precision_loss)]
    fn coord((x, y): (i64, i64)) -> Coord<f64> {
        Coord { x: x as f64, y: y as f64 }
    }

    fn prepared(rings: &[Ring], place: impl Fn((i64, i64)) -> Coord<f64>) -> Prepared {
        let mut rings = rings.iter().map(|r| LineString(r.iter().map(|v| place(*v)).collect()));
        Prepared::new(&Polygon::new(rings.next().unwrap(), rings.collect()).into())
    }

    /// Every whole-numbered point that surely lies in the tiling.
    fn points() -> impl Iterator<Item = (i64, i64)> {
        (5..COLUMNS * CELL - 5).flat_map(|x| (5..ROWS * CELL - 5).map(move |y| (x, y)))
    }

    fn check(tiling: &[Vec<Ring>]) {
        let exact: Vec<Prepared> = tiling.iter().map(|rings| prepared(rings, coord)).collect();
        for at in points() {
            let owners: Vec<usize> = (0..exact.len()).filter(|i| exact[*i].contains(coord(at))).collect();
            let expected: Vec<usize> = (0..exact.len()).filter(|i| oracle(&tiling[*i], at)).collect();
            assert_eq!(owners, expected, "{at:?}");
            assert_eq!(owners.len(), 1, "{at:?}");
        }
    }

    #[test]
    fn every_point_of_a_tiling_has_the_one_owner_that_whole_numbers_give_it() {
        for seed in 0..4 {
            check(&blocks(&mut StdRng::seed_from_u64(seed)));
        }
    }

    #[test]
    fn a_polygon_with_holes_and_what_fills_them_share_no_point() {
        check(&holes(&mut StdRng::seed_from_u64(1)));
    }

    #[test]
    fn rounded_degrees_leave_no_point_without_an_owner_and_none_with_two() {
        // Not whole numbers any more: corners are rounded, middles of edges lie beside them by less than a rounding.
        let place = |(x, y)| {
            let c = coord((x, y));
            Coord { x: 9.5 + c.x * 1.1e-4, y: 47.1 + c.y * 1.3e-4 }
        };
        for seed in 0..4 {
            let tiling = blocks(&mut StdRng::seed_from_u64(seed));
            let all: Vec<Prepared> = tiling.iter().map(|rings| prepared(rings, place)).collect();
            for at in points() {
                assert_eq!(all.iter().filter(|p| p.contains(place(at))).count(), 1, "{at:?}");
            }
        }
    }

    #[test]
    fn a_batch_finds_the_owners_that_single_questions_find() {
        let mut rng = StdRng::seed_from_u64(7);
        let all: Vec<Prepared> = blocks(&mut rng).iter().map(|rings| prepared(rings, coord)).collect();
        let candidates: Vec<(usize, &Prepared)> = all.iter().enumerate().collect();
        let mut sides = 0;
        for _ in 0..2_000 {
            let (x, y) = (rng.random_range(-20..COLUMNS * CELL), rng.random_range(-20..ROWS * CELL));
            let size = rng.random_range(0..24);
            let cell: Vec<Coord<f64>> =
                (0..12).map(|_| coord((x + rng.random_range(0..=size), y + rng.random_range(0..=size)))).collect();
            let mut owners = vec![None; cell.len()];
            assign(&candidates, &cell, |i, owner| owners[i] = owner);
            for (at, owner) in cell.iter().zip(owners) {
                assert_eq!(owner, all.iter().position(|p| p.contains(*at)), "{at:?}");
            }
            let rect = Rect::new(coord((x, y)), coord((x + size, y + size)));
            for polygon in &all {
                let inside = |at: &Coord<f64>| polygon.contains(*at);
                match polygon.side(&rect) {
                    Side::Inside => assert!(cell.iter().all(inside)),
                    Side::Outside => assert!(!cell.iter().any(inside)),
                    Side::Border => sides += 1,
                }
            }
        }
        assert!(sides > 1_000, "{sides}");
    }

    #[test]
    fn what_is_empty_or_no_number_is_nowhere() {
        let empty = Prepared::new(&MultiPolygon(Vec::new()));
        assert!(!empty.contains(Coord { x: 0.0, y: 0.0 }));
        assert_eq!(empty.side(&Rect::new(coord((0, 0)), coord((1, 1)))), Side::Outside);
        let square = prepared(&[vec![(0, 0), (2, 0), (2, 2), (0, 2)]], coord);
        assert!(square.contains(coord((1, 1))) && !square.contains(Coord { x: f64::NAN, y: 1.0 }));
    }
}
