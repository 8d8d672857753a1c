//! Reading FlatBuffers: every offset is looked at before it is followed, nothing is copied.
//!
//! A table stands somewhere in the file and begins with the way back to its list of slots, which
//! says where in the table each field is. Fields that are no numbers are offsets, forwards.

use super::broken;
use crate::FormatError;

/// `N` bytes of a file.
fn bytes_at<const N: usize>(file: &[u8], at: usize) -> Result<[u8; N], FormatError> {
    file.get(at..).and_then(<[u8]>::first_chunk).copied().ok_or_else(outside)
}

fn outside() -> FormatError {
    broken("an offset leads out of the file")
}

fn u32_at(file: &[u8], at: usize) -> Result<usize, FormatError> {
    let number = u32::from_le_bytes(bytes_at(file, at)?);
    usize::try_from(number).map_err(|_| outside())
}

/// Where the offset at a place leads.
fn follow(file: &[u8], at: usize) -> Result<usize, FormatError> {
    let offset = u32_at(file, at)?;
    at.checked_add(offset).filter(|&to| offset > 0 && to < file.len()).ok_or_else(outside)
}

/// A table of fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'f> {
    file: &'f [u8],
    at: usize,
    /// Its length in bytes.
    size: usize,
    /// Where its fields are, two bytes each.
    slots: &'f [u8],
}

impl<'f> Table<'f> {
    /// The table that a file begins with, if it bears this identifier.
    pub(super) fn root(file: &'f [u8], identifier: &str) -> Result<Self, FormatError> {
        if file.get(4..8) != Some(identifier.as_bytes()) {
            return Err(broken(format!("it does not have `{identifier}` after four bytes")));
        }
        Self::at(file, follow(file, 0)?)
    }

    fn at(file: &'f [u8], at: usize) -> Result<Self, FormatError> {
        let back = i64::from(i32::from_le_bytes(bytes_at(file, at)?));
        let list = i64::try_from(at).ok().and_then(|at| at.checked_sub(back));
        let list = list.and_then(|list| usize::try_from(list).ok()).ok_or_else(outside)?;
        let [length, size] = [list, list.saturating_add(2)]
            .map(|at| bytes_at(file, at).map(|two| usize::from(u16::from_le_bytes(two))));
        let (length, size) = (length?, size?);
        let slots = file.get(list..).and_then(|list| list.get(4..length)).ok_or_else(outside)?;
        if size < 4 || file.len() - at < size {
            return Err(outside());
        }
        Ok(Self { file, at, size, slots })
    }

    /// Where a field of so many bytes is, if the table has it.
    fn field(&self, slot: u16, width: usize) -> Result<Option<usize>, FormatError> {
        let Some(&[low, high]) = self.slots.as_chunks().0.get(usize::from(slot)) else {
            return Ok(None);
        };
        match usize::from(u16::from_le_bytes([low, high])) {
            0 => Ok(None),
            offset if offset >= 4 && offset + width <= self.size => Ok(Some(self.at + offset)),
            _ => Err(broken("a field stands outside of its table")),
        }
    }

    /// The bytes of a number, if the table has it.
    fn number<const N: usize>(&self, slot: u16) -> Result<Option<[u8; N]>, FormatError> {
        self.field(slot, N)?.map(|at| bytes_at(self.file, at)).transpose()
    }

    /// A byte, 0 where there is none.
    pub(super) fn u8(&self, slot: u16) -> Result<u8, FormatError> {
        Ok(self.number(slot)?.map_or(0, u8::from_le_bytes))
    }

    /// A signed byte, 0 where there is none.
    pub(super) fn i8(&self, slot: u16) -> Result<i8, FormatError> {
        Ok(self.number(slot)?.map_or(0, i8::from_le_bytes))
    }

    /// A number of four bytes, 0 where there is none.
    pub(super) fn u32(&self, slot: u16) -> Result<u32, FormatError> {
        Ok(self.number(slot)?.map_or(0, u32::from_le_bytes))
    }

    /// A signed number of four bytes, 0 where there is none.
    pub(super) fn i32(&self, slot: u16) -> Result<i32, FormatError> {
        Ok(self.number(slot)?.map_or(0, i32::from_le_bytes))
    }

    /// A floating-point number, 0 where there is none.
    pub(super) fn f32(&self, slot: u16) -> Result<f32, FormatError> {
        Ok(self.number(slot)?.map_or(0.0, f32::from_le_bytes))
    }

    /// A number of eight bytes, 0 where there is none.
    pub(super) fn u64(&self, slot: u16) -> Result<u64, FormatError> {
        Ok(self.number(slot)?.map_or(0, u64::from_le_bytes))
    }

    /// Whether there is such a field.
    pub(super) fn has(&self, slot: u16) -> Result<bool, FormatError> {
        Ok(self.field(slot, 1)?.is_some())
    }

    /// Where the offset in a field leads.
    fn offset(&self, slot: u16) -> Result<Option<usize>, FormatError> {
        self.field(slot, 4)?.map(|at| follow(self.file, at)).transpose()
    }

    /// A table in a field.
    pub(super) fn table(&self, slot: u16) -> Result<Option<Self>, FormatError> {
        self.offset(slot)?.map(|at| Self::at(self.file, at)).transpose()
    }

