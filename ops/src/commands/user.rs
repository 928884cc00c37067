//! `mangoo-ops user`: who may use a platform.

use std::io::IsTerminal;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    environment::Connection,
    failure::{Failure, Kind},
    report::Report,
    users::{Pool, User},
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops user add ada@example.com -e prod --admin
  mangoo-ops user list -e prod
  mangoo-ops user reset ada@example.com -e prod")]
pub struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Let somebody use the platform
    Add(Add),
    /// Show who may use the platform
    List(List),
    /// Have Cognito mail somebody what they need to choose another password
    Reset(Reset),
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops user add ada@example.com -e prod          Cognito mails an invitation with a temporary password
  mangoo-ops user add ada@example.com -e prod --admin  makes her an administrator, also if she is there already
  mangoo-ops user add ci@example.com --password-stdin < password.txt

Run again, it completes what is missing, and changes nobody's password.")]
struct Add {
    #[command(flatten)]
    connection: Connection,
    email: String,
    /// Also administers the platform
    #[arg(long)]
    admin: bool,
    /// Mail the invitation again, if they are there and have not signed in yet
    #[arg(long, conflicts_with = "password_stdin")]
    invite: bool,
    /// Give them the password that the standard input has, for good, and mail nothing
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops user list -e prod
  mangoo-ops user list -e prod --json | jq -r '.[] | select(.groups | index(\"admin\")) | .email'")]
struct List {
    #[command(flatten)]
    connection: Connection,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops user reset ada@example.com -e prod

The old password is void at once. Who has not signed in yet gets a new invitation instead of a code.")]
struct Reset {
    #[command(flatten)]
    connection: Connection,
    email: String,
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    match &options.command {
        Command::Add(options) => add(options, report).await,
        Command::List(options) => list(options, report).await,
        Command::Reset(options) => reset(options, report).await,
    }
}

async fn pool(connection: &Connection, report: &Report) -> Result<Pool, Failure> {
    let environment = connection.open(report).await?;
    Ok(Pool::new(&environment.aws, environment.deployed().await?.output("UserPoolId")?))
}

async fn add(options: &Add, report: &Report) -> Result<(), Failure> {
    let email = &options.email;
    let password = options.password_stdin.then(read_password).transpose()?;
    let pool = pool(&options.connection, report).await?;
    let is_new = pool.create(email, password.as_deref()).await?;
    let groups = if options.admin { vec!["user", "admin"] } else { vec!["user"] };
    for group in &groups {
        pool.join(email, group).await?;
    }
    let is_waiting = is_new || pool.is_invited(email).await?;
    let how = match password {
        Some(password) if is_waiting => {
            pool.set_password(email, &password).await?;
            "has this password"
        }
        None if is_new => "is invited by mail",
        None if is_waiting && options.invite => {
            pool.invite_again(email).await?;
            "was there already, and is invited again"
        }
        Some(_) => "was there already, with a password that stays as it is",
        None => "was there already",
    };
    let text = format!("{email} {how}; groups: {}", groups.join(", "));
    report.done(&text, &json!({ "email": email, "groups": groups, "is_new": is_new }));
    Ok(())
}

/// The first line of the standard input.
fn read_password() -> Result<String, Failure> {
    let refused = |what: &str| Failure::new(Kind::Usage, what).next("pass a password in a pipe or from a file");
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(refused("The standard input is a terminal, which would show the password"));
    }
    let mut line = String::new();
    stdin.read_line(&mut line).map_err(|error| refused("Cannot read the password").because([error.to_string()]))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(refused("The standard input has no password"));
    }
    Ok(password.to_owned())
}

async fn list(options: &List, report: &Report) -> Result<(), Failure> {
    let users = pool(&options.connection, report).await?.list().await?;
    let width = |cell: fn(&User) -> usize| users.iter().map(cell).max().unwrap_or_default();
    let (email, state) = (width(|user| user.email.chars().count()), width(|user| state(user).len()));
    let lines = users.iter().map(|user| {
        let groups = user.groups.join(", ");
        let line = format!("{:email$}  {:state$}  {}  {groups}", user.email, self::state(user), user.created);
        line.trim_end().to_owned()
    });
    report.result(&lines.collect::<Vec<_>>().join("\n"), &users);
    Ok(())
}

/// How far a user is, for people.
fn state(user: &User) -> &str {
    match user.status.as_str() {
        _ if !user.is_enabled => "disabled",
        "CONFIRMED" => "active",
        "FORCE_CHANGE_PASSWORD" => "invited",
        "UNCONFIRMED" => "address not confirmed",
        "RESET_REQUIRED" => "must choose a password",
        "EXTERNAL_PROVIDER" => "signs in elsewhere",
        other => other,
    }
}

async fn reset(options: &Reset, report: &Report) -> Result<(), Failure> {
    let email = &options.email;
    let pool = pool(&options.connection, report).await?;
    let sent = if pool.is_invited(email).await? {
        pool.invite_again(email).await?;
        "invitation"
    } else {
        pool.reset(email).await?;
        "code"
    };
    let text = match sent {
        "invitation" => format!("{email} has not signed in yet, and is invited again by mail"),
        _ => format!("{email} gets a code by mail, and chooses a new password with it"),
    };
    report.done(&text, &json!({ "email": email, "sent": sent }));
    Ok(())
}
