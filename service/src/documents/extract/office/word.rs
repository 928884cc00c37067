//! DOCX.

use std::collections::HashMap;

use roxmltree::{Document, Node};

use super::{attribute, child, main_part, of_kind, table, targets};
use crate::documents::{
    extract::{
        package::{Package, parse},
        text::Text,
    },
    store::Failure,
};

/// Styles that come from one another, at the most.
const MAX_ANCESTORS: usize = 20;

pub fn read(bytes: &[u8]) -> Result<Text, Failure> {
    let mut package = Package::open(bytes)?;
    let main = main_part(&mut package)?;
    let targets = targets(&mut package, &main)?;
    let styles = match of_kind(&targets, "styles") {
        Some(path) => package.optional_text(path)?,
        None => None,
    };
    let mut reader = Reader {
        levels: styles.map(|xml| parse(&xml).map(|xml| levels(&xml))).transpose()?.unwrap_or_default(),
        text: Text::default(),
    };
    let xml = package.text(&main)?;
    reader.blocks(parse(&xml)?.root_element());
    for kind in ["footnotes", "endnotes"] {
        if let Some(path) = of_kind(&targets, kind)
            && let Some(xml) = package.optional_text(path)?
        {
            reader.blocks(parse(&xml)?.root_element());
        }
    }
    Ok(reader.text)
}

/// Which styles make a heading, and of which level.
fn levels(styles: &Document<'_>) -> HashMap<String, usize> {
    let styles: HashMap<&str, Node<'_, '_>> = styles
        .descendants()
        .filter(|node| node.tag_name().name() == "style")
        .filter_map(|node| Some((attribute(node, "styleId")?, node)))
        .collect();
    let mut levels = HashMap::new();
    for id in styles.keys() {
        let mut style = styles.get(id);
        for _ in 0..MAX_ANCESTORS {
            let Some(node) = style else { break };
            if let Some(level) = own_level(*node) {
                levels.insert((*id).to_owned(), level);
                break;
            }
            style = child(*node, "basedOn").and_then(|base| attribute(base, "val")).and_then(|id| styles.get(id));
        }
    }
    levels
}

fn own_level(style: Node<'_, '_>) -> Option<usize> {
    let name = child(style, "name").and_then(|name| attribute(name, "val")).unwrap_or_default().to_ascii_lowercase();
    if name == "title" {
        return Some(1);
    }
    name.strip_prefix("heading ").and_then(|level| level.parse().ok()).or_else(|| outline_level(style))
}

/// From 1; none for body text.
fn outline_level(node: Node<'_, '_>) -> Option<usize> {
    let level = attribute(child(child(node, "pPr")?, "outlineLvl")?, "val")?.parse::<usize>().ok()?;
    (level < 9).then_some(level + 1)
}

struct Reader {
    levels: HashMap<String, usize>,
    text: Text,
}

impl Reader {
    /// Paragraphs and tables, wherever they are below `node`.
    fn blocks(&mut self, node: Node<'_, '_>) {
        for child in node.children() {
            match child.tag_name().name() {
                "p" => self.paragraph(child),
                "tbl" => self.text.block(&table(child, words)),
                // The same again, for programs that don't know the newer form.
                "Fallback" => {}
                _ => self.blocks(child),
            }
        }
    }

    fn paragraph(&mut self, node: Node<'_, '_>) {
        let words = words(node);
        let properties = child(node, "pPr");
        let style =
            properties.and_then(|properties| child(properties, "pStyle")).and_then(|style| attribute(style, "val"));
        let level = style.and_then(|style| self.levels.get(style).copied()).or_else(|| outline_level(node));
        if let Some(level) = level {
            self.text.heading(level, &words);
        } else if properties.is_some_and(|properties| child(properties, "numPr").is_some()) {
            self.text.line(&format!("- {words}"));
        } else {
            self.text.block(&words);
        }
    }
}

/// What stands below `node`, as one.
fn words(node: Node<'_, '_>) -> String {
    let mut words = String::new();
    collect(node, &mut words);
    words
}

fn collect(node: Node<'_, '_>, words: &mut String) {
    for child in node.children() {
        match child.tag_name().name() {
            "t" => words.extend(child.text()),
            "tab" => words.push('\t'),
            "br" | "cr" => words.push('\n'),
            "noBreakHyphen" => words.push('-'),
            // Of what was deleted, or is not shown.
            "del" | "moveFrom" | "instrText" | "Fallback" | "pPr" | "rPr" => {}
            "p" => {
                if !words.is_empty() {
                    words.push('\n');
                }
                collect(child, words);
            }
            _ => collect(child, words),
        }
    }
}
