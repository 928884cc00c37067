//! `mangoo-ops synth`: the template, without a deployment.

use std::{fs, io::Write, path::PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::target::Target;

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops synth                        the template of the only environment, as JSON
  mangoo-ops synth -e prod --format yaml  that of `prod`, as YAML
  mangoo-ops synth --base                 that of the base stack: repositories, a bucket, the pipeline
  mangoo-ops synth -e prod --out build    into the folder `build`")]
pub struct Options {
    #[command(flatten)]
    target: Target,
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// The base stack's template, which is deployed before the images are there
    #[arg(long)]
    base: bool,
    /// Folder to write it to, instead of the standard output
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Yaml,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let settings = options.target.settings()?;
    let (template, name) = if options.base {
        (stack::synth_base(&settings), settings.base_stack_name())
    } else {
        (stack::synth(&settings), settings.stack_name())
    };
    let (text, extension) = match options.format {
        Format::Json => (serde_json::to_string_pretty(&template)? + "\n", "json"),
        Format::Yaml => (serde_saphyr::to_string(&template)?, "yaml"),
    };
    // The program ends: to take apart what goes as a whole takes as long as to write it.
    std::mem::forget(template);
    let Some(folder) = &options.out else {
        return match std::io::stdout().write_all(text.as_bytes()) {
            // Whoever reads has seen enough, as with `| head`.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            result => result.context("cannot write the template"),
        };
    };
    let path = folder.join(format!("{name}.{extension}"));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, text))
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("{}", path.display());
    Ok(())
}
