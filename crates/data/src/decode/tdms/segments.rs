//! The segments of a file, which describe its channels and where their numbers are.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::channel::{Run, What};
use super::metadata::{Bytes, Value, damaged};
use super::wrong;
use crate::error::Problem;

/// The most bytes of one description.
const LONGEST: u64 = 64 << 20;

/// The most groups and channels.
const MOST_OBJECTS: usize = 1 << 14;

/// Bytes before a description.
const LEAD: u64 = 28;

/// What stands in a segment.
const METADATA: u32 = 1 << 1;
const NEW_LIST: u32 = 1 << 2;
const RAW_DATA: u32 = 1 << 3;
const INTERLEAVED: u32 = 1 << 5;
const BIG_ENDIAN: u32 = 1 << 6;

/// The file, a group, or a channel.
#[derive(Default)]
pub(super) struct Object {
    /// The names on the way to it: a group's and a channel's.
    pub(super) path: Vec<String>,
    pub(super) properties: Vec<(String, Value)>,
    pub(super) what: Option<What>,
    pub(super) runs: Vec<Run>,
    /// Values in a chunk, and their bytes, in the last segment that said it.
    values: u64,
    bytes: u64,
    /// Whether it has numbers in the segment.
    is_listed: bool,
}

impl Object {
    pub(super) fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(one, _)| one == name).map(|(_, value)| value)
    }
}

/// The objects of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Object>, Problem> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut file = BufReader::new(file);
    let mut reading = Reading::default();
    let mut at = 0u64;
    while size - at >= LEAD {
        let mut lead = [0; LEAD as usize];
        file.read_exact(&mut lead)?;
        let Some(rest) = lead.strip_prefix(b"TDSm") else {
            return Err(wrong(format!(
                "there is no segment at byte {at}; copy or record it again"
            )));
        };
        let flags = Bytes { rest, is_big: false }.u32()?;
        let mut rest = Bytes { rest, is_big: flags & BIG_ENDIAN != 0 };
        rest.skip(8)?;
        let (next, data) = (rest.u64()?, rest.u64()?);
        let start = at + LEAD;
        // A segment that was not closed goes to the end of the file.
        let end = start.checked_add(next).filter(|end| *end <= size).unwrap_or(size);
        let raw = start.checked_add(data).filter(|raw| *raw <= end).ok_or_else(damaged)?;
        if flags & METADATA != 0 {
            if data > LONGEST {
                return Err(damaged());
            }
            let mut bytes = Vec::new();
            (&mut file).take(data).read_to_end(&mut bytes)?;
            let is_new = flags & NEW_LIST != 0;
            reading.metadata(Bytes { rest: &bytes, is_big: flags & BIG_ENDIAN != 0 }, is_new)?;
        } else {
            skip(&mut file, data)?;
        }
        if flags & RAW_DATA != 0 {
            reading.data(raw, end, flags & INTERLEAVED != 0);
        }
        skip(&mut file, end - raw)?;
        at = end;
    }
    Ok(reading.objects)
}

fn skip(file: &mut BufReader<File>, bytes: u64) -> Result<(), Problem> {
    Ok(file.seek_relative(i64::try_from(bytes).map_err(|_| damaged())?)?)
}

#[derive(Default)]
struct Reading {
    objects: Vec<Object>,
    places: HashMap<String, usize>,
    /// Those that have numbers in the segment, in their order.
    listed: Vec<usize>,
}

