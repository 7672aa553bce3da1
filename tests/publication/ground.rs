//! A made-up county of cells: each grid has two, each village some ground in no grid. Borders move by cells.

use crate::house::Scratch;
use geo::{MultiPolygon, Rect};
use jiff::{Timestamp, civil::date};
use melonmap::app::{create_token, open_store};
use melonmap::geom::LonLat;
use melonmap::model::{
    Area, AreaEnd, Campaign, CampaignId, Change, Code, Confided, Grant, Household, Level, Outcome, Role, Status, Visit,
};
use melonmap::store::{Batch, Entry};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub const CAMPAIGNS: usize = 2;
const GRIDS: usize = 12;
const VILLAGES: usize = 4;
const WEST: f64 = 119.4;
const SOUTH: f64 = 28.4;
/// Side of a cell, degrees.
const SIDE: f64 = 0.01;

pub struct Story {
    pub seed: u64,
    pub editions: usize,
    /// Whether households come and go.
    pub churn: bool,
}

impl Story {
    /// Whose edition a step publishes: the second campaign begins after two.
    pub fn campaign(step: usize) -> usize {
        usize::from(step >= 2 && step.is_multiple_of(2))
    }
}

#[derive(Clone)]
pub struct Ground {
    pub token: String,
    /// The grid of each cell, or `None` for what is the village's own.
    grid: Vec<Option<String>>,
    village: Vec<String>,
    homes: Vec<Home>,
}

#[derive(Clone)]
struct Home {
    cell: usize,
    status: Status,
    visited: [bool; CAMPAIGNS],
}

/// Of a number below 1,000 or so.
fn float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap())
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

fn rect(west: usize, east: usize, south: usize, north: usize) -> MultiPolygon<f64> {
    let at = |from: f64, n: usize| format!("{:.4}", from + SIDE * float(n)).parse::<f64>().unwrap();
    MultiPolygon(vec![Rect::new((at(WEST, west), at(SOUTH, south)), (at(WEST, east), at(SOUTH, north))).to_polygon()])
}

fn area(name: &str, level: Level, parent: Option<&str>, geometry: MultiPolygon<f64>) -> Change {
    let parent = parent.map(code);
    let name = name.to_owned();
    Change::AreaPut(Area { code: code(&name), name, level, parent, valid_from: None, valid_to: None, geometry })
}

fn grid_name(grid: usize) -> String {
    format!("G{grid:02}")
}

fn village_name(village: usize) -> String {
    format!("V{village}")
}

impl Ground {
    /// The county in a new store: cells 0 to 23 are those of grids from west to east, 24 to 27 the villages' own, north of them.
    pub fn found(scratch: &Scratch, seed: u64) -> Ground {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut store = open_store(scratch.store().to_str().unwrap(), true, "test").unwrap();
        let grant = Grant { name: "admin".into(), role: Role::Admin, areas: Vec::new() };
        let token = create_token(&mut store, "test", grant, None).unwrap().secret;
        drop(store);
        let mut changes = vec![area("C", Level::County, None, rect(0, 24, 0, 2))];
        for township in 0..2 {
            let (west, name) = (township * 12, format!("T{township}"));
            changes.push(area(&name, Level::Township, Some("C"), rect(west, west + 12, 0, 2)));
        }
        for village in 0..VILLAGES {
            let (west, parent) = (village * 6, format!("T{}", village / 2));
            changes.push(area(&village_name(village), Level::Village, Some(&parent), rect(west, west + 6, 0, 2)));
        }
        for grid in 0..GRIDS {
            let parent = village_name(grid / 3);
            changes.push(area(&grid_name(grid), Level::Grid, Some(&parent), rect(2 * grid, 2 * grid + 2, 0, 1)));
        }
        let (from, to) = (date(2026, 1, 1), date(2026, 12, 31));
        for id in 1..=CAMPAIGNS {
            let (id, name) = (CampaignId(id as u32), format!("Stage {id}"));
            changes.push(Change::CampaignPut(Campaign {
                id,
                name,
                theme: String::new(),
                from,
                to,
                revisit_days: None,
                need_days: None,
                closed: false,
            }));
        }
        let grid = (0..2 * GRIDS + VILLAGES).map(|cell| (cell < 2 * GRIDS).then(|| grid_name(cell / 2)));
        let village = (0..2 * GRIDS + VILLAGES)
            .map(|cell| village_name(if cell < 2 * GRIDS { cell / 6 } else { cell - 2 * GRIDS }));
        let mut ground = Ground { token, grid: grid.collect(), village: village.collect(), homes: Vec::new() };
        for cell in 0..ground.cells() {
            let households = match rng.random_range(0..8) {
                _ if cell >= 2 * GRIDS => rng.random_range(0..8),
                0 => 0,
                1..4 => rng.random_range(1..10),
                _ => rng.random_range(20..120),
            };
            changes.extend((0..households).map(|_| ground.home(cell)));
        }
        append(scratch, &changes);
        ground
    }

