//! The closed list of layers and, for each, the table of the fields that it shows.

use super::TilesError;
use crate::model::Right;
use std::fmt;
use std::str::FromStr;

/// The type of a field in a tile (vector-tile-spec 2.1 § 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// `string_value`.
    Text,
    /// `uint_value`.
    Uint,
    /// `double_value`.
    Double,
    /// `bool_value`.
    Bool,
}

impl FieldType {
    /// As TileJSON's descriptions of fields name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            FieldType::Text => "String",
            FieldType::Uint | FieldType::Double => "Number",
            FieldType::Bool => "Boolean",
        }
    }

    /// As JSON Schema names it.
    #[must_use]
    pub fn schema(self) -> &'static str {
        match self {
            FieldType::Text => "string",
            FieldType::Uint => "integer",
            FieldType::Double => "number",
            FieldType::Bool => "boolean",
        }
    }
}

/// A field that a layer shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// As tiles name it.
    pub name: &'static str,
    /// Its type there.
    pub kind: FieldType,
    /// What it means, for people.
    pub about: &'static str,
}

const fn text(name: &'static str, about: &'static str) -> Field {
    Field { name, kind: FieldType::Text, about }
}

const fn uint(name: &'static str, about: &'static str) -> Field {
    Field { name, kind: FieldType::Uint, about }
}

const fn double(name: &'static str, about: &'static str) -> Field {
    Field { name, kind: FieldType::Double, about }
}

const fn flag(name: &'static str, about: &'static str) -> Field {
    Field { name, kind: FieldType::Bool, about }
}

/// Fields of an area.
pub(super) const AREA: [Field; 9] = [
    text("code", "Identity of the area."),
    text("name", "Name of the area."),
    text("level", "county, township, village or grid."),
    text("parent", "Code of the area that it belongs to; absent where there is none."),
    uint("eligible", "Households that count; with the other figures, absent where it is held back."),
    uint("visited", "Eligible households with a counted visit."),
    uint("unvisited", "Eligible households without one."),
    double("rate", "visited / eligible, 0 to 1; absent where eligible is 0."),
    uint(
        "merged",
        "Areas smaller than a pixel that it draws here: those below it, or, without a code, some in a tile that is too heavy; absent on an area drawn by itself.",
    ),
];

/// Fields of one household.
pub(super) const HOUSEHOLD: [Field; 5] = [
    text("code", "Identity of the household."),
    text("status", "occupied, vacant, demolished, duplicate or merged."),
    text("outcome", "What came of the visits: visited, partly, not_home, …; none if nobody called."),
    flag("eligible", "on a household: whether it counts."),
    flag("visited", "on a household: whether it counts and has a counted visit."),
];

/// Fields of a cell that stands for several households; the first four as tippecanoe and supercluster name them.
pub(super) const CELL: [Field; 7] = [
    flag("clustered", "true on a cell, absent on a household."),
    uint("point_count", "Households in the cell."),
    text("point_count_abbreviated", "The same, short: 1.2k."),
    double("sqrt_point_count", "Its square root, to two decimals."),
    uint("eligible", "on a cell: households that count."),
    uint("visited", "on a cell: eligible households with a counted visit."),
    uint("unvisited", "on a cell: eligible households without a counted visit."),
];

/// Fields of the base map.
pub(super) const CONTEXT: [Field; 3] = [
    text("class", "building, street, path, rail, water, …"),
    text("kind", "The finer kind, as the source names it; absent where it names none."),
    text("name", "Name; absent where there is none."),
];

/// A layer of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Layer {
    /// Areas with their tally: polygons.
    Areas,
    /// Households, or cells that stand for several of them: points.
    Households,
    /// The base map.
    Context,
}

impl Layer {
    /// In the order in which a tile holds them.
    pub const ALL: [Layer; 3] = [Layer::Areas, Layer::Households, Layer::Context];

    /// As URLs and tiles write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Areas => "areas",
            Layer::Households => "households",
            Layer::Context => "context",
        }
    }

    /// What it shows, for people.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Layer::Areas => "Areas with the tally of their households",
            Layer::Households => "Households, or cells with exact counts of them",
            Layer::Context => "Base map",
        }
    }

    /// The first zoom at which it shows something.
    #[must_use]
    pub fn min_zoom(self) -> u8 {
        0
    }

    /// The last zoom at which it gains detail; maps draw deeper zooms from this one.
    #[must_use]
    pub fn max_zoom(self) -> u8 {
        match self {
            Layer::Areas | Layer::Context => 14,
            Layer::Households => 18,
        }
    }

    /// Of its shapes: 0 for points, 2 for surfaces; `None` where they are mixed.
    #[must_use]
    pub fn dimension(self) -> Option<u8> {
        match self {
            Layer::Areas => Some(2),
            Layer::Households => Some(0),
            Layer::Context => None,
        }
    }

    /// The right that opens it.
    #[must_use]
    pub fn right(self) -> Right {
        match self {
            Layer::Areas | Layer::Context => Right::Areas,
            Layer::Households => Right::Households,
        }
    }

    /// Every field that may stand on its features; a name twice where it means one thing on a household and another on a cell.
    pub fn fields(self) -> impl Iterator<Item = &'static Field> {
        let (first, second): (&[Field], &[Field]) = match self {
            Layer::Areas => (&AREA, &[]),
            Layer::Households => (&HOUSEHOLD, &CELL),
            Layer::Context => (&CONTEXT, &[]),
        };
        first.iter().chain(second)
    }

    pub(super) fn known() -> String {
        Layer::ALL.map(Layer::as_str).join(", ")
    }
}

