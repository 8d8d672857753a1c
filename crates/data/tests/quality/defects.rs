//! One defect at a time, in recordings that are fine otherwise.

use judder_data::quality::{Kind, Severity, check};
use judder_data::sources;

use super::datasets::{Dataset, Rows, plausible, stepped};
use super::{found, report};

const COUNT: usize = 40;

struct Defect {
    name: &'static str,
    make: fn(&mut [Rows], &mut [Rows]),
    /// Kind, folder, count, in the order of kinds.
    expected: &'static [(Kind, &'static str, usize)],
}

/// Changes every reading of an axis.
fn map(rows: &mut Rows, axis: usize, change: impl Fn(f64) -> f64) {
    rows.iter_mut().for_each(|row| row[axis] = change(row[axis]));
}

/// Adds 1.5 g of vibration to an axis, and what a sensor makes of it.
fn shake(folder: &mut [Rows], axis: usize, limit: impl Fn(f64) -> f64) {
    for (number, rows) in folder.iter_mut().enumerate() {
        for (at, row) in rows.iter_mut().enumerate() {
            let vibration = 1.5 * (0.83 * at as f64 + number as f64).sin();
            row[axis] = limit(stepped(row[axis] + vibration, 2048.0));
        }
    }
}

const DEFECTS: &[Defect] = &[
    Defect {
        name: "an axis missing",
        make: |low, _| low[3].iter_mut().for_each(|row| row.truncate(2)),
        expected: &[(Kind::AxesDiffer, "low", 1)],
    },
    Defect {
        name: "one recording in m/s²",
        make: |low, _| (0..3).for_each(|axis| map(&mut low[5], axis, |x| x * 9.80665)),
        expected: &[(Kind::MixedUnits, "low", 1)],
    },
    Defect {
        name: "a recording in two states",
        make: |low, off| off[7] = low[2].clone(),
        expected: &[(Kind::DuplicateAcross, "low", 1), (Kind::DuplicateAcross, "off", 1)],
    },
    Defect {
        name: "two copies in one folder",
        make: |low, _| {
            low[20] = low[4].clone();
            low[30] = low[4].clone();
        },
        expected: &[(Kind::Duplicate, "low", 2)],
    },
    Defect {
        name: "an axis stuck in two recordings",
        make: |low, _| [8, 9].iter().for_each(|&at| map(&mut low[at], 1, |_| 0.15)),
        expected: &[(Kind::StuckAxis, "low", 2)],
    },
    Defect {
        name: "crests and troughs cut off",
        make: |low, _| shake(low, 0, |x| x.clamp(-1.25, 1.25)),
        expected: &[(Kind::Clipping, "low", COUNT)],
    },
    Defect {
        name: "crests cut off",
        make: |low, _| shake(low, 1, |x| x.min(1.25)),
        expected: &[(Kind::Clipping, "low", COUNT)],
    },
    Defect {
        name: "troughs cut off",
        make: |low, _| shake(low, 2, |x| x.max(-0.25)),
        expected: &[(Kind::Clipping, "low", COUNT)],
    },
    Defect {
        name: "a recording of 20 readings",
        make: |low, _| low[0].truncate(20),
        expected: &[(Kind::ShortRecording, "low", 1), (Kind::LengthDiffers, "low", 1)],
    },
    Defect {
        name: "a folder of other length",
        make: |_, off| off[1..].iter_mut().for_each(|rows| rows.truncate(150)),
        expected: &[(Kind::LengthDiffers, "off", COUNT - 1)],
    },
    Defect {
        name: "the base handled in two recordings",
        make: |low, _| {
            low[11][100..].iter_mut().for_each(|row| row[1] += 0.0146484375);
            low[12][90..].iter_mut().for_each(|row| row[0] -= 0.01953125);
        },
        expected: &[(Kind::Handled, "low", 2)],
    },
    Defect {
        name: "turned by 5 degrees after the first 30 recordings",
        make: |low, _| low[30..].iter_mut().for_each(|rows| map(rows, 0, |x| x + 0.087890625)),
        expected: &[(Kind::MixedOrientation, "low", 10)],
    },
    Defect {
        name: "a first reading that is low",
        make: |_, off| off.iter_mut().for_each(|rows| rows[0][2] -= 0.0107421875),
        expected: &[(Kind::SettlingReading, "off", COUNT)],
    },
    Defect {
        name: "four values on an axis",
        make: |_, off| map(&mut off[6], 0, |x| stepped(x, 256.0).clamp(0.026, 0.032)),
        expected: &[(Kind::CoarseSteps, "off", 1)],
    },
];

fn dataset(defect: &Defect) -> Dataset {
    let mut dataset = plausible(7, COUNT);
    let [low, off] = &mut dataset.folders[..] else { unreachable!() };
    (defect.make)(&mut low.recordings, &mut off.recordings);
    dataset
}

fn expected(defect: &Defect) -> Vec<(Kind, String, usize)> {
    defect.expected.iter().map(|&(kind, folder, n)| (kind, folder.to_owned(), n)).collect()
}

#[test]
fn each_defect_is_found_and_nothing_else() {
    for defect in DEFECTS {
        let report = report(&dataset(defect).written(1.0));
        assert_eq!(found(&report), expected(defect), "{}", defect.name);
    }
}

#[test]
fn the_unit_of_the_readings_does_not_matter() {
    for defect in DEFECTS {
        for scale in [9.80665, 1000.0, 0.001] {
            let mut found = found(&report(&dataset(defect).written(scale)));
            found.retain(|(kind, ..)| !matches!(kind, Kind::GravityUnit | Kind::NoGravity));
            assert_eq!(found, expected(defect), "{} × {scale}", defect.name);
        }
    }
}

