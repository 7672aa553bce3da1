//! Items of a collection: what OGC API Features asks for, in the house's words.

use super::past::Map;
use super::{App, AppError, Caller};
use crate::geom::offered::{Inward, OfferedCrs};
use crate::geom::{Bbox, LonLat};
use crate::model::collection::{Collection, CollectionField, FieldRole, GEOMETRY};
use crate::model::filter::{Comparison, Expr, Filter, Kind, Op, Schema};
use crate::model::written::Period;
use crate::model::{Feature, ModelError};
use crate::state::{PageMark, Selected, Selection, SortBy};
use std::time::{Duration, Instant};

/// In which language a filter is written, and where a page ended.
pub use crate::formats::cql2::Lang as FilterLang;

/// Longest time that one page may take; beyond it the answer is a refusal that says so.
pub(super) const LONGEST: Duration = Duration::from_secs(2);

/// Which items.
#[derive(Debug, Clone)]
pub struct ItemsQuery {
    /// Of which collection.
    pub collection: Collection,
    /// Touching this rectangle.
    pub bbox: Option<Bbox>,
    /// At some time in this period.
    pub during: Option<Period>,
    /// A filter, its language, and the CRS of its positions.
    pub filter: Option<(String, FilterLang, OfferedCrs)>,
    /// Fields that must have a value, as the URL writes it.
    pub equal: Vec<(String, String)>,
    /// Fields to sort by, greatest first where the flag says so.
    pub order: Vec<(String, bool)>,
    /// After this mark of the page before.
    pub after: Option<String>,
    /// Most items of the page.
    pub limit: usize,
}

/// A page of items.
#[derive(Debug)]
pub struct ItemsReport {
    /// In their order.
    pub features: Vec<Feature>,
    /// How many there are on all pages.
    pub matched: u64,
    /// The mark at which the next page begins.
    pub next: Option<String>,
}

/// A collection as far as the caller sees it.
pub(super) struct Visible<'a> {
    pub collection: Collection,
    pub caller: &'a Caller,
}

impl Visible<'_> {
    fn shows(&self, field: usize) -> bool {
        self.caller.may(self.collection.fields()[field].right)
    }

    /// Whether the caller may filter and sort by it.
    fn is_asked(&self, field: usize) -> bool {
        self.shows(field) && self.collection.fields()[field].is_asked()
    }
}

impl Schema for Visible<'_> {
    fn field(&self, name: &str) -> Option<(usize, Kind)> {
        Schema::field(&self.collection, name).filter(|(field, _)| self.is_asked(*field))
    }

    fn names(&self) -> Vec<&'static str> {
        let fields = self.collection.fields();
        (0..fields.len()).filter(|field| self.is_asked(*field)).map(|field| fields[field].name).collect()
    }
}

impl App {
    /// The collections that a caller may ask for.
    #[must_use]
    pub fn collections(&self, caller: &Caller) -> Vec<Collection> {
        Collection::ALL.into_iter().filter(|collection| caller.may(collection.right())).collect()
    }

    /// A collection by name, for who may ask for it.
    pub fn collection(&self, caller: &Caller, name: &str) -> Result<Collection, AppError> {
        let unknown = || AppError::NotFound { what: "collection", name: name.to_owned() };
        let collection = Collection::find(name).ok_or_else(unknown)?;
        caller.require(collection.right())?;
        Ok(collection)
    }

