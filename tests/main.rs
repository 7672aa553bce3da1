//! The one integration binary: what must hold for the whole, seen from outside the library.

// Test data is built from short texts and small numbers: clarity before speed.
#![allow(clippy::format_collect, clippy::cast_possible_truncation)]

mod areas;
mod as_of;
mod assignment;
mod bearing;
mod check;
mod crash;
mod doors;
mod export;
mod fieldwork;
mod floors;
mod freshness;
mod house;
mod http;
mod import;
mod ledger;
mod live;
mod ogc;
mod ogc_filters;
mod ogc_table;
mod ogc_tiles;
mod one_file;
mod outside;
mod people;
mod plans;
mod privacy;
mod publication;
mod rates;
mod rules;
mod satisfaction;
mod sealed;
mod seams;
mod sign_in;
mod tile_filters;
mod tiles;
mod visits;
mod watched;
mod weeks;
mod worklist;
mod zones;

/// Decodes tiles; written from the specification alone.
#[path = "../src/tiles/reader.rs"]
#[allow(dead_code)] // the unit tests of `tiles` use the rest of it
mod reader;

/// Reads archives of tiles; written from the specification alone.
#[path = "../src/formats/pmtiles/reader.rs"]
#[allow(dead_code)] // the unit tests of `formats` use the rest of it
mod archive;

/// The attacker on published figures; knows nothing of how they were held back.
#[path = "../src/analysis/suppression/attack.rs"]
#[allow(dead_code)] // the unit tests of `analysis` use the rest of it
mod attack;

/// Writes OpenStreetMap extracts; made from the specification alone.
#[path = "../src/formats/osm/writer.rs"]
#[allow(dead_code)] // the unit tests of `formats` use the rest of it
mod extract;
