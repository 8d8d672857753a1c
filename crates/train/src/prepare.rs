//! From normal recordings to the windows that a detector is fitted to.

use std::ops::Range;

use judder_core::{GravityAxes, Posture, Unit};
use judder_data::quality::Looked;
use judder_data::split;
use judder_model::{Binding, ReadingUnit, Scale};

use crate::baseline::{Baseline, Lengths, Rates};
use crate::error::TrainError;
use crate::family::Family;
use crate::gates::{handled_above, seeing};
use crate::known::Known;
use crate::measured::{self, Measured, Measuring};
use crate::method::Method;
use crate::modes::{FEWEST, modes_of};
use crate::noise;
use crate::options::{DEFAULT_RATE_HZ, Options};
use crate::robust::{CORE, belonging};
use crate::states::States;
use crate::table::Table;
use crate::thinned::MOST_WINDOWS;
use crate::usable::usable;

/// The fewest windows that a model is fitted to.
const FEWEST_WINDOWS: usize = 10;

/// The windows of normal recordings that agree, and their features.
pub(crate) struct Prepared {
    /// What they agree on.
    pub(crate) binding: Binding,
    /// What one number of their readings is worth.
    pub(crate) scale: Scale,
    /// The unit that readings were in before, if it was another.
    pub(crate) converted: Option<Unit>,
    /// The sample rate, and where it is from.
    pub(crate) rate: Rates,
    /// The window, and where it is from.
    pub(crate) lengths: Lengths,
    /// The features of all windows.
    pub(crate) table: Table,
    /// How far each feature varies by chance, where that is known.
    pub(crate) chance: Vec<Option<f64>>,
    /// The rows of each folder, in order.
    pub(crate) folders: Vec<Range<usize>>,
    /// Which axes see gravity.
    pub(crate) gravity: GravityAxes,
    /// The posture of each window, by these axes.
    pub(crate) postures: Vec<Posture<f64>>,
    /// How far the mean of a window may move before the sensor was handled.
    pub(crate) handled_above: Option<f64>,
    /// The rows that are learnt from, in order; the others are set aside.
    pub(crate) rows: Vec<usize>,
    /// How many windows are set aside because the sensor was handled.
    pub(crate) handled: usize,
    /// How many recordings there were, where they are so many that some are learnt from.
    pub(crate) of: Option<usize>,
    /// The fingerprint of each recording.
    pub(crate) prints: Vec<[u8; 32]>,
    /// What a check keeps of each.
    pub(crate) looked: Vec<Looked>,
    /// The states of the rows, of a method that pools them.
    pub(crate) states: Option<States>,
}

/// What recordings agree on.
pub(crate) struct Agreed {
    pub(crate) binding: Binding,
    scale: Scale,
    converted: Option<Unit>,
    rate: Rates,
    lengths: Lengths,
    /// How many windows there must be.
    needed: usize,
}

impl Agreed {
    /// What these say, of so many in all, once those that differ are left out where that is wanted.
    ///
    /// # Errors
    /// A [`TrainError`] that names the recording.
    pub(crate) fn on(
        baseline: &mut Baseline,
        options: &Options,
        recordings: usize,
    ) -> Result<Self, TrainError> {
        let axes = baseline.agree_on_axes(options.skip_bad)?;
        baseline.take_for(options.unit);
        let (scale, converted) = match options.method {
            // They were brought into the unit of the old model.
            Method::Rebaseline(..) => {
                let first = baseline.recordings.first();
                (baseline.scale(first.and_then(Known::unit)), None)
            }
            _ => baseline.agree_on_unit()?,
        };
        let columns = options.features.count(axes).map_err(TrainError::Features)?;
        let widest = Family::of_each(&options.features, axes);
        let widest = widest.into_iter().map(|one| one.columns.len()).max().unwrap_or(0);
        let needed = FEWEST_WINDOWS.max(options.method.fewest_windows(columns, widest));
        let rate = baseline.rate(options.rate_hz)?;
        let rate_hz = match rate {
            Rates::Given(rate) | Rates::Measured(rate) => rate,
            Rates::Unknown => DEFAULT_RATE_HZ,
        };
        let lengths = baseline.window(options.window, (recordings, needed), rate_hz);
        let window = lengths.window();
        let binding = Binding { axes, window, hop: options.hop.unwrap_or(window), rate_hz };
        Ok(Self { binding, scale, converted, rate, lengths, needed })
    }
}

