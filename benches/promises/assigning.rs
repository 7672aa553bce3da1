//! The door of assignment, from the request to the last byte of the plan: what a coordinator waits for.

use super::client::{Connection, RUNTIME_STARTS, post};
use super::ground::{Ground, Outcome};
use super::process::{Server, run};
use super::table::{Table, count};
use geo::Coord;
use melonmap::analysis::assignment::Household;
use melonmap::geom::Plane;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What is asked for, seconds.
const LONGEST: f64 = 5.0;
/// Households that one request gives to a member, at most.
const GIVEN: usize = 10_000;

/// Plans for these households and as many members as they know, in a store of their own.
pub fn through_the_door(ground: &Ground, table: &mut Table, plane: &Plane, households: &[Household]) -> Outcome {
    let members = households.iter().filter_map(|household| household.known).max().map_or(0, |most| most as usize + 1);
    let store = store(ground.dir(), plane, households)?;
    let path = store.to_string_lossy();
    let token = run(["token", "create", "--store", &path, "--role", "admin"])?.said.trim().to_owned();
    let server = Server::start(&store, 64)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect(RUNTIME_STARTS);
    let (seconds, bytes) = runtime.block_on(async {
        let mut connection = Connection::open(server.address).await?;
        found(&mut connection, &token, members).await?;
        give(&mut connection, &token, households, members).await?;
        let start = Instant::now();
        let answer = connection.ask(&post("/api/teams/T/assignment/plan", &token, "{}")).await?;
        if answer.status != 200 {
            return Err(format!("the plan was answered with {}", answer.status).into());
        }
        Ok::<_, Box<dyn std::error::Error>>((start.elapsed().as_secs_f64(), answer.body.len()))
    })?;
    let what = format!(
        "the same asked of the server: read, planned, told household by household ({} kB)",
        count(bytes as u64 / 1_000)
    );
    table.promise(what, "≤ 5 s", format!("{seconds:.1} s"), seconds <= LONGEST);
    Ok(())
}

/// One Area around all of them.
fn store(dir: &Path, plane: &Plane, households: &[Household]) -> Outcome<PathBuf> {
    let (store, areas, homes) = (dir.join("team.db"), dir.join("team.geojsonl"), dir.join("team.csv"));
    let places: Vec<Coord<f64>> = households.iter().map(|household| plane.unproject(household.at)).collect();
    let ends = |axis: fn(&Coord<f64>) -> f64| {
        places.iter().map(axis).fold((f64::MAX, f64::MIN), |(least, most), v| (least.min(v), most.max(v)))
    };
    let ((west, east), (south, north)) = (ends(|at| at.x), ends(|at| at.y));
    // A household on the border itself may be told to lie outside of it.
    let (west, south, east, north) = (west - 0.001, south - 0.001, east + 0.001, north + 0.001);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    let area = serde_json::json!({
        "type": "Feature", "properties": { "code": "all", "name": "All", "level": "grid" },
        "geometry": { "type": "Polygon", "coordinates": [ring] },
    });
    std::fs::write(&areas, format!("{area}\n"))?;
    let mut rows = "code,x,y\n".to_owned();
    for (n, at) in places.iter().enumerate() {
        writeln!(rows, "H{n:06},{},{}", at.x, at.y)?;
    }
    std::fs::write(&homes, rows)?;
    for (kind, file) in [("areas", &areas), ("households", &homes)] {
        run(["import", kind, &file.to_string_lossy(), "--store", &store.to_string_lossy()])?;
    }
    Ok(store)
}

/// The users and their Team.
async fn found(connection: &mut Connection, token: &str, members: usize) -> Outcome {
    let today = jiff::Zoned::now().date();
    let mut all = Vec::with_capacity(members);
    for n in 0..members {
        let user = serde_json::json!({ "name": format!("m{n:03}"), "role": "member", "areas": [] });
        expect(connection, &post("/api/users", token, &user.to_string())).await?;
        all.push(serde_json::json!({ "user": user["name"], "from": today }));
    }
    let team = serde_json::json!({ "name": "T", "members": all, "areas": [{ "area": "all", "from": today }] });
    let request = String::from_utf8(post("/api/teams/T", token, &team.to_string()))?.replacen("POST", "PUT", 1);
    expect(connection, request.as_bytes()).await
}

/// Each household to the member whom it knows.
async fn give(connection: &mut Connection, token: &str, households: &[Household], members: usize) -> Outcome {
    let mut of: Vec<Vec<String>> = vec![Vec::new(); members];
    for (n, household) in households.iter().enumerate() {
        if let Some(member) = household.known {
            of[member as usize].push(format!("H{n:06}"));
        }
    }
    for (n, codes) in of.iter().enumerate() {
        for part in codes.chunks(GIVEN) {
            let body = serde_json::json!({ "member": format!("m{n:03}"), "households": part });
            expect(connection, &post("/api/teams/T/assignment", token, &body.to_string())).await?;
        }
    }
    Ok(())
}

async fn expect(connection: &mut Connection, request: &[u8]) -> Outcome {
    let answer = connection.ask(request).await?;
    let said = String::from_utf8_lossy(answer.body);
    if (200..300).contains(&answer.status) { Ok(()) } else { Err(format!("{}: {said}", answer.status).into()) }
}
