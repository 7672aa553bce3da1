//! `melonmap token` and `melonmap describe`: what is set beside a store that no server holds.

use super::args::{DescribeArgs, TokenCommand, TokenCreateArgs};
use super::{Failure, say};
use crate::app::{create_token, describe_map, list_tokens, revoke_token};
use crate::model::{Code, Grant, MapInfo, TokenId};

const AUTHOR: &str = "melonmap token";

pub fn run(command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Create(args) => create(args),
        TokenCommand::List(args) => {
            let store = crate::app::open_store_to_look(&args.store)?;
            let tokens = list_tokens(&store)?;
            for token in &tokens {
                let areas: Vec<&str> = token.grant.areas.iter().map(Code::as_str).collect();
                let areas = if areas.is_empty() { "-".to_owned() } else { areas.join(",") };
                let expires = token.expires.map_or_else(|| "-".to_owned(), |t| t.to_string());
                say::line(format_args!(
                    "{}\t{}\t{areas}\t{expires}\t{}",
                    token.id.0, token.grant.role, token.grant.name
                ));
            }
            if tokens.is_empty() {
                say::note("no tokens: make one with `melonmap token create`");
            }
            Ok(())
        }
        TokenCommand::Revoke(args) => {
            let mut store = super::serve::open_store(&args.store.store, false, "melonmap token revoke")?;
            revoke_token(&mut store, AUTHOR, TokenId(args.id.clone()))?;
            say::line(format_args!("{} opens nothing any more", args.id));
            Ok(())
        }
    }
}

fn create(args: &TokenCreateArgs) -> Result<(), Failure> {
    let areas: Result<Vec<Code>, _> = args.areas.iter().map(|code| Code::new(code)).collect();
    let name = args.name.clone().unwrap_or_else(|| args.role.clone());
    let grant = Grant { name, role: args.role.parse()?, areas: areas? }.check()?;
    let unreadable = |e| format!("--expires: {e}: expected RFC 3339, such as 2027-01-01T00:00:00Z");
    let expires = args.expires.as_deref().map(str::parse).transpose().map_err(unreadable)?;
    let mut store = super::serve::open_store(&args.store.store, false, "melonmap token create")?;
    let token = create_token(&mut store, AUTHOR, grant, expires)?;
    say::note(format_args!("token {}: keep it, it is shown only now", token.id.0));
    say::line(token.secret);
    Ok(())
}

pub fn describe(args: &DescribeArgs) -> Result<(), Failure> {
    let info = MapInfo { name: args.name.clone(), attribution: args.attribution.clone(), sample: args.sample };
    let mut store = super::serve::open_store(&args.store.store, true, "melonmap describe")?;
    describe_map(&mut store, "melonmap describe", info)?;
    Ok(())
}
