//! `mangoo-ops completions`: what makes a shell complete commands and options.

use std::io::Write;

use clap::{Args, Command};
use clap_complete::Shell;

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops completions bash > ~/.local/share/bash-completion/completions/mangoo-ops
  mangoo-ops completions fish > ~/.config/fish/completions/mangoo-ops.fish
  mangoo-ops completions zsh > ~/.zfunc/_mangoo-ops   with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc")]
pub struct Options {
    shell: Shell,
}

pub fn run(options: &Options, mut command: Command) {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "mangoo-ops", &mut script);
    // That nobody reads it to its end, as with `| head`, is no error.
    let _ = std::io::stdout().write_all(&script);
}