    /// The elements of a list, `N` bytes each; none where there is no list.
    fn list<const N: usize>(&self, slot: u16) -> Result<(&'f [[u8; N]], usize), FormatError> {
        let Some(at) = self.offset(slot)? else { return Ok((&[], 0)) };
        let count = u32_at(self.file, at)?;
        let elements = self.file.get(at + 4..).unwrap_or_default();
        let elements = elements.as_chunks().0.get(..count);
        Ok((elements.ok_or_else(|| broken("a list is longer than the file"))?, at + 4))
    }

    /// Bytes; none where there is no such field.
    pub(super) fn bytes(&self, slot: u16) -> Result<&'f [u8], FormatError> {
        Ok(self.list::<1>(slot)?.0.as_flattened())
    }

    /// A text; empty where there is no such field.
    pub(super) fn text(&self, slot: u16) -> Result<&'f str, FormatError> {
        std::str::from_utf8(self.bytes(slot)?).map_err(|_| broken("a name is not UTF-8"))
    }

    /// Numbers; none where there is no such field.
    pub(super) fn numbers(&self, slot: u16) -> Result<Numbers<'f>, FormatError> {
        Ok(Numbers(self.list(slot)?.0))
    }

    /// Elements of four bytes; none where there is no such field.
    pub(super) fn fours(&self, slot: u16) -> Result<&'f [[u8; 4]], FormatError> {
        Ok(self.list(slot)?.0)
    }

    /// Elements of eight bytes; none where there is no such field.
    pub(super) fn eights(&self, slot: u16) -> Result<&'f [[u8; 8]], FormatError> {
        Ok(self.list(slot)?.0)
    }

    /// Tables; none where there is no such field.
    pub(super) fn tables(&self, slot: u16) -> Result<Tables<'f>, FormatError> {
        let (offsets, at) = self.list::<4>(slot)?;
        Ok(Tables { file: self.file, at, count: offsets.len() })
    }
}

/// A list of signed numbers of four bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers<'f>(&'f [[u8; 4]]);

impl<'f> Numbers<'f> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// One after the other.
    pub(super) fn iter(&self) -> impl Iterator<Item = i32> + Clone + use<'f> {
        self.0.iter().map(|&four| i32::from_le_bytes(four))
    }

    /// All of them, if there are so many.
    pub(super) fn exactly<const N: usize>(&self) -> Option<[i32; N]> {
        let all: [[u8; 4]; N] = self.0.try_into().ok()?;
        Some(all.map(i32::from_le_bytes))
    }
}

/// A list of tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tables<'f> {
    file: &'f [u8],
    at: usize,
    count: usize,
}

impl<'f> Tables<'f> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The table at a place.
    pub(super) fn get(&self, index: usize) -> Result<Table<'f>, FormatError> {
        if index >= self.count {
            return Err(broken(format!("there is no entry {index} in a list of {}", self.count)));
        }
        Table::at(self.file, follow(self.file, self.at + 4 * index)?)
    }

    /// One after the other.
    pub(super) fn iter(self) -> impl Iterator<Item = Result<Table<'f>, FormatError>> {
        (0..self.count).map(move |index| self.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one table, which has a number and an offset to a list of two bytes.
    const FILE: [u8; 36] = [
        16, 0, 0, 0, b'T', b'E', b'S', b'T', // root, identifier
        8, 0, 12, 0, 4, 0, 8, 0, // slots: their length, the table's, number, offset
        8, 0, 0, 0, 7, 1, 0, 0, 4, 0, 0, 0, // the table: way back, number, offset
        2, 0, 0, 0, b'o', b'k', 0, 0, // the list
    ];

    fn read(change: &[(usize, u8)]) -> Result<(u32, String), String> {
        let mut file = FILE;
        change.iter().for_each(|&(at, byte)| file[at] = byte);
        let read = || {
            let table = Table::root(&file, "TEST")?;
            Ok((table.u32(0)?, table.text(1)?.to_owned()))
        };
        read().map_err(|error: FormatError| error.to_string())
    }

    #[test]
    fn a_table_is_read() {
        assert_eq!(read(&[]), Ok((263, "ok".to_owned())));
        // A list of slots that ends before, and slots of nothing.
        assert_eq!(read(&[(8, 6)]), Ok((263, String::new())));
        assert_eq!(read(&[(12, 0), (14, 0)]), Ok((0, String::new())));
    }

    #[test]
    fn what_leads_astray_is_refused() {
        let outside = "an offset leads out of the file";
        let field = "a field stands outside of its table";
        for (at, byte, what) in [
            (0, 0, outside),
            (0, 36, outside),
            (3, 255, outside),
            (4, 0, "it does not have `TEST` after four bytes"),
            (8, 3, outside),
            (8, 255, outside),
            (10, 3, outside),
            (10, 21, outside),
            (10, 8, field),
            (12, 3, field),
            (12, 9, field),
            (14, 10, field),
            (16, 17, outside),
            (19, 0x80, outside),
            (24, 0, outside),
            (24, 12, outside),
            (24, 9, outside),
            (28, 5, "a list is longer than the file"),
            (31, 255, "a list is longer than the file"),
            (32, 255, "a name is not UTF-8"),
        ] {
            let expected = format!("is not a readable TensorFlow Lite file: {what}");
            assert_eq!(read(&[(at, byte)]), Err(expected), "{at} {byte}");
        }
    }
}
