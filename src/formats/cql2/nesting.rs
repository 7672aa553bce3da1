//! How deep a text can nest, bounded without parsing it.

use crate::model::ModelError;

/// Most parentheses, brackets of a geometry and of a function within one another. The parser takes some 5 KB of stack for each.
const PARENTHESES: usize = 64;

/// Deepest tree, one level for each parenthesis and for each operator beside it: a chain of operators is a tree as deep as it is
/// long. Each takes up to 4 KB of stack in a debug build.
const LEVELS: usize = 300;

/// Words that make a level. The parser takes them wherever they fit, `1or1or1` too, so they are counted wherever they stand.
const WORDS: [&[u8]; 8] = [b"and", b"or", b"not", b"like", b"between", b"in", b"is", b"div"];

/// Refuses a text whose tree may be deeper than the parser's stack allows. May count too much, never too little.
pub(super) fn check(text: &str) -> Result<(), ModelError> {
    let bytes = text.as_bytes();
    // Of each open parenthesis: the levels that were there before it and the operators beside it since the last comma.
    let mut open: Vec<usize> = Vec::new();
    let mut beside = 0;
    let mut outer = 0;
    let mut quote = None;
    for (at, &byte) in bytes.iter().enumerate() {
        match (quote, byte) {
            // A doubled quote ends and begins at once.
            (Some(mark), _) if mark == byte => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(') => {
                open.push(beside);
                outer += beside + 1;
                beside = 0;
            }
            (None, b')') => {
                beside = open.pop().unwrap_or(0);
                outer = outer.saturating_sub(beside + 1);
            }
            (None, b',') => beside = 0,
            (None, b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'=' | b'<' | b'>') => beside += 1,
            (None, _) if WORDS.iter().any(|word| starts(&bytes[at..], word)) => beside += 1,
            // Text in quotes, names and numbers.
            (Some(_) | None, _) => {}
        }
        if open.len() > PARENTHESES {
            return Err(refused(format!("at most {PARENTHESES} parentheses within one another")));
        }
        if outer + beside > LEVELS {
            return Err(refused(format!("at most {LEVELS} operators in a chain: name many values by IN")));
        }
    }
    Ok(())
}

fn starts(bytes: &[u8], word: &[u8]) -> bool {
    bytes.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word))
}

fn refused(expected: String) -> ModelError {
    ModelError::new("filter", "its nesting", expected)
}

#[cfg(test)]
mod tests {
    use super::{LEVELS, PARENTHESES, check};

    #[test]
    fn nesting_is_refused_above_its_cap_and_not_below() {
        let nested = |n: usize| format!("{}a = 1{}", "(".repeat(n), ")".repeat(n));
        assert!(check(&nested(PARENTHESES)).is_ok() && check(&nested(PARENTHESES + 1)).is_err());
        let chain = |n: usize| format!("a = 1{}", "+1".repeat(n));
        assert!(check(&chain(LEVELS - 1)).is_ok() && check(&chain(LEVELS)).is_err());
        assert!(check(&"NOT ".repeat(LEVELS + 1)).is_err());
        assert!(check(&"1or".repeat(LEVELS + 1)).is_err());
    }

    #[test]
    fn what_stands_in_quotes_or_side_by_side_does_not_nest() {
        let quoted = format!("a = '{}'", "((''".repeat(500));
        let listed = format!("a IN ({}1)", "-1,".repeat(1000));
        let beside = format!("a IN ({}(1))", "(1),".repeat(1000));
        for text in [quoted, listed, beside] {
            assert!(check(&text).is_ok(), "{text}");
        }
    }
}
