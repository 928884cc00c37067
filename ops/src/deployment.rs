//! The stacks of an environment, and what putting a template in place takes.

use serde_json::Value as Json;

use crate::{
    cloudformation::{Body, Deployed, MAX_INLINE_TEMPLATE, Plan, Stack, Values},
    ecs,
    environment::Environment,
    expansion::additions,
    failure::{Failure, Kind},
    history,
    review::Consent,
    templates,
};

/// Makes or changes the base stack, and says what it has.
pub async fn base(environment: &Environment<'_>, consent: &Consent) -> Result<Values, Failure> {
    let stack = environment.base();
    let before = rested(&stack).await?;
    let template = stack::synth_base(&environment.settings);
    if is_same(&stack, before.as_ref(), &template, &Values::new()).await? {
        environment.report.say("nothing changes");
        return Ok(before.map(|stack| stack.outputs).unwrap_or_default());
    }
    // It is never long, and has no bucket before it. Nor is it changed by the pipeline's role,
    // which is part of it: whoever deploys must be allowed to.
    let body = Body::Inline(template.to_string());
    let Some(plan) = stack.plan(before.as_ref(), &body, &Values::new(), None).await? else {
        environment.report.say("nothing changes");
        return Ok(before.map(|stack| stack.outputs).unwrap_or_default());
    };
    agree(environment, consent, &stack, &plan).await?;
    Ok(stack.execute(&plan).await?.outputs)
}

/// Makes or changes the stack, once somebody agrees; says whether anything changed.
pub async fn put(
    environment: &Environment<'_>,
    stack: &Stack<'_>,
    before: Option<Deployed>,
    base: &Values,
    template: &Json,
    parameters: Values,
    consent: &Consent,
) -> Result<(Deployed, bool), Failure> {
    if is_same(stack, before.as_ref(), template, &parameters).await?
        && let Some(before) = before
    {
        environment.report.say("nothing changes");
        return Ok((before, false));
    }
    let body = body(environment, base, template).await?;
    match (stack.plan(before.as_ref(), &body, &parameters, role(base)).await?, before) {
        (Some(plan), _) => {
            agree(environment, consent, stack, &plan).await?;
            Ok((stack.execute(&plan).await?, true))
        }
        (None, Some(before)) => {
            environment.report.say("nothing changes");
            Ok((before, false))
        }
        (None, None) => Err(Failure::new(Kind::Unexpected, "The template of a new stack is empty")),
    }
}

async fn agree(
    environment: &Environment<'_>,
    consent: &Consent,
    stack: &Stack<'_>,
    plan: &Plan,
) -> Result<(), Failure> {
    let agreed = consent.obtain(environment, &stack.name, plan);
    if agreed.is_err() {
        stack.discard_plan(plan).await;
    }
    agreed
}

/// The role that CloudFormation takes on, where there is one: the pipeline's.
fn role(base: &Values) -> Option<&str> {
    base.get("DeploymentRoleArn").map(String::as_str)
}

/// Whether the stack has this template and these parameters already.
async fn is_same(
    stack: &Stack<'_>,
    before: Option<&Deployed>,
    template: &Json,
    parameters: &Values,
) -> Result<bool, Failure> {
    match before {
        Some(before) if before.parameters == *parameters && before.status.as_str().ends_with("_COMPLETE") => {
            Ok(stack.template().await? == *template)
        }
        _ => Ok(false),
    }
}

/// The stack, once nothing is under way in it.
pub async fn idle(stack: &Stack<'_>) -> Result<Option<Deployed>, Failure> {
    match stack.describe().await? {
        Some(deployed) if deployed.is_busy() => stack.attach(&deployed).await,
        deployed => Ok(deployed),
    }
}

/// The stack, once nothing is under way in it; an error if it first needs help.
pub async fn rested(stack: &Stack<'_>) -> Result<Option<Deployed>, Failure> {
    let Some(deployed) = idle(stack).await? else { return Ok(None) };
    if deployed.is_stuck() {
        // That it is stuck is worth saying, whether AWS says why or not.
        let obstacles = stack.obstacles().await.unwrap_or_default();
        return Err(Failure::new(Kind::Preflight, format!("{} is stuck in {}", stack.name, deployed.status.as_str()))
            .because(obstacles.iter().map(ToString::to_string))
            .because(deployed.reason.clone().filter(|reason| !reason.is_empty()))
            .next("`mangoo-ops unstick` shows the ways out, and asks before it takes one"));
    }
    Ok(Some(deployed))
}

/// Migrates the database with the stack's task, and remembers that.
pub async fn migrate(environment: &Environment<'_>, base: &Values, outputs: &Values) -> Result<(), Failure> {
    let task = ecs::migrate(&environment.aws, environment.report, outputs).await?;
    history::record_migration(&environment.aws, base, &task).await
}

/// Waits until the services run what the stack says.
pub async fn settled(environment: &Environment<'_>, deployed: &Deployed) -> Result<(), Failure> {
    let outputs = &deployed.outputs;
    let services: Vec<_> = ecs::SERVICES
        .iter()
        .filter_map(|part| {
            let service = outputs.get(&format!("{part}Service"))?;
            Some((service.clone(), outputs.get(&format!("{part}Task")).cloned().unwrap_or_default()))
        })
        .collect();
    let Some(cluster) = outputs.get("ClusterName").filter(|_| !services.is_empty()) else {
        return Err(Failure::new(Kind::Unexpected, "The stack has no services"));
    };
    ecs::settle(&environment.aws, environment.report, cluster, &services).await
}

/// What a deployment would change in each stack, without a change to either.
pub async fn plans<'e>(environment: &'e Environment<'_>) -> Result<Vec<(Stack<'e>, Option<Plan>)>, Failure> {
    let stack = environment.base();
    let before = rested(&stack).await?;
    let base = before.as_ref().map(|stack| stack.outputs.clone()).unwrap_or_default();
    let template = stack::synth_base(&environment.settings);
    let plan = plan(environment, &stack, before, &base, &template, None).await?;
    let mut plans = vec![(stack, plan)];
    let stack = environment.stack();
    let before = rested(&stack).await?;
    let template = stack::synth(&environment.settings);
    let plan = self::plan(environment, &stack, before, &base, &template, role(&base)).await?;
    plans.push((stack, plan));
    Ok(plans)
}

/// The images stay as they are: whether there are others is for the next build to say.
async fn plan(
    environment: &Environment<'_>,
    stack: &Stack<'_>,
    before: Option<Deployed>,
    base: &Values,
    template: &Json,
    role: Option<&str>,
) -> Result<Option<Plan>, Failure> {
    let Some(before) = before.filter(|stack| !stack.is_empty()) else {
        // CloudFormation would make the stack for a change set.
        return Ok(Some(Plan { name: String::new(), is_new: true, changes: additions(template) }));
    };
    let names = template["Parameters"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let parameters = names.map(|name| {
        let value = before.parameters.get(&name).cloned().unwrap_or_default();
        (name, value)
    });
    let parameters = parameters.collect();
    if is_same(stack, Some(&before), template, &parameters).await? {
        return Ok(None);
    }
    let body = body(environment, base, template).await?;
    stack.plan(Some(&before), &body, &parameters, role).await
}

/// The template as CloudFormation takes it.
async fn body(environment: &Environment<'_>, base: &Values, template: &Json) -> Result<Body, Failure> {
    let text = template.to_string();
    if text.len() > MAX_INLINE_TEMPLATE {
        templates::upload(&environment.aws, base, &text).await
    } else {
        Ok(Body::Inline(text))
    }
}
