//! The same SQL, bare: run by `pgbench`, which does nothing with the answer.

use std::{env, fs, path::PathBuf, process::Stdio, str::FromStr};

use anyhow::{Context, ensure};
use integration::SERVICE_PASSWORD;
use sqlx::postgres::PgConnectOptions;
use tokio::process::Command;

/// Where `pgbench` is: in `PATH`, or where Debian puts what belongs to one version.
fn program() -> anyhow::Result<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&folders).collect::<Vec<_>>();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders
        .into_iter()
        .chain(versions.map(|version| version.path().join("bin")))
        .map(|folder| folder.join("pgbench"))
        .find(|program| program.is_file())
        .context("pgbench is not found: install PostgreSQL's client and server programs")
}

/// Runs statements in turn, `count` in all by so many clients, as the service's role. Gives the
/// milliseconds of each.
pub async fn run(database: &str, statements: &[String], clients: usize, count: usize) -> anyhow::Result<Vec<f64>> {
    let database = PgConnectOptions::from_str(database)?;
    let folder = env::temp_dir().join(format!("mangoo-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let mut command = Command::new(program()?);
    command
        .args(["--no-vacuum", "--protocol=prepared", "--log", "--log-prefix"])
        .arg(folder.join("log"))
        .args(["--client", &clients.to_string(), "--transactions", &(count / clients).to_string()])
        .args(["--host", database.get_host(), "--port", &database.get_port().to_string()])
        .args(["--username", "mangoo_service", database.get_database().unwrap_or_default()])
        .env("PGPASSWORD", SERVICE_PASSWORD)
        .env("PGOPTIONS", "-c app.tenant=default");
    for (number, statement) in statements.iter().enumerate() {
        let file = folder.join(format!("{number}.sql"));
        fs::write(&file, statement)?;
        command.arg("--file").arg(file);
    }
    let output = command.stdin(Stdio::null()).output().await?;
    ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let mut times = Vec::new();
    for entry in fs::read_dir(&folder)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("log") {
            for line in fs::read_to_string(entry.path())?.lines() {
                let time: f64 = line.split(' ').nth(2).context("a line of its log has a time")?.parse()?;
                times.push(time / 1e3);
            }
        }
    }
    fs::remove_dir_all(folder)?;
    Ok(times)
}
