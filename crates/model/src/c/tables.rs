//! What a model learnt, as constants of C.

use judder_core::{Activation, Mounting, Real, blocks_len};

use super::name::{literal, rows};
use super::template::Filling;
use crate::network::Layer;
use crate::rounded::Rounded;
use crate::{Model, Mounted, Watching};

/// Whether each output of a layer has one input: all else are zeros, which need not stand anywhere.
pub(super) fn is_diagonal(layer: &Layer) -> bool {
    let n = layer.inputs();
    let off = |&(at, weight): &(usize, &f64)| at / n != at % n && *weight != 0.0;
    n == layer.outputs() && !layer.weights().iter().enumerate().any(|one| off(&one))
}

/// The constants of a model, the definitions that go with them, and how many bytes they are.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) tables: String,
    pub(super) defines: String,
    pub(super) bytes: usize,
}

impl Tables {
    pub(super) fn of(model: &Model) -> Self {
        let mut all = Self::default();
        all.detector(model);
        all.define("THRESHOLD", literal(model.threshold().value as f32));
        all.watching(model.watching(), model.threshold().value as f32);
        all.gates(model.watching(), model.binding().axes);
        all
    }

    pub(super) fn define(&mut self, name: &str, value: impl std::fmt::Display) {
        self.defines.push_str(&format!("#define {name} {value}\n"));
    }

    /// An array of floats.
    pub(super) fn floats(&mut self, name: &str, doc: &str, shape: &str, values: &[f32]) {
        self.bytes += size_of_val(values);
        let rows = rows("    ", values, |&x| literal(x));
        self.tables.push_str(&format!("{doc}static const float {name}{shape} = {{\n{rows}}};\n"));
    }

    /// An array of arrays of floats.
    fn grid(&mut self, name: &str, doc: &str, shape: &str, values: &[&[f32]]) {
        self.bytes += values.iter().map(|row| size_of_val(*row)).sum::<usize>();
        self.tables.push_str(&format!("{doc}static const float {name}{shape} = {{\n"));
        for row in values {
            let row = rows("     ", row, |&x| literal(x));
            let row = row.trim_start().trim_end().trim_end_matches(',');
            self.tables.push_str(&format!("    {{{row}}},\n"));
        }
        self.tables.push_str("};\n");
    }

    /// How many features are in each block of a covariance.
    fn blocks(&mut self, sizes: &[u16]) {
        self.define("BLOCKS", sizes.len());
        let small = sizes.iter().all(|&size| u8::try_from(size).is_ok());
        let (kind, bytes) = if small { ("uint8_t", 1) } else { ("uint16_t", 2) };
        self.bytes += bytes * sizes.len();
        let rows = rows("    ", sizes, ToString::to_string);
        self.tables.push_str(&format!(
            "/* How many features vary together, and without the others. */\n\
             static const {kind} BLOCK[BLOCKS] = {{\n{rows}}};\n"
        ));
    }

