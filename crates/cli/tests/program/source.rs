//! A model as source code: what is written, and what is refused.

use std::path::Path;
use std::process::Command;

use crate::room::{ANOMALY, NORMAL, READINGS, Room};

#[test]
fn c_is_named_by_its_file_or_by_its_model() {
    let room = Room::with_model();
    room.judder("export m.json --to c -o det.c").well();
    room.judder("export m.json --to c --name other -o det").well();
    std::fs::create_dir(room.path("src")).unwrap();
    room.judder("export m.json --to c -o src").well();
    let header = String::from_utf8(room.read("det.h")).unwrap();
    assert!(header.contains("judder_other_push") && header.contains("JUDDER_OTHER_OK"));
    let source = String::from_utf8(room.read("src/m.c")).unwrap();
    assert!(source.contains("#include \"m.h\"") && source.contains("judder_m_push"));
}

#[test]
fn a_self_test_takes_recordings_or_none() {
    let room = Room::with_model();
    room.judder("export m.json --to c -o a --self-test").well();
    room.judder(&format!("export m.json --to c -o b --self-test {NORMAL} {ANOMALY}")).well();
    let [a, b] = ["a.c", "b.c"].map(|name| String::from_utf8(room.read(name)).unwrap());
    assert!(a.contains("synthetic(") && !a.contains("GOLDEN_WINDOWS"));
    assert!(b.contains("GOLDEN_WINDOWS[4]") && !b.contains("synthetic("));
    room.judder("simulate --out short --states low --recordings 1 --readings 32").well();
    room.refused(
        "export m.json --to c -o c --self-test short",
        1,
        &["0000.csv", "32 readings", "64"],
    );
}

#[test]
fn what_cannot_be_source_is_refused() {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o m.npz").well();
    room.judder(&format!("import m.npz --window {READINGS} --threshold 7 -o f64.json")).well();
    for to in ["c", "rust"] {
        room.refused(
            &format!("export f64.json --to {to} -o out"),
            1,
            &["f64.json", "f64", "import it with --precision f32"],
        );
    }
    for (words, says) in [
        ("--to rust --self-test", "--self-test goes with --to c"),
        ("--to npz --name x", "--name goes with --to c, rust or arduino"),
        ("--to c --core x", "--core goes with --to rust"),
        ("--to c --standardised", "--standardised goes with --to npz, tflite or onnx"),
    ] {
        room.refused(&format!("export m.json -o out {words}"), 2, &[says]);
    }
    room.refused("export m.json --to rust --core fan -o out", 1, &["no folder of a crate"]);
    room.refused("export m.json --to c -o m\"x", 1, &["m.json", "name it by letters and digits"]);
}

/// A program over the generated crate: prints the bits of the score, and the verdict, of windows.
const MAIN: &str = r#"
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut fed, mut whole) = (model::Watcher::new()?, model::Watcher::new()?);
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(path)?;
        let mut window = vec![0.0; model::AXES * model::WINDOW];
        let mut last = None;
        for (at, line) in text.lines().enumerate() {
            let mut reading = [0.0; model::AXES];
            for (axis, cell) in line.split(',').enumerate() {
                reading[axis] = cell.trim().parse::<f64>()? as f32;
                window[axis * model::WINDOW + at] = reading[axis];
            }
            last = fed.push(&reading)?;
        }
        let watched = whole.judge(&window)?;
        assert_eq!(last, Some(watched));
        println!("{},{}", whole.score(&window)?, watched.verdict);
    }
    Ok(())
}
"#;

#[test]
fn rust_is_a_crate_with_the_same_scores() {
    let room = Room::with_network();
    room.judder(&format!("train --normal {NORMAL} --detector mixture -o x.json")).well();
    room.judder(&format!("train --normal {NORMAL} --detector neighbours -o k.json")).well();
    room.judder(&format!("train --normal {NORMAL} --features mad -o m.json")).well();
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core");
    for name in ["n", "x", "k", "m"] {
        let export = ["export", &format!("{name}.json"), "--to", "rust", "--core"];
        let export = export.iter().map(|word| word.to_string());
        let rest = [core.display().to_string(), "-o".to_owned(), "model".to_owned()];
        room.run(export.chain(rest)).well();
        // The workspace's own lock and target folder: nothing is asked of a registry.
        room.write("model/src/bin/replay.rs", MAIN.replace("model::", "judder_model_x::"));
        let manifest = String::from_utf8(room.read("model/Cargo.toml")).unwrap();
        let manifest = manifest.replace("name = \"judder-model\"", "name = \"judder-model-x\"");
        room.write("model/Cargo.toml", manifest + "\n[workspace]\n");
        let built = Command::new(env!("CARGO"))
            .current_dir(room.path("model"))
            .args(["build", "--quiet", "--offline"])
            .env("CARGO_TARGET_DIR", room.path("target"))
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        assert_eq!(String::from_utf8_lossy(&built.stderr), "");
        let scored =
            room.judder(&format!("score {name}.json {NORMAL} {ANOMALY} --format csv")).well();
        let rows: Vec<Vec<&str>> =
            scored.stdout.lines().skip(1).map(|row| row.split(',').collect()).collect();
        let said = Command::new(room.path("target/debug/replay"))
            .current_dir(room.path(""))
            .args(rows.iter().map(|row| row[0]))
            .output()
            .unwrap();
        let expected: Vec<String> =
            rows.iter().map(|row| format!("{},{}", row[1], row[3])).collect();
        assert!(expected.len() == 48 && expected.iter().any(|row| row.ends_with("anomaly")));
        let said = String::from_utf8(said.stdout).unwrap();
        assert_eq!(said.lines().collect::<Vec<_>>(), expected, "{name}");
    }
}
