//! Promise: an OpenStreetMap extract of 100 MB is read at 20 MB/s or more, in bounded memory.
//!
//! The extract is made from a fixed seed, and the table says so: houses along streets, with the bytes a node and the tags of a real
//! town.

use super::extract::{self, Message, Tags, zlib};
use super::ground::{Ground, Outcome};
use super::process::run;
use super::table::{Table, count, listed, median, megabytes};
use melonmap::formats;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

/// Bytes a second, at least.
const RATE: f64 = 20e6;
/// Peak memory of the import, bytes: what is kept of an extract, and what an import of as many rows takes without one.
const MOST_MEMORY: u64 = 600_000_000;
/// Plots of the town: a house of six corners and four nodes of a street each, some 52 bytes. They fill 100 MB.
const PLOTS: i64 = 1_930_000;
/// Plots along a street.
const ALONG: i64 = 3;
/// One plot of so many is a multipolygon of two ways as well.
const LAWNS: i64 = 100;
/// Things of a block, as the usual writers have it.
const BLOCK: usize = 8_000;

/// Three rounds of reading alone, in this process, then three of the whole command, from its start to its end: then all is durable.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let file = ground.dir().join("town.osm.pbf");
    make(&file)?;
    let bytes = std::fs::metadata(&file)?.len();
    #[allow(clippy::cast_precision_loss)] // of a hundred million
    let rate = |seconds: f64| bytes as f64 / seconds;
    let told = |seconds: &[f64]| {
        let middle = median(seconds);
        format!("{:.0} MB/s ({middle:.1} s, median of {})", rate(middle) / 1e6, listed(seconds))
    };
    let (mut seconds, mut rows) = (Vec::new(), 0);
    for _ in 0..3 {
        let start = Instant::now();
        rows = formats::open(Box::new(File::open(&file)?), None)?.try_fold(0, |n, row| row.map(|_| n + 1))?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    let what = format!("an OpenStreetMap extract of {}, **generated**, of {} rows", megabytes(bytes), count(rows));
    let met = rate(median(&seconds)) >= RATE;
    table.promise(format!("{what}: read, on both cores"), "≥ 20 MB/s", told(&seconds), met);
    let (mut seconds, mut peak, mut said) = (Vec::new(), 0, String::new());
    for _ in 0..3 {
        let store = ground.dir().join("town.db");
        let ran = run(["import", "context", &file.to_string_lossy(), "--store", &store.to_string_lossy()])?;
        std::fs::remove_file(&store)?;
        seconds.push(ran.seconds);
        peak = ran.peak.max(peak);
        ran.said.lines().last().unwrap_or_default().clone_into(&mut said);
    }
    table.promise(
        format!("{what}: imported, command to durable"),
        "≥ 20 MB/s",
        told(&seconds),
        rate(median(&seconds)) >= RATE,
    );
    let kept = format!("{} kept", count(rows));
    table.promise("its last line", format!("{kept}, 0 bad"), format!("“{said}”"), said.contains(&kept));
    table.promise("its peak memory", "≤ 600 MB", megabytes(peak), peak > 0 && peak <= MOST_MEMORY);
    Ok(std::fs::remove_file(&file)?)
}

/// Nodes of a plot: corners of its house, then of the street.
fn node(plot: i64, i: i64) -> i64 {
    // Numbers lie apart as in an extract of all that was ever numbered.
    let n = plot * 10 + i;
    n * 1_000 + n % 7
}

/// Ways of a plot: its house, its street, the halves of its lawn.
fn way(plot: i64, i: i64) -> i64 {
    (plot * 4 + i) * 300 + plot % 5
}

