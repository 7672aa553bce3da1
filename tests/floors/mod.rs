//! The floors picture of ARCHITECTURE.md, kept true: reads the paths that every file under `src/` names and refuses any arrow that the
//! picture does not have.
//!
//! It reads the text, not the compiled crate, so it needs no dependency and sees code behind every `cfg`. Test modules count as well:
//! a test that needs another workshop belongs to `app` or to `tests/`.

mod rules;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

/// Every `.rs` file below `dir`, as path relative to `dir` with `/`, in order of name.
fn rust_files(dir: &Path) -> Vec<(String, String)> {
    fn walk(root: &Path, dir: &Path, found: &mut Vec<(String, String)>) {
        let mut entries: Vec<PathBuf> = fs::read_dir(dir)
            .unwrap_or_else(|error| panic!("{}: {error}", dir.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(root, &path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(dir, dir, &mut found);
    found
}

#[test]
fn every_file_under_src_keeps_to_the_floors() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&src);
    assert!(files.iter().any(|(path, _)| path == "main.rs"), "found no src/main.rs: was anything read at all?");

    let faults: Vec<String> = files.iter().flat_map(|(path, text)| rules::faults(path, text)).collect();
    assert!(faults.is_empty(), "{} faults against ARCHITECTURE.md, \"Floors\":\n{}", faults.len(), faults.join("\n"));
}
