use super::atoms::add;
use super::past::Past;
use super::{Atoms, Parts, SuppressionError, Tree, safe_count};

/// What has been published of each group, edition by edition.
///
/// It has to be kept as durably as the counts: a series that has forgotten what it published can reveal it. Columns are the
/// total, then all parts but the last, which is what remains of the total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series<const N: usize> {
    least: u64,
    /// Whether all parts but the last are known to have been 0 before the first edition.
    from_nothing: bool,
    last: Option<u32>,
    groups: Vec<Option<[Column; N]>>,
    past: Vec<Past<N>>,
}

/// One published figure of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Exact at its edition.
    pub value: u64,
    /// The edition at which it last moved; 0 is before the first.
    pub since: u32,
}

/// What an edition does to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move<const N: usize> {
    /// Which group.
    pub group: usize,
    /// What is done.
    pub step: Step<N>,
}

/// What may be done to a group in one edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<const N: usize> {
    /// All its columns are shown: for the first time, or for the first time since groups were joined in it.
    Opened([u64; N]),
    /// One column becomes another value.
    Moved {
        /// 0 is the total, the others are parts from 1.
        column: usize,
        /// What it becomes.
        value: u64,
    },
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

impl<const N: usize> Series<N> {
    /// Nothing published yet of so many groups.
    pub fn new(groups: usize, least: u64) -> Self {
        let (groups, past) = (vec![None; groups], vec![Past::default(); groups]);
        Series { least, from_nothing: false, last: None, groups, past }
    }

    /// The same of counts that began at 0, all but the last, as everybody knows: visits of a campaign.
    ///
    /// Of a group that is opened for the first time a part below `least` is then published as 0, with 0 as its edition: that was so
    /// before the first, and whether it still is, nobody is told. So a group is open as soon as its total is safe.
    #[must_use]
    pub fn from_nothing(self) -> Self {
        Series { from_nothing: true, ..self }
    }

    /// Publishes an edition of what the groups have now, see [`Atoms::sums`]. O(groups · N · log of the values published before).
    pub fn publish(&mut self, sums: &[Parts<N>], edition: u32) -> Result<(), SuppressionError> {
        let moves = self.moves(sums, |_, _| true)?;
        self.take(&moves, edition)
    }

