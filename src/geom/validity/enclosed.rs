//! What lines enclose that close together, as the borders of a multipolygon are mapped: in parts, in any order and direction.

use super::faces::{assemble, pieces};
use super::polygons::key;
use super::segments::{Meeting, Segment, before, meetings};
use super::{Fault, Invalid, finite};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use std::collections::HashMap;
use std::ops::ControlFlow;

type Key = (u64, u64);

/// The polygons whose borders the lines are, all together, by the even-odd rule: what lies within one ring is inside, within two rings
/// a hole, within three an island. A stretch that is drawn twice is no border, so that holes which share one are one hole.
///
/// Refuses lines that do not close. Lines that cross come back as the rings that they are, each a polygon by itself:
/// [`check`](super::check) refuses those, and [`repair`](super::repair) can mend them. What does not cross comes back valid.
/// About n log n for n positions, and n for each separate ring.
///
/// ```
/// use geo::{Area, wkt};
/// use melonmap::geom::validity::enclosed;
/// let halves = [wkt!(LINESTRING(0. 0.,4. 0.,4. 4.)), wkt!(LINESTRING(0. 0.,0. 4.,4. 4.))];
/// assert_eq!(enclosed(&halves).unwrap().unsigned_area(), 16.0);
/// assert!(enclosed(&halves[..1]).is_err());
/// ```
pub fn enclosed(lines: &[LineString<f64>]) -> Result<MultiPolygon<f64>, Invalid> {
    if !lines.iter().flatten().all(|c| finite(*c)) {
        return Err(Fault::NotFinite.into());
    }
    if let Some(end) = loose_end(lines) {
        return Err(Invalid::at(Fault::NotClosed, end));
    }
    let segments = lines.iter().flat_map(LineString::lines).filter(|l| l.start != l.end);
    let mut segments = drawn_once(segments.map(|l| Segment { a: l.start, b: l.end }).collect());
    if segments.is_empty() {
        return Err(Fault::Collapsed.into());
    }
    // Where they touch they are cut at an end that is there already, so that nothing is rounded; what then lies on one another is
    // the same, and nothing is left to cut.
    match touches(&segments) {
        None => Ok(rings(&segments)),
        Some(cuts) => {
            if cuts.iter().any(|cuts| !cuts.is_empty()) {
                segments = drawn_once(segments.iter().zip(cuts).flat_map(|(s, at)| pieces(*s, at)).collect());
            }
            Ok(assemble(&segments))
        }
    }
}

/// A position where an odd number of lines ends.
fn loose_end(lines: &[LineString<f64>]) -> Option<Coord<f64>> {
    let mut ends: HashMap<Key, (Coord<f64>, usize)> = HashMap::new();
    for end in lines.iter().flat_map(|line| [line.0.first(), line.0.last()]).flatten() {
        ends.entry(key(*end)).or_insert((*end, 0)).1 += 1;
    }
    let loose = ends.into_values().filter(|(_, lines)| lines % 2 == 1).map(|(at, _)| at);
    // The first of them, so that the same lines are always told in the same words.
    loose.reduce(|one, other| if before(other, one) { other } else { one })
}

