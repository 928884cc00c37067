//! Buckets, as far as CloudFormation can't deal with them.

use aws_sdk_s3::types::{Delete, Error, ObjectIdentifier};

use crate::{
    aws::{Aws, because, is},
    failure::{Failure, Kind},
};

/// Deletes everything in a bucket, earlier versions too.
pub async fn empty(aws: &Aws, bucket: &str) -> Result<(), Failure> {
    let s3 = aws.s3();
    let what = format!("empty the bucket {bucket}");
    loop {
        let page = match s3.list_object_versions().bucket(bucket).send().await {
            Err(error) if is(&error, "NoSuchBucket") => return Ok(()),
            result => result.map_err(|error| because(&what, &error))?,
        };
        let versions = page.versions().iter().map(|version| (version.key(), version.version_id()));
        let marks = page.delete_markers().iter().map(|mark| (mark.key(), mark.version_id()));
        let objects: Vec<_> = versions
            .chain(marks)
            .filter_map(|(key, version)| {
                ObjectIdentifier::builder().key(key?).set_version_id(version.map(str::to_owned)).build().ok()
            })
            .collect();
        if objects.is_empty() {
            return Ok(());
        }
        let Ok(delete) = Delete::builder().set_objects(Some(objects)).quiet(true).build() else { return Ok(()) };
        let answer = s3.delete_objects().bucket(bucket).delete(delete).send().await;
        // S3 answers well though it deletes nothing: what it kept would be listed for ever.
        if let [first, rest @ ..] = answer.map_err(|error| because(&what, &error))?.errors() {
            return Err(kept(bucket, first, rest.len()));
        }
    }
}

fn kept(bucket: &str, first: &Error, others: usize) -> Failure {
    let said = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let why = format!("{}: {}: {}", said(first.key()), said(first.code()), said(first.message()));
    let others = (others > 0).then(|| format!("and {others} more"));
    Failure::new(Kind::Leftover, format!("The bucket {bucket} is not emptied: S3 does not delete what is in it"))
        .because([why])
        .because(others)
        .next("allow `s3:DeleteObjectVersion`, or lift what locks the objects; then run the same command again")
}
