//! A filter that is read is written as JSON and read again as the same; one that compiles answers for any record, answers NOT of
//! itself with the opposite, and passes no record outside of its bounds.
#![no_main]

mod print;
mod records;

use libfuzzer_sys::fuzz_target;
use melonmap::formats::cql2::{self, Lang};
use melonmap::geom::{Bbox, LonLat};
use melonmap::model::collection::{Collection, GEOMETRY};
use melonmap::model::filter::{Expr, Filter, Op, Record};
use records::Made;

/// Records that each filter is asked of.
const RECORDS: usize = 12;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lang = if text.trim_start().starts_with('{') { Lang::Json } else { Lang::Text };
    let Ok(expr) = cql2::read(text, lang, &LonLat::new) else { return };
    round(text, &expr);
    for collection in Collection::ALL {
        ask(text, &expr, collection);
    }
});

fn round(text: &str, expr: &Expr) {
    let written = print::json(expr).to_string();
    match cql2::read(&written, Lang::Json, &LonLat::new) {
        Ok(again) => assert_eq!(&again, expr, "{text} is written {written}"),
        // Text may be longer and deeper in JSON than either may be there.
        Err(error) => {
            let (long, deep) = (written.len() > cql2::MAX_BYTES, error.expected.contains("recursion limit"));
            assert!(long || deep, "{text} is written {written}: {error}");
        }
    }
}

fn ask(text: &str, expr: &Expr, collection: Collection) {
    let Ok(filter) = Filter::compile(expr, &collection) else { return };
    assert!(filter.fields().is_sorted_by(|a, b| a < b), "{text}");
    let not = Filter::compile(&Expr::Call(Op::Not, vec![expr.clone()]), &collection);
    let bounds = filter.bounds(GEOMETRY);
    for seed in 0..RECORDS {
        let record = Made { collection, seed };
        let answer = filter.eval(&record);
        if let Ok(not) = &not {
            assert_eq!(not.eval(&record), answer.map(|yes| !yes), "{text}, of record {seed}");
        }
        if let (Some(true), Some(bounds)) = (answer, &bounds) {
            let around = record.value(GEOMETRY).and_then(|value| records::around(&value));
            let inside = around.is_some_and(|around: Bbox| bounds.iter().any(|bound| bound.intersects(&around)));
            assert!(inside, "{text}: record {seed} passes and lies outside of {bounds:?}");
        }
    }
}
