//! The sketch that detects says what the host says: by the model, and by what it learns on the board.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use judder_core::{FeatureSet, Learning, Plan, Readings, Step, learning_len};
use judder_model::{
    Binding, DetectorKind, Gaussian, Model, Precision, Provenance, Rule, SketchDetector, Threshold,
    Watching, to_arduino, to_c,
};

use crate::compiler::{compile, compilers, here};
use crate::reference;
use crate::sketches::lay_out;
use crate::windows::recordings;

const WINDOW: usize = 64;

/// From so many windows the sketch learns.
const LEARN: u32 = 200;

/// So many windows may be above the threshold, and so the threshold is from 100 windows more.
const RATE: f64 = 0.04;
const CALIBRATE: u32 = 100;

/// The button is down for so long until it counts.
const HELD: usize = 2 * 200;

/// Counts of a sensor at 2048 to a g, reading by reading.
fn counts(readings: usize) -> Vec<[i16; 3]> {
    let mut counts = Vec::new();
    // Again and again, and never the same: what is learnt needs many.
    let all = recordings(80);
    for round in 0_i16.. {
        for recording in &all {
            let length = recording.len() / 3;
            for at in 0..length {
                counts.push([0, 1, 2].map(|axis| {
                    let count = (recording[axis * length + at] * 2048.0).round() as i16;
                    count + (at as i16 * (round + 3) * (axis as i16 + 5)) % 5 - 2
                }));
                if counts.len() == readings {
                    return counts;
                }
            }
        }
    }
    counts
}

/// Readings as a model takes them, axis by axis.
fn recording(counts: &[[i16; 3]]) -> Vec<f32> {
    let g = |axis: usize| counts.iter().map(move |one| f32::from(one[axis]) / 2048.0);
    (0..3).flat_map(g).collect()
}

fn rows(set: &FeatureSet, counts: &[[i16; 3]]) -> Vec<Vec<f32>> {
    let windows = counts.chunks_exact(WINDOW).map(|window| {
        let window = recording(window);
        let readings = Readings::new(&window, 3, WINDOW).unwrap();
        let (mut keys, mut values) = (vec![0; WINDOW], vec![0.0; set.count(3).unwrap()]);
        set.extract(&readings, &mut keys, &mut values).unwrap().to_vec()
    });
    windows.collect()
}

/// A model of the first windows, by which some of the others are strange.
fn model(features: &str, counts: &[[i16; 3]]) -> Model {
    let set: FeatureSet = features.parse().unwrap();
    let rows = rows(&set, &counts[..40 * WINDOW]);
    let n = set.count(3).unwrap();
    let of = |at: usize| rows.iter().map(move |row| f64::from(row[at]));
    let mean: Vec<f64> = (0..n).map(|at| of(at).sum::<f64>() / rows.len() as f64).collect();
    let variance = |at: usize| of(at).map(|x| (x - mean[at]).powi(2)).sum::<f64>() / 40.0;
    let covariance = |at: usize| if at.is_multiple_of(n + 1) { variance(at / n) } else { 0.0 };
    let gaussian = Gaussian::new(mean.clone(), (0..n * n).map(covariance).collect()).unwrap();
    let binding = Binding { axes: 3, window: WINDOW, hop: WINDOW, rate_hz: 200.0 };
    let limit = Threshold {
        value: 2.0 * n as f64,
        rule: Rule::Given(2.0 * n as f64),
        false_alarm_rate: Some(RATE),
        windows: 40,
    };
    let watching = Watching { votes: 2, of: 3, clear: 0.8, ..Watching::default() };
    let detector = DetectorKind::Mahalanobis(gaussian);
    Model::new(binding, Precision::F32, set, detector, limit, Provenance::default())
        .and_then(|model| model.with_watching(watching))
        .unwrap()
}

/// The sketch of a model, compiled for this machine.
fn board(model: &Model, compiler: &str, folder: &Path) -> PathBuf {
    let written = to_c(model, "judder_fan", "detector", None).unwrap();
    let detector = SketchDetector {
        identifier: "judder_fan",
        header: &written.header,
        source: &written.source,
    };
    lay_out(&to_arduino(model, Some(detector)).unwrap(), folder);
    let sketch = folder.join("detect");
    let path = |name: &str| sketch.join(name).display().to_string();
    let [source, object, learner] = ["detector.c", "detector.o", "learner.cpp"].map(path);
    let exact = ["-O2", "-ffp-contract=off", "-fsanitize=address,undefined"];
    let c = if compiler == "g++" { "gcc" } else { "clang" };
    let words = [&exact[..], &["-std=c99", "-c", &source, "-o", &object]].concat();
    compile(c, &words).unwrap();
    let program = sketch.join("board");
    let [stubs, own] = ["stubs", "detecting.cpp"].map(|name| here().join(name));
    let [stubs, own, to] = [&stubs, &own, &program].map(|path| path.display().to_string());
    let includes = [format!("-I{stubs}"), format!("-I{}", sketch.display())];
    let mut words = [&exact[..], &["-std=c++11", "-DESP32", &own, &learner, &object]].concat();
    words.extend(includes.iter().map(String::as_str));
    words.extend(["-o", &to]);
    compile(compiler, &words).unwrap();
    program
}

