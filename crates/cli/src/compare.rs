//! `judder compare`: feature sets and detectors side by side.

use comfy_table::{CellAlignment, Table};
use judder_core::{FeatureSet, Unit};
use judder_data::split;
use judder_train::{
    Baseline, Candidate, Compared, Comparison, Interval, Options, Shrinkage, Split, TrainError,
    Worth, candidates,
};
use serde::Serialize;

use crate::detector::Detector;
use crate::evaluate::{Format, RULED};
use crate::files::{self, Files};
use crate::input::{self, Labelled, feature_set, hertz};
use crate::output::{note, percent, print};
use crate::progress::Progress;
use crate::{Done, WrongUsage, looked};

/// Shuffled figures that are so much better than those in time order flatter.
const FLATTERED: f64 = 0.02;

/// Compare feature sets and detectors on labelled recordings.
///
/// Each is fitted to a part of the normal recordings, threshold included, and judged on the rest and
/// on the anomalies: parts drawn by chance, the first three fifths in time against the rest, and
/// each normal folder left out in turn. What to go by is the figure in time order: the future is
/// not shuffled into the past.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low,low+coin\n  \
    judder compare --normal fan/fan_0_low_0_weight --anomaly fan/fan_0_low_1_weight")]
pub(crate) struct Args {
    #[command(flatten)]
    labelled: Labelled,
    /// Go on although judder check finds errors in these recordings, and say which
    #[arg(long)]
    force: bool,
    /// Feature sets to compare [default: eight that are worth a try]
    #[arg(long, num_args = 1.., value_parser = feature_set, value_name = "F")]
    features: Vec<FeatureSet>,
    /// Detectors to compare [default: a mixture with each feature set, the others with one]
    #[arg(long, value_enum, num_args = 1.., value_name = "D")]
    detector: Vec<Detector>,
    /// Sample rate in Hz, whatever the recordings say [default: as they say, else 200]
    #[arg(long, value_parser = hertz, allow_negative_numbers = true, value_name = "HZ")]
    rate: Option<f64>,
    /// Unit of recordings that name none: g, mg, m/s2, or counts:N where N counts are 1 g [default: g where
    /// gravity reads 1]
    #[arg(long, value_name = "UNIT")]
    unit: Option<Unit>,
    /// Readings in a window [default: the length that the recordings share]
    #[arg(long, value_parser = input::window, allow_negative_numbers = true, value_name = "N")]
    window: Option<usize>,
    /// Shuffles to take the mean of
    #[arg(
        long,
        default_value_t = 20,
        value_parser = input::counts(1..=1000),
        allow_negative_numbers = true,
        value_name = "N"
    )]
    shuffles: usize,
    /// Beside single windows, average the scores of K windows that follow each other
    #[arg(
        long,
        value_parser = input::counts(2..=judder_core::MOST_SCORES),
        allow_negative_numbers = true,
        value_name = "K"
    )]
    average: Option<usize>,
    /// How to print the figures
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    files: Files,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let Labelled { normal, anomaly, skip_bad } = &args.labelled;
    if anomaly.is_empty() {
        let why = "to compare takes anomalies (--anomaly); without any, judder train --detector auto \
                   chooses by normal recordings alone";
        return Err(WrongUsage(why.to_owned()).into());
    }
    let files = args.files.options(args.rate, args.unit)?;
    files::tell(&[normal.as_slice(), anomaly].concat(), &files)?;
    let progress = Progress::new();
    let normal = Baseline::read_with(normal, &files, 0.0, *skip_bad, &progress)?.or_unit(args.unit);
    let anomalies = anomaly
        .iter()
        .map(|path| {
            let path = std::slice::from_ref(path);
            let read = Baseline::read_with(path, &files, 0.0, *skip_bad, &progress)?;
            Ok(read.or_unit(args.unit))
        })
        .collect::<Result<Vec<_>, TrainError>>()?;
    drop(progress);
    for reason in normal.left_out.iter().chain(anomalies.iter().flat_map(|one| &one.left_out)) {
        note(format_args!("left out {reason}"));
    }
    looked::forced(&judder_train::look(
        &normal,
        &anomalies.iter().collect::<Vec<_>>(),
        args.force,
    )?);
    looked::folders_of("normal", &normal.recordings);
    anomalies.iter().for_each(|one| looked::folders_of("anomalous", &one.recordings));
    let options = Options {
        rate_hz: args.rate,
        unit: args.unit,
        window: args.window,
        skip_bad: *skip_bad,
        ..Options::default()
    };
    let comparison =
        Comparison { options, splits: splits(&normal, args.shuffles), average: args.average };
    let candidates = args.candidates()?;
    let progress = Progress::new();
    let compared = comparison.run(&normal, &anomalies, &candidates, &progress);
    drop(progress);
    let failed = compared.iter().filter(|(_, worth)| worth.is_err()).count();
    for (candidate, worth) in &compared {
        if let Err(error) = worth {
            let name = candidate.method.name();
            note(format_args!("{} with {name}: {error}", candidate.features));
        }
    }
    if failed == compared.len() {
        anyhow::bail!("none of the candidates could be fitted");
    }
    match args.format {
        Format::Json => print(serde_json::to_string_pretty(&rows(&compared))?)?,
        Format::Table => print(table(&compared))?,
    }
    warn(&compared);
    Ok(Done::Well)
}

