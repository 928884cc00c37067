//! What Mangoo runs on AWS: typed CloudFormation, made from [`Settings`]. Pure: it reads and
//! writes nothing.
//!
//! A file a part of the platform; [`template`] is the language they are written in, [`aws`]
//! the resource types they use.

pub mod aws;
mod database;
mod identity;
mod network;
pub mod settings;
pub mod template;

use serde_json::Value as Json;

pub use settings::Settings;
use template::Template;

/// The template of an environment.
pub fn synth(settings: &Settings) -> Json {
    let description = format!("{}: a multi-agent AI platform (profile {:?})", settings.name, settings.profile);
    Template::synth(&description, |t| {
        let network = network::build(t, settings);
        database::build(t, &settings.database, &network);
        identity::build(t, &settings.identity);
    })
}
