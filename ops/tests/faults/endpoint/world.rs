//! What there is, and what is to happen.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Duration, Utc};
use serde_json::Value as Json;
use stack::Settings;

use super::{ACCOUNT, Error, Fault};

pub const SETTINGS: &str = "[test]\nprofile = \"dev\"\nregion = \"us-east-1\"\n";

/// An image by its digest, as ECR names it.
pub fn image(part: &str, version: char) -> String {
    let digest = version.to_string().repeat(64);
    format!("{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/mangoo-test/{part}@sha256:{digest}")
}

#[derive(Default)]
pub struct World {
    pub stacks: BTreeMap<String, Stack>,
    /// What becomes of the next changes of a stack; those that are not named go well.
    pub outcomes: BTreeMap<&'static str, VecDeque<Outcome>>,
    /// Why change sets are refused.
    pub refusal: Option<&'static str>,
    /// What is wrong with them, as early validation finds it: resource, type, reason, path, and
    /// whether it refuses or warns.
    pub invalid: Vec<[&'static str; 5]>,
    pub migration: Migration,
    pub tasks: Vec<Task>,
    /// Services that ECS took back: their names, and what it says.
    pub taken_back: BTreeMap<&'static str, &'static str>,
    /// Services whose first version ECS gave up, and what it says.
    pub given_up: BTreeMap<&'static str, &'static str>,
    /// Services whose tasks do not run yet.
    pub starting: Vec<&'static str>,
    /// Services that ECS does not know.
    pub unknown: Vec<&'static str>,
    pub objects: BTreeMap<String, Vec<u8>>,
    /// Objects that come while a stack is being deleted: one each time.
    pub late: Vec<&'static str>,
    /// An object that S3 does not delete.
    pub locked: &'static str,
    pub faults: Vec<Fault>,
    /// The actions that were asked for, in order.
    pub calls: Vec<String>,
    /// Who was to carry each change out: the stack, and a role if it was not who asked.
    pub roles: Vec<(String, Option<String>)>,
    /// The tags that images were given.
    pub tags: Vec<String>,
}

#[derive(Default)]
pub struct Stack {
    pub status: &'static str,
    pub reason: &'static str,
    pub parameters: BTreeMap<String, String>,
    pub template: String,
    /// The oldest first.
    pub events: Vec<Event>,
    pub change_sets: BTreeMap<String, Change>,
    /// What a task that names another database is another revision by.
    pub database: &'static str,
    /// Carried out, and not at its end.
    pub pending: Option<Change>,
    /// What becomes of it while somebody looks: a status a look.
    pub next: VecDeque<&'static str>,
    pub is_protected: bool,
    /// What can't be deleted.
    pub undeletable: Vec<Obstacle>,
    /// What can't be brought back to what it was.
    pub irreversible: Vec<Obstacle>,
}

/// A resource, its type, and what is wrong with it.
pub type Obstacle = (&'static str, &'static str, &'static str);

#[derive(Clone, Default)]
pub struct Change {
    pub template: String,
    pub parameters: BTreeMap<String, String>,
    pub failure: Option<String>,
}

/// What becomes of a change.
pub struct Outcome {
    pub status: &'static str,
    pub events: Vec<Event>,
    pub reason: &'static str,
    /// Tasks that end meanwhile.
    pub tasks: Vec<Task>,
}

impl Outcome {
    pub fn new(status: &'static str) -> Self {
        Self { status, events: Vec::new(), reason: "", tasks: Vec::new() }
    }

    pub fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    pub fn task(mut self, task: Task) -> Self {
        self.tasks.push(task);
        self
    }
}

#[derive(Clone)]
pub struct Event {
    pub time: DateTime<Utc>,
    pub resource: String,
    pub kind: &'static str,
    pub id: String,
    pub status: &'static str,
    pub reason: &'static str,
}

impl Event {
    pub fn new(resource: &str, kind: &'static str, status: &'static str, reason: &'static str) -> Self {
        let part = resource.trim_end_matches("Service").to_lowercase();
        let id = match kind {
            "AWS::ECS::Service" => format!("arn:aws:ecs:us-east-1:{ACCOUNT}:service/cluster/{part}"),
            _ => format!("{resource}-id"),
        };
        Self { time: Utc::now(), resource: resource.to_owned(), kind, id, status, reason }
    }

    /// Of the backend's service.
    pub fn of_backend(status: &'static str, reason: &'static str) -> Self {
        Self::new("BackendService", "AWS::ECS::Service", status, reason)
    }
}

/// What becomes of migrations.
#[derive(Default)]
pub struct Migration {
    pub exit_code: i32,
    pub log: Vec<&'static str>,
    /// Whether it runs until it is told otherwise.
    pub is_held: bool,
}

#[derive(Clone, Default)]
pub struct Task {
    pub id: String,
    /// None for a task that runs on its own.
    pub service: Option<&'static str>,
    pub definition: String,
    pub is_stopped: bool,
    pub stopped_reason: &'static str,
    pub exit_code: Option<i32>,
    pub container_reason: Option<&'static str>,
    pub created: Option<DateTime<Utc>>,
    pub log: Vec<&'static str>,
}

impl Task {
    /// One of the backend's that ended.
    pub fn ended(stopped_reason: &'static str) -> Self {
        Self { service: Some("backend"), is_stopped: true, stopped_reason, ..Self::default() }
    }

    pub fn exit_code(self, code: i32) -> Self {
        Self { exit_code: Some(code), ..self }
    }

    pub fn log(self, log: &[&'static str]) -> Self {
        Self { log: log.to_vec(), ..self }
    }
}

impl World {
    /// An account where the first version, `1`, serves.
    pub fn serving() -> Self {
        let settings = Settings::parse(SETTINGS, "test").unwrap();
        let migration = Migration { log: vec!["INFO the database is up to date"], ..Migration::default() };
        let mut world = Self { migration, ..Self::default() };
        let base =
            Stack { status: "CREATE_COMPLETE", template: stack::synth_base(&settings).to_string(), ..Stack::default() };
        world.stacks.insert("mangoo-test-base".to_owned(), base);
        let images = [("MigrationImage", "backend"), ("BackendImage", "backend"), ("FrontendImage", "frontend")];
        let parameters = images.map(|(name, part)| (name.to_owned(), image(part, '1'))).into();
        let template = stack::synth(&settings).to_string();
        let stack = Stack { status: "UPDATE_COMPLETE", template, parameters, ..Stack::default() };
        world.stacks.insert("mangoo-test".to_owned(), stack);
        world
    }

    /// The platform's stack.
    pub fn stack(&mut self) -> &mut Stack {
        self.stacks.get_mut("mangoo-test").unwrap()
    }

    /// What becomes of the next change of the platform's stack for which nothing is said yet.
    pub fn then(mut self, outcome: Outcome) -> Self {
        self.outcomes.entry("mangoo-test").or_default().push_back(outcome);
        self
    }

    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Notes a call, and says what goes wrong with it.
    pub fn call(&mut self, action: &str) -> Option<Error> {
        let calls = &self.calls;
        let applies = |fault: &&mut Fault| {
            fault.times > 0
                && (fault.action.is_empty() || fault.action == action)
                && fault.after.is_none_or(|after| calls.iter().any(|call| call == after))
        };
        let error = self.faults.iter_mut().find(applies).map(|fault| {
            fault.times -= 1;
            fault.error.clone()
        });
        self.calls.push(action.to_owned());
        error
    }

    /// Carries a change out, as far as it is to go.
    pub fn execute(&mut self, name: &str, change: Change) {
        let next = self.outcomes.get_mut(name).and_then(VecDeque::pop_front);
        let stack = self.stacks.get_mut(name).unwrap();
        let is_new = stack.status == "REVIEW_IN_PROGRESS";
        let (begin, end) =
            if is_new { ("CREATE_IN_PROGRESS", "CREATE_COMPLETE") } else { ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE") };
        let outcome = next.unwrap_or_else(|| Outcome::new(end));
        stack
            .events
            .push(Event { id: id(name), ..Event::new(name, "AWS::CloudFormation::Stack", begin, "User Initiated") });
        stack.events.extend(outcome.events);
        stack.pending = Some(change);
        let tasks = outcome.tasks.into_iter().enumerate();
        let created = Some(Utc::now() + Duration::seconds(1));
        self.tasks.extend(tasks.map(|(at, task)| Task { id: format!("task-{at}"), created, ..task }));
        stack.finish(name, outcome.status, outcome.reason);
    }
}

impl Stack {
    /// Brings what is under way to this status.
    pub fn finish(&mut self, name: &str, status: &'static str, reason: &'static str) {
        (self.status, self.reason) = (status, reason);
        self.events.push(Event { id: id(name), ..Event::new(name, "AWS::CloudFormation::Stack", status, reason) });
        if status.ends_with("_IN_PROGRESS") && !status.contains("CLEANUP") {
            return;
        }
        if let Some(change) = self.pending.take().filter(|_| !status.contains("ROLLBACK") && !status.contains("FAILED"))
        {
            (self.template, self.parameters) = (change.template, change.parameters);
        }
    }

    /// What it has: by the template's names, tasks by the images that they run.
    pub fn outputs(&self) -> BTreeMap<String, String> {
        let template: Json = serde_json::from_str(&self.template).unwrap_or_default();
        let names = template["Outputs"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
        let value = |name: &str| match name {
            "ArtifactBucket" => "artifacts".to_owned(),
            "BackendRepository" | "FrontendRepository" => {
                let image = image(&name.trim_end_matches("Repository").to_lowercase(), '1');
                image.split('@').next().unwrap_or_default().to_owned()
            }
            "BackendService" => "backend".to_owned(),
            "FrontendService" => "frontend".to_owned(),
            "BackendTask" | "FrontendTask" | "MigrationTask" => {
                let part = name.trim_end_matches("Task");
                let image = self.parameters.get(&format!("{part}Image")).map_or("", String::as_str);
                definition(part, image) + self.database
            }
            name => format!("{name}-1"),
        };
        names.map(|name| (name.clone(), value(&name))).collect()
    }
}

/// A revision of a task definition for each image.
pub fn definition(part: &str, image: &str) -> String {
    let version = image.chars().last().unwrap_or('0');
    format!("arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/{}:{version}", part.to_lowercase())
}

pub fn id(stack: &str) -> String {
    format!("arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/{stack}/1")
}
