//! Sitemaps: which pages a site has. <https://www.sitemaps.org/protocol.html>

use std::{collections::HashSet, io::Read};

use flate2::read::GzDecoder;
use reqwest::Url;
use roxmltree::{Document, ParsingOptions};

use super::{Extracted, Failure, Kind, package::damaged, plain};

/// As the protocol has it.
const MAX_BYTES: u64 = 50 * 1024 * 1024;
/// Of 50,000 addresses, with all that can stand beside one.
const MAX_NODES: u32 = 2_000_000;
/// Where the root's name has to stand by.
const BEGINNING: usize = 4096;

/// Whether it is a sitemap, or a list of sitemaps; both may be compressed.
pub fn is(bytes: &[u8]) -> bool {
    let mut beginning = Vec::new();
    open(bytes).take(BEGINNING as u64).read_to_end(&mut beginning).ok();
    let beginning = String::from_utf8_lossy(&beginning);
    let start = beginning.trim_start_matches('\u{feff}').trim_start();
    (start.starts_with("<?xml") || start.starts_with("<urlset") || start.starts_with("<sitemapindex"))
        && (start.contains("<urlset") || start.contains("<sitemapindex"))
}

fn open(bytes: &[u8]) -> Box<dyn Read + '_> {
    if bytes.starts_with(b"\x1f\x8b") { Box::new(GzDecoder::new(bytes)) } else { Box::new(bytes) }
}

/// The addresses in the sitemap at `address`: those of its own site, as the protocol wants.
pub fn read(bytes: &[u8], address: &str) -> Result<Extracted, Failure> {
    let mut all = Vec::new();
    open(bytes).take(MAX_BYTES + 1).read_to_end(&mut all).map_err(|_| damaged())?;
    if all.len() as u64 > MAX_BYTES {
        return Err(Failure::new(
            "too_large",
            "This sitemap has more than 50 MiB. Add the parts of the site one by one.",
        ));
    }
    let text = plain::decode(&all)?;
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let xml = Document::parse_with_options(&text, options).map_err(|_| damaged())?;
    let site = Url::parse(address).map_err(|_| damaged())?;
    let mut seen = HashSet::new();
    let (mut addresses, mut foreign) = (Vec::new(), 0);
    for place in xml.descendants().filter(|node| node.tag_name().name() == "loc") {
        // Those of images and films are named alike, in a namespace of their own.
        let is_page = place.parent().is_some_and(|parent| matches!(parent.tag_name().name(), "url" | "sitemap"));
        let Some(mut url) = is_page.then(|| Url::parse(place.text()?.trim()).ok()).flatten() else { continue };
        url.set_fragment(None);
        if url.host() != site.host() {
            foreign += 1;
        } else if seen.insert(url.to_string()) {
            addresses.push(url.into());
        }
    }
    if addresses.is_empty() {
        return Err(Failure::new("no_text", Kind::Sitemap.why_no_text()));
    }
    let warning = (foreign > 0).then(|| {
        Failure::new("addresses_left_out", format!("{foreign} addresses of other sites in it were left out."))
    });
    let text = addresses.join("\n");
    Ok(Extracted { kind: Kind::Sitemap, text, pages: None, chunks: Vec::new(), addresses, warning })
}
