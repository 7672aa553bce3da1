//! The one way in.

use super::areas::AreaId;
use super::editions::is_open;
use super::households::HouseholdId;
use super::index::Spot;
use super::visits::Turn;
use super::{Delta, State, StateError, Version};
use crate::geom::{Bbox, LatticeRect};
use crate::model::{AnswerCounts, Area, CampaignId, Change, Code, Household, Kind, OutcomeCounts, TargetChange, Visit};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

impl State {
    /// Applies the next change of the store; what it touched. On an error nothing has changed.
    ///
    /// Costs O(log n) for a household or a visit; redrawing an Area costs what its households cost.
    pub fn apply(&mut self, seq: u64, at: Timestamp, author: &str, change: Change) -> Result<Delta, StateError> {
        if seq <= self.seq {
            return Err(StateError::Order { last: self.seq, found: seq });
        }
        let came = self.came(at);
        let (open, of_areas) = (is_open(&change), matches!(change.kind(), Kind::Area | Kind::AreaEnd));
        let delta = match change {
            Change::AreaPut(area) => self.put_area(area, at, came)?,
            Change::AreaEnded(end) => {
                let id = self.areas.find(end.code.as_str()).ok_or_else(|| StateError::Area(end.code.clone()))?;
                self.redraw(&end.code, None, |state| {
                    state.areas.end(id, end.valid_to, came);
                    Ok(id)
                })?
            }
            Change::HouseholdPut(household) => self.put_household(&household, came)?,
            Change::ContextPut(feature) => {
                let before = self.context.find(feature.code.as_str()).and_then(|id| self.context.bbox(id));
                let id = self.context.put(*feature).ok_or(StateError::Full("context features"))?;
                self.context.link(id);
                self.context_seq = seq;
                let context = before.into_iter().chain(self.context.bbox(id)).collect();
                Delta { context, ..Delta::default() }
            }
            Change::CampaignPut(campaign) => {
                let campaigns = BTreeSet::from([campaign.id]);
                self.campaigns.put(campaign);
                Delta { campaigns, ..Delta::default() }
            }
            Change::TargetChanged(change) => {
                self.change_target(&change, Version { seq, at, author: author.into() }, came)?
            }
            Change::VisitMade(visit) => self.put_visit(&visit, author, came)?,
            Change::VisitWithdrawn(end) => {
                let (id, turns) = self.visits.withdraw(end.id, came).ok_or(StateError::Visit(end.id))?;
                self.turn(id, &turns)
            }
            Change::Answered(answer) => {
                if let Some(said) = self.answers.put(answer, &self.households, came)? {
                    self.said(said);
                }
                // Nobody hears of it: whoever saw one answer come in by itself would know what it said.
                Delta::default()
            }
            Change::TeamPut(_) => {
                self.teams.take(change, &self.households)?;
                Delta::default()
            }
            Change::Assigned(ref given) => {
                let area = |code: &Code| self.households.area(self.households.find(code.as_str())?);
                let assigned =
                    BTreeMap::from([(given.team.clone(), given.households.iter().filter_map(area).collect())]);
                self.teams.take(change, &self.households)?;
                Delta { assigned, ..Delta::default() }
            }
            Change::PlanPut(_)
            | Change::ZonePut(_)
            | Change::ZoneEnded(_)
            | Change::SpotPut(_)
            | Change::SpotEnded(_) => {
                let plans = self.drawings.take(change, Version { seq, at, author: author.into() })?;
                Delta { plans, ..Delta::default() }
            }
            Change::TokenMade(_)
            | Change::TokenRevoked(_)
            | Change::UserPut(_)
            | Change::UserDisabled(_)
            | Change::LinkMade(_)
            | Change::SessionBegun(_)
            | Change::SessionEnded(_)
            | Change::ReadNoted(_) => {
                self.people.take(at, change);
                Delta::default()
            }
            Change::MapDescribed(info) => {
                self.info = info;
                Delta::default()
            }
            Change::LedgerPut(template) => {
                self.ledgers.put(*template);
                Delta::default()
            }
            Change::EditionPublished(edition) => {
                let number = edition.number;
                self.editions.put(*edition)?;
                Delta { edition: Some(number), ..Delta::default() }
            }
        };
        self.heard += u64::from(open);
        if of_areas {
            self.areas_seq = seq;
        }
        self.seq = seq;
        Ok(delta)
    }

