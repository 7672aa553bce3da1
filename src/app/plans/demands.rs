//! What a rule set, drawn zones and measured widths demand on some ground, in the words of [`crate::analysis::legal`].

use super::site::{Piece, Site, SiteStreet};
use crate::analysis::legal::{self, Forbidden, Side, Street, Terms};
use crate::app::rules::assumed_widths;
use crate::geom::{Meters, Plane};
use crate::model::rule::{
    Cap, Measure, MeasuredFrom, MeasuredWidths, Place, Requirement, Rule, RuleSet, StreetVerdict, StreetWidths,
    Surface, ZoneClass,
};
use crate::model::{Code, ContextClass, ContextFeature, ModelError, Plan, Zone};
use geo::{BooleanOps, BoundingRect, Centroid, Coord, Geometry, MapCoords, MultiPolygon, Rect, unary_union};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A stall where no rule says how large it is, metres along and across the kerb: a cart of melons.
const STALL: (f64, f64) = (2.0, 1.5);
/// How far a point or a line reaches that a rule says to stand off, metres: itself, and what a tape measure misses.
const ITSELF: f64 = 0.05;

/// The rule that keeps stalls out of the zones that forbid them, where the set has none for it.
pub const ZONES_FORBIDDEN: &str = "drawn_zones";
/// The rule that keeps stalls within the zones that allow them, where the plan says so.
pub const ZONES_ONLY: &str = "zones_only";

/// The numbers under which the kernel knows rules: a rule keeps its number when the set around it changes.
#[derive(Debug, Clone, Default)]
pub struct Numbers(Vec<String>);

impl Numbers {
    /// The number of a key, a new one where it has none.
    fn of(&mut self, key: &str) -> legal::Rule {
        let at = self.0.iter().position(|known| known == key).unwrap_or_else(|| {
            self.0.push(key.to_owned());
            self.0.len() - 1
        });
        legal::Rule(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// The key of a number.
    pub fn key(&self, rule: legal::Rule) -> &str {
        self.0.get(rule.0 as usize).map_or("", String::as_str)
    }
}

/// How large a stall is taken to be, metres.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Stall {
    /// Along the kerb.
    pub width: f64,
    /// Across the footway.
    pub depth: f64,
    /// From the kerb.
    pub kerb_offset: f64,
    /// Whether no rule says how large it is, and it was assumed.
    pub assumed: bool,
}

/// How many of some streets have which width assumed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Assumed {
    /// Streets.
    pub of: usize,
    /// With any width assumed.
    pub streets: usize,
    /// With their carriageway assumed.
    pub carriageway: usize,
    /// With their lanes assumed.
    pub lanes: usize,
    /// With a footway assumed.
    pub footway: usize,
}

/// What is demanded.
pub struct Demands {
    /// Streets for the kernel; their numbers are those of [`Site::pieces`].
    pub streets: Vec<Street>,
    /// What each rule forbids.
    pub forbidden: BTreeMap<legal::Rule, Vec<Forbidden>>,
    /// How stalls stand in a row, all rules taken together.
    pub terms: Terms,
    /// The rules of the waterfall, in order.
    pub order: Vec<legal::Rule>,
    /// How large a stall is.
    pub stall: Stall,
    /// Numbers that are not to be exceeded.
    pub caps: Vec<(String, Cap)>,
    /// The widths of each street, by its number in [`Site::streets`].
    pub widths: Vec<StreetWidths>,
}

