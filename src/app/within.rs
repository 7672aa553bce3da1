//! Which part of the world is asked for, as people write it.

use super::{AppError, load, open_input};
use crate::formats::outlines;
use crate::geom::Within;
use crate::geom::offered::OfferedCrs;
use crate::model::{Code, Kind, ModelError, written};
use crate::store::Store;
use std::fs::File;
use std::sync::Arc;

/// How files are named that are read as polygons.
const FILES: [&str; 5] = [".geojson", ".json", ".geojsonl", ".geojsonseq", ".fgb"];

/// A part of the world: read already, or an Area that a store has to know.
#[derive(Debug, Clone)]
pub enum ImportPart {
    /// A rectangle, or the polygons of a file.
    Read(Arc<Within>),
    /// An Area by its code.
    Area(Code),
}

impl ImportPart {
    /// Of `west,south,east,north` in degrees, of the name of a file of polygons, plain or gzipped, or of a code of an Area: told apart
    /// by how the text looks, so that it means the same everywhere. Reads the file.
    pub fn read(text: &str) -> Result<ImportPart, AppError> {
        let name = text.to_ascii_lowercase();
        if FILES.iter().any(|end| name.strip_suffix(".gz").unwrap_or(&name).ends_with(end)) {
            let named = |e: &dyn std::fmt::Display| ModelError::new("within", text, format!("a file of polygons: {e}"));
            let file = File::open(text).map_err(|e| named(&e))?;
            let rows = open_input(Box::new(file), Some(text)).map_err(|e| named(&e))?;
            return Ok(ImportPart::Read(Arc::new(Within::new(outlines(rows).map_err(|e| named(&e))?))));
        }
        if text.contains(',') {
            let bbox = written::bbox(text, OfferedCrs::CRS84).map_err(|e| ModelError { field: "within", ..e })?;
            return Ok(ImportPart::Read(Arc::new(Within::from(&bbox))));
        }
        Ok(ImportPart::Area(Code::new(text).map_err(|e| ModelError { field: "within", ..e })?))
    }

    /// Where it is. An Area is one that is in force.
    pub(super) fn find(&self, store: &Store) -> Result<Arc<Within>, AppError> {
        let code = match self {
            ImportPart::Read(within) => return Ok(Arc::clone(within)),
            ImportPart::Area(code) => code,
        };
        let state = load(store, |kind| matches!(kind, Kind::Area | Kind::AreaEnd))?;
        let area = state.living_areas().find(|(_, entry)| entry.area.code == *code);
        let (_, entry) = area.ok_or_else(|| {
            let expected = "the code of an area, west,south,east,north in degrees, or a file of polygons";
            ModelError::new("within", code, expected)
        })?;
        Ok(Arc::new(Within::new([entry.area.geometry.clone()])))
    }
}