    fn detector(&mut self, model: &Model) {
        let rounded = Rounded::<f32>::of(model.detector());
        let (shape, triangles) = match rounded.blocks() {
            sizes @ [_, _, ..] => {
                self.blocks(sizes);
                (format!("[{}]", blocks_len(sizes)), "of each block the lower triangle")
            }
            _ => ("[FEATURES * (FEATURES + 1) / 2]".to_owned(), "the lower triangle"),
        };
        match rounded {
            Rounded::Mahalanobis { mean, whitening, .. } => {
                self.floats("MEAN", "/* The mean of each feature. */\n", "[FEATURES]", &mean);
                let doc =
                    format!("/* W, {triangles}, row by row, with W'W the inverse covariance. */\n");
                self.floats("WHITENING", &doc, &shape, &whitening);
            }
            Rounded::Mixture { modes, .. } => {
                self.define("STATES", modes.len());
                let means: Vec<&[f32]> = modes.iter().map(|(mean, _)| mean.as_slice()).collect();
                let doc = "/* The mean of each feature in each normal state. */\n";
                self.grid("MEAN", doc, "[STATES][FEATURES]", &means);
                let doc =
                    format!("/* Of each, {triangles} W, with W'W the inverse covariance. */\n");
                let each: Vec<&[f32]> = modes.iter().map(|(_, w)| w.as_slice()).collect();
                self.grid("WHITENING", &doc, &format!("[STATES]{shape}"), &each);
            }
            Rounded::Neighbours { scale, rows, k } => {
                self.define("ROWS", rows.len() / scale.len());
                self.define("NEAREST", k);
                let doc = "/* What a difference of each feature is multiplied by. */\n";
                self.floats("SCALE", doc, "[FEATURES]", &scale);
                let rows: Vec<&[f32]> = rows.chunks_exact(scale.len()).collect();
                let doc = "/* The features of normal windows. */\n";
                self.grid("NORMAL_ROWS", doc, "[ROWS][FEATURES]", &rows);
            }
            Rounded::Autoencoder { layers, scale } => {
                let widest = layers.iter().map(|(_, bias, _)| bias.len()).max();
                self.define("WIDEST", widest.unwrap_or(0));
                let diagonals = match model.detector() {
                    crate::DetectorKind::Autoencoder(one) => one.folded().layers(),
                    _ => &[],
                };
                for (at, (weights, bias, activation)) in layers.iter().enumerate() {
                    let (given, taken) = (bias.len(), weights.len() / bias.len());
                    let doc = format!("/* Layer {at}: {taken} to {given}, {activation}. */\n");
                    if diagonals.get(at).is_some_and(is_diagonal) {
                        let own: Vec<f32> = weights.iter().step_by(taken + 1).copied().collect();
                        self.floats(&format!("WEIGHTS_{at}"), &doc, &format!("[{given}]"), &own);
                    } else {
                        let shape = format!("[{given} * {taken}]");
                        self.floats(&format!("WEIGHTS_{at}"), &doc, &shape, weights);
                    }
                    self.floats(&format!("BIAS_{at}"), "", &format!("[{given}]"), bias);
                }
                let doc = "/* What the error of each feature is multiplied by. */\n";
                self.floats("SCALE", doc, "[FEATURES]", &scale);
            }
        }
    }

    fn watching(&mut self, watching: &Watching, threshold: f32) {
        if watching.average > 1 {
            self.define("AVERAGED", watching.average);
        }
        if watching.of > 1 || watching.clear < 1.0 {
            self.define("VOTES", watching.votes);
            let mask = u64::MAX >> (64 - watching.of.clamp(1, 64));
            let suffix = if watching.of > 32 { "ull" } else { "u" };
            self.define("DECISIONS_MASK", format_args!("{mask:#x}{suffix}"));
            // Never above the score that raises an alarm, not even below 0.
            let share = watching.clear as f32 * threshold;
            self.define("CLEARS_AT", literal(if share < threshold { share } else { threshold }));
        }
        if let Some(drift) = watching.drift {
            self.define("DRIFT_OVER", drift.over);
            self.define("DRIFT_ABOVE", literal(drift.above as f32));
        }
    }

    /// When a window is not judged.
    fn gates(&mut self, watching: &Watching, axes: usize) {
        let limits = [
            ("HANDLED_ABOVE", watching.handled_above),
            ("IDLE_BELOW", watching.idle_below),
            ("STRONG_ABOVE", watching.strong_above),
        ];
        for (name, limit) in limits {
            if let Some(limit) = limit {
                self.define(name, literal(limit as f32));
            }
        }
        if watching.idle_below.is_some() && watching.settle > 0 {
            self.define("SETTLE", format!("{}u", watching.settle));
        }
        self.define("SEEING", watching.gravity.count(axes));
        let known: Vec<_> = watching.mounting.iter().flat_map(Mounted::mounting::<f32>).collect();
        if known.is_empty() {
            return;
        }
        self.define("MOUNTINGS", known.len());
        let directions: Vec<&[f32]> = known.iter().map(Mounting::direction).collect();
        self.grid("GRAVITY", "/* Where gravity pointed. */\n", "[MOUNTINGS][SEEING]", &directions);
        let mut of_each = |name: &str, doc: &str, of: fn(&Mounting<f32>) -> f32| {
            self.floats(name, doc, "[MOUNTINGS]", &known.iter().map(of).collect::<Vec<_>>());
        };
        of_each("GRAVITY_LENGTH", "/* How long it was. */\n", Mounting::length);
        let doc = "/* Squared chords: the sensor was mounted anew, and is back. */\n";
        of_each("GRAVITY_MOVED", doc, Mounting::moved);
        of_each("GRAVITY_SAME", "", Mounting::same);
    }
}

