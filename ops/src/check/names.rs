//! Names that the templates choose themselves, and that somebody may have taken: those of the
//! image repositories. Buckets, log groups and roles get theirs from CloudFormation.

use futures_util::future::join_all;
use serde_json::Value as Json;

use super::{Finding, Subject};
use crate::aws::{because, is};

/// Once the base stack is there, they are its own.
pub async fn check(subject: &Subject<'_>, base: &Json) -> Vec<Finding> {
    if subject.is_base_deployed {
        return Vec::new();
    }
    let ecr = aws_sdk_ecr::Client::new(&subject.config);
    let resources = base["Resources"].as_object().into_iter().flatten();
    let names = resources.filter_map(|(_, resource)| resource["Properties"]["RepositoryName"].as_str());
    let findings = names.map(async |name| {
        let what = format!("repository {name}");
        match ecr.describe_repositories().repository_names(name).send().await {
            Ok(_) => Finding::error(
                format!("{what}: there already, and not of the base stack"),
                "delete it if nobody needs its images, or choose another `name` in mangoo.toml",
            ),
            Err(error) if is(&error, "RepositoryNotFoundException") => Finding::ok(format!("{what}: the name is free")),
            Err(error) => Finding::not_checked(&what, because("look for the repository", &error)),
        }
    });
    join_all(findings).await
}
