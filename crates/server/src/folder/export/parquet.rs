//! One Parquet file with a row for each recording; its readings are a list of axes, each a list of numbers.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::Row;
use crate::folder::FolderError;

/// The name of the file.
const NAME: &str = "recordings.parquet";

/// The rows, or numbers, that are held until they are written.
const MOST: (usize, usize) = (1 << 14, 1 << 20);

const SCHEMA: &str = "message recording {
    optional binary device (STRING);
    optional int64 start (INTEGER(64, false));
    optional int64 sequence (INTEGER(64, false));
    optional int64 time (TIMESTAMP(MILLIS, true));
    optional double rate_hz;
    optional binary unit (STRING);
    optional binary model (STRING);
    optional double score;
    optional double threshold;
    optional binary verdict (STRING);
    optional binary label (STRING);
    required int32 axes;
    optional group readings (LIST) {
        repeated group list {
            required group element (LIST) {
                repeated group list {
                    required double element;
                }
            }
        }
    }
}";

pub(super) struct File {
    path: PathBuf,
    writer: SerializedFileWriter<fs::File>,
    held: Held,
    rows: u64,
}

/// A column in which values may be missing.
struct Optional<T> {
    values: Vec<T>,
    levels: Vec<i16>,
}

impl<T> Default for Optional<T> {
    fn default() -> Self {
        Self { values: Vec::new(), levels: Vec::new() }
    }
}

impl<T> Optional<T> {
    fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }
}

/// Rows that are not written yet, column by column.
#[derive(Default)]
struct Held {
    rows: usize,
    /// By their place among all columns.
    texts: [(usize, Optional<ByteArray>); 5],
    whole: [(usize, Optional<i64>); 3],
    numbers: [(usize, Optional<f64>); 3],
    axes: Vec<i32>,
    readings: Vec<f64>,
    /// Of each reading how deep it is, and where it begins a row or an axis.
    levels: (Vec<i16>, Vec<i16>),
}

impl File {
    pub(super) fn begin(folder: &Path) -> Result<Self, FolderError> {
        let path = folder.join(NAME);
        let file = fs::File::create_new(&path).map_err(FolderError::at(&path))?;
        let readings: Vec<String> =
            "readings.list.element.list.element".split('.').map(str::to_owned).collect();
        let readings = ColumnPath::new(readings);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_column_dictionary_enabled(readings.clone(), false)
            // Numbers of sensors have bytes in common.
            .set_column_encoding(readings, Encoding::BYTE_STREAM_SPLIT)
            .build();
        let writer = parse_message_type(SCHEMA).and_then(|schema| {
            SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))
        });
        let writer = writer.map_err(|error| failed(&path, error))?;
        Ok(Self { path, writer, held: Held::default(), rows: 0 })
    }

    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), FolderError> {
        self.held.push(row);
        self.rows += 1;
        if self.held.rows >= MOST.0 || self.held.readings.len() >= MOST.1 {
            self.write()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<u64, FolderError> {
        self.write()?;
        self.writer.close().map_err(|error| failed(&self.path, error))?;
        Ok(self.rows)
    }

    fn write(&mut self) -> Result<(), FolderError> {
        let held = std::mem::take(&mut self.held);
        if held.rows == 0 {
            return Ok(());
        }
        held.write(&mut self.writer).map_err(|error| failed(&self.path, error))
    }
}

impl Held {
    fn push(&mut self, row: &Row<'_>) {
        self.rows += 1;
        let unit = row.unit.map(|unit| unit.to_string());
        let verdict = row.verdict.map(|verdict| verdict.as_str());
        let texts =
            [(0, row.device), (5, unit.as_deref()), (6, row.model), (9, verdict), (10, row.label)];
        for (to, (place, text)) in self.texts.iter_mut().zip(texts) {
            to.0 = place;
            to.1.push(text.map(ByteArray::from));
        }
        let signed = |number: Option<u64>| number.map(u64::cast_signed);
        let whole = [(1, signed(row.start)), (2, signed(row.sequence)), (3, row.at)];
        for (to, (place, number)) in self.whole.iter_mut().zip(whole) {
            to.0 = place;
            to.1.push(number);
        }
        let numbers = [(4, row.rate_hz), (7, row.score), (8, row.threshold)];
        for (to, (place, number)) in self.numbers.iter_mut().zip(numbers) {
            to.0 = place;
            to.1.push(number);
        }
        self.axes.push(i32::try_from(row.axes).unwrap_or_default());
        let len = row.readings.len().checked_div(row.axes).unwrap_or_default();
        if len == 0 {
            self.levels.0.push(0);
            self.levels.1.push(0);
            return;
        }
        self.readings.extend_from_slice(row.readings);
        for at in 0..row.readings.len() {
            let begins = if at == 0 {
                0
            } else if at.is_multiple_of(len) {
                1
            } else {
                2
            };
            self.levels.0.push(3);
            self.levels.1.push(begins);
        }
    }

    fn write(&self, to: &mut SerializedFileWriter<fs::File>) -> Result<(), ParquetError> {
        let mut group = to.next_row_group()?;
        let mut place = 0;
        while let Some(mut column) = group.next_column()? {
            if let Some((_, one)) = self.texts.iter().find(|(at, _)| *at == place) {
                let to = column.typed::<ByteArrayType>();
                to.write_batch(&one.values, Some(&one.levels), None)?;
            } else if let Some((_, one)) = self.whole.iter().find(|(at, _)| *at == place) {
                let to = column.typed::<Int64Type>();
                to.write_batch(&one.values, Some(&one.levels), None)?;
            } else if let Some((_, one)) = self.numbers.iter().find(|(at, _)| *at == place) {
                let to = column.typed::<DoubleType>();
                to.write_batch(&one.values, Some(&one.levels), None)?;
            } else if place == 11 {
                column.typed::<Int32Type>().write_batch(&self.axes, None, None)?;
            } else {
                let (depths, begins) = &self.levels;
                let to = column.typed::<DoubleType>();
                to.write_batch(&self.readings, Some(depths), Some(begins))?;
            }
            column.close()?;
            place += 1;
        }
        group.close()?;
        Ok(())
    }
}

fn failed(path: &Path, error: ParquetError) -> FolderError {
    let error = match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    };
    FolderError::at(path)(error)
}
