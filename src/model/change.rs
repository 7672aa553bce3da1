use super::ledger::LedgerTemplate;
use super::{
    Answer, Area, Assignment, Campaign, Code, ContextFeature, Edition, Household, ModelError, Plan, ReadNote, Session,
    SessionEnd, SignInLink, Spot, TargetChange, Team, Token, TokenId, User, UserEnd, Visit, VisitEnd, Zone,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One thing that happened. The closed list of them is the only way in.
///
/// A `…Put` founds its thing or replaces it whole; what stood before stays in the store.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// An Area founded or redrawn.
    AreaPut(Area),
    /// An Area's last day.
    AreaEnded(AreaEnd),
    /// A household founded or corrected.
    HouseholdPut(Household),
    /// A context feature founded or corrected.
    ContextPut(Box<ContextFeature>),
    /// A campaign founded or corrected.
    CampaignPut(Campaign),
    /// Households that became part of a campaign's target, or are no longer.
    TargetChanged(TargetChange),
    /// A visit made.
    VisitMade(Visit),
    /// A visit that never took place.
    VisitWithdrawn(VisitEnd),
    /// A Team founded or changed.
    TeamPut(Team),
    /// Households given to a member of a Team.
    Assigned(Assignment),
    /// A household said whether it is satisfied.
    Answered(Answer),
    /// A Plan founded or changed.
    PlanPut(Box<Plan>),
    /// A zone drawn or drawn anew.
    ZonePut(Box<Zone>),
    /// A zone taken away.
    ZoneEnded(DrawingEnd),
    /// A spot picked or changed.
    SpotPut(Box<Spot>),
    /// A spot taken away.
    SpotEnded(DrawingEnd),
    /// A token given out.
    TokenMade(Token),
    /// A token that opens nothing any more.
    TokenRevoked(TokenEnd),
    /// What the whole map is called and where its data is from.
    MapDescribed(MapInfo),
    /// A user let in, or given another role, other Areas or another password.
    UserPut(User),
    /// A user who may not sign in any more; their links and sessions end.
    UserDisabled(UserEnd),
    /// A one-time link given out.
    LinkMade(SignInLink),
    /// A user signed in; the link, if there was one, is used up.
    SessionBegun(Session),
    /// A user signed out.
    SessionEnded(SessionEnd),
    /// Personal fields shown to somebody.
    ReadNoted(ReadNote),
    /// The layout of an Area's ledger founded or changed.
    LedgerPut(Box<LedgerTemplate>),
    /// Figures published.
    EditionPublished(Box<Edition>),
}

/// Which Area ended on which day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AreaEnd {
    /// Which.
    pub code: Code,
    /// Its last day.
    pub valid_to: Date,
}

/// Which zone or spot was taken away, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawingEnd {
    /// Which.
    pub code: Code,
    /// In the planner's words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl DrawingEnd {
    /// Refuses a reason that is too long for a line of a list.
    pub fn check(self) -> Result<DrawingEnd, ModelError> {
        super::plan::check_reason(&self.reason)?;
        Ok(self)
    }
}

/// Which token was revoked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenEnd {
    /// Which.
    pub id: TokenId,
}

/// What the whole map is called and where its data is from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapInfo {
    /// The name of the place, for people.
    pub name: String,
    /// Where the data is from, plain text, one line a source; shown wherever the map is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attribution: Vec<String>,
    /// Whether it holds labelled sample data: every door says so.
    #[serde(default)]
    pub sample: bool,
}

impl MapInfo {
    /// Longest name or line, characters.
    pub const MAX_TEXT: usize = 500;
    /// Most sources.
    pub const MAX_LINES: usize = 20;

    /// Refuses texts and lists that are too long for a corner of a map.
    pub fn check(self) -> Result<MapInfo, ModelError> {
        let short = |text: &String| text.chars().count() <= MapInfo::MAX_TEXT;
        if !short(&self.name) {
            return Err(ModelError::new("name", &self.name, format!("at most {} characters", MapInfo::MAX_TEXT)));
        }
        if self.attribution.len() > MapInfo::MAX_LINES || !self.attribution.iter().all(short) {
            let expected = format!("at most {} lines of {} characters", MapInfo::MAX_LINES, MapInfo::MAX_TEXT);
            return Err(ModelError::new("attribution", format!("{} lines", self.attribution.len()), expected));
        }
        Ok(self)
    }
}

