//! From what was said to what can be asked: names looked up, types checked.

use super::expr::{Comparison, Expr, Op};
use super::fixed::Fixed;
use super::like::Pattern;
use super::predicate::{Test, Typed};
use super::scalar::{Number, Text};
use super::sets::Texts;
use super::space::Place;
use super::time::{Moment, Span, When};
use super::{Filter, Kind, Schema};
use crate::model::ModelError;
use std::cmp::Ordering;

type Checked<T> = Result<T, ModelError>;

/// See [`Filter::compile`].
pub(super) fn compile(expr: &Expr, schema: &(impl Schema + ?Sized)) -> Checked<Filter> {
    let mut compiler = Compiler { schema, fields: Vec::new(), depth: 0 };
    let test = compiler.test(expr)?;
    let mut fields = compiler.fields;
    fields.sort_unstable();
    fields.dedup();
    Ok(Filter { test, fields })
}

struct Compiler<'s, S: Schema + ?Sized> {
    schema: &'s S,
    fields: Vec<usize>,
    depth: usize,
}

impl<S: Schema + ?Sized> Compiler<'_, S> {
    fn typed(&mut self, expr: &Expr) -> Checked<Typed> {
        if self.depth == Filter::MAX_DEPTH {
            return Err(refused("its nesting", format!("at most {} levels deep", Filter::MAX_DEPTH)));
        }
        self.depth += 1;
        let typed = self.one(expr);
        self.depth -= 1;
        typed
    }

    fn one(&mut self, expr: &Expr) -> Checked<Typed> {
        Ok(match expr {
            Expr::Property(name) => self.property(name)?,
            Expr::Text(text) => Typed::Text(Text::Literal(text.as_str().into())),
            Expr::Number(number) if number.is_finite() => Typed::Number(Number::Literal(*number)),
            Expr::Number(number) => return Err(refused(number, "a finite number")),
            Expr::Boolean(answer) => Typed::Test(Test::Constant(*answer)),
            Expr::Date(day) => Typed::Moment(Moment::Literal(When::Day(*day))),
            Expr::Instant(moment) => Typed::Moment(Moment::Literal(When::Moment(*moment))),
            Expr::Interval(start, end) => Typed::Span(self.interval(start.as_deref(), end.as_deref())?),
            Expr::Geometry(geometry) => {
                let fixed = Fixed::new(geometry.clone()).ok_or_else(|| {
                    refused("the geometry", "in range with no empty part: -180 to 180 degrees, -90 to 90 degrees")
                })?;
                Typed::Place(Place::Literal(Box::new(fixed)))
            }
            Expr::Bbox(bbox) => Typed::Place(Place::Literal(Box::new(Fixed::rectangle(bbox)))),
            Expr::List(members) => {
                let members: Checked<Vec<Text>> = members.iter().map(|member| self.member(member)).collect();
                Typed::Texts(Texts::Literal(members?.into()))
            }
            Expr::Call(op, operands) => self.call(*op, operands)?,
            Expr::Function(name, _) => {
                return Err(refused(name, "a function that is offered: only the operators of CQL2 are"));
            }
        })
    }

    fn property(&mut self, name: &str) -> Checked<Typed> {
        let Some((field, kind)) = self.schema.field(name) else {
            let known = self.schema.names().join(", ");
            return Err(refused(name, format!("a property that can be filtered by: those are {known}")));
        };
        self.fields.push(field);
        Ok(match kind {
            Kind::Text => Typed::Text(Text::Field(field)),
            Kind::Texts => Typed::Texts(Texts::Field(field)),
            Kind::Integer | Kind::Number => Typed::Number(Number::Field(field)),
            Kind::Boolean => Typed::Test(Test::Flag(field)),
            Kind::Date | Kind::Instant => Typed::Moment(Moment::Field(field)),
            Kind::Geometry => Typed::Place(Place::Field(field)),
        })
    }

    fn call(&mut self, op: Op, operands: &[Expr]) -> Checked<Typed> {
        Ok(Typed::Test(match op {
            Op::And | Op::Or => {
                if operands.is_empty() {
                    return Err(refused(op.name(), "given at least one operand"));
                }
                let tests: Checked<Box<[Test]>> = operands.iter().map(|operand| self.test(operand)).collect();
                if op == Op::And { Test::All(tests?) } else { Test::Any(tests?) }
            }
            Op::Not => {
                let [operand] = given(op, operands)?;
                Test::Not(Box::new(self.test(operand)?))
            }
            Op::IsNull => {
                let [operand] = given(op, operands)?;
                Test::IsNull(Box::new(self.typed(operand)?))
            }
            Op::Compare(comparison) => {
                let [left, right] = given(op, operands)?;
                self.compare(op, comparison, left, right)?
            }
            Op::Like => {
                let [text, pattern] = given(op, operands)?;
                let Text::Literal(pattern) = self.text(pattern)? else {
                    return Err(refused(subject(pattern), "a pattern: like takes a text that is written out"));
                };
                Test::Like(self.text(text)?, Pattern::new(&pattern))
            }
            Op::Between => {
                let [value, low, high] = given(op, operands)?;
                Test::All(Box::new([
                    self.compare(op, Comparison::GreaterOrEqual, value, low)?,
                    self.compare(op, Comparison::LessOrEqual, value, high)?,
                ]))
            }
            Op::In => {
                let [value, list] = given(op, operands)?;
                let Expr::List(list) = list else {
                    return Err(refused(subject(list), "a list of values, as in takes"));
                };
                self.one_of(value, list)?
            }
            Op::Spatial(relation) => {
                let [left, right] = given(op, operands)?;
                Test::Space(relation, self.place(left)?, self.place(right)?)
            }
            Op::Temporal(relation) => {
                let [left, right] = given(op, operands)?;
                Test::Time(relation, self.span(left)?, self.span(right)?)
            }
            Op::Sets(relation) => {
                let [left, right] = given(op, operands)?;
                Test::Sets(relation, self.texts(left)?, self.texts(right)?)
            }
            Op::Casei => {
                let [text] = given(op, operands)?;
                return Ok(Typed::Text(self.text(text)?.casei()));
            }
            Op::Accenti => {
                let [text] = given(op, operands)?;
                return Ok(Typed::Text(self.text(text)?.accenti()));
            }
            Op::Arithmetic(arithmetic) => {
                let [left, right] = given(op, operands)?;
                let both = Box::new([self.number(left)?, self.number(right)?]);
                return Ok(Typed::Number(Number::Arithmetic(arithmetic, both)));
            }
        }))
    }

    fn compare(&mut self, op: Op, comparison: Comparison, left: &Expr, right: &Expr) -> Checked<Test> {
        Ok(match (self.typed(left)?, self.typed(right)?) {
            (Typed::Number(left), Typed::Number(right)) => Test::Numbers(comparison, left, right),
            (Typed::Text(left), Typed::Text(right)) => Test::Texts(comparison, left, right),
            (Typed::Moment(left), Typed::Moment(right)) => Test::Moments(comparison, left, right),
            (Typed::Test(left), Typed::Test(right)) => Test::Booleans(comparison, Box::new([left, right])),
            (one, other) => {
                let about = [left, right].into_iter().find(|e| matches!(e, Expr::Property(_))).unwrap_or(left);
                let types = format!("a {} and a {}", one.name(), other.name());
                let expected = format!(
                    "comparable here: '{}' was given {types}, and takes two numbers, texts, booleans or dates and timestamps",
                    op.name()
                );
                return Err(refused(subject(about), expected));
            }
        })
    }

    fn one_of(&mut self, value: &Expr, list: &[Expr]) -> Checked<Test> {
        let equal: Checked<Vec<Test>> =
            list.iter().map(|member| self.compare(Op::In, Comparison::Equal, value, member)).collect();
        let equal = equal?;
        // A list of literals is searched and not gone through.
        let numbers: Option<Vec<f64>> = equal.iter().map(number_literal).collect();
        let texts: Option<Vec<Box<str>>> = equal.iter().map(text_literal).collect();
        Ok(match (equal.first(), numbers, texts) {
            (None, ..) => return Err(refused("in", "given a list of at least one value")),
            (Some(Test::Numbers(_, number, _)), Some(mut list), _) => {
                list.sort_by(|a, b| (a + 0.0).total_cmp(&(b + 0.0)));
                Test::OneOfNumbers(number.clone(), list.into())
            }
            (Some(Test::Texts(_, text, _)), _, Some(mut list)) => {
                list.sort_unstable();
                Test::OneOfTexts(text.clone(), list.into())
            }
            _ => Test::Any(equal.into()),
        })
    }

    fn interval(&mut self, start: Option<&Expr>, end: Option<&Expr>) -> Checked<Span> {
        let span =
            Span { start: start.map(|s| self.moment(s)).transpose()?, end: end.map(|e| self.moment(e)).transpose()? };
        if let (Some(Moment::Literal(start)), Some(Moment::Literal(end))) = (&span.start, &span.end)
            && start.compare(*end) == Ordering::Greater
        {
            return Err(refused("the interval", "in order: it starts at or before its end"));
        }
        Ok(span)
    }

    fn moment(&mut self, expr: &Expr) -> Checked<Moment> {
        match self.typed(expr)? {
            Typed::Moment(moment) => Ok(moment),
            other => Err(mistyped(expr, &other, "a date or timestamp")),
        }
    }

    fn test(&mut self, expr: &Expr) -> Checked<Test> {
        match self.typed(expr)? {
            Typed::Test(test) => Ok(test),
            other => Err(mistyped(expr, &other, "a condition: something that is true or false")),
        }
    }

    fn number(&mut self, expr: &Expr) -> Checked<Number> {
        match self.typed(expr)? {
            Typed::Number(number) => Ok(number),
            other => Err(mistyped(expr, &other, "a number")),
        }
    }

    fn text(&mut self, expr: &Expr) -> Checked<Text> {
        match self.typed(expr)? {
            Typed::Text(text) => Ok(text),
            other => Err(mistyped(expr, &other, "a text")),
        }
    }

    /// A member of a list that is asked as a set.
    fn member(&mut self, expr: &Expr) -> Checked<Text> {
        match self.typed(expr)? {
            Typed::Text(text) => Ok(text),
            other => {
                Err(mistyped(expr, &other, "a text, as every member of a list is: no field here holds other lists"))
            }
        }
    }

    fn texts(&mut self, expr: &Expr) -> Checked<Texts> {
        match self.typed(expr)? {
            Typed::Texts(texts) => Ok(texts),
            other => Err(mistyped(expr, &other, "a list of texts")),
        }
    }

    fn place(&mut self, expr: &Expr) -> Checked<Place> {
        match self.typed(expr)? {
            Typed::Place(place) => Ok(place),
            other => Err(mistyped(expr, &other, "a geometry")),
        }
    }

    fn span(&mut self, expr: &Expr) -> Checked<Span> {
        match self.typed(expr)? {
            Typed::Span(span) => Ok(span),
            Typed::Moment(moment) => Ok(Span { start: Some(moment.clone()), end: Some(moment) }),
            other => Err(mistyped(expr, &other, "a date, timestamp or interval")),
        }
    }
}

