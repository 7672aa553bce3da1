//! A period that is read does not end before it starts, and is read again as itself.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use melonmap::model::written;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok((from, to)) = written::period(text) else { return };
    assert!(from.zip(to).is_none_or(|(from, to)| from <= to), "{text}: {from:?} to {to:?}");
    let side = |at: Option<Timestamp>| at.map_or_else(|| "..".to_owned(), |at| at.to_string());
    let again = format!("{}/{}", side(from), side(to));
    assert_eq!(written::period(&again), Ok((from, to)), "{text} is written {again}");
});
