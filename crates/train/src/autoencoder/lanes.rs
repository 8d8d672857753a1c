//! Several rows side by side, one in each lane.
//!
//! A network of a few units gives a processor little to do at once; eight rows of it do. What is
//! summed over lanes is summed in a fixed order: equal bits on every machine.

/// Rows that are computed at once.
pub(super) const LANES: usize = 8;

/// A number of each row.
pub(super) type Lanes = [f64; LANES];

/// `to += weight * from`.
#[inline]
pub(super) fn add_scaled(to: &mut Lanes, weight: f64, from: &Lanes) {
    for lane in 0..LANES {
        to[lane] += weight * from[lane];
    }
}

/// The sum over the lanes of products.
#[inline]
pub(super) fn dot(a: &Lanes, b: &Lanes) -> f64 {
    let mut products = [0.0; LANES];
    for lane in 0..LANES {
        products[lane] = a[lane] * b[lane];
    }
    sum(&products)
}

/// The sum over the lanes.
#[inline]
pub(super) fn sum(values: &Lanes) -> f64 {
    let [a, b, c, d, e, f, g, h] = *values;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}
