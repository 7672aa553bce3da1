//! A file that appears whole or not at all.

use super::super::AppError;
use std::fs::{self, File, Permissions};
use std::io::{Error, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Where a file is to appear.
///
/// It is written beside its place under a name that begins with `.`, then the file's and ends with `.part`, and renamed once it is
/// durable: what was there before stays until then, and for good where the writing ends early. The other name is removed by whatever
/// ends it short of a kill or a power cut.
#[derive(Debug, Clone)]
pub struct OutFile {
    path: PathBuf,
    replace: bool,
}

impl OutFile {
    /// Writes nothing yet.
    ///
    /// # Errors
    /// [`AppError::File`] for the place of something that is no file, for that of a file unless it is to be replaced, and in a folder
    /// that is not there.
    pub fn new(path: &Path, replace: bool) -> Result<OutFile, AppError> {
        let out = OutFile { path: path.to_owned(), replace };
        let refuse = |kind, what: &str| Err(out.failed(Error::new(kind, what.to_owned())));
        match fs::metadata(path) {
            Ok(known) if known.is_dir() => refuse(ErrorKind::IsADirectory, "is a folder: expected the path of a file"),
            Ok(known) if !known.is_file() => refuse(ErrorKind::InvalidInput, "is no plain file, and is not replaced"),
            Ok(_) if !replace => refuse(ErrorKind::AlreadyExists, EXISTS),
            Err(e) if e.kind() != ErrorKind::NotFound => Err(out.failed(e)),
            _ if path.file_name().is_none() => refuse(ErrorKind::InvalidInput, "is not the path of a file"),
            _ if !out.folder().is_dir() => refuse(ErrorKind::NotFound, "its folder does not exist"),
            _ => Ok(out),
        }
    }

    /// Writes a whole file, which appears when it is durable.
    pub fn write(&self, bytes: &[u8]) -> Result<(), AppError> {
        self.write_whole(bytes, false)
    }

    /// The same, readable by its owner alone.
    pub fn write_private(&self, bytes: &[u8]) -> Result<(), AppError> {
        self.write_whole(bytes, true)
    }

    fn write_whole(&self, bytes: &[u8], private: bool) -> Result<(), AppError> {
        let part = self.begin(private)?;
        part.as_file().write_all(bytes).map_err(|e| self.failed(e))?;
        self.finish(part)
    }

    /// Begins to write; a private file is readable by its owner alone.
    pub(super) fn begin(&self, private: bool) -> Result<NamedTempFile, AppError> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let mut part = tempfile::Builder::new();
        let prefix = format!(".{name}.");
        part.prefix(&prefix).suffix(".part");
        // What the process' mask takes away is taken away.
        part.permissions(Permissions::from_mode(if private { 0o600 } else { 0o666 }));
        part.tempfile_in(self.folder()).map_err(|e| self.failed(e))
    }

    /// Makes what was written durable and gives it its name.
    pub(super) fn finish(&self, part: NamedTempFile) -> Result<(), AppError> {
        let renamed = part.as_file().sync_all().and_then(|()| {
            let renamed = if self.replace { part.persist(&self.path) } else { part.persist_noclobber(&self.path) };
            renamed.map_err(|e| match e.error.kind() {
                // Somebody was faster.
                ErrorKind::AlreadyExists => Error::new(ErrorKind::AlreadyExists, EXISTS),
                _ => e.error,
            })
        });
        // The name is durable once its folder is.
        renamed.and_then(|_| File::open(self.folder())?.sync_all()).map_err(|e| self.failed(e))
    }

    /// What went wrong, with the path.
    pub(super) fn failed(&self, source: Error) -> AppError {
        AppError::File { path: self.path.display().to_string(), source }
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }
}

const EXISTS: &str = "exists already: --force replaces it";

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::fs::symlink;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_whole_and_what_was_there_stays_until_then() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        for (old, new, private) in [(None, "first", false), (Some("first"), "second", true)] {
            let out = OutFile::new(&path, old.is_some()).unwrap();
            let mut part = out.begin(private).unwrap();
            part.write_all(new.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).ok().as_deref(), old);
            out.finish(part).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), new);
            let others = fs::metadata(&path).unwrap().permissions().mode() & 0o077;
            assert_eq!(others == 0, private, "{others:o}");
            assert_eq!(names(dir.path()), ["out"]);
        }
        // One that is given up leaves nothing.
        let mut part = OutFile::new(&path, true).unwrap().begin(false).unwrap();
        part.write_all(b"half").unwrap();
        let aside = names(dir.path()).remove(0);
        assert!(aside.strip_prefix(".out.").is_some_and(|rest| rest.split('.').nth(1) == Some("part")), "{aside}");
        drop(part);
        assert_eq!(
            (names(dir.path()), fs::read_to_string(&path).unwrap()),
            (vec!["out".to_owned()], "second".to_owned())
        );
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_not_replaced_without_leave() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        let out = OutFile::new(&path, false).unwrap();
        let part = out.begin(false).unwrap();
        fs::write(&path, "theirs").unwrap();
        let refused = out.finish(part).unwrap_err().to_string();
        assert!(refused.ends_with("/out: exists already: --force replaces it"), "{refused}");
        assert_eq!((fs::read_to_string(&path).unwrap(), names(dir.path()).len()), ("theirs".to_owned(), 1));
    }

    #[test]
    fn a_place_where_no_file_can_be_is_refused_by_its_path() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("old"), "").unwrap();
        symlink("/dev/null", at("device")).unwrap();
        for (path, replace, told) in [
            (at("old"), false, "exists already: --force replaces it"),
            (at("old/below"), true, "Not a directory"),
            (at(""), true, "is a folder"),
            (at("none/out"), true, "its folder does not exist"),
            (at("device"), true, "is no plain file"),
            (at(&"x".repeat(300)), false, "name too long"),
        ] {
            let refused = OutFile::new(&path, replace).unwrap_err().to_string();
            assert!(refused.starts_with(&*path.to_string_lossy()) && refused.contains(told), "{refused}");
        }
        assert!(OutFile::new(Path::new(""), false).is_err());
        assert_eq!(names(dir.path()), ["device", "old"]);
    }
}
