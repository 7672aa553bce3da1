use super::{Parts, SuppressionError, Tree, is_safe};

/// Groups of pieces; every piece is in one.
///
/// A piece is what lies directly in one unit of the tree that the groups were made for, and in none below it: the households of
/// a grid, or those of a village that are in no grid of it (what the village has more than its grids would reveal those).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atoms {
    of: Vec<u32>,
    len: u32,
}

impl Atoms {
    /// Groups pieces so that each group is safe, see [`is_safe`]; only if all pieces together are not, they are one group that is not.
    ///
    /// `own` are the counts of each unit's own piece, without those of units in it. From the top down, units are put in runs, in
    /// order: a run ends as soon as it is safe and what is left of the run of its parents is safe as well. So a unit that is safe is
    /// mostly a run of its own, and one that is not is together with the next. Then the units in each run are, as if they were
    /// those of one parent, until the runs are of pieces; these are the groups. Give neighbours neighbouring indices, as codes do.
    ///
    /// O(units · depth).
    pub fn group<const N: usize>(tree: &Tree, own: &[Parts<N>], least: u64) -> Result<Atoms, SuppressionError> {
        check_sums(own, tree.len())?;
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); tree.len()];
        let mut all = own.to_vec();
        let mut roots = Vec::new();
        for unit in tree.order().iter().rev() {
            let parts = all[*unit as usize];
            match tree.parent(*unit) {
                Some(parent) => {
                    add(&mut all[parent as usize], &parts);
                    children[parent as usize].push(*unit);
                }
                None => roots.push(*unit),
            }
        }
        children.iter_mut().chain([&mut roots]).for_each(|units| units.sort_unstable());
        let runs = Runs { own, all: &all, children: &children, least };
        let mut atoms = Atoms { of: vec![0; own.len()], len: 0 };
        let mut to_do = if is_safe(&runs.sum(roots.iter().map(|root| Part::All(*root))), least) {
            runs.of(roots.into_iter().map(Part::All).collect())
        } else {
            vec![(0..).take(own.len()).map(Part::Own).collect()]
        };
        while let Some(run) = to_do.pop() {
            if run.iter().any(|part| matches!(part, Part::All(_))) {
                to_do.extend(runs.of(run.into_iter().flat_map(|part| runs.opened(part)).collect()));
                continue;
            }
            for part in run {
                atoms.of[part.unit() as usize] = atoms.len;
            }
            atoms.len += 1;
        }
        Ok(atoms)
    }

    /// Groups as they were made before: that of each piece, of so many.
    pub fn made(of: Vec<u32>, groups: usize) -> Result<Atoms, SuppressionError> {
        match of.iter().position(|group| *group as usize >= groups) {
            Some(piece) => Err(SuppressionError::NoGroup { piece, group: of[piece], groups }),
            None => Ok(Atoms { of, len: u32::try_from(groups).map_err(|_| SuppressionError::TooMany)? }),
        }
    }

    /// How many groups.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The group of each piece, from 0.
    pub fn of(&self) -> &[u32] {
        &self.of
    }

    /// What each group has. O(pieces).
    pub fn sums<const N: usize>(&self, own: &[Parts<N>]) -> Result<Vec<Parts<N>>, SuppressionError> {
        check_sums(own, self.of.len())?;
        let mut sums = vec![[0; N]; self.len()];
        for (parts, atom) in own.iter().zip(&self.of) {
            add(&mut sums[*atom as usize], parts);
        }
        Ok(sums)
    }

    /// Whether each unit of a tree may be published: no group is partly in it, and none in it that is not `open`.
    ///
    /// `homes` says for each piece the lowest unit of that tree in which it lies wholly: for the tree of the groups, the piece's own
    /// unit; for tile cells, the cell of the lowest zoom. A piece that is cut by cells has to be given to one, by its middle, or to
    /// be two pieces from the start. O(pieces · depth).
    pub fn shown(&self, tree: &Tree, homes: &[u32], open: &[bool]) -> Result<Vec<bool>, SuppressionError> {
        tree.check_homes(homes, self.of.len())?;
        if open.len() != self.len() {
            return Err(SuppressionError::Length { of: "open groups", found: open.len(), expected: self.len() });
        }
        // Where all of a group is together: no unit at all is that for one that is not open.
        let mut together: Vec<Option<Option<u32>>> = open.iter().map(|open| (!open).then_some(None)).collect();
        for (home, atom) in homes.iter().zip(&self.of) {
            let at = &mut together[*atom as usize];
            *at = Some(at.map_or(Some(*home), |at| tree.meet(at?, *home)));
        }
        let mut shown = vec![true; tree.len()];
        for (home, atom) in homes.iter().zip(&self.of) {
            let at = together[*atom as usize].flatten();
            for unit in tree.upwards(*home).take_while(|unit| Some(*unit) != at) {
                shown[unit as usize] = false;
            }
        }
        Ok(shown)
    }
}

