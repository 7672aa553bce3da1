//! Numbers and texts of a filter: written, read from a record, or made of others. `None` is NULL.

use super::expr::Arithmetic;
use super::{Record, Value, fold};
use std::borrow::Cow;

/// What gives a number.
#[derive(Debug, Clone)]
pub(super) enum Number {
    Literal(f64),
    Field(usize),
    Arithmetic(Arithmetic, Box<[Number; 2]>),
}

impl Number {
    pub(super) fn eval(&self, record: &(impl Record + ?Sized)) -> Option<f64> {
        let number = match self {
            Number::Literal(number) => *number,
            Number::Field(field) => match record.value(*field)? {
                // Beyond 2^53 neighbours become one, as Kind::Integer says.
                #[allow(clippy::cast_precision_loss)]
                Value::Integer(number) => number as f64,
                Value::Number(number) => number,
                _ => return None,
            },
            Number::Arithmetic(op, operands) => {
                let [left, right] = [operands[0].eval(record)?, operands[1].eval(record)?];
                match op {
                    Arithmetic::Add => left + right,
                    Arithmetic::Subtract => left - right,
                    Arithmetic::Multiply => left * right,
                    Arithmetic::Divide => left / right,
                    Arithmetic::WholeDivide => (left / right).trunc(),
                    Arithmetic::Remainder => left % right,
                    Arithmetic::Power => left.powf(right),
                }
            }
        };
        // Division by zero ends here too: it gives infinity or NaN.
        number.is_finite().then_some(number)
    }
}

/// What gives a text.
#[derive(Debug, Clone)]
pub(super) enum Text {
    Literal(Box<str>),
    Field(usize),
    Casei(Box<Text>),
    Accenti(Box<Text>),
}

impl Text {
    /// Without regard to case; of a literal at once.
    pub(super) fn casei(self) -> Text {
        match self {
            Text::Literal(text) => Text::Literal(fold::case(&text).into()),
            text => Text::Casei(Box::new(text)),
        }
    }

    /// Without regard to accents; of a literal at once.
    pub(super) fn accenti(self) -> Text {
        match self {
            Text::Literal(text) => Text::Literal(fold::accents(&text).into()),
            text => Text::Accenti(Box::new(text)),
        }
    }

    pub(super) fn eval<'a>(&'a self, record: &'a (impl Record + ?Sized)) -> Option<Cow<'a, str>> {
        match self {
            Text::Literal(text) => Some(Cow::Borrowed(text)),
            Text::Field(field) => match record.value(*field)? {
                Value::Text(text) => Some(Cow::Borrowed(text)),
                _ => None,
            },
            Text::Casei(text) => text.eval(record).map(|text| folded(text, fold::case)),
            Text::Accenti(text) => text.eval(record).map(|text| folded(text, fold::accents)),
        }
    }
}

fn folded(text: Cow<'_, str>, fold: impl Fn(&str) -> Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => fold(text),
        Cow::Owned(text) => Cow::Owned(fold(&text).into_owned()),
    }
}
