//! Lists of texts, asked as sets.

use super::expr::SetRelation;
use super::scalar::Text;
use super::{Record, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What gives a list of texts.
#[derive(Debug, Clone)]
pub(super) enum Texts {
    Literal(Box<[Text]>),
    Field(usize),
}

impl Texts {
    /// `None` if there is no list or one of its members is NULL.
    fn eval<'a>(&'a self, record: &'a (impl Record + ?Sized)) -> Option<BTreeSet<Cow<'a, str>>> {
        match self {
            Texts::Literal(members) => members.iter().map(|text| text.eval(record)).collect(),
            Texts::Field(field) => match record.value(*field)? {
                Value::Texts(texts) => Some(texts.iter().map(|text| Cow::Borrowed(text.as_str())).collect()),
                _ => None,
            },
        }
    }

    /// Whether there is a list.
    pub(super) fn is_known(&self, record: &(impl Record + ?Sized)) -> bool {
        self.eval(record).is_some()
    }
}

/// Whether the two sets lie so.
pub(super) fn eval(
    relation: SetRelation,
    left: &Texts,
    right: &Texts,
    record: &(impl Record + ?Sized),
) -> Option<bool> {
    let (left, right) = (left.eval(record)?, right.eval(record)?);
    Some(match relation {
        SetRelation::Equals => left == right,
        SetRelation::Contains => left.is_superset(&right),
        SetRelation::ContainedBy => left.is_subset(&right),
        SetRelation::Overlaps => !left.is_disjoint(&right),
    })
}
