//! From the arrays of a file, each with a name and a shape, to tables: for NumPy, MATLAB, HDF5 and their like.

mod joined;
mod layout;
mod names;
mod plan;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use super::{Column, Tables};
use crate::error::{Problem, shown};
pub(crate) use layout::Layout;
use plan::{Plan, Plans};

/// The numbers that are held where an array is in no order to be read in: 384 MiB.
const MOST_HELD: usize = 48 << 20;

/// An array in a file.
pub(crate) struct Array {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    /// Whether the first index varies fastest in the file, and not the last.
    pub(crate) is_fortran: bool,
    pub(crate) unit: Option<String>,
    /// The columns of an array of two dimensions, where each of them has a name or a type of its own.
    pub(crate) columns: Option<Vec<Column>>,
    /// Of times in s whether they count from 1970; none where it is no time by its type.
    pub(crate) since_1970: Option<bool>,
    /// What is said of it alone.
    pub(crate) facts: Facts,
    pub(crate) origin: Arc<dyn Origin>,
}

/// Where numbers of an array come from.
pub(crate) trait Origin: Send + Sync {
    /// Its numbers as they stand in the file, from this one on.
    ///
    /// # Errors
    /// A [`Problem`] where the file cannot be read.
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem>;

    /// What is said where an element is not finite, if not the same as in any format.
    fn wrong(&self, _element: usize) -> Option<Problem> {
        None
    }
}

/// Numbers that are read on.
pub(crate) trait Numbers: Send {
    /// Appends so many, which the array has.
    ///
    /// # Errors
    /// A [`Problem`] where the file cannot be read, or has fewer.
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem>;

    /// The bytes of the file that were read.
    fn bytes(&self) -> u64;
}

/// What is said of several arrays together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) rate_hz: Option<f64>,
    pub(crate) taken: Option<SystemTime>,
    pub(crate) label: Option<String>,
    /// Whether the rate may be that of something else, as its name is only `rate` or `freq`.
    is_rate_unsure: bool,
}

impl Facts {
    /// These, and where they say nothing, others.
    pub(crate) fn or(&self, others: &Self) -> Self {
        Self {
            rate_hz: self.rate_hz.or(others.rate_hz),
            is_rate_unsure: if self.rate_hz.is_some() {
                self.is_rate_unsure
            } else {
                others.is_rate_unsure
            },
            taken: self.taken.or(others.taken),
            label: self.label.clone().or_else(|| others.label.clone()),
        }
    }

    /// Whether this is the name of a rate or of a step, and if so what a number of that name says; where several
    /// say something, the first counts of those that can be nothing else.
    pub(crate) fn take(&mut self, name: &str, number: f64) -> bool {
        let is_step = names::is_step(name);
        let is_unsure = names::may_be_rate(name);
        let is_rate = is_unsure || names::is_rate(name);
        let rate = if is_step { 1.0 / number } else { number };
        let is_better = self.rate_hz.is_none() || (self.is_rate_unsure && !is_unsure);
        if (is_rate || is_step) && rate.is_finite() && rate > 0.0 && is_better {
            self.rate_hz = Some(rate);
            self.is_rate_unsure = is_unsure;
        }
        is_rate || is_step
    }
}

/// Which arrays of one length are columns of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gather {
    /// All of them.
    All,
    /// All of them, with those that have columns of their own.
    Whole,
    /// Those whose names are of axes or of time.
    ByName,
}

/// Arrays that stand together: those of a folder, a structure, or of the whole file.
pub(crate) struct Group {
    /// Empty for the whole file.
    pub(crate) name: String,
    pub(crate) arrays: Vec<Array>,
    pub(crate) facts: Facts,
    pub(crate) gather: Gather,
}

/// What becomes of the arrays of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Whether arrays that are no tables are left out, or an error.
    pub(crate) leaves_out: bool,
    /// Whether the only table has its name.
    pub(crate) names_one: bool,
}

