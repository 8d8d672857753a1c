//! A server under load, against a bare one that reads the body and answers 204: requests a second of the
//! same client in the same run, over loopback.

mod bare;
mod boards;
mod client;
mod idle;
mod server;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;

use crate::dataset::Recordings;
use crate::process::program;

pub(crate) use bare::run as run_bare;
pub(crate) use boards::boards;
pub(crate) use client::{Numbered, answered, runtime};
pub(crate) use idle::idle;
pub(crate) use server::{Server, run_engine};

pub(crate) use client::Bodies;
use client::Load;

/// Connections that post at once.
const CONNECTIONS: usize = 32;
/// How long each round lasts.
const ROUND: Duration = Duration::from_secs(1);
/// Rounds of each server, alternating.
const ROUNDS: usize = 15;

/// Another judder, an earlier one, that is measured in the same run: the path of its program.
const BEFORE: &str = "JUDDER_BEFORE";

/// What `serve` is started with.
fn serving<'a>(model: &'a Path, kept: &'a Path) -> Vec<&'a Path> {
    let words = ["-p", "0", "--address", "127.0.0.1"].map(Path::new);
    [Path::new("serve"), model, Path::new("-d"), kept].into_iter().chain(words).collect()
}

/// The default model of a program, of normal recordings.
fn trained(program: &Path, recordings: &Recordings, model: PathBuf) -> anyhow::Result<PathBuf> {
    let mut train = Command::new(program);
    train.arg("train").arg("--normal").arg(recordings.folder.join("fan_0_low_0_weight"));
    let done = train.arg("-o").arg(&model).output()?;
    anyhow::ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(model)
}

/// Posts as fast as is answered: to a bare server, to judder's that keeps nothing, and to `judder serve` that
/// scores and keeps, also with `--durable`. True if the promises are kept.
pub(crate) fn against_bare(recordings: &Recordings) -> anyhow::Result<bool> {
    let space = tempfile::tempdir()?;
    let bench = std::env::current_exe()?;
    let bodies = Bodies::new()?;
    let judder = program()?;
    let folder = |name: &str| space.path().join(name);
    let model = trained(&judder, recordings, folder("now.json"))?;
    let (kept, durable) = (folder("kept"), folder("durable"));
    let mut durably = serving(&model, &durable);
    durably.push(Path::new("--durable"));
    let mut servers = vec![
        Server::start("a bare server", &bench, &[Path::new("bare")])?,
        Server::start("judder, which keeps nothing", &bench, &[Path::new("engine")])?,
        Server::start("judder serve, which scores and keeps", &judder, &serving(&model, &kept))?,
        Server::start("judder serve --durable", &judder, &durably)?,
    ];
    let before = std::env::var_os(BEFORE).map(PathBuf::from);
    let (before_kept, before_durable) = (folder("before"), folder("before-durable"));
    if let Some(before) = &before {
        let model = trained(before, recordings, folder("before.json"))?;
        let mut durably = serving(&model, &before_durable);
        durably.push(Path::new("--durable"));
        let words = serving(&model, &before_kept);
        servers.push(Server::start("the earlier serve", before, &words)?);
        servers.push(Server::start("the earlier serve --durable", before, &durably)?);
    }
    let runtime = client::runtime()?;
    let mut rounds: Vec<Vec<Load>> = servers.iter().map(|_| Vec::new()).collect();
    for round in 0..ROUNDS {
        for (server, loads) in servers.iter().zip(&mut rounds) {
            let load = client::load(server.address, &bodies, CONNECTIONS, ROUND, round);
            loads.push(runtime.block_on(load).with_context(|| server.what.to_owned())?);
        }
    }
    println!(
        "{CONNECTIONS} connections, keep-alive, JSON of 200 x 3, loopback, {ROUNDS} rounds of {ROUND:?}"
    );
    let rates: Vec<Vec<f64>> =
        rounds.iter().map(|loads| loads.iter().map(|load| load.rate).collect()).collect();
    for (server, mut loads) in servers.iter().zip(rounds) {
        let posted: usize = loads.iter().map(|load| load.requests).sum();
        loads.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        let Load { rate, p50, p99, .. } = loads[loads.len() / 2];
        let used = server.used()?;
        println!(
            "  {:<38} {rate:>8.0} /s, half within {p50:.2?}, 99 % within {p99:.2?}; {:.1} us of a core each, at \
             most {:.0} MB, {:.0} MB now",
            server.what,
            1e6 * used.cpu_s / posted as f64,
            used.peak_mb,
            used.now_mb
        );
    }
    let mut all = true;
    for (at, promise) in (1..servers.len()).zip([Some(0.6), Some(0.4), Some(0.2), None, None]) {
        // Of servers that were measured one right after the other: the machine is not as fast all the time.
        let mut shares: Vec<f64> =
            rates[at].iter().zip(&rates[0]).map(|(ours, bare)| ours / bare).collect();
        shares.sort_by(f64::total_cmp);
        let (least, share, most) = (shares[0], shares[ROUNDS / 2], shares[ROUNDS - 1]);
        let promised = promise.map(|promise| {
            all &= share >= promise;
            let word = if share >= promise { "kept" } else { "MISSED" };
            format!(", promised {promise}: {word}")
        });
        println!(
            "  {}: {share:.3} of the bare one ({least:.2} to {most:.2}){}",
            servers[at].what,
            promised.unwrap_or_default()
        );
    }
    Ok(all)
}

/// Posts to a server that runs already, to look at it meanwhile.
pub(crate) fn to(server: SocketAddr) -> anyhow::Result<()> {
    let bodies = Bodies::new()?;
    let runtime = client::runtime()?;
    // Numbers that an earlier run did not send.
    let begun = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() as usize;
    for round in 0..ROUNDS {
        let numbers = (begun + round) % 100;
        let load = client::load(server, &bodies, CONNECTIONS, ROUND, numbers);
        let Load { rate, p50, p99, .. } = runtime.block_on(load)?;
        println!("{rate:>8.0} /s, half within {p50:.2?}, 99 % within {p99:.2?}");
    }
    Ok(())
}