/// The name of a sort of change, as the store writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // one for each of `Change`
pub enum Kind {
    Area,
    AreaEnd,
    Household,
    Context,
    Campaign,
    Target,
    Visit,
    VisitEnd,
    Team,
    Assignment,
    Answer,
    Plan,
    Zone,
    ZoneEnd,
    Spot,
    SpotEnd,
    Token,
    TokenEnd,
    Map,
    User,
    UserEnd,
    Link,
    Session,
    SessionEnd,
    Read,
    Ledger,
    Edition,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 27] = [
        Kind::Area,
        Kind::AreaEnd,
        Kind::Household,
        Kind::Context,
        Kind::Campaign,
        Kind::Target,
        Kind::Visit,
        Kind::VisitEnd,
        Kind::Team,
        Kind::Assignment,
        Kind::Answer,
        Kind::Plan,
        Kind::Zone,
        Kind::ZoneEnd,
        Kind::Spot,
        Kind::SpotEnd,
        Kind::Token,
        Kind::TokenEnd,
        Kind::Map,
        Kind::User,
        Kind::UserEnd,
        Kind::Link,
        Kind::Session,
        Kind::SessionEnd,
        Kind::Read,
        Kind::Ledger,
        Kind::Edition,
    ];

    /// As the store writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Area => "area",
            Kind::AreaEnd => "area_end",
            Kind::Household => "household",
            Kind::Context => "context",
            Kind::Campaign => "campaign",
            Kind::Target => "target",
            Kind::Visit => "visit",
            Kind::VisitEnd => "visit_end",
            Kind::Team => "team",
            Kind::Assignment => "assignment",
            Kind::Answer => "answer",
            Kind::Plan => "plan",
            Kind::Zone => "zone",
            Kind::ZoneEnd => "zone_end",
            Kind::Spot => "spot",
            Kind::SpotEnd => "spot_end",
            Kind::Token => "token",
            Kind::TokenEnd => "token_end",
            Kind::Map => "map",
            Kind::User => "user",
            Kind::UserEnd => "user_end",
            Kind::Link => "link",
            Kind::Session => "session",
            Kind::SessionEnd => "session_end",
            Kind::Read => "read",
            Kind::Ledger => "ledger",
            Kind::Edition => "edition",
        }
    }
}

impl FromStr for Kind {
    type Err = ModelError;

    fn from_str(name: &str) -> Result<Kind, ModelError> {
        let known = Kind::ALL.into_iter().find(|k| k.as_str() == name);
        known.ok_or_else(|| ModelError::new("kind", name, "a kind of change that this version knows"))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Change {
    /// Which sort of change.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Change::AreaPut(_) => Kind::Area,
            Change::AreaEnded(_) => Kind::AreaEnd,
            Change::HouseholdPut(_) => Kind::Household,
            Change::ContextPut(_) => Kind::Context,
            Change::CampaignPut(_) => Kind::Campaign,
            Change::TargetChanged(_) => Kind::Target,
            Change::VisitMade(_) => Kind::Visit,
            Change::VisitWithdrawn(_) => Kind::VisitEnd,
            Change::TeamPut(_) => Kind::Team,
            Change::Assigned(_) => Kind::Assignment,
            Change::Answered(_) => Kind::Answer,
            Change::PlanPut(_) => Kind::Plan,
            Change::ZonePut(_) => Kind::Zone,
            Change::ZoneEnded(_) => Kind::ZoneEnd,
            Change::SpotPut(_) => Kind::Spot,
            Change::SpotEnded(_) => Kind::SpotEnd,
            Change::TokenMade(_) => Kind::Token,
            Change::TokenRevoked(_) => Kind::TokenEnd,
            Change::MapDescribed(_) => Kind::Map,
            Change::UserPut(_) => Kind::User,
            Change::UserDisabled(_) => Kind::UserEnd,
            Change::LinkMade(_) => Kind::Link,
            Change::SessionBegun(_) => Kind::Session,
            Change::SessionEnded(_) => Kind::SessionEnd,
            Change::ReadNoted(_) => Kind::Read,
            Change::LedgerPut(_) => Kind::Ledger,
            Change::EditionPublished(_) => Kind::Edition,
        }
    }

