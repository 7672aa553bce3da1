//! The attacker: from all that is published, what can the rest be? Three ways, from quick to thorough. It knows nothing of how
//! figures were held back.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use std::collections::BTreeMap;

/// A sum of unknowns, each times a number.
pub type Sum = BTreeMap<usize, i64>;

/// All that is known of unknowns that are whole and not negative.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The most that each can be; all unknowns that there are.
    most: Vec<u64>,
    equations: Vec<(Sum, i64)>,
}

/// No count in these tests is as large; where an unknown is bounded by this alone nothing is known.
pub const UNKNOWN: u64 = 100_000;

impl Known {
    /// A new unknown, from 0 to `most`.
    pub fn unknown(&mut self, most: u64) -> usize {
        self.most.push(most);
        self.most.len() - 1
    }

    /// Something published.
    pub fn equal(&mut self, sum: Sum, value: i64) {
        if !self.equations.iter().any(|e| (&e.0, e.1) == (&sum, value)) {
            self.equations.push((sum, value));
        }
    }

    /// Something published to within a width: from `value` to `value + width`.
    pub fn within(&mut self, mut sum: Sum, value: i64, width: u64) {
        sum.insert(self.unknown(width), -1);
        self.equal(sum, value);
    }

    /// What follows by adding and subtracting alone.
    pub fn span(&self) -> Span {
        let mut span = Span(Vec::new());
        for (sum, value) in &self.equations {
            let mut row = Row::new(sum, *value);
            span.reduce(&mut row);
            if let Some((first, by)) = row.0.first_key_value().filter(|(at, _)| **at != VALUE) {
                let (first, by) = (*first, inverse(*by));
                for c in row.0.values_mut() {
                    *c = times(*c, by);
                }
                for other in &mut span.0 {
                    other.1.subtract(&row, first);
                }
                span.0.push((first, row));
            }
        }
        span
    }

    /// The least and the most that each unknown can be, found by looking at one equation at a time until nothing changes: as
    /// everybody with a spreadsheet can. What is found is true, but may be wider than what could be found.
    pub fn narrow(&self) -> Vec<(i64, i64)> {
        let mut ranges: Vec<(i64, i64)> = self.most.iter().map(|most| (0, most.cast_signed())).collect();
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for (sum, value) in &self.equations {
                // Of each term, and of all together.
                let end = |(at, by): (&usize, &i64)| {
                    let (a, b) = (ranges[*at].0 * by, ranges[*at].1 * by);
                    (a.min(b), a.max(b))
                };
                let ends: Vec<(i64, i64)> = sum.iter().map(end).collect();
                let (low, high) = ends.iter().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
                for ((at, by), (a, b)) in sum.iter().zip(ends) {
                    // by · x = value − the others, which are from low − a to high − b; by is 1 or −1 here.
                    let (from, to) = (value - (high - b), value - (low - a));
                    let (from, to) = if *by > 0 { (from, to) } else { (-to, -from) };
                    let range = &mut ranges[*at];
                    let new = (range.0.max(from), range.1.min(to));
                    changed |= new != *range;
                    *range = new;
                }
            }
        }
        ranges
    }

    /// The least and the most that a sum can be, exactly but for fractions: a linear program each.
    pub fn range(&self, sum: &Sum) -> (i64, i64) {
        let end = |direction| {
            let mut problem = Problem::new(direction);
            let variable = |(at, most): (usize, &u64)| {
                problem.add_var(float(sum.get(&at).copied().unwrap_or(0)), (0.0, float(most.cast_signed())))
            };
            let variables: Vec<Variable> = self.most.iter().enumerate().map(variable).collect();
            for (sum, value) in &self.equations {
                let terms: Vec<(Variable, f64)> = sum.iter().map(|(at, by)| (variables[*at], float(*by))).collect();
                problem.add_constraint(terms, ComparisonOp::Eq, float(*value));
            }
            let solved = problem.solve().expect("what happened is possible");
            solved.into_solution().expect("no limit of time was set").objective()
        };
        // The solver's own tolerance is 1e-8 or so of counts below 100,000.
        #[allow(clippy::cast_possible_truncation)]
        let whole = |end: f64| end as i64;
        let low = whole((end(OptimizationDirection::Minimize) - 1e-4).ceil());
        (low, whole((end(OptimizationDirection::Maximize) + 1e-4).floor()))
    }

    /// The least and the most that a sum can be, by trying all there is: for very few unknowns below ten or so.
    pub fn tried(&self, sum: &Sum) -> Option<(i64, i64)> {
        let mut found: Option<(i64, i64)> = None;
        let mut values = vec![0_i64; self.most.len()];
        loop {
            let of = |sum: &Sum| sum.iter().map(|(at, by)| values[*at] * by).sum::<i64>();
            if self.equations.iter().all(|(sum, value)| of(sum) == *value) {
                let value = of(sum);
                found = Some(found.map_or((value, value), |(a, b)| (a.min(value), b.max(value))));
            }
            let Some(next) = (0..values.len()).find(|at| values[*at] < self.most[*at].cast_signed()) else {
                return found;
            };
            values[..next].fill(0);
            values[next] += 1;
        }
    }
}

