//! Where each field of a row is, found once.

use super::{Field, FormatError, Header, ImportKind, Mapping};

/// Where a field comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Pick {
    /// Nowhere.
    Nothing,
    /// The same for every row.
    Constant(String),
    /// A cell of a table.
    Column(usize),
    /// The first of these properties that a feature has.
    Names(Vec<String>),
}

/// Where each field is, by the field's number.
pub struct Plan {
    picks: Vec<Pick>,
    columns: Vec<String>,
}

impl Plan {
    /// See [`Importer::new`](super::Importer::new).
    pub fn new(kind: ImportKind, mapping: &Mapping, header: Option<&Header>) -> Result<Plan, FormatError> {
        let table = header.filter(|header| !header.has_geometry());
        if let Some(field) = mapping.fields().find(|field| !kind.fields().contains(field)) {
            let all: Vec<&str> = kind.fields().iter().map(|f| f.as_str()).collect();
            let expected = format!("a field of this kind: {}", all.join(", "));
            return Err(FormatError::Setting { given: field.as_str().to_owned(), expected });
        }
        if kind == ImportKind::Areas && table.is_some() {
            return Err(FormatError::NoGeometry);
        }
        if kind != ImportKind::Context && header.is_some_and(Header::has_tags) {
            return Err(FormatError::OnlyContext);
        }
        let mut picks = vec![Pick::Nothing; Field::COUNT];
        for field in kind.fields() {
            picks[*field as usize] = pick(*field, kind, mapping, header)?;
        }
        if let Some(header) = table {
            let missing = kind.needed().iter().find(|field| picks[**field as usize] == Pick::Nothing);
            if let Some(field) = missing {
                return Err(FormatError::Needed { field: field.as_str(), columns: header.listed() });
            }
        }
        Ok(Plan { picks, columns: table.map(|header| header.columns().to_vec()).unwrap_or_default() })
    }

    /// Where a field is.
    pub fn pick(&self, field: Field) -> &Pick {
        &self.picks[field as usize]
    }

    /// The columns of the table; none where rows are features.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The column that a field stands in, for a message; the field's own name where it stands in none.
    pub fn column_name(&self, field: Field) -> &str {
        match self.pick(field) {
            Pick::Column(i) => &self.columns[*i],
            Pick::Names(names) if names.len() == 1 => &names[0],
            _ => field.as_str(),
        }
    }
}

fn pick(field: Field, kind: ImportKind, mapping: &Mapping, header: Option<&Header>) -> Result<Pick, FormatError> {
    if let Some(value) = mapping.constant(field) {
        return Ok(Pick::Constant(value.to_owned()));
    }
    let Some(header) = header else {
        let names = match mapping.column(field) {
            Some(column) => vec![column.to_owned()],
            None => field.names(kind).map(str::to_owned).collect(),
        };
        return Ok(Pick::Names(names));
    };
    if header.has_tags() {
        // The number is the code, and tags are named by their mappers: `class` or `code` of theirs is none of ours.
        let name = mapping.column(field).or((field == Field::Name).then_some(Field::Name.as_str()));
        return Ok(Pick::Names(name.map(str::to_owned).into_iter().collect()));
    }
    let position = match mapping.column(field) {
        Some(column) => Some(header.position(column).ok_or_else(|| FormatError::Column {
            field: field.as_str(),
            column: column.to_owned(),
            columns: header.listed(),
        })?),
        None => field.names(kind).find_map(|name| header.position(name)),
    };
    Ok(match position {
        Some(i) if header.has_geometry() => Pick::Names(vec![header.columns()[i].clone()]),
        Some(i) => Pick::Column(i),
        None => Pick::Nothing,
    })
}
