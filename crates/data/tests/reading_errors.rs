//! What a recording that cannot be read says: the file, the line and the remedy.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use judder_data::{SIDECAR, load, read_sidecar, sources};
use tempfile::TempDir;

/// The message of the only recording of a folder, after its path.
fn message(bytes: impl AsRef<[u8]>) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("0007.csv");
    fs::write(&path, bytes).unwrap();
    let [source] = &sources(folder.path()).unwrap()[..] else { panic!("one file is one source") };
    let error = source.read(&mut Vec::new()).unwrap_err().to_string();
    let prefix = format!("{}: ", path.display());
    error.strip_prefix(&prefix).unwrap_or_else(|| panic!("{error:?} names no file")).to_owned()
}

/// A hundred good rows, with another line 57.
fn with_line_57(line: &str) -> String {
    let good = |at: usize| format!("0.{at:02}, {}.5, 1\n", at % 3);
    (1..=100).map(|at| if at == 57 { format!("{line}\n") } else { good(at) }).collect()
}

#[test]
fn a_file_without_readings() {
    for text in ["", "\n", " \t\r\n\n", "# only\n# comments", "\u{feff}", "x, y, z\n", "x;y;z"] {
        let found = message(text);
        assert!(found.starts_with("holds no readings"), "{text:?}: {found}");
    }
}

#[test]
fn another_number_of_columns() {
    let fewer = "line 57: 2 columns where the lines before have 3; complete the line, or remove it";
    assert_eq!(message(with_line_57("0.1, 0.2")), fewer);
    let empty = "line 57: column 3 is empty; complete the line, or remove it";
    assert_eq!(message(with_line_57("0.1, 0.2,")), empty);
    assert!(message(with_line_57("0.1")).starts_with("line 57: 1 column where"));
    assert!(message(with_line_57("0.1, 0.2, 0.3, 0.4")).starts_with("line 57: 4 columns"));
    assert!(message(with_line_57("0.1; 0.2; 0.3")).starts_with("line 57: 1 column where"));
    // Counted with the header, blank lines and comments, and with CRLF.
    let text = format!("# board 7\nx, y, z\n\n{}", with_line_57("0.1, 0.2")).replace('\n', "\r\n");
    assert!(message(text).starts_with("line 60: 2 columns"));
}

#[test]
fn a_field_that_is_no_number() {
    for bad in ["nan", "NaN", "-nan", "inf", "-Infinity", "null", "NA", "1e999"] {
        let expected =
            format!("line 57: column 2: `{bad}` is not a finite number; remove the line");
        assert_eq!(message(with_line_57(&format!("0.1, {bad}, 0.3"))), expected);
    }
    let empty = "line 57: column 2 is empty; complete the line, or remove it";
    assert_eq!(message(with_line_57("0.1, , 0.3")), empty);
    assert_eq!(message(with_line_57("0.1,,0.3")), empty);
    assert_eq!(message(with_line_57("0.1,\"\",0.3")), empty);
    for bad in ["abc", "0x10", "1_000", "1.2.3", "1e", "--1", "1-2", "٣"] {
        let expected = format!("line 57: column 3: `{bad}` is not a number; remove the line");
        assert_eq!(message(with_line_57(&format!("0.1, 0.2, {bad}"))), expected);
    }
    let controls = "line 57: column 3: `a b c` is not a number; remove the line";
    assert_eq!(message(with_line_57("0.1, 0.2, a\tb\u{9b}c")), controls);
    let long = "y".repeat(100_000);
    assert!(message(with_line_57(&format!("0.1, 0.2, {long}"))).len() < 150);
}

#[test]
fn text_in_line_3() {
    let text = "0.1, 0.2, 0.3\n0.2, 0.3, 0.4\nhello, wobbly, world\n";
    assert_eq!(message(text), "line 3: column 1: `hello` is not a number; remove the line");
}

/// A broken first row is no header: it would vanish without a word.
#[test]
fn text_in_the_first_row() {
    let text = "0.1, 0.2, oops\n0.2, 0.3, 0.4\n0.3, 0.4, 0.5\n";
    assert_eq!(message(text), "line 1: column 3: `oops` is not a number; remove the line");
    let text = "0,1;0,2;oops\n0,2;0,3;0,4\n";
    assert_eq!(message(text), "line 1: column 3: `oops` is not a number; remove the line");
    let text = "0.1, nan, 0.3\n0.2, 0.3, 0.4\n";
    let expected = "line 1: column 2: `nan` is not a finite number; remove the line";
    assert_eq!(message(text), expected);
}

