//! A row of a collection, read from the living map field by field.

use super::areas::AreaId;
use super::drawings::Drawing;
use super::households::HouseholdId;
use super::visits::VisitId;
use super::{ShelfId, State};
use crate::geom::Bbox;
use crate::model::collection::{Collection, FieldRole};
use crate::model::filter::{Record, Value};
use crate::model::{CampaignId, Datum, Feature, Spot, Zone};
use geo::{Geometry, Intersects};
use jiff::Timestamp;
use std::cell::OnceCell;

/// One row by its number: an Area's, household's, visit's, context feature's, zone's or spot's. Numbers grow with time and are never used again.
pub struct Row<'a> {
    state: &'a State,
    collection: Collection,
    number: u32,
    /// Outcomes and figures of this campaign; of all visits without one.
    campaign: Option<CampaignId>,
    /// Letters of a visit's id, once somebody asked.
    id: OnceCell<[u8; uuid::fmt::Hyphenated::LENGTH]>,
}

impl<'a> Row<'a> {
    pub(super) fn new(state: &'a State, collection: Collection, number: u32) -> Row<'a> {
        Row { state, collection, number, campaign: None, id: OnceCell::new() }
    }

    /// The same row with the outcomes and figures of a campaign.
    pub(super) fn in_campaign(self, campaign: Option<CampaignId>) -> Row<'a> {
        Row { campaign, ..self }
    }

    /// The household that it is, or is about.
    pub(super) fn household(&self) -> Option<HouseholdId> {
        match self.collection {
            Collection::Households => Some(HouseholdId(self.number)),
            Collection::Visits => Some(self.state.visits.household_of(VisitId(self.number))),
            Collection::Areas | Collection::Context | Collection::Zones | Collection::Spots => None,
        }
    }

    /// Whether its geometry touches a rectangle.
    pub(super) fn touches(&self, bbox: &Bbox) -> bool {
        match self.value(crate::model::collection::GEOMETRY) {
            Some(Value::Point(at)) => bbox.contains(at),
            Some(Value::Polygons(polygons)) => bbox.parts().any(|part| polygons.intersects(&geo::Rect::from(part))),
            Some(Value::Geometry(geometry)) => bbox.parts().any(|part| geometry.intersects(&geo::Rect::from(part))),
            _ => false,
        }
    }

    /// Whether it was at some time between two moments, ends included; what has no time always was.
    pub(super) fn during(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
        let value = |role| self.collection.place(role).and_then(|field| self.value(field));
        let (began, ended) = match (value(FieldRole::Start), value(FieldRole::End)) {
            (Some(Value::Instant(at)), _) => (Some(at), Some(at)),
            (start, end) => (start.and_then(|v| moment(v, false)), end.and_then(|v| moment(v, true))),
        };
        let (began_in_time, ended_in_time) = (
            began.is_none_or(|began| to.is_none_or(|to| began <= to)),
            ended.is_none_or(|ended| from.is_none_or(|from| from <= ended)),
        );
        began_in_time && ended_in_time
    }

    /// Everything of it, of the fields that `shown` says yes to.
    pub(super) fn feature(&self, shown: impl Fn(usize) -> bool) -> Feature {
        let fields = self.collection.fields();
        let datum = |field| if shown(field) { self.value(field).and_then(Datum::of) } else { None };
        let id = match self.value(self.collection.id_field()) {
            Some(Value::Text(id)) => id.to_owned(),
            _ => String::new(),
        };
        let geometry = match self.value(crate::model::collection::GEOMETRY) {
            Some(Value::Point(at)) => Geometry::Point(at.coord().into()),
            Some(Value::Polygons(polygons)) => Geometry::MultiPolygon(polygons.clone()),
            Some(Value::Geometry(geometry)) => geometry.clone(),
            _ => Geometry::GeometryCollection(geo::GeometryCollection::default()),
        };
        let values = (0..fields.len()).map(datum).collect();
        Feature { collection: self.collection, id, version: self.version(), geometry, values }
    }

