//! Text without regard to case or accents, by Unicode's tables.

use icu_casemap::CaseMapper;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use std::borrow::Cow;

/// Marks of lower classes belong to the letter: nukta (7), the voicing mark of kana (8), virama (9).
const FIRST_ACCENT_CLASS: u8 = 10;

/// Equal for texts that differ in case or in how accents are composed: Unicode 16, chapter 3.13, D145, composed again.
///
/// Full folding: `Straße` and `STRASSE` are equal, and so are the three small and capital sigmas. Not by language: Turkish dotless
/// i stays another letter.
pub(super) fn case(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    Cow::Owned(compose(&CaseMapper::new().fold_string(&apart)))
}

/// Equal for texts that differ in accents: letters without the marks that Unicode writes apart from them.
///
/// What Unicode does not take apart stays, as `ø` and `ł`, and so does what is no accent: see [`FIRST_ACCENT_CLASS`].
pub(super) fn accents(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let class = CanonicalCombiningClassMapBorrowed::new();
    let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let bare: String = apart.chars().filter(|c| class.get_u8(*c) < FIRST_ACCENT_CLASS).collect();
    Cow::Owned(compose(&bare))
}

/// Equal for texts that people take for the same: width, case, accents, and what is no letter or digit do not count (NFKC, Unicode
/// Annex 15, then `case` and `accents`). Each run of what does not count is one space; there is none at the ends.
///
/// ```
/// use melonmap::model::filter::loose;
/// assert_eq!(loose(" Aeule-Straße  ４ "), loose("aeule strasse 4"));
/// assert_eq!(loose("人口（数）"), "人口 数");
/// ```
#[must_use]
pub fn loose(text: &str) -> String {
    let narrow = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let folded = case(&narrow);
    let words: Vec<String> = accents(&folded)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.join(" ")
}

fn compose(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{accents, case};

    #[test]
    fn texts_that_differ_in_case_only_are_folded_to_one() {
        let table = [
            ("Straße", "STRASSE"),
            ("Οδος", "ΟΔΟΣ"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("Chișinău", "CHIȘINĂU"),
            ("e\u{301}", "É"),
            ("ﬁle", "FILE"),
            ("Main Street", "mAIN sTREET"),
            ("西瓜", "西瓜"),
        ];
        for (one, other) in table {
            assert_eq!(case(one), case(other), "{one} and {other}");
        }
        for (one, other) in [("é", "e"), ("西", "瓜"), ("ı", "i"), ("が", "か")] {
            assert_ne!(case(one), case(other), "{one} and {other}");
        }
    }

    #[test]
    fn accents_fall_away_and_letters_stay() {
        let table = [
            ("débárquér", "debarquer"),
            ("e\u{301}", "e"),
            ("ÄÖÜ", "AOU"),
            ("Việt Nam", "Viet Nam"),
            ("Ά", "Α"),
            ("Łódź", "Łodz"),
            ("がか", "がか"),
            ("हिन्दी", "हिन्दी"),
            ("한국", "한국"),
            ("西瓜", "西瓜"),
        ];
        for (with, without) in table {
            assert_eq!(accents(with), without, "{with}");
        }
    }
}
