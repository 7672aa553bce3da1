//! Versions of a thing over HTTP (RFC 9110 § 13): its `ETag` is the number of its last change, and a change of it names the one that it
//! is a change of.

use super::problem::Problem;
use crate::app::Expects;
use crate::model::ModelError;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The `ETag` of a version; `form` tells apart what one version is written as, and is empty for plain JSON.
pub fn tag(version: u64, form: &str) -> HeaderValue {
    let text = if form.is_empty() { format!("\"{version}\"") } else { format!("\"{version}-{form}\"") };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"\""))
}

/// What `If-Match` expects: 428 without it, 400 for what is no single tag. A tag of none of ours matches nothing. That a proxy calls
/// a tag weak, for having compressed the answer, is no other version.
pub fn expected(headers: &HeaderMap) -> Result<Expects, Problem> {
    let Some(text) = text(headers, header::IF_MATCH) else { return Err(Problem::which_version()) };
    let refuse = || ModelError::new("If-Match", &text, "one ETag as it was read, such as \"17\"");
    let tags: Vec<&str> = tags(&text).collect();
    let [tag] = tags[..] else { return Err(refuse().into()) };
    let opaque = opaque(tag).ok_or_else(refuse)?;
    let number = opaque.split('-').next().unwrap_or_default();
    // No change has the number 0.
    Ok(Expects::Version(number.parse().unwrap_or(0)))
}

/// Whether who asks has this version already, by `If-None-Match`.
pub fn known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let ours = tag.to_str().ok().and_then(opaque);
    let text = text(headers, header::IF_NONE_MATCH).unwrap_or_default();
    tags(&text).any(|theirs| theirs == "*" || (ours.is_some() && opaque(theirs) == ours))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let all: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect();
    (!all.is_empty()).then(|| all.join(","))
}

/// None of our tags holds a comma.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|tag| !tag.is_empty())
}

fn opaque(tag: &str) -> Option<&str> {
    tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&'static str], expected: Result<u64, u16>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, HeaderValue::from_static(value));
        }
        let found = super::expected(&headers).map_err(|problem| problem.status().as_u16());
        assert_eq!(found, expected.map(Expects::Version), "{values:?}");
    }

    #[test]
    fn a_change_names_the_one_version_that_it_is_a_change_of() {
        check(&["\"17\""], Ok(17));
        check(&["W/\"17\""], Ok(17));
        check(&["\"17-html\""], Ok(17));
        check(&["\"another\""], Ok(0));
        check(&[], Err(428));
        for wrong in ["*", "17", "\"17", "", "\"17\", \"18\"", "\""] {
            check(&[wrong], Err(400));
        }
        check(&["\"17\"", "\"17\""], Err(400));
    }

    #[test]
    fn who_has_a_version_need_not_be_sent_it() {
        for (asked, known) in [
            ("\"17\"", true),
            ("\"1\", W/\"17\"", true),
            ("*", true),
            ("\"18\"", false),
            ("\"17-html\"", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(asked));
            assert_eq!(super::known(&headers, &tag(17, "")), known, "{asked}");
        }
        assert!(!super::known(&HeaderMap::new(), &tag(17, "")));
    }
}
