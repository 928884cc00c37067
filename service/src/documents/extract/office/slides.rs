//! PPTX: a page for each slide.

use roxmltree::Node;

use super::{attribute, child, main_part, of_kind, table, targets};
use crate::documents::{
    extract::{
        package::{Package, parse},
        text::Text,
    },
    store::Failure,
};

pub fn read(bytes: &[u8]) -> Result<Text, Failure> {
    let mut package = Package::open(bytes)?;
    let main = main_part(&mut package)?;
    let slides = targets(&mut package, &main)?;
    let presentation = package.text(&main)?;
    let mut text = Text::default();
    for id in parse(&presentation)?.descendants().filter(|node| node.tag_name().name() == "sldId") {
        // Its own number is called `id` too.
        let reference = id.attributes().find(|attribute| attribute.name() == "id" && attribute.namespace().is_some());
        let Some(slide) = reference.and_then(|reference| slides.get(reference.value())) else { continue };
        text.page();
        let xml = package.text(&slide.path)?;
        blocks(parse(&xml)?.root_element(), &mut text);
        let targets = targets(&mut package, &slide.path)?;
        if let Some(path) = of_kind(&targets, "notesSlide")
            && let Some(xml) = package.optional_text(path)?
        {
            notes(parse(&xml)?.root_element(), &mut text);
        }
    }
    Ok(text)
}

fn blocks(node: Node<'_, '_>, text: &mut Text) {
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "sp" if matches!(role(child), Some("title" | "ctrTitle")) => text.heading(1, &paragraphs(child).join(" ")),
            // The number, date and footer of each slide.
            "sp" if matches!(role(child), Some("sldNum" | "dt" | "ftr")) => {}
            "sp" => text.block(&paragraphs(child).join("\n")),
            "tbl" => text.block(&table(child, |cell| paragraphs(cell).join(" "))),
            "Fallback" => {}
            _ => blocks(child, text),
        }
    }
}

/// What the speaker has to say.
fn notes(node: Node<'_, '_>, text: &mut Text) {
    for shape in node.descendants().filter(|node| node.tag_name().name() == "sp" && role(*node) == Some("body")) {
        text.block(&paragraphs(shape).join("\n"));
    }
}

/// What a shape is for, if its layout says so.
fn role<'a>(shape: Node<'a, '_>) -> Option<&'a str> {
    let placeholder = child(child(child(shape, "nvSpPr")?, "nvPr")?, "ph")?;
    Some(attribute(placeholder, "type").unwrap_or("body"))
}

fn paragraphs(node: Node<'_, '_>) -> Vec<String> {
    let paragraphs = node.descendants().filter(|node| node.tag_name().name() == "p");
    paragraphs
        .map(|paragraph| {
            let mut words = String::new();
            for node in paragraph.descendants() {
                match node.tag_name().name() {
                    "t" => words.extend(node.text()),
                    "br" => words.push('\n'),
                    _ => {}
                }
            }
            words
        })
        .collect()
}
