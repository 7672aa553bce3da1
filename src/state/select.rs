//! Rows of a collection by place, time and filter: counted exactly, and one page of them.

use super::index::WorldRect;
use super::row::Row;
use super::{HouseholdId, Scope, ShelfId, State, StateError};
use crate::geom::{Bbox, LatticeRect};
use crate::model::collection::{Collection, GEOMETRY};
use crate::model::filter::{Filter, Record};
use crate::model::{Datum, Feature};
use jiff::Timestamp;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use std::cmp::Ordering;

/// Which rows.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    /// Of which collection.
    pub collection: Collection,
    /// Within which part of the map; Areas and context are everybody's.
    pub scope: &'a Scope,
    /// Touching this rectangle.
    pub bbox: Option<&'a Bbox>,
    /// At some time between two moments, ends included.
    pub during: Option<(Option<Timestamp>, Option<Timestamp>)>,
    /// Passing this filter, compiled for the collection.
    pub filter: Option<&'a Filter>,
    /// In this order; then, and without one, in the order in which they came in.
    pub order: &'a [SortBy],
    /// After the row at which the page before ended.
    pub after: Option<&'a Mark>,
    /// Most rows of the page.
    pub limit: usize,
}

/// A field to sort by. Rows without a value come last, whichever the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortBy {
    /// Its number in the collection.
    pub field: usize,
    /// Greatest first.
    pub descending: bool,
}

/// Where a page ended: the values that it is sorted by and the number of its last row. Holds when that row has changed since.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Mark(pub Vec<Option<Datum>>, pub u32);

/// One page.
#[derive(Debug)]
pub struct Selected {
    /// The rows, in their order.
    pub features: Vec<Feature>,
    /// How many there are on all pages.
    pub matched: u64,
    /// Where the next page begins, if there is one.
    pub next: Option<Mark>,
}

/// Rows that one thread looks at in one go.
const CHUNK: u32 = 8_192;
/// A rectangle that holds more than one household in so many holds most of the map: a page of it is found by going along all.
const MOST_OF: u64 = 2;

/// Rows between two questions whether to go on: one may cost a millisecond, a large shape against a large shape.
const ASKED_EVERY: u32 = 64;

/// The rows that can be meant.
enum Candidates {
    /// All numbers below this.
    All(u32),
    /// These, ascending.
    Listed(Vec<u32>),
}

struct Part {
    matched: u64,
    marks: Vec<Mark>,
}

impl State {
    /// A page of rows with the fields that `shown` says yes to, and how many rows there are in all.
    ///
    /// Costs what lies in the rectangles of `bbox` or of the filter, where there are any: else a look at every row, on all cores;
    /// without a filter, counts come from the index and the tallies. `going` is asked every 64 rows; once it says no,
    /// the answer is [`StateError::Cut`].
    pub fn select(
        &self,
        selection: &Selection<'_>,
        shown: impl Fn(usize) -> bool,
        going: &(dyn Fn() -> bool + Sync),
    ) -> Result<Selected, StateError> {
        let counted = self.count_at_once(selection);
        let enough = counted.is_some() && selection.order.is_empty();
        let candidates = match (counted, selection.bbox) {
            (Some(matched), Some(bbox)) if enough && matched * MOST_OF < self.households.len() as u64 => {
                let after = selection.after.map(|Mark(_, last)| *last);
                Candidates::Listed(self.lowest_in(bbox, after, selection.limit + 1))
            }
            _ => self.candidates(selection),
        };
        let Part { matched, mut marks } = self.scan(selection, &candidates, enough, going)?;
        let more = marks.len() > selection.limit;
        marks.truncate(selection.limit);
        let row = |mark: &Mark| Row::new(self, selection.collection, mark.1).feature(&shown);
        let features = marks.iter().map(row).collect();
        let next = if more { marks.pop() } else { None };
        Ok(Selected { features, matched: counted.unwrap_or(matched), next })
    }

    /// One row by its identity, if it is there and in the scope.
    #[must_use]
    pub fn select_one(
        &self,
        collection: Collection,
        id: &str,
        scope: &Scope,
        shown: impl Fn(usize) -> bool,
    ) -> Option<Feature> {
        let number = match collection {
            Collection::Areas => self.areas.find(id)?.0,
            Collection::Households => self.households.find(id)?.0,
            Collection::Visits => self.visits.number(id.parse().ok()?)?.0,
            Collection::Context => self.context.find(id)?.0,
            Collection::Zones => self.drawings.zones.find(id)?.0,
            Collection::Spots => self.drawings.spots.find(id)?.0,
        };
        let row = Row::new(self, collection, number);
        (self.lives(collection, number) && self.within_scope(&row, scope)).then(|| row.feature(shown))
    }

