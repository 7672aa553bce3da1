//! Signs that a rate was improved by coding: who takes more households out of the denominator than the others do.
//!
//! A household that is coded `vacant`, `demolished` or `duplicate` is no longer eligible, so coverage rises without a visit. Each
//! member's share of such codes is compared with that of all others by the funnel of [`super::funnel`], exactly: as if the codes had
//! been dealt by lot to the households of all. A sign is a reason to look at the households, and no finding: an old town has empty
//! houses, and who was given it codes them. It is for those who check, it is not published, and it scores nobody.

use super::funnel::{Chance, Funnel, Position};
use super::{Rate, RatesError};

/// What one member coded. (Merged households are left out: a merger shows where the other household went.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Coded {
    /// All households that the member answers for, eligible or not.
    pub households: u32,
    /// Of them coded vacant.
    pub vacant: u32,
    /// Of them coded demolished.
    pub demolished: u32,
    /// Of them coded duplicate.
    pub duplicate: u32,
}

/// Which codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Exclusion {
    /// All three together.
    Any,
    /// Nobody lives there.
    Vacant,
    /// The house is gone.
    Demolished,
    /// It is there twice.
    Duplicate,
}

impl Exclusion {
    /// In the order of [`Exclusions::funnels`].
    pub const ALL: [Exclusion; 4] = [Exclusion::Any, Exclusion::Vacant, Exclusion::Demolished, Exclusion::Duplicate];

    fn rate(self, of: &Coded) -> Result<Rate, RatesError> {
        let any = of.vacant.saturating_add(of.demolished).saturating_add(of.duplicate);
        let count = match self {
            Exclusion::Any => any,
            Exclusion::Vacant => of.vacant,
            Exclusion::Demolished => of.demolished,
            Exclusion::Duplicate => of.duplicate,
        };
        Rate::new(count, of.households)
    }
}

/// The funnels over members.
#[derive(Debug, Clone, PartialEq)]
pub struct Exclusions {
    /// Of each of [`Exclusion::ALL`]; units are the members in the order given.
    pub funnels: [Funnel; 4],
}

/// A member who codes more than the others by more than chance explains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sign {
    /// Index of the member.
    pub member: usize,
    /// Which codes.
    pub code: Exclusion,
    /// The member's share of households so coded.
    pub share: f64,
    /// That of all members.
    pub overall: f64,
    /// Whether the member is outside even when members differ as much as these do: the stronger sign.
    pub beyond_scatter: bool,
}

/// Compares members; none where there is no household. Refuses more codes than households.
///
/// Tests are four for each member, at 0.1 % each: of 250 members one may be named by chance.
pub fn exclusions(members: &[Coded]) -> Result<Option<Exclusions>, RatesError> {
    let funnel = |code: Exclusion| -> Result<Option<Funnel>, RatesError> {
        let units: Vec<Rate> = members.iter().map(|m| code.rate(m)).collect::<Result<_, _>>()?;
        Chance::dealt(&units).map(|chance| Funnel::of(&units, chance)).transpose()
    };
    let [any, vacant, demolished, duplicate] = Exclusion::ALL.map(funnel);
    let all = (any?, vacant?, demolished?, duplicate?);
    let (Some(any), Some(vacant), Some(demolished), Some(duplicate)) = all else { return Ok(None) };
    Ok(Some(Exclusions { funnels: [any, vacant, demolished, duplicate] }))
}

