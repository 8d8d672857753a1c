//! The unit of recordings: as a header, the list beside them or whoever reads them says, and kept.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;

use judder_core::Unit;
use judder_data::{Located, Recording, SIDECAR, load, sources, store, write_text};

/// A folder with one recording, and beside it a line of the list, if there is one.
fn folder(header: &str, rows: &str, line: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("0000.csv"), format!("{header}{rows}")).unwrap();
    if let Some(line) = line {
        fs::write(folder.path().join(SIDECAR), line).unwrap();
    }
    folder
}

fn read(folder: &tempfile::TempDir, given: Option<Unit>) -> Recording {
    let [source] = &sources(folder.path()).unwrap()[..] else { panic!("one file is one source") };
    let located = source.clone().or_unit(given).read(&mut Vec::new());
    let [Located { recording, .. }] = &located.unwrap()[..] else { panic!("it is one recording") };
    recording.clone()
}

const ROWS: &str = "0,0,1000\n600,0,800\n0,-1000,0\n";

/// Who says the unit: the list before the header, and that before whoever reads it.
#[test]
fn the_nearest_to_the_readings_counts() {
    let (header, line) = ("x [mg],y [mg],z [mg]\n", r#"{"file":"0000.csv","unit":"m/s2"}"#);
    let given = Some("counts:16384".parse().unwrap());
    for (header, line, expected) in [
        (header, Some(line), "m/s2"),
        (header, None, "mg"),
        (header, Some(r#"{"file":"0000.csv"}"#), "mg"),
        ("x,y,z\n", Some(line), "m/s2"),
        ("x,y,z\n", None, "counts:16384"),
        ("", None, "counts:16384"),
    ] {
        let recording = read(&folder(header, ROWS, line), given);
        assert_eq!(recording.unit(), expected.parse().ok(), "{header}{line:?}");
        // Whatever it is, nothing is converted before somebody asks for it.
        assert_eq!(recording.axis(2), [1000.0, 800.0, 0.0]);
    }
    assert_eq!(read(&folder("", ROWS, None), None).unit(), None);
}

#[test]
fn readings_are_brought_to_another_unit() {
    let recording = read(&folder("x (mg)\ty (mg)\tz (mg)\n", &ROWS.replace(',', "\t"), None), None);
    let g = recording.clone().in_unit(Unit::G);
    assert_eq!((g.axis(0), g.axis(2)), ([0.0, 0.6, 0.0].as_slice(), [1.0, 0.8, 0.0].as_slice()));
    assert_eq!(g.unit(), Some(Unit::G));
    let metres = recording.in_unit(Unit::METRES_PER_SECOND_SQUARED);
    assert_eq!(metres.axis(2)[0], 9.80665);
    // Of no unit that is known, they stay as they are.
    let unknown = read(&folder("", ROWS, None), None);
    assert_eq!(unknown.clone().in_unit(Unit::G), unknown);
}

#[test]
fn what_is_no_acceleration_stays_as_it_is() {
    let header = "time (s),ax [mg],ay [mg],az [mg],gx [deg/s],temperature\n";
    let rows = "0,0,0,1000,1.5,20\n0.01,1,2,1001,2.5,20\n0.02,3,5,1002,3,21\n";
    let recording = read(&folder(header, rows, None), None).in_unit(Unit::G);
    // A temperature is no axis.
    assert_eq!(recording.axes(), 4);
    assert_eq!(recording.axis(2), [1.0, 1.001, 1.002]);
    assert_eq!(recording.axis(3), [1.5, 2.5, 3.0]);
    // Gravity is that of the accelerations.
    assert!((recording.gravity().unwrap() - 1.001).abs() < 1e-5);
}

#[test]
fn columns_that_differ_and_units_that_are_none_are_told() {
    let differ = load(folder("x [mg],y [g],z [mg]\n", ROWS, None).path()).unwrap().1;
    let said = differ[0].to_string();
    assert!(
        said.ends_with(
            "0000.csv: columns `x [mg]` and `y [g]` are not of one unit; bring them to one"
        ),
        "{said}"
    );
    let line = "{\"file\":\"0001.csv\"}\n{\"file\":\"0000.csv\",\"unit\":\"kg\"}\n";
    let said = sources(folder("", ROWS, Some(line)).path()).unwrap_err().to_string();
    assert!(
        said.contains(
            "recording.jsonl: line 2: unit: \"kg\" is not a unit judder knows: g, mg, m/s2"
        ),
        "{said}"
    );
}

#[test]
fn what_is_kept_says_its_unit() {
    let kept = tempfile::tempdir().unwrap();
    let recording = Recording::from_axes(1, 2, vec![1000.0, 1001.5]).unwrap();
    for (name, unit) in [("named", Some(Unit::MILLI_G)), ("not", None)] {
        let folder = kept.path().join(name);
        store::write_folder(&folder, &[recording.clone().with_unit(unit)], |_, entry| entry)
            .unwrap();
        let (read, _) = load(&folder).unwrap();
        assert_eq!(read[0].recording, recording.clone().with_unit(unit));
        let list = fs::read_to_string(folder.join(SIDECAR)).unwrap();
        assert_eq!(list.contains(r#""unit":"mg""#), unit.is_some(), "{list}");
    }
    let mut text = Vec::new();
    write_text(&recording.with_unit(Some(Unit::MILLI_G)), &mut text).unwrap();
    assert_eq!(text, b"1000\n1001.5\n");
}
