//! What a resource costs by being there, read from its properties.

use serde_json::Value as Json;

use super::prices::{Fixed, Price};

/// The least that a cache is billed for, in GB.
const CACHE_GB: f64 = 0.1;

/// A part of what a resource costs.
pub struct Part {
    pub what: String,
    /// US dollars.
    pub monthly: f64,
}

/// The parts of a resource's fixed cost; none if its type has none.
pub fn parts(prices: &Fixed, template: &Json, name: &str) -> Option<Vec<Part>> {
    let resource = &template["Resources"][name];
    let properties = &resource["Properties"];
    let each = |what: &str, price: &Price, count: f64| Part { what: what.to_owned(), monthly: price.monthly() * count };
    Some(match resource["Type"].as_str()? {
        "AWS::EC2::NatGateway" => vec![each("NAT gateway", &prices.nat_gateway, 1.0)],
        "AWS::EC2::EIP" => vec![each("public IPv4 address", &prices.public_ipv4, 1.0)],
        "AWS::EC2::VPCEndpoint" if properties["VpcEndpointType"] == "Interface" => {
            let zones = length(&properties["SubnetIds"]);
            vec![each(&format!("private endpoint in {zones} zones"), &prices.endpoint, zones)]
        }
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
            let mut parts = vec![each("load balancer", &prices.load_balancer, 1.0)];
            if properties["Scheme"] == "internet-facing" {
                let zones = length(&properties["Subnets"]);
                parts.push(each("public IPv4 addresses of the load balancer", &prices.public_ipv4, zones));
            }
            parts
        }
        "AWS::RDS::DBCluster" if properties["ManageMasterUserPassword"] == true => {
            vec![each("secret of the database's owner", &prices.secret, 1.0)]
        }
        "AWS::RDS::DBInstance" => {
            let cluster = properties["DBClusterIdentifier"]["Ref"].as_str().unwrap_or_default();
            let scaling = &template["Resources"][cluster]["Properties"]["ServerlessV2ScalingConfiguration"];
            let least = scaling["MinCapacity"].as_f64().unwrap_or_default();
            vec![each(&format!("Aurora, at least {least} ACU"), &prices.acu, least)]
        }
        "AWS::ECS::Service" => vec![tasks(prices, template, name)],
        "AWS::SecretsManager::Secret" => vec![each("secret", &prices.secret, 1.0)],
        "AWS::CloudWatch::Alarm" => vec![each("alarm", &prices.alarm, 1.0)],
        "AWS::CloudWatch::Dashboard" => vec![each("dashboard", &prices.dashboard, 1.0)],
        "AWS::WAFv2::WebACL" => {
            let rules = length(&properties["Rules"]);
            vec![
                each("firewall", &prices.web_acl, 1.0),
                each(&format!("{rules} rules of the firewall"), &prices.web_acl_rule, rules),
            ]
        }
        "AWS::ElastiCache::ServerlessCache" => {
            vec![each(&format!("cache, at least {CACHE_GB} GB"), &prices.cache_gb, CACHE_GB)]
        }
        _ => return None,
    })
}

/// The tasks that a service always runs.
fn tasks(prices: &Fixed, template: &Json, service: &str) -> Part {
    let resources = &template["Resources"];
    let properties = &resources[service]["Properties"];
    let count = properties["DesiredCount"].as_f64().or_else(|| scaled_from(resources, service)).unwrap_or(1.0);
    let task = properties["TaskDefinition"]["Ref"].as_str().unwrap_or_default();
    let task = &resources[task]["Properties"];
    let number = |property: &str| task[property].as_str().and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    let (cpu, gb) = (number("Cpu") / 1024.0, number("Memory") / 1024.0);
    let is_arm = task["RuntimePlatform"]["CpuArchitecture"] == "ARM64";
    let (processor, cpu_price, gb_price) = if is_arm {
        ("ARM", &prices.fargate_arm_cpu, &prices.fargate_arm_gb)
    } else {
        ("x86", &prices.fargate_x86_cpu, &prices.fargate_x86_gb)
    };
    Part {
        what: format!("Fargate, at least {count} × {cpu} vCPU ({processor}) and {gb} GB"),
        monthly: count * (cpu * cpu_price.monthly() + gb * gb_price.monthly()),
    }
}

/// The least number of tasks that autoscaling leaves a service.
fn scaled_from(resources: &Json, service: &str) -> Option<f64> {
    let named = format!(r#"["{service}","Name"]"#);
    let targets = resources.as_object()?.values();
    let mut targets = targets.filter(|resource| resource["Type"] == "AWS::ApplicationAutoScaling::ScalableTarget");
    let target = targets.find(|target| target["Properties"]["ResourceId"].to_string().contains(&named))?;
    target["Properties"]["MinCapacity"].as_f64()
}

fn length(list: &Json) -> f64 {
    let length = list.as_array().map_or(0, Vec::len);
    u32::try_from(length).unwrap_or(u32::MAX).into()
}
