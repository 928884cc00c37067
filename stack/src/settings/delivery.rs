//! How new versions come in.

use serde::Deserialize;

use super::check::Problems;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// The repository that CodeBuild deploys, such as `https://github.com/company/mangoo.git`;
    /// without it there is no pipeline.
    pub repository: Option<String>,
    /// The branch whose pushes are deployed.
    pub branch: String,
    /// The confirmed connection of CodeConnections to where the repository is. Without it one is
    /// made, and no pipeline yet: AWS makes none that can't reach its repository.
    pub connection_arn: Option<String>,
    /// How many images are kept to go back to.
    pub keep_images: u16,
}

impl Delivery {
    /// Whether each push is deployed.
    pub fn has_pipeline(&self) -> bool {
        self.repository.is_some() && self.connection_arn.is_some()
    }
}

impl Problems {
    pub(super) fn delivery(&mut self, delivery: &Delivery) {
        if let Some(repository) = &delivery.repository {
            let known = ["https://github.com/", "https://gitlab.com/", "https://bitbucket.org/"];
            self.unless(
                known.iter().any(|host| repository.starts_with(host)),
                "delivery.repository: CodeBuild is connected to https://github.com/…, https://gitlab.com/… and \
                 https://bitbucket.org/…",
            );
        }
        if let Some(arn) = &delivery.connection_arn {
            self.unless(arn.starts_with("arn:"), "delivery.connection_arn: must be the ARN of a connection");
        }
        self.unless((2..=1000).contains(&delivery.keep_images), "delivery.keep_images: must be 2 to 1000");
    }
}
