//! Which numbers an element has.

use hdf5_pure::{Datatype, DatatypeByteOrder};

use super::attributes::Attributes;
use crate::decode::Column;
use crate::decode::scalar::{Of, Scalar};
use crate::decode::stretch::Field;

/// The most numbers of a field that is an array.
const MOST: u32 = 64;

/// An element of a dataset.
pub(super) struct Element {
    pub(super) bytes: usize,
    pub(super) fields: Vec<Field>,
    /// The names of the fields, where it is a structure.
    names: Option<Vec<String>>,
}

impl Element {
    /// One of this type; none where there are no numbers in it.
    pub(super) fn of(kind: &Datatype) -> Option<Self> {
        if let Some(scalar) = scalar(kind) {
            let fields = Field::only(scalar);
            return Some(Self { bytes: scalar.width(), fields, names: None });
        }
        let Datatype::Compound { size, members } = kind else { return None };
        let bytes = usize::try_from(*size).ok()?;
        let (mut fields, mut names) = (Vec::new(), Vec::new());
        for member in members {
            let at = usize::try_from(member.byte_offset).ok()?;
            let (scalar, count) = match &member.datatype {
                Datatype::Array { base_type, dimensions } => {
                    let count = dimensions.iter().try_fold(1u32, |all, n| all.checked_mul(*n));
                    (scalar(base_type), count.filter(|count| *count <= MOST).unwrap_or(0))
                }
                kind => (scalar(kind), 1),
            };
            let Some(scalar) = scalar else { continue };
            for index in 0..count as usize {
                let at = at.checked_add(index * scalar.width())?;
                if at.checked_add(scalar.width())? > bytes {
                    return None;
                }
                fields.push(Field { at, scalar });
                names.push(match count {
                    1 => member.name.clone(),
                    _ => format!("{} {}", member.name, index + 1),
                });
            }
        }
        let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        let is_complex = lower == ["r", "i"] || lower == ["real", "imag"];
        (!fields.is_empty() && !is_complex).then_some(Self { bytes, fields, names: Some(names) })
    }

    /// Its fields as columns.
    pub(super) fn columns(&self, attributes: &Attributes) -> Option<Vec<Column>> {
        let unit = attributes.unit();
        let column = |name: &String| {
            let own = attributes.text(&format!("{name}_unit"));
            let own = own.or_else(|| attributes.text(&format!("{name}_units")));
            Column {
                unit: own.map(str::to_owned).or_else(|| unit.clone()),
                ..Column::numbers(name)
            }
        };
        Some(self.names.as_ref()?.iter().map(column).collect())
    }
}

fn scalar(kind: &Datatype) -> Option<Scalar> {
    let is_big = |order: &DatatypeByteOrder| match order {
        DatatypeByteOrder::LittleEndian => Some(false),
        DatatypeByteOrder::BigEndian => Some(true),
        _ => None,
    };
    let (of, order) = match kind {
        Datatype::FixedPoint { size, byte_order, layout } => {
            let is_whole = layout.bit_offset == 0 && u32::from(layout.bit_precision) == 8 * size;
            let of = match (size, layout.signed) {
                _ if !is_whole => return None,
                (1, true) => Of::I8,
                (2, true) => Of::I16,
                (4, true) => Of::I32,
                (8, true) => Of::I64,
                (1, false) => Of::U8,
                (2, false) => Of::U16,
                (4, false) => Of::U32,
                (8, false) => Of::U64,
                _ => return None,
            };
            (of, byte_order)
        }
        Datatype::FloatingPoint { size, byte_order, layout } => {
            let of = match (size, layout.exponent_size, layout.mantissa_size) {
                (2, 5, 10) => Of::F16,
                (4, 8, 23) => Of::F32,
                (8, 11, 52) => Of::F64,
                _ => return None,
            };
            (of, byte_order)
        }
        // What PyTables writes for what is true or false.
        Datatype::BitField { size: 1, byte_order, .. } => (Of::U8, byte_order),
        // And h5py.
        Datatype::Enumeration { base_type, .. } => return scalar(base_type),
        _ => return None,
    };
    Some(Scalar { of, is_big: is_big(order)? })
}

/// Whether an array of MATLAB's of this class holds numbers.
pub(super) fn is_matlab_number(class: &str) -> bool {
    let integer = class.strip_prefix('u').unwrap_or(class);
    ["double", "single", "logical", "int8", "int16", "int32", "int64"].contains(&integer)
}
