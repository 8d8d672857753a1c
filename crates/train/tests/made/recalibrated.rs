//! Choosing a threshold anew, from recordings and from the scores of a watch.

use std::sync::OnceLock;

use judder_core::Verdict;
use judder_data::Located;
use judder_model::{Model, Rule, Threshold, Watching};
use judder_train::{
    EvaluationOptions, Judged, Options, Runs, TrainError, WatchOptions, evaluate, follow,
    recalibrate, train_on,
};
use proptest::prelude::*;

use crate::windows::{baseline, each, folder, judged, moved, noise, turned, usual, written};

fn trained() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        train_on(baseline(usual("normal", 0, 200)), None, &Options::default()).unwrap().model
    })
}

fn runs_of(watching: &Watching, scores: &[f64]) -> Runs {
    let mut runs = Runs::new(watching);
    scores.iter().for_each(|score| runs.judged(*score));
    runs
}

fn voting(votes: usize, of: usize, clear: f64) -> Watching {
    Watching { votes, of, clear, ..Watching::default() }
}

/// A model that decides so, of which the detector does not matter.
fn model_of(watching: Watching) -> Model {
    trained().clone().with_watching(watching).unwrap()
}

proptest! {
    /// One score that is higher, or one high score more, never makes the threshold lower; and there are no more alarms
    /// in what it is from than were asked for.
    #[test]
    fn higher_scores_never_lower_the_threshold(
        scores in prop::collection::vec(0.1f64..100.0, 2..300),
        at in any::<prop::sample::Index>(),
        up in 1.0f64..50.0,
        (votes, of) in (1..4usize, 0..3usize).prop_map(|(votes, more)| (votes, votes + more)),
    ) {
        let model = model_of(voting(votes, of, 1.0));
        let chosen = |scores: &[f64]| {
            runs_of(model.watching(), scores).threshold(&model).unwrap().value
        };
        let before = chosen(&scores);
        let mut higher = scores.clone();
        higher[at.index(scores.len())] *= up;
        prop_assert!(chosen(&higher) >= before);
        let mut more = scores.clone();
        more.push(1e3);
        // Where several vote, one alone raises no alarm.
        prop_assert!(votes > 1 || chosen(&more) >= before);
        let runs = runs_of(model.watching(), &scores);
        // One more where the rank lies between two scores.
        let most = 0.01 * (runs.len() + 1) as f64 + 1.0;
        prop_assert!(runs.alarms(before) as f64 <= most, "{} > {most}", runs.alarms(before));
    }

    /// A hundred thousand scores at most are a share of them: what lies above is the share that was asked for.
    #[test]
    fn the_share_above_is_what_was_asked_for(seed in 0u64..1000) {
        let number = |at: u64| ((at + 7919 * seed) * 2_654_435_761 % 1_000_003) as f64;
        let scores: Vec<f64> = (0..2_000).map(number).collect();
        let runs = runs_of(&Watching::default(), &scores);
        let above = runs.alarms(runs.threshold(trained()).unwrap().value);
        // Of rank 2001 × .99 = 1980.99: 20 scores of 2 000, or 19 between two.
        prop_assert!((19..=20).contains(&above), "{above}");
    }
}

#[test]
fn what_does_not_follow_does_not_vote_together() {
    let watching = voting(2, 2, 1.0);
    let mut runs = Runs::new(&watching);
    (0..3).for_each(|_| runs.judged(5.0));
    assert_eq!((runs.len(), runs.alarms(1.0)), (3, 2));
    let mut parted = Runs::new(&watching);
    for _ in 0..3 {
        parted.judged(5.0);
        parted.end();
        parted.end();
    }
    assert_eq!((parted.len(), parted.alarms(1.0)), (3, 0));
    // The first decisions of a run are on fewer scores than are averaged.
    let mut averaged = Runs::new(&Watching { average: 3, ..Watching::default() });
    (0..5).for_each(|_| averaged.judged(1.0));
    averaged.end();
    (0..2).for_each(|_| averaged.judged(1.0));
    assert_eq!(averaged.len(), 3);
}

#[test]
fn a_threshold_is_chosen_where_a_rate_was_asked_for() {
    let runs = runs_of(&Watching::default(), &[1.0, 2.0, 3.0, 4.0]);
    let with = |rule: Rule, rate: Option<f64>| {
        let limit = Threshold { value: 9.0, rule, false_alarm_rate: rate, windows: 0 };
        trained().clone().recalibrated(limit, Vec::new(), String::new()).unwrap()
    };
    // Rank 5 × .6 = 3.
    let chosen = runs.threshold(&with(Rule::Conformal, Some(0.4))).unwrap();
    assert_eq!((chosen.value, chosen.windows, chosen.rule), (3.0, 4, Rule::Conformal));
    // What was assumed is measured.
    let chosen = runs.threshold(&with(Rule::ChiSquared, Some(0.4))).unwrap();
    assert_eq!((chosen.value, chosen.rule), (3.0, Rule::Conformal));
    // Mean 2.5, and 1.25 the variance.
    let chosen = runs.threshold(&with(Rule::MeanPlusSd(2.0), None)).unwrap();
    assert!((chosen.value - (2.5 + 2.0 * 1.25f64.sqrt())).abs() < 1e-6);
    for rule in [Rule::Given(9.0), Rule::None] {
        let why = runs.threshold(&with(rule, None)).unwrap_err();
        assert!(why.contains("--false-alarm-rate"), "{why}");
    }
    let few = runs_of(&Watching::default(), &[1.0]);
    assert!(few.threshold(trained()).unwrap_err().contains("two or more"));
}

