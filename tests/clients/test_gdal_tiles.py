"""GDAL reads the tilesets of OGC API Tiles with its driver for OGC APIs, and single tiles of them with that for vector tiles."""

import math

import pytest

import gdal
from demo import OGC, ask, households, tile_of

EARTH = 6_378_137 * math.pi  # half of the equator on EPSG:3857, metres
ZOOM = 16


def tileset(collection, role=None):
    """What is said of the tiles of a collection."""
    return ask(f"/ogc/collections/{collection}/tiles/WebMercatorQuad", role)


def metres(zoom, column, row):
    """West, south, east, north of a tile on EPSG:3857."""
    side = 2 * EARTH / 2**zoom
    west, north = column * side - EARTH, EARTH - row * side
    return west, north - side, west + side, north


def read(role, collection, zoom, column, row):
    """The features of one tile by the driver for OGC APIs; GDAL takes the degrees of a collection for metres, unless told them."""
    west, south, east, north = metres(zoom, column, row)
    inside = {"MINX": west + 1, "MINY": south + 1, "MAXX": east - 1, "MAXY": north - 1}
    options = [part for name, value in inside.items() for part in ("-oo", f"{name}={value}")]
    source = f"OGCAPI:{OGC}/collections/{collection}"
    return gdal.read(role, source, f"Zoom level {zoom}", "-oo", "API=TILES", *options, "-t_srs", "EPSG:4326", debug=True)


def test_a_collection_has_a_layer_for_each_tile_matrix():
    source = f"OGCAPI:{OGC}/collections/areas"
    whole = [part for name, value in zip(("MINX", "MINY", "MAXX", "MAXY"), (-EARTH, -EARTH, EARTH, EARTH)) for part in ("-oo", f"{name}={value}")]
    text = gdal.run(None, "ogrinfo", "-ro", "-oo", "API=TILES", *whole, source)
    limits = tileset("areas")["tileMatrixSetLimits"]
    for limit in limits:
        assert f"Zoom level {limit['tileMatrix']}" in text, text


def test_households_stand_where_the_file_has_them():
    rows = households()
    column, row = tile_of(rows["H000001"]["position"], ZOOM)
    found, said = read("admin", "households", ZOOM, column, row)
    assert f"/WebMercatorQuad/{ZOOM}/{row}/{column}" in said
    expected = {code for code, home in rows.items() if tile_of(home["position"], ZOOM) == (column, row)}
    assert len(expected) > 1 and {feature["properties"]["code"] for feature in found} == expected
    step = 360 / 2**ZOOM / 4096  # of the tile's grid, degrees of longitude; of latitude it is less
    for feature in found:
        home = rows[feature["properties"]["code"]]["position"]
        assert max(abs(a - b) for a, b in zip(feature["geometry"]["coordinates"], home)) <= step, feature


def test_a_collection_that_is_not_for_the_public_has_no_tiles_without_a_token():
    with pytest.raises(AssertionError, match="households"):
        read(None, "households", ZOOM, *tile_of(households()["H000001"]["position"], ZOOM))


def test_a_single_tile_is_read_by_the_driver_for_vector_tiles():
    """GDAL reads column and row out of an address in the order of /tiles, so that it is told here where the tile lies."""
    rows = households()
    column, row = tile_of(rows["H000001"]["position"], ZOOM)
    west, south, east, north = metres(ZOOM, column, row)
    place = {"TOPX": west, "TOPY": north, "TILEDIMX": east - west, "TILEDIMY": north - south}
    options = [part for name, value in place.items() for part in ("-oo", f"@GEOREF_{name}={value!r}")]
    source = f"MVT:{OGC}/collections/households/tiles/WebMercatorQuad/{ZOOM}/{row}/{column}.mvt"
    assert gdal.layers("admin", source) == ["households"]
    found = gdal.read("admin", source, "households", "-t_srs", "EPSG:4326", *options)
    assert {feature["properties"]["code"] for feature in found} == {
        code for code, home in rows.items() if tile_of(home["position"], ZOOM) == (column, row)
    }
    step = 360 / 2**ZOOM / 4096
    for feature in found:
        home = rows[feature["properties"]["code"]]["position"]
        assert max(abs(a - b) for a, b in zip(feature["geometry"]["coordinates"], home)) <= step, feature


def test_the_tiles_of_the_whole_map_hold_the_layers_of_the_role():
    column, row = tile_of((9.52, 47.14), 14)
    source = f"MVT:{OGC}/tiles/WebMercatorQuad/14/{row}/{column}.mvt"
    assert sorted(gdal.layers(None, source)) == ["areas", "context"]
    assert sorted(gdal.layers("admin", source)) == ["areas", "context", "households"]
