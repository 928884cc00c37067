//! `mangoo-ops init`: a `mangoo.toml` to begin with.

use std::{
    fs::File,
    io::{ErrorKind, Write},
    path::PathBuf,
};

use anyhow::{Context, bail};
use clap::Args;

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops init             writes mangoo.toml, with the environments `dev` and `prod`
  mangoo-ops init --config other.toml")]
pub struct Options {
    /// The file to write; one that is there already is left as it is
    #[arg(long, value_name = "FILE", env = "MANGOO_CONFIG", default_value = "mangoo.toml")]
    config: PathBuf,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let path = &options.config;
    let mut file = match File::create_new(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} is there already; remove it first, or write another with --config", path.display())
        }
        Err(error) => return Err(error).with_context(|| format!("cannot write {}", path.display())),
    };
    file.write_all(stack::settings::example().as_bytes())?;
    println!("Wrote {}. See what it would make: mangoo-ops synth -e dev", path.display());
    Ok(())
}
