//! When things came in: numbers are given in that order, so that a time is a number.

use jiff::Timestamp;

/// For each moment at which something came in, the first number that was given then.
#[derive(Debug, Default)]
pub(super) struct Arrivals(Vec<(i64, u32)>);

impl Arrivals {
    /// Something came in at a time, not before what came in last, and was given a number.
    pub fn note(&mut self, at: Timestamp, number: u32) {
        let at = at.as_microsecond();
        if self.0.last().is_none_or(|(last, _)| *last < at) {
            self.0.push((at, number));
        }
    }

    /// How many of `len` things had come in by a time.
    pub fn by(&self, at: Timestamp, len: usize) -> u32 {
        let later = self.0.partition_point(|(came, _)| *came <= at.as_microsecond());
        let all = || u32::try_from(len).expect("numbers are u32");
        self.0.get(later).map_or_else(all, |(_, number)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_what_had_come_in_by_then() {
        let (mut arrivals, at) = (Arrivals::default(), |n| Timestamp::from_second(n).unwrap());
        for (second, number) in [(5, 0), (5, 1), (9, 2), (9, 3), (9, 4), (20, 5)] {
            arrivals.note(at(second), number);
        }
        for (second, expected) in [(0, 0), (4, 0), (5, 2), (8, 2), (9, 5), (19, 5), (20, 6), (99, 6)] {
            assert_eq!(arrivals.by(at(second), 6), expected, "{second}");
        }
    }
}
