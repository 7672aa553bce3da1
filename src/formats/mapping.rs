use super::FormatError;
use super::import::ImportKind;
use std::fmt::Write;
use std::str::FromStr;

/// What a column can be to a household, an area or a context feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // `as_str` and `ALIASES` say it
pub enum Field {
    Code,
    X,
    Y,
    Address,
    Street,
    HouseNumber,
    Status,
    Persons,
    Contact,
    Needs,
    Name,
    Level,
    Parent,
    ValidFrom,
    ValidTo,
    Class,
    Kind,
    Width,
    Lanes,
    Sidewalk,
}

/// Other names under which a column is taken for a field when no `--map` names one, the first that is there; case does not matter.
/// A field's own name comes before all of them.
const ALIASES: [(Field, &[&str]); 5] = [
    (Field::Code, &["id", "hh_id"]),
    (Field::X, &["lon", "lng", "longitude", "easting"]),
    (Field::Y, &["lat", "latitude", "northing"]),
    (Field::Street, &["addr:street"]),
    (Field::HouseNumber, &["addr:housenumber"]),
];

/// OpenStreetMap's id, `osm`, is the code of a context feature; of an area it would hide that its own code is missing.
const CONTEXT_CODES: [&str; 2] = ["osm", "id"];

impl Field {
    /// All of them, in the order of their numbers.
    pub const ALL: [Field; 20] = [
        Field::Code,
        Field::X,
        Field::Y,
        Field::Address,
        Field::Street,
        Field::HouseNumber,
        Field::Status,
        Field::Persons,
        Field::Contact,
        Field::Needs,
        Field::Name,
        Field::Level,
        Field::Parent,
        Field::ValidFrom,
        Field::ValidTo,
        Field::Class,
        Field::Kind,
        Field::Width,
        Field::Lanes,
        Field::Sidewalk,
    ];

    /// How many there are.
    pub const COUNT: usize = Field::ALL.len();

    /// As `--map` and `--set` write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Code => "code",
            Field::X => "x",
            Field::Y => "y",
            Field::Address => "address",
            Field::Street => "street",
            Field::HouseNumber => "housenumber",
            Field::Status => "status",
            Field::Persons => "persons",
            Field::Contact => "contact",
            Field::Needs => "needs",
            Field::Name => "name",
            Field::Level => "level",
            Field::Parent => "parent",
            Field::ValidFrom => "valid_from",
            Field::ValidTo => "valid_to",
            Field::Class => "class",
            Field::Kind => "kind",
            Field::Width => "width",
            Field::Lanes => "lanes",
            Field::Sidewalk => "sidewalk",
        }
    }

    /// The names under which it is looked for, its own first.
    pub fn names(self, kind: ImportKind) -> impl Iterator<Item = &'static str> {
        let listed = ALIASES.iter().find(|(field, _)| *field == self).map_or(&[][..], |(_, names)| names);
        let context = self == Field::Code && kind == ImportKind::Context;
        std::iter::once(self.as_str()).chain(if context { &CONTEXT_CODES } else { listed }.iter().copied())
    }
}

impl FromStr for Field {
    type Err = FormatError;

    fn from_str(name: &str) -> Result<Field, FormatError> {
        Field::ALL.into_iter().find(|field| field.as_str() == name).ok_or_else(|| {
            let all: Vec<&str> = Field::ALL.into_iter().map(Field::as_str).collect();
            FormatError::Setting { given: name.to_owned(), expected: format!("a field: {}", all.join(", ")) }
        })
    }
}

/// Which column holds which field, and which fields are the same for every row.
///
/// ```
/// use melonmap::formats::Mapping;
/// assert!(Mapping::parse(&["code=postcode".into()], &["status=vacant".into()]).is_ok());
/// assert!(Mapping::parse(&["colour=red".into()], &[]).is_err());
/// assert!(Mapping::parse(&["code".into()], &[]).is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<(Field, String)>,
    constants: Vec<(Field, String)>,
}

impl Mapping {
    /// Of `FIELD=COLUMN`s and `FIELD=VALUE`s; refuses what is neither, an unknown field, and a field that is named twice.
    pub fn parse(columns: &[String], constants: &[String]) -> Result<Mapping, FormatError> {
        let read = |given: &str, what: &str| -> Result<(Field, String), FormatError> {
            let refuse = || FormatError::Setting { given: given.to_owned(), expected: format!("FIELD={what}") };
            let (field, value) = given.split_once('=').ok_or_else(refuse)?;
            if value.trim().is_empty() {
                return Err(refuse());
            }
            Ok((field.trim().parse()?, value.trim().to_owned()))
        };
        let columns: Vec<_> = columns.iter().map(|c| read(c, "COLUMN")).collect::<Result<_, _>>()?;
        let constants: Vec<_> = constants.iter().map(|c| read(c, "VALUE")).collect::<Result<_, _>>()?;
        let all: Vec<Field> = columns.iter().chain(&constants).map(|(field, _)| *field).collect();
        if let Some(twice) = all.iter().enumerate().find(|(i, field)| all[..*i].contains(field)) {
            let expected = "named once: a field has one column or one value".to_owned();
            return Err(FormatError::Setting { given: twice.1.as_str().to_owned(), expected });
        }
        Ok(Mapping { columns, constants })
    }

    /// The column that was named for a field.
    pub fn column(&self, field: Field) -> Option<&str> {
        self.columns.iter().find(|(f, _)| *f == field).map(|(_, column)| column.as_str())
    }

    /// The value that was set for a field.
    pub fn constant(&self, field: Field) -> Option<&str> {
        self.constants.iter().find(|(f, _)| *f == field).map(|(_, value)| value.as_str())
    }

    /// Every field that was named, in no order.
    pub fn fields(&self) -> impl Iterator<Item = Field> + use<'_> {
        self.columns.iter().chain(&self.constants).map(|(field, _)| *field)
    }

    /// The fields of a kind and the column names that they are found under, a line each: for a help text.
    pub fn help(kind: ImportKind) -> String {
        kind.fields().iter().fold(String::new(), |mut text, field| {
            let names: Vec<&str> = field.names(kind).skip(1).collect();
            let also = if names.is_empty() { String::new() } else { format!(" (also {})", names.join(", ")) };
            let _ = writeln!(text, "{}{also}", field.as_str());
            text
        })
    }
}
