//! The models that are replayed, the windows, and what judder says of them here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::command::{output, run};
use crate::house::House;

/// What judder says of the windows with a model.
pub(crate) struct Host {
    pub(crate) name: String,
    /// Of each window the verdict, as a number, and the bits of the score.
    pub(crate) windows: Vec<(&'static str, u32)>,
    pub(crate) memory: u64,
}

/// Features, detector and how it watches; `None` judges every window by itself.
const MODELS: [(&str, &str, &str, Option<&str>); 11] = [
    ("mad", "mad", "mahalanobis", None),
    ("mad_watched", "mad", "mahalanobis", Some("--average 4 --votes 2/3 --clear 0.8")),
    ("usual", USUAL, "mahalanobis", None),
    ("states", USUAL, "mixture", None),
    ("network", USUAL, "autoencoder", None),
    ("activations", "log-mad+correlation+crest", "autoencoder", None),
    ("nearest", "log-mad+correlation+crest", "neighbours", Some("")),
    ("bands", BANDS, "mahalanobis", None),
    ("bands_of_3", BANDS, "mixture", None),
    ("bands_of_17", BANDS, "mixture", None),
    ("everything", EVERYTHING, "mahalanobis", Some("--idle-below 0.002")),
];
const USUAL: &str = "log-cov+diff-log-cov+total-octaves:6";
const BANDS: &str = "log-cov+diff-log-cov+total-octaves:6+bands:16";
const EVERYTHING: &str = "mad+log-mad+std+rms+variance+kurtosis+skewness+crest+peak-to-peak\
    +correlation+log-std+log-cov+diff-std+diff-log-std+diff-correlation+diff-log-cov+bands:8\
    +total-bands:5+total-octaves:5+tonal+log-eigen+diff-log-eigen+level-log-std+level-diff-log-std";

/// Readings of a window.
const WINDOW: usize = 128;

/// Recordings of each state.
const EACH: usize = 50;

/// Trains and exports all models, writes `windows.f32`, and scores here.
pub(crate) fn made(house: &House, space: &Path, recordings: Option<&Path>) -> Result<Vec<Host>> {
    let judder = house.target.join("debug/judder");
    if space.exists() {
        for part in ["models", "windows", "fan"] {
            let _ = fs::remove_dir_all(space.join(part));
        }
    }
    fs::create_dir_all(space.join("models"))?;
    let (fan, states) = match recordings {
        Some(real) => {
            let states = [
                "fan_0_low_0_weight",
                "fan_0_low_1_weight",
                "fan_0_off_0_weight",
                "fan_0_low_0_weight-moving",
            ];
            (real.join("ceiling-fan"), states.to_vec())
        }
        None => {
            let mut simulate = Command::new(&judder);
            simulate.current_dir(space).args(["simulate", "--out", "fan", "--readings", "128"]);
            simulate.args(["--states", "low,low+coin,high,high+coin", "--recordings", "60"]);
            run(&mut simulate)?;
            let states = [
                "fan_0_low_0_weight",
                "fan_0_low_1_weight",
                "fan_0_high_0_weight",
                "fan_0_high_1_weight",
            ];
            (space.join("fan"), states.to_vec())
        }
    };
    windows(space, &fan, &states)?;
    let normal = fan.join(states[0]);
    let mut hosts = Vec::new();
    for (name, features, detector, watching) in MODELS {
        let folder = space.join("models").join(name);
        fs::create_dir_all(&folder)?;
        let model = folder.join("model.json");
        let mut train = Command::new(&judder);
        train.args(["train", "--features", features, "--detector", detector, "--window", "128"]);
        train.args(watching.unwrap_or_default().split_whitespace());
        train.arg("--normal").arg(&normal);
        if detector == "mixture" {
            train.arg(fan.join(states[1]));
        }
        run(train.arg("-o").arg(&model))?;
        if watching.is_none() {
            judging_each(&model)?;
        }
        if name == "activations" {
            of_every_activation(&model)?;
        }
        if features == BANDS {
            let states = name.rsplit_once('_').map_or(Ok(1), |(_, states)| states.parse())?;
            of_axes_and_states(&model, states)?;
        }
        let export = |words: &[&str], to: PathBuf| -> Result<()> {
            run(Command::new(&judder).arg("export").arg(&model).args(words).arg("-o").arg(to))
        };
        export(&["--to", "c", "--name", name], folder.join("detector"))?;
        export(&["--to", "rust"], folder.join("rust"))?;
        hosts.push(scored(&judder, &model, name, space)?);
    }
    Ok(hosts)
}

/// Takes out of a model how it watches: it is then compared window by window.
fn judging_each(model: &Path) -> Result<()> {
    let mut json: Value = serde_json::from_slice(&fs::read(model)?)?;
    json.as_object_mut().context("the model is no object")?.remove("watch");
    Ok(fs::write(model, serde_json::to_vec(&json)?)?)
}

/// What the layers of one network do to their sums, one after the other.
const ACTIVATIONS: [&str; 12] = [
    "sigmoid",
    "leaky_relu(0.2)",
    "elu(1)",
    "selu",
    "softplus",
    "tanh",
    "silu",
    "gelu",
    "gelu_tanh",
    "elu(0.7)",
    "fake_quant(0.05,-3)",
    "relu",
];

/// Units of each of these layers.
const UNITS: usize = 6;

/// Makes of an autoencoder one of as many layers as there are activations, of numbers drawn from -1 to 1.
fn of_every_activation(model: &Path) -> Result<()> {
    let mut json: Value = serde_json::from_slice(&fs::read(model)?)?;
    let features = json["detector"]["mean"].as_array().context("an autoencoder has means")?.len();
    let mut state = 1u32;
    let mut drawn = |count: usize| -> Vec<f64> {
        let mut one = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 23) - 1.0
        };
        (0..count).map(|_| one()).collect()
    };
    let mut layers = Vec::new();
    let mut taken = features;
    for (given, activation) in
        ACTIVATIONS.map(|one| (UNITS, one)).into_iter().chain([(features, "linear")])
    {
        let weights: Vec<Vec<f64>> = (0..given).map(|_| drawn(taken)).collect();
        let bias = drawn(given);
        layers.push(json!({ "weights": weights, "bias": bias, "activation": activation }));
        taken = given;
    }
    json["detector"]["layers"] = Value::Array(layers);
    json["version"] = Value::from(3);
    Ok(fs::write(model, serde_json::to_vec(&json)?)?)
}

