//! The list for today: whom to call on next, why, and in which order to walk.

mod due;
mod sheet;

use self::due::{Called, Days, waits};
use super::access::day;
use super::households::{HouseholdLine, line};
use super::named::{campaign_of, living};
use super::past::Map;
use super::{App, AppError, Caller};
use crate::analysis::tour::{Ends, Item, Reason, Terms, Waiting, Worklist, today};
use crate::formats::{Placemark, gpx};
use crate::geom::{LonLat, Plane, haversine};
use crate::model::{CampaignId, Grant, ModelError, Outcome, Reach, Right, Role, UserName};
use crate::state::{Eligible, HouseholdId, HouseholdView, Scope, State};
use geo::{Geometry, Point};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::HashSet;

/// Most households that a list is chosen from: a township's.
const MOST_WAITING: usize = 20_000;
/// Nobody walks from farther away, metres; a plane is not flat that far.
const FARTHEST_START: f64 = 500_000.0;

/// Whose list, and from where.
#[derive(Debug, Clone)]
pub struct WorklistQuery {
    /// For which campaign; `None` is over all visits.
    pub campaign: Option<CampaignId>,
    /// Of the Areas of this user, as far as the caller sees them.
    pub member: Option<String>,
    /// Within this Area.
    pub area: Option<String>,
    /// Where the member is.
    pub near: Option<LonLat>,
    /// Most of them in the list.
    pub limit: usize,
    /// The list of that day, as it was then; `None` is now.
    pub as_of: Option<Timestamp>,
}

/// A list in the order in which to walk.
#[derive(Debug, Clone, Serialize)]
pub struct WorklistReport {
    /// For which campaign.
    pub campaign: Option<CampaignId>,
    /// When this was true.
    pub as_of: Timestamp,
    /// How many wait for a call, listed or not.
    pub waiting: usize,
    /// The whole way, as the crow flies, metres to the nearest.
    pub length_m: f64,
    /// The list.
    pub households: Vec<WorklistHousehold>,
}

/// One household of a list.
#[derive(Debug, Clone, Serialize)]
pub struct WorklistHousehold {
    /// What is known of it.
    #[serde(flatten)]
    pub household: HouseholdLine,
    /// Why it is on the list.
    pub reason: ReasonLine,
    /// What came of the last visit.
    pub outcome: Option<Outcome>,
    /// When that was.
    pub called_at: Option<Timestamp>,
    /// From the one before, or from where the member is, as the crow flies, metres to the nearest.
    pub leg_m: f64,
}

/// Why somebody is to call.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ReasonLine {
    /// Something was left to do at the last visit, so many days ago.
    LeftToDo {
        /// 0 is today.
        days: u32,
    },
    /// The call has been due for so many days.
    Overdue {
        /// 1 or more.
        days: u32,
    },
    /// The call is due in so many days.
    DueSoon {
        /// 0 is today.
        days: u32,
    },
    /// Nobody was reached there.
    NotReached,
    /// Nothing is due, but it lies beside one that is on the list.
    OnTheWay {
        /// As the crow flies, to the nearest.
        metres: f64,
    },
}

impl From<Reason> for ReasonLine {
    fn from(reason: Reason) -> ReasonLine {
        match reason {
            Reason::NeedFound { days } => ReasonLine::LeftToDo { days },
            Reason::Overdue { days } => ReasonLine::Overdue { days },
            Reason::DueSoon { days } => ReasonLine::DueSoon { days },
            Reason::NeverVisited => ReasonLine::NotReached,
            Reason::OnTheWay { metres } => ReasonLine::OnTheWay { metres: metres.round() },
        }
    }
}

impl WorklistReport {
    /// Of how many households it tells the address.
    pub(super) fn personal(&self) -> usize {
        self.households.iter().filter(|one| one.household.address.is_some()).count()
    }
}

impl App {
    /// Whom to call on next, of those that the caller may visit: what was left to do first, then by due date and nearness, in the order of
    /// a short walk. A household is not listed where somebody called today, refused, or found nobody who could be called on again; nor,
    /// on the list of a member to whom households are assigned, where it is assigned to somebody else who is in a Team today.
    ///
    /// Refuses to choose from more than 20,000 households: an Area narrows them down.
    pub(super) async fn worklist(&self, caller: &Caller, query: WorklistQuery) -> Result<WorklistReport, AppError> {
        caller.require(Right::Visit)?;
        let map = self.map(caller, query.as_of).await?;
        let caller = caller.clone();
        self.work(move |app| app.worklist_on(&map, &caller, &query)).await?
    }

