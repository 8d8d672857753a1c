//! A model as a crate: its constants, over `judder-core`.

use crate::c::{comment, rows};
use crate::error::FormatError;
use crate::rounded::Rounded;
use crate::{Model, Precision};

/// The files of a crate.
#[derive(Debug, Clone, PartialEq)]
pub struct RustSource {
    /// The text of `Cargo.toml`.
    pub manifest: String,
    /// The text of `src/lib.rs`.
    pub library: String,
}

/// Where a generated crate finds `judder-core`.
#[derive(Debug, Clone, PartialEq)]
pub enum Core {
    /// In this folder.
    Path(String),
    /// In the registry, in the version that wrote the crate.
    Version,
}

/// Writes a model as a `no_std` crate called `name`.
///
/// # Errors
/// [`FormatError::NotSource`] for a model that computes in `f64`.
pub fn to_rust(model: &Model, name: &str, core: &Core) -> Result<RustSource, FormatError> {
    if model.precision() == Precision::F64 {
        let why = "it computes in f64, which chips do not; import it with --precision f32";
        return Err(FormatError::NotSource { language: "Rust", why: why.to_owned() });
    }
    let package = name.to_lowercase().replace('_', "-");
    let from = match core {
        Core::Path(path) => format!("{{ path = {} }}", quoted(path)),
        Core::Version => quoted(env!("CARGO_PKG_VERSION")),
    };
    let detector = model.detector().name();
    let manifest = format!(
        "[package]\nname = \"{package}\"\ndescription = \"A model of the kind {detector} by judder.\"\n\
         version = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[dependencies]\n\
         judder-core = {from}\n"
    );
    Ok(RustSource { manifest, library: library(model) })
}

/// A string of TOML and of Rust.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn library(model: &Model) -> String {
    let binding = model.binding();
    let detector = Detector::of(model);
    let workspace = detector.workspace;
    let rate = binding.rate_hz as f32;
    let threshold = model.threshold().value as f32;
    let (uses, watch) = watching(model);
    let mut names = vec![
        "Detector",
        "Error",
        "FeatureSet",
        "Posture",
        "Readings",
        "Watch",
        "Watched",
        "Window",
        "Decision",
        "Gates",
        "GravityAxes",
    ];
    names.extend(detector.uses);
    names.extend(uses);
    names.sort_unstable();
    let about = comment(&format!("{} of {}", model.features(), model.provenance().origin));
    format!(
        "//! A model of the kind {kind} by judder: {about}.\n//!\n\
         //! The scores and verdicts of a [`Watcher`] have the very bits of judder's.\n\
         #![no_std]\n\nuse judder_core::{{\n{uses}}};\n\n\
         /// Axes of a reading.\npub const AXES: usize = {axes};\n\n\
         /// Readings of a window.\npub const WINDOW: usize = {window};\n\n\
         /// Readings from one window to the next.\npub const HOP: usize = {hop};\n\n\
         /// Readings in a second.\npub const RATE_HZ: f32 = {rate:?};\n\n\
         /// A score above this is strange.\npub const THRESHOLD: f32 = {threshold:?};\n\n\
         /// Numbers that are computed from a window.\npub const FEATURES: usize = {features};\n\n\
         /// Their names.\npub const NAMES: &str = \"{set}\";\n\n\
         /// Numbers that the score is computed in.\nconst WORKSPACE: usize = {workspace};\n\n\
         /// Which axes see gravity.\nconst GRAVITY: GravityAxes = GravityAxes::{gravity:?};\n\n\
         {tables}{body}\n{scoring}\n{watch}",
        gravity = model.watching().gravity,
        kind = model.detector().name(),
        uses = rows("    ", &names, ToString::to_string),
        axes = binding.axes,
        window = binding.window,
        hop = binding.hop,
        features = model.detector().features(),
        set = model.features(),
        tables = detector.tables,
        body = BODY,
        scoring = detector.scoring,
    )
}

/// The parameters, and what makes a detector of them.
struct Detector {
    uses: Vec<&'static str>,
    tables: String,
    scoring: String,
    workspace: usize,
}

