//! A filter as it was said, names and types unchecked.

use crate::geom::Bbox;
use geo::Geometry;
use jiff::Timestamp;
use jiff::civil::Date;

/// A filter or a part of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A field, by name.
    Property(String),
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// A calendar day.
    Date(Date),
    /// A moment.
    Instant(Timestamp),
    /// From one moment to another; `None` is open.
    Interval(Option<Box<Expr>>, Option<Box<Expr>>),
    /// A geometry, WGS 84.
    Geometry(Geometry<f64>),
    /// A rectangle; it may cross the antimeridian.
    Bbox(Bbox),
    /// Values in a row.
    List(Vec<Expr>),
    /// An operator and what it is applied to.
    Call(Op, Vec<Expr>),
    /// A function that is no operator of the standard; none is offered, so it never compiles.
    Function(String, Vec<Expr>),
}

/// An operator of CQL2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// All of them.
    And,
    /// One of them.
    Or,
    /// The opposite.
    Not,
    /// Whether there is no value; never unknown.
    IsNull,
    /// Two values in order.
    Compare(Comparison),
    /// A text and a pattern: `%` any characters, `_` one, `\` takes the next as it is.
    Like,
    /// A value and its lowest and highest.
    Between,
    /// A value and a list that holds it.
    In,
    /// A text without regard to case.
    Casei,
    /// A text without regard to accents.
    Accenti,
    /// Two numbers.
    Arithmetic(Arithmetic),
    /// Two geometries.
    Spatial(SpatialRelation),
    /// Two moments or intervals.
    Temporal(Allen),
    /// Two lists, as sets.
    Sets(SetRelation),
}

/// How two values are in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names tell
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is done to two numbers. A result that is no finite number is NULL, as is division by zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names tell
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// The quotient cut towards zero.
    WholeDivide,
    /// What that division leaves, with the sign of the dividend.
    Remainder,
    Power,
}

/// How two geometries lie, by DE-9IM (Clementini, Di Felice and van Oosterom 1993, doi:10.1007/3-540-56869-7_16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the Simple Feature standard's
pub enum SpatialRelation {
    Intersects,
    Equals,
    Disjoint,
    Touches,
    Within,
    Overlaps,
    Crosses,
    Contains,
}

/// How two moments or intervals lie (Allen 1983, doi:10.1145/182.358434), and the two that sum them up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names are Allen's
pub enum Allen {
    After,
    Before,
    Contains,
    Disjoint,
    During,
    Equals,
    FinishedBy,
    Finishes,
    Intersects,
    Meets,
    MetBy,
    OverlappedBy,
    Overlaps,
    StartedBy,
    Starts,
}

/// How two sets lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names tell
pub enum SetRelation {
    Equals,
    Contains,
    ContainedBy,
    Overlaps,
}

impl Op {
    /// Every operator with its name in CQL2 JSON.
    pub const ALL: [(&str, Op); 49] = [
        ("and", Op::And),
        ("or", Op::Or),
        ("not", Op::Not),
        ("isNull", Op::IsNull),
        ("=", Op::Compare(Comparison::Equal)),
        ("<>", Op::Compare(Comparison::NotEqual)),
        ("<", Op::Compare(Comparison::Less)),
        ("<=", Op::Compare(Comparison::LessOrEqual)),
        (">", Op::Compare(Comparison::Greater)),
        (">=", Op::Compare(Comparison::GreaterOrEqual)),
        ("like", Op::Like),
        ("between", Op::Between),
        ("in", Op::In),
        ("casei", Op::Casei),
        ("accenti", Op::Accenti),
        ("+", Op::Arithmetic(Arithmetic::Add)),
        ("-", Op::Arithmetic(Arithmetic::Subtract)),
        ("*", Op::Arithmetic(Arithmetic::Multiply)),
        ("/", Op::Arithmetic(Arithmetic::Divide)),
        ("div", Op::Arithmetic(Arithmetic::WholeDivide)),
        ("%", Op::Arithmetic(Arithmetic::Remainder)),
        ("^", Op::Arithmetic(Arithmetic::Power)),
        ("s_intersects", Op::Spatial(SpatialRelation::Intersects)),
        ("s_equals", Op::Spatial(SpatialRelation::Equals)),
        ("s_disjoint", Op::Spatial(SpatialRelation::Disjoint)),
        ("s_touches", Op::Spatial(SpatialRelation::Touches)),
        ("s_within", Op::Spatial(SpatialRelation::Within)),
        ("s_overlaps", Op::Spatial(SpatialRelation::Overlaps)),
        ("s_crosses", Op::Spatial(SpatialRelation::Crosses)),
        ("s_contains", Op::Spatial(SpatialRelation::Contains)),
        ("t_after", Op::Temporal(Allen::After)),
        ("t_before", Op::Temporal(Allen::Before)),
        ("t_contains", Op::Temporal(Allen::Contains)),
        ("t_disjoint", Op::Temporal(Allen::Disjoint)),
        ("t_during", Op::Temporal(Allen::During)),
        ("t_equals", Op::Temporal(Allen::Equals)),
        ("t_finishedBy", Op::Temporal(Allen::FinishedBy)),
        ("t_finishes", Op::Temporal(Allen::Finishes)),
        ("t_intersects", Op::Temporal(Allen::Intersects)),
        ("t_meets", Op::Temporal(Allen::Meets)),
        ("t_metBy", Op::Temporal(Allen::MetBy)),
        ("t_overlappedBy", Op::Temporal(Allen::OverlappedBy)),
        ("t_overlaps", Op::Temporal(Allen::Overlaps)),
        ("t_startedBy", Op::Temporal(Allen::StartedBy)),
        ("t_starts", Op::Temporal(Allen::Starts)),
        ("a_equals", Op::Sets(SetRelation::Equals)),
        ("a_contains", Op::Sets(SetRelation::Contains)),
        ("a_containedBy", Op::Sets(SetRelation::ContainedBy)),
        ("a_overlaps", Op::Sets(SetRelation::Overlaps)),
    ];

    /// The operator of this name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Op> {
        Op::ALL.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, op)| op)
    }

    /// Its name in CQL2 JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        Op::ALL.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }
}

impl Comparison {
    /// Whether two values in this order satisfy it.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }
}