    pub fn cells(&self) -> usize {
        self.grid.len()
    }

    /// A new household in a cell.
    fn home(&mut self, cell: usize) -> Change {
        self.homes.push(Home { cell, status: Status::Occupied, visited: [false; CAMPAIGNS] });
        self.put(self.homes.len() - 1)
    }

    fn put(&self, home: usize) -> Change {
        let Home { cell, status, .. } = self.homes[home];
        let (column, row) =
            if cell < 2 * GRIDS { (float(cell) + 0.5, 0.5) } else { (float(cell - 2 * GRIDS) * 6.0 + 3.0, 1.5) };
        let within = float(home % 97) / 97.0 * 0.8 - 0.4;
        let at = LonLat::new(WEST + SIDE * (column + within), SOUTH + SIDE * (row + within)).unwrap();
        let (code, confided) = (code(&format!("H{home}")), Confided::default());
        Change::HouseholdPut(Household { code, at, address: None, status, persons: None, confided })
    }

    /// What happens before an edition: visits, few or many; households that come or go; and before the fourth, borders.
    pub fn live_on(&mut self, scratch: &Scratch, story: &Story, step: usize) {
        let mut rng = StdRng::seed_from_u64(story.seed * 1_000 + step as u64);
        let mut changes = Vec::new();
        let pace: Vec<f64> = (0..self.cells()).map(|_| [0.0, 0.02, 0.1, 0.4][rng.random_range(0..4)]).collect();
        for campaign in 0..CAMPAIGNS {
            for home in 0..self.homes.len() {
                let (cell, begun) = (self.homes[home].cell, campaign == 0 || step >= 2);
                if begun && !self.homes[home].visited[campaign] && rng.random_bool(pace[cell]) {
                    self.homes[home].visited[campaign] = true;
                    let (id, household) = (Uuid::from_u128(rng.random()), code(&format!("H{home}")));
                    let (campaign, at) = (Some(CampaignId(campaign as u32 + 1)), Timestamp::UNIX_EPOCH);
                    let outcome = Outcome::Visited;
                    changes.push(Change::VisitMade(Visit::plain(id, household, campaign, at, outcome)));
                }
            }
        }
        if story.churn && step > 0 {
            for home in 0..self.homes.len() {
                if rng.random_bool(0.02) {
                    let gone = self.homes[home].status == Status::Demolished;
                    self.homes[home].status = if gone { Status::Occupied } else { Status::Demolished };
                    changes.push(self.put(home));
                }
            }
            for cell in 0..self.cells() {
                let built = if rng.random_bool(0.1) { rng.random_range(1..20) } else { 0 };
                changes.extend((0..built).map(|_| self.home(cell)).collect::<Vec<_>>());
            }
        }
        if step == 3 {
            changes.extend(self.move_borders());
        }
        if step == 5 {
            // A second time, so that what was joined is joined again.
            changes.push(area("G03", Level::Grid, Some("V1"), rect(6, 7, 0, 1)));
            changes.push(area("G04", Level::Grid, Some("V1"), rect(7, 9, 0, 1)));
            self.grid[7] = Some("G04".into());
        }
        append(scratch, &changes);
    }

