//! Builds the program `mangoo` for an image: the same from every checkout, on every machine with
//! the same Rust, C compiler and C library.

use std::{
    collections::VecDeque,
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use super::{Architecture, Progress};

/// The profile in `Cargo.toml`. It has a folder of its own, so that its flags leave ordinary builds alone.
const PROFILE: &str = "image";
/// Of what a failed program has written, as many lines are shown.
const LAST_LINES: usize = 40;

/// Where cargo builds.
pub fn target_folder(workspace: &Path) -> PathBuf {
    let set = env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty());
    workspace.join(set.map_or_else(|| PathBuf::from("target"), PathBuf::from))
}

/// The program's path.
pub async fn build(workspace: &Path, architecture: Architecture, progress: &dyn Progress) -> anyhow::Result<PathBuf> {
    let target = target_folder(workspace);
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let cross = match cross_target(architecture) {
        Some(triple) => Some((Cross::find(&triple).await?, triple)),
        None => None,
    };
    match &cross {
        Some((Cross::Zig, _)) => command.arg("zigbuild"),
        _ => command.arg("build"),
    };
    command
        .args(["--locked", "--package", "service", "--bin", "mangoo", "--profile", PROFILE, "--target-dir"])
        .arg(&target)
        .current_dir(workspace)
        .env("SQLX_OFFLINE", "true")
        .envs(reproducible(workspace, &target)?);
    let mut folder = target;
    if let Some((cross, triple)) = &cross {
        command.args(["--target", triple]).envs(cross.environment(triple));
        folder.push(triple);
    }
    progress.say("building mangoo (cargo, several minutes the first time)");
    run(&mut command, progress).await.context("mangoo cannot be built")?;
    Ok(folder.join(PROFILE).join("mangoo"))
}

/// What to build for when it is not this machine: without shared libraries, since it has none for
/// another processor.
fn cross_target(architecture: Architecture) -> Option<String> {
    let is_native = cfg!(target_os = "linux") && Architecture::native() == Some(architecture);
    (!is_native).then(|| format!("{}-unknown-linux-musl", architecture.rust()))
}

/// What compiles C and links for another processor.
enum Cross {
    Zig,
    Gcc(OsString),
}

impl Cross {
    async fn find(triple: &str) -> anyhow::Result<Self> {
        let sysroot = output("rustc", &["--print", "sysroot"]).await?;
        let standard_library = Path::new(sysroot.trim()).join("lib/rustlib").join(triple).join("lib");
        if !standard_library.exists() {
            bail!(
                "Rust's standard library for {triple} is missing, which an image for another processor than this \
                 machine's needs. Install it: rustup target add {triple}"
            );
        }
        if let Some(linker) = env::var_os(linker_variable(triple)) {
            return Ok(Self::Gcc(linker));
        }
        if is_on_path("cargo-zigbuild") {
            return Ok(Self::Zig);
        }
        let gcc = triple.replace("-unknown", "") + "-gcc";
        if is_on_path(&gcc) {
            return Ok(Self::Gcc(gcc.into()));
        }
        bail!(
            "there is no C compiler and linker for {triple}. Install cargo-zigbuild (pip install ziglang \
             cargo-zigbuild), or {gcc}, or name another in {}",
            linker_variable(triple)
        )
    }

    fn environment(&self, triple: &str) -> Vec<(String, OsString)> {
        match self {
            Self::Zig => Vec::new(),
            Self::Gcc(gcc) => {
                vec![(linker_variable(triple), gcc.clone()), (format!("CC_{}", triple.replace('-', "_")), gcc.clone())]
            }
        }
    }
}

fn linker_variable(triple: &str) -> String {
    format!("CARGO_TARGET_{}_LINKER", triple.replace('-', "_").to_uppercase())
}

fn is_on_path(program: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Keeps out of the program what differs between two machines: where the sources, the crates
/// and cargo's output lie, and the time.
fn reproducible(workspace: &Path, target: &Path) -> anyhow::Result<[(&'static str, String); 5]> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).context("there is no home folder")?;
    // The last one that fits counts: the output may lie within the sources.
    let folders = [(workspace, "/mangoo"), (&home, "/cargo"), (target, "/target")];
    let mut rust = vec!["-Clink-arg=-Wl,--build-id=none".to_owned()];
    let mut c = Vec::new();
    for (folder, name) in folders {
        let folder = folder.to_str().with_context(|| format!("{} is not UTF-8", folder.display()))?;
        rust.push(format!("--remap-path-prefix={folder}={name}"));
        c.push(format!("'-ffile-prefix-map={folder}={name}'"));
    }
    let c = c.join(" ");
    Ok([
        ("CARGO_ENCODED_RUSTFLAGS", rust.join("\u{1f}")),
        ("CFLAGS", c.clone()),
        ("CXXFLAGS", c),
        // The folders' names may have spaces.
        ("CC_SHELL_ESCAPED_FLAGS", "1".to_owned()),
        ("SOURCE_DATE_EPOCH", "0".to_owned()),
    ])
}

/// What a program writes, if it succeeds.
pub async fn output(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program).args(arguments).output().await;
    let output = output.with_context(|| format!("cannot run {program}; is it installed and on the PATH?"))?;
    if !output.status.success() {
        bail!("{program} {} failed:\n{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program whose messages are shown as they come; the last ones again if it fails.
pub async fn run(command: &mut Command, progress: &dyn Progress) -> anyhow::Result<()> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot run {name}; is it installed and on the PATH?"))?;
    let mut last = VecDeque::new();
    if let Some(messages) = child.stderr.take() {
        let mut lines = BufReader::new(messages).lines();
        while let Some(line) = lines.next_line().await? {
            progress.line(&line);
            if last.len() == LAST_LINES {
                last.pop_front();
            }
            last.push_back(line);
        }
    }
    let status = child.wait().await?;
    if !status.success() {
        bail!("{name} failed ({status}). Its last lines:\n{}", last.make_contiguous().join("\n"));
    }
    Ok(())
}
