//! Hours of a week and days of a year, as a rule writes them.

use crate::model::ModelError;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Minutes of a week.
const WEEK: u16 = 7 * DAY;
/// Days of a leap year: each day of any year has its own number.
const YEAR: u16 = 366;

/// Weekdays, as OpenStreetMap's `opening_hours` writes them.
const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/// Hours of the week in which something holds: never none.
///
/// ```
/// use melonmap::model::rule::Hours;
/// let hours = Hours::new(&["Mo-Fr 07:00-19:00", "Sa,Su 22:00-04:00"]).unwrap();
/// assert!(hours.contains("2026-10-05T07:00".parse().unwrap()));
/// assert!(!hours.contains("2026-10-05T19:00".parse().unwrap()));
/// assert!(hours.contains("2026-10-05T03:59".parse().unwrap()), "the night after Sunday");
/// assert!(Hours::new(&["07:00-07:00"]).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Hours {
    spans: Vec<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    /// Bit 0 is Monday.
    days: u8,
    /// Minutes of the day.
    from: u16,
    /// Minutes of the day; at or before `from`, of the next.
    to: u16,
}

impl Hours {
    /// Most spans of one rule: two a weekday, and room.
    pub const MOST: usize = 20;

    /// Refuses no span at all, more than [`Hours::MOST`], and spans that are empty or cannot be read.
    ///
    /// A span is `08:00-22:00`, with days before it where not every day is meant: `Mo-Fr 07:00-19:00`. One that ends before it
    /// starts goes on after midnight.
    pub fn new<S: AsRef<str>>(spans: &[S]) -> Result<Hours, ModelError> {
        if spans.is_empty() || spans.len() > Hours::MOST {
            let expected = format!("1 to {} spans such as Mo-Fr 07:00-19:00", Hours::MOST);
            return Err(ModelError::new("hours", format!("{} spans", spans.len()), expected));
        }
        let spans = spans.iter().map(|text| Span::parse(text.as_ref())).collect::<Result<_, _>>()?;
        Ok(Hours { spans })
    }

    /// Whether this moment of local time is in them; the end of a span is not.
    #[must_use]
    pub fn contains(&self, at: DateTime) -> bool {
        let day = u16::from(at.weekday().to_monday_zero_offset().unsigned_abs());
        let minute = u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs());
        self.minutes().iter().any(|span| span.contains(&(day * DAY + minute)))
    }

    /// The minutes of the week, Monday's first is 0: sorted, apart.
    pub(super) fn minutes(&self) -> Vec<Range<u16>> {
        let mut all = Vec::new();
        for span in &self.spans {
            for day in (0..7).filter(|day| span.days & (1 << day) != 0) {
                let length = if span.to > span.from { span.to - span.from } else { DAY - span.from + span.to };
                push_around(&mut all, day * DAY + span.from, length, WEEK);
            }
        }
        joined(all)
    }

    /// As they are written.
    #[must_use]
    pub fn written(&self) -> Vec<String> {
        self.spans.iter().map(ToString::to_string).collect()
    }
}

impl Span {
    fn parse(text: &str) -> Result<Span, ModelError> {
        let refuse = || {
            let expected = "hours such as 08:00-22:00 or Mo-Fr 07:00-19:00, of more than no time";
            ModelError::new("hours", text, expected)
        };
        let (days, times) = text.rsplit_once(' ').unwrap_or(("Mo-Su", text));
        let (from, to) = times.split_once('-').ok_or_else(refuse)?;
        let (from, to) = (minute(from).ok_or_else(refuse)?, minute(to).ok_or_else(refuse)?);
        if from == DAY || from == to {
            return Err(refuse());
        }
        Ok(Span { days: days_of(days).ok_or_else(refuse)?, from, to })
    }
}

/// Minutes of the day of `HH:MM`; 24:00 is the day's end.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number =
        |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?;
    let (hour, minute): (u16, u16) = (number(hour)?, number(minute)?);
    Some(hour * 60 + minute).filter(|at| minute < 60 && *at <= DAY)
}

/// The days of `Mo-Fr,Su`; a range may go over Sunday.
fn days_of(text: &str) -> Option<u8> {
    let day = |text: &str| DAYS.iter().position(|day| *day == text);
    let mut days = 0;
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut at, last) = (day(first)?, day(last)?);
        loop {
            days |= 1 << at;
            if at == last {
                break;
            }
            at = (at + 1) % 7;
        }
    }
    Some(days)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = |day: usize| self.days & (1 << day) != 0;
        let mut parts: Vec<String> = Vec::new();
        let mut day = 0;
        while day < 7 {
            let run = (day..7).take_while(|day| set(*day)).count();
            match run {
                0 => {}
                1 => parts.push(DAYS[day].to_owned()),
                _ => parts.push(format!("{}-{}", DAYS[day], DAYS[day + run - 1])),
            }
            day += run.max(1);
        }
        if self.days != 0x7f {
            write!(f, "{} ", parts.join(","))?;
        }
        let (from, to) = (self.from, self.to);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl TryFrom<Vec<String>> for Hours {
    type Error = ModelError;

    fn try_from(spans: Vec<String>) -> Result<Hours, ModelError> {
        Hours::new(&spans)
    }
}

