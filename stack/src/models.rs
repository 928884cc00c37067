//! Which models of Amazon Bedrock the service may call.

use serde_json::json;

use crate::{
    aws::iam::Statement,
    settings::Models,
    template::{Text, Val, join},
};

const INVOKE: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

/// The Regions that a cross-Region inference profile routes to, by how its id begins. `global`
/// profiles also name a model without any Region.
const PROFILES: [(&str, &[&str]); 8] = [
    ("us-gov.", &["us-gov-*"]),
    ("us.", &["us-*"]),
    ("ca.", &["ca-*"]),
    ("eu.", &["eu-*"]),
    ("apac.", &["ap-*"]),
    ("jp.", &["ap-northeast-*"]),
    ("au.", &["ap-southeast-*"]),
    ("global.", &["*", ""]),
];

/// Whether it is the id of an inference profile that AWS keeps in every account, not a model's.
pub fn is_profile(id: &str) -> bool {
    PROFILES.iter().any(|(prefix, _)| id.starts_with(prefix))
}

/// Where Bedrock is called.
pub fn region<'s>(models: &Models) -> Val<'s, Text> {
    models.region.as_ref().map_or_else(Val::region, Val::from)
}

/// The permission to call the configured models, and no other.
pub fn statements<'s, 'm>(models: &Models, called: impl IntoIterator<Item = &'m str>) -> Vec<Statement<'s>> {
    let mut statements = Vec::new();
    let mut plain = Vec::new();
    for id in called {
        if id.starts_with("arn:") {
            plain.push(id.into());
            if id.contains(":application-inference-profile/") {
                // What it routes to is known to Bedrock alone.
                statements.push(through(&id.into(), vec![foundation_model("*".into(), "*")]));
            }
        } else if let Some((prefix, regions)) = PROFILES.iter().find(|(prefix, _)| id.starts_with(prefix)) {
            let profile = join([
                "arn:".into(),
                Val::partition(),
                ":bedrock:".into(),
                region(models),
                ":".into(),
                Val::account(),
                format!(":inference-profile/{id}").into(),
            ]);
            let model = id.trim_start_matches(prefix);
            let models = regions.iter().map(|&region| foundation_model(region.into(), model)).collect();
            statements.push(through(&profile, models));
            plain.push(profile);
        } else {
            plain.push(foundation_model(region(models), id));
        }
    }
    statements.push(Statement::allow(INVOKE, plain));
    statements
}

fn foundation_model<'s>(region: Val<'s, Text>, model: &str) -> Val<'s, Text> {
    let [start, end] = [":bedrock:".into(), format!("::foundation-model/{model}").into()];
    join(["arn:".into(), Val::partition(), start, region, end])
}

/// Models that may be called only as the profile routes to them.
fn through<'s>(profile: &Val<'s, Text>, models: Vec<Val<'s, Text>>) -> Statement<'s> {
    Statement::allow(INVOKE, models).when(json!({ "StringEquals": { "bedrock:InferenceProfileArn": profile } }))
}
