//! One call of each public entry point of judder-core.
//!
//! Whoever adds one to the crate adds it here: what is not called is not proved. Give every
//! argument through [`black_box`] or [`any_slice`], and give every result to [`black_box`], or the
//! optimiser drops the call together with its panics.

use core::hint::black_box;

/// Calls every entry point; the list of what is proved.
pub(crate) fn call_all() {
    axes();
}

fn axes() {
    black_box(judder_core::MAX_AXES);
}

/// A slice of any contents and any length up to `N`.
#[allow(dead_code, reason = "entry points that take slices are still to come")]
pub(crate) fn any_slice<T, const N: usize>(values: &mut [T; N]) -> &mut [T] {
    let length = black_box(N);
    black_box(values.as_mut_slice()).get_mut(..length).unwrap_or_default()
}

/// An index that may be out of bounds.
#[cfg(feature = "planted-panic")]
pub(crate) fn planted_panic() {
    black_box(any_slice(&mut [0_u8; 4])[black_box(7_usize)]);
}
