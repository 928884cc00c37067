//! Event buses.

use serde::Serialize;

use crate::template::{Handle, Text, Val};

kinds! {
    EventBusName;
    EventBusArn;
}

resource! {
    EventBus<'s> = "AWS::Events::EventBus", Ref = EventBusName;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventBus<'s> {
    pub name: Val<'s, Text>,
}

impl<'s> Handle<'s, EventBus<'s>> {
    pub fn arn(&self) -> Val<'s, EventBusArn> {
        self.attribute("Arn")
    }
}
