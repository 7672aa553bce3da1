//! Where a record must lie to pass.

use super::expr::SpatialRelation;
use super::predicate::Test;
use super::space::Place;
use crate::geom::Bbox;

/// Most rectangles that are kept; more become one around all.
const MOST: usize = 64;

impl Test {
    /// Rectangles that a record's geometry touches wherever the test answers `answer`; `None` where it may lie anywhere.
    ///
    /// Of conditions that must all hold the narrowest bounds are taken and not what they share: a large geometry may touch two
    /// rectangles and not the place where they meet.
    pub(super) fn bounds(&self, answer: bool, geometry: usize) -> Option<Vec<Bbox>> {
        match self {
            Test::Constant(always) => (*always != answer).then(Vec::new),
            Test::Not(test) => test.bounds(!answer, geometry),
            Test::All(tests) if answer => narrowest(tests, answer, geometry),
            Test::Any(tests) if !answer => narrowest(tests, answer, geometry),
            Test::All(tests) | Test::Any(tests) => together(tests, answer, geometry),
            Test::Space(relation, Place::Field(field), Place::Literal(fixed))
            | Test::Space(relation, Place::Literal(fixed), Place::Field(field))
                if *field == geometry && (*relation != SpatialRelation::Disjoint) == answer =>
            {
                Some(fixed.boxes().to_vec())
            }
            _ => None,
        }
    }
}

fn narrowest(tests: &[Test], answer: bool, geometry: usize) -> Option<Vec<Bbox>> {
    let area =
        |bounds: &Vec<Bbox>| -> f64 { bounds.iter().map(|b| (b.east() - b.west()) * (b.north() - b.south())).sum() };
    let known = tests.iter().filter_map(|test| test.bounds(answer, geometry));
    known.min_by(|a, b| area(a).total_cmp(&area(b)))
}

fn together(tests: &[Test], answer: bool, geometry: usize) -> Option<Vec<Bbox>> {
    let each: Option<Vec<_>> = tests.iter().map(|test| test.bounds(answer, geometry)).collect();
    let all = each?.concat();
    if all.len() <= MOST {
        return Some(all);
    }
    Some(all.into_iter().reduce(|a, b| a.union(&b)).into_iter().collect())
}
