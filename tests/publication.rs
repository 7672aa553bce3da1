//! What is published, attacked: everything that anybody can ask for without a sign-in, edition by edition and through every door, is
//! turned into equations over the unknown counts of small pieces of ground, and solved. Nothing small may come out.

mod doors;
mod ground;

use crate::attack::{Known, Sum, UNKNOWN};
use crate::house::{Scratch, Server};
use doors::{Figures, everything};
use ground::{CAMPAIGNS, Ground, Story};
use melonmap::model::{Column, Edition};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Counts below this are small.
const FEW: u64 = 10;

/// One edition as it was published, and what was true then.
struct Published {
    /// Its number and campaign.
    number: u32,
    campaign: usize,
    /// What the public was told, by campaign and code.
    told: BTreeMap<(usize, String), Figures>,
    /// What an admin was told, the same.
    exact: BTreeMap<(usize, String), Figures>,
    ground: Ground,
}

/// Plays a story: changes, a start of the service, an edition, and all doors; again and again.
fn play(story: &Story) -> (Vec<Published>, Vec<Edition>) {
    let scratch = Scratch::new();
    let mut ground = Ground::found(&scratch, story.seed);
    let mut published: Vec<Published> = Vec::new();
    for step in 0..story.editions {
        ground.live_on(&scratch, story, step);
        let campaign = Story::campaign(step);
        let server = Server::start(&scratch);
        let (public, admin) = (server.client(None), server.client(Some(&ground.token)));
        let feed = public.live(None);
        // Before it is published nothing has changed for the public, whatever was entered meanwhile.
        if let Some(last) = published.last() {
            let told = everything(&public, &scratch, &ground, true);
            let same: Vec<_> = told.iter().filter(|(key, _)| last.told.contains_key(key)).collect();
            assert!(same.iter().all(|(key, figures)| last.told[*key] == **figures), "figures move in editions only");
        }
        let spec = json!({"campaign": campaign + 1, "level": "grid"});
        let preview = admin.json(&format!("/api/editions/preview?campaign={}&level=grid", campaign + 1));
        let edition = admin.post("/api/editions", &spec).json();
        for member in ["number", "campaign", "level", "areas"] {
            assert_eq!(preview[member], edition[member], "what was looked at is what was published");
        }
        assert_eq!(public.json("/api/editions")["editions"][0], edition);
        let event = feed.next();
        assert_eq!((&event["edition"], &event["areas"]), (&edition["number"], &json!([])));
        let told = everything(&public, &scratch, &ground, true);
        let shown = told.keys().filter(|(of, _)| *of == campaign).count();
        assert_eq!(edition["areas"]["shown"], shown, "{edition}");
        let exact = everything(&admin, &scratch, &ground, false);
        let number = u32::try_from(edition["number"].as_u64().unwrap()).unwrap();
        published.push(Published { number, campaign, told, exact, ground: ground.clone() });
        server.stop();
    }
    scratch.proved();
    let bodies = scratch.ask("SELECT body FROM change WHERE kind = 'edition' ORDER BY seq");
    (published, bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect())
}

/// Unknown counts: for each date, campaign and cell, the visited and the others.
struct Attacker {
    known: Known,
    cells: usize,
    dates: usize,
}

impl Attacker {
    /// It knows that who was visited stays so, and where `same` that nobody came or went.
    fn new(published: &[Published], same: bool) -> Attacker {
        let (cells, dates) = (published[0].ground.cells(), published.len());
        let mut attacker = Attacker { known: Known::default(), cells, dates };
        for _ in 0..dates * CAMPAIGNS * cells * 2 {
            attacker.known.unknown(UNKNOWN);
        }
        for cell in 0..cells {
            for date in 0..dates {
                // The households of a cell are the same in every campaign.
                for campaign in 1..CAMPAIGNS {
                    let both =
                        [(attacker.eligible(date, campaign, &[cell]), 1), (attacker.eligible(date, 0, &[cell]), -1)];
                    attacker.known.equal(joined(&both), 0);
                }
                if date > 0 && same {
                    let both =
                        [(attacker.eligible(date, 0, &[cell]), 1), (attacker.eligible(date - 1, 0, &[cell]), -1)];
                    attacker.known.equal(joined(&both), 0);
                }
                for campaign in (0..CAMPAIGNS).filter(|_| date > 0 && same) {
                    let more = attacker.known.unknown(UNKNOWN);
                    let now = (attacker.visited(date, campaign, &[cell]), 1);
                    let before = (attacker.visited(date - 1, campaign, &[cell]), -1);
                    attacker.known.equal(joined(&[now, before, (Sum::from([(more, 1)]), -1)]), 0);
                }
            }
        }
        attacker
    }

