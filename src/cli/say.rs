//! What is printed: results on standard output, everything else on standard error.

use std::error::Error;
use std::io::{self, Write};

/// A line of the result. A reader that has gone away is no fault of ours.
pub fn line(text: impl std::fmt::Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// A line beside the result.
pub fn note(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Why a command ended early, with what caused it.
pub fn failure(error: &(dyn Error + 'static)) {
    let mut text = format!("melonmap: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.ends_with(&reason) {
            text.push_str(": ");
            text.push_str(&reason);
        }
        cause = error.source();
    }
    note(text);
}

/// A whole number with thousands set apart: 1,684,685.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_set_apart() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_684_685, "1,684,685")] {
            assert_eq!(super::count(n), text);
        }
    }
}