    /// The identity, within its kind, of what it concerns.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Change::AreaPut(a) => a.code.to_string(),
            Change::AreaEnded(a) => a.code.to_string(),
            Change::HouseholdPut(h) => h.code.to_string(),
            Change::ContextPut(c) => c.code.to_string(),
            Change::CampaignPut(c) => c.id.to_string(),
            Change::TargetChanged(t) => t.campaign.to_string(),
            Change::VisitMade(v) => v.id.to_string(),
            Change::VisitWithdrawn(e) => e.id.to_string(),
            Change::TeamPut(t) => t.code.to_string(),
            Change::Assigned(a) => a.team.to_string(),
            Change::Answered(a) => a.id.to_string(),
            Change::PlanPut(p) => p.id.to_string(),
            Change::ZonePut(z) => z.code.to_string(),
            Change::SpotPut(s) => s.code.to_string(),
            Change::ZoneEnded(e) | Change::SpotEnded(e) => e.code.to_string(),
            Change::TokenMade(t) => t.id.0.clone(),
            Change::TokenRevoked(t) => t.id.0.clone(),
            Change::MapDescribed(_) => String::new(),
            Change::UserPut(u) => u.name.to_string(),
            Change::UserDisabled(u) => u.name.to_string(),
            Change::LinkMade(l) => l.id.0.clone(),
            Change::SessionBegun(s) => s.id.0.clone(),
            Change::SessionEnded(s) => s.id.0.clone(),
            Change::ReadNoted(r) => r.what.clone(),
            Change::LedgerPut(l) => l.area.to_string(),
            Change::EditionPublished(e) => e.number.to_string(),
        }
    }

    /// Its content as JSON; one form for one content, so that equal bodies mean that nothing changed.
    #[must_use]
    pub fn body(&self) -> String {
        let written = match self {
            Change::AreaPut(a) => serde_json::to_string(a),
            Change::AreaEnded(a) => serde_json::to_string(a),
            Change::HouseholdPut(h) => serde_json::to_string(h),
            Change::ContextPut(c) => serde_json::to_string(c),
            Change::CampaignPut(c) => serde_json::to_string(c),
            Change::TargetChanged(t) => serde_json::to_string(t),
            Change::VisitMade(v) => serde_json::to_string(v),
            Change::VisitWithdrawn(e) => serde_json::to_string(e),
            Change::TeamPut(t) => serde_json::to_string(t),
            Change::Assigned(a) => serde_json::to_string(a),
            Change::Answered(a) => serde_json::to_string(a),
            Change::PlanPut(p) => serde_json::to_string(p),
            Change::ZonePut(z) => serde_json::to_string(z),
            Change::SpotPut(s) => serde_json::to_string(s),
            Change::ZoneEnded(e) | Change::SpotEnded(e) => serde_json::to_string(e),
            Change::TokenMade(t) => serde_json::to_string(t),
            Change::TokenRevoked(t) => serde_json::to_string(t),
            Change::MapDescribed(m) => serde_json::to_string(m),
            Change::UserPut(u) => serde_json::to_string(u),
            Change::UserDisabled(u) => serde_json::to_string(u),
            Change::LinkMade(l) => serde_json::to_string(l),
            Change::SessionBegun(s) => serde_json::to_string(s),
            Change::SessionEnded(s) => serde_json::to_string(s),
            Change::ReadNoted(r) => serde_json::to_string(r),
            Change::LedgerPut(l) => serde_json::to_string(l),
            Change::EditionPublished(e) => serde_json::to_string(e),
        };
        written.expect("the model's types have string keys and no failing serialiser once constructed")
    }

    /// Reads what [`Change::body`] wrote.
    pub fn read(kind: Kind, body: &str) -> Result<Change, ModelError> {
        let read = match kind {
            Kind::Area => serde_json::from_str(body).map(Change::AreaPut),
            Kind::AreaEnd => serde_json::from_str(body).map(Change::AreaEnded),
            Kind::Household => serde_json::from_str(body).map(Change::HouseholdPut),
            Kind::Context => serde_json::from_str(body).map(|c| Change::ContextPut(Box::new(c))),
            Kind::Campaign => serde_json::from_str(body).map(Change::CampaignPut),
            Kind::Target => serde_json::from_str(body).map(Change::TargetChanged),
            Kind::Visit => serde_json::from_str(body).map(Change::VisitMade),
            Kind::VisitEnd => serde_json::from_str(body).map(Change::VisitWithdrawn),
            Kind::Team => serde_json::from_str(body).map(Change::TeamPut),
            Kind::Assignment => serde_json::from_str(body).map(Change::Assigned),
            Kind::Answer => serde_json::from_str(body).map(Change::Answered),
            Kind::Plan => serde_json::from_str(body).map(|p| Change::PlanPut(Box::new(p))),
            Kind::Zone => serde_json::from_str(body).map(|z| Change::ZonePut(Box::new(z))),
            Kind::ZoneEnd => serde_json::from_str(body).map(Change::ZoneEnded),
            Kind::Spot => serde_json::from_str(body).map(|s| Change::SpotPut(Box::new(s))),
            Kind::SpotEnd => serde_json::from_str(body).map(Change::SpotEnded),
            Kind::Token => serde_json::from_str(body).map(Change::TokenMade),
            Kind::TokenEnd => serde_json::from_str(body).map(Change::TokenRevoked),
            Kind::Map => serde_json::from_str(body).map(Change::MapDescribed),
            Kind::User => serde_json::from_str(body).map(Change::UserPut),
            Kind::UserEnd => serde_json::from_str(body).map(Change::UserDisabled),
            Kind::Link => serde_json::from_str(body).map(Change::LinkMade),
            Kind::Session => serde_json::from_str(body).map(Change::SessionBegun),
            Kind::SessionEnd => serde_json::from_str(body).map(Change::SessionEnded),
            Kind::Read => serde_json::from_str(body).map(Change::ReadNoted),
            Kind::Ledger => serde_json::from_str(body).map(|l| Change::LedgerPut(Box::new(l))),
            Kind::Edition => serde_json::from_str(body).map(|e| Change::EditionPublished(Box::new(e))),
        };
        read.map_err(|e| ModelError::new("body", format!("a {kind}"), format!("readable: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::LonLat;
    use crate::model::rule::ZoneClass;
    use crate::model::{Confided, Level, PlanId, Sealed, Status};
    use geo::polygon;

    #[test]
    fn what_is_written_is_read_back_to_the_last_bit() {
        let square = polygon![(x: 0.1 + 0.2, y: 0.0), (x: 1.0 / 3.0, y: 0.0), (x: 1.0, y: 1.0)];
        let changes = [
            Change::HouseholdPut(Household {
                code: Code::new("H1").unwrap(),
                at: LonLat::new(9.508_539_712_345_678, 0.1 + 0.2).unwrap(),
                address: Some("西瓜路 1".into()),
                status: Status::Vacant,
                persons: Some(3),
                confided: Confided { contact: None, needs: Some(Sealed::new([1; 4], [2; 24], &[3; 48]).unwrap()) },
            }),
            Change::AreaPut(Area {
                code: Code::new("7001").unwrap(),
                name: "Vaduz".into(),
                level: Level::Township,
                parent: None,
                valid_from: None,
                valid_to: Some(jiff::civil::date(2026, 12, 31)),
                geometry: geo::MultiPolygon(vec![square.clone()]),
            }),
            Change::ZonePut(Box::new(Zone {
                code: Code::new("Z1").unwrap(),
                plan: PlanId(3),
                class: ZoneClass::Forbidden,
                name: String::new(),
                hours: None,
                season: None,
                reason: "the school's gate".into(),
                geometry: geo::MultiPolygon(vec![square]),
            })),
            Change::ZoneEnded(DrawingEnd { code: Code::new("Z1").unwrap(), reason: String::new() }),
            Change::SpotEnded(DrawingEnd { code: Code::new("S1").unwrap(), reason: "built over".into() }),
        ];
        for change in changes {
            assert_eq!(Change::read(change.kind(), &change.body()).unwrap(), change);
        }
    }

    #[test]
    fn a_body_out_of_range_is_refused() {
        assert!(Change::read(Kind::Household, r#"{"code":"H1","lon":200.0,"lat":0.0}"#).is_err());
        assert!(Change::read(Kind::Household, r#"{"code":"","lon":0.0,"lat":0.0}"#).is_err());
    }
}
