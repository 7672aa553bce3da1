//! The `melonmap` program.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A tile is made of a few thousand short-lived pieces on whichever thread is free: the allocator of glibc took an eighth of its time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    melonmap::cli::run()
}
