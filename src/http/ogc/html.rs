//! The same documents as pages for people: plain, without a script of their own but the small map.

use super::document::Link;
use super::items::escape as segment;
use crate::model::collection::{Collection, CollectionField, GEOMETRY};
use crate::model::{Datum, Feature};
use std::fmt::Write;

/// Text inside an element or a quoted attribute.
pub fn text(raw: &str) -> String {
    raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page; `up` is the way back to the landing page.
pub fn page(title: &str, up: &str, body: &str) -> String {
    let title = text(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title} · Melonmap</title>\
         <link rel=\"stylesheet\" href=\"{up}web/ogc.css\"><link rel=\"icon\" href=\"{up}web/icon.svg\"></head>\
         <body><header><a href=\"{up}./\">Melonmap</a> <a href=\"{up}ogc?f=html\">OGC API</a></header>\
         <main><h1>{title}</h1>\n{body}</main></body></html>\n"
    )
}

/// Links by their titles; what is an answer to a program is named as one.
pub fn links(links: &[Link]) -> String {
    let mut list = String::from("<ul class=\"links\">");
    for link in links.iter().filter(|link| link.rel != "self") {
        let title = if link.title.is_empty() { link.rel } else { &link.title };
        let _ =
            write!(list, "<li><a rel=\"{}\" href=\"{}\">{}</a></li>", text(link.rel), text(&link.href), text(title));
    }
    list.push_str("</ul>");
    list
}

/// The landing page.
pub fn landing(title: &str, attribution: &[String], collections: &[Collection], all: &[Link]) -> String {
    let mut body =
        String::from("<p>What this map holds, for QGIS, GDAL, notebooks and any other client of OGC API Features.</p>");
    body.push_str(&list(collections, ""));
    let _ = write!(body, "<p class=\"source\">{}</p>{}", text(&attribution.join(" · ")), links(all));
    page(title, "", &body)
}

fn list(collections: &[Collection], up: &str) -> String {
    let mut list = String::from("<dl>");
    for c in collections {
        let (id, title, what) = (c.as_str(), text(c.title()), text(c.description()));
        let _ = write!(list, "<dt><a href=\"{up}ogc/collections/{id}?f=html\">{title}</a></dt><dd>{what}</dd>");
    }
    list.push_str("</dl>");
    list
}

/// What is conformed to.
pub fn conformance(classes: &[&str]) -> String {
    let items: String = classes.iter().fold(String::new(), |mut all, class| {
        let _ = write!(all, "<li><code>{}</code></li>", text(class));
        all
    });
    page("Conformance", "../", &format!("<ul>{items}</ul>"))
}

/// All collections.
pub fn collections(collections: &[Collection], all: &[Link]) -> String {
    page("Collections", "../", &format!("{}{}", list(collections, "../"), links(all)))
}

fn field_table(fields: &[&CollectionField]) -> String {
    let rows: String = fields.iter().fold(String::new(), |mut all, field| {
        let (name, title) = (text(field.name), text(field.title));
        let _ =
            write!(all, "<tr><th scope=\"row\"><code>{name}</code></th><td>{:?}</td><td>{title}</td></tr>", field.kind);
        all
    });
    format!("<table><thead><tr><th>Field</th><th>Kind</th><th>Meaning</th></tr></thead><tbody>{rows}</tbody></table>")
}

/// One collection.
pub fn collection(collection: Collection, fields: &[&CollectionField], all: &[Link]) -> String {
    let what = text(collection.description());
    let to = format!("{}/items?f=html", collection.as_str()); // beside this page
    let body = format!(
        "<p>{what}</p><p><a class=\"go\" href=\"{to}\">Browse the items</a></p>{}{}",
        field_table(fields),
        links(all)
    );
    page(collection.title(), "../../", &body)
}

/// A schema, queryables or sortables.
pub fn fields(collection: Collection, what: &str, fields: &[&CollectionField]) -> String {
    page(&format!("{}: {what}", collection.title()), "../../../", &field_table(fields))
}

