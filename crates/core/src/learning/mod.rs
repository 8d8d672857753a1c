//! Learning on the device: what is normal here, from the windows of the first minutes.

mod baseline;
mod bytes;
mod error;
mod highest;
mod plan;
mod running;
mod shrink;

pub use baseline::Baseline;
pub use bytes::baseline_len;
pub use error::BaselineError;
pub use plan::Plan;

use core::marker::PhantomData;

use crate::whitening::whiten;
use crate::{Error, FeatureSet, Judgement, Mahalanobis, Real, Verdict, packed_len};
use running::Running;

/// How many numbers [`Learning`] needs room for: with 3 features and 5 scores kept, 23.
pub const fn learning_len(features: usize, kept: usize) -> usize {
    let sums = packed_len(features).saturating_add(features);
    sums.saturating_mul(2).saturating_add(kept)
}

/// What became of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step<T> {
    /// It was learnt from.
    Learnt {
        /// How many more are to be.
        left: u32,
    },
    /// The threshold is chosen from its score.
    Calibrated {
        /// How many more there are to be.
        left: u32,
    },
    /// All is learnt, and it was judged.
    Judged(Judgement<T>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Learning,
    Calibrating,
    Watching,
}

/// Learns what is normal from the features of some windows, chooses a threshold from more, and judges
/// the rest, in memory of a fixed size.
///
/// What is learnt is what training learns on a host from the same windows: a Gaussian with the
/// option `families`, as if one more window had been seen in which nothing is correlated, and a
/// threshold by the rule `conformal` from windows that were not learnt from. Sums are compensated, so
/// that in `f32` it agrees to a few units of the last digit, over any number of windows.
///
/// What stands still or is handled is best not given to it: see [`Gates`](crate::Gates).
///
/// # Examples
/// ```
/// use judder_core::{FeatureSet, Learning, Plan, Step, Verdict, learning_len};
///
/// const PLAN: Plan = match Plan::new(200, 200, 0.02) {
///     Ok(plan) => plan,
///     Err(_) => panic!("it is one"),
/// };
/// let set: FeatureSet = "mad".parse()?;
/// let memory = [0.0_f32; learning_len(3, PLAN.kept())];
/// let mut learning = Learning::new(memory, set, 3, PLAN)?;
/// let features = |i: u32| [1, 7, 13].map(|by| 1e-3 * (10 + (by * i * i) % 11) as f32);
/// for i in 0..400 {
///     assert!(!matches!(learning.next(&features(i))?, Step::Judged(_)));
/// }
/// let Step::Judged(judged) = learning.next(&[1e-3, 50e-3, 1e-3])? else { panic!("all is learnt") };
/// assert_eq!(judged.verdict, Verdict::Anomaly);
///
/// // What was learnt outlives a restart.
/// let mut flash = [0; 64];
/// learning.baseline().ok_or("nothing is learnt")?.write(7, &mut flash)?;
/// let mut again = Learning::new(memory, set, 3, PLAN)?;
/// again.load(7, &flash)?;
/// assert_eq!(again.next(&[1e-3, 50e-3, 1e-3])?, Step::Judged(judged));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Learning<B, T> {
    memory: B,
    set: FeatureSet,
    axes: usize,
    features: usize,
    plan: Plan,
    stage: Stage,
    learnt: u32,
    calibrated: u32,
    threshold: T,
    number: PhantomData<T>,
}

impl<B: AsRef<[T]> + AsMut<[T]>, T: Real> Learning<B, T> {
    /// Learns the features of a set of so many axes; `memory` is [`learning_len`] numbers, of any
    /// contents.
    ///
    /// # Errors
    /// [`Error::Shape`] where the memory has another size, and those of [`FeatureSet::count`].
    pub fn new(memory: B, set: FeatureSet, axes: usize, plan: Plan) -> Result<Self, Error> {
        let features = set.count(axes)?;
        let (expected, found) = (learning_len(features, plan.kept()), memory.as_ref().len());
        if found != expected {
            return Err(Error::Shape { expected, found });
        }
        let (stage, threshold) = (Stage::Learning, T::ZERO);
        let (learnt, calibrated, number) = (0, 0, PhantomData);
        let mut new = Self {
            memory,
            set,
            axes,
            features,
            plan,
            stage,
            learnt,
            calibrated,
            threshold,
            number,
        };
        new.restart();
        Ok(new)
    }

