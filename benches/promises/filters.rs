//! What a filter costs at a low zoom, where a tile holds very many households. Nothing is asked of these figures.

use super::client::{get_gzip, load};
use super::ground::{Ground, Outcome};
use super::process::Server;
use super::table::Table;
use super::tiles::{around, path};

/// The zooms, and how often each is asked for with each filter.
const ZOOMS: [u8; 3] = [0, 6, 8];
const REQUESTS: usize = 60;
/// As CQL2 text in a URL: a field that the pyramid counts by, and one that it does not know.
const FILTERS: [(&str, &str); 2] = [("status", "status%3D'occupied'"), ("persons", "persons%20IS%20NULL")];

/// One asker, so that the time is that of one tile; the cache is off.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let divided = ground.divided()?;
    let server = Server::start(&divided.store, 0)?;
    for (field, filter) in FILTERS {
        for z in ZOOMS {
            let tiles = around(&ground.points, z, REQUESTS);
            let requests = tiles.iter().cycle().take(REQUESTS);
            let requests = requests.map(|tile| get_gzip(&format!("{}?filter={filter}", path(*tile)), &divided.token));
            let answers = load(server.address, 1, requests.collect(), |answer| answer.status == 200)?;
            let measured = format!("p50 {:.1} ms, p99 {:.1} ms", answers.quantile(0.5), answers.quantile(0.99));
            table.figure(format!("a tile of zoom {z} with a filter on `{field}`, one asker"), measured);
        }
    }
    Ok(())
}
