//! The query of `items`, parameter by parameter: what is not known, given twice or out of range is a 400.

use super::document::{Form, form};
use crate::app::{FilterLang, ItemsQuery};
use crate::geom::offered::OfferedCrs;
use crate::http::extract::as_of;
use crate::http::problem::Problem;
use crate::model::ModelError;
use crate::model::collection::Collection;
use crate::model::written;
use axum::http::HeaderMap;
use jiff::Timestamp;

/// Items of a page where nothing is said.
pub const LIMIT: usize = 100;
/// Most items of a page; more asked for is as many.
pub const MOST: usize = 10_000;

/// Parameters that have a meaning of their own; every other one is a field.
pub const OWN: [&str; 13] = [
    "f",
    "limit",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "sortby",
    "properties",
    "after",
    "as_of",
];

/// What is asked for, read.
#[derive(Debug)]
pub struct Asked {
    /// For the app.
    pub query: ItemsQuery,
    /// In which form.
    pub form: Form,
    /// In which CRS.
    pub crs: OfferedCrs,
    /// Only these properties; `None` is all.
    pub properties: Option<Vec<String>>,
    /// Whether `limit` was given.
    pub limited: bool,
    /// Of the map as it was then; `None` is now.
    pub as_of: Option<Timestamp>,
}

/// Reads a query; `fields` are the names of the fields that the caller may see.
pub fn read(
    collection: Collection,
    fields: &[&str],
    pairs: &[(String, String)],
    headers: &HeaderMap,
) -> Result<Asked, Problem> {
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in pairs {
        if seen.contains(&name.as_str()) {
            return Err(ModelError::new("parameter", name, "given once").into());
        }
        let asked = fields_asked(collection, fields);
        if !OWN.contains(&name.as_str()) && !asked.contains(&name.as_str()) {
            let expected = format!("one of {}, or one of the fields {}", OWN.join(", "), asked.join(", "));
            return Err(ModelError::new("parameter", name, expected).into());
        }
        seen.push(name);
    }
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let crs = crs("crs", value("crs"))?;
    let bbox_crs = self::crs("bbox-crs", value("bbox-crs"))?;
    let bbox = value("bbox").map(|text| written::bbox(text, bbox_crs)).transpose()?;
    let filter_crs = self::crs("filter-crs", value("filter-crs"))?;
    let lang = match value("filter-lang") {
        None => value("filter").map_or(FilterLang::Text, guess),
        Some("cql2-text") => FilterLang::Text,
        Some("cql2-json") => FilterLang::Json,
        Some(other) => return Err(ModelError::new("filter-lang", other, "one of cql2-text, cql2-json").into()),
    };
    let properties = value("properties").map(|list| properties(list, fields)).transpose()?;
    let equal = pairs.iter().filter(|(name, _)| !OWN.contains(&name.as_str())).cloned().collect();
    let query = ItemsQuery {
        collection,
        bbox,
        during: value("datetime").map(written::period).transpose()?,
        filter: value("filter").map(|text| (text.to_owned(), lang, filter_crs)),
        equal,
        order: value("sortby").map(order).transpose()?.unwrap_or_default(),
        after: value("after").map(str::to_owned),
        limit: value("limit").map(limit).transpose()?.unwrap_or(LIMIT),
    };
    let form = form(value("f"), headers, &Form::ITEMS)?;
    Ok(Asked { query, form, crs, properties, limited: value("limit").is_some(), as_of: as_of(value("as_of"))? })
}

/// Those of the fields that a parameter may name.
fn fields_asked<'a>(collection: Collection, fields: &[&'a str]) -> Vec<&'a str> {
    let asked = |name: &str| collection.fields().iter().any(|field| field.name == name && field.is_asked());
    fields.iter().copied().filter(|name| asked(name)).collect()
}

/// Two languages that cannot be mistaken for each other: JSON begins with a brace.
fn guess(filter: &str) -> FilterLang {
    if filter.trim_start().starts_with('{') { FilterLang::Json } else { FilterLang::Text }
}

/// A CRS of the list, CRS84 where nothing is said.
pub fn crs(field: &'static str, name: Option<&str>) -> Result<OfferedCrs, Problem> {
    let Some(name) = name else { return Ok(OfferedCrs::CRS84) };
    let expected = "a URI from the collection's list 'crs', such as http://www.opengis.net/def/crs/EPSG/0/4326";
    OfferedCrs::find(name).ok_or_else(|| ModelError::new(field, name, expected).into())
}

fn limit(text: &str) -> Result<usize, Problem> {
    let refuse = || ModelError::new("limit", text, format!("a whole number from 1; above {MOST} it is {MOST}"));
    if !text.bytes().all(|b| b.is_ascii_digit()) || text.is_empty() {
        return Err(refuse().into());
    }
    // A number too long for the machine is above the maximum as well.
    let number = text.parse::<usize>().unwrap_or(usize::MAX).min(MOST);
    if number == 0 { Err(refuse().into()) } else { Ok(number) }
}

