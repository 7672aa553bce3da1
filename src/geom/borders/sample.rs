//! A made-up country in three tiers, for tests: cells in blocks in quarters, with crooked borders that they share to the bit.

use crate::geom::World;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::HashMap;

/// Cells along a side; blocks have 3 and quarters 6.
const SIDE: usize = 12;

/// Halvings of a side between two corners.
const HALVINGS: u32 = 5;

/// Areas of one tier, each with the place of the one around it in the tier above.
pub type Tier = Vec<(MultiPolygon<f64>, usize)>;

/// The crooked ways between the corners of its cells.
pub struct Country {
    ways: HashMap<[(usize, usize); 2], Vec<Coord<f64>>>,
}

impl Country {
    /// A country around a place; `cell` is the side of a cell as a share of the world. Equal seeds give equal countries.
    pub fn new(seed: u64, middle: World, cell: f64) -> Country {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut corner = HashMap::new();
        for row in 0..=SIDE {
            for column in 0..=SIDE {
                let along = |n: usize, rng: &mut StdRng| {
                    (f64::from(u32::try_from(n).unwrap()) - 6.0 + rng.random_range(-0.2..0.2)) * cell
                };
                let (x, y) = (along(column, &mut rng), along(row, &mut rng));
                corner.insert((column, row), [middle.x + x, middle.y + y]);
            }
        }
        let mut ways = HashMap::new();
        for row in 0..=SIDE {
            for column in 0..=SIDE {
                for next in [(column + 1, row), (column, row + 1)] {
                    let Some(to) = corner.get(&next) else { continue };
                    let mut way = vec![corner[&(column, row)], *to];
                    (0..HALVINGS).for_each(|_| way = halved(&way, &mut rng));
                    let place = |p: &[f64; 2]| World { x: p[0], y: p[1] }.lonlat().coord();
                    ways.insert([(column, row), next], way.iter().map(place).collect());
                }
            }
        }
        Country { ways }
    }

    /// The whole, quarters, blocks and cells. Every third block has one cell around another, which is an island in it.
    pub fn tiers(&self) -> [Tier; 4] {
        let mut tiers: [Tier; 4] = Default::default();
        tiers[0].push((self.square(0, 0, SIDE).into(), 0));
        for (quarter, (x, y)) in squares(0, 0, SIDE, 6).enumerate() {
            tiers[1].push((self.square(x, y, 6).into(), 0));
            for (x, y) in squares(x, y, 6, 3) {
                let block = tiers[2].len();
                tiers[2].push((self.square(x, y, 3).into(), quarter));
                if block.is_multiple_of(3) {
                    let island = self.square(x + 1, y + 1, 1);
                    let around = Polygon::new(self.square(x, y, 3).exterior().clone(), vec![island.exterior().clone()]);
                    tiers[3].extend([(around.into(), block), (island.into(), block)]);
                } else {
                    tiers[3].extend(squares(x, y, 3, 1).map(|(x, y)| (self.square(x, y, 1).into(), block)));
                }
            }
        }
        tiers
    }

    fn square(&self, x: usize, y: usize, side: usize) -> Polygon<f64> {
        let south = (0..side).map(|i| [(x, y + i), (x, y + i + 1)]);
        let east = (0..side).map(|i| [(x + i, y + side), (x + i + 1, y + side)]);
        let north = (0..side).rev().map(|i| [(x + side, y + i + 1), (x + side, y + i)]);
        let west = (0..side).rev().map(|i| [(x + i + 1, y), (x + i, y)]);
        let steps = south.chain(east).chain(north).chain(west);
        let way = |step: [_; 2]| match self.ways.get(&step) {
            Some(way) => way.clone(),
            None => self.ways[&[step[1], step[0]]].iter().rev().copied().collect(),
        };
        Polygon::new(LineString(steps.flat_map(way).collect()), vec![])
    }
}

fn squares(x: usize, y: usize, side: usize, part: usize) -> impl Iterator<Item = (usize, usize)> {
    let at = move |i: usize| (0..side / part).map(move |j| (x + j * part, y + i * part));
    (0..side / part).flat_map(at)
}

/// The way with a point aside of the middle of each step.
fn halved(way: &[[f64; 2]], rng: &mut StdRng) -> Vec<[f64; 2]> {
    let mut finer = vec![way[0]];
    for pair in way.windows(2) {
        let [[x0, y0], [x1, y1]] = [pair[0], pair[1]];
        let aside = rng.random_range(-0.2..0.2);
        finer.extend([[f64::midpoint(x0, x1) + (y1 - y0) * aside, f64::midpoint(y0, y1) - (x1 - x0) * aside], pair[1]]);
    }
    finer
}
