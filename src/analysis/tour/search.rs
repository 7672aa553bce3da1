//! A short round trip through places by local search: 2-opt and Or-opt, then many small disturbances that are kept where they help.
//!
//! Croes 1958 (<https://doi.org/10.1287/opre.6.6.791>), Or 1976, Bentley 1992 (neighbour lists, <https://doi.org/10.1287/ijoc.4.4.387>),
//! Martin, Otto and Felten 1992 (disturbed local search, <https://doi.org/10.1016/0167-6377(92)90028-2>).

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A gain below this is rounding, metres.
const LEAST_GAIN: f64 = 1e-7;
/// Segments that are put elsewhere as a whole have at most so many places.
const LONGEST_SEGMENT: usize = 3;
/// A disturbance swaps two neighbouring segments of at most so many places: what is far apart is left alone, so that the repair costs
/// little (Johnson and `McGeoch` 1997, the "segment length 50" variant).
const DISTURBED: u32 = 50;
/// Of the disturbances.
const SEED: u64 = 1976;

/// A round trip in the making: a cyclic order of nodes, where each is, and which are to be looked at again.
#[derive(Debug)]
pub struct Search<'a, F> {
    cost: F,
    near: &'a [Vec<u32>],
    order: Vec<u32>,
    at: Vec<u32>,
    open: Vec<u32>,
    is_open: Vec<bool>,
    /// Reversals since the last disturbance: from, and how many places.
    done: Vec<(usize, usize)>,
}

