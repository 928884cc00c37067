//! Who may use a platform: the users of its Cognito pool.

use std::{collections::BTreeMap, error::Error};

use aws_sdk_cognitoidentityprovider::{
    Client,
    error::SdkError,
    types::{AttributeType, DeliveryMediumType, MessageActionType, UserStatusType, UserType},
};
use aws_smithy_types::{DateTime, date_time::Format, error::metadata::ProvideErrorMetadata};
use serde::Serialize;

use crate::{
    aws::{Aws, because, is},
    failure::{Failure, Kind},
};

pub struct Pool {
    client: Client,
    id: String,
}

#[derive(Serialize)]
pub struct User {
    pub email: String,
    /// As Cognito calls it.
    pub status: String,
    /// Whether they may sign in.
    pub is_enabled: bool,
    pub groups: Vec<String>,
    /// RFC 3339, UTC.
    pub created: String,
}

impl Pool {
    pub fn new(aws: &Aws, id: &str) -> Self {
        Self { client: aws.cognito(id), id: id.to_owned() }
    }

    /// Makes a user: one whom Cognito mails an invitation or, with a password, one whom nobody is
    /// told of. False if there is one already.
    pub async fn create(&self, email: &str, password: Option<&str>) -> Result<bool, Failure> {
        let attribute = |name: &str, value: &str| {
            let attribute = AttributeType::builder().name(name).value(value).build();
            attribute.map_err(|error| Failure::new(Kind::Unexpected, error.to_string()))
        };
        let request = self
            .client
            .admin_create_user()
            .user_pool_id(&self.id)
            .username(email)
            .user_attributes(attribute("email", email)?)
            .user_attributes(attribute("email_verified", "true")?)
            // The default is a text message.
            .desired_delivery_mediums(DeliveryMediumType::Email)
            .set_message_action(password.map(|_| MessageActionType::Suppress))
            // So that a password which the pool refuses makes no user.
            .set_temporary_password(password.map(str::to_owned));
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if is(&error, "UsernameExistsException") => Ok(false),
            Err(error) => Err(self.refused(&format!("add {email}"), &error).await),
        }
    }

    /// Whether a user has never signed in: they have a temporary password still.
    pub async fn is_invited(&self, email: &str) -> Result<bool, Failure> {
        let answer = self.client.admin_get_user().user_pool_id(&self.id).username(email).send().await;
        match answer {
            Ok(user) => Ok(user.user_status == Some(UserStatusType::ForceChangePassword)),
            Err(error) if is(&error, "UserNotFoundException") => {
                Err(Failure::new(Kind::Usage, format!("There is no user {email}"))
                    .next("`mangoo-ops user list` shows who there is, `mangoo-ops user add` adds somebody"))
            }
            Err(error) => Err(because(&format!("look at {email}"), &error)),
        }
    }

    /// Gives a user a password for good.
    pub async fn set_password(&self, email: &str, password: &str) -> Result<(), Failure> {
        let request = self.client.admin_set_user_password().user_pool_id(&self.id).username(email);
        match request.password(password).permanent(true).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(&format!("give {email} a password"), &error).await),
        }
    }

    /// Has Cognito mail another temporary password to somebody who has not signed in yet.
    pub async fn invite_again(&self, email: &str) -> Result<(), Failure> {
        let request = self.client.admin_create_user().user_pool_id(&self.id).username(email);
        let request = request.message_action(MessageActionType::Resend);
        match request.desired_delivery_mediums(DeliveryMediumType::Email).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(&format!("invite {email} again"), &error).await),
        }
    }

    /// Has Cognito mail a code with which a user chooses another password; the old one is void.
    pub async fn reset(&self, email: &str) -> Result<(), Failure> {
        match self.client.admin_reset_user_password().user_pool_id(&self.id).username(email).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(&format!("reset the password of {email}"), &error).await),
        }
    }

    /// Puts a user into a group; nothing happens if they are there.
    pub async fn join(&self, email: &str, group: &str) -> Result<(), Failure> {
        let request = self.client.admin_add_user_to_group().user_pool_id(&self.id).username(email);
        match request.group_name(group).send().await {
            Ok(_) => Ok(()),
            Err(error) if is(&error, "ResourceNotFoundException") => {
                Err(Failure::new(Kind::Preflight, format!("The user pool {} has no group `{group}`", self.id))
                    .next("make the groups `user` and `admin` in the pool, then run the same command again"))
            }
            Err(error) => Err(because(&format!("put {email} into the group {group}"), &error)),
        }
    }

    /// All users, by their addresses.
    pub async fn list(&self) -> Result<Vec<User>, Failure> {
        let mut groups = self.groups().await?;
        let mut pages = self.client.list_users().user_pool_id(&self.id).into_paginator().items().send();
        let mut users = Vec::new();
        while let Some(user) = pages.next().await {
            let user = user.map_err(|error| because("list the users", &error))?;
            let groups = user.username().and_then(|name| groups.remove(name)).unwrap_or_default();
            users.push(User::of(&user, groups));
        }
        users.sort_by(|a, b| a.email.cmp(&b.email));
        Ok(users)
    }

    /// The groups of each user who is in any, by username: there are fewer groups than users to ask for.
    async fn groups(&self) -> Result<BTreeMap<String, Vec<String>>, Failure> {
        let mut members = BTreeMap::<String, Vec<String>>::new();
        let mut groups = self.client.list_groups().user_pool_id(&self.id).into_paginator().items().send();
        while let Some(group) = groups.next().await {
            let group = group.map_err(|error| because("list the groups", &error))?;
            let name = group.group_name.unwrap_or_default();
            let request = self.client.list_users_in_group().user_pool_id(&self.id).group_name(&name);
            let mut users = request.into_paginator().items().send();
            while let Some(user) = users.next().await {
                let user = user.map_err(|error| because(&format!("list who is in the group {name}"), &error))?;
                members.entry(user.username.unwrap_or_default()).or_default().push(name.clone());
            }
        }
        Ok(members)
    }

    /// What an error means for who runs the command. `action` is what was tried.
    async fn refused<E, R>(&self, action: &str, error: &SdkError<E, R>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        let failure = because(action, error);
        let message = error.as_service_error().and_then(ProvideErrorMetadata::message).map(str::to_owned);
        let refused = |next: &str| {
            Failure::new(Kind::Refused, format!("Cannot {action}: the user pool refuses")).because(message).next(next)
        };
        match error.as_service_error().and_then(ProvideErrorMetadata::code) {
            Some("InvalidPasswordException") => {
                let refused = refused("choose another password");
                let rule = self.password_rule().await;
                refused.because(rule)
            }
            Some("InvalidParameterException") => {
                refused("check the address; the pool mails a code to none that is not verified")
            }
            Some("NotAuthorizedException") => refused(
                "`mangoo-ops user list` shows how far they are: who is disabled, signs in elsewhere or has not confirmed their address can't do this",
            ),
            Some("LimitExceededException" | "CodeDeliveryFailureException") => refused(
                "Cognito itself mails 50 messages a day; wait until tomorrow, or have the pool send through SES",
            ),
            _ => failure,
        }
    }

    /// What the pool asks of passwords; none if it does not say.
    async fn password_rule(&self) -> Option<String> {
        let answer = self.client.describe_user_pool().user_pool_id(&self.id).send().await.ok()?;
        let rule = answer.user_pool?.policies?.password_policy?;
        let kinds = [
            (rule.require_lowercase, "a small letter"),
            (rule.require_uppercase, "a capital letter"),
            (rule.require_numbers, "a digit"),
            (rule.require_symbols, "a symbol"),
        ];
        let kinds = kinds.iter().filter(|(is_required, _)| *is_required).map(|(_, kind)| format!(", {kind}"));
        let length = rule.minimum_length.unwrap_or_default();
        Some(format!("the pool wants at least {length} characters{}", kinds.collect::<String>()))
    }
}

impl User {
    fn of(user: &UserType, groups: Vec<String>) -> Self {
        let email = user.attributes().iter().find(|attribute| attribute.name() == "email");
        let email = email.and_then(AttributeType::value).or(user.username()).unwrap_or_default();
        let created = |time: &DateTime| DateTime::from_secs(time.secs()).fmt(Format::DateTime).ok();
        Self {
            email: email.to_owned(),
            status: user.user_status().map_or("UNKNOWN", UserStatusType::as_str).to_owned(),
            is_enabled: user.enabled,
            groups,
            created: user.user_create_date().and_then(created).unwrap_or_default(),
        }
    }
}
