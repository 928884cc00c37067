//! The table.

use std::fmt::Display;

/// The same contract on `FastAPI`, `SQLAlchemy` and `aioboto3`, tuned, on one core of such a machine.
pub mod fastapi {
    /// Milliseconds to the first 200.
    pub const START: f64 = 1_080.0;
    /// MB.
    pub const IDLE: f64 = 108.0;
    /// `GET /bots` a second.
    pub const BOTS: f64 = 1_700.0;
    /// CPU seconds per 100,000 relayed events.
    pub const RELAY: f64 = 5.8;
    /// Milliseconds to the first event of 1,000 paced streams, p99.
    pub const PACED_FIRST: f64 = 6_700.0;
    /// MB, with 1,000 paced streams.
    pub const PACED_MEMORY: f64 = 169.0;
}

/// Which way is better.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    AtMost(u32),
    AtLeast(u32),
    /// In hundredths.
    AtMostHundredths(u32),
    None,
}

pub fn header() {
    println!("\n{:<58} {:>12}  {:<18} {:>10} {:>8}", "", "measured", "aim", "FastAPI", "ratio");
}

/// One figure beside its aim and `FastAPI`'s.
pub fn row(what: impl Display, measured: f64, unit: &str, aim: Aim, fastapi: Option<f64>) {
    let (is_reached, aim_text) = match aim {
        Aim::AtMost(limit) => (measured <= f64::from(limit), format!("≤ {limit}")),
        Aim::AtLeast(limit) => (measured >= f64::from(limit), format!("≥ {limit}")),
        Aim::AtMostHundredths(limit) => {
            let limit = f64::from(limit) / 100.0;
            (measured <= limit, format!("≤ {limit}"))
        }
        Aim::None => (true, String::new()),
    };
    let verdict = match (aim, is_reached) {
        (Aim::None, _) => String::new(),
        (_, true) => format!("{aim_text} reached"),
        (_, false) => format!("{aim_text} MISSED"),
    };
    let is_more_better = matches!(aim, Aim::AtLeast(_));
    let ratio = fastapi.map(|theirs| if is_more_better { measured / theirs } else { theirs / measured });
    println!(
        "{what:<58} {:>12}  {verdict:<18} {:>10} {:>8}",
        format!("{} {unit}", figure(measured)),
        fastapi.map(figure).unwrap_or_default(),
        ratio.map(|ratio| format!("{}×", figure(ratio))).unwrap_or_default(),
    );
}

/// What explains the figures above it.
pub fn note(text: impl Display) {
    println!("    {text}");
}

fn figure(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// The value that `share` (0 to 1) of the values do not exceed; 0 if there are none.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // a place in a list
    let place = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}
