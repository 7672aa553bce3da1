use super::{Outcome, Satisfaction};
use std::ops::{AddAssign, Index, SubAssign};

/// Households by their standing outcome: counts that add and subtract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutcomeCounts([u32; Outcome::COUNT]);

impl OutcomeCounts {
    /// One household with this outcome.
    #[must_use]
    pub fn one(outcome: Outcome) -> OutcomeCounts {
        OutcomeCounts::some(outcome, 1)
    }

    /// So many households with this outcome.
    #[must_use]
    pub fn some(outcome: Outcome, households: u32) -> OutcomeCounts {
        let mut counts = OutcomeCounts::default();
        counts.0[outcome as usize] = households;
        counts
    }

    /// Households with a counted visit.
    #[must_use]
    pub fn visited(&self) -> u32 {
        self[Outcome::Visited] + self[Outcome::Partly]
    }

    /// Households that somebody called on, whatever came of it.
    #[must_use]
    pub fn called(&self) -> u32 {
        self.0.iter().sum()
    }
}

impl Index<Outcome> for OutcomeCounts {
    type Output = u32;

    fn index(&self, outcome: Outcome) -> &u32 {
        &self.0[outcome as usize]
    }
}

impl AddAssign for OutcomeCounts {
    fn add_assign(&mut self, other: OutcomeCounts) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }
}

impl SubAssign for OutcomeCounts {
    /// Panics in debug builds where more is taken away than was added: that would be a fault of this program.
    fn sub_assign(&mut self, other: OutcomeCounts) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine -= theirs;
        }
    }
}

/// Households that were asked whether they are satisfied, by their standing answer: counts that add and subtract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AnswerCounts {
    /// Asked at all.
    pub asked: u32,
    /// Of them said anything.
    pub answered: u32,
    /// Of those satisfied.
    pub satisfied: u32,
}

impl AnswerCounts {
    /// One household with this answer.
    #[must_use]
    pub fn one(answer: Satisfaction) -> AnswerCounts {
        AnswerCounts {
            asked: 1,
            answered: u32::from(answer != Satisfaction::NoAnswer),
            satisfied: u32::from(answer == Satisfaction::Satisfied),
        }
    }
}

impl AddAssign for AnswerCounts {
    fn add_assign(&mut self, other: AnswerCounts) {
        self.asked += other.asked;
        self.answered += other.answered;
        self.satisfied += other.satisfied;
    }
}

impl SubAssign for AnswerCounts {
    /// Panics in debug builds where more is taken away than was added: that would be a fault of this program.
    fn sub_assign(&mut self, other: AnswerCounts) {
        self.asked -= other.asked;
        self.answered -= other.answered;
        self.satisfied -= other.satisfied;
    }
}

/// What is known of a set of households: how many, how many count, how many were reached.
///
/// `eligible = visited() + unvisited()`; every eligible household stands once in `outcomes`, or not at all where nobody called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// All of them, whatever their status.
    pub households: u32,
    /// Those that stand in the denominator.
    pub eligible: u32,
    /// Eligible households by standing outcome, in one campaign or over all visits.
    pub outcomes: OutcomeCounts,
}

impl Tally {
    /// What one household adds.
    #[must_use]
    pub fn one(eligible: bool, outcome: Option<Outcome>) -> Tally {
        let outcomes = match outcome {
            Some(outcome) if eligible => OutcomeCounts::one(outcome),
            _ => OutcomeCounts::default(),
        };
        Tally { households: 1, eligible: u32::from(eligible), outcomes }
    }

    /// Eligible households with a counted visit.
    #[must_use]
    pub fn visited(&self) -> u32 {
        self.outcomes.visited()
    }

    /// Eligible households without one.
    #[must_use]
    pub fn unvisited(&self) -> u32 {
        self.eligible - self.visited()
    }

    /// Visited ÷ eligible, 0 to 1; `None` where nobody is eligible.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        (self.eligible > 0).then(|| f64::from(self.visited()) / f64::from(self.eligible))
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.households += other.households;
        self.eligible += other.eligible;
        self.outcomes += other.outcomes;
    }
}

impl SubAssign for Tally {
    fn sub_assign(&mut self, other: Tally) {
        self.households -= other.households;
        self.eligible -= other.eligible;
        self.outcomes -= other.outcomes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_cannot_be_improved_by_coding() {
        let mut tally = Tally::default();
        tally += Tally::one(true, Some(Outcome::Visited));
        tally += Tally::one(true, Some(Outcome::Refused));
        tally += Tally::one(true, Some(Outcome::NotHome));
        tally += Tally::one(true, None);
        tally += Tally::one(false, Some(Outcome::Visited));
        assert_eq!((tally.households, tally.eligible, tally.visited(), tally.unvisited()), (5, 4, 1, 3));
        assert_eq!(tally.rate(), Some(0.25));
        assert_eq!(tally.outcomes.called(), 3);
    }

    #[test]
    fn what_was_added_can_be_taken_away() {
        let one = Tally::one(true, Some(Outcome::Partly));
        let mut tally = one;
        tally += one;
        tally -= one;
        tally -= one;
        assert_eq!(tally, Tally::default());
        assert_eq!(tally.rate(), None);
    }
}
