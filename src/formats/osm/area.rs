//! Whether a way that ends where it began is an area or a line that goes round.
//!
//! Source: the table "Overpass turbo/Polygon Features" of the OpenStreetMap wiki (tyrasd/osm-polygon-features), with three changes: a
//! street that goes round is a street whatever else it is, unless it says `area=yes`; a `barrier` is a line, or the hedge around a yard
//! would cover the yard; and so is a track or slipway of `leisure`.

/// Which values of a key make an area.
enum Values {
    All,
    Only(&'static [&'static str]),
    Except(&'static [&'static str]),
}

use Values::{All, Except, Only};

/// The keys that make an area.
const KEYS: [(&str, Values); 23] = [
    ("building", All),
    ("building:part", All),
    ("landuse", All),
    ("natural", Except(&["coastline", "cliff", "ridge", "arete", "tree_row"])),
    ("leisure", Except(&["track", "slipway"])),
    ("amenity", All),
    ("shop", All),
    ("tourism", All),
    ("office", All),
    ("craft", All),
    ("historic", All),
    ("place", All),
    ("boundary", All),
    ("military", All),
    ("public_transport", All),
    ("area:highway", All),
    ("golf", All),
    ("ruins", All),
    ("man_made", Except(&["cutline", "embankment", "pipeline"])),
    ("aeroway", Except(&["taxiway"])),
    ("waterway", Only(&["riverbank", "dock", "boatyard", "dam"])),
    ("railway", Only(&["station", "turntable", "roundhouse", "platform"])),
    ("power", Only(&["plant", "substation", "generator", "transformer"])),
];

/// What of `highway` is no street.
const PLACES: [&str; 5] = ["services", "rest_area", "escape", "elevator", "platform"];

/// Whether a closed way with these tags is an area.
pub fn is_area<'a>(tag: impl Fn(&str) -> Option<&'a str>) -> bool {
    match (tag("area"), tag("highway")) {
        (Some("no"), _) => false,
        (Some(_), _) => true,
        (None, Some(highway)) => PLACES.contains(&highway),
        (None, None) => KEYS.iter().any(|(key, values)| {
            tag(key).is_some_and(|value| match values {
                _ if value == "no" => false,
                All => true,
                Only(some) => some.contains(&value),
                Except(some) => !some.contains(&value),
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &str, expected: bool) {
        let tag = |key: &str| tags.split(' ').find_map(|tag| tag.strip_prefix(key)?.strip_prefix('='));
        assert_eq!(is_area(tag), expected, "{tags}");
    }

    #[test]
    fn what_covers_ground_is_an_area_and_what_goes_round_is_a_line() {
        for tags in [
            "building=yes",
            "landuse=farmland",
            "natural=water",
            "leisure=park",
            "amenity=school barrier=fence",
            "highway=pedestrian area=yes",
            "highway=rest_area",
            "waterway=riverbank",
            "railway=platform",
            "man_made=pier",
            "barrier=fence area=yes",
        ] {
            check(tags, true);
        }
        for tags in [
            "highway=residential",
            "highway=pedestrian",
            "highway=footway leisure=park",
            "junction=roundabout highway=primary",
            "building=no",
            "natural=coastline",
            "leisure=track",
            "barrier=hedge",
            "waterway=river",
            "railway=rail",
            "amenity=school area=no",
            "name=Round",
            "",
        ] {
            check(tags, false);
        }
    }
}
