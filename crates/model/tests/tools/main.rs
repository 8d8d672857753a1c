//! Models that Keras, TensorFlow, PyTorch, tf2onnx, skl2onnx and LiteRT wrote, against what these
//! tools compute of them.
//!
//! They lie beside, in `models`, or where `JUDDER_MODELS` says: `cargo xtask test tools` makes them anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test says what it measured")]

mod again;
mod compared;
mod fixture;
mod page;
mod rounded;
mod summary;

use compared::Outcome;
use fixture::fixtures;
use summary::Summary;

/// What is asked of weights that are not rounded, of the largest output or 1.
const EXACT: f64 = 2e-6;
/// What is asked of integers, in steps: one, but for the digits of outputs in single precision.
const ONE_STEP: f64 = 1.0 + 1e-4;

#[test]
fn networks_give_what_the_tools_that_wrote_them_give() {
    let (mut failures, mut summary) = (Vec::new(), Summary::default());
    for fixture in fixtures() {
        let outcome = compared::outcome(&fixture);
        println!("{:<60} {outcome:?}", fixture.name());
        summary.add(&fixture, &outcome);
        let is = match (&outcome, fixture.refused.is_some()) {
            (Outcome::Refused(_), refused) => refused,
            (_, true) => false,
            (Outcome::Apart { largest, .. }, _) => *largest <= EXACT,
            (Outcome::Steps(steps), _) => *steps <= ONE_STEP,
        };
        if !is {
            failures.push(format!("{}: {outcome:?}", fixture.name()));
        }
    }
    summary.print();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
