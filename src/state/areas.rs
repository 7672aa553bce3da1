//! Areas, how they nest, and the tallies of each with all below it.

mod borders;
mod former;
mod sums;

pub use self::former::AreasThen;
use self::former::{Former, Was};
use self::sums::Sums;
use super::index::{BoxIndex, WorldRect};
use crate::geom::borders::Outline;
use crate::geom::locate::Prepared;
use crate::geom::{Bbox, LonLat, Plane};
use crate::model::{AnswerCounts, Area, CampaignId, Code, Level, OutcomeCounts, Tally};
use geo::Area as _;
use hashbrown::HashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The number of an Area, in the order in which they were founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AreaId(pub u32);

/// An Area with what is worked out from it.
pub struct AreaEntry {
    /// As it was put. Shared, so that a tile can keep it after the lock.
    pub area: Arc<Area>,
    /// The smallest rectangle around it.
    pub bbox: Bbox,
    /// Square metres, on the plane around its middle.
    pub area_m2: f64,
    /// Whether it is on the living map: not ended.
    pub in_force: bool,
    /// The Area that it belongs to, once that one is known.
    pub parent: Option<AreaId>,
    /// Its border as tiles draw it; empty while it is not on the living map.
    pub outline: Arc<Outline>,
    prepared: Prepared,
    households: u32,
    eligible: u32,
}

impl AreaEntry {
    fn new(area: Area, in_force: bool) -> AreaEntry {
        // An Area's geometry is in range: the importer refused anything else.
        let world = || Bbox::new(-180.0, -90.0, 180.0, 90.0).expect("the world is a rectangle");
        let bbox = Bbox::around(&area.geometry).unwrap_or_else(world);
        let plane = Plane::around(bbox.center());
        let area_m2 = area.geometry.unsigned_area() * plane.square_meters_per_square_degree();
        let prepared = Prepared::new(&area.geometry);
        AreaEntry {
            area: Arc::new(area),
            bbox,
            area_m2,
            in_force,
            parent: None,
            outline: Arc::default(),
            prepared,
            households: 0,
            eligible: 0,
        }
    }
}

/// All Areas that ever were, by number; the living ones also by place.
#[derive(Default)]
pub struct Areas {
    entries: Vec<AreaEntry>,
    by_code: HashMap<Code, AreaId>,
    children: HashMap<Code, BTreeSet<AreaId>>,
    tree: BoxIndex,
    /// Outcomes in each Area and all below, campaign by campaign.
    outcomes: Sums<OutcomeCounts>,
    /// Households of the target in each Area and all below, for campaigns that have one.
    targets: Sums<u32>,
    /// Answers of households in each Area and all below, campaign by campaign.
    answers: Sums<AnswerCounts>,
    /// What Areas were before they changed.
    former: Former,
    /// Living Areas and their summed size on the unit square, level by level.
    levels: HashMap<Level, (u32, f64)>,
}

fn size(rect: &WorldRect) -> f64 {
    (rect.max.x - rect.min.x) * (rect.max.y - rect.min.y)
}

impl Areas {
    pub(super) fn get(&self, id: AreaId) -> &AreaEntry {
        &self.entries[id.0 as usize]
    }

    fn get_mut(&mut self, id: AreaId) -> &mut AreaEntry {
        &mut self.entries[id.0 as usize]
    }

    pub(super) fn find(&self, code: &str) -> Option<AreaId> {
        self.by_code.get(code).copied()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = AreaId> + use<> {
        (0..u32::try_from(self.entries.len()).expect("numbers are u32")).map(AreaId)
    }

    /// The living Areas.
    pub(super) fn living(&self) -> impl Iterator<Item = (AreaId, &AreaEntry)> {
        self.ids().zip(&self.entries).filter(|(_, entry)| entry.in_force)
    }

    /// The Areas that name a code as their parent, ended ones included; the code may not be founded yet.
    pub(super) fn children(&self, code: &Code) -> impl Iterator<Item = AreaId> + '_ {
        self.children.get(code).into_iter().flatten().copied()
    }