/// What the board says of readings, and how many it had taken before it said so.
fn said(board: &Path, counts: &[[i16; 3]], pressed: usize) -> Vec<(usize, String)> {
    let folder = board.parent().unwrap();
    let bytes: Vec<u8> = counts.iter().flatten().flat_map(|x| x.to_le_bytes()).collect();
    fs::write(folder.join("counts"), bytes).unwrap();
    let mut command = Command::new(board);
    command.current_dir(folder).args(["counts", &pressed.to_string()]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| {
        let (taken, rest) = line.split_once(' ').unwrap();
        (taken.parse().unwrap(), rest.to_owned())
    };
    text.lines().map(line).collect()
}

/// What the host says by the model, in the words of the sketch.
fn by_the_model(model: &Model, counts: &[[i16; 3]]) -> Vec<(usize, String)> {
    let lines = reference::said(model, &[recording(counts)]);
    let line = |(at, line): (usize, String)| {
        let words: Vec<&str> = line.split(' ').collect();
        let alarm = if words[4] == "1" { " alarm" } else { "" };
        ((at + 1) * WINDOW, format!("{}{alarm}", words[2]))
    };
    lines.into_iter().enumerate().map(line).collect()
}

/// What the host learns from the windows, and says of those after.
fn learnt(set: &FeatureSet, counts: &[[i16; 3]]) -> Vec<String> {
    let plan = Plan::new(LEARN, CALIBRATE, RATE).unwrap();
    let memory = vec![0.0_f32; learning_len(set.count(3).unwrap(), plan.kept())];
    let mut learning = Learning::new(memory, *set, 3, plan).unwrap();
    let (mut above, mut alarm, mut lines) = (0, false, vec!["learning".to_owned()]);
    for row in rows(set, counts) {
        match learning.next(&row).unwrap() {
            Step::Learnt { .. } | Step::Calibrated { left: 1.. } => {}
            Step::Calibrated { left: 0 } => lines.push("learnt".to_owned()),
            Step::Judged(judged) => {
                let is_above = judged.verdict == judder_core::Verdict::Anomaly;
                above = above << 1 & 7 | u8::from(is_above);
                alarm = if alarm { above != 0 } else { above.count_ones() >= 2 };
                let word = if alarm { " alarm" } else { "" };
                lines.push(format!("{:08x}{word}", judged.score.to_bits()));
            }
        }
    }
    lines
}

#[test]
fn it_says_what_the_host_says_by_the_model_and_by_what_it_learnt() {
    let never = usize::MAX >> 1;
    for features in ["mad", "log-mad+correlation"] {
        let pressed = 60 * WINDOW + 7;
        let all = counts(pressed + HELD + (LEARN + CALIBRATE + 80) as usize * WINDOW);
        let model = model(features, &all);
        for compiler in compilers() {
            let room = tempfile::tempdir().unwrap();
            let board = board(&model, compiler, room.path());
            let said_of = |counts: &[[i16; 3]], pressed| said(&board, counts, pressed);
            let lines = said_of(&all, pressed);
            let at = lines.iter().position(|(_, line)| line == "learning").unwrap();
            let began = lines[at].0;
            assert!(began.abs_diff(pressed + HELD) <= 2, "{began} {pressed}");
            let expected = by_the_model(&model, &all[..began]);
            assert_eq!(lines[..at], expected, "{features} {compiler}");
            let alarms = |lines: &[(usize, String)]| {
                lines.iter().filter(|(_, line)| line.ends_with("alarm")).count()
            };
            let own: Vec<String> = lines[at..].iter().map(|(_, line)| line.clone()).collect();
            let expected = learnt(model.features(), &all[began..]);
            assert_eq!(own, expected, "{features} {compiler}");

            // Over a restart that is kept; with the button down it is forgotten.
            let some = &all[began..][..50 * WINDOW];
            let again = said_of(some, never);
            assert_eq!(again.len(), 50);
            let model_says = by_the_model(&model, some);
            assert_ne!(again, model_says, "it goes on by what it learnt");
            assert_eq!(said_of(some, 0), model_says, "it forgets, and does not learn");
            assert!(alarms(&model_says) > 0 && alarms(&model_says) < 50, "both verdicts are seen");
        }
    }
}
