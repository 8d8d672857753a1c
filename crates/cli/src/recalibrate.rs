//! The threshold of a model, chosen anew, and back: a part of `judder rebaseline`.

use std::io::Write;

use judder_data::store::write_whole;
use judder_model::Model;
use judder_train::{Pace, Recalibrated, check_given, look, recalibrate};

use crate::alarms::{asked, note_lowest_rate};
use crate::output::{counted, note, percent, say, threshold};
use crate::rebaseline::Args;
use crate::{Done, target};

/// Where a larger share of the windows is above the threshold that was, it is not the threshold that is wrong.
const MOST_ABOVE: f64 = 0.5;

/// Chooses the threshold anew.
pub(crate) fn run(args: &Args) -> anyhow::Result<Done> {
    let read = [std::slice::from_ref(&args.model), &args.normal].concat();
    target::spare(&args.output, &read)?;
    let old = Model::read(&args.model)?;
    check_given(args.unit, &old)?;
    let normal = args.read()?;
    look(&normal, &[], args.force)?;
    let found = recalibrate(&old, normal, args.skip_bad)?;
    write(args, &found.model)?;
    describe(&old, &found);
    Ok(Done::Well)
}

/// Goes back to the threshold of the training.
pub(crate) fn undo(args: &Args) -> anyhow::Result<Done> {
    target::spare(&args.output, std::slice::from_ref(&args.model))?;
    let old = Model::read(&args.model)?;
    let limit = threshold(old.threshold());
    let Some(model) = old.without_recalibration() else {
        anyhow::bail!(
            "{}: its threshold {limit} is the one of its training: there is nothing to undo",
            args.model.display()
        );
    };
    write(args, &model)?;
    say(format_args!("threshold  {}, as trained; before {limit}", threshold(model.threshold())));
    Ok(Done::Well)
}

fn write(args: &Args, model: &Model) -> anyhow::Result<()> {
    let json = model.to_json();
    write_whole(&args.output, |to| to.write_all(&json))?;
    say(format_args!("wrote      {} ({} bytes)", args.output.display(), json.len()));
    Ok(())
}

fn describe(old: &Model, found: &Recalibrated) {
    let Recalibrated { model, runs, unjudged, seen, copies, left_out } = found;
    for reason in left_out {
        note(format_args!("left out {reason}"));
    }
    for (count, why) in
        [(*seen, "the model was fitted to them"), (*copies, "they are copies of others")]
    {
        if count > 0 {
            note(format_args!("{} left out: {why}", counted(count, "recording")));
        }
    }
    let (before, now) = (old.threshold(), model.threshold());
    let recordings: usize =
        model.recalibration().iter().flat_map(|one| &one.normal).map(|one| one.recordings).sum();
    say(format_args!(
        "normal     {}, {} judged, {unjudged} not",
        counted(recordings, "recording"),
        counted(runs.len(), "window"),
    ));
    say(format_args!("threshold  {}; before {}", threshold(now), threshold(before)));
    let share = |value: f64| {
        let alarms = runs.alarms(value);
        format!("{alarms} ({})", percent(alarms as f64 / runs.len().max(1) as f64))
    };
    let what = match model.watching().is_by_window() {
        true => "above it",
        false => "in alarm",
    };
    say(format_args!(
        "{what}   {} of these windows; before {}",
        share(now.value),
        share(before.value)
    ));
    if now.rule != before.rule {
        note(format_args!(
            "{} is of the training's windows alone: of others the threshold is {}, at the same rate",
            before.rule, now.rule
        ));
    }
    let above = runs.alarms(before.value) as f64 / runs.len().max(1) as f64;
    if above > MOST_ABOVE {
        note(format_args!(
            "{} of these windows are above the threshold that was: if the machine is as it should be in them, and its \
             sensor where it was, judder rebaseline without --threshold-only learns what normal is now",
            percent(above)
        ));
    }
    let pace = Pace::of(model.binding(), None);
    if let Some(asked) = asked(model, pace) {
        say(format_args!("asked for  {asked}"));
    }
    note_lowest_rate(model, pace, None);
}
