//! How a service is told to use the stand-ins.

use anyhow::Context;
use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use crate::cognito::Cognito;

/// The password of the service's database role on a laptop and in tests. The servers it is
/// for listen on this machine alone.
pub const SERVICE_PASSWORD: &str = "mangoo_service";

/// The command line of a service that uses `database` (an address with an owner's
/// credentials, which are replaced by those of the service's own role), `cognito`, and what
/// answers at `bedrock` (`None`: Amazon Bedrock). All else is as the environment says, or the default.
pub fn service_arguments(database: &str, cognito: &Cognito, bedrock: Option<&str>) -> anyhow::Result<Vec<String>> {
    let owner: PgConnectOptions = database.parse().context("the database's address is not valid")?;
    let service = owner.username("mangoo_service").password(SERVICE_PASSWORD).to_url_lossy();
    let mut arguments: Vec<String> = [
        "mangoo",
        "--database-url",
        service.as_str(),
        "--cognito-user-pool-id",
        cognito.pool_id(),
        "--cognito-app-client-id",
        cognito.client_id(),
        "--cognito-region",
        cognito.region(),
        "--cognito-endpoint",
        cognito.url(),
    ]
    .map(str::to_owned)
    .into();
    arguments.extend(bedrock.iter().flat_map(|url| ["--bedrock-endpoint".to_owned(), (*url).to_owned()]));
    Ok(arguments)
}
