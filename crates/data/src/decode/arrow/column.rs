//! The columns of a batch as numbers.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, DurationMicrosecondType,
    DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

use crate::decode::Words;

/// What a column of this type is: numbers, instants, times of anything, or words; none for what is left out.
pub(super) enum Means {
    Numbers,
    Instants,
    Times,
    Words,
}

pub(super) fn means(kind: &DataType) -> Option<Means> {
    Some(match kind {
        DataType::Boolean
        | DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal128(..) => Means::Numbers,
        kind if kind.is_integer() => Means::Numbers,
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Means::Instants,
        DataType::Time32(_) | DataType::Time64(_) | DataType::Duration(_) => Means::Times,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Means::Words,
        DataType::Dictionary(keys, values) if keys.is_integer() && !values.is_nested() => {
            return match values.as_ref() {
                DataType::Dictionary(..) => None,
                values => means(values),
            };
        }
        _ => return None,
    })
}

/// Rows of a column; what is missing is NaN.
pub(super) fn numbers(array: &ArrayRef, from: usize, len: usize, words: &Words) -> Vec<f64> {
    let array = array.slice(from, len);
    let mut numbers = of_type(&array, words);
    if let Some(nulls) = array.logical_nulls() {
        for (number, is_there) in numbers.iter_mut().zip(nulls.iter()) {
            if !is_there {
                *number = f64::NAN;
            }
        }
    }
    numbers
}

fn of_type(array: &ArrayRef, words: &Words) -> Vec<f64> {
    match array.data_type() {
        DataType::Boolean => {
            array.as_boolean().values().iter().map(|one| f64::from(u8::from(one))).collect()
        }
        DataType::Float16 => with::<Float16Type>(array, |one| one.to_f64()),
        DataType::Float32 => with::<Float32Type>(array, f64::from),
        DataType::Float64 => with::<Float64Type>(array, |one| one),
        DataType::Int8 => with::<Int8Type>(array, f64::from),
        DataType::Int16 => with::<Int16Type>(array, f64::from),
        DataType::Int32 => with::<Int32Type>(array, f64::from),
        DataType::Int64 => with::<Int64Type>(array, |one| one as f64),
        DataType::UInt8 => with::<UInt8Type>(array, f64::from),
        DataType::UInt16 => with::<UInt16Type>(array, f64::from),
        DataType::UInt32 => with::<UInt32Type>(array, f64::from),
        DataType::UInt64 => with::<UInt64Type>(array, |one| one as f64),
        DataType::Decimal128(_, digits) => {
            let by = 10_f64.powi(i32::from(*digits));
            with::<Decimal128Type>(array, |one| one as f64 / by)
        }
        DataType::Date32 => with::<Date32Type>(array, |days| f64::from(days) * 86_400.0),
        DataType::Date64 => with::<Date64Type>(array, |ms| ms as f64 / 1e3),
        DataType::Timestamp(TimeUnit::Second, _) => {
            with::<TimestampSecondType>(array, |one| one as f64)
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            with::<TimestampMillisecondType>(array, |one| one as f64 / 1e3)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            with::<TimestampMicrosecondType>(array, |one| one as f64 / 1e6)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            with::<TimestampNanosecondType>(array, |one| one as f64 / 1e9)
        }
        DataType::Time32(TimeUnit::Second) => with::<Time32SecondType>(array, f64::from),
        DataType::Time32(TimeUnit::Millisecond) => {
            with::<Time32MillisecondType>(array, |one| f64::from(one) / 1e3)
        }
        DataType::Time64(TimeUnit::Microsecond) => {
            with::<Time64MicrosecondType>(array, |one| one as f64 / 1e6)
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            with::<Time64NanosecondType>(array, |one| one as f64 / 1e9)
        }
        DataType::Duration(TimeUnit::Second) => with::<DurationSecondType>(array, |one| one as f64),
        DataType::Duration(TimeUnit::Millisecond) => {
            with::<DurationMillisecondType>(array, |one| one as f64 / 1e3)
        }
        DataType::Duration(TimeUnit::Microsecond) => {
            with::<DurationMicrosecondType>(array, |one| one as f64 / 1e6)
        }
        DataType::Duration(TimeUnit::Nanosecond) => {
            with::<DurationNanosecondType>(array, |one| one as f64 / 1e9)
        }
        DataType::Utf8 => texts(array.as_string::<i32>().iter(), words),
        DataType::LargeUtf8 => texts(array.as_string::<i64>().iter(), words),
        DataType::Utf8View => texts(array.as_string_view().iter(), words),
        DataType::Dictionary(..) => match array.as_any_dictionary_opt() {
            Some(dictionary) => {
                let keys: ArrayRef = dictionary.keys().slice(0, dictionary.keys().len());
                let (keys, values) = (of_type(&keys, words), dictionary.values());
                let values = numbers(values, 0, values.len(), words);
                let value = |key: f64| values.get(key as usize).copied().unwrap_or(f64::NAN);
                keys.into_iter().map(value).collect()
            }
            None => missing(array),
        },
        _ => missing(array),
    }
}

fn missing(array: &ArrayRef) -> Vec<f64> {
    vec![f64::NAN; array.len()]
}

fn with<T: ArrowPrimitiveType>(array: &ArrayRef, number: impl Fn(T::Native) -> f64) -> Vec<f64> {
    match array.as_primitive_opt::<T>() {
        Some(array) => array.values().iter().map(|one| number(*one)).collect(),
        None => missing(array),
    }
}

/// Words that are the same as the one before are not looked for again.
fn texts<'a>(texts: impl Iterator<Item = Option<&'a str>>, words: &Words) -> Vec<f64> {
    let mut last: Option<(&str, f64)> = None;
    let number = |text: &'a str| match last {
        Some((known, number)) if known == text => number,
        _ => {
            let number = if text.len() <= 256 { words.number(text) } else { f64::NAN };
            last = Some((text, number));
            number
        }
    };
    let mut number = number;
    texts.map(|text| text.map_or(f64::NAN, &mut number)).collect()
}
