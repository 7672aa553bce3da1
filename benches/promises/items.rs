//! Promise: a page of the largest collection, a count or a filtered list comes before a person notices that he waits.

use super::client::{Connection, get, get_plain, load};
use super::data::{BAD, ROWS};
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::{Table, count};
use geo::{Intersects, Point, Polygon};
use melonmap::geom::{Bbox, LonLat};
use melonmap::model::Status;
use serde_json::Value;
use std::f64::consts::TAU;
use std::fmt::Write as _;

const ITEMS: &str = "/ogc/collections/households/items";

/// Requests of each kind, one after another. Its p99 is the second longest of two hundred.
const REQUESTS: usize = 200;
/// Items of a page.
const PAGE: &str = "limit=1000";
/// The same while the pages are walked through: the most that a page may have.
const STRIDE: &str = "limit=10000";

/// What is asked for, milliseconds, of the p99.
const LONGEST_PAGE: f64 = 20.0;
const LONGEST_COUNT: f64 = 5.0;
const LONGEST_FILTER: f64 = 50.0;
/// Time that a question has before it is given up, seconds, and what may pass until the answer is here.
const BUDGET: f64 = 2.0;
const SPARE: f64 = 0.5;

/// Half the side of the rectangles, degrees: a street, a quarter, a town, a region.
const HALVES: [(&str, f64); 4] = [("a street", 0.002), ("a quarter", 0.02), ("a town", 0.2), ("a region", 1.0)];
/// Radius of the polygon, degrees, and its corners.
const RADIUS: f64 = 0.1;
const CORNERS: u32 = 40;

/// A server, who asks it, and what is true.
struct Asker {
    server: Server,
    token: String,
    households: Vec<(LonLat, Status)>,
}

/// Each answer is compared with a look at every household before it is timed.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let store = ground.dir().join("items.db");
    std::fs::copy(&divided.store, &store)?;
    let households = ground.state()?.households().map(|h| (h.at, h.status)).collect();
    let asker = Asker { server: Server::start(&store, 0)?, token: divided.token, households };
    pages(&asker, table)?;
    let samples = &ground.points.sample;
    let middle = samples[samples.len() / 2].1;
    counts(&asker, middle, table)?;
    filters(&asker, middle, table)?;
    given_up(&asker, table)
}

impl Asker {
    /// Status and document of one answer, and the seconds that it took.
    fn json(&self, path: &str) -> Outcome<(u16, Value, f64)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut connection = Connection::open(self.server.address).await?;
            let start = std::time::Instant::now();
            let answer = connection.ask(&get_plain(path, &self.token)).await?;
            let seconds = start.elapsed().as_secs_f64();
            Ok((answer.status, serde_json::from_slice(answer.body)?, seconds))
        })
    }

    /// A page of items.
    fn page(&self, path: &str) -> Outcome<Value> {
        match self.json(path)? {
            (200, page, _) => Ok(page),
            (status, problem, _) => Err(format!("{path} was answered with {status}: {problem}").into()),
        }
    }

    /// Median and p99 of so many requests, as a browser sends them: their answers are compressed.
    fn timed(&self, path: &str) -> Outcome<(f64, f64)> {
        let requests = vec![get(path, &self.token); REQUESTS];
        let answers = load(self.server.address, 1, requests, |answer| answer.status == 200)?;
        Ok((answers.quantile(0.5), answers.quantile(0.99)))
    }

    /// How many households a look at every one finds.
    fn truth(&self, wanted: impl Fn(LonLat, Status) -> bool) -> u64 {
        self.households.iter().filter(|(at, status)| wanted(*at, *status)).count() as u64
    }

    /// Times a question whose answer must count so many.
    fn check(&self, what: String, asked: (&str, f64), path: &str, truth: u64, table: &mut Table) -> Outcome {
        let matched = matched(&self.page(path)?);
        let (median, p99) = self.timed(path)?;
        let right = matched == Some(truth);
        let found = if right { count(truth) } else { format!("{matched:?} instead of {truth}") };
        let measured = format!("median {median:.1} ms, p99 {p99:.1} ms, {found} found");
        table.promise(what, asked.0, measured, right && p99 <= asked.1);
        Ok(())
    }
}

fn matched(page: &Value) -> Option<u64> {
    page["numberMatched"].as_u64()
}

/// Path and query of the link to the next page.
fn next(page: &Value) -> Option<String> {
    let link = page["links"].as_array()?.iter().find(|link| link["rel"] == "next")?;
    let href = link["href"].as_str()?;
    Some(href[href.find("/ogc")?..].to_owned())
}

