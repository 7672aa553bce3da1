//! How many stalls fit on the free stretches of a strip.

use super::span::{Span, TOUCH};

/// How stalls stand in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Along the kerb, metres, above 0.
    pub stall_width: f64,
    /// From one stall to the next, metres, 0 or more.
    pub spacing: f64,
    /// After so many stalls in a row (1 or more) a gap of so many metres.
    pub gap_every: Option<(u32, f64)>,
    /// At most so many on one stretch.
    pub most: Option<u32>,
}

impl Row {
    /// The row and the gap after it, where it is wider than what is kept anyway.
    fn gap(&self) -> Option<(usize, f64)> {
        self.gap_every.filter(|(_, gap)| *gap > self.spacing).map(|(row, gap)| (row.max(1) as usize, gap))
    }
}

/// The most stalls that fit on free stretches (sorted, apart) of one axis: each wholly on one stretch, `spacing` from the next
/// wherever that stands, and never more than `gap_every.0` without a gap of `gap_every.1` between two of them. Where a stretch then
/// holds more than `most` its first ones are kept.
pub fn fit(free: &[Span], terms: &Row) -> u32 {
    if terms.gap().is_some() {
        return u32::try_from(row(free, terms).len()).unwrap_or(u32::MAX);
    }
    evenly(free, terms).map(|(_, stalls)| stalls).sum()
}

/// Where the stalls that [`fit`] counts begin.
///
/// Without gaps each stands as early as it can, which is best for things of one width. With gaps, too, on a stretch that is so far
/// from the others that it is a row of its own.
pub fn row(free: &[Span], terms: &Row) -> Vec<f64> {
    let Some((longest, gap)) = terms.gap() else {
        let starts =
            |(from, stalls)| (0..stalls).map(move |n| from + f64::from(n) * (terms.stall_width + terms.spacing));
        return evenly(free, terms).flat_map(starts).collect();
    };
    let mut starts = Vec::new();
    for near in free.chunk_by(|a, b| b.0 - a.1 < gap) {
        match near {
            [stretch] => starts.extend(early(*stretch, terms, (longest, gap))),
            _ => starts.extend(latest(near, terms, (longest, gap))),
        }
    }
    if let Some(most) = terms.most {
        let (mut on, mut stalls) = (usize::MAX, 0);
        starts.retain(|start| {
            // Where two stretches touch, a stall that begins there stands on the second.
            let stretch = stretch(free, *start);
            stalls = if stretch == on { stalls + 1 } else { 1 };
            on = stretch;
            stalls <= most
        });
    }
    starts
}

/// The stretch that a stall stands on which begins there.
pub fn stretch(free: &[Span], start: f64) -> usize {
    free.partition_point(|f| f.0 <= start + TOUCH).saturating_sub(1)
}

/// On one stretch, each as early as it can.
fn early((from, to): Span, terms: &Row, (longest, gap): (usize, f64)) -> impl Iterator<Item = f64> {
    let Row { stall_width: width, spacing, .. } = *terms;
    let (mut start, mut in_row) = (from, 0);
    std::iter::from_fn(move || {
        let here = start;
        in_row += 1;
        start += width + if in_row % longest == 0 { gap } else { spacing };
        (here + width <= to + TOUCH).then_some(here)
    })
}

/// A last stall: how many stand before it in its row, where it ends, on which stretch, and which of the states before it goes on from.
#[derive(Debug, Clone, Copy)]
struct Last {
    in_row: usize,
    end: f64,
    stretch: usize,
    before: usize,
}