fn number_literal(equal: &Test) -> Option<f64> {
    match equal {
        Test::Numbers(_, _, Number::Literal(number)) => Some(*number),
        _ => None,
    }
}

fn text_literal(equal: &Test) -> Option<Box<str>> {
    match equal {
        Test::Texts(_, _, Text::Literal(text)) => Some(text.clone()),
        _ => None,
    }
}

/// Exactly `N` operands.
fn given<const N: usize>(op: Op, operands: &[Expr]) -> Checked<&[Expr; N]> {
    operands.try_into().map_err(|_| refused(op.name(), format!("given {N} operands, but {}", operands.len())))
}

fn refused(value: impl std::fmt::Display, expected: impl Into<String>) -> ModelError {
    ModelError::new("filter", value, expected)
}

fn mistyped(expr: &Expr, typed: &Typed, expected: &str) -> ModelError {
    refused(subject(expr), format!("{expected}; it is a {}", typed.name()))
}

/// How a message names a part of a filter.
fn subject(expr: &Expr) -> String {
    match expr {
        Expr::Property(name) | Expr::Function(name, _) => name.clone(),
        Expr::Text(text) => text.clone(),
        Expr::Number(number) => number.to_string(),
        Expr::Boolean(answer) => answer.to_string(),
        Expr::Date(day) => day.to_string(),
        Expr::Instant(moment) => moment.to_string(),
        Expr::Interval(..) => "the interval".into(),
        Expr::Geometry(_) => "the geometry".into(),
        Expr::Bbox(_) => "the bbox".into(),
        Expr::List(_) => "the list".into(),
        Expr::Call(op, _) => op.name().into(),
    }
}
