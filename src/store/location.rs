use super::StoreError;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a store is.
///
/// Read from `data.db`, `sqlite:data.db` or `sqlite:///srv/data.db`. A single letter before the colon is a drive, not a
/// scheme; a file whose name has a colon is written `./a:b.db`.
///
/// ```
/// use melonmap::store::Location;
///
/// assert_eq!("sqlite:data.db".parse::<Location>()?, "data.db".parse()?);
/// assert!("postgres://melon@db/map".parse::<Location>().is_err());
/// # Ok::<(), melonmap::store::StoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
}

impl FromStr for Location {
    type Err = StoreError;

    fn from_str(given: &str) -> Result<Location, StoreError> {
        let path = match given.split_once(':') {
            Some(("sqlite", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            Some((scheme, _)) if names_a_scheme(scheme) => {
                let scheme = if scheme == "postgres" || scheme == "postgresql" { "PostgreSQL" } else { scheme };
                return Err(StoreError::NoBackend { scheme: scheme.to_owned() });
            }
            _ => given,
        };
        if path.is_empty() || path.contains('\0') {
            return Err(StoreError::Location { given: given.escape_debug().to_string() });
        }
        Ok(Location::Sqlite(path.into()))
    }
}

/// RFC 3986, 3.1, less the single letters that Windows gives to drives.
fn names_a_scheme(name: &str) -> bool {
    name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_with_and_without_its_scheme() {
        for (given, path) in [
            ("data.db", "data.db"),
            ("/srv/melon map/data.db", "/srv/melon map/data.db"),
            ("sqlite:data.db", "data.db"),
            ("sqlite:/srv/data.db", "/srv/data.db"),
            ("sqlite:///srv/data.db", "/srv/data.db"),
            (r"C:\data.db", r"C:\data.db"),
            ("./odd:name.db", "./odd:name.db"),
            (":memory:", ":memory:"),
        ] {
            assert_eq!(given.parse::<Location>().unwrap(), Location::Sqlite(path.into()), "{given}");
        }
    }

    #[test]
    fn other_backends_are_refused_by_name_without_their_password() {
        for (given, name) in
            [("postgres://m:hush@db/x", "PostgreSQL"), ("postgresql:x", "PostgreSQL"), ("mysql://m:hush@d", "mysql")]
        {
            let told = given.parse::<Location>().unwrap_err().to_string();
            assert!(told.contains(name) && !told.contains("hush"), "{told}");
        }
    }

    #[test]
    fn nothing_names_no_store() {
        for given in ["", "sqlite:", "sqlite://", "a\0b"] {
            assert!(matches!(given.parse::<Location>(), Err(StoreError::Location { .. })), "{given:?}");
        }
    }
}
