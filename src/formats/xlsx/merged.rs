//! Merged cells: what a row under one has.

use super::cell::{CellAt, CellValue, SheetCell};

/// A range of cells, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// Its upper left cell, which has the value.
    pub first: CellAt,
    /// Its lower right cell.
    pub last: CellAt,
}

/// A range as a file writes it: `B3:C7`, or one cell; `None` for what is none, and for one that ends before it begins.
pub fn range(written: &str) -> Option<Merge> {
    let (first, last) = written.split_once(':').unwrap_or((written, written));
    let (first, last) = (cell_at(first)?, cell_at(last)?);
    (first.row <= last.row && first.column <= last.column).then_some(Merge { first, last })
}

fn cell_at(written: &str) -> Option<CellAt> {
    let bare = written.replace('$', "");
    let letters = bare.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = bare.split_at(letters);
    let digits = !row.is_empty() && row.bytes().all(|b| b.is_ascii_digit());
    if !(1..=3).contains(&letters) || !digits {
        return None;
    }
    let one = |b: u8| u32::from(b.to_ascii_uppercase() - b'A') + 1;
    let column = column.bytes().fold(0, |all, b| all * 26 + one(b));
    let row = row.parse::<u32>().ok().filter(|row| (1..=1_048_576).contains(row))?;
    (column <= 16_384).then_some(CellAt { row: row - 1, column: column - 1 })
}

/// The merged cells that a walk down the rows is under.
pub struct Under<'a> {
    ahead: &'a [Merge],
    open: Vec<(Merge, CellValue)>,
}

impl<'a> Under<'a> {
    /// `merges` by their first row.
    pub fn new(merges: &'a [Merge]) -> Under<'a> {
        Under { ahead: merges, open: Vec::new() }
    }

    /// Gives a row what it has of merged cells; rows come in their order. `None` where more of them lie side by side than there are
    /// columns: no sheet can be so.
    pub fn row(&mut self, row: u32, cells: &mut Vec<SheetCell>, most: u32) -> Option<()> {
        self.open.retain(|(merge, _)| merge.last.row >= row);
        while let Some((next, rest)) = self.ahead.split_first().filter(|(next, _)| next.first.row <= row) {
            self.ahead = rest;
            if next.last.row < row {
                continue; // no row of it is written down
            }
            let own = cells.iter().find(|cell| cell.column == next.first.column && next.first.row == row);
            self.open.push((*next, own.map_or(CellValue::Empty, |cell| cell.value.clone())));
        }
        if self.open.len() > most as usize {
            return None;
        }
        for (merge, value) in &self.open {
            for column in merge.first.column..=merge.last.column.min(most) {
                let covered = column > merge.first.column;
                let merged = !covered && merge.first.row < row;
                if !covered && !merged {
                    continue; // the cell itself
                }
                let value = if merged { value.clone() } else { CellValue::Empty };
                let cell = SheetCell { column, value, formula: false, merged, covered };
                match cells.binary_search_by_key(&column, |cell| cell.column) {
                    Ok(at) => cells[at] = cell,
                    Err(at) => cells.insert(at, cell),
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_and_what_is_none_is_not() {
        let at = |row, column| CellAt { row, column };
        assert_eq!(range("B3:C7"), Some(Merge { first: at(2, 1), last: at(6, 2) }));
        assert_eq!(range("$AA$10"), Some(Merge { first: at(9, 26), last: at(9, 26) }));
        for bad in ["", "A", "1", "A0", "B3:A1", "A2:A1", "XFE1", "A1048577", "A1:B", "Ä1", "A1B", "AAAA1", "A-1"] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }
}
