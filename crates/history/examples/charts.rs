//! How long it takes to open a history and to read charts of a device from it: `charts FILE DEVICE`. What is not
//! rolled up yet is, first; before that charts are read from all scores.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measurement says what it measured, and ends at the first error"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use judder_history::{History, Reader, Retention, Sync, Verdict};

const DAY: i64 = 86_400_000;
const POINTS: usize = 600;
const ROUNDS: usize = 11;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, device] = &words[..] else { panic!("usage: charts FILE DEVICE") };
    let retention = Retention { scores: Duration::MAX, readings: Duration::MAX, bytes: None };
    let open = || History::open(Path::new(file), Sync::System, retention).unwrap();
    let began = Instant::now();
    let history = open();
    println!("opened the first time in {:.1?}", began.elapsed());
    charts(&history.reader().unwrap(), device, 1);
    let (began, settler) = (Instant::now(), history.settler().unwrap());
    let (mut turns, mut longest) = (0, Duration::ZERO);
    loop {
        let turn = Instant::now();
        let more = settler.roll_up(4096).unwrap();
        longest = longest.max(turn.elapsed());
        turns += 1;
        if !more {
            break;
        }
    }
    println!("rolled up in {:.1?}, in {turns} turns of {longest:.1?} at most", began.elapsed());
    settler.run().unwrap();
    drop((settler, history));
    let opened = times(ROUNDS, || _ = open().reader().unwrap().totals().unwrap());
    println!("opened in {:.1?}", opened[ROUNDS / 2]);
    let history = open();
    let reader = history.reader().unwrap();
    println!("{} windows", reader.totals().unwrap().windows);
    charts(&reader, device, ROUNDS);
}

fn charts(reader: &Reader, device: &str, rounds: usize) {
    let last = reader.latest(device, 1).unwrap()[0].at;
    for days in [30.0, 7.0, 1.0, 0.25] {
        let from = last - (days * DAY as f64) as i64;
        let points = reader.scores(device, from, last, POINTS).unwrap();
        let took = times(rounds, || drop(reader.scores(device, from, last, POINTS).unwrap()));
        let anomalies = points.iter().filter(|point| point.verdict == Verdict::Anomaly).count();
        println!(
            "  {days:5.2} days: {:9.2?} ({:.2?} at least), {} points, {anomalies} of them anomalies",
            took[rounds / 2],
            took[0],
            points.len()
        );
    }
}

fn times(rounds: usize, mut deed: impl FnMut()) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let began = Instant::now();
            deed();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}
