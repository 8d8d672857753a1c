//! Numbers side by side: the same is done to each, in the order in which it would be done to one alone, so with the
//! same bits. A machine that computes with several numbers at once does it in one step.

use core::ops::{Add, Mul, Sub};

use crate::Real;

/// What a transform computes with: a number, or several side by side that nothing is exchanged between.
#[cfg_attr(
    not(target_pointer_width = "64"),
    allow(unreachable_pub, reason = "it is reached where there are four")
)]
pub trait Lanes<T>: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// The same number in each.
    fn all(one: T) -> Self;
}

impl<T: Real> Lanes<T> for T {
    #[inline(always)]
    fn all(one: T) -> Self {
        one
    }
}

/// Four numbers side by side, on a processor of 64 bits. A microcontroller does not compute with four in one step, and
/// has not the memory.
#[cfg(target_pointer_width = "64")]
pub trait Four<T>: Lanes<T> + From<[T; 4]> + Into<[T; 4]> {
    /// The first numbers of all four, then the second, the third and the fourth.
    fn transposed(rows: [Self; 4]) -> [Self; 4];
}

/// A number of which four are computed with at once where the processor does that.
pub trait SideBySide: Sized {
    /// Four of them.
    #[cfg(target_pointer_width = "64")]
    type Four: Four<Self>;
}

#[cfg(target_pointer_width = "64")]
mod wide {
    use wide::{f32x4, f64x4};

    use super::{Four, Lanes, SideBySide};

    macro_rules! four {
        ($float:ident, $four:ident) => {
            impl Lanes<$float> for $four {
                #[inline(always)]
                fn all(one: $float) -> Self {
                    Self::splat(one)
                }
            }

            impl Four<$float> for $four {
                #[inline(always)]
                fn transposed(rows: [Self; 4]) -> [Self; 4] {
                    Self::transpose(rows)
                }
            }

            impl SideBySide for $float {
                type Four = $four;
            }
        };
    }

    four!(f32, f32x4);
    four!(f64, f64x4);
}

#[cfg(not(target_pointer_width = "64"))]
impl<T: Real> SideBySide for T {}
