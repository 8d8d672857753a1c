//! `judder explore` writes a page that is whole, or says why there is none.

use std::fs;

use crate::room::{ANOMALY, NORMAL, Room};

fn explore(output: &str) -> String {
    format!("explore --normal {NORMAL} --anomaly {ANOMALY} -o {output}")
}

fn is_whole(page: &[u8]) -> bool {
    page.starts_with(b"<!DOCTYPE html>") && page.ends_with(b"</html>")
}

#[test]
fn a_page_and_what_it_says_first() {
    let room = Room::with_fan();
    let before = room.all().len();
    let ended = room.judder(&explore("report.html")).well();
    let page = room.read("report.html");
    assert!(is_whole(&page));
    assert_eq!(room.all().len(), before + 1);
    let said = "wrote report.html\n";
    assert!(ended.stdout.is_empty() && ended.stderr.ends_with(said), "{}", ended.stderr);
    room.judder(&format!("{} --threads 1", explore("again.html"))).well();
    assert!(room.read("again.html") == page);
}

/// What is recommended can be pasted.
#[test]
fn its_command_trains_a_model() {
    let room = Room::with_fan();
    let ended = room.judder(&explore("report.html")).well();
    let command = ended.stderr.lines().map(str::trim).find(|line| line.starts_with("judder train"));
    room.shell(command.unwrap()).well();
    assert!(is_whole(&room.read("train.html")));
    assert!(!room.read("my.model.json").is_empty());
}

#[test]
fn places_where_no_page_can_be_written() {
    let room = Room::with_fan();
    room.refused(&explore("fan"), 1, &["error: fan: is a folder, not a file"]);
    room.refused(&explore("missing/r.html"), 1, &["missing/r.html: no such file or folder"]);
    let file = format!("{NORMAL}/0000.csv/r.html");
    room.refused(&explore(&file), 1, &[&file, "a part of the path is a file"]);
    for input in [format!("{NORMAL}/0000.csv"), format!("{ANOMALY}/../../{ANOMALY}/0003.csv")] {
        let kept = room.read(&input);
        room.refused(&explore(&input), 1, &["is read by this command"]);
        assert_eq!(room.read(&input), kept);
    }
}

/// A limit of the file size stands for a full disk, which would need a mount.
#[cfg(unix)]
#[test]
fn a_page_that_is_cut_short_leaves_what_was_there() {
    let room = Room::with_fan();
    room.write("report.html", "old");
    let before = room.all();
    let limited = format!("trap '' XFSZ; ulimit -f 8; judder {}", explore("report.html"));
    let ended = room.shell(&limited).ended(1).says(&["report.html: ", "too large"]);
    assert_eq!(ended.stdout, "");
    assert_eq!((room.all(), room.read("report.html")), (before, b"old".to_vec()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_page_into_a_device_or_a_pipe() {
    let room = Room::with_fan();
    room.judder(&explore("report.html")).well();
    let piped = room.judder(&explore("/dev/stdout")).well();
    assert!(piped.stdout.as_bytes() == room.read("report.html"));
    room.judder(&explore("/dev/full")).ended(1).says(&["/dev/full: the disk is full"]);
}

#[test]
fn folders_that_cannot_be_shown_are_named() {
    let room = Room::with_fan();
    fs::create_dir(room.path("empty")).unwrap();
    room.write("bad/0.csv", "no readings\nat all\n");
    let cases = [
        ("--normal nowhere", "nowhere: no such file or folder"),
        ("--normal empty", "empty: holds no recordings"),
        ("--normal bad", "bad/0.csv: "),
        (&*format!("--normal {NORMAL} --anomaly nowhere"), "nowhere: no such file or folder"),
        (&*format!("--normal {NORMAL} --anomaly {NORMAL}"), "as normal and as anomalous"),
        (&*format!("--normal {NORMAL} --window 65"), "0000.csv: has 64 readings, fewer"),
    ];
    for (words, says) in cases {
        room.refused(&format!("explore {words} -o r.html"), 1, &[says]);
    }
}

#[test]
fn a_bad_file_among_good_ones_is_left_out_and_named() {
    let room = Room::with_fan();
    room.write(format!("{NORMAL}/0007.csv"), "1,2,3\n1,oops,3\n");
    let ended = room.judder(&explore("report.html")).well();
    assert!(ended.stderr.contains("left out"), "{}", ended.stderr);
    assert!(ended.stderr.contains("0007.csv: line 2"), "{}", ended.stderr);
    assert!(is_whole(&room.read("report.html")));
}

#[test]
fn options_that_are_wrong() {
    let room = Room::new();
    for rate in ["0", "-200", "nan", "fast"] {
        let line = format!("explore --normal n -o r.html --rate {rate}");
        room.refused(&line, 2, &["--rate <HZ>", "a number of Hz above 0"]);
    }
    for window in ["7", "0", "-8", "16777217"] {
        let line = format!("explore --normal n -o r.html --window {window}");
        room.refused(&line, 2, &["--window <N>", "a whole number from 8 to 16777216"]);
    }
    let ended = room.judder("explore -o r.html").ended(2);
    assert!(ended.stderr.contains("--normal <DIR>"), "{}", ended.stderr);
    let ended = room.judder("explore --normal n").ended(2);
    assert!(ended.stderr.contains("--output <FILE>"), "{}", ended.stderr);
}
