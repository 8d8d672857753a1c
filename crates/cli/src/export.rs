//! `judder export`: a judder model for another program.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use judder_core::Unit;
use judder_data::ReadOptions;
use judder_data::store::write_whole;
use judder_model::{
    Autoencoder, DetectorKind, FormatError, Metadata, Model, ModelError, Rule, Scaling, Takes,
    mixture_to_npz, network_to_npz, to_npz, to_onnx, to_tflite, to_tflite_int8,
};
use judder_train::{Int8, Judged8, to_int8};

use crate::output::{counted, exact, note, percent, say};
use crate::progress::Progress;
use crate::{Done, WrongUsage, arduino, source, target};

/// Write a model for another program.
///
/// A network is written for features in, reconstruction out: the scaling of the features is folded in,
/// as a layer at each end. What else the model is (features, window, rate, scaling, threshold) goes
/// along as metadata, so that judder import gives the same model again.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low\n  \
    judder train --detector autoencoder --normal fan/fan_0_low_0_weight -o fan.model.json\n  \
    judder export fan.model.json --to tflite -o fan.tflite\n  \
    judder export fan.model.json --to tflite --int8 --normal fan/fan_0_low_0_weight -o int8.tflite\n  \
    judder export fan.model.json --to arduino -o sketches")]
pub(crate) struct Args {
    /// The model file
    pub(crate) model: PathBuf,
    /// The format
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) to: Target,
    /// Write the network alone: standardised features in and out, the scaling in the metadata only
    #[arg(long)]
    pub(crate) standardised: bool,
    /// Write .tflite in 8-bit integers, standardised features in and out, and say what that costs;
    /// needs --normal
    #[arg(long, requires = "normal")]
    pub(crate) int8: bool,
    /// Normal recordings, those of training at best, to find the ranges of the integers
    #[arg(long, num_args = 1.., value_name = "DIR", requires = "int8")]
    pub(crate) normal: Vec<PathBuf>,
    /// Anomalous recordings, to measure the cost of integers in AUC
    #[arg(long, num_args = 1.., value_name = "DIR", requires = "int8")]
    pub(crate) anomaly: Vec<PathBuf>,
    /// Unit of recordings that name none: g, mg, m/s2, or counts:N where N counts are 1 g [default: the
    /// model's]
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<Unit>,
    /// Leave out recordings that cannot be used
    #[arg(long, requires = "int8")]
    pub(crate) skip_bad: bool,
    /// Of source code: what its names begin with, judder_NAME [default: as the file is called]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Of C: write a function that compares scores with those computed here, of windows of these
    /// recordings or, without any, of windows that it makes itself
    #[arg(long, num_args = 0.., value_name = "DIR")]
    pub(crate) self_test: Option<Vec<PathBuf>>,
    /// Of Rust: the folder of judder-core [default: that version in the registry]
    #[arg(long, value_name = "DIR")]
    pub(crate) core: Option<PathBuf>,
    /// The file to write; of C two, with .h and .c behind it; of Rust a folder, of Arduino a new one
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Target {
    /// NumPy: model_mu and model_cov of a Gaussian or of several, weights and biases of a network
    Npz,
    /// TensorFlow Lite, also for Microcontrollers: a network
    Tflite,
    /// ONNX: a network
    Onnx,
    /// C99, which is C++ too: the whole detector, from readings to alarm, for a microcontroller
    C,
    /// The same as a no_std Rust crate: the model's constants over judder-core
    Rust,
    /// Arduino: a folder of sketches for an ESP32 with an MSA301
    Arduino,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    if args.int8 && args.to != Target::Tflite {
        return Err(WrongUsage("--int8 goes with --to tflite".to_owned()).into());
    }
    let is_source = matches!(args.to, Target::C | Target::Rust | Target::Arduino);
    for (given, of, what) in [
        (args.standardised, !is_source, "--standardised goes with --to npz, tflite or onnx"),
        (args.name.is_some(), is_source, "--name goes with --to c, rust or arduino"),
        (args.self_test.is_some(), args.to == Target::C, "--self-test goes with --to c"),
        (
            args.unit.is_some(),
            args.int8 || args.self_test.as_ref().is_some_and(|with| !with.is_empty()),
            "--unit goes with --int8 or --self-test, and the recordings of these",
        ),
        (args.core.is_some(), args.to == Target::Rust, "--core goes with --to rust"),
    ] {
        if given && !of {
            return Err(WrongUsage(what.to_owned()).into());
        }
    }
    match args.to {
        Target::C => source::c(args),
        Target::Rust => source::rust(args),
        Target::Arduino => arduino::write(args),
        _ => file(args),
    }
}

