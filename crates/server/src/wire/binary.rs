//! A recording in a compact binary form: counts of the sensor, and how many g each is.
//!
//! All numbers are little-endian. A head of 40 bytes:
//!
//! | at | bytes | is |
//! |---|---|---|
//! | 0 | 4 | `JUD1` |
//! | 4 | 1 | axes, 1 to 8 |
//! | 5 | 1 | length of the name of the device, 1 to 64 |
//! | 6 | 2 | 0 |
//! | 8 | 4 | readings of each axis, `u32` |
//! | 12 | 4 | g of a count, `f32` above 0 |
//! | 16 | 8 | sample rate in Hz, `f64`; 0 where it was not measured |
//! | 24 | 8 | sequence number, `u64` |
//! | 32 | 8 | time of the device in ms since 1970, `i64`; 0 where it does not know |
//!
//! Then the name of the device in ASCII, then the readings, `i16` each, all axes of the first reading
//! before those of the second.
//!
//! A board that has a start number says so by `JUD2` in place of `JUD1`, and its head is 48 bytes long:
//!
//! | at | bytes | is |
//! |---|---|---|
//! | 40 | 4 | start number, `u32`: drawn each time that the board is switched on; 0 where it has none |
//! | 44 | 4 | 0 |
//!
//! A server that does not know this form, as those of judder 0.1, answers 400: the same recording as `JUD1` is
//! what it takes.

use judder_core::Unit;

use super::{Posted, checked_name, checked_rate, nothing, whole};
use crate::problem::Problem;

/// The media type of this form.
pub const BINARY: &str = "application/vnd.judder.recording";

const MAGIC: [u8; 4] = *b"JUD1";
const HEAD: usize = 40;

/// The form with a start number, and what its head has more.
const WITH_START: [u8; 4] = *b"JUD2";
const MORE: usize = 8;

/// Reads a recording from the body of a request.
///
/// # Errors
/// 400 where it is too short or not of this form, 422 where it is no recording; the detail names the
/// field.
pub fn from_binary(body: &[u8]) -> Result<Posted, Problem> {
    let short = || {
        let found = body.len();
        Problem::malformed(format!(
            "the body ends after {found} bytes, within what its head announces"
        ))
    };
    let (head, rest) = body.split_first_chunk::<HEAD>().ok_or_else(short)?;
    let (start, rest) = match head[..4].as_array() {
        Some(&MAGIC) => (0, rest),
        Some(&WITH_START) => {
            let (more, rest) = rest.split_first_chunk::<MORE>().ok_or_else(short)?;
            if more[4..] != [0; 4] {
                return Err(Problem::malformed("bytes 44 to 47 are not 0"));
            }
            (u32::from_le_bytes([more[0], more[1], more[2], more[3]]), rest)
        }
        _ => return Err(Problem::malformed("the body begins with neither JUD1 nor JUD2")),
    };
    let [count, name_length] = [head[4], head[5]].map(usize::from);
    if head[6..8] != [0, 0] {
        return Err(Problem::malformed("bytes 6 and 7 are not 0"));
    }
    let readings = u32::from_le_bytes(field(head, 8)) as usize;
    let scale = f64::from(f32::from_le_bytes(field(head, 12)));
    let rate_hz = f64::from_le_bytes(field(head, 16));
    let sequence = u64::from_le_bytes(field(head, 24));
    let time = i64::from_le_bytes(field(head, 32));
    if !(1..=judder_data::MAX_AXES).contains(&count) {
        return Err(Problem::unfit(format!("{count} axes; a recording has 1 to 8")));
    }
    if !(scale.is_finite() && scale > 0.0) {
        return Err(Problem::unfit("g of a count is not a number above 0"));
    }
    let rate_hz = if rate_hz == 0.0 { None } else { Some(rate_hz) };
    let rate_hz = checked_rate(rate_hz)?;
    let (name, counts) = rest.split_at_checked(name_length).ok_or_else(short)?;
    let device = String::from_utf8_lossy(name).into_owned();
    checked_name("the name of the device", &device)?;
    let expected = readings.checked_mul(2 * count).ok_or_else(short)?;
    if counts.len() < expected {
        return Err(short());
    }
    if counts.len() > expected {
        let more = counts.len() - expected;
        return Err(Problem::malformed(format!("{more} bytes follow the last reading")));
    }
    if readings == 0 {
        return Err(nothing());
    }
    let mut values = vec![0.0; readings * count];
    for (at, reading) in counts.chunks_exact(2 * count).enumerate() {
        for (axis, bytes) in values.chunks_exact_mut(readings).zip(reading.as_chunks::<2>().0) {
            axis[at] = f64::from(i16::from_le_bytes(*bytes)) * scale;
        }
    }
    let recording = whole(count, &[], readings, values, rate_hz, Some(Unit::G))?;
    let time = (time != 0).then(|| time.to_string());
    let (device, sequence, start) = (Some(device), Some(sequence), (start > 0).then_some(start));
    Ok(Posted { device, sequence, start, time, recording })
}

/// Writes a recording in this form, its readings rounded to counts of `scale` g.
///
/// Returns `None` where it has no device or no sequence number, a reading is beyond the range of counts,
/// or a time is no whole number of milliseconds.
pub fn to_binary(posted: &Posted, scale: f32) -> Option<Vec<u8>> {
    let (device, sequence) = (posted.device.as_deref()?, posted.sequence?);
    let recording = &posted.recording;
    let time: i64 = match &posted.time {
        Some(time) => time.parse().ok()?,
        None => 0,
    };
    let length = HEAD + MORE + device.len() + 2 * recording.values().len();
    let mut body = Vec::with_capacity(length);
    body.extend(if posted.start.is_some() { WITH_START } else { MAGIC });
    body.push(u8::try_from(recording.axes()).ok()?);
    body.push(u8::try_from(device.len()).ok()?);
    body.extend([0, 0]);
    body.extend(u32::try_from(recording.len()).ok()?.to_le_bytes());
    body.extend(scale.to_le_bytes());
    body.extend(recording.rate_hz().unwrap_or(0.0).to_le_bytes());
    body.extend(sequence.to_le_bytes());
    body.extend(time.to_le_bytes());
    if let Some(start) = posted.start {
        body.extend(start.to_le_bytes());
        body.extend([0; 4]);
    }
    body.extend(device.as_bytes());
    for row in recording.rows() {
        for value in row {
            let count = (value / f64::from(scale)).round();
            if !(f64::from(i16::MIN)..=f64::from(i16::MAX)).contains(&count) {
                return None;
            }
            body.extend((count as i16).to_le_bytes());
        }
    }
    Some(body)
}

/// The bytes of a field that lies within the head.
fn field<const N: usize>(head: &[u8; HEAD], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&head[at..at + N]);
    bytes
}
