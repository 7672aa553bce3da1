//! The collections that the doors offer, and every field that one of them shows: the one list that items, filters, exports and
//! schemas are made from. What is not listed here leaves by none of them.

use super::access::Right;
use super::filter::{Kind, Schema};
use super::rule::ZoneClass;
use super::{ContextClass, Level, Outcome, Status};

/// A set of features with one list of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Areas with the figures of all visits.
    Areas,
    /// Households.
    Households,
    /// Visits, each where its household is.
    Visits,
    /// The context layer.
    Context,
    /// Zones of Plans.
    Zones,
    /// Spots of Plans.
    Spots,
}

/// A field of a collection.
#[derive(Debug, Clone, Copy)]
pub struct CollectionField {
    /// As every door names it.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Who may see it, and filter and sort by it.
    pub right: Right,
    /// What it is to the feature.
    pub role: FieldRole,
}

/// What a field is to its feature.
#[derive(Debug, Clone, Copy)]
pub enum FieldRole {
    /// One of its properties.
    Property,
    /// One of its properties that takes these values only, in this order.
    OneOf(fn() -> Vec<&'static str>),
    /// One of its properties that is sealed where it is kept: shown to who may see it, and never asked for, as there is nothing to
    /// filter or sort by until it is opened.
    Confided,
    /// One of its properties that the map writes itself: nobody sets it.
    Kept,
    /// Its identity, unique in the collection.
    Id,
    /// Where it is.
    Geometry,
    /// When it was, or began.
    Start,
    /// When it ended.
    End,
}

impl CollectionField {
    /// Whether filters and sort orders may name it.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        !matches!(self.role, FieldRole::Confided)
    }
}

const fn field(name: &'static str, title: &'static str, kind: Kind, right: Right, role: FieldRole) -> CollectionField {
    CollectionField { name, title, kind, right, role }
}

/// The number of [`Collection::fields`] at which the geometry stands, in every collection.
pub const GEOMETRY: usize = 0;

fn levels() -> Vec<&'static str> {
    Level::ALL.iter().map(|l| l.as_str()).collect()
}

fn statuses() -> Vec<&'static str> {
    Status::ALL.iter().map(|s| s.as_str()).collect()
}

fn outcomes() -> Vec<&'static str> {
    Outcome::ALL.iter().map(|o| o.as_str()).collect()
}

fn classes() -> Vec<&'static str> {
    ContextClass::ALL.iter().map(|c| c.as_str()).collect()
}

fn zone_classes() -> Vec<&'static str> {
    ZoneClass::ALL.map(ZoneClass::as_str).into()
}

mod tables {
    use super::{CollectionField, FieldRole, Kind, Right, classes, field, levels, outcomes, statuses, zone_classes};
    use FieldRole::{Confided, End, Geometry, Id, Kept, OneOf, Property, Start};
    use Kind::{Boolean, Date, Instant, Integer, Number, Text, Texts};
    use Right::{Addresses, Areas, Coverage, Households, Plans};

    pub const LEGAL: [CollectionField; 14] = [
        field("geometry", "Where stalls may stand", Kind::Geometry, Plans, Geometry),
        field("street", "Code of the street", Text, Plans, Property),
        field("name", "Its name", Text, Plans, Property),
        field("class", "Its class, by OpenStreetMap's highway", Text, Plans, Property),
        field("side", "left or right, in the direction of its line", Text, Plans, Property),
        field("stalls", "Stalls that fit", Integer, Plans, Property),
        field("length_m", "Metres along the street where the whole depth is free", Number, Plans, Property),
        field("area_m2", "Square metres", Number, Plans, Property),
        field("clear_width_m", "What stays free for people walking, metres", Number, Plans, Property),
        field("limited_by", "The rule that takes most of this side of the street", Text, Plans, Property),
        field("assumed", "Whether a width of the street is assumed", Boolean, Plans, Property),
        field("zones", "Restricted zones that it lies in", Texts, Plans, Property),
        field("hours", "Their hours", Texts, Plans, Property),
        field("season", "Their days of the year", Texts, Plans, Property),
    ];

    pub const AREAS: [CollectionField; 12] = [
        field("geometry", "Border", Kind::Geometry, Areas, Geometry),
        field("code", "Code", Text, Areas, Id),
        field("name", "Name", Text, Areas, Property),
        field("level", "Level", Text, Areas, OneOf(levels)),
        field("parent", "Code of the area that it belongs to", Text, Areas, Property),
        field("valid_from", "First day of its validity", Date, Areas, Start),
        field("valid_to", "Last day of its validity", Date, Areas, End),
        field("area_m2", "Size, square metres", Number, Areas, Property),
        field("eligible", "Eligible households", Integer, Coverage, Property),
        field("visited", "Eligible households with a counted visit", Integer, Coverage, Property),
        field("unvisited", "Eligible households without one", Integer, Coverage, Property),
        field("rate", "Coverage over all visits, 0 to 1; absent where nobody is eligible", Number, Coverage, Property),
    ];

