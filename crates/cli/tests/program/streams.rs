//! Results go to standard output, everything else to standard error; nothing is coloured on a pipe.

use std::io::Read;
use std::process::Stdio;

use crate::room::{ANOMALY, NORMAL, Room};

#[test]
fn prose_is_not_among_results() {
    let room = Room::with_model();
    for quiet in [
        "simulate --out other --recordings 1 --states low",
        &format!("train --normal {NORMAL} -o new.json"),
        "export m.json --to npz -o m.npz",
        "import m.npz --window 64 -o back.json",
    ] {
        let ended = room.judder(quiet).well();
        assert_eq!(ended.stdout, "");
        assert!(ended.stderr.contains("wrote"), "{}", ended.stderr);
    }
}

#[test]
fn nothing_is_coloured_on_a_pipe() {
    let room = Room::with_model();
    room.write("bad.csv", "");
    for line in [
        "score m.json fan bad.csv",
        &format!("evaluate m.json --normal {NORMAL} --anomaly {ANOMALY}"),
        "check fan bad.csv",
        "demo --no-page",
        "train --help",
        "train --bogus",
    ] {
        let ended = room.judder(line);
        assert!(!ended.stdout.contains('\u{1b}'), "{line}: {:?}", ended.stdout);
        assert!(!ended.stderr.contains('\u{1b}'), "{line}: {:?}", ended.stderr);
    }
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let room = Room::with_model();
    for format in ["csv", "jsonl", "table"] {
        let mut command = room.command();
        command.args(["score", "m.json", "fan", "--format", format]);
        for _ in 0..10 {
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            // Closed before anything is written.
            drop(child.stdout.take());
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            assert!(child.wait().unwrap().success(), "{said}");
            assert!(!said.contains("error") && !said.contains("panic"), "{said}");
        }
    }
    let ended = room.shell("judder score m.json fan fan fan --format csv | head -n 1").well();
    assert_eq!(ended.stdout, "path,score,threshold,verdict\n");
    assert!(!ended.stderr.contains("error"), "{}", ended.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_kept_are_an_error() {
    let room = Room::with_model();
    for line in [
        "score m.json fan --format csv",
        "score m.json fan --format jsonl",
        "score m.json fan",
        "check fan --format json",
        &format!("evaluate m.json --normal {NORMAL}"),
    ] {
        let ended = room.shell(&format!("judder {line} > /dev/full")).ended(1);
        ended.says(&["error: standard output: the disk is full"]);
    }
    // With no standard output at all there is nobody to tell.
    room.shell("judder score m.json fan >&-").well();
    room.shell("judder score m.json fan 2>&-").well();
}

#[test]
fn an_anomaly_that_nobody_reads_still_counts() {
    let room = Room::with_model();
    let line = format!("judder score m.json {ANOMALY} --fail-on-anomaly");
    // The writer's own exit code, in a file: a pipe has only its reader's.
    let wait = "exec 0<&-; for i in $(seq 200); do [ -s code ] || sleep 0.05; done";
    room.shell(&format!("{{ {line} || echo $? > code; }} | {{ {wait}; }}")).well();
    assert_eq!(room.read("code"), b"3\n");
}
