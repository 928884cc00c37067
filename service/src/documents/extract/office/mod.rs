//! Documents of Office since 2007.
//! <https://ecma-international.org/publications-and-standards/standards/ecma-376/>

pub mod slides;
pub mod word;

use std::collections::HashMap;

use roxmltree::Node;

use super::{
    Failure,
    package::{Package, damaged, parse, resolve},
};

/// A file that another one refers to.
struct Target {
    path: String,
    /// The last part of its relationship's type, such as `slide`.
    kind: String,
}

/// What the file `path` (nothing: the whole) refers to, by the ids that stand for it.
fn targets(package: &mut Package<'_>, path: &str) -> Result<HashMap<String, Target>, Failure> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let relationships = resolve("", &format!("{folder}/_rels/{name}.rels"));
    let Some(xml) = package.optional_text(&relationships)? else { return Ok(HashMap::new()) };
    let xml = parse(&xml)?;
    Ok(xml
        .descendants()
        .filter(|node| node.tag_name().name() == "Relationship" && node.attribute("TargetMode") != Some("External"))
        .filter_map(|node| {
            let path = resolve(path, node.attribute("Target")?);
            let kind = node.attribute("Type")?.rsplit('/').next()?.to_owned();
            Some((node.attribute("Id")?.to_owned(), Target { path, kind }))
        })
        .collect())
}

/// The path of what a target of `kind` is in.
fn of_kind<'t>(targets: &'t HashMap<String, Target>, kind: &str) -> Option<&'t str> {
    targets.values().find(|target| target.kind == kind).map(|target| target.path.as_str())
}

/// The path of the file that all others hang on.
fn main_part(package: &mut Package<'_>) -> Result<String, Failure> {
    let targets = targets(package, "")?;
    of_kind(&targets, "officeDocument").map(str::to_owned).ok_or_else(damaged)
}

/// The children of that name, whatever their namespace: the strict and the usual form of the
/// standard differ in these.
fn children<'a, 'i>(node: Node<'a, 'i>, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// An attribute of that name, whatever its namespace.
fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// A table whose first row names the columns, as Markdown. What a cell says, `words` knows.
fn table(table: Node<'_, '_>, words: impl Fn(Node<'_, '_>) -> String) -> String {
    let rows: Vec<Vec<String>> = children(table, "tr").map(|row| children(row, "tc").map(&words).collect()).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut lines = Vec::with_capacity(rows.len() + 1);
    for (number, row) in rows.iter().enumerate() {
        let cells = row.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|"));
        lines.push(format!("| {} |", cells.collect::<Vec<_>>().join(" | ")));
        if number == 0 {
            lines.push(format!("|{}", " --- |".repeat(width)));
        }
    }
    lines.join("\n")
}
