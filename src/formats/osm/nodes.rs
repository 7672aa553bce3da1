//! Where nodes are, by their numbers.

use geo::Coord;

/// A position in steps of 10⁻⁷ degrees, which is all that OpenStreetMap keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    pub lon: i32,
    pub lat: i32,
}

const STEPS: f64 = 1e7;
const MOST_LON: i64 = 1_800_000_000;
const MOST_LAT: i64 = 900_000_000;

impl Fixed {
    /// Of nanodegrees; `None` where that is no place on earth.
    pub fn of_nano(lon: i64, lat: i64) -> Option<Fixed> {
        let steps = |nano: i64, most: i64| {
            let steps = nano.checked_add(50)?.div_euclid(100);
            i32::try_from(steps).ok().filter(|_| (-most..=most).contains(&steps))
        };
        Some(Fixed { lon: steps(lon, MOST_LON)?, lat: steps(lat, MOST_LAT)? })
    }

    /// In degrees: the doubles that are nearest to the decimals that people write.
    pub fn degrees(self) -> Coord<f64> {
        Coord { x: f64::from(self.lon) / STEPS, y: f64::from(self.lat) / STEPS }
    }
}

/// Numbers of a page: what fits two bytes.
const PAGE: u64 = 1 << 16;

/// Highest number, exclusive: five times what OpenStreetMap has given by 2026. A number far beyond is an error, and would ask for a
/// table as long as itself.
pub const MOST: i64 = 1 << 36;

/// Positions by number: 10 bytes a node, and 32 for each 65,536 numbers – 6 MB with the numbers of 2026.
///
/// Nodes come in ascending order, so that nothing is sorted. To find one costs a look into the table of pages and a search in a page,
/// which of a city's extract holds some hundred nodes.
#[derive(Default)]
pub struct Nodes {
    pages: Vec<Page>,
    /// Nodes in pages.
    count: usize,
    /// The last page, while it is filled.
    lows: Vec<u16>,
    at: Vec<Fixed>,
    filling: usize,
}

#[derive(Default)]
struct Page {
    /// Numbers within the page, ascending.
    lows: Box<[u16]>,
    at: Box<[Fixed]>,
}

/// The page of a number, and the number within it.
fn split(id: i64) -> Option<(usize, u16)> {
    let id = u64::try_from(id).ok()?;
    Some((usize::try_from(id / PAGE).ok()?, u16::try_from(id % PAGE).ok()?))
}

impl Nodes {
    /// Adds a node; its number is from 0 up to [`MOST`] and higher than all before.
    pub fn push(&mut self, id: i64, at: Fixed) {
        debug_assert!((0..MOST).contains(&id));
        let Some((page, low)) = split(id) else { return };
        if page != self.filling {
            self.close();
            self.filling = page;
        }
        self.lows.push(low);
        self.at.push(at);
    }

    /// No node comes any more.
    pub fn close(&mut self) {
        if self.lows.is_empty() {
            return;
        }
        self.count += self.lows.len();
        self.pages.resize_with(self.filling + 1, Page::default);
        self.pages[self.filling] = Page { lows: self.lows.as_slice().into(), at: self.at.as_slice().into() };
        self.lows.clear();
        self.at.clear();
    }

    /// Memory that they take, but for the last page.
    pub fn bytes(&self) -> usize {
        self.count * (size_of::<u16>() + size_of::<Fixed>()) + self.pages.capacity() * size_of::<Page>()
    }

    /// Where a node is; `None` where the file has it not. Only after [`Nodes::close`] all are found.
    pub fn find(&self, id: i64) -> Option<Fixed> {
        let (page, low) = split(id)?;
        let page = self.pages.get(page)?;
        page.lows.binary_search(&low).ok().map(|i| page.at[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};
    use std::collections::BTreeMap;

    #[test]
    fn every_node_is_found_and_no_other() {
        let mut rng = SmallRng::seed_from_u64(5);
        // Runs of neighbours, ends of pages, and numbers far apart.
        let mut all: BTreeMap<i64, Fixed> = BTreeMap::new();
        for _ in 0..300 {
            let start = rng.random_range(0..40) * 65_536 + rng.random_range(-3..3);
            for id in (start.max(0)..).take(rng.random_range(1..6)) {
                all.insert(id, Fixed { lon: rng.random(), lat: rng.random() });
            }
        }
        all.insert(MOST - 1, Fixed { lon: 1, lat: 2 });
        let mut nodes = Nodes::default();
        for (id, at) in &all {
            nodes.push(*id, *at);
        }
        nodes.close();
        for id in all.keys().flat_map(|id| [id - 1, *id, id + 1]) {
            assert_eq!(nodes.find(id), all.get(&id).copied(), "{id}");
        }
        for id in [i64::MIN, -1, MOST, i64::MAX] {
            assert_eq!(nodes.find(id), None);
        }
    }

    #[test]
    fn positions_are_the_decimals_that_people_write_and_lie_on_earth() {
        let degrees = |lon, lat| Fixed::of_nano(lon, lat).map(Fixed::degrees);
        assert_eq!(degrees(9_520_987_600, 47_141_234_500), Some(Coord { x: 9.520_987_6, y: 47.141_234_5 }));
        assert_eq!(degrees(-180_000_000_000, 90_000_000_000), Some(Coord { x: -180.0, y: 90.0 }));
        assert_eq!(degrees(49, -51), Some(Coord { x: 0.0, y: -1e-7 }));
        for (lon, lat) in [(180_000_000_100, 0), (0, -90_000_000_100), (i64::MAX, 0), (0, i64::MIN)] {
            assert_eq!(degrees(lon, lat), None);
        }
    }
}
