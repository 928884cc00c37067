//! The marketplace: what is common to the bots and agents in it.

mod routes;
mod store;

use serde::Deserialize;
use utoipa::ToSchema;

pub use routes::router;

/// In which order a list is. What is alike comes newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Sort {
    #[default]
    Newest,
    MostUsed,
    MostStarred,
}

impl Sort {
    /// What an item is sorted by before its id, of how often it was used and starred.
    pub fn rank(self, used: i64, starred: i64) -> Option<i64> {
        match self {
            Self::Newest => None,
            Self::MostUsed => Some(used),
            Self::MostStarred => Some(starred),
        }
    }

    /// As a query string has it, if it is not the default.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Newest => None,
            Self::MostUsed => Some("most_used"),
            Self::MostStarred => Some("most_starred"),
        }
    }
}