#[test]
fn what_is_not_text() {
    let binary = "is not a text file (byte 0x00 in line 1), nor of a format that is known; export the readings \
                  as CSV, Parquet or .npz";
    assert_eq!(message(b"\x00\x01\x02\x03"), binary);
    assert!(message(b"\x7fELF\x02\x01").starts_with("is not a text file (byte 0x7f in line 1)"));
    assert!(message(b"PK\x03\x04\x14").starts_with("is not a text file (byte 0x03 in line 1)"));
    let late = b"0.1, 0.2\n\n0.3, \x00\x01\n";
    assert!(message(late).starts_with("is not a text file (byte 0x00 in line 3)"));
    let after_comments = b"# one\n\n# three\n0.1, 0.2, \x1b[0m\n";
    assert!(message(after_comments).starts_with("is not a text file (byte 0x1b in line 4)"));
    let far = [with_line_57("0.1, 0.2, 0.3").as_bytes(), b"1, \x08, 3\n"].concat();
    assert!(message(far).starts_with("is not a text file (byte 0x08 in line 101)"));
}

#[test]
fn too_many_columns() {
    let rest = "; a recording has 1 to 8 axes: choose them (--columns 1,2,3)";
    for columns in [9, 10, 31] {
        let row = vec!["0.5"; columns].join(", ");
        let text = format!("{row}\n{row}\n{row}\n");
        let found = message(text);
        assert!(
            found.starts_with(&format!("has {columns} columns of readings (1, 2, 3,")),
            "{found}"
        );
        assert!(found.ends_with(rest), "{found}");
    }
}

#[test]
fn a_line_that_is_too_long() {
    let found = message("7".repeat(300_000));
    assert!(found.starts_with("line 1: longer than 262144 bytes; a line holds"), "{found}");
    let found = message(format!("1, 2\n3, 4\n{}", "7".repeat(600_000)));
    assert!(found.starts_with("line 3: longer than 262144 bytes"), "{found}");
}

fn error_at(path: &Path) -> String {
    sources(path).unwrap_err().to_string()
}

#[test]
fn paths_that_are_no_recordings() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let missing = at("missing.csv");
    assert_eq!(error_at(&missing), format!("{}: no such file or folder", missing.display()));
    let none = "holds no recordings: no file of text (.csv, .txt and more), NumPy, WAV, Parquet, Arrow, HDF5, MATLAB, TDMS, JSON \
         or Excel by its ending";
    assert_eq!(error_at(folder.path()), format!("{}: {none}", folder.path().display()));
    fs::write(at("0000.csv"), "1, 2\n").unwrap();
    let (_, errors) = load(&at("0000.csv").join("0001.csv")).unwrap();
    let message = errors[0].to_string();
    assert!(
        message.ends_with("0000.csv: holds no recording `0001.csv`, but one without a name"),
        "{message}"
    );
    fs::create_dir(at("0001.csv")).unwrap();
    let expected = format!("{}: is a folder; a recording is a file", at("0001.csv").display());
    assert_eq!(error_at(folder.path()), expected);
}

#[test]
fn a_dataset_may_be_called_like_a_file() {
    let folder = TempDir::new().unwrap();
    let dataset = folder.path().join("fan.csv");
    fs::create_dir(&dataset).unwrap();
    assert!(error_at(&dataset).contains("fan.csv: holds no recordings"));
    fs::write(dataset.join("0000.csv"), "1, 2\n3, 4\n").unwrap();
    let (recordings, errors) = load(&dataset).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(recordings[0].path, dataset.join("0000.csv"));
}

#[test]
fn a_list_beside_the_recordings_that_cannot_be_read() {
    let folder = TempDir::new().unwrap();
    let list = folder.path().join(SIDECAR);
    fs::write(folder.path().join("0000.csv"), "1, 2\n").unwrap();
    fs::write(&list, "{\"file\": \"0000.csv\"}\n\nnonsense\n").unwrap();
    for message in [error_at(folder.path()), read_sidecar(folder.path()).unwrap_err().to_string()] {
        assert!(message.starts_with(&format!("{}: line 3: ", list.display())), "{message}");
        assert!(message.ends_with("each line is a JSON object with at least \"file\""));
    }
    fs::write(&list, "{\"rate_hz\": 200}\n").unwrap();
    assert!(error_at(folder.path()).contains("line 1: missing field `file`"));
    fs::write(&list, b"{\"file\": \"\xff\"}\n").unwrap();
    assert!(error_at(folder.path()).starts_with(&format!("{}: ", list.display())));
    fs::remove_file(&list).unwrap();
    fs::create_dir(&list).unwrap();
    assert_eq!(error_at(folder.path()), format!("{}: is a folder, not a file", list.display()));
}

#[test]
fn the_errors_of_some_recordings_leave_the_others() {
    let folder = TempDir::new().unwrap();
    for (name, text) in [("0.csv", "1, 2\n"), ("1.csv", ""), ("2.csv", "3, 4\n"), ("10.csv", "x")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let (recordings, errors) = load(folder.path()).unwrap();
    let names: Vec<_> = recordings.iter().map(|r| r.path.file_name().unwrap()).collect();
    assert_eq!(names, ["0.csv", "2.csv"]);
    let failed: Vec<_> = errors.iter().map(|e| e.path.file_name().unwrap()).collect();
    assert_eq!(failed, ["1.csv", "10.csv"]);
}
