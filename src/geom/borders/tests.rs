use super::sample::Country;
use super::*;
use crate::geom::distance_2;
use geo::{Coord, polygon};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;

const ZOOMS: std::ops::RangeInclusive<u8> = 0..=Outline::WHOLE;

fn weighed(polygons: &[MultiPolygon<f64>]) -> Vec<Outline> {
    let outlines: Vec<Outline> = polygons.iter().map(Outline::of).collect();
    let junctions = Junctions::among(&outlines);
    outlines.into_iter().map(|outline| outline.weighed(&junctions)).collect()
}

fn cells(seed: u64) -> Vec<MultiPolygon<f64>> {
    let country = Country::new(seed, World { x: 0.53, y: 0.35 }, 1.0 / f64::from(1u32 << 13));
    country.tiers()[3].iter().map(|(cell, _)| cell.clone()).collect()
}

fn place(at: Lattice) -> [f64; 2] {
    [f64::from(at.x), f64::from(at.y)]
}

/// Lattice steps of half a pixel.
fn half_pixel(z: u8) -> f64 {
    f64::from(1u32 << (22 - z))
}

fn sides(ring: &[Lattice]) -> impl Iterator<Item = [Lattice; 2]> + '_ {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| [*a, *b])
}

#[test]
fn at_every_zoom_a_side_inside_the_country_is_drawn_once_in_each_direction() {
    for seed in 0..4 {
        let outlines = weighed(&cells(seed));
        let whole = weighed(&[Country::new(seed, World { x: 0.53, y: 0.35 }, 1.0 / 8192.0).tiers()[0][0].0.clone()]);
        let outer: BTreeSet<Lattice> = whole[0].points.iter().copied().collect();
        for z in ZOOMS {
            let rings: Vec<Vec<Lattice>> =
                outlines.iter().flat_map(Outline::rings).map(|ring| ring.at_zoom(z).collect()).collect();
            let all: BTreeSet<[Lattice; 2]> = rings.iter().flat_map(|ring| sides(ring)).collect();
            assert_eq!(all.len(), rings.iter().map(Vec::len).sum::<usize>(), "{seed} {z}: no side twice");
            let alone: Vec<_> = all.iter().filter(|[a, b]| !all.contains(&[*b, *a])).collect();
            assert!(alone.iter().all(|side| side.iter().all(|end| outer.contains(end))), "{seed} {z}");
            assert!(alone.len() >= 24, "{}", alone.len());
        }
    }
}

#[test]
fn no_vertex_is_farther_than_half_a_pixel_from_what_a_zoom_draws() {
    for outline in weighed(&cells(7)) {
        for z in ZOOMS {
            for ring in outline.rings() {
                let drawn: Vec<Lattice> = ring.at_zoom(z).collect();
                for at in ring.points {
                    let to_side = |[a, b]: [Lattice; 2]| distance_2(place(*at), place(a), place(b));
                    let off = sides(&drawn).map(to_side).fold(f64::INFINITY, f64::min).sqrt();
                    assert!(off <= half_pixel(z), "{z}: {off} steps");
                }
            }
        }
    }
}

#[test]
fn a_deeper_zoom_keeps_more_and_the_deepest_everything() {
    let outlines = weighed(&cells(8));
    let count = |z: u8| outlines.iter().flat_map(|o| &o.zooms).filter(|first| **first <= z).count();
    let counts: Vec<usize> = ZOOMS.map(count).collect();
    assert!(counts.is_sorted(), "{counts:?}");
    let all: usize = outlines.iter().map(Outline::vertices).sum();
    assert_eq!(counts[14], all);
    assert!(counts[0] * 20 < all && counts[8] * 4 < all && counts[11] * 5 > all, "{counts:?}");
}

/// Douglas and Peucker's method as they put it, for one tolerance.
fn plain(arc: &[Lattice], tolerance: f64) -> Vec<Lattice> {
    let (from, to) = (arc[0], arc[arc.len() - 1]);
    let off = |i: usize| distance_2(place(arc[i]), place(from), place(to)).sqrt();
    let mut farthest = 0;
    for i in 1..arc.len() - 1 {
        if farthest == 0 || off(i) > off(farthest) {
            farthest = i;
        }
    }
    if farthest == 0 || off(farthest) <= tolerance {
        return vec![from, to];
    }
    let mut kept = plain(&arc[..=farthest], tolerance);
    kept.extend(&plain(&arc[farthest..], tolerance)[1..]);
    kept
}

