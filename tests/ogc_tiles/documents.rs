//! What leads to the tiles: links, tilesets, their metadata, the tile matrix set.

use super::{DRAWN, MATRIX_SET, Running, TILESETS, TILING_SCHEME, filled, followed, place};
use crate::house::home;
use crate::ogc::{links, local};
use serde_json::{Value, json};

/// Shapes of 17-083r4 (Annex "JSON schemas"), as far as they say what must be.
fn shape(name: &str) -> jsonschema::Validator {
    let text = json!({ "type": "string" });
    let point = json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 });
    let whole = json!({ "type": "integer", "minimum": 0 });
    let positive = json!({ "type": "number", "minimum": 1, "multipleOf": 1 });
    let uri = json!({ "type": "string", "format": "uri" });
    let links = json!({ "type": "array", "minItems": 1, "items": {
        "type": "object", "required": ["href", "rel"],
        "properties": { "href": text, "rel": text, "type": text, "title": text, "templated": { "type": "boolean" } } } });
    let kinds = ["array", "boolean", "integer", "null", "number", "object", "string"];
    let fields = json!({ "type": "object", "required": ["type", "properties"], "properties": {
        "type": { "enum": ["object"] },
        "properties": { "type": "object", "minProperties": 1, "additionalProperties": { "type": "object", "properties": {
            "type": { "enum": kinds }, "title": text, "description": text } } } } });
    let limits = json!({ "type": "object",
        "required": ["tileMatrix", "minTileRow", "maxTileRow", "minTileCol", "maxTileCol"],
        "properties": { "tileMatrix": text, "minTileRow": whole, "maxTileRow": whole, "minTileCol": whole, "maxTileCol": whole } });
    let layer = json!({ "type": "object", "required": ["id", "dataType"], "properties": {
        "id": text, "title": text, "description": text, "dataType": text, "minTileMatrix": text, "maxTileMatrix": text,
        "geometryDimension": { "type": "integer", "minimum": 0, "maximum": 3 }, "propertiesSchema": fields, "links": links } });
    let schema = match name {
        "tileSet" => {
            json!({ "type": "object", "required": ["dataType", "crs", "links", "tileMatrixSetURI"], "properties": {
            "title": text, "description": text, "dataType": text, "crs": uri, "tileMatrixSetURI": uri, "links": links,
            "attribution": text, "mediaTypes": { "type": "array", "items": text },
            "tileMatrixSetLimits": { "type": "array", "items": limits }, "layers": { "type": "array", "minItems": 1, "items": layer },
            "boundingBox": { "type": "object", "required": ["lowerLeft", "upperRight"],
                             "properties": { "lowerLeft": point, "upperRight": point, "crs": uri } } } })
        }
        "tileSet-item" => json!({ "type": "object", "required": ["dataType", "crs", "links"], "properties": {
            "title": text, "dataType": text, "crs": uri, "tileMatrixSetURI": uri, "links": links } }),
        "tileMatrixSet-item" => json!({ "type": "object", "required": ["links"], "properties": {
            "id": text, "title": text, "uri": uri, "crs": uri, "links": links } }),
        "tileMatrixSet" => json!({ "type": "object", "required": ["crs", "tileMatrices"], "properties": {
            "id": text, "title": text, "uri": uri, "crs": uri, "wellKnownScaleSet": uri,
            "orderedAxes": { "type": "array", "minItems": 1, "items": text },
            "tileMatrices": { "type": "array", "minItems": 1, "items": { "type": "object",
                "required": ["id", "scaleDenominator", "cellSize", "pointOfOrigin", "tileWidth", "tileHeight", "matrixWidth", "matrixHeight"],
                "properties": { "id": text, "scaleDenominator": { "type": "number" }, "cellSize": { "type": "number" },
                    "cornerOfOrigin": { "enum": ["topLeft", "bottomLeft"] }, "pointOfOrigin": point, "tileWidth": positive,
                    "tileHeight": positive, "matrixWidth": positive, "matrixHeight": positive } } } } }),
        other => panic!("{other}"),
    };
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

#[track_caller]
fn fits(what: &str, name: &str, document: &Value) {
    let validator = shape(name);
    assert!(!validator.is_valid(&json!({ "crs": "no uri" })), "the shape refuses something");
    let faults: Vec<String> = validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{what}: {faults:?}");
}