    /// How many, where that needs no look at the rows.
    fn count_at_once(&self, selection: &Selection<'_>) -> Option<u64> {
        let Selection { collection, scope, bbox, during, filter, .. } = *selection;
        let timed = collection.place(crate::model::collection::FieldRole::Start).is_some() && during.is_some();
        if filter.is_some() || timed {
            return None;
        }
        match (collection, bbox, scope) {
            (Collection::Households, None, Scope::Everywhere) => Some(self.households.len() as u64),
            (Collection::Households, None, Scope::Areas(_)) => Some(self.households_in(scope)),
            (Collection::Households, Some(bbox), Scope::Everywhere) => Some(self.count_in(bbox)),
            (Collection::Visits, None, Scope::Everywhere) => Some(self.visits.len() as u64),
            (Collection::Context, None, _) => Some(self.context.len() as u64),
            (Collection::Zones, None, _) => Some(self.drawings.zones.len() as u64),
            (Collection::Spots, None, _) => Some(self.drawings.spots.len() as u64),
            _ => None,
        }
    }

    /// Households in a rectangle; those of the index's inner buckets are not looked at one by one.
    fn count_in(&self, bbox: &Bbox) -> u64 {
        let exact = |id: u32| bbox.contains(self.households.at(HouseholdId(id)));
        bbox.parts().map(|part| self.points.count(&LatticeRect::of_bbox(&part), exact)).sum()
    }

    fn candidates(&self, selection: &Selection<'_>) -> Candidates {
        let Selection { collection, bbox, filter, .. } = *selection;
        // A row must touch one of each: the narrowest are looked up.
        let of_scope = match (collection, selection.scope) {
            (Collection::Households | Collection::Visits, Scope::Areas(areas)) => {
                Some(self.around(areas).into_iter().collect())
            }
            _ => None,
        };
        let of_bbox = bbox.map(|bbox| bbox.parts().collect::<Vec<Bbox>>());
        let of_filter = filter.and_then(|filter| filter.bounds(GEOMETRY));
        let area =
            |rects: &Vec<Bbox>| -> f64 { rects.iter().map(|r| (r.east() - r.west()) * (r.north() - r.south())).sum() };
        let each = [of_bbox, of_filter, of_scope].into_iter().flatten();
        let rects = each.min_by(|a, b| area(a).total_cmp(&area(b)));
        let all = match collection {
            Collection::Areas => self.areas.ids().count(),
            Collection::Households => self.households.len(),
            Collection::Visits => self.visits.len(),
            Collection::Context => self.context.numbers(),
            Collection::Zones => self.drawings.zones.numbers(),
            Collection::Spots => self.drawings.spots.numbers(),
        };
        let all = Candidates::All(u32::try_from(all).expect("numbers are u32"));
        let Some(rects) = rects else { return all };
        let mut listed: Vec<u32> = match collection {
            Collection::Areas => {
                rects.iter().flat_map(|r| self.areas.touching(&r.into()).map(|id| id.0).collect::<Vec<_>>()).collect()
            }
            Collection::Context => numbers(&rects, |rect| self.context.touching(rect)),
            Collection::Zones => numbers(&rects, |rect| self.drawings.zones.touching(rect)),
            Collection::Spots => numbers(&rects, |rect| self.drawings.spots.touching(rect)),
            Collection::Households | Collection::Visits => {
                let wide: u64 = rects.iter().map(|r| self.points.count(&LatticeRect::of_bbox(r), |_| true)).sum();
                // To list and sort so many costs more than a look at all.
                if wide * 8 > self.households.len() as u64 {
                    return all;
                }
                let mut ids = Vec::new();
                for rect in &rects {
                    self.points.within(&LatticeRect::of_bbox(rect), |spot| ids.push(spot.id));
                }
                if collection == Collection::Visits {
                    ids.sort_unstable();
                    ids.dedup();
                    ids = ids.into_iter().flat_map(|id| self.visits.numbers_of(HouseholdId(id))).collect();
                }
                ids
            }
        };
        listed.sort_unstable();
        listed.dedup();
        Candidates::Listed(listed)
    }

