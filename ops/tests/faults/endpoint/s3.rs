//! S3, as far as a few objects go.

use axum::{
    body::Bytes,
    http::{Method, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};

use super::{Error, World, cut, query, xml};

pub fn answer(world: &mut World, head: &Parts, body: &Bytes) -> Response {
    let query = query(head.uri.query().unwrap_or_default());
    // Times are names.
    let key = head.uri.path().trim_matches('/').replace("%3A", ":");
    let action = match head.method {
        Method::PUT => "PutObject",
        Method::POST => "DeleteObjects",
        _ if query.contains_key("list-type") => "ListObjectsV2",
        _ if query.contains_key("versions") => "ListObjectVersions",
        _ => "GetObject",
    };
    match world.call(action) {
        Some(Error::Cut) => return cut(),
        Some(Error::Says(code, message)) => {
            return xml(
                StatusCode::FORBIDDEN,
                format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"),
            );
        }
        None => {}
    }
    let under = |prefix: &str| {
        let bucket = key.split('/').next().unwrap().to_owned();
        let prefix = format!("{bucket}/{prefix}");
        let keys = world.objects.keys().filter(|key| key.starts_with(&prefix)).cloned().collect::<Vec<_>>();
        keys.into_iter().map(move |key| key.trim_start_matches(&format!("{bucket}/")).to_owned()).collect::<Vec<_>>()
    };
    match action {
        "PutObject" => {
            world.objects.insert(key, body.to_vec());
            StatusCode::OK.into_response()
        }
        "ListObjectsV2" => {
            let keys = under(query.get("prefix").map_or("", String::as_str));
            let contents: Vec<_> = keys.iter().map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
            xml(StatusCode::OK, format!("<ListBucketResult>{}</ListBucketResult>", contents.concat()))
        }
        "ListObjectVersions" => {
            let keys = under("");
            let version = |key: &String| format!("<Version><Key>{key}</Key><VersionId>1</VersionId></Version>");
            let versions: String = keys.iter().map(version).collect();
            xml(StatusCode::OK, format!("<ListVersionsResult>{versions}</ListVersionsResult>"))
        }
        "DeleteObjects" => {
            let locked = world.locked;
            world.objects.retain(|name, _| name == locked || !name.starts_with(&format!("{key}/")));
            let error =
                "<Error><Key>document.pdf</Key><Code>AccessDenied</Code><Message>it is locked</Message></Error>";
            let error = if world.objects.contains_key(locked) { error } else { "" };
            xml(StatusCode::OK, format!("<DeleteResult>{error}</DeleteResult>"))
        }
        _ => match world.objects.get(&key) {
            Some(object) => object.clone().into_response(),
            None => xml(StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>".to_owned()),
        },
    }
}
