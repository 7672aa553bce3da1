//! From the cheapest flow to whole households: each to one member, within the limits, and no single change cheaper.

use super::simplex::Limits;

/// Repairs after rounding: more are not tried for each member.
const REPAIRS_EACH: usize = 50;
/// Exchanges with each other member are sought among so many of the cheapest first, among all if none of these helps.
const FEW: usize = 12;

/// A household given and to whom, and one taken from there.
type Step = (Option<(usize, u32)>, Option<usize>);

/// Whole households in the making.
pub struct Round<'a, F> {
    /// What each takes.
    pub weights: &'a [i64],
    /// Of each member.
    pub limits: &'a [Limits],
    /// Of a household with a member, metres.
    pub cost: F,
    /// Whom each has known, if anybody.
    pub known: &'a [Option<u32>],
}

impl<F: Fn(usize, u32) -> f64> Round<'_, F> {
    /// A member for each household, from flows (household, member, units); or a member who could not be kept within the limits.
    ///
    /// Of a basic solution's flows at most as many households as there are members are shared by several.
    pub fn run(&self, flows: impl Iterator<Item = (usize, u32, i64)>) -> Result<Vec<u32>, usize> {
        let mut of: Vec<u32> = vec![0; self.weights.len()];
        let mut lacks: Vec<i64> = vec![0; self.limits.len()];
        let mut shared: Vec<(usize, u32)> = Vec::new();
        for (household, member, units) in flows {
            lacks[member as usize] += units;
            if units < self.weights[household] {
                shared.push((household, member));
            } else {
                of[household] = member;
                lacks[member as usize] -= self.weights[household];
            }
        }
        shared.sort_by_key(|(household, member)| (-self.weights[*household], *household, *member));
        for among in shared.chunk_by(|a, b| a.0 == b.0) {
            let gets = among.iter().map(|(_, m)| *m).max_by_key(|m| (lacks[*m as usize], std::cmp::Reverse(*m)));
            of[among[0].0] = gets.expect("a chunk is not empty");
            lacks[of[among[0].0] as usize] -= self.weights[among[0].0];
        }
        let mut loads: Vec<i64> = vec![0; self.limits.len()];
        for (member, weight) in of.iter().zip(self.weights) {
            loads[*member as usize] += weight;
        }
        self.repair(&mut of, &mut loads)?;
        self.settle(&mut of, &mut loads);
        Ok(of)
    }

    /// How far a load is outside of its limits.
    fn outside(&self, member: u32, load: i64) -> i64 {
        let Limits { least, most } = self.limits[member as usize];
        (load - most).max(least - load).max(0)
    }

    /// Moves households from and to members outside of their limits, and exchanges them, the cheapest way first.
    fn repair(&self, of: &mut [u32], loads: &mut [i64]) -> Result<(), usize> {
        let members = u32::try_from(loads.len()).expect("members are numbered by u32");
        for _ in 0..=REPAIRS_EACH * loads.len() {
            let outside = |m: &u32| self.outside(*m, loads[*m as usize]);
            let Some(member) = (0..members).max_by_key(|m| (outside(m), std::cmp::Reverse(*m))) else { return Ok(()) };
            if outside(&member) == 0 {
                return Ok(());
            }
            let step = self.step(member, of, loads, FEW).or_else(|| self.step(member, of, loads, usize::MAX));
            let Some((gives, takes)) = step else { return Err(member as usize) };
            let other = gives.map(|(_, to)| to).or(takes.map(|h| of[h])).expect("a step moves something");
            for (h, to) in [gives, takes.map(|h| (h, member))].into_iter().flatten() {
                loads[if to == member { other } else { member } as usize] -= self.weights[h];
                loads[to as usize] += self.weights[h];
                of[h] = to;
            }
        }
        (0..members).find(|m| self.outside(*m, loads[*m as usize]) > 0).map_or(Ok(()), |m| Err(m as usize))
    }

    /// What a member outside of its limits best gives (household, to whom) and takes from the same other: the fewest metres for each
    /// unit by which both are less outside. Of each other only the `few` cheapest to give and to take are looked at.
    fn step(&self, member: u32, of: &[u32], loads: &[i64], few: usize) -> Option<Step> {
        let mut own = Vec::new();
        let mut others: Vec<Vec<(f64, usize)>> = vec![Vec::new(); loads.len()];
        for (h, has) in of.iter().enumerate() {
            if *has == member {
                own.push(h);
            } else {
                others[*has as usize].push(((self.cost)(h, member) - (self.cost)(h, *has), h));
            }
        }
        let cheapest = |list: &mut Vec<(f64, usize)>| {
            list.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            list.truncate(few);
        };
        let load = loads[member as usize];
        let mut best = None;
        let mut least = f64::INFINITY;
        for (other, takes) in (0..).zip(&mut others).filter(|(other, _)| *other != member) {
            let mut gives: Vec<(f64, usize)> =
                own.iter().map(|h| ((self.cost)(*h, other) - (self.cost)(*h, member), *h)).collect();
            cheapest(&mut gives);
            cheapest(takes);
            let other_load = loads[other as usize];
            let now = self.outside(member, load) + self.outside(other, other_load);
            let or_none = |list: &[(f64, usize)]| -> Vec<Option<(f64, usize)>> {
                std::iter::once(None).chain(list.iter().copied().map(Some)).collect()
            };
            let takes = or_none(takes);
            for give in or_none(&gives) {
                for take in &takes {
                    let weight = |h: Option<(f64, usize)>| h.map_or(0, |(_, h)| self.weights[h]);
                    let moved = weight(give) - weight(*take);
                    let better = now - self.outside(member, load - moved) - self.outside(other, other_load + moved);
                    let metres = give.map_or(0.0, |g| g.0) + take.map_or(0.0, |t| t.0);
                    #[allow(clippy::cast_precision_loss)] // a rank, not a result
                    let rank = metres / better as f64;
                    if better > 0 && rank < least {
                        least = rank;
                        best = Some((give.map(|g| (g.1, other)), take.map(|t| t.1)));
                    }
                }
            }
        }
        best
    }

    /// As long as a household alone can go to a member for whom it is cheaper, or back to the one it knows for the same, it goes.
    fn settle(&self, of: &mut [u32], loads: &mut [i64]) {
        let mut moved = true;
        while std::mem::take(&mut moved) {
            for (household, of) in of.iter_mut().enumerate() {
                let (from, weight) = (*of, self.weights[household]);
                if loads[from as usize] - weight < self.limits[from as usize].least {
                    continue;
                }
                let known = self.known[household];
                let (mut to, mut least) = (from, (self.cost)(household, from));
                for (member, limits) in (0..).zip(self.limits) {
                    if member != from && loads[member as usize] + weight <= limits.most {
                        let cost = (self.cost)(household, member);
                        if cost < least || (cost <= least && known == Some(member)) {
                            (to, least) = (member, cost);
                        }
                    }
                }
                if to != from {
                    loads[from as usize] -= weight;
                    loads[to as usize] += weight;
                    *of = to;
                    moved = true;
                }
            }
        }
    }
}