    fn at(&self, date: usize, campaign: usize, cell: usize, part: usize) -> usize {
        ((date * CAMPAIGNS + campaign) * self.cells + cell) * 2 + part
    }

    fn visited(&self, date: usize, campaign: usize, cells: &[usize]) -> Sum {
        cells.iter().map(|cell| (self.at(date, campaign, *cell, 0), 1)).collect()
    }

    fn eligible(&self, date: usize, campaign: usize, cells: &[usize]) -> Sum {
        cells.iter().flat_map(|cell| [0, 1].map(|part| (self.at(date, campaign, *cell, part), 1))).collect()
    }

    fn unvisited(&self, date: usize, campaign: usize, cells: &[usize]) -> Sum {
        cells.iter().map(|cell| (self.at(date, campaign, *cell, 1), 1)).collect()
    }

    /// All small counts and small changes of cells, pieces and areas.
    fn secrets(&self, published: &[Published]) -> Vec<Sum> {
        let mut all = BTreeSet::new();
        for places in published.iter().flat_map(|one| one.ground.places()).collect::<BTreeSet<_>>() {
            for campaign in 0..CAMPAIGNS {
                for of in [Attacker::visited, Attacker::unvisited, Attacker::eligible] {
                    for date in 0..self.dates {
                        let now = of(self, date, campaign, &places);
                        all.extend(
                            (0..date).map(|from| joined(&[(now.clone(), 1), (of(self, from, campaign, &places), -1)])),
                        );
                        all.insert(now);
                    }
                }
            }
        }
        all.retain(|sum| (1..FEW).contains(&self.value(published, sum).unsigned_abs()));
        all.into_iter().collect()
    }

    /// What is true of a sum.
    fn value(&self, published: &[Published], sum: &Sum) -> i64 {
        let one = |at: usize| {
            let (rest, part) = (at / 2, at % 2);
            let (rest, cell) = (rest / self.cells, rest % self.cells);
            published[rest / CAMPAIGNS].ground.count(rest % CAMPAIGNS, cell)[part]
        };
        sum.iter().map(|(at, by)| one(*at).cast_signed() * by).sum()
    }

    /// Tells what the doors said. That says of the age of a sum only its oldest and newest count; this attacker is told the age of
    /// each: the editions themselves say it, and who watches long enough sees it.
    fn tell(&mut self, published: &[Published], editions: &[Edition]) {
        // Since which date each column of each atom stands, by campaign.
        let mut since: BTreeMap<(usize, u32, Column2), usize> = BTreeMap::new();
        // Of which atoms something was told before; of others, none visited is what was before all.
        let mut told: BTreeSet<(usize, u32)> = BTreeSet::new();
        // The atom of each piece, date by date.
        let mut atoms: Vec<BTreeMap<String, u32>> = Vec::new();
        for (date, (one, edition)) in published.iter().zip(editions).enumerate() {
            assert_eq!((one.number, edition.campaign.0 as usize), (edition.number, one.campaign + 1));
            for (from, into) in &edition.joined {
                for campaign in 0..CAMPAIGNS {
                    if told.contains(&(campaign, *from)) {
                        told.insert((campaign, *into));
                    }
                    for column in [Column2::Eligible, Column2::Visited] {
                        since.remove(&(campaign, *from, column));
                        since.remove(&(campaign, *into, column));
                    }
                }
            }
            for (atom, _, visited) in &edition.opened {
                since.insert((one.campaign, *atom, Column2::Eligible), date);
                if !told.insert((one.campaign, *atom)) || *visited > 0 {
                    since.insert((one.campaign, *atom, Column2::Visited), date);
                }
            }
            for moved in &edition.moved {
                let column = match moved.column {
                    Column::Eligible => Column2::Eligible,
                    Column::Visited => Column2::Visited,
                };
                since.insert((one.campaign, moved.atom, column), date);
            }
            let units = edition.units.as_ref();
            let of = units.map(|all| all.iter().filter_map(|unit| Some((unit.code.to_string(), unit.atom?))).collect());
            atoms.push(of.unwrap_or_else(|| atoms[date - 1].clone()));
            for ((campaign, code), figures) in &one.told {
                let mut sums = [Sum::new(), Sum::new()];
                let inside: BTreeSet<u32> = one.ground.pieces_of(code).iter().map(|piece| atoms[date][piece]).collect();
                for atom in inside {
                    // What was ground of an atom then: its pieces may have other borders now, and some have ended.
                    let cells = |then: usize| -> Vec<usize> {
                        let of = |piece: &str| atoms[then].get(piece) == Some(&atom);
                        published[then].ground.where_piece(of)
                    };
                    let since = |column| since.get(&(*campaign, atom, column)).copied();
                    let then = since(Column2::Eligible).expect("what is shown has a total");
                    sums[0].extend(self.eligible(then, *campaign, &cells(then)));
                    if let Some(then) = since(Column2::Visited) {
                        sums[1].extend(self.visited(then, *campaign, &cells(then)));
                    }
                }
                for (sum, count) in sums.into_iter().zip([figures.eligible, figures.visited]) {
                    assert_eq!(
                        self.value(published, &sum),
                        count.cast_signed(),
                        "{code} in edition {}: what is told is true",
                        one.number
                    );
                    self.known.equal(sum, count.cast_signed());
                }
            }
        }
    }

