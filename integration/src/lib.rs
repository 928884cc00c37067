//! Local stand-ins for what the platform talks to, so that it runs and is tested without a cloud.

pub mod bedrock;
pub mod cognito;
mod platform;
pub mod postgres;

pub use platform::{SERVICE_PASSWORD, service_arguments};
