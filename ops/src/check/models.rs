//! Whether the models of Amazon Bedrock answer: offered in the Region, and open to the account.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html>

use aws_config::Region;
use aws_sdk_bedrock::{
    Client,
    operation::get_foundation_model_availability::GetFoundationModelAvailabilityOutput as Availability,
    types::{
        AgreementStatus, AuthorizationStatus, EntitlementAvailability, FoundationModelDetails, InferenceProfileStatus,
        InferenceType, RegionAvailability,
    },
};
use futures_util::future::join_all;

use super::{Finding, Severity, Subject};
use crate::aws::{because, is};

/// What it is about: what says which models are called, and who may.
pub const TYPES: &[&str] = &["AWS::IAM::Role", "AWS::ECS::TaskDefinition"];

/// Whose models are not sold through AWS Marketplace: there is no agreement to them.
/// <https://repost.aws/knowledge-center/bedrock-resolve-marketplace-permission>
const WITHOUT_AGREEMENT: [&str; 6] = ["amazon.", "deepseek.", "meta.", "mistral.", "openai.", "qwen."];
const MISSING: &str = "ResourceNotFoundException";
const CHOOSE: &str = "choose another in `models`, or another models.region";

/// What an id of the settings is.
#[derive(Debug, PartialEq, Eq)]
enum Id<'a> {
    Model(&'a str),
    /// By its id or ARN.
    Profile(&'a str),
    /// One's own: bought throughput, or a model that was imported.
    Own,
}

impl<'a> Id<'a> {
    fn of(id: &'a str) -> Self {
        let is_arn = id.starts_with("arn:");
        match id.rsplit_once(":foundation-model/") {
            Some((_, model)) if is_arn => Self::Model(model),
            _ if is_arn && id.contains("inference-profile/") => Self::Profile(id),
            _ if is_arn => Self::Own,
            _ if stack::is_profile(id) => Self::Profile(id),
            _ => Self::Model(id),
        }
    }
}

pub async fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let models = &subject.settings.models;
    let region = models.region.as_deref().unwrap_or(subject.region);
    let config = aws_sdk_bedrock::config::Builder::from(&subject.config).region(Region::new(region.to_owned())).build();
    let bedrock = Client::from_conf(config);
    // Without the first two nothing works; the others are a choice of users, or make searches better.
    let gravity = |id: &str| {
        if models.others.iter().chain(&models.rerank).any(|other| other == id) {
            Severity::Warning
        } else {
            Severity::Error
        }
    };
    join_all(models.all().map(|id| model(&bedrock, region, id, gravity(id)))).await
}

async fn model(bedrock: &Client, region: &str, id: &str, gravity: Severity) -> Finding {
    let what = format!("model {id}");
    let (model, is_profile) = match Id::of(id) {
        Id::Model(model) => (model.to_owned(), false),
        Id::Profile(profile) => {
            match bedrock.get_inference_profile().inference_profile_identifier(profile).send().await {
                Ok(answer) if answer.status == InferenceProfileStatus::Active => {
                    let model = answer.models.into_iter().find_map(|model| model.model_arn);
                    let model = model.unwrap_or_default();
                    (model.rsplit('/').next().unwrap_or_default().to_owned(), true)
                }
                Ok(answer) => {
                    let what = format!("{what}: the inference profile is {}", answer.status.as_str());
                    return graded(gravity, what, CHOOSE);
                }
                Err(error) if is(&error, MISSING) => {
                    return graded(gravity, format!("{what}: {region} has no such inference profile"), CHOOSE);
                }
                Err(error) => return Finding::not_checked(&what, because("look at the inference profile", &error)),
            }
        }
        Id::Own => {
            return Finding::ok(format!("{what}: one of the account's own; only a call shows whether it answers"));
        }
    };
    let (availability, details) = tokio::join!(
        bedrock.get_foundation_model_availability().model_id(&model).send(),
        bedrock.get_foundation_model().model_identifier(&model).send()
    );
    match availability {
        Ok(availability) => {
            let details = details.ok().and_then(|details| details.model_details);
            if !is_profile && details.is_some_and(|details| needs_profile(&details)) {
                let next = format!("name a profile in `models` that routes to it, such as `us.{id}` or `global.{id}`");
                return graded(gravity, format!("{what}: it answers through an inference profile alone"), next);
            }
            judge(id, region, &availability, is_profile, gravity)
        }
        // A profile may route to where the model is.
        Err(error) if is(&error, MISSING) && !is_profile => {
            graded(gravity, format!("{what}: {region} has no such model"), CHOOSE)
        }
        Err(error) => Finding::not_checked(&what, because("ask whether the model is available", &error)),
    }
}

/// Whether it can't be called by its own id.
fn needs_profile(details: &FoundationModelDetails) -> bool {
    let types = details.inference_types_supported();
    !types.is_empty() && !types.contains(&InferenceType::OnDemand)
}

fn graded(severity: Severity, what: String, next: impl Into<String>) -> Finding {
    Finding { severity, what, next: Some(next.into()) }
}