    /// Forgets everything, and learns anew.
    pub fn restart(&mut self) {
        self.memory.as_mut().fill(T::ZERO);
        (self.stage, self.learnt, self.calibrated) = (Stage::Learning, 0, 0);
    }

    /// Takes the features of the next window.
    ///
    /// # Errors
    /// [`Error::Shape`] where there are too few or too many, [`Error::NotRepresentable`] where one is
    /// not finite or too large to be learnt from, [`Error::ScoreNotRepresentable`]: the window then
    /// counts for nothing. [`Error::NotPositiveDefinite`] after the last window to be learnt from,
    /// where a feature was the same in all, or one follows from others: it then learns anew.
    pub fn next(&mut self, features: &[T]) -> Result<Step<T>, Error> {
        if features.len() != self.features {
            return Err(Error::Shape { expected: self.features, found: features.len() });
        }
        if let Some(feature) = features.iter().position(|x| !x.is_finite()) {
            return Err(Error::NotRepresentable { feature });
        }
        match self.stage {
            Stage::Learning => self.learn(features),
            Stage::Calibrating => self.calibrate(features),
            Stage::Watching => {
                let score = self.score(features)?;
                Ok(Step::Judged(Judgement { score, verdict: Verdict::of(score, self.threshold) }))
            }
        }
    }

    /// Ends what is being done with the windows seen so far, and goes on to the next: from learning to
    /// choosing a threshold, and from that to judging. `false` where they are too few for that, or
    /// nothing is learnt any more: then nothing changes.
    ///
    /// # Errors
    /// [`Error::NotPositiveDefinite`] as for [`Learning::next`].
    pub fn freeze(&mut self) -> Result<bool, Error> {
        let enough = match self.stage {
            Stage::Learning => Plan::new(self.learnt, 2, 0.5).is_ok(),
            Stage::Calibrating => self.calibrated >= 2,
            Stage::Watching => false,
        };
        match self.stage {
            Stage::Learning if enough => self.fit()?,
            Stage::Calibrating if enough => self.choose(),
            _ => {}
        }
        Ok(enough)
    }

