//! Looking whether all of a history is as it was written.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rusqlite::Connection;

use crate::agreement;
use crate::check::{check, is_damage};
use crate::damage::{Damage, Flaw};
use crate::error::HistoryError;
use crate::loss::Loss;
use crate::outside::Outside;
use crate::place::PAGE;
use crate::recording::RecordingId;
use crate::schema::{CHECKED, ROLLED};

/// Recordings that are looked at before it is said how many were.
const STEP: usize = 256;
/// Damages that are named; of more it is only said that there are.
const MOST: usize = 1000;

/// What is looked at now, for who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Looking {
    /// The tables, as the database knows them.
    Tables,
    /// So many recordings were looked at, of so many.
    Recordings {
        /// How many were looked at.
        done: u64,
        /// How many there are, about.
        of: u64,
    },
    /// How many rows there are.
    Counts,
}

/// What was found in a history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// The version of its tables.
    pub version: i64,
    /// Devices.
    pub devices: u64,
    /// Recordings in the tables.
    pub recordings: u64,
    /// Windows of them.
    pub windows: u64,
    /// Recordings whose readings are there.
    pub readings: u64,
    /// Alerts.
    pub alerts: u64,
    /// Recordings that wait for the tables.
    pub waiting: u64,
    /// Recordings that have no checksum, so that only their form was looked at.
    pub unproven: u64,
    /// What is damaged: the first thousand.
    pub damages: Vec<Damage>,
    /// Whether there are more damages than those.
    pub more_damages: bool,
    /// What was kept and is gone.
    pub losses: Vec<Loss>,
    /// Files whose end was not written whole; nobody was told that it was kept.
    pub torn: Vec<String>,
}

impl Verified {
    /// Whether nothing is damaged or gone.
    pub fn is_whole(&self) -> bool {
        self.damages.is_empty() && !self.losses.iter().any(Loss::is_known)
    }

    fn add(&mut self, damages: impl IntoIterator<Item = Damage>) {
        for damage in damages {
            match self.damages.len() < MOST {
                true => self.damages.push(damage),
                false => self.more_damages = true,
            }
        }
    }
}

/// Looks at all of a history, whether a server writes to it or not: what the database says of its tables, each recording
/// against its checksums, how many rows there are, its log, what waits beside it, and whether anything is gone.
///
/// # Errors
/// Where it cannot be looked at: it is not there, is none, or may not be read. That it is damaged is none.
pub fn verify(path: &Path, mut told: impl FnMut(Looking)) -> Result<Verified, HistoryError> {
    loop {
        let outside = Outside::open(path)?;
        let found = look(&outside, &mut told);
        if !outside.is_disturbed() {
            return found;
        }
    }
}

fn look(outside: &Outside, told: &mut impl FnMut(Looking)) -> Result<Verified, HistoryError> {
    let (waiting, losses) = outside.waiting()?;
    let mut found = Verified { version: outside.version, losses, ..Verified::default() };
    let name = |ending: &str| outside.place.beside(ending).display().to_string();
    found.torn = waiting.torn.iter().map(|ending| name(ending)).collect();
    let damaged = |ending: &&str| {
        Damage::of(Flaw::Beside(format!(
            "{}: some of the recordings in it are damaged",
            name(ending)
        )))
    };
    found.add(waiting.damaged.iter().map(damaged));
    let log = outside.place.beside("-wal");
    if let Some(what) = wrong_log(&log).map_err(HistoryError::at(&log))? {
        found.add([Damage::of(Flaw::Beside(format!("{}: {what}", log.display())))]);
    }
    let place = &outside.place;
    let connection = &outside.connection;
    told(Looking::Tables);
    found.add(place.named(of_tables(connection))?);
    let of = place.named(or_damage(connection.query_row(
        "SELECT recordings FROM total",
        [],
        |row| row.get::<_, i64>(0),
    )))?;
    let of = of.map_or(0, i64::cast_unsigned);
    let (mut after, mut done) = (RecordingId(i64::MIN), 0);
    let mut is_done = outside.version < CHECKED;
    while !is_done {
        let checked = place.named(check(connection, after, STEP))?;
        done += checked.recordings;
        found.unproven += checked.unproven;
        found.add(checked.damages);
        told(Looking::Recordings { done, of: of.max(done) });
        is_done = checked.more_after.is_none();
        after = checked.more_after.unwrap_or(after);
    }
    if outside.version >= ROLLED {
        let devices = place.named(or_damage(devices(connection)))?.unwrap_or_default();
        for device in devices {
            match place.named(or_damage(agreement::check(connection, &device)))? {
                Ok(damages) => found.add(damages),
                Err(said) => found.add([Damage::of(Flaw::Tables(said))]),
            }
        }
    }
    told(Looking::Counts);
    match place.named(or_damage(counts(connection, &mut found)))? {
        Ok(damages) => found.add(damages),
        Err(said) => found.add([Damage::of(Flaw::Tables(said))]),
    }
    if outside.version < CHECKED {
        found.unproven = found.recordings;
    }
    let last = place.named(or_damage(outside.reached()))?.map_or(0, |reached| reached.last);
    found.waiting = waiting.entries.iter().filter(|(id, _)| *id > last).count() as u64;
    Ok(found)
}

