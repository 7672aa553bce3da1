//! Tilesets: the list of them, of which there is one for the map and one for each collection that is drawn, and what is said of one
//! (tile set metadata, 17-083r4).

use super::super::document::{Form, Link, form};
use super::super::landing::{FormParams, answer, own_links};
use super::asked::{Asked, layer_of_collection, layers_of_map};
use super::{CRS, MATRIX_SET, MVT, TILING_SCHEME, html};
use crate::app::{App, Caller, TileLayer, TileLayers, TileRequest, TilesetReport};
use crate::geom::offered::OfferedCrs;
use crate::geom::{LatticeRect, TileId, TileLimits};
use crate::http::door::base as origin;
use crate::http::extract::{Params, Path};
use crate::http::problem::Problem;
use crate::model::collection::Collection;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Relation of a tileset's link to the collection that it draws.
const GEODATA: &str = "http://www.opengis.net/def/rel/ogc/1.0/geodata";
/// Relation of a tileset's link to the map that it draws.
const DATASET: &str = "http://www.opengis.net/def/rel/ogc/1.0/dataset";

/// A tileset as a list shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    title: String,
    data_type: &'static str,
    crs: &'static str,
    #[serde(rename = "tileMatrixSetURI")]
    tile_matrix_set_uri: &'static str,
    links: Vec<Link>,
}

/// A tileset.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tileset {
    #[serde(flatten)]
    item: Item,
    description: &'static str,
    media_types: [&'static str; 1],
    bounding_box: BoundingBox,
    tile_matrix_set_limits: Vec<Limits>,
    layers: Vec<Layer>,
    #[serde(skip_serializing_if = "String::is_empty")]
    attribution: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BoundingBox {
    crs: String,
    lower_left: [f64; 2],
    upper_right: [f64; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    tile_matrix: String,
    min_tile_row: u32,
    max_tile_row: u32,
    min_tile_col: u32,
    max_tile_col: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    id: &'static str,
    title: &'static str,
    description: &'static str,
    data_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    geometry_dimension: Option<u8>,
    min_tile_matrix: String,
    max_tile_matrix: String,
    properties_schema: Value,
    links: [Link; 1],
}

/// Whose tiles: of the map, or of a collection.
#[derive(Clone, Copy)]
struct Whose<'a> {
    base: &'a str,
    of: Option<Collection>,
}

impl Whose<'_> {
    /// The address of what is drawn.
    fn url(self) -> String {
        self.of
            .map_or_else(|| format!("{}/ogc", self.base), |of| format!("{}/ogc/collections/{}", self.base, of.as_str()))
    }

    fn title(self) -> String {
        self.of.map_or_else(|| "The whole map".to_owned(), |of| of.title().to_owned())
    }

    fn item(self, links: Vec<Link>) -> Item {
        Item { title: self.title(), data_type: "vector", crs: CRS, tile_matrix_set_uri: MATRIX_SET, links }
    }

    fn tiling_scheme(self) -> Link {
        let url = format!("{}/ogc/tileMatrixSets/WebMercatorQuad", self.base);
        Link::new(TILING_SCHEME, "application/json", url, "How the tiles are cut")
    }

    fn list(self, params: &FormParams, headers: &HeaderMap) -> Result<Response, Problem> {
        let form = form(params.f.as_deref(), headers, &Form::DOCUMENT)?;
        let url = format!("{}/tiles", self.url());
        let json = Link::new("self", "application/json", format!("{url}/WebMercatorQuad?f=json"), "The tileset");
        let item = self.item(vec![json, self.tiling_scheme()]);
        let links = own_links(&url, form);
        let document = json!({ "links": links, "tilesets": [item] });
        Ok(answer(form, &document, || html::tilesets(&self.title(), self.of.is_some(), &links)))
    }

    fn tileset(
        self,
        app: &App,
        caller: &Caller,
        headers: &HeaderMap,
        layers: TileLayers,
        asked: Asked,
    ) -> Result<Response, Problem> {
        let form = form(asked.form.as_deref(), headers, &Form::DOCUMENT)?;
        let TileRequest { filter, as_of, .. } = asked.tile.of_tile(layers, TileId::WORLD)?;
        let report = app.tileset(caller, layers, filter.as_deref(), as_of)?;
        let chosen = asked.collections.map(|_| format!("collections={}", names(&report)));
        let own = [chosen, (!asked.text.is_empty()).then(|| asked.text.clone())].into_iter().flatten();
        let own = own.collect::<Vec<_>>().join("&");
        let links = self.links(&report, form, &own, &asked.text);
        let tileset = Tileset {
            item: self.item(links.clone()),
            description: "Mapbox vector tiles, each as fresh as the last change.",
            media_types: [MVT],
            bounding_box: (&report.around).into(),
            tile_matrix_set_limits: report.limits.iter().copied().map(Limits::from).collect(),
            layers: report.layers.iter().map(|(layer, of)| self.layer(*layer, *of)).collect(),
            attribution: app.attribution().join(" · "),
        };
        let document = serde_json::to_value(tileset).map_err(|_| Problem::internal())?;
        Ok(answer(form, &document, || html::tileset(&self.title(), self.of.is_some(), &report, &links)))
    }

    /// `own` is the query of the tileset and its tiles, `shared` that which tiles take everywhere.
    fn links(self, report: &TilesetReport, form: Form, own: &str, shared: &str) -> Vec<Link> {
        let query = |text: &str| if text.is_empty() { String::new() } else { format!("?{text}") };
        let url = format!("{}/tiles/WebMercatorQuad", self.url());
        let mut links = own_links(&url, form);
        if !own.is_empty() {
            for link in &mut links {
                link.href = format!("{}&{own}", link.href);
            }
        }
        let tile = format!("{url}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}{}", query(own));
        links.push(Link::template("item", MVT, tile, "A tile"));
        links.push(self.tiling_scheme());
        let (rel, what) = if self.of.is_some() { (GEODATA, "The collection") } else { (DATASET, "The map") };
        links.push(Link::new(rel, "application/json", self.url(), what));
        let tilejson = format!("{}/tiles/{}{}", self.base, names(report), query(shared));
        links.push(Link::new("describedby", "application/json", tilejson, "The same tiles in TileJSON"));
        links
    }

    fn layer(self, layer: TileLayer, of: Collection) -> Layer {
        let url = format!("{}/ogc/collections/{}", self.base, of.as_str());
        Layer {
            id: layer.as_str(),
            title: of.title(),
            description: layer.about(),
            data_type: "vector",
            geometry_dimension: layer.dimension(),
            min_tile_matrix: layer.min_zoom().to_string(),
            max_tile_matrix: layer.max_zoom().to_string(),
            properties_schema: json!({ "type": "object", "properties": properties(layer) }),
            links: [Link::new(GEODATA, "application/json", url, of.title())],
        }
    }
}

