//! The collections that a caller may ask for.

use super::document::{Form, Link, form};
use super::landing::{FormParams, answer, own_links};
use super::{html, tiles};
use crate::app::{App, Caller};
use crate::geom::Bbox;
use crate::geom::offered::OfferedCrs;
use crate::http::door::base as origin;
use crate::http::extract::{Params, Path};
use crate::http::problem::Problem;
use crate::model::collection::Collection;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

/// Relation of a link to the queryables.
pub const QUERYABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";
/// Relation of a link to the sortables.
pub const SORTABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/sortables";
/// Media type of a schema.
pub const SCHEMA: &str = "application/schema+json";

pub async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(params): Params<FormParams>,
) -> Result<Response, Problem> {
    let form = form(params.f.as_deref(), &headers, &Form::DOCUMENT)?;
    let base = format!("{}/ogc/collections", origin(&headers));
    let collections = app.collections(&caller);
    let extents = extents(&app, &collections).await?;
    let pairs = collections.iter().zip(extents);
    let described: Vec<Value> = pairs.map(|(c, extent)| describe(*c, &base, extent, "#/crs")).collect();
    let all: Vec<String> = OfferedCrs::all().map(OfferedCrs::uri).collect();
    let links = own_links(&base, form);
    let document = json!({ "links": links, "crs": all, "collections": described });
    Ok(answer(form, &document, || html::collections(&collections, &links)))
}

pub async fn one(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
    Params(params): Params<FormParams>,
) -> Result<Response, Problem> {
    let form = form(params.f.as_deref(), &headers, &Form::DOCUMENT)?;
    let collection = app.collection(&caller, &name)?;
    let base = format!("{}/ogc/collections", origin(&headers));
    let extent = extents(&app, &[collection]).await?.pop().flatten();
    let mut document = describe(collection, &base, extent, "");
    let mut links = own_links(&format!("{base}/{collection}", collection = collection.as_str()), form);
    links.extend(links_of(collection, &base));
    document["links"] = json!(links);
    let fields = app.collection_fields(&caller, collection);
    Ok(answer(form, &document, || html::collection(collection, &fields, &links)))
}

/// Where each collection lies.
async fn extents(app: &App, collections: &[Collection]) -> Result<Vec<Option<Bbox>>, Problem> {
    let collections = collections.to_vec();
    Ok(app.work(move |app| collections.into_iter().map(|collection| app.extent(collection)).collect()).await?)
}

/// As both documents show it; `shared` stands for the list of CRSs where one is shared.
fn describe(collection: Collection, base: &str, extent: Option<Bbox>, shared: &str) -> Value {
    let crs: Vec<String> =
        if shared.is_empty() { OfferedCrs::all().map(OfferedCrs::uri).collect() } else { vec![shared.to_owned()] };
    let mut document = json!({
        "id": collection.as_str(),
        "title": collection.title(),
        "description": collection.description(),
        "itemType": "feature",
        "crs": crs,
        "storageCrs": OfferedCrs::CRS84.uri(),
        "links": links_of(collection, base),
    });
    if let Some(extent) = extent {
        document["extent"] = json!({ "spatial": { "bbox": [extent.to_array()], "crs": OfferedCrs::CRS84.uri() } });
    }
    document
}

fn links_of(collection: Collection, base: &str) -> Vec<Link> {
    let url = format!("{base}/{}", collection.as_str());
    let item = |form: Form| {
        // GDAL writes the id of one item behind this link, which therefore has no query; GeoJSON is what comes without one.
        let query = if form == Form::Json { String::new() } else { format!("?f={}", form.as_str()) };
        let title = format!("{}: items as {}", collection.title(), form.title());
        Link::new("items", form.features(), format!("{url}/items{query}"), title)
    };
    // JSON-FG has the media type of GeoJSON: a client that goes by the type, as GDAL does, would take it for that.
    let forms = Form::ITEMS.into_iter().filter(|form| *form != Form::JsonFg);
    let mut links: Vec<Link> = forms.map(item).collect();
    links.push(Link::new(QUERYABLES, SCHEMA, format!("{url}/queryables"), "What filters may name"));
    links.push(Link::new(SORTABLES, SCHEMA, format!("{url}/sortables"), "What items may be sorted by"));
    links.push(Link::new("describedby", SCHEMA, format!("{url}/schema"), "The schema of an item"));
    links.extend(tiles::link_of(collection, &url));
    links
}
