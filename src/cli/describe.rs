//! `melonmap describe`.

use super::Failure;
use super::args::DescribeArgs;
use crate::app::describe_map;
use crate::model::MapInfo;

pub fn run(args: &DescribeArgs) -> Result<(), Failure> {
    let info = MapInfo { name: args.name.clone(), attribution: args.attribution.clone(), sample: args.sample };
    let mut store = super::serve::open_store(&args.store.store, true, "melonmap describe")?;
    describe_map(&mut store, "melonmap describe", info)?;
    Ok(())
}
