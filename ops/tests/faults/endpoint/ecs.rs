//! ECS and its logs, ECR, and Cognito: JSON.

use serde_json::{Value as Json, json};

use super::{
    ACCOUNT, Answer,
    world::{Task, World},
};

pub fn answer(world: &mut World, action: &str, input: &Json) -> Answer<Json> {
    Ok(match action {
        "DescribeServices" => {
            let names = input["services"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
            let (unknown, known): (Vec<_>, Vec<_>) = names.partition(|name| world.unknown.contains(name));
            let services: Vec<_> = known.iter().map(|name| service(world, name)).collect();
            let failures: Vec<_> = unknown.iter().map(|name| json!({ "arn": name, "reason": "MISSING" })).collect();
            json!({ "services": services, "failures": failures })
        }
        "ListTasks" => {
            let (service, is_stopped) = (input["serviceName"].as_str(), input["desiredStatus"] == "STOPPED");
            let of_service = |task: &&Task| service.is_none() || task.service == service;
            let tasks = world.tasks.iter().filter(|task| task.is_stopped == is_stopped).filter(of_service);
            json!({ "taskArns": tasks.map(|task| arn(&task.id)).collect::<Vec<_>>() })
        }
        "DescribeTasks" => {
            let asked = input["tasks"].as_array().unwrap();
            let is_held = world.migration.is_held;
            for task in world.tasks.iter_mut().filter(|task| task.service.is_none()) {
                task.is_stopped = !is_held;
            }
            let tasks = world.tasks.iter().filter(|task| asked.contains(&arn(&task.id).into()));
            json!({ "tasks": tasks.map(describe).collect::<Vec<_>>() })
        }
        "RunTask" => {
            let task = Task {
                id: format!("migration-{}", world.tasks.len()),
                definition: input["taskDefinition"].as_str().unwrap().to_owned(),
                stopped_reason: "Essential container in task exited",
                exit_code: Some(world.migration.exit_code),
                log: world.migration.log.clone(),
                ..Task::default()
            };
            world.tasks.push(task.clone());
            json!({ "tasks": [describe(&task)] })
        }
        "DescribeTaskDefinition" => {
            let options = json!({ "awslogs-group": "logs", "awslogs-stream-prefix": "task" });
            let log = json!({ "logDriver": "awslogs", "options": options });
            let container = json!({ "name": "main", "logConfiguration": log });
            json!({ "taskDefinition": { "containerDefinitions": [container] } })
        }
        "GetLogEvents" => {
            let id = input["logStreamName"].as_str().unwrap().trim_start_matches("task/main/");
            let lines = world.tasks.iter().find(|task| task.id == id).map(|task| task.log.clone());
            let events: Vec<_> = lines.into_iter().flatten().map(|line| json!({ "message": line })).collect();
            json!({ "events": events })
        }
        "AdminCreateUser" | "AdminSetUserPassword" | "AdminDeleteUser" | "DescribeImages" => json!({}),
        "BatchGetImage" => {
            let image = json!({ "imageId": input["imageIds"][0], "imageManifest": "{}" });
            json!({ "images": [image] })
        }
        "PutImage" => {
            let text = |field: &str| input[field].as_str().unwrap_or_default();
            world.tags.push(format!("{}:{}", text("repositoryName"), text("imageTag")));
            json!({})
        }
        "AdminInitiateAuth" => json!({ "AuthenticationResult": { "IdToken": "token" } }),
        _ => return Err(("UnknownOperationException", format!("there is no {action} here"))),
    })
}

fn arn(task: &str) -> String {
    format!("arn:aws:ecs:us-east-1:{ACCOUNT}:task/cluster/{task}")
}

fn describe(task: &Task) -> Json {
    let status = if task.is_stopped { "STOPPED" } else { "RUNNING" };
    let created = task.created.map(|time| time.timestamp());
    let mut container = json!({ "name": "main", "lastStatus": status });
    if let Some(reason) = task.container_reason {
        container["reason"] = reason.into();
    }
    let mut json = json!({
        "taskArn": arn(&task.id),
        "taskDefinitionArn": task.definition,
        "lastStatus": status,
        "desiredStatus": status,
        "createdAt": created,
    });
    if task.is_stopped {
        json["stoppedReason"] = task.stopped_reason.into();
        json["stoppedAt"] = created.into();
        if let Some(code) = task.exit_code {
            container["exitCode"] = code.into();
            json["startedAt"] = created.into();
        }
    }
    json["containers"] = json!([container]);
    json
}

/// A service runs what its stack says, but for those that ECS took back.
fn service(world: &World, name: &str) -> Json {
    let outputs = world.stacks["mangoo-test"].outputs();
    let part = if name == "backend" { "BackendTask" } else { "FrontendTask" };
    let deployment = |status: &str, definition: &str, state: &str, reason: &str, count: i32| {
        json!({
            "status": status, "taskDefinition": definition, "rolloutState": state, "rolloutStateReason": reason,
            "desiredCount": 1, "runningCount": count, "pendingCount": 0,
        })
    };
    let is_starting = world.starting.contains(&name);
    let (state, running) = if is_starting { ("IN_PROGRESS", 0) } else { ("COMPLETED", 1) };
    let deployments = match (world.taken_back.get(name), world.given_up.get(name)) {
        (_, Some(reason)) => json!([deployment("PRIMARY", &outputs[part], "FAILED", reason, 0)]),
        (Some(reason), _) => json!([
            deployment("PRIMARY", "arn:before", "COMPLETED", "ECS deployment completed.", 1),
            deployment("INACTIVE", &outputs[part], "FAILED", reason, 0),
        ]),
        _ => json!([deployment("PRIMARY", &outputs[part], state, "ECS says so.", running)]),
    };
    json!({
        "serviceName": name, "serviceArn": format!("arn:aws:ecs:us-east-1:{ACCOUNT}:service/cluster/{name}"),
        "status": "ACTIVE", "desiredCount": 1, "runningCount": running, "pendingCount": 0, "deployments": deployments,
    })
}