#[test]
fn each_zoom_keeps_what_the_plain_method_keeps_for_its_tolerance() {
    let mut rng = StdRng::seed_from_u64(12);
    for _ in 0..20 {
        // Two neighbours with one crooked border between them, run through in opposite directions.
        let mut at = [1.0_f64, -1.5];
        let mut border = Vec::new();
        while at[1] < 1.5 {
            border.push(Coord { x: at[0], y: at[1] });
            at = [at[0] + rng.random_range(-0.02..0.02), at[1] + rng.random_range(-0.004..0.012)];
        }
        let side = |x: f64| {
            let mut outer = border.clone();
            outer.extend([Coord { x, y: 3.0 }, Coord { x, y: -3.0 }]);
            MultiPolygon::from(geo::Polygon::new(LineString(outer), vec![]))
        };
        let both = weighed(&[side(-5.0), side(5.0)]);
        let mut arc: Vec<Lattice> = both[0].points.iter().copied().filter(|p| both[1].points.contains(p)).collect();
        arc.sort_by_key(|p| both[1].points.iter().position(|q| p == q));
        let reversed = arc.iter().rev().copied().collect();
        arc = arc.min(reversed);
        for z in 0..Outline::WHOLE {
            let expected: BTreeSet<Lattice> = plain(&arc, half_pixel(z)).into_iter().collect();
            for outline in &both {
                let kept = outline.rings().next().unwrap().at_zoom(z);
                let kept: BTreeSet<Lattice> = kept.filter(|p| arc.contains(p)).collect();
                assert_eq!(kept, expected, "zoom {z}");
            }
        }
    }
}

#[test]
fn of_vertices_that_are_equally_far_both_neighbours_keep_the_same() {
    // Teeth of one size to both sides of a straight line, on whole steps of the lattice.
    let step = |n: u32, off: i32| {
        let place = |v: f64| v / Lattice::SIDE + 0.5 / Lattice::SIDE;
        let (x, y) = (f64::from((1u32 << 31) + (n << 20)), f64::from(1u32 << 31) + f64::from(off));
        World { x: place(x), y: place(y) }.lonlat().coord()
    };
    let teeth = [0, 1, -1, 1, 1, -1, 0, 1, -1, -1, 1, 0, -1];
    let border = (0..2_000).zip(teeth.iter().cycle()).map(|(n, off)| step(n, off * (1 << 18)));
    let border: Vec<Coord<f64>> = border.collect();
    let side = |off: i32| {
        let mut outer = border.clone();
        outer.extend([step(1_999, off), step(0, off)]);
        MultiPolygon::from(geo::Polygon::new(LineString(outer), vec![]))
    };
    let both = weighed(&[side(-(1 << 29)), side(1 << 29)]);
    for z in ZOOMS {
        let [a, b] = [0, 1].map(|i| both[i].rings().next().unwrap().at_zoom(z).collect::<BTreeSet<_>>());
        // The ends of the border and the two corners that each has for itself.
        assert_eq!((a.difference(&b).count(), b.difference(&a).count()), (2, 2), "{z}");
    }
}

#[test]
fn an_island_and_the_hole_that_it_fills_keep_the_same_triangle_at_the_least() {
    let circle = |radius: f64, turn: f64| {
        let at = |i: u32| (turn + f64::from(i) / 40.0 * std::f64::consts::TAU).sin_cos();
        LineString((0..40).map(at).map(|(s, c)| Coord { x: 9.0 + radius * c, y: 47.0 + radius * s }).collect())
    };
    let island = circle(0.01, 0.3);
    let mut hole = island.clone();
    hole.0.rotate_left(11);
    hole.0.reverse();
    let lake = geo::Polygon::new(circle(1.0, 0.0), vec![hole]);
    let both = weighed(&[lake.into(), geo::Polygon::new(island, vec![]).into()]);
    let (hole, island) = (both[0].rings().nth(1).unwrap(), both[1].rings().next().unwrap());
    assert!(hole.hole && !island.hole);
    for z in ZOOMS {
        let [a, b]: [BTreeSet<Lattice>; 2] = [hole, island].map(|ring| ring.at_zoom(z).collect());
        assert!(a == b && a.len() >= 3, "{z}");
        assert!(twice_area(&island.at_zoom(z).collect::<Vec<_>>()) > 0, "{z}");
    }
    assert_eq!(island.at_zoom(0).count(), 3);
}