impl Prepared {
    /// The windows of a baseline, from which recordings that cannot be used are left out where that
    /// is wanted.
    pub(crate) fn of(baseline: &mut Baseline, options: &Options) -> Result<Self, TrainError> {
        let Agreed { binding, scale, converted, rate, lengths, needed } =
            Agreed::on(baseline, options, baseline.recordings.len())?;
        let Binding { axes, window, .. } = binding;
        let of = baseline.thin(binding, MOST_WINDOWS);
        let (features, precision) = (&options.features, options.precision);
        let gravity = Some(GravityAxes::All);
        let measuring = Measuring { binding, features, precision, gravity, look: true };
        let measured = usable(baseline, measuring, options.skip_bad)?;
        let Measured { table, mut postures, prints, looked, .. } = measured;
        if table.rows() < needed {
            return Err(TrainError::TooFew {
                windows: table.rows(),
                window,
                features: table.columns,
                set: options.features.to_string(),
                needed,
            });
        }
        let folders = folder_rows(&baseline.recordings, &table);
        let of_unit = match scale.unit {
            Some(unit) => ReadingUnit::Gravity(unit.per_g()),
            None => ReadingUnit::Unknown { whole: baseline.recordings.iter().all(Known::is_whole) },
        };
        let gravity = seeing(&postures, of_unit);
        if gravity != GravityAxes::All {
            postures = measured::postures(baseline, binding, gravity)?;
        }
        let scale = match gravity {
            GravityAxes::Three(_) => baseline.scale_of_three(scale, &postures)?,
            _ => scale,
        };
        // Each folder by itself: in a state that vibrates more the mean moves more, by itself.
        let of_each = folders.iter().filter_map(|rows| postures.get(rows.clone()));
        let is_looked_at = options.watch.handled && gravity != GravityAxes::Unseen;
        let handled_above = of_each
            .filter_map(handled_above)
            .max_by(f64::total_cmp)
            .or_else(|| handled_above(&postures))
            .filter(|_| is_looked_at);
        let steady = |row: &usize| {
            let limit = handled_above.unwrap_or(f64::INFINITY);
            postures.get(*row).is_none_or(|posture| posture.shift() <= limit)
        };
        let chance = noise::variances(&options.features, axes, window);
        let mut rows: Vec<usize> = (0..table.rows()).filter(steady).collect();
        let handled = table.rows() - rows.len();
        if options.robust {
            rows = belonging_rows(&table, &rows, &folders, options, axes, &chance);
        }
        let states = States::of_method(&table, options, axes, &chance, (&rows, &folders));
        Ok(Self {
            binding,
            scale,
            converted,
            rate,
            lengths,
            table,
            chance,
            folders,
            gravity,
            postures,
            handled_above,
            rows,
            handled,
            of,
            prints,
            looked,
            states,
        })
    }

    /// Learns nothing from the first windows of each folder; how many that are.
    pub(crate) fn without_starts(&mut self, windows: usize) -> Result<usize, TrainError> {
        let before = self.rows.len();
        let starts: Vec<Range<usize>> = self
            .folders
            .iter()
            .map(|folder| folder.start..folder.end.min(folder.start.saturating_add(windows)))
            .collect();
        self.rows.retain(|row| !starts.iter().any(|start| start.contains(row)));
        let left = self.rows.len();
        if left < FEWEST_WINDOWS && left < before {
            return Err(TrainError::Option(format!(
                "without the first {windows} windows of each folder (--settle) {left} of {before} are left, and \
                 {FEWEST_WINDOWS} is the least: record more, or give the machine less time to settle"
            )));
        }
        Ok(before - left)
    }

    /// The features of other recordings, cut like these.
    pub(crate) fn features_of(
        &self,
        others: &mut Baseline,
        options: &Options,
    ) -> Result<Measured, TrainError> {
        others.take_for(options.unit);
        others.bring_to(&self.scale, self.gravity)?;
        others.thin(self.binding, MOST_WINDOWS);
        let (binding, features, precision) = (self.binding, &options.features, options.precision);
        let measuring = Measuring { binding, features, precision, gravity: None, look: true };
        usable(others, measuring, options.skip_bad)
    }
}

/// The rows that are not far from all others of their state.
fn belonging_rows(
    table: &Table,
    all: &[usize],
    folders: &[Range<usize>],
    options: &Options,
    axes: usize,
    chance: &[Option<f64>],
) -> Vec<usize> {
    let Table { values, columns, .. } = table;
    let families = Family::of_each(&options.features, axes);
    // What is less than may be disturbed is no state: windows that are disturbed alike are a group, too.
    let least = (FEWEST, 1.0 - CORE);
    let mut rows: Vec<usize> =
        modes_of(table, &options.features, axes, chance, all, folders, least)
            .iter()
            .flatten()
            .flat_map(|group| belonging(values, *columns, group, &families, chance))
            .collect();
    rows.sort_unstable();
    rows
}

/// The rows of each folder, in order.
pub(crate) fn folder_rows(recordings: &[Known], table: &Table) -> Vec<Range<usize>> {
    let paths: Vec<_> = recordings.iter().map(|one| &one.path).collect();
    split::folders(&paths)
        .into_iter()
        .map(|(_, run)| table.recordings[run.start].start..table.recordings[run.end - 1].end)
        .collect()
}
