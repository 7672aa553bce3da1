use super::*;
use crate::geom::borders::sample::{Country, Tier};
use crate::geom::borders::{Junctions, Outline};
use crate::geom::{Lattice, LatticeRect, LonLat, TileId, World};
use crate::model::{Area, Code, Level, Tally};
use crate::tiles::Layer;
use crate::tiles::dissolve::tests::turns;
use crate::tiles::grid::{BUFFER, EXTENT, PIXEL};
use crate::tiles::shape::twice_area;
use geo::MultiPolygon;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;

/// A side of a cell: a pixel of zoom 4, a tile of zoom 13.
const CELL: f64 = 1.0 / 8192.0;

/// The country lies in the middle of a tile of zoom 8.
const MIDDLE: World = World { x: 136.5 / 256.0, y: 92.5 / 256.0 };

fn weighed(tier: &Tier) -> Vec<Outline> {
    let outlines: Vec<Outline> = tier.iter().map(|(shape, _)| Outline::of(shape)).collect();
    let junctions = Junctions::among(&outlines);
    outlines.into_iter().map(|outline| outline.weighed(&junctions)).collect()
}

fn area(level: Level, n: usize) -> Area {
    let code = Code::new(&format!("{level}{n}")).unwrap();
    let (name, geometry) = (format!("Area {n}"), MultiPolygon(vec![]));
    Area { code, name, level, parent: None, valid_from: None, valid_to: None, geometry }
}

/// The tiers with what is worked out from them.
struct Map {
    tiers: [Tier; 4],
    outlines: [Vec<Outline>; 4],
    areas: [Vec<Area>; 4],
}

impl Map {
    fn new(seed: u64) -> Map {
        let tiers = Country::new(seed, MIDDLE, CELL).tiers();
        let outlines = [0, 1, 2, 3].map(|tier| weighed(&tiers[tier]));
        let areas = [0, 1, 2, 3].map(|tier| (0..tiers[tier].len()).map(|n| area(Level::ALL[tier], n)).collect());
        Map { tiers, outlines, areas }
    }

