//! Borders that moved between two editions: which atoms are one from then on.
//!
//! # Why they are joined
//!
//! Households that a border hands from one atom to another make the one smaller and the other larger by as many. Where some atoms'
//! figures move and others' stay, as small changes do, whoever knows the borders could add up what is left: 5 that went to the
//! second atom, when the first is 15 fewer and a third is 10 more. So atoms between which at least one household was handed over are
//! joined to one, which has the same households as before: what went from one part of it to another is in none of its figures. What
//! was published of the parts is remembered, and the joined atom is shown again only when each figure of it, and what remains, is 0 or
//! at least ten away from every sum of what was published of them (`analysis::suppression`).
//!
//! Households of today are looked up in the borders of the last edition, each where it is now: that is what borders alone do. One that
//! came, went or was moved is a change like any other. What a border hands to no Area, or takes from none, leaves or enters an atom
//! like somebody who moves away or in: outside of all Areas nothing is published.

use super::pieces::Pieces;
use crate::geom::LonLat;
use crate::model::{Code, Unit};
use crate::state::{AreaId, State};
use hashbrown::{HashMap, HashSet};

/// A household's position and its piece today.
pub(super) type Home = (LonLat, Option<u32>);

/// Which pieces of the last edition handed households to which of today, by code; those that kept theirs are not listed.
pub(super) fn handed_over(old: &State, then: &Pieces, now: &[Unit], homes: &[Home]) -> Vec<(Code, Code)> {
    let mut pieces: HashMap<Option<AreaId>, Option<u32>> = HashMap::new();
    let mut found: HashSet<(u32, u32)> = HashSet::new();
    for (at, today) in homes {
        let lowest = old.area_at(*at);
        let before = *pieces.entry(lowest).or_insert_with(|| then.place(old, lowest));
        if let (Some(before), Some(today)) = (before, today)
            && then.units[before as usize].code != now[*today as usize].code
        {
            found.insert((before, *today));
        }
    }
    let code =
        |(before, today): (u32, u32)| (then.units[before as usize].code.clone(), now[today as usize].code.clone());
    let mut found: Vec<(Code, Code)> = found.into_iter().map(code).collect();
    found.sort_unstable();
    found
}

/// Atoms after borders moved: which become part of which, and of which atom a code is a piece.
pub(super) struct Joined {
    pub atoms: HashMap<Code, u32>,
    pub joined: Vec<(u32, u32)>,
}

/// Joins what handed households over. `atoms` are those of the pieces so far.
pub(super) fn join(mut atoms: HashMap<Code, u32>, pairs: &[(Code, Code)]) -> Joined {
    let mut joined = Vec::new();
    // A new piece may hand on to a newer one before it is known whose part it is: until nothing changes.
    let mut again = true;
    while std::mem::take(&mut again) {
        for (a, b) in pairs {
            match (atoms.get(a).copied(), atoms.get(b).copied()) {
                (Some(x), Some(y)) if x != y => {
                    let (into, from) = (x.min(y), x.max(y));
                    joined.push((from, into));
                    atoms.values_mut().filter(|atom| **atom == from).for_each(|atom| *atom = into);
                    again = true;
                }
                (Some(x), None) => again = atoms.insert(b.clone(), x).is_none() || again,
                (None, Some(y)) => again = atoms.insert(a.clone(), y).is_none() || again,
                _ => {}
            }
        }
    }
    Joined { atoms, joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_handed_over_are_one_atom_through_any_chain_and_others_stay() {
        let code = |text: &str| Code::new(text).unwrap();
        let atoms =
            [("A", 0), ("B", 1), ("C", 2), ("D", 3)].map(|(name, atom)| (code(name), atom)).into_iter().collect();
        let pairs = [("A", "N1"), ("N1", "N2"), ("C", "N2"), ("M", "N3")].map(|(a, b)| (code(a), code(b)));
        let Joined { atoms, joined } = join(atoms, &pairs);
        assert_eq!(joined, [(2, 0)]);
        let of = |name: &str| atoms.get(&code(name)).copied();
        assert_eq!(["A", "C", "N1", "N2"].map(of), [Some(0); 4]);
        assert_eq!(["B", "D", "M", "N3"].map(of), [Some(1), Some(3), None, None]);
    }
}
