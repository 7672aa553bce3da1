//! Moments and intervals.
//!
//! A day and a moment are compared as days, by UTC: 2026-11-22T08:00:00Z is neither before nor after 2026-11-22 but equal to it. One
//! rule for comparisons, Allen's relations and the ends of intervals, which makes an interval of days hold its last day.

use super::expr::Allen;
use super::{Record, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::cmp::Ordering;

/// A day or a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum When {
    Day(Date),
    Moment(Timestamp),
}

impl When {
    /// Before, same or after, by day where one of them is a day. Hence not transitive: no order to sort by.
    pub(super) fn compare(self, other: When) -> Ordering {
        match (self, other) {
            (When::Moment(left), When::Moment(right)) => left.cmp(&right),
            (left, right) => left.day().cmp(&right.day()),
        }
    }

    fn day(self) -> Date {
        match self {
            When::Day(day) => day,
            When::Moment(moment) => TimeZone::UTC.to_datetime(moment).date(),
        }
    }
}

/// What gives a day or a moment.
#[derive(Debug, Clone)]
pub(super) enum Moment {
    Literal(When),
    Field(usize),
}

impl Moment {
    pub(super) fn eval(&self, record: &(impl Record + ?Sized)) -> Option<When> {
        match self {
            Moment::Literal(when) => Some(*when),
            Moment::Field(field) => match record.value(*field)? {
                Value::Date(day) => Some(When::Day(day)),
                Value::Instant(moment) => Some(When::Moment(moment)),
                _ => None,
            },
        }
    }
}

/// What gives an interval, both ends in it; an end that is `None` is open. A moment is one that begins and ends with it.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) start: Option<Moment>,
    pub(super) end: Option<Moment>,
}

/// An interval of which both ends are known.
#[derive(Debug, Clone, Copy)]
struct Period {
    start: Option<When>,
    end: Option<When>,
}

impl Span {
    fn eval(&self, record: &(impl Record + ?Sized)) -> Option<Period> {
        // An open end is known to be open; an end read from a NULL is not known.
        let end = |moment: &Option<Moment>| match moment {
            Some(moment) => moment.eval(record).map(Some),
            None => Some(None),
        };
        Some(Period { start: end(&self.start)?, end: end(&self.end)? })
    }

    /// Whether both ends are known.
    pub(super) fn is_known(&self, record: &(impl Record + ?Sized)) -> bool {
        self.eval(record).is_some()
    }
}

/// Orders `left` and `right`, where an open one is the `open` of the two.
fn order(left: Option<When>, right: Option<When>, open: Ordering) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.compare(right),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => open,
        (Some(_), None) => open.reverse(),
    }
}

/// The end of one against the start of the other: an open end lies after, and so does any end of an open start.
fn meeting(end: Option<When>, start: Option<When>) -> Ordering {
    match (end, start) {
        (Some(end), Some(start)) => end.compare(start),
        _ => Ordering::Greater,
    }
}

/// Whether the two lie so.
pub(super) fn eval(relation: Allen, left: &Span, right: &Span, record: &(impl Record + ?Sized)) -> Option<bool> {
    Some(holds(relation, left.eval(record)?, right.eval(record)?))
}

fn holds(relation: Allen, left: Period, right: Period) -> bool {
    let starts = order(left.start, right.start, Ordering::Less);
    let ends = order(left.end, right.end, Ordering::Greater);
    match relation {
        Allen::Before => meeting(left.end, right.start).is_lt(),
        Allen::Meets => meeting(left.end, right.start).is_eq(),
        Allen::Overlaps => starts.is_lt() && ends.is_lt() && meeting(left.end, right.start).is_gt(),
        Allen::Starts => starts.is_eq() && ends.is_lt(),
        Allen::During => starts.is_gt() && ends.is_lt(),
        Allen::Finishes => starts.is_gt() && ends.is_eq(),
        Allen::Equals => starts.is_eq() && ends.is_eq(),
        Allen::Disjoint => meeting(left.end, right.start).is_lt() || meeting(right.end, left.start).is_lt(),
        Allen::Intersects => !holds(Allen::Disjoint, left, right),
        Allen::After => holds(Allen::Before, right, left),
        Allen::MetBy => holds(Allen::Meets, right, left),
        Allen::OverlappedBy => holds(Allen::Overlaps, right, left),
        Allen::StartedBy => holds(Allen::Starts, right, left),
        Allen::Contains => holds(Allen::During, right, left),
        Allen::FinishedBy => holds(Allen::Finishes, right, left),
    }
}
