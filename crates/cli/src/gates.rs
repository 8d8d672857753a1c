//! What a model looks at before it judges a window, in words.

use judder_core::GravityAxes;
use judder_model::{Model, Turned};

use crate::output::{note, say};

/// Says which axes see gravity, and what is not looked at.
pub(crate) fn describe(model: &Model) {
    let watching = model.watching();
    match watching.gravity {
        GravityAxes::All => {}
        GravityAxes::Three(three) => {
            let [a, b, c] = three.map(|axis| axis + 1);
            say(format_args!(
                "gravity    seen by axes {a}, {b} and {c} of {}: they tell handled and remounted windows",
                model.binding().axes
            ));
        }
        GravityAxes::Unseen => {
            note(
                "no three axes see gravity (their mean is not as long as that), so nothing tells whether \
                 the sensor is moved: no window will be called handled or remounted",
            );
            return;
        }
    }
    match watching.mounting.len() {
        0 if watching.turned != Some(Turned::Any) => note(
            "the sensor does not point the same way throughout a normal state, so no window will be \
             called remounted: keep one folder for each mounting",
        ),
        0 | 1 => {}
        several => say(format_args!("mountings  {several}, each of a normal state")),
    }
}
