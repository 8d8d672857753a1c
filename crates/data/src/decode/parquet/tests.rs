//! Files that the same library wrote; those of others are tried by the gate.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FloatType, Int64Type};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use tempfile::TempDir;

use super::open;
use crate::decode::{Head, Kind, Tables};
use crate::error::Problem;

/// Rows of three groups, of which one is longer than what is read at a time.
const GROUPS: [usize; 4] = [5, 70_000, 0, 12_345];

/// Readings, of which every seventh is missing.
const READINGS: &str = "message m {
    required int64 t (TIMESTAMP(MICROS, true));
    optional float x;
    required double y;
    optional binary label (UTF8);
}";

fn is_there(row: usize) -> bool {
    row % 7 != 3
}

fn label(row: usize) -> &'static str {
    ["idle", "running", "blocked"][row / 20_000 % 3]
}

/// A folder with a file of readings.
fn readings(properties: WriterPropertiesBuilder) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("readings.parquet");
    let schema = Arc::new(parse_message_type(READINGS).unwrap());
    let file = fs::File::create(&path).unwrap();
    let mut file = SerializedFileWriter::new(file, schema, Arc::new(properties.build())).unwrap();
    let mut from = 0;
    for len in GROUPS {
        let rows = from..from + len;
        from += len;
        let defined: Vec<i16> = rows.clone().map(|row| i16::from(is_there(row))).collect();
        let mut group = file.next_row_group().unwrap();
        let times: Vec<i64> = rows.clone().map(time).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&times, None, None).unwrap();
        column.close().unwrap();
        let x: Vec<f32> = rows.clone().filter(|row| is_there(*row)).map(x).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<FloatType>().write_batch(&x, Some(&defined), None).unwrap();
        column.close().unwrap();
        let y: Vec<f64> = rows.clone().map(y).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&y, None, None).unwrap();
        column.close().unwrap();
        let labels: Vec<ByteArray> =
            rows.clone().filter(|row| is_there(*row)).map(|row| label(row).into()).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&labels, Some(&defined), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    file.close().unwrap();
    (folder, path)
}

fn time(row: usize) -> i64 {
    1_700_000_000_000_000 + 2_500 * row as i64
}

fn x(row: usize) -> f32 {
    (row as f32 * 0.01).sin()
}

fn y(row: usize) -> f64 {
    (row % 100) as f64 / 8.0
}

/// The tables of a file: what is known of each, and its columns.
type Read = Vec<(Head, Vec<Vec<f64>>)>;

fn tables(mut file: Box<dyn Tables>) -> Result<Read, Problem> {
    let mut tables = Vec::new();
    while let Some(mut table) = file.next()? {
        let head = table.head().clone();
        let mut columns = vec![Vec::new(); head.columns.len()];
        while let Some(block) = table.next() {
            let block = block?;
            assert!((1..=64 * 1024).contains(&block.len()));
            for (at, column) in columns.iter_mut().enumerate() {
                column.extend_from_slice(block.axis(at));
            }
        }
        tables.push((head, columns));
    }
    Ok(tables)
}

/// The same numbers, and missing ones at the same places.
fn assert_same(found: &[f64], wanted: impl Iterator<Item = f64>) {
    let wanted: Vec<f64> = wanted.collect();
    assert_eq!(found.len(), wanted.len());
    for (row, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!(
            *found == wanted || found.is_nan() && wanted.is_nan(),
            "row {row}: {found}, not {wanted}"
        );
    }
}

fn assert_readings(path: &std::path::Path) {
    let rows = GROUPS.iter().sum();
    let mut tables = tables(open(path).unwrap()).unwrap();
    assert_eq!(tables.len(), 1);
    let (head, columns) = tables.remove(0);
    let names: Vec<&str> = head.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["t", "x", "y", "label"]);
    assert!(matches!(head.columns[0].kind, Kind::Times { since_1970: true }));
    assert_same(&columns[0], (0..rows).map(|row| time(row) as f64 / 1e6));
    let x = |row| if is_there(row) { f64::from(x(row)) } else { f64::NAN };
    assert_same(&columns[1], (0..rows).map(x));
    assert_same(&columns[2], (0..rows).map(y));
    let Kind::Words(words) = &head.columns[3].kind else { panic!("no words") };
    for (row, number) in columns[3].iter().enumerate() {
        assert_eq!(words.word(*number), is_there(row).then(|| label(row).to_owned()), "row {row}");
    }
    assert_eq!(columns[3].len(), rows);
}

