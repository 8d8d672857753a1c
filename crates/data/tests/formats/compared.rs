//! What is read of a file, beside what was written.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, OnceLock};
use std::time::UNIX_EPOCH;

use judder_data::{DataError, Located, sources};

use crate::entry::{Entry, Wanted};

/// What came of a file.
pub(crate) struct Outcome {
    /// In what it is not as it was written.
    pub(crate) wrong: Vec<String>,
    /// Its recordings in words, for the page.
    pub(crate) said: String,
}

/// Reads a file, or all of a folder.
fn located(folder: &Path, entry: &Entry) -> Result<Vec<Located>, DataError> {
    let options = entry.options();
    let mut all = Vec::new();
    for source in sources(&folder.join(&entry.file))? {
        all.extend(source.with(&options).read(&mut Vec::new())?);
    }
    Ok(all)
}

pub(crate) fn outcome(folder: &Path, entry: &Entry) -> Outcome {
    match (located(folder, entry), &entry.refused) {
        (Ok(found), None) => {
            let mut wrong = compared(folder, entry, &found);
            wrong.truncate(4);
            Outcome { wrong, said: said(&found) }
        }
        (Ok(found), Some(word)) => Outcome {
            wrong: vec![format!("is read ({}), and was to be refused: {word}", said(&found))],
            said: String::new(),
        },
        (Err(error), Some(word)) => {
            let message = error.to_string();
            let problem = error.problem.to_string();
            let has = message.to_lowercase().contains(&word.to_lowercase());
            let wrong = (!has).then(|| format!("{problem:?} does not say {word:?}"));
            Outcome { wrong: wrong.into_iter().collect(), said: problem }
        }
        (Err(error), None) => {
            Outcome { wrong: vec![error.problem.to_string()], said: String::new() }
        }
    }
}

/// What is read, in a few words.
fn said(found: &[Located]) -> String {
    let Some(Located { recording, .. }) = found.first() else { return "nothing".to_owned() };
    let names = recording.about().map(|about| about.names.join(", ")).unwrap_or_default();
    let rate = recording
        .rate_hz()
        .map_or("rate unknown".to_owned(), |rate| format!("{} Hz", (rate * 100.0).round() / 100.0));
    let unit = recording.unit().map_or("unit not named".to_owned(), |unit| unit.to_string());
    let axes = match (names.is_empty(), recording.axes()) {
        (false, _) => names,
        (true, 1) => "1 axis".to_owned(),
        (true, axes) => format!("{axes} axes"),
    };
    let count = match found.len() {
        1 => String::new(),
        count => format!("{count} recordings, the first: "),
    };
    format!("{count}{} readings of {axes}, {rate}, {unit}", recording.len())
}

fn compared(folder: &Path, entry: &Entry, found: &[Located]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut found = found.iter().peekable();
    let mut rates = Vec::new();
    let many = entry.recordings.len() > 1;
    for wanted in &entry.recordings {
        let Some(first) = found.next() else {
            wrong.push(format!("recording `{}` is lacking", wanted.inside));
            continue;
        };
        // It may be right to end it at a hole.
        let mut parts = vec![first];
        let mut rows = wanted.rows[0] + first.recording.len();
        while rows < wanted.rows[1] && wanted.may_be_cut_at.contains(&(rows - wanted.rows[0])) {
            let Some(next) = found.next() else { break };
            rows += next.recording.len();
            parts.push(next);
        }
        wrong.extend(one(folder, entry, wanted, &parts, many));
        rates.extend(first.recording.rate_hz());
    }
    let more = found.count();
    if more > 0 {
        wrong.push(format!("{more} recordings too many"));
    }
    if let Some(expected) = entry.folder_rate_hz {
        rates.sort_by(f64::total_cmp);
        let middle = rates.get(rates.len() / 2).copied().unwrap_or_default();
        let within = entry.folder_rate_tolerance.unwrap_or(1e-3);
        if (middle / expected - 1.0).abs() > within {
            wrong.push(format!("{middle} Hz in the middle, not {expected}"));
        }
    }
    wrong
}

