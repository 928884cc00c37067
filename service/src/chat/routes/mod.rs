//! Chat over HTTP.

mod answers;
mod attachments;
mod chats;
mod messages;
mod shares;
mod transfer;

use utoipa_axum::router::OpenApiRouter;

use crate::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(answers::router())
        .merge(attachments::router())
        .merge(messages::router())
        .merge(chats::router())
        .merge(shares::router())
        .merge(transfer::router())
}