impl From<Hours> for Vec<String> {
    fn from(hours: Hours) -> Vec<String> {
        hours.written()
    }
}

impl TryFrom<Vec<String>> for Season {
    type Error = ModelError;

    fn try_from(ranges: Vec<String>) -> Result<Season, ModelError> {
        Season::new(&ranges)
    }
}

impl From<Season> for Vec<String> {
    fn from(season: Season) -> Vec<String> {
        season.written()
    }
}

/// Days of the year in which something holds: never none.
///
/// ```
/// use melonmap::model::rule::Season;
/// let season = Season::new(&["11-15..02-29", "..08-31"]).unwrap();
/// assert!(season.contains("2027-02-28".parse().unwrap()) && season.contains("2026-12-24".parse().unwrap()));
/// assert!(!season.contains("2026-09-01".parse().unwrap()));
/// assert!(Season::new(&["02-30..03-01"]).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Season {
    ranges: Vec<(MonthDay, MonthDay)>,
}

/// A day of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MonthDay {
    month: i8,
    day: i8,
}

impl Season {
    /// Most ranges of one rule.
    pub const MOST: usize = 20;

    /// Refuses no range at all, more than [`Season::MOST`], and days that are in no year.
    ///
    /// A range is `05-15..08-31`, month and day, both ends included; `..08-31` begins with the year, `05-15..` ends with it. One
    /// that ends before it starts goes on after New Year.
    pub fn new<S: AsRef<str>>(ranges: &[S]) -> Result<Season, ModelError> {
        if ranges.is_empty() || ranges.len() > Season::MOST {
            let expected = format!("1 to {} ranges such as 05-15..08-31", Season::MOST);
            return Err(ModelError::new("season", format!("{} ranges", ranges.len()), expected));
        }
        let ranges = ranges.iter().map(|text| {
            let text = text.as_ref();
            let refuse =
                || ModelError::new("season", text, "days of the year such as 05-15..08-31, ..08-31 or 05-15..");
            let (from, to) = text.split_once("..").filter(|ends| *ends != ("", "")).ok_or_else(refuse)?;
            let day = |text: &str, open: &str| MonthDay::parse(if text.is_empty() { open } else { text });
            Ok((day(from, "01-01").ok_or_else(refuse)?, day(to, "12-31").ok_or_else(refuse)?))
        });
        Ok(Season { ranges: ranges.collect::<Result<_, ModelError>>()? })
    }

    /// Whether this day is in it.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        let day = MonthDay { month: day.month(), day: day.day() }.number();
        self.days().iter().any(|range| range.contains(&day))
    }

    /// The days, 1 January is 0: sorted, apart.
    pub(super) fn days(&self) -> Vec<Range<u16>> {
        let mut all = Vec::new();
        for (from, to) in &self.ranges {
            let (from, to) = (from.number(), to.number());
            let length = if to >= from { to - from + 1 } else { YEAR - from + to + 1 };
            push_around(&mut all, from, length, YEAR);
        }
        joined(all)
    }

    /// As they are written.
    #[must_use]
    pub fn written(&self) -> Vec<String> {
        self.ranges.iter().map(|(from, to)| format!("{from}..{to}")).collect()
    }
}

impl MonthDay {
    /// A leap year: all days there are.
    const LEAP: i16 = 2024;

    fn parse(text: &str) -> Option<MonthDay> {
        let (month, day) = text.split_once('-')?;
        let number =
            |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?;
        let (month, day) = (number(month)?, number(day)?);
        Date::new(MonthDay::LEAP, month, day).ok()?;
        Some(MonthDay { month, day })
    }