    /// What the next edition would do, of what the groups have now; `free` says of a group whether its total may be shown, for who
    /// knows more of it than this series.
    ///
    /// A group is opened when it is safe for the first time. Afterwards at most one column of it moves in an edition, the one that
    /// stood longest of those that may: to a value that is 0 or at least `least`, and so far from each that was published, and
    /// that leaves what remains of the total 0 or at least `least`, and so far from all that remained before.
    pub fn moves(
        &self,
        sums: &[Parts<N>],
        free: impl Fn(usize, u64) -> bool,
    ) -> Result<Vec<Move<N>>, SuppressionError> {
        if sums.len() != self.groups.len() {
            return Err(SuppressionError::Length { of: "groups", found: sums.len(), expected: self.groups.len() });
        }
        if sums.iter().any(|parts| parts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count)).is_none()) {
            return Err(SuppressionError::TooMany);
        }
        let mut moves = Vec::new();
        for (group, parts) in sums.iter().enumerate() {
            let now = values(parts);
            let fits =
                |step: &Step<N>| self.fits(group, step) && Self::total_of(step).is_none_or(|total| free(group, total));
            let step = match &self.groups[group] {
                None if self.begins(group) => {
                    let mut begun = now;
                    begun.iter_mut().skip(1).filter(|part| **part < self.least).for_each(|part| *part = 0);
                    Some(Step::Opened(begun)).filter(fits)
                }
                None => Some(Step::Opened(now)).filter(fits),
                Some(columns) => {
                    let to_now = |column: usize| Step::Moved { column, value: now[column] };
                    let may = |column: &usize| fits(&to_now(*column));
                    (0..N).filter(may).min_by_key(|column| (columns[*column].since, *column)).map(to_now)
                }
            };
            moves.extend(step.map(|step| Move { group, step }));
        }
        Ok(moves)
    }

    /// Publishes an edition that was worked out before; refuses one that would reveal something, and is then as it was.
    pub fn take(&mut self, moves: &[Move<N>], edition: u32) -> Result<(), SuppressionError> {
        if let Some(last) = self.last.filter(|last| *last >= edition) {
            return Err(SuppressionError::NotAfter { found: edition, last });
        }
        let mut touched = vec![false; self.groups.len()];
        for Move { group, step } in moves {
            let first = touched.get_mut(*group).is_some_and(|touched| !std::mem::replace(touched, true));
            if !first || !self.fits(*group, step) {
                return Err(SuppressionError::Reveals { group: *group, edition });
            }
        }
        self.last = Some(edition);
        for Move { group, step } in moves {
            let columns = match (*step, self.groups[*group]) {
                (Step::Opened(values), _) => {
                    let mut columns = values.map(|value| Column { value, since: edition });
                    let untold = self.begins(*group);
                    columns.iter_mut().skip(1).filter(|c| untold && c.value == 0).for_each(|c| c.since = 0);
                    columns
                }
                (Step::Moved { column, value }, Some(mut columns)) => {
                    columns[column] = Column { value, since: edition };
                    columns
                }
                (Step::Moved { .. }, None) => continue,
            };
            self.past[*group].add(&columns.map(|c| c.value), rest(&columns));
            self.groups[*group] = Some(columns);
        }
        Ok(())
    }

    /// Whether a group is opened with parts as they were before the first edition.
    fn begins(&self, group: usize) -> bool {
        self.from_nothing && self.past[group].is_empty()
    }

    /// Whether a step shows nothing that would reveal something beside all that was shown of its group before.
    fn fits(&self, group: usize, step: &Step<N>) -> bool {
        let (past, columns) = (&self.past[group], &self.groups[group]);
        let now = match (step, columns) {
            (Step::Opened(values), None) => *values,
            (Step::Moved { column, value }, Some(columns)) if *column < N && columns[*column].value != *value => {
                let mut now = columns.map(|c| c.value);
                now[*column] = *value;
                now
            }
            _ => return false,
        };
        let parts = now.iter().skip(1).try_fold(0_u64, |sum, part| sum.checked_add(*part));
        let rest = parts.and_then(|parts| now.first().copied().unwrap_or(0).checked_sub(parts));
        let safe = |count: &u64| safe_count(*count, self.least);
        now.iter().all(safe) && rest.is_some_and(|rest| safe(&rest) && past.lets(&now, rest, self.least))
    }

    /// The total that a step shows anew.
    fn total_of(step: &Step<N>) -> Option<u64> {
        match step {
            Step::Opened(values) => values.first().copied(),
            Step::Moved { column: 0, value } => Some(*value),
            Step::Moved { .. } => None,
        }
    }

    /// More groups, up to so many, of which nothing is published.
    pub fn grow(&mut self, groups: usize) {
        let groups = groups.max(self.groups.len());
        self.groups.resize(groups, None);
        self.past.resize(groups, Past::default());
    }

    /// Makes two groups one, in the place of the second; nothing is left of the first. Nothing is published of it until it can be
    /// opened: all its columns, and what remains of the total, 0 or at least `least` apart from every sum of what was published of
    /// one and the other. See the module on borders that change.
    pub fn join(&mut self, from: usize, into: usize) -> Result<(), SuppressionError> {
        if from == into || from.max(into) >= self.groups.len() {
            return Err(SuppressionError::Length {
                of: "groups to join",
                found: from.max(into),
                expected: self.groups.len(),
            });
        }
        let past = std::mem::take(&mut self.past[from]);
        self.past[into] = past.joined(&self.past[into]);
        self.groups[from] = None;
        self.groups[into] = None;
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

/// What remains of the total: never negative, see [`Series::fits`].
fn rest<const N: usize>(columns: &[Column; N]) -> u64 {
    columns.split_first().map_or(0, |(total, parts)| total.value - parts.iter().map(|c| c.value).sum::<u64>())
}
