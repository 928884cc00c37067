//! Small images, made of what is no program and no page.

use std::{
    fs,
    path::{Path, PathBuf},
};

use ops::images::{Architecture, Images, layout::Layout, put_together};

/// Content that does not get smaller.
pub fn noise(seed: u64, size: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    std::iter::repeat_with(|| random.u8(..)).take(size).collect()
}

/// Writes a program, a library and a page into `folder`, and makes images of them.
pub fn images(folder: &Path, program: &[u8], page: &str) -> Images {
    let sources = folder.join("sources");
    let assets = sources.join("page/assets");
    fs::create_dir_all(&assets).unwrap();
    fs::write(sources.join("page/index.html"), page).unwrap();
    fs::write(sources.join("page/.made-from"), "a secret of the builder").unwrap();
    fs::write(assets.join("app-1a2b.js"), "let mango = 1;".repeat(200)).unwrap();
    fs::write(assets.join("font-3c4d.woff2"), noise(1, 100)).unwrap();
    fs::write(sources.join("mangoo"), program).unwrap();
    let layout = Layout::create(&folder.join("images")).unwrap();
    // Its path is the one in the image, so it has to be the same each time.
    let library = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let page = sources.join("page");
    put_together(&layout, Architecture::X86_64, &[library], &sources.join("mangoo"), &page).unwrap()
}
