use super::{CampaignId, Code, Level, ModelError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What was published at one moment about one campaign, and what the next edition has to know of it so that the two together reveal
/// nothing.
///
/// Figures are published of *atoms*, groups of pieces; a piece is the households of one Area that are in no narrower Area of the
/// edition's levels. All campaigns share one set of atoms. An edition is written before anything of it is shown, and played again
/// in the order of numbers it gives what was published: what is lost of it could be revealed by the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Counted from 1, over all campaigns.
    pub number: u32,
    /// About which campaign.
    pub campaign: CampaignId,
    /// Of which moment its figures are.
    pub at: Timestamp,
    /// The change that came last before that moment.
    pub of: u64,
    /// When the campaign began: nobody had been visited in it then.
    pub begun: Date,
    /// The narrowest level of which figures are published; the same in all editions.
    pub level: Level,
    /// The Areas of that level and those above, parents by their place in this list; `None` where they are those of the edition before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Vec<Unit>>,
    /// How many atoms there are from now on.
    pub atoms: u32,
    /// Atoms that became a part of another, `[from, into]`, in this order: borders between them have moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<(u32, u32)>,
    /// Atoms that are shown for the first time, or again: `[atom, eligible, visited]`; the first
    /// time, none visited is what was when the campaign began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<(u32, u64, u64)>,
    /// Atoms of which one figure moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<Moved>,
}

/// An Area of an edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Which.
    pub code: Code,
    /// The place of the one that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u32>,
    /// The atom of its piece; `None` as long as there is none that is safe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atom: Option<u32>,
}

/// A figure of an atom that became another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Of which atom.
    pub atom: u32,
    /// Which figure.
    pub column: Column,
    /// What it became.
    pub value: u64,
}

/// What is published of an atom; how many were not visited is what remains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Eligible households.
    Eligible,
    /// Those with a counted visit in the campaign.
    Visited,
}

impl Edition {
    /// Refuses one that names an Area or an atom that is not there.
    pub fn check(self) -> Result<Edition, ModelError> {
        let units = self.units.as_deref().unwrap_or_default();
        let parents = units.iter().filter_map(|unit| unit.parent);
        if let Some(parent) = parents.into_iter().find(|parent| *parent as usize >= units.len()) {
            return Err(ModelError::new("parent", parent, format!("a place below {}", units.len())));
        }
        let of_units = units.iter().filter_map(|unit| unit.atom);
        let joined = self.joined.iter().flat_map(|(from, into)| [*from, *into]);
        let shown = self.opened.iter().map(|(atom, ..)| *atom).chain(self.moved.iter().map(|moved| moved.atom));
        match of_units.chain(joined).chain(shown).find(|atom| *atom >= self.atoms) {
            Some(atom) => Err(ModelError::new("atom", atom, format!("below {}", self.atoms))),
            None => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Change;

    fn edition() -> Edition {
        let unit = |code: &str, parent, atom| Unit { code: Code::new(code).unwrap(), parent, atom };
        Edition {
            number: 2,
            campaign: CampaignId(1),
            at: Timestamp::from_second(1_760_000_000).unwrap(),
            of: 17,
            begun: jiff::civil::date(2026, 10, 1),
            level: Level::Grid,
            units: Some(vec![unit("7001", None, None), unit("G1", Some(0), Some(1))]),
            atoms: 2,
            joined: vec![(0, 1)],
            opened: vec![(1, 120, 0)],
            moved: vec![Moved { atom: 0, column: Column::Visited, value: 40 }],
        }
    }

    #[test]
    fn an_edition_is_read_as_it_was_written() {
        let change = Change::EditionPublished(Box::new(edition()));
        assert_eq!(Change::read(change.kind(), &change.body()).unwrap(), change);
        assert_eq!(change.key(), "2");
    }

    #[test]
    fn an_edition_of_what_is_not_there_is_refused() {
        assert!(edition().check().is_ok());
        for bad in [
            Edition { atoms: 1, ..edition() },
            Edition { joined: vec![(1, 2)], ..edition() },
            Edition { opened: vec![(2, 10, 10)], ..edition() },
            Edition {
                units: Some(vec![Unit { code: Code::new("G1").unwrap(), parent: Some(1), atom: None }]),
                ..edition()
            },
        ] {
            assert!(bad.check().is_err());
        }
    }
}