#[test]
fn conformance_success_lists_the_classes_that_are_met_once_each() {
    let house = Running::county();
    let classes = house.client("public").json("/ogc/conformance")["conformsTo"].as_array().unwrap().clone();
    for class in [
        "ogcapi-tiles-1/1.0/conf/core",
        "ogcapi-tiles-1/1.0/conf/tileset",
        "ogcapi-tiles-1/1.0/conf/tilesets-list",
        "ogcapi-tiles-1/1.0/conf/dataset-tilesets",
        "ogcapi-tiles-1/1.0/conf/geodata-tilesets",
        "ogcapi-tiles-1/1.0/conf/mvt",
        "ogcapi-tiles-1/1.0/conf/oas30",
        "tms/2.0/conf/tilematrixset",
        "tms/2.0/conf/json-tilematrixset",
        "tms/2.0/conf/json-tilematrixsetlimits",
        "tms/2.0/conf/json-tilesetmetadata",
    ] {
        let uri = json!(format!("http://www.opengis.net/spec/{class}"));
        assert_eq!(classes.iter().filter(|listed| **listed == uri).count(), 1, "{class}");
    }
    // The layers of a tile have one order, whatever that of the parameter: the class asks for its own.
    assert!(!json!(classes).to_string().contains("collections-selection"));
}

#[test]
fn dataset_and_geodata_tilesets_are_linked_from_the_landing_page_and_from_each_collection_that_is_drawn() {
    let house = Running::county();
    let admin = house.client("admin");
    let landing = admin.json("/ogc");
    assert_eq!(links(&landing, TILESETS), [format!("{}/ogc/tiles", house.server.url)], "dataset-tilesets/landingpage");
    let schemes = links(&landing, "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes");
    assert_eq!(schemes, [format!("{}/ogc/tileMatrixSets", house.server.url)]);
    for collection in admin.json("/ogc/collections")["collections"].as_array().unwrap() {
        let id = collection["id"].as_str().unwrap();
        let drawn = DRAWN.iter().any(|(of, _)| *of == id);
        let expected = drawn.then(|| format!("{}/ogc/collections/{id}/tiles", house.server.url));
        assert_eq!(links(collection, TILESETS), expected.clone().into_iter().collect::<Vec<_>>(), "desc-links: {id}");
        let alone = admin.json(&format!("/ogc/collections/{id}"));
        assert_eq!(links(&alone, TILESETS).pop(), expected, "desc-links: {id}");
    }
    admin.get("/ogc/collections/visits/tiles").problem(404);
}

#[test]
fn tilesets_list_names_each_tileset_with_its_own_address_and_its_tile_matrix_set() {
    let house = Running::county();
    let admin = house.client("admin");
    let collections = DRAWN.map(|(id, _)| format!("/ogc/collections/{id}/tiles"));
    for path in collections.iter().map(String::as_str).chain(["/ogc/tiles"]) {
        let list = admin.json(path);
        for item in list["tilesets"].as_array().unwrap() {
            fits(path, "tileSet-item", item);
            assert_eq!(
                (&item["dataType"], &item["tileMatrixSetURI"]),
                (&json!("vector"), &json!(MATRIX_SET)),
                "{path}"
            );
            for rel in ["self", TILING_SCHEME] {
                assert_eq!(admin.get(&local(&links(item, rel)[0])).status, 200, "{path}: {rel}");
            }
        }
        assert_eq!(admin.get(&local(&links(&list, "self")[0])).json(), list, "{path}");
    }
}

#[test]
fn tileset_description_says_all_that_a_client_needs() {
    let house = Running::county();
    let admin = house.client("admin");
    let collections = DRAWN.map(|(id, deepest)| (format!("/ogc/collections/{id}"), vec![id], deepest));
    for (from, layers, deepest) in collections.into_iter().chain([("/ogc".into(), DRAWN.map(|(id, _)| id).into(), 18)])
    {
        let tileset = followed(&admin, &from);
        fits(&from, "tileSet", &tileset);
        assert_eq!((&tileset["dataType"], &tileset["tileMatrixSetURI"]), (&json!("vector"), &json!(MATRIX_SET)));
        assert_eq!(tileset["crs"], "http://www.opengis.net/def/crs/EPSG/0/3857");
        assert_eq!(tileset["attribution"], "© Nobody");
        let named: Vec<&str> =
            tileset["layers"].as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
        assert_eq!(named, layers, "{from}");
        let deepest_limits = &tileset["tileMatrixSetLimits"].as_array().unwrap().last().unwrap()["tileMatrix"];
        assert_eq!(*deepest_limits, json!(deepest.to_string()), "{from}");
        // The county is 0.2 by 0.05 degrees.
        let corner = |name: &str, axis: usize| tileset["boundingBox"][name][axis].as_f64().unwrap();
        for (name, axis, expected) in
            [("lowerLeft", 0, 119.40), ("lowerLeft", 1, 28.40), ("upperRight", 0, 119.60), ("upperRight", 1, 28.45)]
        {
            assert!((corner(name, axis) - expected).abs() < 1e-6, "{from}: {name} {axis}");
        }
        let of = if from == "/ogc" { "dataset" } else { "geodata" };
        let of = links(&tileset, &format!("http://www.opengis.net/def/rel/ogc/1.0/{of}"));
        assert_eq!(of, [format!("{}{from}", house.server.url)]);
        let matrices = admin.json(&local(&links(&tileset, TILING_SCHEME)[0]));
        fits("tiling-scheme", "tileMatrixSet", &matrices);
        assert_eq!(matrices["uri"], tileset["tileMatrixSetURI"]);
        let tilejson = admin.json(&local(&links(&tileset, "describedby")[0]));
        let same = tilejson["tiles"][0].as_str().unwrap();
        let at = crate::house::tile(&home(0, 3), 12);
        let parts: Vec<&str> = at.split('/').collect();
        let same = same.replace("{z}", parts[0]).replace("{x}", parts[1]).replace("{y}", parts[2]);
        assert_eq!(admin.get(&filled(&tileset, &place(&home(0, 3), 12))).body, admin.get(&local(&same)).body, "{from}");
        for (layer, described) in
            tileset["layers"].as_array().unwrap().iter().zip(tilejson["vector_layers"].as_array().unwrap())
        {
            let keys = |fields: &Value| fields.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            let mut listed = keys(&layer["propertiesSchema"]["properties"]);
            listed.sort();
            assert_eq!(listed, keys(&described["fields"]), "{}", layer["id"]);
            assert_eq!(layer["maxTileMatrix"], described["maxzoom"].to_string());
        }
    }
    let fields = followed(&admin, "/ogc/collections/households")["layers"][0]["propertiesSchema"]["properties"].clone();
    assert_eq!((&fields["point_count"]["type"], &fields["clustered"]["type"]), (&json!("integer"), &json!("boolean")));
    assert!(fields["eligible"]["type"].is_null(), "a flag on a household, a count on a cell");
}

