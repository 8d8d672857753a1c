//! What constant integers stand for: `scale (q - zero_point)`.

/// The numbers of integers `[shape]`, of a scale and a zero point for all, or for each row along a side;
/// nothing where these are not as many as the rows.
pub(crate) fn numbers_of(
    integers: &[f64],
    shape: &[usize],
    side: usize,
    scales: &[f64],
    zero_points: &[f64],
) -> Option<Vec<f64>> {
    let one_for_all = scales.len() == 1 && zero_points.len() == 1;
    let rows = if one_for_all { 1 } else { *shape.get(side)? };
    let fits = |all: &[f64]| all.len() == 1 || all.len() == rows;
    if !fits(scales) || !fits(zero_points) {
        return None;
    }
    // How many numbers follow each other before the next row begins.
    let behind = shape.get(side + 1..).unwrap_or_default();
    let behind = behind.iter().try_fold(1usize, |all, &one| all.checked_mul(one))?;
    let number = |(at, integer): (usize, &f64)| {
        let row = at / behind.max(1) % rows.max(1);
        let of = |all: &[f64]| all.get(row).or(all.first()).copied();
        Some(of(scales)? * (integer - of(zero_points)?))
    };
    integers.iter().enumerate().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::numbers_of;

    #[test]
    fn each_row_has_its_scale() {
        let integers = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let one = numbers_of(&integers, &[2, 3], 0, &[0.5], &[1.0]).unwrap();
        assert_eq!(one, [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]);
        let rows = numbers_of(&integers, &[2, 3], 0, &[0.5, 2.0], &[0.0]).unwrap();
        assert_eq!(rows, [0.5, 1.0, 1.5, 8.0, 10.0, 12.0]);
        let columns = numbers_of(&integers, &[2, 3], 1, &[1.0, 10.0, 100.0], &[0.0, 1.0, 2.0]);
        assert_eq!(columns.unwrap(), [1.0, 10.0, 100.0, 4.0, 40.0, 400.0]);
        assert_eq!(numbers_of(&integers, &[2, 3], 0, &[1.0; 3], &[0.0]), None);
        // No numbers, and sizes behind that make too many.
        let huge = [0, usize::MAX, usize::MAX];
        assert_eq!(numbers_of(&[], &huge, 0, &[1.0; 0], &[0.0]), None);
        assert_eq!(numbers_of(&[], &huge, 0, &[1.0], &[0.0]), None);
    }
}
