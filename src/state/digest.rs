//! One number for all that the map holds, so that two of them can be compared.

use super::State;
use sha2::{Digest, Sha256};
use std::fmt::{Debug, Write};

impl State {
    /// SHA-256 over every entity, assignment and tally, in a fixed order; hexadecimal. Equal digests mean equal answers. Costs some 2 µs a household.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut line = String::new();
        let mut put = |row: &dyn Debug| {
            line.clear();
            writeln!(line, "{row:?}").expect("writing to a String cannot fail");
            hash.update(line.as_bytes());
        };
        put(&(self.seq, self.at, &self.info));
        let campaigns: Vec<_> = std::iter::once(None).chain(self.campaigns.all().map(|one| Some(one.id))).collect();
        for id in self.areas.ids() {
            let entry = self.areas.get(id);
            put(&(&entry.area, entry.in_force, entry.parent, entry.outline.zooms()));
            for campaign in &campaigns {
                let (tally, answers) = (self.areas.tally(id, *campaign), self.areas.answers(id, *campaign));
                if tally.households > 0 {
                    put(&(campaign, tally, answers));
                }
            }
        }
        for id in self.households.ids() {
            put(&self.households.view(id));
            let mut standing: Vec<_> = self.visits.outcomes(id).collect();
            standing.sort_unstable();
            put(&standing);
            for visit in self.visits.of(id) {
                put(&visit);
            }
        }
        put(&(self.areas.former(), self.households.former()));
        for campaign in self.campaigns.all() {
            put(campaign);
        }
        for template in self.ledgers.all() {
            put(template);
        }
        for (campaign, target) in self.campaigns.targets() {
            put(&(campaign, target.len(), target.decisions()));
            put(&target.members().collect::<Vec<_>>());
        }
        put(&self.teams.rows());
        put(&self.answers.rows());
        for (_, feature) in self.context.all() {
            put(feature);
        }
        put(&(self.context_seq, self.areas_seq, self.heard));
        put(&self.editions);
        self.drawings.rows(|row| put(row));
        for row in self.pyramid.rows() {
            put(&row);
        }
        put(&self.people);
        // What the R-tree finds, not what it is built of: its shape depends on the order of the changes.
        let mut found = Vec::with_capacity(self.households.len());
        self.points.within(&crate::geom::LatticeRect::WORLD, |spot| found.push((spot.id, spot.at)));
        found.sort_unstable_by_key(|(id, _)| *id);
        put(&found);
        hash.finalize().iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
            hex
        })
    }
}
