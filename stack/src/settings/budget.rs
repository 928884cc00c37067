//! What it may cost.

use serde::Deserialize;

use super::check::Problems;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// US dollars a month, of the whole account, that are worth an e-mail: at 80 % and 100 %,
    /// and when 100 % are forecast. None without an address.
    pub monthly_usd: u32,
    /// Who gets it.
    pub email: Option<String>,
}

impl Problems {
    pub(super) fn budget(&mut self, budget: &Budget) {
        self.unless(budget.monthly_usd >= 1, "budget.monthly_usd: must be at least 1");
        if let Some(email) = &budget.email {
            self.email("budget.email", email);
        }
    }
}