/// On stretches that are near one another a stall may better stand later, so that an obstacle that is there anyway is made a gap: for
/// each number of stalls all last ones are kept that are the best for something: none that ends earlier stands in as short a row.
/// Those are few, so it costs about as many steps as there are stalls and stretches.
fn latest(free: &[Span], terms: &Row, (longest, gap): (usize, f64)) -> Vec<f64> {
    let Row { stall_width: width, spacing, .. } = *terms;
    let next = |from: f64, on: usize| {
        let stands = |(n, s): (usize, &Span)| {
            let start = s.0.max(from);
            (start + width <= s.1 + TOUCH).then_some((start + width, n))
        };
        (on..).zip(&free[on..]).find_map(stands)
    };
    let first = next(f64::NEG_INFINITY, 0).map(|(end, stretch)| Last { in_row: 0, end, stretch, before: 0 });
    // All states, by number of stalls; of those of one number each has a longer row than the one before, and ends earlier.
    let mut states: Vec<Last> = first.into_iter().collect();
    let mut rows = 0;
    let mut from = 0;
    while from < states.len() {
        rows += 1;
        let to = states.len();
        // After a gap the row is new, whatever it was: the last of those before ends first.
        let mut reached = f64::INFINITY;
        if let Some((end, stretch)) = next(states[to - 1].end + gap, states[to - 1].stretch) {
            states.push(Last { in_row: 0, end, stretch, before: to - 1 });
            reached = end;
        }
        // In the same row, shorter rows first: a longer one has to end earlier.
        for before in from..to {
            let last = states[before];
            if last.in_row + 1 == longest {
                continue;
            }
            let found = next(last.end + spacing, last.stretch).filter(|(end, _)| *end < reached);
            if let Some((end, stretch)) = found {
                states.push(Last { in_row: last.in_row + 1, end, stretch, before });
                reached = end;
            }
        }
        from = to;
    }
    let mut starts = Vec::with_capacity(rows);
    let mut at = states.len().saturating_sub(1);
    for _ in 0..rows {
        starts.push(states[at].end - width);
        at = states[at].before;
    }
    starts.reverse();
    starts
}

/// Where stalls begin on each stretch without gaps, and how many there are.
fn evenly(free: &[Span], terms: &Row) -> impl Iterator<Item = (f64, u32)> {
    let Row { stall_width: width, spacing, most, .. } = *terms;
    let mut next = f64::NEG_INFINITY;
    free.iter().filter_map(move |(from, to)| {
        let from = from.max(next);
        let stalls = fit_evenly(to - from, width, spacing).min(most.unwrap_or(u32::MAX));
        if stalls > 0 {
            next = from + f64::from(stalls) * (width + spacing);
        }
        (stalls > 0).then_some((from, stalls))
    })
}