    /// The fields of a collection that a caller sees, the geometry first.
    #[must_use]
    pub fn collection_fields(&self, caller: &Caller, collection: Collection) -> Vec<&'static CollectionField> {
        collection.fields().iter().filter(|field| caller.may(field.right)).collect()
    }

    /// Where a collection's items lie, as far as whoever may ask for it may know: the map's extent, and beside it that of the context
    /// layer, of zones or of spots. Not for the async threads: a map without Areas looks at every household.
    #[must_use]
    pub fn extent(&self, collection: Collection) -> Option<Bbox> {
        let state = self.state.read();
        let map = state.extent();
        let own = match collection {
            Collection::Areas | Collection::Households | Collection::Visits => None,
            Collection::Context => state.context_extent(),
            Collection::Zones => state.zones_extent(),
            Collection::Spots => state.spots_extent(),
        };
        [map, own].into_iter().flatten().reduce(|a, b| a.union(&b))
    }

    /// A page of items of a map. See [`crate::state::State::select`] for what it costs; it is given up after two seconds.
    pub(super) fn items(&self, caller: &Caller, map: &Map, query: &ItemsQuery) -> Result<ItemsReport, AppError> {
        let end = Instant::now() + LONGEST;
        self.items_while(caller, map, query, &|| Instant::now() < end)
    }

    /// A page of items, as long as `going` says yes.
    fn items_while(
        &self,
        caller: &Caller,
        map: &Map,
        query: &ItemsQuery,
        going: &(dyn Fn() -> bool + Sync),
    ) -> Result<ItemsReport, AppError> {
        let collection = query.collection;
        caller.require(collection.right())?;
        let visible = Visible { collection, caller };
        let filter = filter(query, &visible)?;
        let order = query.order.iter().map(|(name, descending)| sort_by(&visible, name, *descending));
        let order = order.collect::<Result<Vec<SortBy>, _>>()?;
        let after = query.after.as_deref().map(|text| mark(text, order.len())).transpose()?;
        let selected = self.look(map, |state| {
            let scope = caller.scope(state, collection.right())?;
            let selection = Selection {
                collection,
                scope: &scope,
                bbox: query.bbox.as_ref(),
                during: query.during,
                filter: filter.as_ref(),
                order: &order,
                after: after.as_ref(),
                limit: query.limit,
            };
            Ok::<_, AppError>(state.select(&selection, |field| visible.shows(field), going))
        })?;
        let Selected { mut features, matched, next } = selected.map_err(|e| match e {
            crate::state::StateError::Cut => AppError::TooLong(LONGEST),
            e => e.into(),
        })?;
        if collection == Collection::Households {
            self.open_items(&mut features, |field| visible.shows(field));
        }
        let written = |mark: PageMark| serde_json::to_string(&mark).unwrap_or_default();
        Ok(ItemsReport { features, matched, next: next.map(written) })
    }

    /// One item of a map by its identity. One out of the caller's reach is not there.
    pub(super) fn item(
        &self,
        caller: &Caller,
        map: &Map,
        collection: Collection,
        id: &str,
    ) -> Result<Feature, AppError> {
        let visible = Visible { collection, caller };
        let found = self.look(map, |state| {
            let scope = caller.scope(state, collection.right())?;
            Ok::<_, AppError>(state.select_one(collection, id, &scope, |field| visible.shows(field)))
        })?;
        let unknown = || AppError::NotFound { what: "item", name: id.escape_debug().to_string() };
        let mut feature = found.ok_or_else(unknown)?;
        if collection == Collection::Households {
            self.open_items(std::slice::from_mut(&mut feature), |field| visible.shows(field));
        }
        Ok(feature)
    }
}

/// The filter and the values that are asked for, both.
fn filter(query: &ItemsQuery, visible: &Visible<'_>) -> Result<Option<Filter>, AppError> {
    let mut whole: Option<Filter> = None;
    if let Some((text, lang, crs)) = &query.filter {
        let inward: Inward = crs.inward()?;
        let to_lonlat = |first: f64, second: f64| -> Result<LonLat, _> { inward.lonlat(first, second) };
        whole = Some(crate::formats::cql2::parse(text, *lang, visible, &to_lonlat)?);
    }
    for (name, value) in &query.equal {
        let equal = equal(visible, name, value)?;
        whole = Some(match whole {
            Some(filter) => filter.and(equal),
            None => equal,
        });
    }
    Ok(whole)
}

/// `field = value`, the value as a URL writes it.
fn equal(visible: &Visible<'_>, name: &str, value: &str) -> Result<Filter, ModelError> {
    let (field, kind) = visible.field(name).ok_or_else(|| unknown(visible, name))?;
    let name = visible.collection.fields()[field].name;
    let refuse = |expected: &str| ModelError::new(name, value, expected.to_owned());
    let literal = match kind {
        Kind::Text => Expr::Text(value.to_owned()),
        Kind::Integer | Kind::Number => {
            let number = value.parse().ok().filter(|number: &f64| number.is_finite());
            Expr::Number(number.ok_or_else(|| refuse("a number"))?)
        }
        Kind::Boolean => Expr::Boolean(value.parse().map_err(|_| refuse("true or false"))?),
        Kind::Date => Expr::Date(value.parse().map_err(|_| refuse("a date such as 2026-10-05"))?),
        Kind::Instant => Expr::Instant(value.parse().map_err(|_| refuse("a time such as 2026-10-05T08:00:00Z"))?),
        Kind::Texts | Kind::Geometry => return Err(refuse("a filter in the parameter 'filter'")),
    };
    let compare = Expr::Call(Op::Compare(Comparison::Equal), vec![Expr::Property(name.to_owned()), literal]);
    Filter::compile(&compare, visible)
}