impl Demands {
    /// Refuses a rule that is limited to some streets and of a kind that cannot be.
    pub fn of(
        plan: &Plan,
        set: &RuleSet,
        zones: &[Arc<Zone>],
        site: &Site,
        numbers: &mut Numbers,
    ) -> Result<Demands, ModelError> {
        let applied: Vec<&Rule> = set.rules().iter().filter(|r| r.is_measured() && r.only().trade.is_none()).collect();
        applied.iter().try_for_each(|rule| is_for_all(rule))?;
        let stall = stall(&applied);
        let terms = terms(&applied, stall.width, numbers);
        let widths: Vec<StreetWidths> =
            site.streets.iter().map(|street| widths(street, plan.widths.get(&street.feature.code))).collect();
        let drawn = Zoned::new(zones, site.plane, site);
        let mut demands = Demands {
            streets: Vec::new(),
            forbidden: BTreeMap::new(),
            terms,
            order: Vec::new(),
            stall,
            caps: Vec::new(),
            widths,
        };
        demands.streets = demands.kernel_streets(site, &applied, numbers);
        for rule in &applied {
            let number = numbers.of(rule.key().as_str());
            let forbids = match rule.requirement() {
                Requirement::MinDistance { of, distance, from, .. } => near(site, number, of, distance.meters(), *from),
                Requirement::Outside { of: Place::Zone(class), .. } => surface(number, drawn.union(&[*class])),
                Requirement::Outside { of: Place::Measured(of), .. } => {
                    near(site, number, of, Meters(0.0), MeasuredFrom::Edge)
                }
                Requirement::Inside { of: Place::Zone(class) } => surface(number, drawn.outside(&[*class])),
                Requirement::Inside { of: Place::Measured(of) } => {
                    let areas = site
                        .things
                        .iter()
                        .filter(|thing| of.picks(&thing.feature))
                        .filter_map(|t| polygons(&t.geometry));
                    surface(number, drawn.beyond(&unary_union(&areas.collect::<Vec<_>>())))
                }
                // Beside a limited street stalls stand in zones that are drawn there.
                Requirement::StreetClass(_) => {
                    surface(number, drawn.outside(&[ZoneClass::Allowed, ZoneClass::Restricted]))
                }
                Requirement::ClearWidth { .. }
                | Requirement::FootwayWidth { .. }
                | Requirement::OneSideOnly
                | Requirement::Spacing { .. }
                | Requirement::GapEvery { .. } => Vec::new(),
                Requirement::Cap(cap) => {
                    demands.caps.push((rule.key().to_string(), cap.clone()));
                    if !matches!(cap, Cap::Stalls(..)) {
                        continue;
                    }
                    Vec::new()
                }
                _ => continue,
            };
            let forbids = demands.beside_some(site, rule, forbids);
            demands.order.push(number);
            if !forbids.is_empty() {
                demands.forbidden.insert(number, forbids);
            }
        }
        demands.add_drawn(plan, &applied, &drawn, numbers);
        Ok(demands)
    }

    /// What a rule forbids, where it holds beside some streets only.
    fn beside_some(&self, site: &Site, rule: &Rule, forbids: Vec<Forbidden>) -> Vec<Forbidden> {
        let limited = |street: &SiteStreet| rule.requirement().verdict(street.class) == Some(StreetVerdict::Limited);
        let by_class = matches!(rule.requirement(), Requirement::StreetClass(_));
        if rule.only().is_all() && !by_class {
            return forbids;
        }
        let holds = |piece: &&(u32, &Piece)| {
            let street = &site.streets[piece.1.street];
            let lanes = self.widths[piece.1.street].lanes.value;
            rule.only().covers(street.class, lanes, None) && (!by_class || limited(street))
        };
        let pieces: Vec<(u32, &Piece)> = (0..).zip(&site.pieces).collect();
        let only: Arc<[u32]> = pieces.iter().filter(holds).map(|(id, _)| *id).collect();
        if only.is_empty() {
            return Vec::new();
        }
        forbids.into_iter().map(|forbidden| Forbidden { only: Some(Arc::clone(&only)), ..forbidden }).collect()
    }

