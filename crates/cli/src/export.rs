//! `judder export`: a judder model for another program.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use judder_data::store::write_whole;
use judder_model::{DetectorKind, Model, ModelError, to_npz};

use crate::output::{note, say};
use crate::{Done, target};

/// Write a model for another program.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low\n  \
    judder train --normal fan/fan_0_low_0_weight -o fan.model.json\n  \
    judder export fan.model.json --to npz -o fan.npz")]
pub(crate) struct Args {
    /// The model file
    pub(crate) model: PathBuf,
    /// The format
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) to: Target,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Target {
    /// NumPy: the arrays model_mu and model_cov
    Npz,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    target::spare(&args.output, std::slice::from_ref(&args.model))?;
    let model = Model::read(&args.model)?;
    let bytes = match (args.to, model.detector()) {
        (Target::Npz, DetectorKind::Mahalanobis(gaussian)) => to_npz(gaussian)
            .map_err(|error| ModelError { path: args.output.clone(), problem: error.into() })?,
        (Target::Npz, other) => {
            anyhow::bail!("{}: .npz holds no {} model", args.model.display(), other.name())
        }
    };
    write_whole(&args.output, |to| to.write_all(&bytes))?;
    note(format_args!(
        "the file holds mean and covariance only; features {}, window {} and threshold {} do not \
         fit in it",
        model.features(),
        model.binding().window,
        model.threshold().value
    ));
    say(format_args!("wrote {}", args.output.display()));
    Ok(Done::Well)
}
