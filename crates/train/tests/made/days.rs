//! Normal recordings of several runs.

use std::time::{Duration, SystemTime};

use judder_data::Located;
use judder_train::{Days, Options, train_on};

use crate::windows::{USUAL, baseline, folder, noise};

fn run(name: &str, first: u64, strength: f64) -> Vec<Located> {
    folder(name, 60, |at| noise(first + at, USUAL.map(|sd| strength * sd)))
}

fn days(recordings: Vec<Located>) -> Days {
    train_on(baseline(recordings), None, &Options::default()).unwrap().days
}

#[test]
fn another_day_in_the_same_state_tells_how_far_it_moves() {
    let quiet = days([run("monday", 0, 1.0), run("tuesday", 100, 1.0)].concat());
    let louder = days([run("monday", 0, 1.0), run("tuesday", 100, 1.2)].concat());
    let (quiet, louder) = (&quiet.moved[0], &louder.moved[0]);
    assert_eq!((quiet.from.0.to_str(), quiet.to.0.to_str()), (Some("monday"), Some("tuesday")));
    let (before, after) = (quiet.limits.unwrap(), louder.limits.unwrap());
    assert!((0.8..1.2).contains(&quiet.times) && before.above < 0.1, "{quiet:?}");
    assert!(after.above > before.above && after.earlier == before.earlier, "{louder:?}");
    assert!(louder.times > 1.2 * quiet.times, "{quiet:?} {louder:?}");
    // A run in another state tells nothing of days.
    let other = days([run("slow", 0, 1.0), run("quick", 100, 3.0)].concat());
    assert!(other.runs == 2 && other.moved.is_empty(), "{other:?}");
    assert_eq!(days(run("monday", 0, 1.0)), Days { moved: Vec::new(), runs: 1 });
}

/// Hours between recordings of one folder part it, minutes do not.
#[test]
fn a_folder_that_was_recorded_on_two_days_is_two_runs() {
    let at = |hours_between: u64| {
        let mut all = run("normal", 0, 1.0);
        for (number, one) in all.iter_mut().enumerate() {
            let after = number as u64 + if number < 25 { 0 } else { 3600 * hours_between };
            let taken = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + after);
            one.recording = one.recording.clone().with_taken(Some(taken));
        }
        days(all)
    };
    let parted = at(7);
    assert_eq!(parted.moved.len(), 1);
    assert!(parted.moved[0].to.1.ends_with("0025.csv"), "{parted:?}");
    assert_eq!(at(5).runs, 1);
}
