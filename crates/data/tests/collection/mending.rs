//! What a crash leaves behind, and what somebody else did to the list.

use judder_data::{Collection, DataError, Kept, Problem, SIDECAR, Sync};

use crate::desk::{Desk, keep};

#[test]
fn a_line_without_its_file_stands_for_nothing() {
    let desk = Desk::of(3);
    let right = desk.read(SIDECAR);
    let line = r#"{"file":"0003.csv","device":"a","sequence":3}"#;
    desk.write(SIDECAR, &format!("{right}{line}\n"));
    let mut collection = desk.open();
    assert_eq!(desk.read(SIDECAR), right);
    assert_eq!(collection.next_number(), 3);
    assert_eq!(keep(&mut collection, "a", 3).unwrap(), Kept::New(3));
}

#[test]
fn lines_of_removed_files_go_and_the_others_stay_as_they_are() {
    let desk = Desk::of(4);
    let mut lines = desk.lines();
    lines[3] = format!(" {}", lines[3].replace("}", r#","of another program":[1,2]}"#));
    lines.push(r#"{"file":"by hand.csv"}"#.to_owned());
    desk.write(SIDECAR, &(lines.join("\n") + "\n\n"));
    desk.write("by hand.csv", "1, 2, 3\n");
    std::fs::remove_file(desk.path("0001.csv")).unwrap();
    let mut collection = desk.open();
    lines.remove(1);
    assert_eq!(desk.read(SIDECAR), lines.join("\n") + "\n\n");
    assert_eq!((collection.count(), collection.next_number()), (3, 4));
    // What was removed may come again.
    assert_eq!(keep(&mut collection, "a", 1).unwrap(), Kept::New(4));
    assert_eq!(keep(&mut collection, "a", 3).unwrap(), Kept::Known(3));
}

#[test]
fn a_list_that_is_right_is_not_written() {
    let desk = Desk::of(3);
    let modified = || desk.path(SIDECAR).metadata().unwrap().modified().unwrap();
    let before = modified();
    drop(desk.open());
    assert_eq!(modified(), before);
}

#[test]
fn a_torn_last_line_is_cut_off_wherever_it_is_torn() {
    let desk = Desk::of(3);
    let list = desk.read(SIDECAR);
    let last = list[..list.len() - 1].rfind('\n').unwrap() + 1;
    for end in last..list.len() {
        desk.write(SIDECAR, &list[..end]);
        let mut collection = desk.open();
        assert_eq!(collection.next_number(), 3);
        // A line that lacks nothing but its end is whole: its recording must not come again.
        let whole = end + 1 == list.len();
        assert_eq!(desk.read(SIDECAR), if whole { &list } else { &list[..last] });
        if whole {
            assert_eq!(keep(&mut collection, "a", 2).unwrap(), Kept::Known(2));
        }
    }
    desk.write(SIDECAR, &format!("{list}{{\"file\":\n"));
    drop(desk.open());
    assert_eq!(desk.read(SIDECAR), list);
}

/// It needs no space: the disk may be full.
#[cfg(unix)]
#[test]
fn a_torn_last_line_is_cut_off_in_place() {
    use std::os::unix::fs::MetadataExt;
    let desk = Desk::of(3);
    let list = desk.read(SIDECAR);
    let inode = || desk.path(SIDECAR).metadata().unwrap().ino();
    desk.write(SIDECAR, &format!("{list}{{\"file\":"));
    let before = inode();
    drop(desk.open());
    assert_eq!((desk.read(SIDECAR), inode()), (list, before));
}

#[test]
fn what_a_power_cut_leaves_of_a_list_is_taken_out() {
    let desk = Desk::of(3);
    let list = desk.read(SIDECAR);
    let damaged = list.replacen("\"device\"", "\0\0\0\0\0\0\0\0", 1);
    desk.write(SIDECAR, &format!("{damaged}\0\0\0"));
    let mut collection = desk.open();
    assert_eq!(desk.read(SIDECAR), list.split_once('\n').unwrap().1);
    assert_eq!(keep(&mut collection, "a", 1).unwrap(), Kept::Known(1));
}

#[test]
fn a_damaged_line_that_others_follow_is_told_and_left() {
    let desk = Desk::of(3);
    let damaged = desk.read(SIDECAR).replacen("\"device\"", "device", 1);
    desk.write(SIDECAR, &damaged);
    let error = Collection::open(&desk.folder, Sync::System).unwrap_err();
    assert_eq!(error.path, desk.path(SIDECAR));
    assert!(matches!(error.problem, Problem::Sidecar { line: 1, .. }), "{error}");
    assert_eq!(desk.read(SIDECAR), damaged);
}

#[test]
fn files_left_half_written_are_removed_and_nobody_elses() {
    let desk = Desk::of(1);
    let ours = [".judder-collection.csv", ".judder-collection.jsonl"];
    for name in ours.into_iter().chain([".judder-x", ".other.csv"]) {
        desk.write(name, "1, 2");
    }
    let mut collection = desk.open();
    assert_eq!(desk.names(), [".judder-x", ".other.csv", "0000.csv", SIDECAR]);
    // One that could not be removed may be another name of a recording.
    std::fs::hard_link(desk.path("0000.csv"), desk.path(ours[0])).unwrap();
    let before = desk.read("0000.csv");
    assert_eq!(keep(&mut collection, "a", 1).unwrap(), Kept::New(1));
    assert_eq!(desk.read("0000.csv"), before);
    assert_eq!(desk.names().len(), 5);
}

#[test]
fn a_folder_is_open_once() {
    let refused = |desk: &Desk| {
        let error: DataError = Collection::open(&desk.folder, Sync::System).unwrap_err();
        assert!(matches!(error.problem, Problem::InUse));
        let says = error.to_string();
        assert!(says.contains("is in use: another judder adds recordings to it"), "{says}");
    };
    let desk = Desk::of(1);
    let mut collection = desk.open();
    refused(&desk);
    keep(&mut collection, "a", 1).unwrap();
    refused(&desk);
    // Somebody changes the list: it is opened anew, and stays locked.
    desk.write(SIDECAR, "");
    assert_eq!(keep(&mut collection, "a", 0).unwrap(), Kept::New(2));
    refused(&desk);
    drop(collection);
    drop(desk.open());
    assert_eq!(desk.open().count(), 3);
}
