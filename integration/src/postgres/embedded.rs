//! A prebuilt Postgres, fetched once: no installation, no container engine.

use std::{
    fs,
    io::{self, Write},
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::process::Child;

use super::{DATABASE, EPHEMERAL, OWNER, fetch, free_port, lock, password};

/// One that knows letters beyond ASCII and is always there.
const LOCALE: &str = if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" };

pub struct Embedded {
    child: Child,
    guardian: Guardian,
    log: PathBuf,
    /// Removed at the end, when nobody wants to keep the data.
    temporary: Option<PathBuf>,
    /// Held as long as the server may run.
    _lock: fs::File,
}

/// Whether `data` was written by an embedded server.
pub fn has_data(data: &Path) -> bool {
    data.join("embedded/PG_VERSION").exists()
}

impl Embedded {
    pub async fn start(data: Option<&Path>, progress: &dyn Fn(&str)) -> anyhow::Result<(Self, String)> {
        // `initdb` and `postgres` refuse to run as root.
        let user = if is_root()? { Some(unprivileged()?) } else { None };
        let binaries = fetch::binaries(user.is_some(), progress).await?;
        let (folder, temporary) = if let Some(data) = data {
            (std::path::absolute(data)?, None)
        } else {
            let folder = std::env::temp_dir().join(format!("mangoo-postgres-{}", uuid::Uuid::new_v4().simple()));
            (folder.clone(), Some(folder))
        };
        fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let lock = lock(&folder)?;
        if user.is_some() {
            may_be_entered(&folder)?;
        }
        let mut guardian = Guardian::start(temporary.as_deref())
            .context("cannot run sh, which ends Postgres when this process is gone")?;
        let cluster = folder.join("embedded");
        let password = password(&folder)?;
        end_orphan(&cluster).await?;
        if !cluster.join("PG_VERSION").exists() {
            progress("making a database");
            initialise(&binaries, &cluster, &password, user).await?;
        }

        let port = free_port()?;
        let log = folder.join("postgres.log");
        let mut command = as_user(&binaries.join("postgres"), user);
        command
            .arg("-D")
            .arg(&cluster)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", &format!("port={port}")]);
        if temporary.is_some() {
            command.args(EPHEMERAL.iter().flat_map(|setting| ["-c", setting]));
        }
        // A group of its own: Ctrl-C is for us, and we end it when nobody needs it any more.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(&log)?);
        let child = tokio::process::Command::from(command).spawn().context("cannot start the embedded Postgres")?;
        guardian.watch(child.id())?;
        let url = format!("postgres://{OWNER}:{password}@127.0.0.1:{port}/{DATABASE}");
        Ok((Self { child, guardian, log, temporary, _lock: lock }, url))
    }

    /// Why it runs no longer, if it does not.
    pub fn death(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(10).collect();
        Some(tail.into_iter().rev().fold(status.to_string(), |text, line| text + "\n" + line))
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self.child.id() {
            signal("INT", pid)?;
            if tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await.is_err() {
                self.child.kill().await?;
            }
        }
        self.guardian.dismiss()?;
        if let Some(folder) = self.temporary {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        Ok(())
    }
}

/// Ends the server, in order, and removes the temporary folder, when this process is gone
/// without having done so, however it went: a pipe of ours closes then.
struct Guardian(std::process::Child);

impl Guardian {
    fn start(temporary: Option<&Path>) -> io::Result<Self> {
        const SCRIPT: &str = r#"
            while read -r line; do server=$line; done
            [ -z "$server" ] || kill -INT "$server"
            [ -n "$1" ] || exit
            for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1"; sleep 1; [ -e "$1" ] || exit; done"#;
        Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(temporary.unwrap_or(Path::new("")))
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Self)
    }

    /// Puts a server into its care.
    fn watch(&mut self, server: Option<u32>) -> io::Result<()> {
        match (&mut self.0.stdin, server) {
            (Some(pipe), Some(server)) => writeln!(pipe, "{server}"),
            // A server that has ended needs no care.
            _ => Ok(()),
        }
    }

    fn dismiss(mut self) -> io::Result<()> {
        self.0.kill()?;
        self.0.wait().map(drop)
    }
}

#[derive(Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

fn is_root() -> io::Result<bool> {
    // What this process makes belongs to the user it runs as.
    let probe = std::env::temp_dir().join(format!("mangoo-{}", uuid::Uuid::new_v4().simple()));
    let owner = fs::File::create(&probe)?.metadata()?.uid();
    fs::remove_file(&probe)?;
    Ok(owner == 0)
}

fn unprivileged() -> anyhow::Result<User> {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let mut fields = passwd.lines().find(|line| line.split(':').next() == Some(name))?.split(':').skip(2);
        Some(User { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
    };
    find("postgres").or_else(|| find("nobody")).context(
        "Postgres does not run as root, and there is neither a user `postgres` nor `nobody` to run it as. \
         Run this as another user, or set DATABASE_URL",
    )
}

fn as_user(program: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(program);
    if let Some(User { uid, gid }) = user {
        command.uid(uid).gid(gid).current_dir("/");
    }
    command
}

/// Another user has to get at the data, so each folder above it must let them through.
fn may_be_entered(folder: &Path) -> anyhow::Result<()> {
    for above in folder.ancestors().skip(1) {
        if fs::metadata(above)?.permissions().mode() & 0o001 == 0 {
            bail!(
                "Postgres does not run as root, and no other user may enter {}. Choose a data folder elsewhere \
                 (--data /var/tmp/mangoo), or run this as another user",
                above.display()
            );
        }
    }
    Ok(())
}

async fn initialise(binaries: &Path, cluster: &Path, password: &str, user: Option<User>) -> anyhow::Result<()> {
    // An initialisation that was cut short leaves a folder that can't be used.
    if cluster.exists() {
        fs::remove_dir_all(cluster)?;
    }
    fs::create_dir(cluster)?;
    let password_file = cluster.with_extension("pwfile");
    fs::write(&password_file, password)?;
    fs::set_permissions(&password_file, fs::Permissions::from_mode(0o600))?;
    if let Some(User { uid, gid }) = user {
        chown(cluster, Some(uid), Some(gid))?;
        chown(&password_file, Some(uid), Some(gid))?;
    }
    let mut command = as_user(&binaries.join("initdb"), user);
    command
        .arg("-D")
        .arg(cluster)
        .args(["-U", OWNER, "--auth=scram-sha-256", "-E", "UTF8", "--locale", LOCALE, "--no-instructions"])
        .arg("--pwfile")
        .arg(&password_file);
    let output = output(command).await.context("cannot run initdb")?;
    fs::remove_file(&password_file)?;
    if !output.status.success() {
        bail!("initdb failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// What a command says at its end.
pub async fn output(command: Command) -> io::Result<Output> {
    tokio::process::Command::from(command).stdin(Stdio::null()).kill_on_drop(true).output().await
}

/// Frees the data of an earlier server that nobody ended; we hold the lock, so it is nobody's.
async fn end_orphan(cluster: &Path) -> anyhow::Result<()> {
    let file = cluster.join("postmaster.pid");
    let Some(pid) = fs::read_to_string(&file).ok().and_then(|text| text.lines().next()?.trim().parse::<u32>().ok())
    else {
        return Ok(());
    };
    if !is_server_of(pid, cluster).await {
        // The number may be another program's by now, and Postgres would refuse to start.
        return fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()));
    }
    // It may be ending by itself; whether it does is seen below.
    let _ = signal("INT", pid);
    for _ in 0..200 {
        if !file.exists() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("an earlier Postgres (process {pid}) still uses {} and does not end", cluster.display())
}

async fn is_server_of(pid: u32, cluster: &Path) -> bool {
    let command = if let Ok(command) = fs::read(format!("/proc/{pid}/cmdline")) {
        command
    } else {
        // Not Linux, or no such process.
        let mut ps = Command::new("ps");
        ps.args(["-o", "command=", "-p", &pid.to_string()]);
        output(ps).await.map(|output| output.stdout).unwrap_or_default()
    };
    String::from_utf8_lossy(&command).contains(&*cluster.to_string_lossy())
}

fn signal(name: &str, pid: u32) -> anyhow::Result<()> {
    let status =
        Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().context("cannot run kill")?;
    anyhow::ensure!(status.success(), "cannot signal process {pid}");
    Ok(())
}