#[test]
fn a_vertex_that_only_one_side_has_goes_and_the_ends_of_what_is_shared_stay() {
    let wide = polygon![(x: 0.0, y: 0.0), (x: 0.0, y: 1.0), (x: 1.0, y: 1.0), (x: 1.0, y: 0.0)];
    // Two neighbours meet on the wide one's straight side; the upper one has an odd vertex on it as well.
    let (lower, upper) = (
        polygon![(x: 1.0, y: 0.0), (x: 1.0, y: 0.5), (x: 2.0, y: 0.5), (x: 2.0, y: 0.0)],
        polygon![(x: 1.0, y: 0.5), (x: 1.0, y: 0.7), (x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 0.5)],
    );
    let all = weighed(&[wide.into(), lower.into(), upper.into()]);
    let at = |x: f64, y: f64| Lattice::of_world(World::of_degrees(x, y));
    let kept = |i: usize, z: u8| all[i].rings().next().unwrap().at_zoom(z).collect::<BTreeSet<_>>();
    assert!(kept(2, 14).contains(&at(1.0, 0.7)) && !kept(2, 13).contains(&at(1.0, 0.7)));
    for z in ZOOMS {
        assert!(kept(1, z).contains(&at(1.0, 0.5)) && kept(2, z).contains(&at(1.0, 0.5)), "{z}");
        for corner in [at(1.0, 0.0), at(1.0, 1.0)] {
            assert!(kept(0, z).contains(&corner), "{z}");
        }
    }
}

#[test]
fn neither_the_order_of_the_areas_nor_the_first_vertex_of_a_ring_matters() {
    let mut rng = StdRng::seed_from_u64(13);
    let mut cells = cells(9);
    let kept = |cells: &[MultiPolygon<f64>]| -> BTreeSet<(Lattice, u8)> {
        weighed(cells).iter().flat_map(|o| o.points.iter().copied().zip(o.zooms.iter().copied())).collect()
    };
    let first = kept(&cells);
    for _ in 0..3 {
        cells.shuffle(&mut rng);
        for polygon in cells.iter_mut().flatten() {
            polygon.exterior_mut(|line| {
                line.0.pop();
                let by = rng.random_range(0..line.0.len());
                line.0.rotate_left(by);
                if rng.random_bool(0.5) {
                    line.0.reverse();
                }
            });
        }
        assert_eq!(kept(&cells), first);
    }
}

#[test]
fn a_border_that_asks_for_the_square_of_its_length_does_not_get_it() {
    // A zigzag that narrows: each vertex is the farthest of all that follow.
    let teeth = 60_000;
    let tooth = |i: u32| {
        let high = 2.0 - f64::from(i) / f64::from(teeth);
        Coord { x: f64::from(i) * 1e-4, y: if i.is_multiple_of(2) { high } else { -high } }
    };
    let mut ring: Vec<Coord<f64>> = (0..teeth).map(tooth).collect();
    ring.extend([Coord { x: 6.0, y: -50.0 }, Coord { x: 0.0, y: -50.0 }]);
    let outline = weighed(&[geo::Polygon::new(LineString(ring), vec![]).into()]).remove(0);
    assert_eq!(outline.rings().next().unwrap().at_zoom(14).count(), outline.vertices());
    assert!(outline.zooms.iter().filter(|z| **z < 14).count() > 50_000);
}

#[test]
fn what_is_empty_or_nothing_but_a_line_is_borne() {
    assert_eq!(Outline::of(&MultiPolygon(vec![])).bounds(), None);
    let line = polygon![(x: 1.0, y: 1.0), (x: 2.0, y: 2.0), (x: 1.0, y: 1.0)];
    let point = polygon![(x: 1.0, y: 1.0), (x: 1.0, y: 1.0), (x: 1.0, y: 1.0)];
    for outline in weighed(&[line.into(), point.into()]) {
        assert!(outline.vertices() <= 2 && outline.bounds().is_some());
    }
}
