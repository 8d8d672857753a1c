//! How much memory the C of a model takes.

use super::template::Filling;
use crate::{DetectorKind, Model};

/// The fields of the two structures that a caller makes room for, and their size where a float has
/// four bytes.
pub(super) struct Layout {
    pub(super) work: String,
    pub(super) fields: String,
    /// Where the keys of medians are, and the spectrum.
    pub(super) keys: &'static str,
    pub(super) spectrum: &'static str,
    pub(super) bytes: usize,
}

pub(super) fn of(model: &Model, filling: &Filling, pairs: usize) -> Layout {
    let binding = model.binding();
    let name = filling.places.get("name").cloned().unwrap_or_default();
    let sums = if filling.need("shared") { 2 } else { 1 };
    let (keys, spectrum) = (4 * binding.window, 4 * (2 + sums) * pairs);
    let scratch = match (filling.need("median"), filling.need("spectrum")) {
        (true, true) => {
            let fields = format!(
                "    union {{\n        int32_t keys[{}];\n        {name}_spectrum spectrum;\n    \
                 }} scratch;\n",
                binding.window
            );
            (fields, ", work->scratch.keys", "&work->scratch.spectrum", keys.max(spectrum))
        }
        (true, false) => {
            (format!("    int32_t keys[{}];\n", binding.window), ", work->keys", "", keys)
        }
        (false, true) => {
            (format!("    {name}_spectrum spectrum;\n"), "", "&work->spectrum", spectrum)
        }
        (false, false) => (String::new(), "", "", 0),
    };
    let (mut work, keys, spectrum, mut work_bytes) = scratch;
    work_bytes += 4 * model.detector().features();
    match model.detector() {
        DetectorKind::Neighbours(one) => {
            work.push_str(&format!("    float nearest[{}];\n", one.k()));
            work_bytes += 4 * one.k();
        }
        DetectorKind::Autoencoder(one) => {
            let widest = one.folded().layers().iter().map(|layer| layer.outputs()).max();
            let widest = widest.unwrap_or(0);
            work.push_str(&format!("    float layers[2][{widest}];\n"));
            work_bytes += 2 * 4 * widest;
        }
        DetectorKind::Mahalanobis(_) | DetectorKind::Mixture(_) => {}
    }
    let watching = model.watching();
    let votes = if watching.of > 32 { ("uint64_t", 8) } else { ("uint32_t", 4) };
    let average = format!("logarithms[{}]", watching.average);
    // The widest first: so nothing lies between them.
    let fields = [
        ("votes", votes.0, "above", votes.1, votes.1),
        ("votes", votes.0, "near_above", votes.1, votes.1),
        ("averaged", "float", average.as_str(), 4 * watching.average, 4),
        ("drift", "float", "level", 4, 4),
        ("", "uint32_t", "filled", 4, 4),
        ("skip", "uint32_t", "skip", 4, 4),
        ("settle", "uint32_t", "settling", 4, 4),
        ("drift", "uint16_t", "seen", 2, 2),
        ("averaged", "uint8_t", "known", 1, 1),
        ("", "uint8_t", "alarm", 1, 1),
        ("mounting", "uint8_t", "remounted", 1, 1),
    ];
    let (mut text, mut bytes, mut widest) = (String::new(), 0usize, 4);
    bytes += 4 * binding.axes * binding.window + work_bytes;
    for (need, kind, field, size, align) in fields {
        if need.is_empty() || filling.need(need) {
            text.push_str(&format!("    {kind} {field};\n"));
            bytes = bytes.next_multiple_of(align) + size;
            widest = widest.max(align);
        }
    }
    bytes = bytes.next_multiple_of(widest);
    Layout { work, fields: text, keys, spectrum, bytes }
}
