//! What time figures are about: as of when, and what took place from which day to which.

use super::access::start_of;
use crate::model::ModelError;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use std::ops::Range;

/// What time figures are about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    /// What was known then, in the areas and with the targets of then; `None` is now.
    pub as_of: Option<Timestamp>,
    /// What took place then, whenever it came in; `None` is all of it.
    pub period: Option<Period>,
}

/// Some days where the service runs, first and last in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    from: Option<Date>,
    to: Option<Date>,
}

impl Period {
    /// From a first day to a last one, either of them open; `None` where both are. Refuses an end before its beginning.
    pub fn of(from: Option<Date>, to: Option<Date>) -> Result<Option<Period>, ModelError> {
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(ModelError::new("to", to, format!("a day not before from, {from}")));
        }
        Ok((from.is_some() || to.is_some()).then_some(Period { from, to }))
    }

    /// From the first moment of the first day up to the first moment after the last.
    pub(super) fn span(self) -> Range<Timestamp> {
        let from = self.from.map_or(Timestamp::MIN, start_of);
        from..self.to.and_then(|to| to.checked_add(1.day()).ok()).map_or(Timestamp::MAX, start_of)
    }
}

impl When {
    /// Whether figures are those that are kept: of now, and of all that took place.
    #[must_use]
    pub fn is_kept(self) -> bool {
        self == When::default()
    }

    /// The moment that figures are true of.
    pub(super) fn moment(self) -> Timestamp {
        self.as_of.unwrap_or_else(Timestamp::now)
    }

    pub(super) fn span(self) -> Option<Range<Timestamp>> {
        self.period.map(Period::span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::access::start_in;
    use jiff::civil::date;
    use jiff::tz::{self, TimeZone};

    #[test]
    fn a_period_has_both_its_days_and_may_be_open() {
        let (first, last) = (date(2026, 10, 5), date(2026, 10, 11));
        let week = Period::of(Some(first), Some(last)).unwrap().unwrap().span();
        assert_eq!((week.start, week.end), (start_of(first), start_of(date(2026, 10, 12))));
        let one_day = Period::of(Some(first), Some(first)).unwrap().unwrap().span();
        assert_eq!((one_day.start, one_day.end), (start_of(first), start_of(date(2026, 10, 6))));
        let since = Period::of(Some(first), None).unwrap().unwrap().span();
        assert_eq!((since.start, since.end), (start_of(first), Timestamp::MAX));
        let ever = Period::of(Some(Date::MIN), Some(Date::MAX)).unwrap().unwrap().span();
        assert!(ever.start < start_of(date(-9998, 1, 1)) && ever.end == Timestamp::MAX);
        let zone = |hours| TimeZone::fixed(tz::offset(hours));
        assert_eq!(start_in(Date::MIN, zone(8)), Timestamp::MIN, "it began before the first moment that there is");
        assert_eq!(start_in(Date::MAX, zone(-8)), Timestamp::MAX);
        assert_eq!(Period::of(None, None).unwrap(), None);
        let refused = Period::of(Some(last), Some(first)).unwrap_err();
        assert_eq!(refused.field, "to");
    }
}
