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

/// Longest workbook, bytes as it comes: a ledger of 200,000 rows has some 10 MB.
pub const XLSX_BYTES: usize = 64 << 20;

/// Most parts of a workbook: each sheet, picture and comment is one.
pub const XLSX_PARTS: usize = 2_000;

/// Longest sheet of a workbook once it is inflated, bytes: 200,000 rows of 20 columns have some 250 MB. It is read as a stream, so that
/// this bounds time and not memory.
pub const XLSX_PART_BYTES: u64 = 400 << 20;

/// All parts together, bytes.
pub const XLSX_ALL_BYTES: u64 = 600 << 20;

/// Longest list of the texts that cells share, bytes once it is inflated: it alone is kept in memory.
pub const XLSX_SHARED_BYTES: u64 = 96 << 20;

/// Most texts that cells share: one for each cell of the largest sheet. Each takes 24 bytes beside its letters.
pub const XLSX_SHARED_TEXTS: usize = 4_000_000;

/// From how much on a ratio is looked at, bytes: below it even the greatest is harmless.
pub const XLSX_RATIO_FROM: u64 = 8 << 20;

/// Greatest ratio of a part to what it was compressed to: sheets reach 60, and 200 where each row is like the one before.
pub const XLSX_RATIO: u64 = 400;

/// Longest tag or piece of text of a part, bytes, and all text of one cell: Excel's longest cell has 32,767 characters.
pub const XLSX_CELL_BYTES: usize = 256 << 10;

/// Most rows of a sheet that hold anything: what one office keeps, and as many as the largest county of our tests has.
pub const XLSX_ROWS: usize = 250_000;

/// Most columns of a sheet: Excel's own limit is 16,384, the widest ledger has some 60.
pub const XLSX_COLUMNS: u32 = 256;

/// Most cells of a sheet that are written down, empty ones included.
pub const XLSX_CELLS: usize = 6_000_000;

/// Most merged areas of a sheet.
pub const XLSX_MERGED: usize = 100_000;

/// Longest part that is neither a sheet nor the shared texts, bytes once it is inflated: what it says is kept in memory.
pub const XLSX_KEPT_BYTES: u64 = 8 << 20;

/// Most formats, fonts, fills and borders: Excel itself knows 65,490 formats.
pub const XLSX_STYLES: usize = 200_000;

/// Most widths of columns that a sheet tells: one for each column that Excel has.
pub const XLSX_COLS: usize = 16_384;

/// Most sheets of a workbook.
pub const XLSX_SHEETS: usize = 100;