#[allow(clippy::cast_precision_loss)] // counts below 100,000
fn float(count: i64) -> f64 {
    count as f64
}

/// The rows of known sums, each reduced by all others, over the numbers modulo a large prime: sums that follow always reduce to
/// nothing, and others do so only if a determinant of 0s and ±1s happens to be a multiple of it.
pub struct Span(Vec<(usize, Row)>);

impl Span {
    /// The value of a sum, where it follows.
    pub fn value(&self, sum: &Sum) -> Option<i64> {
        let mut row = Row::new(sum, 0);
        self.reduce(&mut row);
        let value = row.0.remove(&VALUE).unwrap_or(0);
        let value = i64::try_from(value).expect("below the prime");
        row.0.is_empty().then(|| if value > PRIME.cast_signed() / 2 { PRIME.cast_signed() - value } else { -value })
    }

    fn reduce(&self, row: &mut Row) {
        for (first, other) in &self.0 {
            row.subtract(other, *first);
        }
    }
}

const PRIME: u64 = (1 << 61) - 1;
/// Where the value of a row is: after all unknowns.
const VALUE: usize = usize::MAX;

/// A sum modulo the prime; what is 0 is not there.
struct Row(BTreeMap<usize, u64>);

impl Row {
    fn new(sum: &Sum, value: i64) -> Self {
        let modulo = |c: i64| c.rem_euclid(PRIME.cast_signed()).unsigned_abs();
        let terms = sum.iter().map(|(at, by)| (*at, modulo(*by))).chain([(VALUE, modulo(value))]);
        Row(terms.filter(|(_, by)| *by != 0).collect())
    }

    /// Takes away as many times a row that has 1 at `first` as leaves 0 there.
    fn subtract(&mut self, other: &Row, first: usize) {
        let Some(by) = self.0.get(&first).map(|by| PRIME - by) else { return };
        for (at, more) in &other.0 {
            let sum = (self.0.get(at).copied().unwrap_or(0) + times(*more, by)) % PRIME;
            if sum == 0 {
                self.0.remove(at)
            } else {
                self.0.insert(*at, sum)
            };
        }
    }
}

fn times(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b) % u128::from(PRIME);
    u64::try_from(product).expect("below the prime")
}

fn inverse(of: u64) -> u64 {
    let (mut power, mut left, mut base) = (1, PRIME - 2, of);
    while left > 0 {
        if left % 2 == 1 {
            power = times(power, base);
        }
        base = times(base, base);
        left /= 2;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn the_attack_finds_what_trying_all_finds() {
        let mut rng = StdRng::seed_from_u64(5);
        let (mut single, mut spanned, mut narrowed) = (0, 0, 0);
        for _ in 0..150 {
            let truth: Vec<i64> = (0..5).map(|_| rng.random_range(0..5)).collect();
            let mut known = Known::default();
            for at in 0..truth.len() {
                assert_eq!(known.unknown(5), at);
            }
            let mut some = || -> Sum { (0..5).filter(|_| rng.random_bool(0.5)).map(|at| (at, 1)).collect() };
            let value = |sum: &Sum| sum.keys().map(|at| truth[*at]).sum::<i64>();
            for _ in 0..3 {
                let sum = some();
                let value = value(&sum);
                known.equal(sum, value);
            }
            let (span, narrow, target) = (known.span(), known.narrow(), some());
            let tried = known.tried(&target).unwrap();
            assert!(tried.0 <= value(&target) && value(&target) <= tried.1);
            // A linear program may be wider by fractions that no whole numbers reach, never narrower.
            let range = known.range(&target);
            assert!(range.0 <= tried.0 && tried.1 <= range.1, "{range:?} {tried:?}");
            single += u32::from(tried.0 == tried.1 && range.0 == range.1);
            if let Some(found) = span.value(&target) {
                assert_eq!((found, found), tried);
                spanned += 1;
            }
            for (at, (low, high)) in narrow.into_iter().enumerate() {
                let tried = known.tried(&Sum::from([(at, 1)])).unwrap();
                assert!(low <= tried.0 && tried.1 <= high);
                narrowed += u32::from(low == high);
            }
        }
        assert!(spanned > 20 && single > spanned && narrowed > 50, "{spanned} {single} {narrowed}");
    }
}
