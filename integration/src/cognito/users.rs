//! Users that a command line asks for, one of each kind that a sign-in page has to cope with.

use std::io;

use super::{Cognito, NewUser, SecondFactor, totp};

#[derive(clap::Args, Clone, Debug, Default)]
pub struct Users {
    /// Makes a user; may be repeated, as may the next ones
    #[arg(long, value_name = "EMAIL=PASSWORD", value_parser = parse_user)]
    user: Vec<NewUser>,
    /// Makes a user who has to choose another password
    #[arg(long, value_name = "EMAIL=PASSWORD", value_parser = parse_user)]
    temporary_user: Vec<NewUser>,
    /// An attribute, such as `name`, that temporary users have to give with their new password
    #[arg(long, value_name = "NAME")]
    required_attribute: Vec<String>,
    /// Makes a user who is asked for a code of an authenticator app with this secret (base32)
    #[arg(long, value_name = "EMAIL=PASSWORD=SECRET", value_parser = parse_totp_user)]
    totp_user: Vec<NewUser>,
    /// Makes a user who has to set up an authenticator app
    #[arg(long, value_name = "EMAIL=PASSWORD", value_parser = parse_user)]
    totp_setup_user: Vec<NewUser>,
}

impl Users {
    /// Makes them, or brings those that are there to this state.
    ///
    /// # Errors
    /// The users' file cannot be written.
    pub fn create(&self, cognito: &Cognito) -> io::Result<()> {
        let temporary = self.temporary_user.iter().cloned().map(|user| NewUser {
            is_temporary: true,
            missing: self.required_attribute.clone(),
            ..user
        });
        let to_set_up =
            self.totp_setup_user.iter().cloned().map(|user| NewUser { second_factor: SecondFactor::SetUp, ..user });
        let plain = self.user.iter().chain(&self.totp_user).cloned();
        plain.chain(temporary).chain(to_set_up).try_for_each(|user| cognito.create_user(&user).map(drop))
    }
}

fn parse_user(text: &str) -> Result<NewUser, String> {
    let (email, password) = text.split_once('=').ok_or("expected EMAIL=PASSWORD")?;
    Ok(NewUser { email: email.to_owned(), password: password.to_owned(), ..NewUser::default() })
}

fn parse_totp_user(text: &str) -> Result<NewUser, String> {
    let (user, secret) = text.rsplit_once('=').ok_or("expected EMAIL=PASSWORD=SECRET")?;
    if totp::from_base32(secret).is_none() {
        return Err("the secret is not in base32".to_owned());
    }
    Ok(NewUser { second_factor: SecondFactor::Totp(secret.to_owned()), ..parse_user(user)? })
}
