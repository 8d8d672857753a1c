//! The folder of sketches.

use std::fs;
use std::path::Path;

use judder_core::FeatureSet;
use judder_model::{
    Binding, DetectorKind, FormatError, Gaussian, Model, Precision, Provenance, Rule,
    SketchDetector, SketchFile, Threshold, to_arduino,
};

use crate::compiler::{compile, compilers, here};
use crate::detector::{HEADER, SOURCE};

fn detector() -> SketchDetector<'static> {
    SketchDetector { identifier: "fan", header: HEADER, source: SOURCE }
}

pub(crate) fn lay_out(files: &[SketchFile], folder: &Path) {
    for file in files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
}

fn model(features: &str, axes: usize, rate_hz: f64, window: usize) -> Model {
    let set: FeatureSet = features.parse().unwrap();
    let n = set.count(axes).unwrap();
    let one = |at: usize| if at.is_multiple_of(n + 1) { 1.0 } else { 0.0 };
    let gaussian = Gaussian::new(vec![0.0; n], (0..n * n).map(one).collect()).unwrap();
    let binding = Binding { axes, window, hop: window, rate_hz };
    let limit =
        Threshold { value: 11.5, rule: Rule::Given(11.5), false_alarm_rate: None, windows: 0 };
    let detector = DetectorKind::Mahalanobis(gaussian);
    Model::new(binding, Precision::F32, set, detector, limit, Provenance::default()).unwrap()
}

fn three() -> Model {
    model("mad", 3, 200.0, 64)
}

#[test]
fn they_compile_for_each_kind_of_board() {
    let room = tempfile::tempdir().unwrap();
    lay_out(&to_arduino(&three(), Some(detector())).unwrap(), room.path());
    let stubs = format!("-I{}", here().join("stubs").display());
    for compiler in compilers() {
        for standard in ["-std=c++11", "-std=c++17"] {
            for board in ["-DESP32", "-DOTHER"] {
                for sketch in ["collect/collect.ino", "detect/detect.ino"] {
                    let path = room.path().join(sketch);
                    let path = path.to_str().unwrap();
                    let words = [standard, board, "-fsyntax-only", "-x", "c++", &stubs, path];
                    compile(compiler, &words).unwrap();
                }
            }
        }
        // What is without a word of Arduino, strictly, and without its headers.
        for source in ["collect/poster.cpp", "detect/learner.cpp"] {
            let strict = ["-std=c++11", "-Wpedantic", "-Wconversion", "-Wshadow", "-fsyntax-only"];
            let path = room.path().join(source);
            let words = [&strict[..], &["-Wdouble-promotion", path.to_str().unwrap()]].concat();
            compile(compiler, &words).unwrap();
        }
    }
}

/// The stand-in for the Arduino API lets no mistake pass.
#[test]
fn a_mistake_in_a_sketch_is_seen() {
    let room = tempfile::tempdir().unwrap();
    lay_out(&to_arduino(&three(), None).unwrap(), room.path());
    let path = room.path().join("collect/collect.ino");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("sampler.next(room", "sampler.nest(room")).unwrap();
    let stubs = format!("-I{}", here().join("stubs").display());
    for compiler in compilers() {
        let words = ["-fsyntax-only", "-DESP32", "-x", "c++", &stubs, path.to_str().unwrap()];
        assert!(compile(compiler, &words).unwrap_err().contains("nest"));
    }
}

#[test]
fn no_place_is_left_open() {
    for files in [to_arduino(&three(), None), to_arduino(&three(), Some(detector()))] {
        for file in files.unwrap() {
            for word in file.text.split_whitespace() {
                let open = word.matches('@').count() >= 2;
                assert!(!open, "{}: {word}", file.path);
            }
        }
    }
}

#[test]
fn without_a_detector_there_is_one_sketch() {
    let paths = |detector| -> Vec<String> {
        to_arduino(&three(), detector).unwrap().into_iter().map(|file| file.path).collect()
    };
    assert!(paths(None).iter().all(|path| !path.starts_with("detect/")));
    let both = paths(Some(detector()));
    for path in ["README.md", "collect/collect.ino", "detect/detect.ino", "detect/detector.c"] {
        assert!(both.iter().any(|one| one == path), "{path}");
    }
}

#[test]
fn features_and_their_families_stand_in_it() {
    let model = model("log-cov+mad", 3, 125.5, 100);
    let files = to_arduino(&model, Some(detector())).unwrap();
    let text = |path: &str| &files.iter().find(|file| file.path == path).unwrap().text;
    assert!(text("detect/learning.h").contains("FAMILIES[] = {{6, true}, {3, false}};"));
    assert!(text("detect/detector.h") == HEADER && text("detect/detector.c") == SOURCE);
    assert!(text("collect/settings.h").contains("#define RATE_HZ 125.5\n"));
    assert!(text("collect/settings.h").contains("#define READINGS 100\n"));
}

#[test]
fn what_the_sensor_cannot_give_is_refused() {
    for (model, reason) in [
        (model("mad", 2, 200.0, 64), "2 axes"),
        (model("mad", 3, 501.0, 64), "501 readings"),
        (model("mad", 3, 200.0, 5000), "5000 readings"),
    ] {
        let refused = to_arduino(&model, None).unwrap_err();
        let told = matches!(&refused, FormatError::NotASketch(why) if why.contains(reason));
        assert!(told, "{refused}");
    }
}
