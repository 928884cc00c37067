//! What to do about what CloudFormation and the services behind it say.

/// Words of a reason, and what to do next.
const ADVICE: [(&str, &str); 14] = [
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
    (
        "protect",
        "it is protected from deletion: set `protect = false` where mangoo.toml has it and deploy, then delete again",
    ),
    ("is in use", "what uses it must go first; then run the same command again"),
    ("ThrottlingException", "AWS was asked too often: run the same command again in a minute"),
];

/// What somebody should do about a reason; when nobody knows, at least how to go on.
pub fn next(reason: &str) -> &'static str {
    let known = ADVICE.iter().find(|(words, _)| reason.to_lowercase().contains(&words.to_lowercase()));
    known.map_or("mend what the reason names, then run the same command again: it goes on where it was", |(_, next)| {
        next
    })
}
