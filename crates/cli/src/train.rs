//! `judder train`: from normal recordings to a model.

use std::io::Write;
use std::path::PathBuf;

use judder_core::{Feature, FeatureSet, Unit};
use judder_data::store::write_whole;
use judder_model::{Figure, Footprint, Layer, Rule};
use judder_report::ReportError;
use judder_report::serving::{promised, says};
use judder_train::{
    Candidate, DEFAULT_FEATURES, DEFAULT_RATE_HZ, Fitted, FittedAutoencoder, Lengths, MOST_STATES,
    Method, Options, Pace, Rates, Shrinkage, Trained, train_read,
};

use crate::alarms::{a_day, asked, condition, note_lowest_rate};
use crate::detector::Detector;
use crate::files::{self, Files};
use crate::input::{self, Labelled, Limit, feature_set, hertz, part};
use crate::network::Network;
use crate::output::{counted, note, note_threshold, percent, rounded, say, threshold};
use crate::progress::Progress;
use crate::stretches::Left;
use crate::target::name;
use crate::watch::Watch;
use crate::{Done, WrongUsage, auto, formulas, gates, looked, stretches, target};

/// Learn what is normal, and write a model.
///
/// The model is fitted to normal recordings alone. Its threshold comes from normal windows that the
/// fit which scored them had not seen: the recordings are cut into five parts in time, each scored
/// by a fit to the others.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low,low+coin\n  \
    judder train --normal fan/fan_0_low_0_weight --anomaly fan/fan_0_low_1_weight -o fan.model.json\n  \
    judder train --normal fan/fan_0_low_0_weight --false-alarms-per-day 9 --windows-per-day 1440 \
    -o m")]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) labelled: Labelled,
    /// The detector
    #[arg(long, value_enum, default_value_t = Detector::Mixture, value_name = "D")]
    pub(crate) detector: Detector,
    #[arg(
        long,
        value_parser = feature_set,
        value_name = "F",
        help = format!(
            "What is computed from a window: names joined with + [default: {DEFAULT_FEATURES}, of an \
             autoencoder log-mad+correlation]"
        ),
        long_help = format!(
            "What is computed from a window: names joined with + [default: {DEFAULT_FEATURES}, of an \
             autoencoder log-mad+correlation]\n\n{}",
            formulas::list()
        )
    )]
    pub(crate) features: Option<FeatureSet>,
    /// Sample rate in Hz, whatever the recordings say [default: as they say, else 200]
    #[arg(long, value_parser = hertz, allow_negative_numbers = true, value_name = "HZ")]
    pub(crate) rate: Option<f64>,
    /// Unit of recordings that name none: g, mg, m/s2, or counts:N where N counts are 1 g [default: g where
    /// gravity reads 1]
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<Unit>,
    /// Readings in a window [default: the length that the recordings share]
    #[arg(
        long,
        value_parser = input::window,
        allow_negative_numbers = true,
        value_name = "N"
    )]
    pub(crate) window: Option<usize>,
    /// Readings from one window to the next [default: the window]
    #[arg(
        long,
        value_parser = input::counts(1..=input::LONGEST),
        allow_negative_numbers = true,
        value_name = "N"
    )]
    pub(crate) hop: Option<usize>,
    #[command(flatten)]
    pub(crate) limit: Limit,
    /// Go on although judder check finds errors in these recordings, and say which
    #[arg(long)]
    pub(crate) force: bool,
    /// How a covariance is made safe against few recordings: pooled, families, ledoit-wolf, oas or none
    /// [default: pooled]
    #[arg(long, value_name = "HOW")]
    pub(crate) shrinkage: Option<Shrinkage>,
    /// Of k-means the centres [default: 8], of neighbours how many count [default: 5]
    #[arg(
        long,
        value_parser = input::counts(1..=64),
        allow_negative_numbers = true,
        value_name = "K"
    )]
    pub(crate) k: Option<usize>,
    /// Set aside windows far from all others: up to a quarter of the recordings may be disturbed
    #[arg(long)]
    pub(crate) robust: bool,
    /// Leave out what lies apart: the start of a folder, or single windows far from all others
    /// [default: none; what there is is named]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    pub(crate) leave_out: Vec<Left>,
    #[command(flatten)]
    pub(crate) watch: Watch,
    /// Keep this share of each normal folder, the last in time, for judder evaluate
    #[arg(
        long,
        default_value_t = 0.0,
        value_parser = part,
        allow_negative_numbers = true,
        value_name = "SHARE"
    )]
    pub(crate) hold_out: f64,
    /// Seed of what is drawn by chance
    #[arg(long, default_value_t = 0, allow_negative_numbers = true, value_name = "N")]
    pub(crate) seed: u64,
    /// The model file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// A page that shows what the model is worth: one HTML file
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) network: Network,
    #[command(flatten)]
    pub(crate) files: Files,
}