    /// Subtract the old, add the new: the household's place, standing outcomes and answers, in its Areas and its cells.
    fn contribute(&mut self, id: HouseholdId, add: bool) {
        let (at, area) = (self.households.lattice(id), self.households.area(id));
        let status = self.households.status(id);
        self.areas.tally_household(area, status.eligible(), add);
        if add {
            self.pyramid.add(at, status);
        } else {
            self.pyramid.remove(at, status);
        }
        for (campaign, outcome) in self.visits.outcomes(id) {
            let aimed = campaign.is_some_and(|campaign| self.campaigns.target(campaign).is_some());
            if status.eligible() && !aimed {
                self.areas.tally_outcomes(campaign, area, OutcomeCounts::one(outcome), add);
            }
            let turn = if add { [None, Some(outcome)] } else { [Some(outcome), None] };
            self.pyramid.turn(campaign, at, status, turn);
        }
        for (campaign, answer) in self.answers.of(id) {
            self.areas.tally_answers(campaign, area, AnswerCounts::one(answer), add);
        }
        let aiming: Vec<CampaignId> = self.campaigns.aiming_at(id).collect();
        for campaign in aiming {
            self.target_one(campaign, id, add);
        }
    }

    fn change_target(&mut self, change: &TargetChange, version: Version, came: Timestamp) -> Result<Delta, StateError> {
        let campaign = change.campaign;
        let decided = self.campaigns.decide(change, &self.households, version, came).map_err(StateError::Household)?;
        self.aim(campaign, &decided);
        let mut delta = Delta { campaigns: BTreeSet::from([campaign]), ..Delta::default() };
        let concerned = || decided.added.iter().chain(&decided.removed);
        if decided.first || change.all {
            delta.everything = true;
            delta.areas.extend(self.areas.living().map(|(id, _)| id));
        } else {
            for id in concerned() {
                let area = self.households.area(*id);
                delta.places.push((self.households.lattice(*id), area));
                delta.areas.extend(self.areas.chain(area));
            }
        }
        Ok(delta)
    }

    fn put_household(&mut self, household: &Household, came: Timestamp) -> Result<Delta, StateError> {
        let mut delta = Delta::default();
        if let Some(id) = self.households.find(household.code.as_str()) {
            self.contribute(id, false);
            self.points.remove(Spot { at: self.households.lattice(id), id: id.0 });
            delta.places.push((self.households.lattice(id), self.households.area(id)));
            delta.areas.extend(self.areas.chain(self.households.area(id)));
        }
        let id = self.households.put(household, came).ok_or(StateError::Full("households"))?;
        let area = self.areas.locate(household.at);
        self.households.set_area(id, area);
        self.points.insert(Spot { at: self.households.lattice(id), id: id.0 });
        self.contribute(id, true);
        delta.places.push((self.households.lattice(id), area));
        delta.areas.extend(self.areas.chain(area));
        Ok(delta)
    }

    fn put_visit(&mut self, visit: &Visit, author: &str, came: Timestamp) -> Result<Delta, StateError> {
        let unknown = || StateError::Household(visit.household.clone());
        let id = self.households.find(visit.household.as_str()).ok_or_else(unknown)?;
        let turns = self.visits.put(id, visit, author, came).ok_or(StateError::Full("visits"))?;
        Ok(self.turn(id, &turns))
    }

