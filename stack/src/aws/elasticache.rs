//! Caches.

use serde::Serialize;

use super::ec2::{SecurityGroupId, SubnetId};
use crate::template::{Handle, Text, Val};

resource! {
    ServerlessCache<'s> = "AWS::ElastiCache::ServerlessCache", Ref = Text;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServerlessCache<'s> {
    pub serverless_cache_name: Val<'s, Text>,
    pub engine: &'static str,
    pub subnet_ids: Vec<Val<'s, SubnetId>>,
    pub security_group_ids: Vec<Val<'s, SecurityGroupId>>,
}

impl<'s> Handle<'s, ServerlessCache<'s>> {
    pub fn endpoint(&self) -> Val<'s, Text> {
        self.attribute("Endpoint.Address")
    }
}
