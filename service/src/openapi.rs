//! The API: its routes and its description, which come from the same place.

use axum::{Router, http::header, response::IntoResponse, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    App, admin, agents, bots, chat, documents,
    error::Problem,
    input::{Bounded, Text},
    knowledge, marketplace, model, stream_check, usage, users,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Mangoo", description = "Chat with bots over your own documents."),
    // Those of query parameters are not collected by themselves.
    components(schemas(
        Problem,
        Bounded<0, 900>,
        Bounded<1, 100>,
        Bounded<1, 200>,
        Bounded<1, 1000>,
        Bounded<1, 1_000_000>,
        Bounded<0, { i32::MAX }>,
        Bounded<1, { i32::MAX }>,
        Text<1, 50>,
        Text<1, 100>,
        Text<1, 200>,
        Bounded<10, 5_000>,
        Text<1, 128>,
        Text<1, 500>
    )),
    security(("cognito" = [])),
    modifiers(&CognitoToken),
)]
struct Api;

struct CognitoToken;

impl Modify for CognitoToken {
    fn modify(&self, document: &mut openapi::OpenApi) {
        document.components.get_or_insert_default().add_security_scheme(
            "cognito",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("JWT")
                    .description(Some("An ID or access token of the Cognito user pool"))
                    .build(),
            ),
        );
    }
}

/// The routes under `/api/v1`, with their description.
pub fn router() -> OpenApiRouter<App> {
    let mut router = OpenApiRouter::with_openapi(Api::openapi()).nest(
        "/api/v1",
        OpenApiRouter::new()
            .merge(users::router())
            .merge(bots::router())
            .merge(chat::router())
            .merge(knowledge::router())
            .merge(documents::router())
            .merge(agents::router())
            .merge(marketplace::router())
            .merge(model::router())
            .merge(usage::router())
            .merge(admin::router())
            .merge(stream_check::router()),
    );
    name_operations(router.get_openapi_mut());
    router
}

/// Operation ids must be unique, and handlers of several domains have the same name:
/// `list` of `bots` is `bots_list`.
fn name_operations(document: &mut openapi::OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            if let (Some(tag), Some(id)) = (operation.tags.iter().flatten().next(), &operation.operation_id) {
                operation.operation_id = Some(format!("{tag}_{id}"));
            }
        }
    }
}

/// The description alone.
pub fn document() -> openapi::OpenApi {
    router().into_openapi()
}

/// The description as JSON and as a page.
pub fn pages(document: &openapi::OpenApi) -> Router {
    let json = document.to_json().unwrap_or_default();
    Router::new()
        .route(
            "/api/v1/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], json).into_response() }),
        )
        .merge(SwaggerUi::new("/api/docs").config(utoipa_swagger_ui::Config::from("/api/v1/openapi.json")))
}
