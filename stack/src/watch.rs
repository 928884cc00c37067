//! Alarms and a dashboard: what is wrong, before somebody calls.

use serde_json::json;

use crate::{
    aws::{
        cloudwatch::{Alarm, Dashboard, Dimension, Statistic},
        iam::{Policy, Statement},
        logs::{MetricFilter, Transformation},
        sns::{Subscription, Topic, TopicArn, TopicPolicy},
    },
    database::Database,
    edge::Edge,
    service::Services,
    settings::Settings,
    storage::Storage,
    template::{Template, Val, join},
};

/// What the service logs when an answer fails.
const FAILED_ANSWER: &str = "an answer failed";
const FIVE_MINUTES: u32 = 300;

/// A metric, and when it is alarming.
struct Watched<'s> {
    name: String,
    title: &'static str,
    namespace: String,
    metric: &'static str,
    dimensions: Vec<Dimension<'s>>,
    statistic: Statistic,
    above: f64,
    /// For so many times five minutes.
    times: u8,
}

impl<'s> Watched<'s> {
    /// A sum over five minutes; the others say what differs.
    fn new(name: &str, title: &'static str, namespace: &str, metric: &'static str, above: f64) -> Self {
        Self {
            name: name.to_owned(),
            title,
            namespace: namespace.to_owned(),
            metric,
            dimensions: Vec::new(),
            statistic: Statistic::Statistic("Sum"),
            above,
            times: 1,
        }
    }

    fn of<T>(mut self, name: &'static str, value: &Val<'s, T>) -> Self {
        self.dimensions.push(Dimension { name, value: value.text() });
        self
    }

    fn by(self, statistic: Statistic) -> Self {
        Self { statistic, ..self }
    }

    /// Only when it is so for so many times five minutes.
    fn lasting(self, times: u8) -> Self {
        Self { times, ..self }
    }
}

pub fn build<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    edge: &Edge<'s>,
    database: &Database<'s>,
    storage: &Storage<'s>,
    services: &Services<'s>,
) {
    let own = format!("Mangoo/{}", settings.stack_name());
    t.add(
        "FailedAnswers",
        MetricFilter {
            log_group_name: services.backend_logs.clone(),
            filter_pattern: format!(r#"{{ $.message = "{FAILED_ANSWER}" }}"#),
            metric_transformations: [Transformation {
                metric_namespace: own.clone(),
                metric_name: "FailedAnswers",
                metric_value: "1",
            }],
        },
    );
    let mut watched = requests(edge, &own);
    watched.extend(work(database, storage));
    for (id, number) in settings.models.all().zip(1..) {
        // CloudWatch knows a model by what it was called with.
        let name = format!("Throttled{number}");
        let title = "Calls that Bedrock throttled";
        let throttled = Watched::new(&name, title, "AWS/Bedrock", "InvocationThrottles", 20.0);
        watched.push(throttled.of("ModelId", &Val::from(id)));
    }
    if settings.watch.alarms {
        let topic = settings.watch.email.as_ref().map(|email| topic(t, email));
        for watched in &watched {
            alarm(t, watched, topic.as_ref());
        }
    }
    if settings.watch.dashboard {
        dashboard(t, &watched);
    }
}

fn requests<'s>(edge: &Edge<'s>, own: &str) -> Vec<Watched<'s>> {
    let elb = |name, title, metric, above| {
        Watched::new(name, title, "AWS/ApplicationELB", metric, above).of("LoadBalancer", &edge.load_balancer_name)
    };
    vec![
        elb("Errors", "Requests that the service failed", "HTTPCode_Target_5XX_Count", 10.0),
        elb("Unreachable", "Requests that reached no task", "HTTPCode_ELB_5XX_Count", 10.0),
        elb("Slow", "Seconds until an answer begins, 95 %", "TargetResponseTime", 2.0)
            .of("TargetGroup", &edge.backend.full_name())
            .by(Statistic::ExtendedStatistic("p95"))
            .lasting(3),
        Watched::new("FailedAnswers", "Answers that failed", own, "FailedAnswers", 10.0),
    ]
}

