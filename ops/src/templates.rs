//! Templates that are too long for a request go through the base stack's bucket.

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_s3::primitives::ByteStream;
use uuid::Uuid;

use crate::{
    aws::{Aws, because},
    cloudformation::{Body, Values},
    failure::Failure,
    history::bucket,
};

/// Puts a template where CloudFormation finds it: by its hash, so that none is ever overwritten.
pub async fn upload(aws: &Aws, base: &Values, template: &str) -> Result<Body, Failure> {
    let bucket = bucket(base)?;
    let hash = Uuid::new_v8(digest(&SHA256, template.as_bytes()).as_ref()[..16].try_into().unwrap_or_default());
    let key = format!("templates/{hash}.json");
    let body = ByteStream::from(template.as_bytes().to_vec());
    let put = aws.s3().put_object().bucket(bucket).key(&key).content_type("application/json").body(body);
    put.send().await.map_err(|error| because(&format!("put the template into the bucket {bucket}"), &error))?;
    Ok(Body::Url(match aws.config.endpoint_url() {
        Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
        None => format!("https://{bucket}.s3.{}.amazonaws.com/{key}", aws.region),
    }))
}
