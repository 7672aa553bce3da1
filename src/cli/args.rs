//! The command line as `clap` reads it.

use super::ledgerargs::{ExportLedgerArgs, ImportCommand};
use super::peopleargs::{AuditArgs, KeyCommand, TokenCommand, UserCommand};
use crate::config::{KeyArgs, ServeArgs};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::num::NonZeroU32;
use std::path::PathBuf;

/// A living map of households, grids and lawful places.
#[derive(Debug, Parser)]
#[command(name = "melonmap", version, about, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Load the bundled real county with labelled sample visits, and serve it
    Demo(DemoArgs),
    /// Serve a store
    Serve(ServeStoreArgs),
    /// Import areas, households or context from a file, or bring a ledger back
    Import(ImportCommand),
    /// Write what the map shows to a file
    #[command(subcommand)]
    Export(ExportCommand),
    /// Draw grids, find gaps and overlaps
    #[command(subcommand)]
    Areas(AreasCommand),
    /// Publish figures of areas, those about few people held back, in a store that is not being served
    Publish(PublishArgs),
    /// Compute where stalls may stand within some ground by some rules, without a server
    Plan(PlanArgs),
    /// Say which siting rules there are, and check a file of them
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Make, list and revoke tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Let people in, list and disable them, give them sign-in links and passwords
    #[command(subcommand)]
    User(UserCommand),
    /// Make keys that seal contacts and needs of households
    #[command(subcommand)]
    Key(KeyCommand),
    /// Say what the map is called and where its data is from
    Describe(DescribeArgs),
    /// Tell who saw and changed what, when, from where; never what it said
    Audit(AuditArgs),
    /// Prove a store: the hash chain, and the state rebuilt in two ways
    Check(StoreArgs),
}

/// Which store.
#[derive(Debug, Clone, Args)]
pub struct StoreArgs {
    /// The store: a file, founded where a command may
    #[arg(long, value_name = "PATH", env = "MELONMAP_STORE")]
    pub store: String,
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Folder for the scratch store; the default is a new temporary one, removed at the end
    #[arg(long, value_name = "SCRATCH")]
    pub dir: Option<PathBuf>,
    #[command(flatten)]
    pub serve: ServeArgs,
}

#[derive(Debug, Args)]
pub struct ServeStoreArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    #[command(flatten)]
    pub serve: ServeArgs,
}

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Polygons with code, name, level, parent
    Areas,
    /// Points with code, position, address, status, persons, contact, needs
    Households,
    /// Streets, buildings, schools, water …: the base map
    Context,
}

#[derive(Debug, Args)]
#[command(
    after_long_help = "Formats: GeoJSON, GeoJSON text sequence, FlatGeobuf, CSV, and for context OpenStreetMap extracts (.osm.pbf);\n\
    each plain or gzipped. Of an extract the streets, buildings, entrances, crossings, stops, land and water go in, under codes\n\
    such as w123; what it cuts off at its edge is left out and told, as other bad rows of it are, and the rest goes in.\n\
    Codes are the identity: the same file again changes nothing, a changed row is a change.\n\
    A row stands for the whole of its thing: what its columns leave out is empty afterwards."
)]
pub struct ImportArgs {
    /// What the rows are
    #[arg(value_enum)]
    pub what: What,
    /// The file; - is standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub store: StoreArgs,
    /// Coordinate reference system of the file: EPSG:n, gcj02, bd09 or wgs84. The default is wgs84; nothing is guessed
    #[arg(long, value_name = "CRS")]
    pub crs: Option<String>,
    /// Which column or property a field is in: `code=hh_id`. Repeat for each
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    pub columns: Vec<String>,
    /// A field that has one value in every row: level=township. Repeat for each
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    pub constants: Vec<String>,
    /// Of context, only what touches this: an area by its code, west,south,east,north in degrees, or a file of polygons
    /// (*.geojson, *.fgb)
    #[arg(long, value_name = "AREA|BOX|FILE", allow_hyphen_values = true)]
    pub within: Option<String>,
    /// Repair invalid geometries instead of refusing them
    #[arg(long)]
    pub repair: bool,
    /// Import good rows even if others are bad; without it a bad row keeps all of them out
    #[arg(long)]
    pub skip_bad: bool,
    /// Write the bad rows to a CSV file: row, code, column, value, reason
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Who answers for it in the audit trail
    #[arg(long, default_value = "melonmap import")]
    pub author: String,
    #[command(flatten)]
    pub key: KeyArgs,
}

#[derive(Debug, Args)]
#[command(after_long_help = "Example: the lawful places of one municipality by the rules of Bangkok\n\n  \
    melonmap plan --store map.db --rules th-bangkok-2024 --within 7001 --out legal.geojson\n\n\
    What comes out is no legal advice. Widths that the map does not have are assumed from the class of the street; the last line says \
    on how many. The same store and rules give the same bytes.")]
pub struct PlanArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// The id of a rule set of the program (`melonmap rules list`), or a TOML file
    #[arg(long, value_name = "ID|FILE")]
    pub rules: String,
    /// The code of an area, or a file of GeoJSON with a polygon or several
    #[arg(long, value_name = "CODE|FILE")]
    pub within: String,
    /// The file to write; its name ends in .geojson, .fgb, .kml, .gpx or .pmtiles
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Vector tiles as one PMTiles file, for a CDN or for use without a network
    Tiles(ExportTilesArgs),
    /// Households as a workbook, in the office's own layout, to be changed and brought back
    Ledger(ExportLedgerArgs),
}

