//! How recordings stand in an array.

use crate::MAX_AXES;

/// The most columns of an array.
const MOST_COLUMNS: usize = 16;

/// How recordings stand in an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Layout {
    /// How many there are.
    pub(crate) count: usize,
    pub(crate) len: usize,
    pub(crate) axes: usize,
    /// Whether all readings of an axis come before those of the next.
    pub(crate) by_axis: bool,
    /// Whether there may be several, which are numbered.
    pub(crate) is_numbered: bool,
}

impl Layout {
    /// That of an array of this shape, or what is wrong with it.
    pub(crate) fn of(shape: &[usize]) -> Result<Self, String> {
        let of = |most| Self::of_axes(shape, most);
        // Where both sides may be columns, those count that can be axes.
        let Some(layout) = of(MAX_AXES).or_else(|| of(MOST_COLUMNS)) else {
            return Err(format!("has the shape {shape:?}"));
        };
        if layout.count == 0 || layout.len == 0 { Err("is empty".to_owned()) } else { Ok(layout) }
    }

    fn of_axes(shape: &[usize], most: usize) -> Option<Self> {
        let is_axes = |n: usize| (1..=most).contains(&n);
        let (count, len, axes, by_axis) = match *shape {
            [len] => (1, len, 1, true),
            [len, axes] if is_axes(axes) => (1, len, axes, false),
            [axes, len] if is_axes(axes) => (1, len, axes, true),
            [count, len, axes] if is_axes(axes) => (count, len, axes, false),
            [count, axes, len] if is_axes(axes) => (count, len, axes, true),
            _ => return None,
        };
        Some(Self { count, len, axes, by_axis, is_numbered: shape.len() > 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smaller_side_is_the_axes() {
        let of = |shape: &[usize]| {
            let Layout { count, len, axes, by_axis, .. } = Layout::of(shape).unwrap();
            (count, len, axes, by_axis)
        };
        assert_eq!(of(&[9]), (1, 9, 1, true));
        assert_eq!(of(&[600, 3]), (1, 600, 3, false));
        assert_eq!(of(&[3, 600]), (1, 600, 3, true));
        assert_eq!(of(&[3, 10]), (1, 10, 3, true));
        assert_eq!(of(&[12, 600]), (1, 600, 12, true));
        assert_eq!(of(&[600, 12]), (1, 600, 12, false));
        assert_eq!(of(&[5, 600, 3]), (5, 600, 3, false));
        assert_eq!(of(&[5, 3, 600]), (5, 600, 3, true));
        assert_eq!(Layout::of(&[0, 3]).unwrap_err(), "is empty");
        assert_eq!(Layout::of(&[20, 600]).unwrap_err(), "has the shape [20, 600]");
        assert!(Layout::of(&[]).is_err() && Layout::of(&[2, 2, 2, 2]).is_err());
    }
}
