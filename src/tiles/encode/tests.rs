use super::*;
use crate::tiles::Coding;

use crate::geom::borders::Outline;
use crate::geom::{Lattice, LonLat, World};
use crate::model::{Area, Code, Level, Outcome, Status, Tally};
use crate::tiles::reader::{self, Tile};
use geo::{Geometry, LineString, MultiPolygon, Point, Polygon};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

fn tile() -> TileId {
    TileId::new(14, 8625, 5753).unwrap()
}

/// A place given in grid steps of the tile.
fn at(x: f64, y: f64) -> LonLat {
    let (corner, side) = tile().square();
    World { x: corner.x + x / 4096.0 * side, y: corner.y + y / 4096.0 * side }.lonlat()
}

fn square(x: f64, y: f64, side: f64) -> Polygon<f64> {
    let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
    Polygon::new(LineString(corners.iter().map(|(x, y)| at(*x, *y).coord()).collect()), vec![])
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

fn area(text: &str, level: Level, geometry: impl Into<MultiPolygon<f64>>) -> Area {
    let day = jiff::civil::date(2033, 3, 3);
    let (name, parent) = (format!("Area {text}"), (level != Level::County).then(|| code("C")));
    Area { code: code(text), name, level, parent, valid_from: Some(day), valid_to: None, geometry: geometry.into() }
}

fn household(id: u64, at: LonLat, status: Status, outcome: Option<Outcome>) -> HouseholdFeature<'static> {
    let eligible = status.eligible();
    HouseholdFeature { id, at: Lattice::of(at), code: format!("H{id}").leak(), status, eligible, outcome }
}

fn thing(text: &str, class: ContextClass, kind: &str, geometry: impl Into<Geometry<f64>>) -> ContextFeature {
    let tags = [("phone".to_owned(), "SECRET".into())].into_iter().collect();
    ContextFeature { code: code(text), class, kind: kind.into(), name: None, tags, geometry: geometry.into() }
}

fn tally(visited: u32, unvisited: u32) -> Tally {
    let mut sum = Tally::default();
    (0..visited).for_each(|_| sum += Tally::one(true, Some(Outcome::Visited)));
    (0..unvisited).for_each(|_| sum += Tally::one(true, None));
    sum
}

/// The bytes, as finely as the zoom asks.
fn encode(tile: TileId, content: &Content<'_>) -> Vec<u8> {
    super::encode(tile, content, Coarseness::FINEST).bytes(Coding::Identity).to_vec()
}

#[test]
fn a_tile_reads_as_its_content() {
    let (county, grid) =
        (area("C", Level::County, square(0.0, 0.0, 2000.0)), area("G", Level::Grid, square(0.0, 0.0, 100.0)));
    let (outline, wide) = (Outline::of(&grid.geometry), Outline::of(&county.geometry));
    let areas =
        [AreaFeature::of(2, &grid, &outline, Tally::default()), AreaFeature::of(1, &county, &wide, tally(1, 3))];
    let points = [
        household(9, at(30.5, 40.5), Status::Vacant, Some(Outcome::Visited)),
        household(8, at(10.5, 20.5), Status::Occupied, Some(Outcome::Partly)),
        household(7, at(10.5, 20.5), Status::Occupied, None),
    ];
    let line = LineString(vec![at(0.0, 5.0).coord(), at(50.0, 5.0).coord()]);
    let mut street = thing("S", ContextClass::Street, "residential", line);
    street.name = Some("Äule".into());
    let stop = thing("B", ContextClass::BusStop, "", Point(at(7.5, 7.5).coord()));
    let content = Content { areas: &areas, households: Households::Points(&points), context: &[&stop, &street] };
    let expected = "\
areas #1 polygon code=\"C\" name=\"Area C\" level=\"county\" eligible=4u visited=1u unvisited=3u rate=0.25d (0 0, 2000 0, 2000 2000, 0 2000)
areas #2 polygon code=\"G\" name=\"Area G\" level=\"grid\" parent=\"C\" eligible=0u visited=0u unvisited=0u (0 0, 100 0, 100 100, 0 100)
households #7 point code=\"H7\" status=\"occupied\" outcome=\"none\" eligible=true visited=false (10 20)
households #8 point code=\"H8\" status=\"occupied\" outcome=\"partly\" eligible=true visited=true (10 20)
households #9 point code=\"H9\" status=\"vacant\" outcome=\"visited\" eligible=false visited=false (30 40)
context line class=\"street\" kind=\"residential\" name=\"Äule\" (0 5, 50 5)
context point class=\"bus_stop\" (7 7)
";
    assert_eq!(Tile::read(&encode(tile(), &content)).to_string(), expected);
}

