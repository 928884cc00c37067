//! What Mangoo runs on AWS: typed CloudFormation, made from [`Settings`]. Pure: it reads and
//! writes nothing.
//!
//! A file a part of the platform; [`template`] is the language they are written in, [`aws`]
//! the resource types they use.

pub mod aws;
mod base;
mod budget;
mod database;
mod edge;
mod identity;
mod models;
mod network;
mod service;
pub mod settings;
mod storage;
pub mod template;
pub mod timing;
mod watch;

use serde_json::Value as Json;

use aws::iam::Role;
pub use base::{SERVED, synth as synth_base};
pub use models::is_profile;
use service::Parts;
pub use settings::Settings;
use template::Template;

/// The template of an environment.
pub fn synth(settings: &Settings) -> Json {
    template(settings, true)
}

/// The same without what serves: the database must be migrated before anything uses it.
pub fn synth_without_services(settings: &Settings) -> Json {
    template(settings, false)
}

/// The same for a stack that is not there yet, and without protection: should something fail,
/// CloudFormation has to be able to take back what it made. Nothing is in it to lose.
pub fn synth_at_first(settings: &Settings) -> Json {
    let mut settings = settings.clone();
    for protect in [&mut settings.database.protect, &mut settings.identity.protect, &mut settings.storage.protect] {
        *protect = false;
    }
    template(&settings, false)
}

fn template(settings: &Settings, serving: bool) -> Json {
    let description = format!("{}: a multi-agent AI platform (profile {:?})", settings.name, settings.profile);
    Template::synth(&description, |t| {
        let network = network::build(t, settings);
        let database = database::build(t, &settings.database, &network);
        let identity = identity::build(t, &settings.identity);
        let edge = edge::build(t, settings, &network, &identity);
        let storage = storage::build(t, settings.storage, &network, &edge.address);
        let parts =
            Parts { network: &network, database: &database, identity: &identity, storage: &storage, edge: &edge };
        let services = service::build(t, settings, &parts, serving);
        watch::build(t, settings, &edge, &database, &storage, &services);
        budget::build(t, &settings.budget);
        if settings.delivery.has_pipeline() {
            t.set_on_all::<Role, _>("PermissionsBoundary", &base::boundary(settings));
        }
    })
}
