//! Cutting a polygon along a meridian or parallel into its connected pieces, without a seam.
//!
//! Where a line crosses the rings of a polygon, taken in order along the line, each odd crossing enters the polygon and the
//! next one leaves it: between them lies a [chord](Cut::chords). A piece is walked by following a ring with the inside on the
//! left and turning into the chord where one is met. A cut may use all chords or only some of them.

use geo::coordinate_position::CoordPos;
use geo::orient::{Direction, Orient};
use geo::winding_order::{Winding, WindingOrder};
use geo::{Area, Coord, CoordinatePosition, LineString, Polygon};

/// Along which axis a line is at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// A meridian: one longitude.
    Lon,
    /// A parallel: one latitude.
    Lat,
}

impl Axis {
    /// Both.
    pub const ALL: [Axis; 2] = [Axis::Lon, Axis::Lat];

    /// The coordinate that is the same all along the line, degrees.
    #[must_use]
    pub fn across(self, c: Coord<f64>) -> f64 {
        match self {
            Axis::Lon => c.x,
            Axis::Lat => c.y,
        }
    }

    /// The coordinate that grows along the line, degrees.
    #[must_use]
    pub fn along(self, c: Coord<f64>) -> f64 {
        match self {
            Axis::Lon => c.y,
            Axis::Lat => c.x,
        }
    }
}

/// A meridian or parallel, degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Which of both.
    pub axis: Axis,
    /// Its longitude or latitude.
    pub at: f64,
}

/// Where a line can cut a polygon.
#[derive(Debug, Clone)]
pub struct Cut {
    line: Line,
    /// Without the closing vertex; exterior counter-clockwise, holes clockwise: the inside is on the left.
    rings: Vec<Vec<Coord<f64>>>,
    /// In order along the line: chord `i` runs from crossing `2i` to `2i + 1`.
    crossings: Vec<Crossing>,
}

/// A ring's edge, from its vertex `edge` to the next, crosses the line here.
#[derive(Debug, Clone, Copy)]
struct Crossing {
    ring: usize,
    edge: usize,
    point: Coord<f64>,
    /// Towards greater coordinates.
    up: bool,
}

/// What a cut along all chords leaves.
#[derive(Debug, Clone)]
pub struct Pieces {
    /// West or south of the line.
    pub low: Vec<Polygon<f64>>,
    /// East or north of it.
    pub high: Vec<Polygon<f64>>,
    /// For each chord, which of `low` and which of `high` it parts.
    pub links: Vec<(usize, usize)>,
}

impl Cut {
    /// Nearest that a line may pass a vertex, degrees: 10 µm. Nearer, cut edges would be as short as roundings are long.
    pub const CLEARANCE: f64 = 1e-10;

    /// `None` where there is no cut: the line misses the polygon, passes a vertex nearer than [`Cut::CLEARANCE`], or
    /// crosses edges that rounding or an invalid polygon put in no clear order. O(vertices).
    #[must_use]
    pub fn new(polygon: &Polygon<f64>, line: Line) -> Option<Cut> {
        let polygon = polygon.orient(Direction::Default);
        let open = |ring: &LineString<f64>| ring.0[..ring.0.len().saturating_sub(1)].to_vec();
        let rings: Vec<_> = std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(open).collect();
        let above = |c: Coord<f64>| line.axis.across(c) > line.at;
        let mut crossings = Vec::new();
        for (number, ring) in rings.iter().enumerate() {
            if ring.iter().any(|c| (line.axis.across(*c) - line.at).abs() < Cut::CLEARANCE) {
                return None;
            }
            for (edge, (from, to)) in ring.iter().zip(ring.iter().cycle().skip(1)).enumerate() {
                if above(*from) != above(*to) {
                    let up = above(*to);
                    let point = if up { line.meet(*from, *to) } else { line.meet(*to, *from) };
                    crossings.push(Crossing { ring: number, edge, point, up });
                }
            }
        }
        let along = |c: &Crossing| line.axis.along(c.point);
        crossings.sort_by(|a, b| along(a).total_cmp(&along(b)));
        let in_order = crossings.windows(2).all(|c| along(&c[0]) < along(&c[1]) && c[0].up != c[1].up);
        (in_order && !crossings.is_empty() && crossings.len().is_multiple_of(2)).then_some(Cut {
            line,
            rings,
            crossings,
        })
    }

    /// How many chords there are.
    #[must_use]
    pub fn chords(&self) -> usize {
        self.crossings.len() / 2
    }

    /// The ends of a chord: new vertices of the pieces, the same on both sides and for whoever shares the edge.
    #[must_use]
    pub fn ends(&self, chord: usize) -> [Coord<f64>; 2] {
        [self.crossings[2 * chord].point, self.crossings[2 * chord + 1].point]
    }

