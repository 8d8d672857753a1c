//! What is known of a recording while its readings may be on the disk.

use std::path::PathBuf;
use std::time::SystemTime;

use judder_core::{GravityAxes, MAX_AXES, Unit};
use judder_data::{Located, Piece, Recording};

/// A recording: where it is, and what its readings say. The readings themselves are read again when they are asked for, unless
/// there are few.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its file; in a `.npz` followed by the name of the array.
    pub path: PathBuf,
    /// Its readings, where they are in memory.
    pub(crate) readings: Option<Box<Recording>>,
    /// Where they are else: the number of the source, and that of the recording in it.
    pub(crate) file: (usize, usize),
    /// The same as it was when it was read first.
    pub(crate) read_as: (usize, usize),
    len: usize,
    rate_hz: Option<f64>,
    taken: Option<SystemTime>,
    unit: Option<Unit>,
    /// Whether nothing tells which axes are accelerations.
    mixed: bool,
    /// Of each axis a bit: whether it is no acceleration.
    others: u8,
    /// Whether all readings are whole numbers.
    whole: bool,
    /// Of each axis the mean and the variance of its readings.
    axes: Box<[Spread]>,
}

/// The mean of readings, and the sum of the squares about it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Spread {
    mean: f64,
    squares: f64,
}

impl Spread {
    fn of(readings: &[f64]) -> Self {
        let mean = readings.iter().sum::<f64>() / readings.len() as f64;
        Self { mean, squares: readings.iter().map(|x| (x - mean) * (x - mean)).sum() }
    }

    /// Of these and other readings, so many of each (Chan, Golub and LeVeque 1983).
    fn joined(self, other: Self, own: usize, others: usize) -> Self {
        let (n, m) = (own as f64, others as f64);
        let apart = other.mean - self.mean;
        let between = apart * apart * n * m / (n + m);
        Self {
            mean: self.mean + apart * (m / (n + m)),
            squares: self.squares + other.squares + between,
        }
    }
}

impl From<Located> for Known {
    fn from(Located { path, recording }: Located) -> Self {
        let axes = recording.iter_axes().map(Spread::of).collect();
        let others = others(&recording);
        Self {
            path,
            len: recording.len(),
            rate_hz: recording.rate_hz(),
            taken: recording.taken(),
            unit: recording.unit(),
            mixed: recording.is_mixed(),
            others,
            whole: recording.is_whole(),
            axes,
            readings: Some(Box::new(recording)),
            file: (0, 0),
            read_as: (0, 0),
        }
    }
}

fn others(recording: &Recording) -> u8 {
    let others = (0..recording.axes()).filter(|&axis| !recording.is_acceleration(axis));
    others.fold(0, |all, axis| all | 1 << axis)
}

impl Known {
    /// Of the first piece of a recording whose readings stay in its file.
    pub(crate) fn begun(piece: &Piece) -> Self {
        let located = Located { path: piece.path.clone(), recording: piece.recording.clone() };
        Self { readings: None, ..Self::from(located) }
    }

    /// Whether its readings are in memory.
    pub(crate) fn is_here(&self) -> bool {
        self.readings.is_some()
    }

    /// Says where in which file it is, too.
    pub(crate) fn is_also(&mut self, file: (usize, usize)) {
        (self.file, self.read_as) = (file, file);
    }

    /// Leaves its readings on the disk.
    pub(crate) fn leave(&mut self) {
        self.readings = None;
    }

    /// What a further piece of the same recording says of those readings that are new in it; joined to what is known by
    /// [`Known::go_on`].
    pub(crate) fn of_fresh(piece: &Piece) -> Self {
        let fresh = |axis: &'_ [f64]| axis.get(piece.fresh..).unwrap_or_default().to_vec();
        let values: Vec<f64> = piece.recording.iter_axes().flat_map(fresh).collect();
        let (axes, all) = (piece.recording.axes(), piece.recording.len() - piece.fresh);
        let recording = Recording::from_axes(axes, all, values);
        let recording = recording.unwrap_or_else(|| piece.recording.clone());
        Self::from(Located { path: PathBuf::new(), recording })
    }

    /// The same recording with more readings.
    pub(crate) fn go_on(&mut self, more: &Self) {
        for (own, other) in self.axes.iter_mut().zip(&more.axes) {
            *own = own.joined(*other, self.len, more.len);
        }
        self.len += more.len;
        self.whole &= more.whole;
    }

    /// How many axes it has.
    pub fn axes(&self) -> usize {
        self.axes.len()
    }

    /// How many readings it has.
    #[allow(clippy::len_without_is_empty, reason = "a recording is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The sample rate in Hz, where it is known.
    pub fn rate_hz(&self) -> Option<f64> {
        self.rate_hz
    }

    /// When it was taken, where that is written beside it.
    pub fn taken(&self) -> Option<SystemTime> {
        self.taken
    }

    /// What one number of its readings is worth, where that is known.
    pub fn unit(&self) -> Option<Unit> {
        self.unit
    }

    /// Whether nothing tells which of its axes are accelerations, though not all may be.
    pub fn is_mixed(&self) -> bool {
        self.mixed
    }

    /// Whether all readings are whole numbers, as counts of a sensor are.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The mean of each axis.
    pub fn means(&self) -> impl Iterator<Item = f64> {
        self.axes.iter().map(|axis| axis.mean)
    }

    /// The length of gravity in its readings, where they show it: see [`judder_core::gravity`].
    pub fn gravity(&self) -> Option<f64> {
        let seen = || self.axes.iter().enumerate().filter(|(axis, _)| self.others >> axis & 1 == 0);
        let means: Vec<f64> = seen().map(|(_, axis)| axis.mean).collect();
        let squares: f64 = seen().map(|(_, axis)| axis.squares / self.len as f64).sum();
        judder_core::gravity(&means, squares.sqrt())
    }

    /// Takes one whose unit is not known for one of this.
    pub(crate) fn or_unit(&mut self, unit: Option<Unit>) {
        self.unit = self.unit.or(unit);
    }

    /// Takes the three axes that see gravity for the accelerations, where nothing else tells which those are.
    pub(crate) fn accelerating(&mut self, gravity: GravityAxes) {
        let GravityAxes::Three(three) = gravity else { return };
        if self.mixed {
            let given = three.into_iter().filter(|&axis| usize::from(axis) < self.axes());
            let given = given.fold(0u8, |all, axis| all | 1 << axis);
            let all = (0..self.axes().min(MAX_AXES)).fold(0u8, |all, axis| all | 1 << axis);
            self.others = all & !given;
        }
    }

    /// Brings what its readings say into another unit.
    pub(crate) fn bring_to(&mut self, unit: Unit) {
        let Some(from) = self.unit.filter(|from| from.per_g() != unit.per_g()) else { return };
        let times = from.in_unit(unit, 1.0);
        for (at, axis) in self.axes.iter_mut().enumerate() {
            if self.others >> at & 1 == 0 {
                axis.mean = from.in_unit(unit, axis.mean);
                axis.squares *= times * times;
            }
        }
        self.whole = false;
        self.unit = Some(unit);
    }
}
