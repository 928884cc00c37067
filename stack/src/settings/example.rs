//! A `mangoo.toml` to begin with.

use toml::{Table, Value};

use super::{DEV, PROD};

/// A `mangoo.toml` with an environment for each profile, and every setting with its
/// default as a comment.
pub fn example() -> String {
    let mut text =
        "# What Mangoo runs in your AWS account. A table is an environment, with its own stack.\n\n".to_owned();
    let prod: Table = PROD.parse().unwrap_or_default();
    text += "[dev]\n";
    let mut section = String::new();
    for line in DEV.lines() {
        let bare = line.trim_start_matches("# ");
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
            text += "# [dev.";
            text += name;
            text += "]\n";
        } else if line.is_empty() || line.starts_with('#') || line.starts_with("profile") {
            text += line;
            text.push('\n');
        } else {
            let key = line.split_once(" = ").map_or(line, |(key, _)| key);
            let table = if section.is_empty() { Some(&prod) } else { prod.get(&section).and_then(Value::as_table) };
            let other = table.and_then(|table| table.get(key)).map(|value| format!("  # {value} in prod"));
            text += "# ";
            text += line;
            text += &other.unwrap_or_default();
            text.push('\n');
        }
    }
    text + "\n[prod]\nprofile = \"prod\"\n"
}
