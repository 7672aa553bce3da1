//! Just enough of a Rust reader: the paths that a file names, with comments, strings and lifetimes out of the way.

use std::collections::HashSet;

/// A path as written, its groups opened: `use crate::{a::B, c}` is two of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where it begins, counted from 1.
    pub line: usize,
    /// Its segments from the first; `*` for a glob. `::a::b` has an empty first segment.
    pub segments: Vec<String>,
    /// Whether it stands in a `use` (or `extern crate`) and so is a path even with one segment.
    pub imported: bool,
    /// The inline modules of this file that it stands in, outermost first.
    pub inside: Vec<String>,
}

/// What a file names and what it declares.
#[derive(Debug, Default)]
pub struct Source {
    /// All paths of two segments or more, and all imported ones.
    pub paths: Vec<Named>,
    /// Names that the file binds itself (`mod x`, `use super::x`, `use crate::a::y as x`), which hide an outside crate of that name.
    pub own_names: HashSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `::`
    Path,
    Mark(char),
}

/// Reads the text of one file.
pub fn read(text: &str) -> Source {
    let tokens = tokens(text);
    let mut source = Source::default();
    let mut inside: Vec<(String, usize)> = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < tokens.len() {
        let (line, token) = &tokens[at];
        match token {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => {
                depth = depth.saturating_sub(1);
                if inside.last().is_some_and(|(_, opened)| *opened == depth) {
                    inside.pop();
                }
            }
            Token::Word(word) if word == "mod" => {
                if let (Some(name), Some(next)) = (word_at(&tokens, at + 1), tokens.get(at + 2)) {
                    source.own_names.insert(name.to_owned());
                    if next.1 == Token::Mark('{') {
                        inside.push((name.to_owned(), depth));
                    }
                    at += 2;
                    continue;
                }
            }
            // Not `impl Trait + use<'a>`, which captures lifetimes.
            Token::Word(word) if word == "use" && tokens.get(at + 1).is_some_and(|t| t.1 != Token::Mark('<')) => {
                let modules: Vec<String> = inside.iter().map(|(name, _)| name.clone()).collect();
                at = read_use(&tokens, at + 1, &modules, &mut source);
                continue;
            }
            Token::Word(word) if word == "extern" && word_at(&tokens, at + 1) == Some("crate") => {
                if let Some(name) = word_at(&tokens, at + 2) {
                    let segments = vec![String::new(), name.to_owned()];
                    let inside = inside.iter().map(|(name, _)| name.clone()).collect();
                    source.paths.push(Named { line: *line, segments, imported: true, inside });
                    at += 3;
                    continue;
                }
            }
            Token::Word(_) | Token::Path => {
                let (segments, next) = read_path(&tokens, at);
                if segments.len() > 1 {
                    let inside = inside.iter().map(|(name, _)| name.clone()).collect();
                    source.paths.push(Named { line: *line, segments, imported: false, inside });
                }
                at = next.max(at + 1);
                continue;
            }
            Token::Mark(_) => {}
        }
        at += 1;
    }
    source
}

fn word_at(tokens: &[(usize, Token)], at: usize) -> Option<&str> {
    match tokens.get(at) {
        Some((_, Token::Word(word))) => Some(word),
        _ => None,
    }
}

/// A plain path from `at`: its segments, and where what follows begins. What hangs on a type by `::`, as in `<T as Trait>::name`, is no
/// path of its own and comes out empty.
fn read_path(tokens: &[(usize, Token)], mut at: usize) -> (Vec<String>, usize) {
    let mut segments = Vec::new();
    if tokens[at].1 == Token::Path {
        let before = |n: usize| at.checked_sub(n).map(|at| &tokens[at].1);
        let arrow = matches!(before(2), Some(Token::Mark('-' | '='))) && before(1) == Some(&Token::Mark('>'));
        let continues = !arrow && matches!(before(1), Some(Token::Mark('>' | ')' | ']')));
        at += 1;
        if continues {
            while let Some(Token::Word(_) | Token::Path) = tokens.get(at).map(|t| &t.1) {
                at += 1;
            }
            return (segments, at);
        }
        segments.push(String::new());
    }
    while let Some(word) = word_at(tokens, at) {
        segments.push(word.to_owned());
        at += 1;
        if tokens.get(at).map(|t| &t.1) == Some(&Token::Path) && word_at(tokens, at + 1).is_some() {
            at += 1;
        } else {
            break;
        }
    }
    (segments, at)
}

