//! How `mangoo-ops` is linked.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |part: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    // AWS's libraries have a hundred thousand pointers to functions. At a fixed address they are
    // ready in the file; else the loader writes each of them before the program begins, which
    // takes longer than most commands. Heap, stack and shared libraries still move.
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bin=mangoo-ops=-no-pie");
    }
}
