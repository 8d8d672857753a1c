//! A server whose clock is set while it runs: no false silence, no hidden one, and nothing deleted before its time.
//!
//! libfaketime puts the clock of the day on and back, and leaves the monotonic one alone; a look at both proves that
//! first.

mod faked;
mod server;

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};

use crate::command::run;
use crate::gate::Done;
use crate::house::House;
use faked::Faked;
pub(crate) use faked::{PROBE, probe};
use server::{BOARD, Server};

const HOUR: i64 = 3600;
const YEAR: i64 = 365 * 24 * HOUR;

/// By how much the clock is set, in seconds, and how that is called.
const JUMPS: [(i64, &str); 3] =
    [(24 * HOUR, "on by 24 h"), (-3 * HOUR, "back by 3 h"), (10 * YEAR, "on by 10 years")];

/// Recordings of a board are so far apart.
const EVERY: Duration = Duration::from_millis(500);
/// Until a server has looked at its clock.
const LOOKED: Duration = Duration::from_millis(1200);
/// A board that sends so often is silent after this, and it takes no longer to see.
const LIMIT: f64 = 30.0;
const SLACK: f64 = 8.0;
/// How long readings and recordings are kept.
const KEPT: (u64, u64) = (10, 20);

/// What a server did whose clock was set.
#[derive(Debug)]
struct Seen {
    what: &'static str,
    /// Alerts about boards that sent, or had sent just before.
    false_alerts: usize,
    /// After how many seconds a board that stopped was silent.
    silent_after: Option<f64>,
    /// How often an alert was told that fails, some time after the first try.
    told: usize,
    /// Readings and recordings right after the first jump, and what had to be there.
    young: ((usize, usize), (usize, usize)),
    /// The same at the end, and the most that may be there.
    old: ((usize, usize), (usize, usize)),
}

impl Seen {
    /// What is wrong with it.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |is: bool, words: String| {
            if is {
                faults.push(format!("{}: {words}", self.what));
            }
        };
        fault(self.false_alerts > 0, format!("{} false alerts", self.false_alerts));
        let in_time = |after: f64| (LIMIT - 1.0..LIMIT + SLACK).contains(&after);
        fault(
            !self.silent_after.is_some_and(in_time),
            format!("silence is found after {:?} s", self.silent_after),
        );
        fault(
            self.told < 2,
            format!("an alert that could not be told was tried {} times", self.told),
        );
        let ((readings, recordings), (least_readings, least)) = self.young;
        fault(
            readings < least_readings || recordings < least,
            format!(
                "{readings} readings and {recordings} recordings are left of {least_readings} and {least}"
            ),
        );
        let ((readings, recordings), (most_readings, most)) = self.old;
        fault(
            readings > most_readings || recordings > most,
            format!(
                "{readings} readings and {recordings} recordings stay, at most {most_readings} and {most}"
            ),
        );
        faults
    }

    fn line(&self) -> String {
        let silent = self.silent_after.map_or("never".to_owned(), |after| format!("{after:.1} s"));
        let (((young, young_all), (least, least_all)), ((old, old_all), (most, most_all))) =
            (self.young, self.old);
        format!(
            "{:<16} {:>2} false alerts; silence after {silent:>7}; told {:>2} times; young rows {young}/{young_all} of \
             {least}/{least_all}; rows at the end {old}/{old_all}, at most {most}/{most_all}",
            self.what, self.false_alerts, self.told
        )
    }
}

pub(crate) fn gate(house: &House) -> Result<Done> {
    let faked = Faked::find(house)?;
    faked.prove()?;
    println!("the clock of the day is put on and back, and the monotonic one goes on");
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    let faults = look(&house.target.join("debug/judder"), &faked)?;
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(Done::Whole)
}

/// The same of another program, without a judgement.
pub(crate) fn measure(house: &House, program: &str) -> Result<()> {
    let faked = Faked::find(house)?;
    faked.prove()?;
    let faults = look(Path::new(program), &faked)?;
    println!("{} faults", faults.len());
    faults.iter().for_each(|fault| println!("{fault}"));
    Ok(())
}

/// All runs at once: they mostly wait.
fn look(program: &Path, faked: &Faked) -> Result<Vec<String>> {
    let runs: Vec<Result<Vec<String>>> = thread::scope(|scope| {
        let told = |seen: Seen| {
            println!("{}", seen.line());
            seen.faults()
        };
        let jumped = move |by, what| jump(program, faked, by, what).map(told);
        let mut runs: Vec<_> =
            JUMPS.iter().map(|(by, what)| scope.spawn(move || jumped(*by, what))).collect();
        runs.push(scope.spawn(|| start_in_1970(program, faked)));
        let ended = runs.into_iter().map(|run| run.join().map_err(|_| anyhow!("a run fell over")));
        ended.map(Result::flatten).collect()
    });
    Ok(runs.into_iter().collect::<Result<Vec<_>>>()?.concat())
}

