//! Whether the Areas of one level cover their parents once: gaps, overlaps, slivers, orphans.
//!
//! Overlays round to a lattice of about 2^-30 of the extent that they work on, 0.1 mm for a county of 100 km. Borders that
//! are the same vertex by vertex stay the same; others leave noise below the square metre, which the tolerance takes out.

use super::AnalysisError;
use super::sweep::touching;
use crate::geom::{Bbox, LonLat, Meters, Plane};
use crate::model::{Area, Code};
use geo::bool_ops::{FillRule, OpType};
use geo::orient::{Direction, Orient};
use geo::{Area as _, BooleanOps, Centroid, Coord, InteriorPoint, MultiPolygon, Polygon};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// What a check lets pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Gaps, overlaps and parts outside a parent are found from this size on, square metres. Default 1.
    pub tolerance_m2: f64,
    /// What is thinner is a sliver. Width is taken as 2 · area / perimeter: that of a long strip, half that of a square.
    /// Default 1 m.
    pub sliver: Meters,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { tolerance_m2: 1.0, sliver: Meters(1.0) }
    }
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Part of a parent that no child covers, or a hole between areas that have no parent.
    Gap,
    /// Two areas claim it.
    Overlap,
    /// A gap thinner than [`Limits::sliver`].
    GapSliver,
    /// An overlap thinner than [`Limits::sliver`].
    OverlapSliver,
    /// A part of an area that is itself thinner than [`Limits::sliver`].
    AreaSliver,
    /// An area whose parent is not there, or which names none though others do.
    Orphan,
    /// Part of an area that lies outside its parent.
    OutsideParent,
}

impl Kind {
    /// The word for it in a report: `gap`, `overlap`, `sliver` or `orphan`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Gap => "gap",
            Kind::Overlap => "overlap",
            Kind::GapSliver | Kind::OverlapSliver | Kind::AreaSliver => "sliver",
            Kind::Orphan | Kind::OutsideParent => "orphan",
        }
    }
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// Whom it concerns: of a gap the parent (nobody where there is none), of an overlap both areas, of a part outside the
    /// area and its parent, otherwise the area.
    pub codes: Vec<Code>,
    /// A place inside it.
    pub at: LonLat,
    /// Its size, square metres, true to 1e-4 up to the size of a county.
    pub area_m2: f64,
    /// Its outline; `None` where it is the whole area.
    pub geometry: Option<MultiPolygon<f64>>,
}

/// Checks areas of one level against each other and against their parents; in the order of kind, then size, largest first.
///
/// `parents` may be empty: then the areas stand at the top, no orphan is looked for, and gaps are holes in their union. A
/// parent without any child is not looked at: it is not divided. Refuses an area without extent. Overlays run in parallel;
/// half a second for 20,000 areas of six vertices in one parent, on two cores.
pub fn check(areas: &[&Area], parents: &[&Area], limits: &Limits) -> Result<Vec<Finding>, AnalysisError> {
    let level = Oriented::all(areas)?;
    let above = Oriented::all(parents)?;
    let by_code: HashMap<&Code, &Oriented<'_>> = above.iter().map(|a| (&a.area.code, a)).collect();
    let mut families: BTreeMap<Option<&Code>, Vec<&Oriented<'_>>> = BTreeMap::new();
    for child in &level {
        let parent = child.area.parent.as_ref().filter(|p| by_code.contains_key(p));
        families.entry(parent).or_default().push(child);
    }
    let mut findings: Vec<Finding> = families
        .par_iter()
        .flat_map(|(parent, children)| match parent.and_then(|p| by_code.get(p)) {
            Some(parent) => against_parent(parent, children, limits),
            None => without_parent(children, !parents.is_empty(), limits),
        })
        .collect();
    findings.extend(overlaps(&level, limits));
    findings.extend(level.iter().flat_map(|a| thin_parts(a, limits)));
    findings
        .sort_by(|a, b| a.kind.cmp(&b.kind).then(b.area_m2.total_cmp(&a.area_m2)).then_with(|| a.codes.cmp(&b.codes)));
    Ok(findings)
}

/// An area with its exteriors counter-clockwise and its holes clockwise, as overlays that count windings need it.
struct Oriented<'a> {
    area: &'a Area,
    bbox: Bbox,
    polygons: MultiPolygon<f64>,
}

