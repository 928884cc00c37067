//! A user for the time of a run.

use aws_sdk_cognitoidentityprovider::{
    Client,
    types::{AttributeType, AuthFlowType, MessageActionType},
};

use super::{Plan, checks::both};
use crate::{
    aws::{Aws, because},
    failure::{Failure, Kind},
};

pub struct User {
    client: Client,
    pool: String,
    name: String,
    pub token: String,
}

impl User {
    /// Makes a user whom nobody is told of, and signs them in.
    pub async fn sign_in(aws: &Aws, plan: &Plan) -> Result<Self, Failure> {
        let client = aws.cognito(&plan.user_pool_id);
        let name = format!("mangoo-smoke-{}@example.com", uuid::Uuid::now_v7().simple());
        // All kinds of characters that a pool may ask for, and 122 random bits.
        let password = format!("Aa1!{}", uuid::Uuid::new_v4().simple());
        let attribute = |name: &str, value: &str| {
            AttributeType::builder()
                .name(name)
                .value(value)
                .build()
                .map_err(|error| Failure::new(Kind::Unexpected, error.to_string()))
        };
        let request = client
            .admin_create_user()
            .user_pool_id(&plan.user_pool_id)
            .username(&name)
            .message_action(MessageActionType::Suppress)
            .user_attributes(attribute("email", &name)?)
            .user_attributes(attribute("email_verified", "true")?);
        request.send().await.map_err(|error| because("make a user for the smoke test", &error))?;
        let mut user = Self { client, pool: plan.user_pool_id.clone(), name, token: String::new() };
        match user.token(plan, password).await {
            Ok(token) => user.token = token,
            Err(failure) => return both(Err(failure), user.delete().await),
        }
        Ok(user)
    }

    async fn token(&self, plan: &Plan, password: String) -> Result<String, Failure> {
        let set = self.client.admin_set_user_password().user_pool_id(&self.pool).username(&self.name);
        let set = set.password(&password).permanent(true);
        set.send().await.map_err(|error| because("give the smoke test's user a password", &error))?;
        let request = self
            .client
            .admin_initiate_auth()
            .user_pool_id(&self.pool)
            .client_id(&plan.client_id)
            .auth_flow(AuthFlowType::AdminUserPasswordAuth)
            .auth_parameters("USERNAME", &self.name)
            .auth_parameters("PASSWORD", password);
        let answer = request.send().await.map_err(|error| because("sign the smoke test's user in", &error))?;
        answer.authentication_result.and_then(|result| result.id_token).ok_or_else(|| {
            let challenge = answer.challenge_name.map_or_else(String::new, |name| format!(": {name}"));
            Failure::new(Kind::Smoke, format!("The user pool asks for more than a password{challenge}"))
                .next("with identity.mfa = \"required\" nobody can sign in without a person; check with a browser, or deploy with --skip-smoke")
        })
    }

    pub async fn delete(&self) -> Result<(), Failure> {
        let delete = self.client.admin_delete_user().user_pool_id(&self.pool).username(&self.name);
        delete.send().await.map_err(|error| because(&format!("delete the smoke test's user {}", self.name), &error))?;
        Ok(())
    }
}
