//! `judder export`: a judder model for another program.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use judder_data::store::write_whole;
use judder_model::{
    Autoencoder, DetectorKind, FormatError, Metadata, Model, ModelError, Takes, network_to_npz,
    to_npz, to_onnx, to_tflite, to_tflite_int8,
};
use judder_train::{Int8, to_int8};

use crate::output::{self, counted, note, percent, say};
use crate::{Done, WrongUsage, target};

/// Write a model for another program.
///
/// A network is written for features in, reconstruction out: the scaling of the features is folded
/// into its first and last layer. What else the model is (features, scaling, threshold) goes along
/// as metadata, so that judder import gives the same model again.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low\n  \
    judder train --detector autoencoder --normal fan/fan_0_low_0_weight -o fan.model.json\n  \
    judder export fan.model.json --to tflite -o fan.tflite\n  \
    judder export fan.model.json --to tflite --int8 --normal fan/fan_0_low_0_weight -o int8.tflite")]
pub(crate) struct Args {
    /// The model file
    pub(crate) model: PathBuf,
    /// The format
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) to: Target,
    /// Write the network alone: standardised features in and out, the scaling in the metadata only
    #[arg(long)]
    pub(crate) standardised: bool,
    /// Write .tflite in 8-bit integers, standardised features in and out; needs --normal
    #[arg(long, requires = "normal")]
    pub(crate) int8: bool,
    /// Normal recordings, to find the ranges of the integers and their cost
    #[arg(long, num_args = 1.., value_name = "DIR", requires = "int8")]
    pub(crate) normal: Vec<PathBuf>,
    /// Anomalous recordings, to measure the cost of integers in AUC
    #[arg(long, num_args = 1.., value_name = "DIR", requires = "int8")]
    pub(crate) anomaly: Vec<PathBuf>,
    /// Leave out recordings that cannot be used
    #[arg(long, requires = "int8")]
    pub(crate) skip_bad: bool,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Target {
    /// NumPy: model_mu and model_cov of a Gaussian, weights and biases of a network
    Npz,
    /// TensorFlow Lite, also for Microcontrollers: a network
    Tflite,
    /// ONNX: a network
    Onnx,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    if args.int8 && args.to != Target::Tflite {
        return Err(WrongUsage("--int8 goes with --to tflite".to_owned()).into());
    }
    let read = [std::slice::from_ref(&args.model), &args.normal, &args.anomaly].concat();
    target::spare(&args.output, &read)?;
    let model = Model::read(&args.model)?;
    let at = |error: FormatError| ModelError { path: args.output.clone(), problem: error.into() };
    let bytes = match model.detector() {
        DetectorKind::Mahalanobis(gaussian) if args.to == Target::Npz && !args.standardised => {
            to_npz(gaussian).map_err(at)?
        }
        DetectorKind::Autoencoder(autoencoder) if args.int8 => {
            let int8 = to_int8(&model, &args.normal, &args.anomaly, args.skip_bad)?;
            let metadata = Metadata::of(&model, Takes::Standardised);
            describe(&int8);
            explain(autoencoder, Takes::Standardised);
            to_tflite_int8(&int8.network, metadata.as_ref()).map_err(at)?
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
                Target::Onnx => to_onnx,
            };
            let bytes = to(network, metadata.as_ref()).map_err(at)?;
            explain(autoencoder, takes);
            bytes
        }
        other => anyhow::bail!(
            "{}: is a {} model, which is no network; it goes --to npz, whole",
            args.model.display(),
            other.name()
        ),
    };
    write_whole(&args.output, |to| to.write_all(&bytes))?;
    if let DetectorKind::Mahalanobis(_) = model.detector() {
        note(format_args!(
            "the file holds mean and covariance only; features {}, window {} and threshold {} do \
             not fit in it",
            model.features(),
            model.binding().window,
            model.threshold().value
        ));
    }
    say(format_args!("wrote {} ({} bytes)", args.output.display(), bytes.len()));
    Ok(Done::Well)
}

/// What the network takes and gives, and how its score is computed.
fn explain(autoencoder: &Autoencoder, takes: Takes) {
    let count = counted(autoencoder.features(), "feature");
    match takes {
        Takes::Features => say(format_args!(
            "network    {count} in, their reconstruction out; the scaling is folded in\n\
             score      the mean of ((in - out) / sd)², with sd {}",
            list(&autoencoder.scaling().sd)
        )),
        Takes::Standardised => say(format_args!(
            "network    {count} in, their reconstruction out; both less the mean, divided by sd\n\
             mean       {}\nsd         {}\nscore      the mean of (in - out)²",
            list(&autoencoder.scaling().mean),
            list(&autoencoder.scaling().sd)
        )),
    }
}

fn list(values: &[f64]) -> String {
    values.iter().map(|&x| output::rounded(x)).collect::<Vec<_>>().join(", ")
}

/// What the integers cost.
fn describe(int8: &Int8) {
    let Int8 { windows, agreeing, false_alarms: [float, integer], auc, .. } = int8;
    let share = *agreeing as f64 / (*windows).max(1) as f64;
    say(format_args!(
        "int8       the same verdict on {} of {} ({}); false alarms {float} before, {integer} now",
        agreeing,
        counted(*windows, "window"),
        percent(share),
    ));
    match auc {
        Some([before, after]) => say(format_args!(
            "           ROC AUC {before:.4} before, {after:.4} now: a loss of {:.4}",
            before - after
        )),
        None => note("give anomalous recordings with --anomaly to see the cost in AUC"),
    }
}
