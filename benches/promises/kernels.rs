//! What the promises are made of, measured by criterion in this process: one question, one tile.

use super::client::RUNTIME_STARTS;
use super::ground::{Ground, Outcome};
use super::table::Table;
use super::tiles::around;
use criterion::{Bencher, Criterion};
use melonmap::app::{App, AppSettings, Caller, TileCoding, TileRequest, open_store};
use melonmap::geom::locate::Prepared;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// The median of what criterion measured, seconds an iteration.
pub fn timed(ground: &Ground, name: &str, routine: impl FnMut(&mut Bencher<'_>)) -> Outcome<f64> {
    let dir = ground.dir().join("criterion");
    let criterion = Criterion::default().without_plots().sample_size(20).output_directory(&dir);
    let mut short = criterion.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    short.bench_function(name, routine);
    let estimates = std::fs::read_to_string(dir.join(name).join("new/estimates.json"))?;
    let estimates: serde_json::Value = serde_json::from_str(&estimates)?;
    let nanoseconds = estimates["median"]["point_estimate"].as_f64().ok_or("criterion tells no median")?;
    Ok(nanoseconds / 1e9)
}

/// One of each.
pub fn measure(ground: &mut Ground, table: &mut Table) -> Outcome {
    let state = ground.state()?;
    let polygons: Vec<Prepared> =
        state.living_areas().take(1_000).map(|(_, entry)| Prepared::new(&entry.area.geometry)).collect();
    let places: Vec<_> = ground.points.sample.iter().step_by(100).map(|(_, at)| at.coord()).collect();
    let mut turn = (0_usize..).cycle();
    let took = timed(ground, "contains", |b| {
        b.iter(|| {
            let i = turn.next().unwrap_or_default();
            black_box(polygons[i % polygons.len()].contains(black_box(places[i % places.len()])))
        });
    })?;
    table.figure("one point, one Voronoi polygon", format!("{:.0} ns", took * 1e9));
    drop(state);
    tiles(ground, table)
}

/// A tile without HTTP and without its cache.
fn tiles(ground: &mut Ground, table: &mut Table) -> Outcome {
    let path = ground.divided()?.store;
    let state = ground.state()?;
    let store = open_store(&path.to_string_lossy(), false, "melonmap bench")?;
    let app = App::start(store, state, &AppSettings { tile_cache_bytes: 0, outside: None, keys: Arc::default() });
    let admin = app.caller(Some(&ground.divided()?.token))?;
    let runtime = tokio::runtime::Runtime::new().expect(RUNTIME_STARTS);
    for (layers, z) in [("households", 8), ("households", 14), ("areas", 8), ("areas", 12)] {
        let tiles = around(&ground.points, z, 200);
        let layers = app.layers(layers)?;
        let mut turn = tiles.iter().cycle();
        let took = timed(ground, &format!("tile-{layers}-{z}"), |b| {
            b.iter(|| {
                let tile = *turn.next().expect("a cycle has no end");
                let request = TileRequest { layers, tile, campaign: None, level: None, filter: None, as_of: None };
                runtime.block_on(app.tile(&admin, request, TileCoding::Identity)).map(|body| body.is_empty())
            });
        })?;
        table
            .figure(format!("a tile of `{layers}` at zoom {z}, gathered and encoded"), format!("{:.2} ms", took * 1e3));
    }
    // The public sees areas and no household; a bench that measured refusals would be fast.
    let refused = TileRequest {
        layers: app.layers("households")?,
        tile: around(&ground.points, 8, 1)[0],
        campaign: None,
        level: None,
        filter: None,
        as_of: None,
    };
    if runtime.block_on(app.tile(&Caller::public(), refused, TileCoding::Identity)).is_ok() {
        return Err("the public was shown households".into());
    }
    Ok(())
}
