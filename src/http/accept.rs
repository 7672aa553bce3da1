//! Which content coding a client takes (RFC 9110 § 12.5.3), q-values honoured.

/// The codings offered, best first among equals: a tile is often made anew, and zstd takes a quarter of brotli's time.
const OFFERED: [&str; 4] = ["zstd", "br", "gzip", "identity"];

/// The coding to answer in; `None` where the client takes none of those offered.
///
/// Without the header, or with an empty one, it is `identity`. `identity` is taken unless `identity;q=0`, or `*;q=0`
/// without a word on identity, forbids it.
pub fn coding(header: Option<&str>) -> Option<&'static str> {
    let Some(header) = header else { return Some("identity") };
    let (mut given, mut star): ([Option<f32>; OFFERED.len()], Option<f32>) = Default::default();
    for part in header.split(',') {
        let mut pieces = part.split(';');
        let name = pieces.next().unwrap_or_default().trim();
        let name = if name.eq_ignore_ascii_case("x-gzip") { "gzip" } else { name };
        let place = OFFERED.iter().position(|offered| name.eq_ignore_ascii_case(offered)).map(|i| &mut given[i]);
        let Some(place) = place.or_else(|| (name == "*").then_some(&mut star)) else { continue };
        let weight = pieces.find_map(|p| p.trim().strip_prefix("q=").map(|q| q.trim().parse().unwrap_or(0.0)));
        place.get_or_insert(weight.unwrap_or(1.0));
    }
    let mut best: Option<(&'static str, f32)> = None;
    for (name, given) in OFFERED.into_iter().zip(given) {
        let q = match given.or(star) {
            Some(q) => q,
            // Not named: acceptable, but only if nothing that was named is.
            None if name == "identity" => 0.001,
            None => 0.0,
        };
        if q > 0.0 && best.is_none_or(|(_, b)| q > b) {
            best = Some((name, q));
        }
    }
    best.map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::coding;

    #[test]
    fn the_heaviest_coding_that_is_offered_wins() {
        for (header, expected) in [
            (None, Some("identity")),
            (Some(""), Some("identity")),
            (Some("gzip"), Some("gzip")),
            (Some("gzip, deflate, br"), Some("br")),
            (Some("gzip, deflate, br, zstd"), Some("zstd")),
            (Some("zstd;q=0.9, br, gzip"), Some("br")),
            (Some("gzip;q=1.0, br;q=0.5"), Some("gzip")),
            (Some("zstd;q=0, br;q=0, *"), Some("gzip")),
            (Some("identity;q=0, gzip;q=0.1"), Some("gzip")),
            (Some("deflate"), Some("identity")),
            (Some("identity;q=0"), None),
            (Some("*;q=0"), None),
            (Some("*;q=0, identity;q=0.5"), Some("identity")),
            (Some("GZIP"), Some("gzip")),
            (Some("gzip;q=x"), Some("identity")),
        ] {
            assert_eq!(coding(header), expected, "{header:?}");
        }
    }
}
