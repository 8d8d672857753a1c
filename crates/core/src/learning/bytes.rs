//! A baseline in bytes, as it is kept in flash or sent.
//!
//! | at | bytes | is |
//! |---|---|---|
//! | 0 | 4 | `JUDL` |
//! | 4 | 1 | version, 1 |
//! | 5 | 1 | bytes of a number `w`: 4 of `f32`, 8 of `f64` |
//! | 6 | 2 | features `n` |
//! | 8 | 4 | tag: what it belongs to |
//! | 12 | 4 | windows it was learnt from |
//! | 16 | 4 | windows the threshold was chosen from |
//! | 20 | w | threshold |
//! | | n w | mean |
//! | | n (n + 1) / 2 w | covariance, its lower triangle row by row |
//! | | 4 | CRC-32 (that of zip and Ethernet) of all before |
//!
//! All little-endian. Three features in `f32` take 64 bytes.

use super::baseline::Baseline;
use super::error::BaselineError;
use crate::{Real, packed_len};

const MAGIC: [u8; 4] = *b"JUDL";
const VERSION: u8 = 1;
const HEAD: usize = 20;
const CHECKSUM: usize = 4;

/// The bytes of a number.
const fn width<T>() -> usize {
    size_of::<T>()
}

/// How many bytes a baseline of so many features takes, in numbers of type `T`.
pub const fn baseline_len<T: Real>(features: usize) -> usize {
    let numbers = packed_len(features).saturating_add(features).saturating_add(1);
    numbers.saturating_mul(width::<T>()).saturating_add(HEAD + CHECKSUM)
}

/// Writes a baseline, and returns the bytes that it takes.
pub(super) fn write<'b, T: Real>(
    baseline: &Baseline<'_, T>,
    tag: u32,
    bytes: &'b mut [u8],
) -> Result<&'b [u8], BaselineError> {
    let features = baseline.mean().len();
    let (expected, found) = (baseline_len::<T>(features), bytes.len());
    let bytes = bytes.get_mut(..expected).ok_or(BaselineError::Length { expected, found })?;
    let count = u16::try_from(features).map_err(|_| BaselineError::Features {
        expected: usize::from(u16::MAX),
        found: features,
    })?;
    let mut slots = bytes.iter_mut();
    let mut put = |some: &[u8]| some.iter().zip(&mut slots).for_each(|(&byte, slot)| *slot = byte);
    put(&MAGIC);
    put(&[VERSION, width::<T>() as u8]);
    put(&count.to_le_bytes());
    for number in [tag, baseline.learnt(), baseline.calibrated()] {
        put(&number.to_le_bytes());
    }
    let threshold = [baseline.threshold()];
    for x in threshold.iter().chain(baseline.mean()).chain(baseline.covariance()) {
        match width::<T>() {
            4 => put(&(x.to_f64() as f32).to_le_bytes()),
            _ => put(&x.to_f64().to_le_bytes()),
        }
    }
    if let Some((body, checksum)) = bytes.split_last_chunk_mut::<CHECKSUM>() {
        *checksum = crc32(body).to_le_bytes();
    }
    Ok(bytes)
}

/// What stands in bytes beside the mean and the covariance.
pub(super) struct Read<T> {
    pub(super) learnt: u32,
    pub(super) calibrated: u32,
    pub(super) threshold: T,
}

/// Reads a baseline; nothing is written to mean and covariance where it is not one of these features
/// and this tag.
pub(super) fn read<T: Real>(
    bytes: &[u8],
    tag: u32,
    mean: &mut [T],
    covariance: &mut [T],
) -> Result<Read<T>, BaselineError> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>().ok_or(BaselineError::NoBaseline)?;
    let [m0, m1, m2, m3, version, number, f0, f1, rest_of_head @ ..] = *head;
    if [m0, m1, m2, m3] != MAGIC {
        return Err(BaselineError::NoBaseline);
    }
    if version != VERSION {
        return Err(BaselineError::Version { found: version });
    }
    if usize::from(number) != width::<T>() {
        return Err(BaselineError::Number { found: number });
    }
    let (expected, found) = (mean.len(), usize::from(u16::from_le_bytes([f0, f1])));
    if found != expected {
        return Err(BaselineError::Features { expected, found });
    }
    let (expected, found) = (baseline_len::<T>(expected), bytes.len());
    if found != expected {
        return Err(BaselineError::Length { expected, found });
    }
    let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>().ok_or(BaselineError::Damaged)?;
    if crc32(body).to_le_bytes() != *checksum {
        return Err(BaselineError::Damaged);
    }
    let [t0, t1, t2, t3, l0, l1, l2, l3, c0, c1, c2, c3] = rest_of_head;
    let found = u32::from_le_bytes([t0, t1, t2, t3]);
    if found != tag {
        return Err(BaselineError::Tag { found });
    }
    let mut threshold = [T::NAN];
    let slots = threshold.iter_mut().chain(mean).chain(covariance);
    if width::<T>() == 4 {
        for (slot, bytes) in slots.zip(rest.as_chunks::<4>().0) {
            *slot = T::from_f64(f64::from(f32::from_le_bytes(*bytes)));
        }
    } else {
        for (slot, bytes) in slots.zip(rest.as_chunks::<8>().0) {
            *slot = T::from_f64(f64::from_le_bytes(*bytes));
        }
    }
    let [threshold] = threshold;
    let learnt = u32::from_le_bytes([l0, l1, l2, l3]);
    Ok(Read { learnt, calibrated: u32::from_le_bytes([c0, c1, c2, c3]), threshold })
}

/// The CRC-32 of IEEE 802.3, bit by bit: a table would take more flash than it spares time.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            let carry = if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
            crc = (crc >> 1) ^ carry;
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn three_features_fit_in_128_bytes() {
        assert_eq!(baseline_len::<f32>(3), 64);
        assert_eq!(baseline_len::<f64>(3), 104);
    }
}