    /// `enough`: the count is known, so that whoever has a full page may stop.
    fn scan(
        &self,
        selection: &Selection<'_>,
        candidates: &Candidates,
        enough: bool,
        going: &(dyn Fn() -> bool + Sync),
    ) -> Result<Part, StateError> {
        let total = match candidates {
            Candidates::All(n) => *n,
            Candidates::Listed(list) => u32::try_from(list.len()).expect("numbers are u32"),
        };
        let number = |i: u32| match candidates {
            Candidates::All(_) => i,
            Candidates::Listed(list) => list[i as usize],
        };
        let start = match selection.after {
            // In the order of numbers what came before is not looked at again, unless it is to be counted.
            Some(Mark(_, last)) if enough => match candidates {
                Candidates::All(_) => last.saturating_add(1),
                Candidates::Listed(numbers) => u32::try_from(numbers.partition_point(|n| n <= last)).unwrap_or(total),
            },
            _ => 0,
        };
        let chunk = |first: u32| -> Result<Part, StateError> {
            let mut part = Part { matched: 0, marks: Vec::new() };
            for i in first..total.min(first.saturating_add(CHUNK)) {
                if (i - first).is_multiple_of(ASKED_EVERY) && !going() {
                    return Err(StateError::Cut);
                }
                let row = Row::new(self, selection.collection, number(i));
                if self.selects(&row, number(i), selection) {
                    part.matched += 1;
                    part.add(mark(&row, number(i), selection.order), selection);
                }
            }
            part.tidy(selection);
            Ok(part)
        };
        if enough {
            let mut whole = Part { matched: 0, marks: Vec::new() };
            for first in (start..total).step_by(CHUNK as usize) {
                whole.join(chunk(first)?, selection);
                if whole.marks.len() > selection.limit {
                    break;
                }
            }
            return Ok(whole);
        }
        let chunks = (start..total).step_by(CHUNK as usize).collect::<Vec<_>>();
        let parts = chunks.into_par_iter().map(chunk).collect::<Result<Vec<Part>, _>>()?;
        let mut whole = Part { matched: 0, marks: Vec::new() };
        for part in parts {
            whole.join(part, selection);
        }
        Ok(whole)
    }

    fn lives(&self, collection: Collection, number: u32) -> bool {
        match collection {
            Collection::Areas => self.areas.get(super::AreaId(number)).in_force,
            Collection::Zones => self.drawings.zones.get(ShelfId(number)).is_some(),
            Collection::Spots => self.drawings.spots.get(ShelfId(number)).is_some(),
            Collection::Households | Collection::Visits | Collection::Context => true,
        }
    }

    fn within_scope(&self, row: &Row<'_>, scope: &Scope) -> bool {
        row.household().is_none_or(|id| scope.holds(self.households.area(id)))
    }

    fn selects(&self, row: &Row<'_>, number: u32, selection: &Selection<'_>) -> bool {
        self.lives(selection.collection, number)
            && self.within_scope(row, selection.scope)
            && selection.bbox.is_none_or(|bbox| row.touches(bbox))
            && selection.during.is_none_or(|(from, to)| row.during(from, to))
            && selection.filter.is_none_or(|filter| filter.matches(row))
    }
}

/// Numbers of things on a shelf that touch one of some rectangles.
fn numbers(rects: &[Bbox], touching: impl Fn(&WorldRect) -> Vec<ShelfId>) -> Vec<u32> {
    rects.iter().flat_map(|rect| touching(&rect.into())).map(|id| id.0).collect()
}

fn mark(row: &Row<'_>, number: u32, order: &[SortBy]) -> Mark {
    Mark(order.iter().map(|by| row.value(by.field).and_then(Datum::of)).collect(), number)
}

fn compare(a: &Mark, b: &Mark, order: &[SortBy]) -> Ordering {
    for (by, (a, b)) in order.iter().zip(a.0.iter().zip(&b.0)) {
        let ordering = match (a, b) {
            (Some(a), Some(b)) if by.descending => b.order(a),
            (Some(a), Some(b)) => a.order(b),
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    a.1.cmp(&b.1)
}

impl Part {
    fn add(&mut self, mark: Mark, selection: &Selection<'_>) {
        let order = selection.order;
        if selection.after.is_some_and(|after| compare(&mark, after, order).is_le()) {
            return;
        }
        if order.is_empty() {
            if self.marks.len() <= selection.limit {
                self.marks.push(mark);
            }
            return;
        }
        self.marks.push(mark);
        // Thrown away now and then, so that what is kept stays a few pages long.
        if self.marks.len() > 4 * (selection.limit + 1) + 1_024 {
            self.tidy(selection);
        }
    }

    fn tidy(&mut self, selection: &Selection<'_>) {
        if !selection.order.is_empty() {
            self.marks.sort_unstable_by(|a, b| compare(a, b, selection.order));
        }
        self.marks.truncate(selection.limit + 1);
    }

    fn join(&mut self, other: Part, selection: &Selection<'_>) {
        self.matched += other.matched;
        if selection.order.is_empty() && self.marks.len() > selection.limit {
            return;
        }
        self.marks.extend(other.marks);
        self.tidy(selection);
    }
}
