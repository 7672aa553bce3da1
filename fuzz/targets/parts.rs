//! A workbook put together from arbitrary data: bytes that are a file, or texts that become its parts.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A part: its name, what stands before and behind a text that is not all of it, and that text where the data has none.
type Part = (&'static str, &'static str, &'static str, &'static str);

const PARTS: [Part; 7] = [
    ("xl/worksheets/sheet1.xml", "<worksheet><sheetData>", "</sheetData></worksheet>", ""),
    ("xl/sharedStrings.xml", "<sst>", "</sst>", "<si><t>Code</t></si><si><t>Persons</t></si>"),
    ("xl/styles.xml", "<styleSheet>", "</styleSheet>", r#"<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>"#),
    ("xl/worksheets/sheet2.xml", "<worksheet>", "</worksheet>", "<sheetData/>"),
    ("xl/workbook.xml", "<workbook>", "</workbook>", SHEETS),
    ("xl/_rels/workbook.xml.rels", "<Relationships>", "</Relationships>", TARGETS),
    ("_rels/.rels", "<Relationships>", "</Relationships>", ROOT),
];
const SHEETS: &str = r#"<sheets><sheet name="S" sheetId="1" r:id="a"/><sheet name="melonmap" sheetId="2" state="hidden" r:id="b"/></sheets>"#;
const TARGETS: &str = r#"<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/>"#;
const ROOT: &str = r#"<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>"#;

/// What parts the texts of the data: it stands in no XML.
const BETWEEN: u8 = 0;

/// The file of some data. An even first byte: the rest is the file. An odd one: texts with a zero byte between, the parts in the order
/// of [`PARTS`]; each of the byte's other bits says of one that it is the whole part, and not what stands in its outermost element.
pub fn workbook(data: &[u8]) -> Option<Vec<u8>> {
    let (how, data) = data.split_first()?;
    if how & 1 == 0 {
        return Some(data.to_vec());
    }
    let mut texts = data.split(|byte| *byte == BETWEEN);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (n, (name, before, behind, usual)) in PARTS.into_iter().enumerate() {
        let text = texts.next().filter(|text| !text.is_empty()).unwrap_or(usual.as_bytes());
        let whole = how & (2 << n) != 0;
        archive.start_file(name, options).ok()?;
        for piece in [before.as_bytes(), text, behind.as_bytes()].into_iter().skip(usize::from(whole)) {
            archive.write_all(piece).ok()?;
            if whole {
                break;
            }
        }
    }
    Some(archive.finish().ok()?.into_inner())
}
