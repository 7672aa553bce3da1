//! The `melonmap` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    melonmap::cli::run()
}
