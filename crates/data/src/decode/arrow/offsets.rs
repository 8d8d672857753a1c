//! A look at the offsets of a batch, before the library takes for granted that they are whole numbers.

use arrow_ipc::RecordBatch;
use arrow_schema::{DataType, Field, Fields};

/// Whether the buffers of offsets have room for nothing but whole ones: a damaged length is not looked at where they
/// are used.
pub(super) fn are_whole(fields: &Fields, batch: &RecordBatch<'_>, body: &[u8]) -> bool {
    let Some(buffers) = batch.buffers() else { return true };
    let lengths = buffers.iter().map(|buffer| {
        let length = usize::try_from(buffer.length()).unwrap_or_default();
        if batch.compression().is_none() || length == 0 {
            return length;
        }
        // The length that it expands to stands before it, or that it does not.
        let start = usize::try_from(buffer.offset()).unwrap_or(usize::MAX);
        let said = body.get(start..).and_then(|bytes| bytes.first_chunk());
        match said.map(|bytes| i64::from_le_bytes(*bytes)) {
            Some(-1) | None => length.saturating_sub(8),
            Some(expanded) => usize::try_from(expanded).unwrap_or_default(),
        }
    });
    let variadic = batch.variadicBufferCounts().into_iter().flatten();
    let mut walk = Walk { lengths, variadic };
    fields.iter().all(|field| walk.field(field).unwrap_or(true))
}

/// The same of the values of a dictionary, which are text, where there are three buffers: of the widest offsets that one of
/// these columns has in its dictionary.
pub(super) fn are_whole_in_dictionary(
    fields: &Fields,
    batch: &RecordBatch<'_>,
    body: &[u8],
) -> bool {
    let is_text = batch.buffers().is_some_and(|buffers| buffers.len() == 3);
    let is_wide = fields.iter().any(|field| has_wide_dictionary(field.data_type()));
    let kind = if is_wide { DataType::LargeUtf8 } else { DataType::Utf8 };
    !is_text || are_whole(&Fields::from(vec![Field::new("", kind, true)]), batch, body)
}

fn has_wide_dictionary(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, value) => {
            matches!(**value, DataType::LargeUtf8 | DataType::LargeBinary)
        }
        DataType::List(child) | DataType::LargeList(child) | DataType::FixedSizeList(child, _) => {
            has_wide_dictionary(child.data_type())
        }
        DataType::Struct(children) => {
            children.iter().any(|child| has_wide_dictionary(child.data_type()))
        }
        _ => false,
    }
}

/// The buffers of columns, one after the other.
struct Walk<L, V> {
    lengths: L,
    variadic: V,
}

impl<L: Iterator<Item = usize>, V: Iterator<Item = i64>> Walk<L, V> {
    /// Whether the offsets of a column are whole; none where its buffers end.
    fn field(&mut self, field: &Field) -> Option<bool> {
        use DataType::{
            Binary, BinaryView, FixedSizeList, LargeBinary, LargeList, LargeUtf8, List, Map, Null,
            RunEndEncoded, Struct, Union, Utf8, Utf8View,
        };
        match field.data_type() {
            Null => Some(true),
            Utf8 | Binary => {
                self.lengths.next()?;
                let is_whole = self.lengths.next()?.is_multiple_of(4);
                self.lengths.next()?;
                Some(is_whole)
            }
            LargeUtf8 | LargeBinary => {
                self.lengths.next()?;
                let is_whole = self.lengths.next()?.is_multiple_of(8);
                self.lengths.next()?;
                Some(is_whole)
            }
            Utf8View | BinaryView => {
                let more = usize::try_from(self.variadic.next().unwrap_or(0)).ok()?;
                for _ in 0..more.checked_add(2)? {
                    self.lengths.next()?;
                }
                Some(true)
            }
            List(child) | Map(child, _) => {
                self.lengths.next()?;
                let is_whole = self.lengths.next()?.is_multiple_of(4);
                Some(is_whole && self.field(child)?)
            }
            LargeList(child) => {
                self.lengths.next()?;
                let is_whole = self.lengths.next()?.is_multiple_of(8);
                Some(is_whole && self.field(child)?)
            }
            FixedSizeList(child, _) => {
                self.lengths.next()?;
                self.field(child)
            }
            Struct(children) => {
                self.lengths.next()?;
                children.iter().try_fold(true, |all, child| Some(all && self.field(child)?))
            }
            // Rare, and none of readings: they are not taken apart.
            Union(..) | RunEndEncoded(..) => Some(false),
            _ => {
                self.lengths.next()?;
                self.lengths.next()?;
                Some(true)
            }
        }
    }
}
