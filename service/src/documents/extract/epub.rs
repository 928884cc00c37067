//! EPUB: the chapters of an e-book in their order.
//! <https://www.w3.org/TR/epub-33/>

use std::collections::HashMap;

use super::{
    Failure, html,
    kind::encrypted,
    package::{Package, damaged, parse, resolve},
    text::Text,
};

pub fn read(bytes: &[u8]) -> Result<Text, Failure> {
    let mut package = Package::open(bytes)?;
    let container = package.text("META-INF/container.xml")?;
    let path = parse(&container)?
        .descendants()
        .find(|node| node.has_tag_name(("urn:oasis:names:tc:opendocument:xmlns:container", "rootfile")))
        .and_then(|node| node.attribute("full-path"))
        .ok_or_else(damaged)?
        .to_owned();
    let opf = package.text(&path)?;
    let chapters = chapters(&opf, &path)?;
    // Fonts may be obscured; chapters that are can't be read.
    if let Some(encryption) = package.optional_text("META-INF/encryption.xml")?
        && chapters.iter().any(|chapter| encryption.contains(chapter.as_str()))
    {
        return Err(encrypted());
    }
    let mut text = Text::default();
    for chapter in chapters {
        let page = package.text(&chapter)?;
        text.markdown(&html::to_markdown(&page)?);
    }
    Ok(text)
}

/// The names of the files to read, in order.
fn chapters(opf: &str, path: &str) -> Result<Vec<String>, Failure> {
    let opf = parse(opf)?;
    let mut files = HashMap::new();
    let mut order = Vec::new();
    for node in opf.descendants().filter(roxmltree::Node::is_element) {
        match node.tag_name().name() {
            // The table of contents repeats what follows.
            "item" if !node.attribute("properties").unwrap_or_default().split(' ').any(|word| word == "nav") => {
                if let (Some(id), Some(href)) = (node.attribute("id"), node.attribute("href")) {
                    files.insert(id, href);
                }
            }
            "itemref" => order.extend(node.attribute("idref")),
            _ => {}
        }
    }
    Ok(order.iter().filter_map(|id| files.get(id)).map(|href| resolve(path, &unescaped(href))).collect())
}

/// Without the percent signs that stand for characters of a file's name.
fn unescaped(href: &str) -> String {
    let href = href.split('#').next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(href.len());
    let mut rest = href.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail.get(..2).and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        if let (b'%', Some(byte)) = (first, escaped) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
