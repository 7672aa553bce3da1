#!/usr/bin/env python3
"""Makes data/liechtenstein/ and data/firenze/ from the prepared OpenStreetMap extracts, or proves that they are still the same.

    scripts/make-data.py SOURCE           write the pack
    scripts/make-data.py SOURCE --check   write nothing; exit 1 if the pack differs

SOURCE is a folder with the li_*.gz or the fi_*.gz files that data/README.md describes; which of them says which pack. Needs Python 3.9 or newer and nothing else. The output is
the same byte for byte on every run: fixed order, gzip without name and time.
"""

import argparse
import gzip
import io
import json
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"

COUNTY_CODE = "438000"  # 438 is Liechtenstein in ISO 3166-1 numeric
COUNTY_LEVEL, MUNICIPALITY_LEVEL = 2, 8  # OpenStreetMap admin_level

# Target file -> source file, content unchanged.
UNCHANGED = {
    "households.csv.gz": "li_households_synth.csv.gz",
    "context/buildings.geojsonl.gz": "li_buildings.geojsonl.gz",
    "context/roads.geojsonl.gz": "li_roads.geojsonl.gz",
    "context/pois.geojsonl.gz": "li_pois.geojsonl.gz",
    "context/landuse.geojsonl.gz": "li_landuse.geojsonl.gz",
    "context/water_rail.geojsonl.gz": "li_water_rail_lines.geojsonl.gz",
}


def area(feature):
    """One feature of li_admin as a Melonmap area, or None for a level that has no place in the hierarchy."""
    source = feature["properties"]
    if source["admin_level"] == COUNTY_LEVEL:
        code, level, parent = COUNTY_CODE, "county", None
    elif source["admin_level"] == MUNICIPALITY_LEVEL:
        code, level, parent = str(int(source["code"])), "township", COUNTY_CODE
    else:
        return None
    properties = {"code": code, "name": source["name"], "level": level}
    if parent:
        properties["parent"] = parent
    properties |= {"osm": source["osm"], "wikidata": source["wikidata"]}
    return {"type": "Feature", "properties": properties, "geometry": feature["geometry"]}


def areas(source):
    """The county first, then its municipalities by code."""
    with gzip.open(source / "li_admin.geojsonl.gz", "rt", encoding="utf-8") as lines:
        found = [a for a in (area(json.loads(line)) for line in lines) if a]
    found.sort(key=lambda a: (a["properties"]["level"] != "county", a["properties"]["code"]))
    codes = [a["properties"]["code"] for a in found]
    expected = [COUNTY_CODE] + [str(7001 + n) for n in range(11)]
    if codes != expected:
        sys.exit(f"make-data: li_admin has the areas {codes}, expected {expected}")
    return "".join(json.dumps(a, ensure_ascii=False, separators=(",", ":")) + "\n" for a in found).encode()


# Of Firenze: target file -> source file, word for the codes, columns that are kept.
FIRENZE = {
    "roads.geojsonl.gz": ("fi_roads.geojsonl.gz", "road", ["highway", "name", "ref", "oneway", "bridge", "tunnel", "layer"]),
    "buildings.geojsonl.gz": ("fi_buildings.geojsonl.gz", "building", ["name", "height"]),
    "landuse.geojsonl.gz": ("fi_landuse.geojsonl.gz", "landuse", ["landuse", "leisure", "amenity", "natural", "sport", "name"]),
    "pois.geojsonl.gz": ("fi_pois.geojsonl.gz", "poi", ["key", "value", "name"]),
    "lines.geojsonl.gz": ("fi_transit_water_lines.geojsonl.gz", "line", ["railway", "waterway", "natural", "name"]),
}


def firenze(source, word, columns):
    """Features with a code each, which the source numbers file by file, and the columns that the map or a rule asks for."""
    lines = []
    with gzip.open(source, "rt", encoding="utf-8") as text:
        for feature in map(json.loads, text):
            own = feature["properties"]
            properties = {"osm": f"firenze-{word}-{own['id']}"}
            if word == "building":
                properties["building"] = "yes"
            if own.get("layer") == "water":
                properties["natural"] = "water"
            kept = {name: own[name] for name in columns if own.get(name) not in (None, "", 0.0) and name not in properties}
            whole = {"type": "Feature", "properties": properties | kept, "geometry": feature["geometry"]}
            lines.append(json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(lines).encode()


def packed(content):
    """gzip without file name and time, so that the same content gives the same bytes."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as zipped:
        zipped.write(content)
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser(description="Makes a pack of data/ from a prepared OpenStreetMap extract.")
    parser.add_argument("source", type=Path, help="folder with the li_*.gz or the fi_*.gz files")
    parser.add_argument("--check", action="store_true", help="compare with what is there instead of writing")
    args = parser.parse_args()

    if (args.source / "fi_roads.geojsonl.gz").exists():
        pack = DATA / "firenze"
        contents = {target: firenze(args.source / name, *how) for target, (name, *how) in FIRENZE.items()}
    else:
        pack = DATA / "liechtenstein"
        contents = {"areas.geojsonl.gz": areas(args.source)}
        for target, name in UNCHANGED.items():
            contents[target] = gzip.decompress((args.source / name).read_bytes())

    differ = 0
    for target, content in contents.items():
        path = pack / target
        if args.check:
            # The content is compared, not the gzip bytes: another zlib may pack the same content differently.
            same = path.exists() and gzip.decompress(path.read_bytes()) == content
            differ += not same
            print(f"{'same' if same else 'DIFFERS':8} {target}")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(packed(content))
            rows = content.count(b"\n")
            print(f"{path.stat().st_size:9,} bytes {rows:7,} lines  {target}")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