    /// An Area and all those that it belongs to, from the lowest up.
    pub(super) fn chain(&self, id: Option<AreaId>) -> impl Iterator<Item = AreaId> + '_ {
        // As many steps as there are levels: a ring of parents ends there.
        std::iter::successors(id, |id| self.get(*id).parent).take(Level::ALL.len())
    }

    /// How many living Areas a level has, and the mean share of the unit square's side that one spans.
    pub(super) fn level(&self, level: Level) -> (u32, f64) {
        match self.levels.get(&level) {
            Some((n, total)) if *n > 0 => (*n, (total / f64::from(*n)).max(0.0).sqrt()),
            _ => (0, 0.0),
        }
    }

    /// The smallest rectangle around all living Areas. O(1).
    pub(super) fn around(&self) -> Option<WorldRect> {
        self.tree.around()
    }

    /// Numbers of the living Areas whose rectangle touches another.
    pub(super) fn touching(&self, rect: &WorldRect) -> impl Iterator<Item = AreaId> + '_ {
        self.tree.touching(rect).map(AreaId)
    }

    /// The living Areas whose rectangle touches another, the one that takes a household first before the others: the lowest,
    /// and of two on one level the one with the smaller code.
    pub(super) fn candidates(&self, rect: &WorldRect) -> Vec<(AreaId, &Prepared)> {
        let mut found: Vec<(AreaId, &AreaEntry)> = self.touching(rect).map(|id| (id, self.get(id))).collect();
        found.sort_unstable_by(|(_, a), (_, b)| {
            b.area.level.cmp(&a.area.level).then_with(|| a.area.code.cmp(&b.area.code))
        });
        found.into_iter().map(|(id, entry)| (id, &entry.prepared)).collect()
    }

    /// The lowest living Area that holds a position; of two on one level, the one with the smaller code.
    pub(super) fn locate(&self, at: LonLat) -> Option<AreaId> {
        let place = crate::geom::World::of(at);
        let candidates = self.candidates(&WorldRect { min: place, max: place });
        candidates.into_iter().find(|(_, polygon)| polygon.contains(at.coord())).map(|(id, _)| id)
    }

    /// Founds an Area or redraws it. The caller has taken away what its households contribute and adds it again. `None` where there are no numbers left.
    pub(super) fn put(&mut self, area: Area, in_force: bool, came: jiff::Timestamp) -> Option<AreaId> {
        let (code, parent) = (area.code.clone(), area.parent.clone());
        let new = AreaEntry::new(area, in_force);
        let id = if let Some(id) = self.find(code.as_str()) {
            self.unlink(id);
            let old = self.get(id);
            let was = Was { area: Arc::clone(&old.area), in_force: old.in_force };
            let kept = AreaEntry { households: old.households, eligible: old.eligible, ..new };
            *self.get_mut(id) = kept;
            self.former.note(came, id, Some(was));
            id
        } else {
            let id = AreaId(u32::try_from(self.entries.len()).ok().filter(|n| *n < u32::MAX)?);
            self.entries.push(new);
            self.outcomes.founded();
            self.targets.founded();
            self.answers.founded();
            self.by_code.insert(code.clone(), id);
            self.former.note(came, id, None);
            id
        };
        let parent_id = parent.as_ref().and_then(|p| self.find(p.as_str()));
        self.get_mut(id).parent = parent_id;
        if let Some(parent) = parent {
            self.children.entry(parent).or_default().insert(id);
        }
        // Those that named this code as their parent before it was founded.
        for child in self.children.get(&code).cloned().unwrap_or_default() {
            self.get_mut(child).parent = Some(id);
        }
        Some(id)
    }

    /// Ends an Area; it stays by its code.
    pub(super) fn end(&mut self, id: AreaId, valid_to: jiff::civil::Date, came: jiff::Timestamp) {
        self.unlink(id);
        let entry = self.get_mut(id);
        let was = Was { area: Arc::clone(&entry.area), in_force: entry.in_force };
        Arc::make_mut(&mut entry.area).valid_to = Some(valid_to);
        entry.in_force = false;
        entry.outline = Arc::default();
        if let Some(parent) = entry.area.parent.clone() {
            self.children.entry(parent).or_default().insert(id);
        }
        self.former.note(came, id, Some(was));
    }

    /// Takes an Area out of the tree, the level's count and its parent's children.
    fn unlink(&mut self, id: AreaId) {
        let entry = self.get(id);
        let (level, rect, in_force, parent) =
            (entry.area.level, WorldRect::of(&entry.bbox), entry.in_force, entry.area.parent.clone());
        if in_force {
            self.tree.remove(&rect, id.0);
            if let Some((n, total)) = self.levels.get_mut(&level) {
                *n -= 1;
                *total -= size(&rect);
            }
        }
        if let Some(below) = parent.and_then(|p| self.children.get_mut(&p)) {
            below.remove(&id);
        }
    }

    /// Puts a founded or redrawn Area into the tree and the level's count. Its border has to be weighed next.
    pub(super) fn link(&mut self, id: AreaId) {
        let entry = self.get_mut(id);
        if entry.in_force {
            entry.outline = Arc::new(Outline::of(&entry.area.geometry));
            let (level, rect) = (entry.area.level, WorldRect::of(&entry.bbox));
            self.tree.insert(&rect, id.0);
            let (n, total) = self.levels.entry(level).or_default();
            *n += 1;
            *total += size(&rect);
        }
    }

    /// Builds the tree, the levels' counts and the borders at once; for a loader that did not [`Areas::link`].
    pub(super) fn build(&mut self) {
        self.draw_all();
        let living: Vec<(WorldRect, u32)> = self.living().map(|(id, e)| (WorldRect::of(&e.bbox), id.0)).collect();
        self.tree = BoxIndex::build(living.into_iter());
        let mut levels: HashMap<Level, (u32, f64)> = HashMap::new();
        for (_, entry) in self.living() {
            let (n, total) = levels.entry(entry.area.level).or_default();
            *n += 1;
            *total += size(&WorldRect::of(&entry.bbox));
        }
        self.levels = levels;
    }

    /// Adds (or takes away) a household's place in its chain.
    pub(super) fn tally_household(&mut self, lowest: Option<AreaId>, eligible: bool, add: bool) {
        let chain: Vec<AreaId> = self.chain(lowest).collect();
        for id in chain {
            let entry = self.get_mut(id);
            if add {
                entry.households += 1;
                entry.eligible += u32::from(eligible);
            } else {
                entry.households -= 1;
                entry.eligible -= u32::from(eligible);
            }
        }
    }

    /// Adds many households in an Area at once, with its chain.
    pub(super) fn tally_households(&mut self, lowest: AreaId, households: u32, eligible: u32) {
        if households > 0 {
            let chain: Vec<AreaId> = self.chain(Some(lowest)).collect();
            for id in chain {
                let entry = self.get_mut(id);
                entry.households += households;
                entry.eligible += eligible;
            }
        }
    }

    /// The tally of an Area and all below. Counts nothing.
    pub(super) fn tally(&self, id: AreaId, campaign: Option<CampaignId>) -> Tally {
        let entry = self.get(id);
        let outcomes = self.outcomes.of(campaign, id).unwrap_or_default();
        let target = campaign.and_then(|_| self.targets.of(campaign, id));
        Tally { households: entry.households, eligible: target.unwrap_or(entry.eligible), outcomes }
    }

    /// Everything that is told of Areas as they were: for comparing two states.
    pub(super) fn former(&self) -> &Former {
        &self.former
    }

    /// What the households of an Area and all below answered. Counts nothing.
    pub(super) fn answers(&self, id: AreaId, campaign: Option<CampaignId>) -> AnswerCounts {
        self.answers.of(campaign, id).unwrap_or_default()
    }
}
