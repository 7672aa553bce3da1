//! Promise: a change is in every affected tile and rate at the next request.

use super::client::{Connection, get};
use super::data::Points;
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::Table;
use super::visits::{Visits, found_campaign};
use melonmap::geom::{TileId, World};
use std::time::Instant;

/// Visits that are looked after, one by one.
const ROUNDS: usize = 300;
/// Zooms whose tiles are looked at: cells, and single households.
const ZOOMS: [u8; 2] = [8, 16];

/// A visit is sent; then the tiles that hold its household and the figures of its area are asked for, once. Each must have
/// changed; the tile cache is on.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let store = ground.dir().join("fresh.db");
    std::fs::copy(&divided.store, &store)?;
    let server = Server::start(&store, 128)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (fresh, took) = runtime.block_on(rounds(&server, &divided.token, &ground.points))?;
    let what = format!("visits seen in two tiles and their area's figures at the next request, of {ROUNDS}");
    table.promise(
        what,
        format!("{ROUNDS}"),
        format!("{fresh}, in {:.1} ms each with the visit", took * 1e3),
        fresh == ROUNDS,
    );
    Ok(())
}

/// How many were seen, and seconds from sending a visit until all three had answered.
async fn rounds(server: &Server, token: &str, points: &Points) -> Outcome<(usize, f64)> {
    let mut connection = Connection::open(server.address).await?;
    found_campaign(&mut connection, token).await?;
    let mut visits = Visits::new(points, 3);
    let (mut fresh, mut seconds) = (0, 0.0);
    for n in 0..ROUNDS {
        // Different places, so that no household is visited twice.
        let (code, at) = &points.sample[n * 541 % points.sample.len()];
        let tiles = ZOOMS.map(|z| get(&format!("/tiles/households/{}", TileId::at(World::of(*at), z)), token));
        let mut before = Vec::new();
        for tile in &tiles {
            before.push(connection.ask(tile).await?.field("etag").unwrap_or_default().to_owned());
        }
        let area = area_of(&mut connection, code, token).await?;
        let path = get(&format!("/api/areas/{area}"), token);
        let figures = connection.ask(&path).await?.body.to_owned();
        let start = Instant::now();
        let stored = connection.ask(&visits.request(code, token)).await?;
        let mut seen = stored.status == 200 && stored.body.windows(8).any(|w| w == b"\"stored\"");
        for (tile, before) in tiles.iter().zip(&before) {
            let answer = connection.ask(tile).await?;
            seen &= answer.status == 200 && answer.field("etag").is_some_and(|etag| etag != before);
        }
        seen &= connection.ask(&path).await?.body != figures;
        seconds += start.elapsed().as_secs_f64();
        fresh += usize::from(seen);
    }
    #[allow(clippy::cast_precision_loss)] // for people
    Ok((fresh, seconds / ROUNDS as f64))
}

async fn area_of(connection: &mut Connection, code: &str, token: &str) -> Outcome<String> {
    // Plain, because it is read here; a code may hold blanks.
    let code = code.replace(' ', "%20");
    let request =
        format!("GET /api/households/{code} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n");
    let answer: serde_json::Value = serde_json::from_slice(connection.ask(request.as_bytes()).await?.body)?;
    Ok(answer["area"].as_str().ok_or("a household without an area")?.to_owned())
}
