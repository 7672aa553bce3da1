//! The most that a file may ask for; each with its reason.

/// Longest feature or CSV record, bytes. The most detailed country outline in OpenStreetMap is about 50 MB of GeoJSON; a file that
/// asks for more is broken, or wants our memory.
pub const ROW_BYTES: usize = 64 << 20;

/// Deepest nesting of a JSON document. A feature's coordinates need 6, properties a few; `serde_json` refuses more than 128, so that
/// a document of brackets cannot exhaust the stack.
pub const JSON_DEPTH: usize = 120;

/// Most columns of a table: ten times what a census table has.
pub const COLUMNS: usize = 4_096;

/// Longest FlatGeobuf header, bytes: the limit of the format's own reference reader.
pub const FLATGEOBUF_HEADER_BYTES: usize = 10 << 20;

/// Deepest FlatGeobuf geometry: collections in collections are legal and of no use.
pub const GEOMETRY_DEPTH: usize = 8;

/// Longest block of an OpenStreetMap extract, bytes, as it is and once it is decompressed: the format's own limit.
pub const OSM_BLOB_BYTES: usize = 32 << 20;

/// Longest header of such a block, bytes: the format's own limit.
pub const OSM_BLOB_HEADER_BYTES: usize = 64 << 10;

/// Most things of use in such a block: usual writers put 8,000 into one. Each takes some 200 bytes until it is taken.
pub const OSM_BLOCK_ROWS: usize = 1_000_000;

/// Most nodes of a way: fifty times what OpenStreetMap allows.
pub const OSM_WAY_NODES: usize = 100_000;

/// Most positions of a multipolygon: as GeoJSON it would be as long as [`ROW_BYTES`].
pub const OSM_AREA_POSITIONS: usize = 3_000_000;

/// Most memory for the nodes and ways of an extract, bytes: it is enough for one of 2 GB, and no file takes more, whatever it claims.
pub const OSM_KEPT_BYTES: usize = 4 << 30;

/// Longest value that a problem quotes, characters: enough to find it, too short to give away a household.
pub const QUOTED_CHARS: usize = 60;

/// Longest file of a rule set, bytes: a hundred times the longest that there is.
pub const RULE_FILE_BYTES: usize = 256 << 10;

/// Most faults of one rule set that are told: more than somebody mends at a time.
pub const RULE_FAULTS: usize = 50;
