//! What keeps a window from being judged: a sensor in a hand, one that is mounted in another way, and
//! a machine that stands still.

use crate::{Error, Mounting, Orientation, Posture, Real};

/// The most mountings that a model knows.
pub const MOST_MOUNTINGS: usize = 8;

/// When a window is not judged. Without a limit, none is left out for that reason.
///
/// A gate may excuse a window, never a fault: what is handled is what vibration does not explain, and
/// no window that vibrates more than `strong_above` is excused for how its sensor lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gates<T> {
    handled_above: Option<T>,
    idle_below: Option<T>,
    strong_above: Option<T>,
    mountings: [Option<Mounting<T>>; MOST_MOUNTINGS],
}

impl<T> Default for Gates<T> {
    /// No limits: every window is judged.
    fn default() -> Self {
        let mountings = [const { None }; MOST_MOUNTINGS];
        Self { handled_above: None, idle_below: None, strong_above: None, mountings }
    }
}

impl<T: Real> Gates<T> {
    /// A window may be handled where its [shift](Posture::shift) is above `handled_above`, and is idle
    /// where its [activity](Posture::activity) is below `idle_below`; both in the unit of the readings.
    /// Each normal state may be mounted in a way of its own: at most [`MOST_MOUNTINGS`].
    ///
    /// # Errors
    /// [`Error::Gate`] where a limit is not finite, or below 0, [`Error::Mounting`] where there are too
    /// many mountings.
    pub fn new(
        handled_above: Option<T>,
        idle_below: Option<T>,
        mountings: &[Mounting<T>],
    ) -> Result<Self, Error> {
        if !handled_above.iter().chain(&idle_below).all(is_limit) {
            return Err(Error::Gate);
        }
        if mountings.len() > MOST_MOUNTINGS {
            return Err(Error::Mounting);
        }
        let mut gates = Self { handled_above, idle_below, ..Self::default() };
        gates.mountings.iter_mut().zip(mountings).for_each(|(slot, &one)| *slot = Some(one));
        Ok(gates)
    }

    /// The same, but a window whose [vibration](Posture::vibration) is above this is not excused for
    /// how its sensor lies.
    ///
    /// # Errors
    /// [`Error::Gate`] where the limit is not finite, or below 0.
    pub fn with_strong_above(self, limit: T) -> Result<Self, Error> {
        if !is_limit(&limit) {
            return Err(Error::Gate);
        }
        Ok(Self { strong_above: Some(limit), ..self })
    }

    /// Whether the sensor turned within the window: its mean [shifted](Posture::shift) by more than
    /// the limit, by more than the window's own vibration explains, which is its whole
    /// [rms](Posture::rms), and it is not [strong](Self::strong).
    ///
    /// The shift is a sum of the readings with weights of 3/n in the last third and −3/n in the first,
    /// so by the inequality of Cauchy and Schwarz it is at most √6 = 2.45 times the rms, whatever the
    /// readings are. It is 2.31 times for a mean that moves evenly, 2.00 to 2.12 for one that steps in
    /// the middle third, and above 1 for one that steps anywhere between the first and the last tenth.
    /// A tone of frequency f in a window of length T reaches 2√2 sin(πfT/3) sin(2πfT/3) / (πfT/3) at most:
    /// never more than 1.02 where it has two periods or more in the window, and less the faster it is;
    /// readings that are independent of each other are near √(6/n). Both do so at any size: the ratio
    /// does not grow with the vibration.
    #[inline]
    pub fn handled(&self, posture: &Posture<T>) -> bool {
        let shift = posture.shift();
        self.handled_above.is_some_and(|limit| shift > limit)
            && shift > posture.rms()
            && !self.strong(posture)
    }

    /// Whether the machine stands still.
    #[inline]
    pub fn idle(&self, posture: &Posture<T>) -> bool {
        self.idle_below.is_some_and(|limit| posture.activity() < limit)
    }

    /// Whether the window vibrates so much more than normal ones do that no mounting explains it.
    #[inline]
    pub fn strong(&self, posture: &Posture<T>) -> bool {
        self.strong_above.is_some_and(|limit| posture.vibration() > limit)
    }

    /// How gravity lies in a window against the baseline, when before this window the sensor `was`
    /// mounted in another way, or was not: as in any one of the mountings that are known, or in none.
    /// [`Orientation::Same`] where none is known.
    ///
    /// Any one, as which state a window is in, its features say, and those of a sensor that was turned
    /// say it wrongly.
    ///
    /// # Errors
    /// [`Error::Shape`] where the baseline has another number of axes.
    #[inline]
    pub fn gravity(&self, posture: &Posture<T>, was: bool) -> Result<Orientation<T>, Error> {
        let mut found = Orientation::Same;
        for (at, mounting) in self.mountings.iter().flatten().enumerate() {
            match mounting.orientation(posture, was)? {
                Orientation::Same => return Ok(Orientation::Same),
                Orientation::Turned => found = Orientation::Turned,
                other if at == 0 => found = other,
                Orientation::OtherLength(_) => {}
            }
        }
        Ok(found)
    }
}

/// Whether a limit can be one.
fn is_limit<T: Real>(limit: &T) -> bool {
    limit.is_finite() && *limit >= T::ZERO
}
