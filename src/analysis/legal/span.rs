//! Stretches of one axis, from and to, metres.

/// From and to, the smaller first. Where both are the same it is a place that nothing may lie across.
pub type Span = (f64, f64);

/// What is nearer together than this touches, metres.
pub const TOUCH: f64 = 1e-6;

/// Sorted, and joined where they touch.
pub fn merge(spans: &mut Vec<Span>) {
    spans.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    spans.dedup_by(|next, kept| {
        let touches = next.0 <= kept.1 + TOUCH;
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
}

/// What merged spans leave of a stretch: parts longer than [`TOUCH`].
pub fn rest(of: Span, merged: &[Span]) -> Vec<Span> {
    let mut parts = Vec::with_capacity(merged.len() + 1);
    rest_into(of, merged, &mut parts);
    parts
}

/// Adds them to others.
pub fn rest_into(of: Span, merged: &[Span], parts: &mut Vec<Span>) {
    let mut from = of.0;
    for span in merged {
        if span.0.min(of.1) - from > TOUCH {
            parts.push((from, span.0.min(of.1)));
        }
        from = from.max(span.1);
    }
    if of.1 - from > TOUCH {
        parts.push((from, of.1));
    }
}

/// How long they are together, metres.
pub fn length(spans: &[Span]) -> f64 {
    spans.iter().map(|s| s.1 - s.0).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spans: &[Span], merged: &[Span], left: &[Span]) {
        let mut all = spans.to_vec();
        merge(&mut all);
        assert_eq!(all, merged, "{spans:?}");
        assert_eq!(rest((0.0, 10.0), &all), left, "{spans:?}");
    }

    #[test]
    fn spans_are_joined_and_taken_away() {
        check(&[], &[], &[(0.0, 10.0)]);
        check(&[(4.0, 6.0), (1.0, 2.0)], &[(1.0, 2.0), (4.0, 6.0)], &[(0.0, 1.0), (2.0, 4.0), (6.0, 10.0)]);
        check(&[(1.0, 5.0), (2.0, 3.0), (5.0, 6.0)], &[(1.0, 6.0)], &[(0.0, 1.0), (6.0, 10.0)]);
        check(&[(5.0, 5.0)], &[(5.0, 5.0)], &[(0.0, 5.0), (5.0, 10.0)]);
        check(&[(-3.0, 2.0), (9.0, 14.0), (20.0, 21.0)], &[(-3.0, 2.0), (9.0, 14.0), (20.0, 21.0)], &[(2.0, 9.0)]);
        check(&[(-1.0, 11.0)], &[(-1.0, 11.0)], &[]);
    }
}