/// Counts of different editions may, in theory, have no room together: they stay at the greatest number.
pub(super) fn add<const N: usize>(to: &mut Parts<N>, parts: &Parts<N>) {
    for (sum, count) in to.iter_mut().zip(parts) {
        *sum = sum.saturating_add(*count);
    }
}

/// Refuses counts whose sum has no room: no sum of some of them has to be looked at again.
fn check_sums<const N: usize>(own: &[Parts<N>], pieces: usize) -> Result<(), SuppressionError> {
    if own.len() != pieces {
        return Err(SuppressionError::Length { of: "counts of pieces", found: own.len(), expected: pieces });
    }
    own.iter()
        .flatten()
        .try_fold(0_u64, |sum, count| sum.checked_add(*count))
        .map(|_| ())
        .ok_or(SuppressionError::TooMany)
}

/// What runs are of.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// A unit with all that is in it.
    All(u32),
    /// A piece alone.
    Own(u32),
}

impl Part {
    fn unit(self) -> u32 {
        match self {
            Part::All(unit) | Part::Own(unit) => unit,
        }
    }
}

struct Runs<'a, const N: usize> {
    own: &'a [Parts<N>],
    all: &'a [Parts<N>],
    children: &'a [Vec<u32>],
    least: u64,
}

impl<const N: usize> Runs<'_, N> {
    /// Parts that are safe together, in runs of which each is.
    fn of(&self, parts: Vec<Part>) -> Vec<Vec<Part>> {
        let mut rest = self.sum(parts.iter().copied());
        let (mut runs, mut run, mut sum) = (Vec::new(), Vec::new(), [0; N]);
        for part in parts {
            let more = self.counts(part);
            run.push(part);
            add(&mut sum, more);
            rest.iter_mut().zip(more).for_each(|(rest, more)| *rest -= more);
            if is_safe(&sum, self.least) && is_safe(&rest, self.least) {
                runs.push(std::mem::take(&mut run));
                sum = [0; N];
            }
        }
        // Nothing is left: the last run is safe, as it was what was left of safe runs, and what is left of it is nothing.
        runs
    }

    fn opened(&self, part: Part) -> impl Iterator<Item = Part> {
        let children: &[u32] = match part {
            Part::All(unit) => &self.children[unit as usize],
            Part::Own(_) => &[],
        };
        [Part::Own(part.unit())].into_iter().chain(children.iter().map(|child| Part::All(*child)))
    }

    fn counts(&self, part: Part) -> &Parts<N> {
        match part {
            Part::All(unit) => &self.all[unit as usize],
            Part::Own(unit) => &self.own[unit as usize],
        }
    }

    fn sum(&self, parts: impl Iterator<Item = Part>) -> Parts<N> {
        let mut sum = [0; N];
        for part in parts {
            add(&mut sum, self.counts(part));
        }
        sum
    }
}
