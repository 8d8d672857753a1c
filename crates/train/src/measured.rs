//! What is measured of the windows of recordings while they are read.

use judder_core::{FeatureSet, GravityAxes, Posture, Real};
use judder_data::quality::{Glance, Looked, Looking};
use judder_data::{Cut, Piece, Recording};
use judder_model::{Binding, Precision, Windows, starts};

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::fingerprint::{Printer, fingerprint};
use crate::table::{Refused, Table};

/// What is to be measured of each window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measuring<'m> {
    /// How recordings are cut.
    pub(crate) binding: Binding,
    /// What is computed.
    pub(crate) features: &'m FeatureSet,
    /// In which arithmetic.
    pub(crate) precision: Precision,
    /// By which axes its posture is seen, where that is wanted.
    pub(crate) gravity: Option<GravityAxes>,
    /// Whether recordings are looked at, too, as a check does.
    pub(crate) look: bool,
}

/// The features of all windows of some recordings, a row each, and what else was wanted of them.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// The features.
    pub(crate) table: Table,
    /// Of each row the posture, where that was wanted.
    pub(crate) postures: Vec<Posture<f64>>,
    /// The fingerprint of each recording.
    pub(crate) prints: Vec<[u8; 32]>,
    /// What a check keeps of each, where that was wanted.
    pub(crate) looked: Vec<Looked>,
    /// The recordings that give no features; they have no rows.
    pub(crate) refused: Vec<Refused>,
}

/// What is measured of one piece.
#[derive(Debug)]
pub(crate) struct Part {
    rows: Result<Vec<f64>, (usize, judder_core::Error)>,
    postures: Vec<Posture<f64>>,
    looked: Option<Glance>,
    /// The fingerprint of a recording of one piece.
    print: Option<[u8; 32]>,
    /// Else the piece itself, and how many of its readings stood in the one before.
    piece: Option<(Recording, usize)>,
}

impl Measured {
    /// Of some recordings, by their indices in ascending order.
    ///
    /// # Errors
    /// Where the set gives no features for so many axes, or a file cannot be read any more.
    pub(crate) fn of(
        baseline: &Baseline,
        some: &[usize],
        measuring: Measuring<'_>,
    ) -> Result<Self, TrainError> {
        let Measuring { binding, features, .. } = measuring;
        let columns = features.count(binding.axes).map_err(TrainError::Features)?;
        let mut all = Self { table: Table { columns, ..Table::default() }, ..Self::default() };
        let (mut current, mut printer) = (None, Printer::default());
        let mut looking = Looking::default();
        let ahead = baseline.ahead.as_ref().and_then(|ahead| ahead.of(baseline, some, measuring));
        if let Some(parts) = ahead {
            for part in parts {
                all.begin();
                all.add(part, (&mut printer, &mut looking));
            }
            return Ok(all);
        }
        let part = |piece: &Piece| measuring.part(piece);
        baseline.pass(Cut::new(binding.window, binding.hop), some, part, |at, part| {
            if current.replace(at) != Some(at) {
                all.end(&mut printer);
                all.begin();
            }
            all.add(part, (&mut printer, &mut looking));
        })?;
        all.end(&mut printer);
        Ok(all)
    }

    fn begin(&mut self) {
        let row = self.table.rows();
        self.table.recordings.push(row..row);
    }

    fn add(&mut self, part: Part, (printer, looking): (&mut Printer, &mut Looking)) {
        let Self { table, postures, prints, looked, refused } = self;
        prints.extend(part.print);
        looked.extend(part.looked.and_then(|glance| looking.take(glance)));
        part.piece.iter().for_each(|(recording, fresh)| printer.add(recording, *fresh));
        let recording = table.recordings.len() - 1;
        if refused.last().is_some_and(|one| one.recording == recording) {
            return;
        }
        let Some(own) = table.recordings.last_mut() else { return };
        match part.rows {
            Ok(rows) => {
                table.values.extend(rows);
                postures.extend(part.postures);
            }
            Err((start, error)) => {
                table.values.truncate(own.start * table.columns);
                postures.truncate(own.start);
                refused.push(Refused { recording, start, error });
            }
        }
        own.end = table.values.len() / table.columns.max(1);
    }

    fn end(&mut self, printer: &mut Printer) {
        self.prints.extend(std::mem::take(printer).finish());
    }
}

impl Measuring<'_> {
    /// What is measured of a piece.
    pub(crate) fn part(&self, piece: &Piece) -> Part {
        let columns = self.features.count(self.binding.axes).unwrap_or(0);
        let whole = piece.start == 0 && piece.last;
        let mut postures = Vec::new();
        let rows = match self.precision {
            Precision::F32 => self.rows::<f32>(piece, columns),
            Precision::F64 => self.rows::<f64>(piece, columns),
        };
        if let (Some(gravity), Ok(_)) = (self.gravity, &rows) {
            postures = postures_of(&piece.recording, self.binding, gravity);
        }
        let looked = self.look.then(|| Glance::at(piece));
        Part {
            rows,
            postures,
            looked,
            print: whole.then(|| fingerprint(&piece.recording)),
            piece: (!whole).then(|| (piece.recording.clone(), piece.fresh)),
        }
    }

    fn rows<T: Real>(
        &self,
        piece: &Piece,
        columns: usize,
    ) -> Result<Vec<f64>, (usize, judder_core::Error)> {
        let (recording, Binding { window, hop, .. }) = (&piece.recording, self.binding);
        let mut windows = Windows::<T>::new(recording.axes(), window);
        let mut features = vec![T::ZERO; columns];
        let mut rows = Vec::new();
        for start in starts(recording.len(), window, hop) {
            let features = windows
                .cut(recording.values(), start)
                .and_then(|(readings, scratch)| {
                    self.features.extract(&readings, scratch, &mut features)
                })
                .map_err(|error| (piece.start + start, error))?;
            rows.extend(features.iter().map(|x| x.to_f64()));
        }
        Ok(rows)
    }
}

/// The posture of every window of a recording, which can be used, by the axes that see gravity.
fn postures_of(recording: &Recording, binding: Binding, gravity: GravityAxes) -> Vec<Posture<f64>> {
    let mut windows = Windows::<f64>::new(recording.axes(), binding.window);
    let of = |start: usize| {
        let (readings, _) = windows.cut(recording.values(), start).ok()?;
        Posture::of_axes(&readings, gravity).ok()
    };
    starts(recording.len(), binding.window, binding.hop).filter_map(of).collect()
}

/// The posture of every window of all recordings of a baseline.
///
/// # Errors
/// Where a file cannot be read any more.
pub(crate) fn postures(
    baseline: &Baseline,
    binding: Binding,
    gravity: GravityAxes,
) -> Result<Vec<Posture<f64>>, TrainError> {
    let mut all = Vec::new();
    let of = |piece: &Piece| postures_of(&piece.recording, binding, gravity);
    let cut = Cut::new(binding.window, binding.hop);
    baseline.pass(cut, &baseline.all(), of, |_, postures| all.extend(postures))?;
    Ok(all)
}
