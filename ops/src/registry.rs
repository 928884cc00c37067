//! The account's registry: where an environment's images go.

use aws_sdk_ecr::types::ImageIdentifier;
use base64::{Engine, prelude::BASE64_STANDARD};
use ops::images::{self, Architecture, Blob, Builder, Credentials, Image, Progress, Repository};
use serde::{Deserialize, Serialize};

use stack::SERVED;

use crate::{
    aws::{Aws, because},
    cloudformation::Values,
    environment::Environment,
    failure::{Failure, Kind},
    report::{Report, State},
};

/// What serves: images by their digests, as ECS fetches them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Release {
    pub backend: String,
    pub frontend: String,
}

impl Release {
    /// What a stack with these parameters runs.
    pub fn of(parameters: &Values) -> Self {
        let image = |name: &str| parameters.get(name).cloned().unwrap_or_default();
        Self { backend: image("BackendImage"), frontend: image("FrontendImage") }
    }

    /// The stack's parameters for it.
    pub fn parameters(&self) -> Values {
        let images =
            [("MigrationImage", &self.backend), ("BackendImage", &self.backend), ("FrontendImage", &self.frontend)];
        images.map(|(name, image)| (name.to_owned(), image.clone())).into()
    }
}

/// Builds what has changed, and pushes what the registry lacks. `base` has the repositories.
pub async fn publish(environment: &Environment<'_>, base: &Values, builder: Builder) -> Result<Release, Failure> {
    let report = environment.report;
    let architecture = match environment.settings.service.architecture {
        stack::settings::Architecture::Arm64 => Architecture::Arm64,
        stack::settings::Architecture::X86 => Architecture::X86_64,
    };
    let images = images::build(&ops::workspace(), architecture, builder, report).await;
    report.settle();
    let images = images.map_err(|error| {
        Failure::new(Kind::Images, "The images were not built")
            .because(error.chain().map(ToString::to_string))
            .next("mend what the error names, then run the same command again")
    })?;
    let credentials = credentials(&environment.aws).await?;
    let push = async |part: &str, image: &Image| {
        let uri = base.get(&format!("{part}Repository")).ok_or_else(|| {
            Failure::new(Kind::Images, format!("The base stack has no repository for the {}", part.to_lowercase()))
                .next("deploy the base stack again: `mangoo-ops deploy`")
        })?;
        let mut repository = repository(&environment.aws, uri);
        repository.credentials = credentials.clone();
        let pushed = images::push(image, &repository, report).await;
        report.settle();
        let pushed = pushed.map_err(|error| {
            Failure::new(Kind::Images, format!("The {}'s image was not pushed", part.to_lowercase()))
                .because([error.to_string()])
                .next("run the same command again: what has arrived is not sent again")
        })?;
        report.say(&format!("{} {}: {} bytes sent", part.to_lowercase(), pushed.digest, pushed.bytes));
        Ok(format!("{}/{}@{}", repository.registry, repository.name, pushed.digest))
    };
    Ok(Release {
        backend: push("Backend", &images.backend).await?,
        frontend: push("Frontend", &images.frontend).await?,
    })
}

/// Marks the images that serve, so that the registry does not forget them for newer ones that
/// never did.
pub async fn keep(environment: &Environment<'_>, base: &Values, release: &Release) {
    for (part, image) in [("Backend", &release.backend), ("Frontend", &release.frontend)] {
        let own = base.get(&format!("{part}Repository")).and_then(|uri| image.strip_prefix(uri.as_str()));
        let Some((uri, digest)) = own.and(image.split_once('@')) else { continue };
        let name = uri.split_once('/').map_or(uri, |(_, name)| name);
        if let Err(failure) = mark(&environment.aws, name, digest).await {
            environment.report.warn(&format!(
                "{image} is not marked as served, so that the registry may forget it after many newer ones: {}",
                failure.what
            ));
        }
    }
}

async fn mark(aws: &Aws, name: &str, digest: &str) -> Result<(), Failure> {
    let id = ImageIdentifier::builder().image_digest(digest).build();
    let found = aws.ecr().batch_get_image().repository_name(name).image_ids(id).send().await;
    let found = found.map_err(|error| because("read the image's manifest", &error))?;
    let Some(image) = found.images().first() else { return Ok(()) };
    let short: String = digest.trim_start_matches("sha256:").chars().take(12).collect();
    let tag = aws.ecr().put_image().repository_name(name).image_digest(digest).image_tag(format!("{SERVED}{short}"));
    let tag = tag.set_image_manifest(image.image_manifest.clone());
    match tag.set_image_manifest_media_type(image.image_manifest_media_type.clone()).send().await {
        Err(error)
            if !error.as_service_error().is_some_and(|error| {
                error.is_image_already_exists_exception() || error.is_image_tag_already_exists_exception()
            }) =>
        {
            Err(because("mark the image", &error))
        }
        _ => Ok(()),
    }
}

/// Makes sure that the registry still has the images: it forgets old ones.
pub async fn find(aws: &Aws, release: &Release) -> Result<(), Failure> {
    for image in [&release.backend, &release.frontend] {
        let (Some((_, name)), Some((_, digest))) = (image.split_once('/'), image.split_once('@')) else { continue };
        let id = ImageIdentifier::builder().image_digest(digest).build();
        let name = name.split('@').next().unwrap_or_default();
        match aws.ecr().describe_images().repository_name(name).image_ids(id).send().await {
            Ok(_) => {}
            Err(error)
                if error.as_service_error().is_some_and(|error| {
                    error.is_image_not_found_exception() || error.is_repository_not_found_exception()
                }) =>
            {
                return Err(Failure::new(Kind::Images, "The registry no longer has the image")
                    .because([image.clone()])
                    .next("choose a newer version (`mangoo-ops rollback --list`), or check its commit out and deploy that; delivery.keep_images says how many are kept"));
            }
            Err(error) => return Err(because("look for the image", &error)),
        }
    }
    Ok(())
}

/// A repository by its address, `registry/name`. A stand-in for AWS is its own registry.
fn repository(aws: &Aws, uri: &str) -> Repository {
    let (registry, name) = uri.split_once('/').unwrap_or(("", uri));
    match aws.config.endpoint_url().and_then(|url| url.split_once("://")) {
        Some((scheme, host)) => {
            Repository { http: scheme == "http", ..Repository::new(host.trim_end_matches('/'), name) }
        }
        None => Repository::new(registry, name),
    }
}

/// For twelve hours.
async fn credentials(aws: &Aws) -> Result<Credentials, Failure> {
    let answer = aws.ecr().get_authorization_token().send().await;
    let answer = answer.map_err(|error| because("sign in to the registry", &error))?;
    let token = answer.authorization_data().first().and_then(|data| data.authorization_token()).unwrap_or_default();
    let parse = || {
        let text = String::from_utf8(BASE64_STANDARD.decode(token).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        Some(Credentials::Basic { user: user.to_owned(), password: password.to_owned() })
    };
    parse().ok_or_else(|| Failure::new(Kind::Unexpected, "The registry's token is none"))
}

impl Progress for Report {
    fn say(&self, step: &str) {
        self.progress("images", "build", State::Running, step);
    }

    fn line(&self, line: &str) {
        self.aside(line);
    }

    fn sent(&self, blob: &Blob, sent: u64) {
        if self.is_live() && sent < blob.size {
            let name = &blob.digest[..blob.digest.len().min(19)];
            self.progress(name, "layer", State::Running, &format!("{sent} of {} bytes", blob.size));
        }
    }
}
