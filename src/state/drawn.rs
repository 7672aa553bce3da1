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
