//! OGC API Tiles (20-057): the tiles of `/tiles` as tilesets of the whole map and of each collection, in `WebMercatorQuad`, described
//! as OGC 17-083r4 has it.

mod asked;
mod describe;
mod html;
mod matrix;
mod tile;
mod tileset;

pub use describe::paths;

use super::document::Link;
use super::reads;
use crate::app::tile_layer;
use crate::http::operation::{Lane, Operation};
use crate::http::tiles::MVT;
use crate::model::collection::Collection;
use axum::routing::get;

/// Relation of a link to tilesets of features.
const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";
/// Relation of a link to the tile matrix sets.
const TILING_SCHEMES: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes";
/// Relation of a tileset's link to its tile matrix set.
const TILING_SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";
/// The only tile matrix set, in the OGC's register.
const MATRIX_SET: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
/// Its CRS.
const CRS: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";
/// As `f=` names it.
const MVT_FORM: &str = "mvt";

/// The operations of tiles below `/ogc`.
pub const OPERATIONS: [Operation; 8] = [
    reads("/ogc/tileMatrixSets", || get(matrix::list)),
    reads("/ogc/tileMatrixSets/WebMercatorQuad", || get(matrix::one)),
    reads("/ogc/tiles", || get(tileset::of_map_list)),
    reads("/ogc/tiles/WebMercatorQuad", || get(tileset::of_map)),
    reads("/ogc/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}", || get(tile::of_map)).on(Lane::Tiles),
    reads("/ogc/collections/{collection}/tiles", || get(tileset::of_collection_list)),
    reads("/ogc/collections/{collection}/tiles/WebMercatorQuad", || get(tileset::of_collection)),
    reads("/ogc/collections/{collection}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}", || {
        get(tile::of_collection)
    })
    .on(Lane::Tiles),
];

/// What the landing page links to; `base` is its address.
pub fn links_of_map(base: &str) -> [Link; 2] {
    let json = "application/json";
    [
        Link::new(TILESETS, json, format!("{base}/tiles"), "Vector tiles of the whole map"),
        Link::new(TILING_SCHEMES, json, format!("{base}/tileMatrixSets"), "How tiles are cut"),
    ]
}

/// What a collection links to, where a layer of tiles draws it; `url` is its address.
pub fn link_of(collection: Collection, url: &str) -> Option<Link> {
    tile_layer(collection)?;
    Some(Link::new(
        TILESETS,
        "application/json",
        format!("{url}/tiles"),
        format!("{}: vector tiles", collection.title()),
    ))
}
