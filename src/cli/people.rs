//! `melonmap user` and `melonmap token`: who may ask, set beside a store that no server holds.

use super::args::StoreArgs;
use super::peopleargs::{TokenCommand, TokenCreateArgs, UserAddArgs, UserCommand};
use super::{Failure, say};
use crate::app::{
    Store, add_user, create_token, disable_user, link_user, list_tokens, list_users, open_store, open_store_to_look,
    revoke_token, set_password,
};
use crate::model::{Code, Grant, ModelError, TokenId, UserName};
use std::io::Read;

const TOKEN: &str = "melonmap token";
const USER: &str = "melonmap user";
/// Longest password that is read, bytes; a longer one is refused as such.
const MOST: u64 = 4_096;

/// Opens a store for its one writer. Where a server holds it, tells what to ask of the server instead.
fn open(store: &StoreArgs, purpose: &str, instead: &str) -> Result<Store, Failure> {
    open_store(&store.store, false, purpose).map_err(|error| {
        if error.is_held() {
            format!("{error}: ask the server instead, as an administrator: {instead}").into()
        } else {
            error.into()
        }
    })
}

fn codes(areas: &[String]) -> Result<Vec<Code>, ModelError> {
    areas.iter().map(|code| Code::new(code)).collect()
}

fn listed(areas: &[Code]) -> String {
    let areas: Vec<&str> = areas.iter().map(Code::as_str).collect();
    if areas.is_empty() { "-".to_owned() } else { areas.join(",") }
}

pub fn token(command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Create(args) => create(args),
        TokenCommand::List(args) => {
            let tokens = list_tokens(&open_store_to_look(&args.store)?)?;
            for token in &tokens {
                let (id, grant) = (&token.id.0, &token.grant);
                let expires = token.expires.map_or_else(|| "-".to_owned(), |t| t.to_string());
                say::line(format_args!("{id}\t{}\t{}\t{expires}\t{}", grant.role, listed(&grant.areas), grant.name));
            }
            if tokens.is_empty() {
                say::note("no tokens: make one with `melonmap token create`");
            }
            Ok(())
        }
        TokenCommand::Revoke(args) => {
            let instead = format!("DELETE /api/tokens/{}", args.id);
            let mut store = open(&args.store, "melonmap token revoke", &instead)?;
            revoke_token(&mut store, TOKEN, TokenId(args.id.clone()))?;
            say::line(format_args!("{} opens nothing any more", args.id));
            Ok(())
        }
    }
}

fn create(args: &TokenCreateArgs) -> Result<(), Failure> {
    let name = args.name.clone().unwrap_or_else(|| args.role.clone());
    let grant = Grant { name, role: args.role.parse()?, areas: codes(&args.areas)? }.check()?;
    let unreadable = |e| format!("--expires: {e}: expected RFC 3339, such as 2027-01-01T00:00:00Z");
    let expires = args.expires.as_deref().map(str::parse).transpose().map_err(unreadable)?;
    let mut store = open(&args.store, "melonmap token create", "POST /api/tokens")?;
    let token = create_token(&mut store, TOKEN, grant, expires)?;
    say::note(format_args!("token {}: keep it, it is shown only now", token.id.0));
    say::line(token.secret);
    Ok(())
}

pub fn user(command: &UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add(args) => add(args),
        UserCommand::List(args) => {
            let users = list_users(&open_store_to_look(&args.store)?)?;
            for user in &users {
                let by = if user.has_password { "password" } else { "link" };
                say::line(format_args!("{}\t{}\t{}\t{by}", user.name, user.role, listed(&user.areas)));
            }
            if users.is_empty() {
                say::note("no users: let one in with `melonmap user add`");
            }
            Ok(())
        }
        UserCommand::Disable(args) => {
            let name = UserName::new(&args.name)?;
            let mut store = open(&args.store, "melonmap user disable", &format!("DELETE /api/users/{name}"))?;
            disable_user(&mut store, USER, name)?;
            say::line(format_args!("{} may not sign in any more", args.name));
            Ok(())
        }
        UserCommand::Link(args) => {
            let name = UserName::new(&args.name)?;
            let mut store = open(&args.store, "melonmap user link", &format!("POST /api/users/{name}/link"))?;
            let link = link_user(&mut store, USER, name)?;
            say::note("add this to the address of the page; it signs in once, within 24 hours, and is shown only now");
            say::line(format_args!("/#link={}", link.secret));
            Ok(())
        }
        UserCommand::Password(args) => {
            let name = UserName::new(&args.name)?;
            let mut typed = String::new();
            std::io::stdin().lock().take(MOST).read_to_string(&mut typed)?;
            let password = typed.trim_end_matches(['\r', '\n']);
            let mut store = open(&args.store, "melonmap user password", "stop it first, or send a sign-in link")?;
            set_password(&mut store, USER, &name, password)?;
            say::line(format_args!("{name} has a new password; sessions of the old one have ended"));
            Ok(())
        }
    }
}

fn add(args: &UserAddArgs) -> Result<(), Failure> {
    let (name, role) = (UserName::new(&args.name)?, args.role.parse()?);
    let mut store = open(&args.store, "melonmap user add", "POST /api/users")?;
    add_user(&mut store, USER, name, role, codes(&args.areas)?)?;
    say::line(format_args!("{} may sign in as {role}: give a link with `melonmap user link`", args.name));
    Ok(())
}