    /// The pieces that a cut along all chords leaves; `None` as for [`Cut::along`].
    #[must_use]
    pub fn pieces(&self) -> Option<Pieces> {
        let walked = self.walk(&vec![true; self.chords()])?;
        // A ring with a chord is no hole here: beyond the chord is the inside, and it is not on the hole's side of the line.
        if !walked.only_exteriors {
            return None;
        }
        let mut pieces = Pieces { low: Vec::new(), high: Vec::new(), links: Vec::new() };
        let mut place = vec![None; walked.polygons.len()];
        for (i, polygon) in walked.polygons.into_iter().enumerate() {
            let up = polygon.exterior().0.iter().any(|c| self.line.axis.across(*c) > self.line.at);
            let side = if up { &mut pieces.high } else { &mut pieces.low };
            place[i] = Some((up, side.len()));
            side.push(polygon);
        }
        for chord in walked.of_crossing.chunks(2) {
            let place = |crossing: usize| place[chord[crossing]?];
            match (place(0)?, place(1)?) {
                ((false, low), (true, high)) | ((true, high), (false, low)) => pieces.links.push((low, high)),
                _ => return None,
            }
        }
        Some(pieces)
    }

    /// The pieces that a cut along some chords leaves, `chosen[i]` for chord `i`. `None` where rounding has left a piece
    /// without area or a hole without a piece around it. O(vertices).
    ///
    /// A chord that does not part anything (it leads from the exterior to a hole, and is the only one) leaves a slit: choose
    /// chords of [`Cut::pieces`] that part what shall be parted.
    #[must_use]
    pub fn along(&self, chosen: &[bool]) -> Option<Vec<Polygon<f64>>> {
        self.walk(chosen).map(|walked| walked.polygons)
    }

    fn walk(&self, chosen: &[bool]) -> Option<Walked> {
        let next = self.next_on_ring(chosen);
        let mut of_crossing = vec![None; self.crossings.len()];
        let (mut exteriors, mut holes) = (Vec::new(), Vec::new());
        let mut only_exteriors = true;
        for first in 0..self.crossings.len() {
            if next[first].is_none() || of_crossing[first].is_some() {
                continue;
            }
            let (mut ring, mut at) = (Vec::new(), first);
            while of_crossing[at].is_none() {
                of_crossing[at] = Some(exteriors.len());
                let to = next[at]?;
                self.follow(at, to, &mut ring);
                at = to ^ 1; // the other end of the chord
            }
            close(ring, &mut exteriors, &mut holes)?;
            only_exteriors &= holes.is_empty();
        }
        for (number, ring) in self.rings.iter().enumerate() {
            if !self.crossings.iter().enumerate().any(|(i, c)| c.ring == number && chosen[i / 2]) {
                close(ring.clone(), &mut exteriors, &mut holes)?;
            }
        }
        let mut polygons: Vec<Polygon<f64>> = exteriors.into_iter().map(|e| Polygon::new(e, Vec::new())).collect();
        let owners: Option<Vec<usize>> = holes.iter().map(|hole| around(&polygons, hole)).collect();
        for (hole, owner) in holes.into_iter().zip(owners?) {
            polygons[owner].interiors_push(hole);
        }
        Some(Walked { polygons, of_crossing, only_exteriors })
    }

    /// For each crossing of a chosen chord the one that follows on its ring: itself where it is the only one.
    fn next_on_ring(&self, chosen: &[bool]) -> Vec<Option<usize>> {
        let mut order: Vec<usize> = (0..self.crossings.len()).filter(|i| chosen[i / 2]).collect();
        order.sort_by_key(|i| (self.crossings[*i].ring, self.crossings[*i].edge));
        let mut next = vec![None; self.crossings.len()];
        for ring in order.chunk_by(|a, b| self.crossings[*a].ring == self.crossings[*b].ring) {
            for (i, crossing) in ring.iter().enumerate() {
                next[*crossing] = Some(ring[(i + 1) % ring.len()]);
            }
        }
        next
    }

    /// A ring's course from a crossing to one that follows on it, both included.
    fn follow(&self, from: usize, to: usize, into: &mut Vec<Coord<f64>>) {
        let (from, to) = (&self.crossings[from], &self.crossings[to]);
        let ring = &self.rings[from.ring];
        into.push(from.point);
        let mut vertex = from.edge;
        loop {
            vertex = (vertex + 1) % ring.len();
            into.push(ring[vertex]);
            if vertex == to.edge {
                break;
            }
        }
        into.push(to.point);
    }
}

struct Walked {
    polygons: Vec<Polygon<f64>>,
    /// The polygon whose ring leaves a crossing along the old ring; `None` where its chord is not chosen.
    of_crossing: Vec<Option<usize>>,
    /// Whether no ring with a chord became a hole; otherwise `of_crossing` means nothing.
    only_exteriors: bool,
}

