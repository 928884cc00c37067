//! Days, in UTC, that usage is asked for.

use chrono::{Duration, NaiveDate, Utc};

use crate::error::{Error, Result};

/// Longest range, and the one without `from`.
const MAX: i64 = 366;
const DEFAULT: i64 = 30;

/// From the first to the last, both of them included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Days {
    /// Without `to` up to today, without `from` thirty days.
    pub fn new(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self> {
        Self::until(from, to, Utc::now().date_naive())
    }

    fn until(from: Option<NaiveDate>, to: Option<NaiveDate>, today: NaiveDate) -> Result<Self> {
        let to = to.unwrap_or(today);
        let from = from.or_else(|| to.checked_sub_signed(Duration::days(DEFAULT - 1))).unwrap_or(to);
        let days = (to - from).num_days() + 1;
        if days < 1 {
            return Err(Error::Invalid("from: must not be after `to`.".to_owned()));
        }
        if days > MAX {
            return Err(Error::Invalid(format!("from: at most {MAX} days are given at once, not {days}.")));
        }
        // What Postgres can compare with.
        if !(1970..=9999).contains(&chrono::Datelike::year(&from)) || chrono::Datelike::year(&to) > 9999 {
            return Err(Error::Invalid("from: must be a date from 1970 to 9999.".to_owned()));
        }
        Ok(Self { from, to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn thirty_days_up_to_today_are_the_default() {
        let days = Days::until(None, None, day("2026-03-02")).expect("valid");
        assert_eq!(days, Days { from: day("2026-02-01"), to: day("2026-03-02") });
    }

    #[test]
    fn a_range_has_a_day_at_least_and_a_year_at_most() {
        let until = |from, to| Days::until(Some(day(from)), Some(day(to)), day("2026-03-02")).is_ok();
        assert!(until("2026-03-02", "2026-03-02"));
        assert!(!until("2026-03-02", "2026-03-01"));
        assert!(until("2025-01-01", "2026-01-01"));
        assert!(!until("2025-01-01", "2026-01-02"));
        assert!(!until("-0001-01-01", "-0001-01-02"));
    }
}
