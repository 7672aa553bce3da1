//! A ledger as long as there are.

use super::*;

#[test]
fn two_hundred_thousand_rows_go_through_in_bounded_memory() {
    let place = Place::new();
    let mut sheet = Sheet::new(&["Code", "Address", "Persons", "Status"]);
    sheet = sheet.row(&["HH00", "Melon Lane 1700", "5", "Lived in"]);
    let file = sheet
        .with(|page| {
            for row in 2..200_000u32 {
                page.write_string(row, 0, format!("X{row:07}")).unwrap();
                page.write_string(row, 1, format!("Melon Lane {row}")).unwrap();
                page.write_number(row, 2, f64::from(row % 9)).unwrap();
                page.write_string(row, 3, "Lived in").unwrap();
            }
        })
        .done();
    assert!(file.len() < 8_000_000, "{} bytes fit into what the service takes", file.len());
    let before = place.server.most_memory();
    let report = check(&place.client("member"), &file).json();
    let counts = &report["counts"];
    assert_eq!(
        (&counts["rows"], &counts["changed"], &counts["unmatched"]),
        (&json!(199_999), &json!(1), &json!(199_998))
    );
    assert_eq!(report["unmatched"].as_array().unwrap().len(), 20_000, "listed as far as anybody looks");
    assert_eq!(report["unmatched"][600]["not_looked_for"], true);
    let grown = place.server.most_memory().saturating_sub(before);
    assert!(grown < 300 << 10, "{grown} kB more for {} bytes", file.len());
    let over = Sheet::new(&["Code", "Persons"])
        .with(|page| {
            for row in 1..=250_001 {
                page.write_number(row, 1, 1.0).unwrap();
            }
        })
        .done();
    let problem = check(&place.client("member"), &over).problem(400);
    assert!(problem["detail"].as_str().unwrap().contains("250000 rows"), "{problem}");
}
