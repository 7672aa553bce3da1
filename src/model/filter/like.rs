//! LIKE patterns.

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// This character.
    Exactly(char),
    /// `_`: any one character.
    One,
    /// `%`: any characters, or none.
    Many,
}

/// A pattern: `%` stands for any characters, `_` for one, and `\` takes the next character as it is.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Box<[Step]>);

impl Pattern {
    /// Any text is a pattern; a `\` at its end stands for itself.
    pub(super) fn new(text: &str) -> Pattern {
        let mut steps = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let step = match c {
                '%' => Step::Many,
                '_' => Step::One,
                '\\' => Step::Exactly(chars.next().unwrap_or('\\')),
                c => Step::Exactly(c),
            };
            if step != Step::Many || steps.last() != Some(&Step::Many) {
                steps.push(step);
            }
        }
        Pattern(steps.into())
    }

    /// Whether the whole text matches. Costs at most text × pattern: on a mismatch only the last `%` takes one more character.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut at = 0;
        // Where to go on after the last `%`, and with which text.
        let mut again = None;
        loop {
            match self.0.get(at) {
                Some(Step::Many) => {
                    again = Some((at + 1, rest.clone()));
                    at += 1;
                    continue;
                }
                Some(step) if rest.next().is_some_and(|c| *step == Step::One || *step == Step::Exactly(c)) => {
                    at += 1;
                    continue;
                }
                None if rest.as_str().is_empty() => return true,
                Some(_) | None => {}
            }
            let Some((after, from)) = &mut again else { return false };
            if from.next().is_none() {
                return false;
            }
            (at, rest) = (*after, from.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    /// By its definition.
    fn slow(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, first) => first.is_none(),
            (Some('%'), _) => (0..=text.len()).any(|n| slow(&pattern[1..], &text[n..])),
            (Some('\\'), first) if pattern.len() > 1 => first == pattern.get(1) && slow(&pattern[2..], &text[1..]),
            (Some('_'), Some(_)) => slow(&pattern[1..], &text[1..]),
            (Some(p), Some(t)) => p == t && slow(&pattern[1..], &text[1..]),
            (Some(_), None) => false,
        }
    }

    #[test]
    fn a_pattern_matches_what_its_definition_says() {
        let mut rng = StdRng::seed_from_u64(3);
        let mut word = |of: &[char], most: usize| -> Vec<char> {
            let length = rng.random_range(0..=most);
            (0..length).map(|_| of[rng.random_range(0..of.len())]).collect()
        };
        let mut yes = 0;
        for _ in 0..20_000 {
            let pattern = word(&['a', 'é', '%', '_', '\\'], 6);
            let text = word(&['a', 'é', '%', '_', '\\'], 6);
            let (p, t): (String, String) = (pattern.iter().collect(), text.iter().collect());
            let expected = slow(&pattern, &text);
            assert_eq!(Pattern::new(&p).matches(&t), expected, "{t:?} like {p:?}");
            yes += usize::from(expected);
        }
        assert!(yes > 1_000, "only {yes} matched: the test says little");
    }
}
