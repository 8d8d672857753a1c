//! `judder demo`: the whole way, in a folder of its own.

use crate::room::Room;

#[test]
fn runs_twice_in_a_row_and_ends_with_a_row_of_each_verdict() {
    let room = Room::new();
    let first = room.judder("demo --no-page").well();
    let rows = first.rows();
    let [.., normal, anomaly] = rows.as_slice() else { panic!("{rows:?}") };
    assert!(normal.starts_with("normal ") && anomaly.starts_with("anomaly "), "{rows:?}");
    let all = room.all();
    let second = room.judder("demo --no-page").well();
    assert_eq!((second.stdout, second.stderr), (first.stdout, first.stderr));
    assert_eq!(room.all(), all);
}

#[test]
fn the_commands_it_shows_do_what_it_did() {
    let room = Room::new();
    let demo = room.judder("demo --no-page --dir shown").well();
    let script: Vec<&str> =
        demo.stderr.lines().filter(|line| line.starts_with("   judder ")).collect();
    assert_eq!(script.len(), 6, "{}", demo.stderr);
    let pasted = Room::new().shell(&script.join("\n")).well();
    assert_eq!(pasted.stdout, demo.stdout);
}

#[test]
fn leaves_folders_of_others_alone() {
    let room = Room::new();
    room.write("mine/fan/thesis.txt", "kept");
    room.write("file", "kept");
    room.refused("demo --dir mine", 1, &["error: mine: is not empty"]);
    room.refused("demo --dir file", 1, &["error: file: is a file already"]);
    room.refused("demo --dir file/below", 1, &["error: file/below: a part of the path"]);
    assert_eq!(room.read("mine/fan/thesis.txt"), b"kept");
}

#[cfg(target_os = "linux")]
#[test]
fn works_in_a_folder_whose_name_is_no_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let room = Room::new();
    let name = OsStr::from_bytes(b"b\xff");
    room.run([OsStr::new("demo"), OsStr::new("--no-page"), OsStr::new("--dir"), name]).well();
    assert!(room.path(name).join("fan.model.json").is_file());
    assert_eq!(room.path("").read_dir().unwrap().count(), 1);
}
