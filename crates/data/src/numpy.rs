//! Recordings from NumPy's `.npy` and `.npz` files.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use judder_npz::{Array, Defect, Error, read_npy};

use crate::error::{DataError, Problem, shown};
use crate::{MAX_AXES, Recording};

/// The most bytes that the numbers of one file may take: some 16 million readings of 3 axes.
pub(crate) const LARGEST_FILE: usize = 384 << 20;

/// The longest name of an array, or sentence about one, that is shown, in characters.
const LONGEST: usize = 200;

/// The recordings in a `.npy` or `.npz` file, each with its name: that of the array, and where it
/// holds several `array[0]`, `array[1]`, ....
///
/// # Errors
/// A [`DataError`] that names the file and the array.
pub(crate) fn read(path: &Path) -> Result<Vec<(String, Recording)>, DataError> {
    let file = BufReader::new(File::open(path).map_err(DataError::at(path))?);
    let arrays = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        read_npy(file, LARGEST_FILE)
            .map_err(Problem::from)
            .and_then(|array| recordings(&stem, array))
    } else {
        read_npz(file)
    };
    arrays.map_err(DataError::at(path))
}

/// The recordings of all arrays in a `.npz` archive, each with its name as in a [`Located`] path.
///
/// # Errors
/// A [`Problem`] that names the array.
///
/// [`Located`]: crate::Located
pub fn read_npz(file: impl Read + Seek) -> Result<Vec<(String, Recording)>, Problem> {
    let mut all = Vec::new();
    for (name, array) in judder_npz::read_npz(file, LARGEST_FILE)? {
        all.extend(recordings(&name, array)?);
    }
    if all.is_empty() { Err(Problem::NoReadings) } else { Ok(all) }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => Self::Io(error),
            error => Self::Npz(error.to_string()),
        }
    }
}

/// The recordings in one array: `[readings]`, `[readings, axes]`, or `[recordings, readings, axes]`.
fn recordings(
    name: &str,
    array: Result<Array, Defect>,
) -> Result<Vec<(String, Recording)>, Problem> {
    let array = array.map_err(|defect| wrong(name, &defect.to_string()))?;
    let (shape, values) = (array.shape(), array.values());
    let layout = Layout::of(name, shape)?;
    if let Some(at) = values.iter().position(|x| !x.is_finite()) {
        return Err(not_finite(name, at));
    }
    let Layout { len, axes, by_axis, .. } = layout;
    let recordings = values.chunks_exact(len * axes).enumerate().filter_map(|(index, chunk)| {
        let values = if by_axis {
            chunk.to_vec()
        } else {
            (0..axes).flat_map(|axis| chunk.iter().skip(axis).step_by(axes).copied()).collect()
        };
        Some((layout.name(name, index), Recording::from_axes(axes, len, values)?))
    });
    Ok(recordings.collect())
}

/// How recordings stand in an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Layout {
    /// How many there are.
    pub(crate) count: usize,
    pub(crate) len: usize,
    pub(crate) axes: usize,
    /// Whether all readings of an axis come before those of the next.
    pub(crate) by_axis: bool,
    /// Whether there may be several, which are numbered.
    is_numbered: bool,
}

impl Layout {
    /// That of an array of this shape.
    pub(crate) fn of(name: &str, shape: &[usize]) -> Result<Self, Problem> {
        let is_axes = |n: usize| (1..=MAX_AXES).contains(&n);
        let (count, len, axes, by_axis) = match *shape {
            [len] => (1, len, 1, true),
            [len, axes] if is_axes(axes) => (1, len, axes, false),
            [axes, len] if is_axes(axes) => (1, len, axes, true),
            [count, len, axes] if is_axes(axes) => (count, len, axes, false),
            [count, axes, len] if is_axes(axes) => (count, len, axes, true),
            _ => return Err(wrong(name, &format!("has the shape {shape:?}"))),
        };
        if count * len == 0 {
            return Err(wrong(name, "is empty"));
        }
        Ok(Self { count, len, axes, by_axis, is_numbered: shape.len() > 2 })
    }

    /// The name of one of the recordings in an array.
    pub(crate) fn name(&self, array: &str, index: usize) -> String {
        if self.is_numbered { format!("{array}[{index}]") } else { array.to_owned() }
    }
}

pub(crate) fn wrong(array: &str, what: &str) -> Problem {
    Problem::Array { array: shown(array, LONGEST), what: shown(what, LONGEST) }
}

pub(crate) fn not_finite(array: &str, element: usize) -> Problem {
    wrong(array, &format!("has a number that is not finite, at element {element}"))
}
