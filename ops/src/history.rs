//! What an environment has served, kept in its bucket: what `rollback` goes back to.

use aws_sdk_s3::{operation::get_object::GetObjectError, primitives::ByteStream};
use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    aws::{Aws, because},
    cloudformation::Values,
    failure::{Failure, Kind},
    registry::Release,
};

/// What was served from a time on.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Version {
    pub since: DateTime<Utc>,
    /// Who deployed it: an ARN.
    pub by: String,
    pub images: Release,
    /// Whether the smoke test passed.
    pub is_tested: bool,
    pub template: Json,
}

const FOLDER: &str = "releases/";
const MIGRATED: &str = "migrated";

impl Version {
    pub fn now(aws: &Aws, images: &Release, is_tested: bool, template: &Json) -> Self {
        let since = Utc::now().trunc_subsecs(0);
        Self { since, by: aws.caller.clone(), images: images.clone(), is_tested, template: template.clone() }
    }

    /// Whether this is what that one was, whenever and by whomever.
    pub fn is_same(&self, images: &Release, template: &Json) -> bool {
        self.images == *images && self.template == *template
    }

    /// What names it: its time.
    pub fn name(&self) -> String {
        self.since.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// What was served, the newest first, at most so many.
pub async fn list(aws: &Aws, base: &Values, newest: usize) -> Result<Vec<Version>, Failure> {
    let s3 = aws.s3();
    let bucket = bucket(base)?;
    let what = "read what was served before";
    let mut pages = s3.list_objects_v2().bucket(bucket).prefix(FOLDER).into_paginator().send();
    // Names sort as their times do.
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| because(what, &error))?;
        keys.extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| object.key));
    }
    let newest = keys.iter().rev().take(newest);
    let reads = newest.map(async |key| {
        let object = s3.get_object().bucket(bucket).key(key).send().await.map_err(|error| because(what, &error))?;
        let bytes = object.body.collect().await.map_err(|error| Failure::new(Kind::Network, error.to_string()))?;
        // One that a later version of this program wrote is none that this one could go back to.
        Ok(serde_json::from_slice(&bytes.into_bytes()).ok())
    });
    let versions: Vec<Option<Version>> = futures_util::future::try_join_all(reads).await?;
    Ok(versions.into_iter().flatten().collect())
}

/// Remembers what is served from now on.
pub async fn record(aws: &Aws, base: &Values, version: &Version) -> Result<(), Failure> {
    let body = ByteStream::from(serde_json::to_vec(version).unwrap_or_default());
    let key = format!("{FOLDER}{}.json", version.name());
    let put = aws.s3().put_object().bucket(bucket(base)?).key(key).content_type("application/json").body(body);
    put.send().await.map_err(|error| because("remember what is served", &error))?;
    Ok(())
}

/// What the database was migrated with last: the migration task's revision, and so an image, a
/// database and its secrets. None before the first time.
pub async fn migrated(aws: &Aws, base: &Values) -> Result<Option<String>, Failure> {
    let what = "read what the database was migrated with";
    match aws.s3().get_object().bucket(bucket(base)?).key(MIGRATED).send().await {
        Ok(object) => {
            let bytes = object.body.collect().await.map_err(|error| Failure::new(Kind::Network, error.to_string()))?;
            Ok(String::from_utf8(bytes.to_vec()).ok())
        }
        Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => Ok(None),
        Err(error) => Err(because(what, &error)),
    }
}

/// Remembers that the database has what this revision of the migration task brings.
pub async fn record_migration(aws: &Aws, base: &Values, task: &str) -> Result<(), Failure> {
    let put =
        aws.s3().put_object().bucket(bucket(base)?).key(MIGRATED).body(ByteStream::from(task.as_bytes().to_vec()));
    put.send().await.map_err(|error| because("remember what the database was migrated with", &error))?;
    Ok(())
}

/// The base stack's bucket.
pub fn bucket(base: &Values) -> Result<&String, Failure> {
    base.get("ArtifactBucket").ok_or_else(|| {
        Failure::new(Kind::Preflight, "The base stack has no bucket")
            .next("deploy the base stack again: `mangoo-ops deploy`")
    })
}