/// `is_profile`: the profile is there, so whether its Region has the model itself does not matter.
fn judge(id: &str, region: &str, availability: &Availability, is_profile: bool, gravity: Severity) -> Finding {
    let what = format!("model {id}");
    if !is_profile && availability.region_availability != RegionAvailability::Available {
        return graded(gravity, format!("{what}: {region} does not offer it"), CHOOSE);
    }
    if availability.authorization_status != AuthorizationStatus::Authorized {
        let next = "have an administrator allow it: a policy of the organization or the account denies it";
        return graded(gravity, format!("{what}: the account is not authorized to use it"), next);
    }
    let agreement = availability.agreement_availability.as_ref().map(|agreement| &agreement.status);
    let needs_agreement = !WITHOUT_AGREEMENT.iter().any(|provider| availability.model_id.starts_with(provider));
    match agreement {
        Some(AgreementStatus::Pending) if needs_agreement => {
            return graded(Severity::Warning, format!("{what}: access is being granted"), "wait a quarter of an hour");
        }
        Some(status) if needs_agreement && *status != AgreementStatus::Available => {
            let form = if availability.model_id.starts_with("anthropic.") {
                "; for models of Anthropic the console first asks, once, what they are for"
            } else {
                ""
            };
            let next = format!(
                "open the model in the playground of Bedrock's console, once, as somebody who may \
                 aws-marketplace:Subscribe; the service itself may not{form}"
            );
            return graded(gravity, format!("{what}: the account has not subscribed to it"), next);
        }
        _ => {}
    }
    if availability.entitlement_availability != EntitlementAvailability::Available {
        let next = "open the model in the playground of Bedrock's console: it says what is missing";
        return graded(gravity, format!("{what}: the account has no access to it"), next);
    }
    Finding::ok(format!("{what}: {region} has it, and access is granted"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_bedrock::types::AgreementAvailability;

    use super::*;

    fn availability(model: &str, agreement: AgreementStatus) -> Availability {
        let agreement = AgreementAvailability::builder().status(agreement).build().expect("it has a status");
        Availability::builder()
            .model_id(model)
            .agreement_availability(agreement)
            .authorization_status(AuthorizationStatus::Authorized)
            .entitlement_availability(EntitlementAvailability::Available)
            .region_availability(RegionAvailability::Available)
            .build()
            .expect("it is whole")
    }

    const CLAUDE: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    fn judged(availability: &Availability, is_profile: bool) -> Finding {
        judge("it", "eu-west-1", availability, is_profile, Severity::Error)
    }

    #[test]
    fn an_id_is_a_models_or_a_profiles() {
        let application = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc";
        for (id, expected) in [
            ("amazon.nova-lite-v1:0", Id::Model("amazon.nova-lite-v1:0")),
            ("global.anthropic.claude", Id::Profile("global.anthropic.claude")),
            ("us.amazon.nova-pro-v1:0", Id::Profile("us.amazon.nova-pro-v1:0")),
            ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova", Id::Model("amazon.nova")),
            (application, Id::Profile(application)),
            ("arn:aws:bedrock:us-east-1:1:provisioned-model/abc", Id::Own),
        ] {
            assert_eq!(Id::of(id), expected);
        }
    }

    #[test]
    fn a_model_with_access_is_fine() {
        assert_eq!(judged(&availability(CLAUDE, AgreementStatus::Available), false).severity, Severity::Ok);
    }

    #[test]
    fn a_model_nobody_subscribed_to_says_who_can() {
        let finding = judged(&availability(CLAUDE, AgreementStatus::NotAvailable), true);
        assert_eq!(finding.severity, Severity::Error);
        let next = finding.next.expect("there is something to do");
        assert!(next.contains("aws-marketplace:Subscribe") && next.contains("Anthropic"), "{next}");
        assert_eq!(judged(&availability(CLAUDE, AgreementStatus::Pending), true).severity, Severity::Warning);
        let amazon = availability("amazon.titan-embed-text-v2:0", AgreementStatus::NotAvailable);
        assert_eq!(judged(&amazon, false).severity, Severity::Ok, "it is not sold in the marketplace");
    }

    #[test]
    fn the_region_matters_only_without_a_profile() {
        let mut elsewhere = availability(CLAUDE, AgreementStatus::Available);
        elsewhere.region_availability = RegionAvailability::NotAvailable;
        assert_eq!(judged(&elsewhere, true).severity, Severity::Ok);
        let finding = judged(&elsewhere, false);
        assert_eq!(
            (finding.severity, finding.what.as_str()),
            (Severity::Error, "model it: eu-west-1 does not offer it")
        );
    }

    #[test]
    fn some_models_are_called_through_a_profile_alone() {
        let details = |types: &[&str]| {
            let types = types.iter().map(|&one| InferenceType::from(one)).collect();
            let details = FoundationModelDetails::builder().model_arn("arn").model_id("it");
            needs_profile(&details.set_inference_types_supported(Some(types)).build().expect("it is whole"))
        };
        assert!(details(&["INFERENCE_PROFILE"]) && details(&["PROVISIONED"]));
        assert!(!details(&["ON_DEMAND", "INFERENCE_PROFILE"]) && !details(&[]), "nothing said is nothing wrong");
    }

    #[test]
    fn access_is_refused_by_authorization_and_entitlement() {
        let mut denied = availability(CLAUDE, AgreementStatus::Available);
        denied.authorization_status = AuthorizationStatus::NotAuthorized;
        assert_eq!(judged(&denied, true).severity, Severity::Error);
        let mut without = availability(CLAUDE, AgreementStatus::Available);
        without.entitlement_availability = EntitlementAvailability::NotAvailable;
        assert_eq!(judged(&without, true).severity, Severity::Error);
        let optional = judge("it", "eu-west-1", &without, true, Severity::Warning);
        assert_eq!(optional.severity, Severity::Warning, "users have others to choose from");
    }
}
