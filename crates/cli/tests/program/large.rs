//! Files that are larger than memory should be are refused early, and cost little.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{BufWriter, Write};

use crate::room::{NORMAL, Room};

/// The address space that each command gets, in kB: less than any of the files is long. Two threads
/// and the program itself take their part.
const SPACE_KB: u32 = 400_000;

/// All commands that read recordings name the file, in bounded memory.
fn refused_in_little_memory(room: &Room, words: &[&str]) {
    for line in [
        format!("score m.json {NORMAL}/large.csv"),
        format!("train --normal {NORMAL} -o new.json"),
        format!("evaluate m.json --normal {NORMAL}"),
    ] {
        // One arena of the allocator for all threads: each reserves 64 MiB of addresses.
        let limited =
            format!("ulimit -v {SPACE_KB}; export MALLOC_ARENA_MAX=1; judder --threads 2 {line}");
        room.shell(&limited).ended(1).says(words);
    }
    assert!(!room.path("new.json").exists());
}

/// Longer than the address space, so that who reads it whole must fail.
#[test]
fn one_long_line_of_digits() {
    let room = Room::with_model();
    let mut file = BufWriter::new(File::create(room.path(format!("{NORMAL}/large.csv"))).unwrap());
    file.write_all(b"0.1, 0.2, 0.3\n0.").unwrap();
    let digits = vec![b'7'; 1 << 20];
    for _ in 0..64 {
        file.write_all(&digits).unwrap();
    }
    // The rest is a hole, which takes no space on the disk.
    let file = file.into_inner().unwrap();
    file.set_len(1 << 30).unwrap();
    let words = ["large.csv: line 2: longer than 262144 bytes"];
    refused_in_little_memory(&room, &words);
}

#[test]
fn one_gigabyte_of_nothing() {
    let room = Room::with_model();
    let file = File::create(room.path(format!("{NORMAL}/large.csv"))).unwrap();
    file.set_len(1 << 30).unwrap();
    refused_in_little_memory(&room, &["large.csv: line 1: "]);
    let large = File::create(room.path("large.json")).unwrap();
    large.set_len(1 << 30).unwrap();
    let words = ["error: large.json: is larger than"];
    room.refused(&format!("score large.json {NORMAL}/0000.csv"), 1, &words);
    room.refused("import large.json -o new.json", 1, &["error: large.json: "]);
}
