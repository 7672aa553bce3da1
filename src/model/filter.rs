//! Filters: a condition on a record, checked against a schema once and then asked of every record.
//!
//! Invariants:
//! - What compiles cannot go wrong: names and types were checked, so a [`Filter`] answers yes, no or unknown for any record.
//! - Logic has three values (Kleene 1938, doi:10.2307/2267778), as SQL's: whatever is asked of a NULL is unknown, and a record
//!   passes only on yes.
//! - Within its [`Filter::bounds`] lies every record that can pass.
//!
//! The operators and what they mean are those of OGC 21-065r2 (CQL2); this room knows nothing of how a filter is written.

mod bounds;
mod compile;
mod expr;
mod fixed;
mod fold;
mod like;
mod predicate;
mod scalar;
mod sets;
mod space;
mod time;

pub use expr::{Allen, Arithmetic, Comparison, Expr, Op, SetRelation, SpatialRelation};
pub use fold::loose;

use super::ModelError;
use crate::geom::{Bbox, LonLat};
use geo::{Geometry, MultiPolygon};
use jiff::Timestamp;
use jiff::civil::Date;
use predicate::Test;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A list of texts, asked as a set: order and repetition do not matter.
    Texts,
    /// A whole number; compared as `f64`, exact to 2^53.
    Integer,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A calendar day.
    Date,
    /// A moment.
    Instant,
    /// A geometry.
    Geometry,
}

/// A field that filters may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// As filters name it.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// The fields of a collection, by name.
pub trait Schema {
    /// Number and kind of a field; names differ by case.
    fn field(&self, name: &str) -> Option<(usize, Kind)>;

    /// Every name, for the message to who asked for another.
    fn names(&self) -> Vec<&'static str>;
}

impl Schema for [Field] {
    fn field(&self, name: &str) -> Option<(usize, Kind)> {
        let at = self.iter().position(|field| field.name == name)?;
        Some((at, self[at].kind))
    }

    fn names(&self) -> Vec<&'static str> {
        self.iter().map(|field| field.name).collect()
    }
}

/// What a record holds in a field, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// For [`Kind::Text`].
    Text(&'a str),
    /// For [`Kind::Texts`].
    Texts(&'a [String]),
    /// For [`Kind::Integer`] and [`Kind::Number`].
    Integer(i64),
    /// For [`Kind::Integer`] and [`Kind::Number`]; not finite counts as NULL.
    Number(f64),
    /// For [`Kind::Boolean`].
    Boolean(bool),
    /// For [`Kind::Date`] and [`Kind::Instant`].
    Date(Date),
    /// For [`Kind::Date`] and [`Kind::Instant`].
    Instant(Timestamp),
    /// For [`Kind::Geometry`]: a position, the quickest to ask.
    Point(LonLat),
    /// For [`Kind::Geometry`]; an empty one counts as NULL.
    Geometry(&'a Geometry<f64>),
    /// For [`Kind::Geometry`]; an empty one counts as NULL.
    Polygons(&'a MultiPolygon<f64>),
}

/// What a filter is asked of.
pub trait Record {
    /// The value of a field by its number in the [`Schema`]; `None` is NULL. A value of another kind than the schema's counts as
    /// NULL too. Called only with the numbers of [`Filter::fields`], once for every time that the filter names the field.
    fn value(&self, field: usize) -> Option<Value<'_>>;
}

/// A condition on the records of one schema.
///
/// ```
/// use melonmap::model::filter::{Comparison, Expr, Field, Filter, Kind, Op, Record, Schema, Value};
///
/// struct Home(Option<i64>);
/// impl Record for Home {
///     fn value(&self, _: usize) -> Option<Value<'_>> {
///         self.0.map(Value::Integer)
///     }
/// }
/// let fields: &[Field] = &[Field { name: "persons", kind: Kind::Integer }];
/// let more_than = |n| Expr::Call(Op::Compare(Comparison::Greater), vec![Expr::Property("persons".into()), n]);
///
/// let filter = Filter::compile(&more_than(Expr::Number(3.0)), fields).unwrap();
/// assert_eq!([Some(4), Some(3), None].map(|n| filter.eval(&Home(n))), [Some(true), Some(false), None]);
/// assert!(Filter::compile(&more_than(Expr::Text("3".into())), fields).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Filter {
    test: Test,
    /// Ascending, none twice.
    fields: Vec<usize>,
}

impl Filter {
    /// Deepest nesting of an [`Expr`] that is compiled: two are walked by recursion, and this much fits a stack of 2 MiB.
    pub const MAX_DEPTH: usize = 400;

    /// Checks names and types. Refuses, in the field `filter`, a property that the schema lacks, an operand of the wrong type or
    /// number, a geometry that is empty or not in range, and nesting beyond [`Filter::MAX_DEPTH`].
    pub fn compile(expr: &Expr, schema: &(impl Schema + ?Sized)) -> Result<Filter, ModelError> {
        compile::compile(expr, schema)
    }

    /// Yes, no, or `None` for unknown. Costs what its parts cost: tens of nanoseconds for a comparison, which allocates nothing;
    /// text is copied only by CASEI and ACCENTI, and a spatial relation to other than a point costs microseconds.
    #[must_use]
    pub fn eval(&self, record: &(impl Record + ?Sized)) -> Option<bool> {
        self.test.eval(record)
    }

    /// Whether the record passes: unknown does not.
    #[must_use]
    pub fn matches(&self, record: &(impl Record + ?Sized)) -> bool {
        self.eval(record) == Some(true)
    }

    /// The fields that it reads, ascending: who may not see one of them may not filter by it.
    #[must_use]
    pub fn fields(&self) -> &[usize] {
        &self.fields
    }

    /// Rectangles of which every record that passes touches one with the rectangle around its `geometry` (a field's number).
    /// `None` if it may lie anywhere or nowhere; empty if none passes. None of them crosses the antimeridian. They may overlap.
    #[must_use]
    pub fn bounds(&self, geometry: usize) -> Option<Vec<Bbox>> {
        self.test.bounds(true, geometry)
    }

    /// Both conditions, this one asked first. Both were compiled against one schema.
    #[must_use]
    pub fn and(self, other: Filter) -> Filter {
        let mut fields = [self.fields, other.fields].concat();
        fields.sort_unstable();
        fields.dedup();
        Filter { test: Test::All(Box::new([self.test, other.test])), fields }
    }
}
