//! A process that is killed at any moment loses nothing that it said was kept.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use judder_data::{Collection, SIDECAR, Sync, read_sidecar};
use rand::{RngExt, SeedableRng};

use crate::desk::{Desk, keep, names, read, recording};

const ROUNDS: usize = 200;

/// So many rounds have to leave something to mend: else it is not the mending that was tried.
const INTERRUPTED: usize = ROUNDS / 20;

#[test]
fn what_is_acknowledged_survives_a_kill_exactly_once() {
    let desk = Desk::new();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    let (mut acknowledged, mut interrupted) = (0_u64, 0);
    // How often a kill hits a write is the machine's: there are more rounds until it has often enough.
    let mut rounds = 0..10 * ROUNDS;
    while let Some(round) = rounds.find(|round| *round < ROUNDS || interrupted <= INTERRUPTED) {
        let mut child = child_test::command(":", "killed::child_keeps_for_ever", &desk.folder)
            .env("JUDDER_TEST_SEQUENCE", acknowledged.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(|l| l.unwrap());
        let mut heard = |line: String| {
            let Some(sequence) = line.strip_prefix("kept ") else { return false };
            assert_eq!(sequence, acknowledged.to_string(), "round {round}");
            acknowledged += 1;
            true
        };
        // Now and then before it has opened the folder.
        for _ in 0..rng.random_range(0..30) {
            assert!(said.by_ref().any(&mut heard), "it ended by itself in round {round}");
        }
        let moment = Instant::now() + Duration::from_nanos(rng.random_range(0..200_000));
        while Instant::now() < moment {}
        child.kill().unwrap();
        child.wait().unwrap();
        said.for_each(|line| _ = heard(line));
        interrupted += usize::from(is_interrupted(&desk));
    }
    assert!(interrupted > INTERRUPTED, "{interrupted} rounds left something to mend");
    assert!(acknowledged > 1_000, "{acknowledged}");

    let collection = Collection::open(&desk.folder, Sync::System).unwrap();
    let list = read_sidecar(&desk.folder).unwrap();
    assert_eq!(list.len(), collection.count());
    let mut files: Vec<_> = list.iter().map(|entry| entry.file.clone()).collect();
    files.push(SIDECAR.to_owned());
    files.sort();
    assert_eq!(names(&desk.folder), files);
    let mut seen = HashSet::new();
    for entry in &list {
        let sequence = entry.sequence.unwrap();
        assert_eq!(entry.device.as_deref(), Some("a"));
        assert!(seen.insert(sequence), "{sequence} is kept twice");
        assert_eq!(read(&desk.path(&entry.file)), recording(sequence));
    }
    assert!((0..acknowledged).all(|sequence| seen.contains(&sequence)));
    // At most the one that nobody was told of.
    assert!(seen.len() as u64 <= acknowledged + 1, "{} for {acknowledged}", seen.len());
}

/// Whether there is a line without its file, or a file half written.
fn is_interrupted(desk: &Desk) -> bool {
    if !desk.path(SIDECAR).exists() {
        return false;
    }
    let (names, lines) = (names(&desk.folder), desk.lines().len());
    names.iter().any(|name| name.starts_with('.'))
        || lines != names.iter().filter(|name| name.ends_with(".csv")).count()
}

#[test]
#[ignore = "run by what_is_acknowledged_survives_a_kill_exactly_once"]
fn child_keeps_for_ever() {
    let first: u64 = std::env::var("JUDDER_TEST_SEQUENCE").unwrap().parse().unwrap();
    let mut collection = Collection::open(&child_test::folder(), Sync::System).unwrap();
    for sequence in first.. {
        keep(&mut collection, "a", sequence).unwrap();
        println!("kept {sequence}");
    }
}
