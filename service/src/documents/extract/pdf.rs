//! PDF, page by page.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, PlainTextOutput, output_doc_page};

use super::{Failure, kind::encrypted, package::damaged, text::Text};

pub fn read(bytes: &[u8]) -> Result<Text, Failure> {
    let mut document = Document::load_mem(bytes).map_err(|_| damaged())?;
    // Many that are encrypted have no password to open, only one to change.
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(encrypted());
    }
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(damaged());
    }
    let mut text = Text::default();
    let mut unread = Vec::new();
    for number in pages.into_keys() {
        let mut page = String::new();
        // One page that is not understood leaves the others.
        let read =
            catch_unwind(AssertUnwindSafe(|| output_doc_page(&document, &mut PlainTextOutput::new(&mut page), number)));
        text.page();
        if matches!(read, Ok(Ok(()))) {
            text.block(&page);
        } else {
            unread.push(number.to_string());
        }
    }
    if unread.len() == text.pages.len() {
        return Err(damaged());
    }
    if !unread.is_empty() {
        text.warning = Some(Failure::new(
            "pages_missing",
            format!("{} of its {} pages could not be read: {}.", unread.len(), text.pages.len(), some(&unread)),
        ));
    }
    Ok(text)
}

/// The first of them, if they are many.
fn some(numbers: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = numbers[..numbers.len().min(SHOWN)].join(", ");
    if numbers.len() > SHOWN { format!("{shown}, …") } else { shown }
}
