//! Items, a page at a time or in a stream, and one item.

use super::collections::{QUERYABLES, SCHEMA};
use super::document::{Form, Link, form};
use super::geojson::{Writing, Written};
use super::query::{self, Asked};
use super::{html, stream};
use crate::app::{App, Caller, ItemsReport, Map};
use crate::geom::offered::OfferedCrs;
use crate::http::door::base as origin;
use crate::http::extract::{Params, Path, as_of};
use crate::http::precondition::{known, tag};
use crate::http::problem::Problem;
use crate::model::collection::Collection;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Classes that a JSON-FG document declares.
const JSON_FG: [&str; 2] = [
    "http://www.opengis.net/spec/json-fg-1/0.2/conf/core",
    "http://www.opengis.net/spec/json-fg-1/0.2/conf/types-schemas",
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conforms_to: Option<[&'static str; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coord_ref_sys: Option<String>,
    time_stamp: Timestamp,
    number_matched: u64,
    number_returned: usize,
    links: Vec<Link>,
    features: Vec<Written<'a>>,
}

pub async fn items(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let collection = app.collection(&caller, &name)?;
    let fields: Vec<&str> = app.collection_fields(&caller, collection).iter().map(|f| f.name).collect();
    let asked = query::read(collection, &fields, &pairs, &headers)?;
    let base = format!("{}/ogc/collections/{}", origin(&headers), collection.as_str());
    let map = app.map(&caller, asked.as_of).await?;
    if asked.form.streams() {
        return stream::answer(app, caller, map, asked).await;
    }
    let answer = app.work(move |app| page(app, &caller, &map, &asked, &pairs, &base)).await??;
    Ok(answer)
}

fn page(
    app: &App,
    caller: &Caller,
    map: &Map,
    asked: &Asked,
    pairs: &[(String, String)],
    base: &str,
) -> Result<Response, Problem> {
    let ItemsReport { mut features, matched, next } = app.read_items(caller, map, &asked.query)?;
    let collection = asked.query.collection;
    let links = links(collection, asked, pairs, base, next.as_deref());
    let head = head(asked.crs, asked.form, base);
    if asked.form == Form::Html {
        let fields = app.collection_fields(caller, collection);
        let page = html::items(collection, &fields, &features, matched, &links);
        return Ok((head, page).into_response());
    }
    let writing = Writing { properties: asked.properties.as_deref(), crs: asked.crs, fg: asked.form == Form::JsonFg };
    let outward = writing.outward()?;
    let number_returned = features.len();
    let features = features.iter_mut().map(|feature| writing.write(feature, outward.as_ref())).collect();
    let page = Page {
        r#type: "FeatureCollection",
        conforms_to: writing.fg.then_some(JSON_FG),
        coord_ref_sys: (writing.fg && asked.crs != OfferedCrs::CRS84).then(|| asked.crs.uri()),
        time_stamp: Timestamp::now(),
        number_matched: matched,
        number_returned,
        links,
        features,
    };
    Ok((head, serde_json::to_string(&page).map_err(|_| Problem::internal())?).into_response())
}

/// Headers of features in a form and a CRS.
pub fn head(crs: OfferedCrs, form: Form, base: &str) -> HeaderMap {
    let mut head = HeaderMap::new();
    let mut put = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            head.append(name, value);
        }
    };
    let text = matches!(form, Form::Html | Form::Csv);
    put(header::CONTENT_TYPE, format!("{}{}", form.features(), if text { "; charset=utf-8" } else { "" }));
    put(HeaderName::from_static("content-crs"), format!("<{}>", crs.uri()));
    put(header::VARY, "Accept, Authorization, Cookie".into());
    put(header::CACHE_CONTROL, "private, no-cache".into());
    if !base.is_empty() {
        put(header::LINK, format!("<{base}/queryables>; rel=\"{QUERYABLES}\"; type=\"{SCHEMA}\""));
    }
    head
}

