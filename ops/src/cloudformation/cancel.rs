//! What becomes of a change when whoever watches it presses Ctrl-C.

use aws_sdk_cloudformation::types::StackStatus;

use super::{Deployed, Stack};
use crate::{
    aws::because,
    failure::Failure,
    interrupt::{self, Attention},
};

impl Stack<'_> {
    /// Asks whether to take the change back, where somebody can be asked; else it goes on alone.
    /// Ends well if it is to be watched on; says whether it is taken back.
    pub(super) async fn interrupted(&self, deployed: &Deployed, attention: &mut Attention) -> Result<bool, Failure> {
        let undo = match deployed.status {
            StackStatus::UpdateInProgress => Some("take it back: all will be as it was before"),
            StackStatus::CreateInProgress => Some("take it back: what was made is deleted"),
            // It is on its way back already, or about to be done.
            _ => None,
        };
        let mut choices = vec![("w", "watch on"), ("l", "leave: AWS goes on alone, and the next deploy joins it")];
        choices.extend(undo.map(|undo| ("c", undo)));
        let question = format!("{} is being changed.", self.name);
        let answer = tokio::select! {
            answer = self.report.choose(&question, &choices) => answer,
            () = attention.0.next() => None,
        };
        match answer {
            Some("w") => Ok(false),
            Some("c") => self.take_back(&deployed.status).await,
            _ => {
                let what = format!("Stopped watching; AWS goes on with the change of {}", self.name);
                Err(interrupt::cancelled(what))
            }
        }
    }

    async fn take_back(&self, status: &StackStatus) -> Result<bool, Failure> {
        if *status == StackStatus::CreateInProgress {
            let request = self.client.delete_stack().stack_name(&self.name).send();
            request.await.map_err(|error| because(&format!("take back {}", self.name), &error))?;
            return Ok(true);
        }
        // Too late is no failure: then the change is done, and watched to its end.
        match self.client.cancel_update_stack().stack_name(&self.name).send().await {
            Ok(_) => Ok(true),
            Err(error) => {
                self.report.warn(&because("take the change back", &error).to_string());
                Ok(false)
            }
        }
    }
}
