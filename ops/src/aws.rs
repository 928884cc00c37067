//! The account: clients of AWS's services, and what their errors mean.

use std::{error::Error, time::Duration};

use aws_config::{AppName, BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};
use stack::Settings;

use crate::failure::{Failure, Kind};

/// How often a call is tried, with pauses between, unless `AWS_MAX_ATTEMPTS` says: throttling is
/// normal in a busy account.
const ATTEMPTS: u32 = 6;
const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(30);

/// The account and Region that an environment is in.
pub struct Aws {
    pub config: SdkConfig,
    pub account: String,
    /// The ARN of who calls.
    pub caller: String,
    pub region: String,
}

impl Aws {
    /// Finds credentials, and asks AWS whose they are.
    pub async fn connect(settings: &Settings) -> Result<Self, Failure> {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
        if std::env::var_os("AWS_MAX_ATTEMPTS").is_none() {
            loader = loader.retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS));
        }
        if let Ok(name) = AppName::new("mangoo-ops") {
            loader = loader.app_name(name);
        }
        if let Some(region) = &settings.region {
            loader = loader.region(Region::new(region.clone()));
        }
        let config = loader.load().await;
        let Some(region) = config.region().map(ToString::to_string) else {
            return Err(Failure::new(Kind::Settings, "There is no AWS Region")
                .next("set `region` in mangoo.toml, or AWS_REGION"));
        };
        let identity = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
        let identity = identity.map_err(|error| because("ask AWS who is calling", &error))?;
        let (account, caller) = (identity.account.unwrap_or_default(), identity.arn.unwrap_or_default());
        Ok(Self { config, account, caller, region })
    }

    pub fn cloudformation(&self) -> aws_sdk_cloudformation::Client {
        aws_sdk_cloudformation::Client::new(&self.config)
    }

    pub fn ecs(&self) -> aws_sdk_ecs::Client {
        aws_sdk_ecs::Client::new(&self.config)
    }

    pub fn logs(&self) -> aws_sdk_cloudwatchlogs::Client {
        aws_sdk_cloudwatchlogs::Client::new(&self.config)
    }

    pub fn s3(&self) -> aws_sdk_s3::Client {
        // A stand-in has no name for each bucket.
        let is_elsewhere = self.config.endpoint_url().is_some();
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(is_elsewhere).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// Of a user pool, which may be in another Region: its id begins with that.
    pub fn cognito(&self, pool: &str) -> aws_sdk_cognitoidentityprovider::Client {
        let region = pool.split('_').next().map(|region| Region::new(region.to_owned()));
        let config = aws_sdk_cognitoidentityprovider::config::Builder::from(&self.config).region(region).build();
        aws_sdk_cognitoidentityprovider::Client::from_conf(config)
    }

    pub fn ecr(&self) -> aws_sdk_ecr::Client {
        aws_sdk_ecr::Client::new(&self.config)
    }
}

/// Codes by which AWS says that it does not know, or no longer knows, the credentials.
const UNKNOWN: [&str; 7] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "RequestExpired",
];
/// Codes by which AWS says that it was asked too often, or can't answer now.
const BUSY: [&str; 8] = [
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
    "ServiceUnavailable",
    "InternalFailure",
    "InternalError",
];
const DENIED: [&str; 4] = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"];

/// Whether a service answered with the error of this code.
pub fn is<E: ProvideErrorMetadata, R>(error: &aws_sdk_sts::error::SdkError<E, R>, code: &str) -> bool {
    error.as_service_error().and_then(ProvideErrorMetadata::code) == Some(code)
}

/// What an error of AWS's SDK means for who runs the command. `action` is what was tried: "make
/// a change set".
pub fn because<E, R>(action: &str, error: &aws_sdk_sts::error::SdkError<E, R>) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    use aws_sdk_sts::error::SdkError;
    if let SdkError::ServiceError(service) = error {
        let error = service.err();
        let code = error.code().unwrap_or("an error without a code");
        let why = format!("{code}: {}", error.message().unwrap_or("AWS says no more"));
        if UNKNOWN.contains(&code) {
            return Failure::new(Kind::Credentials, format!("Cannot {action}: AWS does not accept the credentials"))
                .because([why])
                .next(
                    "sign in again (`aws sso login`, or new keys), then run the same command: it goes on where it was",
                );
        }
        if DENIED.contains(&code) {
            return Failure::new(Kind::Credentials, format!("Cannot {action}: the credentials may not do this"))
                .because([why])
                .next("have an administrator allow the action above, or use other credentials (AWS_PROFILE)");
        }
        if BUSY.contains(&code) {
            return Failure::new(Kind::Network, format!("Cannot {action}: AWS is too busy to answer"))
                .because([why])
                .next("run the same command again in a minute: it goes on where it was");
        }
        return Failure::new(Kind::Unexpected, format!("Cannot {action}")).because([why]);
    }
    // Credentials are looked for when the first call is made.
    if chain(error).any(<dyn Error>::is::<CredentialsError>) {
        return Failure::new(Kind::Credentials, format!("Cannot {action}: there are no credentials of AWS"))
            .because([innermost(error)])
            .next("sign in (`aws configure sso`, `aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    if matches!(error, SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)) {
        return Failure::new(Kind::Network, format!("Cannot {action}: AWS is not reached"))
            .because([innermost(error)])
            .next("check the network (a proxy: HTTPS_PROXY), then run the same command: it goes on where it was");
    }
    Failure::new(Kind::Unexpected, format!("Cannot {action}: AWS's answer is not understood"))
        .because([DisplayErrorContext(error).to_string()])
}

/// The error, what caused it, and so on.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The error at the bottom, which names the cause.
fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}