#[test]
fn cells_carry_what_cluster_styles_ask_for() {
    let mut many = tally(1_000, 234);
    many += Tally::one(false, None);
    let cells = [CellFeature { at: Lattice::of(at(9.5, 9.5)), tally: many }];
    let content = Content { households: Households::Cells(&cells), ..Content::default() };
    let expected = "households point clustered=true point_count=1235u point_count_abbreviated=\"1.2k\" sqrt_point_count=35.14d \
                    eligible=1234u visited=1000u unvisited=234u (9 9)\n";
    assert_eq!(Tile::read(&encode(tile(), &content)).to_string(), expected);
}

#[test]
fn nothing_in_the_tile_is_no_bytes() {
    let far = area("far", Level::Grid, square(99_999.0, 0.0, 10.0));
    let outline = Outline::of(&far.geometry);
    let areas = [AreaFeature::of(1, &far, &outline, tally(1, 1))];
    let points = [household(1, at(-1.0, 5.0), Status::Occupied, None)];
    let content = Content { areas: &areas, households: Households::Points(&points), context: &[] };
    assert_eq!(encode(tile(), &content), Vec::<u8>::new());
    assert_eq!(encode(tile(), &Content::default()), Vec::<u8>::new());
}

#[test]
fn only_the_fields_of_the_table_leave_with_their_types() {
    let bytes = sample().with(|c| encode(tile(), c));
    let read = Tile::read(&bytes);
    let mut seen = 0;
    for layer in Layer::ALL {
        for feature in read.layer(layer.as_str()) {
            for (name, value) in &feature.tags {
                let field = layer.fields().find(|f| f.name == name && suffix(f.kind, value));
                assert!(field.is_some(), "{layer:?} shows {name}={value}");
                seen += 1;
            }
        }
    }
    assert!(seen > 1_000);
    // What the model knows beside: tags of a base map, the dates of an area.
    for hidden in ["SECRET", "phone", "2033"] {
        assert!(!bytes.windows(hidden.len()).any(|w| w == hidden.as_bytes()), "{hidden}");
    }
}

fn suffix(kind: crate::tiles::FieldType, value: &str) -> bool {
    use crate::tiles::FieldType;
    match kind {
        FieldType::Text => value.starts_with('"'),
        FieldType::Uint => value.ends_with('u') && value.parse::<f64>().is_err(),
        FieldType::Double => value.ends_with('d'),
        FieldType::Bool => value == "true" || value == "false",
    }
}

#[test]
fn the_order_of_the_content_does_not_matter() {
    let mut sample = sample();
    let first = sample.with(|c| encode(tile(), c));
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..5 {
        sample.areas.shuffle(&mut rng);
        sample.points.shuffle(&mut rng);
        sample.cells.shuffle(&mut rng);
        sample.context.shuffle(&mut rng);
        assert!(sample.with(|c| encode(tile(), c)) == first);
    }
}

/// A tile full of everything.
struct Sample {
    areas: Vec<Area>,
    points: Vec<HouseholdFeature<'static>>,
    cells: Vec<CellFeature>,
    context: Vec<ContextFeature>,
}