#[derive(Debug, Args)]
#[command(after_long_help = "Example: the public map of one township, down to single houses\n\n  \
    melonmap export tiles township.pmtiles --store map.db --layers areas,context --zooms 0-14 --within 331124001\n\n\
    The tiles are those that `melonmap serve` answers, whole ones, all that are not empty; the same store gives the same bytes.\n\
    A store may be exported while it is served: what is written meanwhile is not in it.\n\
    The file appears when it is whole. Until then it is written beside its place under a name such as .OUT.x1y2z3.part, which goes \
    away when the command fails or is interrupted; a kill or a power cut leaves it: delete it.\n\
    With a layer that the public may not see the file is readable by its owner alone (mode 600). It holds what the role saw: \
    taking the role away later takes nothing out of it.")]
pub struct ExportTilesArgs {
    /// The archive to write, usually named *.pmtiles
    pub out: PathBuf,
    #[command(flatten)]
    pub store: StoreArgs,
    /// Layers with commas between them: areas, context, households
    #[arg(long, value_name = "LAYERS")]
    pub layers: String,
    /// First and last zoom, such as 0-14. The default is 0 to the last at which one of the layers gains detail: 14, or 18 with households
    #[arg(long, value_name = "ZOOMS", allow_hyphen_values = true)]
    pub zooms: Option<String>,
    /// Only tiles that an area touches, by its code, or a rectangle: west,south,east,north in degrees. They are whole tiles, so that
    /// they show what lies beside it too
    #[arg(long, value_name = "AREA|BOX", allow_hyphen_values = true)]
    pub within: Option<String>,
    /// Figures and outcomes of this campaign, by its number; the default is all visits
    #[arg(long, value_name = "N")]
    pub campaign: Option<u32>,
    /// Areas of this level at every zoom: county, township, village or grid. The default follows the zoom
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<String>,
    /// Only what passes this CQL2 text, over the fields that all the layers have
    #[arg(long, value_name = "CQL2", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Who will see it: public, member, coordinator, planner, inspector, analyst or admin. Nothing is in it that they may not see
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// Code of an area that the role is limited to. Repeat for each
    #[arg(long = "area", value_name = "CODE", requires = "role")]
    pub areas: Vec<String>,
    /// Replace the file that is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Subcommand)]
pub enum AreasCommand {
    /// Draw grids of at most so many households in every area of a level
    Divide(DivideArgs),
    /// List gaps, overlaps, slivers and orphans, each with its place and m²
    Check(AreasCheckArgs),
}

#[derive(Debug, Args)]
pub struct DivideArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// Level whose areas are divided: county, township or village
    #[arg(long, value_name = "LEVEL")]
    pub within: String,
    /// Most households of a grid
    #[arg(long, value_name = "N", default_value = "300")]
    pub households: NonZeroU32,
    /// End the grids that are there
    #[arg(long)]
    pub replace: bool,
    /// Who answers for it in the audit trail
    #[arg(long, default_value = "melonmap areas divide")]
    pub author: String,
}

#[derive(Debug, Args)]
pub struct PublishArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// Number of the campaign whose figures are published
    #[arg(long, value_name = "N")]
    pub campaign: u32,
    /// The narrowest level of which figures are published: county, township, village or grid. The default is that of the editions
    /// before; for the first, the narrowest whose middle area has 200 eligible households
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<String>,
    /// Who answers for it in the audit trail
    #[arg(long, default_value = "melonmap publish")]
    pub author: String,
}

#[derive(Debug, Args)]
pub struct AreasCheckArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// Faults smaller than this are not listed, m²
    #[arg(long, value_name = "M2", default_value_t = 0.1)]
    pub tolerance_m2: f64,
    /// Gaps, overlaps and areas narrower than this are slivers, metres
    #[arg(long, value_name = "M", default_value_t = 1.0)]
    pub sliver_m: f64,
}

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List the rule sets of the program by id, year and name
    List,
    /// Print one of them as a file that stands alone, to begin an own one with
    Show(RulesShowArgs),
    /// Say in words what a file of rules demands, or all that is wrong with it, by line and key
    Check(RulesCheckArgs),
}

#[derive(Debug, Args)]
pub struct RulesShowArgs {
    /// Its id, as `rules list` shows it
    pub id: String,
}

#[derive(Debug, Args)]
#[command(after_long_help = "Example: begin with a rule set of the program, edit it, check it\n\n  \
    melonmap rules show cn-hebi-2012 > own.toml\n  \
    melonmap rules check own.toml")]
pub struct RulesCheckArgs {
    /// The file, TOML
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub struct DescribeArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// The name of the place
    #[arg(long)]
    pub name: String,
    /// Where the data is from; shown on the map. Repeat for each source
    #[arg(long = "attribution", value_name = "TEXT")]
    pub attribution: Vec<String>,
    /// Say everywhere that this is sample data
    #[arg(long)]
    pub sample: bool,
}
