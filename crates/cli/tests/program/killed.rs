//! Whatever ends judder, and whenever: under a final name there is a whole file or none.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::room::{NORMAL, Room};

/// Runs a line, and kills it after each of these shares of the time that it takes.
fn killed(room: &Room, line: &dyn Fn(usize) -> String, after: &mut dyn FnMut(usize)) -> usize {
    let spawn = |round: usize| -> Child {
        let mut command = room.command();
        command.args(line(round).split(' ')).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    const ROUNDS: usize = 40;
    let start = Instant::now();
    assert!(spawn(0).wait().unwrap().success());
    let whole = start.elapsed().max(Duration::from_millis(2));
    let mut cut = 0;
    for round in 1..=ROUNDS {
        let mut child = spawn(round);
        thread::sleep(whole * u32::try_from(round).unwrap() / ROUNDS as u32);
        child.kill().unwrap();
        cut += usize::from(!child.wait().unwrap().success());
        after(round);
    }
    cut
}

#[test]
fn recordings_are_whole() {
    let room = Room::new();
    let line =
        |round| format!("simulate --states low --recordings 60 --readings 2000 --out k{round}");
    let mut partial = 0;
    let cut = killed(&room, &line, &mut |round| {
        let mut there = 0;
        for number in 0..60 {
            let at = |round| format!("k{round}/fan_0_low_0_weight/{number:04}.csv");
            if room.path(at(round)).exists() {
                there += 1;
                assert!(room.read(at(round)) == room.read(at(0)), "{}", at(round));
            }
        }
        partial += usize::from((1..60).contains(&there));
    });
    // The kills fell where they might have done harm.
    assert!(cut > 0 && partial > 0, "{cut} killed, {partial} of them among the recordings");
}

#[test]
fn a_model_is_whole_or_absent() {
    let room = Room::with_fan();
    let line = |round| format!("train --normal {NORMAL} -o k{round}.json");
    let cut = killed(&room, &line, &mut |round| {
        let model = format!("k{round}.json");
        if room.path(&model).exists() {
            assert!(room.read(&model) == room.read("k0.json"), "{model}");
        }
    });
    assert!(cut > 0);
}