/// Writes a file of another program's.
fn file(args: &Args) -> anyhow::Result<Done> {
    let read = [std::slice::from_ref(&args.model), &args.normal, &args.anomaly].concat();
    target::spare(&args.output, &read)?;
    let model = Model::read(&args.model)?;
    let at = |error: FormatError| ModelError { path: args.output.clone(), problem: error.into() };
    let bytes = match model.detector() {
        DetectorKind::Mahalanobis(gaussian) if args.to == Target::Npz && !args.standardised => {
            to_npz(gaussian).map_err(at)?
        }
        DetectorKind::Mixture(mixture) if args.to == Target::Npz && !args.standardised => {
            mixture_to_npz(mixture).map_err(at)?
        }
        DetectorKind::Autoencoder(autoencoder) if args.int8 => {
            let int8 = {
                let progress = Progress::new();
                let Args { normal, anomaly, skip_bad, .. } = args;
                let files = ReadOptions { unit: args.unit, ..ReadOptions::default() };
                to_int8(&model, normal, anomaly, &Arc::new(files), *skip_bad, &progress)?
            };
            let metadata = Metadata::of(&model, Takes::Standardised);
            let bytes = to_tflite_int8(&int8.network, metadata.as_ref()).map_err(at)?;
            describe(&int8);
            explain(&model, autoencoder, Takes::Standardised);
            bytes
        }
        DetectorKind::Autoencoder(autoencoder) => {
            let takes = if args.standardised { Takes::Standardised } else { Takes::Features };
            let alone;
            let network = match takes {
                Takes::Features => autoencoder.folded(),
                Takes::Standardised => {
                    alone = autoencoder
                        .standardised()
                        .map_err(|why| anyhow::anyhow!("{}: {why}", args.model.display()))?;
                    &alone
                }
            };
            let metadata = Metadata::of(&model, takes);
            let to = match args.to {
                Target::Npz => network_to_npz,
                Target::Tflite => to_tflite,
                _ => to_onnx,
            };
            let bytes = to(network, metadata.as_ref()).map_err(at)?;
            explain(&model, autoencoder, takes);
            bytes
        }
        DetectorKind::Mahalanobis(_) | DetectorKind::Mixture(_) => anyhow::bail!(
            "{}: is a {} model, which is no network; it goes --to npz, c or rust, whole",
            args.model.display(),
            model.detector().name()
        ),
        other => anyhow::bail!(
            "{}: is a {} model, which goes --to c or rust only; for others train with --detector \
             mahalanobis or autoencoder",
            args.model.display(),
            other.name()
        ),
    };
    write_whole(&args.output, |to| to.write_all(&bytes))?;
    if let DetectorKind::Mahalanobis(_) | DetectorKind::Mixture(_) = model.detector() {
        note(format_args!(
            "the file holds means and covariances only; features {}, window {} and threshold {} do \
             not fit in it",
            model.features(),
            model.binding().window,
            model.threshold().value
        ));
    }
    say(format_args!("wrote {} ({} bytes)", args.output.display(), bytes.len()));
    Ok(Done::Well)
}

/// What the network takes and gives, how its score is computed, and where anomalies begin.
fn explain(model: &Model, autoencoder: &Autoencoder, takes: Takes) {
    let names: Vec<String> =
        model.features().names(model.binding().axes).map(|name| name.to_string()).collect();
    let Scaling { mean, sd } = autoencoder.scaling();
    say(format_args!("in         {}", names.join(", ")));
    match takes {
        Takes::Features => say(format_args!(
            "out        their reconstruction; the scaling is folded in\n\
             score      the mean of ((in - out) / sd)²\nsd         {}",
            list(sd)
        )),
        Takes::Standardised if *autoencoder.scaling() == Scaling::none(mean.len()) => {
            say("out        their reconstruction\nscore      the mean of (in - out)²");
        }
        Takes::Standardised => say(format_args!(
            "           each less its mean, divided by its sd\n\
             out        their reconstruction, of the same scale\n\
             score      the mean of (in - out)²\nmean       {}\nsd         {}",
            list(mean),
            list(sd)
        )),
    }
    let limit = model.threshold();
    match limit.rule {
        Rule::None => say("threshold  none"),
        _ => say(format_args!("threshold  {}", exact(model.precision(), limit.value))),
    }
}

/// Numbers in as many digits as they have.
fn list(values: &[f64]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// More than this share of normal windows above the threshold: they are not what was learnt.
const STRANGE: f64 = 0.2;

/// Fewer windows than this do not tell the ranges of normal ones.
const FEW: usize = 30;

/// What the integers cost.
fn describe(int8: &Int8) {
    for (what, judged) in [("normal", int8.normal), ("anomalous", int8.anomaly)] {
        let Judged8 { windows, agreeing, above: [before, after] } = judged;
        if windows > 0 {
            say(format_args!(
                "int8       the same verdict on {agreeing} of {} ({}); above the threshold {before} \
                 before, {after} now",
                counted(windows, &format!("{what} window")),
                percent(agreeing as f64 / windows as f64),
            ));
        }
    }
    match int8.auc {
        Some([before, after]) => say(format_args!(
            "           ROC AUC {before:.4} before, {after:.4} now, {:+.4}; from what the integers \
             stand for, in and out",
            after - before
        )),
        None => note("give anomalous recordings with --anomaly to see the cost in AUC"),
    }
    let Judged8 { windows, above: [before, _], .. } = int8.normal;
    if windows < FEW {
        note(format_args!(
            "the ranges of the integers are those of {} only: give more --normal recordings",
            counted(windows, "normal window")
        ));
    }
    if before as f64 > STRANGE * windows as f64 {
        note(format_args!(
            "{before} of {} are anomalies to the model itself: were these its normal recordings?",
            counted(windows, "normal window")
        ));
    }
}
