//! The first minutes of a run, on the real fan.

use judder_train::{LeaveOut, Options, Place, train};

use crate::{MOVING, STILL, real_fan};

const HIGH: &str = "fan_0_high_0_weight";
const MEDIUM: &str = "fan_0_med_0_weight";

/// At high speed the fan takes some three minutes to settle; its other runs begin as they go on.
#[test]
fn the_start_that_settles_is_found_and_more_is_noticed_without_it() {
    let Some(fan) = real_fan() else { return };
    let trained = |folder: &str, leave_out: &[LeaveOut]| {
        let options = Options { leave_out: leave_out.to_vec(), ..Options::default() };
        train(&[fan.join(folder)], &[], &options).unwrap()
    };
    let high = trained(HIGH, &[]);
    let start = &high.stretches.found[0];
    assert_eq!((start.place, start.of), (Place::Start { falls: true }, 589));
    assert!((120..=200).contains(&start.windows), "{start:?}");
    let [offered] = &high.stretches.without[..] else { panic!("{:?}", high.stretches) };
    assert_eq!(offered.leave_out, LeaveOut::Start);
    assert!(offered.without.noticed > offered.with.noticed + 0.1, "{offered:?}");
    assert!(offered.without.false_alarms <= 0.01, "{offered:?}");
    let without = trained(HIGH, &[LeaveOut::Start]);
    assert_eq!((without.left, without.windows), (start.windows, 589 - start.windows));
    for folder in [STILL, MOVING, MEDIUM] {
        let found = trained(folder, &[]).stretches.found;
        assert!(found.is_empty(), "{folder}: {found:?}");
    }
}
