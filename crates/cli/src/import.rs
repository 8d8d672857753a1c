//! `judder import`: a model of another program becomes a judder model.

use std::io::Write;
use std::path::PathBuf;

use judder_core::{FeatureSet, Unit};
use judder_data::store::write_whole;
use judder_model::{DetectorKind, Model, Precision, Rule};
use judder_train::{Imported, Pace, import};

use crate::alarms::{asked, note_lowest_rate};
use crate::input::{self, Limit, feature_set, hertz};
use crate::output::{counted, note, note_threshold, say, threshold};
use crate::{Done, WrongUsage, target};

/// Make a judder model from a model of another program.
///
/// A network, an autoencoder's, is a chain of dense layers, scaling and activations: a Keras .keras or .h5
/// file, a .tflite file, an .onnx file with the files beside it, or an .npz file as judder writes it. Gaussians are an
/// .npz file with `model_mu` and `model_cov`, one or one for each mode, or a GaussianMixture in an .onnx
/// file; `threshold` may stand beside. docs/models.md has every tool, and the line that writes its file.
///
/// What such a file does not say (features, window, rate, where anomalies begin) the options do;
/// their defaults are those of the TinyML example. A file that judder exported says all of it, but
/// not which recordings the model has seen.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low,low+coin\n  \
    judder train --normal fan/fan_0_low_0_weight --features mad -o fan.model.json\n  \
    judder export fan.model.json --to npz -o fan.npz\n  \
    judder import fan.npz --window 200 --normal fan/fan_0_low_0_weight -o imported.model.json")]
pub(crate) struct Args {
    /// The model: .npz, .keras, .h5, .tflite or .onnx
    pub(crate) file: PathBuf,
    /// What it computes from a window [default: as the file says, else mad]
    #[arg(long, value_parser = feature_set, value_name = "F")]
    pub(crate) features: Option<FeatureSet>,
    /// Readings in a window [default: as the file says, else 128]
    #[arg(
        long,
        value_parser = input::window,
        allow_negative_numbers = true,
        value_name = "N"
    )]
    pub(crate) window: Option<usize>,
    /// Sample rate in Hz [default: as the file says, else 200]
    #[arg(long, value_parser = hertz, allow_negative_numbers = true, value_name = "HZ")]
    pub(crate) rate: Option<f64>,
    /// What its readings are in: g, mg, m/s2, or counts:N where N counts are 1 g [default: as the file
    /// says, else unknown]
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<Unit>,
    /// What the other program multiplies a median absolute deviation by: 1 is SciPy's default [default:
    /// 1.4826, as judder]
    #[arg(long, value_name = "FACTOR", allow_negative_numbers = true)]
    pub(crate) mad_scale: Option<f64>,
    /// The arithmetic of its scores: f64 as the other program, or f32 as on a microcontroller
    /// [default: as the file says, else f64]
    #[arg(long, value_enum, value_name = "TYPE")]
    pub(crate) precision: Option<Arithmetic>,
    #[command(flatten)]
    pub(crate) limit: Limit,
    /// Normal recordings that the model was not fitted to, to choose the threshold from
    #[arg(long, num_args = 1.., value_name = "DIR")]
    pub(crate) normal: Vec<PathBuf>,
    /// The model file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Arithmetic {
    /// Single precision
    F32,
    /// Double precision
    F64,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    target::spare(&args.output, &[std::slice::from_ref(&args.file), &args.normal].concat())?;
    if let (Some(rule @ (Rule::Given(_) | Rule::None | Rule::ChiSquared)), [_, ..]) =
        (args.limit.threshold, args.normal.as_slice())
    {
        let why = format!("--normal has no say in --threshold {rule}");
        return Err(WrongUsage(why).into());
    }
    let Imported { model, threshold_dropped, ignored, mad_scale_assumed } = import(
        &args.file,
        &judder_train::ImportOptions {
            features: args.features,
            window: args.window,
            rate_hz: args.rate,
            unit: args.unit,
            precision: args.precision.map(|precision| match precision {
                Arithmetic::F32 => Precision::F32,
                Arithmetic::F64 => Precision::F64,
            }),
            rule: args.limit.threshold,
            false_alarm_rate: args.limit.rate()?,
            false_alarms_per_day: args.limit.false_alarms_per_day,
            windows_per_day: args.limit.daily.windows_per_day,
            normal: args.normal.clone(),
            mad_scale: args.mad_scale,
        },
    )?;
    let unmeasured = args.limit.threshold.is_none() && args.normal.is_empty();
    if let Some(name) = args.limit.asked()
        && unmeasured
        && model.threshold().rule != Rule::ChiSquared
    {
        let why = format!("{name} has no say here: --normal is what such a threshold comes from");
        return Err(WrongUsage(why).into());
    }
    let json = model.to_json();
    write_whole(&args.output, |to| to.write_all(&json))?;
    for what in &ignored {
        note(format_args!("not taken over from the file: {what}"));
    }
    if threshold_dropped && model.threshold().rule == Rule::None {
        note(
            "the threshold in the file is not for these features, this window or this rate, and is \
             not taken over",
        );
    }
    if mad_scale_assumed {
        note(
            "mad is taken for 1.4826 × the median absolute deviation; where the other program has SciPy's \
             default, say --mad-scale 1",
        );
    }
    describe(&model);
    let pace = Pace::of(model.binding(), args.limit.daily.windows_per_day);
    if let Some(asked) = asked(&model, pace) {
        say(format_args!("asked for {asked}"));
    }
    note_lowest_rate(&model, pace, args.limit.false_alarms_per_day);
    say(format_args!(
        "wrote {}: {} of {} of {}, threshold {}",
        args.output.display(),
        model.features(),
        counted(model.binding().window, "reading"),
        if model.binding().axes == 1 {
            "1 axis".into()
        } else {
            format!("{} axes", model.binding().axes)
        },
        threshold(model.threshold()),
    ));
    Ok(Done::Well)
}

fn describe(model: &Model) {
    if model.threshold().rule == Rule::ChiSquared {
        note(
            "the threshold assumes Gaussian features and was not measured: \
             --normal DIR chooses it from normal recordings, --threshold gives it",
        );
    }
    note_threshold(model);
    if let DetectorKind::Autoencoder(autoencoder) = model.detector() {
        let network = autoencoder.network();
        let mut units = vec![network.inputs().to_string()];
        for layer in network.layers() {
            units.push(format!("{} ({})", layer.outputs(), layer.activation()));
        }
        say(format_args!("network {}", units.join(", ")));
    }
}
