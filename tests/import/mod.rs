//! `melonmap import`, as somebody at a command line meets it.

mod bad_rows;
mod broken_files;
mod fixtures;
mod flatgeobuf;
mod formats;
mod osm;
mod refused;
