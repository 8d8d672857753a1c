//! Spreadsheets of Excel: each sheet becomes the text that it would be saved as, in which readings are found as in any other.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::{Duration, SystemTime};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};

use crate::error::{Problem, shown};

/// The most bytes of text that a file becomes.
const MOST: usize = 384 << 20;

/// The most that the texts in its cells, and what is said of them, expand to.
const MOST_TEXTS: u64 = 128 << 20;

/// Columns that a sheet has at the most.
const COLUMNS: u32 = 16 * 1024;

/// Empty rows that are written out, so that lines have the numbers of their rows.
const EMPTY: u32 = 1000;

/// The days from the first one of a sheet to 1970.
const DAYS_TO_1970: f64 = 25_569.0;

/// The days between the two beginnings that sheets count from.
const DAYS_TO_1904: f64 = 1462.0;

const DAY: f64 = 86_400.0;

/// Whether a file that begins with these bytes may be one: an archive, as others are, so the name decides too.
pub(crate) fn is(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

/// The names of the sheets that have numbers, and each as comma-separated text, with times in ISO 8601.
///
/// # Errors
/// A [`Problem`] that names the sheet, or says that there are no numbers, or too many.
pub(crate) fn sheets(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Problem> {
    check(path)?;
    let file = BufReader::new(File::open(path)?);
    let mut book: Xlsx<_> = Xlsx::new(file).map_err(|error| damaged(why(&error)))?;
    let names = book.sheet_names();
    let mut left = MOST;
    let mut sheets = Vec::new();
    for name in &names {
        let sheet = sheet(&mut book, name, left)
            .map_err(|reason| damaged(format!("sheet `{}`: {reason}", shown(name, 40))))?;
        if let Some(text) = sheet {
            left = left.saturating_sub(text.len());
            sheets.push((name.clone(), text));
        }
    }
    if sheets.is_empty() {
        let names = shown(&names.join(", "), 100);
        return Err(damaged(format!(
            "no sheet holds numbers (there is {names}); write the readings as rows of numbers"
        )));
    }
    Ok(sheets)
}

/// Expands what is read as a whole, which may be very much.
fn check(path: &Path) -> Result<(), Problem> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?))
        .map_err(|_| damaged("it is no archive, or not all of one; save it again"))?;
    let mut left = MOST_TEXTS;
    for at in 0..archive.len() {
        let Ok(part) = archive.by_index(at) else { continue };
        if part.name().is_ok_and(|name| name.contains("worksheets/")) {
            continue;
        }
        let expanded = io::copy(&mut part.take(left + 1), &mut io::sink()).unwrap_or_default();
        left = left.checked_sub(expanded).ok_or_else(|| {
            damaged(format!(
                "its texts expand to more than the {} MiB that are read at once; save it as CSV",
                MOST_TEXTS >> 20
            ))
        })?;
    }
    Ok(())
}

/// One sheet as text; none if no cell of it is a number.
fn sheet<R: Read + io::Seek>(
    book: &mut Xlsx<R>,
    name: &str,
    most: usize,
) -> Result<Option<Vec<u8>>, String> {
    let is_1904 = book.has_1904_epoch();
    // Charts are sheets too, without cells.
    let Ok(mut cells) = book.worksheet_cells_reader(name) else { return Ok(None) };
    let mut text = Text { bytes: Vec::new(), row: 0, column: 0, least: COLUMNS };
    let mut has_numbers = false;
    while let Some(cell) = cells.next_cell().map_err(|error| why(&error))? {
        let (row, column) = cell.get_position();
        let field = field(cell.get_value(), is_1904);
        if field.is_empty() {
            continue;
        }
        has_numbers |= matches!(cell.get_value(), DataRef::Int(_) | DataRef::Float(_));
        text.put(row, column, &field)?;
        if text.bytes.len() > most {
            return Err(format!(
                "it has more than the {} MiB of text that are read at once; save it as CSV",
                MOST >> 20
            ));
        }
    }
    Ok(has_numbers.then(|| text.finish()))
}

