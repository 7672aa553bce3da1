//! Links, forms of an answer, and how one is chosen.

use crate::http::problem::Problem;
use crate::model::ModelError;
use axum::http::{HeaderMap, header};
use serde::Serialize;

/// A link of a document.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// Where to.
    pub href: String,
    /// What it is to the document.
    pub rel: &'static str,
    /// Media type of what is there.
    #[serde(rename = "type", skip_serializing_if = "str::is_empty")]
    pub kind: &'static str,
    /// For people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Whether names in braces stand for values in `href`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub templated: bool,
}

impl Link {
    /// A link.
    pub fn new(rel: &'static str, kind: &'static str, href: impl Into<String>, title: impl Into<String>) -> Link {
        Link { href: href.into(), rel, kind, title: title.into(), templated: false }
    }

    /// A link with names in braces that stand for values.
    pub fn template(rel: &'static str, kind: &'static str, href: impl Into<String>, title: impl Into<String>) -> Link {
        Link { templated: true, ..Link::new(rel, kind, href, title) }
    }
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON; for features GeoJSON.
    Json,
    /// A page for people.
    Html,
    /// GeoJSON with the members of JSON-FG.
    JsonFg,
    /// GeoJSON text sequence (RFC 8142), streamed.
    Sequence,
    /// FlatGeobuf without an index, streamed.
    FlatGeobuf,
    /// CSV with the geometry as WKT, streamed.
    Csv,
}

impl Form {
    /// Those of a document.
    pub const DOCUMENT: [Form; 2] = [Form::Json, Form::Html];
    /// Those of items.
    pub const ITEMS: [Form; 6] = [Form::Json, Form::Html, Form::JsonFg, Form::Sequence, Form::FlatGeobuf, Form::Csv];

    /// As `f=` names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Json => "json",
            Form::Html => "html",
            Form::JsonFg => "jsonfg",
            Form::Sequence => "geojsonseq",
            Form::FlatGeobuf => "fgb",
            Form::Csv => "csv",
        }
    }

    /// Media type for features.
    pub fn features(self) -> &'static str {
        match self {
            Form::Json | Form::JsonFg => "application/geo+json",
            Form::Html => "text/html",
            Form::Sequence => "application/geo+json-seq",
            Form::FlatGeobuf => "application/vnd.flatgeobuf",
            Form::Csv => "text/csv",
        }
    }

    /// For people, as a link's title.
    pub fn title(self) -> &'static str {
        match self {
            Form::Json => "GeoJSON",
            Form::Html => "HTML",
            Form::JsonFg => "JSON-FG",
            Form::Sequence => "GeoJSON text sequence",
            Form::FlatGeobuf => "FlatGeobuf",
            Form::Csv => "CSV",
        }
    }

    /// Whether all items leave in one answer, without pages.
    pub fn streams(self) -> bool {
        matches!(self, Form::Sequence | Form::FlatGeobuf | Form::Csv)
    }
}

/// The form that is asked for: by `f`, else by `Accept`, else the first of those offered.
pub fn form(asked: Option<&str>, headers: &HeaderMap, offered: &[Form]) -> Result<Form, Problem> {
    if let Some(name) = asked {
        let names = || offered.iter().map(|form| form.as_str()).collect::<Vec<_>>().join(", ");
        let found = offered.iter().find(|form| form.as_str() == name);
        return found.copied().ok_or_else(|| ModelError::new("f", name, format!("one of {}", names())).into());
    }
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or("*/*");
    let mut best: Option<(Form, f32)> = None;
    for form in offered {
        let weight = weight(accept, form.features()).max(if *form == Form::Json {
            weight(accept, "application/json")
        } else {
            0.0
        });
        if weight > 0.0 && best.is_none_or(|(_, b)| weight > b) {
            best = Some((*form, weight));
        }
    }
    // Who takes none of them is given the first: RFC 9110 § 12.5.1 allows it, and a browser's picture tag is no reason to fail.
    Ok(best.map_or(offered[0], |(form, _)| form))
}

/// How much `Accept` wants a media type, 0 to 1 (RFC 9110 § 12.5.1); the most specific range counts.
fn weight(accept: &str, media: &str) -> f32 {
    let kind = media.split('/').next().unwrap_or_default();
    let mut best = (0, 0.0);
    for range in accept.split(',') {
        let mut pieces = range.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let rank = match name.as_str() {
            name if name == media => 3,
            name if name.strip_suffix("/*") == Some(kind) => 2,
            "*/*" => 1,
            _ => continue,
        };
        let q = pieces.find_map(|p| p.strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
        if rank > best.0 {
            best = (rank, q);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &str, expected: Form) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        assert_eq!(form(None, &headers, &Form::ITEMS).unwrap(), expected, "{accept}");
    }

    #[test]
    fn the_form_follows_f_then_accept_then_the_first() {
        check("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Form::Html);
        check("application/geo+json", Form::Json);
        check("application/json", Form::Json);
        check("*/*", Form::Json);
        check("text/csv;q=0.9, text/html;q=0.5", Form::Csv);
        check("application/vnd.flatgeobuf", Form::FlatGeobuf);
        check("image/png", Form::Json);
        assert_eq!(form(Some("fgb"), &HeaderMap::new(), &Form::ITEMS).unwrap(), Form::FlatGeobuf);
        assert!(form(Some("xml"), &HeaderMap::new(), &Form::ITEMS).is_err());
        assert!(form(Some("fgb"), &HeaderMap::new(), &Form::DOCUMENT).is_err());
    }
}