impl Line {
    /// Where an edge given from its lower to its higher end crosses the line: whoever has the edge finds the same point.
    fn meet(self, low: Coord<f64>, high: Coord<f64>) -> Coord<f64> {
        let share = (self.at - self.axis.across(low)) / (self.axis.across(high) - self.axis.across(low));
        let (a, b) = (self.axis.along(low), self.axis.along(high));
        let along = (a + share * (b - a)).clamp(a.min(b), a.max(b));
        match self.axis {
            Axis::Lon => Coord { x: self.at, y: along },
            Axis::Lat => Coord { x: along, y: self.at },
        }
    }
}

/// Puts a ring where its winding says that it belongs; `None` for one without area.
fn close(ring: Vec<Coord<f64>>, exteriors: &mut Vec<LineString<f64>>, holes: &mut Vec<LineString<f64>>) -> Option<()> {
    let mut ring = LineString(ring);
    ring.close();
    match ring.winding_order()? {
        WindingOrder::CounterClockwise => exteriors.push(ring),
        WindingOrder::Clockwise => holes.push(ring),
    }
    Some(())
}

/// The smallest exterior in which a hole lies: what was cut off inside a hole may have holes of its own. A hole may touch
/// the exterior in a vertex, so the first vertex that does not is asked for.
fn around(exteriors: &[Polygon<f64>], hole: &LineString<f64>) -> Option<usize> {
    let holds = |exterior: &Polygon<f64>| {
        let mut places = hole.0.iter().map(|c| exterior.coordinate_position(c));
        places.find(|place| *place != CoordPos::OnBoundary) == Some(CoordPos::Inside)
    };
    let holding = exteriors.iter().enumerate().filter(|(_, exterior)| holds(exterior));
    holding.min_by(|a, b| a.1.unsigned_area().total_cmp(&b.1.unsigned_area())).map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{BooleanOps, Rect, wkt};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    fn line(axis: Axis, at: f64) -> Line {
        Line { axis, at }
    }

    fn pieces(polygon: &Polygon<f64>, axis: Axis, at: f64) -> Pieces {
        Cut::new(polygon, line(axis, at)).unwrap().pieces().unwrap()
    }

    fn area(polygons: &[Polygon<f64>]) -> f64 {
        polygons.iter().map(Area::unsigned_area).sum()
    }

    /// A star with wild radii, and a smaller one inside it as a hole: crossed many times by most lines.
    fn star(rng: &mut StdRng, corners: i32) -> Polygon<f64> {
        let mut circle = |from: f64, to: f64| {
            (0..corners)
                .map(|i| {
                    let (sin, cos) = (f64::from(i) / f64::from(corners) * std::f64::consts::TAU).sin_cos();
                    let radius = rng.random_range(from..to);
                    Coord { x: 9.5 + radius * cos, y: 47.1 + radius * sin }
                })
                .collect::<LineString<f64>>()
        };
        Polygon::new(circle(0.05, 0.2), vec![circle(0.005, 0.045)])
    }

    #[test]
    fn a_comb_falls_into_its_teeth_and_its_back() {
        let comb = wkt!(POLYGON((0. 0.,7. 0.,7. 4.,6. 4.,6. 1.,5. 1.,5. 4.,4. 4.,4. 1.,1. 1.,1. 4.,0. 4.,0. 0.)));
        let cut = pieces(&comb, Axis::Lat, 2.0);
        assert_eq!((cut.low.len(), cut.high.len()), (1, 3));
        assert_eq!(cut.links, [(0, 0), (0, 1), (0, 2)]);
        assert!((area(&cut.high) - 6.0).abs() < 1e-12);
    }

    #[test]
    fn a_line_through_a_hole_leaves_two_halves_and_one_beside_it_keeps_the_hole() {
        let ring = wkt!(POLYGON((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(3. 3.,6. 3.,6. 6.,3. 6.,3. 3.)));
        let cut = pieces(&ring, Axis::Lon, 4.0);
        assert_eq!((cut.low.len(), cut.high.len(), cut.links.len()), (1, 1, 2));
        assert!(cut.low[0].interiors().is_empty() && (area(&cut.low) - 33.0).abs() < 1e-12);
        let cut = pieces(&ring, Axis::Lon, 2.0);
        assert_eq!((cut.low[0].interiors().len(), cut.high[0].interiors().len()), (0, 1));
    }

    #[test]
    fn some_chords_cut_only_there() {
        let comb = wkt!(POLYGON((0. 0.,7. 0.,7. 4.,6. 4.,6. 1.,5. 1.,5. 4.,4. 4.,4. 1.,1. 1.,1. 4.,0. 4.,0. 0.)));
        let cut = Cut::new(&comb, line(Axis::Lat, 2.0)).unwrap();
        let parts = cut.along(&[false, true, false]).unwrap();
        let mut areas: Vec<f64> = parts.iter().map(Area::unsigned_area).collect();
        areas.sort_by(f64::total_cmp);
        assert!(areas.len() == 2 && (areas[0] - 2.0).abs() < 1e-12 && (areas[1] - 14.0).abs() < 1e-12, "{areas:?}");
    }

    #[test]
    fn a_tongue_into_a_hole_is_cut_off_and_the_hole_stays() {
        let lake =
            wkt!(POLYGON((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(2. 2.,2. 7.,7. 7.,7. 2.,5. 2.,5. 5.,4. 5.,4. 2.,2. 2.)));
        let cut = Cut::new(&lake, line(Axis::Lat, 4.0)).unwrap();
        assert_eq!(cut.chords(), 3);
        let parts = cut.along(&[false, true, false]).unwrap();
        assert_eq!(parts.len(), 2);
        assert!((area(&parts) - lake.unsigned_area()).abs() < 1e-12);
        assert_eq!(parts.iter().map(|p| p.interiors().len()).sum::<usize>(), 1);
    }

    #[test]
    fn random_stars_are_cut_as_an_independent_overlay_cuts_them() {
        let mut rng = StdRng::seed_from_u64(3);
        let mut chords = 0;
        for round in 0..400 {
            let polygon = star(&mut rng, 5 + round % 60);
            let axis = Axis::ALL[usize::try_from(round).unwrap() % 2];
            let middle = axis.across(Coord { x: 9.5, y: 47.1 });
            let Some(cut) = Cut::new(&polygon, line(axis, middle + rng.random_range(-0.1..0.1))) else { continue };
            let cut_at = cut.line.at;
            let both = cut.pieces().unwrap();
            chords += cut.chords();
            assert!((area(&both.low) + area(&both.high) - polygon.unsigned_area()).abs() < 1e-12);
            let corner = match axis {
                Axis::Lon => Coord { x: cut_at, y: 60.0 },
                Axis::Lat => Coord { x: 60.0, y: cut_at },
            };
            let half = Rect::new(Coord { x: -60.0, y: -60.0 }, corner).to_polygon();
            // The overlay rounds to a lattice, here of 1e-7 degree: pieces smaller than that are its own.
            let expected: Vec<f64> =
                polygon.intersection(&half).iter().map(Area::unsigned_area).filter(|a| *a > 1e-8).collect();
            let found: Vec<f64> = both.low.iter().map(Area::unsigned_area).filter(|a| *a > 1e-8).collect();
            assert!((expected.iter().sum::<f64>() - found.iter().sum::<f64>()).abs() < 1e-6, "round {round}");
            assert_eq!(expected.len(), found.len(), "round {round}");
            assert_eq!(cut.along(&vec![true; cut.chords()]).unwrap().len(), both.low.len() + both.high.len());
        }
        assert!(chords > 1_000, "{chords}");
    }

    #[test]
    fn neighbours_get_the_same_vertices_where_one_line_cuts_both() {
        let mut rng = StdRng::seed_from_u64(9);
        for _ in 0..100 {
            let border: Vec<Coord<f64>> = (0..40)
                .map(|i| Coord {
                    // Wild, so that the same crossing worked out from the other end would often be rounded otherwise.
                    x: rng.random_range(-50.0..50.0),
                    y: 47.0 + f64::from(i) * 0.01 + rng.random_range(0.0..0.009),
                })
                .collect();
            let side = |x: f64, reversed: bool| {
                let mut outline = border.clone();
                outline.extend([Coord { x, y: 47.5 }, Coord { x, y: 46.9 }]);
                if reversed {
                    outline.reverse();
                }
                Polygon::new(LineString(outline), Vec::new())
            };
            let (west, east) = (side(-60.0, true), side(60.0, false));
            let at = line(Axis::Lat, rng.random_range(47.02..47.38));
            let (Some(a), Some(b)) = (Cut::new(&west, at), Cut::new(&east, at)) else { continue };
            assert_eq!(a.ends(0)[1], b.ends(0)[0]);
        }
    }

    #[test]
    fn there_is_no_cut_beside_a_polygon_or_through_its_vertex() {
        let square = wkt!(POLYGON((0. 0.,2. 0.,2. 2.,1. 3.,0. 2.,0. 0.)));
        for at in [-1.0, 0.0, 1.0, 2.0, 5.0] {
            assert!(Cut::new(&square, line(Axis::Lon, at)).is_none(), "{at}");
        }
        assert!(Cut::new(&Polygon::new(LineString(Vec::new()), Vec::new()), line(Axis::Lon, 0.0)).is_none());
    }
}