impl Args {
    /// The detector and how it is fitted; none where that is to be chosen.
    fn method(&self) -> Result<Option<Method>, WrongUsage> {
        let wrong = |what: String| Err(WrongUsage(what));
        if !matches!(self.detector, Detector::Autoencoder)
            && let Some(name) = self.network.given()
        {
            return wrong(format!("{name} goes with --detector autoencoder"));
        }
        let is_gaussian = matches!(self.detector, Detector::Mixture | Detector::Mahalanobis);
        if self.shrinkage.is_some() && !is_gaussian {
            return wrong("--shrinkage goes with --detector mixture or mahalanobis".to_owned());
        }
        let takes_k = matches!(self.detector, Detector::KMeans | Detector::Neighbours);
        if self.k.is_some() && !takes_k {
            return wrong("--k goes with --detector k-means or neighbours".to_owned());
        }
        let shrinkage = self.shrinkage.unwrap_or_default();
        Ok(match self.detector {
            Detector::Autoencoder => Some(Method::Autoencoder(self.network.options())),
            detector => detector.method(shrinkage, self.k),
        })
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let inputs = [args.labelled.normal.as_slice(), &args.labelled.anomaly].concat();
    target::spare(&args.output, &inputs)?;
    if let Some(report) = &args.report {
        target::spare(report, &inputs)?;
        target::differ(report, &args.output)?;
    }
    let like_reference = args.network.like_reference;
    let defaults = Options::default();
    let method = args.method()?;
    let files = args.files.options(args.rate, args.unit)?;
    let named = method.clone().unwrap_or_default();
    let mut options = Options {
        features: match args.features {
            Some(features) => features,
            None if like_reference => FeatureSet::new(&[Feature::Mad])?,
            None => named.default_features().parse()?,
        },
        rate_hz: args.rate,
        unit: args.unit,
        files,
        window: args.window.or(like_reference.then_some(128)),
        hop: args.hop,
        rule: args.limit.threshold.unwrap_or_default(),
        false_alarm_rate: args.limit.rate()?,
        false_alarms_per_day: args.limit.false_alarms_per_day,
        windows_per_day: args.limit.daily.windows_per_day,
        method: named,
        seed: args.seed,
        hold_out: args.hold_out,
        robust: args.robust,
        leave_out: stretches::ways(&args.leave_out),
        watch: args.watch.options(),
        idle: args.watch.idle.clone(),
        skip_bad: args.labelled.skip_bad,
        force: args.force,
        ..defaults
    };
    let Labelled { normal, anomaly, .. } = &args.labelled;
    files::tell(&inputs, &options.files)?;
    let progress = Progress::new();
    let (baseline, anomalies) = judder_train::read(normal, anomaly, &options, &progress)?;
    drop(progress);
    if method.is_none() {
        // Not first a choice, and then what is wrong with what it was made by.
        judder_train::look(&baseline, &anomalies.iter().collect::<Vec<_>>(), options.force)?;
        Candidate { features: options.features, method: options.method } =
            auto::choose(&baseline, args.features, &options)?;
    }
    let progress = Progress::new();
    let trained = train_read(baseline, anomalies, &options, &progress)?;
    drop(progress);
    let json = trained.model.to_json();
    let page = args.report.as_ref().map(|report| {
        let pace = Pace::of(trained.model.binding(), options.windows_per_day);
        Ok::<_, ReportError>((report, judder_report::trained(&trained, pace, &name(&args.output))?))
    });
    let page = page.transpose()?;
    // First what is less: where there is no room for it, no model is there unannounced.
    if let Some((report, html)) = &page {
        write_whole(report, |to| to.write_all(html.as_bytes()))?;
    }
    write_whole(&args.output, |to| to.write_all(&json))?;
    describe(&trained, &options);
    say(format_args!("wrote      {} ({} bytes)", args.output.display(), json.len()));
    if let Some(report) = &args.report {
        say(format_args!("report     {}", report.display()));
    }
    Ok(Done::Well)
}

pub(crate) fn describe(trained: &Trained, options: &Options) {
    for reason in &trained.left_out {
        note(format_args!("left out {reason}"));
    }
    looked::forced(&trained.findings);
    let model = &trained.model;
    let binding = model.binding();
    if let Some(of) = trained.of {
        note(format_args!(
            "learnt from {} of {of} recordings, as many of each stretch of each folder: more say the same",
            trained.recordings
        ));
    }
    if trained.copies > 0 {
        let copies = counted(trained.copies, "recording");
        note(format_args!("{copies} of the normal ones repeat others; they count more than once"));
    }
    if trained.cut > 0 {
        note(format_args!(
            "{} longer than a window of {}: what is behind the last whole window is not used",
            counted(trained.cut, "recording"),
            counted(binding.window, "reading")
        ));
    }
    if trained.handled > 0 {
        note(format_args!(
            "{} set aside: the sensor or its base was moved meanwhile",
            counted(trained.handled, "window")
        ));
    }
    if model.provenance().normal.len() > MOST_STATES {
        note(format_args!(
            "more than {MOST_STATES} folders are not taken for as many states: all recordings are looked \
             through for states together"
        ));
    }
    if trained.set_aside > 0 {
        note(format_args!(
            "{} far from all others set aside (--robust)",
            counted(trained.set_aside, "window")
        ));
    }
    if trained.settling > 0 {
        let windows = counted(trained.settling, "window");
        note(format_args!("{windows} left out, as the machine settles in them (--settle)"));
    }
    if options.watch.settle > 0.0 && trained.model.watching().idle_below.is_none() {
        note(
            "nothing tells when the machine stands still, so a watch cannot tell when it settles: see --idle and \
             --idle-below",
        );
    }
    if trained.left > 0 {
        let ways: Vec<&str> = options.leave_out.iter().map(|way| way.name()).collect();
        let windows = counted(trained.left, "window");
        note(format_args!("{windows} left out, lying apart (--leave-out {})", ways.join(",")));
    }
    if trained.rate == Rates::Unknown {
        note(format_args!(
            "nothing tells the sample rate of these recordings; {DEFAULT_RATE_HZ} Hz is assumed, \
             --rate says otherwise"
        ));
    }
    if model.scale().unit.is_none() {
        note(
            "unit unknown: nothing names it, and these readings do not show gravity, which would tell it; \
             they are taken as they are, and others in another unit would be anomalies. --unit says it",
        );
    }
    if let Lengths::Second(_) = trained.window {
        note("the recordings are long and few, so they are cut into windows of 1 s; see --window");
    }
    say(format_args!(
        "normal     {}, {} of {} readings ({} s at {} Hz)",
        counted(trained.recordings, "recording"),
        counted(trained.windows, "window"),
        binding.window,
        rounded(binding.window as f64 / binding.rate_hz),
        binding.rate_hz
    ));
    if let (Some(from), Some(unit)) = (trained.converted, model.scale().unit) {
        say(format_args!("readings   in {from}, brought to {unit}"));
    }
    looked::folders(&trained.scored);
    let count = model.features().names(binding.axes).count();
    say(format_args!("features   {} ({})", model.features(), counted(count, "number")));
    describe_detector(&trained.fitted);
    gates::describe(model);
    let watching = model.watching();
    if !watching.is_by_window() {
        say(format_args!(
            "decides    on the mean of {}; {} of {} above the threshold raise an alarm, until fewer are \
             above {} of it",
            counted(watching.average, "score"),
            watching.votes,
            counted(watching.of, "decision"),
            percent(watching.clear)
        ));
    }
    let Footprint { constants, memory } = Footprint::of(model);
    say(format_args!("on a chip  {constants} bytes of constants, {memory} of memory, beside code"));
    let limit = model.threshold();
    let pace = Pace::of(binding, options.windows_per_day);
    say(format_args!("threshold  {}", threshold(limit)));
    if let Some(asked) = asked(model, pace) {
        say(format_args!("asked for  {asked}"));
    }
    if let Some(promise) = &trained.alerts {
        say(format_args!(
            "alerts     judder serve would raise {}, {}",
            promised(promise),
            condition(pace)
        ));
    }
    if limit.rule != Rule::None {
        for (state, served) in &trained.served {
            say(format_args!("  anomalous {state}: {}", says(served)));
        }
    }
    for figure in model.figures() {
        let shares = figure.false_alarms as f64 / figure.normal_windows.max(1) as f64;
        let what = match watching.is_by_window() {
            true => "normal windows above the threshold",
            false => "decisions on normal windows in alarm",
        };
        let above = format!("{} of {what} ({})", percent(shares), a_day(shares, pace));
        let auc = figure.auc.map(|auc| format!("ROC AUC {auc:.4}"));
        let above = (limit.rule != Rule::None).then_some(above);
        let parts: Vec<String> = above.into_iter().chain(auc).collect();
        if !parts.is_empty() {
            say(format_args!("unseen     {} split: {}", figure.split, parts.join(", ")));
        }
    }
    note_threshold(model);
    stretches::describe(trained, &options.leave_out);
    stretches::describe_days(&trained.days);
    looked::kept(trained);
    let judged = |figure: &&Figure| figure.anomaly_windows > 0 && limit.rule != Rule::None;
    if let Some(figure) = model.figures().first().filter(judged) {
        say(format_args!(
            "missed     {} of {}, by their scores alone",
            figure.missed,
            counted(figure.anomaly_windows, "anomalous window")
        ));
    }
    note_lowest_rate(model, pace, options.false_alarms_per_day);
    looked::among(&trained.among);
    if let Some(worst) = trained.outliers.first() {
        note(format_args!(
            "{} far above the other normal ones, {} the farthest ({} times what nine in ten stay \
             below): the threshold may rest on what is not normal; look at them, and train without",
            scored(trained.outliers.len()),
            worst.path.display(),
            rounded(worst.times)
        ));
    }
}

fn describe_detector(fitted: &Fitted) {
    match fitted {
        Fitted::Mahalanobis(..) | Fitted::Rescaled(_) => {}
        Fitted::Mixture(_, _, windows) => {
            let windows: Vec<String> = windows.iter().map(ToString::to_string).collect();
            say(format_args!("states     {} of {} windows", windows.len(), windows.join(", ")));
        }
        Fitted::Neighbours(neighbours) => {
            say(format_args!("neighbours the nearest {} count", neighbours.k()));
        }
        Fitted::Autoencoder(fitted) => describe_network(fitted),
    }
}

fn describe_network(fitted: &FittedAutoencoder) {
    let layers = fitted.autoencoder.network().layers();
    let units: Vec<String> = std::iter::once(fitted.autoencoder.features())
        .chain(layers.iter().map(Layer::outputs))
        .map(|units| units.to_string())
        .collect();
    say(format_args!(
        "network    {}, {}; explains {} of the variance; {} in the best of {}",
        units.join("-"),
        layers[0].activation(),
        percent(fitted.explained),
        counted(fitted.epochs, "epoch"),
        counted(fitted.starts, "start"),
    ));
    let features = fitted.autoencoder.features();
    if features > 1 && layers[..layers.len() - 1].iter().all(|layer| layer.outputs() >= features) {
        note(
            "no hidden layer is narrower than the features: the network may pass them through, and \
             the score see little; see --hidden",
        );
    }
    match fitted.refused.as_slice() {
        [] => {}
        // One start that was not checked: it is what was shipped.
        [why] if fitted.starts == 1 => note(format_args!(
            "this network does not reconstruct, it is written to compare with only: {why}"
        )),
        refused => note(format_args!(
            "{} of {} did not reconstruct and were not used, the first because {}",
            refused.len(),
            counted(fitted.starts, "start"),
            refused[0]
        )),
    }
}

fn scored(recordings: usize) -> String {
    let verb = if recordings == 1 { "scores" } else { "score" };
    format!("{} {verb}", counted(recordings, "recording"))
}
