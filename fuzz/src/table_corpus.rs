//! Recordings in files of tables, of notations of their own and packed ones, made here: each behind two bytes that say
//! nothing of how to read it.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array, Int16Array, RecordBatch, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use zip::CompressionMethod;

use crate::corpus::archive;
use crate::recording_corpus::plain;

/// JSON: rows of numbers, columns, records, an acquisition of Edge Impulse.
pub fn json() -> Vec<Vec<u8>> {
    const ACQUISITION: &str = r#"{"protected":{"ver":"v1"},"signature":"0","payload":{
        "interval_ms":5,"sensors":[{"name":"accX","units":"m/s2"},{"name":"accY","units":"m/s2"}],
        "values":[[0.5,1],[0.25,2],[1e-1,3],[0.5,4]]}}"#;
    let texts = [
        ACQUISITION,
        r#"[[0.5,1,2],[0.25,2,1],[0.125,3,2],[0.5,1,1]]"#,
        r#"{"fs":400,"x":[0.5,0.25,1,2],"y":[1,2,3,2],"label":"worn"}"#,
        r#"[{"t":0,"x":0.5,"y":1},{"t":5,"x":0.25,"y":1},{"t":10,"x":1,"y":2}]"#,
        "{\"t\":0,\"x\":0.5}\n{\"t\":5,\"x\":0.25}\n{\"t\":10,\"x\":1}\n",
        r#"{"x":[1,2,3],"y":[3,2,1],"sample_rate":100}"#,
    ];
    plain(texts.map(|text| text.as_bytes().to_vec()))
}

/// The acquisition again, in CBOR, and rows of numbers.
pub fn cbor() -> Vec<Vec<u8>> {
    let all = json().into_iter().take(3).filter_map(|text| {
        let value: serde_json::Value = serde_json::from_slice(text.get(2..)?).ok()?;
        let mut bytes = Vec::new();
        ciborium::into_writer(&value, &mut bytes).ok()?;
        Some(bytes)
    });
    plain(all.take(1))
}

/// Universal files: functions of time as text, and in binary numbers.
pub fn uff() -> Vec<Vec<u8>> {
    let head = |precision: u32, points: u32, step: &str, direction: u32| {
        let axis = |kind: u32, name: &str| {
            format!("{kind:10}    0    0    0 NONE                 {name:<20}\n")
        };
        let lines = [
            "a test\nNONE\nNONE\nNONE\nNONE\n".to_owned(),
            format!(
                "    1         0    0         0 NONE               7{direction:4} NONE               0   0\n"
            ),
            format!(
                "{precision:10}{points:10}{:10}  0.00000E+00{step:>13}  0.00000E+00\n",
                u8::from(step != "0.0")
            ),
            axis(17, "s") + &axis(12, "m/s^2") + &axis(0, "NONE") + &axis(0, "NONE"),
        ];
        lines.concat()
    };
    let text = |direction: u32| {
        let numbers =
            "  1.00000E-01 -2.00000E-01  3.00000E-01\n  1.00000E+00  5.00000E-01  2.50000E-01";
        format!("    -1\n    58\n{}{numbers}\n    -1\n", head(2, 6, "2.50000E-03", direction))
    };
    let uneven = "    -1\n    58\n".to_owned()
        + &head(2, 3, "0.0", 1)
        + " 0.0 5.0 0.1 6.0 0.2 7.0\n    -1\n";
    let numbers: Vec<u8> = [0.5f32, 1.0, -2.5, 0.25].iter().flat_map(|x| x.to_le_bytes()).collect();
    let first = format!(
        "    -1\n    58b     1     2          11{:12}     0     0     0     0\n",
        numbers.len()
    );
    let second = head(2, 4, "5.00000E-01", 3);
    let binary = [first.as_bytes(), second.as_bytes(), &numbers, b"    -1\n"];
    plain([(text(1) + &text(2)).into_bytes(), uneven.into_bytes(), binary.concat()])
}