/// The first page, one in the middle and the last one, found by following `next` through all of them.
fn pages(asker: &Asker, table: &mut Table) -> Outcome {
    let mut walked = vec![format!("{ITEMS}?f=json&{STRIDE}")];
    let mut seen = 0;
    loop {
        let page = asker.page(walked.last().ok_or("a walk has a beginning")?)?;
        seen += page["numberReturned"].as_u64().unwrap_or(0);
        let Some(next) = next(&page) else { break };
        walked.push(next);
    }
    let small = |path: &String| path.replace(STRIDE, PAGE);
    let mut last = small(&walked[walked.len() - 1]);
    while let Some(next) = next(&asker.page(&last)?) {
        last = next;
    }
    for (which, path) in [("first", small(&walked[0])), ("middle", small(&walked[walked.len() / 2])), ("last", last)] {
        let what = format!("the {which} page of 1,000 of {} households, GeoJSON", count(seen));
        asker.check(what, ("≤ 20 ms", LONGEST_PAGE), &path, ROWS - BAD, table)?;
    }
    table.promise("items of all pages, by their links", count(ROWS - BAD), count(seen), seen == ROWS - BAD);
    Ok(())
}

/// Rectangles around a place, and one that holds the southern third of all.
fn counts(asker: &Asker, middle: LonLat, table: &mut Table) -> Outcome {
    let mut boxes = Vec::new();
    for (what, half) in HALVES {
        boxes.push((what, around(middle, half)?));
    }
    let mut latitudes: Vec<f64> = asker.households.iter().map(|(at, _)| at.lat()).collect();
    latitudes.sort_unstable_by(f64::total_cmp);
    boxes.push(("a third of the country", Bbox::new(-180.0, -90.0, 180.0, latitudes[latitudes.len() / 3])?));
    for (what, bbox) in boxes {
        let truth = asker.truth(|at, _| bbox.contains(at));
        let path = format!("{ITEMS}?f=json&limit=1&{}", parameter(&bbox));
        asker.check(format!("count in a bbox: {what}"), ("≤ 5 ms", LONGEST_COUNT), &path, truth, table)?;
    }
    Ok(())
}

fn around(at: LonLat, half: f64) -> Outcome<Bbox> {
    Ok(Bbox::new(at.lon() - half, at.lat() - half, at.lon() + half, at.lat() + half)?)
}

fn parameter(bbox: &Bbox) -> String {
    format!("bbox={},{},{},{}", bbox.west(), bbox.south(), bbox.east(), bbox.north())
}

/// First pages of filters that the index helps with.
fn filters(asker: &Asker, middle: LonLat, table: &mut Table) -> Outcome {
    let turn = |i: u32| (f64::from(i % CORNERS) / f64::from(CORNERS) * TAU).sin_cos();
    let corner = |i: u32| (middle.lon() + RADIUS * turn(i).0, middle.lat() + RADIUS * turn(i).1);
    let ring: Vec<(f64, f64)> = (0..=CORNERS).map(corner).collect();
    let text = ring.iter().map(|(x, y)| format!("{x} {y}")).collect::<Vec<_>>().join(", ");
    let polygon = Polygon::new(ring.into(), Vec::new());
    let path = format!("{ITEMS}?f=json&filter={}", escaped(&format!("S_INTERSECTS(geometry, POLYGON(({text})))")));
    let truth = asker.truth(|at, _| polygon.intersects(&Point::from(at.coord())));
    let soon = ("≤ 50 ms", LONGEST_FILTER);
    asker.check(format!("filter: in a polygon of {CORNERS} corners"), soon, &path, truth, table)?;
    let bbox = around(middle, 0.2)?;
    let path = format!("{ITEMS}?f=json&{}&filter={}", parameter(&bbox), escaped("status = 'occupied'"));
    let truth = asker.truth(|at, status| bbox.contains(at) && status == Status::Occupied);
    asker.check("filter: bbox of a town and a status".into(), soon, &path, truth, table)?;
    let path = format!("{ITEMS}?f=json&filter={}", escaped("status = 'occupied' AND code LIKE '%AB%'"));
    asker.page(&path)?;
    let (median, p99) = asker.timed(&path)?;
    table.figure("filter that no index helps with", format!("median {median:.0} ms, p99 {p99:.0} ms"));
    Ok(())
}

/// A question that takes longer than its budget over every household: patterns that go back again and again.
fn given_up(asker: &Asker, table: &mut Table) -> Outcome {
    let patterns = (0..120).map(|i| format!("CASEI(code) LIKE '%{}%{}%~'", i % 10, i / 10 % 10));
    let filter = patterns.collect::<Vec<_>>().join(" OR ");
    let (status, problem, seconds) = asker.json(&format!("{ITEMS}?f=json&filter={}", escaped(&filter)))?;
    let detail = problem["detail"].as_str().unwrap_or_default();
    let clear = status == 400 && detail.contains("given up");
    // A machine with so many cores that it knows the answer in time may give it.
    let known = status == 200 && seconds <= BUDGET + SPARE;
    let measured =
        if known { format!("answered in {seconds:.1} s") } else { format!("{status} after {seconds:.2} s: {detail}") };
    table.promise(
        "filter that takes too long: told so",
        "400 within 2.5 s",
        measured,
        known || clear && seconds <= BUDGET + SPARE,
    );
    Ok(())
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("a String takes all that is written to it");
        }
    }
    escaped
}
