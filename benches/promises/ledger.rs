//! Promise: the ledger of a county goes out and comes back while somebody waits.

use super::client::{Connection, RUNTIME_STARTS, get_plain};
use super::ground::{Ground, Outcome};
use super::process::{Server, run};
use super::table::{Table, count, kilobytes, median};
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Households of a county.
const HOUSEHOLDS: usize = 17_000;
/// How often each is asked.
const TIMES: usize = 5;
/// What is asked for, seconds.
const LONGEST_OUT: f64 = 2.0;
const LONGEST_BACK: f64 = 5.0;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A county of its own in one Area; each household has an address, its number of persons and a status.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let store = store(ground.dir())?;
    let path = store.to_string_lossy();
    let token = run(["token", "create", "--store", &path, "--role", "admin"])?.said.trim().to_owned();
    let server = Server::start(&store, 64)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect(RUNTIME_STARTS);
    let (out, back, bytes) = runtime.block_on(async {
        let mut connection = Connection::open(server.address).await?;
        let (mut out, mut back, mut bytes) = (Vec::new(), Vec::new(), 0);
        for _ in 0..TIMES {
            let start = Instant::now();
            let answer = connection.ask(&get_plain("/api/ledger?area=all", &token)).await?;
            if answer.status != 200 {
                return Err(format!("the ledger was answered with {}", answer.status).into());
            }
            out.push(start.elapsed().as_secs_f64());
            let file = answer.body.to_vec();
            bytes = file.len() as u64;
            let start = Instant::now();
            let answer = connection.ask(&workbook("/api/ledger/check", &token, &file)).await?;
            back.push(start.elapsed().as_secs_f64());
            same(answer.status, answer.body)?;
        }
        Ok::<_, Box<dyn std::error::Error>>((median(&out), median(&back), bytes))
    })?;
    let rows = count(HOUSEHOLDS as u64);
    let what = format!("ledger of {rows} households out, as a workbook ({})", kilobytes(bytes));
    table.promise(what, "≤ 2 s", format!("{out:.2} s"), out <= LONGEST_OUT);
    let what = format!("the same back in: {rows} rows read and compared with the map");
    table.promise(what, "≤ 5 s", format!("{back:.2} s"), back <= LONGEST_BACK);
    Ok(())
}

/// Refuses a figure of something else: every row was read, and none differs.
fn same(status: u16, body: &[u8]) -> Outcome {
    let report: Value = serde_json::from_slice(body)?;
    let counts = &report["counts"];
    if status == 200 && counts["rows"] == HOUSEHOLDS && counts["unchanged"] == HOUSEHOLDS {
        Ok(())
    } else {
        Err(format!("the check was answered with {status}: {counts}").into())
    }
}

fn workbook(path: &str, token: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: {XLSX}\r\n\
         Content-Length: {}\r\n\r\n",
        file.len()
    );
    [head.as_bytes(), file].concat()
}

fn store(dir: &Path) -> Outcome<PathBuf> {
    let (store, areas, homes) = (dir.join("ledger.db"), dir.join("ledger.geojsonl"), dir.join("ledger.csv"));
    let ring = [[119.0, 28.0], [119.2, 28.0], [119.2, 28.2], [119.0, 28.2], [119.0, 28.0]];
    let area = serde_json::json!({
        "type": "Feature", "properties": { "code": "all", "name": "All", "level": "county" },
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    });
    std::fs::write(&areas, format!("{area}\n"))?;
    let mut rows = "code,x,y,address,persons,status\n".to_owned();
    for n in 0..HOUSEHOLDS {
        #[allow(clippy::cast_precision_loss)] // some thousand
        let (x, y) = (119.01 + (n % 150) as f64 * 0.001, 28.01 + (n / 150) as f64 * 0.001);
        let status = if n % 20 == 0 { "vacant" } else { "occupied" };
        writeln!(rows, "H{n:06},{x:.3},{y:.3},西瓜路 {n} 号,{},{status}", n % 7)?;
    }
    std::fs::write(&homes, rows)?;
    for (kind, file) in [("areas", &areas), ("households", &homes)] {
        run(["import", kind, &file.to_string_lossy(), "--store", &store.to_string_lossy()])?;
    }
    Ok(store)
}
