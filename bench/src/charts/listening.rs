//! What pages cost a server that listen to a thousand devices which post once a second.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::load::{Bodies, answered, runtime};

use super::{LISTENS, start};

const DEVICES: usize = 1000;
const CONNECTIONS: usize = 50;
const PAGES: usize = 40;
/// How long devices post before pages listen, and pages do.
const SETTLED: Duration = Duration::from_secs(12);
const LISTENING: Duration = Duration::from_secs(15);

/// Measures each program; true if the first keeps the promise.
pub(crate) fn costs(
    programs: [(&'static str, &Path); 2],
    model: &Path,
    space: &Path,
) -> anyhow::Result<bool> {
    let bodies = Bodies::new()?;
    let mut costs = Vec::new();
    for (at, (what, program)) in programs.into_iter().enumerate() {
        let kept = space.join(format!("listened-{at}"));
        let server = start(what, program, model, &kept)?;
        let token = fs::read_to_string(kept.join("token"))?.trim().to_owned();
        let (before, after, heard) = runtime()?.block_on(async {
            let boards: Vec<_> = (0..CONNECTIONS)
                .map(|connection| {
                    tokio::spawn(post(server.address, bodies_of(&bodies, connection)))
                })
                .collect();
            tokio::time::sleep(SETTLED).await;
            let before = server.used()?.now_mb;
            let pages: Vec<_> =
                (0..PAGES).map(|_| tokio::spawn(listen(server.address, token.clone()))).collect();
            tokio::time::sleep(LISTENING).await;
            let after = server.used()?.now_mb;
            boards.iter().for_each(tokio::task::JoinHandle::abort);
            let mut heard = 0;
            for page in pages {
                heard += page.await??;
            }
            anyhow::Ok((before, after, heard))
        })?;
        let cost = (after - before).max(0.0) / PAGES as f64;
        println!(
            "{what}: a page that listens to {DEVICES} devices costs {cost:.2} MB ({PAGES} pages, {before:.0} MB before, \
             {after:.0} MB with them; each heard {:.1} MB)",
            heard as f64 / PAGES as f64 / 1e6
        );
        costs.push(cost);
    }
    let kept = costs.first().is_some_and(|cost| *cost <= LISTENS);
    println!("  promised {LISTENS} MB: {}", if kept { "kept" } else { "MISSED" });
    Ok(kept)
}

/// The requests of the devices that share a connection.
fn bodies_of(bodies: &Bodies, connection: usize) -> Vec<Vec<crate::load::Numbered>> {
    (connection..DEVICES).step_by(CONNECTIONS).map(|device| bodies.of(device)).collect()
}

async fn post(
    server: SocketAddr,
    mut devices: Vec<Vec<crate::load::Numbered>>,
) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let mut answer = [0; 2048];
    let mut second = tokio::time::interval(Duration::from_secs(1));
    for number in 0.. {
        second.tick().await;
        for requests in &mut devices {
            let count = requests.len();
            stream.write_all(requests[number % count].numbered(0, number)).await?;
            answered(&mut stream, &mut answer).await?;
        }
    }
    Ok(())
}

/// Listens as a page does; how many bytes it heard.
async fn listen(server: SocketAddr, token: String) -> anyhow::Result<usize> {
    let mut stream = TcpStream::connect(server).await?;
    let head = format!(
        "GET /api/v1/updates HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let (mut heard, mut buffer) = (0, vec![0; 64 << 10]);
    let until = tokio::time::Instant::now() + LISTENING;
    while let Ok(read) = tokio::time::timeout_at(until, stream.read(&mut buffer)).await {
        let read = read?;
        anyhow::ensure!(read > 0, "the server let it go");
        heard += read;
    }
    Ok(heard)
}
