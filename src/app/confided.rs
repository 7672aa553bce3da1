//! What households confide: sealed on its way in, opened at the moment when somebody may see it.

use super::keyfile::found_keys;
use super::seal::Keyring;
use super::{App, AppError};
use crate::model::collection::Collection;
use crate::model::{Change, Code, Confided, ConfidedField, Datum, Feature, Sealed};
use crate::state::State;
use crate::store::Record;
use parking_lot::Mutex;
use std::path::Path;
use std::sync::Arc;

/// Seals what comes in. Its key is read, or founded, when the first text needs it: who imports none needs no key.
pub(super) struct Sealer<'a> {
    file: Option<&'a Path>,
    /// The store holds sealed texts already, which a fresh key would not open.
    used: bool,
    keys: Mutex<Option<Arc<Keyring>>>,
}

impl<'a> Sealer<'a> {
    /// With the keys of a file, founded at first need unless the store was `used` with a key before.
    pub fn new(file: Option<&'a Path>, used: bool) -> Sealer<'a> {
        Sealer { file, used, keys: Mutex::new(None) }
    }

    /// Seals what a household confides.
    ///
    /// # Errors
    /// [`AppError::KeyNeeded`] and [`AppError::KeyFile`] where there is no key to seal with.
    pub fn seal(&self, code: &Code, open: &Confided<String>) -> Result<Confided<Sealed>, AppError> {
        if open.is_empty() {
            return Ok(Confided::default());
        }
        let keys = self.keys()?;
        let Confided { contact, needs } = open.map(|field, text| keys.seal(code, field, text).ok_or(AppError::Fault));
        Ok(Confided { contact: contact.transpose()?, needs: needs.transpose()? })
    }

    fn keys(&self) -> Result<Arc<Keyring>, AppError> {
        let mut keys = self.keys.lock();
        if let Some(keys) = &*keys {
            return Ok(Arc::clone(keys));
        }
        let path = self.file.ok_or(AppError::KeyNeeded)?;
        if self.used && !path.exists() {
            let what = "is not there, and its key opens what the store holds: bring it back, or begin anew with \
                        `melonmap key new`, which leaves that closed";
            return Err(AppError::KeyFile { path: path.to_owned(), what: what.to_owned() });
        }
        Ok(Arc::clone(keys.insert(Arc::new(found_keys(path)?))))
    }
}

/// Whether a change of the store holds something sealed. Most are told by their text, without parsing them.
pub(super) fn is_sealed(record: &Record<'_>) -> bool {
    let read = || Change::read(record.kind, record.body);
    let holds = |change| match change {
        Change::HouseholdPut(household) => !household.confided.is_empty(),
        Change::VisitMade(visit) => visit.needs.is_some(),
        _ => false,
    };
    record.body.contains(Sealed::MARK) && read().is_ok_and(holds)
}

/// What the keys at hand open of a household's confidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Opened {
    /// The texts that they open.
    pub texts: Confided<String>,
    /// Something stays closed: its key is missing, or it was altered.
    pub closed: bool,
}

impl Opened {
    pub fn of(keys: &Keyring, code: &str, sealed: &Confided<Sealed>) -> Opened {
        let Confided { contact, needs } = sealed.map(|field, sealed| keys.open(code, field, sealed));
        let closed = contact == Some(None) || needs == Some(None);
        Opened { texts: Confided { contact: contact.flatten(), needs: needs.flatten() }, closed }
    }
}

impl App {
    /// Opens what the households of these items confide, where `shown` says that the caller may see it. The state is asked for
    /// the sealed bytes; they are opened without it.
    pub(super) fn open_items(&self, features: &mut [Feature], shown: impl Fn(usize) -> bool) {
        let collection = Collection::Households;
        let place = |name: &str| collection.fields().iter().position(|field| field.name == name);
        let places = ConfidedField::ALL.map(|field| (field, place(field.as_str())));
        let sealed: Vec<Option<Confided<Sealed>>> = {
            let state = self.state.read();
            if state.all_confided().next().is_none() {
                return;
            }
            features.iter().map(|feature| state.household(&feature.id)?.confided.cloned()).collect()
        };
        for (feature, sealed) in features.iter_mut().zip(sealed) {
            let Some(sealed) = sealed else { continue };
            let opened = Opened::of(&self.keys, &feature.id, &sealed);
            let texts = places.iter().map(|(field, at)| (*at, opened.texts.get(*field).cloned().map(Datum::Text)));
            let flag = (place("sealed"), opened.closed.then_some(Datum::Boolean(true)));
            for (at, value) in texts.chain([flag]) {
                if let Some(at) = at.filter(|at| shown(*at)) {
                    feature.values[at] = value;
                }
            }
        }
    }

    /// How many households confided something that no key at hand opens. Costs a look at each that confided anything.
    #[must_use]
    pub fn closed_households(&self) -> usize {
        closed(&self.state.read(), &self.keys)
    }
}

fn closed(state: &State, keys: &Keyring) -> usize {
    let missing = |sealed: &Confided<Sealed>| {
        ConfidedField::ALL.iter().filter_map(|field| sealed.get(*field)).any(|sealed| !keys.has(sealed.parts().0))
    };
    state.all_confided().filter(|sealed| missing(sealed)).count()
}
