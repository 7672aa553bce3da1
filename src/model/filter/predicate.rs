//! Conditions that were checked: what is left to do for a record.

use super::expr::{Allen, Comparison, SetRelation, SpatialRelation};
use super::like::Pattern;
use super::scalar::{Number, Text};
use super::sets::{self, Texts};
use super::space::{self, Place};
use super::time::{self, Moment, Span};
use super::{Record, Value};

/// What answers yes, no or unknown.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Constant(bool),
    All(Box<[Test]>),
    Any(Box<[Test]>),
    Not(Box<Test>),
    /// A boolean field.
    Flag(usize),
    IsNull(Box<Typed>),
    Booleans(Comparison, Box<[Test; 2]>),
    Numbers(Comparison, Number, Number),
    Texts(Comparison, Text, Text),
    Moments(Comparison, Moment, Moment),
    /// Of numbers in ascending order.
    OneOfNumbers(Number, Box<[f64]>),
    /// Of texts in ascending order.
    OneOfTexts(Text, Box<[Box<str>]>),
    Like(Text, Pattern),
    Space(SpatialRelation, Place, Place),
    Time(Allen, Span, Span),
    Sets(SetRelation, Texts, Texts),
}

/// A part of a filter whose type is known.
#[derive(Debug, Clone)]
pub(super) enum Typed {
    Test(Test),
    Number(Number),
    Text(Text),
    Moment(Moment),
    Span(Span),
    Place(Place),
    Texts(Texts),
}

impl Test {
    pub(super) fn eval(&self, record: &(impl Record + ?Sized)) -> Option<bool> {
        match self {
            Test::Constant(answer) => Some(*answer),
            Test::All(tests) => decided(tests, false, record),
            Test::Any(tests) => decided(tests, true, record),
            Test::Not(test) => test.eval(record).map(|answer| !answer),
            Test::Flag(field) => match record.value(*field)? {
                Value::Boolean(answer) => Some(answer),
                _ => None,
            },
            Test::IsNull(value) => Some(!value.is_known(record)),
            Test::Booleans(op, both) => {
                let (left, right) = (both[0].eval(record)?, both[1].eval(record)?);
                Some(op.holds(left.cmp(&right)))
            }
            Test::Numbers(op, left, right) => {
                let order = left.eval(record)?.partial_cmp(&right.eval(record)?)?;
                Some(op.holds(order))
            }
            Test::Texts(op, left, right) => Some(op.holds(left.eval(record)?.cmp(&right.eval(record)?))),
            Test::Moments(op, left, right) => Some(op.holds(left.eval(record)?.compare(right.eval(record)?))),
            Test::OneOfNumbers(number, list) => {
                let number = number.eval(record)?;
                // Zero has two signs and one value, which total_cmp would tell apart.
                Some(list.binary_search_by(|known| (known + 0.0).total_cmp(&(number + 0.0))).is_ok())
            }
            Test::OneOfTexts(text, list) => {
                let text = text.eval(record)?;
                Some(list.binary_search_by(|known| (**known).cmp(&text)).is_ok())
            }
            Test::Like(text, pattern) => Some(pattern.matches(&text.eval(record)?)),
            Test::Space(relation, left, right) => space::eval(*relation, left, right, record),
            Test::Time(relation, left, right) => time::eval(*relation, left, right, record),
            Test::Sets(relation, left, right) => sets::eval(*relation, left, right, record),
        }
    }
}

/// `by` if one of the tests says so, else unknown if one is unknown, else the opposite.
fn decided(tests: &[Test], by: bool, record: &(impl Record + ?Sized)) -> Option<bool> {
    let mut answer = Some(!by);
    for test in tests {
        match test.eval(record) {
            Some(said) if said == by => return Some(by),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

impl Typed {
    /// Whether it has a value.
    fn is_known(&self, record: &(impl Record + ?Sized)) -> bool {
        match self {
            Typed::Test(test) => test.eval(record).is_some(),
            Typed::Number(number) => number.eval(record).is_some(),
            Typed::Text(text) => text.eval(record).is_some(),
            Typed::Moment(moment) => moment.eval(record).is_some(),
            Typed::Span(span) => span.is_known(record),
            Typed::Place(place) => place.is_known(record),
            Typed::Texts(texts) => texts.is_known(record),
        }
    }

    /// Its type, after "a".
    pub(super) fn name(&self) -> &'static str {
        match self {
            Typed::Test(_) => "boolean",
            Typed::Number(_) => "number",
            Typed::Text(_) => "text",
            Typed::Moment(_) => "date or timestamp",
            Typed::Span(_) => "interval",
            Typed::Place(_) => "geometry",
            Typed::Texts(_) => "list of texts",
        }
    }
}
