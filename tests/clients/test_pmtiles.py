"""The reader of the PMTiles project reads an export of the demo, made while that is served: tile for tile what the service answers."""

import gzip
import math
import os
import re
import subprocess
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import Compression, TileType

from demo import URL, ask, headers

BINARY = os.environ["MELONMAP_BIN"]
STORE = os.environ["MELONMAP_STORE"]


def export(out, role, *arguments):
    """Runs the export as somebody at the store would; gives its last line."""
    command = [BINARY, "export", "tiles", str(out), "--store", STORE, *arguments]
    if role is not None:
        command += ["--role", role]
        for area in ask("/api/me", role)["areas"] if role in ("member", "coordinator") else []:
            command += ["--area", area]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()[-1]


def around(bounds, zoom):
    """The tiles of a zoom that touch a rectangle, and one more on each side, in the web's Mercator tiling."""
    west, south, east, north = bounds

    def place(lon, lat):
        y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
        return math.floor((lon + 180) / 360 * 2**zoom), math.floor(y * 2**zoom)

    (left, top), (right, bottom) = place(west, north), place(east, south)
    last = 2**zoom - 1
    for x in range(max(left - 1, 0), min(right + 1, last) + 1):
        for y in range(max(top - 1, 0), min(bottom + 1, last) + 1):
            yield zoom, x, y


def answered(layers, role, tiles):
    """Of some tiles, those that the service answers with something, over one connection."""
    connection = HTTPConnection(urlsplit(URL).netloc, timeout=60)
    found = {}
    for zoom, x, y in tiles:
        connection.request("GET", f"{urlsplit(URL).path}/tiles/{layers}/{zoom}/{x}/{y}", headers=headers(role))
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status in (200, 204), (zoom, x, y, answer.status)
        if body:
            found[zoom, x, y] = body
    connection.close()
    return found


def read(path):
    """Header, metadata and every tile, as stored."""
    with open(path, "rb") as file:
        source = MmapSource(file)
        reader = Reader(source)
        tiles = dict(all_tiles(source))
        assert all(reader.get(*tile) == data for tile, data in list(tiles.items())[::97]), "found by their place as well"
        return reader.header(), reader.metadata(), tiles


@pytest.mark.parametrize(
    ("role", "layers", "deepest"),
    [(None, "areas,context", 14), ("admin", "areas,households,context", 14), ("member", "households", 16)],
)
def test_an_archive_holds_every_tile_that_the_service_answers_and_no_other(tmp_path, role, layers, deepest):
    out = tmp_path / "out.pmtiles"
    last = export(out, role, "--layers", layers, "--zooms", f"0-{deepest}")
    header, metadata, tiles = read(out)
    assert header["tile_type"] == TileType.MVT
    assert header["tile_compression"] == header["internal_compression"] == Compression.GZIP
    assert header["clustered"] and (header["min_zoom"], header["max_zoom"]) == (0, deepest)
    document = ask(f"/tiles/{layers}", role)
    assert (metadata["name"], metadata["attribution"]) == (document["name"], document["attribution"])
    assert [layer["id"] for layer in metadata["vector_layers"]] == layers.split(",")
    told = re.search(r": ([\d,]+) tiles of zoom 0 to \d+, ([\d,]+) different; ([\d,]+) bytes; ", last)
    counts = [int(number.replace(",", "")) for number in told.groups()]
    assert counts == [len(tiles), len(set(tiles.values())), out.stat().st_size]
    west, south, east, north = (header[f"{side}_e7"] / 1e7 for side in ("min_lon", "min_lat", "max_lon", "max_lat"))
    box = document["bounds"]
    box = [min(box[0], west), min(box[1], south), max(box[2], east), max(box[3], north)]
    # Deeper, the county around a member's few streets would be very many empty tiles.
    asked = [tile for zoom in range(min(deepest, 14) + 1) for tile in around(box, zoom)]
    asked += [tile for tile in tiles if tile[0] > 14]
    expected = answered(layers, role, asked)
    assert set(tiles) == set(expected) and len(expected) > 20
    for tile, data in tiles.items():
        assert gzip.decompress(data) == expected[tile], tile
