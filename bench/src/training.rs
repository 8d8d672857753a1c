//! Training an autoencoder as the TinyML example does: 50 epochs over 181 × 3 features.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::anyhow;
use judder_data::split;
use judder_model::Precision;
use judder_train::{AutoencoderOptions, fit_autoencoder};

use crate::{Figure, median};

const ROWS: usize = 181;
const FEATURES: usize = 3;

/// What it may take at most.
const LIMIT: Duration = Duration::from_millis(2);

/// The same in Keras: prints the seconds of each of five trainings, the first one warming up.
const KERAS: &str = "\
import os, time
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import keras, numpy
x = numpy.abs(numpy.random.default_rng(0).normal(size=(181, 3))) * 5e-3
for _ in range(6):
    model = keras.Sequential([
        keras.Input((3,)), keras.layers.Dense(2, activation='relu'), keras.layers.Dropout(0.2),
        keras.layers.Dense(3, activation='relu')])
    model.compile(optimizer='adam', loss='mse')
    start = time.perf_counter()
    model.fit(x, x, epochs=50, batch_size=100, verbose=0)
    print(time.perf_counter() - start)
";

/// The same training, against the limit.
pub(crate) fn against_limit() -> anyhow::Result<Figure> {
    let options = AutoencoderOptions::like_reference();
    let values: Vec<f64> = split::shuffled(ROWS * FEATURES, 1)
        .into_iter()
        .map(|place| 1e-3 + 1e-5 * place as f64)
        .collect();
    let rows: Vec<usize> = (0..ROWS).collect();
    let mut seed = 0;
    let train = || {
        seed += 1;
        let fitted = fit_autoencoder(&values, FEATURES, &rows, &options, Precision::F32, seed);
        let fitted = fitted.map_err(|unfit| anyhow!("{unfit:?}"))?;
        anyhow::ensure!(fitted.epochs == 50, "{} epochs", fitted.epochs);
        Ok(())
    };
    let ours = median::of(train)?;
    match keras() {
        Some(keras) => println!(
            "the same training in Keras: {keras:.2?}, {:.0} times as long\n",
            keras.as_secs_f64() / ours.as_secs_f64()
        ),
        None => println!("the same training in Keras: not measured, python3 has no Keras\n"),
    }
    let what = format!("training 50 epochs on {ROWS} x {FEATURES} features, against {LIMIT:?}");
    Ok(Figure { what, ours, baseline: LIMIT, promise: 1.0 })
}

/// The median of Keras's trainings, if there is a Keras.
fn keras() -> Option<Duration> {
    let mut python = Command::new("python3");
    let done = python.args(["-c", KERAS]).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(done.stdout).ok().filter(|_| done.status.success())?;
    let mut seconds: Vec<f64> = text.lines().skip(1).filter_map(|line| line.parse().ok()).collect();
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().map(Duration::from_secs_f64)
}