    /// Tells exact figures of every area at every date.
    fn tell_exact(&mut self, published: &[Published]) {
        for (date, one) in published.iter().enumerate() {
            for ((campaign, code), figures) in &one.exact {
                let cells = one.ground.cells_of(code);
                self.known.equal(self.eligible(date, *campaign, &cells), figures.eligible.cast_signed());
                self.known.equal(self.visited(date, *campaign, &cells), figures.visited.cast_signed());
            }
        }
    }

    /// How many secrets follow by adding and subtracting, and how many counts are narrowed down to fewer than ten values.
    fn recovered(&self, published: &[Published], secrets: &[Sum]) -> (usize, usize) {
        let span = self.known.span();
        let followed = secrets.iter().filter(|secret| span.value(secret).is_some()).count();
        let counts = self.dates * CAMPAIGNS * self.cells * 2;
        let narrow = self.known.narrow();
        let narrowed = narrow.iter().take(counts).enumerate().filter(|(at, (low, high))| {
            let value = self.value(published, &Sum::from([(*at, 1)]));
            assert!(*low <= value && value <= *high);
            (1..10).contains(&value) && high - low < FEW.cast_signed()
        });
        (followed, narrowed.count())
    }
}

/// `Column` in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column2 {
    Eligible,
    Visited,
}

fn joined(sums: &[(Sum, i64)]) -> Sum {
    let mut all = Sum::new();
    for (sum, by) in sums {
        for (at, one) in sum {
            *all.entry(*at).or_default() += one * by;
        }
    }
    all.retain(|_, by| *by != 0);
    all
}

fn attack(story: &Story) {
    let (published, editions) = play(story);
    let mut attacker = Attacker::new(&published, !story.churn);
    attacker.tell(&published, &editions);
    let secrets = attacker.secrets(&published);
    let shown: usize = published.iter().map(|one| one.told.len()).sum();
    let all: usize = published.iter().map(|one| one.exact.len()).sum();
    assert!(secrets.len() > 500 && shown * 8 > all, "{} secrets, {shown} of {all} figures shown", secrets.len());
    assert_eq!(attacker.recovered(&published, &secrets), (0, 0), "of {} secrets", secrets.len());
    for secret in secrets.iter().step_by(1 + secrets.len() / 12) {
        let (low, high) = attacker.known.range(secret);
        let value = attacker.value(&published, secret);
        assert!(low <= value && value <= high, "{value} is not from {low} to {high}");
        assert!(high - low >= FEW.cast_signed() - 1, "{value} is from {low} to {high}");
    }
    // The same attack on what those see who work with households: it can succeed.
    let mut exact = Attacker::new(&published, !story.churn);
    exact.tell_exact(&published);
    let (followed, narrowed) = exact.recovered(&published, &secrets);
    assert!(followed * 4 > secrets.len() && narrowed > 50, "{followed} of {} followed, {narrowed}", secrets.len());
}

