//! How far a healthy machine wanders from what a training has seen of it.
//!
//! Machines are never quite the same: they get warm, the mains varies, a bearing is greased. What a run of
//! windows tells of that ends with the run; what is slower comes later. So thresholds and the limit of drift
//! are to hold for a machine that vibrates a little more or less than it did in training, too: they are asked
//! of the same windows with their vibration made stronger and weaker.

use judder_data::{Located, Recording};
use rayon::prelude::*;

use crate::options::Options;
use crate::prepare::Prepared;
use crate::table::{Table, extract};

/// By what share the amplitude of a healthy machine wanders where little was seen of it: 0.26 dB. Healthy
/// machines were seen to drift by 0.3 to 0.6 dB in a day, and one of which a minute was seen does most of that
/// later.
pub(crate) const WANDER: f64 = 0.03;

/// As many windows, or fewer, have seen nothing of that,
const FEW: f64 = 100.0;

/// and so many have seen all of it that matters.
const MANY: f64 = 500.0;

/// Recordings that are in memory twice at once.
const AT_ONCE: usize = 256;

/// By what share the amplitude of a healthy machine wanders beyond what so many windows have seen of it.
///
/// What wanders slowly has about the same power in each octave of time (flicker noise: Keshner, 1/f noise,
/// Proc. IEEE 70, 1982), so the variance that `n` windows have not seen and [`MANY`] have goes as `ln(MANY / n)`.
pub(crate) fn unseen_by(windows: usize) -> f64 {
    let windows = (windows as f64).clamp(FEW, MANY);
    WANDER * ((MANY / windows).ln() / (MANY / FEW).ln()).sqrt()
}

/// What a machine that wanders so far multiplies its vibration with; nothing for one that does not.
pub(crate) fn gains(share: f64) -> Vec<f64> {
    if share > 0.0 { vec![1.0 - share, 1.0 + share] } else { Vec::new() }
}

/// For each gain the features of all windows, with their vibration about each axis' mean so many times as
/// strong. A gain at which a window has no features is passed over.
pub(crate) fn tables(
    prepared: &Prepared,
    recordings: &[Located],
    options: &Options,
    gains: &[f64],
) -> Vec<Table> {
    let Prepared { binding, table, .. } = prepared;
    let of_gain = |&gain: &f64| {
        let mut all = Table { values: Vec::with_capacity(table.values.len()), ..table.emptied() };
        for some in recordings.chunks(AT_ONCE) {
            let some: Vec<Recording> =
                some.par_iter().map(|one| stronger(&one.recording, gain)).collect();
            let some: Vec<&Recording> = some.iter().collect();
            let (set, precision) = (&options.features, options.precision);
            let (axes, window, hop) = (binding.axes, binding.window, binding.hop);
            let (part, _) = extract(&some, set, axes, window, hop, precision).ok()?;
            all.values.extend(part.values);
        }
        (all.values.len() == table.values.len()).then_some(all)
    };
    gains.iter().filter_map(of_gain).collect()
}

/// The recording with its vibration so many times as strong.
fn stronger(recording: &Recording, gain: f64) -> Recording {
    let length = recording.len();
    let values = recording.iter_axes().flat_map(|axis| {
        let mean = axis.iter().sum::<f64>() / length as f64;
        axis.iter().map(move |x| mean + gain * (x - mean))
    });
    let stronger = Recording::from_axes(recording.axes(), length, values.collect());
    // What overflows is left as it was.
    stronger.unwrap_or_else(|| recording.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewer_windows_the_more_is_still_to_come() {
        let shares = [10, 100, 101, 160, 240, 499, 500, 5000].map(unseen_by);
        assert_eq!((shares[0], shares[1]), (WANDER, WANDER));
        assert!(shares[1..7].is_sorted_by(|a, b| a > b), "{shares:?}");
        assert_eq!((shares[6], shares[7]), (0.0, 0.0));
        // Half of the octaves are left: half of the variance.
        let middle = unseen_by(224);
        assert!((middle / WANDER - 0.5f64.sqrt()).abs() < 1e-2, "{middle}");
        assert_eq!((gains(0.0), gains(0.25)), (vec![], vec![0.75, 1.25]));
    }

    #[test]
    fn stronger_vibration_leaves_gravity_where_it_was() {
        let values = vec![1.0, 3.0, 2.0, -1.0, 0.0, 1.0];
        let stronger = stronger(&Recording::from_axes(2, 3, values).unwrap(), 1.5);
        assert_eq!(stronger.values(), [0.5, 3.5, 2.0, -1.5, 0.0, 1.5]);
    }
}