/// Text that Zstandard packed.
pub fn zst() -> Vec<Vec<u8>> {
    let text: String = (0..60).map(|at| format!("{},0.5,{}\n", 5 * at, at % 3)).collect();
    let levels = [CompressionLevel::Uncompressed, CompressionLevel::Fastest];
    plain(levels.map(|level| compress_to_vec(text.as_bytes(), level)))
}

/// The rows of a sheet.
fn rows() -> String {
    let row = |at: u32| {
        format!(
            "<row r=\"{0}\"><c r=\"A{0}\"><v>{1}</v></c><c r=\"B{0}\"><v>0.{0}</v></c></row>",
            at + 2,
            5 * at
        )
    };
    let head = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>t_ms</t></is></c><c r=\"B1\" t=\"str\"><v>x</v></c></row>";
    head.to_owned() + &(0..20).map(row).collect::<String>()
}

/// Sheets, as a file has them unpacked.
pub fn sheet() -> Vec<Vec<u8>> {
    let sheet = |rows: &str| {
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
             <sheetData>{rows}</sheetData></worksheet>"
        )
    };
    let dated = rows().replace("<c r=\"A5\">", "<c r=\"A5\" s=\"0\">");
    plain([sheet(&rows()), sheet(&dated)].map(String::into_bytes))
}

/// A file of Excel with this sheet.
pub(crate) fn book(sheet: &[u8], method: CompressionMethod) -> Vec<u8> {
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" \
             Target=\"{target}\"/></Relationships>"
        )
    };
    let book = "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
        xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
        <sheets><sheet name=\"one\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
    archive(
        method,
        &[
            ("[Content_Types].xml", types.as_bytes()),
            ("_rels/.rels", relation("officeDocument", "xl/workbook.xml").as_bytes()),
            ("xl/workbook.xml", book.as_bytes()),
            (
                "xl/_rels/workbook.xml.rels",
                relation("worksheet", "worksheets/sheet1.xml").as_bytes(),
            ),
            ("xl/worksheets/sheet1.xml", sheet),
        ],
    )
}

/// Files of Excel.
pub fn xlsx() -> Vec<Vec<u8>> {
    let methods = [CompressionMethod::Stored, CompressionMethod::Deflated];
    let sheets = sheet();
    let file = |method| book(sheets[0].get(2..).unwrap_or_default(), method);
    plain(methods.map(file))
}

/// Arrow: files and streams, plain and packed.
pub fn arrow() -> Vec<Vec<u8>> {
    let kinds = [(true, None), (false, None), (true, Some(CompressionType::LZ4_FRAME))];
    plain(kinds.map(|(is_file, packed)| arrow_bytes(is_file, packed).unwrap_or_default()))
}

fn arrow_bytes(
    is_file: bool,
    packed: Option<CompressionType>,
) -> Result<Vec<u8>, arrow_schema::ArrowError> {
    let columns: [(&str, ArrayRef); 3] = [
        (
            "x",
            Arc::new(
                (0..20u8)
                    .map(|at| (at != 30).then_some(f32::from(at % 7)))
                    .collect::<Float32Array>(),
            ),
        ),
        ("n", Arc::new(Int16Array::from_iter_values((0..20).map(|at| at * 3 % 5)))),
        (
            "label",
            Arc::new(StringArray::from_iter_values((0..20).map(|at| ["low", "high"][at / 10]))),
        ),
    ];
    let batch = RecordBatch::try_from_iter(columns)?;
    let options = IpcWriteOptions::default().try_with_compression(packed)?;
    let schema = batch.schema();
    if is_file {
        let mut writer = FileWriter::try_new_with_options(Vec::new(), &schema, options)?;
        writer.write(&batch)?;
        writer.write(&batch)?;
        return writer.into_inner();
    }
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &schema, options)?;
    writer.write(&batch)?;
    writer.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of which nothing is read would find nothing.
    #[test]
    fn the_files_are_good() {
        crate::recording_corpus::all_are_read(&[
            ("one.json", json()),
            ("one.cbor", cbor()),
            ("one.uff", uff()),
            ("one.csv.zst", zst()),
            ("one.xlsx", xlsx()),
            ("one.arrow", arrow()),
        ]);
    }
}
