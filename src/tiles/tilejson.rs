//! What a map client asks for before its first tile: `TileJSON` 3.0 (mapbox/tilejson-spec).

use super::layers::Field;
use super::planned::{PLAN_MAX_ZOOM, plan_layers};
use super::{Layer, LayerSet};
use crate::geom::Bbox;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TileJson {
    /// Version of the specification.
    pub tilejson: &'static str,
    /// For people.
    pub name: String,
    /// Rows count from the north.
    pub scheme: &'static str,
    /// One URL with `{z}`, `{x}` and `{y}`.
    pub tiles: [String; 1],
    /// First zoom of any layer.
    pub minzoom: u8,
    /// Last zoom of any layer.
    pub maxzoom: u8,
    /// West, south, east, north in degrees; never over the antimeridian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 4]>,
    /// HTML, as map clients take it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
    /// What is in the tiles.
    pub vector_layers: Vec<VectorLayer>,
}

/// One layer and all of its fields.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VectorLayer {
    /// As tiles name it.
    pub id: &'static str,
    /// For people.
    pub description: &'static str,
    /// First zoom.
    pub minzoom: u8,
    /// Last zoom.
    pub maxzoom: u8,
    /// Type and meaning by name.
    pub fields: BTreeMap<&'static str, String>,
}

impl TileJson {
    /// The document of a plan's tiles.
    #[must_use]
    pub fn of_plan(name: &str, url: String, bounds: Option<Bbox>, attribution: &[String]) -> TileJson {
        TileJson {
            tilejson: "3.0.0",
            name: name.to_owned(),
            scheme: "xyz",
            tiles: [url],
            minzoom: 0,
            maxzoom: PLAN_MAX_ZOOM,
            bounds: bounds.map(bounds_of),
            attribution: (!attribution.is_empty()).then(|| escaped(&attribution.join(" | "))),
            vector_layers: plan_layers(),
        }
    }

    /// The document of some layers. `url` is a tile's with `{z}`, `{x}` and `{y}`; `attribution` is plain text, one a source.
    #[must_use]
    pub fn new(name: &str, layers: LayerSet, url: String, bounds: Option<Bbox>, attribution: &[String]) -> TileJson {
        let zoom = |of: fn(Layer) -> u8| layers.iter().map(of);
        TileJson {
            tilejson: "3.0.0",
            name: name.to_owned(),
            scheme: "xyz",
            tiles: [url],
            minzoom: zoom(Layer::min_zoom).min().unwrap_or(0),
            maxzoom: zoom(Layer::max_zoom).max().unwrap_or(0),
            bounds: bounds.map(bounds_of),
            attribution: (!attribution.is_empty()).then(|| escaped(&attribution.join(" | "))),
            vector_layers: layers.iter().map(vector_layer).collect(),
        }
    }
}

/// A rectangle over the antimeridian becomes a band around the world: the specification forbids the former.
fn bounds_of(bbox: Bbox) -> [f64; 4] {
    if bbox.crosses_antimeridian() { [-180.0, bbox.south(), 180.0, bbox.north()] } else { bbox.to_array() }
}

/// Map clients set an attribution as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn vector_layer(layer: Layer) -> VectorLayer {
    VectorLayer::of(layer.as_str(), layer.about(), layer.min_zoom()..=layer.max_zoom(), layer.fields())
}

impl VectorLayer {
    /// A layer that has such features from the first to the last of these zooms.
    pub(super) fn of<'a>(
        id: &'static str,
        description: &'static str,
        zooms: RangeInclusive<u8>,
        shown: impl Iterator<Item = &'a Field>,
    ) -> VectorLayer {
        let mut fields = BTreeMap::<&str, String>::new();
        for field in shown {
            let about = format!("{}, {}", field.kind.as_str(), field.about);
            // A name that a household and a cell share says what it is on each.
            fields.entry(field.name).and_modify(|first| *first = format!("{first} {about}")).or_insert(about);
        }
        VectorLayer { id, description, minzoom: *zooms.start(), maxzoom: *zooms.end(), fields }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn document(layers: &str, bounds: Option<Bbox>, attribution: &[&str]) -> Value {
        let attribution: Vec<String> = attribution.iter().map(|&a| a.to_owned()).collect();
        let url = format!("http://localhost/tiles/{layers}/{{z}}/{{x}}/{{y}}");
        serde_json::to_value(TileJson::new("Vaduz", layers.parse().unwrap(), url, bounds, &attribution)).unwrap()
    }

    #[test]
    fn what_the_specification_requires_is_there() {
        let bounds = Bbox::new(9.4, 47.0, 9.7, 47.3).unwrap();
        let document = document("areas,households,context", Some(bounds), &["© OpenStreetMap contributors"]);
        assert_eq!(document["tilejson"], "3.0.0");
        assert_eq!(document["tiles"], json!(["http://localhost/tiles/areas,households,context/{z}/{x}/{y}"]));
        assert_eq!((&document["minzoom"], &document["maxzoom"]), (&json!(0), &json!(18)));
        assert_eq!(document["bounds"], json!([9.4, 47.0, 9.7, 47.3]));
        assert_eq!(document["attribution"], "© OpenStreetMap contributors");
        let layers = document["vector_layers"].as_array().unwrap();
        assert_eq!(
            layers.iter().map(|l| l["id"].as_str().unwrap()).collect::<Vec<_>>(),
            ["areas", "households", "context"]
        );
        for (layer, zoom) in layers.iter().zip([14, 18, 14]) {
            assert_eq!(layer["maxzoom"], zoom);
            assert!(layer["fields"].as_object().unwrap().values().all(Value::is_string));
        }
    }

    #[test]
    fn a_layer_lists_exactly_its_fields() {
        let names = |layers: &str| -> Vec<String> {
            document(layers, None, &[])["vector_layers"][0]["fields"].as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(
            names("areas"),
            ["code", "eligible", "level", "merged", "name", "parent", "rate", "unvisited", "visited"]
        );
        let households = [
            "clustered",
            "code",
            "eligible",
            "outcome",
            "point_count",
            "point_count_abbreviated",
            "sqrt_point_count",
            "status",
            "unvisited",
            "visited",
        ];
        assert_eq!(names("households"), households);
        assert_eq!(names("context"), ["class", "kind", "name"]);
    }

    #[test]
    fn bounds_do_not_cross_the_antimeridian_and_attribution_is_no_markup() {
        let fiji = Bbox::new(177.0, -20.0, -178.0, -15.0).unwrap();
        let document = document("areas", Some(fiji), &["A & B", "<script>"]);
        assert_eq!(document["bounds"], json!([-180.0, -20.0, 180.0, -15.0]));
        assert_eq!(document["attribution"], "A &amp; B | &lt;script&gt;");
    }
}
