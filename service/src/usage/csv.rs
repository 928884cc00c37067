//! Usage as CSV (RFC 4180), for spreadsheets.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::{
    Days,
    store::{By, UsageRow},
};

/// What a client that wants CSV says that it accepts.
const TYPE: &str = "text/csv";

/// Whether a client would rather have CSV than JSON.
pub fn is_accepted(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|range| range.split(';').next().is_some_and(|range| range.trim() == TYPE))
}

/// A file to keep.
pub fn response(by: By, days: Days, rows: &[UsageRow]) -> Response {
    let name = format!("attachment; filename=\"usage-by-{}-{}-{}.csv\"", by.name(), days.from, days.to);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    (headers, write(by, rows)).into_response()
}

fn write(by: By, rows: &[UsageRow]) -> String {
    let keys: &[&str] = match by {
        By::User => &["user_id", "user_name", "user_email"],
        By::Bot => &["bot_id", "bot_name"],
        By::Model => &["model_id"],
        By::Day => &["day", "model_id"],
    };
    let figures = ["answers", "estimated_answers", "input_tokens", "output_tokens", "cost_usd"];
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    // Writing to memory can't fail, nor can rows of the same length.
    let _ = writer.write_record(keys.iter().chain(&figures));
    for row in rows {
        let keys = match by {
            By::User => {
                vec![row.user_id.as_ref().map(|id| id.0.clone()), row.user_name.clone(), row.user_email.clone()]
            }
            By::Bot => vec![row.bot_id.map(|id| id.to_string()), row.bot_name.clone()],
            By::Model => vec![row.model_id.clone()],
            By::Day => vec![row.day.map(|day| day.to_string()), row.model_id.clone()],
        };
        let figures = [row.answers, row.estimated_answers, row.input_tokens, row.output_tokens];
        let cells = keys
            .into_iter()
            .map(|key| harmless(key.unwrap_or_default()))
            .chain(figures.map(|figure| figure.to_string()))
            .chain([row.cost.map(|cost| format!("{cost:.6}")).unwrap_or_default()]);
        let _ = writer.write_record(cells);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Spreadsheets take a cell that begins with one of these for a formula, and names are what users
/// choose. <https://owasp.org/www-community/attacks/CSV_Injection>
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str) -> UsageRow {
        UsageRow {
            day: None,
            user_id: None,
            user_name: None,
            user_email: None,
            bot_id: None,
            bot_name: Some(name.to_owned()),
            model_id: None,
            answers: 2,
            estimated_answers: 1,
            input_tokens: 30,
            output_tokens: 4,
            cost: Some(0.000_012_3),
            is_cost_partial: false,
        }
    }

    #[test]
    fn names_neither_break_out_of_their_cell_nor_are_formulas() {
        let names = ["a,b", "say \"hi\"", "two\nlines", "=1+1", "@SUM(A1)", "-2", "+1", "ok = fine"];
        let text = write(By::Bot, &names.map(row));
        assert!(text.contains("\"a,b\",2,1,30,4,0.000012\r\n"), "{text}");
        let read: Vec<String> = ::csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(|record| record.expect("valid CSV").get(1).expect("a name").to_owned())
            .collect();
        assert_eq!(read, ["a,b", "say \"hi\"", "two\nlines", "'=1+1", "'@SUM(A1)", "'-2", "'+1", "ok = fine"]);
    }

    #[test]
    fn csv_is_given_to_who_asks_for_it() {
        let accepts = |value: &'static str| {
            is_accepted(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))]))
        };
        assert!(accepts("text/csv") && accepts("text/html, text/csv;q=0.9"));
        assert!(!accepts("*/*") && !accepts("application/json") && !accepts("text/csvx"));
    }
}
