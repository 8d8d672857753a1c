//! How long adding recordings takes, and taking them over into the tables: `adding FOLDER [DEVICES]`, with and
//! without readings, in batches of 32 and of 1.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement says what it measured, and ends at the first error"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use judder_history::{History, NewRecording, NewWindow, Packed, Retention, Sync, Verdict};

const RECORDINGS: u64 = 50_000;
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
                let (micros, settled, bytes) =
                    measure(&path, sync, batch, with_readings, devices, recordings);
                let what = if with_readings { "with readings" } else { "scores only" };
                println!(
                    "{said:>6}, batches of {batch:>2}, {what:<13}: {micros:7.1} us, and {settled:5.1} us to take over, {bytes:5} bytes a recording"
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
    let readings: Vec<f32> = (0..AXES * READINGS)
        .map(|at| f32::from(((at as f32 * 0.7).sin() * 300.0) as i16) / 2048.0)
        .collect();
    let began = Instant::now();
    let settler = history.settler().unwrap();
    let mut settling = Duration::ZERO;
    for first in (0..recordings).step_by(batch as usize) {
        let mut batch_of = history.batch();
        for number in first..(first + batch).min(recordings) {
            let (device, sequence) = (&names[(number % devices) as usize], number / devices);
            assert!(batch_of.known(device, None, sequence).unwrap().is_none());
            let window = NewWindow {
                start: 0,
                score: Some(number as f64 * 0.001),
                decision: Some(1.5),
                verdict: Verdict::Normal,
            };
            let readings = with_readings.then(|| Packed::new(&readings));
            let recording = NewRecording {
                device,
                sequence: Some(sequence),
                digest: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
                at: 1_700_000_000_000 + number as i64 * 37,
                rate_hz: Some(200.0),
                axes: AXES,
                readings: readings.as_ref(),
                model: Some("fan"),
                threshold: Some(9.25),
                windows: &[window],
                ..NewRecording::default()
            };
            batch_of.add(&recording).unwrap();
        }
        batch_of.commit().unwrap();
        if settler.is_due() {
            let began = Instant::now();
            settler.run().unwrap();
            settling += began.elapsed();
        }
    }
    let each = |took: Duration| took.as_secs_f64() * 1e6 / recordings as f64;
    let took = began.elapsed() - settling;
    let began = Instant::now();
    settler.run().unwrap();
    settling += began.elapsed();
    drop((settler, history));
    let bytes = path.metadata().unwrap().len() / recordings;
    remove(path);
    (each(took), each(settling), bytes)
}

fn remove(path: &Path) {
    for ending in ["", "-wal", "-shm", "-lock", "-new-0", "-new-1"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let _ = std::fs::remove_file(name);
    }
}