#[test]
fn nothing_small_follows_from_all_that_is_published_where_nobody_came_or_went_and_borders_moved() {
    attack(&Story { seed: 1, editions: 7, churn: false });
    attack(&Story { seed: 2, editions: 7, churn: false });
}

#[test]
fn nothing_small_follows_from_all_that_is_published_where_households_came_and_went() {
    attack(&Story { seed: 3, editions: 7, churn: true });
}

#[test]
fn who_may_not_publish_is_refused_and_so_is_what_cannot_be_published() {
    let scratch = Scratch::new();
    let tokens = crate::house::County::found(&scratch);
    let server = Server::start(&scratch);
    let spec = json!({"campaign": 1});
    for (role, status) in [("member", 403), ("coordinator", 403), ("planner", 403), ("inspector", 403)] {
        server.client(Some(&tokens[role])).post("/api/editions", &spec).problem(status);
    }
    server.client(None).post("/api/editions", &spec).problem(401);
    let (admin, public) = (server.client(Some(&tokens["admin"])), server.client(None));
    let analyst = server.client(Some(&tokens["analyst"]));
    analyst.post("/api/editions", &spec).problem(404);
    let campaign = json!({"name": "Spring", "from": "2026-03-01", "to": "2026-03-31"});
    assert_eq!(admin.post("/api/campaigns", &campaign).status, 201);
    analyst.post("/api/editions", &json!({})).wrong("campaign", "");
    analyst.post("/api/editions", &json!({"campaign": "one"})).wrong("campaign", "one");
    analyst.post("/api/editions", &json!({"campaign": 1, "level": "street"})).wrong("level", "street");
    analyst.post("/api/editions", &json!({"campaign": 1, "level": "village"})).json();
    analyst.post("/api/editions", &json!({"campaign": 1, "level": "grid"})).wrong("level", "grid");
    analyst.get("/api/editions/preview").wrong("campaign", "nothing");
    analyst.get("/api/editions/preview?campaign=1&level=grid").wrong("level", "grid");
    public.get("/api/editions/preview?campaign=1").problem(401);
    let listed = public.json("/api/editions");
    assert_eq!(listed["editions"][0]["areas"], json!({"shown": 1, "held_back": 2}), "{listed}");
    // Nothing of a grid: the level was not published; and of what is above, what was.
    let report = public.json("/api/coverage");
    assert_eq!((&report["edition"], &report["campaign"]), (&json!(1), &json!(1)));
    for area in report["areas"].as_array().unwrap() {
        let county = area["level"] == "county";
        let expected = if county { (Value::Null, json!(0)) } else { (json!(true), Value::Null) };
        assert_eq!((area["held_back"].clone(), area["visited"].clone()), expected, "{area}");
    }
    let grid = public.json(&format!("/api/areas/{}", crate::house::GRIDS[0]));
    assert_eq!(grid["coverage"], json!({"held_back": true}));
    // Filters, sort orders and schemas name no figure for who is not told exact ones.
    for query in ["filter=visited%20%3E%200", "sortby=rate", "eligible=9"] {
        public.get(&format!("/ogc/collections/areas/items?{query}")).problem(400);
        server.client(Some(&tokens["planner"])).get(&format!("/ogc/collections/areas/items?{query}")).problem(400);
        assert_eq!(analyst.get(&format!("/ogc/collections/areas/items?{query}")).status, 200);
    }
    let schema = public.json("/ogc/collections/areas/schema").to_string();
    assert!(schema.contains("area_m2") && !schema.contains("visited") && !schema.contains("eligible"), "{schema}");
    server.stop();
    // Another edition while no server runs; and a store that was tampered with shows nothing rather than too much.
    let ran = scratch.run(&["publish", "--campaign", "1"]);
    assert_eq!(ran.done(), "edition 2: figures of campaign 1 for 1 areas down to the level village, 2 held back");
    scratch.run(&["publish", "--campaign", "9"]).refused(1, &["campaign", "9"]);
    scratch.run(&["publish", "--campaign", "1", "--level", "grid"]).refused(1, &["level", "grid", "village"]);
    scratch.proved();
}