impl<'a> Oriented<'a> {
    fn all(areas: &[&'a Area]) -> Result<Vec<Oriented<'a>>, AnalysisError> {
        let one = |area: &&'a Area| {
            let bbox =
                Bbox::around(&area.geometry).ok_or_else(|| AnalysisError::NoExtent { code: area.code.clone() })?;
            let filled = area.geometry.iter().filter(|p| !p.exterior().0.is_empty());
            let polygons = MultiPolygon(filled.map(|p| p.orient(Direction::Default)).collect());
            Ok(Oriented { area, bbox, polygons })
        };
        areas.iter().map(one).collect()
    }
}

fn against_parent(parent: &Oriented<'_>, children: &[&Oriented<'_>], limits: &Limits) -> Vec<Finding> {
    let all = MultiPolygon(children.iter().flat_map(|c| c.polygons.0.iter().cloned()).collect());
    let gaps = parent.polygons.boolean_op_with_fill_rule(&all, OpType::Difference, FillRule::NonZero);
    let outside = all.boolean_op_with_fill_rule(&parent.polygons, OpType::Difference, FillRule::NonZero);
    let codes = [&parent.area.code];
    let mut findings: Vec<Finding> =
        gaps.into_iter().filter_map(|gap| finding([Kind::Gap, Kind::GapSliver], &codes, gap, limits)).collect();
    for part in outside.into_iter().filter(|p| Measure::of(p).area_m2 >= limits.tolerance_m2) {
        let Some(bbox) = Bbox::around(&part) else { continue };
        for child in children.iter().filter(|c| c.bbox.intersects(&bbox)) {
            let codes = [&child.area.code, &parent.area.code];
            let own = child.polygons.intersection(&part);
            findings.extend(own.into_iter().filter_map(|p| finding([Kind::OutsideParent; 2], &codes, p, limits)));
        }
    }
    findings
}

fn without_parent(children: &[&Oriented<'_>], orphans: bool, limits: &Limits) -> Vec<Finding> {
    if orphans {
        let whole = |c: &&Oriented<'_>| {
            let parts: Vec<Measure> = c.polygons.iter().map(Measure::of).collect();
            let at = parts.iter().max_by(|a, b| a.area_m2.total_cmp(&b.area_m2))?.at;
            let area_m2 = parts.iter().map(|m| m.area_m2).sum();
            Some(Finding { kind: Kind::Orphan, codes: vec![c.area.code.clone()], at, area_m2, geometry: None })
        };
        return children.iter().filter_map(whole).collect();
    }
    let nothing = MultiPolygon(Vec::new());
    let all = MultiPolygon(children.iter().flat_map(|c| c.polygons.0.iter().cloned()).collect());
    let union = all.boolean_op_with_fill_rule(&nothing, OpType::Union, FillRule::NonZero);
    let holes = union.iter().flat_map(Polygon::interiors).map(|ring| Polygon::new(ring.clone(), Vec::new()));
    holes.filter_map(|hole| finding([Kind::Gap, Kind::GapSliver], &[], hole, limits)).collect()
}

