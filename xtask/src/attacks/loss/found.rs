//! What is there after an attack: read by SQLite and from the files, not through judder.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::boards::{Boards, Told, name, named};
use super::packed;
use super::recording::Which;
use crate::command::output;

const TABLES: &str = include_str!("tables.py");

/// What was found.
#[derive(Debug, Default)]
pub(in crate::attacks) struct Found {
    /// How often each recording is there.
    times: HashMap<Which, u32>,
    /// How many recordings of each device there were ever.
    counts: HashMap<String, u64>,
    /// What is damaged, or of nobody.
    wrong: Vec<String>,
    /// How many rows have readings.
    whole: usize,
}

/// What that comes to, of what was acknowledged.
#[derive(Debug, Default, Clone)]
pub(in crate::attacks) struct Tally {
    pub(in crate::attacks) acknowledged: usize,
    pub(in crate::attacks) lost: Vec<Which>,
    pub(in crate::attacks) twice: usize,
    pub(in crate::attacks) wrong: Vec<String>,
    /// How many have their readings still, where those go first.
    pub(in crate::attacks) whole: usize,
}

impl Found {
    /// What the tables of a history have.
    pub(in crate::attacks) fn in_tables(file: &Path) -> Result<Self> {
        let mut found = Self::default();
        let said = output(Command::new("python3").args(["-c", TABLES]).arg(file))?;
        for line in said.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            match cells.as_slice() {
                ["integrity", "ok"] => {}
                ["device", name, count] => {
                    found.counts.insert((*name).to_owned(), count.parse()?);
                }
                ["recording", device, sequence, numbers] => {
                    found.add_row(device, sequence, numbers)
                }
                _ => found.wrong.push(format!("{}: {line}", file.display())),
            }
        }
        Ok(found)
    }

    fn add_row(&mut self, device: &str, sequence: &str, numbers: &str) {
        let number = sequence.parse::<u64>().ok();
        let said = named(device).ok().zip(number).map(|(board, number)| Which { board, number });
        self.whole += usize::from(!numbers.is_empty());
        let whole = match (numbers, said) {
            // Its readings went first, as they were to; of one without a number nothing can be said then.
            ("", said) => Ok(said),
            (numbers, said) => match readings(numbers).and_then(|all| Which::of(&all)) {
                Some(which) if said.is_none_or(|said| said == which) => Ok(Some(which)),
                other => Err(format!("{device} {sequence} has the readings of {other:?}")),
            },
        };
        match whole {
            Ok(Some(which)) => *self.times.entry(which).or_default() += 1,
            Ok(None) => {}
            Err(words) => self.wrong.push(words),
        }
    }

    /// What a folder of recordings has.
    pub(in crate::attacks) fn in_files(folder: &Path) -> Result<Self> {
        let mut found = Self::default();
        let list = fs::read_to_string(folder.join("recording.jsonl")).context("the list")?;
        let mut listed = BTreeSet::new();
        for line in list.lines() {
            let line: serde_json::Value = serde_json::from_str(line)?;
            listed.insert(line["file"].as_str().context("no file")?.to_owned());
        }
        for entry in folder.read_dir()? {
            let entry = entry?;
            let file = entry.file_name().to_string_lossy().into_owned();
            if !file.ends_with(".csv") || file.starts_with('.') {
                continue;
            }
            let which = rows(&fs::read_to_string(entry.path())?).and_then(|all| Which::of(&all));
            match which {
                Some(which) if listed.remove(&file) => *found.times.entry(which).or_default() += 1,
                other => found.wrong.push(format!("{file} has {other:?}, or no line of its own")),
            }
        }
        found.wrong.extend(listed.iter().map(|file| format!("a line for {file}, which is gone")));
        Ok(found)
    }

    /// How often those are there that were acknowledged.
    pub(in crate::attacks) fn judge(&self, boards: &Boards) -> Tally {
        let wrong = self.wrong.clone();
        let mut tally = Tally { wrong, whole: self.whole, ..Tally::default() };
        tally.twice = self.times.values().filter(|times| **times > 1).count();
        for board in &boards.all {
            for (number, told) in (0..).zip(&board.told) {
                let which = Which { board: board.number, number };
                if *told == Told::Kept {
                    tally.acknowledged += 1;
                    if !self.times.contains_key(&which) {
                        tally.lost.push(which);
                    }
                }
            }
            if let Some(status) = board.refused {
                tally.wrong.push(format!("{} was answered {status}", board.device()));
            }
        }
        let sent = |which: &&Which| {
            let board = boards.all.get(usize::from(which.board));
            board.is_some_and(|board| board.told.len() as u64 > which.number)
        };
        let strangers = self.times.keys().filter(|which| !sent(which)).count();
        if strangers > 0 {
            tally.wrong.push(format!("{strangers} were never sent"));
        }
        tally
    }

    /// The same where the oldest are taken away: how many there ever were of each device is what was acknowledged,
    /// but for those that nobody was told of, and the newest are there without a gap.
    pub(in crate::attacks) fn judge_pruned(&self, boards: &Boards) -> Tally {
        let mut tally = self.judge(boards);
        tally.lost.clear();
        let (mut least, mut most) = (0, 0);
        for board in &boards.all {
            let kept = board.told.iter().filter(|told| **told == Told::Kept).count() as u64;
            if !board.has_name() {
                (least, most) = (least + kept, most + board.told.len() as u64);
                continue;
            }
            let unknown = u64::from(board.told.last() == Some(&Told::Nothing));
            tally.count(&board.device(), self.count(&name(board.number)), kept..=kept + unknown);
            let there = |number: &u64| {
                self.times.contains_key(&Which { board: board.number, number: *number })
            };
            let first = (0..kept).find(there);
            let lost = (first.unwrap_or(kept)..kept).filter(|number| !there(number));
            let which = |number| Which { board: board.number, number };
            tally.lost.extend(lost.map(which));
            if first.is_none() && kept > 0 {
                tally.wrong.push(format!("{}: the newest is gone", board.device()));
            }
        }
        tally.count("the sketches", self.count("127.0.0.1"), least..=most);
        tally
    }

    fn count(&self, device: &str) -> u64 {
        self.counts.get(device).copied().unwrap_or(0)
    }

    /// Of what is lost, what something newer of the same board is there of: what is lost is then not the newest.
    pub(in crate::attacks) fn gaps(&self, lost: &[Which]) -> usize {
        let mut newest: HashMap<u16, u64> = HashMap::new();
        for which in self.times.keys() {
            let newest = newest.entry(which.board).or_default();
            *newest = which.number.max(*newest);
        }
        let is_older =
            |lost: &&Which| newest.get(&lost.board).is_some_and(|new| *new > lost.number);
        lost.iter().filter(is_older).count()
    }
}