impl Detector {
    fn of(model: &Model) -> Self {
        let mut tables = String::new();
        let mut table = |name: &str, values: &[f32]| {
            let rows = rows("    ", values, |x| format!("{x:?}"));
            let count = values.len();
            tables.push_str(&format!("static {name}: [f32; {count}] = [\n{rows}];\n\n"));
        };
        let rounded = Rounded::<f32>::of(model.detector());
        let blocks = if rounded.blocks().len() > 1 { "&BLOCKS" } else { "&[]" };
        let made = |suffix: &str| {
            format!("made(Mahalanobis::constant(&MEAN{suffix}, {blocks}, &WHITENING{suffix}))")
        };
        let mut constants = String::new();
        let (uses, made, workspace) = match &rounded {
            Rounded::Mahalanobis { mean, whitening, .. } => {
                table("MEAN", mean);
                table("WHITENING", whitening);
                constants =
                    format!("static GAUSSIAN: Mahalanobis<'static, f32> = {};\n\n", made(""));
                (vec!["Mahalanobis"], "GAUSSIAN".to_owned(), 0)
            }
            Rounded::Mixture { modes, .. } => {
                let mut states = String::new();
                for (at, (mean, whitening)) in modes.iter().enumerate() {
                    table(&format!("MEAN_{at}"), mean);
                    table(&format!("WHITENING_{at}"), whitening);
                    states.push_str(&format!("    {},\n", made(&format!("_{at}"))));
                }
                let count = modes.len();
                constants = format!(
                    "static STATES: [Mahalanobis<'static, f32>; {count}] = [\n{states}];\n\n"
                );
                (vec!["Mahalanobis", "Mixture"], "Mixture::new(&STATES)?".to_owned(), 0)
            }
            Rounded::Neighbours { scale, rows, k } => {
                table("SCALE", scale);
                table("ROWS", rows);
                (vec!["Neighbours"], format!("Neighbours::new(&SCALE, &ROWS, {k})?"), *k)
            }
            Rounded::Autoencoder { layers, scale } => {
                let mut made = String::from("Autoencoder::new(\n        &[\n");
                let mut widest = 0;
                for (at, (weights, bias, activation)) in layers.iter().enumerate() {
                    widest = widest.max(bias.len());
                    table(&format!("WEIGHTS_{at}"), weights);
                    table(&format!("BIAS_{at}"), bias);
                    // `{:?}` writes the shortest digits that are read back as the same number.
                    made.push_str(&format!(
                        "            Dense::new(&WEIGHTS_{at}, &BIAS_{at}, Activation::{activation:?})?,\n"
                    ));
                }
                table("SCALE", scale);
                let made = made + "        ],\n        &SCALE,\n    )?";
                (vec!["Activation", "Autoencoder", "Dense"], made, 2 * widest)
            }
        };
        if let sizes @ [_, _, ..] = rounded.blocks() {
            let (count, rows) = (sizes.len(), rows("    ", sizes, ToString::to_string));
            tables.push_str(&format!(
                "/// How many features vary together, and without the others.\n\
                 static BLOCKS: [u16; {count}] = [\n{rows}];\n\n"
            ));
        }
        if !constants.is_empty() {
            tables.push_str(&constants);
            tables.push_str(MADE);
        }
        let call = "Detector::new(*features, scoring, THRESHOLD, AXES, WINDOW)?";
        let scoring = match made.contains('\n') {
            // What it borrows from has to outlive it.
            true => inner(&made),
            false => format!("    let scoring = {made};\n"),
        };
        let scoring = format!(
            "fn score(\n    features: &FeatureSet,\n    window: &Readings<'_, f32>,\n    \
             keys: &mut [i32],\n    values: &mut [f32],\n) -> Result<f32, Error> {{\n{scoring}    \
             let detector = {call};\n    Ok(detector.judge(window, keys, values)?.score)\n}}\n"
        );
        Self { uses, tables, scoring, workspace }
    }
}

/// Looks at constants when they are compiled, and not for each window.
const MADE: &str = "\
const fn made(gaussian: Result<Mahalanobis<'static, f32>, Error>) -> Mahalanobis<'static, f32> {
    match gaussian {
        Ok(gaussian) => gaussian,
        Err(_) => panic!(\"a constant of the model was changed to what it cannot be\"),
    }
}

";

/// A detector of several parts, which are given a name of their own.
fn inner(made: &str) -> String {
    let Some((before, rest)) = made.split_once("&[") else { return String::new() };
    let Some((parts, after)) = rest.split_once(']') else { return String::new() };
    let parts: String = parts
        .lines()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
        .map(|line| format!("        {line}\n"))
        .collect();
    let before = before.trim();
    let after = after.replace(char::is_whitespace, "").replace(",&SCALE,", ", &SCALE");
    format!("    let parts = [\n{parts}    ];\n    let scoring = {before}&parts{after};\n")
}

