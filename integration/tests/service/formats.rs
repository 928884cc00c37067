//! What is read of documents: of each format a real one, and one that was made to do harm.

use std::{
    io::{Cursor, Read, Write},
    process::Stdio,
};

use flate2::{Compression, write::ZlibEncoder};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::Command};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{
    knowledge::COFFEE,
    support::{mangoo, plain_pdf},
};

const PARKING: &str = "Visitors park behind the main building and need a badge from reception.";
const CANTEEN: &str = "Die Kantine öffnet um 11 Uhr; Gäste zahlen 7,50 €.";
const MEBIBYTE: usize = 1024 * 1024;

/// What a process of the service's program reads of a document; the signal's name if that ends it.
async fn read(name: &str, bytes: &[u8]) -> Value {
    read_within(name, bytes, 1024 * MEBIBYTE, 60).await
}

async fn read_within(name: &str, bytes: &[u8], memory: usize, seconds: u32) -> Value {
    let mut child = Command::new(mangoo())
        .args(["extract", "--name", name, "--chunk-tokens", "25", "--chunk-overlap", "0"])
        .args(["--memory", &memory.to_string(), "--seconds", &seconds.to_string()])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    tokio::spawn(async move { stdin.write_all(&bytes).await });
    let output = child.wait_with_output().await.unwrap();
    if !output.status.success() {
        return json!({ "ended": output.status.to_string() });
    }
    serde_json::from_slice(output.stdout.split(|byte| *byte == b'\n').next_back().unwrap()).unwrap()
}

pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/service/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A document of Office whose main part is this.
fn office(main: &str, xml: &[u8]) -> Vec<u8> {
    let relationships = format!(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
        Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{main}"/></Relationships>"#
    );
    archive(&[("_rels/.rels", relationships.as_bytes()), (main, xml)])
}

