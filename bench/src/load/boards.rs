//! A thousand boards that post once a second for a minute, as boards do: connected all the time, each with a
//! number that counts on.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use judder_history::{History, Retention, Sync};
use tokio::net::TcpStream;

use super::client::{self, Bodies, answered};
use super::server::Server;
use crate::dataset::Recordings;
use crate::process::program;

const BOARDS: usize = 1000;
const EVERY: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(60);
/// Memory is looked at first when all boards are known.
const SETTLED: Duration = Duration::from_secs(20);
/// By how much it may have grown since: what the database has at hand grows to its limit.
const FLAT: f64 = 1.5;

/// Runs the boards against `judder serve` that scores and keeps. True if nothing is lost and memory is flat.
pub(crate) fn boards(recordings: &Recordings) -> anyhow::Result<bool> {
    let space = tempfile::tempdir()?;
    let model = space.path().join("fan.model.json");
    std::fs::write(&model, recordings.model.to_json())?;
    let kept = space.path().join("kept");
    let options = ["-p", "0", "--address", "127.0.0.1", "-d"].map(Path::new);
    let mut arguments = vec![Path::new("serve"), &model];
    arguments.extend(options);
    arguments.push(&kept);
    let server = Server::start("judder serve", &program()?, &arguments)?;
    let bodies = Bodies::new()?;
    let runtime = client::runtime()?;
    let (sent, settled, used) = runtime.block_on(async {
        let began = Instant::now();
        let tasks: Vec<_> = (0..BOARDS)
            .map(|board| tokio::spawn(post(server.address, bodies.of(board), board, began)))
            .collect();
        tokio::time::sleep(SETTLED).await;
        let settled = server.used()?;
        let mut sent = 0;
        for task in tasks {
            sent += task.await??;
        }
        anyhow::Ok((sent, settled, server.used()?))
    })?;
    drop(server);
    let history = History::open(&kept.join("history.db"), Sync::System, Retention::default())?;
    let there = history.reader()?.totals()?.recordings;
    let grown = used.now_mb / settled.now_mb;
    println!("{BOARDS} boards, connected, one recording of 200 x 3 each second, for {LONG:?}");
    println!("  {sent} acknowledged, {there} in the history");
    println!(
        "  {:.0} MB after {SETTLED:?}, {:.0} MB at the end, at most {:.0} MB; {:.1} % of a core",
        settled.now_mb,
        used.now_mb,
        used.peak_mb,
        100.0 * used.cpu_s / LONG.as_secs_f64()
    );
    let good = sent == there as usize && grown <= FLAT;
    println!("  nothing lost and memory flat: {}", if good { "kept" } else { "MISSED" });
    Ok(good)
}

/// Posts once a second; how many were acknowledged.
async fn post(
    server: SocketAddr,
    mut requests: Vec<super::client::Numbered>,
    board: usize,
    began: Instant,
) -> anyhow::Result<usize> {
    // Nobody switches all boards on at once.
    let offset = EVERY.mul_f64(board as f64 / BOARDS as f64);
    let mut stream = TcpStream::connect(server).await.context("no connection")?;
    stream.set_nodelay(true)?;
    let (mut answer, mut sent) = ([0; 2048], 0);
    let count = requests.len();
    loop {
        let next = began + offset + EVERY * sent as u32;
        if next >= began + LONG {
            return Ok(sent);
        }
        tokio::time::sleep_until(next.into()).await;
        let request = requests[sent % count].numbered(0, sent);
        tokio::io::AsyncWriteExt::write_all(&mut stream, request).await?;
        answered(&mut stream, &mut answer).await?;
        sent += 1;
    }
}
