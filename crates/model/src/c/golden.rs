//! Windows with known scores, which the C can test itself with.

use super::name::{literal, rows};
use super::template::Filling;
use crate::error::FormatError;
use crate::{Model, Scorer};

/// How many synthetic windows there are.
const SYNTHETIC: usize = 4;

/// What the C tests itself with.
#[derive(Debug, Clone, PartialEq)]
pub enum Golden {
    /// Windows that the C makes itself: they take no space.
    Synthetic,
    /// These windows, axis by axis.
    Windows(Vec<Vec<f64>>),
}

pub(super) fn fill(
    model: &Model,
    golden: &Golden,
    filling: &mut Filling,
) -> Result<(), FormatError> {
    let binding = model.binding();
    let windows = match golden {
        Golden::Synthetic => {
            filling.needs.insert("synthetic");
            filling.put("golden_window", "window");
            filling.put("test_vectors", format_args!("{SYNTHETIC} synthetic windows"));
            synthetic(binding.axes * binding.window)
        }
        Golden::Windows(windows) => {
            filling.needs.insert("golden");
            filling.put("golden_window", "GOLDEN_WINDOWS[at]");
            filling.put("test_vectors", format_args!("{} recorded windows", windows.len()));
            let mut text = String::new();
            for window in windows {
                let numbers = rows("     ", window, |&x| literal(x as f32));
                let numbers = numbers.trim().trim_end_matches(',');
                text.push_str(&format!("    {{{numbers}}},\n"));
            }
            filling.put("golden_windows", text);
            windows.clone()
        }
    };
    let scorer = Scorer::new(model).of_any_gravity();
    let mut scores = Vec::new();
    for (at, window) in windows.iter().enumerate() {
        let found = scorer.score(window, binding.axes, None);
        let why = |why: String| FormatError::NotSource {
            language: "C",
            why: format!("window {} of the self-test has no score: {why}", at + 1),
        };
        let found = found.map_err(|misfit| why(misfit.to_string()))?;
        let score = found.first().map(|scored| scored.score as f32);
        scores.push(score.ok_or_else(|| why("it is empty".to_owned()))?);
    }
    filling.needs.insert("self-test");
    filling.put("golden", windows.len());
    let bits: Vec<String> =
        scores.iter().map(|score| format!("{:#010x}u", score.to_bits())).collect();
    filling.put("golden_scores", bits.join(", "));
    Ok(())
}

/// The windows that the C makes from a linear congruence: exact numbers from -1 to 1.
fn synthetic(numbers: usize) -> Vec<Vec<f64>> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state >> 20) - 2048.0) / 2048.0
    };
    (0..SYNTHETIC).map(|_| (0..numbers).map(|_| next()).collect()).collect()
}
