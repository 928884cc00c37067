//! CloudFormation, and who calls: queries, answered in XML.

use std::fmt::Write;

use serde_json::Value as Json;

use super::{
    ACCOUNT, Answer, Query, escape,
    world::{Change, Event, Obstacle, Stack, World, id},
};

pub fn answer(world: &mut World, action: &str, query: &Query) -> Answer<String> {
    if action == "GetCallerIdentity" {
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/somebody");
        return Ok(format!("<Arn>{arn}</Arn><Account>{ACCOUNT}</Account><UserId>AIDA</UserId>"));
    }
    if action == "DescribeEvents" {
        return invalid(world, query);
    }
    let asked = &query["StackName"];
    let name = asked.strip_prefix("arn:").and_then(|arn| arn.split('/').nth(1)).unwrap_or(asked).to_owned();
    if action == "CreateChangeSet" {
        return create_change_set(world, &name, query);
    }
    let missing = || ("ValidationError", format!("Stack with id {name} does not exist"));
    let change_set = query.get("ChangeSetName").cloned().unwrap_or_default();
    if action == "ExecuteChangeSet" {
        let stack = world.stacks.get_mut(&name).ok_or_else(missing)?;
        let change = stack.change_sets.remove(&change_set).ok_or(("ChangeSetNotFound", change_set))?;
        world.execute(&name, change);
        return Ok(String::new());
    }
    if action == "DeleteStack" {
        world.objects.extend(world.late.pop().map(|object| (object.to_owned(), Vec::new())));
    }
    let stack = world.stacks.get_mut(&name).ok_or_else(missing)?;
    match action {
        // A name is free as soon as its stack is deleted.
        "DescribeStacks" if stack.status == "DELETE_COMPLETE" && !asked.starts_with("arn:") => Err(missing()),
        "DescribeStacks" => {
            let answer = format!("<Stacks><member>{}</member></Stacks>", describe(&name, stack));
            if stack.status.ends_with("_IN_PROGRESS")
                && let Some(next) = stack.next.pop_front()
            {
                stack.finish(&name, next, "");
            }
            Ok(answer)
        }
        "DescribeStackEvents" => {
            let events = stack.events.iter().enumerate().rev().map(|(at, it)| event(&name, at, it));
            Ok(format!("<StackEvents>{}</StackEvents>", events.collect::<String>()))
        }
        "DescribeChangeSet" => {
            let is_new = stack.status == "REVIEW_IN_PROGRESS";
            let change = stack.change_sets.get(&change_set).ok_or(("ChangeSetNotFound", change_set))?;
            Ok(describe_change_set(change, is_new))
        }
        "DeleteChangeSet" => {
            stack.change_sets.remove(&change_set);
            Ok(String::new())
        }
        "GetTemplate" => Ok(format!("<TemplateBody>{}</TemplateBody>", escape(&stack.template))),
        "ListStackResources" => Ok(resources(stack)),
        "DeleteStack" => {
            let mut obstacles = stack.undeletable.clone();
            obstacles.extend(world.objects.keys().filter_map(|object| full(stack, object)));
            let retained = list(query, "RetainResources.member.");
            let ends = ["DELETE_COMPLETE", "DELETE_FAILED"];
            stack.events.extend(kept(stack));
            try_to_finish(stack, &name, &obstacles, &retained, "DELETE_FAILED", ends);
            Ok(String::new())
        }
        "ContinueUpdateRollback" => {
            let obstacles = stack.irreversible.clone();
            let skipped = list(query, "ResourcesToSkip.member.");
            let ends = ["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"];
            try_to_finish(stack, &name, &obstacles, &skipped, "UPDATE_FAILED", ends);
            Ok(String::new())
        }
        "CancelUpdateStack" | "RollbackStack" => {
            stack.finish(&name, "UPDATE_ROLLBACK_COMPLETE", "User Initiated");
            Ok(String::new())
        }
        "UpdateTerminationProtection" => {
            stack.is_protected = query["EnableTerminationProtection"] == "true";
            Ok(String::new())
        }
        _ => Err(("InvalidAction", format!("there is no {action} here"))),
    }
}