    /// What was learnt, once all is.
    pub fn baseline(&self) -> Option<Baseline<'_, T>> {
        let (mean, rest) = self.memory.as_ref().split_at_checked(self.features)?;
        let (_, rest) = rest.split_at_checked(self.features)?;
        let (covariance, rest) = rest.split_at_checked(packed_len(self.features))?;
        let whitening = rest.get(..packed_len(self.features))?;
        let Self { threshold, learnt, calibrated, .. } = *self;
        let baseline = Baseline { mean, covariance, whitening, threshold, learnt, calibrated };
        (self.stage == Stage::Watching).then_some(baseline)
    }

    /// Takes over what was learnt before, and goes on to judge.
    ///
    /// # Errors
    /// A [`BaselineError`] that says why the bytes are none of this detector. Nothing changes then;
    /// but after [`BaselineError::Unfit`] it learns anew.
    pub fn load(&mut self, tag: u32, bytes: &[u8]) -> Result<(), BaselineError> {
        let features = self.features;
        let parts = parts(self.memory.as_mut(), features);
        let (sums, _) = parts.ok_or(BaselineError::Unfit(Error::Plan))?;
        let read = bytes::read(bytes, tag, sums.mean, sums.products)?;
        if !(read.threshold.is_finite() && sums.mean.iter().all(|x| x.is_finite())) {
            self.restart();
            return Err(BaselineError::Unfit(Error::Parameter));
        }
        (self.learnt, self.calibrated) = (read.learnt, read.calibrated);
        self.whiten().map_err(BaselineError::Unfit)?;
        (self.threshold, self.stage) = (read.threshold, Stage::Watching);
        Ok(())
    }

    fn learn(&mut self, features: &[T]) -> Result<Step<T>, Error> {
        let count = self.learnt.saturating_add(1);
        if let Some((mut sums, _)) = parts(self.memory.as_mut(), self.features)
            && !sums.take(features, count)
        {
            let by = |x: &T| if *x < T::ZERO { -*x } else { *x };
            let largest = features.iter().enumerate().fold((0, T::ZERO), |most, (at, x)| {
                if by(x) > most.1 { (at, by(x)) } else { most }
            });
            return Err(Error::NotRepresentable { feature: largest.0 });
        }
        self.learnt = count;
        if count >= self.plan.learn {
            self.fit()?;
        }
        Ok(Step::Learnt { left: self.plan.learn.saturating_sub(count) })
    }

    fn calibrate(&mut self, features: &[T]) -> Result<Step<T>, Error> {
        let score = self.score(features)?;
        let kept = usize::try_from(self.calibrated).unwrap_or(usize::MAX);
        if let Some((_, scores)) = parts(self.memory.as_mut(), self.features) {
            highest::take(scores, kept, score);
        }
        self.calibrated = self.calibrated.saturating_add(1);
        if self.calibrated >= self.plan.calibrate {
            self.choose();
        }
        Ok(Step::Calibrated { left: self.plan.calibrate.saturating_sub(self.calibrated) })
    }

    /// Makes a Gaussian of the sums.
    fn fit(&mut self) -> Result<(), Error> {
        let (set, axes, learnt) = (self.set, self.axes, self.learnt);
        if let Some((mut sums, _)) = parts(self.memory.as_mut(), self.features) {
            sums.settle();
            shrink::covariance(sums.products, &set, axes, learnt);
        }
        self.whiten()?;
        self.stage = Stage::Calibrating;
        Ok(())
    }

    /// Makes the matrix that runs of the covariance, in the place where rests were; learns anew where
    /// there is none.
    fn whiten(&mut self) -> Result<(), Error> {
        let done = parts(self.memory.as_mut(), self.features).map_or(Ok(()), |(sums, _)| {
            if !sums.products.iter().all(|x| x.is_finite()) {
                return Err(Error::Parameter);
            }
            whiten(sums.products, sums.mean_rest, sums.products_rest)
        });
        if done.is_err() {
            self.restart();
        }
        done
    }

    /// Chooses the threshold.
    fn choose(&mut self) {
        let (rank, count) = (self.plan.rank(self.calibrated), self.calibrated);
        let kept = usize::try_from(count).unwrap_or(usize::MAX);
        let scores = parts(self.memory.as_mut(), self.features).map(|(_, scores)| &*scores);
        if let Some(value) = scores.and_then(|some| highest::at_rank(some, kept, count, rank)) {
            (self.threshold, self.stage) = (value, Stage::Watching);
        }
    }

    fn score(&self, features: &[T]) -> Result<T, Error> {
        let n = self.features;
        let memory = self.memory.as_ref();
        let mean = memory.get(..n).unwrap_or_default();
        let from = n.saturating_mul(2).saturating_add(packed_len(n));
        let whitening = memory.get(from..from.saturating_add(packed_len(n))).unwrap_or_default();
        Mahalanobis::new(mean, whitening)?.score(features)
    }
}

/// The sums, and the highest scores.
fn parts<T: Real>(memory: &mut [T], features: usize) -> Option<(Running<'_, T>, &mut [T])> {
    let (mean, rest) = memory.split_at_mut_checked(features)?;
    let (mean_rest, rest) = rest.split_at_mut_checked(features)?;
    let (products, rest) = rest.split_at_mut_checked(packed_len(features))?;
    let (products_rest, scores) = rest.split_at_mut_checked(packed_len(features))?;
    Some((Running { mean, mean_rest, products, products_rest }, scores))
}
