//! Who is told when something is wrong.

use serde::Deserialize;

use super::check::Problems;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// Whether CloudWatch raises alarms.
    pub alarms: bool,
    /// Whether it shows a dashboard.
    pub dashboard: bool,
    /// Whether ECS measures each container (Container Insights), which costs by the container.
    pub insights: bool,
    /// Who gets the alarms; they must confirm the first e-mail.
    pub email: Option<String>,
}

impl Problems {
    pub(super) fn watch(&mut self, watch: &Watch) {
        if let Some(email) = &watch.email {
            self.email("watch.email", email);
        }
    }

    pub(super) fn email(&mut self, setting: &str, email: &str) {
        let is_address = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        self.unless(is_address, format!("{setting}: `{email}` is no e-mail address"));
    }
}
