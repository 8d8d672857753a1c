//! Length and direction of a vector of as many numbers as there are axes.
//!
//! Divided by its largest number first, so that no square over- or underflows.

use crate::{MAX_AXES, Real};

/// The largest of the numbers, without their signs. None of them is NaN.
fn largest<T: Real>(vector: &[T]) -> T {
    vector.iter().map(|x| x.abs()).fold(T::ZERO, |most, x| if x > most { x } else { most })
}

/// Σ (x / largest)², at least 1.
fn relative_squares<T: Real>(vector: &[T], largest: T) -> T {
    let mut squares = T::ZERO;
    for &x in vector {
        let share = x / largest;
        squares += share * share;
    }
    squares
}

/// The Euclidean norm; infinite where it cannot be represented.
pub(crate) fn norm<T: Real>(vector: &[T]) -> T {
    let most = largest(vector);
    if most > T::ZERO { relative_squares(vector, most).sqrt() * most } else { T::ZERO }
}

/// The vector of length 1 in this direction, and nothing for a vector of length 0.
pub(crate) fn unit<T: Real>(vector: &[T]) -> Option<[T; MAX_AXES]> {
    let most = largest(vector);
    if most == T::ZERO {
        return None;
    }
    let norm = relative_squares(vector, most).sqrt();
    let mut unit = [T::ZERO; MAX_AXES];
    unit.iter_mut().zip(vector).for_each(|(slot, &x)| *slot = x / most / norm);
    Some(unit)
}
