//! The shared libraries that a program needs, as its loader will look for them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use object::{
    Endianness, Object, ObjectSymbol,
    elf::{self, FileHeader64},
    read::elf::{FileHeader, ProgramHeader},
};

/// Part of glibc itself since 2.34; before, a library of its own that the first look-up of a name loads.
const RESOLVER: &[u8] = b"_nss_dns_gethostbyname4_r";
const RESOLVER_LIBRARIES: [&str; 3] = ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"];

/// All that `program` needs to run, on the machine that built it: its libraries, theirs, and
/// the loader, in order. Nothing for a static program.
pub fn needed(program: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut unread = vec![program.to_owned()];
    while let Some(path) = unread.pop() {
        let file = Elf::read(&path).with_context(|| format!("cannot tell which libraries {} needs", path.display()))?;
        if let Some(loader) = file.interpreter {
            // Libraries name it too; it is loaded by then, from here.
            names.extend(loader.file_name().map(|name| name.to_string_lossy().into_owned()));
            found.insert(loader);
        }
        for name in file.needed {
            if names.insert(name.clone()) {
                let library = find(&name, &file.folders).with_context(|| format!("{} needs {name}", path.display()))?;
                unread.push(library.clone());
                found.insert(library);
            }
        }
    }
    Ok(found.into_iter().collect())
}

struct Elf {
    interpreter: Option<PathBuf>,
    needed: Vec<String>,
    /// Where it wants its libraries looked for first.
    folders: Vec<PathBuf>,
}

impl Elf {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let data = fs::read(path)?;
        let data = data.as_slice();
        let header = FileHeader64::<Endianness>::parse(data)?;
        let endian = header.endian()?;
        let mut interpreter = None;
        for segment in header.program_headers(endian, data)? {
            if let Some(path) = segment.interpreter(endian, data)? {
                interpreter = Some(PathBuf::from(str::from_utf8(path)?));
            }
        }
        let (mut needed, mut folders) = (Vec::new(), Vec::new());
        let table = header.sections(endian, data)?.dynamic_table(endian, data)?;
        for entry in &table {
            if entry.tag == elf::DT_NEEDED {
                needed.push(str::from_utf8(table.string(entry)?)?.to_owned());
            } else if entry.tag == elf::DT_RUNPATH || entry.tag == elf::DT_RPATH {
                let origin = path.parent().unwrap_or(Path::new("/")).to_string_lossy().into_owned();
                let paths = str::from_utf8(table.string(entry)?)?.replace("$ORIGIN", &origin);
                folders.extend(paths.split(':').map(PathBuf::from));
            }
        }
        if needs_resolver(path, data)? {
            needed.extend(RESOLVER_LIBRARIES.map(str::to_owned));
        }
        Ok(Self { interpreter, needed, folders })
    }
}

/// Whether this is glibc without what resolves names.
fn needs_resolver(path: &Path, data: &[u8]) -> anyhow::Result<bool> {
    if path.file_name().is_none_or(|name| name != "libc.so.6") {
        return Ok(false);
    }
    let file = object::File::parse(data)?;
    Ok(!file.dynamic_symbols().any(|symbol| symbol.name_bytes().is_ok_and(|name| name == RESOLVER)))
}

/// In the folders that glibc's loader knows without a cache: the image has none.
fn find(name: &str, first: &[PathBuf]) -> anyhow::Result<PathBuf> {
    let triplet = format!("{}-linux-gnu", std::env::consts::ARCH);
    let system = [format!("/lib/{triplet}"), format!("/usr/lib/{triplet}")];
    let system = system.iter().map(String::as_str).chain(["/lib64", "/usr/lib64", "/lib", "/usr/lib"]).map(Path::new);
    let mut candidates = first.iter().map(PathBuf::as_path).chain(system).map(|folder| folder.join(name));
    match candidates.find(|path| path.exists()) {
        Some(path) => Ok(path),
        None => bail!("it lies in none of the system's library folders; install it there"),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_program_s_libraries_are_found_with_theirs() {
        let program = std::env::current_exe().unwrap();
        let needed = needed(&program).unwrap();
        let has = |name: &str| needed.iter().filter(|path| path.file_name().is_some_and(|file| file == name)).count();
        assert_eq!((has("libc.so.6"), has("libgcc_s.so.1")), (1, 1), "{needed:?}");
        let loaders = needed.iter().filter(|path| path.to_string_lossy().contains("/ld-")).count();
        assert_eq!(loaders, 1, "the loader is there once: {needed:?}");
        assert!(needed.iter().all(|path| path.exists()));
        // What the loader itself says it would take.
        let listed = std::process::Command::new("ldd").arg(&program).output().unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        for path in &needed {
            assert!(listed.contains(&path.display().to_string()), "{} is not in {listed}", path.display());
        }
    }
}