impl Reading {
    fn metadata(&mut self, mut bytes: Bytes, is_new: bool) -> Result<(), Problem> {
        if is_new {
            self.listed.clear();
            self.objects.iter_mut().for_each(|object| object.is_listed = false);
        }
        for _ in 0..bytes.u32()? {
            let path = bytes.text()?;
            if self.objects.len() > MOST_OBJECTS {
                return Err(wrong("it has more channels than are read; write fewer to a file"));
            }
            let at = *self.places.entry(path).or_insert_with_key(|path| {
                self.objects.push(Object { path: parts(path), ..Object::default() });
                self.objects.len() - 1
            });
            let Some(object) = self.objects.get_mut(at) else { continue };
            let has_data = match bytes.u32()? {
                u32::MAX => false,
                0 => true,
                raw @ (0x1269 | 0x1369) => {
                    index_of_raw(&mut bytes, raw)?;
                    object.what = Some(What::Raw);
                    (object.values, object.bytes) = (1, 1);
                    true
                }
                _ => {
                    let kind = bytes.u32()?;
                    bytes.skip(4)?;
                    let values = bytes.u64()?;
                    let what = What::of(kind, bytes.is_big);
                    let width = what.map_or(width(kind), |what| what.width() as u64);
                    let total =
                        if kind == 0x20 { Some(bytes.u64()?) } else { values.checked_mul(width) };
                    // An object whose type changes cannot be read on.
                    if object.runs.is_empty() || object.what == what {
                        object.what = what;
                    } else {
                        return Err(damaged());
                    }
                    (object.values, object.bytes) = (values, total.ok_or_else(damaged)?);
                    true
                }
            };
            if !has_data && object.is_listed {
                self.listed.retain(|one| *one != at);
            } else if has_data && !object.is_listed {
                self.listed.push(at);
            }
            object.is_listed = has_data;
            for _ in 0..bytes.u32()? {
                let (name, value) = bytes.property()?;
                match object.properties.iter_mut().find(|(one, _)| *one == name) {
                    Some((_, old)) => *old = value,
                    None => object.properties.push((name, value)),
                }
            }
        }
        Ok(())
    }

    /// Notes where the numbers of a segment are.
    fn data(&mut self, start: u64, end: u64, is_interleaved: bool) {
        let listed = self.listed.iter().filter_map(|at| self.objects.get(*at));
        let chunk = listed.clone().try_fold(0u64, |all, one| all.checked_add(one.bytes));
        let Some(chunk) = chunk.filter(|chunk| *chunk > 0) else { return };
        let row: u64 = listed.filter_map(|one| one.what).map(|what| what.width() as u64).sum();
        let room = end - start;
        let (whole, rest) = (room / chunk, room % chunk);
        let mut before = 0u64;
        for at in &self.listed {
            let Some(object) = self.objects.get_mut(*at) else { continue };
            let Some(what) = object.what else {
                before = before.saturating_add(object.bytes);
                continue;
            };
            let width = what.width() as u64;
            let mut run = Run {
                start: start.saturating_add(before),
                step: chunk,
                chunks: whole,
                ..Run::default()
            };
            (run.values, run.row) = (object.values, width);
            if is_interleaved {
                run.row = row;
            }
            // Of a chunk that was cut, what is there.
            let last = match is_interleaved {
                true => rest / row.max(1),
                false => rest.saturating_sub(before) / width.max(1),
            };
            let values = last.min(object.values);
            let last =
                Run { start: run.start.saturating_add(chunk * whole), chunks: 1, values, ..run };
            Run::push(&mut object.runs, run);
            Run::push(&mut object.runs, last);
            before = before.saturating_add(if is_interleaved { width } else { object.bytes });
        }
    }
}

/// Passes over the description of raw data of DAQmx.
fn index_of_raw(bytes: &mut Bytes, kind: u32) -> Result<(), Problem> {
    bytes.skip(16)?;
    let scaler = if kind == 0x1269 { 20 } else { 17 };
    let scalers = bytes.u32()? as usize;
    bytes.skip(scalers.checked_mul(scaler).ok_or_else(damaged)?)?;
    let widths = bytes.u32()? as usize;
    bytes.skip(widths.checked_mul(4).ok_or_else(damaged)?)
}

/// Bytes of a value that is not read.
fn width(kind: u32) -> u64 {
    match kind {
        0x0b | 0x1b | 0x10_000d => 16,
        0x08_000c => 8,
        _ => 0,
    }
}

/// The names in a path: `/'group'/'channel'`, with `''` for a quotation mark.
fn parts(path: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = path;
    while let Some(quoted) = rest.strip_prefix("/'") {
        let mut name = String::new();
        let mut left = quoted;
        loop {
            let (before, after) = left.split_once('\'').unwrap_or((left, ""));
            name.push_str(before);
            match after.strip_prefix('\'') {
                Some(after) => {
                    name.push('\'');
                    left = after;
                }
                None => {
                    rest = after;
                    break;
                }
            }
        }
        parts.push(name);
    }
    parts
}
