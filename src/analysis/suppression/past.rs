use super::safe_count;
use std::collections::BTreeSet;

/// Most values of a column that are remembered of groups that were joined; a group with more is not published again.
const MOST: usize = 10_000;

/// All that was published of a group, or could be added up from what was published of those that were joined in it: by column, and
/// what remained of the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Past<const N: usize> {
    columns: [Values; N],
    rests: Values,
}

impl<const N: usize> Default for Past<N> {
    fn default() -> Self {
        Past { columns: std::array::from_fn(|_| Values::default()), rests: Values::default() }
    }
}

impl<const N: usize> Past<N> {
    pub fn add(&mut self, values: &[u64; N], rest: u64) {
        self.columns.iter_mut().zip(values).for_each(|(past, value)| past.add(*value));
        self.rests.add(rest);
    }

    /// Whether nothing ever was.
    pub fn is_empty(&self) -> bool {
        self.rests.is_empty()
    }

    /// Whether values may be shown beside all that were.
    pub fn lets(&self, values: &[u64; N], rest: u64, least: u64) -> bool {
        let columns = self.columns.iter().zip(values).all(|(past, value)| past.lets(*value, least));
        columns && self.rests.lets(rest, least)
    }

    /// Of two groups together.
    pub fn joined(&self, other: &Past<N>) -> Past<N> {
        Past {
            columns: std::array::from_fn(|column| self.columns[column].joined(&other.columns[column])),
            rests: self.rests.joined(&other.rests),
        }
    }
}

/// Values that one count had in what was published; `None` once they are too many to remember.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Values(Option<BTreeSet<u64>>);

impl Default for Values {
    fn default() -> Self {
        Values(Some(BTreeSet::new()))
    }
}

impl Values {
    pub fn add(&mut self, value: u64) {
        if let Some(values) = &mut self.0 {
            values.insert(value);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_some_and(BTreeSet::is_empty)
    }

    /// Whether a value is equal to, or at least `least` away from, each.
    pub fn lets(&self, value: u64, least: u64) -> bool {
        let near = value.saturating_sub(least)..=value.saturating_add(least);
        let apart = |was: &u64| safe_count(was.abs_diff(value), least);
        self.0.as_ref().is_some_and(|values| values.range(near).all(apart))
    }

    /// Every sum of one of these and one of others; what was never published adds nothing.
    pub fn joined(&self, other: &Values) -> Values {
        let (Some(a), Some(b)) = (&self.0, &other.0) else { return Values(None) };
        if a.is_empty() || b.is_empty() {
            return Values(Some(a.union(b).copied().collect()));
        }
        if a.len().saturating_mul(b.len()) > MOST {
            return Values(None);
        }
        Values(Some(a.iter().flat_map(|a| b.iter().map(|b| a.saturating_add(*b))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(list: &[u64]) -> Values {
        Values(Some(list.iter().copied().collect()))
    }

    #[test]
    fn a_value_is_let_through_where_it_was_before_or_far_from_all_that_were() {
        let past = values(&[0, 20, 45]);
        let let_through: Vec<u64> = (0..60).filter(|value| past.lets(*value, 10)).collect();
        let slow = |value: &u64| [0, 20, 45].iter().all(|was: &u64| was == value || was.abs_diff(*value) >= 10);
        assert_eq!(let_through, (0..60).filter(slow).collect::<Vec<u64>>());
        assert!(Values::default().lets(3, 10), "nothing was");
    }

    #[test]
    fn of_two_together_every_sum_is_remembered_and_too_many_close_for_good() {
        assert_eq!(values(&[10, 30]).joined(&values(&[0, 20])), values(&[10, 30, 50]));
        assert_eq!(values(&[10, 30]).joined(&Values::default()), values(&[10, 30]));
        let many: Vec<u64> = (0..=100).collect();
        let closed = values(&many).joined(&values(&many));
        assert!(!closed.lets(5_000, 10) && !closed.joined(&Values::default()).lets(5_000, 10));
    }
}