/// The calls that run the layers of an autoencoder, one after the other.
pub(super) fn layers(model: &Model) -> String {
    let crate::DetectorKind::Autoencoder(autoencoder) = model.detector() else {
        return String::new();
    };
    let mut calls = String::new();
    let mut from = "features".to_owned();
    for (at, layer) in autoencoder.folded().layers().iter().enumerate() {
        let to = format!("layers[{}]", at % 2);
        let (taken, given) = (layer.inputs(), layer.outputs());
        calls.push_str(&match is_diagonal(layer) {
            true => format!("    diagonal({from}, WEIGHTS_{at}, BIAS_{at}, {to}, {given});\n"),
            false => {
                format!("    dense({from}, {taken}, WEIGHTS_{at}, BIAS_{at}, {to}, {given});\n")
            }
        });
        if let Some(function) = function(layer.activation()) {
            let parameters: String = parameters(layer.activation())
                .map(|one| format!(", {}", super::name::literal(one)))
                .collect();
            calls.push_str(&format!("    {function}({to}, {given}{parameters});\n"));
        }
        from = to;
    }
    calls + &format!("    back = {from};\n")
}

/// The parameters of an activation.
fn parameters(activation: Activation) -> impl Iterator<Item = f32> {
    let zero_point = match activation {
        Activation::FakeQuant { zero_point, .. } => Some(f32::from(zero_point)),
        _ => None,
    };
    activation.parameter().into_iter().chain(zero_point)
}

/// What does to the sums of a layer what its activation does; its parameters come last.
fn function(activation: Activation) -> Option<&'static str> {
    match activation {
        Activation::Linear => None,
        Activation::Relu => Some("relu"),
        Activation::Tanh => Some("hyperbolic_tangents"),
        Activation::Sigmoid => Some("sigmoids"),
        Activation::LeakyRelu(_) => Some("leaky_relu"),
        Activation::Elu(_) => Some("elu"),
        Activation::Selu => Some("selu"),
        Activation::Softplus => Some("softplus"),
        Activation::Silu => Some("silu"),
        Activation::Gelu => Some("gelu"),
        Activation::GeluTanh => Some("approximate_gelu"),
        Activation::FakeQuant { .. } => Some("fake_quant"),
    }
}

/// What a power spectrum needs: its tables, and the numbers that its part is filled in with.
pub(super) fn spectrum(filling: &mut Filling, window: usize) -> usize {
    let welch = judder_core::Welch::<f32>::new(window);
    let pairs = welch.lines / 2;
    filling.put("lines", welch.lines);
    filling.put("pairs", pairs);
    filling.put("segment", welch.segment);
    filling.put("segment_count", welch.segments);
    let segments = if welch.segments == 1 { "one segment" } else { "segments that overlap" };
    filling.put("segments", segments);
    let mut when = |is: bool, yes, no| filling.needs.insert(if is { yes } else { no });
    when(welch.segments == 1, "one-segment", "segments");
    when(welch.segment < welch.lines, "padded", "unpadded");
    when(pairs > 32, "four-stages", "two-stages");
    when(pairs == 64, "even-stages", "last-stage");
    let summed = filling.need("summed");
    filling.put("plus", if summed { "+=" } else { "=" });
    let sines: Vec<f32> = f32::SINES.iter().step_by(256 / pairs).copied().collect();
    let mut tables = Tables::default();
    tables.floats("SINES", "", "[PAIRS / 2 + 1]", &sines);
    filling.put("SINES", tables.tables.trim_end());
    let groups = pairs / 4;
    let reversed = |at: usize| (at.reverse_bits() >> (groups.leading_zeros() + 1)) * 4;
    let places: Vec<usize> = (0..groups).map(reversed).collect();
    let rows = rows("    ", &places, ToString::to_string);
    filling.put(
        "PLACES",
        format_args!("static const uint8_t PLACES[PAIRS / 4] = {{\n{rows}}};\n")
            .to_string()
            .trim_end(),
    );
    let mut taper = Tables::default();
    let used = welch.taper.get(..=welch.segment / 2).unwrap_or(&welch.taper);
    taper.floats("TAPER", "", "[SEGMENT / 2 + 1]", used);
    filling.put("TAPER", taper.tables.trim_end());
    tables.bytes + taper.bytes + groups
}
