//! A server whose clock is set while it runs: no false silence, no hidden one, and nothing deleted before its time.
//!
//! libfaketime puts the clock of the day on and back, and leaves the monotonic one alone; a look at both proves that
//! first.

mod faked;
mod receiver;
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

/// The same as an attack, each there and back.
const ATTACKS: [(i64, &str); 3] = [
    (40 * 24 * HOUR, "on by 40 days, and back"),
    (-2 * HOUR, "back by 2 h, and on"),
    (2 * HOUR, "on by 2 h, and back"),
];

/// A message that is refused twice is taken within this: waits of 5 and 10 s, a quarter more at most.
const TAKEN: Duration = Duration::from_secs(24);

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
struct Jumped {
    what: &'static str,
    /// Alerts about boards that sent, or had sent just before.
    false_alerts: usize,
    /// After how many seconds a board that stopped was silent.
    silent_after: Option<f64>,
    /// How often an alert was told that fails, some time after the first try.
    told: usize,
    /// How long after the first try a message was taken that the receiver refused twice.
    taken_after: Option<Duration>,
    /// Readings and recordings right after the first jump, and what had to be there.
    young: ((usize, usize), (usize, usize)),
    /// Readings and recordings at the end, and how many were sent: nothing goes within five minutes of a jump.
    end: ((usize, usize), usize),
}

impl Jumped {
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
        fault(
            self.taken_after.is_none_or(|after| after > TAKEN),
            format!("a webhook that refused twice is told after {:?}", self.taken_after),
        );
        let ((readings, recordings), (least_readings, least)) = self.young;
        fault(
            readings < least_readings || recordings < least,
            format!(
                "{readings} readings and {recordings} recordings are left of {least_readings} and {least}"
            ),
        );
        let ((readings, recordings), sent) = self.end;
        fault(
            readings < sent || recordings < sent,
            format!(
                "{readings} readings and {recordings} recordings stay of {sent}, within five minutes of a jump"
            ),
        );
        faults
    }

    fn words(&self) -> String {
        let silent = self.silent_after.map_or("never".to_owned(), |after| format!("{after:.1} s"));
        let taken = self.taken_after.map_or("never".to_owned(), |after| format!("{after:.1?}"));
        let (((young, young_all), (least, least_all)), ((readings, recordings), sent)) =
            (self.young, self.end);
        format!(
            "{} false alerts; silence after {silent}; a command tried {} times; a webhook that refused twice told after \
             {taken}; young rows {young}/{young_all} of {least}/{least_all}; rows at the end {readings}/{recordings} of \
             {sent}",
            self.false_alerts, self.told
        )
    }
}

/// What was done to a clock, and what came of it.
pub(crate) struct Seen {
    pub(crate) what: &'static str,
    pub(crate) words: String,
    pub(crate) faults: Vec<String>,
}

/// The same with these jumps, of a program, as an attack.
pub(crate) fn attack(house: &House, program: &Path) -> Result<Vec<Seen>> {
    let faked = Faked::find(house)?;
    faked.prove()?;
    look(program, &faked, &ATTACKS)
}

pub(crate) fn gate(house: &House) -> Result<Done> {
    let faked = Faked::find(house)?;
    faked.prove()?;
    println!("the clock of the day is put on and back, and the monotonic one goes on");
    run(&mut house.cargo(["build", "--package", "judder"]))?;
    let seen = look(&house.target.join("debug/judder"), &faked, &JUMPS)?;
    let faults: Vec<String> = seen.into_iter().flat_map(|one| one.faults).collect();
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(Done::Whole)
}

/// The same of another program, without a judgement.
pub(crate) fn measure(house: &House, program: &str) -> Result<()> {
    let faked = Faked::find(house)?;
    faked.prove()?;
    let seen = look(Path::new(program), &faked, &JUMPS)?;
    let faults: Vec<String> = seen.into_iter().flat_map(|one| one.faults).collect();
    println!("{} faults", faults.len());
    faults.iter().for_each(|fault| println!("{fault}"));
    Ok(())
}

/// All runs at once: they mostly wait.
fn look(program: &Path, faked: &Faked, jumps: &[(i64, &'static str)]) -> Result<Vec<Seen>> {
    thread::scope(|scope| {
        let jumped = move |by, what| {
            jump(program, faked, by, what).map(|jumped| Seen {
                what,
                words: jumped.words(),
                faults: jumped.faults(),
            })
        };
        let mut runs: Vec<_> =
            jumps.iter().map(|(by, what)| scope.spawn(move || jumped(*by, what))).collect();
        runs.push(scope.spawn(|| start_in_1970(program, faked)));
        let ended = runs.into_iter().map(|run| run.join().map_err(|_| anyhow!("a run fell over")));
        let seen = ended.map(Result::flatten).collect::<Result<Vec<_>>>()?;
        seen.iter().for_each(|one| println!("{:<24} {}", one.what, one.words));
        Ok(seen)
    })
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
fn jump(program: &Path, faked: &Faked, by: i64, what: &'static str) -> Result<Jumped> {
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
    let end = (server.rows()?, server.sent_within(u64::MAX));
    let taken_after = server.receiver.taken_after(TAKEN);
    let false_alerts = false_alerts.max(others);
    Ok(Jumped { what, false_alerts, silent_after, told, taken_after, young, end })
}

/// A machine without a battery for its clock, that is set right by the network soon after its start.
fn start_in_1970(program: &Path, faked: &Faked) -> Result<Seen> {
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
    let words = format!(
        "{false_alerts} false alerts; silence after {:.1} s; {found} rows, {least} of them of before",
        silent_after.unwrap_or(f64::INFINITY)
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
    Ok(Seen { what: "start in 1970, then right", words, faults })
}
