//! What the parts share: a folder, the points, and the stores made of them.

use super::cells;
use super::data::Points;
use super::process::{Ran, run};
use melonmap::app::{load, open_store_to_look};
use melonmap::state::State;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What went wrong ends the bench: a figure of half a run is none.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A store that is ready to be served, and who may ask everything of it.
#[derive(Clone)]
pub struct Divided {
    /// Households, [`cells::CELLS`] grids, a token.
    pub store: PathBuf,
    /// The secret of an administrator.
    pub token: String,
    /// Seconds that taking in the grids took.
    pub seconds: f64,
}

/// The shared ground. Everything in its folder goes when it is dropped.
pub struct Ground {
    scratch: TempDir,
    /// The points.
    pub points: Points,
    divided: Option<Divided>,
}

impl Ground {
    /// A folder beside what was built, which is outside the work tree and on a real disk; and the points.
    pub fn prepare() -> Outcome<Ground> {
        let program = Path::new(env!("CARGO_BIN_EXE_melonmap"));
        let built = program.ancestors().nth(2).ok_or("the binary is in no folder")?;
        let kept = built.join("bench");
        std::fs::create_dir_all(&kept)?;
        let scratch = TempDir::with_prefix_in("promises-", &kept)?;
        Ok(Ground { scratch, points: Points::find(&kept)?, divided: None })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        self.scratch.path()
    }

    /// Imports the points into a new store of this name.
    pub fn import(&self, store: &Path) -> Outcome<Ran> {
        import(&self.points, store)
    }

    /// The store of the points alone; imported now if no part did before.
    pub fn households(&self) -> Outcome<PathBuf> {
        let store = self.dir().join("households.db");
        if !store.exists() {
            self.import(&store)?;
        }
        Ok(store)
    }

    /// The store with the points divided into irregular grids, made once.
    pub fn divided(&mut self) -> Outcome<Divided> {
        if let Some(divided) = &self.divided {
            return Ok(divided.clone());
        }
        let store = self.dir().join("divided.db");
        std::fs::copy(self.households()?, &store)?;
        let grids = self.dir().join("grids.geojsonl");
        cells::write(&self.points.sample, &grids)?;
        let (path, grids) = (store.to_string_lossy(), grids.to_string_lossy());
        let seconds = run(["import", "areas", &grids, "--store", &path, "--set", "level=grid"])?.seconds;
        let token = run(["token", "create", "--store", &path, "--role", "admin"])?.said.trim().to_owned();
        let divided = Divided { store, token, seconds };
        self.divided = Some(divided.clone());
        Ok(divided)
    }

    /// The state of the divided store, in this process.
    pub fn state(&mut self) -> Outcome<State> {
        let store = open_store_to_look(&self.divided()?.store.to_string_lossy())?;
        Ok(load(&store, |_| true)?)
    }
}

/// Imports points into a new store of this name.
pub fn import(points: &Points, store: &Path) -> Outcome<Ran> {
    for name in [store.to_owned(), store.with_extension("db-wal"), store.with_extension("db-shm")] {
        match std::fs::remove_file(name) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
    }
    let map = ["--map", "code=postcode", "--map", "x=easting", "--map", "y=northing"];
    let (file, store) = (points.file.to_string_lossy(), store.to_string_lossy());
    let args = ["import", "households", &file, "--store", &store, "--crs", "EPSG:27700", "--skip-bad"];
    run(args.into_iter().chain(map))
}
