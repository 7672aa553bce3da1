"""GDAL reads over OGC API Features what was imported, as far as a role may see it, and the tiles."""

import re

import pytest

import gdal
from demo import OGC, URL, areas, ask, context, households, inside, matched, tile_of

SOURCE = f"OAPIF:{OGC}"
PUBLIC = ["areas", "context"]
FIELD = ["areas", "households", "visits", "context"]
OFFICE = [*FIELD, "zones", "spots"]
BOX = (9.50, 47.10, 9.52, 47.15)
# GDAL 3.6 asks for ten items a page where nobody tells it better.
PAGES = ("-oo", "PAGE_SIZE=5000")


def by_code(features):
    """Features by their code, none of them twice."""
    found = {feature["properties"]["code"]: feature for feature in features}
    assert len(found) == len(features)
    return found


def requests(said):
    """The URLs of items that GDAL asked for."""
    return [url for url in re.findall(r"HTTP: Fetch\((\S+)\)", said) if "/items?" in url]


@pytest.mark.parametrize(("role", "collections"), [(None, PUBLIC), ("analyst", OFFICE), ("member", FIELD), ("admin", OFFICE)])
def test_a_role_is_shown_its_collections_and_each_holds_as_many_items_as_the_service_says(role, collections):
    assert gdal.layers(role, SOURCE) == collections
    for collection in collections:
        count, _ = gdal.summary(role, SOURCE, collection)
        assert count == matched(collection, role) > 0, collection


def test_a_collection_that_is_not_for_the_public_cannot_be_read_without_a_token():
    with pytest.raises(AssertionError, match="households"):
        gdal.summary(None, SOURCE, "households")


def test_fields_have_their_types_and_nobody_gets_those_that_are_not_his():
    _, fields = gdal.summary("admin", SOURCE, "households")
    assert {name: fields[name] for name in ("code", "eligible", "called_at", "persons")} == {
        "code": "String",
        "eligible": "Integer(Boolean)",
        "called_at": "DateTime",
        "persons": "Integer",
    }
    _, fewer = gdal.summary("analyst", SOURCE, "households")
    assert set(fields) - set(fewer) == {"address", "persons"}


def test_every_household_is_read_with_the_position_and_the_fields_of_the_file():
    rows = households()
    found = by_code(gdal.read("admin", SOURCE, "households", *PAGES))
    assert set(found) == set(rows)
    for code, row in rows.items():
        feature = found[code]
        assert feature["geometry"] == {"type": "Point", "coordinates": list(row["position"])}, code
        assert feature["properties"]["persons"] == row["persons"], code
        assert feature["properties"].get("address") == row["address"], code


def test_a_member_reads_the_households_of_his_areas_and_no_other():
    mine = by_code(gdal.read("member", SOURCE, "households"))
    assert 0 < len(mine) == matched("households", "member") < len(households())
    own = set(ask("/api/me", "member")["areas"])
    assert own and {feature["properties"]["area"] for feature in mine.values()} <= own


def test_areas_are_those_of_the_file_and_the_grids_that_were_drawn():
    imported = areas()
    found = by_code(gdal.read(None, SOURCE, "areas"))
    above = {code for code, feature in found.items() if feature["properties"]["level"] != "grid"}
    assert above == set(imported)
    for code in above:
        assert found[code]["properties"]["name"] == imported[code]["properties"]["name"]
    codes = {feature["properties"]["parent"] for feature in found.values() if feature["properties"]["level"] == "grid"}
    assert codes <= set(imported)