/// Stalls on one stretch without gaps.
fn fit_evenly(length: f64, width: f64, spacing: f64) -> u32 {
    // A stretch of a street is far below four thousand million stalls; what is negative becomes 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let stalls = ((length + spacing + TOUCH) / (width + spacing)).floor() as u32;
    stalls
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    fn check(free: &[Span], terms: (f64, f64, Option<(u32, f64)>), stalls: u32) {
        let (stall_width, spacing, gap_every) = terms;
        let terms = Row { stall_width, spacing, gap_every, most: None };
        assert_eq!(fit(free, &terms), stalls, "{free:?} {terms:?}");
        assert_eq!(row(free, &terms).len(), stalls as usize, "{free:?} {terms:?}");
    }

    #[test]
    fn stalls_fit_as_counted_by_hand() {
        check(&[], (2.0, 0.0, None), 0);
        check(&[(0.0, 1.99)], (2.0, 0.0, None), 0);
        check(&[(0.0, 2.0)], (2.0, 0.0, None), 1);
        check(&[(0.0, 10.0)], (2.0, 0.0, None), 5);
        check(&[(0.0, 10.0)], (2.0, 1.0, None), 3); // 2 1 2 1 2, and 2 m that are left
        check(&[(0.0, 11.0)], (2.0, 1.0, None), 4);
        check(&[(0.0, 2.0), (2.5, 4.5)], (2.0, 1.0, None), 1); // too near
        check(&[(0.0, 2.0), (2.5, 5.0)], (2.0, 1.0, None), 2);
        check(&[(0.0, 10.0)], (2.0, 0.0, Some((2, 3.0))), 3); // 2 2 . 2, and 1 m that is left
        check(&[(0.0, 11.0)], (2.0, 0.0, Some((2, 3.0))), 4);
        check(&[(0.0, 100.0)], (2.0, 0.5, Some((10, 0.2))), 40); // a gap that the spacing gives anyway
        // The second stands 1 m farther on than it could, and the obstacle is the gap.
        check(&[(0.0, 2.0), (4.0, 9.0)], (2.0, 0.0, Some((2, 3.0))), 3);
        check(&[(0.0, 2.0), (4.0, 8.0)], (2.0, 0.0, Some((2, 3.0))), 2);
    }

    #[test]
    fn a_stretch_holds_no_more_than_it_may() {
        let free = [(0.0, 10.0), (20.0, 23.0), (30.0, 60.0)];
        for gap_every in [None, Some((2, 1.0))] {
            let row_of = |most| Row { stall_width: 2.0, spacing: 0.5, gap_every, most };
            for (most, stalls) in [(1, 3), (2, 5), (3, 7), (4, 9)] {
                assert_eq!(fit(&free, &row_of(Some(most))), stalls, "{most} {gap_every:?}");
                stand(&free, &row_of(Some(most)), stalls);
            }
            assert_eq!(fit(&free, &row_of(Some(99))), fit(&free, &row_of(None)));
        }
    }

    /// The most stalls from half-metre `at` on, `row` since the last gap; tries every half-metre.
    fn most(free: &[bool], at: usize, row: u32, terms: (usize, usize, u32, usize), seen: &mut Vec<Option<u32>>) -> u32 {
        let (width, spacing, every, gap) = terms;
        if at + width > free.len() {
            return 0;
        }
        let key = at * (every as usize + 1) + row as usize;
        if let Some(known) = seen[key] {
            return known;
        }
        let mut best = most(free, at + 1, row, terms, seen);
        if row < every && free[at..at + width].iter().all(|f| *f) {
            // What comes next stands at the spacing in the same row, or at the gap in a new one.
            best = best.max(1 + most(free, at + width + spacing, row + 1, terms, seen));
            best = best.max(1 + most(free, at + width + gap.max(spacing), 0, terms, seen));
        }
        seen[key] = Some(best);
        best
    }

    /// The places where stalls begin keep what is asked of them.
    fn stand(free: &[Span], terms: &Row, stalls: u32) {
        let starts = row(free, terms);
        assert_eq!(starts.len(), stalls as usize);
        let on = |s: &f64| free.iter().any(|f| f.0 <= s + 1e-6 && s + terms.stall_width <= f.1 + 1e-5);
        assert!(starts.iter().all(on), "{starts:?} {free:?}");
        let mut in_row = 1;
        for pair in starts.windows(2) {
            let apart = pair[1] - pair[0] - terms.stall_width;
            assert!(apart >= terms.spacing - 1e-6, "{starts:?} {terms:?}");
            let gap = terms.gap_every.is_some_and(|(_, gap)| apart >= gap - 1e-6);
            in_row = if gap { 1 } else { in_row + 1 };
            assert!(terms.gap_every.is_none_or(|(row, _)| in_row <= row), "{starts:?} {terms:?}");
        }
    }

    #[test]
    fn no_placing_by_trial_fits_more() {
        let mut rng = StdRng::seed_from_u64(3);
        let mut with_gap = 0;
        for _ in 0..3_000 {
            let cells = rng.random_range(1..60_usize);
            let dense = rng.random_range(0.5..1.0);
            let free: Vec<bool> = (0..cells).map(|_| rng.random::<f64>() < dense).collect();
            let (width, spacing) = (rng.random_range(1..5_usize), rng.random_range(0..4_usize));
            let (every, gap) = (rng.random_range(1..5_u32), rng.random_range(0..9_usize));
            let mut spans: Vec<Span> = Vec::new();
            for (n, _) in free.iter().enumerate().filter(|(_, f)| **f) {
                #[allow(clippy::cast_precision_loss)]
                let (from, to) = (n as f64 / 2.0, (n + 1) as f64 / 2.0);
                match spans.last_mut() {
                    Some(last) if last.1 >= from => last.1 = to,
                    _ => spans.push((from, to)),
                }
            }
            #[allow(clippy::cast_precision_loss)]
            let half = |n: usize| n as f64 / 2.0;
            for gapped in [false, true] {
                let gap_every = gapped.then_some((every, half(gap)));
                let terms = Row { stall_width: half(width), spacing: half(spacing), gap_every, most: None };
                let every = if gapped { every } else { 60 };
                let mut seen = vec![None; cells * (every as usize + 1)];
                let expected = most(&free, 0, 0, (width, spacing, every, gap), &mut seen);
                assert_eq!(fit(&spans, &terms), expected, "{spans:?} {terms:?}");
                stand(&spans, &terms, expected);
                with_gap += u32::from(gapped && fit(&spans, &terms) < fit(&spans, &Row { gap_every: None, ..terms }));
            }
        }
        assert!(with_gap > 300, "gaps were seldom felt: {with_gap}");
    }
}
