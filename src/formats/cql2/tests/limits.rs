//! What is refused, in which words, and that nothing costs more than its caps allow.

use super::super::{MAX_BYTES, nesting};
use super::{Row, json, text};

/// On a stack of the size that worker threads have.
fn on_two_mebibytes(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn ten_thousand_of_anything_that_nests_is_refused_on_a_small_stack() {
    on_two_mebibytes(|| {
        for n in [60, 64, 65, 100, 400, 1_000, 2_000, 10_000] {
            let texts = [
                format!("{}count = 1{}", "(".repeat(n), ")".repeat(n)),
                format!("{}count = 1", "(".repeat(n)),
                format!("{}open", "NOT ".repeat(n)),
                format!("{}count = 1", "-".repeat(n)),
                format!("count = 1{}", "+1".repeat(n)),
                format!("count{} = 1", "=1".repeat(n)),
                format!("1{}", "or1".repeat(n)),
                format!("open{}", " OR open".repeat(n)),
                format!("{}name{} = 'a'", "CASEI(".repeat(n), ")".repeat(n)),
                format!("{}1,2{} = 1", "(".repeat(n), "),2".repeat(n)),
                format!("count IN ({}1{})", "1,(".repeat(n), ")".repeat(n)),
                format!("S_INTERSECTS(place, {}POINT(1 1){})", "GEOMETRYCOLLECTION(".repeat(n), ")".repeat(n)),
            ];
            for filter in texts {
                let result = text(&filter);
                assert!(n < 400 || result.is_err(), "{n}: {}", &filter[..60]);
                if let Ok(filter) = result {
                    let _ = filter.eval(&Row::default());
                }
            }
            let jsons = [
                format!("{}true{}", r#"{"op":"not","args":["#.repeat(n), "]}".repeat(n)),
                format!("{}1{}", "[".repeat(n), "]".repeat(n)),
                format!("{}1{}", r#"{"interval":["..","#.repeat(n), "]}".repeat(n)),
                "[".repeat(n),
                r#"{"a":"#.repeat(n),
            ];
            for filter in jsons {
                assert!(n < 64 || json(&filter).is_err(), "{n}: {}", &filter[..60]);
            }
        }
    });
}

#[test]
fn the_deepest_text_that_passes_the_caps_fits_a_small_stack() {
    on_two_mebibytes(|| {
        // As many parentheses as may be, and the rest of the levels in a chain before each or at the bottom.
        let bottom = format!("{}count{}{} > 1", "(".repeat(64), "+1".repeat(230), ")".repeat(64));
        let spread = format!("{}1{} > 1", "1+1+1+(".repeat(64), ")".repeat(64));
        let negated = format!("{}open", "NOT ".repeat(299));
        let signs = format!("0 < {}count", "- ".repeat(290));
        for filter in [bottom, spread, negated, signs] {
            assert!(nesting::check(&filter).is_ok(), "{filter}");
            let compiled = text(&filter).unwrap_or_else(|e| panic!("{filter}: {e}"));
            let _ = compiled.eval(&Row { count: Some(1), open: Some(true), ..Row::default() });
            let _ = format!("{:?}", compiled.bounds(super::PLACE));
        }
    });
}

#[test]
fn a_mistake_inside_many_parentheses_does_not_double_the_work_with_each() {
    // Would take 2^60 steps: this test ends because the parser is stopped.
    for inside in ["count = ", "1,2", "count = 1 2", "'a"] {
        assert!(text(&format!("{}{inside}{}", "(".repeat(60), ")".repeat(60))).is_err());
    }
    assert!(text(&format!("{}1,2{} = 1", "(".repeat(60), "),2)".repeat(60))).is_err());
}

#[test]
fn the_longest_texts_that_make_sense_are_within_the_parsers_steps() {
    let fill = |head: &str, part: &str, tail: &str| {
        let times = (MAX_BYTES - head.len() - tail.len()) / part.len();
        format!("{head}{}{tail}", part.repeat(times))
    };
    let lists = [
        fill("count IN (", "1,", "1)"),
        fill("name IN (", "'abcdefgh',", "'z')"),
        fill("name = '", "x", "'"),
        fill("S_INTERSECTS(place, MULTIPOINT(", "9.123456 47.123456, ", "1 1))"),
        fill("S_INTERSECTS(place, POLYGON((0 0, ", "9.123456 47.123456, ", "1 1, 0 0)))"),
        fill(
            "S_INTERSECTS(place, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)),",
            "((0 0, 1 0, 1 1, 0 0)),",
            "((0 0, 1 0, 1 1, 0 0))))",
        ),
        format!("open{}", " OR (name = 'abcdefgh' AND count > 12)".repeat(140)),
    ];
    for filter in lists {
        assert!(filter.len() <= MAX_BYTES);
        if let Err(error) = text(&filter) {
            panic!("{}…: {error}", &filter[..60]);
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let table = [
        ("person > 3", "'person' is not a property that can be filtered by: those are name, other, tags, count, share"),
        ("count > 'a'", "'count' is not comparable here: '>' was given a number and a text"),
        ("name LIKE other", "'other' is not a pattern"),
        ("count LIKE 'a%'", "'count' is not a text; it is a number"),
        ("S_INTERSECTS(name, POINT(1 1))", "'name' is not a geometry; it is a text"),
        ("T_AFTER(name, DATE('2026-01-01'))", "'name' is not a date, timestamp or interval; it is a text"),
        ("A_CONTAINS(name, ('a'))", "'name' is not a list of texts"),
        ("A_OVERLAPS(tags, ('a', 1))", "'1' is not a text, as every member of a list is"),
        ("A_EQUALS(('a', TRUE), tags)", "'true' is not a text, as every member of a list is"),
        ("A_CONTAINS(tags, (DATE('2026-01-01'), 'a'))", "'2026-01-01' is not a text, as every member of a list is"),
        ("count IN (1, 'a')", "'count' is not comparable here: 'in' was given a number and a text"),
        ("name IN ('a', 1, TRUE)", "'name' is not comparable here: 'in' was given a text and a number"),
        ("count", "'count' is not a condition"),
        ("count = 1 oder open", "'oder open' is not CQL2 text, from here on: character 11"),
        ("count = ", "is not complete CQL2 text"),
        ("", "is not complete CQL2 text"),
        ("name = NULL", "'null' is not a value: NULL equals nothing, ask IS NULL"),
        ("at > DATE('2026-13-01')", "'2026-13-01' is not a date as"),
        ("at > TIMESTAMP('yesterday')", "'yesterday' is not a timestamp as"),
        ("T_DURING(at, INTERVAL('2026-02-01', '2026-01-01'))", "'the interval' is not in order"),
        ("S_INTERSECTS(place, POINT(181 1))", "'181 1' is not in range: a longitude"),
        ("S_INTERSECTS(place, BBOX(1, 5, 2, 4))", "is not in order: south lies at or below north"),
        ("S_INTERSECTS(place, BBOX(1, 5, 2))", "is not a bbox of four or six numbers"),
        ("S_INTERSECTS(place, POLYGON((0 0, 1 0, 1 1)))", "is not a polygon of rings"),
        ("S_INTERSECTS(place, POLYGON EMPTY)", "is not an array of at least one part"),
        ("Foo(count) = 1", "'Foo' is not a function that is offered"),
        ("count > 1e999", "is not"),
        ("S_INTERSECTS(place)", "'s_intersects' is not given 2 operands, but 1"),
    ];
    for (filter, expected) in table {
        let error = text(filter).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(expected), "{filter}: {error}");
        assert_eq!(error.field, "filter");
    }
    for (filter, expected) in [
        ("{", "CQL2 JSON"),
        ("null", "NULL equals nothing"),
        (r#"{"op":"=","args":[{"property":"count"}]}"#, "given 2 operands, but 1"),
        (r#"{"op":"=","args":[{"property":"count"},1],"more":1}"#, "an object with op and args"),
        (r#"{"op":"in","args":[{"property":"count"},[]]}"#, "a list of at least one value"),
        (r#"{"op":"and","args":[]}"#, "at least one operand"),
        (r#"{"type":"Circle"}"#, "a geometry: a Point"),
    ] {
        let error = json(filter).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(expected), "{filter}: {error}");
    }
}

#[test]
fn noise_is_refused_without_a_panic() {
    use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
    const PARTS: [&str; 40] = [
        "count",
        "name",
        "place",
        "tags",
        "at",
        "=",
        "<>",
        "<",
        "AND",
        "OR",
        "NOT",
        "IN",
        "LIKE",
        "BETWEEN",
        "IS",
        "NULL",
        "(",
        ")",
        "(",
        ")",
        ",",
        "'a'",
        "1",
        "-",
        "+",
        "2.5",
        "1e5",
        "DATE('2026-01-01')",
        "INTERVAL(",
        "'..'",
        "POINT(1 1)",
        "S_INTERSECTS(",
        "BBOX(",
        "POLYGON((",
        "0 0,",
        "A_CONTAINS(",
        "CASEI(",
        "\"",
        "'",
        "é",
    ];
    let mut rng = StdRng::seed_from_u64(7);
    for _ in 0..5_000 {
        let words = rng.random_range(1..14);
        let filter: Vec<&str> = (0..words).map(|_| PARTS[rng.random_range(0..PARTS.len())]).collect();
        if let Ok(filter) = text(&filter.join(" ")) {
            let _ = filter.eval(&Row::default());
        }
    }
}