#[test]
fn readings_come_as_they_were_written() {
    use parquet::basic::{BrotliLevel, GzipLevel, ZstdLevel};
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ] {
        let (_folder, path) = readings(WriterProperties::builder().set_compression(compression));
        assert_readings(&path);
    }
}

#[test]
fn pages_of_all_kinds_are_read() {
    use parquet::file::properties::WriterVersion;
    let small = || {
        let properties = WriterProperties::builder().set_data_page_row_count_limit(999);
        properties.set_write_batch_size(100)
    };
    let plain = small().set_dictionary_enabled(false);
    let split = small()
        .set_dictionary_enabled(false)
        .set_column_encoding("x".into(), Encoding::BYTE_STREAM_SPLIT)
        .set_column_encoding("y".into(), Encoding::BYTE_STREAM_SPLIT)
        .set_column_encoding("t".into(), Encoding::DELTA_BINARY_PACKED);
    let second = small().set_writer_version(WriterVersion::PARQUET_2_0);
    for properties in [small(), plain, split, second] {
        assert_readings(&readings(properties).1);
    }
}

#[test]
fn columns_that_are_kept_are_those_that_come() {
    let (_folder, path) = readings(WriterProperties::builder());
    for before in [0, 1, 2, 5] {
        let mut table = open(&path).unwrap().next().unwrap().unwrap();
        let mut rows = 0;
        for _ in 0..before {
            rows += table.next().unwrap().unwrap().len();
        }
        table.keep(&[2, 0]);
        while let Some(block) = table.next() {
            let block = block.unwrap();
            let len = block.len();
            assert_same(block.axis(0), (rows..rows + len).map(y));
            assert_same(block.axis(1), (rows..rows + len).map(|row| time(row) as f64 / 1e6));
            assert!(block.axis(2).is_empty());
            rows += len;
        }
        assert_eq!(rows, GROUPS.iter().sum::<usize>());
    }
}

/// A file with lists of these lengths in its rows, and what stands beside them.
fn lists(lengths: &[usize]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("lists.parquet");
    let schema = "message m {
        required double rate;
        required binary label (UTF8);
        optional group x (LIST) { repeated group list { optional float element; } }
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let file = fs::File::create(&path).unwrap();
    let mut file = SerializedFileWriter::new(file, schema, properties).unwrap();
    let mut group = file.next_row_group().unwrap();
    let rates = vec![1600.0; lengths.len()];
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&rates, None, None).unwrap();
    column.close().unwrap();
    let labels: Vec<ByteArray> = (0..lengths.len()).map(|row| label(row * 20_000).into()).collect();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&labels, None, None).unwrap();
    column.close().unwrap();
    let (mut defined, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (row, length) in lengths.iter().enumerate() {
        if *length == 0 {
            defined.push(1);
            repeated.push(0);
        }
        for at in 0..*length {
            repeated.push(i16::from(at > 0));
            defined.push(if at == 1 { 2 } else { 3 });
            if at != 1 {
                values.push((row * 100 + at) as f32);
            }
        }
    }
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<FloatType>().write_batch(&values, Some(&defined), Some(&repeated)).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    file.close().unwrap();
    (folder, path)
}

/// The numbers in the list of a row.
fn list(row: usize, length: usize) -> impl Iterator<Item = f64> {
    (0..length).map(move |at| if at == 1 { f64::NAN } else { (row * 100 + at) as f64 })
}