/// A sheet on its way.
struct Text {
    bytes: Vec<u8>,
    row: u32,
    column: u32,
    /// The first column that has anything.
    least: u32,
}

impl Text {
    fn put(&mut self, row: u32, column: u32, field: &str) -> Result<(), String> {
        if row < self.row || (row == self.row && column < self.column) || column >= COLUMNS {
            return Err(format!(
                "cell {column} of row {} is where none can be",
                u64::from(row) + 1
            ));
        }
        if row > self.row {
            let lines = (row - self.row).min(EMPTY) as usize;
            self.bytes.resize(self.bytes.len() + lines, b'\n');
            (self.row, self.column) = (row, 0);
        }
        let commas = (column - self.column) as usize;
        self.bytes.resize(self.bytes.len() + commas, b',');
        self.column = column;
        self.least = self.least.min(column);
        let is_quoted = field.contains([',', '"', ';', '\t']) || field.starts_with(' ');
        if is_quoted {
            self.bytes.push(b'"');
            self.bytes.extend_from_slice(field.replace('"', "\"\"").as_bytes());
            self.bytes.push(b'"');
        } else {
            self.bytes.extend_from_slice(field.as_bytes());
        }
        Ok(())
    }

    /// The text, without the columns before the first that has anything.
    fn finish(mut self) -> Vec<u8> {
        self.bytes.push(b'\n');
        if self.least == 0 {
            return self.bytes;
        }
        let least = self.least as usize;
        let lines = self.bytes.split_inclusive(|byte| *byte == b'\n');
        let lines =
            lines.map(|line| line.get(least..).filter(|rest| !rest.is_empty()).unwrap_or(b"\n"));
        lines.flatten().copied().collect()
    }
}

/// What is written for a cell, on one line.
fn field(value: &DataRef<'_>, is_1904: bool) -> String {
    let text = match value {
        DataRef::Int(number) => return number.to_string(),
        DataRef::Float(number) => return number.to_string(),
        DataRef::Bool(is_true) => return u8::from(*is_true).to_string(),
        DataRef::DateTime(time) => return date(time, is_1904),
        DataRef::Error(_) | DataRef::Empty => return String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text,
        DataRef::SharedString(text) => *text,
    };
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    text.trim().chars().map(printable).collect()
}

/// A date in ISO 8601, a time of day, or a duration in seconds.
fn date(time: &ExcelDateTime, is_1904: bool) -> String {
    let mut days = time.as_f64();
    if time.is_duration() {
        return (days * DAY).to_string();
    }
    if (0.0..1.0).contains(&days) {
        let micros = (days * DAY * 1e6).round() as u64;
        let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        return format!("{hours:02}:{minutes:02}:{seconds:02}.{micros:06}");
    }
    if is_1904 {
        days += DAYS_TO_1904;
    }
    // A date is written with 15 digits, ten after the point of a day: no finer than 10 µs.
    let seconds = ((days - DAYS_TO_1970) * DAY * 1e5).round() / 1e5;
    let since = Duration::try_from_secs_f64(seconds).ok().filter(|_| seconds < 253_402_300_000.0);
    match since.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since)) {
        Some(time) => humantime::format_rfc3339_micros(time).to_string(),
        None => days.to_string(),
    }
}

/// A problem with a file.
fn damaged(reason: impl Into<String>) -> Problem {
    Problem::Format { format: "Excel", reason: reason.into() }
}

