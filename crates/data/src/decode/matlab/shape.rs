//! What MATLAB's dimensions are.

/// The most columns of an array.
const MOST_COLUMNS: usize = 16;

/// The shape of an array of these dimensions, whose first index varies fastest, and whether it still does in that
/// shape. None where there are too many.
pub(crate) fn of(dimensions: &[usize]) -> Option<(Vec<usize>, bool)> {
    let mut dimensions = dimensions.to_vec();
    while dimensions.len() > 1 && dimensions.last() == Some(&1) {
        dimensions.pop();
    }
    let few = |n: usize| n <= MOST_COLUMNS;
    match *dimensions {
        [] => Some((vec![1], false)),
        [len] | [1, len] => Some((vec![len], false)),
        [_, _] => Some((dimensions, true)),
        // Readings, axes, recordings; and axes, readings, recordings.
        [a, b, c] if (!few(a) && few(b)) || (few(a) && !few(c)) => Some((vec![c, b, a], false)),
        [_, _, _] => Some((dimensions, true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn vectors_have_one_dimension_and_the_last_of_three_may_be_recordings() {
        assert_eq!(of(&[600, 1]), Some((vec![600], false)));
        assert_eq!(of(&[1, 600]), Some((vec![600], false)));
        assert_eq!(of(&[1, 1]), Some((vec![1], false)));
        assert_eq!(of(&[600, 3]), Some((vec![600, 3], true)));
        assert_eq!(of(&[600, 3, 40]), Some((vec![40, 3, 600], false)));
        assert_eq!(of(&[3, 600, 40]), Some((vec![40, 600, 3], false)));
        assert_eq!(of(&[40, 600, 3]), Some((vec![40, 600, 3], true)));
        assert_eq!(of(&[40, 3, 600]), Some((vec![600, 3, 40], false)));
        assert_eq!(of(&[2, 2, 2, 2]), None);
    }
}