def test_a_rectangle_is_asked_of_the_service_and_holds_what_the_file_has_there():
    features, said = gdal.read("admin", SOURCE, "households", *PAGES, "-spat", *map(str, BOX), debug=True)
    expected = {code for code, row in households().items() if inside(row["position"], BOX)}
    assert set(by_code(features)) == expected and len(expected) > 100
    assert any("bbox=9.5,47.1" in url for url in requests(said)), requests(said)


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("persons = 5", lambda code, row: row["persons"] == 5),
        ("persons >= 3 AND address LIKE 'Benderer %'", lambda code, row: row["persons"] >= 3 and (row["address"] or "").startswith("Benderer ")),
        ("address IS NULL", lambda code, row: row["address"] is None),
        ("code IN ('H000001', 'H017039', 'nobody')", lambda code, row: code in ("H000001", "H017039")),
    ],
)
def test_a_filter_on_attributes_finds_what_the_file_has(where, wanted):
    expected = {code for code, row in households().items() if wanted(code, row)}
    assert expected
    assert set(by_code(gdal.read("admin", SOURCE, "households", *PAGES, "-where", where))) == expected


def test_an_equality_is_left_to_the_service():
    found, said = gdal.read("admin", SOURCE, "households", *PAGES, "-where", "persons = 5", debug=True)
    assert set(by_code(found)) == {code for code, row in households().items() if row["persons"] == 5}
    # The first is a look at what fields there are.
    _, *asked = requests(said)
    assert asked and all("persons=5" in url for url in asked), said


def test_one_item_is_asked_for_by_its_id_and_no_other_is_read():
    [feature], said = gdal.read("admin", SOURCE, "households", *PAGES, "-where", "id = 'H000001'", debug=True)
    assert feature["properties"]["code"] == "H000001"
    assert f"{OGC}/collections/households/items/H000001" in said


def test_a_flatgeobuf_stream_of_the_context_layer_is_read_whole_and_every_shape_is_that_of_the_file():
    expected = context()
    found = by_code(gdal.read(None, f"/vsicurl_streaming/{OGC}/collections/context/items?f=fgb"))
    assert set(found) == set(expected)
    for code, feature in found.items():
        assert feature["geometry"] == expected[code]["geometry"], code
        assert feature["properties"].get("name") == expected[code]["properties"].get("name"), code


@pytest.mark.parametrize("form", ["fgb", "geojsonseq"])
def test_a_stream_holds_what_its_query_asks_for(form):
    query = f"bbox={','.join(map(str, BOX))}&properties=code"
    features = gdal.read("admin", f"/vsicurl_streaming/{OGC}/collections/households/items?f={form}&{query}")
    assert set(by_code(features)) == {code for code, row in households().items() if inside(row["position"], BOX)}
    names = {name for feature in features for name in feature["properties"]}
    assert names - {"id"} == {"code"}  # GDAL shows the id of GeoJSON as a field
    assert len(features) == matched("households", "admin", f"limit=1&{query}")


def test_a_tile_is_read_and_its_households_stand_where_the_file_has_them():
    zoom = ask("/tiles/households", "admin")["maxzoom"]
    rows = households()
    column, row = tile_of(rows["H000001"]["position"], zoom)
    source = f"MVT:{URL}/tiles/households/{zoom}/{column}/{row}.pbf"
    found = gdal.read("admin", source, "households", "-t_srs", "EPSG:4326")
    expected = {code for code, home in rows.items() if tile_of(home["position"], zoom) == (column, row)}
    assert expected <= {feature["properties"]["code"] for feature in found}
    step = 360 / 2**zoom / 4096  # of the tile's grid, degrees of longitude; of latitude it is less
    for feature in found:
        home = rows[feature["properties"]["code"]]["position"]
        assert max(abs(a - b) for a, b in zip(feature["geometry"]["coordinates"], home)) <= step, feature


def test_a_tile_shows_the_public_areas_and_no_household():
    column, row = tile_of((9.52, 47.14), 10)
    source = f"MVT:{URL}/tiles/areas/10/{column}/{row}.mvt"
    assert gdal.layers(None, source) == ["areas"]
    codes = {feature["properties"]["code"] for feature in gdal.read(None, source, "areas")}
    known = {feature["id"] for feature in ask("/ogc/collections/areas/items?limit=1000&properties=code")["features"]}
    assert codes and codes <= known
    with pytest.raises(AssertionError):
        gdal.layers(None, source.replace("/areas/", "/households/"))