fn why(error: &XlsxError) -> String {
    let reason = match error {
        XlsxError::Password => "it is protected by a password; save it without one".to_owned(),
        other => other.to_string(),
    };
    shown(&reason, 160)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tempfile::TempDir;
    use zip::write::SimpleFileOptions;

    use super::*;

    const RELATED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// A file with these sheets, of which the style 1 is a date.
    fn book(sheets: &[(&str, &str)], is_1904: bool) -> (TempDir, std::path::PathBuf) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("book.xlsx");
        let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
        let mut add = |name: &str, text: String| {
            archive.start_file(name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        };
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let package = "http://schemas.openxmlformats.org/package/2006";
        let numbers = 1..=sheets.len();
        let list: String = numbers
            .clone()
            .zip(sheets)
            .map(|(at, (name, _))| {
                format!("<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"r{at}\"/>")
            })
            .collect();
        let related: String = numbers
            .map(|at| format!("<Relationship Id=\"r{at}\" Type=\"{RELATED}/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>"))
            .collect();
        add("[Content_Types].xml", format!("<Types xmlns=\"{package}/content-types\"/>"));
        add(
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{RELATED}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        );
        add(
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"{package}/relationships\">{related}</Relationships>"),
        );
        add(
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{RELATED}\"><workbookPr date1904=\"{}\"/><sheets>{list}</sheets></workbook>",
                u8::from(is_1904)
            ),
        );
        add(
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/><xf numFmtId=\"46\"/></cellXfs></styleSheet>"
            ),
        );
        for (at, (_, rows)) in sheets.iter().enumerate() {
            add(
                &format!("xl/worksheets/sheet{}.xml", at + 1),
                format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
            );
        }
        archive.finish().unwrap();
        (folder, path)
    }

    fn text(cell: &str, text: &str) -> String {
        format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    }

    /// A title, a blank row, a header, and readings, from column B on.
    fn readings() -> String {
        format!(
            "<row r=\"1\">{}</row><row r=\"3\">{}{}{}</row>\
             <row r=\"4\"><c r=\"B4\" s=\"1\"><v>45000.5</v></c><c r=\"C4\"><v>-1.25e-3</v></c><c r=\"D4\" s=\"2\"><v>0.5</v></c></row>\
             <row r=\"5\"><c r=\"B5\" s=\"1\"><v>0.25</v></c><c r=\"D5\"><v>7</v></c></row>",
            text("B1", "a, &quot;b&quot;"),
            text("B3", "time"),
            text("C3", "x&#10;[g]"),
            text("D3", "y"),
        )
    }

    #[test]
    fn sheets_with_numbers_become_text() {
        let notes = format!("<row r=\"1\">{}</row>", text("A1", "nothing"));
        let (_folder, path) = book(&[("notes", &notes), ("data", &readings())], false);
        let sheets = sheets(&path).unwrap();
        assert_eq!(sheets.len(), 1);
        assert_eq!(sheets[0].0, "data");
        let wanted = "\"a, \"\"b\"\"\"\n\ntime,x [g],y\n2023-03-15T12:00:00.000000Z,-0.00125,43200\n\
                      06:00:00.000000,,7\n";
        assert_eq!(String::from_utf8(sheets[0].1.clone()).unwrap(), wanted);
    }

    #[test]
    fn days_may_be_counted_from_1904() {
        let (_folder, path) = book(&[("data", &readings())], true);
        let text = String::from_utf8(sheets(&path).unwrap().remove(0).1).unwrap();
        assert!(text.contains("2027-03-16T12:00:00.000000Z"), "{text}");
    }

    #[test]
    fn what_is_no_sheet_of_numbers_is_told() {
        let notes = format!("<row r=\"1\">{}</row>", text("A1", "nothing"));
        let (_folder, path) = book(&[("notes", &notes)], false);
        let problem = sheets(&path).unwrap_err().to_string();
        assert!(problem.contains("no sheet holds numbers (there is notes)"), "{problem}");
    }

    #[test]
    fn damaged_files_are_errors() {
        let (folder, path) = book(&[("data", &readings())], false);
        let good = std::fs::read(&path).unwrap();
        let bad = folder.path().join("bad.xlsx");
        for at in 0..good.len() {
            std::fs::write(&bad, &good[..at]).unwrap();
            assert!(sheets(&bad).is_err(), "{at}");
            let mut flipped = good.clone();
            flipped[at] ^= 0x41;
            std::fs::write(&bad, &flipped).unwrap();
            let _ = sheets(&bad);
        }
    }
}
