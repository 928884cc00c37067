//! Where requests come in: a load balancer, and what stands before it.
//!
//! With CloudFront the load balancer is internal, and CloudFront reaches it from within the VPC;
//! without, it is public and answers over HTTPS itself. API Gateway, if chosen, is between
//! CloudFront and the load balancer for the API's calls.

mod api;
mod distribution;
mod firewall;
mod load_balancer;

pub use load_balancer::{BACKEND_PORT, FRONTEND_PORT};

use crate::{
    aws::{
        ec2::SecurityGroupId,
        elb::{ListenerRule, TargetGroup},
        route53::{Alias, RecordSet},
    },
    identity::Identity,
    network::Network,
    settings::Settings,
    template::{Handle, Template, Text, Val, join},
};

/// The header in which CloudFront says who asks: the sender can't set it.
const CLIENT_ADDRESS: &str = "x-client-address";

pub struct Edge<'s> {
    /// With its scheme: `https://…`.
    pub address: Val<'s, Text>,
    /// The load balancer's, which the containers let in.
    pub group: Val<'s, SecurityGroupId>,
    pub backend: Handle<'s, TargetGroup<'s>>,
    pub frontend: Handle<'s, TargetGroup<'s>>,
    /// A service is made after these: ECS wants its target group behind a load balancer.
    pub rules: Vec<Handle<'s, ListenerRule<'s>>>,
    /// As CloudWatch names it.
    pub load_balancer_name: Val<'s, Text>,
}

pub fn build<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    network: &Network<'s>,
    identity: &Identity<'s>,
) -> Edge<'s> {
    let edge = &settings.edge;
    let front = load_balancer::build(t, settings, network);
    if edge.waf {
        firewall::build(t, edge, &front.balancer.id());
    }
    let host = if edge.cloudfront {
        let api = front.secret.as_ref().map(|secret| distribution::Api {
            host: api::build(t, settings, network, identity, &front.balancer),
            secret: secret.clone(),
        });
        distribution::build(t, edge, network, &front.balancer, api.as_ref())
    } else {
        Alias { dns_name: front.balancer.dns_name(), hosted_zone_id: front.balancer.hosted_zone_id() }
    };
    let scheme = if edge.plain_http { "http://" } else { "https://" };
    let address = match &edge.domain {
        Some(domain) => join([scheme.into(), domain.into()]),
        None => join([scheme.into(), host.dns_name.clone()]),
    };
    match (&edge.domain, &edge.hosted_zone_id) {
        (Some(domain), Some(zone)) => {
            let hosted_zone_id = Val::existing(zone);
            t.add("DomainRecord", RecordSet { hosted_zone_id, name: domain.clone(), kind: "A", alias_target: host });
        }
        (Some(_), None) => t.output("DomainTarget", "What the domain has to lead to: its CNAME", &host.dns_name),
        (None, _) => {}
    }
    t.output("Address", "Where the platform is", &address);
    Edge {
        address,
        group: front.group.group_id(),
        backend: front.backend,
        frontend: front.frontend,
        rules: front.rules,
        load_balancer_name: front.balancer.full_name(),
    }
}