fn watching(model: &Model) -> (Vec<&'static str>, String) {
    let watching = model.watching();
    let mut uses = Vec::new();
    let limit = |limit: Option<f64>| match limit {
        Some(limit) => format!("Some({:?})", limit as f32),
        None => "None".to_owned(),
    };
    let mut lines = format!(
        "    let decision = Decision::new({}, {}, {}, {:?})?;\n",
        watching.average, watching.votes, watching.of, watching.clear as f32
    );
    let mut mountings = Vec::new();
    for mounted in &watching.mounting {
        let Ok(mounting) = mounted.mounting::<f32>() else { continue };
        uses = vec!["Mounting"];
        let gravity: Vec<f32> = mounted.gravity.iter().map(|&x| x as f32).collect();
        let (moved, same) = (mounting.moved(), mounting.same());
        mountings.push(format!("        Mounting::new(&{gravity:?}, {moved:?}, {same:?})?,\n"));
    }
    let strong = match watching.strong_above {
        Some(limit) => format!(".with_strong_above({:?})?", limit as f32),
        None => String::new(),
    };
    let mountings = match mountings.is_empty() {
        true => "&[]".to_owned(),
        false => format!("&[\n{}    ]", mountings.concat()),
    };
    lines.push_str(&format!(
        "    let gates = Gates::new({}, {}, {mountings})?{strong};\n",
        limit(watching.handled_above),
        limit(watching.idle_below)
    ));
    let drift = match watching.drift {
        Some(drift) => {
            uses.push("Drift");
            format!("Some(Drift::new({:?}, {})?)", drift.above as f32, drift.over)
        }
        None => "None".to_owned(),
    };
    let settling = match watching.settle {
        0 => String::new(),
        windows => format!(".map(|watch| watch.with_settling({windows}))"),
    };
    lines.push_str(&format!("    Watch::new(decision, THRESHOLD, gates, {drift}){settling}\n"));
    (uses, format!("fn watch() -> Result<Watch<f32>, Error> {{\n{lines}}}\n"))
}

/// What is the same for every model.
const BODY: &str = "\
/// A watch over one sensor.
pub struct Watcher {
    window: Window<[f32; AXES * WINDOW], f32>,
    features: FeatureSet,
    keys: [i32; WINDOW],
    values: [f32; FEATURES + WORKSPACE],
    watch: Watch<f32>,
}

impl Watcher {
    /// A watch that has seen nothing yet.
    ///
    /// # Errors
    /// Where a constant of the model was changed to what it cannot be.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            window: Window::new([0.0; AXES * WINDOW], AXES, WINDOW, HOP)?,
            features: NAMES.parse()?,
            keys: [0; WINDOW],
            values: [0.0; FEATURES + WORKSPACE],
            watch: watch()?,
        })
    }

    /// Takes one reading, and judges the window that it completes.
    ///
    /// # Errors
    /// Where the reading is not a number, or the window cannot be judged.
    pub fn push(&mut self, reading: &[f32; AXES]) -> Result<Option<Watched<f32>>, Error> {
        let Self { window, features, keys, values, watch } = self;
        let Some(full) = window.push(reading)? else { return Ok(None) };
        let posture = Posture::of_axes(&full, GRAVITY)?;
        watch.next(&posture, || score(features, &full, keys, values)).map(Some)
    }

    /// Takes one reading, and gives the features of the window that it completes: for what is learnt on
    /// the board, instead of judging by this model.
    ///
    /// # Errors
    /// Where the reading is not a number, or the window has no features.
    pub fn push_for_features(
        &mut self,
        reading: &[f32; AXES],
    ) -> Result<Option<&[f32]>, Error> {
        let Self { window, features, keys, values, .. } = self;
        let Some(full) = window.push(reading)? else { return Ok(None) };
        features.extract(&full, keys, values).map(Some)
    }

    /// Judges a window given as an array, axis by axis.
    ///
    /// # Errors
    /// Where it has another size, or cannot be judged.
    pub fn judge(&mut self, window: &[f32]) -> Result<Watched<f32>, Error> {
        let window = Readings::new(window, AXES, WINDOW)?;
        let Self { features, keys, values, watch, .. } = self;
        let posture = Posture::of_axes(&window, GRAVITY)?;
        watch.next(&posture, || score(features, &window, keys, values))
    }

    /// The score of a window by itself, which the watch does not see.
    ///
    /// # Errors
    /// Where it has another size, or has no score.
    pub fn score(&mut self, window: &[f32]) -> Result<f32, Error> {
        let window = Readings::new(window, AXES, WINDOW)?;
        score(&self.features, &window, &mut self.keys, &mut self.values)
    }

    /// The readings so far and the next do not follow each other.
    pub fn gap(&mut self) {
        self.window.clear();
    }
}
";
