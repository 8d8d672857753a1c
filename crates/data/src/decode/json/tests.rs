//! Files in all the forms that people have.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::node::{Series, too_many};
use super::{open, open_cbor};
use crate::decode::{Head, Kind, Tables};
use crate::error::Problem;

type Read = Vec<(Head, Vec<Vec<f64>>)>;

fn tables(mut file: Box<dyn Tables>) -> Result<Read, Problem> {
    let mut tables = Vec::new();
    while let Some(mut table) = file.next()? {
        let mut columns = vec![Vec::new(); table.head().columns.len()];
        while let Some(block) = table.next() {
            let block = block?;
            for (at, column) in columns.iter_mut().enumerate() {
                column.extend_from_slice(block.axis(at));
            }
        }
        tables.push((table.head().clone(), columns));
    }
    Ok(tables)
}

fn written(folder: &TempDir, name: &str, text: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

fn read(name: &str, text: &str) -> Read {
    let folder = TempDir::new().unwrap();
    tables(open(&written(&folder, name, text.as_bytes())).unwrap()).unwrap()
}

fn names(head: &Head) -> Vec<&str> {
    head.columns.iter().map(|column| column.name.as_str()).collect()
}

fn problem(name: &str, text: &str) -> String {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, name, text.as_bytes());
    open(&path).and_then(tables).err().unwrap().to_string()
}

const ACQUISITION: &str = r#"{"protected": {"ver": "v1", "alg": "none"}, "signature": "00", "payload": {
    "device_name": "a", "device_type": "b", "interval_ms": 2.5,
    "sensors": [{"name": "accX", "units": "m/s2"}, {"name": "t", "units": "N/A"}],
    "values": [[1, 2.5], [3, -4e2], [5, 6]]}}"#;

fn assert_acquisition(path: &Path, tables: Read, label: Option<&str>) {
    let [(head, columns)] = tables.as_slice() else { panic!("{}: not one table", path.display()) };
    assert_eq!((head.rate_hz, head.label.as_deref()), (Some(400.0), label));
    assert_eq!(names(head), ["accX", "t"]);
    assert_eq!(head.columns[0].unit.as_deref(), Some("m/s2"));
    assert_eq!(head.columns[1].unit, None);
    assert_eq!(columns, &[vec![1.0, 3.0, 5.0], vec![2.5, -400.0, 6.0]]);
}

#[test]
fn acquisitions_are_read_with_their_labels() {
    let folder = TempDir::new().unwrap();
    let path = written(&folder, "training/idle.1.cbor.abc.json", ACQUISITION.as_bytes());
    assert_acquisition(&path, tables(open(&path).unwrap()).unwrap(), Some("idle"));
    let value: ciborium::Value = serde_json::from_str(ACQUISITION).unwrap();
    let mut cbor = Vec::new();
    ciborium::into_writer(&value, &mut cbor).unwrap();
    let path = written(&folder, "training/fan.2.cbor", &cbor);
    assert_acquisition(&path, tables(open_cbor(&path).unwrap()).unwrap(), Some("fan"));
    let labels = r#"{"version": 1, "files": [
        {"path": "training/fan.2.cbor", "label": {"type": "label", "label": "blocked"}},
        {"path": "training/idle.1.cbor.abc.json", "label": {"type": "unlabeled"}}]}"#;
    written(&folder, "info.labels", labels.as_bytes());
    assert_acquisition(&path, tables(open_cbor(&path).unwrap()).unwrap(), Some("blocked"));
    let path = folder.path().join("training/idle.1.cbor.abc.json");
    assert_acquisition(&path, tables(open(&path).unwrap()).unwrap(), None);
    for at in 0..cbor.len() {
        let bad = written(&folder, "bad.cbor", &cbor[..at]);
        assert!(open_cbor(&bad).is_err());
        let mut flipped = cbor.clone();
        flipped[at] ^= 0x41;
        let bad = written(&folder, "bad.cbor", &flipped);
        let _ = open_cbor(&bad).and_then(tables);
    }
}

#[test]
fn one_sensor_has_its_values_in_a_row() {
    let text = r#"{"payload": {"interval_ms": 10, "sensors": [{"name": "v", "units": "g"}], "values": [1, 2, 3]}}"#;
    assert_eq!(read("v.json", text)[0].1, [[1.0, 2.0, 3.0]]);
}

