//! How long adding recordings takes: `adding FOLDER [DEVICES]`, with and without readings, in batches
//! of 32 and of 1.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement says what it measured, and ends at the first error"
)]

use std::path::Path;
use std::time::Instant;

use judder_history::{History, NewRecording, NewWindow, Retention, Sync, Verdict};

const RECORDINGS: u64 = 10_000;
const AXES: usize = 3;
const READINGS: usize = 200;

fn main() {
    let mut words = std::env::args().skip(1);
    let folder = words.next().unwrap_or_else(|| ".".to_owned());
    let devices = words.next().map_or(1, |devices| devices.parse().unwrap());
    println!("{RECORDINGS} recordings of {READINGS}x{AXES} from {devices} devices in {folder}");
    for (sync, said) in [(Sync::System, "system"), (Sync::Disk, "disk")] {
        for batch in [32, 1] {
            // Each waits for the disk: fewer are enough.
            let recordings = if sync == Sync::Disk && batch == 1 { 500 } else { RECORDINGS };
            for with_readings in [true, false] {
                let path = Path::new(&folder).join("judder-adding.db");
                let (micros, median, bytes) =
                    measure(&path, sync, batch, with_readings, devices, recordings);
                let what = if with_readings { "with readings" } else { "scores only" };
                println!(
                    "{said:>6}, batches of {batch:>2}, {what:<13}: {micros:7.1} us (the median batch {median:7.1}), {bytes:5} bytes a recording"
                );
            }
        }
    }
}

fn measure(
    path: &Path,
    sync: Sync,
    batch: u64,
    with_readings: bool,
    devices: u64,
    recordings: u64,
) -> (f64, f64, u64) {
    remove(path);
    let mut history = History::open(path, sync, Retention::default()).unwrap();
    let names: Vec<_> = (0..devices).map(|device| format!("board-{device}")).collect();
    let readings: Vec<f32> = (0..AXES * READINGS).map(|at| (at as f32 * 0.7).sin()).collect();
    let began = Instant::now();
    let mut batches = Vec::new();
    for first in (0..recordings).step_by(batch as usize) {
        let began = Instant::now();
        let mut batch_of = history.batch();
        for number in first..(first + batch).min(recordings) {
            let (device, sequence) = (&names[(number % devices) as usize], number / devices);
            assert!(batch_of.known(device, sequence).unwrap().is_none());
            let window = NewWindow {
                start: 0,
                score: Some(number as f64 * 0.001),
                decision: Some(1.5),
                verdict: Verdict::Normal,
            };
            let recording = NewRecording {
                device,
                sequence: Some(sequence),
                digest: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
                at: 1_700_000_000_000 + number as i64 * 37,
                rate_hz: Some(200.0),
                axes: AXES,
                readings: if with_readings { &readings } else { &[] },
                model: Some("fan"),
                threshold: Some(9.25),
                windows: &[window],
                ..NewRecording::default()
            };
            batch_of.add(&recording).unwrap();
        }
        batch_of.commit().unwrap();
        batches.push(began.elapsed().as_secs_f64() * 1e6 / batch as f64);
    }
    let took = began.elapsed().as_secs_f64() * 1e6 / recordings as f64;
    let bytes = history.reader().unwrap().totals().unwrap().bytes / recordings;
    drop(history);
    remove(path);
    batches.sort_by(f64::total_cmp);
    (took, batches[batches.len() / 2], bytes)
}

fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm", "-lock"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let _ = std::fs::remove_file(name);
    }
}
