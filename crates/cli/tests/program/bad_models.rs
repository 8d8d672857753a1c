//! A model file that is not whole, or not what it says, is refused by every command that reads one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::room::{Ended, NORMAL, READINGS, Room};

/// Every command that takes a model refuses `bad.json`.
fn refused_everywhere(room: &Room, words: &[&str]) {
    let named: Vec<&str> = ["error: bad.json: "].iter().chain(words).copied().collect();
    for line in [
        &format!("score bad.json {NORMAL}"),
        &format!("evaluate bad.json --normal {NORMAL}"),
        "export bad.json --to npz -o new.npz",
    ] {
        room.refused(line, 1, &named);
    }
}

/// `m.json` with one text replaced by another.
fn with(room: &Room, from: &str, to: &str) {
    let model = String::from_utf8(room.read("m.json")).unwrap();
    assert_eq!(model.matches(from).count(), 1, "{from} in {model}");
    room.write("bad.json", model.replace(from, to));
}

#[test]
fn fields_that_are_wrong() {
    let room = Room::with_model();
    for (from, to, words) in [
        (
            "\"version\": 2",
            "\"version\": 4",
            "of format version 4, and this judder reads versions up to 3",
        ),
        ("\"version\": 2", "\"version\": \"2\"", "field \"version\""),
        ("\"judder-model\"", "\"other\"", "is not a judder model"),
        ("\"window\": 64,", "\"window\": 64, \"cosy\": 1,", "unknown field `cosy`"),
        ("\"precision\"", "\"colour\": 1, \"precision\"", "unknown field `colour`"),
        ("\"kind\"", "\"depth\": 2, \"kind\"", "unknown field `depth`"),
        ("\"window\": 64", "\"window\": 3", "field \"window\""),
        ("\"window\": 64", "\"window\": -64", "invalid value"),
        ("\"hop\": 64", "\"hop\": 0", "field \"hop\""),
        ("\"rate_hz\": 200.0", "\"rate_hz\": -200.0", "field \"rate_hz\""),
        ("\"axes\": 3", "\"axes\": 2", "gives 2"),
        ("\"axes\": 3", "\"axes\": 9", "field \"axes\""),
        ("\"mad\"", "\"mad+bogus\"", "field \"features\""),
        ("\"mean\": [", "\"mean\": [NaN, ", "field \"detector.mean[0]\""),
        ("\"mean\": [", "\"mean\": [0.5, ", "the mean has 4"),
        ("\"covariance\": [[", "\"covariance\": [[1e999, ", "field \"detector.covariance[0][0]\""),
        ("\"covariance\": [[", "\"covariance\": [[-", "field \"detector\""),
        ("\"value\": ", "\"value\": -", "field \"threshold.value\""),
        ("\"conformal\"", "\"bogus\"", "a threshold rule is"),
    ] {
        with(&room, from, to);
        refused_everywhere(&room, &[words]);
    }
}

#[test]
fn files_that_are_no_models() {
    let room = Room::with_model();
    for (content, words) in [
        (&b""[..], "is not a whole model file"),
        (b"\0\x01\x02\xff", "is not a whole model file"),
        (b"0.1, 0.2, 0.3\n0.1, 0.2, 0.3\n", "is not a"),
        (b"{}", "is not a judder model"),
        (b"[]", "is not a"),
    ] {
        room.write("bad.json", content);
        refused_everywhere(&room, &[words]);
    }
    room.refused(
        &format!("score fan {NORMAL}"),
        1,
        &["error: fan: is a folder; a model is a file"],
    );
    room.refused(&format!("score missing {NORMAL}"), 1, &["error: missing: no such file"]);
    room.refused(&format!("score m.json/x {NORMAL}"), 1, &["error: m.json/x: "]);
}

