use super::past::Values;
use super::{Move, Parts, Series, Step, SuppressionError};
use std::collections::BTreeMap;

/// What was published of the same groups about several subjects, each with parts of its own: visited and not, campaign by campaign.
/// Each began with nobody visited, see [`Series::from_nothing`].
///
/// Subjects count the same households, or nearly the same. So what was a group's total in one stands beside its totals in all others:
/// none is shown that is 1 to `least` − 1 from another, in whatever edition. A subject in which it would be stays closed for that
/// group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    least: u64,
    /// Of each group, in all subjects.
    totals: Vec<Values>,
    subjects: BTreeMap<u32, Series<2>>,
}

impl Book {
    /// Nothing published, and no group.
    pub fn new(least: u64) -> Book {
        Book { least, totals: Vec::new(), subjects: BTreeMap::new() }
    }

    /// How many groups there are, those that were joined in others counted.
    pub fn groups(&self) -> usize {
        self.totals.len()
    }

    /// What was published of a subject; `None` if nothing ever was.
    pub fn subject(&self, subject: u32) -> Option<&Series<2>> {
        self.subjects.get(&subject)
    }

    /// More groups, up to so many.
    pub fn grow(&mut self, groups: usize) {
        self.totals.resize(groups.max(self.totals.len()), Values::default());
        let groups = self.totals.len();
        self.subjects.values_mut().for_each(|series| series.grow(groups));
    }

    /// Makes two groups one in all subjects, see [`Series::join`].
    pub fn join(&mut self, from: usize, into: usize) -> Result<(), SuppressionError> {
        if from == into || from.max(into) >= self.groups() {
            let (of, found) = ("groups to join", from.max(into));
            return Err(SuppressionError::Length { of, found, expected: self.groups() });
        }
        self.subjects.values_mut().try_for_each(|series| series.join(from, into))?;
        let totals = std::mem::take(&mut self.totals[from]);
        self.totals[into] = totals.joined(&self.totals[into]);
        Ok(())
    }

    /// What the next edition of a subject would do, see [`Series::moves`].
    pub fn moves(&self, subject: u32, sums: &[Parts<2>]) -> Result<Vec<Move<2>>, SuppressionError> {
        let new = Series::new(self.groups(), self.least).from_nothing();
        let series = self.subjects.get(&subject).unwrap_or(&new);
        series.moves(sums, |group, total| self.totals[group].lets(total, self.least))
    }

    /// Publishes an edition of a subject that was worked out before; refuses one that would reveal something, and is then as it was.
    pub fn take(&mut self, subject: u32, moves: &[Move<2>], edition: u32) -> Result<(), SuppressionError> {
        let total = |one: &Move<2>| match one.step {
            Step::Opened([total, _]) | Step::Moved { column: 0, value: total } => Some((one.group, total)),
            Step::Moved { .. } => None,
        };
        let totals = || moves.iter().filter_map(total);
        let lets =
            |(group, total): &(usize, u64)| self.totals.get(*group).is_some_and(|all| all.lets(*total, self.least));
        if let Some((group, _)) = totals().find(|shown| !lets(shown)) {
            return Err(SuppressionError::Reveals { group, edition });
        }
        let (groups, least) = (self.groups(), self.least);
        self.subjects
            .entry(subject)
            .or_insert_with(|| Series::new(groups, least).from_nothing())
            .take(moves, edition)?;
        totals().for_each(|(group, total)| self.totals[group].add(total));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::LEAST;
    use super::*;

    /// What is shown of the only group in a subject: total and visited.
    fn shown(book: &Book, subject: u32) -> Option<[u64; 2]> {
        book.subject(subject)?.groups()[0].map(|columns| columns.map(|c| c.value))
    }

    fn publish(book: &mut Book, subject: u32, sums: &[Parts<2>], edition: u32) {
        let moves = book.moves(subject, sums).unwrap();
        book.take(subject, &moves, edition).unwrap();
    }

    #[test]
    fn totals_of_two_subjects_are_equal_or_far_apart_in_all_editions() {
        let mut book = Book::new(LEAST);
        book.grow(1);
        publish(&mut book, 1, &[[30, 70]], 1);
        publish(&mut book, 2, &[[0, 95]], 2);
        assert_eq!((shown(&book, 1), shown(&book, 2)), (Some([100, 30]), None), "five fewer");
        publish(&mut book, 2, &[[0, 90]], 3);
        assert_eq!(shown(&book, 2), Some([90, 0]));
        publish(&mut book, 3, &[[12, 88]], 4);
        assert_eq!(shown(&book, 3), Some([100, 12]), "the same households");
        publish(&mut book, 1, &[[30, 62]], 5);
        assert_eq!(shown(&book, 1), Some([100, 30]), "two more than the second had");
        let forged = [Move { group: 0, step: Step::Moved { column: 0, value: 92 } }];
        assert_eq!(book.take(1, &forged, 6), Err(SuppressionError::Reveals { group: 0, edition: 6 }));
    }

    #[test]
    fn a_group_is_open_as_soon_as_its_total_is_and_few_visits_look_like_none() {
        for few in 0..10 {
            let mut book = Book::new(LEAST);
            book.grow(1);
            publish(&mut book, 1, &[[few, 40]], 1);
            assert_eq!(shown(&book, 1), Some([40 + few, 0]));
            assert_eq!(book.subject(1).unwrap().groups()[0].unwrap().map(|c| c.since), [1, 0], "the total is of today");
            publish(&mut book, 1, &[[10 + few, 30]], 2);
            assert_eq!(shown(&book, 1), Some([40 + few, 10 + few]));
        }
        let mut book = Book::new(LEAST);
        book.grow(1);
        publish(&mut book, 1, &[[30, 3]], 1);
        assert_eq!(shown(&book, 1), None, "three are left");
        publish(&mut book, 1, &[[33, 0]], 2);
        assert_eq!(shown(&book, 1), Some([33, 33]));
    }

    #[test]
    fn what_is_played_again_is_the_same_book() {
        let (mut book, mut again) = (Book::new(LEAST), Book::new(LEAST));
        book.grow(3);
        again.grow(3);
        for (edition, visited) in (1..9).zip([0, 4, 11, 15, 22, 40, 41, 60]) {
            let sums = [[visited, 80 - visited], [visited / 2, 90], [0, 3 + 2 * visited]];
            let moves = book.moves(7, &sums).unwrap();
            book.take(7, &moves, edition).unwrap();
            again.take(7, &moves, edition).unwrap();
            if edition == 4 {
                book.join(1, 0).unwrap();
                again.join(1, 0).unwrap();
            }
        }
        assert_eq!(book, again);
        assert!(book.take(7, &[], 8).is_err(), "an edition is not published twice");
    }

    #[test]
    fn joined_groups_are_shown_again_only_far_from_every_sum_of_what_they_were() {
        let mut book = Book::new(LEAST);
        book.grow(2);
        publish(&mut book, 1, &[[20, 80], [40, 60]], 1);
        publish(&mut book, 1, &[[35, 65], [40, 60]], 2);
        book.join(1, 0).unwrap();
        assert_eq!(shown(&book, 1), None);
        // Three more were visited than the last figures of both say.
        publish(&mut book, 1, &[[78, 122], [0, 0]], 3);
        assert_eq!(shown(&book, 1), None);
        publish(&mut book, 1, &[[85, 115], [0, 0]], 4);
        assert_eq!(shown(&book, 1), Some([200, 85]));
        assert_eq!(
            book.join(0, 0).unwrap_err(),
            book.join(0, 2).map_err(|_| book.join(0, 0).unwrap_err()).unwrap_err()
        );
    }
}
