//! The tensors of a graph: what their numbers are, and what they stand for.

use half::f16;

use super::broken;
use super::flatbuffer::{Numbers, Table, Tables};
use super::operators::unsupported;
use super::schema::{buffer, quantization, tensor, tensor_type};
use crate::FormatError;
use crate::chain::numbers_of;
use crate::error::shown;

/// The tensors of a graph, and the buffers that hold the constant ones.
pub(super) struct Tensors<'f> {
    pub(super) tensors: Tables<'f>,
    pub(super) buffers: Tables<'f>,
}

/// How the integers of a tensor stand for real numbers: `scale (q - zero_point)`.
struct Scales<'f> {
    /// One for all, or one for each row.
    scales: &'f [[u8; 4]],
    zero_points: &'f [[u8; 8]],
    /// Along which side there are several.
    side: usize,
}

impl<'f> Tensors<'f> {
    /// A tensor that is none of the unusual kinds.
    fn tensor(&self, index: i32) -> Result<Table<'f>, FormatError> {
        let place =
            usize::try_from(index).map_err(|_| broken(format!("there is no tensor {index}")))?;
        let one = self.tensors.get(place)?;
        let kind = if one.u8(tensor::IS_VARIABLE)? != 0 {
            "that is variable"
        } else if one.has(tensor::SPARSITY)? {
            "that is sparse"
        } else if one.tables(tensor::VARIANT_TENSORS)?.len() != 0 {
            "that is made of others"
        } else if one.u32(tensor::EXTERNAL_BUFFER)? != 0 {
            "whose numbers are outside of the file"
        } else {
            return Ok(one);
        };
        Err(unsupported(format!("{} {kind}", self.named(index)?)))
    }

    /// Its name.
    pub(super) fn name(&self, index: i32) -> Result<&'f str, FormatError> {
        let place =
            usize::try_from(index).map_err(|_| broken(format!("there is no tensor {index}")))?;
        self.tensors.get(place)?.text(tensor::NAME)
    }

    /// What a tensor is called, for whoever reads it.
    pub(super) fn named(&self, index: i32) -> Result<String, FormatError> {
        Ok(format!("the tensor `{}`", shown(self.name(index)?)))
    }

    /// Its shape.
    pub(super) fn shape(&self, index: i32) -> Result<Numbers<'f>, FormatError> {
        self.tensor(index)?.numbers(tensor::SHAPE)
    }

    /// The bytes of a buffer.
    pub(super) fn data(&self, index: u32) -> Result<&'f [u8], FormatError> {
        let buffer = self.buffers.get(index as usize)?;
        if buffer.u64(buffer::OFFSET)? > 1 {
            return Err(unsupported("a buffer behind the tables of the file"));
        }
        buffer.bytes(buffer::DATA)
    }

    /// Whether its numbers stand in the file.
    pub(super) fn is_constant(&self, index: i32) -> Result<bool, FormatError> {
        let tensor = self.tensor(index)?;
        Ok(!self.data(tensor.u32(tensor::BUFFER)?)?.is_empty())
    }

    /// How many numbers a computed tensor has for a window.
    pub(super) fn width(&self, index: i32) -> Result<usize, FormatError> {
        let tensor = self.tensor(index)?;
        let kind = tensor.i8(tensor::TYPE)?;
        if !matches!(kind, tensor_type::FLOAT32 | tensor_type::INT8 | tensor_type::BOOL) {
            let kind = tensor_type::name(kind);
            return Err(unsupported(format!("{} of {kind}", self.named(index)?)));
        }
        if self.is_constant(index)? {
            return Err(unsupported("a constant tensor among those that are computed"));
        }
        let shape = tensor.numbers(tensor::SHAPE)?;
        // One row, which may be cut in several.
        let row = match shape.len() {
            1 => 0,
            _ => usize::from(shape.iter().next() == Some(1)),
        };
        let sizes = shape.iter().skip(row);
        let width = sizes.clone().try_fold(1usize, |width, size| {
            usize::try_from(size).ok().and_then(|size| width.checked_mul(size))
        });
        let is_row = shape.len() == 1 || row == 1;
        width.filter(|&width| width > 0 && is_row).ok_or_else(|| {
            let shape = listed(&shape);
            unsupported(format!("{} of the shape {shape}", self.named(index).unwrap_or_default()))
        })
    }

    /// The grid of a tensor of integers that is computed.
    pub(super) fn grid(&self, index: i32) -> Result<Option<(f32, i8)>, FormatError> {
        let tensor = self.tensor(index)?;
        if tensor.i8(tensor::TYPE)? != tensor_type::INT8 {
            return Ok(None);
        }
        let name = || self.named(index).unwrap_or_default();
        let lacks = || broken(format!("{} does not say what its integers stand for", name()));
        let scales = Scales::of(&tensor)?.ok_or_else(lacks)?;
        match (scales.scales, scales.zero_points) {
            (&[scale], zero_points) if zero_points.len() <= 1 => {
                let zero = zero_points.first().map_or(0, |&eight| i64::from_le_bytes(eight));
                let zero = i8::try_from(zero).map_err(|_| lacks())?;
                Ok(Some((f32::from_le_bytes(scale), zero)))
            }
            _ => Err(unsupported(format!("{} with several scales", name()))),
        }
    }

    /// The shape of a constant tensor, and the numbers that it stands for.
    pub(super) fn constant(&self, index: i32) -> Result<(Vec<usize>, Vec<f64>), FormatError> {
        let tensor = self.tensor(index)?;
        let bytes = self.data(tensor.u32(tensor::BUFFER)?)?;
        let shape = tensor.numbers(tensor::SHAPE)?;
        let sizes: Option<Vec<usize>> = shape.iter().map(|one| usize::try_from(one).ok()).collect();
        let kind = tensor.i8(tensor::TYPE)?;
        let stored: Option<Vec<f64>> = match kind {
            tensor_type::FLOAT32 => each(bytes, |four| f32::from_le_bytes(four).into()),
            tensor_type::FLOAT16 => each(bytes, |two| f16::from_le_bytes(two).to_f64()),
            tensor_type::INT32 => each(bytes, |four| i32::from_le_bytes(four).into()),
            tensor_type::INT64 => each(bytes, |eight| i64::from_le_bytes(eight) as f64),
            tensor_type::INT8 => each(bytes, |[one]| i8::from_le_bytes([one]).into()),
            tensor_type::BOOL => each(bytes, |[one]| one.into()),
            other => {
                let kind = tensor_type::name(other);
                return Err(unsupported(format!("{} of {kind}", self.named(index)?)));
            }
        };
        let count = sizes
            .as_ref()
            .and_then(|sizes| sizes.iter().try_fold(1usize, |count, &one| count.checked_mul(one)));
        let stored = stored.filter(|stored| count == Some(stored.len()));
        let (Some(sizes), Some(stored)) = (sizes, stored) else {
            let (shape, count) = (listed(&shape), bytes.len());
            return Err(broken(format!("a tensor of the shape {shape} has {count} bytes")));
        };
        let is_integer = matches!(kind, tensor_type::INT8 | tensor_type::INT32);
        let scales = if is_integer { Scales::of(&tensor)? } else { None };
        let values = match scales {
            Some(scales) => scales.apply(&sizes, &stored).ok_or_else(|| {
                let name = self.named(index).unwrap_or_default();
                broken(format!("{name} has another number of scales than of rows"))
            })?,
            None => stored,
        };
        Ok((sizes, values))
    }
}

