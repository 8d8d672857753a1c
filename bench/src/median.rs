//! Medians of rounds that alternate between ours and the baseline, so that noise meets both.

use std::time::{Duration, Instant};

/// How many rounds.
const ROUNDS: usize = 11;

/// The middle of some times.
pub(crate) fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The median times of ours and of the baseline, after one round of each to warm up.
pub(crate) fn alternate<R, S>(
    ours: impl FnMut() -> anyhow::Result<R>,
    baseline: impl FnMut() -> anyhow::Result<S>,
) -> anyhow::Result<(Duration, Duration)> {
    alternate_for(ROUNDS, ours, baseline)
}

/// The same of so many rounds.
pub(crate) fn alternate_for<R, S>(
    rounds: usize,
    mut ours: impl FnMut() -> anyhow::Result<R>,
    mut baseline: impl FnMut() -> anyhow::Result<S>,
) -> anyhow::Result<(Duration, Duration)> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    ours()?;
    baseline()?;
    for _ in 0..rounds {
        let start = Instant::now();
        std::hint::black_box(ours()?);
        first.push(start.elapsed());
        let start = Instant::now();
        std::hint::black_box(baseline()?);
        second.push(start.elapsed());
    }
    Ok((middle(first), middle(second)))
}

/// The median time of ours, after one round to warm up.
pub(crate) fn of<R>(mut ours: impl FnMut() -> anyhow::Result<R>) -> anyhow::Result<Duration> {
    alternate(&mut ours, || Ok(())).map(|(ours, _)| ours)
}
