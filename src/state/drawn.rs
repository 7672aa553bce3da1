//! Whether a tile can show anything: what a walk over very many tiles asks before one is made.

use super::index::WorldRect;
use super::{Scope, State};
use crate::geom::{Bbox, LatticeRect, TileId};

/// What is drawn on tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Living Areas, whatever their level.
    pub areas: bool,
    /// Households of this part of the map; `None` for none.
    pub households: Option<Scope>,
    /// The base map.
    pub context: bool,
}

impl State {
    /// Whether a tile, widened by a share of its side, may show anything. It says yes for every tile around one for which it does,
    /// and for some that turn out empty: it looks at rectangles only. Never no where something is. O(log n) for Areas and the base
    /// map; for households a look at what the tile's edge cuts.
    #[must_use]
    pub fn may_draw(&self, drawn: &Drawn, tile: TileId, buffer: f64) -> bool {
        let rect = WorldRect::of(&tile.bbox(buffer));
        drawn.areas && self.areas.touching(&rect).next().is_some()
            || drawn.context && self.context.touches(&rect)
            || drawn.households.as_ref().is_some_and(|scope| self.may_hold(scope, LatticeRect::of_tile(tile)))
    }

    fn may_hold(&self, scope: &Scope, rect: LatticeRect) -> bool {
        let seen = match scope {
            Scope::Everywhere => Some(rect),
            Scope::Areas(areas) => self.around(areas).and_then(|a| LatticeRect::of_bbox(&a).intersection(&rect)),
        };
        seen.is_some_and(|rect| self.points.count(&rect, |_| true) > 0)
    }