fn create_change_set(world: &mut World, name: &str, query: &Query) -> Answer<String> {
    let template = match (query.get("TemplateBody"), query.get("TemplateURL")) {
        (Some(body), _) => body.clone(),
        (None, Some(url)) => {
            let key = url.splitn(4, '/').nth(3).unwrap();
            String::from_utf8(world.objects[key].clone()).unwrap()
        }
        (None, None) => return Err(("ValidationError", "there is no template".to_owned())),
    };
    let values = |at: usize, what: &str| query.get(&format!("Parameters.member.{at}.Parameter{what}")).cloned();
    let parameters =
        (1..).map_while(|at| Some((values(at, "Key")?, values(at, "Value").unwrap_or_default()))).collect();
    world.roles.push((name.to_owned(), query.get("RoleARN").cloned()));
    let is_create = query["ChangeSetType"] == "CREATE";
    let stack = world.stacks.entry(name.to_owned()).or_default();
    if is_create && matches!(stack.status, "" | "DELETE_COMPLETE") {
        *stack = Stack { status: "REVIEW_IN_PROGRESS", ..Stack::default() };
    }
    let takes = if is_create {
        stack.status == "REVIEW_IN_PROGRESS"
    } else {
        stack.status.ends_with("_COMPLETE") && stack.status != "ROLLBACK_COMPLETE"
    };
    if !takes {
        let message = format!("Stack:{} is in {} state and can not be updated.", id(name), stack.status);
        return Err(("ValidationError", message));
    }
    let failure = match world.refusal {
        Some(refusal) => Some(refusal.to_owned()),
        None if stack.template == template && stack.parameters == parameters => {
            Some("The submitted information didn't contain changes.".to_owned())
        }
        None => None,
    };
    stack.change_sets.insert(query["ChangeSetName"].clone(), Change { template, parameters, failure });
    let change_set = &query["ChangeSetName"];
    let arn = format!("arn:aws:cloudformation:us-east-1:{ACCOUNT}:changeSet/{change_set}/1");
    Ok(format!("<Id>{arn}</Id><StackId>{}</StackId>", id(name)))
}

/// Known as long as their change set is, and by its ARN alone.
fn invalid(world: &World, query: &Query) -> Answer<String> {
    let change_set = query["ChangeSetName"].split('/').nth(1).unwrap_or_default();
    if !world.stacks.values().any(|stack| stack.change_sets.contains_key(change_set)) {
        return Err(("ValidationError", "One of ChangeSetName, OperationId or StackName must be specified".to_owned()));
    }
    assert_eq!(query["Filters.FailedEvents"], "true");
    let event = |[resource, kind, reason, path, mode]: &[&str; 5]| {
        format!(
            "<member><EventId>1</EventId><EventType>VALIDATION_ERROR</EventType>\
             <LogicalResourceId>{resource}</LogicalResourceId><ResourceType>{kind}</ResourceType>\
             <ValidationStatus>FAILED</ValidationStatus><ValidationFailureMode>{mode}</ValidationFailureMode>\
             <ValidationStatusReason>{reason}</ValidationStatusReason><ValidationPath>{path}</ValidationPath></member>"
        )
    };
    Ok(format!("<OperationEvents>{}</OperationEvents>", world.invalid.iter().map(event).collect::<String>()))
}

fn describe(name: &str, stack: &Stack) -> String {
    let mut xml = format!(
        "<StackName>{name}</StackName><StackId>{}</StackId><CreationTime>2026-01-01T00:00:00Z</CreationTime>\
         <StackStatus>{}</StackStatus><StackStatusReason>{}</StackStatusReason>\
         <EnableTerminationProtection>{}</EnableTerminationProtection>",
        id(name),
        stack.status,
        escape(stack.reason),
        stack.is_protected,
    );
    for (list, item, values) in
        [("Parameters", "Parameter", stack.parameters.clone()), ("Outputs", "Output", stack.outputs())]
    {
        write!(xml, "<{list}>").unwrap();
        for (key, value) in values {
            write!(xml, "<member><{item}Key>{key}</{item}Key><{item}Value>{value}</{item}Value></member>").unwrap();
        }
        write!(xml, "</{list}>").unwrap();
    }
    xml
}

fn event(stack: &str, at: usize, event: &Event) -> String {
    let stack_id = id(stack);
    let Event { time, resource, kind, id, status, reason } = event;
    format!(
        "<member><EventId>{at}</EventId><StackId>{stack_id}</StackId><StackName>{stack}</StackName>\
         <LogicalResourceId>{resource}</LogicalResourceId><PhysicalResourceId>{id}</PhysicalResourceId>\
         <ResourceType>{kind}</ResourceType><Timestamp>{}</Timestamp><ResourceStatus>{status}</ResourceStatus>\
         <ResourceStatusReason>{}</ResourceStatusReason></member>",
        time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        escape(reason),
    )
}

