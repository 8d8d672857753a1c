//! The learner of the sketch is the core's, bit by bit.

use std::path::Path;
use std::process::Command;

use judder_core::{FeatureSet, Learning, Plan, Step, learning_len};

use crate::compiler::{compile, compilers, here};

/// Rows of floats that vary together.
fn rows(count: usize, columns: usize) -> Vec<Vec<f32>> {
    let mut state = 11_u64;
    let mut noise = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    let mut row = |_| {
        let common = noise();
        (0..columns).map(|at| 1.0 + 1e-3 * (0.5 * common + (1.0 + at as f32) * noise())).collect()
    };
    (0..count).map(&mut row).collect()
}

/// What the core says of the same rows, in the words of `learner.cpp`.
fn told(set: &FeatureSet, plan: Plan, rows: &[Vec<f32>], calibrate: u32) -> String {
    let columns = set.count(3).unwrap();
    let memory = vec![0.0_f32; learning_len(columns, plan.kept())];
    let mut learning = Learning::new(memory, *set, 3, plan).unwrap();
    let mut lines = Vec::new();
    // The score shows only where all is learnt.
    for row in rows {
        let (stage, left, score) = match learning.next(row).unwrap() {
            Step::Learnt { left: 0 } => (1, calibrate, None),
            Step::Learnt { left } => (0, left, None),
            Step::Calibrated { left: 0 } => (2, 0, None),
            Step::Calibrated { left } => (1, left, None),
            Step::Judged(judged) => (2, 0, Some(judged.score)),
        };
        lines.push((stage, left, score));
    }
    let mut bytes = vec![0; 4096];
    let bytes = learning.baseline().unwrap().write(0xFA17, &mut bytes).unwrap();
    let mut text = String::new();
    for (stage, left, score) in lines {
        let score = score.map_or("-".to_owned(), |score: f32| format!("{:08x}", score.to_bits()));
        text += &format!("1 {stage} {left} {score}\n");
    }
    text + &bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n"
}

fn built(compiler: &str, folder: &Path) -> std::path::PathBuf {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/arduino/shared");
    let program = folder.join(compiler);
    let (main, learner) = (here().join("learner.cpp"), shared.join("learner.cpp"));
    let words = [
        "-std=c++11",
        "-O2",
        "-ffp-contract=off",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        &format!("-I{}", shared.display()),
        main.to_str().unwrap(),
        learner.to_str().unwrap(),
        "-o",
        program.to_str().unwrap(),
    ];
    compile(compiler, &words).unwrap();
    program
}

#[test]
fn it_learns_scores_and_keeps_the_very_bits_of_the_core() {
    let room = tempfile::tempdir().unwrap();
    for compiler in compilers() {
        let program = built(compiler, room.path());
        for (set, families) in [
            ("mad", "3"),
            ("log-mad+correlation", "3a,3"),
            ("log-cov+total-octaves:6+mad", "6a,6a,3"),
        ] {
            let set: FeatureSet = set.parse().unwrap();
            for (learn, calibrate, rate) in [(10, 2, 0.5), (40, 100, 0.01), (200, 60, 0.1)] {
                let rows = rows((learn + calibrate + 25) as usize, set.count(3).unwrap());
                let file = room.path().join("rows");
                let bytes: Vec<u8> = rows.iter().flatten().flat_map(|x| x.to_le_bytes()).collect();
                std::fs::write(&file, bytes).unwrap();
                let output = Command::new(&program)
                    .args([families, &learn.to_string(), &calibrate.to_string()])
                    .args([&rate.to_string(), "0xFA17", file.to_str().unwrap()])
                    .output()
                    .unwrap();
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{:?} {said}", output.status);
                let plan = Plan::new(learn, calibrate, rate).unwrap();
                let expected = told(&set, plan, &rows, calibrate);
                let found = String::from_utf8(output.stdout).unwrap();
                assert_eq!(found.lines().count(), expected.lines().count());
                for (found, expected) in found.lines().zip(expected.lines()) {
                    match expected.strip_suffix('-') {
                        Some(expected) => {
                            assert!(found.starts_with(expected), "{found} {expected}")
                        }
                        None => assert_eq!(found, expected, "{families}"),
                    }
                }
            }
        }
    }
}
