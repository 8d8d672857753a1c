//! How one number stands in a file.

/// A type of numbers, in a byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) of: Of,
    pub(crate) is_big: bool,
}

/// A type of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    I8,
    I16,
    I24,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    #[cfg(feature = "hdf5")]
    F16,
    F32,
    F64,
}

impl Scalar {
    /// One of so many bytes.
    pub(crate) fn width(self) -> usize {
        match self.of {
            Of::I8 | Of::U8 => 1,
            Of::I16 | Of::U16 => 2,
            #[cfg(feature = "hdf5")]
            Of::F16 => 2,
            Of::I24 => 3,
            Of::I32 | Of::U32 | Of::F32 => 4,
            Of::I64 | Of::U64 | Of::F64 => 8,
        }
    }

    /// Appends the numbers of some rows of so many bytes, in each of which one begins `at` some byte. What is no
    /// whole row is left out; a row that is too short for the number has NaN.
    pub(crate) fn numbers(self, rows: &[u8], row: usize, at: usize, to: &mut Vec<f64>) {
        let mut each = Each { rows, row, at, is_big: self.is_big, to };
        match self.of {
            Of::I8 => each.one(|[byte]| f64::from(byte as i8)),
            Of::I16 => each.one(|bytes| f64::from(i16::from_le_bytes(bytes))),
            Of::I24 => each.one(|[a, b, c]| f64::from(i32::from_le_bytes([0, a, b, c]) >> 8)),
            Of::I32 => each.one(|bytes| f64::from(i32::from_le_bytes(bytes))),
            Of::I64 => each.one(|bytes| i64::from_le_bytes(bytes) as f64),
            Of::U8 => each.one(|[byte]| f64::from(byte)),
            Of::U16 => each.one(|bytes| f64::from(u16::from_le_bytes(bytes))),
            Of::U32 => each.one(|bytes| f64::from(u32::from_le_bytes(bytes))),
            Of::U64 => each.one(|bytes| u64::from_le_bytes(bytes) as f64),
            #[cfg(feature = "hdf5")]
            Of::F16 => each.one(|bytes| half(u16::from_le_bytes(bytes))),
            Of::F32 => each.one(|bytes| f64::from(f32::from_le_bytes(bytes))),
            Of::F64 => each.one(f64::from_le_bytes),
        }
    }
}

/// Where numbers come from and go to.
struct Each<'a> {
    rows: &'a [u8],
    row: usize,
    at: usize,
    is_big: bool,
    to: &'a mut Vec<f64>,
}

impl Each<'_> {
    fn one<const WIDTH: usize>(&mut self, number: impl Fn([u8; WIDTH]) -> f64) {
        if self.is_big {
            self.put(|mut bytes| {
                bytes.reverse();
                number(bytes)
            });
        } else {
            self.put(number);
        }
    }

    fn put<const WIDTH: usize>(&mut self, number: impl Fn([u8; WIDTH]) -> f64) {
        if self.row == WIDTH && self.at == 0 {
            let (numbers, _) = self.rows.as_chunks::<WIDTH>();
            self.to.extend(numbers.iter().map(|bytes| number(*bytes)));
            return;
        }
        let at = self.at;
        let rows = self.rows.chunks_exact(self.row.max(1));
        self.to.extend(rows.map(|row| {
            let bytes = row.get(at..).and_then(|rest| rest.first_chunk());
            bytes.map_or(f64::NAN, |bytes| number(*bytes))
        }));
    }
}

/// A number of IEEE 754's half precision.
#[cfg(feature = "hdf5")]
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    sign * match i32::from(bits >> 10 & 0x1f) {
        0 => fraction * 2f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1.0 + fraction) * 2f64.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(of: Of, is_big: bool, bytes: &[u8]) -> Vec<f64> {
        let scalar = Scalar { of, is_big };
        let mut numbers = Vec::new();
        scalar.numbers(bytes, scalar.width(), 0, &mut numbers);
        numbers
    }

    #[test]
    fn numbers_of_each_type_and_order_are_read() {
        assert_eq!(read(Of::I8, false, &[0xff, 2]), [-1.0, 2.0]);
        assert_eq!(read(Of::U8, true, &[0xff, 2]), [255.0, 2.0]);
        assert_eq!(read(Of::I16, false, &[0xfe, 0xff]), [-2.0]);
        assert_eq!(read(Of::I16, true, &[0xff, 0xfe]), [-2.0]);
        assert_eq!(read(Of::U16, true, &[1, 2]), [258.0]);
        assert_eq!(read(Of::I24, false, &[0, 0, 0x80, 1, 0, 0]), [-8_388_608.0, 1.0]);
        assert_eq!(read(Of::I24, true, &[0xff, 0xff, 0xfe]), [-2.0]);
        assert_eq!(read(Of::I32, true, &(-7i32).to_be_bytes()), [-7.0]);
        assert_eq!(read(Of::U32, false, &u32::MAX.to_le_bytes()), [4_294_967_295.0]);
        assert_eq!(read(Of::I64, false, &(-9i64).to_le_bytes()), [-9.0]);
        assert_eq!(read(Of::U64, true, &(1u64 << 60).to_be_bytes()), [2f64.powi(60)]);
        assert_eq!(read(Of::F32, true, &1.5f32.to_be_bytes()), [1.5]);
        assert_eq!(read(Of::F64, false, &(-0.1f64).to_le_bytes()), [-0.1]);
    }

    #[cfg(feature = "hdf5")]
    #[test]
    fn halves_are_read() {
        let halves = [0x3c00u16, 0xc000, 0x7bff, 1, 0x7c00].map(u16::to_le_bytes).concat();
        let known = [1.0, -2.0, 65504.0, 2f64.powi(-24), f64::INFINITY];
        assert_eq!(read(Of::F16, false, &halves), known);
    }

    #[test]
    fn a_number_of_each_row_is_read_and_none_beyond_a_row() {
        let bytes = [1, 2, 3, 4, 5, 6, 7];
        let scalar = Scalar { of: Of::U8, is_big: false };
        let mut numbers = Vec::new();
        scalar.numbers(&bytes, 3, 1, &mut numbers);
        assert_eq!(numbers, [2.0, 5.0]);
        scalar.numbers(&bytes, 3, 3, &mut numbers);
        assert!(numbers.iter().skip(2).all(|number| number.is_nan()));
        scalar.numbers(&bytes, 0, 0, &mut numbers);
    }
}
