"""OWSLib reads the collections, their queryables and their items."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from owslib.ogcapi.features import Features

from demo import OGC, areas, headers, households, inside

BOX = (9.50, 47.10, 9.52, 47.15)
LAT_FIRST = "http://www.opengis.net/def/crs/EPSG/0/4326"


def service(role):
    """The service as a role meets it."""
    return Features(OGC, headers=headers(role))


def arguments(href):
    """The query of a link as OWSLib wants to be told it."""
    query = dict(parse_qsl(urlsplit(href).query))
    if "bbox" in query:
        query["bbox"] = query["bbox"].split(",")
    if "sortby" in query:
        query["sortby"] = (query["sortby"].removeprefix("-"), "desc" if query["sortby"].startswith("-") else "asc")
    return query


def pages(features, collection, **query):
    """Every item by `next`, which keeps what was asked for, and the count that each page gave."""
    page = features.collection_items(collection, **query)
    counts, found = {page["numberMatched"]}, []
    while True:
        assert page["numberReturned"] == len(page["features"])
        found += page["features"]
        links = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not links:
            [count] = counts
            assert len({feature["id"] for feature in found}) == len(found) == count
            return found
        page = features.collection_items(collection, **arguments(links[0]))
        counts.add(page["numberMatched"])


def test_the_landing_page_leads_to_a_description_that_names_the_collections():
    features = service(None)
    assert features.links
    description = features.api()
    assert description["openapi"].startswith("3.0")
    assert any(path.endswith("/collections/areas/items") for path in description["paths"])


def test_what_is_conformed_to_is_listed():
    classes = service(None).conformance()["conformsTo"]
    for name in ("ogcapi-features-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/geojson", "ogcapi-features-2/1.0/conf/crs"):
        assert f"http://www.opengis.net/spec/{name}" in classes


@pytest.mark.parametrize(
    ("role", "collections"),
    [(None, ["areas", "context"]), ("member", ["areas", "households", "visits", "context"])],
)
def test_a_role_finds_its_collections(role, collections):
    features = service(role)
    assert features.feature_collections() == collections
    for name in collections:
        assert features.collection(name)["id"] == name


def test_queryables_have_a_type_each_and_those_of_others_are_not_among_them():
    admin = service("admin").collection_queryables("households")["properties"]
    assert admin["persons"]["type"] == "integer"
    assert "occupied" in admin["status"]["enum"]
    assert admin["geometry"]["format"] == "geometry-point"
    fewer = service("analyst").collection_queryables("households")["properties"]
    assert set(admin) - set(fewer) == {"address", "persons"}


def test_every_household_is_read_page_by_page():
    rows = households()
    found = pages(service("admin"), "households", limit=5000)
    assert {feature["id"] for feature in found} == set(rows)
    for feature in found:
        row = rows[feature["id"]]
        assert tuple(feature["geometry"]["coordinates"]) == row["position"]
        assert feature["properties"]["persons"] == row["persons"]
        assert feature["properties"].get("address") == row["address"]


def test_one_item_is_read_by_its_id():
    feature = service(None).collection_item("areas", "7001")
    assert feature["id"] == "7001"
    assert feature["properties"]["name"] == areas()["7001"]["properties"]["name"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("persons > 4", lambda row: row["persons"] > 4),
        ("address IS NULL AND persons IN (1, 2)", lambda row: row["address"] is None and row["persons"] in (1, 2)),
        ("NOT (persons BETWEEN 2 AND 9) OR address LIKE 'Land%'", lambda row: not 2 <= row["persons"] <= 9 or (row["address"] or "").startswith("Land")),
        ("S_INTERSECTS(geometry, BBOX(9.50, 47.10, 9.52, 47.15)) AND persons = 3", lambda row: inside(row["position"], BOX) and row["persons"] == 3),
    ],
)
def test_a_filter_in_cql2_text_finds_what_the_file_has(text, wanted):
    rows = households()
    expected = {code for code, row in rows.items() if wanted(row)}
    assert 0 < len(expected) < len(rows)
    found = pages(service("admin"), "households", limit=2500, properties="code", filter=text, **{"filter-lang": "cql2-text"})
    assert {feature["id"] for feature in found} == expected


def test_a_filter_that_cannot_be_is_told_by_its_name():
    with pytest.raises(RuntimeError, match='"field":"filter"'):
        service("admin").collection_items("households", filter="nosuch = 1")


def test_items_in_a_rectangle_are_sorted_as_asked():
    found = pages(service("admin"), "households", bbox=BOX, sortby=("code", "desc"), limit=300)
    codes = [feature["id"] for feature in found]
    expected = {code for code, row in households().items() if inside(row["position"], BOX)}
    assert codes == sorted(expected, reverse=True)


def test_a_crs_has_its_axes_in_its_own_order():
    features = service("admin")
    [item] = features.collection_items("households", code="H000001", crs=LAT_FIRST)["features"]
    assert features.response_headers["Content-Crs"] == f"<{LAT_FIRST}>"
    lon, lat = households()["H000001"]["position"]
    assert item["geometry"]["coordinates"] == [lat, lon]
    west, south, east, north = BOX
    turned = features.collection_items("households", bbox=(south, west, north, east), limit=1, **{"bbox-crs": LAT_FIRST})
    assert turned["numberMatched"] == features.collection_items("households", bbox=BOX, limit=1)["numberMatched"] > 0


def test_visits_are_found_by_when_they_took_place():
    features = service("admin")
    everything = pages(features, "visits", limit=10_000)
    days = sorted(feature["properties"]["at"][:10] for feature in everything)
    day = days[len(days) // 2]
    assert features.collection_items("visits", datetime_=day, limit=1)["numberMatched"] == days.count(day)
    later = features.collection_items("visits", datetime_=f"{day}/..", limit=1)["numberMatched"]
    assert later == sum(one >= day for one in days) < len(days)