fn unknown(visible: &Visible<'_>, name: &str) -> ModelError {
    ModelError::new(
        "parameter",
        name,
        format!("one that is known, or one of the fields {}", visible.names().join(", ")),
    )
}

fn sort_by(visible: &Visible<'_>, name: &str, descending: bool) -> Result<SortBy, ModelError> {
    let (field, _) =
        visible.field(name).filter(|(field, kind)| *field != GEOMETRY && *kind != Kind::Texts).ok_or_else(|| {
            let mut names = visible.names();
            names.retain(|name| *name != visible.collection.fields()[GEOMETRY].name);
            ModelError::new("sortby", name, format!("one of {}", names.join(", ")))
        })?;
    Ok(SortBy { field, descending })
}

fn mark(text: &str, keys: usize) -> Result<PageMark, ModelError> {
    let read = serde_json::from_str::<PageMark>(text).ok().filter(|mark| mark.0.len() == keys);
    read.ok_or_else(|| ModelError::new("after", text, "the mark from a link 'next' of the same query"))
}

impl App {
    /// Whether a collection has a time, so that `datetime` can tell its items apart.
    #[must_use]
    pub fn collection_has_time(&self, collection: Collection) -> bool {
        collection.place(FieldRole::Start).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{AppSettings, ImportKind, ImportSpec, Mapping, load, open_input, open_store, run_import};
    use crate::model::{Grant, Role};
    use jiff::Timestamp;
    use std::io::Cursor;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const HOUSEHOLDS: usize = 200;

    fn app(dir: &tempfile::TempDir) -> App {
        let mut store = open_store(dir.path().join("map.db").to_str().unwrap(), true, "test").unwrap();
        let rows: Vec<String> = (0..HOUSEHOLDS).map(|i| format!("H{i},9.5,47.1")).collect();
        let rows =
            open_input(Box::new(Cursor::new(format!("code,x,y\n{}", rows.join("\n")).into_bytes())), None).unwrap();
        let kind = ImportKind::Households;
        let mapping = Mapping::default();
        let spec = ImportSpec {
            kind,
            mapping,
            crs: None,
            repair: false,
            within: None,
            skip_bad: false,
            author: "test".into(),
            key: None,
        };
        run_import(&mut store, rows, &spec, |bad| panic!("{bad}"), |_| ()).unwrap();
        let state = load(&store, |_| true).unwrap();
        App::start(store, state, &AppSettings { tile_cache_bytes: 0, outside: None, keys: Arc::default() })
    }

    fn query(filter: &str) -> ItemsQuery {
        ItemsQuery {
            collection: Collection::Households,
            bbox: None,
            during: None,
            filter: Some((filter.to_owned(), FilterLang::Text, OfferedCrs::CRS84)),
            equal: Vec::new(),
            order: Vec::new(),
            after: None,
            limit: 10,
        }
    }

    #[test]
    fn a_question_that_takes_too_long_is_given_up_between_two_rows_in_words_that_say_so() {
        let dir = tempfile::tempdir().unwrap();
        let app = app(&dir);
        let grant = Grant { name: "A".into(), role: Role::Analyst, areas: Vec::new() };
        let caller = Caller::of_outside(grant, Timestamp::MAX);
        let asked = AtomicUsize::new(0);
        let times = |most: usize| {
            asked.store(0, Ordering::Relaxed);
            let going = || asked.fetch_add(1, Ordering::Relaxed) < most;
            app.items_while(&caller, &Map::LIVING, &query("code LIKE '%9'"), &going)
        };
        assert_eq!(times(usize::MAX).unwrap().matched, 20);
        let needed = asked.load(Ordering::Relaxed);
        assert_eq!(needed, HOUSEHOLDS.div_ceil(64), "rows are looked at 64 at a time");
        for most in 0..needed {
            let refused = times(most).unwrap_err();
            assert!(matches!(refused, AppError::TooLong(LONGEST)), "{refused}");
            let words = "the answer took longer than 2 s and was given up: ask for less, for instance within a bbox";
            assert_eq!(refused.to_string(), words);
            assert_eq!(asked.load(Ordering::Relaxed), most + 1, "nobody goes on");
        }
    }
}