impl From<&LatticeRect> for BoundingBox {
    fn from(rect: &LatticeRect) -> BoundingBox {
        let [west, south, east, north] = rect.bbox().to_array();
        BoundingBox { crs: OfferedCrs::CRS84.uri(), lower_left: [west, south], upper_right: [east, north] }
    }
}

impl From<TileLimits> for Limits {
    fn from(limits: TileLimits) -> Limits {
        let (first, last) = (limits.first(), limits.last());
        Limits {
            tile_matrix: first.z().to_string(),
            min_tile_row: first.y(),
            max_tile_row: last.y(),
            min_tile_col: first.x(),
            max_tile_col: last.x(),
        }
    }
}

/// Names of the layers, by commas.
fn names(report: &TilesetReport) -> String {
    report.layers.iter().map(|(layer, _)| layer.as_str()).collect::<Vec<_>>().join(",")
}

/// The fields of a layer. One that is of one type on some features and of another on others has no type here.
fn properties(layer: TileLayer) -> Map<String, Value> {
    let mut all = Map::new();
    for field in layer.fields() {
        let (kind, about) = (field.kind.schema(), field.about);
        let Some(first) = all.get_mut(field.name) else {
            all.insert(field.name.to_owned(), json!({ "type": kind, "description": about }));
            continue;
        };
        let same = first["type"] == kind;
        let described = format!("{} {about}", first["description"].as_str().unwrap_or_default());
        *first =
            if same { json!({ "type": kind, "description": described }) } else { json!({ "description": described }) };
    }
    all
}

pub async fn of_map_list(headers: HeaderMap, Params(params): Params<FormParams>) -> Result<Response, Problem> {
    Whose { base: &origin(&headers), of: None }.list(&params, &headers)
}

pub async fn of_map(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let asked = Asked::read(pairs, true)?;
    let layers = layers_of_map(&app, &caller, asked.collections.as_deref())?;
    Whose { base: &origin(&headers), of: None }.tileset(&app, &caller, &headers, layers, asked)
}

pub async fn of_collection_list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
    Params(params): Params<FormParams>,
) -> Result<Response, Problem> {
    let (collection, _) = layer_of_collection(&app, &caller, &name)?;
    Whose { base: &origin(&headers), of: Some(collection) }.list(&params, &headers)
}

pub async fn of_collection(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (collection, layers) = layer_of_collection(&app, &caller, &name)?;
    let asked = Asked::read(pairs, false)?;
    Whose { base: &origin(&headers), of: Some(collection) }.tileset(&app, &caller, &headers, layers, asked)
}
