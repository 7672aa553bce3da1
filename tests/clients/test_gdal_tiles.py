"""GDAL reads the tiles of OGC API Tiles, one by one, with its driver for vector tiles.

Its driver for OGC APIs is not asked: that of 3.6, which Debian has, knows tile matrix sets in the form of a draft only."""

import math

import gdal
from demo import OGC, households, tile_of

EARTH = 6_378_137 * math.pi  # half of the equator on EPSG:3857, metres
ZOOM = 16


def metres(zoom, column, row):
    """West, south, east, north of a tile on EPSG:3857."""
    side = 2 * EARTH / 2**zoom
    west, north = column * side - EARTH, EARTH - row * side
    return west, north - side, west + side, north


def test_a_single_tile_is_read_by_the_driver_for_vector_tiles():
    """GDAL reads column and row out of an address in the order of /tiles, so that it is told here where the tile lies."""
    rows = households()
    column, row = tile_of(rows["H000001"]["position"], ZOOM)
    west, south, east, north = metres(ZOOM, column, row)
    place = {"TOPX": west, "TOPY": north, "TILEDIMX": east - west, "TILEDIMY": north - south}
    options = [part for name, value in place.items() for part in ("-oo", f"@GEOREF_{name}={value!r}")]
    source = f"MVT:{OGC}/collections/households/tiles/WebMercatorQuad/{ZOOM}/{row}/{column}.mvt"
    assert gdal.layers("admin", source) == ["households"]
    found = gdal.read("admin", source, "households", "-s_srs", "EPSG:3857", "-t_srs", "EPSG:4326", *options)
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
