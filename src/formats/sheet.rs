//! A small table out, as CSV.

use csv::Writer;

/// A header and rows as CSV text (RFC 4180), for tables that fit in memory.
#[must_use]
pub fn csv_text(header: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    const WRITES: &str = "a Vec takes all that is written to it";
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(header).expect(WRITES);
    for row in rows {
        writer.write_record(&row).expect("every row has as many cells as the header, and a Vec takes them");
    }
    String::from_utf8(writer.into_inner().expect(WRITES)).expect("text in, text out")
}

/// One row, with its line end.
#[must_use]
pub fn csv_row(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(cells).expect("a Vec takes all that is written to it");
    writer.into_inner().expect("a Vec takes all that is written to it")
}

#[cfg(test)]
mod tests {
    use super::csv_text;

    #[test]
    fn what_needs_quotes_gets_them() {
        let rows = [vec!["a,b".to_owned(), "say \"hi\"".to_owned()]];
        let text = csv_text(&["x".to_owned(), "y".to_owned()], rows.into_iter());
        assert_eq!(text, "x,y\n\"a,b\",\"say \"\"hi\"\"\"\n");
    }
}
