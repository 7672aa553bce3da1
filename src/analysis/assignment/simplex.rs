//! Cheapest flow from sources through hubs to one sink: a network simplex.
//!
//! Dantzig 1951; strongly feasible trees after Cunningham 1976 (<https://doi.org/10.1007/BF01580379>), so that it ends; block search for
//! the entering arc as in Király and Kovács 2012 (<https://arxiv.org/abs/1207.6381>).

use std::sync::atomic::{AtomicBool, Ordering};

/// Of hubs: what flows through each at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// At least.
    pub least: i64,
    /// At most.
    pub most: i64,
}

#[derive(Debug, Clone, Copy)]
struct Arc {
    from: u32,
    to: u32,
    cost: i64,
    most: i64,
    flow: i64,
    /// 1 where it is empty, -1 where it is full, 0 in the tree.
    state: i8,
}

/// A spanning tree of nodes: hubs, then sources, then the sink, which is the root.
///
/// Nearly all sources are leaves: they are no children of their hubs, and price and depth of a source are read from its hub, so that
/// an exchange costs what the hubs of a branch are, and not its sources.
#[derive(Debug)]
pub struct Simplex {
    hubs: usize,
    arcs: Vec<Arc>,
    parent: Vec<u32>,
    /// To the parent.
    arc: Vec<u32>,
    /// What a node's price is above its parent's.
    above: Vec<i64>,
    /// Of hubs and the sink.
    depth: Vec<u32>,
    /// Of hubs and the sink.
    price: Vec<i64>,
    /// First child, next and previous sibling; of a source that has no child they are not kept.
    child: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
    looked_at: usize,
    /// Too little or too much at a hub costs this for each unit.
    penalty: i64,
}

const NONE: u32 = u32::MAX;
/// Most that may flow through an arc without a limit.
const ENDLESS: i64 = i64::MAX / 4;

impl Simplex {
    /// Sources with what each gives and the hub it flows to at first, at a cost for each unit. `dearest` is no less than any cost, of
    /// arcs added later too; below 2^62 / (4 · hubs + 8)².
    pub fn new(limits: &[Limits], sources: &[(i64, u32, i64)], dearest: i64) -> Simplex {
        let hubs = limits.len();
        let nodes = hubs + sources.len() + 1;
        let root = index(nodes - 1);
        let long = i64::from(index(2 * hubs + 3));
        let mut simplex = Simplex {
            hubs,
            arcs: Vec::with_capacity(3 * hubs + 8 * sources.len()),
            parent: vec![NONE; nodes],
            arc: vec![NONE; nodes],
            above: vec![0; nodes],
            depth: vec![0; nodes],
            price: vec![0; nodes],
            child: vec![NONE; nodes],
            next: vec![NONE; nodes],
            previous: vec![NONE; nodes],
            looked_at: 0,
            penalty: (dearest + 1) * long,
        };
        let mut load = vec![0; hubs];
        for (gives, hub, _) in sources {
            load[*hub as usize] += gives;
        }
        for (hub, limits) in (0..).zip(limits) {
            let width = limits.most - limits.least;
            let beyond = load[hub as usize] - limits.least;
            let flow = beyond.clamp(0, width);
            let state = if beyond < 0 { 1 } else { -i8::from(beyond > width) };
            let arc = Arc { from: hub, to: root, cost: 0, most: width, flow, state };
            simplex.arcs.push(arc);
            let much = Arc { cost: simplex.penalty, most: ENDLESS, flow: (beyond - width).max(0), state: 1, ..arc };
            let little = Arc { from: root, to: hub, flow: (-beyond).max(0), ..much };
            simplex.arcs.extend([much, little]);
            let in_tree = 3 * hub + if beyond > width { 1 } else { 2 * u32::from(beyond < 0) };
            simplex.arcs[in_tree as usize].state = 0;
            simplex.hang(hub, root, in_tree);
            simplex.set_price(hub);
        }
        for (source, (gives, hub, cost)) in (index(hubs)..).zip(sources) {
            let arc = index(simplex.arcs.len());
            simplex.arcs.push(Arc { from: source, to: *hub, cost: *cost, most: ENDLESS, flow: *gives, state: 0 });
            simplex.hang(source, *hub, arc);
        }
        simplex
    }

