//! The compiled filter and the slow one, on the same records.

use super::random::Random;
use super::{FIELDS, PLACE, Row, json, oracle, text, written};
use crate::geom::Bbox;
use crate::model::filter::Record as _;
use serde_json::Value;

const RECORDS: usize = 300;
const FILTERS: usize = 3_000;
/// Of the records each filter is asked of so many, others each time.
const ASKED: usize = 40;

fn row(record: &Value) -> Row {
    let text = |name: &str| record[name].as_str().map(str::to_owned);
    let time = |name: &str| record[name]["time"].as_str();
    Row {
        name: text("name"),
        other: text("other"),
        tags: record["tags"].as_array().map(|t| t.iter().map(|t| t.as_str().unwrap().to_owned()).collect()),
        count: record["count"].as_i64(),
        share: record["share"].as_f64(),
        open: record["open"].as_bool(),
        day: time("day").map(|t| t.parse().unwrap()),
        at: time("at").map(|t| t.parse().unwrap()),
        until: time("until").map(|t| t.parse().unwrap()),
        place: (!record["place"].is_null()).then(|| oracle::geometry(&record["place"])),
    }
}

#[test]
fn random_filters_answer_as_the_slow_evaluator_and_within_their_bounds() {
    let mut random = Random::new(20_261_122);
    let records: Vec<Value> = (0..RECORDS).map(|_| random.record()).collect();
    let rows: Vec<Row> = records.iter().map(row).collect();
    assert!(
        (0..FIELDS.len()).all(|field| rows.iter().any(|r| r.value(field).is_none())),
        "every field is somewhere NULL"
    );

    let mut answers = [0; 3];
    let (mut bounded, mut spared) = (0, 0);
    for n in 0..FILTERS {
        let filter = random.test(3);
        let (as_json, as_text) = (filter.to_string(), written::text(&filter));
        let from_json = json(&as_json).unwrap_or_else(|e| panic!("{as_json}: {e}"));
        let from_text = text(&as_text).unwrap_or_else(|e| panic!("{as_text}: {e}"));
        let bounds = from_json.bounds(PLACE);
        bounded += usize::from(bounds.is_some());
        for k in 0..ASKED {
            let at = (n * ASKED + k * 7) % RECORDS;
            let (record, row) = (&records[at], &rows[at]);
            let expected = oracle::value(&filter, record).as_bool();
            assert_eq!(from_json.eval(row), expected, "{as_json}\nof {record}");
            assert_eq!(from_text.eval(row), expected, "{as_text}\nof {record}");
            answers[expected.map_or(2, usize::from)] += 1;
            if let Some(bounds) = &bounds {
                let around = row.place.as_ref().and_then(Bbox::around);
                let inside = around.is_some_and(|a| bounds.iter().any(|b| b.intersects(&a)));
                assert!(inside || expected != Some(true), "{as_json}\nof {record}\nlies outside of {bounds:?}");
                spared += usize::from(!inside);
            }
        }
    }
    // The test is worth its name only if all three answers are common and bounds spare work.
    let all = FILTERS * ASKED;
    assert!(answers.iter().all(|n| *n > all / 20), "{answers:?} of {all}");
    assert!(bounded > FILTERS / 20 && spared > all / 50, "{bounded} filters were bounded, {spared} questions spared");
}
