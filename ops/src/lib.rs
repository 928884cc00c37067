//! What `mangoo-ops` is made of, beside its commands.

pub mod images;

use std::path::{Path, PathBuf};

/// The checkout this program was built from.
pub fn workspace() -> PathBuf {
    let ops = Path::new(env!("CARGO_MANIFEST_DIR"));
    ops.parent().unwrap_or(ops).to_path_buf()
}