    pub const HOUSEHOLDS: [CollectionField; 13] = [
        field("geometry", "Position", Kind::Geometry, Households, Geometry),
        field("code", "Code", Text, Households, Id),
        field("status", "Status", Text, Households, OneOf(statuses)),
        field("eligible", "Whether it counts", Boolean, Households, Property),
        field("area", "Code of the lowest area around it", Text, Households, Property),
        field("visited", "Whether it has a counted visit", Boolean, Households, Property),
        field("outcome", "Outcome of the visit that stands for it", Text, Households, OneOf(outcomes)),
        field("called_at", "When that visit took place", Instant, Households, Property),
        field("address", "Address", Text, Addresses, Property),
        field("persons", "Persons who live there", Integer, Addresses, Property),
        field("contact", "How to reach it", Text, Addresses, Confided),
        field("needs", "What it needs, a line each", Text, Addresses, Confided),
        field(
            "sealed",
            "True where contact or needs are known and no key at hand opens them",
            Boolean,
            Addresses,
            Confided,
        ),
    ];

    pub const VISITS: [CollectionField; 9] = [
        field("geometry", "Position of the household", Kind::Geometry, Households, Geometry),
        field("id", "Made by the client", Text, Households, Id),
        field("household", "Code of the household", Text, Households, Property),
        field("area", "Code of the lowest area around it", Text, Households, Property),
        field("campaign", "Number of the campaign", Integer, Households, Property),
        field("at", "When it took place", Instant, Households, Start),
        field("outcome", "Outcome", Text, Households, OneOf(outcomes)),
        field("counts", "Whether it is a counted visit", Boolean, Households, Property),
        field("by", "Who called", Text, Addresses, Property),
    ];

    pub const CONTEXT: [CollectionField; 5] = [
        field("geometry", "Shape", Kind::Geometry, Areas, Geometry),
        field("code", "Code", Text, Areas, Id),
        field("class", "Class", Text, Areas, OneOf(classes)),
        field("kind", "Kind within the class, as the source names it", Text, Areas, Property),
        field("name", "Name", Text, Areas, Property),
    ];

    pub const ZONES: [CollectionField; 10] = [
        field("geometry", "Border", Kind::Geometry, Plans, Geometry),
        field("code", "Code", Text, Plans, Id),
        field("plan", "Number of the plan that it is part of", Integer, Plans, Property),
        field("class", "What it says: stalls may stand, may at times, or may not", Text, Plans, OneOf(zone_classes)),
        field("name", "Name", Text, Plans, Property),
        field("hours", "When stalls may stand in it, such as Mo-Fr 07:00-19:00", Texts, Plans, Property),
        field("season", "On which days, such as 05-15..08-31", Texts, Plans, Property),
        field("reason", "Why it was drawn, or changed last", Text, Plans, Property),
        field("by", "Who changed it last", Text, Plans, Kept),
        field("changed_at", "When", Instant, Plans, Kept),
    ];

    pub const SPOTS: [CollectionField; 10] = [
        field("geometry", "A position, or the line along which stalls stand", Kind::Geometry, Plans, Geometry),
        field("code", "Code", Text, Plans, Id),
        field("plan", "Number of the plan that it is part of", Integer, Plans, Property),
        field("name", "Name", Text, Plans, Property),
        field("stalls", "How many stalls it holds, 1 to 1,000", Integer, Plans, Property),
        field("hours", "When stalls may stand there, such as Mo-Fr 07:00-19:00", Texts, Plans, Property),
        field("season", "On which days, such as 05-15..08-31", Texts, Plans, Property),
        field("reason", "Why it was picked, or changed last", Text, Plans, Property),
        field("by", "Who changed it last", Text, Plans, Kept),
        field("changed_at", "When", Instant, Plans, Kept),
    ];
}

/// Fields of a lawful place of a plan. It is no collection of the map: each plan has its own.
pub const LEGAL: [CollectionField; 14] = tables::LEGAL;

impl Collection {
    /// All of them.
    pub const ALL: [Collection; 6] = [
        Collection::Areas,
        Collection::Households,
        Collection::Visits,
        Collection::Context,
        Collection::Zones,
        Collection::Spots,
    ];