impl<'a, F: Fn(u32, u32) -> f64> Search<'a, F> {
    /// Of nodes 0, 1, …, each once in `order`; `cost` is symmetric; `near[n]` are nodes that may well come next to `n`, cheapest first.
    pub fn new(order: Vec<u32>, near: &'a [Vec<u32>], cost: F) -> Search<'a, F> {
        let mut at = vec![0; order.len()];
        for (place, node) in (0..).zip(&order) {
            at[*node as usize] = place;
        }
        let open = order.iter().rev().copied().collect();
        let is_open = vec![true; order.len()];
        Search { cost, near, order, at, open, is_open, done: Vec::new() }
    }

    /// The order after local search and `steps` disturbances. Each costs some microseconds up to a thousand nodes, and a reversal of
    /// up to half of them beyond.
    pub fn run(mut self, steps: u32) -> Vec<u32> {
        // Up to three nodes there is only one round.
        if self.order.len() > 3 {
            self.improve();
            let mut rng = StdRng::seed_from_u64(SEED);
            for _ in 0..steps {
                self.done.clear();
                if self.disturb(&mut rng) + self.improve() < -LEAST_GAIN {
                    self.undo();
                }
            }
        }
        self.order
    }

    fn len(&self) -> u32 {
        u32::try_from(self.order.len()).expect("nodes are numbered by u32")
    }

    /// The node `by` places on; `by` is below the number of nodes.
    fn after(&self, node: u32, by: u32) -> u32 {
        let (place, n) = (self.at[node as usize] + by, self.len());
        self.order[(if place >= n { place - n } else { place }) as usize]
    }

    fn next(&self, node: u32, forward: bool) -> u32 {
        if forward { self.after(node, 1) } else { self.after(node, self.len() - 1) }
    }

    /// Makes all moves that gain, and says how much that was.
    fn improve(&mut self) -> f64 {
        let mut gained = 0.0;
        while let Some(node) = self.open.pop() {
            self.is_open[node as usize] = false;
            while let Some(gain) = self.two_opt(node).or_else(|| self.or_opt(node)) {
                gained += gain;
            }
        }
        gained
    }

    fn reopen(&mut self, nodes: &[u32]) {
        for node in nodes {
            if !std::mem::replace(&mut self.is_open[*node as usize], true) {
                self.open.push(*node);
            }
        }
    }

    /// Exchanges two edges, one of them at `a`.
    fn two_opt(&mut self, a: u32) -> Option<f64> {
        let near = self.near;
        for forward in [true, false] {
            let b = self.next(a, forward);
            let old = (self.cost)(a, b);
            for &c in &near[a as usize] {
                let gain = old - (self.cost)(a, c);
                if gain <= LEAST_GAIN {
                    break;
                }
                let d = self.next(c, forward);
                let gain = gain + (self.cost)(c, d) - (self.cost)(b, d);
                if gain > LEAST_GAIN && c != b && d != a {
                    self.exchange([a, b, c, d]);
                    self.reopen(&[a, b, c, d]);
                    return Some(gain);
                }
            }
        }
        None
    }

    /// Puts a segment that has `a` at its end elsewhere, so that `a` comes next to a node near it.
    fn or_opt(&mut self, a: u32) -> Option<f64> {
        let near = self.near;
        for forward in [true, false] {
            let before = self.next(a, !forward);
            let mut segment = [a; LONGEST_SEGMENT];
            for places in 1..=LONGEST_SEGMENT.min(self.order.len() - 3) {
                let end = if places == 1 { a } else { self.next(segment[places - 2], forward) };
                segment[places - 1..].fill(end);
                let beyond = self.next(end, forward);
                let freed = (self.cost)(before, a) + (self.cost)(end, beyond) - (self.cost)(before, beyond);
                for &c in &near[a as usize] {
                    let gain = freed - (self.cost)(a, c);
                    if gain <= LEAST_GAIN {
                        break;
                    }
                    if segment.contains(&c) {
                        continue;
                    }
                    for same_way in [true, false] {
                        let f = self.next(c, forward == same_way);
                        let gain = gain + (self.cost)(c, f) - (self.cost)(end, f);
                        if gain > LEAST_GAIN && !segment.contains(&f) {
                            let between = if same_way { [c, f] } else { [f, c] };
                            self.put([before, a, end, beyond], between, same_way);
                            self.reopen(&[before, a, end, beyond, c, f]);
                            return Some(gain);
                        }
                    }
                }
            }
        }
        None
    }

    /// Swaps two neighbouring segments somewhere (a double bridge) and says what that gains, mostly less than 0.
    fn disturb(&mut self, rng: &mut StdRng) -> f64 {
        let n = self.len();
        let longest = DISTURBED.min((n - 1) / 2);
        let before = self.order[rng.random_range(0..n) as usize];
        let (one, two) = (rng.random_range(1..=longest), rng.random_range(1..=longest));
        let from = self.after(before, 1);
        let [end, beyond] = [self.after(before, one), self.after(before, one + 1)];
        let c = self.after(before, one + two);
        let f = self.next(c, true);
        let cost = &self.cost;
        let old = cost(before, from) + cost(end, beyond) + cost(c, f);
        let gain = old - cost(before, beyond) - cost(c, from) - cost(end, f);
        self.put([before, from, end, beyond], [c, f], true);
        self.reopen(&[before, from, end, beyond, c, f]);
        gain
    }

    /// Puts the segment from `from` to `end` between `c` and `f`, as it is or turned round: three edges out, three in.
    fn put(&mut self, [before, from, end, beyond]: [u32; 4], [c, f]: [u32; 2], same_way: bool) {
        self.exchange([before, from, c, f]);
        self.exchange([before, c, beyond, end]);
        if same_way {
            self.exchange([c, end, from, f]);
        }
    }

    /// Edges a-b and c-d become a-c and b-d. Both are passed the same way, whichever that is.
    fn exchange(&mut self, [a, b, c, d]: [u32; 4]) {
        if self.next(a, true) == b { self.reverse(b, c) } else { self.reverse(a, d) }
    }

    /// Turns the way from one node to another round, or the rest of the round, which is the same: the shorter of both.
    fn reverse(&mut self, from: u32, to: u32) {
        let n = self.order.len();
        let (from, to) = (self.at[from as usize] as usize, self.at[to as usize] as usize);
        let places = if to >= from { to - from + 1 } else { to + n - from + 1 };
        let (from, places) = if 2 * places > n { ((to + 1) % n, n - places) } else { (from, places) };
        self.turn(from, places);
        self.done.push((from, places));
    }

    fn turn(&mut self, from: usize, places: usize) {
        let n = self.order.len();
        let (mut left, mut right) = (from, (from + places + n - 1) % n);
        for _ in 0..places / 2 {
            self.order.swap(left, right);
            for place in [left, right] {
                self.at[self.order[place] as usize] = u32::try_from(place).expect("nodes are numbered by u32");
            }
            left = if left + 1 == n { 0 } else { left + 1 };
            right = if right == 0 { n - 1 } else { right - 1 };
        }
    }

    fn undo(&mut self) {
        while let Some((from, places)) = self.done.pop() {
            self.turn(from, places);
        }
    }
}
