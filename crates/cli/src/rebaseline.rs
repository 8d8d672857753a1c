//! `judder rebaseline`: a model for a new mounting.

use std::io::Write;
use std::path::PathBuf;

use judder_core::Unit;
use judder_data::store::write_whole;
use judder_model::Model;
use judder_train::{Baseline, Options, check_given, look, rebaseline_on};

use crate::files::{self, Files};
use crate::output::{counted, note, say};
use crate::train::describe;
use crate::{Done, recalibrate, target};

/// Give a model a new baseline, as after the sensor was mounted anew.
///
/// Where normal lies and how far it scatters is learnt from the new recordings, a minute of them
/// will do; what these cannot tell yet is taken from the old model. The threshold is chosen anew by
/// the same rule. The old model stays as it is.
///
/// With --threshold-only the detector stays as it is, and the threshold alone is chosen anew: by the same rule and at
/// the same false-alarm rate, from normal recordings that the model was not trained on. --undo goes back to the
/// threshold of the training.
#[derive(clap::Args, Clone)]
#[command(after_help = "Example:\n  judder simulate --out fan --states low,low+moved\n  \
    judder train --normal fan/fan_0_low_0_weight --hold-out 0.4 -o fan.model.json\n  \
    judder rebaseline fan.model.json --normal fan/fan_0_low_0_weight-moving -o moved.model.json\n  \
    judder rebaseline fan.model.json --normal fan/fan_0_low_0_weight --threshold-only -o new.json\n  \
    judder rebaseline new.json --undo -o old.json")]
pub(crate) struct Args {
    /// The model file
    pub(crate) model: PathBuf,
    /// Folders or files of normal recordings, made as the sensor is mounted now
    #[arg(long, required_unless_present = "undo", num_args = 1.., value_name = "DIR")]
    pub(crate) normal: Vec<PathBuf>,
    /// Choose the threshold anew and nothing else
    #[arg(long)]
    pub(crate) threshold_only: bool,
    /// Go back to the threshold that the model was trained with
    #[arg(long, conflicts_with_all = ["normal", "threshold_only", "unit", "skip_bad", "force"])]
    pub(crate) undo: bool,
    /// Unit of recordings that name none: g, mg, m/s2, or counts:N where N counts are 1 g [default: the
    /// model's]
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<Unit>,
    /// Leave out recordings that cannot be used, and say which, instead of stopping
    #[arg(long)]
    pub(crate) skip_bad: bool,
    /// Go on although judder check finds errors in these recordings, and say which
    #[arg(long)]
    pub(crate) force: bool,
    /// The model file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) files: Files,
}

impl Args {
    /// The normal recordings.
    pub(crate) fn read(&self) -> anyhow::Result<Baseline> {
        let files = self.files.options(None, self.unit)?;
        files::tell(&self.normal, &files)?;
        let read = Baseline::read_with(&self.normal, &files, 0.0, self.skip_bad, &|| ())?;
        Ok(read.or_unit(self.unit))
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    if args.undo {
        return recalibrate::undo(args);
    }
    if args.threshold_only {
        return recalibrate::run(args);
    }
    let read = [std::slice::from_ref(&args.model), &args.normal].concat();
    target::spare(&args.output, &read)?;
    let old = Model::read(&args.model)?;
    check_given(args.unit, &old)?;
    let normal = args.read()?;
    look(&normal, &[], args.force)?;
    let trained = rebaseline_on(&old, normal, args.skip_bad)?;
    let json = trained.model.to_json();
    write_whole(&args.output, |to| to.write_all(&json))?;
    describe(&trained, &Options::default());
    let (before, now) = (old.detector().states(), trained.model.detector().states());
    if now < before {
        note(format_args!(
            "the old model knew {} of the machine, the new recordings show {now}: in the others it \
             will be called strange; record them too",
            counted(before, "state")
        ));
    }
    say(format_args!("wrote      {} ({} bytes)", args.output.display(), json.len()));
    Ok(Done::Well)
}
