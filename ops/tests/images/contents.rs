//! What images are made of.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
};

use flate2::read::GzDecoder;
use ops::images::{Blob, layout::Layout};
use serde_json::{Value, json};

use crate::support::images;

/// Path, mode, owner and content.
type Entry = (String, u32, (u64, u64), Vec<u8>);

/// All that a layer holds, in its order.
fn entries(layer: &Blob) -> Vec<Entry> {
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(&layer.path).unwrap()));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let header = entry.header();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        (path, header.mode().unwrap(), (header.uid().unwrap(), header.gid().unwrap()), content)
    });
    entries.collect()
}

fn json_of(blob: &Blob) -> Value {
    serde_json::from_slice(&fs::read(&blob.path).unwrap()).unwrap()
}

#[test]
fn equal_sources_make_equal_images() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = images(one.path(), b"program", "<title>Mangoo</title>");
    let second = images(other.path(), b"program", "<title>Mangoo</title>");
    assert_eq!((first.backend.digest(), first.frontend.digest()), (second.backend.digest(), second.frontend.digest()));
    assert_eq!(
        fs::read(one.path().join("images/index.json")).unwrap(),
        fs::read(other.path().join("images/index.json")).unwrap()
    );
}

#[test]
fn a_change_makes_only_its_own_layer_another() {
    let folder = tempfile::tempdir().unwrap();
    let digests = |layers: &[Blob]| layers.iter().map(|layer| layer.digest.clone()).collect::<Vec<_>>();
    let before = images(folder.path(), b"program", "<title>Mangoo</title>");
    assert_eq!(before.backend.layers[..], before.frontend.layers[..2], "both images share what they have in common");
    let page = images(folder.path(), b"program", "<title>Mangaa</title>");
    assert_eq!(page.backend.digest(), before.backend.digest());
    let (old, new) = (digests(&before.frontend.layers), digests(&page.frontend.layers));
    assert_eq!(old[..2], new[..2]);
    assert_ne!(old[2], new[2]);
    let program = images(folder.path(), b"another", "<title>Mangoo</title>");
    let (old, new) = (digests(&before.frontend.layers), digests(&program.frontend.layers));
    assert_eq!((&old[0], &old[2]), (&new[0], &new[2]));
    assert_ne!(old[1], new[1]);
}

#[test]
fn the_images_hold_what_a_container_needs_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let images = images(folder.path(), b"program", "<title>Mangoo</title>");
    let all: Vec<_> = images.frontend.layers.iter().flat_map(entries).collect();
    assert!(all.iter().all(|(_, _, owner, _)| *owner == (0, 0)), "nothing can be changed by who runs in it");
    let modes: BTreeMap<_, _> = all.iter().map(|(path, mode, _, _)| (path.as_str(), *mode)).collect();
    for (path, mode) in [
        ("etc/", 0o755),
        ("etc/ssl/certs/", 0o755),
        ("etc/passwd", 0o644),
        ("etc/ssl/certs/ca-certificates.crt", 0o644),
        ("tmp/", 0o1777),
        ("mangoo", 0o755),
        ("page/assets/", 0o755),
        ("page/index.html", 0o644),
        ("page/assets/app-1a2b.js.br", 0o644),
        ("page/assets/app-1a2b.js.gz", 0o644),
        ("page/assets/font-3c4d.woff2", 0o644),
    ] {
        assert_eq!(modes.get(path), Some(&mode), "{path} in {:?}", modes.keys());
    }
    assert!(!modes.keys().any(|path| path.contains(".made-from") || path.contains("woff2.")), "{:?}", modes.keys());
    let content = |path: &str| &all.iter().find(|entry| entry.0 == path).unwrap().3;
    let mut script = Vec::new();
    brotli::BrotliDecompress(&mut content("page/assets/app-1a2b.js.br").as_slice(), &mut script).unwrap();
    assert_eq!(&script, content("page/assets/app-1a2b.js"));
    let certificates = String::from_utf8(content("etc/ssl/certs/ca-certificates.crt").clone()).unwrap();
    assert!(certificates.matches("-----BEGIN CERTIFICATE-----\n").count() > 100);
    assert!(certificates.lines().all(|line| line.len() <= 64));
    assert!(content("etc/passwd").windows(7).any(|text| text == b":65532:"));

    for layer in &images.frontend.layers {
        let paths: Vec<_> = entries(layer).into_iter().map(|entry| entry.0).collect();
        for path in &paths {
            let parent = path.trim_end_matches('/').rsplit_once('/').map(|(parent, _)| format!("{parent}/"));
            assert!(parent.is_none_or(|parent| paths.contains(&parent)), "the folder of {path} is there");
        }
    }
}

#[test]
fn files_of_different_builds_have_different_times() {
    let times = |page: &str| {
        let folder = tempfile::tempdir().unwrap();
        let images = images(folder.path(), b"program", page);
        let mut archive = tar::Archive::new(GzDecoder::new(File::open(&images.frontend.layers[2].path).unwrap()));
        let entries = archive.entries().unwrap().map(|entry| {
            let entry = entry.unwrap();
            (entry.path().unwrap().to_string_lossy().into_owned(), entry.header().mtime().unwrap())
        });
        entries.collect::<BTreeMap<_, _>>()
    };
    // Of the same size: the server's ETag is made of size and time.
    let (one, other) = (times("<title>Mangoo</title>"), times("<title>Mangaa</title>"));
    assert_ne!(one["page/index.html"], other["page/index.html"]);
    assert_eq!(one["page/assets/app-1a2b.js"], other["page/assets/app-1a2b.js"]);
}

#[test]
fn the_images_say_how_they_run() {
    let folder = tempfile::tempdir().unwrap();
    let images = images(folder.path(), b"program", "<title>Mangoo</title>");
    let config = json_of(&images.frontend.config);
    assert_eq!((&config["architecture"], &config["os"]), (&json!("amd64"), &json!("linux")));
    assert_eq!(
        config["config"],
        json!({
            "User": "65532:65532",
            "Env": ["SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "PAGE_DIR=/page", "LISTEN=0.0.0.0:80"],
            "Entrypoint": ["/mangoo"],
            "Cmd": ["page"],
            "ExposedPorts": { "80/tcp": {} },
            "WorkingDir": "/",
        })
    );
    assert_eq!(json_of(&images.backend.config)["config"]["Cmd"], json!(["serve"]));
    let manifest = json_of(&images.backend.manifest);
    assert_eq!(manifest["mediaType"], "application/vnd.oci.image.manifest.v1+json");
    assert_eq!(manifest["layers"][0]["mediaType"], "application/vnd.oci.image.layer.v1.tar+gzip");
    assert_eq!(config["rootfs"]["diff_ids"].as_array().unwrap().len(), 3);
}

#[test]
fn a_layout_is_found_again_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let images = images(folder.path(), b"program", "<title>Mangoo</title>");
    let copy = folder.path().join("copy");
    Layout::create(&copy).unwrap().copy(&images.named()).unwrap();
    let read = Layout::read(&copy, "frontend").unwrap();
    assert_eq!(read.digest(), images.frontend.digest());
    assert_eq!(Layout::read(&copy, "nothing"), None);
    fs::write(&read.layers[1].path, "cut").unwrap();
    assert_eq!(Layout::read(&copy, "frontend"), None);

    let sources = folder.path().join("sources");
    let error = Layout::create(&sources).err().unwrap();
    assert!(error.to_string().contains("holds something else than images"), "{error}");
}