impl<'f> Scales<'f> {
    /// Those of a tensor, if it has any.
    fn of(tensor: &Table<'f>) -> Result<Option<Self>, FormatError> {
        let Some(said) = tensor.table(tensor::QUANTIZATION)? else { return Ok(None) };
        let scales = said.fours(quantization::SCALE)?;
        let zero_points = said.eights(quantization::ZERO_POINT)?;
        let side = usize::try_from(said.i32(quantization::QUANTIZED_DIMENSION)?).unwrap_or(0);
        Ok((!scales.is_empty()).then_some(Self { scales, zero_points, side }))
    }

    /// What integers of a shape stand for.
    fn apply(&self, sizes: &[usize], integers: &[f64]) -> Option<Vec<f64>> {
        let scales: Vec<f64> =
            self.scales.iter().map(|&four| f32::from_le_bytes(four).into()).collect();
        let zero_points = self.zero_points.iter().map(|&eight| i64::from_le_bytes(eight) as f64);
        let mut zero_points: Vec<f64> = zero_points.collect();
        if zero_points.is_empty() {
            zero_points.push(0.0);
        }
        if zero_points.len() > scales.len() {
            return None;
        }
        numbers_of(integers, sizes, self.side, &scales, &zero_points)
    }
}

/// A shape, its first sizes.
pub(super) fn listed(shape: &Numbers<'_>) -> String {
    const MOST: usize = 6;
    let mut sizes: Vec<String> = shape.iter().take(MOST).map(|one| one.to_string()).collect();
    if shape.len() > MOST {
        sizes.push("...".to_owned());
    }
    format!("[{}]", sizes.join(", "))
}

/// The numbers of bytes, if nothing is left.
fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Option<Vec<f64>> {
    let (whole, rest) = bytes.as_chunks();
    rest.is_empty().then(|| whole.iter().map(|&one| number(one)).collect())
}
