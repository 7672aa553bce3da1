//! When somebody is to call on a household, by the visit that stands for it.

use crate::model::{Campaign, Outcome};
use jiff::Unit;
use jiff::civil::Date;

/// Days until a need is to be looked at, days until a call is due, and whether somebody was reached.
pub type Days = (Option<i32>, Option<i32>, bool);

/// The visit that stands for a household.
#[derive(Debug, Clone, Copy)]
pub struct Called {
    pub outcome: Outcome,
    pub day: Date,
    /// A need was found.
    pub need: bool,
}

/// When somebody is to call; `None` where nobody is. `called` is the visit that stands.
pub fn waits(campaign: Option<&Campaign>, called: Option<Called>, now: Date) -> Option<Days> {
    let until = |day: Date| now.until((Unit::Day, day)).map_or(i32::MAX, |span| span.get_days());
    let end = campaign.map(|campaign| until(campaign.to));
    let again = |day: Date| {
        let days = campaign.and_then(|campaign| campaign.revisit_days)?;
        Some(until(day.saturating_add(jiff::Span::new().days(days))))
    };
    let after_need = |day: Date| {
        let days = campaign.and_then(|campaign| campaign.need_days).unwrap_or(0);
        until(day.saturating_add(jiff::Span::new().days(days)))
    };
    let Some(Called { outcome, day, need }) = called else { return Some((None, end, false)) };
    match outcome {
        _ if day >= now => None,
        Outcome::NotHome | Outcome::Deferred | Outcome::NotFound => Some((None, end, false)),
        Outcome::Partly => Some((Some(after_need(day)), again(day), true)),
        Outcome::Visited if need => Some((Some(after_need(day)), again(day), true)),
        Outcome::Visited => again(day).map(|due| (None, Some(due), true)),
        Outcome::Refused | Outcome::MovedAway | Outcome::Vacant | Outcome::Demolished | Outcome::Duplicate => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CampaignId;
    use jiff::civil::date;

    #[test]
    fn who_waits_follows_the_last_call_and_the_campaign() {
        let campaign = |revisit_days, need_days| Campaign {
            id: CampaignId(1),
            name: "Stage 1".into(),
            theme: String::new(),
            from: date(2026, 11, 1),
            to: date(2026, 11, 30),
            revisit_days,
            need_days,
            closed: false,
        };
        let (once, weekly, now) = (campaign(None, None), campaign(Some(7), Some(4)), date(2026, 11, 20));
        let check = |campaign, called: Option<(Outcome, Date)>, expected| {
            let called = called.map(|(outcome, day)| Called { outcome, day, need: false });
            assert_eq!(waits(campaign, called, now), expected, "{called:?}");
        };
        let on = |day| date(2026, 11, day);
        check(None, None, Some((None, None, false)));
        check(Some(&once), None, Some((None, Some(10), false)));
        check(Some(&once), Some((Outcome::NotHome, on(18))), Some((None, Some(10), false)));
        check(Some(&once), Some((Outcome::NotHome, on(20))), None);
        check(Some(&once), Some((Outcome::Refused, on(10))), None);
        check(Some(&once), Some((Outcome::Visited, on(1))), None);
        check(Some(&weekly), Some((Outcome::Visited, on(10))), Some((None, Some(-3), true)));
        check(Some(&weekly), Some((Outcome::Visited, on(18))), Some((None, Some(5), true)));
        check(Some(&weekly), Some((Outcome::Partly, on(18))), Some((Some(2), Some(5), true)));
        check(Some(&once), Some((Outcome::Partly, on(18))), Some((Some(-2), None, true)));
        let in_need = Some(Called { outcome: Outcome::Visited, day: on(12), need: true });
        assert_eq!(waits(Some(&weekly), in_need, now), Some((Some(-4), Some(-1), true)));
        assert_eq!(waits(None, in_need, now), Some((Some(-8), None, true)));
    }
}
