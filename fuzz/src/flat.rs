//! Changing numbers in a `.tflite` file where they stand, as damage by chance seldom meets them.

/// Slots of the tables, by the schema of TensorFlow Lite.
const SUBGRAPHS: usize = 2;
const TENSORS: usize = 0;
const SHAPE: usize = 0;
const TYPE: usize = 1;
const BUFFER: usize = 2;
const QUANTIZATION: usize = 4;
const SCALE: usize = 2;
const ZERO_POINT: usize = 3;
const QUANTIZED_DIMENSION: usize = 6;

/// How many bytes an edit takes: what, of which tensor, which element, and eight of the new value.
pub(crate) const EDIT: usize = 11;

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(four)).ok()
}

/// Where a field of a table stands, if it has it.
fn field(bytes: &[u8], table: usize, slot: usize) -> Option<usize> {
    let back = i32::from_le_bytes(bytes.get(table..table.checked_add(4)?)?.try_into().ok()?);
    let vtable = usize::try_from(i64::try_from(table).ok()? - i64::from(back)).ok()?;
    let entry = vtable.checked_add(4 + 2 * slot)?;
    let length = u16::from_le_bytes(bytes.get(vtable..vtable.checked_add(2)?)?.try_into().ok()?);
    let offset = u16::from_le_bytes(bytes.get(entry..entry.checked_add(2)?)?.try_into().ok()?);
    (4 + 2 * slot < usize::from(length) && offset != 0).then(|| table + usize::from(offset))
}

/// What a field leads to.
fn follow(bytes: &[u8], table: usize, slot: usize) -> Option<usize> {
    let at = field(bytes, table, slot)?;
    at.checked_add(word(bytes, at)?)
}

/// The table of this number in a vector, counted round.
fn pick(bytes: &[u8], vector: usize, number: usize) -> Option<usize> {
    let at = vector.checked_add(4 + 4 * number.checked_rem(word(bytes, vector)?)?)?;
    at.checked_add(word(bytes, at)?)
}

/// Makes one edit, where the file has what it is of.
pub(crate) fn edit(bytes: &mut [u8], edit: &[u8; EDIT]) -> Option<()> {
    let [kind, which, element, value @ ..] = edit;
    let graph = pick(bytes, follow(bytes, word(bytes, 0)?, SUBGRAPHS)?, 0)?;
    let tensor = pick(bytes, follow(bytes, graph, TENSORS)?, usize::from(*which))?;
    let scaling = || follow(bytes, tensor, QUANTIZATION);
    let vector = |table: Option<usize>, slot: usize, size: usize| {
        let vector = follow(bytes, table?, slot)?;
        let at = usize::from(*element).checked_rem(word(bytes, vector)?)?;
        Some((vector + 4 + size * at, size))
    };
    let (at, size) = match kind % 6 {
        0 => vector(Some(tensor), SHAPE, 4)?,
        1 => vector(scaling(), SCALE, 4)?,
        2 => vector(scaling(), ZERO_POINT, 8)?,
        3 => (field(bytes, tensor, TYPE)?, 1),
        4 => (field(bytes, tensor, BUFFER)?, 4),
        _ => (field(bytes, scaling()?, QUANTIZED_DIMENSION)?, 4),
    };
    bytes.get_mut(at..at + size)?.copy_from_slice(value.get(..size)?);
    Some(())
}