impl FromStr for Layer {
    type Err = TilesError;

    fn from_str(name: &str) -> Result<Layer, TilesError> {
        let known = Layer::ALL.into_iter().find(|layer| layer.as_str() == name);
        known.ok_or_else(|| TilesError::UnknownLayer { name: name.escape_debug().to_string() })
    }
}

/// At least one layer; the same layers are the same value, in whatever order and however often they were named.
///
/// ```
/// use melonmap::tiles::{Layer, LayerSet};
/// let layers: LayerSet = "households,areas,areas".parse().unwrap();
/// assert_eq!(layers.to_string(), "areas,households");
/// assert!(layers.contains(Layer::Areas) && !layers.contains(Layer::Context));
/// assert!("areas,zones".parse::<LayerSet>().is_err());
/// assert!("".parse::<LayerSet>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LayerSet(u8);

impl LayerSet {
    /// Longest list that is read, bytes: four times what all layers need.
    pub const MAX_TEXT: usize = 96;

    /// How many different sets there are, counting the empty one.
    pub const COUNT: usize = 1 << Layer::ALL.len();

    /// Every one, in the order of their places.
    pub fn all() -> impl Iterator<Item = LayerSet> {
        (1..1 << Layer::ALL.len()).map(LayerSet)
    }

    /// Its place among all, from 1, below [`LayerSet::COUNT`].
    #[must_use]
    pub fn place(self) -> usize {
        self.0.into()
    }

    /// Those of a list; `None` for an empty one.
    #[must_use]
    pub fn of(layers: impl IntoIterator<Item = Layer>) -> Option<LayerSet> {
        layers.into_iter().map(LayerSet::from).reduce(|a, b| LayerSet(a.0 | b.0))
    }

    /// Whether it holds a layer.
    #[must_use]
    pub fn contains(self, layer: Layer) -> bool {
        self.0 & LayerSet::from(layer).0 != 0
    }

    /// Its layers in the order in which a tile holds them.
    pub fn iter(self) -> impl Iterator<Item = Layer> {
        Layer::ALL.into_iter().filter(move |layer| self.contains(*layer))
    }
}

impl From<Layer> for LayerSet {
    fn from(layer: Layer) -> LayerSet {
        LayerSet(1 << layer as u8)
    }
}

impl FromStr for LayerSet {
    type Err = TilesError;

    /// Reads names with commas between them.
    fn from_str(list: &str) -> Result<LayerSet, TilesError> {
        if list.len() > LayerSet::MAX_TEXT {
            return Err(TilesError::LongList { bytes: list.len() });
        }
        list.split(',')
            .try_fold(LayerSet(0), |set, name| Ok(LayerSet(set.0 | LayerSet::from(name.parse::<Layer>()?).0)))
    }
}

impl fmt::Display for LayerSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Layer::as_str).collect();
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::access::reach;
    use crate::model::{Reach, Role};

    #[test]
    fn a_list_of_layers_is_read_in_one_order_and_without_repeats() {
        for (list, expected) in [
            ("areas", "areas"),
            ("context,areas", "areas,context"),
            ("context,households,areas,context", "areas,households,context"),
        ] {
            assert_eq!(list.parse::<LayerSet>().unwrap().to_string(), expected, "{list}");
        }
    }

    #[test]
    fn layers_are_put_together_in_any_order() {
        assert_eq!(LayerSet::of([Layer::Context, Layer::Areas, Layer::Context]), "areas,context".parse().ok());
        assert_eq!(LayerSet::of([]), None);
    }

    #[test]
    fn a_layer_that_is_not_there_is_named_beside_those_that_are() {
        for (list, name) in
            [("", ""), ("zones", "zones"), ("areas,,context", ""), ("Areas", "Areas"), ("areas ", "areas ")]
        {
            let error = list.parse::<LayerSet>().unwrap_err();
            assert_eq!(error, TilesError::UnknownLayer { name: name.into() });
            assert_eq!(error.to_string(), format!("'{name}' is not a layer: expected areas, households, context"));
        }
    }

    #[test]
    fn a_list_longer_than_all_layers_need_is_refused() {
        let list = vec!["areas"; 17].join(",");
        assert_eq!(list.parse::<LayerSet>(), Err(TilesError::LongList { bytes: 101 }));
    }

    #[test]
    fn the_public_opens_areas_and_context_only() {
        let open: Vec<Layer> =
            Layer::ALL.into_iter().filter(|layer| reach(Role::Public, layer.right()) != Reach::Nowhere).collect();
        assert_eq!(open, [Layer::Areas, Layer::Context]);
    }
}