fn overlaps(level: &[Oriented<'_>], limits: &Limits) -> Vec<Finding> {
    let boxes: Vec<Bbox> = level.iter().map(|a| a.bbox).collect();
    let common = |(a, b): (usize, usize)| {
        let codes = [&level[a].area.code, &level[b].area.code];
        let common = level[a].polygons.intersection(&level[b].polygons);
        let found = common.into_iter().filter_map(|p| finding([Kind::Overlap, Kind::OverlapSliver], &codes, p, limits));
        found.collect::<Vec<_>>()
    };
    touching(&boxes).into_par_iter().flat_map_iter(common).collect()
}

fn thin_parts(area: &Oriented<'_>, limits: &Limits) -> Vec<Finding> {
    let thin = |p: &Polygon<f64>| {
        let measure = Measure::of(p);
        (measure.width_m < limits.sliver.0).then(|| Finding {
            kind: Kind::AreaSliver,
            codes: vec![area.area.code.clone()],
            at: measure.at,
            area_m2: measure.area_m2,
            geometry: Some(p.clone().into()),
        })
    };
    area.polygons.iter().filter_map(thin).collect()
}

/// What was found, as the first kind or, where it is thin, as the second; `None` below the tolerance.
fn finding(kinds: [Kind; 2], codes: &[&Code], polygon: Polygon<f64>, limits: &Limits) -> Option<Finding> {
    let Measure { at, area_m2, width_m } = Measure::of(&polygon);
    (area_m2 >= limits.tolerance_m2).then(|| Finding {
        kind: if width_m < limits.sliver.0 { kinds[1] } else { kinds[0] },
        codes: codes.iter().map(|c| (*c).clone()).collect(),
        at,
        area_m2,
        geometry: Some(polygon.into()),
    })
}

/// A polygon's place, size and width.
struct Measure {
    at: LonLat,
    area_m2: f64,
    width_m: f64,
}

impl Measure {
    fn of(polygon: &Polygon<f64>) -> Measure {
        let inside = polygon.interior_point().or_else(|| polygon.centroid()).map_or(Coord::zero(), Coord::from);
        // Rounding to the lattice may have left the range by a hair.
        let at = LonLat::new(inside.x.clamp(-180.0, 180.0), inside.y.clamp(-90.0, 90.0))
            .expect("a point of areas that have a Bbox is a number, and it was clamped");
        let plane = Plane::around(at);
        let area_m2 = polygon.unsigned_area() * plane.square_meters_per_square_degree();
        let length = |a: Coord<f64>, b: Coord<f64>| {
            (plane.project(a) - plane.project(b)).x.hypot((plane.project(a) - plane.project(b)).y)
        };
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        let perimeter: f64 = rings.flat_map(|r| r.0.windows(2)).map(|e| length(e[0], e[1])).sum();
        Measure { at, area_m2, width_m: if perimeter > 0.0 { 2.0 * area_m2 / perimeter } else { 0.0 } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::divide::{self, Parent};
    use crate::model::Level;
    use crate::model::gridcode::Place;
    use geo::{BoundingRect, Contains};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    /// Metres east and north of a corner at 47.1° N, so that sizes can be told by hand.
    fn ring(vertices: &[(f64, f64)]) -> Polygon<f64> {
        let (per_lon, per_lat) = Plane::around(LonLat::new(9.5, 47.1).unwrap()).meters_per_degree();
        let place = |(x, y): &(f64, f64)| Coord { x: 9.5 + x / per_lon, y: 47.1 + y / per_lat };
        Polygon::new(vertices.iter().map(place).collect(), Vec::new())
    }

    fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Polygon<f64> {
        ring(&[(west, south), (east, south), (east, north), (west, north)])
    }

    fn area(code: &str, parent: Option<&str>, geometry: impl Into<MultiPolygon<f64>>) -> Area {
        Area {
            code: Code::new(code).unwrap(),
            name: code.to_owned(),
            level: Level::Grid,
            parent: parent.map(|p| Code::new(p).unwrap()),
            valid_from: None,
            valid_to: None,
            geometry: geometry.into(),
        }
    }

    /// Kind, codes and whole square metres of what is found.
    fn found(areas: &[Area], parents: &[Area]) -> Vec<(Kind, String, i64)> {
        let findings =
            check(&areas.iter().collect::<Vec<_>>(), &parents.iter().collect::<Vec<_>>(), &Limits::default());
        let row = |f: &Finding| {
            if let Some(geometry) = &f.geometry {
                assert!(geometry.contains(&f.at.coord()), "{f:?}");
            }
            let codes: Vec<&str> = f.codes.iter().map(Code::as_str).collect();
            #[allow(clippy::cast_possible_truncation)]
            (f.kind, codes.join(" "), f.area_m2.round() as i64)
        };
        findings.unwrap().iter().map(row).collect()
    }

    #[test]
    fn gaps_and_overlaps_of_known_size_are_found_where_they_are() {
        type Rows = &'static [(Kind, &'static str, i64)];
        let table: [(&str, Polygon<f64>, Rows); 6] = [
            ("seamless", rectangle(100.0, 0.0, 200.0, 100.0), &[]),
            ("gap of 10 m × 100 m", rectangle(110.0, 0.0, 200.0, 100.0), &[(Kind::Gap, "p", 1000)]),
            ("gap of 0.5 m × 100 m", rectangle(100.5, 0.0, 200.0, 100.0), &[(Kind::GapSliver, "p", 50)]),
            ("gap below the tolerance", rectangle(100.005, 0.0, 200.0, 100.0), &[]),
            ("overlap of 20 m × 100 m", rectangle(80.0, 0.0, 200.0, 100.0), &[(Kind::Overlap, "a b", 2000)]),
            ("out of the parent by 5 m", rectangle(100.0, 0.0, 205.0, 100.0), &[(Kind::OutsideParent, "b p", 500)]),
        ];
        for (name, b, expected) in table {
            let parent = area("p", None, rectangle(0.0, 0.0, 200.0, 100.0));
            let children = [area("a", Some("p"), rectangle(0.0, 0.0, 100.0, 100.0)), area("b", Some("p"), b)];
            let rows = found(&children, &[parent]);
            let rows: Vec<(Kind, &str, i64)> = rows.iter().map(|(k, c, m)| (*k, c.as_str(), *m)).collect();
            assert_eq!(rows, expected, "{name}");
        }
    }

    #[test]
    fn a_hole_between_areas_without_a_parent_is_a_gap() {
        let around = [
            rectangle(0.0, 0.0, 30.0, 10.0),
            rectangle(0.0, 20.0, 30.0, 30.0),
            rectangle(0.0, 10.0, 10.0, 20.0),
            rectangle(20.0, 10.0, 30.0, 20.0),
        ];
        let areas: Vec<Area> = around.into_iter().enumerate().map(|(i, p)| area(&format!("a{i}"), None, p)).collect();
        assert_eq!(found(&areas, &[]), [(Kind::Gap, String::new(), 100)]);
    }

    #[test]
    fn areas_without_their_parent_are_orphans_and_thin_areas_slivers() {
        let parents = [area("p", None, rectangle(0.0, 0.0, 100.0, 100.0))];
        let areas = [
            area("a", Some("p"), rectangle(0.0, 0.0, 100.0, 99.5)),
            area("thin", Some("p"), rectangle(0.0, 99.5, 100.0, 100.0)),
            area("lost", Some("q"), rectangle(200.0, 0.0, 210.0, 10.0)),
            area("nobody's", None, rectangle(300.0, 0.0, 310.0, 20.0)),
        ];
        let expected = [
            (Kind::AreaSliver, "thin".to_owned(), 50),
            (Kind::Orphan, "nobody's".to_owned(), 200),
            (Kind::Orphan, "lost".to_owned(), 100),
        ];
        assert_eq!(found(&areas, &parents), expected);
    }

    #[test]
    fn what_divide_draws_has_no_gap_and_no_overlap() {
        let mut rng = StdRng::seed_from_u64(11);
        // Two townships with a crooked border, one with an exclave inside the other.
        let border: Vec<(f64, f64)> = (0..50)
            .map(|i| (2000.0 + rng.random_range(-200.0..200.0), f64::from(i) * 60.0 + rng.random_range(0.0..59.0)))
            .collect();
        let (south, north) = (border[0].1, border[49].1);
        let side = |x: f64| ring(&border.iter().copied().chain([(x, north), (x, south)]).collect::<Vec<_>>());
        let exclave = rectangle(3000.0, 1000.0, 3500.0, 1800.0);
        let west = MultiPolygon(vec![side(0.0), exclave.clone()]);
        let east: MultiPolygon<f64> =
            Polygon::new(side(4200.0).exterior().clone(), vec![exclave.exterior().clone()]).into();
        let townships = [area("331124001", Some("331124"), west), area("331124002", Some("331124"), east)];
        let mut grids = Vec::new();
        let households: Vec<Vec<LonLat>> = townships.iter().map(|t| scatter(&mut rng, &t.geometry, 1_000)).collect();
        let parents: Vec<Parent<'_>> =
            townships.iter().zip(&households).map(|(area, households)| Parent { area, households }).collect();
        let divisions = divide::divide(&parents, 40.try_into().unwrap()).unwrap();
        for (township, division) in townships.iter().zip(divisions) {
            let place = Place::of_codes("331124", Some(township.code.as_str()), None).unwrap();
            grids.extend(divide::grids(township, place, division.pieces).unwrap());
        }
        assert!(grids.len() > 50);
        assert_eq!(found(&grids, &townships), []);
        // The check does see it when one is missing.
        grids.pop();
        assert_eq!(found(&grids, &townships).len(), 1);
    }

    fn scatter(rng: &mut StdRng, inside: &MultiPolygon<f64>, n: usize) -> Vec<LonLat> {
        let rect = inside.bounding_rect().unwrap();
        let mut all = Vec::new();
        while all.len() < n {
            let at = Coord {
                x: rng.random_range(rect.min().x..rect.max().x),
                y: rng.random_range(rect.min().y..rect.max().y),
            };
            if inside.contains(&at) {
                all.push(LonLat::new(at.x, at.y).unwrap());
            }
        }
        all
    }
}