    /// Lets a source, counted from 0, flow to a hub, too.
    pub fn add(&mut self, source: usize, hub: u32, cost: i64) {
        self.arcs.push(Arc { from: index(self.hubs + source), to: hub, cost, most: ENDLESS, flow: 0, state: 1 });
    }

    /// What a new arc would save for each unit: it is worth adding where this is above 0.
    pub fn saves(&self, source: usize, hub: u32, cost: i64) -> i64 {
        self.price[hub as usize] - self.price_of(index(self.hubs + source)) - cost
    }

    /// Makes the flow the cheapest there is on these arcs; not quite, once it is told to stop.
    pub fn run(&mut self, stop: &AtomicBool) {
        while let Some(arc) = self.entering().filter(|_| !stop.load(Ordering::Relaxed)) {
            self.exchange(arc);
        }
    }

    /// What flows from sources, counted from 0, to hubs: source, hub, units, all above 0.
    pub fn flows(&self) -> impl Iterator<Item = (usize, u32, i64)> {
        self.arcs[3 * self.hubs..].iter().filter(|a| a.flow > 0).map(|a| (a.from as usize - self.hubs, a.to, a.flow))
    }

    /// A hub whose limits cannot be held on these arcs.
    pub fn beyond_limits(&self) -> Option<usize> {
        (0..self.hubs).find(|hub| self.arcs[3 * hub + 1].flow > 0 || self.arcs[3 * hub + 2].flow > 0)
    }

    /// The best of the first block of arcs that has a good one.
    fn entering(&mut self) -> Option<usize> {
        let arcs = self.arcs.len();
        let block = arcs.isqrt().max(64);
        let (mut best, mut least) = (None, 0);
        for n in 0..arcs {
            let arc = &self.arcs[self.looked_at];
            let cost = i64::from(arc.state) * (arc.cost + self.price_of(arc.from) - self.price[arc.to as usize]);
            if cost < least {
                (best, least) = (Some(self.looked_at), cost);
            }
            self.looked_at = if self.looked_at + 1 == arcs { 0 } else { self.looked_at + 1 };
            if best.is_some() && n % block == block - 1 {
                break;
            }
        }
        best
    }

    /// Pushes flow round the cycle that an arc closes, and takes the last arc that blocks it, as seen from the cycle's top, out of
    /// the tree.
    fn exchange(&mut self, enters: usize) {
        let Arc { from, to, state, most, .. } = self.arcs[enters];
        let (first, second) = if state > 0 { (from, to) } else { (to, from) };
        let top = self.join(first, second);
        let (mut push, mut leaves, mut below_first) = (most, NONE, false);
        for (start, down) in [(first, true), (second, false)] {
            let mut node = start;
            while node != top {
                let arc = &self.arcs[self.arc[node as usize] as usize];
                let room = if (arc.from == node) == down { arc.flow } else { arc.most - arc.flow };
                if room < push || (room == push && !down) {
                    (push, leaves, below_first) = (room, node, down);
                }
                node = self.parent[node as usize];
            }
        }
        self.arcs[enters].flow += i64::from(state) * push;
        for (start, down) in [(first, true), (second, false)] {
            let mut node = start;
            while node != top && push > 0 {
                let arc = &mut self.arcs[self.arc[node as usize] as usize];
                arc.flow += if (arc.from == node) == down { -push } else { push };
                node = self.parent[node as usize];
            }
        }
        if leaves == NONE {
            self.arcs[enters].state = -state;
            return;
        }
        let left = &mut self.arcs[self.arc[leaves as usize] as usize];
        left.state = if left.flow == 0 { 1 } else { -1 };
        self.arcs[enters].state = 0;
        let (inner, outer) = if below_first { (first, second) } else { (second, first) };
        self.rehang(inner, leaves, outer, index(enters));
    }