fn links(
    collection: Collection,
    asked: &Asked,
    pairs: &[(String, String)],
    base: &str,
    next: Option<&str>,
) -> Vec<Link> {
    let url = |form: Form, after: Option<&str>| {
        let kept = pairs.iter().filter(|(name, _)| name != "f" && (after.is_none() || name != "after"));
        let mut query: Vec<(&str, &str)> = kept.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        query.push(("f", form.as_str()));
        query.extend(after.map(|after| ("after", after)));
        // What was read from a query can be written as one.
        format!("{base}/items?{}", serde_urlencoded::to_string(query).unwrap_or_default())
    };
    let own = |form: Form| {
        let rel = if form == asked.form { "self" } else { "alternate" };
        let what = if form == asked.form { "This page" } else { "The same" };
        Link::new(rel, form.features(), url(form, None), format!("{what} as {}", form.title()))
    };
    let mut links: Vec<Link> = Form::ITEMS.into_iter().map(own).collect();
    if let Some(next) = next {
        links.push(Link::new("next", asked.form.features(), url(asked.form, Some(next)), "The next page"));
    }
    links.push(Link::new("collection", "application/json", base, collection.title()));
    links
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemParams {
    f: Option<String>,
    crs: Option<String>,
    as_of: Option<String>,
}

/// Forms of one item.
const ITEM: [Form; 3] = [Form::Json, Form::Html, Form::JsonFg];

pub async fn item(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path((name, id)): Path<(String, String)>,
    Params(params): Params<ItemParams>,
) -> Result<Response, Problem> {
    let collection = app.collection(&caller, &name)?;
    let (form, crs) = (form(params.f.as_deref(), &headers, &ITEM)?, query::crs("crs", params.crs.as_deref())?);
    let as_of = as_of(params.as_of.as_deref())?;
    let mut feature = app.read_item(&caller, collection, &id, as_of).await?;
    let base = format!("{}/ogc/collections/{}", origin(&headers), collection.as_str());
    let mut head = head(crs, form, &base);
    if let Some(version) = feature.version {
        let tag = tag(version, &written_as(form, crs));
        let unchanged = known(&headers, &tag);
        head.insert(header::ETAG, tag);
        if unchanged {
            head.remove(header::CONTENT_TYPE);
            return Ok((StatusCode::NOT_MODIFIED, head).into_response());
        }
    }
    let url = item_url(&base, &feature.id);
    let then = as_of.map(|at| format!("&as_of={at}")).unwrap_or_default();
    let own = |other: Form| {
        let rel = if other == form { "self" } else { "alternate" };
        let url = format!("{url}?f={}{then}", other.as_str());
        Link::new(rel, other.features(), url, format!("This as {}", other.title()))
    };
    let mut links: Vec<Link> = ITEM.into_iter().map(own).collect();
    links.push(Link::new("collection", "application/json", base.clone(), collection.title()));
    if form == Form::Html {
        let fields = app.collection_fields(&caller, collection);
        return Ok((head, html::item(collection, &fields, &feature, &links)).into_response());
    }
    let writing = Writing { properties: None, crs, fg: form == Form::JsonFg };
    let outward = writing.outward()?;
    let written = writing.write(&mut feature, outward.as_ref());
    let mut document = serde_json::to_value(written).map_err(|_| Problem::internal())?;
    document["links"] = serde_json::to_value(links).map_err(|_| Problem::internal())?;
    if writing.fg {
        document["conformsTo"] = JSON_FG.as_slice().into();
        if crs != OfferedCrs::CRS84 {
            document["coordRefSys"] = crs.uri().into();
        }
    }
    Ok((head, document.to_string()).into_response())
}

/// What tells one form of a version from another; nothing for GeoJSON in CRS84, the form that is sent back changed.
fn written_as(form: Form, crs: OfferedCrs) -> String {
    let form = if form == Form::Json { "" } else { form.as_str() };
    let uri = crs.uri();
    let crs = if crs == OfferedCrs::CRS84 { "" } else { uri.rsplit('/').next().unwrap_or_default() };
    format!("{form}{crs}")
}

/// Where an item is.
pub fn item_url(base: &str, id: &str) -> String {
    format!("{base}/items/{}", escape(id))
}

/// An id as a segment of a path.
pub fn escape(id: &str) -> String {
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    id.bytes().map(|b| if sound(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