/// A file that a crash or a full disk cut short is never taken for a whole one.
#[test]
fn no_beginning_of_a_model_is_a_model() {
    let room = Room::with_model();
    let model = room.read("m.json");
    // What follows the last brace is a newline.
    let whole = model.iter().rposition(|&byte| byte == b'}').unwrap();
    let (next, read) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for worker in 0..2 {
            let (room, model, next, read) = (&room, &model, &next, &read);
            scope.spawn(move || {
                let name = format!("cut{worker}.json");
                loop {
                    let length = next.fetch_add(1, Ordering::Relaxed);
                    if length > whole {
                        return;
                    }
                    room.write(&name, &model[..length]);
                    let words = ["export", &name, "--to", "npz", "-o", "new.npz"];
                    let expected = format!("error: {name}: is not a whole model file");
                    room.run(words).ended(1).says(&[&expected]);
                    read.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(read.into_inner(), whole + 1);
    assert!(!room.path("new.npz").exists());
    room.write("cut.json", &model[..=whole]);
    room.judder("export cut.json --to npz -o new.npz").well();
}

#[test]
fn files_that_cannot_be_imported() {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o good.npz").well();
    let refused = |words: &[&str]| -> Ended {
        let named: Vec<&str> = ["error: bad.npz: "].iter().chain(words).copied().collect();
        room.refused(&format!("import bad.npz --window {READINGS} -o new.json"), 1, &named)
    };
    for content in [&b"\x7fELF\0\0"[..], b"0.1, 0.2\n"] {
        room.write("bad.npz", content);
        refused(&["is not a readable .npz file"]);
    }
    room.write("bad.npz", "");
    refused(&["is empty"]);
    let npz = room.read("good.npz");
    for length in (0..npz.len()).step_by(7) {
        room.write("bad.npz", &npz[..length]);
        refused(&[]);
    }
    room.write("bad.npz", String::from_utf8_lossy(&npz).replace("model_mu", "model_xx").as_bytes());
    refused(&[]);
    room.refused("import fan -o new.json", 1, &["error: fan: is a folder"]);
    room.refused("import missing -o new.json", 1, &["error: missing: no such file"]);
    let words = ["error: good.npz: ", "takes 3 features", "--features"];
    room.refused("import good.npz --features mad+std -o new.json", 1, &words);
    room.refused(
        &format!("import good.npz --threshold quantile --window {READINGS} -o new.json"),
        1,
        &["quantile needs normal recordings"],
    );
}

#[test]
fn networks_that_cannot_be_imported() {
    let room = Room::with_network();
    for (format, name) in [("h5", "Keras"), ("tflite", "TensorFlow Lite"), ("onnx", "ONNX")] {
        let file = format!("bad.{format}");
        let named = format!("error: {file}: ");
        for content in [&b"\x7fELF\0\0\0\0\0\0\0\0"[..], b"0.1, 0.2\n0.3, 0.4\n"] {
            room.write(&file, content);
            room.refused(&format!("import {file} -o new.json"), 1, &[&named, name]);
        }
        room.write(&file, "");
        room.refused(&format!("import {file} -o new.json"), 1, &[&named, "is empty"]);
    }
    for format in ["tflite", "onnx"] {
        room.judder(&format!("export n.json --to {format} -o good.{format}")).well();
        let whole = room.read(format!("good.{format}"));
        for length in (0..whole.len()).step_by(97) {
            room.write("cut", &whole[..length]);
            std::fs::rename(room.path("cut"), room.path(format!("cut.{format}"))).unwrap();
            let words = [&format!("error: cut.{format}: ")[..]];
            room.refused(&format!("import cut.{format} -o new.json"), 1, &words);
        }
    }
    room.write("model.pb", b"\x08\x03");
    let words = ["error: model.pb: is none of", ".npz, .keras, .h5, .tflite, .onnx"];
    room.refused("import model.pb -o new.json", 1, &words);
    let words = ["error: good.onnx: ", "takes 3 features", "--features"];
    room.refused("import good.onnx --features mad+std -o new.json", 1, &words);
    let words = ["chi-squared is for a mahalanobis score"];
    room.refused("import good.onnx --threshold chi-squared -o new.json", 2, &words);
    for rule in ["5", "none"] {
        let line = format!("import good.onnx --threshold {rule} --normal {NORMAL} -o new.json");
        room.refused(&line, 2, &["--normal has no say in --threshold"]);
        let line =
            format!("import good.onnx --threshold {rule} --false-alarm-rate 0.1 -o new.json");
        room.refused(&line, 2, &["--false-alarm-rate has no say in --threshold"]);
    }
}

#[test]
fn models_that_cannot_be_exported() {
    let room = Room::with_network();
    room.judder(&format!("train --features mad --normal {NORMAL} -o m.json")).well();
    for to in ["--to tflite", "--to onnx", "--to npz --standardised"] {
        let words = ["error: m.json: is a mahalanobis model", "--to npz"];
        room.refused(&format!("export m.json {to} -o out"), 1, &words);
    }
    let int8 = format!("--int8 --normal {NORMAL} -o out");
    let words = ["error: m.json: is a mahalanobis model"];
    room.refused(&format!("export m.json --to tflite {int8}"), 1, &words);
    room.refused(&format!("export n.json --to onnx {int8}"), 2, &["--int8 goes with --to tflite"]);
    let ended = room.judder("export n.json --to tflite --int8 -o out").ended(2);
    assert!(ended.stderr.contains("--normal <DIR>"), "{}", ended.stderr);
    let ended =
        room.judder(&format!("export n.json --to tflite --normal {NORMAL} -o out")).ended(2);
    assert!(ended.stderr.contains("--int8"), "{}", ended.stderr);
    let words = ["error: n.json: is read by this command"];
    room.refused("export n.json --to tflite -o n.json", 1, &words);
}