    /// What drawn zones say beside the rule set.
    fn add_drawn(&mut self, plan: &Plan, applied: &[&Rule], drawn: &Zoned<'_>, numbers: &mut Numbers) {
        let told = applied.iter().any(|rule| {
            matches!(rule.requirement(), Requirement::Outside { of: Place::Zone(ZoneClass::Forbidden), .. })
        });
        let mut add = |key: &str, forbidden: Option<MultiPolygon<f64>>| {
            let number = numbers.of(key);
            self.order.push(number);
            let forbids = surface(number, forbidden);
            if !forbids.is_empty() {
                self.forbidden.insert(number, forbids);
            }
        };
        if !told && drawn.any(ZoneClass::Forbidden) {
            add(ZONES_FORBIDDEN, drawn.union(&[ZoneClass::Forbidden]));
        }
        if plan.zones_only {
            add(ZONES_ONLY, drawn.outside(&[ZoneClass::Allowed, ZoneClass::Restricted]));
        }
    }

    /// Streets with their carriageways, and the sides on which a stall fits.
    fn kernel_streets(&self, site: &Site, applied: &[&Rule], numbers: &mut Numbers) -> Vec<Street> {
        let Stall { depth, kerb_offset, .. } = self.stall;
        let one = |(id, piece): (usize, &Piece)| {
            let street = &site.streets[piece.street];
            let widths = &self.widths[piece.street];
            let (kerb, footways, offset) = if street.class.is_for_walking() {
                // Stalls stand along the edges of the walk, and people walk between them.
                let half = widths.carriageway.value.0 / 2.0;
                (0.0, [half, half], half - depth)
            } else {
                (widths.carriageway.value.0 / 2.0, [widths.left.value.0, widths.right.value.0], kerb_offset)
            };
            let mut beside = |footway: f64| {
                let clear_width =
                    if street.class.is_for_walking() { 2.0 * offset } else { footway - kerb_offset - depth };
                let fits = piece.inside && footway > 0.0 && offset >= 0.0 && clear_width >= 0.0;
                fits.then(|| {
                    let refused = applied.iter().filter(|rule| refuses(rule, street, widths, footway, clear_width));
                    let refused = refused.map(|rule| numbers.of(rule.key().as_str())).collect();
                    Side { offset_min: offset, depth, clear_width, refused }
                })
            };
            let sides = footways.map(&mut beside);
            let id = u32::try_from(id).unwrap_or(u32::MAX);
            Street { id, line: piece.line.clone(), kerb, sides }
        };
        site.pieces.iter().enumerate().map(one).collect()
    }
}

/// Everything within a distance of what a rule is measured by.
fn near(site: &Site, rule: legal::Rule, of: &Measure, distance: Meters, from: MeasuredFrom) -> Vec<Forbidden> {
    let thing = |feature: &ContextFeature, geometry: &Geometry<f64>| {
        let geometry = match from {
            MeasuredFrom::Edge => geometry.clone(),
            MeasuredFrom::Point => Geometry::Point(geometry.centroid()?),
        };
        let itself = if polygons(&geometry).is_some() { 0.0 } else { ITSELF };
        let half = if from == MeasuredFrom::Edge { half_width(feature) } else { 0.0 };
        Some(Forbidden { rule, geometry, distance: (distance.0 + half).max(itself), only: None })
    };
    let mapped = site.things.iter().filter(|t| of.picks(&t.feature)).filter_map(|t| thing(&t.feature, &t.geometry));
    let mut near: Vec<Forbidden> = mapped.collect();
    if of.picks(&computed_junction()) {
        let at = site.junctions.iter().map(|at| Geometry::Point((*at).into()));
        near.extend(at.map(|geometry| Forbidden { rule, geometry, distance: distance.0.max(ITSELF), only: None }));
    }
    near
}

/// From the line of a street to its kerb; 0 for everything else.
fn half_width(feature: &ContextFeature) -> f64 {
    match feature.kind.parse() {
        Ok(class) if feature.class == ContextClass::Street => {
            assumed_widths().of(class, |key| tag(feature, key)).carriageway.value.0 / 2.0
        }
        _ => 0.0,
    }
}

/// A junction as rules pick one; where it is stands in [`Site::junctions`].
fn computed_junction() -> ContextFeature {
    ContextFeature {
        code: Code::new("junction").expect("a code"),
        class: ContextClass::Junction,
        kind: "streets".into(),
        name: None,
        tags: serde_json::Map::new(),
        geometry: Geometry::Point(geo::Point::new(0.0, 0.0)),
    }
}

