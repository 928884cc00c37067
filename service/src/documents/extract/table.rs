//! Tables. A row stands for itself wherever it is cut off: each value says its column.

use std::{fmt::Write, io::Cursor};

use calamine::{DataRef, DataType, ExcelDateTime, Reader, Xlsx, XlsxError};

use super::{
    Failure,
    kind::encrypted,
    package::{Package, damaged},
    text::Text,
};

/// Rows below the names of their columns.
#[derive(Default)]
struct Rows {
    /// That stands above the first of them.
    heading: Option<String>,
    names: Vec<String>,
}

impl Rows {
    fn add(&mut self, text: &mut Text, row: &[(usize, String)]) {
        if row.iter().all(|(_, value)| value.trim().is_empty()) {
            return;
        }
        if let Some(heading) = self.heading.take() {
            text.heading(1, &heading);
        }
        if self.names.is_empty() {
            // A line of its own is a title, or there is one column only.
            if let [(_, value)] = row {
                return text.line(&one_line(value));
            }
            let width = row.last().map_or(0, |(column, _)| column + 1);
            self.names = vec![String::new(); width];
            for (column, name) in row {
                self.names[*column] = one_line(name);
            }
            let names: Vec<&str> = self.names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
            text.line(&names.join(" | "));
            return;
        }
        let mut line = String::new();
        for (column, value) in row {
            let value = one_line(value);
            if value.is_empty() {
                continue;
            }
            if !line.is_empty() {
                line.push_str(" | ");
            }
            match self.names.get(*column).filter(|name| !name.is_empty()) {
                Some(name) => write!(line, "{name}: {value}"),
                None => write!(line, "{value}"),
            }
            .expect("a string takes all");
        }
        text.line(&line);
    }
}

fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn workbook(bytes: &[u8]) -> Result<Text, Failure> {
    // The reader unpacks whatever there is.
    Package::open(bytes)?.check()?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| failure(&error))?;
    let mut text = Text::default();
    for sheet in workbook.sheet_names() {
        // A chart alone has no cells.
        let Ok(mut cells) = workbook.worksheet_cells_reader(&sheet) else { continue };
        let mut rows = Rows { heading: Some(sheet), ..Rows::default() };
        let mut row = Vec::new();
        let mut number = None;
        while let Some(cell) = cells.next_cell().map_err(|error| failure(&error))? {
            let (this, column) = cell.get_position();
            if number.replace(this).is_some_and(|before| before != this) {
                rows.add(&mut text, &row);
                row.clear();
            }
            if !cell.get_value().is_empty() {
                row.push((column as usize, shown(cell.get_value())));
            }
        }
        rows.add(&mut text, &row);
    }
    Ok(text)
}

fn failure(error: &XlsxError) -> Failure {
    if matches!(error, XlsxError::Password) { encrypted() } else { damaged() }
}

/// A cell as people see it.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(time) => shown_time(time),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn shown_time(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if time.is_duration() || time.as_f64() < 1.0 {
        let seconds = (time.as_f64() * 86_400.0).round();
        return format!("{}:{:02}:{:02}", (seconds / 3_600.0).floor(), (seconds / 60.0 % 60.0).floor(), seconds % 60.0);
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") }
}

pub fn csv(source: &str) -> Result<Text, Failure> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(source))
        .has_headers(false)
        .flexible(true)
        .from_reader(source.as_bytes());
    let mut text = Text::default();
    let mut rows = Rows::default();
    for record in reader.records() {
        let record = record.map_err(|_| damaged())?;
        let row: Vec<_> = record.iter().map(str::to_owned).enumerate().collect();
        rows.add(&mut text, &row);
    }
    Ok(text)
}

/// What the first line is parted by most often.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| line.bytes().filter(|byte| *byte == delimiter).count();
    // The last of equals wins.
    *b"|\t;,".iter().max_by_key(|delimiter| count(**delimiter)).unwrap_or(&b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_its_columns() {
        let table = "Name;City;Note\r\nAnna;Berlin;\"one\nof two; really\"\r\n\r\nBo;;\r\nCy;Rome;x;extra\r\n";
        assert_eq!(
            csv(table).expect("it is a table").content,
            "Name | City | Note\n\
             Name: Anna | City: Berlin | Note: one of two; really\n\
             Name: Bo\n\
             Name: Cy | City: Rome | Note: x | extra"
        );
    }

    #[test]
    fn what_parts_a_table_is_found() {
        assert_eq!(delimiter("a,b,c"), b',');
        assert_eq!(delimiter("\n\na\tb"), b'\t');
        assert_eq!(delimiter("one"), b',');
    }
}
