//! What is written is whole or absent, wherever it is to go.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::thread;

use crate::room::{ANOMALY, NORMAL, READINGS, Room};

/// The lines that write a file.
fn writing(output: &str) -> [String; 3] {
    [
        format!("train --normal {NORMAL} -o {output}"),
        format!("export m.json --to npz -o {output}"),
        format!("import m.npz --window {READINGS} -o {output}"),
    ]
}

fn room() -> Room {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o m.npz").well();
    room
}

/// The list beside recordings is read with them, so nothing else may be called so.
#[test]
fn no_output_becomes_a_list_of_recordings() {
    let room = room();
    let list = format!("{NORMAL}/recording.jsonl");
    let kept = room.read(&list);
    let mut lines = writing(&list).to_vec();
    lines.push(format!("explore --normal {NORMAL} -o {list}"));
    lines.push(format!("train --normal {NORMAL} -o new.json --report {list}"));
    lines.push(format!("evaluate m.json --normal {NORMAL} --report {list}"));
    for line in lines {
        room.refused(&line, 1, &["recording.jsonl: is what a list of recordings is called"]);
    }
    assert_eq!(room.read(&list), kept);
}

#[test]
fn a_report_never_takes_the_place_of_its_model() {
    let room = room();
    symlink("new.json", room.path("link.html")).unwrap();
    for report in ["new.json", "./new.json", "fan/../new.json", "link.html"] {
        let line = format!("train --normal {NORMAL} -o new.json --report {report}");
        room.refused(&line, 1, &["is to be written twice"]);
    }
    for report in ["fan", "missing/report.html", "m.json/report.html"] {
        let line = format!("train --normal {NORMAL} -o new.json --report {report}");
        room.refused(&line, 1, &["error: "]);
    }
    assert!(!room.path("new.json").exists());
    room.judder(&format!("train --normal {NORMAL} -o new.json --report new.html")).well();
}

/// A pipe among recordings is nobody's recording, and is not waited for.
#[test]
fn pipes_in_a_folder_are_passed_over() {
    let room = room();
    room.shell(&format!("mkfifo {NORMAL}/9999.csv")).well();
    room.judder(&format!("train --normal {NORMAL} -o new.json")).well();
    room.judder(&format!("explore --normal {NORMAL} -o new.html")).well();
}

/// Tests may run as root, who may write everywhere: so these are places where nobody can.
#[test]
fn places_where_nothing_can_be_written() {
    let room = room();
    for line in writing("fan") {
        room.refused(&line, 1, &["error: fan: is a folder, not a file"]);
    }
    for line in writing("m.json/new") {
        room.refused(&line, 1, &["error: m.json/new: a part of the path is a file"]);
    }
    for line in writing("missing/new") {
        room.refused(&line, 1, &["error: missing/new: no such file or folder"]);
    }
    if cfg!(target_os = "linux") {
        for line in writing("/proc/new") {
            room.refused(&line, 1, &["error: /proc/new: "]);
        }
    }
    let simulate = "simulate --recordings 1 --readings 8 --out";
    room.refused(&format!("{simulate} m.json"), 1, &["error: m.json"]);
    room.refused(&format!("{simulate} m.json/new"), 1, &["error: m.json/new"]);
}

/// A limit of the file size stands for a full disk, which would need a mount.
#[test]
fn a_write_that_is_cut_short_leaves_nothing() {
    let room = room();
    // In blocks of 512 bytes, or of 1024: each file below is longer than that.
    let limited = |line: &str| room.shell(&format!("trap '' XFSZ; ulimit -f 1; judder {line}"));
    let before = room.all();
    for line in [
        &*format!("train --normal {NORMAL} -o new.json"),
        "train --normal fan/fan_0_low_0_weight -o m.npz",
    ] {
        let kept = room.read("m.npz");
        let ended = limited(line).ended(1).says(&["error: ", "too large"]);
        assert_eq!(ended.stdout, "");
        assert_eq!(room.all(), before, "{line}");
        assert_eq!(room.read("m.npz"), kept);
    }
    limited("simulate --states low --recordings 3 --readings 200 --out cut")
        .ended(1)
        .says(&["error: cut/fan_0_low_0_weight/0000.csv: "]);
    assert!(!room.path("cut/fan_0_low_0_weight").exists());
}

#[test]
fn a_link_stays_and_what_it_stands_for_is_written() {
    let room = room();
    room.write("v1.json", "old");
    symlink("v1.json", room.path("current.json")).unwrap();
    room.judder(&format!("train --normal {NORMAL} --features mad -o current.json")).well();
    assert!(room.path("current.json").is_symlink());
    assert!(room.read("v1.json") == room.read("m.json"));
}

/// As root, a rename would put a file where the device is.
#[cfg(target_os = "linux")]
#[test]
fn a_device_or_a_pipe_is_written_to() {
    use std::os::unix::fs::FileTypeExt;
    let room = room();
    let line = format!("train --normal {NORMAL} --features mad -o");
    room.judder(&format!("{line} /dev/null")).well();
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    let piped = room.judder(&format!("{line} /dev/stdout")).well();
    assert_eq!(piped.stdout.as_bytes(), room.read("m.json"));
    room.judder(&format!("{line} /dev/full")).ended(1).says(&["/dev/full: the disk is full"]);
    assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device());
}

#[test]
fn two_at_once_leave_the_file_of_one() {
    let room = &room();
    let lines = [NORMAL, ANOMALY].map(|folder| format!("train --normal {folder} -o"));
    let whole = [0, 1].map(|at| {
        room.judder(&format!("{} {at}.json", lines[at])).well();
        room.read(format!("{at}.json"))
    });
    assert!(whole[0] != whole[1]);
    let before = room.all().len();
    for _ in 0..5 {
        thread::scope(|scope| {
            for line in &lines {
                scope.spawn(move || room.judder(&format!("{line} both.json")).well());
            }
        });
        assert!(whole.contains(&room.read("both.json")));
        assert_eq!(room.all().len(), before + 1);
    }
}

#[test]
fn what_a_command_reads_is_not_written_over() {
    let room = room();
    let before = room.all();
    let recording = format!("{NORMAL}/0000.csv");
    for line in [
        format!("train --normal {NORMAL} -o {recording}"),
        format!("train --normal {NORMAL}/../fan_0_low_0_weight -o {recording}"),
        "export m.json --to npz -o m.json".to_owned(),
        format!("import m.npz --normal {NORMAL} -o m.npz"),
    ] {
        room.judder(&line).ended(1).says(&["is read by this command"]);
        assert_eq!(room.all(), before, "{line}");
    }
}