/// Without the segments that are drawn an even number of times; of the others one each.
fn drawn_once(mut segments: Vec<Segment>) -> Vec<Segment> {
    for segment in &mut segments {
        if before(segment.b, segment.a) {
            std::mem::swap(&mut segment.a, &mut segment.b);
        }
    }
    let ends = |s: &Segment| (s.a.x, s.a.y, s.b.x, s.b.y);
    segments.sort_unstable_by(|one, other| {
        let (one, other) = (ends(one), ends(other));
        let in_turn = [(one.0, other.0), (one.1, other.1), (one.2, other.2), (one.3, other.3)];
        in_turn
            .into_iter()
            .map(|(one, other)| (one + 0.0).total_cmp(&(other + 0.0)))
            .find(|o| o.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    segments.chunk_by(|one, other| one == other).filter(|same| same.len() % 2 == 1).map(|same| same[0]).collect()
}

/// Where each segment is touched between its ends; `None` where two cross.
fn touches(segments: &[Segment]) -> Option<Vec<Vec<Coord<f64>>>> {
    let mut cuts: Vec<Vec<Coord<f64>>> = vec![Vec::new(); segments.len()];
    let found = meetings(segments, |i, j, meeting| {
        let (first, second) = match meeting {
            Meeting::Cross(_) => return ControlFlow::Break(()),
            Meeting::Touch(at) => (at, at),
            Meeting::Overlap(from, to) => (from, to),
        };
        for k in [i, j] {
            let between = |at: &Coord<f64>| *at != segments[k].a && *at != segments[k].b;
            cuts[k].extend([first, second].into_iter().filter(between));
        }
        ControlFlow::Continue(())
    });
    found.is_continue().then_some(cuts)
}

/// Each segment in one ring, however they run through one another; an even number of segments ends in each position.
fn rings(segments: &[Segment]) -> MultiPolygon<f64> {
    let mut at: HashMap<Key, Vec<usize>> = HashMap::new();
    for (i, segment) in segments.iter().enumerate() {
        at.entry(key(segment.a)).or_default().push(i);
        at.entry(key(segment.b)).or_default().push(i);
    }
    let mut taken = vec![false; segments.len()];
    let mut rings = Vec::new();
    for start in segments {
        let (mut ring, mut here) = (Vec::new(), start.a);
        // What was taken from its other end is dropped when it comes up, so that each is looked at twice in all.
        while let Some(i) = at.get_mut(&key(here)).and_then(|near| {
            while near.pop_if(|i| taken[*i]).is_some() {}
            near.pop()
        }) {
            taken[i] = true;
            ring.push(here);
            here = if segments[i].a == here { segments[i].b } else { segments[i].a };
        }
        if !ring.is_empty() {
            rings.push(Polygon::new(LineString(ring), Vec::new()));
        }
    }
    MultiPolygon(rings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::LonLat;
    use crate::geom::validity::{check, repair};
    use geo::{Area, Geometry, MultiLineString, wkt};
    use rand::seq::SliceRandom;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    /// Polygons, rings and area, however the lines are ordered and whichever way they run.
    #[track_caller]
    fn is(lines: &MultiLineString<f64>, polygons: usize, rings: usize, area: f64) {
        let mut rng = SmallRng::seed_from_u64(3);
        let mut lines = lines.0.clone();
        for _ in 0..8 {
            let found = enclosed(&lines).unwrap();
            check(&Geometry::MultiPolygon(found.clone())).unwrap();
            let all: usize = found.iter().map(|p| 1 + p.interiors().len()).sum();
            assert_eq!((found.0.len(), all, found.unsigned_area()), (polygons, rings, area), "{found:?}");
            lines.shuffle(&mut rng);
            for line in &mut lines {
                if rng.random() {
                    line.0.reverse();
                }
            }
        }
    }

    #[test]
    fn parts_become_rings_and_rings_lie_in_one_another() {
        // Three parts of one ring.
        is(&wkt!(MULTILINESTRING((0. 0.,9. 0.),(9. 9.,9. 0.),(9. 9.,0. 9.,0. 0.))), 1, 1, 81.0);
        // Two polygons apart.
        is(&wkt!(MULTILINESTRING((0. 0.,1. 0.,1. 1.,0. 0.),(5. 5.,6. 5.,6. 6.,5. 5.))), 2, 2, 1.0);
        // An island in a hole, with a pond on it.
        let nested = wkt!(MULTILINESTRING((0. 0.,9. 0.,9. 9.),(0. 0.,0. 9.,9. 9.),(1. 1.,8. 1.,8. 8.,1. 8.,1. 1.),
            (2. 2.,7. 2.,7. 7.,2. 7.,2. 2.),(3. 3.,4. 3.,4. 4.,3. 4.,3. 3.)));
        is(&nested, 2, 4, 81.0 - 49.0 + 25.0 - 1.0);
    }

    #[test]
    fn rings_may_touch() {
        let shell = wkt!(MULTILINESTRING((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.)));
        let check = |rings: MultiLineString<f64>, polygons, all, area| {
            let lines = MultiLineString(shell.0.iter().cloned().chain(rings).collect());
            is(&lines, polygons, all, area);
        };
        // Holes that share an edge, and holes that share a part of one, are one hole.
        check(
            wkt!(MULTILINESTRING((1. 1.,4. 1.,4. 4.,1. 4.,1. 1.),(4. 1.,7. 1.,7. 4.,4. 4.,4. 1.))),
            1,
            2,
            81.0 - 18.0,
        );
        check(
            wkt!(MULTILINESTRING((1. 1.,4. 1.,4. 5.,1. 5.,1. 1.),(4. 2.,7. 2.,7. 4.,4. 4.,4. 2.))),
            1,
            2,
            81.0 - 12.0 - 6.0,
        );
        // Holes that share a corner are two.
        check(
            wkt!(MULTILINESTRING((1. 1.,4. 1.,4. 4.,1. 4.,1. 1.),(4. 4.,7. 4.,7. 7.,4. 7.,4. 4.))),
            1,
            3,
            81.0 - 18.0,
        );
        // A hole may touch the shell in a corner, in an end on an edge, and along an edge, where it is a notch.
        check(wkt!(MULTILINESTRING((0. 0.,3. 1.,1. 3.,0. 0.))), 1, 2, 81.0 - 4.0);
        check(wkt!(MULTILINESTRING((0. 4.,2. 3.,2. 5.,0. 4.))), 1, 2, 81.0 - 2.0);
        check(wkt!(MULTILINESTRING((0. 3.,2. 3.,2. 5.,0. 5.,0. 3.))), 1, 1, 81.0 - 4.0);
        // One that touches it twice cuts it in two.
        check(wkt!(MULTILINESTRING((0. 4.,4. 3.,9. 4.,4. 5.,0. 4.))), 2, 2, 81.0 - 9.0);
        // Neighbours that share an edge are one polygon.
        check(wkt!(MULTILINESTRING((9. 0.,12. 0.,12. 9.,9. 9.,9. 0.))), 1, 1, 108.0);
        check(wkt!(MULTILINESTRING((9. 9.,10. 9.,10. 10.,9. 10.,9. 9.))), 2, 2, 82.0);
    }

    #[test]
    fn what_does_not_close_is_refused_with_its_end() {
        for (lines, x) in [
            (wkt!(MULTILINESTRING((0. 0.,9. 0.,9. 9.))), 0.0),
            (wkt!(MULTILINESTRING((0. 0.,9. 0.,9. 9.,0. 0.),(3. 1.,4. 1.,4. 2.))), 3.0),
            (wkt!(MULTILINESTRING((0. 0.,9. 0.),(9. 0.,9. 9.),(9. 9.,0. 9.,0. 1.))), 0.0),
        ] {
            let invalid = enclosed(&lines.0).unwrap_err();
            assert_eq!((invalid.fault, invalid.at.map(LonLat::lon)), (Fault::NotClosed, Some(x)));
        }
        let back = wkt!(MULTILINESTRING((0. 0.,9. 0.,9. 9.),(9. 9.,9. 0.,0. 0.)));
        assert_eq!(enclosed(&back.0).unwrap_err().fault, Fault::Collapsed);
        assert_eq!(enclosed(&[]).unwrap_err().fault, Fault::Collapsed);
        let nowhere = LineString::from(vec![(0.0, f64::NAN), (1.0, 1.0), (0.0, f64::NAN)]);
        assert_eq!(enclosed(&[nowhere]).unwrap_err().fault, Fault::NotFinite);
    }

    #[test]
    fn what_crosses_is_never_valid_and_can_be_mended() {
        for lines in [
            wkt!(MULTILINESTRING((0. 0.,4. 4.,4. 0.,0. 4.,0. 0.))),
            wkt!(MULTILINESTRING((0. 0.,4. 0.,4. 4.,0. 4.,0. 0.),(2. 2.,6. 2.,6. 3.,2. 3.,2. 2.))),
            wkt!(MULTILINESTRING((0. 0.,9. 0.,9. 9.,0. 9.,0. 0.),(1. 1.,4. 4.,4. 1.,1. 4.,1. 1.))),
        ] {
            let found = Geometry::MultiPolygon(enclosed(&lines.0).unwrap());
            assert_eq!(check(&found).unwrap_err().fault, Fault::SelfIntersection);
            check(&repair(&found).unwrap()).unwrap();
        }
    }

    /// Cells of a board that are on, each drawn by its four edges: what is enclosed is their union, however they touch.
    #[test]
    fn cells_of_a_board_become_the_area_that_they_cover() {
        let mut rng = SmallRng::seed_from_u64(11);
        for round in 0..200 {
            let side = 2 + round % 9;
            let on: Vec<(i32, i32)> =
                (0..side).flat_map(|x| (0..side).map(move |y| (x, y))).filter(|_| rng.random_bool(0.6)).collect();
            let cell = |(x, y): &(i32, i32)| {
                let (x, y) = (f64::from(*x), f64::from(*y));
                LineString::from(vec![(x, y), (x + 1.0, y), (x + 1.0, y + 1.0), (x, y + 1.0), (x, y)])
            };
            let lines: Vec<LineString<f64>> = on.iter().map(cell).collect();
            let Ok(found) = enclosed(&lines) else {
                assert!(on.is_empty());
                continue;
            };
            check(&Geometry::MultiPolygon(found.clone())).unwrap();
            #[allow(clippy::cast_precision_loss)] // of a hundred
            let area = on.len() as f64;
            assert!((found.unsigned_area() - area).abs() < 1e-9, "{on:?}: {found:?}");
        }
    }
}
