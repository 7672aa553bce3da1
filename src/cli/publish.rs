//! `melonmap publish`.

use super::args::PublishArgs;
use super::{Failure, say};
use crate::app::{EditionSpec, publish_once};
use crate::model::CampaignId;

pub fn run(args: &PublishArgs) -> Result<(), Failure> {
    let level = args.level.as_deref().map(str::parse).transpose()?;
    let spec = EditionSpec { campaign: CampaignId(args.campaign), level };
    let mut store = super::serve::open_store(&args.store.store, false, "melonmap publish")?;
    let edition = publish_once(&mut store, spec, &args.author)?;
    say::line(format_args!(
        "edition {}: figures of campaign {} for {} areas down to the level {}, {} held back",
        edition.number, edition.campaign, edition.areas.shown, edition.level, edition.areas.held_back
    ));
    Ok(())
}