/// Words that are written as differences are told to whoever asks for them, and to nobody else.
#[test]
fn words_of_differences_are_left_out() {
    for encoding in [Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_LENGTH_BYTE_ARRAY] {
        let properties = WriterProperties::builder().set_dictionary_enabled(false);
        let (_folder, path) = readings(properties.set_column_encoding("label".into(), encoding));
        let table = || open(&path).unwrap().next().unwrap().unwrap();
        let names: Vec<String> =
            table().head().columns.iter().map(|one| one.name.clone()).collect();
        let at = names.iter().position(|name| name == "label").unwrap();
        let first = table().next().unwrap().unwrap();
        assert!(first.axis(at).iter().all(|one| one.is_nan()));
        let others: Vec<usize> = (0..names.len()).filter(|one| *one != at).collect();
        let mut kept = table();
        kept.keep(&others);
        let mut rows = 0;
        while let Some(block) = kept.next() {
            rows += block.unwrap().len();
        }
        assert!(rows > first.len());
        let mut asked = table();
        let _ = asked.next();
        asked.keep(&[at]);
        let problem = asked.next().unwrap().err().unwrap().to_string();
        assert!(problem.contains("write them with a dictionary"), "{problem}");
        assert!(asked.next().is_none());
    }
}

#[test]
fn each_row_of_lists_is_a_recording() {
    let lengths = [40, 0, 3, 50];
    let (_folder, path) = lists(&lengths);
    let tables = tables(open(&path).unwrap()).unwrap();
    let names: Vec<_> = tables.iter().map(|(head, _)| head.name.as_deref()).collect();
    assert_eq!(names, [Some("[0]"), Some("[2]"), Some("[3]")]);
    for (head, columns) in &tables {
        let name = head.name.as_ref().unwrap();
        let row: usize = name.trim_matches(['[', ']']).parse().unwrap();
        assert_eq!(
            (head.rate_hz, head.label.as_deref()),
            (Some(1600.0), Some(label(row * 20_000)))
        );
        assert_eq!(head.columns[0].name, "x");
        assert_same(&columns[0], list(row, lengths[row]));
    }
}

#[test]
fn short_lists_of_one_length_are_readings() {
    let (_folder, path) = lists(&[3; 200]);
    let tables = tables(open(&path).unwrap()).unwrap();
    assert_eq!(tables.len(), 1);
    let (head, columns) = &tables[0];
    let names: Vec<&str> = head.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["rate", "label", "x 1", "x 2", "x 3"]);
    for part in 0..3 {
        let wanted = (0..200).map(|row| list(row, 3).nth(part).unwrap());
        assert_same(&columns[2 + part], wanted);
    }
}

#[test]
fn a_file_without_numbers_says_what_it_holds() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("words.parquet");
    let schema =
        Arc::new(parse_message_type("message m { required binary note (UTF8); }").unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let file = fs::File::create(&path).unwrap();
    SerializedFileWriter::new(file, schema, properties).unwrap().close().unwrap();
    let problem = open(&path).err().unwrap().to_string();
    assert!(problem.contains("no column holds numbers (there is note)"), "{problem}");
}

#[test]
fn damaged_files_are_errors() {
    let lists = lists(&[40, 0, 3, 50]);
    let (folder, path) = readings(WriterProperties::builder().set_compression(Compression::SNAPPY));
    let bad = folder.path().join("bad.parquet");
    for path in [path, lists.1] {
        let good = fs::read(&path).unwrap();
        for at in (0..good.len()).step_by(good.len() / 60) {
            fs::write(&bad, &good[..at]).unwrap();
            let problem = open(&bad).err().unwrap().to_string();
            assert!(problem.contains("ends too early"), "{problem}");
        }
        // What is said of the file stands at its end.
        let places = (0..good.len()).step_by(good.len() / 60).chain(good.len() - 400..good.len());
        for at in places {
            let mut flipped = good.clone();
            flipped[at] ^= 0x41;
            fs::write(&bad, &flipped).unwrap();
            // Numbers that are others are none that can be told.
            let _ = open(&bad).and_then(tables);
        }
    }
}

#[test]
fn a_page_that_would_expand_to_very_much_is_refused() {
    let (folder, path) = readings(WriterProperties::builder());
    let mut bytes = fs::read(&path).unwrap();
    // The header of the first page, after the mark: its type, and then the size, here of two bytes, made one of five.
    assert_eq!(bytes[4..7], [0x15, 0x04, 0x15]);
    bytes.splice(7..12, [0xfe, 0xff, 0xff, 0xff, 0x0f]);
    let bad = folder.path().join("bad.parquet");
    fs::write(&bad, &bytes).unwrap();
    let problem = open(&bad).and_then(tables).err().unwrap().to_string();
    assert!(problem.contains("write it with smaller pages"), "{problem}");
}