/// Writes the extract.
fn make(path: &Path) -> Outcome {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(&zlib("OSMHeader", &extract::header(&["OsmSchema-V0.6", "DenseNodes"])))?;
    let mut write = |block: Message| file.write_all(&zlib("OSMData", &block));
    let plots: Vec<i64> = (0..PLOTS).collect();
    let mut rng = SmallRng::seed_from_u64(20);
    for some in plots.chunks(BLOCK / 10) {
        let nodes: Vec<_> = some.iter().flat_map(|plot| nodes(*plot, &mut rng)).collect();
        write(extract::dense(&nodes))?;
    }
    let names: Vec<String> = (0..3_000).map(|n| format!("{}weg {n}", ["Berg", "Bach", "Wies", "Reb"][n % 4])).collect();
    let numbers: Vec<String> = (1..200).map(|n| n.to_string()).collect();
    for some in plots.chunks(BLOCK / 2) {
        let ways: Vec<_> = some.iter().flat_map(|plot| ways(*plot, &names, &numbers)).collect();
        let ways: Vec<_> = ways.iter().map(|(id, nodes, tags)| (*id, nodes.as_slice(), tags.as_slice())).collect();
        write(extract::ways(&ways))?;
    }
    let lawns: Vec<_> = plots.iter().filter(|plot| **plot % LAWNS == 0).collect();
    let tags: Tags<'_> = &[("type", "multipolygon"), ("landuse", "grass")];
    for some in lawns.chunks(BLOCK) {
        let members: Vec<_> = some.iter().map(|plot| [2, 3].map(|i| ('w', way(**plot, i), "outer"))).collect();
        let lawns: Vec<_> = some.iter().zip(&members).map(|(plot, m)| (**plot + 1, m.as_slice(), tags)).collect();
        write(extract::relations(&lawns))?;
    }
    Ok(file.flush()?)
}

/// The nodes of a plot: streets run east, rows of them one above the other.
#[allow(clippy::cast_precision_loss)] // of two million
fn nodes(plot: i64, rng: &mut SmallRng) -> Vec<(i64, f64, f64, Tags<'static>)> {
    let (lon, lat) = (9.0 + 6e-4 * (plot % 1_000) as f64, 47.0 + 8e-4 * (plot / 1_000) as f64);
    let mut near = |degrees: f64| rng.random_range(-degrees..degrees);
    let corner = |i: i64| {
        let (sin, cos) = (i as f64 * std::f64::consts::TAU / 6.0).sin_cos();
        let size = 1e-4 + near(4e-5);
        let tags: Tags<'_> = if i == 0 && plot % 6 == 0 { &[("entrance", "main")] } else { &[] };
        (node(plot, i), lon + size * cos, lat + size * sin, tags)
    };
    let mut all: Vec<_> = (0..6).map(corner).collect();
    all.extend((6..10).map(|i| {
        let tags: Tags<'_> = match (i, plot % 6) {
            (6, 1) => &[("highway", "crossing"), ("crossing", "uncontrolled")],
            (8, 2) => &[("natural", "tree"), ("leaf_type", "broadleaved")],
            _ => &[],
        };
        (node(plot, i), lon + 15e-5 * (i - 8) as f64 + near(3e-5), lat + 4e-4 + near(3e-5), tags)
    }));
    all
}

type OwnWay<'a> = (i64, Vec<i64>, Vec<(&'a str, &'a str)>);

fn ways<'a>(plot: i64, names: &'a [String], numbers: &'a [String]) -> Vec<OwnWay<'a>> {
    let pick = |list: &'a [String], n: i64| list[usize::try_from(n).unwrap_or(0) % list.len()].as_str();
    let name = pick(names, plot / 40);
    let corners = |some: &[i64]| some.iter().map(|i| node(plot, *i)).collect::<Vec<i64>>();
    let kind = ["yes", "house", "residential", "garage", "shed"][usize::try_from(plot % 5).unwrap_or(0)];
    let mut house = vec![("building", kind)];
    if plot % 2 == 0 {
        house.extend([("addr:street", name), ("addr:housenumber", pick(numbers, plot * 7)), ("addr:postcode", "9490")]);
    }
    let mut all = vec![(way(plot, 0), corners(&[0, 1, 2, 3, 4, 5, 0]), house)];
    if plot % ALONG == 0 {
        let along = (plot..(plot + ALONG).min(PLOTS)).flat_map(|plot| (6..10).map(move |i| node(plot, i)));
        let tags = vec![
            ("highway", "residential"),
            ("name", name),
            ("surface", "asphalt"),
            ("sidewalk", "both"),
            ("lanes", "2"),
        ];
        all.push((way(plot, 1), along.collect(), tags));
    }
    if plot % LAWNS == 0 {
        all.extend([(way(plot, 2), corners(&[0, 1, 2, 3]), vec![]), (way(plot, 3), corners(&[3, 4, 5, 0]), vec![])]);
    }
    all
}
