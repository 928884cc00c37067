//! The first step of a new version: what it needs is added and changed, and what serves stays as it
//! is deployed. Only the new image knows the new environment, and it wants a migrated database.

use serde_json::Value as Json;

use crate::cloudformation::{Change, Effect};

/// A template without what serves, with all that is deployed and not in it: nothing goes before
/// what may need it does.
pub fn expand(mut prepared: Json, deployed: &Json) -> Json {
    for section in ["Parameters", "Resources", "Outputs"] {
        for (name, there) in deployed[section].as_object().into_iter().flatten() {
            if prepared[section].get(name).is_none() {
                prepared[section][name] = there.clone();
            }
        }
    }
    prepared
}

/// What makes room in the last step, because the new template has it no more.
pub fn removals(template: &Json, deployed: &Json) -> Vec<Change> {
    let resources = deployed["Resources"].as_object().into_iter().flatten();
    let removed = resources.filter(|(name, _)| template["Resources"].get(name).is_none());
    removed.map(|(name, resource)| change(Effect::Remove, name, resource)).collect()
}

/// What a new stack is made of.
pub fn additions(template: &Json) -> Vec<Change> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources.map(|(name, resource)| change(Effect::Add, name, resource)).collect()
}

fn change(effect: Effect, name: &str, resource: &Json) -> Change {
    let kind = resource["Type"].as_str().unwrap_or_default().to_owned();
    Change { effect, resource: name.to_owned(), kind, properties: Vec::new() }
}

#[cfg(test)]
mod tests {
    use stack::Settings;

    use super::*;

    fn settings(more: &str) -> Settings {
        Settings::parse(&format!("[test]\nprofile = \"dev\"\nregion = \"us-east-1\"\n{more}"), "test").expect("valid")
    }

    #[test]
    fn what_serves_stays_as_it_is() {
        let (old, new) = (settings(""), settings("log_days = 3\n[test.service.environment]\nDEBUG = \"true\"\n"));
        let (deployed, template) = (stack::synth(&old), stack::synth(&new));
        let first = expand(stack::synth_without_services(&new), &deployed);
        for name in ["BackendTask", "BackendService", "FrontendTask", "FrontendService"] {
            assert_eq!(first["Resources"][name], deployed["Resources"][name]);
            assert_eq!(first["Outputs"][name], deployed["Outputs"][name]);
        }
        assert_ne!(first["Resources"]["BackendTask"], template["Resources"]["BackendTask"]);
        for name in ["MigrationTask", "BackendLogs"] {
            assert_eq!(first["Resources"][name], template["Resources"][name]);
            assert_ne!(first["Resources"][name], deployed["Resources"][name]);
        }
        assert_eq!(expand(stack::synth_without_services(&new), &first), first, "once more changes nothing");
        assert_eq!(expand(stack::synth_without_services(&old), &deployed), deployed, "nor where nothing is new");
    }

    #[test]
    fn what_goes_goes_last() {
        let (old, new) = (settings("[test.storage]\ncache = true\n"), settings("[test.storage]\ncache = false\n"));
        let (deployed, template) = (stack::synth(&old), stack::synth(&new));
        let first = expand(stack::synth_without_services(&new), &deployed);
        let removed = removals(&template, &deployed);
        assert!(removed.iter().any(Change::loses_data), "{removed:?}");
        for change in &removed {
            assert_eq!(first["Resources"][&change.resource], deployed["Resources"][&change.resource]);
        }
        assert!(removals(&deployed, &deployed).is_empty());
    }
}