/// What came of reading something: that it is damaged is no error, but words.
fn or_damage<T>(read: rusqlite::Result<T>) -> rusqlite::Result<Result<T, String>> {
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(error) if is_damage(&error) => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}

/// What the database says of its tables and indexes.
pub(crate) fn of_tables(connection: &Connection) -> rusqlite::Result<Vec<Damage>> {
    let said = (|| {
        let mut check = connection.prepare("PRAGMA integrity_check(100)")?;
        check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()
    })();
    let said = or_damage(said)?.unwrap_or_else(|said| vec![said]);
    let said = said.into_iter().filter(|line| line != "ok");
    // Some of it has several lines.
    Ok(said.map(|line| Damage::of(Flaw::Tables(line.replace('\n', ", ")))).collect())
}

fn devices(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare_cached("SELECT name FROM device ORDER BY name")?;
    select.query_map([], |row| row.get(0))?.collect()
}

/// Counts the rows, all at one moment, and compares them with what was counted when they were written.
fn counts(connection: &Connection, found: &mut Verified) -> rusqlite::Result<Vec<Damage>> {
    let _moment = connection.unchecked_transaction()?;
    let count = |query: &str| -> rusqlite::Result<u64> {
        connection.query_row(query, [], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
    };
    found.devices = count("SELECT count(*) FROM device")?;
    found.alerts = count("SELECT count(*) FROM alert")?;
    let mut damages = Vec::new();
    for (what, to) in [
        ("recordings", &mut found.recordings),
        ("windows", &mut found.windows),
        ("readings", &mut found.readings),
    ] {
        let table = what.trim_end_matches('s');
        let table = if what == "readings" { what } else { table };
        let there = count(&format!("SELECT count(*) FROM {table}"))?;
        let counted = count(&format!("SELECT {what} FROM total"))?;
        *to = there;
        if there != counted {
            let what = if what == "readings" { "recordings with readings" } else { what };
            damages.push(Damage::of(Flaw::Counts { what, there, counted }));
        }
    }
    Ok(damages)
}

/// What is wrong with the head of a log, without which nothing in the log counts. An empty one, or none, is right.
///
/// Its form is that of <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.
fn wrong_log(path: &Path) -> io::Result<Option<&'static str>> {
    let mut head = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?.take(32).read_to_end(&mut head)?,
    };
    if head.is_empty() {
        return Ok(None);
    }
    let (words, rest) = head.as_chunks::<4>();
    let words: Vec<u32> = words.iter().map(|word| u32::from_be_bytes(*word)).collect();
    let (&[magic, _, page, _, _, _, one, other], []) = (&words[..], rest) else {
        return Ok(Some("the log is cut off"));
    };
    if magic & !1 != 0x377f_0682 {
        return Ok(Some("is no log of a history"));
    }
    if u32::try_from(PAGE) != Ok(page) {
        return Ok(Some("is the log of another file: its pages have another size"));
    }
    let (mut s, mut t) = (0_u32, 0_u32);
    for pair in head[..24].as_chunks::<8>().0 {
        let [a, b, c, d, e, f, g, h] = *pair;
        let read = |bytes| {
            if magic & 1 == 1 { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        s = s.wrapping_add(read([a, b, c, d])).wrapping_add(t);
        t = t.wrapping_add(read([e, f, g, h])).wrapping_add(s);
    }
    Ok(((s, t) != (one, other))
        .then_some("the head of the log is damaged, so that nothing in it counts"))
}
