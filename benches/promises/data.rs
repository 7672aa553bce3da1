//! The points: 1,684,769 rows in EPSG:27700, 84 of them without a place.
//!
//! Code-Point Open of 2014-08 where it is at hand (`MELONMAP_BENCH_DATA`, or `../shared/data/gb/`); else as many rows with the
//! same columns, made from a fixed seed, and the table says so.

use super::ground::Outcome;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use melonmap::geom::LonLat;
use melonmap::geom::crs::{Crs, Reprojector};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows of the file.
pub const ROWS: u64 = 1_684_769;
/// Rows without a place.
pub const BAD: u64 = 84;
const NAME: &str = "gb_codepoint_open_2014-08.csv.gz";

/// The points, by code.
pub struct Points {
    /// Where the CSV is.
    pub file: PathBuf,
    /// What it is, for the table.
    pub source: String,
    /// Every tenth point with a place.
    pub sample: Vec<(String, LonLat)>,
}

impl Points {
    /// Finds the file or makes one in a folder.
    pub fn find(dir: &Path) -> Outcome<Points> {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/gb").join(NAME);
        let named = std::env::var_os("MELONMAP_BENCH_DATA").map(PathBuf::from);
        let (file, source) = if let Some(file) = named.or_else(|| beside.exists().then_some(beside)) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (file, format!("Data: {name}, {ROWS} rows, EPSG:27700"))
        } else {
            return Points::generated(&dir.join("generated.csv.gz"), ROWS);
        };
        let sample = sample(&file)?;
        Ok(Points { file, source, sample })
    }

    /// So many rows, made from a fixed seed where the file is not there; [`BAD`] of them have no place. At most 17 million.
    pub fn generated(file: &Path, rows: u64) -> Outcome<Points> {
        if !file.exists() {
            generate(file, rows)?;
        }
        let source = format!(
            "Data: **generated** from a fixed seed: {rows} rows with the columns of Code-Point Open, EPSG:27700"
        );
        Ok(Points { file: file.to_owned(), source, sample: sample(file)? })
    }
}

/// Every tenth point that has a place.
fn sample(file: &Path) -> Outcome<Vec<(String, LonLat)>> {
    let mut rows = csv::Reader::from_reader(MultiGzDecoder::new(BufReader::new(File::open(file)?)));
    let british = Reprojector::new(Crs::Epsg(27_700))?;
    let mut record = csv::StringRecord::new();
    let mut sample = Vec::new();
    let mut row = 0_u64;
    while rows.read_record(&mut record)? {
        let (x, y): (f64, f64) = (record[2].parse()?, record[3].parse()?);
        if row.is_multiple_of(10) && (x, y) != (0.0, 0.0) {
            sample.push((record[0].to_owned(), british.lonlat(x, y)?));
        }
        row += 1;
    }
    Ok(sample)
}

/// Towns of many sizes in the box of Great Britain, and points around them: dense inside, thin outside.
fn generate(file: &Path, rows: u64) -> Outcome {
    let mut rng = StdRng::seed_from_u64(27_700);
    let towns: Vec<(f64, f64, f64)> = (0..3_000)
        .map(|_| {
            let size = 400.0 + 12_000.0 * rng.random::<f64>().powi(6);
            (rng.random_range(180_000.0..620_000.0), rng.random_range(60_000.0..980_000.0), size)
        })
        .collect();
    // Under another name until it is whole.
    let unfinished = file.with_extension("part");
    let mut to = GzEncoder::new(BufWriter::new(File::create(&unfinished)?), Compression::fast());
    writeln!(to, "postcode,pq,easting,northing,district,ward")?;
    for row in 0..rows {
        let code = code(row);
        if row % (rows / BAD) == 7 && row / (rows / BAD) < BAD {
            writeln!(to, "{code},90,0,0,,")?;
            continue;
        }
        // Taken by size, so that large towns have more points.
        let pick = rng.random::<f64>();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 2,999
        let n = (pick * pick * 3_000.0) as usize;
        let (x, y, size) = towns[n];
        let mut off = || size * (rng.random::<f64>() + rng.random::<f64>() + rng.random::<f64>() - 1.5);
        writeln!(to, "{code},10,{:.0},{:.0},E{:08},E{row:08}", x + off(), y + off(), n)?;
    }
    to.finish()?.flush()?;
    std::fs::rename(&unfinished, file)?;
    Ok(())
}

/// Seven letters and digits that look like a postcode, each once.
fn code(row: u64) -> String {
    let letter = |n: u64| char::from(b'A' + u8::try_from(n % 26).expect("less than 26"));
    let (a, b, c, d) = (letter(row / 676_000), letter(row / 26_000), letter(row / 1_000), row % 1_000);
    format!("{a}{b}{:02}{d:03}{c}", row % 97)
}
