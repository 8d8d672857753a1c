//! The pages of a column, of which those are held back that the reader of values cannot bear.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::ColumnDescriptor;

use super::opened::{DIFFERENCES, is_of_differences};
use super::source::Source;

/// Pages that are looked at before they are taken apart.
pub(super) struct Pages {
    pages: SerializedPageReader<Source>,
    /// The bytes of a value in a dictionary at least, and of one in a page if all have as many.
    width: usize,
    /// The highest levels of lists and of missing values.
    levels: [i16; 2],
    /// Whether each value says how long it is.
    is_text: bool,
    has_dictionary: bool,
    /// How many values may yet be read.
    left: Arc<AtomicU64>,
}

impl Pages {
    pub(super) fn new(
        pages: SerializedPageReader<Source>,
        column: &ColumnDescriptor,
        left: Arc<AtomicU64>,
    ) -> Self {
        let width = match column.physical_type() {
            Type::BOOLEAN => 0,
            Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
            Type::INT64 | Type::DOUBLE => 8,
            Type::INT96 => 12,
            Type::FIXED_LEN_BYTE_ARRAY => usize::try_from(column.type_length()).unwrap_or_default(),
        };
        let levels = [column.max_rep_level(), column.max_def_level()];
        let is_text = column.physical_type() == Type::BYTE_ARRAY;
        Self { pages, width, levels, is_text, has_dictionary: false, left }
    }

    /// The page, if its parts are where it says.
    fn checked(&mut self, mut page: Page) -> Result<Page> {
        let [_, highest] = self.levels;
        let (before, defined, buf, encoding, values) = match &mut page {
            Page::DictionaryPage { buf, num_values, .. } => {
                let most = buf.len().checked_div(self.width).unwrap_or_default();
                let is_there =
                    *num_values as usize <= most && (!self.is_text || are_texts(buf, *num_values));
                if !is_there {
                    return Err(damaged("a dictionary has fewer values than it says"));
                }
                if std::mem::replace(&mut self.has_dictionary, true) {
                    return Err(damaged("it has two dictionaries"));
                }
                return Ok(page);
            }
            Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                ..
            } => {
                let mut before = 0;
                let mut last = 0;
                let encodings = [rep_level_encoding, def_level_encoding];
                for (highest, encoding) in self.levels.into_iter().zip(encodings) {
                    last = before;
                    let rest = buf.get(before..).unwrap_or_default();
                    before += levels(rest, highest, *encoding, *num_values).ok_or_else(short)?;
                }
                // Their length stands before them.
                let defined = buf.get(last + 4..before).unwrap_or_default();
                let defined = match *def_level_encoding == Encoding::RLE {
                    true => defined_values(defined, highest, *num_values),
                    false => Some(*num_values),
                };
                (before, defined, buf, encoding, *num_values)
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let before = rep_levels_byte_len.checked_add(*def_levels_byte_len);
                let before = before.ok_or_else(short)? as usize;
                let defined = buf.get(*rep_levels_byte_len as usize..before).ok_or_else(short)?;
                let defined = defined_values(defined, highest, *num_values);
                (before, defined, buf, encoding, *num_values)
            }
        };
        let of_values = buf.get(before..).ok_or_else(short)?;
        match encoding {
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => {
                if !self.has_dictionary {
                    return Err(damaged("its dictionary is missing"));
                }
                if of_values.is_empty() && values > 0 {
                    // No value is there: all of them are missing.
                    let width = Bytes::from_static(&[0]);
                    *buf = [buf.as_ref(), width.as_ref()].concat().into();
                }
            }
            Encoding::PLAIN
                if self.is_text
                    && !defined.is_some_and(|defined| are_texts(of_values, defined)) =>
            {
                return Err(short());
            }
            encoding if is_of_differences(*encoding) => return Err(damaged(DIFFERENCES)),
            Encoding::RLE => {
                // Truth values: the length stands before them.
                let there = levels(of_values, 1, Encoding::RLE, values);
                if there.is_none() && values > 0 {
                    return Err(short());
                }
            }
            Encoding::BYTE_STREAM_SPLIT if self.width > 0 => {
                *buf = joined(buf, before, self.width).into();
                *encoding = Encoding::PLAIN;
            }
            _ => {}
        }
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(u64::from(values))
            })
            .map_err(|_| damaged("a row has more numbers than are read at once"))?;
        Ok(page)
    }
}