    /// From 0 to 365.
    fn number(self) -> u16 {
        let day = Date::new(MonthDay::LEAP, self.month, self.day).expect("a day of a year is one of a leap year");
        day.day_of_year().unsigned_abs() - 1
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// Adds what begins at `from` and is `length` long on a ring of `round`.
fn push_around(all: &mut Vec<Range<u16>>, from: u16, length: u16, round: u16) {
    let end = from + length;
    all.push(from..end.min(round));
    if end > round {
        all.push(0..end - round);
    }
}

/// The same, sorted and apart.
fn joined(mut all: Vec<Range<u16>>) -> Vec<Range<u16>> {
    all.sort_unstable_by_key(|range| range.start);
    let mut apart: Vec<Range<u16>> = Vec::with_capacity(all.len());
    for range in all {
        match apart.last_mut() {
            Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// When a rule holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum When {
    /// Always.
    #[default]
    Always,
    /// In these hours and days, where given.
    During {
        /// Hours of the week.
        hours: Option<Hours>,
        /// Days of the year.
        season: Option<Season>,
    },
    /// While the thing that it is measured from is used: a school in its hours, a market in its own. The map does not say when.
    InUse {
        /// So many minutes before and after as well.
        margin_min: u16,
    },
}

impl When {
    /// The longest margin, minutes.
    pub const MOST_MARGIN: u16 = DAY;

    /// Whether it holds at a moment of local time; `None` where the map does not tell, and the rule is to be taken as holding.
    #[must_use]
    pub fn holds(&self, at: DateTime) -> Option<bool> {
        match self {
            When::Always => Some(true),
            When::InUse { .. } => None,
            When::During { hours, season } => {
                let in_season = season.as_ref().is_none_or(|season| season.contains(at.date()));
                Some(in_season && hours.as_ref().is_none_or(|hours| hours.contains(at)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{ToSpan, civil::date};

    /// Hours, and whether they hold in a minute of a day of the week.
    type Case<'a> = (&'a [&'a str], &'a dyn Fn(usize, usize) -> bool);

    /// Minute by minute over a week, with no arithmetic on ranges.
    #[test]
    fn hours_hold_in_the_minutes_that_they_name_and_in_no_others() {
        let table: [Case<'_>; 5] = [
            (&["08:00-22:00"], &|_, m| (480..1320).contains(&m)),
            (&["Mo-Fr 07:00-19:00", "Sa-Su 09:00-18:00"], &|d, m| {
                if d < 5 { (420..1140).contains(&m) } else { (540..1080).contains(&m) }
            }),
            (&["22:00-04:00"], &|_, m| !(240..1320).contains(&m)),
            (&["Su 22:00-04:00"], &|d, m| d == 6 && m >= 1320 || d == 0 && m < 240),
            (&["Fr-Mo,We 00:00-24:00"], &|d, _| [4, 5, 6, 0, 2].contains(&d)),
        ];
        for (texts, expected) in table {
            let hours = Hours::new(texts).unwrap();
            assert_eq!(Hours::new(&hours.written()).unwrap().minutes(), hours.minutes(), "{texts:?}");
            let mut at = date(2026, 10, 5).at(0, 0, 0, 0); // a Monday
            for day in 0..7 {
                for minute in 0..1440 {
                    assert_eq!(hours.contains(at), expected(day, minute), "{texts:?}: {at}");
                    at = at.saturating_add(1.minute());
                }
            }
        }
        assert_eq!(Hours::new(&["Mo-Fr,Su 07:00-19:00"]).unwrap().written(), ["Mo-Fr,Su 07:00-19:00"]);
    }

    #[test]
    fn hours_that_cannot_be_are_refused() {
        let texts =
            ["", "08:00", "8:00-22:00", "08:00-25:00", "08:60-09:00", "24:00-08:00", "08:00-08:00", "Mon 08:00-09:00"];
        for text in texts {
            assert_eq!(Hours::new(&[text]).unwrap_err().field, "hours", "{text}");
        }
        assert!(Hours::new::<&str>(&[]).is_err());
        assert!(Hours::new(&["08:00-09:00"; Hours::MOST + 1]).is_err());
    }

    #[test]
    fn a_season_holds_from_its_first_to_its_last_day() {
        for year in [2024, 2026] {
            for (texts, expected) in [
                (
                    &["05-15..08-31"][..],
                    &(|m: i8, d: i8| (515..=831).contains(&(i32::from(m) * 100 + i32::from(d))))
                        as &dyn Fn(i8, i8) -> bool,
                ),
                (&["..08-31"], &|m, _| m <= 8),
                (&["05-01.."], &|m, _| m >= 5),
                (&["12-01..02-29"], &|m, _| m == 12 || m <= 2),
                (&["..01-31", "01-15..03-31"], &|m, _| m <= 3),
            ] {
                let season = Season::new(texts).unwrap();
                assert_eq!(Season::new(&season.written()).unwrap().days(), season.days(), "{texts:?}");
                let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
                for day in days {
                    assert_eq!(season.contains(day), expected(day.month(), day.day()), "{texts:?}: {day}");
                }
            }
        }
        for text in ["", "..", "05-15", "13-01..", "02-30..", "5-1..6-1", "05-15..08-31..09-01"] {
            assert_eq!(Season::new(&[text]).unwrap_err().field, "season", "{text}");
        }
    }

    #[test]
    fn what_the_map_does_not_tell_is_neither_yes_nor_no() {
        let at = date(2026, 10, 5).at(9, 0, 0, 0);
        let during = |hours: Option<&str>, season: Option<&str>| When::During {
            hours: hours.map(|text| Hours::new(&[text]).unwrap()),
            season: season.map(|text| Season::new(&[text]).unwrap()),
        };
        assert_eq!(When::Always.holds(at), Some(true));
        assert_eq!(When::InUse { margin_min: 60 }.holds(at), None);
        assert_eq!(during(Some("08:00-10:00"), None).holds(at), Some(true));
        assert_eq!(during(Some("08:00-10:00"), Some("..09-30")).holds(at), Some(false));
        assert_eq!(during(None, Some("10-01..")).holds(at), Some(true));
    }
}
