//! The documents of tiles as pages for people.

use super::super::document::Link;
use super::super::html::{links, page, text};
use crate::app::{TileLayer, TilesetReport};
use crate::geom::TileMatrix;
use std::fmt::Write;

/// The tile matrix sets.
pub fn matrix_sets(title: &str, all: &[Link]) -> String {
    let list = format!(
        "<dl><dt><a href=\"tileMatrixSets/WebMercatorQuad?f=html\">WebMercatorQuad</a></dt><dd>{}</dd></dl>",
        text(title)
    );
    page("Tile matrix sets", "../", &format!("{list}{}", links(all)))
}

/// The tile matrix set, matrix by matrix.
pub fn matrix_set(title: &str, all: &[Link]) -> String {
    let mut body = format!("<p>{}</p><div class=\"wide\"><table><thead><tr>", text(title));
    for head in ["Matrix", "Scale 1 :", "Cell, metres", "Rows", "Columns"] {
        let _ = write!(body, "<th>{head}</th>");
    }
    body.push_str("</tr></thead><tbody>");
    for matrix in TileMatrix::all() {
        let (z, scale, cell, side) = (matrix.z(), matrix.scale_denominator(), matrix.cell_size(), matrix.side());
        let _ = write!(
            body,
            "<tr><th scope=\"row\">{z}</th><td>{scale:.0}</td><td>{cell}</td><td>{side}</td><td>{side}</td></tr>"
        );
    }
    let _ = write!(body, "</tbody></table></div>{}", links(all));
    page("WebMercatorQuad", "../../", &body)
}

/// The tilesets of the map or of a collection: one.
pub fn tilesets(title: &str, of_collection: bool, all: &[Link]) -> String {
    let up = if of_collection { "../../../" } else { "../" };
    let list = "<dl><dt><a href=\"tiles/WebMercatorQuad?f=html\">WebMercatorQuad</a></dt>\
                <dd>Mapbox vector tiles, each as fresh as the last change.</dd></dl>";
    page(&format!("{title}: tilesets"), up, &format!("{list}{}", links(all)))
}

/// A tileset: its layers with their fields, and which tiles there are.
pub fn tileset(title: &str, of_collection: bool, report: &TilesetReport, all: &[Link]) -> String {
    let up = if of_collection { "../../../../" } else { "../../" };
    let (templates, all): (Vec<Link>, Vec<Link>) = all.iter().cloned().partition(|link| link.templated);
    let mut body = String::from("<p>Mapbox vector tiles, each as fresh as the last change.</p>");
    for link in templates {
        let _ = write!(body, "<p><code>{}</code></p>", text(&link.href));
    }
    for (layer, _) in &report.layers {
        fields(&mut body, *layer);
    }
    body.push_str("<h2>Tiles that there are</h2><div class=\"wide\"><table><thead><tr>");
    for head in ["Matrix", "Rows", "Columns"] {
        let _ = write!(body, "<th>{head}</th>");
    }
    body.push_str("</tr></thead><tbody>");
    for limits in &report.limits {
        let (first, last) = (limits.first(), limits.last());
        let _ = write!(
            body,
            "<tr><th scope=\"row\">{}</th><td>{} to {}</td><td>{} to {}</td></tr>",
            first.z(),
            first.y(),
            last.y(),
            first.x(),
            last.x()
        );
    }
    let _ = write!(body, "</tbody></table></div>{}", links(&all));
    page(&format!("{title}: tiles in WebMercatorQuad"), up, &body)
}

fn fields(body: &mut String, layer: TileLayer) {
    let _ = write!(
        body,
        "<h2><code>{}</code></h2><p>{}.</p><div class=\"wide\"><table><tbody>",
        layer.as_str(),
        text(layer.about())
    );
    for field in layer.fields() {
        let (name, kind, about) = (field.name, field.kind.schema(), text(field.about));
        let _ = write!(body, "<tr><th scope=\"row\"><code>{name}</code></th><td>{kind}</td><td>{about}</td></tr>");
    }
    body.push_str("</tbody></table></div>");
}
