//! Files of many formats, written by the libraries of these formats: what is read of them is what was written.
//!
//! `$JUDDER_FORMATS_PYTHON` is a Python that has what `requirements.txt` names; `cargo xtask test tests` brings one. Where
//! `$JUDDER_FORMATS` names a folder, the files that `make.py` wrote are taken from there.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod compared;
mod entry;
mod page;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use compared::Outcome;
use entry::{Entry, Expected};

/// What was written, and what came of reading it.
struct Read {
    expected: Expected,
    outcomes: Vec<Outcome>,
}

/// Reads all files once; none where there is no Python that can write them.
fn read(test: &str) -> Option<&'static Read> {
    static READ: OnceLock<Option<Read>> = OnceLock::new();
    let read = READ.get_or_init(|| {
        let made = tempfile::tempdir().unwrap();
        let folder = match std::env::var_os("JUDDER_FORMATS") {
            Some(folder) => PathBuf::from(folder),
            None => make(made.path())?,
        };
        let expected = Expected::read(&folder);
        let outcomes = expected.files.iter().map(|one| compared::outcome(&folder, one)).collect();
        Some(Read { expected, outcomes })
    });
    if read.is_none() {
        let ci = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
        assert!(!ci, "{test} may not be skipped with CI=true: JUDDER_FORMATS_PYTHON is not set");
        eprintln!(
            "skipped {test}: no libraries to write files with; `cargo xtask test tests` brings them"
        );
    }
    read.as_ref()
}

fn make(into: &Path) -> Option<PathBuf> {
    let python = std::env::var_os("JUDDER_FORMATS_PYTHON")?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/make.py");
    let into = into.join("made");
    let done = Command::new(python).arg("-B").arg(script).arg(&into).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(into)
}

/// Readings, rate, unit and the names of axes; or why a file is refused.
#[test]
fn what_was_written_is_read() {
    let Some(Read { expected, outcomes }) = read("what_was_written_is_read") else { return };
    // Those that were brought may be of another script.
    let are_brought = std::env::var_os("JUDDER_FORMATS").is_some();
    assert!(are_brought || expected.files.len() >= 400, "{}", expected.files.len());
    let wrong = |(entry, outcome): (&Entry, &Outcome)| {
        let why = outcome.wrong.join("; ");
        (!why.is_empty()).then(|| format!("{} ({}): {why}", entry.file, entry.what))
    };
    let wrong: Vec<String> = expected.files.iter().zip(outcomes).filter_map(wrong).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} files:\n{}",
        wrong.len(),
        expected.files.len(),
        wrong.join("\n")
    );
}
