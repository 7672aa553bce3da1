//! A town from its pack, with the rules of all published sets at once, until the context layer does this: widths are one guess a class.

use super::super::ground::Outcome;
use flate2::read::MultiGzDecoder;
use geo::{BoundingRect, Coord, CoordsIter, Geometry, MapCoords, Point, Rect};
use geojson::Feature;
use melonmap::analysis::legal::{Forbidden, Rule, Side, Street, Terms};
use melonmap::geom::{LonLat, Plane};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Where streets meet.
pub const JUNCTION: Rule = Rule(1);
/// Walls.
pub const BUILDING: Rule = Rule(2);
/// What a planner drew.
pub const ZONE: Rule = Rule(3);
/// Where a drive or a lane opens on a street.
const MOUTH: Rule = Rule(4);
const TREE: Rule = Rule(5);
const RAIL: Rule = Rule(6);
/// Rules of the terms.
const SPACING: Rule = Rule(90);
const GAP: Rule = Rule(91);

/// From a point or an area of a class, metres, by `key=value` or `key`: number of the rule, what it asks for. The first that fits.
const NEAR: [(&str, u32, f64); 20] = [
    ("highway=crossing", 10, 3.05),
    ("highway=traffic_signals", 11, 30.48),
    ("highway=bus_stop", 12, 7.62),
    ("emergency=fire_hydrant", 13, 3.05),
    ("entrance", 14, 6.10),
    ("amenity=school", 15, 152.4),
    ("amenity=kindergarten", 15, 152.4),
    ("amenity=university", 15, 152.4),
    ("kind=school", 15, 152.4),
    ("amenity=hospital", 16, 60.96),
    ("kind=hospital", 16, 60.96),
    ("amenity=place_of_worship", 17, 60.96),
    ("leisure=playground", 18, 30.48),
    ("leisure=pitch", 18, 30.48),
    ("leisure=park", 18, 30.48),
    ("kind=park", 18, 30.48),
    ("amenity=marketplace", 19, 152.4),
    ("railway", 20, 10.0),
    ("amenity=bench", 21, 1.52),
    ("power", 21, 1.52),
];
/// Any other point is street furniture, and any other area but those that people build on is no ground for a stall.
const FURNITURE: (Rule, f64) = (Rule(30), 0.91);
const GROUND: (Rule, f64) = (Rule(31), 0.0);
const BUILT: [&str; 8] =
    ["residential", "commercial", "retail", "industrial", "other", "pedestrian", "construction", "aerodrome"];

/// Half a carriageway, metres, and whether stalls may stand beside it.
fn class(highway: &str) -> (f64, bool) {
    match highway {
        "motorway" | "trunk" | "motorway_link" | "trunk_link" => (7.0, false),
        "primary" | "primary_link" | "major_road" => (4.5, true),
        "secondary" | "secondary_link" | "medium_road" => (4.0, true),
        "tertiary" | "tertiary_link" => (3.5, true),
        "unclassified" | "residential" | "minor_road" => (3.0, true),
        "living_street" | "pedestrian" => (2.5, true),
        "service" | "road" | "raceway" => (2.0, false),
        "track" => (1.5, false),
        _ => (0.0, false),
    }
}

/// What is measured.
pub struct Town {
    /// All streets.
    pub streets: Vec<Street>,
    /// How many there are.
    pub buildings: usize,
    /// What rules forbid.
    pub forbidden: Vec<Forbidden>,
    /// Stalls of 2 m.
    pub terms: Terms,
}

/// The folder of a town: `MELONMAP_BENCH_PACKS/NAME` or `../shared/data/NAME`; of Liechtenstein else the project's own.
pub fn find(name: &str) -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("MELONMAP_BENCH_PACKS").map(|dir| PathBuf::from(dir).join(name));
    let folders =
        [named, Some(here.join("../shared/data").join(name)), Some(here.join("data").join(name).join("context"))];
    folders.into_iter().flatten().find(|dir| dir.is_dir())
}

