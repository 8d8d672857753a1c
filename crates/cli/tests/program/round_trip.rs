//! A model that goes out to another format and comes back judges as before.

use crate::room::{NORMAL, READINGS, Room};

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
    assert!(!measured.stderr.contains("note:"), "{}", measured.stderr);
    assert!(measured.stderr.contains("(conformal)"));
    assert_eq!((assumed.stdout, measured.stdout), (String::new(), String::new()));
}
