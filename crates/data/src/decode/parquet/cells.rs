//! The values of one column of a row group, as numbers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use half::f16;
use parquet::column::page::PageReader;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray,
    FixedLenByteArrayType, FloatType, Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescPtr;

use super::leaf::{Form, Leaf, Scale};
use super::words::Cache;

/// Values that are read at a time: they stay near the processor until they are numbers.
const STEP: usize = 8 * 1024;

/// The most numbers of one row, 384 MiB of them.
pub(super) const MOST: u64 = 48 << 20;

/// The values that come next in a column.
pub(super) struct Cells {
    typed: Typed,
    form: Form,
    levels: Levels,
    words: Arc<Cache>,
    left: Arc<AtomicU64>,
}

/// A reader, and what it read last.
enum Typed {
    Bool(Box<ColumnReaderImpl<BoolType>>, Vec<bool>),
    Int(Box<ColumnReaderImpl<Int32Type>>, Vec<i32>),
    Long(Box<ColumnReaderImpl<Int64Type>>, Vec<i64>),
    Instant(Box<ColumnReaderImpl<Int96Type>>, Vec<Int96>),
    Float(Box<ColumnReaderImpl<FloatType>>, Vec<f32>),
    Double(Box<ColumnReaderImpl<DoubleType>>, Vec<f64>),
    Bytes(Box<ColumnReaderImpl<ByteArrayType>>, Vec<ByteArray>),
    Fixed(Box<ColumnReaderImpl<FixedLenByteArrayType>>, Vec<FixedLenByteArray>),
}

/// Which of the rows have a value.
#[derive(Default)]
struct Levels {
    lists: i16,
    whole: i16,
    entry: i16,
    defined: Vec<i16>,
    repeated: Vec<i16>,
}

/// The numbers of some rows, one after the other.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) numbers: Vec<f64>,
    /// How many numbers each innermost list has.
    pub(super) lengths: Vec<usize>,
    /// How many innermost lists each row has; a row of a simple list has one.
    pub(super) lists: Vec<usize>,
}

impl Cells {
    /// The values of pages whose numbers are counted down in `left`.
    pub(super) fn new(
        leaf: &Leaf,
        column: ColumnDescPtr,
        pages: Box<dyn PageReader>,
        words: Arc<Cache>,
        left: Arc<AtomicU64>,
    ) -> Self {
        fn reader<T: DataType>(
            column: ColumnDescPtr,
            pages: Box<dyn PageReader>,
        ) -> Box<ColumnReaderImpl<T>> {
            Box::new(ColumnReaderImpl::new(column, pages))
        }
        let typed = match leaf.form {
            Form::Bool => Typed::Bool(reader(column, pages), Vec::new()),
            Form::Int { .. } => Typed::Int(reader(column, pages), Vec::new()),
            Form::Long { .. } => Typed::Long(reader(column, pages), Vec::new()),
            Form::Instant => Typed::Instant(reader(column, pages), Vec::new()),
            Form::Float => Typed::Float(reader(column, pages), Vec::new()),
            Form::Double => Typed::Double(reader(column, pages), Vec::new()),
            Form::Text | Form::Bytes { is_fixed: false, .. } => {
                Typed::Bytes(reader(column, pages), Vec::new())
            }
            Form::Half | Form::Bytes { is_fixed: true, .. } => {
                Typed::Fixed(reader(column, pages), Vec::new())
            }
        };
        let levels =
            Levels { lists: leaf.lists, whole: leaf.whole, entry: leaf.entry, ..Levels::default() };
        Self { typed, form: leaf.form, levels, words, left }
    }

    /// Leaves out so many rows.
    pub(super) fn skip(&mut self, rows: usize) -> Result<()> {
        let skipped = match &mut self.typed {
            Typed::Bool(reader, _) => reader.skip_records(rows),
            Typed::Int(reader, _) => reader.skip_records(rows),
            Typed::Long(reader, _) => reader.skip_records(rows),
            Typed::Instant(reader, _) => reader.skip_records(rows),
            Typed::Float(reader, _) => reader.skip_records(rows),
            Typed::Double(reader, _) => reader.skip_records(rows),
            Typed::Bytes(reader, _) => reader.skip_records(rows),
            Typed::Fixed(reader, _) => reader.skip_records(rows),
        }?;
        if skipped == rows { Ok(()) } else { Err(short()) }
    }

    /// The next rows of a column that is no list, as many as there is room for.
    pub(super) fn fill(&mut self, to: &mut [f64]) -> Result<()> {
        for part in to.chunks_mut(STEP) {
            self.read(part.len(), &mut Spread(part))?;
        }
        Ok(())
    }

    /// The next rows of lists.
    pub(super) fn entries(&mut self, rows: usize, to: &mut Entries) -> Result<()> {
        self.left.store(MOST, Ordering::Relaxed);
        to.numbers.clear();
        to.lengths.clear();
        to.lists.clear();
        self.read(rows, to)
    }