    fn worklist_on(&self, map: &Map, caller: &Caller, query: &WorklistQuery) -> Result<WorklistReport, AppError> {
        let now = query.as_of.unwrap_or_else(Timestamp::now);
        let Gathered { listed, first } = self.look(map, |state| Gathered::of(state, caller, query, now))?;
        // Without the lock: it takes some 50 ms, and whoever logs a visit meanwhile does not wait for it.
        let (waiting, list) = match first {
            None => (0, Worklist { items: Vec::new(), length: 0.0 }),
            Some(first) => {
                if let Some(near) = query.near.filter(|near| haversine(*near, first).0 > FARTHEST_START) {
                    let expected = format!("a place at most {:.0} km from your households", FARTHEST_START / 1e3);
                    return Err(ModelError::new("near", format!("{},{}", near.lon(), near.lat()), expected).into());
                }
                walk(query, query.near.unwrap_or(first), &listed)?
            }
        };
        let households = self.look(map, |state| {
            let addresses = caller.scope(state, Right::Addresses).ok();
            let one = |item: &Item| {
                let Listed { code, visit, .. } = &listed[item.household as usize];
                let household = state.household(code)?;
                Some(household_line(state, addresses.as_ref(), &household, *visit, item))
            };
            list.items.iter().filter_map(one).collect()
        });
        Ok(WorklistReport { campaign: query.campaign, as_of: now, waiting, length_m: list.length.round(), households })
    }

    /// A list as GPX: a waypoint for each household, numbered in the order of the walk.
    pub fn worklist_gpx(&self, report: &WorklistReport) -> Result<Vec<u8>, AppError> {
        let list = &report.households;
        let points: Vec<Geometry<f64>> =
            list.iter().map(|one| Point::new(one.household.lon, one.household.lat).into()).collect();
        let mut marks: Vec<Placemark<'_>> = Vec::with_capacity(points.len());
        for ((one, geometry), n) in list.iter().zip(&points).zip(1..) {
            let HouseholdLine { code, address, .. } = &one.household;
            let name = format!("{n} {}", address.as_ref().unwrap_or(code));
            marks.push(Placemark { folder: one.reason.word(), name, about: code.clone(), geometry });
        }
        Ok(gpx("Worklist", &self.attribution().join("; "), &marks)?)
    }
}

/// On whom others of the Teams call, where the list is that of a member to whom households were assigned.
struct Others<'a> {
    /// Whose list it is; `None` leaves every household on it.
    list_of: Option<&'a str>,
    /// Everybody who is in a Team that day: a household of somebody who has left it waits for whoever comes.
    active: HashSet<&'a str>,
}

