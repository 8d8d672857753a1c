//! NumPy's arrays, a file of one (`.npy`) or an archive (`.npz`).

use std::path::Path;
use std::sync::Arc;

use judder_npz::{Defect, Elements, Error, Parted, open_npy, open_npz};

use super::Tables;
use super::arrays::{
    Array, Facts, Gather, Group, Numbers, Origin, Rules, not_finite, tables, wrong,
};
use crate::error::Problem;

/// Whether a file that begins with these bytes is one array. An archive is told by the ending of its name, `.npz`.
pub(crate) fn is(head: &[u8]) -> bool {
    head.starts_with(b"\x93NUMPY")
}

/// Its arrays.
///
/// # Errors
/// A [`Problem`] that names the array.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let found = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        vec![(stem, open_npy(path)?)]
    } else {
        open_npz(path)?
    };
    let mut facts = Facts::default();
    let mut arrays = Vec::with_capacity(found.len());
    for (name, parted) in found {
        let parted = match parted {
            Ok(parted) => parted,
            // What people write beside their arrays.
            Err(Defect::Text(text)) if name.eq_ignore_ascii_case("label") => {
                facts.label = Some(text);
                continue;
            }
            Err(defect) => return Err(wrong(&name, &defect.to_string())),
        };
        let (shape, is_fortran) = (parted.shape().to_vec(), parted.is_fortran());
        let origin = Arc::new(Npy { name: name.clone(), parted });
        arrays.push(Array::new(name, shape, is_fortran, origin));
    }
    let group = Group { name: String::new(), arrays, facts, gather: Gather::ByName };
    let rules = Rules { leaves_out: false, names_one: true };
    tables(vec![group], rules)?.ok_or(Problem::NoReadings)
}

/// One array.
struct Npy {
    name: String,
    parted: Parted,
}

impl Origin for Npy {
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        Ok(Box::new(self.parted.from(element)?))
    }

    fn wrong(&self, element: usize) -> Option<Problem> {
        Some(not_finite(&self.name, element))
    }
}

impl Numbers for Elements {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        Ok(Self::read(self, count, to)?)
    }

    fn bytes(&self) -> u64 {
        Self::bytes(self)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => Self::Io(error),
            error => Self::Npz(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
