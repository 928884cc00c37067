//! More tasks when there is more to do.

use crate::{
    aws::{
        autoscaling::{Metric, ScalableTarget, ScalingPolicy, TargetTracking},
        ecs::{Cluster, Service},
    },
    settings::Tasks,
    template::{Handle, Template, join},
};

/// What is kept where, in percent.
const TARGETS: [(&str, &str, u8); 2] =
    [("Cpu", "ECSServiceAverageCPUUtilization", 70), ("Memory", "ECSServiceAverageMemoryUtilization", 80)];

pub fn build<'s>(
    t: &mut Template<'s>,
    part: &str,
    cluster: &Handle<'s, Cluster>,
    service: &Handle<'s, Service<'s>>,
    tasks: Tasks,
) {
    let target = t.add(
        format!("{part}Scaling"),
        ScalableTarget {
            service_namespace: "ecs",
            scalable_dimension: "ecs:service:DesiredCount",
            resource_id: join(["service/".into(), cluster.id().text(), "/".into(), service.name()]),
            min_capacity: tasks.min,
            max_capacity: tasks.max,
        },
    );
    for (name, metric, value) in TARGETS {
        t.add(
            format!("{part}{name}Scaling"),
            ScalingPolicy {
                policy_name: format!("{part}{name}").to_lowercase(),
                policy_type: "TargetTrackingScaling",
                scaling_target_id: target.id(),
                target_tracking_scaling_policy_configuration: TargetTracking {
                    predefined_metric_specification: Metric { predefined_metric_type: metric },
                    target_value: value,
                    scale_out_cooldown: 60,
                    // A task that leaves takes its streams with it.
                    scale_in_cooldown: 600,
                },
            },
        );
    }
}
