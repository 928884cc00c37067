//! Fetching what users name an address of: from public addresses only, within limits, and only
//! what a site's `robots.txt` leaves to programs.

mod fetch;
mod guard;
mod robots;

pub use fetch::{Error, Fetcher};