/// The scores that count are those that a watch judges, and the threshold is their conformal one: computed here from
/// the outcomes of a watch.
#[test]
fn recordings_count_as_a_watch_would_judge_them() {
    let model = trained();
    let mut later = usual("later", 1_000, 150);
    let hand: Vec<Located> = each(&later[40..42], moved);
    later[40..42].clone_from_slice(&hand);
    let turned_too: Vec<Located> = each(&later[60..64], |one| turned(one, 30.0));
    later[60..64].clone_from_slice(&turned_too);
    let found = recalibrate(model, baseline(later.clone()), false).unwrap();
    let judged = judged(model, &later);
    let all: Vec<&Judged> = judged.iter().collect();
    let outcomes = follow(model, model.watching(), &all).unwrap().concat();
    let is_judged = |verdict| matches!(verdict, Verdict::Normal | Verdict::Anomaly);
    let mut scores: Vec<f64> =
        outcomes.iter().filter(|one| is_judged(one.verdict)).map(|one| one.score).collect();
    assert_eq!((found.runs.len(), found.unjudged), (scores.len(), 150 - scores.len()));
    assert!((1..=6).contains(&found.unjudged), "{}", found.unjudged);
    scores.sort_by(f64::total_cmp);
    // (n + 1) .99 lies between the two highest of 144.
    let rank = (scores.len() + 1) as f64 * 0.99;
    let (low, part) = (rank as usize, rank.fract());
    let expected = scores[low - 1] + part * (scores[low.min(scores.len() - 1)] - scores[low - 1]);
    let limit = found.model.threshold();
    assert!((limit.value - expected).abs() <= 1e-6 * expected, "{} {expected}", limit.value);
    assert_eq!((limit.windows, limit.false_alarm_rate), (scores.len(), Some(0.01)));
    // Nothing else has changed, and one step leads back.
    assert_eq!(found.model.detector(), model.detector());
    assert_eq!(found.model.clone().without_recalibration().unwrap().to_json(), model.to_json());
}

#[test]
fn what_the_model_has_seen_and_what_is_there_twice_does_not_count() {
    let model = trained();
    let new = usual("later", 1_000, 40);
    let known = usual("known", 0, 30);
    let twice = folder("twice", 10, |at| noise(1_000 + at, crate::windows::USUAL));
    let alone = recalibrate(model, baseline(new.clone()), false).unwrap();
    let mixed = recalibrate(model, baseline([known.clone(), new, twice].concat()), false).unwrap();
    assert_eq!((mixed.seen, mixed.copies, mixed.runs.len()), (30, 10, 40));
    assert_eq!(mixed.model.threshold(), alone.model.threshold());
    let seen = |model: &Model| model.recalibration().unwrap().seen.clone();
    assert_eq!(seen(&mixed.model), seen(&alone.model));
    let refused = recalibrate(model, baseline(known), false);
    assert!(matches!(refused, Err(TrainError::Option(why)) if why.contains("fitted to all")));
}

/// False alarms are never counted on what set the threshold.
#[test]
fn evaluating_leaves_out_what_the_threshold_is_from() {
    let place = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| place.path().join(name));
    std::fs::create_dir(&first).unwrap();
    std::fs::create_dir(&second).unwrap();
    written(&first, &usual("later", 1_000, 30));
    written(&second, &usual("later", 2_000, 30));
    let normal = judder_train::Baseline::read(std::slice::from_ref(&first), 0.0, false).unwrap();
    let found = recalibrate(trained(), normal, false).unwrap();
    let of = |model: &Model| {
        let options = EvaluationOptions::default();
        evaluate(model, &[first.clone(), second.clone()], &[], options, || ()).unwrap()
    };
    assert_eq!((of(trained()).seen_left_out, of(&found.model).seen_left_out), (0, 30));
}

/// An alarm that lasts until scores are lower counts for as long as it lasts: the threshold is higher for that.
#[test]
fn an_alarm_that_lasts_counts_for_as_long_as_it_lasts() {
    let watch = WatchOptions { votes: (2, 3), clear: 0.7, ..WatchOptions::default() };
    let options = Options { watch, false_alarm_rate: 0.05, ..Options::default() };
    let model = train_on(baseline(usual("normal", 0, 120)), None, &options).unwrap().model;
    let later = || baseline(usual("later", 500, 400));
    let found = recalibrate(&model, later(), false).unwrap();
    let alarms = found.runs.alarms(found.model.threshold().value);
    assert!(alarms <= 21, "{alarms}");
    let watching = Watching { clear: 1.0, ..model.watching().clone() };
    let other = recalibrate(&model.with_watching(watching).unwrap(), later(), false).unwrap();
    let lower = other.model.threshold().value;
    assert!(lower < found.model.threshold().value);
    assert!((18..=21).contains(&other.runs.alarms(lower)), "{}", other.runs.alarms(lower));
    assert!(found.runs.alarms(lower) > 21, "{}", found.runs.alarms(lower));
}
