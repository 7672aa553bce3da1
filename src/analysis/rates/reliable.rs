//! What is to be said beside a figure that rests on few events or few answers.

use super::Rate;

/// Below so many events a rate is unreliable: relative standard error 22 % (NCHS; New York State Department of Health).
pub const RELIABLE_EVENTS: u32 = 20;
/// Below so many its relative standard error is 25 % and more (United States Cancer Statistics).
pub const LEAST_EVENTS: u32 = 16;
/// Of a survey with fewer answers shares near 0 and 1 are given as a range.
pub const FEW_ANSWERS: u32 = 10;
/// Near 0; as near to 1 likewise.
pub const NEAR_THE_END: f64 = 0.05;

/// How far a rate can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reliability {
    /// Fewer than [`LEAST_EVENTS`].
    VeryUnreliable,
    /// Fewer than [`RELIABLE_EVENTS`].
    Unreliable,
    /// So many or more.
    Reliable,
}

/// By the number of events, a rate's numerator.
///
/// It flags, and does not hide: what is held back because it is about few people is decided elsewhere, and comes first. Of a rate
/// near 1, as good coverage is, ask for those that are missing: they are the events.
///
/// ```
/// # use melonmap::analysis::rates::reliable::{Reliability, reliability};
/// assert_eq!([15, 16, 19, 20].map(reliability), {
///     use Reliability::*;
///     [VeryUnreliable, Unreliable, Unreliable, Reliable]
/// });
/// ```
pub fn reliability(events: u32) -> Reliability {
    match events {
        0..LEAST_EVENTS => Reliability::VeryUnreliable,
        LEAST_EVENTS..RELIABLE_EVENTS => Reliability::Unreliable,
        _ => Reliability::Reliable,
    }
}

/// Relative standard error of a number of events, as of a Poisson variable: 1/√events, 0.25 for 16. None for no events.
pub fn relative_standard_error(events: u32) -> Option<f64> {
    (events > 0).then(|| 1.0 / f64::from(events).sqrt())
}

/// A share of a survey's answers as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shown {
    /// As it is.
    Exact(f64),
    /// "0 to 5 %".
    NearNone,
    /// "95 to 100 %".
    NearAll,
}

/// Top-codes the share of a survey with fewer than [`FEW_ANSWERS`], so that "all" or "none" does not tell what each answered. None
/// where nobody answered.
///
/// ```
/// # use melonmap::analysis::rates::{Rate, reliable::{Shown, top_coded}};
/// assert_eq!(top_coded(Rate::new(9, 9)?), Some(Shown::NearAll));
/// assert_eq!(top_coded(Rate::new(0, 9)?), Some(Shown::NearNone));
/// assert_eq!(top_coded(Rate::new(3, 6)?), Some(Shown::Exact(0.5)));
/// assert_eq!(top_coded(Rate::new(10, 10)?), Some(Shown::Exact(1.0)));
/// # Ok::<(), melonmap::analysis::rates::RatesError>(())
/// ```
pub fn top_coded(answers: Rate) -> Option<Shown> {
    let share = answers.value()?;
    Some(match share {
        _ if answers.of >= FEW_ANSWERS => Shown::Exact(share),
        _ if share <= NEAR_THE_END => Shown::NearNone,
        _ if share >= 1.0 - NEAR_THE_END => Shown::NearAll,
        _ => Shown::Exact(share),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_begin_where_the_error_does() {
        assert_eq!(relative_standard_error(LEAST_EVENTS), Some(0.25));
        assert!((relative_standard_error(RELIABLE_EVENTS).unwrap() - 0.2236).abs() < 1e-4);
        assert_eq!(relative_standard_error(0), None);
        for events in 1..40 {
            let very = reliability(events) == Reliability::VeryUnreliable;
            assert_eq!(very, relative_standard_error(events).unwrap() > 0.25, "{events}");
        }
        assert_eq!(reliability(0), Reliability::VeryUnreliable);
    }

    #[test]
    fn nothing_is_shown_of_nobody() {
        assert_eq!(top_coded(Rate { count: 0, of: 0 }), None);
    }
}