#[test]
fn records_columns_and_rows_are_readings() {
    let records = r#"[{"t": 0, "acc": {"x": 1.5}, "l": "a"}, {"t": 1, "acc": {"x": NaN}, "l": "b"}, {"t": 2}]"#;
    let (head, columns) = &read("r.json", records)[0];
    assert_eq!(names(head), ["t", "acc.x", "l"]);
    assert_eq!(columns[0], [0.0, 1.0, 2.0]);
    assert!(columns[1][0] == 1.5 && columns[1][1].is_nan() && columns[1][2].is_nan());
    let Kind::Words(words) = &head.columns[2].kind else { panic!("no words") };
    assert_eq!(words.word(columns[2][1]).as_deref(), Some("b"));

    let columns = r#"{"fs": 1600, "label": "run", "t": [0, 1], "acc": {"x": [1, -Infinity], "y": [3, 4]}, "v": [7]}"#;
    let tables = read("c.json", columns);
    assert_eq!(tables.len(), 2);
    assert_eq!((tables[0].0.rate_hz, tables[0].0.label.as_deref()), (Some(1600.0), Some("run")));
    assert_eq!(names(&tables[0].0), ["t", "acc.x", "acc.y"]);
    assert_eq!(tables[0].1[2], [3.0, 4.0]);
    assert_eq!((tables[1].0.name.as_deref(), &tables[1].1), (Some("v"), &vec![vec![7.0]]));

    let (head, columns) = &read("a.json", "[[1, 2, 3], [4, 5, 6]]")[0];
    assert_eq!(names(head), ["", "", ""]);
    assert_eq!(columns, &[vec![1.0, 4.0], vec![2.0, 5.0], vec![3.0, 6.0]]);

    let (head, columns) =
        &read("p.json", r#"{"x": {"0": 1, "1": 2}, "y": {"0": 3, "1": null}}"#)[0];
    assert_eq!(names(head), ["x", "y"]);
    assert!(columns[0] == [1.0, 2.0] && columns[1][0] == 3.0 && columns[1][1].is_nan());
}

#[test]
fn lines_are_read_however_many() {
    let rows = 70_000;
    let line = |row: usize| {
        format!("{{\"t\": {row}, \"state\": \"s{}\", \"acc\": [{row}.5, 2]}}\n", row % 2)
    };
    let text: String = (0..rows).map(line).collect();
    for name in ["l.jsonl", "l.json"] {
        let (head, columns) = &read(name, &text)[0];
        assert_eq!(names(head), ["t", "state", "acc 1", "acc 2"]);
        assert!((0..rows).all(|row| columns[2][row] == row as f64 + 0.5));
        assert_eq!((columns[0].len(), columns[3][69_999]), (rows, 2.0));
    }
    let (head, columns) = &read("l.ndjson", "[1, 2]\n\n[3, NaN]\n")[0];
    assert_eq!(names(head), ["", ""]);
    assert!(columns[0] == [1.0, 3.0] && columns[1][0] == 2.0 && columns[1][1].is_nan());
}

#[test]
fn what_is_wrong_is_told() {
    assert!(problem("a.json", "[[1, 2], [3, 4").contains("line 1"));
    assert!(problem("a.json", "{\"note\": \"none\"}").contains("holds no readings"));
    assert!(problem("a.jsonl", "{\"t\": 1}\n{\"t\": }\n").contains("line 2"));
    assert!(problem("a.json", &"[".repeat(100_000)).contains("recursion limit"));
    assert!(problem("a.jsonl", "\"a\"\n").contains("line 1 is no object"));
}

/// 2026-05-01, by `date -u -d 2026-05-01 +%s`.
const DAY: f64 = 1_777_593_600.0;

#[test]
fn texts_that_are_times_are_times() {
    let rows = [
        r#"{"t": "2026-05-01 00:00:00", "x": 1}"#,
        r#"{"t": "2026-05-01T00:00:00.25", "x": 2}"#,
        r#"{"t": "soon", "x": 3}"#,
    ];
    for (name, text) in [("t.json", format!("[{}]", rows.join(","))), ("t.jsonl", rows.join("\n"))]
    {
        let (head, columns) = &read(name, &text)[0];
        assert!(matches!(head.columns[0].kind, Kind::Times { since_1970: true }), "{name}");
        assert_eq!(columns[0][..2], [DAY, DAY + 0.25], "{name}");
        assert!(columns[0][2].is_nan() && columns[1] == [1.0, 2.0, 3.0], "{name}");
    }
    let (head, _) = &read("c.json", r#"{"t": ["12:00:00", "12:00:01"], "x": [1, 2]}"#)[0];
    assert!(matches!(head.columns[0].kind, Kind::Times { since_1970: false }));
}

#[test]
fn frames_are_tables_however_they_are_turned() {
    let split = r#"{"columns": ["t", "x"], "index": [7, 8], "data": [[0, 1.5], [10, 2.5]]}"#;
    let index = r#"{"7": {"t": 0, "x": 1.5}, "8": {"t": 10, "x": 2.5}}"#;
    for text in [split, index] {
        let tables = read("f.json", text);
        let [(head, columns)] = tables.as_slice() else { panic!("{text}: not one table") };
        assert_eq!((head.name.as_deref(), names(head)), (None, vec!["t", "x"]));
        assert_eq!(columns, &[[0.0, 10.0], [1.5, 2.5]]);
    }
    let other = read("f.json", r#"{"columns": ["t"], "data": [[0, 1.5], [10, 2.5]]}"#);
    assert_eq!(names(&other[0].0), ["data 1", "data 2"]);
}

#[test]
fn a_line_may_be_a_recording() {
    let numbers = |from: usize| format!("{:?}", (from..from + 20).collect::<Vec<_>>());
    let line = |at: usize| {
        let (x, y) = (numbers(at), numbers(at + 100));
        format!("{{\"rate_hz\": 400, \"label\": \"s{at}\", \"x\": {x}, \"y\": {y}}}\n")
    };
    let tables = read("r.jsonl", &[line(0), line(1), line(2)].concat());
    for (at, (head, columns)) in tables.iter().enumerate() {
        assert_eq!(head.name, Some(format!("[{at}]")));
        assert_eq!((head.rate_hz, &head.label), (Some(400.0), &Some(format!("s{at}"))));
        assert_eq!((names(head), columns[1][19]), (vec!["x", "y"], (at + 119) as f64));
    }
    assert_eq!(tables.len(), 3);
    let text = [line(0), "[1, 2]\n".to_owned()].concat();
    assert!(problem("r.jsonl", &text).contains("line 2 is no recording"));
}

#[test]
fn objects_that_have_nothing_in_common_are_too_many() {
    let columns = |count: usize| vec![(String::new(), Series::default()); count];
    assert_eq!(too_many(1 << 20, &columns(128)), None);
    assert!(too_many(1 << 20, &columns(129)).unwrap().contains("write the same ones"));
    assert!(too_many(1, &columns(5000)).unwrap().contains("4096"));
}