/// Sends a recording of each board every half second, for so many seconds, and asks for alerts each second. `alerts`
/// gets their number before, and what there is.
fn send(
    server: &mut Server,
    boards: &[usize],
    seconds: u64,
    mut alerts: impl FnMut(Vec<(String, bool)>) -> bool,
) -> Result<()> {
    for step in 0..2 * seconds {
        let began = Instant::now();
        boards.iter().try_for_each(|board| server.post(*board))?;
        if step % 2 == 1 && alerts(server.alerts()?) {
            return Ok(());
        }
        thread::sleep(EVERY.saturating_sub(began.elapsed()));
    }
    Ok(())
}

/// Two boards send while the clock is set, and set back; then one of them stops, and it is set again at once.
fn jump(program: &Path, faked: &Faked, by: i64, what: &'static str) -> Result<Seen> {
    let mut server = Server::start(program, faked, 0, Some(KEPT))?;
    let (mut false_alerts, both) = (0, [0, 1]);
    for (set, seconds) in [(0, 6), (by, 10), (0, 6)] {
        server.clock.set(set)?;
        thread::sleep(LOOKED);
        send(&mut server, &both, seconds, |alerts| {
            false_alerts = alerts.len();
            false
        })?;
    }
    let (stopped, mut silent_after) = (Instant::now(), None);
    let least = (server.sent_within(KEPT.0 - 1), server.sent_within(KEPT.1 - 1));
    server.clock.set(by)?;
    thread::sleep(LOOKED);
    let young = (server.rows()?, least);
    send(&mut server, &[0], 60, |alerts| {
        let silent = alerts.iter().skip(false_alerts).any(|(device, _)| device == BOARD[1]);
        if silent {
            silent_after = Some(stopped.elapsed().as_secs_f64());
        }
        silent
    })?;
    server.clock.set(0)?;
    send(&mut server, &[0], 25, |_| false)?;
    let others = server.alerts()?.iter().filter(|(device, _)| device == BOARD[0]).count();
    let told = server.told();
    // Rows go every ten seconds, if nothing holds them up.
    let most = |kept: u64| server.sent_within(kept + 15);
    let old = (server.rows()?, (most(KEPT.0), most(KEPT.1)));
    Ok(Seen { what, false_alerts: false_alerts.max(others), silent_after, told, young, old })
}

/// A machine without a battery for its clock, that is set right by the network soon after its start.
fn start_in_1970(program: &Path, faked: &Faked) -> Result<Vec<String>> {
    let mut server = Server::start(program, faked, 0, Some((3600, 7200)))?;
    send(&mut server, &[0, 1], 8, |_| false)?;
    let before = server.rows()?;
    let now = std::time::UNIX_EPOCH.elapsed()?.as_secs();
    server.restart(60 - now as i64)?;
    let (began, mut false_alerts, mut silent_after) = (Instant::now(), 0, None);
    for (set, seconds) in [(None, 8), (Some(0), 40)] {
        if let Some(set) = set {
            server.clock.set(set)?;
        }
        send(&mut server, &[0], seconds, |alerts| {
            let dead = alerts.iter().filter(|(device, _)| device == BOARD[1]).count();
            false_alerts = alerts.len() - dead;
            if dead > 0 && silent_after.is_none() {
                silent_after = Some(began.elapsed().as_secs_f64());
            }
            false
        })?;
    }
    let after = server.rows()?;
    let (least, found) = (before.0.min(before.1), after.0.min(after.1));
    println!(
        "start in 1970    {false_alerts:>2} false alerts; silence after {silent_after:?} s; {found} rows, {least} of them \
         of before"
    );
    let mut faults = Vec::new();
    // It is waited for from the start on, or from when it is known that it was there lately.
    if !silent_after.is_some_and(|after| (LIMIT - 2.0..LIMIT + SLACK + 8.0).contains(&after)) {
        faults.push(format!("start in 1970: silence is found after {silent_after:?} s"));
    }
    if false_alerts > 0 {
        faults.push(format!("start in 1970: {false_alerts} false alerts"));
    }
    // What came before, and nearly all of what came since.
    if found < least + 60 {
        faults
            .push(format!("start in 1970: {found} rows are left, of {least} before and 96 since"));
    }
    Ok(faults)
}