    /// Reads rows, and makes numbers of them.
    fn read(&mut self, rows: usize, to: &mut impl Take) -> Result<()> {
        let (levels, words) = (&mut self.levels, &self.words);
        match (&mut self.typed, self.form) {
            (Typed::Bool(reader, values), _) => {
                next(reader, rows, levels, values)?;
                to.take(values, levels, |value| f64::from(u8::from(*value)))
            }
            (Typed::Int(reader, values), form) => {
                next(reader, rows, levels, values)?;
                match form {
                    Form::Int { is_signed: false, .. } => {
                        to.take(values, levels, |value| f64::from(value.cast_unsigned()))
                    }
                    Form::Int { scale: Scale::Over(by), .. } => {
                        to.take(values, levels, |value| f64::from(*value) / by)
                    }
                    Form::Int { scale: Scale::Times(by), .. } => {
                        to.take(values, levels, |value| f64::from(*value) * by)
                    }
                    _ => to.take(values, levels, |value| f64::from(*value)),
                }
            }
            (Typed::Long(reader, values), form) => {
                next(reader, rows, levels, values)?;
                match form {
                    Form::Long { is_signed: false, .. } => {
                        to.take(values, levels, |value| value.cast_unsigned() as f64)
                    }
                    Form::Long { scale: Scale::Over(by), .. } => {
                        to.take(values, levels, |value| *value as f64 / by)
                    }
                    _ => to.take(values, levels, |value| *value as f64),
                }
            }
            (Typed::Instant(reader, values), _) => {
                next(reader, rows, levels, values)?;
                to.take(values, levels, instant)
            }
            (Typed::Float(reader, values), _) => {
                next(reader, rows, levels, values)?;
                to.take(values, levels, |value| f64::from(*value))
            }
            (Typed::Double(reader, values), _) => {
                next(reader, rows, levels, values)?;
                to.take(values, levels, |value| *value)
            }
            (Typed::Bytes(reader, values), Form::Bytes { scale, .. }) => {
                next(reader, rows, levels, values)?;
                to.take(values, levels, |value| big(value.data(), scale))
            }
            (Typed::Bytes(reader, values), _) => {
                next(reader, rows, levels, values)?;
                let mut words = words.lock();
                to.take(values, levels, |value| words.number(value.data()))
            }
            (Typed::Fixed(reader, values), Form::Bytes { scale, .. }) => {
                next(reader, rows, levels, values)?;
                to.take(values, levels, |value| big(value.data(), scale))
            }
            (Typed::Fixed(reader, values), _) => {
                next(reader, rows, levels, values)?;
                to.take(values, levels, |value| match *value.data() {
                    [low, high] => f16::from_le_bytes([low, high]).to_f64(),
                    _ => f64::NAN,
                })
            }
        }
    }
}

/// Reads rows of a column.
fn next<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Levels,
    values: &mut Vec<T::T>,
) -> Result<()> {
    values.clear();
    levels.defined.clear();
    levels.repeated.clear();
    let (defined, repeated) = (&mut levels.defined, &mut levels.repeated);
    let (read, ..) = reader.read_records(rows, Some(defined), Some(repeated), values)?;
    if read == rows { Ok(()) } else { Err(short()) }
}

fn short() -> ParquetError {
    ParquetError::General("it has fewer rows than the file says".to_owned())
}

/// What values go to.
trait Take {
    fn take<T>(
        &mut self,
        values: &[T],
        levels: &Levels,
        number: impl FnMut(&T) -> f64,
    ) -> Result<()>;
}

/// One number for each row.
struct Spread<'a>(&'a mut [f64]);

impl Take for Spread<'_> {
    fn take<T>(
        &mut self,
        values: &[T],
        levels: &Levels,
        mut number: impl FnMut(&T) -> f64,
    ) -> Result<()> {
        if values.len() == self.0.len() {
            self.0.iter_mut().zip(values).for_each(|(to, value)| *to = number(value));
            return Ok(());
        }
        let mut values = values.iter();
        for (to, level) in self.0.iter_mut().zip(&levels.defined) {
            let value = (*level == levels.whole).then(|| values.next()).flatten();
            *to = value.map_or(f64::NAN, &mut number);
        }
        Ok(())
    }
}

impl Take for Entries {
    fn take<T>(
        &mut self,
        values: &[T],
        levels: &Levels,
        mut number: impl FnMut(&T) -> f64,
    ) -> Result<()> {
        let mut values = values.iter();
        for (defined, repeated) in levels.defined.iter().zip(&levels.repeated) {
            if *repeated == 0 {
                self.lists.push(0);
            }
            if *repeated < levels.lists {
                self.lengths.push(0);
                if let Some(lists) = self.lists.last_mut() {
                    *lists += 1;
                }
            }
            if *defined >= levels.entry {
                let value = (*defined == levels.whole).then(|| values.next()).flatten();
                self.numbers.push(value.map_or(f64::NAN, &mut number));
                if let Some(length) = self.lengths.last_mut() {
                    *length += 1;
                }
            }
        }
        Ok(())
    }
}

/// The seconds since 1970 of a day and the nanoseconds in it.
fn instant(value: &Int96) -> f64 {
    /// The Julian day on which 1970 begins.
    const DAY_OF_1970: i64 = 2_440_588;
    match *value.data() {
        [low, high, day] => {
            let nanoseconds = (u64::from(high) << 32 | u64::from(low)).cast_signed();
            let days = i64::from(day.cast_signed()) - DAY_OF_1970;
            days as f64 * 86_400.0 + nanoseconds as f64 / 1e9
        }
        _ => f64::NAN,
    }
}

/// An integer of any length, the highest byte first, with its sign.
fn big(bytes: &[u8], scale: Scale) -> f64 {
    let Some((first, rest)) = bytes.split_first() else { return f64::NAN };
    let first = first.cast_signed();
    let whole = if bytes.len() <= 16 {
        let all = rest.iter().fold(i128::from(first), |all, byte| all << 8 | i128::from(*byte));
        all as f64
    } else {
        rest.iter().fold(f64::from(first), |all, byte| all * 256.0 + f64::from(*byte))
    };
    match scale {
        Scale::Whole => whole,
        Scale::Over(by) => whole / by,
        Scale::Times(by) => whole * by,
    }
}
