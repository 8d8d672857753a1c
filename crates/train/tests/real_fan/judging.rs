//! How good the default detector is where the question is hard: one set of options for all tasks.

use std::path::Path;

use judder_train::{
    Baseline, Candidate, Comparison, Known, Options, Split, Trial, Worth, choose, few,
};

use crate::{ANOMALIES, MOVING, STILL, real_fan, recordings};

/// By how much the mean of an axis jumps, in g, where the base was put down anew.
const JUMP: f64 = 6e-3;

const COINS: [&str; 3] = ["fan_0_low_1_weight", "fan_0_med_1_weight", "fan_0_high_1_weight"];

/// A question, and how well it is to be answered.
struct Task {
    name: &'static str,
    normal: &'static [&'static str],
    anomalies: &'static [&'static str],
    split: fn(&[Known]) -> Split,
    /// Over how many windows scores are averaged, if at all.
    average: Option<usize>,
    least: f64,
}

const TASKS: [Task; 7] = [
    Task {
        name: "moving, shuffled",
        normal: &[MOVING],
        anomalies: &ANOMALIES,
        split: |_| Split::Shuffled(20),
        average: None,
        least: 0.995,
    },
    Task {
        name: "moving, time-ordered",
        normal: &[MOVING],
        anomalies: &ANOMALIES,
        split: |_| Split::TimeOrdered,
        average: None,
        least: 0.990,
    },
    Task {
        name: "moving, time-ordered, 5 averaged",
        normal: &[MOVING],
        anomalies: &ANOMALIES,
        split: |_| Split::TimeOrdered,
        average: Some(5),
        least: 0.999,
    },
    Task {
        name: "moving, position left out",
        normal: &[MOVING],
        anomalies: &ANOMALIES,
        split: |all| Split::positions(all, JUMP),
        average: None,
        least: 0.990,
    },
    Task {
        name: "high, coin or not",
        normal: &["fan_0_high_0_weight"],
        anomalies: &["fan_0_high_1_weight"],
        split: |_| Split::TimeOrdered,
        average: None,
        least: 0.975,
    },
    Task {
        name: "all speeds, coin at any",
        normal: &[STILL, "fan_0_med_0_weight", "fan_0_high_0_weight"],
        anomalies: &COINS,
        split: |_| Split::TimeOrdered,
        average: None,
        least: 0.99,
    },
    Task {
        name: "all speeds and moving, coin at any",
        normal: &[STILL, "fan_0_med_0_weight", "fan_0_high_0_weight", MOVING],
        anomalies: &COINS,
        split: |_| Split::TimeOrdered,
        average: None,
        least: 0.96,
    },
];

fn baseline(folder: &Path, states: &[&str]) -> Baseline {
    let (mut all, mut given) = (Vec::new(), Vec::new());
    for state in states {
        let recordings = recordings(folder, state);
        given.push((folder.join(state), recordings.len()));
        all.extend(recordings);
    }
    Baseline::of(all, given)
}

/// What each candidate is worth on a task.
fn judge(folder: &Path, task: &Task, candidates: &[Candidate]) -> Vec<(Candidate, Worth)> {
    let normal = baseline(folder, task.normal);
    let anomalies: Vec<Baseline> =
        task.anomalies.iter().map(|state| baseline(folder, &[state])).collect();
    let comparison = Comparison {
        options: Options::default(),
        splits: vec![(task.split)(&normal.recordings)],
        average: task.average,
    };
    let compared = comparison.run(&normal, &anomalies, candidates, &|| ());
    compared.into_iter().map(|(one, worth)| (one, worth.unwrap().remove(0))).collect()
}

#[test]
fn the_default_detector_is_right_where_it_is_hard() {
    let Some(folder) = real_fan() else { return };
    let Options { features, method, .. } = Options::default();
    let default = [Candidate { features, method }];
    println!("default: {} + {}", default[0].features, default[0].method.name());
    println!("task                                 AUC     95 %             asked  false alarms");
    let mut short = Vec::new();
    for task in &TASKS {
        let (_, worth) = judge(&folder, task, &default).remove(0);
        let area = worth.averaged_auc.unwrap_or(worth.auc);
        let (interval, alarms) = (worth.auc_interval.unwrap(), worth.false_alarm_interval.unwrap());
        println!(
            "{:<36} {area:.4}  {:.4} to {:.4}  {:.3}  {:.2} % ({:.2} to {:.2})",
            task.name,
            interval.low,
            interval.high,
            task.least,
            100.0 * worth.false_alarm_rate,
            100.0 * alarms.low,
            100.0 * alarms.high,
        );
        if area < task.least {
            short.push(task.name);
        }
    }
    assert!(short.is_empty(), "falls short: {short:?}");
}

/// What is chosen by normal recordings alone is never much worse than the default on real anomalies.
#[test]
fn what_normal_recordings_choose_is_no_worse_than_the_default() {
    let Some(folder) = real_fan() else { return };
    let candidates = few(None);
    let mut gaps = Vec::new();
    for task in &TASKS {
        let normal = baseline(&folder, task.normal);
        let (trials, chosen) = choose(&normal, &candidates, &Options::default(), &|| ()).unwrap();
        let judged = judge(&folder, task, &candidates);
        let area = |at: usize| judged[at].1.averaged_auc.unwrap_or(judged[at].1.auc);
        println!("{}:", task.name);
        for (at, (candidate, _)) in judged.iter().enumerate() {
            let Trial { noticed, more, false_alarm_rate, .. } = &trials[at];
            println!(
                "  {} {:<36} {:<12} AUC {:.4}, disturbances {noticed:.4} {more:?}, false alarms {:.2} %",
                if at == chosen { ">" } else { " " },
                candidate.features.to_string(),
                candidate.method.name(),
                area(at),
                100.0 * false_alarm_rate,
            );
        }
        gaps.push((task.name, area(0) - area(chosen)));
    }
    let wide: Vec<_> = gaps.iter().filter(|(_, gap)| *gap > 0.003).collect();
    assert!(wide.is_empty(), "{wide:?}");
}
