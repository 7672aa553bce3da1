"""The demo that MELONMAP_URL names, and the files that it was made from."""

import csv
import gzip
import json
import math
import os
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

URL = os.environ["MELONMAP_URL"].rstrip("/")
OGC = f"{URL}/ogc"
DATA = Path(__file__).parents[2] / "data" / "liechtenstein"


def authorization(role):
    """The value of the header for a role of the demo; None is the public, which sends none."""
    return None if role is None else f"Bearer {os.environ[f'MELONMAP_TOKEN_{role.upper()}']}"


def headers(role):
    """The headers that a role sends."""
    value = authorization(role)
    return {} if value is None else {"Authorization": value}


def ask(path, role=None):
    """The JSON at a path below the service, as the service itself answers a role."""
    with urlopen(Request(URL + path, headers=headers(role)), timeout=60) as answer:
        return json.load(answer)


def ledger(role):
    """A workbook that the service wrote for a role, of the first grid of which it gives one; None where it gives none."""
    for area in ask("/api/coverage?level=grid", role)["areas"]:
        try:
            with urlopen(Request(f"{URL}/api/ledger?area={area['code']}", headers=headers(role)), timeout=60) as answer:
                return answer.read()
        except HTTPError as refused:
            if refused.code in (401, 403) and role not in ("member", "coordinator"):
                return None
    return None


def matched(collection, role, query="limit=1"):
    """How many items the service says that there are."""
    return ask(f"/ogc/collections/{collection}/items?{query}", role)["numberMatched"]


def households():
    """Every household of the demo: code, position, address, persons. What was imported, and what was built anew since."""
    with gzip.open(DATA / "households.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    imported = {
        row["hh_id"]: {
            "position": (float(row["lon"]), float(row["lat"])),
            # A number alone is no address.
            "address": f"{row['street']} {row['housenumber']}".strip() if row["street"] else None,
            "persons": int(row["persons"]),
        }
        for row in rows
    }
    # As src/app/demo/since.rs pulls five of them down and builds them anew, with the same people.
    named = [row for row in imported.values() if row["address"]]
    apart = max((len(named) - 400) // 5, 1)
    built = {
        f"SAMPLE-{n}": row | {"address": f"{row['address']} · sample 示例"}
        for n, row in enumerate(named[400::apart][:5], start=1)
    }
    return imported | built


def features(name):
    """The features of a file in data/."""
    with gzip.open(DATA.parent / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def areas():
    """What was imported as areas, by code; the grids below them were drawn by the demo."""
    return {feature["properties"]["code"]: feature for feature in features("liechtenstein/areas.geojsonl.gz")}


def context():
    """What was imported as context, by code. What stands in two files is the one that came later."""
    country = [f"liechtenstein/context/{name}" for name in ("landuse", "buildings", "water_rail", "roads", "pois")]
    city = [f"firenze/{name}" for name in ("landuse", "buildings", "lines", "roads", "pois")]
    order = country + city  # as src/app/demo.rs imports them
    return {feature["properties"]["osm"]: feature for name in order for feature in features(f"{name}.geojsonl.gz")}


def tile_of(position, zoom):
    """Column and row of the tile around a position, in the web's Mercator tiling."""
    lon, lat = position
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * 2**zoom), int(y * 2**zoom)


def inside(position, box):
    """Whether a position is in west, south, east, north."""
    lon, lat = position
    west, south, east, north = box
    return west <= lon <= east and south <= lat <= north
