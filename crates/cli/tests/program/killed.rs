//! Whatever ends judder, and whenever: under a final name there is a whole file or none.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::room::{NORMAL, Room};

fn spawn(room: &Room, line: &str) -> Child {
    let mut command = room.command();
    command.args(line.split(' ')).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Ends the child at once, as a power cut does, and says whether it was still at work.
fn kill(mut child: Child) -> bool {
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

#[test]
fn recordings_are_whole() {
    const RECORDINGS: usize = 60;
    let room = Room::new();
    let simulate = "simulate --states low --recordings 60 --readings 2000 --out";
    let at = |round: usize, number| format!("k{round}/fan_0_low_0_weight/{number:04}.csv");
    room.judder(&format!("{simulate} k0")).well();
    let mut partial = 0;
    for round in 1..30 {
        let mut child = spawn(&room, &format!("{simulate} k{round}"));
        // Another recording is being written when this one is there.
        let awaited = room.path(at(round, 2 * round - 2));
        while !awaited.exists() && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        kill(child);
        let there = (0..RECORDINGS).filter(|&number| room.path(at(round, number)).exists());
        let there: Vec<usize> = there.collect();
        for &number in &there {
            let name = at(round, number);
            assert!(room.read(&name) == room.read(at(0, number)), "{name}");
        }
        assert!(there.len() > 2 * round - 2);
        partial += usize::from(there.len() < RECORDINGS);
    }
    assert!(partial > 0, "no kill fell among the recordings");
}

#[test]
fn a_model_is_whole_or_absent() {
    const ROUNDS: u32 = 40;
    let room = Room::with_fan();
    let train = format!("train --normal {NORMAL} -o");
    let start = Instant::now();
    room.judder(&format!("{train} k.json")).well();
    let whole = start.elapsed().max(Duration::from_millis(1));
    let mut cut = 0;
    for round in 0..ROUNDS {
        let model = format!("k{round}.json");
        let child = spawn(&room, &format!("{train} {model}"));
        // Where in its run it is killed makes no difference to what must hold.
        thread::sleep(whole * round / ROUNDS);
        cut += u32::from(kill(child));
        if room.path(&model).exists() {
            assert!(room.read(&model) == room.read("k.json"), "{model}");
        }
    }
    assert!(cut > 0);
}