    /// A rectangle around all that may be drawn. For a scope of Areas it is that around them, so that it tells of no household.
    /// Looks at every Area, feature and household that is drawn.
    #[must_use]
    pub fn drawn_extent(&self, drawn: &Drawn) -> Option<Bbox> {
        let areas = drawn.areas.then(|| self.areas.living().map(|(_, entry)| entry.bbox).reduce(|a, b| a.union(&b)));
        let context = drawn.context.then(|| self.context_extent());
        let households = drawn.households.as_ref().map(|scope| match scope {
            Scope::Areas(areas) => self.around(areas),
            Scope::Everywhere => {
                let point = |at: crate::geom::LonLat| {
                    Bbox::new(at.lon(), at.lat(), at.lon(), at.lat()).expect("a point is a rectangle")
                };
                self.households.ids().map(|id| point(self.households.at(id))).reduce(|a, b| a.union(&b))
            }
        });
        [areas, context, households].into_iter().flatten().flatten().reduce(|a, b| a.union(&b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{LonLat, World};
    use crate::model::{Area, Change, Code, Confided, ContextClass, ContextFeature, Household, Level, Status};
    use geo::{MultiPolygon, Rect};
    use jiff::Timestamp;
    use rand::{RngExt, SeedableRng, rngs::SmallRng};

    const BUFFER: f64 = 1.0 / 64.0;
    const AROUND: [f64; 4] = [8.5, 46.5, 10.5, 48.5];

    fn code(n: u32) -> Code {
        Code::new(&n.to_string()).unwrap()
    }

    fn household(n: u32, at: LonLat) -> Change {
        let confided = Confided { contact: None, needs: None };
        let status = Status::Occupied;
        Change::HouseholdPut(Household { code: code(n), at, address: None, status, persons: None, confided })
    }

    fn area(n: u32, rect: Rect<f64>) -> Change {
        let geometry = MultiPolygon(vec![rect.to_polygon()]);
        let level = Level::ALL[n as usize % Level::ALL.len()];
        let (valid_from, valid_to) = (None, None);
        Change::AreaPut(Area {
            code: code(n),
            name: String::new(),
            level,
            parent: None,
            valid_from,
            valid_to,
            geometry,
        })
    }

    fn context(n: u32, rect: Rect<f64>) -> Change {
        let (kind, tags) = (String::new(), serde_json::Map::new());
        let feature = ContextFeature {
            code: code(n),
            class: ContextClass::Green,
            kind,
            name: None,
            tags,
            geometry: rect.to_polygon().into(),
        };
        Change::ContextPut(Box::new(feature))
    }

    /// A few things here and there, and the rectangles of each kind.
    fn map(seed: u64) -> (State, [Vec<Bbox>; 3]) {
        let mut rng = SmallRng::seed_from_u64(seed);
        let (mut state, mut rects) = (State::new(), [const { Vec::new() }; 3]);
        for n in 0..18u32 {
            let (lon, lat) = (rng.random_range(9.0..10.0), rng.random_range(47.0..48.0));
            let side = [0.0, rng.random_range(0.0..0.2), rng.random_range(0.0..0.2)][n as usize % 3];
            let rect = Rect::new((lon, lat), (lon + side, lat + side / 2.0));
            let change = match n % 3 {
                0 => household(n, LonLat::new(lon, lat).unwrap()),
                1 => area(n, rect),
                _ => context(n, rect),
            };
            rects[n as usize % 3].push(Bbox::around(&rect).unwrap());
            state.apply(u64::from(n) + 1, Timestamp::UNIX_EPOCH, "test", change).unwrap();
        }
        (state, rects)
    }

    #[test]
    fn a_tile_may_draw_what_its_rectangle_touches_and_nothing_else() {
        let touches = |bbox: &Bbox, tile: TileId, buffer: f64| {
            let (corner, side) = tile.square();
            let pad = side * buffer;
            let (min, max) =
                (World::of_degrees(bbox.west(), bbox.north()), World::of_degrees(bbox.east(), bbox.south()));
            let along = |low: f64, high: f64, from: f64| low <= from + side + pad && high >= from - pad;
            along(min.x, max.x, corner.x) && along(min.y, max.y, corner.y)
        };
        for seed in 0..6 {
            let (state, [households, areas, context]) = map(seed);
            let mut yes = 0;
            for kinds in 1..8 {
                let drawn = Drawn {
                    areas: kinds & 1 > 0,
                    households: (kinds & 2 > 0).then_some(Scope::Everywhere),
                    context: kinds & 4 > 0,
                };
                let [west, south, east, north] = AROUND;
                for z in 0..11 {
                    for tile in TileId::covering(&Bbox::new(west, south, east, north).unwrap(), z) {
                        let any = |rects: &[Bbox], buffer| rects.iter().any(|bbox| touches(bbox, tile, buffer));
                        let expected = drawn.areas && any(&areas, BUFFER)
                            || drawn.context && any(&context, BUFFER)
                            || drawn.households.is_some() && any(&households, 0.0);
                        assert_eq!(state.may_draw(&drawn, tile, BUFFER), expected, "{drawn:?} {tile}");
                        yes += u32::from(expected);
                    }
                }
                let all = [(drawn.areas, &areas), (drawn.households.is_some(), &households), (drawn.context, &context)];
                let around = all.into_iter().filter(|(shown, _)| *shown).flat_map(|(_, rects)| rects).copied();
                assert_eq!(state.drawn_extent(&drawn), around.reduce(|a, b| a.union(&b)));
            }
            assert!(yes > 100, "{yes}");
        }
    }

    #[test]
    fn a_scope_of_areas_draws_and_tells_of_nothing_beyond_them() {
        let (state, [households, areas, _]) = map(3);
        let own = state.scope(&[code(1)]);
        let drawn = Drawn { areas: false, households: Some(own), context: false };
        assert_eq!(state.drawn_extent(&drawn), Some(areas[0]));
        for z in 0..11 {
            for tile in households.iter().flat_map(|bbox| TileId::covering(bbox, z)) {
                let inside = tile.bbox(0.0).intersects(&areas[0]);
                assert!(inside || !state.may_draw(&drawn, tile, BUFFER), "{tile}");
            }
        }
        let nowhere = Drawn { households: Some(state.scope(&[])), ..drawn };
        assert_eq!(state.drawn_extent(&nowhere), None);
        assert!(!state.may_draw(&nowhere, TileId::WORLD, BUFFER));
    }
}
