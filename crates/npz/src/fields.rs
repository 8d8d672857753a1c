//! The numbers of an element: one, or those fields of a structured array that are numbers.

use npyz::{DType, Endianness, TimeUnits, TypeChar, TypeStr};

use crate::Defect;

/// The most bytes of an element.
const WIDEST: usize = 1 << 16;

/// How deep fields may be nested.
const DEEPEST: usize = 8;

/// A number of each element.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    name: String,
    kind: Kind,
    /// Where it begins in an element.
    at: usize,
    time: Option<(f64, bool)>,
}

/// The type of a number, and whether it is big-endian.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Kind {
    of: Type,
    is_big: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Type {
    F8,
    F4,
    I1,
    I2,
    I4,
    I8,
    U1,
    U2,
    U4,
    U8,
}

impl Field {
    /// Its name, which is empty where the array is not structured.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Of `datetime64` and `timedelta64` the length of their unit in s, and whether they count from 1970.
    pub fn time(&self) -> Option<(f64, bool)> {
        self.time
    }

    fn of(name: &str, kind: &TypeStr, at: usize) -> Option<Self> {
        let of = match (kind.type_char(), kind.num_bytes().unwrap_or(0)) {
            (TypeChar::Float, 8) => Type::F8,
            (TypeChar::Float, 4) => Type::F4,
            (TypeChar::Int, 1) => Type::I1,
            (TypeChar::Int, 2) => Type::I2,
            (TypeChar::Int, 4) => Type::I4,
            (TypeChar::Int, 8) => Type::I8,
            (TypeChar::DateTime | TypeChar::TimeDelta, 8) if seconds(kind).is_some() => Type::I8,
            (TypeChar::Uint | TypeChar::Bool, 1) => Type::U1,
            (TypeChar::Uint, 2) => Type::U2,
            (TypeChar::Uint, 4) => Type::U4,
            (TypeChar::Uint, 8) => Type::U8,
            _ => return None,
        };
        let time = seconds(kind).map(|unit| (unit, kind.type_char() == TypeChar::DateTime));
        let kind = Kind { of, is_big: kind.endianness() == Endianness::Big };
        Some(Self { name: name.to_owned(), kind, at, time })
    }
}

/// The bytes of an element, and the numbers in it.
pub(crate) fn of(kind: &DType) -> Result<(usize, Vec<Field>), Defect> {
    if let DType::Plain(plain) = kind {
        let field = Field::of("", plain, 0);
        let field = field.ok_or_else(|| Defect::Type(crate::error::shown(&plain.to_string())))?;
        return Ok((field.kind.width(), vec![field]));
    }
    let DType::Record(all) = kind else { return Err(Defect::Table) };
    let mut at = 0;
    let mut fields = Vec::new();
    for field in all {
        if let DType::Plain(kind) = &field.dtype {
            fields.extend(Field::of(&field.name, kind, at));
        }
        let width = width(&field.dtype, DEEPEST).ok_or(Defect::Table)?;
        at = width.checked_add(at).filter(|at| *at <= WIDEST).ok_or(Defect::Table)?;
    }
    if fields.is_empty() { Err(Defect::Table) } else { Ok((at, fields)) }
}

/// The bytes that a field takes.
fn width(kind: &DType, deepest: usize) -> Option<usize> {
    let deeper = deepest.checked_sub(1)?;
    match kind {
        // Of objects there is nothing but a pickle.
        DType::Plain(kind) if kind.type_char() == TypeChar::Object => None,
        DType::Plain(kind) => kind.num_bytes(),
        DType::Array(count, inner) => {
            usize::try_from(*count).ok()?.checked_mul(width(inner, deeper)?)
        }
        DType::Record(fields) => fields
            .iter()
            .try_fold(0usize, |all, field| all.checked_add(width(&field.dtype, deeper)?)),
    }
}

/// The length in s of the unit of a time.
fn seconds(kind: &TypeStr) -> Option<f64> {
    Some(match kind.time_units()? {
        TimeUnits::Day => 86_400.0,
        TimeUnits::Hour => 3600.0,
        TimeUnits::Minute => 60.0,
        TimeUnits::Second => 1.0,
        TimeUnits::Millisecond => 1e-3,
        TimeUnits::Microsecond => 1e-6,
        TimeUnits::Nanosecond => 1e-9,
        _ => return None,
    })
}

/// Appends the numbers of elements of so many bytes, one element after the other.
pub(crate) fn numbers(bytes: &[u8], width: usize, fields: &[Field], to: &mut Vec<f64>) {
    if let [field] = fields
        && field.kind.width() == width
    {
        field.kind.numbers(bytes, to);
        return;
    }
    for element in bytes.chunks_exact(width.max(1)) {
        for field in fields {
            let bytes = element.get(field.at..field.at + field.kind.width());
            field.kind.numbers(bytes.unwrap_or_default(), to);
        }
    }
}

impl Kind {
    fn width(self) -> usize {
        match self.of {
            Type::I1 | Type::U1 => 1,
            Type::I2 | Type::U2 => 2,
            Type::F4 | Type::I4 | Type::U4 => 4,
            Type::F8 | Type::I8 | Type::U8 => 8,
        }
    }

    /// Appends the numbers that the bytes stand for.
    fn numbers(self, bytes: &[u8], to: &mut Vec<f64>) {
        match self.of {
            Type::F8 => self.each(bytes, to, f64::from_le_bytes),
            Type::F4 => self.each(bytes, to, |bytes| f64::from(f32::from_le_bytes(bytes))),
            Type::U1 => self.each(bytes, to, |[byte]| f64::from(byte)),
            Type::I1 => self.each(bytes, to, |[byte]| f64::from(byte as i8)),
            Type::U2 => self.each(bytes, to, |bytes| f64::from(u16::from_le_bytes(bytes))),
            Type::U4 => self.each(bytes, to, |bytes| f64::from(u32::from_le_bytes(bytes))),
            Type::U8 => self.each(bytes, to, |bytes| u64::from_le_bytes(bytes) as f64),
            Type::I2 => self.each(bytes, to, |bytes| f64::from(i16::from_le_bytes(bytes))),
            Type::I4 => self.each(bytes, to, |bytes| f64::from(i32::from_le_bytes(bytes))),
            Type::I8 => self.each(bytes, to, |bytes| i64::from_le_bytes(bytes) as f64),
        }
    }

    fn each<const WIDTH: usize>(
        self,
        bytes: &[u8],
        to: &mut Vec<f64>,
        number: impl Fn([u8; WIDTH]) -> f64,
    ) {
        let (numbers, _) = bytes.as_chunks::<WIDTH>();
        if self.is_big {
            to.extend(numbers.iter().map(|bytes| {
                let mut bytes = *bytes;
                bytes.reverse();
                number(bytes)
            }));
        } else {
            to.extend(numbers.iter().map(|bytes| number(*bytes)));
        }
    }
}