/// The tree behind `use`, opened into its paths. Gives the place after its `;`.
fn read_use(tokens: &[(usize, Token)], at: usize, inside: &[String], source: &mut Source) -> usize {
    fn branch(
        tokens: &[(usize, Token)],
        mut at: usize,
        before: &[String],
        leaves: &mut Vec<(usize, Vec<String>, Option<String>)>,
    ) -> usize {
        let mut segments = before.to_vec();
        let line = tokens.get(at).map_or(0, |t| t.0);
        let mut alias = None;
        while let Some((_, token)) = tokens.get(at) {
            match token {
                Token::Path if segments.is_empty() => segments.push(String::new()),
                Token::Path => {}
                Token::Word(word) if word == "as" => {
                    alias = word_at(tokens, at + 1).map(str::to_owned);
                    at += 1;
                }
                Token::Word(word) => segments.push(word.clone()),
                Token::Mark('*') => segments.push("*".to_owned()),
                Token::Mark('{') => {
                    at += 1;
                    while let Some((_, token)) = tokens.get(at) {
                        match token {
                            Token::Mark('}') => return at + 1,
                            Token::Mark(',') => at += 1,
                            // A macro's `$name` opens no branch: step over it.
                            _ => at = branch(tokens, at, &segments, leaves).max(at + 1),
                        }
                    }
                    return at;
                }
                Token::Mark(_) => break,
            }
            at += 1;
        }
        if segments.len() > before.len() {
            leaves.push((line, segments, alias));
        }
        at
    }

    let mut leaves = Vec::new();
    let end = branch(tokens, at, &[], &mut leaves);
    for (line, mut segments, alias) in leaves {
        if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
            segments.pop();
        }
        let local = matches!(segments[0].as_str(), "crate" | "self" | "super");
        if let (true, Some(bound)) = (local, alias.or_else(|| segments.last().cloned())) {
            source.own_names.insert(bound);
        }
        source.paths.push(Named { line, segments, imported: true, inside: inside.to_vec() });
    }
    end
}

/// Words, `::` and single marks with their lines. Comments, texts, characters, lifetimes and numbers are left out.
fn tokens(text: &str) -> Vec<(usize, Token)> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    let starts = |at: usize, what: &str| what.chars().enumerate().all(|(n, c)| chars.get(at + n) == Some(&c));
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    while at < chars.len() {
        let from = at;
        if starts(at, "//") {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            at = after_block_comment(&chars, at);
        } else if let Some(end) = after_text(&chars, at) {
            at = end;
        } else if chars[at] == '\'' {
            at = after_quote(&chars, at);
        } else if starts(at, "r#") && chars.get(at + 2).is_some_and(|c| is_word(*c)) {
            at += 2; // a raw name: the word itself follows
        } else if is_word(chars[at]) {
            while at < chars.len() && is_word(chars[at]) {
                at += 1;
            }
            let word: String = chars[from..at].iter().collect();
            // A number is no word; `1.0` then gives a mark, which harms nobody.
            if !word.starts_with(|c: char| c.is_ascii_digit()) {
                found.push((line, Token::Word(word)));
            }
        } else if starts(at, "::") {
            found.push((line, Token::Path));
            at += 2;
        } else {
            if !chars[at].is_whitespace() {
                found.push((line, Token::Mark(chars[at])));
            }
            at += 1;
        }
        line += chars[from..at].iter().filter(|c| **c == '\n').count();
    }
    found
}

fn after_block_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

/// The place after a text that begins at `at` (`"…"`, `r#"…"#`, with `b` or `c` before), or `None` if none begins there.
fn after_text(chars: &[char], at: usize) -> Option<usize> {
    let mut open = at;
    let mut raw = false;
    if matches!(chars[open], 'b' | 'c') {
        open += 1;
    }
    if chars.get(open) == Some(&'r') {
        (raw, open) = (true, open + 1);
    }
    let mut hashes = 0;
    while raw && chars.get(open + hashes) == Some(&'#') {
        hashes += 1;
    }
    open += hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    // `r` or `b` at the end of a longer word opens nothing; the words were read whole, so this cannot happen here.
    let mut at = open + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' if !raw => at += 2,
            '"' if (1..=hashes).all(|n| chars.get(at + n) == Some(&'#')) => return Some(at + 1 + hashes),
            _ => at += 1,
        }
    }
    Some(chars.len())
}

