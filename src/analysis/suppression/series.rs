use super::atoms::add;
use super::{Atoms, Parts, SuppressionError, Tree, is_safe, safe_count};

/// What has been published of each group, edition by edition.
///
/// It has to be kept as durably as the counts: a series that has forgotten what it published can reveal it. Columns are the
/// total, then all parts but the last, which is what remains of the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series<const N: usize> {
    least: u64,
    last: Option<u32>,
    groups: Vec<Option<[Column; N]>>,
}

/// One published figure of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Exact at its edition.
    pub value: u64,
    /// The edition at which it last moved.
    pub since: u32,
    /// The other values that it had in editions before, sorted.
    pub before: Vec<u64>,
}

/// A published figure of a unit: exact counts, each group's at its own edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure<const N: usize> {
    /// The last of them is what remains of the total.
    pub parts: Parts<N>,
    /// The edition of its oldest count; none where no household is in the unit.
    pub oldest: Option<u32>,
    /// The edition of its newest count.
    pub newest: Option<u32>,
}

impl Column {
    /// Whether it may become a value: 0 or at least `least`, and so far from each that it had; it is no move if it has it.
    fn may_become(&self, value: u64, least: u64) -> bool {
        let apart = |was: &u64| safe_count(was.abs_diff(value), least);
        value != self.value && safe_count(value, least) && apart(&self.value) && self.before.iter().all(apart)
    }

    fn move_to(&mut self, value: u64, edition: u32) {
        let was = std::mem::replace(&mut self.value, value);
        self.since = edition;
        if let Err(at) = self.before.binary_search(&was) {
            self.before.insert(at, was);
        }
    }
}

impl<const N: usize> Series<N> {
    /// Nothing published yet of so many groups.
    pub fn new(groups: usize, least: u64) -> Self {
        Series { least, last: None, groups: vec![None; groups] }
    }

    /// Publishes an edition of what the groups have now, see [`Atoms::sums`]. O(groups · N · values published before).
    ///
    /// A group is opened when it is safe for the first time. Afterwards at most one column of it moves in an edition, the one that
    /// stood longest of those that may: to a value that is 0 or at least `least`, and so far from each that was published, and
    /// that leaves what remains of the total 0 or at least `least`.
    pub fn publish(&mut self, sums: &[Parts<N>], edition: u32) -> Result<(), SuppressionError> {
        if sums.len() != self.groups.len() {
            return Err(SuppressionError::Length { of: "groups", found: sums.len(), expected: self.groups.len() });
        }
        if let Some(last) = self.last.filter(|last| *last >= edition) {
            return Err(SuppressionError::NotAfter { found: edition, last });
        }
        if sums.iter().any(|parts| parts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count)).is_none()) {
            return Err(SuppressionError::TooMany);
        }
        self.last = Some(edition);
        for (group, parts) in self.groups.iter_mut().zip(sums) {
            match group {
                Some(columns) => step(columns, &values(parts), self.least, edition),
                None if is_safe(parts, self.least) => {
                    *group = Some(values(parts).map(|value| Column { value, since: edition, before: Vec::new() }));
                }
                None => {}
            }
        }
        Ok(())
    }

    /// What is published of each group; nothing of those that never were safe.
    pub fn groups(&self) -> &[Option<[Column; N]>] {
        &self.groups
    }

    /// What is published of each unit of a tree, or that it is held back; `homes` as for [`Atoms::shown`]. O(pieces · depth).
    pub fn figures(
        &self,
        atoms: &Atoms,
        tree: &Tree,
        homes: &[u32],
    ) -> Result<Vec<Option<Figure<N>>>, SuppressionError> {
        let open: Vec<bool> = self.groups.iter().map(Option::is_some).collect();
        let shown = atoms.shown(tree, homes, &open)?;
        let mut figures = vec![Figure { parts: [0; N], oldest: None, newest: None }; tree.len()];
        // A group counts once, at one of its pieces; units that have it only in part are not shown.
        let mut counted = vec![false; atoms.len()];
        for (atom, home) in atoms.of().iter().zip(homes) {
            let first = !std::mem::replace(&mut counted[*atom as usize], true);
            if let Some(columns) = self.groups[*atom as usize].as_ref().filter(|_| first) {
                figures[*home as usize].add(&Figure::of(columns));
            }
        }
        for unit in tree.order().iter().rev() {
            if let Some(parent) = tree.parent(*unit) {
                let figure = figures[*unit as usize];
                figures[parent as usize].add(&figure);
            }
        }
        Ok(figures.into_iter().zip(shown).map(|(figure, shown)| shown.then_some(figure)).collect())
    }
}

impl<const N: usize> Figure<N> {
    fn of(columns: &[Column; N]) -> Self {
        let parts = std::array::from_fn(|part| columns.get(part + 1).map_or_else(|| rest(columns), |c| c.value));
        let since = || columns.iter().map(|c| c.since);
        let any = parts.iter().any(|count| *count > 0);
        Figure { parts, oldest: since().min().filter(|_| any), newest: since().max().filter(|_| any) }
    }

    fn add(&mut self, other: &Figure<N>) {
        add(&mut self.parts, &other.parts);
        self.oldest = self.oldest.into_iter().chain(other.oldest).min();
        self.newest = self.newest.max(other.newest);
    }
}

/// The total and all parts but the last.
fn values<const N: usize>(parts: &Parts<N>) -> [u64; N] {
    std::array::from_fn(|column| if column == 0 { parts.iter().sum() } else { parts[column - 1] })
}

/// What remains of the total: never negative, see [`step`].
fn rest<const N: usize>(columns: &[Column; N]) -> u64 {
    columns.split_first().map_or(0, |(total, parts)| total.value - parts.iter().map(|c| c.value).sum::<u64>())
}

fn step<const N: usize>(columns: &mut [Column; N], now: &[u64; N], least: u64, edition: u32) {
    let parts: u64 = columns.iter().skip(1).map(|c| c.value).sum();
    let fits = |column: usize| {
        let (old, new) = (columns[column].value, now[column]);
        let rest = match column {
            0 => new.checked_sub(parts),
            _ => columns[0].value.checked_sub(parts - old).and_then(|most| most.checked_sub(new)),
        };
        columns[column].may_become(new, least) && rest.is_some_and(|rest| safe_count(rest, least))
    };
    let longest = (0..N).filter(|column| fits(*column)).min_by_key(|column| (columns[*column].since, *column));
    if let Some(column) = longest {
        columns[column].move_to(now[column], edition);
    }
}