/// A workbook whose sheets all say this.
fn workbook(sheet: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let sheet = format!(r#"<worksheet xmlns="{main}">{sheet}</worksheet>"#);
    let mut whole = ZipArchive::new(Cursor::new(fixture("handbook.xlsx"))).unwrap();
    let mut files = Vec::new();
    for place in 0..whole.len() {
        let mut file = whole.by_index(place).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let name = file.name().unwrap().to_string();
        let is_sheet = name.starts_with("xl/worksheets/sheet");
        files.push((name, if is_sheet { sheet.clone().into_bytes() } else { bytes }));
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    archive(&files)
}

/// An e-book whose only chapter is `one.xhtml`, with these files.
fn book(files: &[(&str, &[u8])]) -> Vec<u8> {
    const CONTAINER: &[u8] = br#"<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
        <rootfile full-path="content.opf"/></rootfiles></container>"#;
    const CONTENT: &[u8] = br#"<package><manifest><item id="one" href="one.xhtml"/></manifest><spine><itemref
        idref="one"/></spine></package>"#;
    let mut all: Vec<(&str, &[u8])> =
        vec![("mimetype", b"application/epub+zip"), ("META-INF/container.xml", CONTAINER), ("content.opf", CONTENT)];
    all.extend(files);
    archive(&all)
}

/// An archive that says that its files need a password.
/// <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, 4.4.4
fn locked(mut archive: Vec<u8>) -> Vec<u8> {
    for place in 0..archive.len() - 10 {
        match &archive[place..place + 4] {
            b"PK\x03\x04" => archive[place + 6] |= 1,
            b"PK\x01\x02" => archive[place + 8] |= 1,
            _ => {}
        }
    }
    archive
}

/// A PDF whose page has this content, in this many bytes once it is unpacked.
fn pdf_bomb(content: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(content).unwrap();
    let packed = packed.finish().unwrap();
    let mut pdf = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
        2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
        3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n"
        .to_vec();
    write!(pdf, "4 0 obj\n<< /Filter /FlateDecode /Length {} >>\nstream\n", packed.len()).unwrap();
    pdf.extend(packed);
    pdf.extend(b"\nendstream\nendobj\n");
    let start = pdf.len();
    let places: Vec<usize> = (1..=4)
        .map(|number| {
            let object = format!("\n{number} 0 obj\n");
            pdf.windows(object.len()).position(|window| window == object.as_bytes()).unwrap() + 1
        })
        .collect();
    let table: Vec<String> = places.iter().map(|place| format!("{place:010} 00000 n \n")).collect();
    let table = table.concat();
    write!(
        pdf,
        "xref\n0 5\n0000000000 65535 f \n{table}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    pdf
}

/// A presentation of one slide.
fn deck(shapes: &str) -> Vec<u8> {
    let types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relationships = |id: &str, kind: &str, target: &str| {
        format!(r#"<Relationships><Relationship Id="{id}" Type="{types}/{kind}" Target="{target}"/></Relationships>"#)
    };
    let slides = format!(r#"<presentation xmlns:r="{types}"><sldIdLst><sldId r:id="s1"/></sldIdLst></presentation>"#);
    archive(&[
        ("_rels/.rels", relationships("r1", "officeDocument", "ppt/presentation.xml").as_bytes()),
        ("ppt/presentation.xml", slides.as_bytes()),
        ("ppt/_rels/presentation.xml.rels", relationships("s1", "slide", "slides/one.xml").as_bytes()),
        ("ppt/slides/one.xml", format!("<sld>{shapes}</sld>").as_bytes()),
    ])
}

fn nested(tag: &str, depth: usize) -> String {
    format!("{}{COFFEE}{}", format!("<{tag}>").repeat(depth), format!("</{tag}>").repeat(depth))
}

#[tokio::test]
async fn each_format_is_read() {
    for (name, kind, says) in [
        ("handbook.pdf", "pdf", vec![COFFEE, PARKING, CANTEEN]),
        ("restricted.pdf", "pdf", vec![COFFEE, PARKING, CANTEEN]),
        (
            "handbook.docx",
            "docx",
            vec![COFFEE, PARKING, CANTEEN, "Return it at the gate", "| Curry \\| mild | 7,50 € |"],
        ),
        (
            "handbook.pptx",
            "pptx",
            vec![COFFEE, PARKING, "Bus 42 stops at the gate.", "bicycle stand", "| Soup | 4,20 € |"],
        ),
        (
            "handbook.xlsx",
            "xlsx",
            vec![
                COFFEE,
                "Room: Papaya | Seats: 4.5 | Since: 2025-12-31 | Opens: 9:00:00",
                "Dish: Soup | Price: 4.2",
                "stray",
            ],
        ),
        ("handbook.csv", "csv", vec![COFFEE, "Room: Papaya | Seats: 4"]),
        ("handbook.html", "html", vec![COFFEE, PARKING, CANTEEN, "| Soup | 4,20 € |"]),
        ("handbook.md", "markdown", vec![COFFEE, PARKING, CANTEEN, "```sh\n# no heading"]),
        ("handbook.txt", "text", vec![COFFEE, PARKING, CANTEEN]),
        ("handbook.json", "json", vec![COFFEE, CANTEEN]),
        ("handbook.epub", "epub", vec![COFFEE, PARKING]),
    ] {
        let read = &read(name, &fixture(name)).await["Ok"];
        assert_eq!(read["kind"], kind, "{name}");
        assert_eq!(read["warning"], Value::Null, "{name}");
        let text = read["text"].as_str().unwrap();
        for words in says {
            assert!(text.contains(words), "{name} lacks {words:?}: {text}");
        }
        assert!(!text.contains("alert") && !text.contains("Home"), "{name}: {text}");
        let characters: Vec<char> = text.chars().collect();
        for chunk in read["chunks"].as_array().unwrap() {
            let place = |field: &str| usize::try_from(chunk[field].as_u64().unwrap()).unwrap();
            assert_eq!(characters[place("start")..place("end")].iter().collect::<String>(), chunk["text"], "{name}");
        }
    }
}

#[tokio::test]
async fn a_chunk_says_its_page_or_its_headings() {
    async fn place(name: &str, words: &str) -> (Value, Value) {
        let read = read(name, &fixture(name)).await;
        let chunks = read["Ok"]["chunks"].as_array().unwrap().clone();
        let chunk = chunks.iter().rfind(|chunk| chunk["text"].as_str().unwrap().contains(words)).unwrap();
        (chunk["page"].clone(), chunk["headings"].clone())
    }
    assert_eq!(place("handbook.pdf", "Kantine").await, (json!(3), json!([])));
    assert_eq!(place("handbook.pptx", "Soup").await, (json!(3), json!(["Prices"])));
    assert_eq!(place("handbook.docx", "Soup").await, (json!(null), json!(["Prices"])));
    assert_eq!(place("handbook.docx", "badge from").await, (json!(null), json!(["The office", "Parking"])));
    assert_eq!(place("handbook.md", "mangoo serve").await, (json!(null), json!(["The office", "Parking"])));
}

#[tokio::test]
async fn a_format_is_known_by_its_content() {
    for (name, really, kind) in [
        ("handbook.docx", "handbook.pdf", "pdf"),
        ("handbook.pdf", "handbook.docx", "docx"),
        ("handbook.zip", "handbook.xlsx", "xlsx"),
        ("handbook", "handbook.epub", "epub"),
        ("handbook.exe", "handbook.txt", "text"),
        ("handbook.txt", "handbook.html", "html"),
        ("handbook.txt", "handbook.json", "json"),
        ("-", "handbook.csv", "text"),
    ] {
        assert_eq!(read(name, &fixture(really)).await["Ok"]["kind"], kind, "{really} as {name}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_says_why() {
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".repeat(64);
    let entities = br#"<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>"#;
    for (name, bytes, code) in [
        ("encrypted.pdf", fixture("encrypted.pdf"), "encrypted"),
        ("encrypted.docx", fixture("encrypted.docx"), "encrypted"),
        // Office wraps each of its formats in the same way.
        ("encrypted.pptx", fixture("encrypted.docx"), "encrypted"),
        ("encrypted.xlsx", fixture("encrypted.docx"), "encrypted"),
        ("locked.docx", locked(fixture("handbook.docx")), "encrypted"),
        ("locked.pptx", locked(fixture("handbook.pptx")), "encrypted"),
        ("locked.xlsx", locked(fixture("handbook.xlsx")), "encrypted"),
        ("locked.epub", book(&[("META-INF/encryption.xml", b"<encryption>one.xhtml</encryption>")]), "encrypted"),
        ("scanned.pdf", fixture("scanned.pdf"), "no_text"),
        ("old.doc", old, "unsupported_type"),
        ("photo.txt", b"\x89PNG\r\n\x1a\n".to_vec(), "unsupported_type"),
        ("archive.zip", archive(&[("one.txt", b"one")]), "unsupported_type"),
        ("program.txt", b"\0\x01\x02".to_vec(), "not_text"),
        ("empty.md", b" \r\n\t".to_vec(), "no_text"),
        ("empty.csv", b"\n\n".to_vec(), "no_text"),
        ("empty.html", b"<!doctype html><title>Nothing</title><script>alert(1)</script>".to_vec(), "no_text"),
        ("empty.docx", office("word/document.xml", b"<document/>"), "no_text"),
        ("empty.pptx", office("ppt/presentation.xml", b"<presentation/>"), "no_text"),
        ("empty.xlsx", workbook("<sheetData/>"), "no_text"),
        ("empty.epub", book(&[("one.xhtml", b"<html/>")]), "no_text"),
        ("empty.pdf", plain_pdf(&[]), "damaged"),
        ("empty.json", b"  ".to_vec(), "no_text"),
        ("no-parts.xlsx", archive(&[("xl/none", b"")]), "damaged"),
        ("no-parts.epub", archive(&[("mimetype", b"application/epub+zip")]), "damaged"),
        ("entities.docx", office("word/document.xml", entities), "damaged"),
    ] {
        let read = read(name, &bytes).await;
        assert_eq!(read["Err"]["code"], code, "{name}: {read}");
        assert!(read["Err"]["detail"].as_str().unwrap().ends_with(['.', '…']), "{read}");
    }
}

#[tokio::test]
async fn a_document_that_breaks_off_fails_and_says_so() {
    for name in ["handbook.pdf", "handbook.docx", "handbook.pptx", "handbook.xlsx", "handbook.epub"] {
        let whole = fixture(name);
        for part in [whole.len() / 10, whole.len() / 2, whole.len() * 9 / 10] {
            let read = read(name, &whole[..part]).await;
            assert_eq!(read["Err"]["code"], "damaged", "{name} up to {part}: {read}");
        }
    }
}

#[tokio::test]
async fn a_bomb_does_not_go_off() {
    let zeros = vec![b' '; 300 * MEBIBYTE];
    let document = office("word/document.xml", &zeros);
    assert!(document.len() < MEBIBYTE);
    for (name, bytes) in [
        ("bomb.docx", document),
        ("bomb.pptx", office("ppt/presentation.xml", &zeros)),
        ("bomb.xlsx", office("xl/workbook.xml", &zeros)),
        ("bomb.epub", archive(&[("mimetype", b"application/epub+zip"), ("META-INF/container.xml", &zeros)])),
    ] {
        let read = read(name, &bytes).await;
        assert_eq!(read["Err"]["code"], "too_large", "{name}: {read}");
    }
    // Parsers of PDF unpack by themselves: the limits on the process hold.
    let pdf = pdf_bomb(&zeros);
    assert!(pdf.len() < MEBIBYTE);
    let read = read_within("bomb.pdf", &pdf, 256 * MEBIBYTE, 60).await;
    assert!(read["ended"].as_str().is_some_and(|ended| ended.contains("signal: 6")), "{read}");
    // What is no bomb but more than a document may use ends its process alone.
    let html = format!("<!doctype html>{}", "<b>".repeat(2_000_000));
    let read = read_within("wide.html", html.as_bytes(), 256 * MEBIBYTE, 60).await;
    assert!(read["ended"].as_str().is_some_and(|ended| ended.contains("signal: 6")), "{read}");
}

#[tokio::test]
async fn a_document_that_takes_too_long_is_ended() {
    // Spreads its time over many small steps, none of which fails.
    let text = "#".repeat(4 * MEBIBYTE);
    let read = read_within("slow.md", text.as_bytes(), 1024 * MEBIBYTE, 1).await;
    assert!(read["ended"].as_str().is_some_and(|ended| ended.contains("signal")), "{read}");
}

#[tokio::test]
async fn ten_thousand_levels_are_read_or_refused() {
    const DEPTH: usize = 10_000;
    let json = format!("{}\"{COFFEE}\"{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    let [open, close] = ["<r>", "</r>"].map(|tag| tag.repeat(DEPTH));
    let shape = format!("<sp><txBody><p>{open}<t>{COFFEE}</t>{close}</p></txBody></sp>");
    let word = format!("<document><body><p>{open}<t>{COFFEE}</t>{close}</p></body></document>");
    for (name, bytes) in [
        ("deep.html", format!("<!doctype html>{}", nested("div", DEPTH)).into_bytes()),
        ("deep.docx", office("word/document.xml", word.as_bytes())),
        ("deep.pptx", deck(&format!("{}{shape}{}", "<g>".repeat(DEPTH), "</g>".repeat(DEPTH)))),
        (
            "deep.xlsx",
            workbook(&format!(
                r#"<sheetData><row><c t="inlineStr"><is>{open}<t>{COFFEE}</t>{close}</is></c></row></sheetData>"#
            )),
        ),
        ("deep.epub", book(&[("one.xhtml", nested("div", DEPTH).as_bytes())])),
        ("deep.csv", format!("Note\n{}{COFFEE}{}\n", "\"".repeat(DEPTH), "\"".repeat(DEPTH)).into_bytes()),
        ("deep.txt", format!("{}{COFFEE}{}", "(".repeat(DEPTH), ")".repeat(DEPTH)).into_bytes()),
        ("deep.md", format!("{}{COFFEE}", "> ".repeat(DEPTH)).into_bytes()),
        ("deep.json", json.into_bytes()),
    ] {
        let read = read(name, &bytes).await;
        assert!(read["Ok"]["text"].as_str().is_some_and(|text| text.contains(COFFEE)), "{name}: {read}");
    }
    let arrays = format!("{COFFEE}) Tj {}{} TJ (", "[".repeat(DEPTH), "]".repeat(DEPTH));
    assert_eq!(read("deep.pdf", &plain_pdf(&[arrays])).await["Err"]["code"], "damaged");
}

#[tokio::test]
async fn a_pdf_of_a_thousand_pages_is_read_page_by_page() {
    let pages: Vec<String> = (1..=1_000).map(|page| format!("This is page {page} of the handbook.")).collect();
    let read = &read("long.pdf", &plain_pdf(&pages)).await["Ok"];
    assert_eq!(read["pages"], 1_000);
    let last = read["chunks"].as_array().unwrap().last().unwrap();
    assert!(last["text"].as_str().unwrap().ends_with("This is page 1000 of the handbook."), "{last}");
    assert!(last["page"].as_i64().unwrap() > 990, "{last}");
}