/// The place after a character or a lifetime that begins with `'`.
fn after_quote(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => {
            let mut end = at + 3;
            while end < chars.len() && chars[end] != '\'' {
                end += 1;
            }
            (end + 1).min(chars.len())
        }
        (Some(_), Some('\'')) => at + 3,
        _ => {
            let mut end = at + 1;
            while end < chars.len() && (chars[end].is_alphanumeric() || chars[end] == '_') {
                end += 1;
            }
            end
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let named: Vec<String> = read(text).paths.iter().map(|path| path.segments.join("::")).collect();
        assert_eq!(named, expected, "in: {text}");
    }

    #[test]
    fn groups_are_opened() {
        check("use crate::geom::LonLat;", &["crate::geom::LonLat"]);
        check("use crate::{geom::X, app};", &["crate::geom::X", "crate::app"]);
        check(
            "pub(crate) use crate::{a::{self, B as C, d::*}, e};",
            &["crate::a", "crate::a::B", "crate::a::d::*", "crate::e"],
        );
        check("use {std::fmt, ::proj::Proj,};", &["std::fmt", "::proj::Proj"]);
        check("use proj;", &["proj"]);
        check("use super::super::x::{y, super::z};", &["super::super::x::y", "super::super::x::super::z"]);
    }

    #[test]
    fn paths_in_bodies_types_and_attributes_are_seen() {
        check(
            "fn f(a: crate::model::Tally) -> proj::Proj { crate::app::go() }",
            &["crate::model::Tally", "proj::Proj", "crate::app::go"],
        );
        check("#[derive(Debug, clap::Parser)] struct S;", &["clap::Parser"]);
        check("macro_rules! m { () => { $crate::app::x() } }", &["crate::app::x"]);
        check("let v = Vec::<crate::a::B>::new();", &["crate::a::B"]);
        check("impl From<crate::a::B> for C {}", &["crate::a::B"]);
        check("fn f() -> impl Iterator + use<'a> { crate::a::b() }", &["crate::a::b"]);
        check("extern crate proj;", &["::proj"]);
        check("<T as crate::a::B>::proj::x()", &["crate::a::B"]);
        check("fn f() -> ::proj::Proj { match x { _ => ::a::b } }", &["::proj::Proj", "::a::b"]);
        check("macro_rules! m { () => { use $crate::a::b; use x::{$($n),*}; } }", &["crate::a::b", "x::n", "x::*"]);
        check("let x = 1.0; let y = r#type::z;", &["type::z"]);
    }

    #[test]
    fn comments_and_texts_are_no_paths() {
        check("// use crate::app::X;\n/// crate::app::Y\n//! crate::app::Z", &[]);
        check("/* crate::a::b /* crate::c::d */ crate::e::f */ crate::g::h", &["crate::g::h"]);
        check(r#"let s = "crate::app::X \" crate::app::Y"; crate::z::z"#, &["crate::z::z"]);
        check(r##"let s = r#"crate::app::X " crate::app::Y"#; crate::z::z"##, &["crate::z::z"]);
        check(r#"let s = (b"crate::a::b", br"c::d\", c"e::f"); crate::z::z"#, &["crate::z::z"]);
        check(r"let c = ('\'', '\u{1F600}', '{', 'x'); crate::z::z", &["crate::z::z"]);
        check("fn f<'a>(x: &'a str, y: &'static str) { crate::z::z }", &["crate::z::z"]);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let source = read("/* one\ntwo */\nlet s = \"a\nb\";\nuse crate::{\n    a,\n    b,\n};\n");
        let lines: Vec<usize> = source.paths.iter().map(|path| path.line).collect();
        assert_eq!(lines, [6, 7]);
    }

    #[test]
    fn inline_modules_are_known_by_name() {
        let source = read("mod a { mod b { use super::x; } fn f() { if y { } } use super::z; } use super::w;");
        let inside: Vec<String> = source.paths.iter().map(|path| path.inside.join("/")).collect();
        assert_eq!(inside, ["a/b", "a", ""]);
    }

    #[test]
    fn names_that_the_file_binds_itself_are_known() {
        let source = read("mod mvt; use super::cache; use crate::a::b as c; use proj::Proj;");
        let mut names: Vec<&str> = source.own_names.iter().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["c", "cache", "mvt"]);
    }
}
