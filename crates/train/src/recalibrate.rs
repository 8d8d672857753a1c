//! Choosing the threshold of a model anew, from further normal recordings.

use std::collections::HashSet;

use judder_core::Verdict;
use judder_data::{Cut, Piece};
use judder_model::{Model, Normal, Problem};

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::evaluate::{Judged, judged, prints};
use crate::fingerprint::{fingerprint, short};
use crate::follow::follow;
use crate::runs::{Runs, asked};

/// A model whose threshold was chosen anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Recalibrated {
    /// The model: all but its threshold is as it was.
    pub model: Model,
    /// The decisions that it was chosen from.
    pub runs: Runs,
    /// Windows that were not judged, as the sensor was handled, say.
    pub unjudged: usize,
    /// Recordings that the model was fitted to, which tell nothing and are left out.
    pub seen: usize,
    /// Copies of other recordings, which are left out.
    pub copies: usize,
    /// Why others were left out, each reason naming its file.
    pub left_out: Vec<String>,
}

/// Chooses the threshold of a model anew from normal recordings that it was not fitted to, by its rule and at its
/// false-alarm rate, where scores are averaged and vote as the model says. They count as they would in a watch: windows
/// that it would not judge do not. Recordings that name no unit are of the model's.
///
/// # Errors
/// A [`TrainError`] that names the recording, or says why there can be no other threshold.
pub fn recalibrate(
    model: &Model,
    mut normal: Baseline,
    skip_bad: bool,
) -> Result<Recalibrated, TrainError> {
    asked(model.threshold()).map_err(TrainError::Option)?;
    normal.agree_on(model.binding().axes, skip_bad)?;
    normal.bring_to(&model.scale(), model.watching().gravity)?;
    let print = |piece: &Piece| short(&fingerprint(&piece.recording));
    let mut prints: Vec<String> = Vec::with_capacity(normal.recordings.len());
    normal.pass(Cut::whole(), &normal.all(), print, |_, print| prints.push(print))?;
    let fitted: HashSet<&str> = self::prints(&model.provenance().seen).collect();
    let is_seen = |print: &String| fitted.contains(print.as_str());
    let (mut known, mut seen, mut copies) = (HashSet::new(), Vec::new(), Vec::new());
    for (at, print) in prints.iter().enumerate() {
        if is_seen(print) {
            seen.push(at);
        } else if !known.insert(print.as_str()) {
            copies.push(at);
        }
    }
    if seen.len() == normal.recordings.len() {
        let why = "the model was fitted to all of these recordings, so that their scores are lower than those of \
                   others: name recordings that were made later (--normal)";
        return Err(TrainError::Option(why.to_owned()));
    }
    let mut bad = [seen.as_slice(), &copies].concat();
    bad.sort_unstable();
    let mut kept_prints = prints;
    let mut at = 0..;
    kept_prints.retain(|_| at.next().is_none_or(|at| bad.binary_search(&at).is_err()));
    normal.leave_out(bad.into_iter(), Vec::new());
    let judged = scored(model, &mut normal, &mut kept_prints, skip_bad)?;
    let all: Vec<&Judged> = judged.iter().collect();
    let outcomes = follow(model, model.watching(), &all)
        .map_err(|error| Problem::Field { field: "watch", reason: error.to_string() })?;
    let (mut runs, mut unjudged, mut folder) = (Runs::new(model.watching()), 0, None);
    for (one, outcomes) in judged.iter().zip(&outcomes) {
        if folder.replace(one.path.parent()) != Some(one.path.parent()) {
            runs.end();
        }
        for outcome in outcomes {
            match outcome.verdict {
                Verdict::Normal | Verdict::Anomaly => runs.judged(outcome.score),
                // The watch goes on behind it as if it had not been there.
                Verdict::Handled => {}
                Verdict::Remounted | Verdict::Idle | Verdict::Settling => runs.end(),
            }
            unjudged += usize::from(!matches!(outcome.verdict, Verdict::Normal | Verdict::Anomaly));
        }
    }
    let threshold = runs.threshold(model).map_err(TrainError::Option)?;
    let mut from = judged.iter();
    let normal_of = |(path, recordings): &(std::path::PathBuf, usize)| Normal {
        path: path.display().to_string(),
        recordings: *recordings,
        windows: from
            .by_ref()
            .take(*recordings)
            .flat_map(|one| one.windows.iter().flatten())
            .count(),
    };
    let sources = normal.given.iter().map(normal_of).collect();
    let model = model.clone().recalibrated(threshold, sources, kept_prints.concat())?;
    let (seen, copies) = (seen.len(), copies.len());
    Ok(Recalibrated { model, runs, unjudged, seen, copies, left_out: normal.left_out })
}

/// The scores of the recordings; those that have none are left out where that is wanted.
fn scored(
    model: &Model,
    normal: &mut Baseline,
    prints: &mut Vec<String>,
    skip_bad: bool,
) -> Result<Vec<Judged>, TrainError> {
    let judged = judged(model, normal)?;
    let misfits = || {
        let each = judged.iter().enumerate();
        each.filter_map(|(at, one)| Some((at, one.windows.as_ref().err()?, &one.path)))
    };
    if let (false, Some((_, misfit, path))) = (skip_bad, misfits().next()) {
        return Err(TrainError::Misfit { path: path.clone(), misfit: misfit.clone() });
    }
    let reasons = misfits().map(|(_, misfit, path)| format!("{}: {misfit}", path.display()));
    let bad: Vec<usize> = misfits().map(|(at, ..)| at).collect();
    normal.leave_out(bad.iter().copied(), reasons.collect());
    let mut at = 0..;
    prints.retain(|_| at.next().is_none_or(|at| bad.binary_search(&at).is_err()));
    Ok(judged.into_iter().filter(|one| one.windows.is_ok()).collect())
}