fn properties(list: &str, fields: &[&str]) -> Result<Vec<String>, Problem> {
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let known = |name: &str| {
        let found = fields.contains(&name).then(|| name.to_owned());
        found.ok_or_else(|| ModelError::new("properties", name, format!("some of {}", fields.join(", "))))
    };
    Ok(names.map(known).collect::<Result<Vec<_>, _>>()?)
}

/// `name`, `+name` (a blank once the URL is decoded) or `-name`, by commas.
fn order(list: &str) -> Result<Vec<(String, bool)>, Problem> {
    /// More keys than a person needs; each costs memory for every row.
    const KEYS: usize = 4;
    let keys: Vec<(String, bool)> = list
        .split(',')
        .map(|key| match key.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (key.strip_prefix(['+', ' ']).unwrap_or(key).to_owned(), false),
        })
        .collect();
    if keys.len() > KEYS {
        return Err(ModelError::new("sortby", list, format!("at most {KEYS} fields")).into());
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn asked(query: &[(&str, &str)]) -> Result<Asked, String> {
        let pairs: Vec<(String, String)> = query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        read(Collection::Visits, &["id", "outcome", "at"], &pairs, &HeaderMap::new()).map_err(|p| format!("{p:?}"))
    }

    #[test]
    fn nonsense_is_refused_with_the_name_of_its_parameter() {
        for (name, value) in [
            ("limit", "unlimited"),
            ("limit", "-1"),
            ("limit", "0"),
            ("limit", ""),
            ("bbox", "1,2,3"),
            ("bbox", "a,b,c,d"),
            ("bbox", "1,2,3,4,5"),
            ("bbox", "0,0,0,NaN"),
            ("bbox", "0,10,0,5"),
            ("datetime", "not-a-date"),
            ("datetime", "2026-10-05/2026-10-01"),
            ("datetime", "2026-13-05"),
            ("crs", "http://www.opengis.net/def/crs/EPSG/0/27700"),
            ("bbox-crs", "x"),
            ("filter-lang", "sql"),
            ("properties", "address"),
            ("f", "xml"),
        ] {
            let problem = asked(&[(name, value)]).unwrap_err();
            assert!(problem.contains(&format!("Some(\"{name}\")")), "{name}={value}: {problem}");
        }
        assert!(asked(&[("unknown", "1")]).is_err() && asked(&[("limit", "1"), ("limit", "2")]).is_err());
    }

    #[test]
    fn a_datetime_is_an_instant_a_day_or_an_interval_open_or_by_duration() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        for (text, from, to) in [
            ("2026-10-05T08:00:00Z", at("2026-10-05T08:00:00Z"), at("2026-10-05T08:00:00Z")),
            ("2026-10-05", at("2026-10-05T00:00:00Z"), at("2026-10-05T23:59:59.999999Z")),
            ("2026-10-05/..", at("2026-10-05T00:00:00Z"), None),
            ("2026-10-05/", at("2026-10-05T00:00:00Z"), None),
            ("../2026-10-05", None, at("2026-10-05T23:59:59.999999Z")),
            ("/2026-10-05", None, at("2026-10-05T23:59:59.999999Z")),
            ("../..", None, None),
            ("2024-01-01/P2D", at("2024-01-01T00:00:00Z"), at("2024-01-03T00:00:00Z")),
            ("P2D/2024-01-03T00:00:00Z", at("2024-01-01T00:00:00Z"), at("2024-01-03T00:00:00Z")),
        ] {
            assert_eq!(asked(&[("datetime", text)]).unwrap().query.during, Some((from, to)), "{text}");
        }
    }

    #[test]
    fn a_limit_above_the_most_is_the_most() {
        assert_eq!(asked(&[("limit", "10001")]).unwrap().query.limit, MOST);
        assert_eq!(asked(&[("limit", "99999999999999999999999")]).unwrap().query.limit, MOST);
        assert_eq!(asked(&[]).unwrap().query.limit, LIMIT);
    }

    #[test]
    #[allow(clippy::float_cmp)] // read, not computed
    fn a_bbox_may_have_heights_and_axes_in_another_order() {
        let bbox = |query: &[(&str, &str)]| asked(query).unwrap().query.bbox.unwrap().to_array();
        assert_eq!(bbox(&[("bbox", "9,47,0,10,48,100")]), [9.0, 47.0, 10.0, 48.0]);
        let lat_first = ("bbox-crs", "http://www.opengis.net/def/crs/EPSG/0/4326");
        assert_eq!(bbox(&[("bbox", "47,9,48,10"), lat_first]), [9.0, 47.0, 10.0, 48.0]);
        assert_eq!(bbox(&[("bbox", "177,65,-177,70")]), [177.0, 65.0, -177.0, 70.0]);
    }
}
