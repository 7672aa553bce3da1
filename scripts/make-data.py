#!/usr/bin/env python3
"""Makes data/liechtenstein/ from the prepared OpenStreetMap extract, or proves that it is still the same.

    scripts/make-data.py SOURCE           write the pack
    scripts/make-data.py SOURCE --check   write nothing; exit 1 if the pack differs

SOURCE is a folder with the li_*.gz files that data/README.md describes. Needs Python 3.9 or newer and nothing else. The output is
the same byte for byte on every run: fixed order, gzip without name and time.
"""

import argparse
import gzip
import io
import json
import sys
from pathlib import Path

PACK = Path(__file__).resolve().parent.parent / "data" / "liechtenstein"

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


def packed(content):
    """gzip without file name and time, so that the same content gives the same bytes."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as zipped:
        zipped.write(content)
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser(description="Makes data/liechtenstein/ from the prepared OpenStreetMap extract.")
    parser.add_argument("source", type=Path, help="folder with the li_*.gz files")
    parser.add_argument("--check", action="store_true", help="compare with what is there instead of writing")
    args = parser.parse_args()

    contents = {"areas.geojsonl.gz": areas(args.source)}
    for target, name in UNCHANGED.items():
        contents[target] = gzip.decompress((args.source / name).read_bytes())

    differ = 0
    for target, content in contents.items():
        path = PACK / target
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
