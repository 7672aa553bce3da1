//! Rows as changes.

use super::row::{Body, Header, RawRow};
use super::{Field, FormatError, Mapping, RowProblem};
use crate::geom::Within;
use crate::geom::crs::Crs;
use crate::model::{Change, Confided};
use std::str::FromStr;
use std::sync::Arc;

mod area;
mod context;
mod household;
mod outline;
mod place;
mod plan;
mod view;

pub use outline::outlines;

use place::Place;
pub use place::kind as geometry_kind;
use plan::Plan;
use view::View;

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum ImportKind {
    Areas,
    Households,
    Context,
}

impl ImportKind {
    /// The fields that its rows may have.
    pub fn fields(self) -> &'static [Field] {
        match self {
            ImportKind::Areas => {
                &[Field::Code, Field::Name, Field::Level, Field::Parent, Field::ValidFrom, Field::ValidTo]
            }
            ImportKind::Households => &[
                Field::Code,
                Field::X,
                Field::Y,
                Field::Address,
                Field::Street,
                Field::HouseNumber,
                Field::Status,
                Field::Persons,
                Field::Contact,
                Field::Needs,
            ],
            ImportKind::Context => &[
                Field::Code,
                Field::X,
                Field::Y,
                Field::Class,
                Field::Kind,
                Field::Name,
                Field::Width,
                Field::Lanes,
                Field::Sidewalk,
            ],
        }
    }

    /// The fields without which no row of a table can be imported.
    fn needed(self) -> &'static [Field] {
        match self {
            ImportKind::Areas => &[Field::Code, Field::Level],
            ImportKind::Households | ImportKind::Context => &[Field::Code, Field::X, Field::Y],
        }
    }
}

impl FromStr for ImportKind {
    type Err = FormatError;

    /// `areas`, `households`, `context`.
    fn from_str(name: &str) -> Result<ImportKind, FormatError> {
        match name {
            "areas" => Ok(ImportKind::Areas),
            "households" => Ok(ImportKind::Households),
            "context" => Ok(ImportKind::Context),
            _ => Err(FormatError::Setting {
                given: name.to_owned(),
                expected: "one of areas, households, context".to_owned(),
            }),
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The change that the row asks for.
    pub change: Change,
    /// What was wrong with its geometry, where that was repaired.
    pub repaired: Option<String>,
    /// What a household confides, in plain text: whoever holds the key seals it into the change.
    pub confided: Confided<String>,
}

/// Makes changes of rows. One per thread: PROJ's contexts are not shared.
pub struct Importer {
    kind: ImportKind,
    plan: Plan,
    place: Place,
}

impl Importer {
    /// Resolves the mapping against the columns, once for all rows. `columns` is what [`Rows::header`](super::Rows::header) says.
    ///
    /// Refuses a mapped column that is not there, a needed field without a column, a field that the kind has not, areas from a table
    /// without geometry, and a CRS that PROJ does not know. Costs milliseconds where PROJ has a part.
    pub fn new(
        kind: ImportKind,
        mapping: &Mapping,
        columns: Option<&Header>,
        crs: Option<Crs>,
        repair: bool,
    ) -> Result<Importer, FormatError> {
        let plan = Plan::new(kind, mapping, columns)?;
        Ok(Importer { kind, plan, place: Place::new(crs, repair)? })
    }

    /// Takes only the context that touches a part of the world. What is wrong with a geometry elsewhere does not matter then.
    #[must_use]
    pub fn within(mut self, within: Option<Arc<Within>>) -> Importer {
        self.place.within = within;
        self
    }

    /// The change that a row asks for, or why it cannot be used; `None` where it lies outside of what is taken. About 0.3 µs for a
    /// row of a table, without PROJ.
    pub fn change(&self, row: &RawRow) -> Result<Option<Outcome>, RowProblem> {
        match &row.body {
            Body::Cells(cells) => self.convert(&View::of_cells(row.row, &self.plan, cells)),
            Body::Json(..) | Body::Feature(_) | Body::OpenStreetMap(_) => {
                let feature = row.feature()?.ok_or_else(|| RowProblem::new(row.row, "", "", "no feature"))?;
                self.convert(&View::of_feature(row.row, &self.plan, &feature))
            }
        }
    }

    fn convert(&self, view: &View<'_>) -> Result<Option<Outcome>, RowProblem> {
        match self.kind {
            ImportKind::Areas => area::convert(view, &self.place).map(Some),
            ImportKind::Households => household::convert(view, &self.place).map(Some),
            ImportKind::Context => context::convert(view, &self.place),
        }
    }

    /// The operation that PROJ chose for the CRS, for a report; empty where it has no part.
    pub fn describe_crs(&self) -> String {
        self.place.describe()
    }
}

#[cfg(test)]
mod tests;