impl Exclusions {
    /// Members above the 99.8 % limit, by member, then code. Below it is no sign: who codes little gains nothing.
    pub fn signs(&self) -> Vec<Sign> {
        let of_code = |(code, funnel): (Exclusion, &Funnel)| -> Vec<Sign> {
            let sign = |(member, unit): (usize, &Option<super::funnel::Placed>)| {
                let unit = unit.filter(|u| u.by_chance == Position::Above998)?;
                let beyond_scatter = unit.position == Position::Above998;
                Some(Sign { member, code, share: unit.rate, overall: funnel.chance.center(), beyond_scatter })
            };
            funnel.units.iter().enumerate().filter_map(sign).collect()
        };
        let mut signs: Vec<Sign> = Exclusion::ALL.into_iter().zip(&self.funnels).flat_map(of_code).collect();
        signs.sort_by_key(|s| (s.member, s.code));
        signs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    fn league(seed: u64, members: u32) -> Vec<Coded> {
        let mut rng = StdRng::seed_from_u64(seed);
        let member = |_| {
            let households = rng.random_range(40..300);
            let mut coded = Coded { households, ..Coded::default() };
            for _ in 0..households {
                match rng.random_range(0..100) {
                    0..6 => coded.vacant += 1,
                    6 => coded.demolished += 1,
                    7 => coded.duplicate += 1,
                    _ => {}
                }
            }
            coded
        };
        (0..members).map(member).collect()
    }

    #[test]
    fn who_codes_more_than_the_others_is_named_with_the_code() {
        let mut members = league(1, 40);
        let by_chance = exclusions(&members).unwrap().unwrap().signs();
        members[7].vacant += 30;
        members[9].duplicate += 12;
        let signs = exclusions(&members).unwrap().unwrap().signs();
        let named: Vec<(usize, Exclusion)> = signs.iter().map(|s| (s.member, s.code)).collect();
        assert!(named.contains(&(7, Exclusion::Vacant)) && named.contains(&(7, Exclusion::Any)), "{named:?}");
        assert!(named.contains(&(9, Exclusion::Duplicate)) && !named.contains(&(9, Exclusion::Vacant)), "{named:?}");
        let there_before = |s: &Sign| by_chance.iter().any(|b| (b.member, b.code) == (s.member, s.code));
        assert!(signs.iter().all(|s| [7, 9].contains(&s.member) || there_before(s)), "{signs:?}");
        assert!(signs.iter().all(|s| s.share > s.overall) && by_chance.len() <= 2);
        assert!(signs.is_sorted_by_key(|s| (s.member, s.code)));
    }

    #[test]
    fn hardly_anybody_is_named_by_chance() {
        let signs: usize = (0..100).map(|seed| exclusions(&league(seed, 50)).unwrap().unwrap().signs().len()).sum();
        // 5,000 members, four tests each at 0.1 % or less: 20 at the most are expected, give or take 4.5.
        assert!((1..=33).contains(&signs), "{signs}");
    }

    #[test]
    fn where_members_differ_only_what_is_beyond_their_scatter_is_the_stronger_sign() {
        let mut members: Vec<Coded> =
            (0..60).map(|i| Coded { households: 400, vacant: 10 + 4 * (i % 20), ..Coded::default() }).collect();
        members[3].vacant = 330;
        let signs = exclusions(&members).unwrap().unwrap().signs();
        let beyond: Vec<usize> =
            signs.iter().filter(|s| s.beyond_scatter && s.code == Exclusion::Vacant).map(|s| s.member).collect();
        assert_eq!(beyond, [3]);
        assert!(signs.len() > 10, "{}", signs.len());
    }

    #[test]
    fn a_member_is_compared_with_the_others_and_not_with_itself() {
        // Nine tenths of all households are one member's. Around the overall rate of 10.9 % its 12 % would pass; the others have 1 %.
        let most = Coded { households: 900, vacant: 108, ..Coded::default() };
        let other = Coded { households: 100, vacant: 1, ..Coded::default() };
        let signs = exclusions(&[most, other]).unwrap().unwrap().signs();
        assert_eq!(signs.iter().map(|s| s.member).collect::<Vec<_>>(), [0, 0]);
        let units = [Rate::new(108, 900).unwrap(), Rate::new(1, 100).unwrap()];
        let pooled = Funnel::of(&units, Chance::pooled(&units).unwrap()).unwrap();
        assert_eq!(pooled.units[0].unwrap().by_chance, Position::Within);
    }

    #[test]
    fn impossible_counts_are_refused_and_nobody_gives_nothing() {
        let over = Coded { households: 3, vacant: 2, demolished: 2, duplicate: 0 };
        assert!(exclusions(&[over]).is_err());
        assert_eq!(exclusions(&[]), Ok(None));
        assert_eq!(exclusions(&[Coded::default()]), Ok(None));
    }
}
