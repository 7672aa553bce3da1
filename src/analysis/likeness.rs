//! Which of many texts another is most like: names and addresses as different hands write them.
//!
//! The measure is that of Dice (1945, doi:10.2307/1932409) on the pairs of neighbouring letters of two texts, their case, width, accents and
//! punctuation aside. Pairs need no words, so that Chinese is measured as well as German. Numbers are compared by value and apart from
//! the letters: a house 12 is not like a house 21, however alike the two are written.

use crate::model::filter::loose;
use hashbrown::HashMap;

/// What a text loses that has numbers which the other lacks: a flat's number is often left out, a house's is not made up.
const NUMBER_LEFT_OUT: f64 = 0.8;

/// A text as it is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Measured {
    /// Its pairs of letters, ascending, each once.
    pairs: Vec<[char; 2]>,
    /// Its numbers without leading zeros, ascending.
    numbers: Vec<String>,
}

impl Measured {
    fn of(text: &str) -> Measured {
        let folded = loose(text);
        let mut numbers: Vec<String> = folded
            .split(|c: char| !c.is_ascii_digit())
            .filter(|digits| !digits.is_empty())
            .map(|digits| digits.trim_start_matches('0').to_owned())
            .collect();
        numbers.sort_unstable();
        // Both ends of a word are a pair as well, so that a word of one letter has pairs and beginnings count.
        let mut pairs = Vec::new();
        for word in folded.split(|c: char| c == ' ' || c.is_ascii_digit()).filter(|word| !word.is_empty()) {
            let padded: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
            pairs.extend(padded.windows(2).map(|two| [two[0], two[1]]));
        }
        pairs.sort_unstable();
        pairs.dedup();
        Measured { pairs, numbers }
    }

    /// What is left of a likeness once the numbers are compared; `None` where they disagree.
    fn agree(&self, other: &Measured) -> Option<f64> {
        if self.numbers == other.numbers {
            return Some(1.0);
        }
        let (fewer, more) = if self.numbers.len() < other.numbers.len() { (self, other) } else { (other, self) };
        let mut left = more.numbers.iter();
        let all = !fewer.numbers.is_empty() && fewer.numbers.iter().all(|number| left.any(|one| one == number));
        all.then_some(NUMBER_LEFT_OUT)
    }

    #[allow(clippy::cast_precision_loss)] // a text has some hundred pairs
    fn dice(&self, other: &Measured, shared: usize) -> f64 {
        let all = self.pairs.len() + other.pairs.len();
        if all == 0 {
            return f64::from(u8::from(!self.numbers.is_empty()));
        }
        2.0 * shared as f64 / all as f64
    }
}

/// Texts among which the likest are looked for.
pub struct Likeness {
    texts: Vec<Measured>,
    /// Which texts hold a pair, ascending.
    holding: HashMap<[char; 2], Vec<u32>>,
}

/// A text that is like the one that was asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Like {
    /// Which one, by its place.
    pub place: usize,
    /// How like: 1 is the same but for case, width and punctuation; 0 has nothing in common.
    pub score: f64,
}

impl Likeness {
    /// Of these texts, by their places. Costs some 2 µs a text.
    ///
    /// ```
    /// use melonmap::analysis::likeness::Likeness;
    /// let known = Likeness::of(["西瓜路12号", "西瓜路21号", "Lindenstraße 4"]);
    /// let best = |text| known.best(text, 3, 0.5).first().map(|like| like.place);
    /// assert_eq!(best("西瓜路１２号"), Some(0));
    /// assert_eq!(best("Linden-Strasse 4"), Some(2));
    /// assert_eq!(best("西瓜路13号"), None);
    /// ```
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Likeness {
        let texts: Vec<Measured> = texts.into_iter().map(Measured::of).collect();
        let mut holding: HashMap<[char; 2], Vec<u32>> = HashMap::new();
        for (place, text) in (0..).zip(&texts) {
            for pair in &text.pairs {
                holding.entry(*pair).or_default().push(place);
            }
        }
        Likeness { texts, holding }
    }