/// The bytes that levels take at the beginning of a page, if they are there.
fn levels(page: &[u8], highest: i16, encoding: Encoding, values: u32) -> Option<usize> {
    if highest <= 0 {
        return Some(0);
    }
    #[expect(deprecated, reason = "old files have it")]
    let is_packed = encoding == Encoding::BIT_PACKED;
    let taken = if is_packed {
        let bits = u64::from(i16::BITS - highest.leading_zeros());
        usize::try_from((u64::from(values) * bits).div_ceil(8)).ok()?
    } else {
        let length = u32::from_le_bytes(*page.first_chunk()?);
        (length as usize).checked_add(4)?
    };
    (taken <= page.len()).then_some(taken)
}

/// How many of so many values are there, by their levels: runs of one, and of some with a few bits each.
fn defined_values(levels: &[u8], highest: i16, values: u32) -> Option<u32> {
    if highest <= 0 {
        return Some(values);
    }
    let width = i16::BITS - highest.leading_zeros();
    let mut levels = levels;
    let (mut left, mut defined) = (u64::from(values), 0);
    while left > 0 {
        let length = levels.iter().take(5).position(|byte| byte & 0x80 == 0)? + 1;
        let (header, rest) = levels.split_at_checked(length)?;
        let header =
            header.iter().rev().fold(0, |all: u64, byte| all << 7 | u64::from(byte & 0x7f));
        if header & 1 == 0 {
            let (level, rest) = rest.split_at_checked(width.div_ceil(8) as usize)?;
            let level = level.iter().rev().fold(0, |all: i64, byte| all << 8 | i64::from(*byte));
            let run = (header >> 1).min(left);
            if run == 0 {
                return None;
            }
            defined += if level == i64::from(highest) { run } else { 0 };
            left -= run;
            levels = rest;
        } else {
            let bytes = usize::try_from((header >> 1) * u64::from(width)).ok()?;
            let (packed, rest) = rest.split_at(bytes.min(rest.len()));
            let there = (packed.len() as u64 * 8 / u64::from(width)).min(left);
            if there == 0 {
                return None;
            }
            for at in 0..there {
                let level = (0..u64::from(width)).fold(0, |level, bit| {
                    let place = at * u64::from(width) + bit;
                    let byte = packed.get((place / 8) as usize).copied().unwrap_or_default();
                    level | i64::from(byte >> (place % 8) & 1) << bit
                });
                defined += u64::from(level == i64::from(highest));
            }
            left -= there;
            levels = rest;
        }
    }
    u32::try_from(defined).ok()
}

/// Whether so many texts stand there, each after its length.
fn are_texts(bytes: &[u8], count: u32) -> bool {
    let mut bytes = bytes;
    for _ in 0..count {
        let Some((length, rest)) = bytes.split_first_chunk() else { return false };
        let Some(rest) = rest.get(u32::from_le_bytes(*length) as usize..) else { return false };
        bytes = rest;
    }
    true
}

/// A page whose values are whole again: their first bytes stood together, then the second ones, and so on.
fn joined(page: &[u8], before: usize, width: usize) -> Vec<u8> {
    let (levels, values) = page.split_at_checked(before).unwrap_or_default();
    let count = values.len() / width;
    let mut all = Vec::with_capacity(page.len());
    all.extend_from_slice(levels);
    all.resize(levels.len() + count * width, 0);
    let Some((_, to)) = all.split_at_mut_checked(before) else { return all };
    for (at, bytes) in values.chunks_exact(count.max(1)).take(width).enumerate() {
        for (to, byte) in to.chunks_exact_mut(width).zip(bytes) {
            if let Some(to) = to.get_mut(at) {
                *to = *byte;
            }
        }
    }
    all
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

fn short() -> ParquetError {
    damaged("a page is shorter than it says")
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.map(|page| self.checked(page)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
