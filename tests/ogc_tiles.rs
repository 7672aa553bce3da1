//! The requirements of OGC API Tiles (20-057) and of Tile Matrix Set and Tile Set Metadata (17-083r4) as a client meets them; a
//! failure names its requirement.

#[path = "ogc_tiles/described.rs"]
mod described;
#[path = "ogc_tiles/documents.rs"]
mod documents;
#[path = "ogc_tiles/limits.rs"]
mod limits;
#[path = "ogc_tiles/tile.rs"]
mod tile;

use crate::house::{Client, County, Home, Scratch, Server};
use crate::ogc::{links, local};
use serde_json::Value;
use std::collections::HashMap;

const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";
const TILING_SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";
const MATRIX_SET: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
/// Collections that tiles draw, and the deepest tile matrix of each.
const DRAWN: [(&str, u32); 3] = [("areas", 14), ("households", 18), ("context", 14)];

struct Running {
    _scratch: Scratch,
    server: Server,
    tokens: HashMap<&'static str, String>,
}

impl Running {
    fn county() -> Running {
        let scratch = Scratch::new();
        let tokens = County::found(&scratch);
        let server = Server::start(&scratch);
        Running { server, tokens, _scratch: scratch }
    }

    fn client(&self, role: &str) -> Client {
        self.server.client(self.tokens.get(role).map(String::as_str))
    }
}

/// Matrix, row and column of the tile around a household.
fn place(home: &Home, z: u8) -> String {
    let tile = crate::house::tile(home, z);
    let [z, x, y] = tile.split('/').collect::<Vec<_>>()[..] else { panic!("{tile}") };
    format!("{z}/{y}/{x}")
}

/// From a landing page or a collection by links alone to the tileset.
#[track_caller]
fn followed(client: &Client, from: &str) -> Value {
    let [list] = &links(&client.json(from), TILESETS)[..] else { panic!("{from} links to no one list of tilesets") };
    let list = client.json(&local(list));
    let [tileset] = &list["tilesets"].as_array().unwrap()[..] else { panic!("{list}") };
    let itself = tileset["links"].as_array().unwrap().iter().find(|link| link["rel"] == "self").unwrap();
    assert_eq!(itself["type"], "application/json", "{from}");
    client.json(&local(itself["href"].as_str().unwrap()))
}

/// The path of a tile by the template of a tileset.
#[track_caller]
fn filled(tileset: &Value, place: &str) -> String {
    let all = tileset["links"].as_array().unwrap();
    let [item] = &all.iter().filter(|link| link["rel"] == "item").collect::<Vec<_>>()[..] else { panic!("{tileset}") };
    assert_eq!((&item["templated"], &item["type"]), (&true.into(), &"application/vnd.mapbox-vector-tile".into()));
    let values = ["{tileMatrix}", "{tileRow}", "{tileCol}"].into_iter().zip(place.split('/'));
    values.fold(local(item["href"].as_str().unwrap()), |path, (name, value)| path.replace(name, value))
}
