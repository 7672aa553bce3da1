//! The landing page and what is conformed to.

use super::document::{Form, Link, form};
use super::{html, tiles};
use crate::app::{App, Caller};
use crate::http::door::base as origin;
use crate::http::extract::Params;
use crate::http::problem::Problem;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

/// Media type of the API's description.
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

/// Requirements classes that are met.
pub const CONFORMS_TO: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/sortables",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    "http://www.opengis.net/spec/json-fg-1/0.2/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixsetlimits",
    "http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixsetlimits",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
];

/// A document's only parameter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormParams {
    pub f: Option<String>,
}

/// A document in JSON or as a page.
pub fn answer(form: Form, document: &serde_json::Value, page: impl FnOnce() -> String) -> Response {
    let headers = [(header::VARY, "Accept, Authorization, Cookie"), (header::CACHE_CONTROL, "no-cache")];
    match form {
        Form::Html => (headers, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page()).into_response(),
        _ => (headers, [(header::CONTENT_TYPE, "application/json")], document.to_string()).into_response(),
    }
}

/// `self` and the other form of a document.
pub fn own_links(url: &str, form: Form) -> Vec<Link> {
    let link = |other: Form| {
        let rel = if other == form { "self" } else { "alternate" };
        let kind = if other == Form::Html { "text/html" } else { "application/json" };
        let what = if other == Form::Html { "This document as HTML" } else { "This document as JSON" };
        Link::new(rel, kind, format!("{url}?f={}", other.as_str()), what)
    };
    Form::DOCUMENT.into_iter().map(link).collect()
}

pub async fn landing(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(params): Params<FormParams>,
) -> Result<Response, Problem> {
    let form = form(params.f.as_deref(), &headers, &Form::DOCUMENT)?;
    let base = format!("{}/ogc", origin(&headers));
    let info = app.info(&caller);
    let mut links = own_links(&base, form);
    links.push(Link::new("service-desc", OPENAPI, format!("{base}/api"), "The description of this API, OpenAPI 3.0"));
    links.push(Link::new(
        "service-doc",
        "text/html",
        format!("{base}/api?f=html"),
        "The description of this API, to read",
    ));
    links.push(Link::new(
        "conformance",
        "application/json",
        format!("{base}/conformance"),
        "What this API conforms to",
    ));
    links.push(Link::new("data", "application/json", format!("{base}/collections"), "The collections"));
    links.extend(tiles::links_of_map(&base));
    let title = if info.name.is_empty() { "Melonmap".to_owned() } else { info.name.clone() };
    let document = json!({
        "title": title,
        "description": "Areas with their coverage, and what else your role may see.",
        "attribution": info.attribution.join(" · "),
        "links": links,
    });
    let collections = app.collections(&caller);
    Ok(answer(form, &document, || html::landing(&title, &info.attribution, &collections, &links)))
}

pub async fn conformance(headers: HeaderMap, Params(params): Params<FormParams>) -> Result<Response, Problem> {
    let form = form(params.f.as_deref(), &headers, &Form::DOCUMENT)?;
    let document = json!({ "conformsTo": CONFORMS_TO });
    Ok(answer(form, &document, || html::conformance(CONFORMS_TO)))
}
