//! What the whole map is called and where its data is from.

use super::{AppError, load};
use crate::model::{Change, Kind, MapInfo};
use crate::state::Verdict;
use crate::store::{Batch, Entry, Store};
use jiff::Timestamp;

/// Stores a description of the map, unless it is the one that stands.
pub fn describe_map(store: &mut Store, author: &str, info: MapInfo) -> Result<(), AppError> {
    let change = Change::MapDescribed(info.check()?);
    if load(store, |kind| kind == Kind::Map)?.verdict(&change)? != Verdict::Same {
        store.append(&[Batch { at: Timestamp::now(), author: author.into(), entries: vec![Entry::from(&change)] }])?;
    }
    Ok(())
}
