//! A model as Arduino sketches: one that collects, and one that detects on the board.
//!
//! The sketches are text in this folder with places to fill in; what speaks with the server and what
//! learns is C++ without a word of Arduino, so that it runs in tests.

use crate::error::FormatError;
use crate::{Model, Rule};

/// Readings that the sensor measures in a second, as the sketches set it up.
const SENSOR_HZ: f64 = 500.0;

/// Bytes for recordings that wait on the board.
const QUEUE: usize = 48 << 10;

/// Windows that are learnt from on the board.
const LEARN: u32 = 200;

/// A file of the sketches' folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SketchFile {
    /// Where it lies in the folder: `collect/collect.ino`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// The detector in C, as it is included: a header and a source, all names of which begin with
/// `identifier`.
#[derive(Debug, Clone, Copy)]
pub struct SketchDetector<'a> {
    /// What its names begin with.
    pub identifier: &'a str,
    /// The text of the `.h`, which is included as `detector.h`.
    pub header: &'a str,
    /// The text of the `.c`, which includes `detector.h`.
    pub source: &'a str,
}

/// The name of the detector's files, without `.h` and `.c`.
pub const SKETCH_DETECTOR: &str = "detector";

/// The sketches of a model; without a detector in C, the one that collects.
///
/// # Errors
/// [`FormatError::NotASketch`] where the sensor or the board cannot give what the model takes.
pub fn to_arduino(
    model: &Model,
    detector: Option<SketchDetector<'_>>,
) -> Result<Vec<SketchFile>, FormatError> {
    let places = places(model, detector)?;
    let filled = |text: &str| {
        places.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
    };
    let mut files = Vec::new();
    let mut put = |folder: &str, name: &str, text: &str| {
        files.push(SketchFile { path: format!("{folder}{name}"), text: filled(text) });
    };
    put("", "README.md", include_str!("README.md"));
    put("collect/", "collect.ino", include_str!("collect/collect.ino"));
    put("collect/", "network.h", include_str!("shared/network.h"));
    put("collect/", "poster.h", include_str!("shared/poster.h"));
    put("collect/", "poster.cpp", include_str!("shared/poster.cpp"));
    put("detect/", "detect.ino", include_str!("detect/detect.ino"));
    put("detect/", "learning.h", include_str!("detect/learning.h"));
    put("detect/", "learner.h", include_str!("shared/learner.h"));
    put("detect/", "learner.cpp", include_str!("shared/learner.cpp"));
    // The Arduino IDE compiles what lies in the folder of a sketch, and nothing else.
    for folder in ["collect/", "detect/"] {
        put(folder, "msa301.h", include_str!("shared/msa301.h"));
        put(folder, "sampler.h", include_str!("shared/sampler.h"));
        put(folder, "settings.h", include_str!("shared/settings.h"));
    }
    match detector {
        None => files.retain(|file| !file.path.starts_with("detect/")),
        Some(detector) => {
            let text = [detector.header, detector.source];
            for (end, text) in [".h", ".c"].into_iter().zip(text) {
                let path = format!("detect/{SKETCH_DETECTOR}{end}");
                files.push(SketchFile { path, text: text.to_owned() });
            }
        }
    }
    Ok(files)
}

/// What is put where.
fn places(
    model: &Model,
    detector: Option<SketchDetector<'_>>,
) -> Result<Vec<(&'static str, String)>, FormatError> {
    let binding = model.binding();
    let no = |why: String| Err(FormatError::NotASketch(why));
    if binding.axes != 3 {
        return no(format!("it takes {} axes, and the sensor has three", binding.axes));
    }
    if binding.rate_hz > SENSOR_HZ {
        return no(format!(
            "it takes {} readings a second, and the sensor gives {SENSOR_HZ}; train with a lower --rate",
            binding.rate_hz
        ));
    }
    let waiting = (QUEUE / (6 * binding.window)).min(16);
    if waiting < 2 || binding.window > usize::from(u16::MAX) {
        return no(format!(
            "a board has no room for recordings of {} readings; train with a shorter --window",
            binding.window
        ));
    }
    let rate = model.threshold().false_alarm_rate.unwrap_or(0.01).clamp(0.001, 0.5);
    let calibrate = (4.0 / rate).clamp(100.0, 1000.0).round() as u32;
    let set = model.features();
    let families: Vec<String> =
        set.families(binding.axes).map(|(count, alike)| format!("{{{count}, {alike}}}")).collect();
    let minutes = f64::from(LEARN) * binding.hop as f64 / binding.rate_hz / 60.0;
    let name = detector.map_or("", |one| one.identifier);
    let has = |text: &str| if detector.is_some() { text.to_owned() } else { String::new() };
    let of = "- `detect/` watches on the board, and learns anew what is normal at the press of a button.\n";
    let threshold = if model.threshold().rule == Rule::None && detector.is_some() {
        "\nThe model has no threshold: there is no alarm until the board has learnt its own.\n"
    } else {
        ""
    };
    Ok(vec![
        ("@detect@", has(of)),
        ("@detecting@", has(include_str!("detecting.md")) + threshold),
        ("@readings@", binding.window.to_string()),
        ("@rate@", format!("{:?}", binding.rate_hz)),
        ("@waiting@", waiting.to_string()),
        ("@learn@", LEARN.to_string()),
        ("@learn_minutes@", format!("{minutes:.1}")),
        ("@calibrate@", calibrate.to_string()),
        ("@false_alarm_rate@", format!("{rate:?}")),
        ("@tag@", format!("{:#010x}", tag(&format!("{set} {binding:?}")))),
        ("@features@", set.to_string()),
        ("@families@", families.join(", ")),
        ("@file@", SKETCH_DETECTOR.to_owned()),
        ("@name@", name.to_owned()),
        ("@NAME@", name.to_uppercase()),
    ])
}

/// FNV-1a of a text.
fn tag(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