type Properties = BTreeMap<String, String>;

impl Town {
    /// Reads a pack; files may have a town's prefix.
    pub fn read(dir: &Path) -> Outcome<Town> {
        let mut roads = features(dir, "roads")?;
        let first = roads.first().and_then(|(_, g)| g.coords_iter().next()).ok_or("a town without roads")?;
        let plane = Plane::around(LonLat::new(first.x, first.y)?);
        let flat = |g: &Geometry<f64>| g.map_coords(|c| plane.project(c));
        for (_, geometry) in &mut roads {
            *geometry = flat(geometry);
        }
        let streets: Vec<Street> = (0..).zip(&roads).map(|(id, (properties, g))| street(id, properties, g)).collect();
        let mut forbidden = meetings(&streets, &roads);
        let buildings = features(dir, "buildings")?;
        for (_, g) in &buildings {
            forbidden.push(Forbidden { rule: BUILDING, geometry: flat(g), distance: 0.5, only: None });
        }
        for file in ["pois", "landuse", "water_rail", "transit"] {
            for (properties, g) in features(dir, file)? {
                forbidden.extend(near(&properties, flat(&g)));
            }
        }
        forbidden.extend(trees(dir)?.into_iter().map(|at| Forbidden {
            rule: TREE,
            geometry: Point(plane.project(at)).into(),
            distance: 2.44,
            only: None,
        }));
        forbidden.extend(zones(&streets));
        let terms = Terms {
            stall_width: 2.0,
            spacing: Some((SPACING, 0.5)),
            gap_every: Some((GAP, 10, 3.0)),
            ..Terms::default()
        };
        Ok(Town { streets, buildings: buildings.len(), forbidden, terms })
    }

    /// All rules, in order.
    pub fn rules(&self) -> Vec<Rule> {
        let rules: BTreeSet<Rule> = self.forbidden.iter().map(|t| t.rule).chain([SPACING, GAP]).collect();
        rules.into_iter().collect()
    }
}

fn street(id: u32, properties: &Properties, geometry: &Geometry<f64>) -> Street {
    let value = |key: &str| properties.get(key).map(String::as_str);
    let (kerb, stalls) = class(value("highway").or(value("kind")).unwrap_or_default());
    let under = value("tunnel").is_some_and(|t| t != "no");
    let side = || {
        let side = Side { offset_min: 0.5, depth: 1.5, clear_width: 2.0, refused: Vec::new() };
        (stalls && !under).then_some(side)
    };
    let line = match geometry {
        Geometry::LineString(line) => line.0.clone(),
        // A street in parts is the longest of them here.
        Geometry::MultiLineString(parts) => parts.iter().max_by_key(|l| l.0.len()).map_or(Vec::new(), |l| l.0.clone()),
        _ => Vec::new(),
    };
    Street { id, line, kerb: if under { 0.0 } else { kerb }, sides: [side(), side()] }
}

/// Junctions: positions with three or more arms of streets beside which stalls may stand. Mouths: where another carriageway meets
/// one of those.
fn meetings(streets: &[Street], roads: &[(Properties, Geometry<f64>)]) -> Vec<Forbidden> {
    let mut arms: BTreeMap<(i64, i64), (u32, u32, Coord<f64>)> = BTreeMap::new();
    for (street, _) in streets.iter().zip(roads).filter(|(s, _)| s.kerb > 0.0) {
        for (n, at) in street.line.iter().enumerate() {
            // To the centimetre.
            #[allow(clippy::cast_possible_truncation)]
            let key = ((at.x * 100.0).round() as i64, (at.y * 100.0).round() as i64);
            let ends = if n == 0 || n + 1 == street.line.len() { 1 } else { 2 };
            let (of_streets, of_others, _) = arms.entry(key).or_insert((0, 0, *at));
            *(if street.sides[0].is_some() { of_streets } else { of_others }) += ends;
        }
    }
    let thing = |(of_streets, of_others, at): (u32, u32, Coord<f64>)| {
        let (rule, distance) = match (of_streets, of_others) {
            (3.., _) => (JUNCTION, 10.0),
            (1.., 1..) => (MOUTH, 3.05),
            _ => return None,
        };
        Some(Forbidden { rule, geometry: Point(at).into(), distance, only: None })
    };
    arms.into_values().filter_map(thing).collect()
}