    /// The likest texts, at most `most` of them, none less like than `least`; of two as like the first. Costs as many steps as there
    /// are texts that share a pair, once for each pair shared.
    #[must_use]
    pub fn best(&self, text: &str, most: usize, least: f64) -> Vec<Like> {
        let asked = Measured::of(text);
        let mut shared: HashMap<u32, usize> = HashMap::new();
        for pair in &asked.pairs {
            for place in self.holding.get(pair).into_iter().flatten() {
                *shared.entry(*place).or_default() += 1;
            }
        }
        let mut found: Vec<Like> = shared
            .into_iter()
            .filter_map(|(place, shared)| {
                let other = &self.texts[place as usize];
                let score = asked.dice(other, shared) * asked.agree(other)?;
                (score >= least).then_some(Like { place: place as usize, score })
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.place.cmp(&b.place)));
        found.truncate(most);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
    use std::collections::BTreeSet;

    /// How like two texts are, by the definition and nothing else.
    fn like(a: &str, b: &str) -> f64 {
        let (a, b) = (Measured::of(a), Measured::of(b));
        let sets: [BTreeSet<[char; 2]>; 2] = [&a, &b].map(|text| text.pairs.iter().copied().collect());
        let shared = sets[0].intersection(&sets[1]).count();
        if shared == 0 { 0.0 } else { a.agree(&b).map_or(0.0, |numbers| a.dice(&b, shared) * numbers) }
    }

    #[test]
    fn the_likest_are_those_that_comparing_with_each_finds() {
        let mut rng = SmallRng::seed_from_u64(11);
        let words = ["Linden", "Lindau", "straße", "weg", "西瓜", "西湖", "路", "号", "村", " ", "-", "3", "12", "21"];
        let mut text = || (0..rng.random_range(1..6)).map(|_| *words.choose(&mut rng).unwrap()).collect::<String>();
        let known: Vec<String> = (0..300).map(|_| text()).collect();
        let index = Likeness::of(known.iter().map(String::as_str));
        for _ in 0..200 {
            let asked = text();
            let mut all: Vec<(usize, f64)> = known.iter().map(|one| like(&asked, one)).enumerate().collect();
            all.retain(|(_, score)| *score >= 0.4);
            all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            all.truncate(5);
            let found: Vec<(usize, f64)> =
                index.best(&asked, 5, 0.4).iter().map(|one| (one.place, one.score)).collect();
            assert_eq!(found, all, "{asked}");
        }
    }

    #[test]
    fn numbers_are_compared_by_value_and_letters_as_people_take_them() {
        for (a, b, least, most) in [
            ("Aeulestraße 4", "AEULESTRASSE  ４", 1.0, 1.0),
            ("Aeulestrasse 4", "Aeulestr. 4", 0.6, 0.95),
            ("Aeulestrasse 4", "Aeulestrasse 04", 1.0, 1.0),
            ("Aeulestrasse 4", "Aeulestrasse 5", 0.0, 0.0),
            ("Aeulestrasse 12", "Aeulestrasse 21", 0.0, 0.0),
            ("Aeulestrasse 12 / 3", "Aeulestrasse 12", 0.8, 0.8),
            ("Aeulestrasse 12", "Aeulestrasse", 0.0, 0.0),
            ("西瓜路12号", "西瓜路１２號", 0.5, 0.95),
            ("西瓜路12号3室", "西瓜路12号", 0.6, 0.8),
            ("西瓜路", "东湖村", 0.0, 0.0),
        ] {
            let score = like(a, b);
            assert!((least..=most).contains(&score), "{a} and {b}: {score}");
            assert!((score - like(b, a)).abs() < 1e-12, "{a} and {b} the other way round");
        }
        assert!(Likeness::of(["", "12", "x"]).best("", 3, 0.0).is_empty());
    }
}