fn work<'s>(database: &Database<'s>, storage: &Storage<'s>) -> Vec<Watched<'s>> {
    let queue = |name, title, metric, above| {
        Watched::new(name, title, "AWS/SQS", metric, above).by(Statistic::Statistic("Maximum"))
    };
    let mut watched = vec![
        queue("OldJobs", "Seconds that the oldest job waits", "ApproximateAgeOfOldestMessage", 900.0)
            .of("QueueName", &storage.jobs_name),
        queue("DeadJobs", "Jobs that nobody could do", "ApproximateNumberOfMessagesVisible", 0.0)
            .of("QueueName", &storage.dead_jobs_name),
    ];
    if let Some(cluster) = &database.cluster {
        watched.push(
            Watched::new("DatabaseFull", "Capacity of the database in use, %", "AWS/RDS", "ACUUtilization", 90.0)
                .of("DBClusterIdentifier", cluster)
                .by(Statistic::Statistic("Average"))
                .lasting(3),
        );
    }
    watched
}

fn topic<'s>(t: &mut Template<'s>, email: &str) -> Val<'s, TopicArn> {
    let topic =
        t.add("Alarms", Topic { subscription: [Subscription { protocol: "email", endpoint: email.to_owned() }] });
    t.excuse(&topic, "CKV_AWS_26", "it says which alarm rang, and CloudWatch can't use AWS's own key of SNS");
    let publish = Statement::allow(["sns:Publish"], [topic.id().text()]).of_service("cloudwatch.amazonaws.com");
    t.add("AlarmsPolicy", TopicPolicy { topics: [topic.id()], policy_document: Policy::new(vec![publish]) });
    topic.id()
}

fn alarm<'s>(t: &mut Template<'s>, watched: &Watched<'s>, topic: Option<&Val<'s, TopicArn>>) {
    let actions = || topic.cloned().into_iter().collect();
    t.add(
        format!("{}Alarm", watched.name),
        Alarm {
            alarm_description: watched.title.to_owned(),
            namespace: watched.namespace.clone(),
            metric_name: watched.metric,
            dimensions: watched.dimensions.clone(),
            statistic: watched.statistic,
            comparison_operator: "GreaterThanThreshold",
            threshold: watched.above,
            period: FIVE_MINUTES,
            evaluation_periods: watched.times,
            // Nobody asks, nothing fails.
            treat_missing_data: "notBreaching",
            alarm_actions: actions(),
            ok_actions: actions(),
        },
    );
}

/// Two graphs a row.
fn dashboard<'s>(t: &mut Template<'s>, watched: &[Watched<'s>]) {
    let mut body = vec![Val::from(r#"{"widgets":["#)];
    for (index, watched) in watched.iter().enumerate() {
        let statistic = match watched.statistic {
            Statistic::Statistic(statistic) | Statistic::ExtendedStatistic(statistic) => statistic,
        };
        let (x, y) = (index % 2 * 12, index / 2 * 6);
        let comma = if index == 0 { "" } else { "," };
        body.push(Val::from(format!(
            r#"{comma}{{"type":"metric","x":{x},"y":{y},"width":12,"height":6,"properties":{{"title":{},"stat":"{statistic}","period":{FIVE_MINUTES},"region":""#,
            json!(watched.title)
        )));
        body.push(Val::region());
        body.push(Val::from(format!(r#"","metrics":[["{}","{}""#, watched.namespace, watched.metric)));
        for dimension in &watched.dimensions {
            body.push(Val::from(format!(r#","{}",""#, dimension.name)));
            body.push(dimension.value.clone());
            body.push(Val::from('"'));
        }
        body.push(Val::from(format!(
            r#"]],"annotations":{{"horizontal":[{{"label":"alarm","value":{}}}]}}}}}}"#,
            watched.above
        )));
    }
    body.push(Val::from("]}"));
    t.add("Dashboard", Dashboard { dashboard_name: Val::stack_name(), dashboard_body: join(body) });
}
