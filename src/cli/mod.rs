//! People's commands. The floor where everything is built, once, and handed down.
//!
//! Invariant: this is the only room that prints, and that ends the process. It knows nothing of SQL, tiles or tallies.

mod areas;
mod args;
mod audit;
mod check;
mod demo;
mod describe;
mod export;
mod import;
mod key;
mod ledger;
mod ledgerargs;
mod people;
mod peopleargs;
mod plan;
mod publish;
mod rules;
mod say;
mod serve;
mod stop;
mod telemetry;

use args::{AreasCommand, Cli, Command};
use clap::Parser;
use std::error::Error;
use std::process::ExitCode;

/// What ends a command early.
type Failure = Box<dyn Error + Send + Sync>;

/// Reads the command line, does what it says, and tells how it went: 0 done, 1 not done, 2 not understood.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Export(command) => export::run(&command),
        Command::Areas(AreasCommand::Divide(args)) => areas::divide(&args),
        Command::Areas(AreasCommand::Check(args)) => areas::check(&args),
        Command::Token(command) => people::token(&command),
        Command::User(command) => people::user(&command),
        Command::Publish(args) => publish::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Rules(command) => rules::run(&command),
        Command::Key(command) => key::run(&command),
        Command::Describe(args) => describe::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Check(args) => check::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::failure(failure.as_ref());
            ExitCode::FAILURE
        }
    }
}