/// What a rule says of a thing by its class.
fn near(properties: &Properties, geometry: Geometry<f64>) -> Option<Forbidden> {
    let fits = |class: &str| match class.split_once('=') {
        Some((key, value)) => {
            let named =
                properties.get("key").is_some_and(|k| k == key) && properties.get("value").is_some_and(|v| v == value);
            named || properties.get(key).is_some_and(|v| v == value)
        }
        None => properties.contains_key(class) || properties.get("key").is_some_and(|k| k == class),
    };
    let area = matches!(geometry, Geometry::Polygon(_) | Geometry::MultiPolygon(_));
    let line = matches!(geometry, Geometry::LineString(_) | Geometry::MultiLineString(_));
    let built = || properties.get("value").or(properties.get("kind")).is_some_and(|v| BUILT.contains(&v.as_str()));
    let (rule, distance) = match NEAR.iter().find(|(class, ..)| fits(class)) {
        Some((_, rule, distance)) => (Rule(*rule), *distance),
        None if line => (RAIL, 3.0),
        None if !area => FURNITURE,
        None if built() => return None,
        None => GROUND,
    };
    Some(Forbidden { rule, geometry, distance, only: None })
}

/// Ten zones of 120 m by 80 m about streets.
fn zones(streets: &[Street]) -> Vec<Forbidden> {
    let with_sides: Vec<&Street> = streets.iter().filter(|s| s.sides[0].is_some() && !s.line.is_empty()).collect();
    let chosen = with_sides.iter().step_by(with_sides.len() / 10 + 1);
    let zone = |street: &&Street| {
        let half = Coord { x: 60.0, y: 40.0 };
        let around = Rect::new(street.line[0] - half, street.line[0] + half);
        Forbidden { rule: ZONE, geometry: around.to_polygon().into(), distance: 0.0, only: None }
    };
    chosen.map(zone).collect()
}

/// Features of a file `NAME.geojsonl.gz` or `…_NAME….geojsonl.gz`; none where it is not there.
fn features(dir: &Path, name: &str) -> Outcome<Vec<(Properties, Geometry<f64>)>> {
    let Some(file) = file(dir, name, ".geojsonl.gz")? else { return Ok(Vec::new()) };
    let mut features = Vec::new();
    for line in BufReader::new(MultiGzDecoder::new(File::open(file)?)).lines() {
        let feature: Feature = line?.parse()?;
        let of = feature.properties.into_iter().flatten();
        let properties = of.map(|(key, value)| (key, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        let geometry = feature.geometry.ok_or("a feature without a geometry")?;
        let geometry = Geometry::<f64>::try_from(geometry)?;
        if geometry.bounding_rect().is_some() {
            features.push((properties.collect(), geometry));
        }
    }
    Ok(features)
}

fn trees(dir: &Path) -> Outcome<Vec<Coord<f64>>> {
    let Some(file) = file(dir, "trees", ".csv.gz")? else { return Ok(Vec::new()) };
    let mut trees = Vec::new();
    for row in csv::Reader::from_reader(MultiGzDecoder::new(File::open(file)?)).records() {
        let row = row?;
        trees.push(Coord { x: row[1].parse()?, y: row[2].parse()? });
    }
    Ok(trees)
}

fn file(dir: &Path, name: &str, suffix: &str) -> Outcome<Option<PathBuf>> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        let text = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = text.strip_suffix(suffix).unwrap_or_default();
        if stem == name || stem.split_once('_').is_some_and(|(_, rest)| rest.starts_with(name)) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
