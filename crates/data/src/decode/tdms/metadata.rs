//! What stands before the numbers of a segment.

use std::time::{Duration, SystemTime};

use super::wrong;
use crate::error::Problem;

/// From the beginning of 1904, from which times are counted, to that of 1970, in s.
const EPOCH: i64 = 2_082_844_800;

/// The value of a property.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
    Time(SystemTime),
    Other,
}

/// Bytes that are read on.
pub(super) struct Bytes<'a> {
    pub(super) rest: &'a [u8],
    pub(super) is_big: bool,
}

impl Bytes<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or_else(damaged)?;
        self.rest = rest;
        let mut bytes = *bytes;
        if self.is_big {
            bytes.reverse();
        }
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Problem> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Problem> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn skip(&mut self, bytes: usize) -> Result<(), Problem> {
        self.rest = self.rest.get(bytes..).ok_or_else(damaged)?;
        Ok(())
    }

    pub(super) fn text(&mut self) -> Result<String, Problem> {
        let length = self.u32()? as usize;
        let (text, rest) = self.rest.split_at_checked(length).ok_or_else(damaged)?;
        self.rest = rest;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// The name of a property, and its value.
    pub(super) fn property(&mut self) -> Result<(String, Value), Problem> {
        let name = self.text()?;
        let value = match self.u32()? {
            1 => Value::Number(f64::from(i8::from_le_bytes(self.take()?))),
            2 => Value::Number(f64::from(i16::from_le_bytes(self.take()?))),
            3 => Value::Number(f64::from(i32::from_le_bytes(self.take()?))),
            4 => Value::Number(i64::from_le_bytes(self.take()?) as f64),
            5 => Value::Number(f64::from(u8::from_le_bytes(self.take()?))),
            6 => Value::Number(f64::from(u16::from_le_bytes(self.take()?))),
            7 => Value::Number(f64::from(self.u32()?)),
            8 => Value::Number(self.u64()? as f64),
            9 | 0x19 => Value::Number(f64::from(f32::from_le_bytes(self.take()?))),
            10 | 0x1a => Value::Number(f64::from_le_bytes(self.take()?)),
            0x20 => Value::Text(self.text()?),
            0x21 => Value::Number(f64::from(u8::from_le_bytes(self.take()?))),
            0x44 => time(self.take()?),
            // Those of nothing, extended and complex numbers.
            0 => Value::Other,
            0x0b | 0x1b | 0x10_000d => {
                self.skip(16)?;
                Value::Other
            }
            0x08_000c => {
                self.skip(8)?;
                Value::Other
            }
            _ => return Err(damaged()),
        };
        Ok((name, value))
    }
}

/// A time: fractions of 2^-64 s, and s since 1904.
fn time(bytes: [u8; 16]) -> Value {
    let (whole, part) = seconds(bytes);
    let since = u64::try_from(whole).ok().map(Duration::from_secs);
    let since = since.and_then(|since| since.checked_add(Duration::from_secs_f64(part)));
    let time = since.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
    time.map_or(Value::Other, Value::Time)
}

/// Whole seconds since 1970, and the part of one.
pub(super) fn seconds(bytes: [u8; 16]) -> (i64, f64) {
    let number = u128::from_le_bytes(bytes);
    let part = (number as u64 >> 11) as f64 / 2f64.powi(53);
    (((number >> 64) as i64).saturating_sub(EPOCH), part)
}

pub(super) fn damaged() -> Problem {
    wrong("its description is damaged or cut short; copy or record it again")
}
