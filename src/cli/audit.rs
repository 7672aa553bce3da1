//! `melonmap audit`.

use super::peopleargs::{AuditArgs, AuditFormat};
use super::{Failure, say};
use crate::app::{AuditLine, audit, open_store_to_look};

pub fn run(args: &AuditArgs) -> Result<(), Failure> {
    let unreadable = |e| format!("--since: {e}: expected RFC 3339, such as 2026-10-05T08:00:00Z");
    let since = args.since.as_deref().map(str::parse).transpose().map_err(unreadable)?;
    let store = open_store_to_look(&args.store.store)?;
    if args.format == AuditFormat::Csv {
        say::line(AuditLine::csv_header().trim_end());
    }
    audit(&store, args.who.as_deref(), since, |line| match args.format {
        AuditFormat::Csv => say::line(line.csv().trim_end()),
        AuditFormat::Json => say::line(serde_json::json!(line)),
    })?;
    Ok(())
}
