//! Files that the same library wrote; those of others are tried by the gate.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float32Array, Int16Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use tempfile::TempDir;

use super::*;

/// Rows of each batch.
const BATCHES: [usize; 3] = [5, 40_000, 123];

fn batch(from: usize, len: usize) -> RecordBatch {
    let rows = from..from + len;
    let time = rows.clone().map(|row| 1_700_000_000_000 + 10 * row as i64);
    let x = rows.clone().map(|row| (row % 7 != 3).then_some(row as f32 * 0.5));
    let label = rows.clone().map(|row| ["idle", "run"][row / 20_000 % 2]);
    let columns: [(&str, ArrayRef); 4] = [
        ("t", Arc::new(TimestampMillisecondArray::from_iter_values(time))),
        ("x", Arc::new(x.collect::<Float32Array>())),
        ("n", Arc::new(Int16Array::from_iter_values(rows.map(|row| (row % 100) as i16)))),
        ("label", Arc::new(StringArray::from_iter_values(label))),
    ];
    let columns = columns.map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn written(folder: &TempDir, is_file: bool, compression: Option<CompressionType>) -> PathBuf {
    let path = folder.path().join("readings.arrow");
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let schema = batch(0, 1).schema();
    let file = File::create(&path).unwrap();
    let mut from = 0;
    let mut batches = BATCHES.iter().map(|len| {
        from += len;
        batch(from - len, *len)
    });
    if is_file {
        let mut writer = FileWriter::try_new_with_options(file, &schema, options).unwrap();
        batches.try_for_each(|batch| writer.write(&batch)).unwrap();
        writer.finish().unwrap();
    } else {
        let mut writer = StreamWriter::try_new_with_options(file, &schema, options).unwrap();
        batches.try_for_each(|batch| writer.write(&batch)).unwrap();
        writer.finish().unwrap();
    }
    path
}

fn read(path: &Path) -> Result<(Head, Vec<Vec<f64>>), Problem> {
    let mut table = open(path)?.next()?.unwrap();
    let head = table.head().clone();
    let mut columns = vec![Vec::new(); head.columns.len()];
    while let Some(block) = table.next() {
        let block = block?;
        columns
            .iter_mut()
            .enumerate()
            .for_each(|(at, column)| column.extend_from_slice(block.axis(at)));
    }
    Ok((head, columns))
}

#[test]
fn files_and_streams_are_read_as_they_were_written() {
    let folder = TempDir::new().unwrap();
    let compressions = [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)];
    for (is_file, compression) in
        [true, false].into_iter().flat_map(|one| compressions.map(|two| (one, two)))
    {
        let path = written(&folder, is_file, compression);
        assert!(is(&std::fs::read(&path).unwrap()[..512]));
        let (head, columns) = read(&path).unwrap();
        let names: Vec<&str> = head.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["t", "x", "n", "label"]);
        assert!(matches!(head.columns[0].kind, Kind::Times { since_1970: true }));
        let Kind::Words(words) = &head.columns[3].kind else { panic!("no words") };
        let rows = BATCHES.iter().sum();
        assert!(columns.iter().all(|column| column.len() == rows));
        for row in 0..rows {
            assert_eq!(columns[0][row], (1_700_000_000_000 + 10 * row as i64) as f64 / 1e3);
            assert!(if row % 7 == 3 {
                columns[1][row].is_nan()
            } else {
                columns[1][row] == row as f64 * 0.5
            });
            assert_eq!(columns[2][row], (row % 100) as f64);
            assert_eq!(words.word(columns[3][row]).unwrap(), ["idle", "run"][row / 20_000 % 2]);
        }
    }
}

#[test]
fn columns_that_are_kept_are_those_that_come() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, true, None);
    let mut table = open(&path).unwrap().next().unwrap().unwrap();
    table.keep(&[2]);
    let block = table.next().unwrap().unwrap();
    assert_eq!(
        (block.axis(0), block.axis(1)),
        ([0.0, 1.0, 2.0, 3.0, 4.0].as_slice(), [].as_slice())
    );
}

#[test]
fn damaged_files_are_errors() {
    let folder = TempDir::new().unwrap();
    let bad = folder.path().join("bad.arrow");
    for compression in [None, Some(CompressionType::LZ4_FRAME)] {
        let good = std::fs::read(written(&folder, true, compression)).unwrap();
        for at in (0..4000.min(good.len())).step_by(7) {
            let mut flipped = good.clone();
            flipped[at] ^= 0x41;
            std::fs::write(&bad, &flipped).unwrap();
            let _ = read(&bad);
            std::fs::write(&bad, &good[..at]).unwrap();
            let _ = read(&bad);
        }
    }
    std::fs::write(&bad, b"FEA1....").unwrap();
    assert!(read(&bad).unwrap_err().to_string().contains("version 1"));
}

/// As Polars writes them: the schema without its length before it.
#[test]
fn a_schema_without_its_length_is_read() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, true, None);
    let (_, whole) = read(&path).unwrap();
    let good = std::fs::read(&path).unwrap();
    // The mark of the schema, which may stand after some filling, and the length behind it.
    let at = (8..good.len()).step_by(8).find(|at| good[*at..].starts_with(&[0xff; 4])).unwrap();
    let without = [&good[..8], &good[at + 8..]].concat();
    std::fs::write(&path, &without).unwrap();
    let (head, columns) = read(&path).unwrap();
    assert_eq!(head.columns.len(), 4);
    assert!(
        columns
            .iter()
            .flatten()
            .map(|one| one.to_bits())
            .eq(whole.iter().flatten().map(|one| one.to_bits()))
    );
    for at in 8..400 {
        std::fs::write(&path, &without[..at]).unwrap();
        let _ = read(&path);
        let mut flipped = without.clone();
        flipped[at] ^= 0x41;
        std::fs::write(&path, &flipped).unwrap();
        let _ = read(&path);
    }
}
