//! What waits for what, read from the template as it is deployed: a silent stream is cut nowhere,
//! and a task that leaves ends its answers.

use serde_json::Value as Json;
use stack::Settings;

/// Seconds, wherever the template has them as a number or a text.
fn seconds(value: &Json) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("no number of seconds: {value}"))
}

fn attribute(properties: &Json, list: &str, key: &str) -> u64 {
    let attributes = properties[list].as_array().expect("it has attributes");
    seconds(&attributes.iter().find(|attribute| attribute["Key"] == key).expect("it is set")["Value"])
}

#[test]
fn durations_agree() {
    for profile in ["dev", "prod"] {
        let settings =
            Settings::parse(&format!("[test]\nprofile = \"{profile}\"\n[test.edge]\napi_gateway = true"), "test")
                .expect("the settings are right");
        let template = stack::synth(&settings);
        let properties = |name: &str| &template["Resources"][name]["Properties"];
        let container = &properties("BackendTask")["ContainerDefinitions"][0];
        let variable = |name: &str| {
            let variables = container["Environment"].as_array().expect("it has an environment");
            seconds(&variables.iter().find(|variable| variable["Name"] == name).expect("it is set")["Value"])
        };
        let heartbeat = variable("CHAT_HEARTBEAT_SECONDS");
        let idle = attribute(properties("LoadBalancer"), "LoadBalancerAttributes", "idle_timeout.timeout_seconds");
        assert!(idle >= 120 && 2 * heartbeat < idle, "a heartbeat may be late");
        for origin in properties("Distribution")["DistributionConfig"]["Origins"].as_array().expect("it has origins") {
            let origin = origin.get("VpcOriginConfig").or(origin.get("CustomOriginConfig")).expect("it is one of both");
            let read = seconds(&origin["OriginReadTimeout"]);
            assert!(2 * heartbeat < read && read <= 120, "CloudFront takes 120 s at most");
            assert!(seconds(&origin["OriginKeepaliveTimeout"]) < idle, "who opens a connection closes it");
        }
        let stop = seconds(&container["StopTimeout"]);
        let deregistration =
            attribute(properties("BackendTargets"), "TargetGroupAttributes", "deregistration_delay.timeout_seconds");
        assert!(variable("DRAIN_SECONDS") < stop && stop <= 120 && stop <= deregistration);
        assert_eq!(properties("ApiMethod")["Integration"]["ResponseTransferMode"], "STREAM");
    }
}
