//! Models of other programs, as users bring them.

use std::io::Cursor;

use judder_npz::Numbers::F8;
use judder_npz::{read_npz, write_npz};

use crate::room::{READINGS, Room};

/// The scores of all windows.
fn scores(room: &Room, model: &str) -> Vec<f64> {
    let ended = room.judder(&format!("score {model} fan --format csv")).well();
    let score = |row: &str| row.split(',').nth(1).unwrap().parse().unwrap();
    ended.stdout.lines().skip(1).map(score).collect()
}

/// The mean and covariance of the model of the room, of deviations as they are here and as SciPy has them
/// by default: without 1.4826.
fn as_scipy_has_it(room: &Room) -> (Vec<f64>, Vec<f64>) {
    room.judder("export m.json --to npz -o m.npz").well();
    let arrays = read_npz(Cursor::new(room.read("m.npz")), 1 << 20).unwrap();
    let values = |name: &str| {
        let (_, array) = arrays.iter().find(|(found, _)| found == name).unwrap();
        array.as_ref().unwrap().values().to_vec()
    };
    let less = |values: Vec<f64>, factor: f64| values.iter().map(|x| x / factor).collect();
    (less(values("model_mu"), 1.4826), less(values("model_cov"), 1.4826 * 1.4826))
}

#[test]
fn deviations_of_another_factor_are_scaled_where_that_is_said() {
    let room = Room::with_model();
    let (mean, covariance) = as_scipy_has_it(&room);
    let n = mean.len();
    let file = write_npz(&[
        ("model_mu", &[1, n], F8(&mean)),
        ("model_cov", &[n, n], F8(&covariance)),
        ("threshold", &[], F8(&[12.5])),
        ("support", &[3], F8(&[1.0, 0.0, 1.0])),
    ]);
    room.write("scipy.npz", file.unwrap());
    let import = format!("import scipy.npz --window {READINGS}");
    let said = room.judder(&format!("{import} --mad-scale 1 -o scaled.json")).well().stderr;
    assert!(said.contains("not taken over from the file: the array `support`"), "{said}");
    assert!(said.contains("threshold 12.5"), "{said}");
    assert!(!said.contains("1.4826"), "{said}");
    room.judder(&format!("import m.npz --window {READINGS} -o same.json")).well();
    let (found, expected) = (scores(&room, "scaled.json"), scores(&room, "same.json"));
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found} {expected}");
    }

    // Without it the scores are others, and the command says what it takes them for.
    let said = room.judder(&format!("{import} -o unscaled.json")).well().stderr;
    assert!(said.contains("mad is taken for 1.4826") && said.contains("--mad-scale 1"), "{said}");
    let unscaled = scores(&room, "unscaled.json");
    assert!(unscaled.iter().zip(&expected).any(|(a, b)| (a - b).abs() > 0.1 * b.abs()));

    // What is given counts more than what stands in the file.
    let said = room.judder(&format!("{import} --threshold 7 --mad-scale 1 -o given.json")).well();
    assert!(said.stderr.contains("threshold 7.000 (given)"), "{}", said.stderr);
}

#[test]
fn a_factor_that_has_no_say_is_refused() {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o m.npz").well();
    for (options, words) in [
        ("--mad-scale 0", "it is a number above 0"),
        ("--mad-scale -1", "it is a number above 0"),
        ("--mad-scale nan", "it is a number above 0"),
        ("--features std --mad-scale 1", "there is no mad or log-mad in std"),
    ] {
        room.refused(
            &format!("import m.npz --window {READINGS} {options} -o new.json"),
            2,
            &[words],
        );
    }
    let room = Room::with_network();
    room.judder("export n.json --to onnx -o n.onnx").well();
    let words = "the file says what its features are";
    room.refused("import n.onnx --mad-scale 1 -o new.json", 2, &[words]);
}

#[test]
fn means_and_covariances_of_a_mixture_make_one() {
    let room = Room::with_model();
    let (mean, covariance) = as_scipy_has_it(&room);
    let n = mean.len();
    let means: Vec<f64> = mean.iter().copied().chain(mean.iter().map(|x| 3.0 * x)).collect();
    let two = [covariance.clone(), covariance].concat();
    let file = write_npz(&[("model_mu", &[2, n], F8(&means)), ("model_cov", &[2, n, n], F8(&two))]);
    room.write("two.npz", file.unwrap());
    room.judder(&format!("import two.npz --window {READINGS} --mad-scale 1 -o two.json")).well();
    room.judder(&format!("import m.npz --window {READINGS} -o one.json")).well();
    let (two, one) = (scores(&room, "two.json"), scores(&room, "one.json"));
    // The nearest of two is no farther than the one.
    assert!(two.iter().zip(&one).all(|(two, one)| *two <= one * (1.0 + 1e-9)));
    assert!(two.iter().zip(&one).any(|(two, one)| (two - one).abs() <= 1e-9 * one));
    room.judder("export two.json --to npz -o again.npz").well();
    room.judder(&format!("import again.npz --window {READINGS} -o again.json")).well();
    assert_eq!(scores(&room, "again.json"), two);
}
