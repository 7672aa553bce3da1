//! `melonmap check`.

use super::args::StoreArgs;
use super::{Failure, say};
use crate::app::{check_store, open_store_to_look};

pub fn run(args: &StoreArgs) -> Result<(), Failure> {
    let store = open_store_to_look(&args.store)?;
    let checked = check_store(&store, |_, _| ())?;
    say::line(format_args!("chain: {} changes, unbroken; head {}", say::count(checked.changes), checked.head));
    say::line(format_args!("state: loaded at once and change by change are the same; digest {}", checked.digest));
    Ok(())
}
