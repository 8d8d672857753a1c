//! `QuantizeLinear` and `DequantizeLinear`: numbers of eight bits between floating-point ones.

use judder_core::Activation;

use super::attributes::Attributes;
use super::operators::Operators;
use super::proto::{Node, UINT8};
use super::{broken, quoted, unsupported};
use crate::FormatError;
use crate::chain::{Id, Unary, numbers_of};

impl Operators<'_> {
    /// A value that is rounded to integers is what these stand for; what they are is not computed.
    pub(super) fn quantize(&mut self, node: &Node, name: &str) -> Result<Id, FormatError> {
        let (x, scale, zero_point) = self.on_scale(node, name)?;
        let ([scale], [zero_point]) = (scale.as_slice(), zero_point.as_slice()) else {
            return Err(unsupported(format!("{name} with several scales")));
        };
        let unsigned = node.input.get(2).filter(|one| !one.is_empty());
        let is_unsigned = unsigned.is_none_or(|one| self.kind(one) == Some(UINT8));
        let offset = if is_unsigned { 128.0 } else { 0.0 };
        let zero_point = zero_point - offset;
        let grid = Activation::FakeQuant { scale: *scale as f32, zero_point: zero_point as i8 };
        if f64::from(zero_point as i8) != zero_point || !grid.is_valid() {
            return Err(broken(format!("{name} to integers {scale} apart, {zero_point} for 0")));
        }
        let id = self.graph.unary(name, Unary::Activation(grid), x).map_err(unsupported)?;
        let scale = node.input.iter().skip(1).take(2).cloned().collect();
        self.integers.insert(node.output.first().cloned().unwrap_or_default(), scale);
        Ok(id)
    }

    /// Constant integers become what they stand for; others are that already.
    pub(super) fn dequantize(&mut self, node: &Node, name: &str) -> Result<Id, FormatError> {
        let (x, scales, zero_points) = self.on_scale(node, name)?;
        let scale: Vec<String> = node.input.iter().skip(1).take(2).cloned().collect();
        let integers = node.input.first().and_then(|one| self.integers.get(one));
        if let Some(said) = integers {
            if *said != scale {
                return Err(unsupported(format!("{name} with another scale than before")));
            }
            return Ok(x);
        }
        let axis = Attributes::of(node, &["axis", "block_size", "saturate"])?.int("axis", 1)?;
        let Some(constant) = self.graph.fixed(x) else {
            return Err(unsupported(format!("{name} of a value that is no integer")));
        };
        let shape = constant.shape.clone();
        let side = usize::try_from(if axis < 0 { axis + shape.len() as i64 } else { axis });
        let side = side.unwrap_or(usize::MAX).min(shape.len().saturating_sub(1));
        let values = numbers_of(&constant.values, &shape, side, &scales, &zero_points);
        let values = values
            .ok_or_else(|| broken(format!("{name} with {} scales for {shape:?}", scales.len())))?;
        self.graph.constant(shape, values).map_err(unsupported)
    }

    /// What a node takes: a value, its scales, and what stands for 0.
    fn on_scale(
        &mut self,
        node: &Node,
        name: &str,
    ) -> Result<(Id, Vec<f64>, Vec<f64>), FormatError> {
        let [x, scale] = [0, 1].map(|at| node.input.get(at).cloned().unwrap_or_default());
        let zero_point = node.input.get(2).filter(|one| !one.is_empty()).cloned();
        let id = self.input(node, name, &x)?;
        let mut row = |input: &str| {
            let id = self.input(node, name, input)?;
            let fixed = self.graph.fixed(id).map(|constant| constant.values.clone());
            fixed.filter(|values| !values.is_empty()).ok_or_else(|| {
                unsupported(format!("{name} with {}, which is not fixed", quoted(input)))
            })
        };
        let scales = row(&scale)?;
        let zero_points = zero_point.map_or(Ok(vec![0.0]), |one| row(&one))?;
        Ok((id, scales, zero_points))
    }
}
