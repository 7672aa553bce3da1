//! The one table.

use super::ground::Outcome;
use std::io::Write;

/// What was asked for, measured and found.
struct Row {
    what: String,
    asked: String,
    measured: String,
    met: Option<bool>,
}

/// Rows under what the machine and the data are. Each is told on standard error as soon as it is known.
pub struct Table {
    machine: String,
    data: String,
    rows: Vec<Row>,
}

impl Table {
    /// An empty one.
    pub fn new(machine: String, data: String) -> Table {
        eprintln!("{machine}\n{data}");
        Table { machine, data, rows: Vec::new() }
    }

    /// A figure of which nothing was asked.
    pub fn figure(&mut self, what: impl Into<String>, measured: impl Into<String>) {
        self.push(Row { what: what.into(), asked: "–".into(), measured: measured.into(), met: None });
    }

    /// A figure that had to be met.
    pub fn promise(
        &mut self,
        what: impl Into<String>,
        asked: impl Into<String>,
        measured: impl Into<String>,
        met: bool,
    ) {
        self.push(Row { what: what.into(), asked: asked.into(), measured: measured.into(), met: Some(met) });
    }

    fn push(&mut self, row: Row) {
        eprintln!("  {}: {} ({})", row.what, row.measured, row.verdict());
        self.rows.push(row);
    }

    /// Whether nothing that was asked for was missed.
    pub fn met(&self) -> bool {
        self.rows.iter().all(|row| row.met != Some(false))
    }

    /// Markdown, on standard output.
    pub fn print(&self) -> Outcome {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n{}\n\n{}\n", self.machine, self.data)?;
        writeln!(out, "| what | asked | measured | verdict |\n|---|---|---|---|")?;
        for row in &self.rows {
            writeln!(out, "| {} | {} | {} | {} |", row.what, row.asked, row.measured, row.verdict())?;
        }
        let missed = self.rows.iter().filter(|row| row.met == Some(false)).count();
        let asked = self.rows.iter().filter(|row| row.met.is_some()).count();
        writeln!(out, "\n{} of {asked} numbers met", asked - missed)?;
        Ok(())
    }
}

impl Row {
    fn verdict(&self) -> &'static str {
        match self.met {
            None => "–",
            Some(true) => "met",
            Some(false) => "**missed**",
        }
    }
}

/// Thousands parted by commas.
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

/// A rate, without its fraction.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // for people
pub fn whole(rate: f64) -> String {
    count(rate as u64)
}

/// Millions of bytes.
#[allow(clippy::cast_precision_loss)] // for people
pub fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}

/// Thousands of bytes, small ones with a fraction.
#[allow(clippy::cast_precision_loss)] // for people
pub fn kilobytes(bytes: u64) -> String {
    if bytes < 10_000 { format!("{:.1} kB", bytes as f64 / 1e3) } else { format!("{} kB", count(bytes / 1_000)) }
}

/// The middle one of an odd number of figures.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Figures as a list.
pub fn listed(figures: &[f64]) -> String {
    figures.iter().map(|f| format!("{f:.2}")).collect::<Vec<_>>().join(", ")
}
