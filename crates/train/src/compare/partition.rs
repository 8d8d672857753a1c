//! Ways to part normal windows into those that a detector is fitted to and those it is judged on.

use std::ops::Range;

use judder_data::split;

use crate::known::Known;

/// The share of the windows that a detector is fitted to where they are parted once.
const FIT: f64 = 0.6;

/// Rows to fit to, and rows to judge on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Rows to fit to, in ascending order.
    pub fit: Vec<usize>,
    /// Rows to judge on, in ascending order.
    pub test: Vec<usize>,
}

/// How normal windows are parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Split {
    /// `shuffled`: three fifths by chance, so many times. Neighbours in time resemble each other, so
    /// this flatters.
    Shuffled(u64),
    /// `time-ordered`: the first three fifths of each folder in time, judged on the rest.
    TimeOrdered,
    /// `left out`: each group in turn; the group of each recording.
    LeftOut(Vec<usize>),
}

impl Split {
    /// Each place of a sensor is left out in turn: it was put to another one where the mean of an axis jumps by more than
    /// `jump`, in the unit of the readings, from one recording to the next.
    pub fn positions(recordings: &[Known], jump: f64) -> Self {
        let means: Vec<Vec<f64>> = recordings.iter().map(|one| one.means().collect()).collect();
        let mut groups = vec![0; recordings.len()];
        for at in 1..recordings.len() {
            let axes = means[at].iter().zip(&means[at - 1]);
            let jumped = axes.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) > jump;
            groups[at] = groups[at - 1] + usize::from(jumped);
        }
        Self::LeftOut(groups)
    }

    /// Its name in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Shuffled(_) => "shuffled",
            Self::TimeOrdered => "time-ordered",
            Self::LeftOut(_) => "left out",
        }
    }

    /// How many parts there are, at most.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Shuffled(times) => *times as usize,
            Self::TimeOrdered => 1,
            Self::LeftOut(groups) => groups.iter().max().map_or(0, |most| most + 1),
        }
    }

    /// The parts of `rows`, which are those of `folders` and, one range each, of `recordings`. One that leaves nothing to
    /// fit to or to judge is passed over.
    pub fn parts(
        &self,
        rows: &[usize],
        folders: &[Range<usize>],
        recordings: &[Range<usize>],
    ) -> Vec<Part> {
        let parts = match self {
            Self::Shuffled(times) => (0..*times).map(|seed| shuffled(rows, seed)).collect(),
            Self::TimeOrdered => vec![in_time(rows, folders)],
            Self::LeftOut(groups) => left_out(rows, recordings, groups),
        };
        parts.into_iter().filter(|part| !part.fit.is_empty() && !part.test.is_empty()).collect()
    }
}

fn shuffled(rows: &[usize], seed: u64) -> Part {
    let order = split::shuffled(rows.len(), seed);
    let of = |at: &[usize]| {
        let mut rows: Vec<usize> = at.iter().map(|&at| rows[at]).collect();
        rows.sort_unstable();
        rows
    };
    let parts = split::shares(&order, &[FIT]);
    Part { fit: of(parts[0]), test: of(parts[1]) }
}

fn in_time(rows: &[usize], folders: &[Range<usize>]) -> Part {
    let mut part = Part { fit: Vec::new(), test: Vec::new() };
    for folder in folders {
        let inside: Vec<usize> = rows.iter().copied().filter(|row| folder.contains(row)).collect();
        let parts = split::shares(&inside, &[FIT]);
        part.fit.extend_from_slice(parts[0]);
        part.test.extend_from_slice(parts[1]);
    }
    part
}

fn left_out(rows: &[usize], recordings: &[Range<usize>], groups: &[usize]) -> Vec<Part> {
    let most = groups.iter().max().map_or(0, |group| group + 1);
    let mut group_of = vec![0; recordings.last().map_or(0, |last| last.end)];
    for (range, &group) in recordings.iter().zip(groups) {
        group_of[range.clone()].fill(group);
    }
    (0..most)
        .map(|group| {
            let (test, fit) = rows.iter().partition(|&&row| group_of[row] == group);
            Part { fit, test }
        })
        .collect()
}
