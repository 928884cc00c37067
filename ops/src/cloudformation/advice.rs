//! What to do about what CloudFormation and the services behind it say.

/// A stack that is stuck takes no deployment that would lift it.
const PROTECTED: &str = "lift its deletion protection: with `protect = false` and a deployment, or in the console of RDS \
                         or Cognito if the stack is stuck; then run the same command again";

/// Words of a reason, and what to do next.
const ADVICE: [(&str, &str); 16] = [
    (
        "maximum number of VPCs",
        "ask for a higher quota of VPCs, delete one, or use one that is there: network.existing",
    ),
    (
        "maximum number of addresses",
        "ask for a higher quota of Elastic IP addresses, or release one; network.nat = \"one\" needs one",
    ),
    ("LimitExceeded", "ask for a higher quota in Service Quotas, or delete what is no longer needed"),
    ("already exists", "something of that name is there already: delete it, or choose another `name` in mangoo.toml"),
    ("not authorized to perform", "have an administrator allow the action above to who deploys, then deploy again"),
    ("Cannot find version", "choose another database.version: `mangoo-ops check` lists what the Region offers"),
    (
        "CannotPullContainer",
        "the image is missing or not reached: push it (`mangoo-ops push`), and check the way out of the private subnets",
    ),
    ("exec format error", "the image is for another processor: service.architecture and the image must agree"),
    ("OutOfMemory", "give the task more memory: backend.memory"),
    ("failed container health checks", "the container runs and does not answer: its log above says why"),
    ("failed ELB health checks", "the load balancer gets no answer from the container: its log above says why"),
    ("Cannot delete protected", PROTECTED),
    ("deletion protection", PROTECTED),
    (
        "attached to entities",
        "a role that stays, such as ApiLogsRole, is bound by it: delete that role, or \
         `aws iam delete-role-permissions-boundary --role-name ROLE`; then run the same command again",
    ),
    ("is in use", "what uses it must go first; then run the same command again"),
    ("ThrottlingException", "AWS was asked too often: run the same command again in a minute"),
];

/// What to do about a deletion that is refused because of what is protected.
pub fn protected(reason: &str) -> Option<&'static str> {
    known(reason).filter(|advice| *advice == PROTECTED)
}

fn known(reason: &str) -> Option<&'static str> {
    let reason = reason.to_lowercase();
    ADVICE.iter().find(|(words, _)| reason.contains(&words.to_lowercase())).map(|(_, next)| *next)
}

/// What somebody should do about a reason; when nobody knows, at least how to go on.
pub fn next(reason: &str) -> &'static str {
    known(reason).unwrap_or("mend what the reason names, then run the same command again: it goes on where it was")
}