#[test]
fn one_thread_reports_the_same_as_many() {
    let mut dataset = plausible(7, COUNT);
    let [low, off] = &mut dataset.folders[..] else { unreachable!() };
    // The axis that is missing last.
    for defect in DEFECTS.iter().rev() {
        (defect.make)(&mut low.recordings, &mut off.recordings);
    }
    let written = dataset.written(1.0);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let report = pool.install(|| check(&sources(written.path()).unwrap(), |_, _| ()));
        serde_json::to_string(&report).unwrap()
    };
    let one = with(1);
    assert!(
        one.contains("\"kind\":\"settling-reading\"") && one.contains("\"severity\":\"error\"")
    );
    for threads in 2..6 {
        assert_eq!(with(threads), one);
    }
}

#[test]
fn findings_name_the_first_files_and_say_what_to_do() {
    let defect = DEFECTS.iter().find(|d| d.name.starts_with("turned")).unwrap();
    let report = report(&dataset(defect).written(1.0));
    let [finding] = &report.findings[..] else { panic!("{:?}", report.findings) };
    assert_eq!(finding.severity, Severity::Warning);
    let names: Vec<_> = finding.files.iter().filter_map(|file| file.file_name()).collect();
    assert_eq!(names, ["0030.csv", "0031.csv", "0032.csv"]);
    assert!(
        finding.message.starts_with("0030.csv, 0031.csv, 0032.csv and 7 more: gravity points"),
        "{}",
        finding.message
    );
    assert!(finding.message.ends_with("keep one folder for each mounting"), "{}", finding.message);
}

#[test]
fn the_worst_findings_come_first() {
    let mut dataset = plausible(7, COUNT);
    let [low, off] = &mut dataset.folders[..] else { unreachable!() };
    low.recordings[20] = low.recordings[4].clone();
    off.recordings[3].iter_mut().for_each(|row| row.truncate(2));
    let report = report(&dataset.written(1.0));
    let kinds: Vec<Kind> = report.findings.iter().map(|f| f.kind).collect();
    assert_eq!(kinds, [Kind::AxesDiffer, Kind::Duplicate]);
    assert_eq!(report.worst(), Some(Severity::Error));
}

#[test]
fn strong_vibration_is_not_clipped() {
    let mut dataset = plausible(7, COUNT);
    (0..3).for_each(|axis| shake(&mut dataset.folders[0].recordings, axis, |x| x));
    assert_eq!(found(&report(&dataset.written(1.0))), []);
}

#[test]
fn slow_vibration_is_no_change_of_mounting() {
    let mut dataset = plausible(7, COUNT);
    for (number, rows) in dataset.folders[0].recordings.iter_mut().enumerate() {
        for (at, row) in rows.iter_mut().enumerate() {
            row[0] += stepped(0.3 * (0.02 * at as f64 + 1.3 * number as f64).sin(), 2048.0);
        }
    }
    assert_eq!(found(&report(&dataset.written(1.0))), []);
}

#[test]
fn a_quiet_machine_may_drift_by_less_than_a_hand_moves_it() {
    for (shift, handled) in [(0.001, 0), (0.003, 1)] {
        let mut dataset = plausible(7, COUNT);
        for rows in &mut dataset.folders[0].recordings {
            for (axis, mean) in [0.03, 0.15, 0.985].into_iter().enumerate() {
                map(rows, axis, |x| mean + 0.02 * (x - mean));
            }
        }
        dataset.folders[0].recordings[5][100..].iter_mut().for_each(|row| row[0] += shift);
        let found = found(&report(&dataset.written(1.0)));
        assert_eq!(found.len(), handled, "{shift} g: {found:?}");
    }
}

#[test]
fn few_recordings_take_a_larger_shift() {
    // The smallest shift that is found, in steps of the sensor.
    let smallest = |count| {
        (1..100).find(|&steps| {
            let mut dataset = plausible(7, count);
            let shift = f64::from(steps) / 2048.0;
            dataset.folders[1].recordings[3][100..].iter_mut().for_each(|row| row[1] += shift);
            !report(&dataset.written(1.0)).findings.is_empty()
        })
    };
    let (of_eight, of_eighty) = (smallest(8).unwrap(), smallest(80).unwrap());
    assert!(4 * of_eight >= 7 * of_eighty, "{of_eight} and {of_eighty} steps");
}

#[test]
fn recordings_stuck_on_all_axes_are_no_copies() {
    let mut dataset = plausible(7, COUNT);
    for rows in &mut dataset.folders[0].recordings[3..5] {
        rows.fill(vec![0.03125, 0.15, 0.985]);
    }
    let report = report(&dataset.written(1.0));
    assert_eq!(found(&report), [(Kind::StuckAxis, "low".to_owned(), 2)]);
    assert!(report.findings[0].message.contains("axes x, y, z are equal"));
}

#[test]
fn recordings_that_start_in_phase_do_not_settle() {
    let mut dataset = plausible(7, COUNT);
    for rows in &mut dataset.folders[0].recordings {
        for (at, row) in rows.iter_mut().enumerate() {
            row[0] += 0.1 * (at as f64 * 0.8 + 1.0).sin();
        }
    }
    assert_eq!(found(&report(&dataset.written(1.0))), []);
}

#[test]
fn several_readings_may_be_settling() {
    let mut dataset = plausible(7, COUNT);
    for rows in &mut dataset.folders[0].recordings {
        rows[0][0] += 0.1;
        rows[1][0] += 0.05;
    }
    let report = report(&dataset.written(1.0));
    assert_eq!(found(&report), [(Kind::SettlingReading, "low".to_owned(), COUNT)]);
    let message = &report.findings[0].message;
    assert!(message.contains("the first 2 readings are offset on axis x (by 0.1"), "{message}");
}