impl Args {
    fn candidates(&self) -> Result<Vec<Candidate>, WrongUsage> {
        let methods = self.detector.iter().map(|detector| {
            detector.method(Shrinkage::default(), None).ok_or_else(|| {
                let why = "auto is no detector to compare; name others, or none for all of them";
                WrongUsage(why.to_owned())
            })
        });
        let methods = methods.collect::<Result<Vec<_>, _>>()?;
        let with = |features: FeatureSet| {
            methods.iter().map(move |method| Candidate { features, method: method.clone() })
        };
        Ok(match (self.features.as_slice(), methods.is_empty()) {
            ([], true) => candidates(None),
            ([], false) => {
                let default = |candidate: &Candidate| {
                    methods.iter().any(|method| method.name() == candidate.method.name())
                };
                let mut all = candidates(None);
                all.retain(default);
                all
            }
            (sets, true) => sets
                .iter()
                .map(|&features| Candidate { features, ..candidates(None)[0].clone() })
                .collect(),
            (sets, false) => sets.iter().flat_map(|&features| with(features)).collect(),
        })
    }
}

/// By chance, in time, and by folder where there are several.
fn splits(normal: &Baseline, shuffles: usize) -> Vec<Split> {
    let mut splits = vec![Split::Shuffled(shuffles as u64), Split::TimeOrdered];
    let paths: Vec<_> = normal.recordings.iter().map(|one| &one.path).collect();
    let folders = split::folders(&paths);
    if folders.len() > 1 {
        let groups =
            folders.iter().enumerate().flat_map(|(at, (_, run))| run.clone().map(move |_| at));
        splits.push(Split::LeftOut(groups.collect()));
    }
    splits
}

#[derive(Serialize)]
struct Row<'r> {
    features: String,
    detector: &'static str,
    splits: &'r [Worth],
}

fn rows(compared: &[Compared]) -> Vec<Row<'_>> {
    compared.iter().filter_map(Row::of).collect()
}

impl<'r> Row<'r> {
    fn of((candidate, worth): &'r Compared) -> Option<Self> {
        let splits = worth.as_ref().ok()?;
        let (features, detector) = (candidate.features.to_string(), candidate.method.name());
        Some(Self { features, detector, splits })
    }
}

fn table(compared: &[Compared]) -> String {
    let rows = rows(compared);
    let first = rows.first().map(|row| row.splits).unwrap_or_default();
    let mut header = vec!["features".to_owned(), "detector".to_owned()];
    for worth in first {
        header.extend([format!("AUC {}", worth.split), "95 %".to_owned()]);
        if worth.averaged_auc.is_some() {
            header.push("averaged".to_owned());
        }
    }
    let at = first.iter().position(|worth| worth.split == Split::TimeOrdered.name());
    header.extend(["later false alarms".to_owned(), "95 %".to_owned(), "caught".to_owned()]);
    let columns = header.len();
    let mut table = Table::new();
    table.load_style(RULED).set_header(header);
    for row in &rows {
        let mut cells = vec![row.features.clone(), row.detector.to_owned()];
        for worth in row.splits {
            cells.extend([format!("{:.4}", worth.auc), areas(worth.auc_interval)]);
            cells.extend(worth.averaged_auc.map(|area| format!("{area:.4}")));
        }
        if let Some(worth) = at.and_then(|at| row.splits.get(at)) {
            let alarms = worth.false_alarm_interval;
            cells.extend([
                percent(worth.false_alarm_rate),
                alarms.map_or_else(String::new, |one| {
                    format!("{:.1}-{:.1} %", 100.0 * one.low, 100.0 * one.high)
                }),
                percent(worth.detected),
            ]);
        }
        table.add_row(cells);
    }
    for column in 2..columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

fn areas(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |one| format!("{:.4}-{:.4}", one.low, one.high))
}

/// Says where shuffled figures promise what the future will not keep.
fn warn(compared: &[Compared]) {
    let flattered = |row: &Row<'_>| {
        let of = |name: &str| row.splits.iter().find(|worth| worth.split == name);
        let shuffled = of("shuffled")?.auc;
        let in_time = of(Split::TimeOrdered.name())?.auc;
        (shuffled - in_time > FLATTERED).then(|| {
            format!("{} with {} ({shuffled:.3} and {in_time:.3})", row.features, row.detector)
        })
    };
    let all: Vec<String> = rows(compared).iter().filter_map(flattered).collect();
    if !all.is_empty() {
        note(format_args!(
            "shuffled looks much better than in time order for {}: these know the days they have seen; \
             go by the figure in time order",
            all.join(", ")
        ));
    }
}