/// Numbers of the bands of one axis.
const OF_AXIS: usize = 16;

/// Leaves only the covariances within each axis of the bands, and makes so many states of those that
/// there are, a little apart.
fn of_axes_and_states(model: &Path, states: usize) -> Result<()> {
    let mut json: Value = serde_json::from_slice(&fs::read(model)?)?;
    // Of the states that were learnt, of which there are others now.
    json.as_object_mut().context("the model is no object")?.remove("profile");
    let detector = json.get_mut("detector").context("a model has a detector")?;
    let is_one = detector.get("modes").is_none();
    let learnt = match is_one {
        true => std::slice::from_mut(detector),
        false => detector["modes"].as_array_mut().context("modes are a list")?.as_mut_slice(),
    };
    for one in learnt {
        let blocks = one.get("blocks").context("a covariance in blocks")?;
        let blocks: Vec<Vec<Vec<f64>>> = serde_json::from_value(blocks.clone())?;
        let apart = blocks.iter().flat_map(|rows| match rows.len() > OF_AXIS {
            true => rows.chunks(OF_AXIS).map(last_columns).collect(),
            false => vec![rows.clone()],
        });
        one["blocks"] = serde_json::to_value(apart.collect::<Vec<_>>())?;
    }
    if let Some(modes) = detector.get_mut("modes") {
        let learnt = modes.as_array().context("modes are a list")?.clone();
        let mode = |at: usize| -> Result<Value> {
            let mut mode = learnt.get(at % learnt.len()).context("a mode")?.clone();
            let mean: Vec<f64> = serde_json::from_value(mode["mean"].clone())?;
            let shift = 0.125 * (at / learnt.len()) as f64;
            let mean: Vec<f64> = mean.iter().map(|x| x + shift).collect();
            mode["mean"] = serde_json::to_value(mean)?;
            Ok(mode)
        };
        *modes = Value::Array((0..states).map(mode).collect::<Result<_>>()?);
    }
    Ok(fs::write(model, serde_json::to_vec(&json)?)?)
}

/// The lower triangle of as many columns as there are rows, at their ends.
fn last_columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let before = rows.first().map_or(0, |row| row.len().saturating_sub(1));
    rows.iter().map(|row| row.get(before..).unwrap_or_default().to_vec()).collect()
}

/// The first readings of recordings of each state, as a folder of recordings and as numbers.
fn windows(space: &Path, fan: &Path, states: &[&str]) -> Result<()> {
    let folder = space.join("windows");
    fs::create_dir_all(&folder)?;
    let mut numbers: Vec<u8> = Vec::new();
    let mut count = 0;
    for state in states {
        let mut files = Vec::new();
        for entry in fan.join(state).read_dir().with_context(|| (*state).to_owned())? {
            files.push(entry?.path());
        }
        files.retain(|file| file.extension().is_some_and(|one| one == "csv"));
        files.sort();
        for file in files.iter().take(EACH) {
            let text = fs::read_to_string(file)?;
            let rows: Vec<&str> = text
                .lines()
                .filter(|line| line.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
                .take(WINDOW)
                .collect();
            ensure!(rows.len() == WINDOW, "{} is too short", file.display());
            fs::write(folder.join(format!("{count:04}.csv")), rows.join("\n") + "\n")?;
            count += 1;
            for axis in 0..3 {
                for row in &rows {
                    let cell = row.split(',').nth(axis).context("a row has no 3 axes")?;
                    let number: f64 = cell.trim().parse()?;
                    numbers.extend((number as f32).to_le_bytes());
                }
            }
        }
    }
    Ok(fs::write(space.join("windows.f32"), numbers)?)
}

/// What judder says of the folder of windows.
fn scored(judder: &Path, model: &Path, name: &str, space: &Path) -> Result<Host> {
    let mut score = Command::new(judder);
    score.arg("score").arg(model).arg(space.join("windows")).args(["--format", "csv"]);
    let mut windows = Vec::new();
    for line in output(&mut score)?.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [.., score, _, verdict] = cells.as_slice() else { anyhow::bail!("{line}") };
        let verdict = match *verdict {
            "normal" => "0",
            "anomaly" => "1",
            "idle" => "2",
            "handled" => "3",
            "remounted" => "4",
            other => anyhow::bail!("a verdict {other}"),
        };
        windows.push((verdict, score.parse::<f32>()?.to_bits()));
    }
    let header = fs::read_to_string(model.with_file_name("detector.h"))?;
    let memory = header.split_once("Memory: ").and_then(|(_, rest)| rest.split(' ').next());
    let memory = memory.context("the header says nothing of memory")?.parse()?;
    Ok(Host { name: name.to_owned(), windows, memory })
}