impl<'a> Others<'a> {
    /// A list is somebody's where a member is named, or a member asks. As long as nothing is assigned to them, they call on all.
    fn of(state: &'a State, caller: &'a Caller, member: Option<&'a str>, on: Date) -> Others<'a> {
        let Grant { name, role, .. } = caller.grant();
        let own = (*role == Role::Member).then_some(name.as_str());
        let list_of = member.or(own).filter(|name| state.calls_of(name) > 0);
        let in_teams = || state.teams().flat_map(|team| team.members_on(on)).map(UserName::as_str).collect();
        Others { list_of, active: if list_of.is_some() { in_teams() } else { HashSet::new() } }
    }

    fn call_on(&self, state: &State, household: HouseholdId) -> bool {
        let Some(list_of) = self.list_of else { return false };
        state.caller_of(household).is_some_and(|name| name != list_of && self.active.contains(name))
    }
}

/// What a list is chosen from.
struct Gathered {
    /// Those on whom somebody may call.
    listed: Vec<Listed>,
    /// Where the first of all eligible households is, if there is one.
    first: Option<LonLat>,
}

impl Gathered {
    /// What a list is chosen from, copied so that the lock is let go.
    fn of(state: &State, caller: &Caller, query: &WorklistQuery, now: Timestamp) -> Result<Gathered, AppError> {
        let campaign = query.campaign.map(|id| campaign_of(state, id)).transpose()?;
        let scope = caller.scope(state, Right::Visit)?.both(of_member(state, query.member.as_deref(), day(now))?);
        let within = query.area.as_deref().map(|code| living(state, code)).transpose()?;
        let eligible = state.eligible(query.campaign, within, &scope, MOST_WAITING).ok_or_else(|| {
            let expected = format!("the code of an area with at most {MOST_WAITING} eligible households of yours");
            area_refused(query, expected)
        })?;
        let first = eligible.first().map(|one| one.household.at);
        let others = Others::of(state, caller, query.member.as_deref(), day(now));
        let one = |Eligible { household, visit }: &Eligible<'_>| {
            if others.call_on(state, household.id) {
                return None;
            }
            let last = visit.as_ref().map(|visit| Called {
                outcome: visit.outcome,
                day: day(visit.at),
                need: visit.needs.is_some(),
            });
            let days = waits(campaign, last, day(now))?;
            let visit = visit.as_ref().map(|visit| (visit.outcome, visit.at));
            Some(Listed { code: household.code.to_owned(), at: household.at, visit, days })
        };
        Ok(Gathered { first, listed: eligible.iter().filter_map(one).collect() })
    }
}

/// A household on which somebody may call.
struct Listed {
    code: String,
    at: LonLat,
    /// The visit that stands for it.
    visit: Option<(Outcome, Timestamp)>,
    days: Days,
}

/// How many wait, and the list. Refuses a start from which nobody would walk, and households that lie on no plane together.
fn walk(query: &WorklistQuery, middle: LonLat, listed: &[Listed]) -> Result<(usize, Worklist), ModelError> {
    let plane = Plane::around(middle);
    let flat = |at: LonLat| plane.project(geo::Coord { x: at.lon(), y: at.lat() });
    let waiting: Vec<Waiting> = listed
        .iter()
        .map(|Listed { at, days: (need, due, visited), .. }| Waiting {
            at: flat(*at),
            need: *need,
            due: *due,
            visited: *visited,
        })
        .collect();
    let ends = Ends { start: query.near.map(flat), back: false };
    let terms = Terms::default();
    let list = today(&waiting, ends, query.limit, &terms)
        .map_err(|error| area_refused(query, format!("an area whose households lie near one another: {error}")))?;
    Ok((waiting.iter().filter(|one| terms.reason(one).is_some()).count(), list))
}

fn area_refused(query: &WorklistQuery, expected: String) -> ModelError {
    ModelError::new("area", query.area.as_deref().unwrap_or("nothing"), expected)
}

impl ReasonLine {
    /// As documents write it.
    fn word(self) -> &'static str {
        match self {
            ReasonLine::LeftToDo { .. } => "left_to_do",
            ReasonLine::Overdue { .. } => "overdue",
            ReasonLine::DueSoon { .. } => "due_soon",
            ReasonLine::NotReached => "not_reached",
            ReasonLine::OnTheWay { .. } => "on_the_way",
        }
    }
}

/// The Areas of a user on a day; everywhere where none is named.
fn of_member(state: &State, member: Option<&str>, on: Date) -> Result<Scope, AppError> {
    let Some(name) = member else { return Ok(Scope::Everywhere) };
    let user = state.people().user(name).ok_or_else(|| AppError::NotFound { what: "member", name: name.to_owned() })?;
    let grant = state.grant_of(user, on);
    Ok(match grant.reach(Right::Visit) {
        Reach::Everywhere => Scope::Everywhere,
        Reach::Own | Reach::Nowhere => state.scope(&grant.areas),
    })
}

fn household_line(
    state: &State,
    addresses: Option<&Scope>,
    household: &HouseholdView<'_>,
    visit: Option<(Outcome, Timestamp)>,
    item: &Item,
) -> WorklistHousehold {
    WorklistHousehold {
        household: line(state, addresses, household),
        reason: item.reason.into(),
        outcome: visit.map(|(outcome, _)| outcome),
        called_at: visit.map(|(_, at)| at),
        leg_m: item.leg.round(),
    }
}
