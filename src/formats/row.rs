use super::osm::OsmThing;
use super::{RawFeature, RowProblem, geojson};
use geo::{Coord, CoordsIter};
use std::borrow::Cow;
use std::sync::Arc;

/// The names of the columns of a file, in order; cheap to share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    columns: Arc<[String]>,
    sort: Sort,
}

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Cells,
    Features,
    Tagged,
}

impl Header {
    /// Of a table of cells.
    pub fn of_table(columns: Vec<String>) -> Header {
        Header { columns: columns.into(), sort: Sort::Cells }
    }

    /// Of features, which have a geometry beside their columns.
    pub fn of_features(columns: Vec<String>) -> Header {
        Header { columns: columns.into(), sort: Sort::Features }
    }

    /// Of things of OpenStreetMap, which have a geometry, a number and whatever tags.
    pub fn of_tags() -> Header {
        Header { columns: Arc::new([]), sort: Sort::Tagged }
    }

    /// Whether rows have a geometry beside their columns.
    pub fn has_geometry(&self) -> bool {
        self.sort != Sort::Cells
    }

    /// Whether rows may have any column, and a number as their code.
    pub fn has_tags(&self) -> bool {
        self.sort == Sort::Tagged
    }

    /// The names.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The place of a column: the name as it stands, or else whatever its case.
    pub fn position(&self, column: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|c| c == column);
        exact.or_else(|| self.columns.iter().position(|c| c.eq_ignore_ascii_case(column)))
    }

    /// All names, for a message.
    pub fn listed(&self) -> String {
        self.columns.join(", ")
    }
}

/// One row of a file, not yet understood: cheap to make, to hand to another thread and to understand there.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRow {
    /// Counted from 1; a header is not counted.
    pub row: u64,
    /// What stands in it.
    pub body: Body,
}

/// What stands in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// The cells of a table, as many as its header has columns.
    Cells(Cells),
    /// A feature or geometry as JSON text, not yet parsed, and the CRS that the document around it declared.
    Json(Box<[u8]>, Option<Arc<str>>),
    /// A feature.
    Feature(Box<RawFeature>),
    /// A thing of OpenStreetMap, not yet assembled.
    OpenStreetMap(Box<OsmThing>),
}

/// The cells of one record, in one piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    text: Box<str>,
    ends: Ends,
}

/// Columns whose ends need no memory of their own: nearly every table has fewer, and a row is then one allocation.
const FEW: usize = 16;

/// Where each cell ends.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ends {
    Few([u32; FEW], usize),
    Many(Box<[u32]>),
}

impl Ends {
    fn get(&self) -> &[u32] {
        match self {
            Ends::Few(ends, len) => &ends[..*len],
            Ends::Many(ends) => ends,
        }
    }
}

impl Cells {
    /// `ends` are ascending, on character boundaries, and as many as `len`; the last one is the text's length. `None` where not.
    pub(super) fn new(text: Box<str>, len: usize, ends: impl Iterator<Item = u32>) -> Option<Cells> {
        let ends = if len <= FEW {
            let mut few = [0; FEW];
            few.iter_mut().zip(ends).for_each(|(place, end)| *place = end);
            Ends::Few(few, len)
        } else {
            Ends::Many(ends.collect())
        };
        let all = ends.get();
        let sound = all.is_sorted()
            && all.iter().all(|end| text.is_char_boundary(*end as usize))
            && all.last().map_or(0, |end| *end as usize) == text.len();
        sound.then_some(Cells { text, ends })
    }

    /// The cell of a column; `None` beyond the last.
    pub fn get(&self, column: usize) -> Option<&str> {
        let ends = self.ends.get();
        let end = *ends.get(column)? as usize;
        let start = column.checked_sub(1).map_or(0, |before| ends[before] as usize);
        Some(&self.text[start..end])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.get().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl RawRow {
    /// About how many bytes of memory it takes: those that grow with what stands in it.
    pub fn bytes(&self) -> usize {
        match &self.body {
            Body::Cells(cells) => cells.text.len(),
            Body::Json(text, _) => text.len(),
            Body::Feature(feature) => match &feature.geometry {
                Ok(Some(geometry)) => geometry.coords_count() * size_of::<Coord<f64>>(),
                _ => 0,
            },
            Body::OpenStreetMap(thing) => thing.shape.bytes(),
        }
    }

    /// The feature in it, parsed or assembled if need be; `None` for cells. Refuses what is no GeoJSON feature or geometry.
    pub fn feature(&self) -> Result<Option<Cow<'_, RawFeature>>, RowProblem> {
        match &self.body {
            Body::Cells(_) => Ok(None),
            Body::Feature(feature) => Ok(Some(Cow::Borrowed(feature))),
            Body::OpenStreetMap(thing) => Ok(Some(Cow::Owned(thing.feature()))),
            Body::Json(text, crs) => {
                // Its text is not quoted: it is a whole row.
                let refuse = |reason| RowProblem::new(self.row, "feature", "", reason);
                let mut feature = geojson::feature(text).map_err(refuse)?;
                feature.crs = feature.crs.or_else(|| crs.clone());
                Ok(Some(Cow::Owned(feature)))
            }
        }
    }
}