fn describe_change_set(change: &Change, is_new: bool) -> String {
    if let Some(failure) = &change.failure {
        return format!("<Status>FAILED</Status><StatusReason>{}</StatusReason>", escape(failure));
    }
    let template: Json = serde_json::from_str(&change.template).unwrap();
    let mut xml = "<Status>CREATE_COMPLETE</Status><Changes>".to_owned();
    for (name, resource) in template["Resources"].as_object().into_iter().flatten() {
        let kind = resource["Type"].as_str().unwrap();
        let action = match kind {
            _ if is_new => "<Action>Add</Action>",
            "AWS::ECS::Service" => "<Action>Modify</Action><Replacement>False</Replacement>",
            _ => continue,
        };
        write!(
            xml,
            "<member><Type>Resource</Type><ResourceChange>{action}<LogicalResourceId>{name}</LogicalResourceId>\
             <ResourceType>{kind}</ResourceType></ResourceChange></member>"
        )
        .unwrap();
    }
    xml + "</Changes>"
}

/// Ends well, or not if there is an obstacle left; each of those is an event.
fn try_to_finish(
    stack: &mut Stack,
    name: &str,
    obstacles: &[Obstacle],
    left_out: &[String],
    failure: &'static str,
    [well, badly]: [&'static str; 2],
) {
    let left: Vec<_> = obstacles.iter().filter(|(resource, ..)| !left_out.iter().any(|out| out == resource)).collect();
    stack.events.extend(left.iter().map(|(resource, kind, reason)| Event::new(resource, kind, failure, reason)));
    stack.finish(name, if left.is_empty() { well } else { badly }, "");
}

/// What the template says to keep is left out of a deletion.
fn kept(stack: &Stack) -> Vec<Event> {
    let template: Json = serde_json::from_str(&stack.template).unwrap_or_default();
    let resources = template["Resources"].as_object().into_iter().flatten();
    let kept = resources.filter(|(_, resource)| resource["DeletionPolicy"] == "Retain");
    kept.map(|(name, _)| Event::new(name, "AWS::S3::Bucket", "DELETE_SKIPPED", "")).collect()
}

/// The stack's bucket that an object is in, if it is to be deleted.
fn full(stack: &Stack, object: &str) -> Option<Obstacle> {
    let reason = "Resource handler returned message: \"The bucket you tried to delete is not empty (Service: S3, Status \
                  Code: 409, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: GeneralServiceException)";
    let bucket = object.split('/').next()?;
    let name = ["Uploads", "Artifacts"].into_iter().find(|name| name.to_lowercase() == bucket)?;
    let template: Json = serde_json::from_str(&stack.template).ok()?;
    let resource = template["Resources"].get(name)?;
    (resource["DeletionPolicy"] != "Retain").then_some((name, "AWS::S3::Bucket", reason))
}

/// What is in a stack, as its last event left it; what it keeps after a deletion among it.
fn resources(stack: &Stack) -> String {
    let template: Json = serde_json::from_str(&stack.template).unwrap_or_default();
    let mut xml = "<StackResourceSummaries>".to_owned();
    for (name, resource) in template["Resources"].as_object().into_iter().flatten() {
        let last = stack.events.iter().rev().find(|event| event.resource == *name);
        let (status, reason) = last.map_or(("CREATE_COMPLETE", ""), |event| (event.status, event.reason));
        write!(
            xml,
            "<member><LogicalResourceId>{name}</LogicalResourceId><PhysicalResourceId>{}</PhysicalResourceId>\
             <ResourceType>{}</ResourceType><ResourceStatus>{status}</ResourceStatus>\
             <ResourceStatusReason>{}</ResourceStatusReason>\
             <LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>",
            name.to_lowercase(),
            resource["Type"].as_str().unwrap(),
            escape(reason),
        )
        .unwrap();
    }
    xml + "</StackResourceSummaries>"
}

fn list(query: &Query, prefix: &str) -> Vec<String> {
    (1..).map_while(|at| query.get(&format!("{prefix}{at}")).cloned()).collect()
}