fn tag<'a>(feature: &'a ContextFeature, key: &str) -> Option<&'a str> {
    feature.tags.get(key).and_then(serde_json::Value::as_str)
}

/// Refuses a size or a row that only some streets must keep: a plan has one stall for all.
fn is_for_all(rule: &Rule) -> Result<(), ModelError> {
    use Requirement::{Cap, Footprint, GapEvery, KerbOffset, OneSideOnly, Spacing};
    let for_all = matches!(
        rule.requirement(),
        Footprint { .. } | KerbOffset { .. } | GapEvery { .. } | OneSideOnly | Spacing { .. } | Cap(_)
    );
    if !for_all || rule.only().is_all() {
        return Ok(());
    }
    let kind = rule.requirement().kind();
    let expected = format!("absent on rule {}: one of kind {kind} holds beside all streets", rule.key());
    Err(ModelError::new("only", "a scope", expected))
}

/// Whether a rule refuses a whole side.
fn refuses(rule: &Rule, street: &SiteStreet, widths: &StreetWidths, footway: f64, clear_width: f64) -> bool {
    let lanes = widths.lanes.value;
    // A millionth of a metre is what feet lose on their way to metres.
    let narrower = |width: f64, least: Meters| width < least.0 - 1e-6;
    rule.only().covers(street.class, lanes, None)
        && (rule.requirement().verdict(street.class) == Some(StreetVerdict::Denied)
            || rule.requirement().clear_width(lanes).is_some_and(|least| narrower(clear_width, least))
            || rule.requirement().footway_width().is_some_and(|least| narrower(footway, least)))
}

/// The smallest of what the rules allow at most, at the least offset that they all allow.
fn stall(applied: &[&Rule]) -> Stall {
    let (mut width, mut depth, mut area, mut offset) = (None::<f64>, None::<f64>, None::<f64>, 0.0_f64);
    let least = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::min);
    for rule in applied {
        match rule.requirement() {
            Requirement::Footprint { width: w, depth: d, max_area, .. } => {
                width = least(width, w.map(|l| l.meters().0));
                depth = least(depth, d.map(|l| l.meters().0));
                area = least(area, max_area.map(Surface::square_meters));
            }
            Requirement::KerbOffset { min: Some(min), .. } => offset = offset.max(min.meters().0),
            _ => {}
        }
    }
    let assumed = width.is_none() && depth.is_none() && area.is_none();
    let mut size = (width.unwrap_or(STALL.0), depth.unwrap_or(STALL.1));
    if let Some(area) = area.filter(|area| size.0 * size.1 > *area) {
        // What was not told gives way; where both were, the length along the kerb.
        size = if width.is_some() && depth.is_none() { (size.0, area / size.0) } else { (area / size.1, size.1) };
    }
    Stall { width: size.0, depth: size.1, kerb_offset: offset, assumed }
}

/// How stalls stand: of several rules of one sort the strictest.
fn terms(applied: &[&Rule], stall_width: f64, numbers: &mut Numbers) -> Terms {
    let mut terms =
        Terms { stall_width, spacing: None, gap_every: None, one_side: None, most_in_row: None, most: None };
    for rule in applied {
        let number = numbers.of(rule.key().as_str());
        match rule.requirement() {
            Requirement::Spacing { distance } => {
                let own = distance.meters().0;
                if terms.spacing.is_none_or(|(_, spacing)| own > spacing) {
                    terms.spacing = Some((number, own));
                }
            }
            Requirement::GapEvery { stalls, length } => {
                let own = (u32::from(stalls.get()), length.meters().0);
                let stricter =
                    |(_, every, gap): (legal::Rule, u32, f64)| own.0 < every || own.0 == every && own.1 > gap;
                if terms.gap_every.is_none_or(stricter) {
                    terms.gap_every = Some((number, own.0, own.1));
                }
            }
            Requirement::OneSideOnly => terms.one_side = Some(number),
            Requirement::Cap(Cap::Stalls(most, _)) => {
                let own = u64::from(most.get());
                if terms.most.is_none_or(|(_, most)| own < most) {
                    terms.most = Some((number, own));
                }
            }
            _ => {}
        }
    }
    terms
}