/// One recording, perhaps in parts.
fn one(
    folder: &Path,
    entry: &Entry,
    wanted: &Wanted,
    parts: &[&Located],
    many: bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let recording = &parts[0].recording;
    let about = recording.about();
    let len: usize = parts.iter().map(|part| part.recording.len()).sum();
    let expected = (wanted.axes_of_truth.len(), wanted.rows[1] - wanted.rows[0]);
    if (recording.axes(), len) != expected {
        wrong.push(format!("{:?} axes and readings, not {expected:?}", (recording.axes(), len)));
    } else {
        wrong.extend(readings(folder, wanted, parts));
    }
    let names = about.map(|about| about.names.clone()).unwrap_or_default();
    // The columns of a matrix have its name, and their numbers.
    let is_numbered = |name: &String| {
        name.rsplit_once(' ').is_some_and(|(_, number)| number.parse::<usize>().is_ok())
    };
    let are_numbered = wanted.axes.is_empty() && names.iter().all(is_numbered);
    if names != wanted.axes && !are_numbered {
        wrong.push(format!("axes {names:?}, not {:?}", wanted.axes));
    }
    let unit = recording.unit().map(|unit| unit.to_string());
    let unit = unit.filter(|_| wanted.unit.is_some() || entry.options().unit.is_none());
    if unit != wanted.unit {
        wrong.push(format!("unit {unit:?}, not {:?}", wanted.unit));
    }
    let rate = recording.rate_hz();
    let is_right = match (rate, wanted.rate_hz) {
        (Some(found), Some(expected)) => (found / expected - 1.0).abs() <= wanted.rate_tolerance,
        (None, None) => true,
        (Some(found), None) => {
            wanted.rate_may_be.is_some_and(|may| (found / may - 1.0).abs() < 1e-3)
        }
        (None, Some(_)) => false,
    };
    if !is_right {
        wrong.push(format!("{rate:?} Hz, not {:?}", wanted.rate_hz));
    }
    let label = about.and_then(|about| about.label.clone());
    if label != wanted.label {
        wrong.push(format!("label {label:?}, not {:?}", wanted.label));
    }
    if let Some(expected) = wanted.taken_unix {
        let taken = recording.taken().and_then(|taken| taken.duration_since(UNIX_EPOCH).ok());
        let found = taken.map(|taken| taken.as_secs_f64());
        if found.is_none_or(|found| (found - expected).abs() > 1e-3) {
            wrong.push(format!("taken {found:?}, not {expected}"));
        }
    }
    if many && !wanted.inside.is_empty() {
        let path = parts[0].path.to_string_lossy();
        let number = format!("[{}]", wanted.inside);
        if !path.contains(&wanted.inside) && !path.ends_with(&number) {
            wrong.push(format!("is called {path:?}, not {:?}", wanted.inside));
        }
    }
    let said = about.map(|about| about.said.as_str()).unwrap_or_default();
    for column in entry.left_out.iter().filter(|column| !said.contains(column.as_str())) {
        wrong.push(format!("does not say that {column:?} is left out: {said:?}"));
    }
    wrong
}

fn readings(folder: &Path, wanted: &Wanted, parts: &[&Located]) -> Option<String> {
    let truth = truth(folder, &wanted.truth);
    let (values, columns) = (&truth.0, truth.1);
    for (axis, &column) in wanted.axes_of_truth.iter().enumerate() {
        let read = parts.iter().flat_map(|part| part.recording.axis(axis));
        for (row, found) in (wanted.rows[0]..).zip(read) {
            let expected = values[row * columns + column] * wanted.factor;
            if (found - expected).abs() > wanted.tolerance {
                return Some(format!("{found} in row {row} of axis {axis}, not {expected}"));
            }
        }
    }
    None
}

/// The numbers of an array, row by row, and how many there are in a row.
type Truth = std::sync::Arc<(Vec<f64>, usize)>;

fn truth(folder: &Path, name: &str) -> Truth {
    static KNOWN: OnceLock<Mutex<HashMap<String, Truth>>> = OnceLock::new();
    let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap();
    let read = || {
        let file = std::fs::File::open(folder.join(format!("truth/{name}.npy"))).unwrap();
        let array = judder_npz::read_npy(file, 1 << 30).unwrap().unwrap();
        (array.values().to_vec(), array.shape().get(1).copied().unwrap_or(1)).into()
    };
    known.entry(name.to_owned()).or_insert_with(read).clone()
}
