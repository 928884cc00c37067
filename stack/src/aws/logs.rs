//! Logs of CloudWatch.

use serde::Serialize;

use crate::template::{Handle, Val};

kinds! {
    LogGroupName;
    LogGroupArn;
}

resource! {
    LogGroup = "AWS::Logs::LogGroup", Ref = LogGroupName;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogGroup {
    /// One of the numbers that CloudWatch takes.
    pub retention_in_days: u16,
}

impl<'s> Handle<'s, LogGroup> {
    /// With `:*` at its end, as policies need it.
    pub fn arn(&self) -> Val<'s, LogGroupArn> {
        self.attribute("Arn")
    }
}