impl Sample {
    fn with<T>(&self, f: impl Fn(&Content<'_>) -> T) -> T {
        let outlines: Vec<Outline> = self.areas.iter().map(|a| Outline::of(&a.geometry)).collect();
        let number = |a: &Area| a.code.as_str()[1..].parse().unwrap();
        let feature = |(a, outline)| AreaFeature::of(number(a), a, outline, tally(2, 1));
        let areas: Vec<AreaFeature<'_>> = self.areas.iter().zip(&outlines).map(feature).collect();
        let context: Vec<&ContextFeature> = self.context.iter().collect();
        f(&Content { areas: &areas, households: Households::Points(&self.points), context: &context })
    }
}

fn sample() -> Sample {
    let mut rng = StdRng::seed_from_u64(2);
    let mut any = || (rng.random_range(-100.0..4_200.0), rng.random_range(-100.0..4_200.0));
    let mut places: Vec<(f64, f64)> = (0..200).map(|_| any()).collect();
    places.push(places[0]);
    let levels = [Level::County, Level::Township, Level::Village, Level::Grid];
    let classes = ContextClass::ALL;
    let each = || places.iter().enumerate();
    Sample {
        areas: each().map(|(i, (x, y))| area(&format!("A{i}"), levels[i % 4], square(*x, *y, 300.0))).collect(),
        points: each()
            .map(|(i, (x, y))| household(i as u64, at(*x, *y), Status::ALL[i % 5], Some(Outcome::ALL[i % 10])))
            .collect(),
        cells: each()
            .map(|(i, (x, y))| CellFeature {
                at: Lattice::of(at(*x, *y)),
                tally: tally(u32::try_from(i % 7).unwrap(), 1),
            })
            .collect(),
        context: each()
            .map(|(i, (x, y))| thing(&format!("X{i}"), classes[i % classes.len()], "", square(*x, *y, 40.0)))
            .collect(),
    }
}

#[test]
fn every_household_stands_in_exactly_one_tile() {
    let mut rng = StdRng::seed_from_u64(9);
    let mut points: Vec<HouseholdFeature<'_>> = (0..500)
        .map(|i| {
            household(
                i,
                at(rng.random_range(-4_096.0..8_192.0), rng.random_range(-4_096.0..8_192.0)),
                Status::Occupied,
                None,
            )
        })
        .collect();
    // On seams and corners.
    let seams = [(0.0, 0.0), (4_096.0, 0.0), (4_096.0, 4_096.0), (0.0, 77.0), (77.0, 4_096.0)];
    points.extend(seams.iter().zip(500..).map(|((x, y), id)| household(id, at(*x, *y), Status::Occupied, None)));
    let content = Content { households: Households::Points(&points), ..Content::default() };
    let mut ids = Vec::new();
    for (x, y) in (8624..=8626).flat_map(|x| (5752..=5754).map(move |y| (x, y))) {
        let read = Tile::read(&encode(TileId::new(14, x, y).unwrap(), &content));
        for feature in read.features() {
            assert!(feature.parts[0][0].iter().all(|v| (0..4096).contains(v)));
            ids.push(feature.id.unwrap());
        }
    }
    ids.sort_unstable();
    assert_eq!(ids, (0..505).collect::<Vec<u64>>());
}

#[test]
fn the_counts_of_cells_add_up_even_on_a_seam() {
    let sample = sample();
    let content = Content { households: Households::Cells(&sample.cells), ..Content::default() };
    let read = Tile::read(&encode(tile(), &content));
    let sum = |name: &str| -> u32 {
        read.features().map(|f| f.tag(name).unwrap().trim_end_matches('u').parse::<u32>().unwrap()).sum()
    };
    let expected = sample.cells.iter().fold(Tally::default(), |mut sum, cell| {
        sum += cell.tally;
        sum
    });
    assert_eq!(
        (sum("point_count"), sum("eligible"), sum("visited"), sum("unvisited")),
        (expected.households, expected.eligible, expected.visited(), expected.unvisited())
    );
}

#[test]
fn polygons_of_many_parts_and_holes_are_wound_for_the_reader() {
    // The second part begins where the first one ends: every start of a ring has to be written nevertheless.
    let first = square(0.0, 0.0, 100.0);
    let mut parts = vec![first, square(100.0, 100.0, 100.0)];
    parts.push(Polygon::new(
        square(500.0, 500.0, 900.0).exterior().clone(),
        vec![square(600.0, 600.0, 50.0).exterior().clone()],
    ));
    for turn in 0..4 {
        parts[1].exterior_mut(|line| {
            line.0.pop();
            line.0.rotate_left(1);
        });
        for part in 0..4 {
            parts[0].exterior_mut(|line| {
                line.0.pop();
                line.0.rotate_left(1);
            });
            let area = area("A", Level::Grid, MultiPolygon(parts.clone()));
            let outline = Outline::of(&area.geometry);
            let areas = [AreaFeature::of(1, &area, &outline, tally(0, 1))];
            let read = Tile::read(&encode(tile(), &Content { areas: &areas, ..Content::default() }));
            let areas: Vec<i64> = read.layer("areas")[0].parts.iter().map(|ring| reader::twice_area(ring)).collect();
            assert_eq!(areas, [20_000, 20_000, 1_620_000, -5_000], "{turn} {part}");
        }
    }
}

#[test]
fn a_base_map_leaves_out_what_is_small_at_its_zoom_and_keeps_its_order() {
    let wide = tile().ancestor(12);
    let kinds = ["service", "residential", "motorway"];
    let street = |kind: &str| {
        let line = LineString(vec![at(0.0, 0.0).coord(), at(4_000.0, 4_000.0).coord()]);
        thing(kind, ContextClass::Street, kind, line)
    };
    let mut features: Vec<ContextFeature> = kinds.iter().map(|kind| street(kind)).collect();
    features.push(thing("pond", ContextClass::Water, "pond", square(0.0, 0.0, 20.0)));
    features.push(thing("lake", ContextClass::Water, "lake", square(0.0, 0.0, 2_000.0)));
    let refs: Vec<&ContextFeature> = features.iter().collect();
    let kinds = |tile: TileId| -> Vec<String> {
        let bytes = encode(tile, &Content { context: &refs, ..Content::default() });
        Tile::read(&bytes).features().map(|f| f.tag("kind").unwrap().trim_matches('"').to_owned()).collect()
    };
    assert_eq!(kinds(wide), ["lake", "residential", "motorway"]);
    assert_eq!(kinds(tile()), ["lake", "pond", "service", "residential", "motorway"]);
}

#[test]
fn of_too_many_buildings_the_largest_are_kept() {
    let z13 = tile().ancestor(13);
    let count = u32::try_from(Thinning::of(13, Coarseness::FINEST).buildings).unwrap() + 500;
    let features: Vec<ContextFeature> = (0..count)
        .map(|i| {
            let (x, y) = (f64::from(i % 64) * 60.0, f64::from(i / 64) * 50.0);
            thing(&format!("b{i}"), ContextClass::Building, "", square(x, y, if i < 500 { 40.0 } else { 45.0 }))
        })
        .collect();
    let refs: Vec<&ContextFeature> = features.iter().collect();
    let read = Tile::read(&encode(z13, &Content { context: &refs, ..Content::default() }));
    assert_eq!(read.features().count(), Thinning::of(13, Coarseness::FINEST).buildings);
    assert!(read.features().all(|f| reader::twice_area(&f.parts[0]) > 2 * 21 * 21));
}

/// Areas and their eligible households that a tile's features stand for.
fn stood_for(bytes: &[u8]) -> [u64; 2] {
    let read = Tile::read(bytes);
    let number = |f: &reader::Feature, name: &str| f.tag(name).map(|v| v.trim_end_matches('u').parse::<u64>().unwrap());
    let one = |f: &reader::Feature| [number(f, "merged").unwrap_or(1), number(f, "eligible").unwrap()];
    read.layer("areas").iter().map(one).fold([0, 0], |[a, b], [c, d]| [a + c, b + d])
}

#[test]
fn areas_without_any_above_them_are_counted_by_pixel_where_a_tile_would_be_too_heavy() {
    let mut rng = StdRng::seed_from_u64(17);
    let mut one = |n: u32| {
        let world = World { x: rng.random_range(0.1..0.9), y: rng.random_range(0.1..0.9) };
        let corner = |dx: f64, dy: f64| World { x: world.x + dx * 1e-4, y: world.y + dy * 1e-4 }.lonlat().coord();
        let border = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| corner(x, y));
        // A name that compresses badly.
        let name = format!("{n}-{:032x}", rng.random::<u128>());
        Area { parent: None, ..area(&name, Level::Grid, Polygon::new(LineString(border.into()), vec![])) }
    };
    let areas: Vec<Area> = (0..30_000).map(&mut one).collect();
    let outlines: Vec<Outline> = areas.iter().map(|area| Outline::of(&area.geometry)).collect();
    let both = || areas.iter().zip(&outlines).zip(0..);
    let features: Vec<AreaFeature<'_>> =
        both().map(|((area, outline), n)| AreaFeature::of(n, area, outline, tally(1, (n % 3) as u32))).collect();
    let whole = [30_000, features.iter().map(|f| u64::from(f.tally.unwrap().eligible)).sum()];
    let content = Content { areas: &features, ..Content::default() };
    let drawn = |tile, coarseness| super::encode(tile, &content, coarseness);
    let mut coarseness = Coarseness::FINEST;
    while !drawn(TileId::WORLD, coarseness).fits() {
        coarseness = coarseness.next().unwrap();
    }
    assert!(coarseness > Coarseness::FINEST);
    let body = drawn(TileId::WORLD, coarseness);
    assert_eq!(stood_for(&body.bytes(Coding::Identity)), whole);
    let [shown] = body.shown() else { panic!("one layer") };
    assert!((1_000..30_000).contains(&shown.features) && shown.of == 30_000, "{shown:?}");
    // In more than one tile as well, whatever the borders between them.
    while let Some(coarser) = coarseness.next() {
        let parts = TileId::WORLD.children().map(|tile| stood_for(&drawn(tile, coarser).bytes(Coding::Identity)));
        assert_eq!(parts.fold([0, 0], |[a, b], [c, d]| [a + c, b + d]), whole, "{coarser:?}");
        coarseness = coarser;
    }
}
