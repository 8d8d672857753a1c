//! `judder import`: a model of another program becomes a judder model.

use std::io::Write;
use std::path::PathBuf;

use judder_core::FeatureSet;
use judder_data::store::write_whole;
use judder_model::Precision;
use judder_train::{Imported, import};

use crate::input::{self, Limit, feature_set, hertz};
use crate::output::{counted, note, rounded, say};
use crate::{Done, target};

/// Make a judder model from a model of another program.
///
/// An .npz file with the mean `model_mu` and the covariance `model_cov` does not say what its
/// features are and where anomalies begin: the options do, and their defaults are those of the
/// TinyML example such files come from.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low,low+coin\n  \
    judder train --normal fan/fan_0_low_0_weight --features mad -o fan.model.json\n  \
    judder export fan.model.json --to npz -o fan.npz\n  \
    judder import fan.npz --window 200 --normal fan/fan_0_low_0_weight -o imported.model.json")]
pub(crate) struct Args {
    /// The model: .npz
    pub(crate) file: PathBuf,
    /// What it computes from a window
    #[arg(long, default_value = "mad", value_parser = feature_set, value_name = "F")]
    pub(crate) features: FeatureSet,
    /// Readings in a window
    #[arg(
        long,
        default_value_t = 128,
        value_parser = input::window,
        allow_negative_numbers = true,
        value_name = "N"
    )]
    pub(crate) window: usize,
    /// Sample rate in Hz
    #[arg(
        long,
        default_value_t = 200.0,
        value_parser = hertz,
        allow_negative_numbers = true,
        value_name = "HZ"
    )]
    pub(crate) rate: f64,
    /// The arithmetic of its scores: f64 as the other program, or f32 as on a microcontroller
    #[arg(long, value_enum, default_value_t = Arithmetic::F64, value_name = "TYPE")]
    pub(crate) precision: Arithmetic,
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
    let Imported { model, assumed } = import(
        &args.file,
        &judder_train::ImportOptions {
            features: args.features,
            window: args.window,
            rate_hz: args.rate,
            precision: match args.precision {
                Arithmetic::F32 => Precision::F32,
                Arithmetic::F64 => Precision::F64,
            },
            rule: args.limit.threshold,
            false_alarm_rate: args.limit.false_alarm_rate,
            normal: args.normal.clone(),
        },
    )?;
    let json = model.to_json();
    write_whole(&args.output, |to| to.write_all(&json))?;
    let limit = model.threshold();
    if assumed {
        note(
            "the threshold assumes Gaussian features and was not measured: \
             --normal DIR chooses it from normal recordings, --threshold gives it",
        );
    }
    say(format_args!(
        "wrote {}: {} of {} of {}, threshold {} ({})",
        args.output.display(),
        model.features(),
        counted(model.binding().window, "reading"),
        if model.binding().axes == 1 {
            "1 axis".into()
        } else {
            format!("{} axes", model.binding().axes)
        },
        rounded(limit.value),
        limit.rule
    ));
    Ok(Done::Well)
}