    /// The lowest node above both.
    fn join(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            if self.depth_of(a) >= self.depth_of(b) {
                a = self.parent[a as usize];
            } else {
                b = self.parent[b as usize];
            }
        }
        a
    }

    /// The branch that hung on the arc above `cut` now hangs by its node `inner` on `outer`.
    fn rehang(&mut self, inner: u32, cut: u32, outer: u32, arc: u32) {
        let (mut node, mut parent, mut arc) = (inner, outer, arc);
        loop {
            let (above, arc_above) = (self.parent[node as usize], self.arc[node as usize]);
            self.unhang(node);
            self.hang(node, parent, arc);
            if node == cut {
                break;
            }
            (parent, node, arc) = (node, above, arc_above);
        }
        let mut node = inner;
        // The whole branch, without a stack.
        loop {
            if !self.is_source(node) {
                self.set_price(node);
            }
            if self.child[node as usize] != NONE {
                node = self.child[node as usize];
                continue;
            }
            while node != inner && self.next[node as usize] == NONE {
                node = self.parent[node as usize];
            }
            if node == inner {
                break;
            }
            node = self.next[node as usize];
        }
    }

    fn is_source(&self, node: u32) -> bool {
        (self.hubs..self.parent.len() - 1).contains(&(node as usize))
    }

    fn price_of(&self, node: u32) -> i64 {
        if !self.is_source(node) {
            return self.price[node as usize];
        }
        self.price[self.parent[node as usize] as usize] + self.above[node as usize]
    }

    fn depth_of(&self, node: u32) -> u32 {
        if !self.is_source(node) {
            return self.depth[node as usize];
        }
        self.depth[self.parent[node as usize] as usize] + 1
    }

    /// Whether it is among the children of its parent.
    fn is_linked(&self, node: u32) -> bool {
        !self.is_source(node) || self.child[node as usize] != NONE
    }

    /// Takes a node from its parent; a source that has no other child is taken from its own.
    fn unhang(&mut self, node: u32) {
        if !self.is_linked(node) {
            return;
        }
        let parent = self.parent[node as usize];
        self.unlink(node);
        if !self.is_linked(parent) {
            self.unlink(parent);
        }
    }

    /// Hangs a node on another; a source that had no child becomes one of its parent's.
    fn hang(&mut self, node: u32, parent: u32, arc: u32) {
        self.parent[node as usize] = parent;
        self.arc[node as usize] = arc;
        let Arc { from, cost, .. } = self.arcs[arc as usize];
        self.above[node as usize] = if from == node { -cost } else { cost };
        if self.is_linked(node) {
            let was_linked = self.is_linked(parent);
            self.link(node);
            if !was_linked {
                self.link(parent);
            }
        }
    }

    fn unlink(&mut self, node: u32) {
        let (next, previous) = (self.next[node as usize], self.previous[node as usize]);
        if next != NONE {
            self.previous[next as usize] = previous;
        }
        if previous == NONE {
            self.child[self.parent[node as usize] as usize] = next;
        } else {
            self.next[previous as usize] = next;
        }
    }

    fn link(&mut self, node: u32) {
        let parent = self.parent[node as usize] as usize;
        let first = std::mem::replace(&mut self.child[parent], node);
        if first != NONE {
            self.previous[first as usize] = node;
        }
        self.next[node as usize] = first;
        self.previous[node as usize] = NONE;
    }

    /// Of a hub, so that the arc to the parent costs as much as the prices of its ends differ.
    fn set_price(&mut self, node: u32) {
        let parent = self.parent[node as usize];
        self.price[node as usize] = self.price_of(parent) + self.above[node as usize];
        self.depth[node as usize] = self.depth_of(parent) + 1;
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).expect("fewer than 4 billion arcs")
}