    /// Whether its items are drawn: made, replaced and taken away one by one, by who has [`Right::Draw`].
    #[must_use]
    pub fn is_drawn(self) -> bool {
        matches!(self, Collection::Zones | Collection::Spots)
    }

    /// As URLs name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Collection::Areas => "areas",
            Collection::Households => "households",
            Collection::Visits => "visits",
            Collection::Context => "context",
            Collection::Zones => "zones",
            Collection::Spots => "spots",
        }
    }

    /// By the name in a URL.
    #[must_use]
    pub fn find(name: &str) -> Option<Collection> {
        Collection::ALL.into_iter().find(|c| c.as_str() == name)
    }

    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Collection::Areas => "Areas",
            Collection::Households => "Households",
            Collection::Visits => "Visits",
            Collection::Context => "Context layer",
            Collection::Zones => "Zones",
            Collection::Spots => "Spots",
        }
    }

    /// One of its items, for people.
    #[must_use]
    pub fn item(self) -> &'static str {
        match self {
            Collection::Areas => "area",
            Collection::Households => "household",
            Collection::Visits => "visit",
            Collection::Context => "context feature",
            Collection::Zones => "zone",
            Collection::Spots => "spot",
        }
    }

    /// For people, a sentence.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Collection::Areas => {
                "Counties, townships, villages and grids, with the coverage of all visits for who may see exact figures."
            }
            Collection::Households => "Households with their status and the visit that stands for each.",
            Collection::Visits => "Visits, each at the position of its household.",
            Collection::Context => "Streets, buildings, water and whatever else is on the ground.",
            Collection::Zones => {
                "Where planners say that stalls may stand, may at times, or may not; of all plans, drafts too."
            }
            Collection::Spots => {
                "Places that planners picked, with the stalls that each holds; of all plans, drafts too."
            }
        }
    }

    /// Who may ask for it at all. Which rows they get is up to how far the right reaches.
    #[must_use]
    pub fn right(self) -> Right {
        self.fields()[GEOMETRY].right
    }

    /// Every field; the position in this list is its number in filters.
    #[must_use]
    pub fn fields(self) -> &'static [CollectionField] {
        match self {
            Collection::Areas => &tables::AREAS,
            Collection::Households => &tables::HOUSEHOLDS,
            Collection::Visits => &tables::VISITS,
            Collection::Context => &tables::CONTEXT,
            Collection::Zones => &tables::ZONES,
            Collection::Spots => &tables::SPOTS,
        }
    }

    /// The number of the field that is a feature's identity.
    #[must_use]
    pub fn id_field(self) -> usize {
        self.place(FieldRole::Id).expect("every table has one: a test looks")
    }

    /// The number of the field with a role that stands at most once.
    #[must_use]
    pub fn place(self, role: FieldRole) -> Option<usize> {
        self.fields().iter().position(|f| same(f.role, role))
    }
}

/// Whether two roles are the same; lists of values are not compared.
fn same(a: FieldRole, b: FieldRole) -> bool {
    std::mem::discriminant(&a) == std::mem::discriminant(&b)
}

impl Schema for Collection {
    fn field(&self, name: &str) -> Option<(usize, Kind)> {
        let at = self.fields().iter().position(|f| f.name == name)?;
        Some((at, self.fields()[at].kind))
    }

    fn names(&self) -> Vec<&'static str> {
        self.fields().iter().map(|f| f.name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_collection_has_one_geometry_one_id_and_no_name_twice() {
        for collection in Collection::ALL {
            let fields = collection.fields();
            let count = |role| fields.iter().filter(|f| same(f.role, role)).count();
            assert_eq!((count(FieldRole::Geometry), count(FieldRole::Id)), (1, 1), "{collection:?}");
            assert!(count(FieldRole::Start) <= 1 && count(FieldRole::End) <= 1);
            assert_eq!(fields[GEOMETRY].kind, Kind::Geometry);
            let mut names = collection.names();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), fields.len());
            assert_eq!(Collection::find(collection.as_str()), Some(collection));
        }
    }

    #[test]
    fn what_names_a_person_needs_the_right_to_addresses() {
        let of_households =
            ["address", "persons", "contact", "needs", "sealed"].map(|name| (Collection::Households, name));
        for (collection, name) in of_households.into_iter().chain([(Collection::Visits, "by")]) {
            let (at, _) = Schema::field(&collection, name).unwrap();
            assert_eq!(collection.fields()[at].right, Right::Addresses, "{name}");
        }
    }
}