fn shown(value: Option<&Datum>) -> String {
    match value {
        None => String::from("–"),
        Some(Datum::Text(value)) => text(value),
        Some(value) => text(serde_json::to_string(value).unwrap_or_default().trim_matches('"')),
    }
}

/// The map draws what the link to GeoJSON gives.
fn map(up: &str, all: &[Link]) -> String {
    let Some(json) = all.iter().find(|link| link.kind == "application/geo+json") else { return String::new() };
    format!(
        "<link rel=\"stylesheet\" href=\"{up}web/vendor/maplibre-gl.css\"><div id=\"map\" data-features=\"{}\" \
         data-root=\"{up}./\" role=\"img\" aria-label=\"These items on a map\"></div>\
         <script src=\"{up}web/vendor/maplibre-gl-csp.js\" defer></script>\
         <script type=\"module\" src=\"{up}web/ogc.js\"></script>",
        text(&json.href)
    )
}

/// A page of items.
pub fn items(
    collection: Collection,
    fields: &[&CollectionField],
    features: &[Feature],
    matched: u64,
    all: &[Link],
) -> String {
    let columns: Vec<usize> = places(collection, fields);
    let mut body = map("../../../", all);
    let _ = write!(body, "<p>{} of {matched} items on this page.</p>", features.len());
    if features.is_empty() {
        body.push_str("<p>Nothing matches. Remove a parameter from the address to see more.</p>");
    } else {
        body.push_str("<div class=\"wide\"><table><thead><tr>");
        for at in &columns {
            let _ = write!(body, "<th>{}</th>", text(collection.fields()[*at].name));
        }
        body.push_str("</tr></thead><tbody>");
        for feature in features {
            body.push_str("<tr>");
            for at in &columns {
                let value = shown(feature.values[*at].as_ref());
                if *at == collection.id_field() {
                    let _ = write!(
                        body,
                        "<th scope=\"row\"><a href=\"items/{}?f=html\">{value}</a></th>",
                        segment(&feature.id)
                    );
                } else {
                    let _ = write!(body, "<td>{value}</td>");
                }
            }
            body.push_str("</tr>");
        }
        body.push_str("</tbody></table></div>");
    }
    body.push_str(&links(all));
    page(&format!("{}: items", collection.title()), "../../../", &body)
}

/// One item.
pub fn item(collection: Collection, fields: &[&CollectionField], feature: &Feature, all: &[Link]) -> String {
    let mut body = map("../../../../", all);
    body.push_str("<table><tbody>");
    for at in places(collection, fields) {
        let (title, value) = (text(collection.fields()[at].title), shown(feature.values[at].as_ref()));
        let _ = write!(body, "<tr><th scope=\"row\">{title}</th><td>{value}</td></tr>");
    }
    body.push_str("</tbody></table>");
    body.push_str(&links(all));
    page(&format!("{}: {}", collection.title(), feature.id), "../../../../", &body)
}

/// The numbers of the fields that are shown in a table.
fn places(collection: Collection, fields: &[&CollectionField]) -> Vec<usize> {
    let all = collection.fields();
    (0..all.len()).filter(|at| *at != GEOMETRY && fields.iter().any(|f| f.name == all[*at].name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Geometry;

    #[test]
    fn what_a_feature_says_is_text_and_never_markup() {
        let mut values = vec![None; Collection::Context.fields().len()];
        values[1] = Some(Datum::Text("w1".into()));
        values[4] = Some(Datum::Text("<script>alert(\"1\")</script>".into()));
        let feature = Feature {
            collection: Collection::Context,
            id: "a/b\"c".into(),
            version: None,
            geometry: Geometry::Point((0.0, 0.0).into()),
            values,
        };
        let fields: Vec<&CollectionField> = Collection::Context.fields().iter().collect();
        let written = items(Collection::Context, &fields, &[feature], 1, &[]);
        assert!(!written.contains("<script>alert") && written.contains("&lt;script&gt;"), "{written}");
        assert!(written.contains("items/a%2Fb%22c?f=html"), "{written}");
    }
}