    fn feature(&self, tier: usize, n: usize) -> AreaFeature<'_> {
        let id = u64::try_from(tier * 1_000 + n).unwrap();
        AreaFeature::of(id, &self.areas[tier][n], &self.outlines[tier][n], Tally::default())
    }

    /// What a tile draws of a tier, in an order that the generator shuffles.
    fn draw<T>(&self, tier: usize, tile: TileId, rng: &mut StdRng, look: impl FnOnce(&[Drawn<'_>]) -> T) -> T {
        let above: Vec<Vec<AreaFeature<'_>>> =
            (0..tier).map(|t| (0..self.tiers[t].len()).map(|n| self.feature(t, n)).collect()).collect();
        let mut areas: Vec<AreaFeature<'_>> = Vec::new();
        for n in 0..self.tiers[tier].len() {
            let mut feature = self.feature(tier, n);
            let (mut t, mut around) = (tier, n);
            while t > 0 && is_below_a_pixel(&self.outlines[t][around], tile.z()) {
                (t, around) = (t - 1, self.tiers[t][around].1);
                feature.merges_into = Some(&above[t][around]);
            }
            areas.push(feature);
        }
        areas.shuffle(rng);
        look(&drawn(&Frame::of(tile), &areas))
    }
}

fn rings<'a>(drawn: &'a Drawn<'_>) -> &'a [Vec<Point>] {
    match &drawn.shape {
        Shape::Rings(rings) => rings,
        other => panic!("{other:?} is no polygon"),
    }
}

/// The tiles of a zoom that the country touches.
fn tiles(map: &Map, z: u8) -> Vec<TileId> {
    let LatticeRect { min, max } = map.outlines[0][0].bounds().unwrap();
    let (first, last) = (min.tile(z), max.tile(z));
    let row = |y| (first.x()..=last.x()).map(move |x| TileId::new(u32::from(z), x, y).unwrap());
    (first.y()..=last.y()).flat_map(row).collect()
}

/// A place of the tile, in the rectangle around the country.
fn place(map: &Map, tile: TileId, rng: &mut StdRng) -> (f64, f64) {
    let Window { min, max } = Grid::of(tile).window_of(&map.outlines[0][0].bounds().unwrap());
    let mut along = |axis: usize| {
        let steps = (min[axis] - 8).max(0)..(max[axis] + 8).min(EXTENT);
        f64::from(i32::try_from(rng.random_range(steps)).unwrap()) + 0.41
    };
    (along(0), along(1))
}

/// Sides less those drawn in the other direction, but for those on the edge of the window.
fn alone(drawn: &[Drawn<'_>]) -> BTreeMap<[Point; 2], i32> {
    let edges = [-BUFFER, EXTENT + BUFFER];
    let mut balance = BTreeMap::new();
    for ring in drawn.iter().flat_map(rings) {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            if !(0..2).any(|axis| a[axis] == b[axis] && edges.contains(&a[axis])) {
                *balance.entry([*a.min(b), *a.max(b)]).or_insert(0) += if a < b { 1 } else { -1 };
            }
        }
    }
    balance.retain(|_, n| *n != 0);
    balance
}

#[test]
fn at_every_zoom_the_areas_of_a_level_cover_their_country_exactly_once_in_every_tile() {
    let (mut inside, mut merged) = (0, 0);
    for seed in 0..2 {
        let map = Map::new(seed);
        for z in 3..=14 {
            let mut rng = StdRng::seed_from_u64(u64::from(z) + seed);
            let mut all = tiles(&map, z);
            all.shuffle(&mut rng);
            for tile in all.into_iter().take(5) {
                let whole =
                    map.draw(0, tile, &mut rng, |drawn| drawn.iter().flat_map(rings).cloned().collect::<Vec<_>>());
                for tier in 1..4 {
                    let places: Vec<(f64, f64)> = (0..80).map(|_| place(&map, tile, &mut rng)).collect();
                    let counts = map.draw(tier, tile, &mut StdRng::seed_from_u64(9), |drawn| {
                        let count = |(x, y): &(f64, f64)| turns(drawn.iter().flat_map(rings), *x, *y);
                        (
                            places.iter().map(count).collect::<Vec<_>>(),
                            drawn.iter().filter_map(|d| d.merged).sum::<u32>(),
                        )
                    });
                    merged += counts.1;
                    for ((x, y), count) in places.iter().zip(counts.0) {
                        // Near its outline the country as one area is drawn a little otherwise than its parts.
                        let near = [-9.0, 0.0, 9.0].map(|dx| [-9.0, 0.0, 9.0].map(|dy| turns(&whole, x + dx, y + dy)));
                        let near = near.as_flattened();
                        if near.iter().all(|n| *n == near[0]) {
                            assert_eq!(count, near[0], "{tile} tier {tier} at {x} {y}");
                            inside += count;
                        }
                    }
                }
            }
        }
    }
    assert!(inside > 4_000 && merged > 0, "{inside} {merged}");
}

#[test]
fn every_side_within_the_country_is_drawn_once_from_each_side_in_every_tile() {
    let map = Map::new(5);
    let outer: Vec<Lattice> = map.outlines[0][0].rings().flat_map(|ring| ring.at_zoom(14)).collect();
    let (mut compared, mut both) = (0, 0);
    for z in 7..=14 {
        let mut rng = StdRng::seed_from_u64(u64::from(z));
        let mut all = tiles(&map, z);
        all.shuffle(&mut rng);
        for tile in all.into_iter().take(6) {
            let grid = Grid::of(tile);
            let border: std::collections::HashSet<Point> = outer.iter().map(|at| grid.round(*at)).collect();
            map.draw(3, tile, &mut rng, |drawn| {
                for side in alone(drawn).keys() {
                    let on_the_window = |p: &Point| p.iter().any(|v| [-BUFFER, EXTENT + BUFFER].contains(v));
                    assert!(side.iter().all(|end| border.contains(end) || on_the_window(end)), "{tile} {side:?}");
                }
                compared += drawn.iter().flat_map(rings).map(Vec::len).sum::<usize>();
                both +=
                    usize::from(drawn.iter().any(|d| d.merged.is_some()) && drawn.iter().any(|d| d.merged.is_none()));
            });
        }
    }
    assert!(compared > 5_000, "{compared} {both}");
}

#[test]
fn neighbouring_tiles_draw_the_same_where_both_see_it() {
    let map = Map::new(6);
    let mut compared = 0;
    for z in [9, 11, 13] {
        let mut rng = StdRng::seed_from_u64(1);
        let tiles = tiles(&map, z);
        for tile in tiles.iter().take(6) {
            let Ok(east) = TileId::new(u32::from(z), tile.x() + 1, tile.y()) else { continue };
            // Corners in the strip that both show, on the grid of the western one.
            let strip = |t: TileId, shift: i64, rng: &mut StdRng| {
                map.draw(3, t, rng, |drawn| {
                    let corners =
                        drawn.iter().flat_map(|d| rings(d).iter().flatten().map(|p| (d.area.id, [p[0] + shift, p[1]])));
                    let both = |p: &Point| (p[0] - EXTENT).abs() < BUFFER - 8 && (0..EXTENT).contains(&p[1]);
                    corners.filter(|(_, p)| both(p)).collect::<std::collections::BTreeSet<_>>()
                })
            };
            let (here, there) = (strip(*tile, 0, &mut rng), strip(east, EXTENT, &mut rng));
            assert_eq!(here, there, "{tile}");
            compared += here.len();
        }
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn cells_below_a_pixel_are_counted_by_the_area_that_draws_them_and_none_is_left_out() {
    let map = Map::new(7);
    let mut rng = StdRng::seed_from_u64(2);
    let mut seen = std::collections::BTreeSet::new();
    for z in 0..=8 {
        let tile = Lattice::of_world(MIDDLE).tile(z);
        let frame = Frame::of(tile);
        let visible = map.outlines[3].iter().filter(|outline| frame.visible(outline).is_some()).count();
        map.draw(3, tile, &mut rng, |drawn| {
            let stands = |d: &Drawn<'_>| d.merged.map_or(1, |n| usize::try_from(n).unwrap());
            assert_eq!(drawn.iter().map(stands).sum::<usize>(), visible, "{tile}");
            seen.extend(drawn.iter().map(|d| (d.area.level, d.merged.is_some())));
            for d in drawn {
                assert!(d.merged.is_none_or(|_| d.area.level < Level::Grid) && twice_area(&rings(d)[0]) > 0);
            }
        });
    }
    assert!(seen.contains(&(Level::County, true)) && seen.contains(&(Level::Village, true)), "{seen:?}");
    assert!(seen.contains(&(Level::Grid, false)), "{seen:?}");
}

#[test]
fn islands_below_a_pixel_are_drawn_as_pixels_each_once_and_joined_where_they_touch() {
    let at = |x: f64, y: f64| World { x: (x + 0.5) / 4096.0, y: (y + 0.5) / 4096.0 }.lonlat().coord();
    let island = |x: f64, y: f64, side: f64| -> MultiPolygon<f64> {
        geo::Rect::new(at(x, y), at(x + side, y + side)).to_polygon().into()
    };
    // Two in one pixel, one in the next, one far off that is nothing but a point on the grid.
    let shapes = [
        island(1_001.0, 1_001.0, 2.0),
        island(1_004.0, 1_004.0, 2.0),
        island(1_010.0, 1_001.0, 3.0),
        island(77.0, 77.0, 0.01),
    ];
    let outlines: Vec<Outline> = shapes.iter().map(Outline::of).collect();
    let (county, grids) = (area(Level::County, 0), [0, 1, 2, 3].map(|n| area(Level::Grid, n)));
    let wide = Outline::of(&island(0.0, 0.0, 3_000.0));
    let above = AreaFeature::of(9, &county, &wide, Tally::default());
    let areas: Vec<AreaFeature<'_>> = (0..4)
        .map(|n| AreaFeature {
            merges_into: Some(&above),
            ..AreaFeature::of(n as u64, &grids[n], &outlines[n], Tally::default())
        })
        .collect();
    let drawn = drawn(&Frame::of(TileId::WORLD), &areas);
    assert_eq!((drawn.len(), drawn[0].area.id, drawn[0].merged), (1, 9, Some(4)));
    let areas: Vec<i128> = rings(&drawn[0]).iter().map(|ring| twice_area(ring) / 2).collect();
    assert_eq!(areas, [i128::from(PIXEL * PIXEL), i128::from(2 * PIXEL * PIXEL)]);
    assert!(rings(&drawn[0]).iter().flatten().flatten().all(|v| v % PIXEL == 0));
}

#[test]
fn an_area_on_each_side_of_the_antimeridian_reaches_it_in_the_tiles_of_both() {
    let lon = |lon: f64| LonLat::new(lon, 10.0).unwrap().lon();
    let part = |west: f64, east: f64| geo::Rect::new((lon(west), 10.0), (lon(east), 12.0)).to_polygon();
    let outline = Outline::of(&MultiPolygon(vec![part(178.0, 180.0), part(-180.0, -178.0)]));
    for z in 0..=19 {
        let column = |x| {
            let y = Lattice::of(LonLat::new(0.0, 11.0).unwrap()).tile(z).y();
            Frame::of(TileId::new(u32::from(z), x, y).unwrap()).area(&outline)
        };
        for (x, edge) in [(0, 0), ((1 << z) - 1, EXTENT)] {
            let Some(Shape::Rings(rings)) = column(x) else { panic!("nothing at zoom {z}") };
            assert!(rings.iter().flatten().any(|p| p[0] == edge), "{z}: {rings:?}");
        }
    }
}

#[test]
fn areas_that_lie_on_each_other_are_borne_and_every_ring_has_its_direction() {
    let mut rng = StdRng::seed_from_u64(41);
    let (county, tile) = (area(Level::County, 0), Lattice::of_world(MIDDLE).tile(8));
    for _ in 0..100 {
        let outlines: Vec<Outline> = (0..40)
            .map(|_| {
                let (x, y) = (rng.random_range(0.3..0.7), rng.random_range(0.3..0.7));
                let corner = |_| {
                    let away = |v: f64, rng: &mut StdRng| v + rng.random_range(-0.002..0.002);
                    let (x, y) = (away(x, &mut rng), away(y, &mut rng));
                    World { x: (136.0 + x) / 256.0, y: (92.0 + y) / 256.0 }.lonlat().coord()
                };
                let border = geo::LineString((0..9).map(corner).collect());
                Outline::of(&geo::Polygon::new(border, vec![]).into())
            })
            .collect();
        let above = AreaFeature::of(9, &county, &outlines[0], Tally::default());
        let merges_into = Some(&above);
        let small = |outline| AreaFeature { merges_into, ..AreaFeature::of(1, &county, outline, Tally::default()) };
        let areas: Vec<AreaFeature<'_>> = outlines.iter().map(small).collect();
        let drawn = drawn(&Frame::of(tile), &areas);
        assert_eq!(drawn[0].merged, Some(40));
        assert!(twice_area(&rings(&drawn[0])[0]) > 0 && rings(&drawn[0]).iter().all(|ring| twice_area(ring) != 0));
    }
}

#[test]
fn the_deepest_tiles_that_maps_magnify_have_every_vertex() {
    assert_eq!(Layer::Areas.max_zoom(), Outline::WHOLE);
}
