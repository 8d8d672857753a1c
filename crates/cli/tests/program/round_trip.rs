//! A model that goes out to another format and comes back judges as before.

use crate::room::{ANOMALY, NORMAL, READINGS, Room};

/// Path and score of every row.
fn scores(room: &Room, model: &str) -> Vec<(String, f64)> {
    let ended = room.judder(&format!("score {model} fan --format csv")).well();
    let rows = ended.stdout.lines().skip(1).map(|row| {
        let mut cells = row.split(',');
        (cells.next().unwrap().to_owned(), cells.next().unwrap().parse().unwrap())
    });
    rows.collect()
}

#[test]
fn through_npz() {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o m.npz").well();
    let import = format!("import m.npz --window {READINGS} --threshold 7");
    room.judder(&format!("{import} --precision f32 -o f32.json")).well();
    room.judder(&format!("{import} -o f64.json")).well();
    let before = scores(&room, "m.json");
    assert_eq!(before.len(), 48);
    assert_eq!(scores(&room, "f32.json"), before);

    // In f64 they differ, by no more than the roundings of f32.
    const ROUNDED: f64 = 1e-3;
    let double = scores(&room, "f64.json");
    assert_ne!(double, before);
    for ((path, a), (other, b)) in before.iter().zip(&double) {
        assert_eq!(path, other);
        assert!((a - b).abs() <= ROUNDED * b.abs().max(1.0), "{path}: {a} {b}");
    }
    room.judder("export f64.json --to npz -o again.npz").well();
    assert!(room.read("again.npz") == room.read("m.npz"));
}

#[test]
fn an_imported_model_gets_a_threshold_from_normal_recordings() {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o m.npz").well();
    let import = format!("import m.npz --window {READINGS} -o i.json");
    let assumed = room.judder(&import).well();
    assert!(assumed.stderr.contains("note: the threshold assumes Gaussian"), "{}", assumed.stderr);
    let measured = room.judder(&format!("{import} --normal {NORMAL}")).well();
    assert!(!measured.stderr.contains("assumes"), "{}", measured.stderr);
    assert!(measured.stderr.contains("lowest false-alarm rate"), "{}", measured.stderr);
    assert!(measured.stderr.contains("(conformal)"));
    assert_eq!((assumed.stdout, measured.stdout), (String::new(), String::new()));
}

#[test]
fn a_network_through_each_format_that_is_written_and_read() {
    let room = Room::with_network();
    let before = scores(&room, "n.json");
    for format in ["tflite", "onnx", "npz"] {
        for how in ["", "--standardised"] {
            let file = format!("n.{format}");
            room.judder(&format!("export n.json --to {format} {how} -o {file}")).well();
            // Nothing has to be said: it stands in the file.
            room.judder(&format!("import {file} -o again.json")).well();
            assert_eq!(scores(&room, "again.json"), before, "{format} {how}");
            let text = |name: &str| -> serde_json::Value {
                serde_json::from_slice(&room.read(name)).unwrap()
            };
            for field in ["data", "precision", "features", "threshold"] {
                assert_eq!(text("again.json")[field], text("n.json")[field], "{format} {how}");
            }
            let first = room.read(&file);
            room.judder(&format!("export again.json --to {format} {how} -o {file}")).well();
            assert!(first == room.read(&file), "{format} {how}");
        }
    }
}

#[test]
fn a_network_without_a_threshold_scores_and_judges_nothing() {
    let room = Room::with_network();
    let before = scores(&room, "n.json");
    room.judder("export n.json --to onnx -o n.onnx").well();
    let none = room.judder("import n.onnx --threshold none -o none.json").well();
    assert!(none.stderr.contains("note: the model has no threshold"), "{}", none.stderr);
    assert!(none.stderr.contains("threshold none"), "{}", none.stderr);
    assert_eq!(scores(&room, "none.json"), before);
    let scored = room.judder("score none.json fan --fail-on-anomaly").well();
    assert!(scored.stderr.contains("48 windows scored"), "{}", scored.stderr);
    assert!(!scored.stdout.contains("anomaly "), "{}", scored.stdout);
    let csv = room.judder("score none.json fan --format csv").well();
    assert!(csv.stdout.lines().skip(1).all(|row| row.ends_with(",,normal")), "{}", csv.stdout);
    let jsonl = room.judder("score none.json fan --format jsonl").well();
    assert!(jsonl.stdout.lines().all(|row| row.contains("\"threshold\":null")));
    let judged = format!("evaluate none.json --normal {NORMAL} --anomaly {ANOMALY}");
    let judged = room.judder(&judged).well().stdout;
    assert!(
        judged.contains("threshold             none") && judged.contains("ROC AUC"),
        "{judged}"
    );
    assert!(!judged.contains("judged normal"), "{judged}");
    let measured = room.judder(&format!("import n.onnx --normal {NORMAL} -o m.json")).well();
    assert!(measured.stderr.contains("(conformal)"), "{}", measured.stderr);
    let given = room.judder("import n.onnx --threshold 2.5 -o given.json").well();
    assert!(given.stderr.contains("threshold 2.5"), "{}", given.stderr);
}

#[test]
fn integers_are_written_with_their_cost() {
    let room = Room::with_network();
    let export = format!("export n.json --to tflite --int8 --normal {NORMAL} -o n.tflite");
    let alone = room.judder(&export).well();
    assert!(alone.stderr.contains("int8       the same verdict on "), "{}", alone.stderr);
    assert!(alone.stderr.contains("--anomaly"), "{}", alone.stderr);
    let first = room.read("n.tflite");
    assert_eq!(&first[4..8], b"TFL3");
    let both = room.judder(&format!("{export} --anomaly {ANOMALY}")).well();
    assert!(both.stderr.contains("ROC AUC"), "{}", both.stderr);
    assert!(first == room.read("n.tflite"));
    // It comes back as what its integers stand for, which is what their cost was said of.
    let told = room.judder("import n.tflite -o again.json").well();
    assert!(told.stderr.contains("(fake_quant("), "{}", told.stderr);
    let verdicts = |model: &str| -> Vec<String> {
        let ended = room.judder(&format!("score {model} {NORMAL} --format csv")).well();
        ended.stdout.lines().skip(1).map(|row| row.rsplit(',').next().unwrap().to_owned()).collect()
    };
    let (before, after) = (verdicts("n.json"), verdicts("again.json"));
    let agreeing = before.iter().zip(&after).filter(|(a, b)| a == b).count();
    let said = format!("the same verdict on {agreeing} of {} normal windows", before.len());
    assert!(alone.stderr.contains(&said), "{said}: {}", alone.stderr);
}

#[test]
fn a_threshold_is_for_its_features_window_and_rate() {
    let room = Room::with_network();
    room.judder("export n.json --to onnx -o n.onnx").well();
    for other in ["--features log-mad", "--window 32", "--rate 100"] {
        let told = room.judder(&format!("import n.onnx {other} -o other.json")).well();
        assert!(told.stderr.contains("note: the threshold in the file is not for"), "{other}");
        assert!(told.stderr.contains("threshold none"), "{}", told.stderr);
    }
    let same = room.judder("import n.onnx --features mad --rate 200 -o same.json").well();
    assert!(!same.stderr.contains("threshold none"), "{}", same.stderr);
}
