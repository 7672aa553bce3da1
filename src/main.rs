//! The `melonmap` program.

fn main() {}
