//! Who may do what, and who did, on the command line.

use super::args::StoreArgs;
use crate::config::KeyArgs;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print its secret, once
    Create(TokenCreateArgs),
    /// List tokens by id, role, areas and name; never a secret
    List(StoreArgs),
    /// End a token
    Revoke(TokenRevokeArgs),
}

#[derive(Debug, Args)]
pub struct TokenCreateArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// member, coordinator, planner, inspector, analyst or admin
    #[arg(long)]
    pub role: String,
    /// Code of an area that it is limited to. Repeat for each
    #[arg(long = "area", value_name = "CODE")]
    pub areas: Vec<String>,
    /// Who or what it is for; the author of what is changed with it
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// When it ends: RFC 3339, such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub expires: Option<String>,
}

#[derive(Debug, Args)]
pub struct TokenRevokeArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// Its id, as `token list` shows it
    pub id: String,
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Put a new key before those of the key file; the file is founded where there is none
    New(KeyArgs),
}

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Let a person in, or give one another role and other areas
    Add(UserAddArgs),
    /// List users by name, role, areas and what opens for them
    List(StoreArgs),
    /// End a user with all links and sessions
    Disable(UserNameArgs),
    /// Print a link that signs a user in, once, within 24 hours
    Link(UserNameArgs),
    /// Give a user a password, read from standard input
    Password(UserNameArgs),
}

#[derive(Debug, Args)]
pub struct UserAddArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// By which they sign in and answer for what they change
    pub name: String,
    /// member, coordinator, planner, inspector, analyst or admin
    #[arg(long)]
    pub role: String,
    /// Code of an area that they are limited to. Repeat for each
    #[arg(long = "area", value_name = "CODE")]
    pub areas: Vec<String>,
}

#[derive(Debug, Args)]
pub struct UserNameArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// As `user list` shows it
    pub name: String,
}

/// How lines of the audit trail are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// A table with a header
    Csv,
    /// An object a line
    Json,
}

#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// Only what this person or program did
    #[arg(long, value_name = "NAME")]
    pub who: Option<String>,
    /// Only from then on: RFC 3339, such as 2026-10-05T08:00:00Z
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// How the lines are written
    #[arg(long, value_enum, default_value = "csv")]
    pub format: AuditFormat,
}