/// The tables of some groups; none where no array is one.
///
/// # Errors
/// A [`Problem`] that names an array that is no table, where such are not left out.
pub(crate) fn tables(
    mut groups: Vec<Group>,
    rules: Rules,
) -> Result<Option<Box<dyn Tables>>, Problem> {
    for group in &mut groups {
        plan::take_scalars(group)?;
    }
    let said: BTreeMap<String, Facts> =
        groups.iter().map(|group| (group.name.clone(), group.facts.clone())).collect();
    let mut all: Vec<Plan> = Vec::new();
    for mut group in groups {
        // What is said of a folder is said of those in it, if they say nothing else.
        let mut outer = group.name.as_str();
        while !outer.is_empty() {
            outer = outer.rsplit_once('/').map_or("", |(outer, _)| outer);
            if let Some(facts) = said.get(outer) {
                group.facts = group.facts.or(facts);
            }
        }
        all.extend(plan::of(group, rules.leaves_out)?);
    }
    plan::name(&mut all, rules.names_one);
    Ok((!all.is_empty()).then(|| Box::new(Plans::new(all)) as Box<dyn Tables>))
}

impl Array {
    /// One of plain numbers.
    pub(crate) fn new(
        name: impl Into<String>,
        shape: Vec<usize>,
        is_fortran: bool,
        origin: Arc<dyn Origin>,
    ) -> Self {
        let facts = Facts::default();
        Self {
            name: name.into(),
            shape,
            is_fortran,
            unit: None,
            columns: None,
            since_1970: None,
            facts,
            origin,
        }
    }

    /// How many numbers it has.
    fn count(&self) -> usize {
        self.shape.iter().fold(1, |all, n| all.saturating_mul(*n))
    }

    /// The same, with its last index varying fastest, in memory.
    fn in_order(&self) -> Result<Self, Problem> {
        let count = self.count();
        if count > MOST_HELD {
            return Err(self.wrong(&format!(
                "has the shape {:?} in Fortran's order, which is more than is read at once",
                self.shape
            )));
        }
        let mut values = Vec::new();
        self.origin.from(0)?.read(count, &mut values)?;
        let mut ordered = Vec::with_capacity(count);
        let mut index = vec![0; self.shape.len()];
        for _ in 0..count {
            let (mut at, mut step) = (0, 1);
            for (one, length) in index.iter().zip(&self.shape) {
                at += one * step;
                step *= length;
            }
            ordered.push(values.get(at).copied().unwrap_or(f64::NAN));
            for (one, length) in index.iter_mut().zip(&self.shape).rev() {
                *one += 1;
                if *one < *length {
                    break;
                }
                *one = 0;
            }
        }
        let origin = Arc::new(Held { values: ordered.into(), of: Some(Arc::clone(&self.origin)) });
        Ok(Self {
            name: self.name.clone(),
            shape: self.shape.clone(),
            is_fortran: false,
            unit: self.unit.clone(),
            columns: self.columns.clone(),
            since_1970: self.since_1970,
            facts: self.facts.clone(),
            origin,
        })
    }

    fn wrong(&self, what: &str) -> Problem {
        wrong(&self.name, what)
    }
}

/// Numbers in memory.
pub(crate) struct Held {
    values: Arc<[f64]>,
    /// Where they came from, if that says what is wrong with one of them.
    of: Option<Arc<dyn Origin>>,
}

#[cfg(feature = "hdf5")]
impl Held {
    /// All numbers of an array.
    pub(crate) fn all(values: Vec<f64>) -> Arc<dyn Origin> {
        Arc::new(Self { values: values.into(), of: None })
    }
}

impl Origin for Held {
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        Ok(Box::new(HeldNumbers { values: Arc::clone(&self.values), at: element }))
    }

    fn wrong(&self, element: usize) -> Option<Problem> {
        self.of.as_ref()?.wrong(element)
    }
}

struct HeldNumbers {
    values: Arc<[f64]>,
    at: usize,
}

impl Numbers for HeldNumbers {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        let filled = to.len() + count;
        to.extend(self.values.iter().skip(self.at).take(count));
        to.resize(filled, f64::NAN);
        self.at += count;
        Ok(())
    }

    fn bytes(&self) -> u64 {
        0
    }
}

/// The longest name of an array, or sentence about one, that is shown, in characters.
const LONGEST: usize = 200;

pub(crate) fn wrong(array: &str, what: &str) -> Problem {
    Problem::Array { array: shown(array, LONGEST), what: shown(what, LONGEST) }
}

pub(crate) fn not_finite(array: &str, element: usize) -> Problem {
    wrong(array, &format!("has a number that is not finite, at element {element}"))
}
