//! Stores and files as the floor above names them.

use super::{AppError, ImportSpec};
use crate::formats::{Rows, open};
use crate::geom::crs::Reprojector;
use crate::store::{Location, OpenMode, Store};
use std::io::Read;

/// Opens a store for its one writer; `create` founds it where there is none. `purpose` is told to who comes second.
pub fn open_store(location: &str, create: bool, purpose: &str) -> Result<Store, AppError> {
    let mode = if create { OpenMode::Create } else { OpenMode::Existing };
    Ok(Store::open(&location.parse::<Location>()?, mode, purpose)?)
}

/// Opens a store to look at it, beside its writer if there is one.
pub fn open_store_to_look(location: &str) -> Result<Store, AppError> {
    Ok(Store::open_read_only(&location.parse::<Location>()?)?)
}

/// A file to import, its format found out; `name` is a hint.
pub fn open_input(input: Box<dyn Read + Send>, name: Option<&str>) -> Result<Rows, AppError> {
    Ok(open(input, name)?)
}

impl ImportSpec {
    /// What happens to the coordinates, for people; `None` where nothing does.
    pub fn describe_crs(&self) -> Result<Option<String>, AppError> {
        let Some(crs) = self.crs else { return Ok(None) };
        let how = Reprojector::new(crs)?.describe();
        Ok((!how.is_empty()).then(|| format!("{crs} to WGS 84: {how}")))
    }
}
