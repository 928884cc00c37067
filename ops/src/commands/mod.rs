pub mod build;
pub mod dev;
pub mod init;
pub mod synth;
mod target;
