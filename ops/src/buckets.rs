//! Buckets, as far as CloudFormation can't deal with them.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::{
    aws::{Aws, because},
    failure::Failure,
};

/// Deletes everything in a bucket, earlier versions too.
pub async fn empty(aws: &Aws, bucket: &str) -> Result<(), Failure> {
    let s3 = aws.s3();
    let what = format!("empty the bucket {bucket}");
    loop {
        let page = s3.list_object_versions().bucket(bucket).send().await.map_err(|error| because(&what, &error))?;
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
        s3.delete_objects().bucket(bucket).delete(delete).send().await.map_err(|error| because(&what, &error))?;
    }
}