    fn area(&self, field: &str) -> Option<Value<'_>> {
        let id = AreaId(self.number);
        let entry = self.state.areas.get(id);
        let area = &entry.area;
        let tally = || self.state.covered(id, self.campaign).tally;
        Some(match field {
            "geometry" => Value::Polygons(&area.geometry),
            "code" => Value::Text(area.code.as_str()),
            "name" => Value::Text(&area.name),
            "level" => Value::Text(area.level.as_str()),
            "parent" => Value::Text(area.parent.as_ref()?.as_str()),
            "valid_from" => Value::Date(area.valid_from?),
            "valid_to" => Value::Date(area.valid_to?),
            "area_m2" => Value::Number(entry.area_m2.round()),
            "eligible" => Value::Integer(tally().eligible.into()),
            "visited" => Value::Integer(tally().visited().into()),
            "unvisited" => Value::Integer(tally().unvisited().into()),
            "rate" => Value::Number(tally().rate()?),
            _ => return None,
        })
    }

    fn household_value(&self, id: HouseholdId, field: &str) -> Option<Value<'_>> {
        let State { households, visits, .. } = self.state;
        Some(match field {
            "geometry" => Value::Point(households.at(id)),
            "code" | "household" => Value::Text(households.code(id)),
            "status" => Value::Text(households.status(id).as_str()),
            "eligible" => Value::Boolean(self.state.counts_in(self.campaign, id)),
            "area" => Value::Text(self.state.areas.get(households.area(id)?).area.code.as_str()),
            "visited" => Value::Boolean(visits.outcome(self.campaign, id).is_some_and(crate::model::Outcome::counts)),
            "outcome" => Value::Text(visits.outcome(self.campaign, id)?.as_str()),
            "called_at" => Value::Instant(visits.standing(self.campaign, id)?.at),
            "address" => Value::Text(households.view(id).address?),
            "persons" => Value::Integer(households.view(id).persons?.into()),
            _ => return None,
        })
    }

    fn visit(&self, field: &str) -> Option<Value<'_>> {
        let id = VisitId(self.number);
        let visit = || self.state.visits.view(id);
        Some(match field {
            "id" => {
                let written = || {
                    let mut letters = [0; uuid::fmt::Hyphenated::LENGTH];
                    visit().id.hyphenated().encode_lower(&mut letters);
                    letters
                };
                Value::Text(std::str::from_utf8(self.id.get_or_init(written)).ok()?)
            }
            "campaign" => Value::Integer(visit().campaign?.0.into()),
            "at" => Value::Instant(visit().at),
            "outcome" => Value::Text(visit().outcome.as_str()),
            "counts" => Value::Boolean(visit().outcome.counts()),
            "by" => Value::Text(visit().by),
            "geometry" | "household" | "area" => {
                return self.household_value(self.state.visits.household_of(id), field);
            }
            _ => return None,
        })
    }

    fn context(&self, field: &str) -> Option<Value<'_>> {
        let feature = self.state.context.get(ShelfId(self.number))?;
        Some(match field {
            "geometry" => Value::Geometry(&feature.geometry),
            "code" => Value::Text(feature.code.as_str()),
            "class" => Value::Text(feature.class.as_str()),
            "kind" => Value::Text(Some(feature.kind.as_str()).filter(|kind| !kind.is_empty())?),
            "name" => Value::Text(feature.name.as_deref()?),
            _ => return None,
        })
    }
}

impl Row<'_> {
    fn zone(&self) -> Option<&Drawing<Zone>> {
        self.state.drawings.zones.get(ShelfId(self.number)).map(AsRef::as_ref)
    }

    fn spot(&self) -> Option<&Drawing<Spot>> {
        self.state.drawings.spots.get(ShelfId(self.number)).map(AsRef::as_ref)
    }

    /// The number of its last change, where that is kept.
    fn version(&self) -> Option<u64> {
        match self.collection {
            Collection::Zones => self.zone().map(|zone| zone.version.seq),
            Collection::Spots => self.spot().map(|spot| spot.version.seq),
            _ => None,
        }
    }
}

fn zone_value<'a>(drawing: &'a Drawing<Zone>, field: &str) -> Option<Value<'a>> {
    let zone = &drawing.thing;
    Some(match field {
        "geometry" => Value::Polygons(&zone.geometry),
        "code" => Value::Text(zone.code.as_str()),
        "plan" => Value::Integer(zone.plan.0.into()),
        "class" => Value::Text(zone.class.as_str()),
        "name" => some_text(&zone.name)?,
        "reason" => some_text(&zone.reason)?,
        _ => return kept_value(drawing, field),
    })
}

fn spot_value<'a>(drawing: &'a Drawing<Spot>, field: &str) -> Option<Value<'a>> {
    let spot = &drawing.thing;
    Some(match field {
        "geometry" => Value::Geometry(&spot.geometry),
        "code" => Value::Text(spot.code.as_str()),
        "plan" => Value::Integer(spot.plan.0.into()),
        "name" => some_text(&spot.name)?,
        "stalls" => Value::Integer(spot.stalls.into()),
        "reason" => some_text(&spot.reason)?,
        _ => return kept_value(drawing, field),
    })
}

/// What zones and spots have in common.
fn kept_value<'a, T>(drawing: &'a Drawing<T>, field: &str) -> Option<Value<'a>> {
    Some(match field {
        "hours" => Value::Texts(Some(&drawing.hours).filter(|hours| !hours.is_empty())?),
        "season" => Value::Texts(Some(&drawing.season).filter(|season| !season.is_empty())?),
        "by" => Value::Text(&drawing.version.author),
        "changed_at" => Value::Instant(drawing.version.at),
        _ => return None,
    })
}

/// An empty text is none.
fn some_text(text: &str) -> Option<Value<'_>> {
    Some(Value::Text(text)).filter(|_| !text.is_empty())
}

impl Record for Row<'_> {
    fn value(&self, field: usize) -> Option<Value<'_>> {
        let name = self.collection.fields()[field].name;
        match self.collection {
            Collection::Areas => self.area(name),
            Collection::Households => self.household_value(HouseholdId(self.number), name),
            Collection::Visits => self.visit(name),
            Collection::Context => self.context(name),
            Collection::Zones => zone_value(self.zone()?, name),
            Collection::Spots => spot_value(self.spot()?, name),
        }
    }
}

/// The first or the last moment of a day, or the moment itself.
fn moment(value: Value<'_>, last: bool) -> Option<Timestamp> {
    match value {
        Value::Instant(at) => Some(at),
        Value::Date(day) => {
            let day = if last { day.tomorrow().ok()? } else { day };
            let midnight = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
            Some(if last { midnight - jiff::SignedDuration::from_micros(1) } else { midnight })
        }
        _ => None,
    }
}
