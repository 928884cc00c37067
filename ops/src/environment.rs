//! An environment in its account: its settings, its two stacks, and who reports.

use clap::Args;
use stack::Settings;

use crate::{
    aws::Aws,
    cloudformation::{Deployed, Stack},
    commands::target::Target,
    failure::{Failure, Kind},
    report::Report,
};

/// What every command that talks to AWS takes.
#[derive(Args)]
pub struct Connection {
    #[command(flatten)]
    target: Target,
}

pub struct Environment<'a> {
    pub settings: Settings,
    pub aws: Aws,
    pub report: &'a Report,
}

impl Connection {
    /// Reads the settings, and finds the account.
    pub async fn open<'a>(&self, report: &'a Report) -> Result<Environment<'a>, Failure> {
        let settings = self.target.settings()?;
        let aws = Aws::connect(&settings).await?;
        Ok(Environment { settings, aws, report })
    }
}

impl Environment<'_> {
    /// The stack that the platform runs in.
    pub fn stack(&self) -> Stack<'_> {
        Stack::new(&self.aws, self.settings.stack_name(), self.report)
    }

    /// The stack that is there before it.
    pub fn base(&self) -> Stack<'_> {
        Stack::new(&self.aws, self.settings.base_stack_name(), self.report)
    }

    /// The platform's stack, which must be there.
    pub async fn deployed(&self) -> Result<Deployed, Failure> {
        let stack = self.stack();
        stack.describe().await?.ok_or_else(|| {
            Failure::new(Kind::Preflight, format!("There is no {} in {}", stack.name, self.place()))
                .next("deploy it first: `mangoo-ops deploy`; or choose another --environment")
        })
    }

    /// Where it all is, for people.
    pub fn place(&self) -> String {
        format!("account {}, {}", self.aws.account, self.aws.region)
    }
}
