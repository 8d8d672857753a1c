//! NumPy's arrays, a file of one (`.npy`) or an archive (`.npz`).

use std::path::Path;
use std::sync::Arc;

use judder_npz::{Defect, Elements, Error, Parted, open_npy, open_npz};

use super::arrays::{
    Array, Facts, Gather, Group, Numbers, Origin, Rules, not_finite, tables, wrong,
};
use super::{Column, Kind, Tables};
use crate::error::{Problem, shown};

/// Whether a file that begins with these bytes is one array. An archive is told by the ending of its name, `.npz`.
pub(crate) fn is(head: &[u8]) -> bool {
    head.starts_with(b"\x93NUMPY")
}

/// Its arrays.
///
/// # Errors
/// A [`Problem`] that names the array.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let is_archive = !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy"));
    let found = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        vec![(stem, open_npy(path)?)]
    } else {
        open_npz(path)?
    };
    let mut facts = Facts::default();
    let (mut names, mut unit) = (None, None);
    let mut texts_alone = Vec::new();
    let mut arrays = Vec::with_capacity(found.len());
    for (name, parted) in found {
        let is_any = |of: &[&str]| of.iter().any(|one| name.eq_ignore_ascii_case(one));
        let parted = match parted {
            Ok(parted) => parted,
            // What people write beside their arrays.
            Err(Defect::Text(text)) if is_any(&["label", "state", "class"]) => {
                facts.label = Some(text);
                texts_alone.push(name);
                continue;
            }
            Err(Defect::Text(text)) if is_any(&["unit", "units"]) => {
                unit = Some(text);
                texts_alone.push(name);
                continue;
            }
            Err(Defect::Texts(texts)) => {
                if is_any(&["columns", "names", "axes", "channels"]) {
                    names = Some(texts);
                }
                texts_alone.push(name);
                continue;
            }
            Err(Defect::Text(_)) if is_archive => {
                texts_alone.push(name);
                continue;
            }
            Err(defect) => return Err(wrong(&name, &defect.to_string())),
        };
        arrays.push(array(name, parted));
    }
    for array in &mut arrays {
        let columns = array.shape.get(1).copied().unwrap_or(0);
        if let Some(names) = names.as_ref().filter(|names| names.len() == columns)
            && array.columns.is_none()
        {
            let column = |name: &String| Column { unit: unit.clone(), ..Column::numbers(name) };
            array.columns = Some(names.iter().map(column).collect());
        }
        array.unit = array.unit.take().or(unit.clone());
    }
    let group = Group { name: String::new(), arrays, facts, gather: Gather::ByName };
    let rules = Rules { leaves_out: false, names_one: true };
    tables(vec![group], rules)?.ok_or_else(|| match texts_alone.as_slice() {
        [] => Problem::NoReadings,
        [text] => none(&format!("{text} is text")),
        texts => none(&format!("{} are texts", texts.join(", "))),
    })
}

/// Says what an archive holds instead of numbers.
fn none(held: &str) -> Problem {
    Problem::Npz(format!("it holds no array of numbers: {}", shown(held, 200)))
}

/// An array of numbers, or of times, which become s; the fields of a structured one are its columns.
fn array(name: String, parted: Parted) -> Array {
    let (mut shape, is_fortran) = (parted.shape().to_vec(), parted.is_fortran());
    let fields: Vec<(String, Option<(f64, bool)>)> =
        parted.fields().iter().map(|one| (one.name().to_owned(), one.time())).collect();
    let is_structured = is_structured(&parted);
    if is_structured {
        shape.push(fields.len());
    }
    let units: Vec<f64> =
        fields.iter().map(|(_, time)| time.map_or(1.0, |(unit, _)| unit)).collect();
    let has_times = fields.iter().any(|(_, time)| time.is_some());
    let units = has_times.then_some(units);
    let origin = Npy { name: name.clone(), parted, units };
    let mut array = Array::new(name, shape, is_fortran && !is_structured, Arc::new(origin));
    if is_structured {
        let column = |(name, time): (String, Option<(f64, bool)>)| {
            let times = time.map(|(_, since_1970)| Kind::Times { since_1970 });
            Column { name, unit: None, kind: times.unwrap_or(Kind::Numbers) }
        };
        array.columns = Some(fields.into_iter().map(column).collect());
    } else {
        let time = fields.first().and_then(|(_, time)| *time);
        array.since_1970 = time.map(|(_, since_1970)| since_1970);
    }
    array
}

/// Whether an array has fields with names.
fn is_structured(parted: &Parted) -> bool {
    parted.fields().len() > 1 || parted.fields().iter().any(|one| !one.name().is_empty())
}

/// One array.
struct Npy {
    name: String,
    parted: Parted,
    /// What a number of each of its fields is in s or as it is, where some are times.
    units: Option<Vec<f64>>,
}

impl Origin for Npy {
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        let elements = self.parted.from(element)?;
        Ok(match &self.units {
            Some(units) => Box::new(Times { elements, units: units.clone() }),
            None => Box::new(elements),
        })
    }

    fn wrong(&self, element: usize) -> Option<Problem> {
        (!is_structured(&self.parted)).then(|| not_finite(&self.name, element))
    }
}

/// Numbers of which some are times, which become s.
struct Times {
    elements: Elements,
    units: Vec<f64>,
}

impl Numbers for Times {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        let first = to.len();
        Numbers::read(&mut self.elements, count, to)?;
        let numbers = to.iter_mut().skip(first);
        numbers.zip(self.units.iter().cycle()).for_each(|(number, unit)| *number *= unit);
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.elements.bytes()
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
