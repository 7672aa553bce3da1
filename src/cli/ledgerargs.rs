//! The ledger on the command line.

use super::args::{ImportArgs, StoreArgs};
use crate::config::KeyArgs;
use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use std::path::PathBuf;

/// `melonmap import`: rows of a file under what they are, or a command of its own. By hand, because clap derives no choice between
/// arguments and commands.
#[derive(Debug)]
pub enum ImportCommand {
    Rows(ImportArgs),
    Other(ImportOther),
}

impl Args for ImportCommand {
    fn augment_args(command: Command) -> Command {
        let command = ImportOther::augment_subcommands(ImportArgs::augment_args(command));
        command.args_conflicts_with_subcommands(true).subcommand_negates_reqs(true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        ImportCommand::augment_args(command)
    }
}

impl FromArgMatches for ImportCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<ImportCommand, clap::Error> {
        if matches.subcommand_name().is_some() {
            return ImportOther::from_arg_matches(matches).map(ImportCommand::Other);
        }
        ImportArgs::from_arg_matches(matches).map(ImportCommand::Rows)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = ImportCommand::from_arg_matches(matches)?;
        Ok(())
    }
}

#[derive(Debug, Subcommand)]
pub enum ImportOther {
    /// Tell what an office changed in its ledger, by cell, and store it with --take
    Ledger(ImportLedgerArgs),
}

#[derive(Debug, Args)]
#[command(after_long_help = "Example: look first, then store what only the office changed\n\n  \
    melonmap import ledger back.xlsx --store map.db\n  \
    melonmap import ledger back.xlsx --store map.db --take\n\n\
    Each cell is compared with what stood on the map when the ledger was written and with what stands there now. What only the\n\
    office changed is a change; what only the map changed stays; what both changed is a conflict, and is decided on the page, as is\n\
    whose the rows of no known household are. Lines of the result, with tabs between:\n\n  \
    change    CELL CODE FIELD MAP LEDGER\n  \
    conflict  CELL CODE FIELD MAP LEDGER BEFORE\n  \
    unmatched ROW CODE ADDRESS LIKEST_CODE LIKENESS\n  \
    problem   CELL FIELD VALUE KIND REASON\n\n\
    Contacts and needs are shown as …, and a - is nothing. A store that is being served is not opened: bring the ledger to the page.")]
pub struct ImportLedgerArgs {
    /// The workbook; - is standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub store: StoreArgs,
    /// Store what only the office changed; without it nothing is stored
    #[arg(long)]
    pub take: bool,
    /// Take values that the office took out too
    #[arg(long, requires = "take")]
    pub emptied: bool,
    /// Take the differences of a file that does not say when it was written too: some may be older than the map
    #[arg(long, requires = "take")]
    pub undated: bool,
    /// Who answers for it in the audit trail
    #[arg(long, default_value = "melonmap import ledger")]
    pub author: String,
    #[command(flatten)]
    pub key: KeyArgs,
}

#[derive(Debug, Args)]
#[command(after_long_help = "Example: the ledger of one township with the visits of campaign 2\n\n  \
    melonmap export ledger west.xlsx --store map.db --area 331124001 --campaign 2\n\n\
    It has the layout that was kept for the area or the nearest above it, else the one that is built in. That personal fields were read\n\
    is written into the audit trail, so that a store that is being served is not opened: take the ledger from the page.\n\
    The file is readable by its owner alone (mode 600), and appears when it is whole.")]
pub struct ExportLedgerArgs {
    /// The workbook to write, usually named *.xlsx
    pub out: PathBuf,
    #[command(flatten)]
    pub store: StoreArgs,
    /// The households of this area and all below it, by its code. The default is the one area that lies in no other
    #[arg(long, value_name = "CODE")]
    pub area: Option<String>,
    /// With the visits of this campaign, by its number; the default is all visits
    #[arg(long, value_name = "N")]
    pub campaign: Option<u32>,
    /// Language of the built-in layout: en or zh. A layout that was kept has its own
    #[arg(long, value_name = "LANG", default_value = "en")]
    pub lang: String,
    /// Replace the file that is there
    #[arg(long)]
    pub force: bool,
    /// Who answers for it in the audit trail
    #[arg(long, default_value = "melonmap export ledger")]
    pub author: String,
    #[command(flatten)]
    pub key: KeyArgs,
}