    /// Counts in Areas and cells that the outcomes which stand for a household are others now.
    fn turn(&mut self, id: HouseholdId, turns: &[Turn]) -> Delta {
        let (at, area) = (self.households.lattice(id), self.households.area(id));
        let mut delta = Delta::default();
        if turns.is_empty() {
            return delta;
        }
        let status = self.households.status(id);
        for Turn { campaign, before, after } in turns.iter().copied() {
            if self.campaigns.counts(campaign, id, status) {
                for (outcome, add) in [(before, false), (after, true)] {
                    if let Some(outcome) = outcome {
                        self.areas.tally_outcomes(campaign, area, OutcomeCounts::one(outcome), add);
                    }
                }
                delta.areas.extend(self.areas.chain(area));
            }
            self.pyramid.turn(campaign, at, status, [before, after]);
            if let Some(campaign) = campaign
                && self.campaigns.target(campaign).is_some_and(|target| target.holds(id))
            {
                self.pyramid.target(campaign, at, status, before, false);
                self.pyramid.target(campaign, at, status, after, true);
            }
        }
        delta.places.push((at, area));
        delta.campaigns.extend(turns.iter().filter_map(|turn| turn.campaign));
        delta
    }

    fn put_area(&mut self, area: Area, at: Timestamp, came: Timestamp) -> Result<Delta, StateError> {
        let today = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let in_force = area.valid_to.is_none_or(|last| last >= today);
        let (code, bbox) = (area.code.clone(), Bbox::around(&area.geometry));
        self.redraw(&code, bbox, |state| {
            let id = state.areas.put(area, in_force, came).ok_or(StateError::Full("areas"))?;
            state.areas.link(id);
            Ok(id)
        })
    }

    /// Changes an Area between taking away and adding again what the households in it, before or after, contribute.
    fn redraw(
        &mut self,
        code: &Code,
        new: Option<Bbox>,
        change: impl FnOnce(&mut State) -> Result<AreaId, StateError>,
    ) -> Result<Delta, StateError> {
        let mut delta = Delta::default();
        let old = self.areas.find(code.as_str()).map(|id| self.areas.get(id)).filter(|e| e.in_force);
        let old = old.map(|e| (e.area.level, e.bbox));
        let mut affected = BTreeSet::new();
        for bbox in new.iter().chain(old.as_ref().map(|(_, bbox)| bbox)) {
            self.points.within(&LatticeRect::of_bbox(bbox), |spot| {
                affected.insert(HouseholdId(spot.id));
            });
        }
        // An Area below may reach outside the rectangle of the one that it belongs to.
        for below in self.below(code) {
            self.points.within(&LatticeRect::of_bbox(&self.areas.get(below).bbox), |spot| {
                if self.households.area(HouseholdId(spot.id)) == Some(below) {
                    affected.insert(HouseholdId(spot.id));
                }
            });
        }
        for household in &affected {
            delta.areas.extend(self.areas.chain(self.households.area(*household)));
            self.contribute(*household, false);
        }
        let changed = change(self);
        for household in &affected {
            let (before, after) = (self.households.area(*household), self.areas.locate(self.households.at(*household)));
            self.households.set_area(*household, after);
            self.contribute(*household, true);
            if before != after {
                delta.areas.extend(self.areas.chain(after));
            }
        }
        let changed = changed?;
        let drawn = self.areas.get(changed);
        let places: Vec<_> = old.into_iter().chain(drawn.in_force.then_some((drawn.area.level, drawn.bbox))).collect();
        delta.areas.insert(changed);
        delta.areas.extend(self.areas.weigh_around(&places));
        delta.borders.extend(old.map(|(_, bbox)| bbox).into_iter().chain(new));
        Ok(delta)
    }

    /// All Areas below a code, ended ones included, itself left out.
    pub(super) fn below(&self, code: &Code) -> BTreeSet<AreaId> {
        let mut found = BTreeSet::new();
        let mut open = vec![code];
        while let Some(next) = open.pop() {
            for child in self.areas.children(next) {
                let named = &self.areas.get(child).area.code;
                if named != code && found.insert(child) {
                    open.push(named);
                }
            }
        }
        found
    }
}
