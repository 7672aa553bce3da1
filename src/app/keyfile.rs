//! The file that holds the keys of what households confide: apart from the store, for its owner alone.
//!
//! A line a key, 64 hexadecimal digits each; the first seals, all of them open. Empty lines and those that begin with `#` are
//! notes. It is never overwritten: a new key is put before those that are there.

use super::AppError;
use super::access::hex;
use super::seal::{KEY, Keyring};
use crate::model::KeyId;
use std::fs::{DirBuilder, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use tempfile::NamedTempFile;

/// Longest file that is read, bytes: room for hundreds of keys with notes.
const MOST: u64 = 65_536;
/// What a new file begins with.
const NOTE: &str = "# Melonmap: opens contacts and needs of households. Without it they are lost, with it anybody reads them:\n\
                    # back it up, and never beside the store. The first key seals, all of them open.\n";

/// The keys of a file; none where there is no file.
///
/// # Errors
/// [`AppError::KeyFile`] for a file that others may read, or that holds a line that is no key, or no key at all. It never repeats
/// what stands there.
pub fn read_keys(path: &Path) -> Result<Keyring, AppError> {
    Ok(text(path)?.map(|text| keys(path, &text)).transpose()?.unwrap_or_default())
}

/// The keys of a file, which is founded with a fresh key where there is none.
pub(super) fn found_keys(path: &Path) -> Result<Keyring, AppError> {
    if text(path)?.is_none() {
        let refuse = |e: &std::io::Error| refused(path, format!("cannot be founded: {e}"));
        // Who founds it in the same moment is not overwritten: theirs is read.
        if let Err(e) = written(path, &format!("{NOTE}{}\n", fresh())).map_err(|e| refuse(&e))?.persist_noclobber(path)
            && e.error.kind() != ErrorKind::AlreadyExists
        {
            return Err(refuse(&e.error));
        }
    }
    read_keys(path)
}

/// Puts a fresh key before those of a file, which is founded where there is none; which key seals from now on.
pub fn add_key(path: &Path) -> Result<String, AppError> {
    let before = text(path)?;
    if let Some(before) = &before {
        keys(path, before)?;
    }
    let whole = match before {
        None => format!("{NOTE}{}\n", fresh()),
        Some(before) => format!("{}\n{before}", fresh()),
    };
    let refuse = |e: &std::io::Error| refused(path, format!("cannot be written: {e}"));
    written(path, &whole).map_err(|e| refuse(&e))?.persist(path).map_err(|e| refuse(&e.error))?;
    let id: KeyId = read_keys(path)?.sealing().ok_or(AppError::Fault)?;
    Ok(hex(&id))
}

fn refused(path: &Path, what: String) -> AppError {
    AppError::KeyFile { path: path.to_owned(), what }
}

/// What stands in the file; `None` where there is none.
fn text(path: &Path) -> Result<Option<String>, AppError> {
    let unreadable = |e: std::io::Error| refused(path, format!("cannot be read: {e}"));
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unreadable(e)),
    };
    let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let what = format!("has the mode {mode:o}, so that others may use the key: expected 600 (chmod 600)");
        return Err(refused(path, what));
    }
    let mut text = String::new();
    let read = file.take(MOST + 1).read_to_string(&mut text).map_err(unreadable)?;
    if read as u64 > MOST {
        return Err(refused(path, format!("is longer than {MOST} bytes: expected a line of 64 hexadecimal digits")));
    }
    Ok(Some(text))
}

fn keys(path: &Path, text: &str) -> Result<Keyring, AppError> {
    let lines = text.lines().map(str::trim).enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let secrets: Vec<[u8; KEY]> = lines
        .map(|(n, line)| {
            let length = line.chars().count();
            let what = || format!("line {}: {length} characters, expected 64 hexadecimal digits", n + 1);
            secret(line).ok_or_else(|| refused(path, what()))
        })
        .collect::<Result<_, _>>()?;
    if secrets.is_empty() {
        return Err(refused(path, "holds no key: expected a line of 64 hexadecimal digits".to_owned()));
    }
    Ok(Keyring::of(&secrets))
}

fn secret(line: &str) -> Option<[u8; KEY]> {
    if line.len() != 2 * KEY || !line.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut secret = [0; KEY];
    for (byte, at) in secret.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&line[at..at + 2], 16).ok()?;
    }
    Some(secret)
}

fn fresh() -> String {
    let mut secret = [0u8; KEY];
    rand::fill(&mut secret);
    hex(&secret)
}

/// A whole file, durable under a name of its own beside its place, readable by its owner alone.
fn written(path: &Path, text: &str) -> std::io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Code, ConfidedField};
    use std::fs::{self, Permissions};

    fn with(text: &str, mode: u32) -> Result<Keyring, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        read_keys(&path).map_err(|e| e.to_string())
    }

    #[test]
    fn a_file_that_is_no_key_file_is_refused_by_name_and_reason_and_not_repeated() {
        let good = "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789";
        for (text, mode, told) in [
            (good.to_owned(), 0o644, "mode 644"),
            (good.to_owned(), 0o660, "expected 600"),
            (String::new(), 0o600, "holds no key"),
            ("# nothing\n\n".to_owned(), 0o600, "holds no key"),
            (good[1..].to_owned(), 0o600, "line 1: 63 characters"),
            (format!("# note\n{good}\n{good}0\n"), 0o600, "line 3: 65 characters"),
            (format!("{}g", &good[1..]), 0o600, "expected 64 hexadecimal digits"),
            ("西".repeat(64), 0o600, "line 1: 64 characters"),
            (format!("{good}\n").repeat(2_000), 0o600, "longer than 65536 bytes"),
        ] {
            let refusal = with(&text, mode).unwrap_err();
            assert!(refusal.contains("/key: ") && refusal.contains(told), "{refusal}");
            assert!(!refusal.contains("234567"), "{refusal}");
        }
        let ring = with(&format!("# note\n\n {good} \r\n{}\n", "7".repeat(64)), 0o600).unwrap();
        assert!(ring.sealing().is_some() && ring.has(with(&"7".repeat(64), 0o400).unwrap().sealing().unwrap()));
    }

    #[test]
    fn a_key_is_founded_once_for_its_owner_alone_and_a_new_one_goes_before_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/folder/key");
        assert_eq!(read_keys(&path).unwrap().sealing(), None, "reading founds nothing");
        assert!(!path.exists());
        let (code, field) = (Code::new("H1").unwrap(), ConfidedField::Needs);
        let first = found_keys(&path).unwrap();
        let sealed = first.seal(&code, field, "a ramp").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(found_keys(&path).unwrap().sealing(), first.sealing());
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "never overwritten");
        let id = add_key(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        let both = read_keys(&path).unwrap();
        assert_eq!(both.sealing().map(|id| hex(&id)), Some(id));
        assert_ne!(both.sealing(), first.sealing());
        assert_eq!(both.open("H1", field, &sealed).as_deref(), Some("a ramp"));
        assert!(fs::read_to_string(&path).unwrap().ends_with(&text));
        fs::write(&path, "not a key").unwrap();
        assert!(add_key(&path).is_err() && found_keys(&path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "not a key");
    }
}