/// The widths of a street: as somebody measured them, else as its tags or its class say.
fn widths(street: &SiteStreet, measured: Option<&MeasuredWidths>) -> StreetWidths {
    let told = assumed_widths().of(street.class, |key| tag(&street.feature, key));
    measured.map_or(told, |measured| told.with(measured))
}

/// What was assumed of some streets, by their numbers in [`Site::streets`].
pub fn assumed(site: &Site, widths: &[StreetWidths], streets: &BTreeSet<usize>) -> Assumed {
    let mut assumed = Assumed { of: streets.len(), ..Assumed::default() };
    for street in streets.iter().copied() {
        let of = &widths[street];
        let footway = !site.streets[street].class.is_for_walking() && (of.left.is_assumed() || of.right.is_assumed());
        assumed.carriageway += usize::from(of.carriageway.is_assumed());
        assumed.lanes += usize::from(of.lanes.is_assumed());
        assumed.footway += usize::from(footway);
        assumed.streets += usize::from(of.carriageway.is_assumed() || of.lanes.is_assumed() || footway);
    }
    assumed
}

fn polygons(geometry: &Geometry<f64>) -> Option<MultiPolygon<f64>> {
    match geometry {
        Geometry::Polygon(p) => Some(MultiPolygon(vec![p.clone()])),
        Geometry::MultiPolygon(m) => Some(m.clone()),
        Geometry::Rect(r) => Some(MultiPolygon(vec![r.to_polygon()])),
        _ => None,
    }
}

fn surface(rule: legal::Rule, surface: Option<MultiPolygon<f64>>) -> Vec<Forbidden> {
    let of = surface.filter(|surface| !surface.0.is_empty());
    of.map(|surface| Forbidden { rule, geometry: surface.into(), distance: 0.0, only: None }).into_iter().collect()
}

/// Drawn zones on the plane.
struct Zoned<'a> {
    zones: &'a [Arc<Zone>],
    plane: Plane,
    around: Rect<f64>,
}

impl<'a> Zoned<'a> {
    fn new(zones: &'a [Arc<Zone>], plane: Plane, site: &Site) -> Zoned<'a> {
        const BEYOND: f64 = 1_000.0;
        let ground = site.region.map_coords(|c| plane.project(c)).bounding_rect();
        let ground = ground.unwrap_or_else(|| Rect::new((0.0, 0.0), (0.0, 0.0)));
        let by = Coord { x: BEYOND, y: BEYOND };
        Zoned { zones, plane, around: Rect::new(ground.min() - by, ground.max() + by) }
    }

    fn any(&self, class: ZoneClass) -> bool {
        self.zones.iter().any(|zone| zone.class == class)
    }

    /// All zones of some classes together; `None` where there is none.
    fn union(&self, classes: &[ZoneClass]) -> Option<MultiPolygon<f64>> {
        let chosen = self.zones.iter().filter(|zone| classes.contains(&zone.class));
        let flat: Vec<MultiPolygon<f64>> =
            chosen.map(|zone| zone.geometry.map_coords(|c| self.plane.project(c))).collect();
        match &flat[..] {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(unary_union(several)),
        }
    }

    /// Everything but the zones of some classes.
    fn outside(&self, classes: &[ZoneClass]) -> Option<MultiPolygon<f64>> {
        self.beyond(&self.union(classes).unwrap_or_else(|| MultiPolygon(Vec::new())))
    }

    /// Everything around the ground but a surface.
    #[allow(clippy::unnecessary_wraps)] // as `union`
    fn beyond(&self, surface: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
        Some(self.around.to_polygon().difference(surface))
    }
}
