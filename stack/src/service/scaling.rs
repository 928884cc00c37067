//! More tasks when there is more to do.

use crate::{
    aws::{
        autoscaling::{
            Metric, NamedMetric, Query, ScalableTarget, ScalableTargetId, ScalingPolicy, Source, TargetTracking,
        },
        cloudwatch::Dimension,
        ecs::{Cluster, Service},
    },
    settings::Tasks,
    template::{Handle, Template, Text, Val, join},
};

/// What is kept where, in percent.
const TARGETS: [(&str, &str, u8); 2] =
    [("Cpu", "ECSServiceAverageCPUUtilization", 70), ("Memory", "ECSServiceAverageMemoryUtilization", 80)];
/// Messages that may wait for each task: it reads four at once, so that the last waits for some
/// four others.
const BACKLOG: u8 = 16;

/// What is scaled, and by what.
pub struct Scaling<'s> {
    part: &'static str,
    cluster: Val<'s, Text>,
    service: Val<'s, Text>,
    target: Val<'s, ScalableTargetId>,
}

pub fn build<'s>(
    t: &mut Template<'s>,
    part: &'static str,
    cluster: &Handle<'s, Cluster>,
    service: &Handle<'s, Service<'s>>,
    tasks: Tasks,
) -> Scaling<'s> {
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
    let scaling = Scaling { part, cluster: cluster.id().text(), service: service.name(), target: target.id() };
    for (name, metric, value) in TARGETS {
        scaling.policy(t, name, Metric::Predefined { predefined_metric_type: metric }, value);
    }
    scaling
}

impl<'s> Scaling<'s> {
    /// Has each task find so much in a queue, and not more.
    pub fn by_backlog(&self, t: &mut Template<'s>, queue: &Val<'s, Text>) {
        let metric = |id, namespace, metric_name, dimensions: Vec<_>, stat| Query {
            id,
            source: Source::MetricStat { metric: NamedMetric { namespace, metric_name, dimensions }, stat },
            return_data: false,
        };
        let dimension = |name, value: &Val<'s, Text>| Dimension { name, value: value.clone() };
        let waiting = metric(
            "waiting",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            vec![dimension("QueueName", queue)],
            "Average",
        );
        // Each task that runs says once a minute how busy it is.
        // <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html>
        let running = metric(
            "running",
            "AWS/ECS",
            "CPUUtilization",
            vec![dimension("ClusterName", &self.cluster), dimension("ServiceName", &self.service)],
            "SampleCount",
        );
        let backlog =
            Query { id: "backlog", source: Source::Expression("waiting / FILL(running, 1)"), return_data: true };
        self.policy(t, "Backlog", Metric::Computed { metrics: vec![waiting, running, backlog] }, BACKLOG);
    }

    fn policy(&self, t: &mut Template<'s>, name: &str, metric: Metric<'s>, value: u8) {
        t.add(
            format!("{}{name}Scaling", self.part),
            ScalingPolicy {
                policy_name: format!("{}{name}", self.part).to_lowercase(),
                policy_type: "TargetTrackingScaling",
                scaling_target_id: self.target.clone(),
                target_tracking_scaling_policy_configuration: TargetTracking {
                    metric,
                    target_value: value,
                    scale_out_cooldown: 60,
                    // A task that leaves takes its streams with it.
                    scale_in_cooldown: 600,
                },
            },
        );
    }
}