impl Tally {
    fn count(&mut self, device: &str, found: u64, expected: std::ops::RangeInclusive<u64>) {
        if !expected.contains(&found) {
            self.wrong.push(format!("{device}: {found} were counted, {expected:?} expected"));
        }
    }

    /// What two places have of the same recordings.
    pub(in crate::attacks) fn and(mut self, other: Self) -> Self {
        self.lost.extend(other.lost);
        self.lost.sort_unstable();
        self.lost.dedup();
        self.twice += other.twice;
        self.wrong.extend(other.wrong);
        self
    }

    /// What is wrong with it.
    pub(in crate::attacks) fn faults(&self, what: &str) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(first) = self.lost.first() {
            faults.push(format!("{what}: {} are lost, {first:?} first", self.lost.len()));
        }
        if self.twice > 0 {
            faults.push(format!("{what}: {} are there twice", self.twice));
        }
        if let Some(first) = self.wrong.first() {
            faults.push(format!("{what}: {first}, and {} more", self.wrong.len() - 1));
        }
        faults
    }
}

/// The readings that hexadecimal digits have, as SQLite writes them.
fn readings(digits: &str) -> Option<Vec<f64>> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? * 16 + digit(*low)?) as u8);
    packed::readings(&pairs.iter().map(byte).collect::<Option<Vec<u8>>>()?)
}

/// The readings of a file, axis by axis.
fn rows(text: &str) -> Option<Vec<f64>> {
    let numbers = |line: &str| {
        line.split(',').map(|cell| cell.trim().parse().ok()).collect::<Option<Vec<f64>>>()
    };
    let rows: Vec<Vec<f64>> = text.lines().filter_map(numbers).collect();
    let axes = rows.first()?.len();
    let axis = |axis: usize| rows.iter().filter_map(move |row| row.get(axis).copied());
    Some((0..axes).flat_map(axis).collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Boards, Found, Told, Which};

    /// Three boards that were told of four recordings each that they are kept, and of a fifth nothing.
    fn boards() -> Boards {
        let mut boards = Boards::new(3, Duration::ZERO, false);
        for board in &mut boards.all {
            board.told = [vec![Told::Kept; 4], vec![Told::Nothing]].concat();
        }
        boards
    }

    /// All of them are there but these, and counted.
    fn found(but: &[(u16, u64)]) -> Found {
        let mut found = Found::default();
        for board in 0..3 {
            let there = (0..4).filter(|number| !but.contains(&(board, *number)));
            found.times.extend(there.map(|number| (Which { board, number }, 1)));
            let name = if board == 0 { "127.0.0.1".to_owned() } else { format!("board-00{board}") };
            found.counts.insert(name, 4);
        }
        found
    }

    #[test]
    fn what_is_lost_or_twice_or_of_nobody_is_seen() {
        let boards = boards();
        let well = found(&[]).judge(&boards);
        assert_eq!((well.acknowledged, well.faults("")), (12, vec![]));
        let mut wrong = found(&[(1, 2)]);
        wrong.times.insert(Which { board: 2, number: 0 }, 2);
        wrong.times.insert(Which { board: 2, number: 5 }, 1);
        let tally = wrong.judge(&boards);
        assert_eq!((&tally.lost[..], tally.twice), (&[Which { board: 1, number: 2 }][..], 1));
        assert_eq!(tally.wrong, ["1 were never sent"]);
        assert_eq!(wrong.gaps(&tally.lost), 1);
        assert_eq!(found(&[(1, 3)]).gaps(&[Which { board: 1, number: 3 }]), 0);
    }

    #[test]
    fn only_the_oldest_may_be_taken_away() {
        let boards = boards();
        let pruned = |but: &[(u16, u64)]| found(but).judge_pruned(&boards).faults("").len();
        assert_eq!(pruned(&[]), 0);
        assert_eq!(pruned(&[(1, 0), (1, 1), (2, 0)]), 0);
        assert_eq!(pruned(&[(1, 0), (1, 2)]), 1);
        assert_eq!(pruned(&[(1, 0), (1, 1), (1, 2), (1, 3)]), 1);
        let mut miscounted = found(&[]);
        miscounted.counts.insert("board-001".to_owned(), 6);
        assert_eq!(miscounted.judge_pruned(&boards).faults("").len(), 1);
    }
}