#[test]
fn the_tile_matrix_set_is_that_of_the_register() {
    let house = Running::county();
    let public = house.client("public");
    let list = public.json("/ogc/tileMatrixSets");
    let [item] = &list["tileMatrixSets"].as_array().unwrap()[..] else { panic!("{list}") };
    fits("tileMatrixSets", "tileMatrixSet-item", item);
    let set = public.json(&local(&links(item, "self")[0]));
    fits("WebMercatorQuad", "tileMatrixSet", &set);
    for (member, value) in [
        ("id", json!("WebMercatorQuad")),
        ("uri", json!(MATRIX_SET)),
        ("crs", json!("http://www.opengis.net/def/crs/EPSG/0/3857")),
        ("orderedAxes", json!(["X", "Y"])),
        ("wellKnownScaleSet", json!("http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible")),
    ] {
        assert_eq!(set[member], value, "{member}");
    }
    let matrices = set["tileMatrices"].as_array().unwrap();
    assert_eq!(matrices.len(), 23);
    for (z, matrix) in matrices.iter().enumerate() {
        assert_eq!(matrix["id"], z.to_string());
        assert_eq!((&matrix["matrixWidth"], &matrix["matrixHeight"]), (&json!(1 << z), &json!(1 << z)));
        assert_eq!((&matrix["tileWidth"], &matrix["tileHeight"]), (&json!(256), &json!(256)));
        assert_eq!(matrix["pointOfOrigin"], json!([-20_037_508.342_789_2, 20_037_508.342_789_2]));
    }
    for (z, scale, cell) in [
        (0, 559_082_264.028_717, 156_543.033_928_041),
        (13, 68_247.346_683_193, 19.109_257_071_294),
        (22, 133.295_598_990_611, 0.037_322_767_717_371_2),
    ] {
        assert_eq!((&matrices[z]["scaleDenominator"], &matrices[z]["cellSize"]), (&json!(scale), &json!(cell)), "{z}");
    }
    public.get("/ogc/tileMatrixSets/WorldCRS84Quad").problem(404);
    public.get("/ogc/tiles/WorldCRS84Quad").problem(404);
}

#[test]
fn every_document_is_a_page_as_well_and_every_link_of_the_page_leads_somewhere() {
    let house = Running::county();
    let admin = house.client("admin");
    for path in [
        "/ogc",
        "/ogc/tileMatrixSets",
        "/ogc/tileMatrixSets/WebMercatorQuad",
        "/ogc/tiles",
        "/ogc/tiles/WebMercatorQuad",
        "/ogc/collections/households/tiles",
        "/ogc/collections/households/tiles/WebMercatorQuad",
    ] {
        let page = admin.get_with(path, &[("accept", "text/html")]);
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "{path}");
        assert_eq!(admin.get(&format!("{path}?f=html")).text(), page.text(), "{path}");
        let above: Vec<&str> = path.split('/').collect();
        let text = page.text();
        for href in text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let up = href.matches("../").count();
            let to = if href.starts_with("http") {
                local(href)
            } else {
                format!(
                    "{}/{}",
                    above[..above.len() - 1 - up].join("/"),
                    href.replace("../", "").trim_start_matches("./")
                )
            };
            assert!(!href.contains('{'), "{path} links to a template");
            let to = to.replace("&amp;", "&");
            assert_eq!(admin.get(&to).status, 200, "{path} links to {href}");
        }
        let refused = admin.get(&format!("{path}?f=xml")).problem(400);
        assert_eq!(refused["field"], "f", "{path}");
        admin.get(&format!("{path}?colour=red")).problem(400);
    }
}
