//! Whether CloudFormation takes the template.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>

use serde_json::Value as Json;

use super::Finding;
use crate::cloudformation::MAX_INLINE_TEMPLATE;

/// In bytes, of a template in S3.
const MAX_BYTES: usize = 1_048_576;
const MAX_RESOURCES: usize = 500;

pub fn check(template: &Json) -> Vec<Finding> {
    let resources = template["Resources"].as_object().map_or(0, serde_json::Map::len);
    judge(template.to_string().len(), resources)
}

fn judge(bytes: usize, resources: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    let next = "leave parts out, or use what is there already: `existing` in mangoo.toml";
    if bytes > MAX_BYTES {
        let what = format!("template: {bytes} bytes, and CloudFormation takes {MAX_BYTES}");
        findings.push(Finding::error(what, next));
    }
    if resources > MAX_RESOURCES {
        let what = format!("template: {resources} resources, and CloudFormation takes {MAX_RESOURCES}");
        findings.push(Finding::error(what, next));
    }
    if findings.is_empty() {
        let way = if bytes > MAX_INLINE_TEMPLATE { ", which go through S3" } else { "" };
        findings.push(Finding::ok(format!("template: {resources} resources, {bytes} bytes{way}")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Severity;

    #[test]
    fn a_long_template_goes_through_s3_and_a_longer_one_nowhere() {
        assert_eq!(judge(51_200, 100), [Finding::ok("template: 100 resources, 51200 bytes")]);
        assert_eq!(judge(51_201, 500), [Finding::ok("template: 500 resources, 51201 bytes, which go through S3")]);
        assert_eq!(judge(1_048_576, 500)[0].severity, Severity::Ok);
        let severities: Vec<_> = judge(1_048_577, 501).iter().map(|finding| finding.severity).collect();
        assert_eq!(severities, [Severity::Error, Severity::Error]);
    }
}