    /// One cell goes to the next grid; a grid ends, and its ground is the village's own; a grid is founded on a part of another.
    fn move_borders(&mut self) -> Vec<Change> {
        let changes = vec![
            area("G00", Level::Grid, Some("V0"), rect(0, 1, 0, 1)),
            area("G01", Level::Grid, Some("V0"), rect(1, 4, 0, 1)),
            Change::AreaEnded(AreaEnd { code: code("G07"), valid_to: date(2026, 1, 1) }),
            area("G04", Level::Grid, Some("V1"), rect(8, 9, 0, 1)),
            area("N04", Level::Grid, Some("V1"), rect(9, 10, 0, 1)),
        ];
        for (cell, grid) in [(1, Some("G01")), (14, None), (15, None), (9, Some("N04"))] {
            self.grid[cell] = grid.map(str::to_owned);
        }
        changes
    }

    /// Visited and others of the eligible households of a cell, in a campaign.
    pub fn count(&self, campaign: usize, cell: usize) -> [u64; 2] {
        let mut counts = [0; 2];
        for home in self.homes.iter().filter(|home| home.cell == cell && home.status.eligible()) {
            counts[usize::from(!home.visited[campaign])] += 1;
        }
        counts
    }

    /// The code of the lowest area of a cell.
    fn piece(&self, cell: usize) -> &str {
        self.grid[cell].as_deref().unwrap_or(&self.village[cell])
    }

    /// The cells that lie directly in an area.
    pub fn own(&self, code: &str) -> Vec<usize> {
        (0..self.cells()).filter(|cell| self.piece(*cell) == code).collect()
    }

    /// The cells whose lowest area is one of some.
    pub fn where_piece(&self, of: impl Fn(&str) -> bool) -> Vec<usize> {
        (0..self.cells()).filter(|cell| of(self.piece(*cell))).collect()
    }

    /// The cells of an area with all below.
    pub fn cells_of(&self, code: &str) -> Vec<usize> {
        let within = |cell: &usize| {
            let village = &self.village[*cell];
            let township = if village == "V0" || village == "V1" { "T0" } else { "T1" };
            [self.piece(*cell), village, township, "C"].contains(&code)
        };
        (0..self.cells()).filter(within).collect()
    }

    /// The pieces of an area that have any ground.
    pub fn pieces_of(&self, code: &str) -> BTreeSet<String> {
        self.cells_of(code).into_iter().map(|cell| self.piece(cell).to_owned()).collect()
    }

    /// The living areas, each with its level.
    pub fn areas(&self) -> BTreeMap<String, &'static str> {
        let mut areas: BTreeMap<String, &'static str> =
            self.grid.iter().flatten().map(|grid| (grid.clone(), "grid")).collect();
        areas.extend(self.village.iter().map(|village| (village.clone(), "village")));
        areas.extend(
            [("T0", "township"), ("T1", "township"), ("C", "county")].map(|(code, level)| (code.to_owned(), level)),
        );
        areas
    }

    /// Cells, pieces and areas, each as its cells.
    pub fn places(&self) -> Vec<Vec<usize>> {
        let areas = self.areas();
        let areas = areas.keys().flat_map(|code| [self.own(code), self.cells_of(code)]);
        (0..self.cells()).map(|cell| vec![cell]).chain(areas).filter(|cells| !cells.is_empty()).collect()
    }
}

fn append(scratch: &Scratch, changes: &[Change]) {
    let mut store = open_store(scratch.store().to_str().unwrap(), false, "test").unwrap();
    let entries = changes.iter().map(Entry::from).collect();
    store.append(&[Batch { at: Timestamp::now(), author: "test".into(), entries }]).unwrap();
}
